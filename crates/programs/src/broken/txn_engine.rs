//! A transactional store on a single node that carries out many transactions at a time, with the
//! guarantees that its policy leaves: what the broken stores have in common.
//!
//! Idea: each micro-operation takes some time, so that transactions overlap. Their reads are of a
//! *copy* of all registers, as it was when they began; their writes are put into all copies when
//! they commit. A transaction that may not commit begins anew, so that none fails.
//!
//! ```text
//! begin ─ view of a copy ─ r ─ w ─ … ─ validate ─ commit ─► copy 0, at once
//!   ▲                                     │            └──► other copies, later
//!   └──────────────── begin anew ◄────────┘
//! ```
//!
//! With the policy's defaults every history is strictly serializable: there is one copy, and what a
//! transaction has read must still be so when it commits.

use std::collections::BTreeMap;
use std::marker::PhantomData;

use serde_json::Value;

use crate::engine::time::Duration;
use crate::glomers::{Build, Caller, Cx, Options, Request, Server};
use crate::node::Timer;
use crate::solution::{MicroOp, TxnCaller};

/// What reads see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reads {
    /// The copy as it was when the transaction began, and its own writes.
    Snapshot,
    /// The copy as it is at the time of each read, and its own writes.
    Statement,
    /// The copy and its own writes; all writes are put into the copy at once, before their
    /// transaction ends.
    Dirty,
}

/// What must not have changed when a transaction commits, since it has read it or begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Validates {
    /// All that it has read, and all that it writes.
    All,
    /// All that it writes: the first of two that overlap wins.
    Written,
    /// What it has both read and written.
    Updated,
    /// Nothing.
    Nothing,
}

/// Which copy a transaction reads; its commit reaches that one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Copies {
    /// There is one.
    One,
    /// Each client has one of these many; commits reach the others in their order after [`LAG`].
    OfClients(u32),
    /// The same, but each commit reaches each copy at any time up to twice [`LAG`] later.
    OfClientsUnordered(u32),
    /// Transactions that only read have the second one, which lags behind by [`LAG`].
    OfReaders,
    /// The same, but it waits until it has all that its client has done or seen.
    OfReadersInOrder,
}

/// A policy of the store.
pub(super) trait Policy: std::fmt::Debug + 'static {
    const READS: Reads = Reads::Snapshot;
    const VALIDATES: Validates = Validates::All;
    const COPIES: Copies = Copies::One;
    /// Whether the writes of a commit are put into the copy one after the other, with time between
    /// them. Until then no other one may write these registers.
    const WRITES_APART: bool = false;
}

/// Maximum time of a micro-operation.
const STEP: Duration = Duration::from_ms(2);
/// Time after which other copies receive a commit.
const LAG: Duration = Duration::from_ms(50);

/// A value with the number of the commit that wrote it.
type Version = (u64, Value);
/// All registers.
type Registers = BTreeMap<String, Version>;

/// The node.
#[derive(Debug)]
pub(super) struct Engine<P> {
    /// Number of commits.
    commits: u64,
    /// The latest committed version of each register.
    latest: Registers,
    copies: Vec<Registers>,
    /// For each copy, the number of the last commit that it has received.
    received: Vec<u64>,
    /// For each client, the last commit that it has done or seen.
    seen: BTreeMap<u32, u64>,
    active: BTreeMap<Timer, Active>,
    /// Commits on their way to other copies.
    on_the_way: BTreeMap<Timer, Commit>,
    /// Registers that a commit is being written to.
    locked: Vec<String>,
    policy: PhantomData<P>,
}

/// A commit for a copy.
#[derive(Debug)]
struct Commit {
    copy: usize,
    number: u64,
    writes: Vec<(String, Value)>,
}

/// A transaction that has not ended.
#[derive(Debug)]
struct Active {
    caller: TxnCaller,
    client: u32,
    ops: Vec<MicroOp>,
    /// What it has done so far.
    completed: Vec<Value>,
    copy: usize,
    view: Registers,
    /// Number of the version of each register that it has read; 0 for none.
    read: BTreeMap<String, u64>,
    written: Vec<(String, Value)>,
    /// Once it commits: how many of its writes are in the copy.
    installed: Option<(u64, usize)>,
}

impl Active {
    fn is_read_only(&self) -> bool {
        self.ops.iter().all(MicroOp::is_read)
    }

    /// The last write to each register, in the order of their first writes.
    fn last_writes(&self) -> Vec<(String, Value)> {
        let mut last: Vec<(String, Value)> = Vec::new();
        for (key, value) in &self.written {
            match last.iter_mut().find(|(known, _)| known == key) {
                Some(known) => known.1.clone_from(value),
                None => last.push((key.clone(), value.clone())),
            }
        }
        last
    }
}

impl<P: Policy> Engine<P> {
    /// Sets a timer for the next step of a transaction.
    fn wait(&mut self, active: Active, cx: &mut Cx<'_, ()>) {
        let after = Duration::from_ns(cx.rng().below(STEP.as_ns()));
        self.active.insert(cx.set_timer(after), active);
    }

    fn copy_of(&self, active: &Active) -> usize {
        match P::COPIES {
            Copies::One => 0,
            Copies::OfClients(count) | Copies::OfClientsUnordered(count) => {
                (active.client % count) as usize
            }
            Copies::OfReaders | Copies::OfReadersInOrder => usize::from(active.is_read_only()),
        }
    }

    /// Begins a transaction, or begins it anew.
    fn begin(&mut self, mut active: Active, cx: &mut Cx<'_, ()>) {
        active.copy = self.copy_of(&active);
        active.completed.clear();
        active.read.clear();
        active.written.clear();
        self.wait(active, cx);
    }

    /// Whether a copy has all that a client has done or seen.
    fn is_current(&self, active: &Active) -> bool {
        let seen = self.seen.get(&active.client).copied().unwrap_or_default();
        P::COPIES != Copies::OfReadersInOrder || self.received[active.copy] >= seen
    }

    /// Continues a transaction.
    fn step(&mut self, mut active: Active, cx: &mut Cx<'_, ()>) {
        if active.installed.is_some() {
            return self.install(active, cx);
        }
        if active.completed.is_empty() {
            if !self.is_current(&active) {
                return self.wait(active, cx);
            }
            // One that reads what is there at each step needs no view.
            if P::READS != Reads::Dirty {
                active.view = self.copies[active.copy].clone();
            }
        }
        match active.ops.get(active.completed.len()).cloned() {
            Some(op) => {
                self.carry_out(&op, &mut active);
                if P::READS == Reads::Dirty {
                    active.caller.writes(&op, cx);
                }
                self.wait(active, cx);
            }
            None if self.may_commit(&active) => self.commit(active, cx),
            None => self.begin(active, cx),
        }
    }

    fn carry_out(&mut self, op: &MicroOp, active: &mut Active) {
        let key = op.key();
        if let MicroOp::Write(_, value) | MicroOp::Append(_, value) = op {
            active.written.push((key.clone(), value.clone()));
            if P::READS == Reads::Dirty {
                self.copies[0].insert(key, (0, value.clone()));
            }
            active.completed.push(op.completed(None));
            return;
        }
        let own = active.written.iter().rev().find(|(written, _)| *written == key);
        let own = own.map(|(_, value)| value.clone());
        let version = match P::READS {
            Reads::Snapshot => active.view.get(&key),
            Reads::Statement | Reads::Dirty => self.copies[active.copy].get(&key),
        };
        let read = own.or_else(|| version.map(|(_, value)| value.clone()));
        let number = version.map_or(0, |(number, _)| *number);
        active.read.entry(key).or_insert(number);
        active.completed.push(op.completed(read));
    }

    fn may_commit(&self, active: &Active) -> bool {
        let is_same = |key: &String, number: u64| {
            self.latest.get(key).map_or(0, |(number, _)| *number) == number
        };
        let seen = |key: &String| active.view.get(key).map_or(0, |(number, _)| *number);
        let mut written = active.written.iter().map(|(key, _)| key);
        if written.clone().any(|key| self.locked.contains(key)) {
            return false;
        }
        let has_current_writes = written.all(|key| is_same(key, seen(key)));
        match P::VALIDATES {
            Validates::Nothing => true,
            // It is as if it had run when its copy was current.
            _ if active.is_read_only() && P::VALIDATES != Validates::All => true,
            _ if active.is_read_only() && P::COPIES != Copies::One => true,
            Validates::Written => has_current_writes,
            Validates::Updated => {
                let mut updated = active
                    .read
                    .iter()
                    .filter(|(key, _)| active.written.iter().any(|(written, _)| written == *key));
                updated.all(|(key, number)| is_same(key, *number))
            }
            Validates::All => {
                active.read.iter().all(|(key, number)| is_same(key, *number)) && has_current_writes
            }
        }
    }

    /// Commits a transaction: its writes are put into its copy, and go to the others.
    fn commit(&mut self, mut active: Active, cx: &mut Cx<'_, ()>) {
        if P::READS == Reads::Dirty {
            active.caller.commits(cx);
            return active.caller.completed(active.completed, cx);
        }
        active.caller.takes_effect(&active.ops, cx);
        if active.written.is_empty() {
            let seen = self.received[active.copy];
            let known = self.seen.entry(active.client).or_default();
            *known = seen.max(*known);
            return active.caller.completed(active.completed, cx);
        }
        self.commits += 1;
        self.seen.insert(active.client, self.commits);
        let writes = active.last_writes();
        for (key, value) in &writes {
            self.latest.insert(key.clone(), (self.commits, value.clone()));
        }
        if P::WRITES_APART {
            self.locked.extend(writes.iter().map(|(key, _)| key.clone()));
            active.installed = Some((self.commits, 0));
            return self.install(active, cx);
        }
        self.receive(active.copy, self.commits, &writes);
        for copy in (0..self.copies.len()).filter(|copy| *copy != active.copy) {
            let lag = match P::COPIES {
                Copies::OfClientsUnordered(_) => Duration::from_ns(cx.rng().below(2 * LAG.as_ns())),
                _ => LAG,
            };
            let commit = Commit { copy, number: self.commits, writes: writes.clone() };
            self.on_the_way.insert(cx.set_timer(lag), commit);
        }
        active.caller.completed(active.completed, cx);
    }

    /// Puts the next write of a commit into the copy, and ends it after the last one.
    fn install(&mut self, mut active: Active, cx: &mut Cx<'_, ()>) {
        let writes = active.last_writes();
        let Some((number, place)) = active.installed else { return };
        let Some(write) = writes.get(place) else {
            self.locked.retain(|key| writes.iter().all(|(written, _)| written != key));
            return active.caller.completed(active.completed, cx);
        };
        self.receive(active.copy, number, std::slice::from_ref(write));
        active.installed = Some((number, place + 1));
        self.wait(active, cx);
    }

    /// Puts the writes of a commit into a copy, where no later ones are there.
    fn receive(&mut self, copy: usize, number: u64, writes: &[(String, Value)]) {
        self.received[copy] = self.received[copy].max(number);
        for (key, value) in writes {
            let registers = &mut self.copies[copy];
            if registers.get(key).is_none_or(|(known, _)| *known < number) {
                registers.insert(key.clone(), (number, value.clone()));
            }
        }
    }
}

impl<P: Policy> Build for Engine<P> {
    fn build(_: &Options) -> Engine<P> {
        let copies = match P::COPIES {
            Copies::One => 1,
            Copies::OfClients(count) | Copies::OfClientsUnordered(count) => count as usize,
            Copies::OfReaders | Copies::OfReadersInOrder => 2,
        };
        Engine {
            commits: 0,
            latest: Registers::new(),
            copies: vec![Registers::new(); copies],
            received: vec![0; copies],
            seen: BTreeMap::new(),
            active: BTreeMap::new(),
            on_the_way: BTreeMap::new(),
            locked: Vec::new(),
            policy: PhantomData,
        }
    }
}

impl<P: Policy> Server for Engine<P> {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let client = caller.client();
        let Some((caller, ops)) = TxnCaller::decode(caller, request, cx) else { return };
        let active = Active {
            caller,
            client,
            ops,
            completed: Vec::new(),
            copy: 0,
            view: Registers::new(),
            read: BTreeMap::new(),
            written: Vec::new(),
            installed: None,
        };
        self.begin(active, cx);
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, ()>) {
        if let Some(active) = self.active.remove(&timer) {
            self.step(active, cx);
        } else if let Some(Commit { copy, number, writes }) = self.on_the_way.remove(&timer) {
            self.receive(copy, number, &writes);
        }
    }
}
