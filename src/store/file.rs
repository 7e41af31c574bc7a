//! A file that appears whole or not at all: written under a temporary name, synced, renamed.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::regular;

use super::{Store, StoreError};

/// The prefix of temporary names, by which the files of killed programs are known.
pub(super) const TEMPORARY_PREFIX: &str = ".sim-";
/// The suffix of temporary names.
const TEMPORARY_SUFFIX: &str = ".part";

/// A file under a temporary name. [`NewFile::commit`] puts it in place; dropped, it is removed.
#[derive(Debug)]
pub struct NewFile<'a> {
    store: &'a Store,
    path: PathBuf,
    file: NamedTempFile,
    /// Number of bytes that were written.
    written: u64,
}

/// Maximum number of attempts to create a temporary file: another process may remove one before it
/// is locked.
const ATTEMPTS: usize = 16;

impl<'a> NewFile<'a> {
    /// Begins a file that will be at `path`.
    ///
    /// # Errors
    /// If its folder cannot be written to.
    pub fn create(store: &'a Store, path: &Path) -> Result<NewFile<'a>, StoreError> {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let file = store.attempt("create", path, || {
            let mut builder = Builder::new();
            builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(fs::Permissions::from_mode(0o644));
            }
            for _ in 1..ATTEMPTS {
                let file = builder.tempfile_in(folder)?;
                if is_locked(&file) {
                    return Ok(file);
                }
            }
            builder.tempfile_in(folder)
        })?;
        Ok(NewFile { store, path: path.to_owned(), file, written: 0 })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If they cannot be written: the disk is full, for example.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let NewFile { store, path, file, written } = self;
        store.attempt("write", path, || file.write_all(bytes))?;
        *written += bytes.len() as u64;
        Ok(())
    }

    /// Lets `write` append bytes, as one operation on the disk.
    ///
    /// # Errors
    /// If `write` fails.
    pub(super) fn write_with(
        &mut self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let NewFile { store, path, file, written } = self;
        let mut counting = Counting { file, written };
        store.attempt("write", path, || write(&mut counting))
    }

    /// Makes the file durable and puts it in place of any old one.
    ///
    /// # Errors
    /// If it cannot be synced or renamed; the old one stays.
    pub fn commit(self) -> Result<(), StoreError> {
        let NewFile { store, path, file, written } = self;
        store.attempt("sync", &path, || {
            file.as_file().sync_data()?;
            let there = file.as_file().metadata()?.len();
            match written == there {
                true => Ok(()),
                false => Err(io::Error::other(format!(
                    "it has {there} bytes of {written}: another program has changed it"
                ))),
            }
        })?;
        store.attempt("rename", &path, || file.persist(&path).map_err(|error| error.error))?;
        Ok(())
    }
}

/// A writer that counts the bytes that pass.
struct Counting<'w> {
    file: &'w mut NamedTempFile,
    written: &'w mut u64,
}

impl Write for Counting<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        *self.written += count as u64;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Locks a temporary file while it is written, which distinguishes it from the file of a killed
/// program. Returns whether it is locked and still there; without locks in the system it counts as
/// locked.
fn is_locked(file: &NamedTempFile) -> bool {
    let locked = !matches!(file.as_file().try_lock(), Err(fs::TryLockError::WouldBlock));
    locked && is_same(file.as_file(), file.path())
}

/// Returns whether an open file or folder is still the one at its path.
pub(super) fn is_same(file: &File, path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let place = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let (opened, named) = (file.metadata().map(place), fs::metadata(path).map(place));
        matches!((opened, named), (Ok(a), Ok(b)) if a == b)
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        path.exists()
    }
}

/// Removes a temporary file unless a program still writes it.
fn remove_stale(path: &Path) -> io::Result<()> {
    let file = regular::open(OpenOptions::new().read(true), path, false)?;
    if file.try_lock().is_ok() { fs::remove_file(path) } else { Ok(()) }
}

impl Store {
    /// Removes the temporary files that killed programs left in a folder. A file that is still
    /// written or cannot be removed stays; it is harmless.
    pub fn tidy(&self, folder: &Path) {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX) {
                let path = entry.path();
                let _ = self.attempt("remove", &path, || remove_stale(&path));
            }
        }
    }

    /// Puts a file with these bytes in place; returns `false` if other bytes are there and `force`
    /// is not set. Temporary files of killed programs are removed from the folder.
    ///
    /// # Errors
    /// If any step fails; the old file, or none, stays.
    pub fn put_beside(&self, path: &Path, bytes: &[u8], force: bool) -> Result<bool, StoreError> {
        if fs::symlink_metadata(path).is_ok() {
            let there = regular::read_regular(path, bytes.len() as u64);
            if there.is_ok_and(|there| there == bytes) {
                return Ok(true);
            }
            if !force {
                return Ok(false);
            }
        }
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        self.tidy(folder.unwrap_or(Path::new(".")));
        self.put(path, bytes).map(|()| true)
    }

    /// Puts a file with these bytes in place.
    ///
    /// # Errors
    /// If any step fails; the old file, or none, stays.
    pub fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = NewFile::create(self, path)?;
        file.write(bytes)?;
        file.commit()
    }
}
