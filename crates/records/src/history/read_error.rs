//! The reason why a text is not a history, with its line.

use std::io;

/// Error when a text is not a history.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct ReadError {
    /// The line, counted from 1.
    pub line: u64,
    /// What was found there, and what was expected.
    pub problem: String,
}

impl ReadError {
    pub(super) fn unreadable(line: u64, error: &io::Error) -> ReadError {
        ReadError { line, problem: format!("it cannot be read: {error}") }
    }
}
