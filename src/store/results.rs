//! The folder of one result, such as `results/exp9/seed-1`, owned by one process at a time.
//!
//! The folder itself is locked while it is written into, and a marker says that this is under way,
//! so that what a killed run leaves is told from what somebody else put there. If another resolved
//! config has its results in the folder, this one's are put beside it, under a part of its hash.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use super::file::{TEMPORARY_PREFIX, is_same};
use super::{MANIFEST_MAX, NewFile, Store, StoreError, read_regular_text};
use crate::escape;
use crate::trace::{ConfigId, MANIFEST_FORMAT};

const MANIFEST: &str = "manifest.json";
const MARKER: &str = ".sim-unfinished";
/// The largest marker, which holds a hash.
const MARKER_MAX: u64 = 1 << 10;

/// The folder of logs.
const LOGS: &str = "node-logs";
/// The names of our files, the manifest aside; with `--split` also `machine-<n>.csv`.
const FILES: [&str; 15] = [
    "history.jsonl",
    "history.edn",
    "results.json",
    "results.edn",
    "config.toml",
    "trace.csv",
    "net.csv",
    "summary.json",
    "sweep.toml",
    "runs.csv",
    "runs.parquet",
    "points.csv",
    "failures.csv",
    UNFINISHED_ROWS,
    CHECKPOINT,
];

/// The rows of a sweep that is not finished, and how far it came.
pub const UNFINISHED_ROWS: &str = "runs.unfinished.csv";
/// How far a sweep came that is not finished.
pub const CHECKPOINT: &str = "checkpoint.json";

/// What a manifest says of every kind of result.
#[derive(serde::Deserialize)]
struct ManifestHead {
    format: u32,
    sim: String,
    config: ConfigId,
}

/// What to claim.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'c> {
    /// The folder to be.
    pub path: &'c Path,
    /// The hash of the resolved config.
    pub blake3: &'c str,
    /// Whether what is there may be written over.
    pub force: bool,
    /// What to do with an unfinished result of the same config.
    pub unfinished: Unfinished,
}

/// What to do with an unfinished result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// It is removed: a run is quickly repeated.
    Clear,
    /// It is refused: whoever asks has to say whether to go on.
    Refuse,
    /// It is kept, to go on from there; also if this attempt is not finished either.
    Keep,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// Another process writes into it (exit code 75).
    #[error("{} is in use by another process; try again when it is done", .0.display())]
    Busy(PathBuf),
    /// Something is there that is not a result of this config (exit code 73).
    #[error("{} holds {}; use --force to write there all the same, or --out for another place",
        path.display(), escape::line(what))]
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
    /// A finished result of the same config and version, with the text of its manifest.
    Result(String),
    /// An unfinished one, to go on from.
    Unfinished,
}

/// A folder that belongs to this run. Dropped unfinished, it leaves nothing that was not there.
#[derive(Debug)]
pub struct ResultsFolder<'a> {
    store: &'a Store,
    path: PathBuf,
    existing: Existing,
    /// Folders that were made for this run, outermost first.
    made: Vec<PathBuf>,
    /// Whether it is ours to tidy away: nothing of others is.
    began: bool,
    finished: bool,
    /// Whether an unfinished result stays.
    keep: bool,
    _lock: Lock,
}

/// What was found in a folder.
enum Found {
    Fresh,
    SameConfig(ManifestHead, String),
    OtherConfig,
    /// Of the config with this hash.
    Unfinished(String),
    /// A file, and what is to be said of it.
    Foreign(String, String),
}

impl<'a> ResultsFolder<'a> {
    /// Claims the folder of a result, or the one beside it if that has another config's.
    ///
    /// # Errors
    /// If it is in use, holds something else, or the disk fails.
    pub fn claim(store: &'a Store, claim: Claim<'_>) -> Result<ResultsFolder<'a>, ClaimError> {
        let Claim { path: first, blake3, force, unfinished } = claim;
        let mut beside = first.as_os_str().to_owned();
        beside.push(format!("-{}", &blake3[..6]));
        let mut claimed = ResultsFolder::lock(store, first)?;
        let mut found = claimed.look(blake3)?;
        let is_others = match &found {
            Found::OtherConfig => true,
            Found::Unfinished(other) => unfinished != Unfinished::Clear && other != blake3,
            _ => false,
        };
        if is_others {
            let second = ResultsFolder::lock(store, Path::new(&beside))?;
            let there = second.look(blake3)?;
            // Somebody else's unfinished one is only passed by for our own.
            let passes = !matches!((&found, &there), (Found::Unfinished(_), Found::Fresh))
                || unfinished != Unfinished::Keep;
            if passes {
                (claimed, found) = (second, there);
            }
        }
        let path = claimed.path.clone();
        let occupied = |what: &str| Err(ClaimError::Occupied { path, what: what.to_owned() });
        match (found, unfinished) {
            // Killed while it marked the folder, a run leaves the marker's temporary file.
            (Found::Fresh, _) => store.tidy(&claimed.path),
            (Found::Unfinished(_), Unfinished::Clear) => claimed.clear(blake3)?,
            (_, _) if force => claimed.clear(blake3)?,
            (Found::Unfinished(_), Unfinished::Refuse) => {
                return occupied("what is not finished; use --resume to go on with it");
            }
            (Found::Unfinished(of), Unfinished::Keep) if of == blake3 => {
                // What is tidied away waits until it is known that this can go on.
                claimed.existing = Existing::Unfinished;
                claimed.keep = true;
                return Ok(claimed);
            }
            (Found::Unfinished(_), Unfinished::Keep) => {
                return occupied("an unfinished result of another config, or of other seeds");
            }
            (Found::SameConfig(head, manifest), _)
                if head.sim == env!("CARGO_PKG_VERSION") && head.format == MANIFEST_FORMAT =>
            {
                // A kill after the manifest was in place may have left these.
                store.remove(&claimed.path.join(CHECKPOINT))?;
                store.remove(&claimed.path.join(MARKER))?;
                store.tidy(&claimed.path);
                store.tidy(&claimed.path.join(LOGS));
                claimed.existing = Existing::Result(manifest);
                return Ok(claimed);
            }
            (Found::SameConfig(head, _), _) => {
                return occupied(&format!("the result of sim {}", head.sim));
            }
            (Found::OtherConfig, _) => return occupied("the result of another config"),
            (Found::Foreign(file, why), _) => {
                return occupied(&format!("{file}, which {why}"));
            }
        }
        claimed.keep = unfinished != Unfinished::Clear;
        claimed.mark(blake3)?;
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
            let locked = store.attempt("lock", path, || Ok(lock.try_lock()))?;
            let lock = Lock(lock);
            match locked {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ClaimError::Busy(path.to_owned())),
                Err(TryLockError::Error(source)) => {
                    let path = path.to_owned();
                    return Err(StoreError { operation: "lock", path, source }.into());
                }
            }
            if is_same(&lock.0, path) {
                let path = path.to_owned();
                let existing = Existing::Nothing;
                return Ok(ResultsFolder {
                    store,
                    path,
                    existing,
                    made,
                    began: false,
                    finished: false,
                    keep: false,
                    _lock: lock,
                });
            }
        }
        Err(ClaimError::Busy(path.to_owned()))
    }

    /// Says that a result of this config is under way here.
    fn mark(&mut self, blake3: &str) -> Result<(), StoreError> {
        self.began = true;
        self.store.put(&self.path.join(MARKER), blake3.as_bytes())
    }

    /// Removes what an earlier result left. Marked first, what a kill leaves of it is ours.
    fn clear(&mut self, blake3: &str) -> Result<(), StoreError> {
        self.mark(blake3)?;
        clear(self.store, &self.path)
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
                Ok(of) => Found::Unfinished(of),
                Err(why) => Found::Foreign(MARKER.to_owned(), why),
            });
        }
        let foreign = names.into_iter().find(|name| !name.starts_with(TEMPORARY_PREFIX));
        let no_result = "is no result of ours".to_owned();
        Ok(foreign.map_or(Found::Fresh, |file| Found::Foreign(file, no_result)))
    }

    /// A text in the folder, or why it cannot be one of ours.
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

    /// Puts a log in place, in the folder of logs.
    ///
    /// # Errors
    /// If any step fails.
    pub fn put_log(&self, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let logs = self.path.join(LOGS);
        self.store.attempt("make folder", &logs, || match is_link(&logs) {
            true => Err(io::Error::other("it is a symbolic link")),
            false => fs::create_dir_all(&logs),
        })?;
        self.store.put(&logs.join(name), bytes)
    }

    /// Puts the manifest in place, which ends the run, and removes files that only an unfinished
    /// one needs.
    ///
    /// # Errors
    /// If any step fails; then the folder counts as unfinished.
    pub fn finish(
        mut self,
        manifest: &str,
        no_longer_needed: &[&str],
    ) -> Result<PathBuf, StoreError> {
        self.put(MANIFEST, manifest.as_bytes())?;
        self.finished = true;
        for name in no_longer_needed {
            self.store.remove(&self.path.join(name))?;
        }
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
        let is_kept = self.keep && self.path.join(CHECKPOINT).exists();
        if self.finished || self.existing != Existing::Nothing || is_kept {
            return;
        }
        let marker = self.path.join(MARKER);
        if self.began && marker.exists() && clear(self.store, &self.path).is_ok() {
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
    let remove = |name: &str| store.remove(&folder.join(name));
    remove(MANIFEST)?;
    FILES.into_iter().try_for_each(remove)?;
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_machine_file(&name) {
            remove(&name)?;
        }
    }
    let logs = folder.join(LOGS);
    if is_link(&logs) {
        // What it leads to is not ours.
        store.remove(&logs)?;
    }
    for entry in fs::read_dir(&logs).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".log") {
            store.remove(&logs.join(name))?;
        }
    }
    store.tidy(&logs);
    // Only an empty folder can be removed, and what else is there is not ours.
    let _ = fs::remove_dir(&logs);
    store.tidy(folder);
    Ok(())
}

fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink())
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

/// A folder that is locked for this process alone.
///
/// The lock is taken off when this goes: to close the file would not do while another thread has
/// forked a child that has not become its own program yet, and has a copy of it.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    fn drop(&mut self) {
        // Where that fails there is nobody to tell, and the file is closed next.
        let _ = self.0.unlock();
    }
}
