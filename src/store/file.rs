//! A file that appears whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};

use super::{Store, StoreError};

/// The beginning of temporary names; what a killed run leaves behind begins with it.
pub(super) const TEMPORARY_PREFIX: &str = ".sim-";

/// A file under a temporary name. Dropped, it is gone; [`NewFile::commit`] puts it in place.
#[derive(Debug)]
pub struct NewFile<'a> {
    store: &'a Store,
    path: PathBuf,
    file: NamedTempFile,
}

impl<'a> NewFile<'a> {
    /// Begins the file that will be at `path`.
    ///
    /// # Errors
    /// If its folder cannot be written to.
    pub fn create(store: &'a Store, path: &Path) -> Result<NewFile<'a>, StoreError> {
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new("."));
        let file = store.attempt("create", path, || {
            let mut builder = Builder::new();
            builder.prefix(TEMPORARY_PREFIX).suffix(".part");
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(std::fs::Permissions::from_mode(0o644));
            }
            builder.tempfile_in(folder)
        })?;
        Ok(NewFile { store, path: path.to_owned(), file })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If the disk is full, say.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let NewFile { store, path, file } = self;
        store.attempt("write", path, || file.write_all(bytes))
    }

    /// Lets something else write the file.
    ///
    /// # Errors
    /// If that fails.
    #[cfg(feature = "parquet")]
    pub fn write_with(
        &mut self,
        write: impl FnOnce(std::fs::File) -> std::io::Result<()>,
    ) -> Result<(), StoreError> {
        let NewFile { store, path, file } = self;
        store.attempt("write", path, || write(file.as_file().try_clone()?))
    }

    /// Makes the file durable and puts it in place, over any old one.
    ///
    /// # Errors
    /// If it cannot be synced or renamed; then the old one is still there.
    pub fn commit(self) -> Result<(), StoreError> {
        let NewFile { store, path, file } = self;
        store.attempt("sync", &path, || file.as_file().sync_data())?;
        store.attempt("rename", &path, || file.persist(&path).map_err(|error| error.error))?;
        Ok(())
    }
}

impl Store {
    /// Puts a file with these bytes in place.
    ///
    /// # Errors
    /// If any step fails; then the old file, or none, is there.
    pub fn put(&self, path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
        let mut file = NewFile::create(self, path)?;
        file.write(bytes)?;
        file.commit()
    }
}
