//! The requests to a linearizable key-value store and their replies, as types.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::glomers::{Caller, Cx, ErrorCode, Peer, Reply, Request, Rpc};

/// A request to a key-value store. Keys and values are any JSON, compared by value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum KvRequest {
    /// Reads the value of a key.
    Read { key: Value },
    /// Sets the value of a key, which need not exist.
    Write { key: Value, value: Value },
    /// Sets the value of a key to `to` if it is `from`.
    Cas { key: Value, from: Value, to: Value },
}

/// The outcome of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum KvReply {
    /// The value of the key.
    Value(Value),
    /// The value is written.
    Written,
    /// The value was the expected one, and is replaced.
    Swapped,
    /// Nothing is done: there is no such key.
    Missing,
    /// Nothing is done: the value is not the expected one.
    Mismatch,
}

/// A request to a key-value store, with its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KvCaller {
    caller: Caller,
    rpc: &'static Rpc,
}

impl KvRequest {
    /// Decodes a request; replies with an error and returns `None` if it is none to a key-value
    /// store.
    pub(crate) fn decode<P: Peer>(
        caller: Caller,
        request: Request,
        cx: &mut Cx<'_, P>,
    ) -> Option<(KvCaller, KvRequest)> {
        let Request::Rpc(rpc, mut fields) = request else {
            cx.refuse(caller);
            return None;
        };
        // A field that is missing is null, as for the services.
        let mut field = |name: &str| fields.remove(name).unwrap_or_default();
        let request = match rpc.request {
            "read" => KvRequest::Read { key: field("key") },
            "write" => KvRequest::Write { key: field("key"), value: field("value") },
            "cas" => KvRequest::Cas { key: field("key"), from: field("from"), to: field("to") },
            _ => {
                cx.refuse(caller);
                return None;
            }
        };
        Some((KvCaller { caller, rpc }, request))
    }
}

impl KvCaller {
    /// Replies with the outcome of the request.
    pub(crate) fn reply<P: Peer>(self, outcome: KvReply, cx: &mut Cx<'_, P>) {
        let fields = match outcome {
            KvReply::Value(value) => Map::from_iter([("value".to_owned(), value)]),
            KvReply::Written | KvReply::Swapped => Map::new(),
            KvReply::Missing => {
                return self.fail(ErrorCode::KEY_DOES_NOT_EXIST, "there is no such key", cx);
            }
            KvReply::Mismatch => {
                return self.fail(ErrorCode::PRECONDITION_FAILED, "it has another value", cx);
            }
        };
        cx.reply(self.caller, Reply::Rpc(self.rpc, fields));
    }

    /// Replies with an error.
    pub(crate) fn fail<P: Peer>(
        self,
        code: ErrorCode,
        text: impl Into<String>,
        cx: &mut Cx<'_, P>,
    ) {
        cx.fail(self.caller, code, text);
    }
}
