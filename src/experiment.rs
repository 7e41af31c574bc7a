//! Where a config, its family and its checkers meet.

mod figures;
mod glomers;
mod hints;
mod lamport;
mod results;

pub use figures::{Figures, Outcomes, TargetOutcome};
pub use glomers::{GlomersOutcome, Judgement, judge_glomers, run_glomers, run_servers};
pub use lamport::lamport_rules;
