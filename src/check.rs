//! Checkers: verdicts on what a run left behind. They read plain values and run nothing.
//!
//! Lamport's invariants, ten rules, are checked row by row, on a live run or on a stored trace,
//! ours or another program's. From rows alone: rules 1 to 5 and 10; with the config also 6 and 9;
//! with the journal of the network also 7 and 8.
//!
//! What is kept: a few numbers for each machine, and the messages that somebody has yet to receive.
//! Where duplicates may come, all messages of the run are kept, since one may come at any time.

mod causality;
mod copies;
mod lamport;
mod machines;
mod messages;
mod rule;
mod ticks;
mod verdict;

pub use causality::MACHINES_MAX as VECTOR_CLOCK_MACHINES_MAX;
pub use lamport::{ConfigFacts, LamportCheck, Rules};
pub use rule::Rule;
pub use verdict::{Verdict, Violation};
