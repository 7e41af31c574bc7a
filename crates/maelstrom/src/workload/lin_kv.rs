//! `lin-kv`: linearizable reads, writes and compare-and-sets of keys: as if each had one copy.
//!
//! As Jepsen's linearizable register has it: the workers form groups of twice as many as there are
//! nodes, and each group works on one key for a while, then on the next. The first half of a group
//! reads; the others write, and compare and set, small numbers, so that values recur.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{Errors, Operation, Workload, WorkloadClients};
use crate::engine::rng::Rng;
use crate::error::ErrorCode;
use crate::history::{F, OpValue};
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
pub(super) static LIN_KV: Workload = Workload {
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
    figures: &[],
    checker: None,
    clients: |parameters| Box::new(LinKv::new(parameters)),
};

/// Values are numbers below this.
const VALUES: u64 = 5;
/// Number of operations on a key before its group goes on to another one.
const OPERATIONS_PER_KEY: u32 = 200;

/// The generator and its groups.
#[derive(Debug)]
struct LinKv {
    /// Number of workers in a group; the first half reads.
    group_size: usize,
    /// The key of each group, and the number of operations that it still has.
    keys: BTreeMap<usize, (u64, u32)>,
    next_key: u64,
}

impl LinKv {
    fn new(parameters: ClientParameters) -> LinKv {
        let nodes = parameters.servers as usize;
        let group_size = (2 * nodes).clamp(1, parameters.concurrency.max(1) as usize);
        LinKv { group_size, keys: BTreeMap::new(), next_key: 0 }
    }

    fn key(&mut self, group: usize) -> u64 {
        let key = self.keys.entry(group).or_insert((0, 0));
        if key.1 == 0 {
            *key = (self.next_key, OPERATIONS_PER_KEY);
            self.next_key += 1;
        }
        key.1 -= 1;
        key.0
    }
}

impl WorkloadClients for LinKv {
    fn next(&mut self, worker: usize, rng: &mut Rng) -> (F, OpValue) {
        let key = self.key(worker / self.group_size);
        let reads = self.group_size == 1 && rng.below(2) == 0;
        let (f, argument) = if reads || worker % self.group_size < self.group_size / 2 {
            (F::Read, Value::Null)
        } else if rng.below(3) == 0 {
            (F::Write, json!(rng.below(VALUES)))
        } else {
            (F::Cas, json!([rng.below(VALUES), rng.below(VALUES)]))
        };
        (f, OpValue::Json(json!([key, argument])))
    }

    fn is_idempotent(&self, f: &F) -> bool {
        *f == F::Read
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
        OpValue::Json(json!([pair(op.value).0, value.to_json()]))
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
