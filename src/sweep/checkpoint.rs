//! The progress of a sweep on the disk: the rows so far, and a checkpoint of them.
//!
//! Rows are appended to a file. About every half second it is synced, and a checkpoint with its
//! length and hash is put in place. On resumption, rows after the last checkpoint are truncated and
//! their runs repeated. So a kill loses at most half a second of work, and a file that was changed
//! is detected.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::files::UNFINISHED_ROWS;
use super::job::{FailureKind, Job, RunFailure};
use super::sink::RunSink;
use crate::store::{AppendFile, CHECKPOINT, MANIFEST_MAX, Store, StoreError, read_regular_text};

/// A checkpoint of a sweep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The version of the program.
    pub sim: String,
    /// The hash of the resolved sweep.
    pub sweep_blake3: String,
    /// Number of runs that are done.
    pub runs: u64,
    /// Number of runs that reached a limit.
    pub limited: u64,
    /// Number of other runs whose verdict is undetermined.
    #[serde(default)]
    pub undetermined: u64,
    /// Size of their rows, with the header, in bytes.
    pub bytes: u64,
    /// The hash of these bytes.
    pub blake3: String,
    /// The first runs that failed.
    pub failures: Vec<RunFailure>,
    /// Number of runs that failed.
    pub failure_count: u64,
    /// Number of failures that are panics.
    pub panics: u64,
}

/// Maximum number of failures in a checkpoint and in `failures.csv`; further ones are counted.
pub(super) const FAILURES_MAX: usize = 1_000;

/// Why a sweep cannot be resumed.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// The checkpoint or the rows are not as they were written.
    #[error("{}: {problem}\n  use --force to begin anew", path.display())]
    Spoiled {
        /// The file.
        path: PathBuf,
        /// The difference.
        problem: String,
    },
    /// An operation on the disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The rows so far, and their next checkpoint.
#[derive(Debug)]
pub struct Progress<'s> {
    store: &'s Store,
    folder: PathBuf,
    rows: AppendFile<'s>,
    hash: blake3::Hasher,
    /// Rows that are not in the file yet.
    pending: Vec<u8>,
    /// Whether checkpoints are put on the disk.
    is_resumable: bool,
    /// The next checkpoint.
    pub now: Checkpoint,
}

impl<'s> Progress<'s> {
    /// Begins the rows of a merge, which are not those of all runs: no checkpoint of them is put on
    /// the disk, since a sweep that was resumed there would take them for all.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn begin_merge(
        store: &'s Store,
        folder: &Path,
        sweep_blake3: &str,
        header: &[u8],
    ) -> Result<Progress<'s>, ProgressError> {
        Progress::begin_as(store, folder, sweep_blake3, (header, false))
    }

    /// Begins a sweep: writes the header of the rows and a first checkpoint.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn begin(
        store: &'s Store,
        folder: &Path,
        sweep_blake3: &str,
        header: &[u8],
    ) -> Result<Progress<'s>, ProgressError> {
        Progress::begin_as(store, folder, sweep_blake3, (header, true))
    }

    fn begin_as(
        store: &'s Store,
        folder: &Path,
        sweep_blake3: &str,
        (header, is_resumable): (&[u8], bool),
    ) -> Result<Progress<'s>, ProgressError> {
        let rows = AppendFile::create(store, &folder.join(UNFINISHED_ROWS))?;
        let now = Checkpoint {
            sim: env!("CARGO_PKG_VERSION").to_owned(),
            sweep_blake3: sweep_blake3.to_owned(),
            runs: 0,
            limited: 0,
            undetermined: 0,
            bytes: 0,
            blake3: String::new(),
            failures: vec![],
            failure_count: 0,
            panics: 0,
        };
        let (hash, pending) = (blake3::Hasher::new(), vec![]);
        let folder = folder.to_owned();
        let mut progress = Progress { store, folder, rows, hash, pending, is_resumable, now };
        progress.append(header)?;
        progress.save()?;
        Ok(progress)
    }

    /// Resumes a sweep at its last checkpoint; returns `None` if there is none.
    ///
    /// # Errors
    /// If the files are not as they were written, or the disk fails.
    pub fn resume(
        store: &'s Store,
        folder: &Path,
        sweep_blake3: &str,
    ) -> Result<Option<Progress<'s>>, ProgressError> {
        let path = folder.join(CHECKPOINT);
        let spoiled = |path: &Path, problem: String| {
            Err(ProgressError::Spoiled { path: path.to_owned(), problem })
        };
        let text = match read_regular_text(&path, MANIFEST_MAX) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return spoiled(&path, error.to_string()),
        };
        let now: Checkpoint = match serde_json::from_str(&text) {
            Ok(now) => now,
            Err(error) => return spoiled(&path, format!("it is no checkpoint: {error}")),
        };
        if now.sim != env!("CARGO_PKG_VERSION") {
            let ours = env!("CARGO_PKG_VERSION");
            return spoiled(&path, format!("it is of sim {}, and this is sim {ours}", now.sim));
        }
        if now.sweep_blake3 != sweep_blake3 {
            return spoiled(&path, "it is of another config or another seed range".to_owned());
        }
        let rows_path = folder.join(UNFINISHED_ROWS);
        // A sweep that was killed between its last two steps has its rows in place and no manifest.
        let finished = folder.join("runs.csv");
        let is_there = |path: &Path| path.symlink_metadata().is_ok();
        let is_in_place = !is_there(&rows_path) && is_there(&finished);
        let there = if is_in_place { &finished } else { &rows_path };
        // Everything is compared before anything is changed.
        let mut hash = blake3::Hasher::new();
        let opened = AppendFile::reopen(store, there, now.bytes, |bytes| {
            hash.update(bytes);
        });
        let (mut rows, found) = match opened {
            Ok(opened) => opened,
            Err(StoreError { source, .. }) => return spoiled(there, source.to_string()),
        };
        if found < now.bytes {
            let problem = format!("it has {found} bytes of {}: it was cut", now.bytes);
            return spoiled(there, problem);
        }
        if hash.finalize().to_hex().as_str() != now.blake3 {
            return spoiled(there, "it was changed since it was written".to_owned());
        }
        if is_in_place {
            rows.rename(&rows_path)?;
        }
        rows.cut(now.bytes)?;
        store.tidy(folder);
        let (folder, pending) = (folder.to_owned(), vec![]);
        Ok(Some(Progress { store, folder, rows, hash, pending, is_resumable: true, now }))
    }

    /// Appends rows, which the next checkpoint includes.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn append(&mut self, rows: &[u8]) -> Result<(), StoreError> {
        self.rows.append(rows)?;
        self.hash.update(rows);
        self.now.bytes += rows.len() as u64;
        Ok(())
    }

    /// Returns the path of the rows.
    pub fn rows_path(&self) -> &Path {
        self.rows.path()
    }

    /// Verifies that the rows are as they were written.
    ///
    /// # Errors
    /// If another program has changed them, or they cannot be read.
    pub fn verify(&self) -> Result<(), StoreError> {
        let mut hash = blake3::Hasher::new();
        let found = self.rows.read_back(|bytes| {
            hash.update(bytes);
        })?;
        if found != self.now.bytes || hash.finalize() != self.hash.finalize() {
            let why = "another program has changed it while the sweep ran; --force begins anew";
            let source = io::Error::other(why);
            return Err(StoreError { operation: "use", path: self.rows.path().into(), source });
        }
        Ok(())
    }

    /// Puts the rows in place, as `runs.csv`.
    ///
    /// # Errors
    /// If that fails, or another program has changed them.
    pub fn put_rows(mut self) -> Result<(), StoreError> {
        self.verify()?;
        self.rows.rename(&self.folder.join("runs.csv"))
    }
}

impl RunSink for Progress<'_> {
    fn next(&self) -> u64 {
        self.now.runs
    }

    fn failure_count(&self) -> u64 {
        self.now.failure_count
    }

    fn add(&mut self, job: Job) {
        self.pending.extend_from_slice(&job.rows);
        self.now.runs += 1;
        self.now.limited += u64::from(job.limited);
        self.now.undetermined += u64::from(job.undetermined);
        if let Some(failure) = job.failure {
            self.now.failure_count += 1;
            self.now.panics += u64::from(failure.kind == FailureKind::Panicked);
            if self.now.failures.len() < FAILURES_MAX {
                self.now.failures.push(failure);
            }
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let rows = std::mem::take(&mut self.pending);
        self.append(&rows)
    }

    /// Writes a checkpoint of all appended rows; for a merge only into [`Progress::now`].
    ///
    /// # Errors
    /// If the disk fails; the last checkpoint stays valid.
    fn save(&mut self) -> Result<(), StoreError> {
        self.rows.sync()?;
        self.now.blake3 = self.hash.finalize().to_hex().to_string();
        if !self.is_resumable {
            return Ok(());
        }
        let text = serde_json::to_string(&self.now).expect("strings and numbers");
        self.store.put(&self.folder.join(CHECKPOINT), text.as_bytes())
    }
}
