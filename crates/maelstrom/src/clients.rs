//! Clients: a generator of operations at a rate, and workers that carry them out.
//!
//! One participant plays them all. Operations arrive at random gaps and go to idle workers in turn;
//! a worker always talks to the same node, with one request at a time. An operation whose outcome
//! is unknown ends its process: the worker continues as another process and another client, so that
//! a late reply matches nothing. After the main phase, and a recovery phase in which everything is
//! healed and quiet, each worker does one final operation.

mod workers;

use super::parameters::{GlomersParameters, Layout};
use super::participant::{Participant, Problem, ProblemKind, Record};
use super::protocol::{Body, DecodedReply, ErrorCode, Reply};
use super::workload::{Errors, Requested, Workload, WorkloadClients};
use crate::engine::time::Duration;
use crate::history::{EXCEPTION, EntryKind, F, Op, OpValue};
use crate::node::{Context, Timer};
use workers::{UnderWay, Workers};

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
    /// Whether an operation waits for an idle worker.
    waiting: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Before,
    Main,
    Recovery,
    /// Each worker has its final operation to do, or is doing it.
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
    parity_error: Option<Box<str>>,
}

impl Ending {
    fn of(kind: EntryKind) -> Ending {
        Ending { kind, value: None, error: None, exception: None, parity_error: None }
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
        Clients {
            workload: parameters.workload,
            clients: (parameters.workload.clients)(parameters),
            workers: Workers::new(parameters.concurrency, layout.servers, first),
            gap,
            duration: parameters.duration,
            recovery: parameters.recovery,
            timeout: parameters.client_timeout,
            phase: Phase::Before,
            next_op: None,
            next_phase: None,
            waiting: false,
        }
    }

    pub(super) fn message(&mut self, body: Body, cx: &mut Context<'_, Participant>) {
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

    pub(super) fn timer(&mut self, timer: Timer, cx: &mut Context<'_, Participant>) {
        if self.next_op == Some(timer) {
            self.next_op = None;
            self.begin_next(cx);
        } else if self.next_phase == Some(timer) {
            self.change_phase(cx);
        } else if let Some(place) = self.workers.timed_out(timer) {
            let error = (ErrorCode::TIMEOUT.name().to_owned(), "no reply in time".to_owned());
            self.end_unknown(place, error, cx);
            self.go_on(place, cx);
        }
    }

    fn change_phase(&mut self, cx: &mut Context<'_, Participant>) {
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
            self.workers.owe_last();
            for place in 0..self.workers.len() {
                self.begin_last(place, cx);
            }
        }
        self.see_whether_over(cx);
    }

    /// Draws when the next operation is due.
    fn plan_next(&mut self, cx: &mut Context<'_, Participant>) {
        if let Some(gap) = self.gap {
            let after = Duration::from_ns(cx.rng().below(gap));
            self.next_op = Some(cx.set_timer(after));
        }
    }

    /// Begins an operation with the next idle worker, or lets it wait for one. Operations that
    /// would have been due in the meantime are skipped.
    fn begin_next(&mut self, cx: &mut Context<'_, Participant>) {
        let idle = self.workers.next_idle();
        self.waiting = idle.is_none();
        let Some(place) = idle else { return };
        let (f, value) = self.clients.next(place, cx.rng());
        self.invoke(place, f, value, false, cx);
        self.plan_next(cx);
    }

    fn begin_last(&mut self, place: usize, cx: &mut Context<'_, Participant>) {
        if let Some(f) = self.workload.final_operation.clone()
            && self.workers.takes_last(place)
        {
            self.invoke(place, f, OpValue::Nil, true, cx);
        }
    }

    fn invoke(
        &mut self,
        place: usize,
        f: F,
        value: OpValue,
        is_final: bool,
        cx: &mut Context<'_, Participant>,
    ) {
        let request = Box::new(self.clients.request(&f, &value));
        let msg = self.workers.next_message(place);
        let worker = self.workers.at(place);
        cx.send(worker.node, Body::Request { client: worker.client, msg, request });
        let timeout = cx.set_timer(self.timeout);
        let op = UnderWay { msg, f, value, is_final, timeout };
        let entry = worker.entry(cx.now(), EntryKind::Invoke, &op);
        cx.record(Record::Op(Op { value: op.value.clone(), ..entry }));
        self.workers.begin(place, op);
    }

    fn complete(&mut self, place: usize, reply: Reply, cx: &mut Context<'_, Participant>) {
        let worker = self.workers.at(place);
        let Some(op) = &worker.under_way else { return };
        let said = reply.name();
        match reply {
            Reply::Error(failure) => {
                let error = (failure.code.name().to_owned(), failure.text);
                if failure.code.is_definite() && self.workload.errors == Errors::Caught {
                    self.end(
                        place,
                        Ending { error: Some(error), ..Ending::of(EntryKind::Fail) },
                        cx,
                    );
                } else {
                    self.end_unknown(place, error, cx);
                }
            }
            Reply::Malformed(text) => self.end_malformed(place, text.into(), cx),
            Reply::Decoded(DecodedReply { value, parity_error, .. }) => {
                let requested = Requested { f: &op.f, value: &op.value, msg: op.msg };
                let value = match value {
                    Some(value) => self.clients.decoded(&requested, value),
                    None => op.value.clone(),
                };
                let ending =
                    Ending { value: Some(value), parity_error, ..Ending::of(EntryKind::Ok) };
                self.end(place, ending, cx);
            }
            reply => {
                let requested = Requested { f: &op.f, value: &op.value, msg: op.msg };
                match self.clients.result(&requested, reply) {
                    value @ Some(_) => {
                        self.end(place, Ending { value, ..Ending::of(EntryKind::Ok) }, cx)
                    }
                    None => {
                        let text = format!("answered {said} to {}", op.f.name());
                        let (node, kind) = (worker.node, ProblemKind::Protocol);
                        let problem = Problem { node, kind, text: text.clone() };
                        cx.record(Record::Problem(problem));
                        self.end_malformed(place, text, cx);
                    }
                }
            }
        }
        self.go_on(place, cx);
    }

    /// Ends an operation whose reply is malformed: Maelstrom's client throws.
    fn end_malformed(&mut self, place: usize, text: String, cx: &mut Context<'_, Participant>) {
        let error = Some(("malformed-rpc-response".to_owned(), text));
        let exception = Some(EXCEPTION.into());
        self.retire(place, Ending { error, exception, ..Ending::of(EntryKind::Info) }, cx);
    }

    /// Ends an operation whose outcome is unknown.
    fn end_unknown(
        &mut self,
        place: usize,
        error: (String, String),
        cx: &mut Context<'_, Participant>,
    ) {
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
    fn retire(&mut self, place: usize, ending: Ending, cx: &mut Context<'_, Participant>) {
        self.end(place, ending, cx);
        let closed = self.workers.replace(place, self.workload.reuses_clients);
        closed.into_iter().for_each(|client| cx.record(Record::ClientClosed(client)));
    }

    fn end(&mut self, place: usize, ending: Ending, cx: &mut Context<'_, Participant>) {
        let Some(mut op) = self.workers.end(place) else { return };
        cx.cancel_timer(op.timeout);
        let Ending { kind, value, error, exception, parity_error } = ending;
        let value = value.unwrap_or_else(|| std::mem::replace(&mut op.value, OpValue::Nil));
        let entry = self.workers.at(place).entry(cx.now(), kind, &op);
        cx.record(Record::Op(Op { value, error, exception, parity_error, ..entry }));
    }

    /// Continues with a worker that has become idle.
    fn go_on(&mut self, place: usize, cx: &mut Context<'_, Participant>) {
        if self.waiting {
            self.begin_next(cx);
        }
        self.begin_last(place, cx);
        self.see_whether_over(cx);
    }

    fn see_whether_over(&mut self, cx: &mut Context<'_, Participant>) {
        if matches!(self.phase, Phase::Final | Phase::Over) && self.workers.are_done() {
            self.phase = Phase::Done;
            cx.record(Record::Over);
        }
    }
}
