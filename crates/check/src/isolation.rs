//! Isolation of transactions on registers, checked completely.

#[cfg(test)]
mod anomalies;
mod anomaly;
mod argument;
#[cfg(test)]
mod brute_force;
mod check;
mod decide;
mod decision;
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
mod rows;
#[cfg(test)]
mod samples;
mod shrink;
mod solver;
mod strong;
mod strong_words;
mod symbols;
mod transactions;
mod weak_words;
mod witness;
mod words;

pub use check::{Checker, Outcome, check};
pub use history::{RegisterHistory, Status, Times, TransactionId};
pub use level::{GivenOrder, Level};
pub use limits::Limits;
pub use link::DefectKind;
pub use symbols::Symbol;
pub use witness::{Witness, WitnessTransaction};
