//! The folder of one run: `<root>/<name>/seed-<n>`, owned by one process at a time.
//!
//! The folder itself is locked while a run writes into it, and a marker says that a run is under
//! way, so that what a killed one leaves is told from what somebody else put there. If another
//! resolved config has its results in the folder, this one's are put beside it, under a part of its
//! hash.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file::TEMPORARY_PREFIX;
use super::{NewFile, Store, StoreError};
use crate::trace::{MANIFEST_FORMAT, Manifest};

const MANIFEST: &str = "manifest.json";
const MARKER: &str = ".sim-unfinished";

/// The names of a run's files, the manifest aside; with `--split` also `machine-<n>.csv`.
const FILES: [&str; 4] = ["config.toml", "trace.csv", "net.csv", "summary.json"];

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another process writes into it (exit code 75).
    #[error("{} is in use by another process; try again when it is done", .0.display())]
    Busy(PathBuf),
    /// Something is there that is not a result of this config (exit code 73).
    #[error("{} holds {what}; use --force to write there all the same, or --out for another place",
        path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
        /// What it holds.
        what: String,
    },
    /// The disk (exit code 74).
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a claimed folder held before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Existing {
    /// Nothing that counts.
    Nothing,
    /// A finished result of the same config and version.
    Result(Box<Manifest>),
}

/// A folder that belongs to this run. Dropped unfinished, it leaves nothing that was not there.
#[derive(Debug)]
pub struct ResultsFolder<'a> {
    store: &'a Store,
    path: PathBuf,
    existing: Existing,
    /// Folders that were made for this run, outermost first.
    made: Vec<PathBuf>,
    finished: bool,
    _lock: File,
}

/// What was found in a folder.
enum Found {
    Fresh,
    SameConfig(Box<Manifest>),
    OtherConfig,
    Unfinished,
    Foreign(String),
}

impl<'a> ResultsFolder<'a> {
    /// Claims the folder of a run below `root`.
    ///
    /// # Errors
    /// If it is in use, holds something else, or the disk fails.
    pub fn claim(
        store: &'a Store,
        root: &Path,
        name: &str,
        seed: u64,
        config_blake3: &str,
        force: bool,
    ) -> Result<ResultsFolder<'a>, ClaimError> {
        let folder = root.join(name);
        let first = folder.join(format!("seed-{seed}"));
        let beside = folder.join(format!("seed-{seed}-{}", &config_blake3[..6]));
        let mut claimed = ResultsFolder::lock(store, &first)?;
        let mut found = claimed.look(config_blake3)?;
        if matches!(found, Found::OtherConfig) {
            claimed = ResultsFolder::lock(store, &beside)?;
            found = claimed.look(config_blake3)?;
        }
        let path = claimed.path.clone();
        let occupied = |what: String| Err(ClaimError::Occupied { path, what });
        match found {
            Found::Fresh => {}
            Found::Unfinished => clear(store, &claimed.path)?,
            Found::SameConfig(_) | Found::OtherConfig | Found::Foreign(_) if force => {
                clear(store, &claimed.path)?;
            }
            Found::SameConfig(manifest)
                if manifest.sim == env!("CARGO_PKG_VERSION")
                    && manifest.format == MANIFEST_FORMAT =>
            {
                claimed.existing = Existing::Result(manifest);
                return Ok(claimed);
            }
            Found::SameConfig(manifest) => {
                return occupied(format!("the result of sim {}", manifest.sim));
            }
            Found::OtherConfig => return occupied("the result of another config".to_owned()),
            Found::Foreign(file) => return occupied(format!("{file}, which is no result of ours")),
        }
        let marker = claimed.path.join(MARKER);
        store.attempt("write", &marker, || fs::write(&marker, config_blake3))?;
        Ok(claimed)
    }

    fn lock(store: &'a Store, path: &Path) -> Result<ResultsFolder<'a>, ClaimError> {
        // Between making a folder and locking it, another run may tidy it away: then once more.
        for _ in 0..16 {
            let made = make_folders(store, path)?;
            let opened = store.attempt("open", path, || File::open(path));
            let lock = match opened {
                Err(error) if error.source.kind() == io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            match store.attempt("lock", path, || Ok(lock.try_lock()))? {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ClaimError::Busy(path.to_owned())),
                Err(TryLockError::Error(source)) => {
                    let path = path.to_owned();
                    return Err(StoreError { operation: "lock", path, source }.into());
                }
            }
            if is_still_at(&lock, path) {
                let path = path.to_owned();
                let existing = Existing::Nothing;
                return Ok(ResultsFolder {
                    store,
                    path,
                    existing,
                    made,
                    finished: false,
                    _lock: lock,
                });
            }
        }
        Err(ClaimError::Busy(path.to_owned()))
    }

    fn look(&self, config_blake3: &str) -> Result<Found, ClaimError> {
        let mut names = Vec::new();
        let entries = self.store.attempt("read", &self.path, || {
            fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()
        });
        let entries: Vec<std::ffi::OsString> = entries?;
        names.extend(entries.iter().map(|name| name.to_string_lossy().into_owned()));
        names.sort();
        if names.iter().any(|name| name == MANIFEST) {
            let text = fs::read_to_string(self.path.join(MANIFEST)).unwrap_or_default();
            return Ok(match serde_json::from_str::<Manifest>(&text) {
                Ok(manifest) if manifest.config.blake3 == config_blake3 => {
                    Found::SameConfig(Box::new(manifest))
                }
                Ok(_) => Found::OtherConfig,
                Err(_) => Found::Foreign(MANIFEST.to_owned()),
            });
        }
        if names.iter().any(|name| name == MARKER) {
            return Ok(Found::Unfinished);
        }
        let foreign = names.into_iter().find(|name| !name.starts_with(TEMPORARY_PREFIX));
        Ok(foreign.map_or(Found::Fresh, Found::Foreign))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was there before.
    pub fn existing(&self) -> &Existing {
        &self.existing
    }

    /// Begins a file in it.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(&self, name: &str) -> Result<NewFile<'a>, StoreError> {
        NewFile::create(self.store, &self.path.join(name))
    }

    /// Puts a small file in it.
    ///
    /// # Errors
    /// If any step fails.
    pub fn put(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        self.store.put(&self.path.join(name), bytes)
    }

    /// Puts the manifest in place, which ends the run.
    ///
    /// # Errors
    /// If any step fails; then the folder counts as unfinished.
    pub fn finish(mut self, manifest: &Manifest) -> Result<PathBuf, StoreError> {
        self.put(MANIFEST, manifest.to_json().as_bytes())?;
        self.finished = true;
        let marker = self.path.join(MARKER);
        if marker.exists() {
            self.store.attempt("remove", &marker, || fs::remove_file(&marker))?;
        }
        Ok(self.path.clone())
    }
}

impl Drop for ResultsFolder<'_> {
    /// Tidies an unfinished folder away, as far as that goes: an error here has nobody to go to,
    /// and the marker says the same.
    fn drop(&mut self) {
        if self.finished || self.existing != Existing::Nothing {
            return;
        }
        let marker = self.path.join(MARKER);
        if marker.exists() && clear(self.store, &self.path).is_ok() {
            let _ = fs::remove_file(marker);
        }
        for folder in self.made.iter().rev() {
            // Only an empty folder can be removed.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Removes what is ours: the manifest first, so that no file is described wrongly.
fn clear(store: &Store, folder: &Path) -> Result<(), StoreError> {
    let remove = |name: &str| {
        let path = folder.join(name);
        store.attempt("remove", &path, || match fs::remove_file(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            outcome => outcome,
        })
    };
    remove(MANIFEST)?;
    FILES.into_iter().try_for_each(remove)?;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(TEMPORARY_PREFIX) && name != MARKER || is_machine_file(&name) {
            remove(&name)?;
        }
    }
    Ok(())
}

fn is_machine_file(name: &str) -> bool {
    let number = name.strip_prefix("machine-").and_then(|rest| rest.strip_suffix(".csv"));
    number.is_some_and(|number| number.parse::<u32>().is_ok())
}

/// Makes a folder and those above it; returns those that were not there, outermost first.
fn make_folders(store: &Store, path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let missing: Vec<PathBuf> = path
        .ancestors()
        .take_while(|folder| *folder != Path::new("") && !folder.exists())
        .map(Path::to_owned)
        .collect();
    store.attempt("make folder", path, || fs::create_dir_all(path))?;
    Ok(missing.into_iter().rev().collect())
}

/// Whether a locked folder is still the one at its path.
fn is_still_at(lock: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let (locked, named) = (lock.metadata().map(place), fs::metadata(path).map(place));
        matches!((locked, named), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    {
        let _ = lock;
        path.is_dir()
    }
}
