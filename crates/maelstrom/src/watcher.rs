//! The observer of a run: collects the history, message counts, and problems.

use std::collections::BTreeMap;

use super::net::NetTally;
use super::parameters::GlomersParameters;
use super::parity::ParityLimit;
use super::participant::Participant;
use super::protocol::Body;
use super::record::{Problem, Record};
use super::run_result::GlomersRun;
use super::sink::{Outlook, Sink};
use super::wire::Wire;
use crate::check::txn::Effect;
use crate::engine::time::{Duration, Instant};
use crate::history::{EntryKind, History, LogOp, Op, OpValue, Process, TxnOp, TxnRead};
use crate::network::{CopySent, Fate};
use crate::node::NodeId;
use crate::simulation::{Observer, Totals};
use crate::trace::Fingerprint;

/// Memory of an effect in bytes, as counted against the memory limit.
const EFFECT_BYTES: u64 = 96;
/// Memory of the number of a transaction by its request.
const ASKED_BYTES: u64 = 32;

/// Observes a run, and collects its results.
pub(super) struct Watcher<'a> {
    history: History,
    /// Operations that have begun.
    invoked: u64,
    /// Memory that the history takes, in bytes.
    pub(super) kept: u64,
    pub(super) problems: Vec<(Instant, Problem)>,
    net: NetTally,
    sink: &'a mut dyn Sink,
    pub(super) began: Option<Instant>,
    pub(super) is_over: bool,
    /// For each participant the fingerprint of its operations and of the messages it has sent.
    chains: Vec<Chain>,
    names: Vec<String>,
    /// The encoder of bodies, if they are wanted.
    wire: Option<Wire>,
    parity_limit: Option<ParityLimit>,
    /// Numbers of transactions by the client and the `msg_id` of their request.
    asked: BTreeMap<(u32, u32), u32>,
    /// Number of transactions so far.
    transactions: u32,
    effects: Vec<Effect>,
}

impl<'a> Watcher<'a> {
    pub(super) fn new(parameters: &GlomersParameters, sink: &'a mut dyn Sink) -> Watcher<'a> {
        let wire = || Wire { names: parameters.names.clone(), workload: parameters.workload };
        Watcher {
            wire: sink.wants_bodies().then(wire),
            history: vec![],
            invoked: 0,
            kept: 0,
            problems: vec![],
            net: NetTally::new(parameters.layout(), sink.wants_rows()),
            sink,
            began: None,
            is_over: false,
            chains: vec![Chain::default(); parameters.layout().participants() as usize],
            names: parameters.names.clone(),
            parity_limit: None,
            asked: BTreeMap::new(),
            transactions: 0,
            effects: Vec::new(),
        }
    }

    /// Writes out the journal rows of what happened before an instant.
    pub(super) fn flush_journal(&mut self, before: Instant) {
        self.net.flush_journal(before, &mut |row| self.sink.row(row));
    }

    /// Drops the journal rows that are not final yet.
    pub(super) fn forget_rows(&mut self) {
        self.net.forget_rows();
    }

    /// Tells the sink how far the run is.
    pub(super) fn pass(&mut self, at: Instant, faults: Vec<&'static str>, late: Option<Duration>) {
        let outlook = Outlook { at, invoked: self.invoked, faults, late };
        self.sink.passes(&outlook);
    }

    /// Whether the sink has failed, so that nothing more can be written.
    pub(super) fn sink_has_failed(&self) -> bool {
        self.sink.has_failed()
    }

    /// Records a problem, and ends the run if it is of a kind that does.
    pub(super) fn problem(&mut self, at: Instant, problem: Problem) {
        self.is_over |= problem.kind.is_end();
        let node = self.names.get(problem.node.index()).map_or("a node", String::as_str);
        if let Some(limit) = ParityLimit::of_problem(problem.kind, node) {
            self.limit_parity(limit);
        }
        // A node's own text may contain control characters, and is shown to users.
        let text = problem.text.replace(char::is_control, " ");
        self.problems.push((at, Problem { text, ..problem }));
    }

    /// Records that Maelstrom's verdict does not follow from the history.
    pub(super) fn limit_parity(&mut self, limit: ParityLimit) {
        self.parity_limit = Some(ParityLimit::or(self.parity_limit.take(), limit));
    }

    pub(super) fn finish(self, totals: Totals) -> GlomersRun {
        let Watcher { history, problems, net, sink, began, chains, parity_limit, effects, .. } =
            self;
        let fingerprint = Fingerprint::fold(chains.iter().map(|chain| chain.fingerprint));
        let net = net.finish(totals.before, &mut |row| sink.row(row));
        GlomersRun { history, net, totals, problems, parity_limit, began, fingerprint, effects }
    }
}

impl Observer<Participant> for Watcher<'_> {
    fn record(&mut self, at: Instant, node: NodeId, record: &Record) {
        match record {
            Record::Op(op) => {
                // Clients' own clocks are the clock of the run.
                add(&mut self.chains[node.index()].fingerprint, op);
                self.kept = self.kept.saturating_add(op.bytes());
                self.invoked += u64::from(op.kind == EntryKind::Invoke);
                self.history.push(op.clone());
            }
            Record::Asked(client, msg) => {
                self.kept = self.kept.saturating_add(ASKED_BYTES);
                self.asked.insert((*client, *msg), self.transactions);
                self.transactions += 1;
            }
            Record::Effect(caller, kind) => {
                if let Some(transaction) = self.asked.get(&(caller.client(), caller.msg_id())) {
                    self.kept = self.kept.saturating_add(EFFECT_BYTES);
                    self.effects.push(Effect { transaction: *transaction, kind: kind.clone() });
                }
            }
            Record::Log(line) => self.sink.log(at, node, line),
            Record::Problem(problem) => {
                self.problem(at, problem.clone());
            }
            Record::ToNode(..) | Record::ClientClosed(_) => {}
            Record::Began => self.began = Some(at),
            Record::Over => self.is_over = true,
        }
    }

    fn is_over(&self) -> bool {
        self.is_over
    }

    fn copy(&mut self, copy: &CopySent, body: &Body) {
        self.net.copy(copy, body);
        if copy.copy == 1
            && let Some(wire) = &self.wire
            && let Some(text) = wire.body_text(copy.to, body)
        {
            self.sink.body(copy.message.0, &text);
        }
        let (fate, at) = match copy.fate {
            Fate::Arrives(at) => (0, at),
            Fate::Lost(at) => (1, at),
            Fate::Cut(at) => (2, at),
            Fate::Crashed(at) => (3, at),
        };
        let ends = u64::from(copy.from.0) << 32 | u64::from(copy.to.0);
        let chain = &mut self.chains[copy.from.index()];
        chain.sends += u64::from(chain.last != copy.message.0);
        chain.last = copy.message.0;
        let number = chain.sends << 3 | u64::from(copy.copy & 1) << 2 | fate;
        chain.fingerprint.add_words([at.as_ns(), ends, number]);
    }
}

/// The fingerprint of one participant. Its messages are numbered per participant, so that it does
/// not depend on what others send.
#[derive(Clone, Copy, Debug, Default)]
struct Chain {
    fingerprint: Fingerprint,
    /// Number of messages that it has sent.
    sends: u64,
    /// The run-wide number of the last one.
    last: u64,
}

/// Adds an entry of the history to a fingerprint.
fn add(fingerprint: &mut Fingerprint, op: &Op) {
    let process = match op.process {
        Process::Client(process) => process,
        Process::Nemesis => u64::MAX,
    };
    fingerprint.add_words([op.time.as_ns(), process, op.kind as u64]);
    match &op.value {
        OpValue::Nil => {}
        OpValue::Int(value) => fingerprint.add_words([1, *value as u64, 0]),
        OpValue::Ints(values) => {
            let count = values.len();
            for value in values.iter() {
                fingerprint.add_words([2, value as u64, count]);
            }
        }
        OpValue::Log(ops) => ops.iter().for_each(|op| add_log_op(fingerprint, op)),
        OpValue::Txn(ops) => ops.iter().for_each(|op| add_txn_op(fingerprint, op)),
        OpValue::Json(value) => add_text(fingerprint, &value.to_string()),
    }
}

/// Adds a micro-operation on logs.
fn add_log_op(fingerprint: &mut Fingerprint, op: &LogOp) {
    match op {
        LogOp::Send { key, message, offset } => {
            add_text(fingerprint, key);
            let offset = offset.map_or(u64::MAX, |offset| offset as u64);
            fingerprint.add_words([4, *message as u64, offset]);
        }
        LogOp::Poll(None) => {}
        LogOp::Poll(Some(reads)) => {
            for read in reads {
                add_text(fingerprint, &read.key);
                for (offset, message) in &read.messages {
                    fingerprint.add_words([5, *message as u64, *offset as u64]);
                }
            }
        }
    }
}

/// Adds a micro-operation of a transaction.
fn add_txn_op(fingerprint: &mut Fingerprint, op: &TxnOp) {
    let key = op.key() as u64;
    match op {
        TxnOp::Append { element: value, .. } => fingerprint.add_words([6, key, *value as u64]),
        TxnOp::Write { value, .. } => fingerprint.add_words([7, key, *value as u64]),
        TxnOp::Read { value: TxnRead::Nil, .. } => fingerprint.add_words([8, key, 0]),
        TxnOp::Read { value: TxnRead::Int(value), .. } => {
            fingerprint.add_words([9, key, *value as u64]);
        }
        TxnOp::Read { value: TxnRead::List(elements), .. } => {
            fingerprint.add_words([10, key, elements.len()]);
            elements.iter().for_each(|element| fingerprint.add_words([11, element as u64, 0]));
        }
    }
}

fn add_text(fingerprint: &mut Fingerprint, text: &str) {
    for byte in text.bytes() {
        fingerprint.add_words([3, byte.into(), 0]);
    }
}
