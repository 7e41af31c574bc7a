//! Pipes of processes: waiting for them, reading what nodes say, and writing what they receive.

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::super::node_table::FromNode;
use super::super::process::{Got, READ_MAX};
use super::{Host, STAGGER};
use crate::engine::time::{Duration, Instant};
use crate::glomers::{Body, ProblemKind};
use crate::node::NodeId;

/// Maximum number of reads from a process in one go.
const READS: usize = 4;

impl Host<'_> {
    /// Writes to each process as much as its pipe takes.
    pub(super) fn write_all(&mut self) {
        for node in self.nodes() {
            let Some(process) = &mut self.node_table.nodes[node.index()].process else { continue };
            let failed = process.write().is_err();
            let backlog = process.backlog();
            let problem = if failed && !self.is_ending(node) {
                "has closed its input, and can receive nothing more".to_owned()
            } else if backlog > self.hosting.backlog_max {
                format!("has left {backlog} bytes unread, more than the limit")
            } else {
                continue;
            };
            self.problem(node, ProblemKind::NotReading, problem);
        }
    }

    /// Sleeps until the next event is due or a process writes something, then reads its output.
    pub(super) fn wait(&mut self) {
        let now = self.clock.now();
        let mut due = self.next_look;
        due = due.min(self.running.next_time().unwrap_or(Instant::MAX));
        due = due.min(self.faults.last().map_or(Instant::MAX, |(at, _)| *at));
        if (self.next_start as usize) < self.node_table.nodes.len() {
            due = due.min(self.last_start.saturating_add(STAGGER));
        }
        let time = due.saturating_since(now);
        for node in self.ready(time) {
            self.read_output(node);
        }
    }

    /// Polls all processes with a timeout, and returns those that can be read from.
    pub(super) fn ready(&self, time: Duration) -> Vec<NodeId> {
        let mut waited: Vec<(NodeId, PollFd<'_>)> = vec![];
        for (place, slot) in self.node_table.nodes.iter().enumerate() {
            let Some(process) = &slot.process else { continue };
            let [stdin, stdout, stderr] = process.inputs();
            let node = NodeId(place as u32);
            let of = |fd, flags| (node, PollFd::from_borrowed_fd(fd, flags));
            waited.extend(stdin.map(|fd| of(fd, PollFlags::OUT)));
            waited.extend([stdout, stderr].into_iter().flatten().map(|fd| of(fd, PollFlags::IN)));
        }
        let (nodes, mut fds): (Vec<NodeId>, Vec<PollFd<'_>>) = waited.into_iter().unzip();
        let ns = time.as_ns();
        let second = 1_000_000_000;
        let timeout = Timespec { tv_sec: (ns / second) as i64, tv_nsec: (ns % second) as _ };
        // A signal interrupts the poll early, which does no harm.
        let _ = poll(&mut fds, Some(&timeout));
        let readable = PollFlags::IN | PollFlags::HUP | PollFlags::ERR;
        let said = nodes.into_iter().zip(&fds).filter(|(_, fd)| fd.revents().intersects(readable));
        let mut said: Vec<NodeId> = said.map(|(node, _)| node).collect();
        said.dedup();
        said
    }

    /// Reads and handles the output and the log of a process.
    pub(super) fn read_output(&mut self, node: NodeId) {
        let is_silent = self.read(node);
        if is_silent && !self.is_ending(node) {
            let text = "has closed its output, though it still runs".to_owned();
            self.problem(node, ProblemKind::ClosedOutput, text);
        }
    }

    /// Reads a limited amount of output and log; returns whether the output has just been closed.
    pub(super) fn read(&mut self, node: NodeId) -> bool {
        let mut is_silent = false;
        for _ in 0..READS {
            let slot = &mut self.node_table.nodes[node.index()];
            let Some(process) = &mut slot.process else { return false };
            let was_silent = process.is_silent();
            let out = process.read_out(&mut self.buffer);
            if let Got::Some(count) = out {
                if count > 0 {
                    process.heard = self.clock.now();
                }
                process.lines.push(&self.buffer[..count]);
            }
            is_silent |= !was_silent && process.is_silent();
            let err = process.read_err(&mut self.buffer);
            if let Got::Some(count) = err {
                self.node_table.log(node, &self.buffer[..count], self.hosting.log_max);
            }
            let none = |got| matches!(got, Got::Some(0) | Got::End);
            let full = out == Got::Some(READ_MAX) || err == Got::Some(READ_MAX);
            self.take_in(node);
            if (none(out) && none(err)) || !full {
                break;
            }
        }
        is_silent
    }

    /// Reads the log output of a process, up to a limited number of reads.
    pub(super) fn read_log(&mut self, node: NodeId) {
        for _ in 0..READS {
            let Some(process) = &mut self.node_table.nodes[node.index()].process else { return };
            let Got::Some(count @ 1..) = process.read_err(&mut self.buffer) else { return };
            self.node_table.log(node, &self.buffer[..count], self.hosting.log_max);
        }
    }

    /// Passes the output of a process to the simulation, unless the run is over.
    pub(super) fn take_in(&mut self, node: NodeId) {
        if self.ending {
            return;
        }
        let FromNode { sent, problems, limits } = self.node_table.drain_output(node);
        let at = self.clock.now().max(self.running.now());
        limits.into_iter().for_each(|limit| self.running.limit_parity(limit));
        for (to, body) in sent {
            let body = Box::new(body);
            self.running.inject(at, node, node, Body::Say { to, body });
        }
        for problem in problems {
            self.running.problem(at, problem);
        }
    }
}
