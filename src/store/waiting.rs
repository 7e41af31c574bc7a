//! Input that may never come: while a pipe or a terminal is waited for, a signal ends the program.
//!
//! Nothing has been begun then that would have to be tidied away.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// What signals and the reading of input share.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Whether input is waited for.
    pub now: Arc<AtomicBool>,
    /// Whether a signal has come.
    pub signalled: Arc<AtomicBool>,
}

/// That of this process: signals are its own, too.
pub static WAITING: LazyLock<Waiting> = LazyLock::new(Waiting::default);

impl Waiting {
    /// Does what may wait for input for ever.
    fn attempt<T>(&self, act: impl FnOnce() -> io::Result<T>) -> io::Result<T> {
        self.now.store(true, Ordering::SeqCst);
        let result = match self.signalled.load(Ordering::SeqCst) {
            true => Err(io::Error::other("interrupted")),
            false => act(),
        };
        self.now.store(false, Ordering::SeqCst);
        result
    }
}

/// A file that a person named: a regular one, a pipe, a terminal.
#[derive(Debug)]
pub struct Input {
    file: File,
    waits: bool,
}

impl Input {
    /// Opens it; a named pipe once its other end is opened.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub fn open(path: &Path) -> io::Result<Input> {
        let file = WAITING.attempt(|| File::open(path))?;
        let waits = !file.metadata()?.is_file();
        Ok(Input { file, waits })
    }

    /// What is known of it.
    ///
    /// # Errors
    /// If the system does not tell.
    pub(super) fn metadata(&self) -> io::Result<std::fs::Metadata> {
        self.file.metadata()
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.waits {
            true => WAITING.attempt(|| self.file.read(buffer)),
            false => self.file.read(buffer),
        }
    }
}
