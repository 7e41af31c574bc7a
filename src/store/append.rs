//! A file that a program appends to, over several processes.
//!
//! The bytes that are there are handed over for comparison before anything is changed. No symbolic
//! link is followed: its target is not ours to truncate.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::regular::{self, open_regular};
use super::{Store, StoreError};

/// A file to append to.
#[derive(Debug)]
pub struct AppendFile<'a> {
    store: &'a Store,
    path: PathBuf,
    file: File,
}

impl<'a> AppendFile<'a> {
    /// Creates an empty file, in place of any that is there.
    ///
    /// # Errors
    /// If that fails.
    pub fn create(store: &'a Store, path: &Path) -> Result<AppendFile<'a>, StoreError> {
        store.remove(path)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        let file = store.attempt("create", path, || options.open(path))?;
        Ok(AppendFile { store, path: path.to_owned(), file })
    }

    /// Opens an existing file and hands over its first `keep` bytes, piece by piece; also returns
    /// their number. Nothing is changed; call [`AppendFile::cut`] before appending.
    ///
    /// # Errors
    /// If it cannot be read, or is not a regular file.
    pub fn reopen(
        store: &'a Store,
        path: &Path,
        keep: u64,
        each: impl FnMut(&[u8]),
    ) -> Result<(AppendFile<'a>, u64), StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true);
        let mut file = store.attempt("open", path, || regular::open(&mut options, path, false))?;
        let found = store.attempt("read", path, || read_pieces((&mut file).take(keep), each))?;
        Ok((AppendFile { store, path: path.to_owned(), file }, found))
    }

    /// Truncates the file to its first `keep` bytes, where appending continues.
    ///
    /// # Errors
    /// If it cannot be truncated.
    pub fn cut(&mut self, keep: u64) -> Result<(), StoreError> {
        let AppendFile { store, path, file } = self;
        store.attempt("cut", path, || file.set_len(keep))?;
        store.attempt("seek in", path, || file.seek(SeekFrom::Start(keep)))?;
        Ok(())
    }

    /// Renames the file within its folder.
    ///
    /// # Errors
    /// If that fails.
    pub fn rename(&mut self, to: &Path) -> Result<(), StoreError> {
        self.store.rename(&self.path, to)?;
        self.path = to.to_owned();
        Ok(())
    }

    /// Returns the file's path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands over all bytes that are at the path now, piece by piece; returns their number.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read_back(&self, each: impl FnMut(&[u8])) -> Result<u64, StoreError> {
        self.store.attempt("read", &self.path, || read_pieces(open_regular(&self.path)?, each))
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If they cannot be written: the disk is full, for example.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        let AppendFile { store, path, file } = self;
        store.attempt("write", path, || file.write_all(bytes))
    }

    /// Makes all appended bytes durable.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn sync(&self) -> Result<(), StoreError> {
        self.store.attempt("sync", &self.path, || self.file.sync_data())
    }
}

fn read_pieces(mut from: impl Read, mut each: impl FnMut(&[u8])) -> io::Result<u64> {
    let (mut buffer, mut total) = (vec![0; 1 << 16], 0);
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(total),
            count => {
                each(&buffer[..count]);
                total += count as u64;
            }
        }
    }
}
