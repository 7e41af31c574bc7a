//! The node table: for each node its process, its output, and the violations found in it.
//!
//! The table observes the simulation, encodes messages to nodes as lines for their processes, and
//! decodes the lines that processes write.

use std::collections::BTreeMap;
use std::io::Write;

use super::clock::WallClock;
use super::lateness::Lateness;
use super::lines::{Line, Tail, printable};
use super::process::Process;
use super::terminal::Terminal;
use super::traffic::Traffic;
use super::warnings::Warnings;
use crate::engine::time::Instant;
use crate::glomers::{
    Body, Decoded, Deviation, Envelope, ParityLimit, Participant, Problem, ProblemKind,
    ProtocolRule, ProtocolValidator, Record, Severity, Wire,
};
use crate::network::CopySent;
use crate::node::{MessageId, NodeId};
use crate::simulation::Observer;

/// What is printed on the terminal during a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// Log lines (stderr) of nodes.
    pub stderr: bool,
    /// Messages, when they are sent.
    pub sent: bool,
    /// Messages, when they are delivered to nodes.
    pub received: bool,
}

/// All nodes, and the state shared by them.
pub(super) struct NodeTable<'a> {
    pub(super) nodes: Vec<NodeEntry>,
    pub(super) wire: Wire,
    validator: ProtocolValidator,
    clock: WallClock,
    pub(super) lateness: Lateness,
    pub(super) traffic: Traffic,
    /// Warnings, and how often each was given.
    pub(super) warnings: Warnings,
    pub(super) echo: Echo,
    pub(super) terminal: Terminal<'a>,
}

/// A node and its current process.
#[derive(Debug, Default)]
pub(super) struct NodeEntry {
    pub(super) process: Option<Process>,
    /// Whether the current process has replied to `init`.
    pub(super) ready: bool,
    /// Whether the host stopped the process, as opposed to an exit of its own.
    pub(super) stopped: bool,
    /// The last lines of all its processes.
    pub(super) tail: Tail,
    /// Log output, up to the limit.
    pub(super) log: Vec<u8>,
    /// Number of log bytes beyond the limit.
    pub(super) log_lost: u64,
    /// Log bytes that do not form a whole line yet, for the terminal and the tail.
    log_line: Vec<u8>,
    /// Number of violations of each protocol rule.
    pub(super) broken: BTreeMap<ProtocolRule, u64>,
    /// Number of lines on its output.
    pub(super) lines: u64,
    /// Exit statuses of its processes in words, in order.
    pub(super) ends: Vec<String>,
}

/// Maximum number of violations of one node that are reported individually; the rest are counted.
const REPORTED_MAX: u64 = 10;

/// The decoded output of a node.
#[derive(Debug, Default)]
pub(super) struct FromNode {
    /// Messages to send, and their destinations.
    pub(super) sent: Vec<(NodeId, Body)>,
    /// Violations of the protocol.
    pub(super) problems: Vec<Problem>,
    /// Deviations where Maelstrom would have done something else.
    pub(super) limits: Vec<ParityLimit>,
}

impl<'a> NodeTable<'a> {
    pub(super) fn new(
        wire: Wire,
        clock: WallClock,
        echo: Echo,
        terminal: &'a mut dyn Write,
    ) -> NodeTable<'a> {
        NodeTable {
            nodes: wire.names.iter().map(|_| NodeEntry::default()).collect(),
            validator: ProtocolValidator::new(wire.clone()),
            wire,
            clock,
            lateness: Lateness::default(),
            traffic: Traffic::default(),
            warnings: Warnings::default(),
            echo,
            terminal: Terminal::new(terminal),
        }
    }

    /// Registers the new process of a node.
    pub(super) fn begins(&mut self, node: NodeId, process: Process) {
        self.validator.on_start(node);
        let slot = &mut self.nodes[node.index()];
        (slot.process, slot.ready, slot.stopped) = (Some(process), false, false);
    }

    /// Decodes the lines that a node has written.
    pub(super) fn drain_output(&mut self, node: NodeId) -> FromNode {
        let mut from_node = FromNode::default();
        let Some(mut process) = self.nodes[node.index()].process.take() else { return from_node };
        while let Some((number, line)) = process.lines.next() {
            self.nodes[node.index()].lines += 1;
            let (line, decoded) = match line {
                Line::Whole(line) => (line, self.validator.decode(node, line)),
                Line::TooLong(line) => (line, Decoded::too_long()),
            };
            let is_ready = self.nodes[node.index()].ready;
            let name = &self.wire.names[node.index()];
            let maelstrom = decoded.deviations.iter().map(|deviation| deviation.maelstrom);
            let limits = maelstrom.filter_map(|m| ParityLimit::of_line(m, name, number, is_ready));
            from_node.limits.extend(limits);
            for Deviation { rule, found, .. } in decoded.deviations {
                from_node.problems.extend(self.deviation(node, (number, line), rule, &found));
            }
            if let Some((_, body)) = &decoded.message {
                self.nodes[node.index()].ready |= body.is_init_ok();
            }
            from_node.sent.extend(decoded.message);
        }
        self.nodes[node.index()].process = Some(process);
        from_node
    }

    /// Returns the problem with an unfinished last line, if there is one that has not grown since
    /// an instant.
    pub(super) fn unfinished(&mut self, node: NodeId, since: Instant) -> Option<Problem> {
        let process = self.nodes[node.index()].process.take()?;
        let mut problem = None;
        if let Some((number, rest)) = process.lines.rest().filter(|_| process.heard <= since) {
            let found = format!("{} bytes have no newline after them", rest.len());
            problem = self.deviation(node, (number, rest), ProtocolRule::NoNewline, &found);
        }
        self.nodes[node.index()].process = Some(process);
        problem
    }

    /// Counts a deviation. Returns a problem if it is a violation and one of the first.
    fn deviation(
        &mut self,
        node: NodeId,
        (number, line): (u64, &[u8]),
        rule: ProtocolRule,
        found: &str,
    ) -> Option<Problem> {
        const SHOWN: usize = 160;
        let dots = if line.len() > SHOWN { "…" } else { "" };
        let shown = printable(&line[..line.len().min(SHOWN)]);
        let wants = rule.wants();
        let text = format!("line {number} of its output: {found} ({wants}): {shown}{dots}");
        if rule.severity() == Severity::Warning {
            self.warnings.add(node, rule.name(), || text);
            return None;
        }
        let slot = &mut self.nodes[node.index()];
        slot.tail.push(line);
        *slot.broken.entry(rule).or_default() += 1;
        let is_reported = slot.broken.values().sum::<u64>() <= REPORTED_MAX;
        is_reported.then_some(Problem { node, kind: ProblemKind::Broken(rule), text })
    }

    /// Adds log output of a node.
    pub(super) fn log(&mut self, node: NodeId, bytes: &[u8], max: usize) {
        let slot = &mut self.nodes[node.index()];
        let room = max.saturating_sub(slot.log.len()).min(bytes.len());
        slot.log.extend_from_slice(&bytes[..room]);
        slot.log_lost += (bytes.len() - room) as u64;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            slot.log_line.extend_from_slice(piece);
            if piece.ends_with(b"\n") || slot.log_line.len() > 4096 {
                let line = std::mem::take(&mut slot.log_line);
                let line = line.strip_suffix(b"\n").unwrap_or(&line);
                slot.tail.push(line);
                if self.echo.stderr {
                    let name = &self.wire.names[node.index()];
                    self.terminal.line(&format!("{name}: {}", printable(line)));
                }
            }
        }
    }

    /// Keeps an unfinished last log line of a node.
    pub(super) fn end_log(&mut self, node: NodeId) {
        let slot = &mut self.nodes[node.index()];
        if !slot.log_line.is_empty() {
            let line = std::mem::take(&mut slot.log_line);
            slot.tail.push(&line);
        }
    }

    /// Adds a warning about a node.
    pub(super) fn warn(&mut self, node: NodeId, name: &'static str, text: &str) {
        self.warnings.add(node, name, || text.to_owned());
    }

    fn show(&mut self, what: &str, envelope: &Envelope<'_>) {
        if let Some(line) = self.wire.line(envelope) {
            let line = line.trim_end();
            self.terminal.line(&format!("{} {what} {line}", self.clock.now()));
        }
    }
}

impl Observer<Participant> for NodeTable<'_> {
    fn record(&mut self, at: Instant, node: NodeId, record: &Record) {
        let (from, id, body) = match record {
            Record::ToNode(from, MessageId(id), body) => (from, id, body),
            Record::ClientClosed(client) => return self.validator.on_client_closed(*client),
            _ => return,
        };
        let envelope = Envelope { id: Some(*id), from: *from, to: node, body };
        if self.echo.received {
            self.show("recv", &envelope);
        }
        let in_reply_to = match body {
            Body::ServiceReply { call, .. } => self.validator.take_call_id(*call),
            _ => None,
        };
        let Some(line) = self.wire.line_to(&envelope, in_reply_to) else { return };
        self.lateness.note(self.clock.now().saturating_since(at));
        if let Some(process) = &mut self.nodes[node.index()].process {
            process.write_line(&line);
        }
    }

    fn copy(&mut self, copy: &CopySent, body: &Body) {
        self.traffic.copy(copy, body);
        if let Body::Request { client, msg, request } = body {
            self.validator.on_request(*client, *msg, request);
        }
        if self.echo.sent {
            let id = Some(copy.message.0);
            self.show("send", &Envelope { id, from: copy.from, to: copy.to, body });
        }
    }
}
