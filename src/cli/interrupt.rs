//! SIGINT, SIGTERM and SIGHUP as a flag that long-running work polls.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

use super::exit::Exit;
use crate::store::WAITING;

/// A signal that stops a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM, or SIGHUP, when the terminal is closed.
    Terminate,
}

impl Signal {
    /// Returns the exit code of a command that was stopped by this signal.
    pub fn exit(self) -> Exit {
        match self {
            Signal::Interrupt => Exit::Interrupted,
            Signal::Terminate => Exit::Terminated,
        }
    }
}

const INTERRUPT: usize = 1;
const TERMINATE: usize = 2;

/// The signals, and the exit codes of commands that they stop.
const SIGNALS: [(i32, usize, i32); 3] =
    [(SIGINT, INTERRUPT, 130), (SIGTERM, TERMINATE, 143), (SIGHUP, TERMINATE, 143)];

/// Flags of received signals.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    /// The last signal.
    came: Arc<AtomicUsize>,
    /// The first signal, once a second one is being waited for.
    first: Arc<AtomicUsize>,
    /// Whether a signal has come: the next one then ends the program.
    again: Arc<AtomicBool>,
    /// Registrations that end the program on the next signal; empty while they are held.
    ends: Arc<Mutex<Vec<SigId>>>,
}

impl Interrupt {
    /// Installs handlers for SIGINT, SIGTERM and SIGHUP. A second signal ends the program at once,
    /// as it does without handlers. SIGHUP is left alone if it is ignored, as under `nohup`.
    ///
    /// # Errors
    /// If a handler cannot be installed.
    pub fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        interrupt.release()?;
        for (signal, value, code) in signals() {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&WAITING.now))?;
            flag::register(signal, Arc::clone(&interrupt.again))?;
            flag::register(signal, Arc::clone(&WAITING.signalled))?;
            flag::register_usize(signal, Arc::clone(&interrupt.came), value)?;
        }
        // Exceeding a file-size limit then is an error of the write, and does not end the program.
        flag::register(SIGXFSZ, Arc::default())?;
        Ok(interrupt)
    }

    /// Keeps a second signal from ending the program. The caller polls for it with
    /// [`Interrupt::came_again`], since it has cleanup to do.
    pub fn hold(&self) {
        let mut ends = self.ends.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ends.drain(..).for_each(|id| {
            low_level::unregister(id);
        });
    }

    /// Lets a second signal end the program again.
    ///
    /// # Errors
    /// If a handler cannot be installed.
    pub fn release(&self) -> io::Result<()> {
        let end = |(signal, _, code)| {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&self.again))
        };
        let all: io::Result<Vec<SigId>> = signals().map(end).collect();
        *self.ends.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = all?;
        Ok(())
    }

    /// Returns the signal that came, if one did.
    pub fn signal(&self) -> Option<Signal> {
        let first = self.first.load(Ordering::Relaxed);
        match if first > 0 { first } else { self.came.load(Ordering::Relaxed) } {
            INTERRUPT => Some(Signal::Interrupt),
            TERMINATE => Some(Signal::Terminate),
            _ => None,
        }
    }

    /// Whether another signal has come since the first call of this after a signal.
    pub fn came_again(&self) -> bool {
        if self.first.load(Ordering::Relaxed) > 0 {
            return self.came.load(Ordering::Relaxed) > 0;
        }
        self.first.store(self.came.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        false
    }

    /// Acts as if a signal had come. For tests.
    pub fn raise(&self, signal: Signal) {
        let value = match signal {
            Signal::Interrupt => INTERRUPT,
            Signal::Terminate => TERMINATE,
        };
        self.came.store(value, Ordering::Relaxed);
    }
}

/// Returns the signals to handle.
fn signals() -> impl Iterator<Item = (i32, usize, i32)> {
    SIGNALS.into_iter().filter(|(signal, ..)| *signal != SIGHUP || !is_ignored(SIGHUP))
}

/// Whether this process was started with a signal ignored, where the system reports it.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
