//! The workers of a run, indexed by their client, by the timeout of their operation, and by being
//! idle: no lookup scans all workers.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::time::Instant;
use crate::history::{EntryKind, F, Op, OpValue, Process};
use crate::node::{NodeId, Timer};
use crate::workload::Operation;

/// A worker: it carries out operations, one at a time.
#[derive(Debug)]
pub(super) struct Worker {
    process: u64,
    pub(super) client: u32,
    pub(super) node: NodeId,
    messages: u32,
    pub(super) under_way: Option<UnderWay>,
    /// Number of final operations that have ended, while it has further ones to do.
    final_operations: Option<u32>,
    /// The timer of the next final operation.
    wait: Option<Timer>,
    /// Whether it has waited since its last operation.
    has_waited: bool,
}

/// An operation in progress.
#[derive(Debug)]
pub(super) struct UnderWay {
    /// The `msg_id` of its last request.
    pub(super) msg: u32,
    pub(super) f: F,
    pub(super) value: OpValue,
    is_final: bool,
    /// The timeout of its last request.
    pub(super) timeout: Option<Timer>,
    /// Number of its requests that were answered.
    pub(super) requests: u32,
    /// Why Maelstrom's client would discard a reply to it.
    pub(super) parity_error: Option<Box<str>>,
}

impl UnderWay {
    /// Creates an operation that has sent no request yet.
    pub(super) fn new(f: F, value: OpValue, is_final: bool) -> UnderWay {
        UnderWay { msg: 0, f, value, is_final, timeout: None, requests: 0, parity_error: None }
    }

    /// Returns it as the operation of the worker at a place.
    pub(super) fn operation(&self, place: usize) -> Operation<'_> {
        let UnderWay { ref f, ref value, is_final, msg, requests, .. } = *self;
        Operation { worker: place, f, value, is_final, msg, requests }
    }
}

/// All workers, by their places.
#[derive(Debug)]
pub(super) struct Workers {
    all: Vec<Worker>,
    /// The place of each client.
    clients: BTreeMap<u32, usize>,
    /// The place of each operation's timeout.
    timeouts: BTreeMap<Timer, usize>,
    /// The places of those without an operation.
    idle: BTreeSet<usize>,
    /// The place that is considered first for the next operation.
    turn: usize,
    /// The number of the next client.
    next_client: u32,
    /// The place of each worker that waits for its next final operation.
    waits: BTreeMap<Timer, usize>,
    /// Number of workers that have final operations to do.
    owing: usize,
}

impl Workers {
    /// Creates `count` idle workers of `servers` nodes, whose clients are numbered from `first`.
    pub(super) fn new(count: u32, servers: u32, first: u32) -> Workers {
        let worker = |place: u32| Worker {
            process: u64::from(place),
            client: first + place,
            node: NodeId(place % servers),
            messages: 0,
            under_way: None,
            final_operations: None,
            wait: None,
            has_waited: false,
        };
        Workers {
            all: (0..count).map(worker).collect(),
            clients: (first..).zip(0..count as usize).collect(),
            timeouts: BTreeMap::new(),
            idle: (0..count as usize).collect(),
            turn: 0,
            next_client: first + count,
            waits: BTreeMap::new(),
            owing: 0,
        }
    }

    /// Number of workers.
    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The worker at a place.
    pub(super) fn at(&self, place: usize) -> &Worker {
        &self.all[place]
    }

    /// Returns the place of the worker that waits for this reply.
    pub(super) fn waiting_for(&self, client: u32, in_reply_to: u32) -> Option<usize> {
        let place = *self.clients.get(&client)?;
        let op = self.all[place].under_way.as_ref()?;
        (op.msg == in_reply_to).then_some(place)
    }

    /// Returns the place of the worker whose operation has this timeout.
    pub(super) fn timed_out(&self, timer: Timer) -> Option<usize> {
        self.timeouts.get(&timer).copied()
    }

    /// Returns the next idle worker, in turn.
    pub(super) fn next_idle(&mut self) -> Option<usize> {
        let place = *self.idle.range(self.turn..).next().or_else(|| self.idle.first())?;
        self.turn = (place + 1) % self.all.len();
        Some(place)
    }

    /// Returns the number of a worker's next message.
    pub(super) fn next_message(&mut self, place: usize) -> u32 {
        let worker = &mut self.all[place];
        worker.messages += 1;
        worker.messages
    }

    /// Begins an operation of a worker.
    pub(super) fn begin(&mut self, place: usize, op: UnderWay) {
        self.idle.remove(&place);
        let worker = &mut self.all[place];
        worker.has_waited = false;
        worker.under_way = Some(op);
    }

    /// Records a request of a worker's operation; returns the timeout of the request before.
    pub(super) fn ask(&mut self, place: usize, msg: u32, timeout: Timer) -> Option<Timer> {
        let op = self.all[place].under_way.as_mut()?;
        op.msg = msg;
        let before = op.timeout.replace(timeout);
        before.inspect(|before| _ = self.timeouts.remove(before));
        self.timeouts.insert(timeout, place);
        before
    }

    /// Records a reply to a worker's operation, and why Maelstrom's client would discard it, if it
    /// would: the first reason counts.
    pub(super) fn on_reply(&mut self, place: usize, parity_error: Option<Box<str>>) {
        if let Some(op) = &mut self.all[place].under_way {
            op.requests += 1;
            op.parity_error = op.parity_error.take().or(parity_error);
        }
    }

    /// Ends the operation of a worker, and returns it.
    pub(super) fn end(&mut self, place: usize) -> Option<UnderWay> {
        let worker = &mut self.all[place];
        let op = worker.under_way.take()?;
        worker.final_operations = worker.final_operations.map(|n| n + u32::from(op.is_final));
        op.timeout.inspect(|timeout| _ = self.timeouts.remove(timeout));
        self.idle.insert(place);
        Some(op)
    }

    /// Continues a worker as another process, and as another client unless its client is reusable.
    /// Returns the client that is closed, if one is.
    pub(super) fn replace(&mut self, place: usize, is_reusable: bool) -> Option<u32> {
        let count = self.all.len() as u64;
        let worker = &mut self.all[place];
        worker.process += count;
        if is_reusable {
            return None;
        }
        let closed = std::mem::replace(&mut worker.client, self.next_client);
        worker.messages = 0;
        self.clients.remove(&closed);
        self.clients.insert(self.next_client, place);
        self.next_client += 1;
        Some(closed)
    }

    /// Begins the final phase: each worker has final operations to do.
    pub(super) fn begin_final(&mut self) {
        self.all.iter_mut().for_each(|worker| worker.final_operations = Some(0));
        self.owing = self.all.len();
    }

    /// Returns the number of final operations that an idle worker has done, and whether it has
    /// waited since; `None` if it is busy, waits, or has none to do.
    pub(super) fn final_operations(&self, place: usize) -> Option<(u32, bool)> {
        let worker = &self.all[place];
        let is_free = worker.under_way.is_none() && worker.wait.is_none();
        worker.final_operations.filter(|_| is_free).map(|done| (done, worker.has_waited))
    }

    /// Lets a worker wait for its next final operation until a timer fires.
    pub(super) fn wait(&mut self, place: usize, timer: Timer) {
        self.all[place].wait = Some(timer);
        self.waits.insert(timer, place);
    }

    /// Ends the wait that has this timer, and returns the place of its worker.
    pub(super) fn end_wait(&mut self, timer: Timer) -> Option<usize> {
        let place = self.waits.remove(&timer)?;
        self.all[place].wait = None;
        self.all[place].has_waited = true;
        Some(place)
    }

    /// Ends the final phase of a worker.
    pub(super) fn end_final(&mut self, place: usize) {
        if self.all[place].final_operations.take().is_some() {
            self.owing -= 1;
        }
    }

    /// Whether no operation is in progress, and no final one is left.
    pub(super) fn are_done(&self) -> bool {
        self.owing == 0 && self.idle.len() == self.all.len()
    }
}

impl Worker {
    /// Returns an entry of the history about an operation of this worker.
    pub(super) fn entry(&self, time: Instant, kind: EntryKind, op: &UnderWay) -> Op {
        Op {
            is_final: op.is_final,
            node: Some(self.node.0),
            ..Op::new(time, Process::Client(self.process), kind, op.f.clone())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begin(workers: &mut Workers, place: usize) {
        begin_as(workers, place, false);
    }

    fn begin_as(workers: &mut Workers, place: usize, is_final: bool) {
        let msg = workers.next_message(place);
        workers.begin(place, UnderWay::new(F::Read, OpValue::Nil, is_final));
        workers.ask(place, msg, Timer(1_000 + place as u64));
    }

    #[test]
    fn idle_workers_are_asked_in_turn() {
        let mut workers = Workers::new(4, 2, 4);
        let next = |workers: &mut Workers| {
            let place = workers.next_idle();
            place.inspect(|place| begin(workers, *place))
        };
        assert_eq!(
            [(); 5].map(|()| next(&mut workers)),
            [Some(0), Some(1), Some(2), Some(3), None]
        );
        workers.end(2);
        workers.end(1);
        // The first place is considered first again.
        assert_eq!([(); 3].map(|()| next(&mut workers)), [Some(1), Some(2), None]);
        workers.end(0);
        workers.end(3);
        assert_eq!([(); 2].map(|()| next(&mut workers)), [Some(3), Some(0)]);
    }

    #[test]
    fn a_worker_is_found_by_what_it_waits_for_and_by_nothing_older() {
        let mut workers = Workers::new(3, 3, 6);
        begin(&mut workers, 1);
        assert_eq!(workers.waiting_for(7, 1), Some(1));
        assert_eq!([workers.waiting_for(7, 2), workers.waiting_for(8, 1)], [None, None]);
        assert_eq!(workers.timed_out(Timer(1_001)), Some(1));
        workers.end(1);
        assert_eq!(workers.replace(1, false), Some(7));
        assert_eq!(workers.timed_out(Timer(1_001)), None);
        begin(&mut workers, 1);
        assert_eq!([workers.waiting_for(7, 1), workers.waiting_for(9, 1)], [None, Some(1)]);
    }

    #[test]
    fn a_further_request_replaces_the_one_before() {
        let mut workers = Workers::new(1, 1, 2);
        begin(&mut workers, 0);
        let msg = workers.next_message(0);
        assert_eq!(workers.ask(0, msg, Timer(7)), Some(Timer(1_000)));
        assert_eq!([workers.waiting_for(2, 1), workers.waiting_for(2, 2)], [None, Some(0)]);
        assert_eq!([workers.timed_out(Timer(1_000)), workers.timed_out(Timer(7))], [None, Some(0)]);
        workers.end(0);
        assert_eq!(workers.timed_out(Timer(7)), None);
    }

    #[test]
    fn all_is_done_when_each_has_done_its_last() {
        let mut workers = Workers::new(2, 1, 2);
        assert!(workers.are_done());
        begin(&mut workers, 0);
        workers.begin_final();
        // One is busy, the other waits, begins, and has done one.
        assert_eq!([0, 1].map(|place| workers.final_operations(place)), [None, Some((0, false))]);
        workers.wait(1, Timer(7));
        assert_eq!(workers.final_operations(1), None);
        assert_eq!(workers.end_wait(Timer(7)), Some(1));
        assert_eq!(workers.final_operations(1), Some((0, true)));
        begin_as(&mut workers, 1, true);
        workers.end(1);
        assert_eq!(workers.final_operations(1), Some((1, false)));
        // The operation that was under way was none of the final ones.
        workers.end(0);
        assert_eq!(workers.final_operations(0), Some((0, false)));
        workers.end_final(0);
        assert!(!workers.are_done());
        workers.end_final(1);
        assert!(workers.are_done());
    }

    /// A scan of all workers per operation would take minutes.
    #[test]
    fn a_hundred_thousand_workers_take_no_longer_each() {
        let mut workers = Workers::new(100_000, 1, 2);
        while let Some(place) = workers.next_idle() {
            begin(&mut workers, place);
        }
        for place in (0..workers.len()).rev() {
            let timeout = Timer(1_000 + place as u64);
            assert_eq!(workers.waiting_for(2 + place as u32, 1), Some(place));
            assert_eq!(workers.timed_out(timeout), Some(place));
            workers.end(place);
            workers.replace(place, false);
            assert!(workers.are_done() == (place == 0));
        }
    }
}
