//! Why a plan, a shard or a merge fails.

use std::path::{Path, PathBuf};

use crate::config::ConfigError;
use crate::store::StoreError;

/// Why a plan, a shard or a merge fails.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// A file is not what the plan wants (exit code 65).
    #[error("{}: {problem}", path.display())]
    Data {
        /// The file.
        path: PathBuf,
        /// What was found and expected, with a hint.
        problem: String,
    },
    /// Something is not there yet (exit code 75).
    #[error("{0}")]
    NotYet(String),
    /// A point's config is invalid.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// An operation on the disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It was asked to stop.
    #[error("interrupted")]
    Interrupted,
}

impl From<ConfigError> for ClusterError {
    fn from(error: ConfigError) -> ClusterError {
        ClusterError::Config(Box::new(error))
    }
}

impl ClusterError {
    /// Returns the error of a file.
    pub(super) fn data(path: &Path, problem: impl Into<String>) -> ClusterError {
        ClusterError::Data { path: path.to_owned(), problem: problem.into() }
    }
}
