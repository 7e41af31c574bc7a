//! Grading: many submissions, each checked by the same spec; seeds, verdicts, points, and tables.
//!
//! Runs themselves are commands of `sim test`, which `cli` starts; nothing here runs anything.

mod junit;
mod outcome;
mod seeds;
mod submission;
mod tables;

pub use junit::junit;
pub use outcome::{CheckOutcome, Grade, GradedRun, RunGrade, points_text};
pub use seeds::{drawn_secret, hidden_seed};
pub use submission::{Submission, submissions};
pub use tables::{csv, json};
