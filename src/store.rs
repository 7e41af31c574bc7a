//! All access to the disk: files that are absent or whole, results folders with one owner.
//!
//! A file is written under a temporary name in its own folder, synced, and renamed into place. A
//! [`ResultSession`] owns the folder of one result. Every operation passes through [`Store`], where
//! tests inject faults.

mod append;
mod claim;
mod claim_error;
mod file;
mod file_kind;
mod folder;
mod found;
mod input;
mod latest;
mod lock;
mod owned;
mod regular;
mod result_file;
mod run_files;
mod session;
mod shared;
mod waiting;

pub use append::AppendFile;
pub use claim::{Claim, Unfinished};
pub use claim_error::ClaimError;
pub use file::NewFile;
pub use file_kind::{FileKind, FileName};
pub use folder::CHECKPOINT;
pub use found::{Existing, ManifestHead};
pub use input::{InputError, TEXT_MAX, open_input, read_text};
pub use latest::LATEST;
pub use owned::OwnedFiles;
pub use regular::{MANIFEST_MAX, open_regular, read_regular, read_regular_text};
pub use result_file::ResultFile;
pub use run_files::{
    BODIES, CONFIG, HISTORY, HISTORY_EDN, LOGS, MACHINES, NET, REPORT, REPORT_NAME, RESULTS,
    RESULTS_EDN, RUN_FILES, RunRecord, SUMMARY, TRACE,
};
pub use session::{DifferentRun, FinishError, Finished, ResultManifest, ResultSession};
pub use shared::{SharedFile, is_shared_temporary};
pub use waiting::{Input, WAITING, Waiting};

pub(crate) use regular::open;

use std::cell::Cell;
use std::io;
use std::path::{Path, PathBuf};

/// An operation on the disk that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {operation} {}: {source}", path.display())]
pub struct StoreError {
    /// The operation, such as `write`.
    pub operation: &'static str,
    /// The file or folder.
    pub path: PathBuf,
    /// The cause.
    pub source: io::Error,
}

/// The disk, with fault injection for tests.
#[derive(Debug, Default)]
pub struct Store {
    fails_at: Option<u64>,
    operations: Cell<u64>,
}

impl Store {
    /// Returns the disk without injected faults.
    pub fn new() -> Store {
        Store::default()
    }

    /// Returns a disk on which all operations from the `number`-th on, counted from 1, fail.
    pub fn failing_at(number: u64) -> Store {
        Store { fails_at: Some(number), operations: Cell::new(0) }
    }

    /// Returns the number of operations so far.
    pub fn operations(&self) -> u64 {
        self.operations.get()
    }

    /// Renames a file within its folder.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn rename(&self, from: &Path, to: &Path) -> Result<(), StoreError> {
        self.attempt("rename", to, || std::fs::rename(from, to))
    }

    /// Removes a file if it exists.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, path: &Path) -> Result<(), StoreError> {
        self.attempt("remove", path, || match std::fs::remove_file(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        })
    }

    /// Performs one operation, or injects a fault instead.
    pub(crate) fn attempt<T>(
        &self,
        operation: &'static str,
        path: &Path,
        act: impl FnOnce() -> io::Result<T>,
    ) -> Result<T, StoreError> {
        let number = self.operations.get() + 1;
        self.operations.set(number);
        let outcome = match self.fails_at {
            Some(fails_at) if number >= fails_at => {
                Err(io::Error::other(format!("injected fault at operation {number}")))
            }
            _ => act(),
        };
        outcome.map_err(|error| {
            let source = without_temporary_name(error);
            StoreError { operation, path: path.to_owned(), source }
        })
    }
}
/// Returns an error of the system without the name of a temporary file, which tells people nothing.
fn without_temporary_name(error: io::Error) -> io::Error {
    let text = error.to_string();
    match text.split_once(" at path \"") {
        Some((cause, path)) if path.contains(file::TEMPORARY_PREFIX) => {
            io::Error::new(error.kind(), cause.to_owned())
        }
        _ => error,
    }
}
