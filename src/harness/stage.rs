//! Who stands on the stage: for each node its process, what it said, and what was said of it.
//!
//! The stage watches the simulation, writes down for processes what comes to their nodes, and
//! understands what they say.

use std::collections::BTreeMap;
use std::io::Write;

use super::clock::WallClock;
use super::lateness::Lateness;
use super::lines::{Line, Tail, printable};
use super::process::Process;
use super::terminal::Terminal;
use crate::engine::time::Instant;
use crate::glomers::{
    Body, Door, Envelope, Foreign, Heard, Participant, Problem, ProblemKind, Record, Rule, Wire,
};
use crate::network::CopySent;
use crate::node::{MessageId, NodeId};
use crate::simulation::Observer;

/// What is written to the terminal while a run goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// What nodes log.
    pub stderr: bool,
    /// Messages, when they are sent.
    pub sent: bool,
    /// Messages, when nodes are told.
    pub received: bool,
}

/// Everybody, and what is kept of them.
pub(super) struct Stage<'a> {
    pub(super) nodes: Vec<Slot>,
    pub(super) wire: Wire,
    door: Door,
    clock: WallClock,
    pub(super) lateness: Lateness,
    /// What is worth a word, though it is no fault, and how often it happened.
    pub(super) notices: BTreeMap<(NodeId, String), u64>,
    pub(super) echo: Echo,
    pub(super) terminal: Terminal<'a>,
}

/// A node, and the process behind it.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) process: Option<Process>,
    /// Whether the process of now has said that it is ready.
    pub(super) ready: bool,
    /// Whether it is us who stopped it.
    pub(super) stopped: bool,
    /// The last lines of all its processes.
    pub(super) tail: Tail,
    /// What it has logged.
    pub(super) log: Vec<u8>,
    /// How much it has logged beyond the limit.
    pub(super) log_lost: u64,
    /// The bytes of its log that are no whole line yet, for the terminal and the tail.
    log_line: Vec<u8>,
    /// How often it broke which rule.
    pub(super) broken: BTreeMap<Rule, u64>,
    /// How many lines it has said.
    pub(super) lines: u64,
    /// How its processes ended, in order.
    pub(super) ends: Vec<String>,
}

/// So many problems with one node are told one by one; of the rest there is only a count.
const TOLD_MAX: u64 = 10;

impl<'a> Stage<'a> {
    pub(super) fn new(
        wire: Wire,
        clock: WallClock,
        echo: Echo,
        terminal: &'a mut dyn Write,
    ) -> Stage<'a> {
        Stage {
            nodes: wire.names.iter().map(|_| Slot::default()).collect(),
            door: Door::new(wire.clone()),
            wire,
            clock,
            lateness: Lateness::default(),
            notices: BTreeMap::new(),
            echo,
            terminal: Terminal::new(terminal),
        }
    }

    /// A process begins behind a node.
    pub(super) fn begins(&mut self, node: NodeId, process: Process) {
        self.door.begins(node);
        let slot = &mut self.nodes[node.index()];
        (slot.process, slot.ready, slot.stopped) = (Some(process), false, false);
    }

    /// Understands the lines that have come from a node: what is to be sent, and what is wrong.
    pub(super) fn hear(&mut self, node: NodeId) -> (Vec<(NodeId, Body<Foreign>)>, Vec<Problem>) {
        let (mut sent, mut problems) = (vec![], vec![]);
        let slot = &mut self.nodes[node.index()];
        let Some(mut process) = slot.process.take() else { return (sent, problems) };
        while let Some((number, line)) = process.lines.next() {
            slot.lines += 1;
            let (line, complaint) = match line {
                Line::Whole(line) => match self.door.hear(node, line) {
                    Ok(Heard::Message(to, body)) => {
                        slot.ready |= body.is_init_ok();
                        sent.push((to, body));
                        continue;
                    }
                    Ok(Heard::Late) => {
                        notice(&mut self.notices, node, "answered when nobody waited any more");
                        continue;
                    }
                    Ok(Heard::Unanswered(service, kind)) => {
                        let text = format!(
                            "unknown-question: asked {} for {:?}, which it does not know and \
                             never answers",
                            service.name(),
                            kind.chars().take(40).collect::<String>(),
                        );
                        notice(&mut self.notices, node, &text);
                        continue;
                    }
                    Err(complaint) => {
                        sent.extend(complaint.tell.map(|tell| *tell));
                        (line, (complaint.rule, complaint.found))
                    }
                },
                Line::TooLong(line) => (line, (Rule::LineTooLong, "it is too long".to_owned())),
            };
            slot.tail.push(line);
            problems.extend(slot.complain(node, number, line, complaint));
        }
        slot.process = Some(process);
        (sent, problems)
    }

    /// Complains of a line without an end, if there is one that has not grown since an instant.
    pub(super) fn unfinished(&mut self, node: NodeId, since: Instant) -> Option<Problem> {
        let slot = &mut self.nodes[node.index()];
        let process = slot.process.take()?;
        let mut problem = None;
        if let Some((number, rest)) = process.lines.rest().filter(|_| process.heard <= since) {
            let found = format!("{} bytes have no newline after them", rest.len());
            problem = slot.complain(node, number, rest, (Rule::NoNewline, found));
        }
        slot.process = Some(process);
        problem
    }

    /// Takes in what a node has logged.
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

    /// Keeps the last line that a node has logged, though it has no end.
    pub(super) fn end_log(&mut self, node: NodeId) {
        let slot = &mut self.nodes[node.index()];
        if !slot.log_line.is_empty() {
            let line = std::mem::take(&mut slot.log_line);
            slot.tail.push(&line);
        }
    }

    /// Notes something that is no fault.
    pub(super) fn notice(&mut self, node: NodeId, text: &str) {
        notice(&mut self.notices, node, text);
    }

    fn show(&mut self, what: &str, envelope: &Envelope<'_, Foreign>) {
        if let Some(line) = self.wire.line(envelope) {
            let line = line.trim_end();
            self.terminal.line(&format!("{} {what} {line}", self.clock.now()));
        }
    }
}

/// Notices beyond so many different ones are not kept.
const NOTICES_MAX: usize = 1000;

fn notice(notices: &mut BTreeMap<(NodeId, String), u64>, node: NodeId, text: &str) {
    let key = (node, text.to_owned());
    if notices.len() < NOTICES_MAX || notices.contains_key(&key) {
        *notices.entry(key).or_default() += 1;
    }
}

impl Slot {
    /// Counts a broken rule; the problem, if it is one of the first.
    fn complain(
        &mut self,
        node: NodeId,
        number: u64,
        line: &[u8],
        (rule, found): (Rule, String),
    ) -> Option<Problem> {
        *self.broken.entry(rule).or_default() += 1;
        if self.broken.values().sum::<u64>() > TOLD_MAX {
            return None;
        }
        const SHOWN: usize = 160;
        let dots = if line.len() > SHOWN { "…" } else { "" };
        let line = printable(&line[..line.len().min(SHOWN)]);
        let wants = rule.wants();
        let text = format!("line {number} of its output: {found} ({wants}): {line}{dots}");
        Some(Problem { node, kind: ProblemKind::Broken(rule), text })
    }
}

impl Observer<Participant<Foreign>> for Stage<'_> {
    fn record(&mut self, at: Instant, node: NodeId, record: &Record<Foreign>) {
        let Record::ToNode(from, MessageId(id), body) = record else { return };
        let envelope = Envelope { id: Some(*id), from: *from, to: node, body };
        if self.echo.received {
            self.show("recv", &envelope);
        }
        let Some(line) = self.wire.line(&envelope) else { return };
        self.lateness.note(self.clock.now().saturating_since(at));
        if let Some(process) = &mut self.nodes[node.index()].process {
            process.tell(&line);
        }
    }

    fn copy(&mut self, copy: &CopySent, body: &Body<Foreign>) {
        if let Body::Request { client, msg, request } = body {
            self.door.note(*client, *msg, request);
        }
        if self.echo.sent {
            let id = Some(copy.message.0);
            self.show("send", &Envelope { id, from: copy.from, to: copy.to, body });
        }
    }
}
