//! SIGINT, SIGTERM and SIGHUP, as a flag that long work looks at now and then.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use signal_hook::SigId;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::{flag, low_level};

use super::exit::Exit;
use crate::store::WAITING;

/// Which signal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM, or SIGHUP: its terminal is gone.
    Terminate,
}

impl Signal {
    /// How a command ends that was stopped by it.
    pub fn exit(self) -> Exit {
        match self {
            Signal::Interrupt => Exit::Interrupted,
            Signal::Terminate => Exit::Terminated,
        }
    }
}

const INTERRUPT: usize = 1;
const TERMINATE: usize = 2;

/// The signals, and how a command ends that was stopped by them.
const SIGNALS: [(i32, usize, i32); 3] =
    [(SIGINT, INTERRUPT, 130), (SIGTERM, TERMINATE, 143), (SIGHUP, TERMINATE, 143)];

/// Whether a signal has come.
#[derive(Clone, Debug, Default)]
pub struct Interrupt {
    /// The last signal.
    came: Arc<AtomicUsize>,
    /// The first one, once somebody has asked for a second.
    first: Arc<AtomicUsize>,
    /// Whether any has come: then the next one ends the program.
    again: Arc<AtomicBool>,
    /// What ends it then; empty while that is put off.
    ends: Arc<Mutex<Vec<SigId>>>,
}

impl Interrupt {
    /// Listens for SIGINT, SIGTERM and SIGHUP from now on. A second one ends the program at once,
    /// as without us. SIGHUP is left alone where it is ignored, as under `nohup`.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn listen() -> io::Result<Interrupt> {
        let interrupt = Interrupt::default();
        interrupt.release()?;
        for (signal, value, code) in signals() {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&WAITING.now))?;
            flag::register(signal, Arc::clone(&interrupt.again))?;
            flag::register(signal, Arc::clone(&WAITING.signalled))?;
            flag::register_usize(signal, Arc::clone(&interrupt.came), value)?;
        }
        // A file-size limit then is an error of the write, and not the end of the program.
        flag::register(SIGXFSZ, Arc::default())?;
        Ok(interrupt)
    }

    /// From now on a second signal does not end the program: whoever calls this asks for it
    /// ([`Interrupt::came_again`]), and has more to do than to go away.
    pub fn hold(&self) {
        let mut ends = self.ends.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ends.drain(..).for_each(|id| {
            low_level::unregister(id);
        });
    }

    /// From now on a second signal ends the program.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn release(&self) -> io::Result<()> {
        let end = |(signal, _, code)| {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&self.again))
        };
        let all: io::Result<Vec<SigId>> = signals().map(end).collect();
        *self.ends.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = all?;
        Ok(())
    }

    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<Signal> {
        let first = self.first.load(Ordering::Relaxed);
        match if first > 0 { first } else { self.came.load(Ordering::Relaxed) } {
            INTERRUPT => Some(Signal::Interrupt),
            TERMINATE => Some(Signal::Terminate),
            _ => None,
        }
    }

    /// Whether a further signal has come since this was first asked after a signal.
    pub fn came_again(&self) -> bool {
        if self.first.load(Ordering::Relaxed) > 0 {
            return self.came.load(Ordering::Relaxed) > 0;
        }
        self.first.store(self.came.swap(0, Ordering::Relaxed), Ordering::Relaxed);
        false
    }

    /// Acts as if a signal had come: for tests.
    pub fn raise(&self, signal: Signal) {
        let value = match signal {
            Signal::Interrupt => INTERRUPT,
            Signal::Terminate => TERMINATE,
        };
        self.came.store(value, Ordering::Relaxed);
    }
}

/// The signals that are not to be left alone.
fn signals() -> impl Iterator<Item = (i32, usize, i32)> {
    SIGNALS.into_iter().filter(|(signal, ..)| *signal != SIGHUP || !is_ignored(SIGHUP))
}

/// Whether this process was started with a signal ignored, where the system tells.
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
