//! The end of processes: reaping of those that exit, and termination of the others.

use std::process::ExitStatus;

use rustix::process::Signal;

use super::super::node_table::NodeEntry;
use super::super::process::Got;
use super::super::reaper;
use super::{DRAINS, Host};
use crate::engine::time::{Duration, Instant};
use crate::glomers::ProblemKind;
use crate::node::NodeId;

impl Host<'_> {
    /// Reaps the processes that have ended.
    pub(super) fn reap(&mut self) {
        while let Some((pid, status)) = reaper::ended() {
            let of = |node: &NodeId| {
                let process = &self.node_table.nodes[node.index()].process;
                process.as_ref().is_some_and(|process| process.pid == pid)
            };
            let Some(node) = self.nodes().find(of) else { continue };
            // Output before the exit counts; descendants of the process may go on writing for ever.
            let mut rounds = 0..DRAINS;
            while rounds.next().is_some() && self.drain(node) {}
            self.node_table.end_log(node);
            let slot = &mut self.node_table.nodes[node.index()];
            let how = describe(status);
            slot.ends.push(how.clone());
            if let Some(process) = &mut slot.process {
                process.status = Some(status);
            }
            if !slot.stopped {
                let unfinished = self.node_table.unfinished(node, Instant::MAX);
                if let Some(problem) = unfinished {
                    self.problem(node, problem.kind, problem.text);
                }
                let ready = self.node_table.nodes[node.index()].ready;
                let when = if ready { "" } else { ", before it had answered init" };
                self.problem(node, ProblemKind::Exited, format!("{how}{when}"));
            }
        }
    }

    /// Reads on from a process that has ended, and returns whether there may be more.
    fn drain(&mut self, node: NodeId) -> bool {
        let lines = |host: &Host<'_>| {
            let slot = &host.node_table.nodes[node.index()];
            (slot.lines, slot.log.len() as u64 + slot.log_lost)
        };
        let before = lines(self);
        self.read(node);
        lines(self) != before
    }

    /// Ends all processes: closes their inputs and sends SIGTERM, and after the grace period
    /// SIGKILL.
    pub(super) fn end_processes(&mut self) {
        self.ending = true;
        let now = self.clock.now();
        let second = Instant::from_ns(now.as_ns().saturating_sub(1_000_000_000));
        for node in self.nodes() {
            // Only a warning: on a loaded machine the rest of the line may be on its way.
            if let Some(problem) = self.node_table.unfinished(node, second) {
                self.node_table.warn(node, problem.kind.name(), &problem.text);
            }
            let slot = &mut self.node_table.nodes[node.index()];
            slot.stopped = true;
            if let Some(process) = &mut slot.process {
                process.close_input();
                process.ask_to_end();
            }
        }
        self.wait_for_end(self.hosting.grace);
        for node in self.nodes() {
            let slot = &self.node_table.nodes[node.index()];
            let Some(process) = &slot.process else { continue };
            if process.status.is_none() {
                let grace = self.hosting.grace;
                let text = format!("did not end within {grace}, and was killed");
                self.node_table.warn(node, "ignored-sigterm", &text);
            }
            let process = self.node_table.nodes[node.index()].process.as_ref();
            process.iter().for_each(|process| process.kill());
        }
        self.wait_for_end(Duration::from_seconds(5));
        let left = reaper::end_all_left(&self.spared);
        // Where orphans are not adopted, only process groups can be killed.
        #[cfg(not(target_os = "linux"))]
        for process in self.node_table.nodes.iter().filter_map(|slot| slot.process.as_ref()) {
            process.signal(rustix::process::Signal::KILL);
        }
        self.node_table.nodes.iter_mut().for_each(|slot| slot.process = None);
        if self.node_table.terminal.lost > 0 {
            let lost = self.node_table.terminal.lost;
            let text = format!("{lost} lines were not shown, since stderr was not read");
            self.node_table.warn(NodeId(u32::MAX), "not-shown", &text);
        }
        if !left.is_empty() {
            let (count, names) = (left.len(), left[..left.len().min(5)].join(", "));
            let text = format!("{count} processes outlived the nodes: {names}");
            self.node_table.warn(NodeId(u32::MAX), "left-behind", &text);
        }
    }

    /// Waits until all processes have ended, or for a time. Their output is ignored, their log is
    /// kept.
    fn wait_for_end(&mut self, time: Duration) {
        let until = self.clock.now().saturating_add(time);
        loop {
            self.reap();
            let alive = |slot: &NodeEntry| {
                slot.process.as_ref().is_some_and(|process| process.status.is_none())
            };
            let is_late = self.clock.now() >= until || (self.stop.asked_again)();
            if is_late || !self.node_table.nodes.iter().any(alive) {
                return;
            }
            for node in self.ready(Duration::from_ms(2)) {
                let Some(process) = &mut self.node_table.nodes[node.index()].process else {
                    continue;
                };
                let _ = process.read_out(&mut self.buffer);
                if let Got::Some(count) = process.read_err(&mut self.buffer) {
                    self.node_table.log(node, &self.buffer[..count], self.hosting.log_max);
                }
            }
        }
    }
}

/// Describes an exit status in words.
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) if signal == Signal::XCPU.as_raw() => {
            format!("was ended by signal {signal}: its limit of CPU time was reached")
        }
        (None, Some(signal)) if signal == Signal::XFSZ.as_raw() => {
            format!("was ended by signal {signal}: its limit of the size of a file was reached")
        }
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}
