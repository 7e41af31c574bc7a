//! Reasons why a command fails, and their exit codes.

use std::io;
use std::path::PathBuf;

use super::Exit;
use crate::config::ConfigError;
use crate::store::{ClaimError, StoreError};

/// Reason why a command failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum CommandError {
    /// The command line is invalid.
    #[error("{0}")]
    Usage(String),
    /// A config or a file is invalid.
    #[error("{0}")]
    Data(String),
    /// Something is not there yet.
    #[error("{0}")]
    NotYet(String),
    /// A config, or an option that changes it, is invalid.
    #[error(transparent)]
    Config(Box<ConfigError>),
    /// A file exists already.
    #[error("{} is there already; use --force to write over it", .0.display())]
    Overwrite(PathBuf),
    /// A file exists already, and nothing may write over it.
    #[error("{} is there already, and nothing was written; take another name", .0.display())]
    Exists(PathBuf),
    /// A results folder cannot be used.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing to the terminal or a pipe failed.
    #[error("cannot write the output: {0}")]
    Terminal(#[from] io::Error),
}

impl CommandError {
    /// Returns the exit code of a command that fails for this reason.
    pub(super) fn exit(&self) -> Exit {
        match self {
            CommandError::Usage(_) => Exit::Usage,
            CommandError::Config(error) if error.from_command_line => Exit::Usage,
            CommandError::Data(_) | CommandError::Config(_) => Exit::Data,
            CommandError::Overwrite(_) | CommandError::Exists(_) => Exit::WouldOverwrite,
            CommandError::Claim(ClaimError::Busy(_)) | CommandError::NotYet(_) => Exit::TryAgain,
            CommandError::Claim(ClaimError::Occupied { .. }) => Exit::WouldOverwrite,
            CommandError::Claim(ClaimError::Store(_))
            | CommandError::Store(_)
            | CommandError::Terminal(_) => Exit::InputOutput,
        }
    }
}
