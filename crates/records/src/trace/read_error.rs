//! The reason why a trace or a journal cannot be read, with its place.

use std::io;

use crate::escape;

/// Error when a trace or journal is read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be read.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Not CSV.
    #[error("line {line}: {}", escape::line(.reason))]
    Csv {
        /// The line, counted from 1.
        line: u64,
        /// Description of the error.
        reason: String,
    },
    /// The file is empty.
    #[error("it is empty; the first line has the columns {0}")]
    Empty(&'static str),
    /// A column is missing.
    #[error("line {line}: there is no column `{column}`; the columns are {all}")]
    NoColumn {
        /// The line of the header, counted from 1.
        line: u64,
        /// Name of the column.
        column: &'static str,
        /// Names of all columns.
        all: &'static str,
    },
    /// The header has a single column.
    #[error(
        "line {line}: expected columns separated by commas, {all}, found a single one: `{found}`"
    )]
    OneColumn {
        /// The line of the header, counted from 1.
        line: u64,
        /// Beginning of the header.
        found: String,
        /// Names of all columns.
        all: &'static str,
    },
    /// A field has an invalid value.
    #[error("line {line}: `{column}`: expected {expected}, found `{}`", escape::line(.found))]
    Field {
        /// The line, counted from 1.
        line: u64,
        /// Name of the column.
        column: &'static str,
        /// Expected value.
        expected: &'static str,
        /// Found value.
        found: String,
    },
    /// Rows are out of time order.
    #[error(
        "line {line}: time goes back from {before} ns to {after} ns; rows must be in time order"
    )]
    Order {
        /// The line, counted from 1.
        line: u64,
        /// Time of the row above.
        before: u64,
        /// Time of this row.
        after: u64,
    },
}
