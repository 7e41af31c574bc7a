//! The protocol as tables: requests and replies with their fields.
//!
//! Lines of hosted processes are validated against these tables, and the reference pages are
//! generated from them, so that the two cannot disagree. Source: Maelstrom's protocol and
//! workloads.

use super::error::ErrorCode;

/// A request, and its reply.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rpc {
    /// The `type` of the request.
    pub request: &'static str,
    /// Fields of the request besides `type` and `msg_id`.
    pub fields: &'static [Field],
    /// The `type` of the reply.
    pub reply: &'static str,
    /// Fields of the reply besides `type`, `in_reply_to` and `msg_id`; it has no others.
    pub reply_fields: &'static [Field],
    /// Errors with a specific meaning for this request.
    pub errors: &'static [ErrorCode],
    /// What the request asks for.
    pub meaning: &'static str,
}

/// A field of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: FieldKind,
    /// Whether it may be missing.
    pub optional: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// A kind of value that a field may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any JSON value.
    Any,
    /// An integer that fits in 64 bits with a sign.
    Integer,
    /// True or false.
    Boolean,
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A list of integers.
    Integers,
    /// An object with a list of nodes for each node.
    Neighbours,
    /// An object with an integer for each key.
    Offsets,
    /// An object with a list of pairs for each key, or null: an integer and any JSON value.
    Messages,
    /// A list of micro-operations on lists: `["append", key, element]` and `["r", key, elements]`.
    ListOps,
    /// A list of micro-operations on registers: `["w", key, value]` and `["r", key, value]`.
    RegisterOps,
}

impl FieldKind {
    /// Describes the kind of value.
    pub fn describe(self) -> &'static str {
        match self {
            FieldKind::Any => "any JSON value",
            FieldKind::Integer => "an integer",
            FieldKind::Boolean => "true or false",
            FieldKind::Text => "a string",
            FieldKind::Texts => "a list of strings",
            FieldKind::Integers => "a list of integers",
            FieldKind::Neighbours => "an object with a list of nodes for each node",
            FieldKind::Offsets => "an object with an integer for each key",
            FieldKind::ListOps => {
                "a list of micro-operations [\"append\", key, element] and [\"r\", key, elements]"
            }
            FieldKind::RegisterOps => {
                "a list of micro-operations [\"w\", key, value] and [\"r\", key, value]"
            }
            FieldKind::Messages => "an object with a list of pairs [offset, message] for each key",
        }
    }
}

impl Field {
    /// Creates a required field.
    pub const fn new(name: &'static str, kind: FieldKind, meaning: &'static str) -> Field {
        Field { name, kind, optional: false, meaning }
    }
}

/// The start of a node: its name, and those of all nodes. The first message that it receives.
pub const INIT: Rpc = Rpc {
    request: "init",
    fields: &[
        Field::new("node_id", FieldKind::Text, "the name of this node"),
        Field::new("node_ids", FieldKind::Texts, "the names of all nodes, this one among them"),
    ],
    reply: "init_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Starts a node: its name, and the names of all nodes. Before its reply it receives \
              nothing else, except replies of services.",
};

/// The neighbours of each node.
pub const TOPOLOGY: Rpc = Rpc {
    request: "topology",
    fields: &[Field::new("topology", FieldKind::Neighbours, "the neighbours of each node")],
    reply: "topology_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Proposes neighbours to a node, once, before the first operation. It may ignore \
              them.",
};
