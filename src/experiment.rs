//! Experiments: where a config, its family and its checkers are put together.

mod definitions;
mod figures;
mod glomers;
mod hints;
mod lamport;
mod results;
mod run_verdict;

pub use definitions::{FIGURE_DEFINITIONS, pattern_of};
pub use figures::{Figures, Outcomes, TargetOutcome};
pub use glomers::{GlomersOutcome, check_hosted, run_and_check, run_glomers, run_servers};
pub use lamport::lamport_rules;
pub use run_verdict::{RunVerdict, Served};
