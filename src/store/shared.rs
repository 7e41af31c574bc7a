//! Files in folders that several machines share, such as those of NFS: written under a temporary
//! name, synced and renamed. No locks, since such file systems may have none.
//!
//! Several processes may write the same file at a time: each has a temporary name of its own, and
//! the last rename counts.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::file::TEMPORARY_PREFIX;
use super::{Store, StoreError};

/// The suffix of temporary names in shared folders. It differs from that of other folders, where a
/// file without a lock is removed as one of a killed program.
const TEMPORARY_SUFFIX: &str = ".shared";

/// A file under a temporary name in a shared folder. Dropped before [`SharedFile::commit`], it is
/// removed.
#[derive(Debug)]
pub struct SharedFile<'a> {
    store: &'a Store,
    folder: PathBuf,
    file: NamedTempFile,
}

impl<'a> SharedFile<'a> {
    /// Begins a file in this folder.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn create(store: &'a Store, folder: &Path) -> Result<SharedFile<'a>, StoreError> {
        let file = store.attempt("create a file in", folder, || {
            let mut builder = Builder::new();
            builder.prefix(TEMPORARY_PREFIX).suffix(TEMPORARY_SUFFIX);
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(fs::Permissions::from_mode(0o644));
            }
            builder.tempfile_in(folder)
        })?;
        Ok(SharedFile { store, folder: folder.to_owned(), file })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If they cannot be written: the disk is full, for example.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let SharedFile { store, folder, file } = self;
        store.attempt("write a file in", folder, || file.write_all(bytes))
    }

    /// Makes the file durable and puts it in place, under this name in its folder.
    ///
    /// # Errors
    /// If it cannot be synced or renamed; an old one stays.
    pub fn commit(self, name: &str) -> Result<(), StoreError> {
        self.commit_if(name, || true).map(|_| ())
    }

    /// Makes the file durable and puts it in place if `is_wanted` returns true, which is asked
    /// immediately before the rename; returns whether it did.
    ///
    /// # Errors
    /// If it cannot be synced or renamed; an old one stays.
    pub fn commit_if(
        self,
        name: &str,
        is_wanted: impl FnOnce() -> bool,
    ) -> Result<bool, StoreError> {
        let SharedFile { store, folder, file } = self;
        let path = folder.join(name);
        store.attempt("sync", &path, || file.as_file().sync_all())?;
        if !is_wanted() {
            return Ok(false);
        }
        store.attempt("rename", &path, || file.persist(&path).map_err(|error| error.error))?;
        // Not every file system syncs folders; the rename itself is done.
        let _ = File::open(&folder).and_then(|folder| folder.sync_all());
        Ok(true)
    }
}

/// Returns whether a name is that of a temporary file in a shared folder.
pub fn is_shared_temporary(name: &str) -> bool {
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

impl Store {
    /// Puts a file with these bytes in place in a shared folder.
    ///
    /// # Errors
    /// If any step fails; the old file, or none, stays.
    pub fn put_shared(&self, folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = SharedFile::create(self, folder)?;
        file.write(bytes)?;
        file.commit(name)
    }

    /// Makes a folder and those above it.
    ///
    /// # Errors
    /// If that fails.
    pub fn make_folder(&self, folder: &Path) -> Result<(), StoreError> {
        self.attempt("make folder", folder, || fs::create_dir_all(folder))
    }

    /// Removes those files from a shared folder for whose names `is_left` returns true. Whether a
    /// name is that of a temporary file says [`is_shared_temporary`]; its writer ends with an error
    /// if it is still under way.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn clean_shared(
        &self,
        folder: &Path,
        is_left: impl Fn(&str) -> bool,
    ) -> Result<(), StoreError> {
        let entries = self.attempt("read", folder, || match fs::read_dir(folder) {
            Ok(entries) => entries.collect::<io::Result<Vec<_>>>(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(vec![]),
            Err(error) => Err(error),
        })?;
        for entry in entries {
            if is_left(&entry.file_name().to_string_lossy()) {
                self.remove(&entry.path())?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_not_wanted_any_more_leaves_the_old_one() {
        let (store, folder) = (Store::new(), tempfile::tempdir().expect("a folder"));
        store.put_shared(folder.path(), "a", b"old").expect("it is written");
        for (is_wanted, text) in [(false, "old"), (true, "new")] {
            let mut file = SharedFile::create(&store, folder.path()).expect("it begins");
            file.write(b"new").expect("it is written");
            assert_eq!(file.commit_if("a", || is_wanted).ok(), Some(is_wanted));
            assert_eq!(fs::read_to_string(folder.path().join("a")).expect("a file"), text);
            assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
        }
    }
}
