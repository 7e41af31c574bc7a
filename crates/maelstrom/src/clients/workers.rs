//! The workers of a run, indexed by their client, by the timeout of their operation, and by being
//! idle: no lookup scans all workers.

use std::collections::{BTreeMap, BTreeSet};

use crate::engine::time::Instant;
use crate::history::{EntryKind, F, Op, OpValue, Process};
use crate::node::{NodeId, Timer};

/// A worker: it carries out operations, one at a time.
#[derive(Debug)]
pub(super) struct Worker {
    process: u64,
    pub(super) client: u32,
    pub(super) node: NodeId,
    messages: u32,
    pub(super) under_way: Option<UnderWay>,
    /// Whether its final operation has yet to begin.
    owes_last: bool,
}

/// An operation in progress.
#[derive(Debug)]
pub(super) struct UnderWay {
    pub(super) msg: u32,
    pub(super) f: F,
    pub(super) value: OpValue,
    pub(super) is_final: bool,
    pub(super) timeout: Timer,
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
    /// Number of workers whose final operation has yet to begin.
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
            owes_last: false,
        };
        Workers {
            all: (0..count).map(worker).collect(),
            clients: (first..).zip(0..count as usize).collect(),
            timeouts: BTreeMap::new(),
            idle: (0..count as usize).collect(),
            turn: 0,
            next_client: first + count,
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
        self.timeouts.insert(op.timeout, place);
        self.all[place].under_way = Some(op);
    }

    /// Ends the operation of a worker, and returns it.
    pub(super) fn end(&mut self, place: usize) -> Option<UnderWay> {
        let op = self.all[place].under_way.take()?;
        self.timeouts.remove(&op.timeout);
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

    /// Gives each worker a final operation to begin.
    pub(super) fn owe_last(&mut self) {
        self.all.iter_mut().for_each(|worker| worker.owes_last = true);
        self.owing = self.all.len();
    }

    /// Takes a worker's final operation, if it has one and is idle: returns true once per worker.
    pub(super) fn takes_last(&mut self, place: usize) -> bool {
        let worker = &mut self.all[place];
        let takes = worker.owes_last && worker.under_way.is_none();
        if takes {
            worker.owes_last = false;
            self.owing -= 1;
        }
        takes
    }

    /// Whether no operation is in progress, and no final one has yet to begin.
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
        let msg = workers.next_message(place);
        let timeout = Timer(1_000 + place as u64);
        let (f, value) = (F::Read, OpValue::Nil);
        workers.begin(place, UnderWay { msg, f, value, is_final: false, timeout });
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
    fn all_is_done_when_each_has_done_its_last() {
        let mut workers = Workers::new(2, 1, 2);
        assert!(workers.are_done());
        workers.owe_last();
        begin(&mut workers, 0);
        assert!(!workers.takes_last(0) && workers.takes_last(1) && !workers.takes_last(1));
        assert!(!workers.are_done());
        workers.end(0);
        assert!(!workers.are_done() && workers.takes_last(0) && workers.are_done());
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
