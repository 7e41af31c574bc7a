//! `lin-kv`: linearizable reads, writes and compare-and-sets of keys: as if each had one copy.
//!
//! As Jepsen's linearizable register has it: the workers form groups of twice as many as there are
//! nodes, and each group works on one key until 20 processes have used it, then on the next. The
//! first half of a group reads; the others write, and compare and set, small numbers, so that
//! values recur.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::error::ErrorCode;
use crate::history::{EntryKind, F, Op, OpValue};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};
use crate::workload::ClientParameters;

const KEY: Field = Field::new("key", FieldKind::Any, "the key");

const READ: Rpc = Rpc {
    request: "read",
    fields: &[KEY],
    reply: "read_ok",
    reply_fields: &[Field::new("value", FieldKind::Any, "the value of the key")],
    errors: &[ErrorCode::KEY_DOES_NOT_EXIST],
    meaning: "Asks for the value of a key.",
};

const WRITE: Rpc = Rpc {
    request: "write",
    fields: &[KEY, Field::new("value", FieldKind::Any, "its value from then on")],
    reply: "write_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Sets the value of a key, which need not exist.",
};

const CAS: Rpc = Rpc {
    request: "cas",
    fields: &[
        KEY,
        Field::new("from", FieldKind::Any, "the value that it has to have"),
        Field::new("to", FieldKind::Any, "its value from then on"),
    ],
    reply: "cas_ok",
    reply_fields: &[],
    errors: &[ErrorCode::KEY_DOES_NOT_EXIST, ErrorCode::PRECONDITION_FAILED],
    meaning: "Sets the value of a key if it has the expected one.",
};

/// A store of keys and values.
pub static LIN_KV: Workload = Workload {
    name: "lin-kv",
    idea: "Clients read, write, and compare and set keys that all nodes share, as if there were \
           one copy of\neach.",
    rpcs: &[READ, WRITE, CAS],
    operations: &["read", "write", "cas"],
    options: &[],
    has_topology: false,
    final_operation: None,
    errors: Errors::Caught,
    reuses_clients: true,
    workers: WorkerCount::Groups(2),
    client_timeout: ClientTimeout::TenLatencies,
    figures: &[],
    checker: Some(HistoryChecker::LinKv),
    clients: |parameters| Box::new(LinKv::new(parameters)),
};

/// Values are numbers below this.
const VALUES: u64 = 5;
/// Number of processes that use a key before its group goes on to another one.
const PROCESSES_PER_KEY: usize = 20;

/// The generator and its groups.
#[derive(Debug)]
struct LinKv {
    /// Number of workers in a group; the first half reads.
    group_size: usize,
    /// Number of operations of each worker whose outcome is unknown: each ended a process.
    crashes: Vec<u32>,
    /// The keys in use, by group.
    keys: BTreeMap<usize, GroupKey>,
    next_key: u64,
}

/// The key of a group, and the processes that have used it, as workers and their crashes before.
#[derive(Debug)]
struct GroupKey {
    key: u64,
    processes: BTreeSet<(usize, u32)>,
}

impl LinKv {
    fn new(parameters: ClientParameters) -> LinKv {
        let workers = parameters.concurrency as usize;
        let group = LIN_KV.workers.default_for(parameters.servers) as usize;
        let group_size = group.clamp(1, workers.max(1));
        LinKv { group_size, crashes: vec![0; workers], keys: BTreeMap::new(), next_key: 0 }
    }

    /// Returns the key of a worker's next operation.
    fn key(&mut self, worker: usize) -> u64 {
        let process = (worker, self.crashes[worker]);
        let used_up =
            |used: &BTreeSet<_>| used.len() == PROCESSES_PER_KEY && !used.contains(&process);
        let next = || GroupKey { key: self.next_key, processes: BTreeSet::new() };
        let group = match self.keys.entry(worker / self.group_size) {
            Entry::Vacant(free) => {
                let group = free.insert(next());
                self.next_key += 1;
                group
            }
            Entry::Occupied(mut group) => {
                if used_up(&group.get().processes) {
                    group.insert(next());
                    self.next_key += 1;
                }
                group.into_mut()
            }
        };
        group.processes.insert(process);
        group.key
    }
}

impl WorkloadClients for LinKv {
    fn next(&mut self, worker: usize, rng: &mut Rng) -> (F, OpValue) {
        let key = self.key(worker);
        let reads = self.group_size == 1 && rng.below(2) == 0;
        let (f, argument) = if reads || worker % self.group_size < self.group_size / 2 {
            (F::Read, Value::Null)
        } else if rng.below(3) == 0 {
            (F::Write, json!(rng.below(VALUES)))
        } else {
            (F::Cas, json!([rng.below(VALUES), rng.below(VALUES)]))
        };
        (f, OpValue::from_json(json!([key, argument])))
    }

    fn is_idempotent(&self, f: &F) -> bool {
        *f == F::Read
    }

    fn on_end(&mut self, worker: usize, entry: &mut Op) {
        self.crashes[worker] += u32::from(entry.kind == EntryKind::Info);
    }

    fn request(&self, f: &F, value: &OpValue) -> Request {
        let (key, argument) = pair(value);
        let (rpc, more): (&Rpc, Vec<(&str, Value)>) = match f {
            F::Write => (&WRITE, vec![("value", argument)]),
            F::Cas => {
                let (from, to) = pair(&OpValue::Json(argument));
                (&CAS, vec![("from", from), ("to", to)])
            }
            _ => (&READ, vec![]),
        };
        let fields = [("key", key)].into_iter().chain(more);
        let fields: Map<String, Value> =
            fields.map(|(name, value)| (name.to_owned(), value)).collect();
        Request::Rpc(rpc, fields)
    }

    fn decoded(&self, op: &Operation<'_>, value: OpValue) -> OpValue {
        OpValue::from_json(json!([pair(op.value).0, value.to_json()]))
    }

    fn result(&self, op: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match (op.f, reply) {
            (F::Read, Reply::Rpc(rpc, fields)) if rpc.reply == READ.reply => {
                let value = fields.get("value").cloned().unwrap_or_default();
                Some(self.decoded(op, OpValue::Json(value)))
            }
            (F::Write, Reply::Rpc(rpc, _)) if rpc.reply == WRITE.reply => Some(op.value.clone()),
            (F::Cas, Reply::Rpc(rpc, _)) if rpc.reply == CAS.reply => Some(op.value.clone()),
            _ => None,
        }
    }
}

/// The two items of a list: a key and its argument, or the two values of a compare-and-set.
fn pair(value: &OpValue) -> (Value, Value) {
    let list = value.to_json();
    let item = |place: usize| list.get(place).cloned().unwrap_or_default();
    (item(0), item(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::time::Instant;
    use crate::history::Process;

    fn generator(servers: u32, concurrency: u32) -> LinKv {
        let rate = crate::engine::ratio::Ratio::ONE;
        LinKv::new(ClientParameters {
            servers,
            concurrency,
            rate,
            key_count: 1,
            max_writes_per_key: 1,
            max_txn_length: 1,
        })
    }

    #[test]
    fn each_group_has_a_key_of_its_own_and_its_first_half_reads() {
        let mut generator = generator(2, 8);
        let rng = &mut Rng::from_draw(1);
        for worker in 0..8 {
            let (f, value) = generator.next(worker, rng);
            assert_eq!(pair(&value).0, json!(worker / 4));
            assert_eq!(f == F::Read, worker % 4 < 2);
        }
    }

    #[test]
    fn a_key_is_left_when_20_processes_have_used_it() {
        let mut generator = generator(1, 2);
        let rng = &mut Rng::from_draw(1);
        let mut keys = Vec::new();
        for _ in 0..42 {
            let (f, value) = generator.next(1, rng);
            keys.push(pair(&value).0);
            let process = Process::Client(1);
            let mut entry = Op::new(Instant::ZERO, process, EntryKind::Info, f);
            generator.on_end(1, &mut entry);
        }
        let uses = |key: u64| keys.iter().filter(|used| **used == json!(key)).count();
        assert_eq!([uses(0), uses(1), uses(2)], [20, 20, 2]);
    }
}
