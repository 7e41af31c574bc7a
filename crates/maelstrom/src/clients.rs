//! Clients: a generator of operations at a rate, and workers that carry them out.
//!
//! One participant plays them all. Operations arrive at random gaps and go to idle workers in turn;
//! a worker always talks to the same node, with one request at a time; an operation may take
//! several requests, each with its own timeout. An operation whose outcome is unknown ends its
//! process: the worker continues as another process and another client, so that a late reply
//! matches nothing. After the main phase, and a recovery phase in which everything is healed and
//! quiet, each worker does its final operations.

mod workers;

use super::error::ErrorCode;
use super::outbox::Outbox;
use super::parameters::{GlomersParameters, Layout};
use super::protocol::{Body, DecodedReply, Reply, Request};
use super::record::{Problem, ProblemKind, Record};
use super::workload::{
    ClientParameters, Errors, FinalSoFar, FinalStep, Step, Workload, WorkloadClients,
};
use crate::engine::time::{Duration, Instant};
use crate::history::{EXCEPTION, EntryKind, F, Op, OpValue};
use crate::node::Timer;
use workers::{UnderWay, Worker, Workers};

/// All clients of a run.
#[derive(Debug)]
pub struct Clients {
    workload: &'static Workload,
    clients: Box<dyn WorkloadClients>,
    workers: Workers,
    /// Upper bound of the gap between two operations, in nanoseconds, exclusive.
    gap: Option<u64>,
    duration: Duration,
    recovery: Duration,
    timeout: Duration,
    phase: Phase,
    /// The timer of the next operation.
    next_op: Option<Timer>,
    /// The timer of the end of the phase.
    next_phase: Option<Timer>,
    /// When the final phase began.
    final_since: Instant,
    /// Whether an operation waits for an idle worker.
    waiting: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Main,
    Recovery,
    /// Each worker has final operations to do.
    Final,
    /// No further operation begins.
    Over,
    /// And none is in progress.
    Done,
}

/// How an operation ends.
#[derive(Debug)]
struct Ending {
    kind: EntryKind,
    /// Its result; `None` for its argument.
    value: Option<OpValue>,
    error: Option<(String, String)>,
    exception: Option<Box<str>>,
}

impl Ending {
    fn of(kind: EntryKind) -> Ending {
        Ending { kind, value: None, error: None, exception: None }
    }
}

impl Clients {
    /// Creates the clients of a run with these parameters.
    pub(super) fn new(parameters: &GlomersParameters) -> Clients {
        let layout: Layout = parameters.layout();
        // Each node has had two clients while it was set up.
        let first = 2 * layout.servers;
        let rate = parameters.rate;
        let gap = (rate.numerator() > 0).then(|| {
            let twice = 2_000_000_000 * u128::from(rate.denominator());
            u64::try_from(twice / u128::from(rate.numerator())).unwrap_or(u64::MAX).max(1)
        });
        let generated = ClientParameters {
            servers: layout.servers,
            concurrency: parameters.concurrency,
            rate,
            key_count: parameters.key_count,
            max_writes_per_key: parameters.max_writes_per_key,
            max_txn_length: parameters.max_txn_length,
        };
        Clients {
            workload: parameters.workload,
            clients: (parameters.workload.clients)(generated),
            workers: Workers::new(parameters.concurrency, layout.servers, first),
            gap,
            duration: parameters.duration,
            recovery: parameters.recovery,
            timeout: parameters.client_timeout,
            phase: Phase::Before,
            next_op: None,
            next_phase: None,
            final_since: Instant::ZERO,
            waiting: false,
        }
    }

    pub(super) fn message(&mut self, body: Body, cx: &mut dyn Outbox) {
        match body {
            Body::Go if self.phase == Phase::Before => {
                self.phase = Phase::Main;
                self.next_phase = Some(cx.set_timer(self.duration));
                self.plan_next(cx);
            }
            Body::Reply { client, in_reply_to, reply } => {
                // Any other reply is late or a duplicate.
                if let Some(place) = self.workers.waiting_for(client, in_reply_to) {
                    self.complete(place, *reply, cx);
                }
            }
            _ => {}
        }
    }

    pub(super) fn timer(&mut self, timer: Timer, cx: &mut dyn Outbox) {
        if self.next_op == Some(timer) {
            self.next_op = None;
            self.begin_next(cx);
        } else if self.next_phase == Some(timer) {
            self.change_phase(cx);
        } else if let Some(place) = self.workers.timed_out(timer) {
            let error = (ErrorCode::TIMEOUT.name().to_owned(), "no reply in time".to_owned());
            self.end_unknown(place, error, cx);
            self.go_on(place, cx);
        } else if let Some(place) = self.workers.end_wait(timer) {
            self.go_on(place, cx);
        }
    }

    fn change_phase(&mut self, cx: &mut dyn Outbox) {
        self.next_phase = None;
        self.phase = match (self.phase, &self.workload.final_operation) {
            (Phase::Main, Some(_)) => {
                self.next_phase = Some(cx.set_timer(self.recovery));
                Phase::Recovery
            }
            (Phase::Main, None) => Phase::Over,
            _ => Phase::Final,
        };
        self.waiting = false;
        if let Some(timer) = self.next_op.take() {
            cx.cancel_timer(timer);
        }
        if self.phase == Phase::Final {
            self.final_since = cx.now();
            self.workers.begin_final();
            for place in 0..self.workers.len() {
                self.next_final(place, cx);
            }
        }
        self.see_whether_over(cx);
    }

    /// Draws when the next operation is due.
    fn plan_next(&mut self, cx: &mut dyn Outbox) {
        if let Some(gap) = self.gap {
            let after = Duration::from_ns(cx.rng().below(gap));
            self.next_op = Some(cx.set_timer(after));
        }
    }

    /// Begins an operation with the next idle worker, or lets it wait for one. Operations that
    /// would have been due in the meantime are skipped.
    fn begin_next(&mut self, cx: &mut dyn Outbox) {
        let idle = self.workers.next_idle();
        self.waiting = idle.is_none();
        let Some(place) = idle else { return };
        let (f, value) = self.clients.next(place, cx.rng());
        self.invoke(place, f, value, false, cx);
        self.plan_next(cx);
    }

    /// Continues the final phase of a worker, if it is idle.
    fn next_final(&mut self, place: usize, cx: &mut dyn Outbox) {
        let Some(f) = &self.workload.final_operation else { return };
        let Some((operations, has_waited)) = self.workers.final_operations(place) else { return };
        let elapsed = cx.now().saturating_since(self.final_since);
        let so_far = FinalSoFar { worker: place, operations, has_waited, elapsed };
        match self.clients.next_final(f, so_far) {
            FinalStep::Begin(f, value) => self.invoke(place, f, value, true, cx),
            FinalStep::Wait(time) => self.workers.wait(place, cx.set_timer(time)),
            FinalStep::Done => self.workers.end_final(place),
        }
    }

    fn invoke(&mut self, place: usize, f: F, value: OpValue, is_final: bool, cx: &mut dyn Outbox) {
        let op = UnderWay::new(f, value, is_final);
        let step = self.clients.begin(&op.operation(place));
        self.workers.begin(place, op);
        let rest = match step {
            Step::Ask(request) => {
                self.ask(place, request, cx);
                None
            }
            step => Some(step),
        };
        let worker = self.workers.at(place);
        let Some(op) = &worker.under_way else { return };
        let entry = worker.entry(cx.now(), EntryKind::Invoke, op);
        let asked = (worker.client, op.msg);
        let is_transaction = op.f == F::Txn;
        cx.record(Record::Op(Op { value: op.value.clone(), ..entry }));
        if is_transaction {
            cx.record(Record::Asked(asked.0, asked.1));
        }
        if let Some(step) = rest {
            self.step(place, step, cx);
            self.go_on(place, cx);
        }
    }

    /// Sends a request of the operation in progress.
    fn ask(&mut self, place: usize, request: Request, cx: &mut dyn Outbox) {
        let msg = self.workers.next_message(place);
        let Worker { node, client, .. } = *self.workers.at(place);
        cx.send(node, Body::Request { client, msg, request: Box::new(request) });
        let timeout = cx.set_timer(self.timeout);
        if let Some(before) = self.workers.ask(place, msg, timeout) {
            cx.cancel_timer(before);
        }
    }

    fn complete(&mut self, place: usize, reply: Reply, cx: &mut dyn Outbox) {
        let worker = self.workers.at(place);
        let Some(op) = &worker.under_way else { return };
        let said = reply.name();
        let operation = op.operation(place);
        match reply {
            Reply::Error(failure) => {
                let error = (failure.code.name().to_owned(), failure.text);
                let is_first = op.requests == 0;
                let is_caught = self.workload.errors == Errors::Caught;
                if failure.code.is_definite() && is_caught && is_first {
                    let ending = Ending { error: Some(error), ..Ending::of(EntryKind::Fail) };
                    self.end(place, ending, cx);
                } else {
                    self.end_unknown(place, error, cx);
                }
            }
            Reply::Malformed(text) => self.end_malformed(place, text.into(), cx),
            Reply::Decoded(DecodedReply { value, parity_error, .. }) => {
                let result = match value {
                    Some(value) => self.clients.decoded(&operation, value),
                    None => op.value.clone(),
                };
                self.follow_up(place, result, parity_error, cx);
            }
            reply => match self.clients.result(&operation, reply) {
                Some(result) => self.follow_up(place, result, None, cx),
                None => {
                    let text = format!("answered {said} to {}", op.f.name());
                    let (node, kind) = (worker.node, ProblemKind::Protocol);
                    cx.record(Record::Problem(Problem { node, kind, text: text.clone() }));
                    self.end_malformed(place, text, cx);
                }
            },
        }
        self.go_on(place, cx);
    }

    /// Continues an operation after the result of a request.
    fn follow_up(
        &mut self,
        place: usize,
        result: OpValue,
        parity_error: Option<Box<str>>,
        cx: &mut dyn Outbox,
    ) {
        let Some(op) = &self.workers.at(place).under_way else { return };
        let step = self.clients.follow_up(&op.operation(place), result);
        self.workers.on_reply(place, parity_error);
        self.step(place, step, cx);
    }

    fn step(&mut self, place: usize, step: Step, cx: &mut dyn Outbox) {
        match step {
            Step::Ask(request) => self.ask(place, request, cx),
            Step::Done(value) => {
                self.end(place, Ending { value: Some(value), ..Ending::of(EntryKind::Ok) }, cx);
            }
            Step::Crash => self.retire(place, Ending::of(EntryKind::Info), cx),
        }
    }

    /// Ends an operation whose reply is malformed: Maelstrom's client throws.
    fn end_malformed(&mut self, place: usize, text: String, cx: &mut dyn Outbox) {
        let error = Some(("malformed-rpc-response".to_owned(), text));
        let exception = Some(EXCEPTION.into());
        self.retire(place, Ending { error, exception, ..Ending::of(EntryKind::Info) }, cx);
    }

    /// Ends an operation whose outcome is unknown.
    fn end_unknown(&mut self, place: usize, error: (String, String), cx: &mut dyn Outbox) {
        let op = self.workers.at(place).under_way.as_ref();
        let error = Some(error);
        if op.is_some_and(|op| self.clients.is_idempotent(&op.f)) {
            self.end(place, Ending { error, ..Ending::of(EntryKind::Fail) }, cx);
        } else {
            let thrown = self.workload.errors == Errors::Thrown;
            let exception = thrown.then(|| EXCEPTION.into());
            self.retire(place, Ending { error, exception, ..Ending::of(EntryKind::Info) }, cx);
        }
    }

    /// Ends an operation and its process: the worker continues as another one.
    fn retire(&mut self, place: usize, ending: Ending, cx: &mut dyn Outbox) {
        self.end(place, ending, cx);
        if let Some(client) = self.workers.replace(place, self.workload.reuses_clients) {
            self.clients.on_client_closed(place);
            cx.record(Record::ClientClosed(client));
        }
    }

    fn end(&mut self, place: usize, ending: Ending, cx: &mut dyn Outbox) {
        let Some(mut op) = self.workers.end(place) else { return };
        if let Some(timeout) = op.timeout {
            cx.cancel_timer(timeout);
        }
        let Ending { kind, value, error, exception } = ending;
        let value = value.unwrap_or_else(|| std::mem::replace(&mut op.value, OpValue::Nil));
        let parity_error = op.parity_error.take();
        let entry = self.workers.at(place).entry(cx.now(), kind, &op);
        let mut entry = Op { value, error, exception, parity_error, ..entry };
        self.clients.on_end(place, &mut entry);
        cx.record(Record::Op(entry));
    }

    /// Continues with a worker that has become idle.
    fn go_on(&mut self, place: usize, cx: &mut dyn Outbox) {
        if self.waiting {
            self.begin_next(cx);
        }
        self.next_final(place, cx);
        self.see_whether_over(cx);
    }

    fn see_whether_over(&mut self, cx: &mut dyn Outbox) {
        if matches!(self.phase, Phase::Final | Phase::Over) && self.workers.are_done() {
            self.phase = Phase::Done;
            cx.record(Record::Over);
        }
    }
}
