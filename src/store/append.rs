//! A file that grows while a program runs, and goes on growing when it runs again.
//!
//! What is there is compared before anything is changed, and no symbolic link is followed: what it
//! leads to is not ours to cut.

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
    /// Begins an empty file, in the place of what may be there.
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

    /// Opens a file that is there, and hands over its first `keep` bytes, piece by piece; also how
    /// many there are. Nothing is changed, and nothing to be appended before [`AppendFile::cut`].
    ///
    /// # Errors
    /// If it cannot be read, is no regular file, or a symbolic link.
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

    /// Cuts off what is beyond the first `keep` bytes, so that appending goes on there.
    ///
    /// # Errors
    /// If it cannot be cut.
    pub fn cut(&mut self, keep: u64) -> Result<(), StoreError> {
        let AppendFile { store, path, file } = self;
        store.attempt("cut", path, || file.set_len(keep))?;
        store.attempt("seek in", path, || file.seek(SeekFrom::Start(keep)))?;
        Ok(())
    }

    /// Gives it another name in the same folder.
    ///
    /// # Errors
    /// If that fails.
    pub fn rename(&mut self, to: &Path) -> Result<(), StoreError> {
        self.store.rename(&self.path, to)?;
        self.path = to.to_owned();
        Ok(())
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Hands over all that stands at its path by now, piece by piece; returns how many bytes that
    /// were.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read_back(&self, each: impl FnMut(&[u8])) -> Result<u64, StoreError> {
        self.store.attempt("read", &self.path, || read_pieces(open_regular(&self.path)?, each))
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
