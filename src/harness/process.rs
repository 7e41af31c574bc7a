//! A process of a node: its non-blocking pipes and its exit status.

use std::ffi::OsString;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};

use super::limits::ProcessLimits;
use super::lines::LineBuffer;
use super::reaper;
use crate::engine::time::Instant;

/// Environment variable of node processes with the name of the run, which is unique.
pub const RUN: &str = "SIM_RUN";

/// A process of a node.
#[derive(Debug)]
pub(super) struct Process {
    pub(super) pid: Pid,
    /// Never waited for individually: see the reaper.
    _child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<ChildStdout>,
    stderr: Option<ChildStderr>,
    /// Input that is still to be written, of which `written` bytes have been.
    to_write: Vec<u8>,
    written: usize,
    pub(super) lines: LineBuffer,
    /// Time of the last output.
    pub(super) heard: Instant,
    pub(super) status: Option<ExitStatus>,
}

/// Result of a read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Got {
    /// Number of bytes read, perhaps zero.
    Some(usize),
    /// End of file.
    End,
}

/// Maximum number of bytes per read, so that a node that floods its output does not starve the
/// others.
pub(super) const READ_MAX: usize = 1 << 16;

impl Process {
    /// Starts a program as a node, in a process group of its own.
    pub(super) fn start(
        program: &Path,
        arguments: &[OsString],
        run: &str,
        line_max: usize,
        limits: &ProcessLimits,
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
        limits.apply(Pid::from_child(&child));
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

    /// Queues a line for the standard input of the process.
    pub(super) fn write_line(&mut self, line: &str) {
        self.to_write.extend_from_slice(line.as_bytes());
    }

    /// Number of bytes that the process has not read yet.
    pub(super) fn backlog(&self) -> usize {
        self.to_write.len() - self.written
    }

    /// Writes as many queued bytes as the pipe takes.
    ///
    /// # Errors
    /// If the process has closed its input.
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

    /// Closes the standard input of the process.
    pub(super) fn close_input(&mut self) {
        self.stdin = None;
        self.to_write.clear();
        self.written = 0;
    }

    /// Reads from the standard output of the process.
    pub(super) fn read_out(&mut self, buffer: &mut [u8]) -> Got {
        let got = read(&mut self.stdout, buffer);
        if got == Got::End {
            self.stdout = None;
        }
        got
    }

    /// Reads from the standard error (the log) of the process.
    pub(super) fn read_err(&mut self, buffer: &mut [u8]) -> Got {
        let got = read(&mut self.stderr, buffer);
        if got == Got::End {
            self.stderr = None;
        }
        got
    }

    /// Returns the pipes to poll: standard input if there are bytes to write, and both outputs.
    pub(super) fn inputs(&self) -> [Option<BorrowedFd<'_>>; 3] {
        let stdin = self.stdin.as_ref().filter(|_| self.backlog() > 0);
        [
            stdin.map(AsFd::as_fd),
            self.stdout.as_ref().map(AsFd::as_fd),
            self.stderr.as_ref().map(AsFd::as_fd),
        ]
    }

    /// Whether the standard output of the process is closed.
    pub(super) fn is_silent(&self) -> bool {
        self.stdout.is_none()
    }

    /// Sends SIGTERM to this process alone, which may end its own children.
    pub(super) fn ask_to_end(&self) {
        if self.status.is_none() {
            let _ = kill_process(self.pid, Signal::TERM);
            // A stopped process handles no signal before it continues.
            let _ = kill_process(self.pid, Signal::CONT);
        }
    }

    /// Sends SIGKILL to this process alone.
    pub(super) fn kill(&self) {
        if self.status.is_none() {
            let _ = kill_process(self.pid, Signal::KILL);
        }
    }

    /// Sends a signal to the process and to the process group in which it started.
    pub(super) fn signal(&self, signal: Signal) {
        // It may have left that group; its pid is not reused before it is reaped.
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
