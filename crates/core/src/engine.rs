//! The engine: virtual time, the order of events, chance, and how a run ends.
//!
//! It knows no node, no message and no network; those are built on it one floor up.

pub mod limits;
pub mod queue;
pub mod ratio;
pub mod rng;
pub mod skew;
pub mod ticks;
pub mod time;
pub mod windows;
