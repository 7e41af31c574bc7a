//! A file that grows while a program runs, and goes on growing when it runs again.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Store, StoreError};

/// A file to append to.
#[derive(Debug)]
pub struct AppendFile<'a> {
    store: &'a Store,
    path: PathBuf,
    file: File,
}

impl<'a> AppendFile<'a> {
    /// Opens a file, made if it is not there, and cuts off what is beyond the first `keep` bytes.
    ///
    /// # Errors
    /// If it cannot be opened or cut.
    pub fn open(store: &'a Store, path: &Path, keep: u64) -> Result<AppendFile<'a>, StoreError> {
        let file = store.attempt("open", path, || {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).open(path)
        })?;
        store.attempt("cut", path, || {
            if file.metadata()?.len() > keep { file.set_len(keep) } else { Ok(()) }
        })?;
        let mut opened = AppendFile { store, path: path.to_owned(), file };
        opened.store.attempt("seek in", path, || opened.file.seek(SeekFrom::End(0)))?;
        Ok(opened)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads all that it holds, piece by piece; returns how many bytes that were.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read_back(&self, mut each: impl FnMut(&[u8])) -> Result<u64, StoreError> {
        self.store.attempt("read", &self.path, || {
            let mut file = File::open(&self.path)?;
            let (mut buffer, mut total) = (vec![0; 1 << 16], 0);
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok(total),
                    count => {
                        each(&buffer[..count]);
                        total += count as u64;
                    }
                }
            }
        })
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If the disk is full, say.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let AppendFile { store, path, file } = self;
        store.attempt("write", path, || file.write_all(bytes))
    }

    /// Makes all that was appended durable.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.store.attempt("sync", &self.path, || self.file.sync_data())
    }
}
