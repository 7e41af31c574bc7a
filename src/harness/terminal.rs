//! Output on the terminal during a run. A reader that stalls does not block the run.

use std::io::Write;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A terminal, or another writer in its place.
pub(super) struct Terminal<'a> {
    out: &'a mut dyn Write,
    /// Whether the last line was not taken in time.
    stuck: bool,
    /// Number of lines that were not taken.
    pub(super) lost: u64,
}

/// Number of bytes that a pipe takes at least, if it is writable at all.
const PIECE: usize = 4096;
/// Maximum time to wait for a reader, in nanoseconds.
const PATIENCE: i64 = 100_000_000;

impl<'a> Terminal<'a> {
    pub(super) fn new(out: &'a mut dyn Write) -> Terminal<'a> {
        Terminal { out, stuck: false, lost: 0 }
    }

    /// Writes a line, or as much of it as is taken in time.
    pub(super) fn line(&mut self, line: &str) {
        let mut rest = line;
        loop {
            self.stuck = !self.takes_more();
            if self.stuck {
                self.lost += 1;
                return;
            }
            let (piece, after) = rest.split_at(boundary(rest));
            let end = if after.is_empty() { "\n" } else { "" };
            // A terminal that is gone does not stop a run either.
            let _ = write!(self.out, "{piece}{end}");
            rest = after;
            if rest.is_empty() {
                return;
            }
        }
    }

    /// Whether more can be written; waits for a while, unless the reader is stuck already.
    fn takes_more(&self) -> bool {
        let stderr = std::io::stderr();
        let mut fds = [PollFd::new(&stderr, PollFlags::OUT)];
        let patience = Timespec { tv_sec: 0, tv_nsec: if self.stuck { 0 } else { PATIENCE } };
        // If polling fails, writing is attempted.
        poll(&mut fds, Some(&patience)) != Ok(0)
    }
}

/// Returns the end of the first piece of a text.
fn boundary(text: &str) -> usize {
    let max = (PIECE - 1).min(text.len());
    (0..=max).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_come_whole() {
        let mut out = vec![];
        let long = "ü".repeat(PIECE);
        let mut terminal = Terminal::new(&mut out);
        terminal.line("short");
        terminal.line(&long);
        terminal.line("");
        assert_eq!(terminal.lost, 0);
        assert_eq!(String::from_utf8(out), Ok(format!("short\n{long}\n\n")));
    }
}
