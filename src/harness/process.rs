//! One process of a node: its pipes, none of which ever blocks us, and how far it is.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};

use super::lines::LineBuffer;
use super::reaper;
use crate::engine::time::Instant;

/// The variable in the environment of nodes that names the run: another one for each.
pub const RUN: &str = "SIM_RUN";

/// A process of a node.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) pid: Pid,
    /// It is never waited for by itself: see the reaper.
    _child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// What is still to be written, and how much of it has been.
    to_write: Vec<u8>,
    written: usize,
    pub(super) lines: LineBuffer,
    /// When the last of its output came.
    pub(super) heard: Instant,
    pub(super) status: Option<ExitStatus>,
}

/// What came of reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// Some bytes, perhaps none.
    Some(usize),
    /// There will be no more.
    End,
}

/// So much is read at once, so that a node that floods us does not keep us from the others.
pub(super) const READ_MAX: usize = 1 << 16;

impl Process {
    /// Starts a program as a node, in a group of its own.
    pub(super) fn start(
        program: &Path,
        arguments: &[OsString],
        run: &str,
        line_max: usize,
        now: Instant,
    ) -> io::Result<Process> {
        let mut child = Command::new(program)
            .args(arguments)
            .env(RUN, run)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .spawn()?;
        let (stdin, stdout, stderr) =
            (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let all = [
            stdin.as_ref().map(AsFd::as_fd),
            stdout.as_ref().map(AsFd::as_fd),
            stderr.as_ref().map(AsFd::as_fd),
        ];
        for fd in all.into_iter().flatten() {
            fcntl_setfl(fd, fcntl_getfl(fd)? | OFlags::NONBLOCK)?;
        }
        Ok(Process {
            pid: Pid::from_child(&child),
            _child: child,
            stdin,
            stdout,
            stderr,
            to_write: vec![],
            written: 0,
            lines: LineBuffer::new(line_max),
            heard: now,
            status: None,
        })
    }

    /// Adds to what it is to be told.
    pub(super) fn write_line(&mut self, line: &str) {
        self.to_write.extend_from_slice(line.as_bytes());
    }

    /// How many bytes it has not taken yet.
    pub(super) fn backlog(&self) -> usize {
        self.to_write.len() - self.written
    }

    /// Writes as much as it takes.
    ///
    /// # Errors
    /// If it has closed its input.
    pub(super) fn write(&mut self) -> io::Result<()> {
        let Some(stdin) = &mut self.stdin else { return Ok(()) };
        while self.written < self.to_write.len() {
            match stdin.write(&self.to_write[self.written..]) {
                Ok(count) => self.written += count,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.close_input();
                    return Err(error);
                }
            }
        }
        if self.written == self.to_write.len() {
            self.to_write.clear();
            self.written = 0;
        } else if self.written > READ_MAX.max(self.to_write.len() / 2) {
            self.to_write.drain(..self.written);
            self.written = 0;
        }
        Ok(())
    }

    /// Tells it that nothing more will come.
    pub(super) fn close_input(&mut self) {
        self.stdin = None;
        self.to_write.clear();
        self.written = 0;
    }

    /// Reads some of its output.
    pub(super) fn read_out(&mut self, buffer: &mut [u8]) -> Got {
        let got = read(&mut self.stdout, buffer);
        if got == Got::End {
            self.stdout = None;
        }
        got
    }

    /// Reads some of what it logs.
    pub(super) fn read_err(&mut self, buffer: &mut [u8]) -> Got {
        let got = read(&mut self.stderr, buffer);
        if got == Got::End {
            self.stderr = None;
        }
        got
    }

    /// What can be waited for: its input while there is something to write, and its outputs.
    pub(super) fn inputs(&self) -> [Option<BorrowedFd<'_>>; 3] {
        let stdin = self.stdin.as_ref().filter(|_| self.backlog() > 0);
        [
            stdin.map(AsFd::as_fd),
            self.stdout.as_ref().map(AsFd::as_fd),
            self.stderr.as_ref().map(AsFd::as_fd),
        ]
    }

    /// Whether it says nothing any more.
    pub(super) fn is_silent(&self) -> bool {
        self.stdout.is_none()
    }

    /// Asks it to end, and it alone: what it has started is its own care.
    pub(super) fn ask_to_end(&self) {
        if self.status.is_none() {
            let _ = kill_process(self.pid, Signal::TERM);
            // One that is stopped hears nothing.
            let _ = kill_process(self.pid, Signal::CONT);
        }
    }

    /// Ends it, and it alone.
    pub(super) fn kill(&self) {
        if self.status.is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }

    /// Sends a signal to it and all of the group that it began in.
    pub(super) fn signal(&self, signal: Signal) {
        // It may have left that group, and its number is its own while it is not reaped.
        if self.status.is_none() {
            let _ = kill_process(self.pid, signal);
        }
        reaper::signal(self.pid, signal);
    }
}

fn read(from: &mut Option<impl Read>, buffer: &mut [u8]) -> Got {
    let Some(from) = from else { return Got::End };
    loop {
        match from.read(buffer) {
            Ok(0) => return Got::End,
            Ok(count) => return Got::Some(count),
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Got::Some(0),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return Got::End,
        }
    }
}
