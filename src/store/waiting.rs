//! Input that may block forever: while a pipe or a terminal blocks, a signal ends the process.
//!
//! No result has been begun at that time, so nothing has to be removed.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

/// State that signal handlers and readers of input share.
#[derive(Debug, Default)]
pub struct Waiting {
    /// Whether a read blocks.
    pub now: Arc<AtomicBool>,
    /// Whether a signal has arrived.
    pub signalled: Arc<AtomicBool>,
}

/// The state of this process, like its signal handlers.
pub static WAITING: LazyLock<Waiting> = LazyLock::new(Waiting::default);

impl Waiting {
    /// Calls a function that may block, unless a signal has arrived.
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

/// An input file that the user named: a regular file, a pipe or a terminal.
#[derive(Debug)]
pub struct Input {
    file: File,
    waits: bool,
}

impl Input {
    /// Opens the file. A named pipe blocks until its other end is opened.
    ///
    /// # Errors
    /// If there is no such file, or it cannot be read.
    pub fn open(path: &Path) -> io::Result<Input> {
        let file = WAITING.attempt(|| File::open(path))?;
        let waits = !file.metadata()?.is_file();
        Ok(Input { file, waits })
    }

    /// Returns the file's metadata.
    ///
    /// # Errors
    /// If the system call fails.
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
