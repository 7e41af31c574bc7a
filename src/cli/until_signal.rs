//! Work that a signal ends at once, however long it takes: a thread does it, and is left behind.
//!
//! Checks are pure functions of what they are given, and there is nothing to tidy up: so they need
//! no polls in their loops, and the program ends while the thread is still at work.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use super::Interrupt;

/// Time between two looks at the signals.
const POLL: Duration = Duration::from_millis(20);

/// Returns the result of some work, or nothing once a signal has come.
#[expect(clippy::disallowed_methods, reason = "one thread at a time, whose result is awaited")]
pub(super) fn until_signal<T: Send + 'static>(
    interrupt: &Interrupt,
    work: impl FnOnce() -> T + Send + 'static,
) -> Option<T> {
    let (sender, receiver) = channel();
    let thread = std::thread::spawn(move || _ = sender.send(work()));
    loop {
        match receiver.recv_timeout(POLL) {
            Ok(result) => return Some(result),
            Err(RecvTimeoutError::Timeout) if interrupt.signal().is_some() => return None,
            Err(RecvTimeoutError::Timeout) => {}
            // It has panicked: our own bug, as if there were no thread.
            Err(RecvTimeoutError::Disconnected) => match thread.join() {
                Err(panic) => resume_unwind(panic),
                Ok(()) => unreachable!("the result is sent before the thread ends"),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Signal;

    #[test]
    fn a_signal_ends_the_wait_and_not_before() {
        let interrupt = Interrupt::default();
        assert_eq!(until_signal(&interrupt, || 7), Some(7));
        let (begun, is_begun) = channel::<()>();
        interrupt.raise(Signal::Interrupt);
        let endless = move || {
            drop(begun);
            loop {
                std::thread::park();
            }
        };
        assert_eq!(until_signal::<()>(&interrupt, endless), None);
        drop(is_begun);
    }
}
