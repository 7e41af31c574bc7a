//! Records of a run: traces of events and histories of operations, as values and as text.
//!
//! Reads and writes text, and does no I/O of its own.

pub mod causal;
pub mod edn;
pub mod escape;
pub mod history;
pub mod nearest;
pub mod registers;
pub mod trace;

pub(crate) use sim_core::{engine, network, node};
