//! The services that nodes may use: their names, requests and consistency.

use super::error::ErrorCode;
use super::rpc::{Field, FieldKind, Rpc};

/// A service that nodes may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// A linearizable key-value store.
    LinKv,
    /// A sequentially consistent key-value store.
    SeqKv,
    /// An eventually consistent key-value store, in which the last writer wins.
    LwwKv,
    /// A linearizable source of timestamps.
    LinTso,
}

impl Service {
    /// All of them, in the order of their places after the servers.
    pub const ALL: [Service; 4] = [Service::LinKv, Service::SeqKv, Service::LwwKv, Service::LinTso];

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Service::LinKv => "lin-kv",
            Service::SeqKv => "seq-kv",
            Service::LwwKv => "lww-kv",
            Service::LinTso => "lin-tso",
        }
    }
}

const KEY: Field = Field::new("key", FieldKind::Any, "the key; equal as JSON is equal");

const KV: &[Rpc] = &[
    Rpc {
        request: "read",
        fields: &[KEY],
        reply: "read_ok",
        reply_fields: &[Field::new("value", FieldKind::Any, "what is under the key")],
        errors: &[ErrorCode::KEY_DOES_NOT_EXIST],
        meaning: "Asks for what is under a key.",
    },
    Rpc {
        request: "write",
        fields: &[KEY, Field::new("value", FieldKind::Any, "what is under the key from then on")],
        reply: "write_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Sets what is under a key.",
    },
    Rpc {
        request: "cas",
        fields: &[
            KEY,
            Field::new("from", FieldKind::Any, "what has to be under the key"),
            Field::new("to", FieldKind::Any, "what is there from then on"),
            Field {
                name: "create_if_not_exists",
                kind: FieldKind::Boolean,
                optional: true,
                meaning: "whether a key that is missing is made, whatever `from` says",
            },
        ],
        reply: "cas_ok",
        reply_fields: &[],
        errors: &[ErrorCode::KEY_DOES_NOT_EXIST, ErrorCode::PRECONDITION_FAILED],
        meaning: "Sets what is under a key if it is as expected.",
    },
];

const TSO: &[Rpc] = &[Rpc {
    request: "ts",
    fields: &[],
    reply: "ts_ok",
    reply_fields: &[Field::new("ts", FieldKind::Integer, "0, 1, 2, …")],
    errors: &[],
    meaning: "Asks for a number greater than all that were given before.",
}];

impl Service {
    /// Returns the requests that it answers.
    pub fn rpcs(self) -> &'static [Rpc] {
        match self {
            Service::LinKv | Service::SeqKv | Service::LwwKv => KV,
            Service::LinTso => TSO,
        }
    }

    /// Describes the consistency that it guarantees.
    pub fn promise(self) -> &'static str {
        match self {
            Service::LinKv => "linearizable: one state, to which each request is put in turn",
            Service::SeqKv => {
                "sequentially consistent: what a node reads may be old, but never older than what \
                 it has seen, and its own writes that changed something are seen by it at once"
            }
            Service::LwwKv => {
                "eventually consistent: several replicas, of two writes to a key the later stays"
            }
            Service::LinTso => "linearizable timestamps",
        }
    }
}
