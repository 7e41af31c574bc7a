//! `txn-list-append` and `txn-rw-register`: transactions on lists, and on registers.
//!
//! As Maelstrom's workloads of those names. A transaction is a list of micro-operations on keys
//! that all nodes share: half of them read, the others append to a list or write to a register. The
//! values that are written to a key count from 1, so that each names its writer.

use serde_json::{Map, Value};

use super::key_pool::KeyPool;
use super::{ClientTimeout, Errors, Operation, WorkerCount, Workload, WorkloadClients};
use crate::check::HistoryChecker;
use crate::engine::rng::Rng;
use crate::error::ErrorCode;
use crate::history::{F, OpValue, TxnOp, TxnRead};
use crate::protocol::{Reply, Request};
use crate::rpc::{Field, FieldKind, Rpc};
use crate::workload::ClientParameters;

const IN_ORDER: &str = "the micro-operations, in order; the value of a read is null";
const COMPLETED: &str = "the same, with what each read returned";

/// A transaction on registers.
const REGISTER_TXN: Rpc = Rpc {
    request: "txn",
    fields: &[Field::new("txn", FieldKind::RegisterOps, IN_ORDER)],
    reply: "txn_ok",
    reply_fields: &[Field::new("txn", FieldKind::RegisterOps, COMPLETED)],
    errors: &[ErrorCode::TXN_CONFLICT],
    meaning: "Carries out a transaction. A key need not exist: it reads as null.",
};

/// A transaction on lists.
const LIST_TXN: Rpc = Rpc {
    fields: &[Field::new("txn", FieldKind::ListOps, IN_ORDER)],
    reply_fields: &[Field::new("txn", FieldKind::ListOps, COMPLETED)],
    ..REGISTER_TXN
};

const OPTIONS: &[&str] =
    &["key_count", "max_writes_per_key", "max_txn_length", "consistency_models"];

/// Transactions on lists.
pub static TXN_LIST_APPEND: Workload = Workload {
    name: "txn-list-append",
    idea: "Clients carry out transactions of up to four micro-operations on lists: each reads a \
           list or appends\nto one.",
    rpcs: &[LIST_TXN],
    checker: Some(HistoryChecker::TxnListAppend),
    clients: |parameters| Box::new(Txn::new(parameters, &LIST_TXN, Writes::Append)),
    figures: &[],
    ..REGISTERS
};

/// Transactions on registers.
pub static TXN_RW_REGISTER: Workload = REGISTERS;

const REGISTERS: Workload = Workload {
    name: "txn-rw-register",
    idea: "Clients carry out transactions of up to four micro-operations on registers: each reads \
           a register or\nwrites to one.",
    rpcs: &[REGISTER_TXN],
    operations: &["txn"],
    options: OPTIONS,
    has_topology: false,
    final_operation: None,
    errors: Errors::Caught,
    reuses_clients: true,
    workers: WorkerCount::Any,
    client_timeout: ClientTimeout::FiveSeconds,
    figures: &["white_box.violated", "white_box.missed"],
    checker: Some(HistoryChecker::TxnRwRegister),
    clients: |parameters| Box::new(Txn::new(parameters, &REGISTER_TXN, Writes::Write)),
};

/// What a micro-operation does if it does not read.
#[derive(Clone, Copy, Debug)]
enum Writes {
    /// It appends to a list.
    Append,
    /// It writes to a register.
    Write,
}

/// The generator.
#[derive(Debug)]
struct Txn {
    rpc: &'static Rpc,
    writes: Writes,
    keys: KeyPool,
    max_length: u64,
}

impl Txn {
    fn new(parameters: ClientParameters, rpc: &'static Rpc, writes: Writes) -> Txn {
        let ClientParameters { key_count, max_writes_per_key, max_txn_length, .. } = parameters;
        let keys = KeyPool::new(key_count, max_writes_per_key);
        Txn { rpc, writes, keys, max_length: max_txn_length }
    }

    fn micro_op(&mut self, rng: &mut Rng) -> TxnOp {
        let place = self.keys.choose(rng);
        if rng.below(2) == 0 {
            return TxnOp::Read { key: signed(self.keys.key(place)), value: TxnRead::Nil };
        }
        let (key, number) = self.keys.write(place);
        let (key, number) = (signed(key), signed(number));
        match self.writes {
            Writes::Append => TxnOp::Append { key, element: number },
            Writes::Write => TxnOp::Write { key, value: number },
        }
    }
}

impl WorkloadClients for Txn {
    fn next(&mut self, _: usize, rng: &mut Rng) -> (F, OpValue) {
        let length = 1 + rng.below(self.max_length);
        (F::Txn, OpValue::Txn((0..length).map(|_| self.micro_op(rng)).collect()))
    }

    fn request(&self, _: &F, value: &OpValue) -> Request {
        Request::Rpc(self.rpc, Map::from_iter([("txn".to_owned(), value.to_json())]))
    }

    fn result(&self, _: &Operation<'_>, reply: Reply) -> Option<OpValue> {
        match reply {
            Reply::Rpc(rpc, mut fields) if rpc.reply == self.rpc.reply => {
                Some(OpValue::from_json(fields.remove("txn").unwrap_or(Value::Null)))
            }
            _ => None,
        }
    }
}

fn signed(number: u64) -> i64 {
    number.cast_signed()
}
