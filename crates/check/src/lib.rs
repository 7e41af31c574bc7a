//! The check: Lamport's ten invariants, judged over a trace row by row, and histories of clients.
//!
//! [`LamportCheck`] is told the rows of a trace in file order, and optionally what became of each
//! copy of a message, and comes to a [`Verdict`]. It judges what it is told and nothing else: it
//! shares no code with the machines that made the trace, runs nothing and reads no file, so that it
//! serves a run under way and any program's stored trace alike.
//!
//! From rows alone it judges rules 1 to 5 and 10; with the config also 6 and 9; with the copies
//! also 7 and 8; with both also whether each copy met a fate that the configured network allows.
//! What it could not judge the verdict lists with the reason.
//!
//! One defect is blamed on one rule where that is possible, and after a violation the checker goes
//! on from what the row itself says, so that one bad row is not reported again by all that follow.
//!
//! What grows: memory is proportional to machines and to what is outstanding. A message is
//! forgotten when all its addressees have received it; one that was lost is kept to the end, and
//! under duplication every message is, since another copy of it may still turn up.
//! Rule 6 keeps a number for each link in use, rule 7 each delivered copy until it is received.
//!
//! Histories are judged as a whole: [`check_history`] pairs operations and asks the checker of the
//! workload, a file each ([`echo`], [`unique_ids`], [`set_full`], [`counter`], [`kafka`]), which
//! comes to a [`HistoryVerdict`]; [`stats`] and [`availability`] judge any history.

#[cfg(test)]
pub(crate) use sim_core::clock;
pub(crate) use sim_core::{engine, network, node};
pub(crate) use sim_records::{edn, history, trace};

mod allowed;
pub mod availability;
mod causality;
mod clocks;
mod conservation;
pub mod counter;
pub mod echo;
mod elements;
#[cfg(test)]
mod histories;
mod history_verdict;
pub mod kafka;
mod lamport;
mod links;
mod numbers;
mod occurrence;
mod operations;
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
pub mod stats;
mod tick_times;
pub mod unique_ids;
mod verdict;
mod views;
mod workload;

pub use history_verdict::{
    FINDINGS_KEPT, Finding, HistoryRule, HistoryVerdict, Judged, Parity, Validity,
};
pub use lamport::LamportCheck;
pub use operations::{Operation, Operations};
pub use rule::LamportRule;
pub use run_facts::{ConfigFacts, RunFacts};
pub use verdict::{VIOLATIONS_KEPT, Verdict, Violation};
pub use views::parity as parity_view;
pub use workload::{HistoryChecker, check_history};
