//! Isolation of transactions on registers, checked completely.
//!
//! A history has sessions of transactions that read and write registers; no two transactions write
//! the same value to the same register, so that each read says which write it saw. Of each
//! [`Level`], from read committed to strict serializability, [`check()`] says whether it holds:
//!
//! ```text
//!   level                          how                                      work, n operations
//!   read committed, read atomic    inferred edges, no cycle (AWDIT)         n sqrt(n)
//!   causal                         the same, with a clock of each session   n times sessions
//!   snapshot isolation,            orders of writers that are known, then   exponential, within
//!   serializable                   a search with clauses and cycles         limits
//! ```
//!
//! Where a limit is reached, or values are not unique, the answer is *undetermined*, with the
//! reason. An order that holds is replayed against the definition. A *no* comes with a [`Witness`]:
//! few transactions that break the level by themselves, from which no transaction, read or write
//! can be left out; the reason of each edge of its cycle; and the levels that they break and leave.
//!
//! Reads of values that were never written, that were aborted, replaced within their transaction,
//! or that miss its own writes are wrong at each level; they have names of their own
//! ([`DefectKind`]).
//!
//! The files: `link` (which write a read saw), `given` (edges that are given), `inferred` and
//! `decide` (the weak levels), `problem`, `prune`, `solver` and `proof` (the strong ones),
//! `shrink`, `argument` and `witness` (why not).

mod activity;
#[cfg(test)]
mod anomalies;
mod anomaly;
mod argument;
#[cfg(test)]
mod brute_force;
mod checker;
mod decide;
mod decision;
#[cfg(test)]
mod frontier;
mod given;
mod graph;
mod history;
mod inferred;
mod level;
mod limits;
mod link;
#[cfg(test)]
mod naive;
mod ordering;
mod problem;
mod proof;
mod prune;
#[cfg(test)]
mod random_history;
mod reach;
mod read;
mod reads_by_key;
mod rows;
#[cfg(test)]
mod samples;
mod shrink;
mod solver;
mod strong;
#[cfg(test)]
mod strong_agrees;
mod strong_words;
mod symbols;
mod transactions;
mod weak_words;
mod witness;
mod words;

pub use checker::{Checker, Outcome, check};
pub use history::{RegisterHistory, Status, Times, TransactionId};
pub use level::{GivenOrder, Level};
pub use limits::Limits;
pub use link::DefectKind;
pub use symbols::Symbol;
pub use witness::{Witness, WitnessTransaction};
pub use words::{WitnessCycle, WitnessEdge};
