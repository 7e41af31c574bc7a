//! The folder of one result, such as `results/exp9/seed-1`, locked by one process at a time.
//!
//! A marker says that a result is under way, which tells what a killed run leaves from files that
//! are not ours. A folder that is dropped unfinished holds nothing that was not there before,
//! unless its result can be resumed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::claim_error::ClaimError;
use super::found::{Existing, Found, ManifestHead};
use super::lock::FolderLock;
use super::owned::{MANIFEST, is_link};
use super::{MANIFEST_MAX, NewFile, OwnedFiles, Store, StoreError, read_regular_text};
use crate::store::file::TEMPORARY_PREFIX;

/// The name of the file that marks an unfinished result. It holds the hash of the config.
const MARKER: &str = ".sim-unfinished";
/// Maximum size of a marker, in bytes.
const MARKER_MAX: u64 = 1 << 10;

/// The name of the file that says how far an unfinished sweep is.
pub const CHECKPOINT: &str = "checkpoint.json";

/// Returns the hash of the config whose result is in a folder, or is made there by another process;
/// `None` if that cannot be told yet.
pub(super) fn config_of(path: &Path) -> Option<String> {
    let marker = read_regular_text(&path.join(MARKER), MARKER_MAX).ok();
    marker.or_else(|| {
        let text = read_regular_text(&path.join(MANIFEST), MANIFEST_MAX).ok()?;
        Some(serde_json::from_str::<ManifestHead>(&text).ok()?.config.blake3)
    })
}

/// The folder of a result, locked for this process.
#[derive(Debug)]
pub(super) struct ResultsFolder<'a> {
    store: &'a Store,
    path: PathBuf,
    owned: OwnedFiles,
    pub(super) existing: Existing,
    /// Folders that were made for this result, outermost first.
    made: Vec<PathBuf>,
    /// Whether this process has begun a result here.
    began: bool,
    finished: bool,
    /// Whether an unfinished result with a checkpoint stays.
    pub(super) keeps_unfinished: bool,
    _lock: FolderLock,
}

impl<'a> ResultsFolder<'a> {
    /// Makes and locks the folder.
    pub(super) fn lock(
        store: &'a Store,
        path: &Path,
        owned: &OwnedFiles,
    ) -> Result<ResultsFolder<'a>, ClaimError> {
        let (lock, made) = FolderLock::make(store, path)?;
        Ok(ResultsFolder {
            store,
            path: path.to_owned(),
            owned: owned.clone(),
            existing: Existing::Nothing,
            made,
            began: false,
            finished: false,
            keeps_unfinished: false,
            _lock: lock,
        })
    }

    /// Marks the folder: a result of the config with this hash is under way.
    pub(super) fn mark(&mut self, blake3: &str) -> Result<(), StoreError> {
        self.began = true;
        self.store.put(&self.path.join(MARKER), blake3.as_bytes())
    }

    /// Removes the files of an earlier result. The folder is marked first, so that what a kill
    /// leaves of them is known to be ours.
    pub(super) fn clear(&mut self, blake3: &str) -> Result<(), StoreError> {
        self.mark(blake3)?;
        self.owned.clear(self.store, &self.path)
    }

    /// Removes temporary files that killed programs left in the folder.
    pub(super) fn tidy(&self) {
        self.store.tidy(&self.path);
    }

    /// Removes what a kill after the commit of the manifest may have left.
    pub(super) fn tidy_finished(&self) -> Result<(), StoreError> {
        self.store.remove(&self.path.join(CHECKPOINT))?;
        self.store.remove(&self.path.join(MARKER))?;
        self.owned.tidy(self.store, &self.path);
        Ok(())
    }

    /// Returns what the folder holds, seen from a config with this hash.
    pub(super) fn look(&self, config_blake3: &str) -> Result<Found, ClaimError> {
        let names = self.names()?;
        if names.iter().any(|name| name == MANIFEST) {
            let text = match self.own_text(MANIFEST, MANIFEST_MAX)? {
                Ok(text) => text,
                Err(why) => return Ok(Found::Foreign(MANIFEST.to_owned(), why)),
            };
            return Ok(match serde_json::from_str::<ManifestHead>(&text) {
                Ok(head) if head.config.blake3 == config_blake3 => Found::SameConfig(head, text),
                Ok(_) => Found::OtherConfig,
                Err(error) => {
                    let why = format!("is no manifest that can be read: {error}");
                    Found::Foreign(MANIFEST.to_owned(), why)
                }
            });
        }
        if names.iter().any(|name| name == MARKER) {
            return Ok(match self.own_text(MARKER, MARKER_MAX)? {
                Ok(of) => Found::Unfinished {
                    of,
                    has_checkpoint: names.iter().any(|name| name == CHECKPOINT),
                },
                Err(why) => Found::Foreign(MARKER.to_owned(), why),
            });
        }
        let foreign = names.into_iter().find(|name| !name.starts_with(TEMPORARY_PREFIX));
        let no_result = "is no result of ours".to_owned();
        Ok(foreign.map_or(Found::Fresh, |file| Found::Foreign(file, no_result)))
    }

    /// Returns the names in the folder, sorted.
    fn names(&self) -> Result<Vec<String>, StoreError> {
        let names = self.store.attempt("read", &self.path, || {
            let entries = fs::read_dir(&self.path)?;
            let name = |entry: io::Result<fs::DirEntry>| {
                entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
            };
            entries.map(name).collect::<io::Result<Vec<String>>>()
        });
        names.map(|mut names| {
            names.sort();
            names
        })
    }

    /// Returns a text in the folder, or the reason why it cannot be one of ours.
    fn own_text(&self, name: &str, max: u64) -> Result<Result<String, String>, StoreError> {
        let path = self.path.join(name);
        let read = || match read_regular_text(&path, max) {
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Ok(Err(format!("cannot be ours: {error}")))
            }
            text => text.map(Ok),
        };
        self.store.attempt("read", &path, read)
    }

    /// Returns the folder's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Begins a file in the folder.
    pub(super) fn create(&self, name: &str) -> Result<NewFile<'a>, StoreError> {
        NewFile::create(self.store, &self.path.join(name))
    }

    /// Puts a file with these bytes in place. If its name has a folder, that is made, but no
    /// symbolic link is followed.
    pub(super) fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        if let Some((inside, _)) = name.rsplit_once('/') {
            let inside = self.path.join(inside);
            self.store.attempt("make folder", &inside, || match is_link(&inside) {
                true => Err(io::Error::other("it is a symbolic link")),
                false => fs::create_dir_all(&inside),
            })?;
        }
        self.store.put(&self.path.join(name), bytes)
    }

    /// Puts the manifest in place, which finishes the result, and removes the files that only an
    /// unfinished one has.
    ///
    /// # Errors
    /// If any step fails. Before the manifest is in place, the result stays unfinished.
    pub(super) fn finish(mut self, manifest: &str) -> Result<PathBuf, StoreError> {
        self.put(MANIFEST, manifest.as_bytes())?;
        self.finished = true;
        for name in [CHECKPOINT, MARKER] {
            let path = self.path.join(name);
            if path.symlink_metadata().is_ok() {
                self.store.remove(&path)?;
            }
        }
        Ok(self.path.clone())
    }
}

impl Drop for ResultsFolder<'_> {
    /// Removes an unfinished result as far as possible. An error cannot be reported here, and the
    /// marker that it leaves says the same.
    fn drop(&mut self) {
        let is_kept = self.keeps_unfinished && self.path.join(CHECKPOINT).exists();
        if self.finished || self.existing != Existing::Nothing || is_kept {
            return;
        }
        let marker = self.path.join(MARKER);
        if self.began && marker.exists() && self.owned.clear(self.store, &self.path).is_ok() {
            let _ = fs::remove_file(marker);
        }
        for folder in self.made.iter().rev() {
            // Only an empty folder can be removed.
            let _ = fs::remove_dir(folder);
        }
    }
}
