//! A file of a result that is being written under a temporary name, and hashed on the way.

use std::io::{self, Write};

use super::{FileKind, NewFile, StoreError};

/// A file of a result whose manifest is an `M`. Dropped, it is removed; a session that records it
/// puts it in place.
#[derive(Debug)]
pub struct ResultFile<'a, M: 'static> {
    pub(super) kind: &'static FileKind<M>,
    pub(super) file: NewFile<'a>,
    hasher: blake3::Hasher,
}

impl<'a, M> ResultFile<'a, M> {
    pub(super) fn new(kind: &'static FileKind<M>, file: NewFile<'a>) -> ResultFile<'a, M> {
        ResultFile { kind, file, hasher: blake3::Hasher::new() }
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.hasher.update(bytes);
        self.file.write(bytes)
    }

    /// Lets `write` append bytes, as one operation on the disk.
    ///
    /// # Errors
    /// If `write` fails.
    pub fn write_with(
        &mut self,
        write: impl FnOnce(&mut (dyn Write + Send)) -> io::Result<()>,
    ) -> Result<(), StoreError> {
        let hasher = &mut self.hasher;
        self.file.write_with(|file| write(&mut Hashing { file, hasher }))
    }

    /// Returns the hash of the bytes so far.
    pub(super) fn hash(&self) -> String {
        self.hasher.finalize().to_hex().to_string()
    }
}

/// A writer that hashes the bytes that pass.
struct Hashing<'w, W> {
    file: W,
    hasher: &'w mut blake3::Hasher,
}

impl<W: Write> Write for Hashing<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.file.write(bytes)?;
        self.hasher.update(&bytes[..count]);
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
