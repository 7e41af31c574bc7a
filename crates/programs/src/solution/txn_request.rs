//! The requests of transactional workloads and their replies, as types.

use serde_json::{Map, Value, json};

use super::txn_variant::TxnVariant;
use crate::glomers::{Caller, Cx, EffectKind, ErrorCode, Peer, Reply, Request, Rpc};

/// A micro-operation. Keys are texts, whatever JSON they were; they are sent back as they came.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum MicroOp {
    /// Reads a key.
    Read(Value),
    /// Writes a value to a register.
    Write(Value, Value),
    /// Appends an element to a list.
    Append(Value, Value),
}

impl MicroOp {
    /// Returns the key, as a text.
    pub(crate) fn key(&self) -> String {
        match self {
            MicroOp::Read(key) | MicroOp::Write(key, _) | MicroOp::Append(key, _) => {
                key.to_string()
            }
        }
    }

    /// Whether it reads.
    pub(crate) fn is_read(&self) -> bool {
        matches!(self, MicroOp::Read(_))
    }

    /// Returns the completed micro-operation; `read` is what a read returned.
    pub(crate) fn completed(&self, read: Option<Value>) -> Value {
        match self {
            MicroOp::Read(key) => json!(["r", key, read]),
            MicroOp::Write(key, value) => json!(["w", key, value]),
            MicroOp::Append(key, element) => json!(["append", key, element]),
        }
    }

    fn decode(item: Value) -> Option<MicroOp> {
        let Value::Array(parts) = item else { return None };
        let [name, key, value] = <[Value; 3]>::try_from(parts).ok()?;
        match name.as_str()? {
            "r" => Some(MicroOp::Read(key)),
            "w" => Some(MicroOp::Write(key, value)),
            "append" => Some(MicroOp::Append(key, value)),
            _ => None,
        }
    }
}

/// The sender of a transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TxnCaller {
    caller: Caller,
    rpc: &'static Rpc,
}

impl TxnCaller {
    /// Decodes a transaction; replies with an error and returns `None` if the request is none.
    pub(crate) fn decode<P: Peer>(
        caller: Caller,
        request: Request,
        cx: &mut Cx<'_, P>,
    ) -> Option<(TxnCaller, Vec<MicroOp>)> {
        let Request::Rpc(rpc, mut fields) = request else {
            cx.refuse(caller);
            return None;
        };
        let ops = match fields.remove("txn") {
            Some(Value::Array(items)) if rpc.request == "txn" => {
                items.into_iter().map(MicroOp::decode).collect::<Option<Vec<_>>>()
            }
            _ => None,
        };
        if ops.is_none() {
            let text = "txn is a list of [\"r\", key, null], [\"w\", key, value] and [\"append\", \
                        key, element]";
            cx.fail(caller, ErrorCode::MALFORMED_REQUEST, text);
        }
        Some((TxnCaller { caller, rpc }, ops?))
    }

    /// Ends a transaction that took effect, as a variant does.
    pub(crate) fn end<V: TxnVariant, P: Peer>(self, ops: Vec<Value>, cx: &mut Cx<'_, P>) {
        if V::ABORTS_LATE > 0 && cx.rng().below(V::ABORTS_LATE) == 0 {
            cx.fail(self.caller, ErrorCode::TXN_CONFLICT, "aborted");
        } else {
            self.completed(ops, cx);
        }
    }

    /// Records that all writes of a transaction take effect now, in their order, and that it is
    /// committed.
    pub(crate) fn takes_effect<P: Peer>(&self, ops: &[MicroOp], cx: &mut Cx<'_, P>) {
        for op in ops {
            self.writes(op, cx);
        }
        self.commits(cx);
    }

    /// Records that a write of a transaction takes effect now.
    pub(crate) fn writes<P: Peer>(&self, op: &MicroOp, cx: &mut Cx<'_, P>) {
        if let MicroOp::Write(key, value) = op {
            let (key, value) = (key.clone(), value.clone());
            cx.effect(self.caller, EffectKind::Write { key, value });
        }
    }

    /// Records that a transaction is committed now.
    pub(crate) fn commits<P: Peer>(&self, cx: &mut Cx<'_, P>) {
        cx.effect(self.caller, EffectKind::Commit);
    }

    /// Replies with the completed micro-operations.
    pub(crate) fn completed<P: Peer>(self, ops: Vec<Value>, cx: &mut Cx<'_, P>) {
        let fields = Map::from_iter([("txn".to_owned(), Value::Array(ops))]);
        cx.reply(self.caller, Reply::Rpc(self.rpc, fields));
    }
}
