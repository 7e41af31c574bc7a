//! A folder that is made, and locked for this process alone.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use super::claim_error::ClaimError;
use super::file::is_same;
use super::{Store, StoreError};

/// Maximum number of attempts: between making a folder and locking it, another process may remove
/// it.
const ATTEMPTS: usize = 16;

/// The lock of a folder.
///
/// It is released explicitly when dropped. Closing the file is not enough while another thread has
/// forked a child that has not yet become its own program, and holds a copy of the descriptor.
#[derive(Debug)]
pub(super) struct FolderLock(File);

impl FolderLock {
    /// Makes a folder and locks it; also returns the folders that were made, outermost first.
    ///
    /// # Errors
    /// If another process holds the lock, or the disk fails.
    pub(super) fn make(
        store: &Store,
        path: &Path,
    ) -> Result<(FolderLock, Vec<PathBuf>), ClaimError> {
        for _ in 0..ATTEMPTS {
            let made = make_folders(store, path)?;
            let file = match store.attempt("open", path, || File::open(path)) {
                Err(error) if error.source.kind() == io::ErrorKind::NotFound => continue,
                opened => opened?,
            };
            let locked = store.attempt("lock", path, || Ok(file.try_lock()))?;
            let lock = FolderLock(file);
            match locked {
                Ok(()) => {}
                // The result then has no owner, as in folders of several machines.
                Err(TryLockError::Error(source)) if is_without_locks(&source) => {}
                Err(TryLockError::WouldBlock) => return Err(ClaimError::Busy(path.to_owned())),
                Err(TryLockError::Error(source)) => {
                    let path = path.to_owned();
                    return Err(StoreError { operation: "lock", path, source }.into());
                }
            }
            if is_same(&lock.0, path) {
                return Ok((lock, made));
            }
        }
        Err(ClaimError::Busy(path.to_owned()))
    }
}

impl Drop for FolderLock {
    fn drop(&mut self) {
        // An error here cannot be reported, and the file is closed next.
        let _ = self.0.unlock();
    }
}

/// Returns whether a file system has no locks, as some that several machines share.
fn is_without_locks(error: &io::Error) -> bool {
    let known = [Errno::NOLCK, Errno::NOSYS, Errno::OPNOTSUPP].map(Errno::raw_os_error);
    error.raw_os_error().is_some_and(|code| known.contains(&code))
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
