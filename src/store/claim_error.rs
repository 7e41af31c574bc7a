//! The reason why a folder cannot be claimed.

use std::path::PathBuf;

use super::StoreError;
use crate::escape;

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another process writes into it (exit code 75).
    #[error("{} is in use by another process; try again when it is done", .0.display())]
    Busy(PathBuf),
    /// It holds something other than a result of this config (exit code 73).
    #[error("{} holds {}; use --force to write there all the same, or --out for another place",
        path.display(), escape::line(what))]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        what: String,
    },
    /// An operation on the disk failed (exit code 74).
    #[error(transparent)]
    Store(#[from] StoreError),
}
