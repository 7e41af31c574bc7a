//! The checkers: Lamport's ten invariants over a trace, row by row, and client histories as a
//! whole.
//!
//! [`LamportCheck`] receives the rows of a trace in file order, and optionally the fate of each
//! copy of a message, and returns a [`Verdict`]. Its verdict depends on this input only: it shares
//! no code with the machines that made the trace, runs nothing and reads no file, so that it works
//! on a live run and on a stored trace of any program alike.
//!
//! ```text
//!   input                     rules that are checked
//!   rows                      1 to 5, 10
//!   rows + config             also 6, 9
//!   rows + copies             also 7, 8
//!   rows + config + copies    also whether the configured network allows the fate of each copy
//! ```
//!
//! The verdict lists the rules that could not be checked, with the reasons.
//!
//! One defect is reported under one rule where that is possible. After a violation the checker
//! continues from the values of the row itself, so that one bad row is not reported again by all
//! that follow.
//!
//! Memory is proportional to the number of machines and of outstanding messages. A message is
//! dropped when all its addressees have received it; one that was lost is kept to the end, and
//! under duplication every message is, since another copy of it may still arrive. Rule 6 keeps a
//! number for each link in use, rule 7 each delivered copy until it is received.
//!
//! [`check_history`] pairs the operations of a history and runs the checker of its workload, in a
//! file each ([`echo`], [`unique_ids`], [`set_full`], [`counter`], [`kafka`], [`lin_kv`], [`txn`]),
//! which returns a [`HistoryVerdict`]; [`stats`] and [`availability`] check any history.

#[cfg(test)]
pub(crate) use sim_core::clock;
pub(crate) use sim_core::{engine, network, node};
pub(crate) use sim_records::{edn, history, registers, trace};

mod allowed;
pub mod availability;
mod causality;
mod clocks;
mod components;
mod conservation;
pub mod counter;
mod counterexample;
pub mod echo;
mod elements;
#[cfg(test)]
mod histories;
mod history_rule;
mod history_verdict;
pub mod isolation;
pub mod kafka;
mod lamport;
pub mod lin_kv;
pub mod linear;
mod links;
mod numbers;
mod occurrence;
mod operations;
mod pairing;
mod per_machine;
mod queues;
mod ranges;
mod rule;
mod run_facts;
#[cfg(test)]
mod samples;
mod sends;
pub mod set_full;
mod set_reads;
mod set_timeline;
pub mod stats;
mod tick_times;
pub mod txn;
pub mod unique_ids;
mod verdict;
mod views;
mod workload;

pub use counterexample::{
    Counterexample, Cycles, DrawnOperation, DrawnTransaction, LabelledCycle, LabelledEdge,
    LongestOrder, NoOrder, Obstacle,
};
pub use history_rule::HistoryRule;
pub use history_verdict::{CheckResult, FINDINGS_KEPT, Finding, HistoryVerdict, Parity, Validity};
pub use lamport::LamportCheck;
pub use operations::{Operation, Operations};
pub use rule::LamportRule;
pub use run_facts::{ConfigFacts, RunFacts};
pub use verdict::{VIOLATIONS_KEPT, Verdict, Violation};
pub use views::parity as parity_view;
pub use workload::{HistoryChecker, check_history};
