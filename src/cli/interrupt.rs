//! SIGINT and SIGTERM, as a flag that long work looks at now and then.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::exit::Exit;

/// Which signal came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// SIGINT: Ctrl-C.
    Interrupt,
    /// SIGTERM.
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

/// Whether a signal has come.
#[derive(Clone, Debug, Default)]
pub struct Interrupt(Arc<AtomicUsize>);

impl Interrupt {
    /// Listens for SIGINT and SIGTERM from now on. A second SIGINT or SIGTERM ends the program at
    /// once, as without us.
    ///
    /// # Errors
    /// If the system does not let us.
    pub fn listen() -> io::Result<Interrupt> {
        use signal_hook::consts::{SIGINT, SIGTERM, SIGXFSZ};
        use signal_hook::flag;
        let interrupt = Interrupt::default();
        let again = Arc::new(std::sync::atomic::AtomicBool::new(false));
        for (signal, value, code) in [(SIGINT, INTERRUPT, 130), (SIGTERM, TERMINATE, 143)] {
            flag::register_conditional_shutdown(signal, code, Arc::clone(&again))?;
            flag::register(signal, Arc::clone(&again))?;
            flag::register_usize(signal, Arc::clone(&interrupt.0), value)?;
        }
        // A file-size limit then is an error of the write, and not the end of the program.
        flag::register(SIGXFSZ, Arc::default())?;
        Ok(interrupt)
    }

    /// The signal that came, if one did.
    pub fn signal(&self) -> Option<Signal> {
        match self.0.load(Ordering::Relaxed) {
            INTERRUPT => Some(Signal::Interrupt),
            TERMINATE => Some(Signal::Terminate),
            _ => None,
        }
    }

    /// Acts as if a signal had come: for tests.
    pub fn raise(&self, signal: Signal) {
        let value = match signal {
            Signal::Interrupt => INTERRUPT,
            Signal::Terminate => TERMINATE,
        };
        self.0.store(value, Ordering::Relaxed);
    }
}
