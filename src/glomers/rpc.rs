//! The protocol as tables: what is asked with which fields, what is answered, and the rules that
//! each line of a node has to keep.
//!
//! What nodes outside say is checked against these tables, and the reference pages are made from
//! them, so that neither can know more than the other. Facts: Maelstrom's protocol and workloads.

use super::protocol::{ErrorCode, Service};
use super::workload::WorkloadKind;

/// A request, and its reply.
#[derive(Clone, Copy, Debug)]
pub struct Rpc {
    /// The `type` of the request.
    pub request: &'static str,
    /// What it has besides `type` and `msg_id`.
    pub fields: &'static [Field],
    /// The `type` of the reply.
    pub reply: &'static str,
    /// What that has besides `type`, `in_reply_to` and `msg_id`; and nothing else.
    pub reply_fields: &'static [Field],
    /// Errors with a meaning of their own here.
    pub errors: &'static [ErrorCode],
    /// What is asked.
    pub meaning: &'static str,
}

/// A field of a message.
#[derive(Clone, Copy, Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What may stand there.
    pub kind: FieldKind,
    /// Whether it may be missing.
    pub optional: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// Any JSON value.
    Any,
    /// A whole number that fits 64 bits with a sign.
    Integer,
    /// True or false.
    Boolean,
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A list of whole numbers.
    Integers,
    /// An object with a list of nodes for each node.
    Neighbours,
}

impl FieldKind {
    /// What may stand there, in words.
    pub fn describe(self) -> &'static str {
        match self {
            FieldKind::Any => "any JSON value",
            FieldKind::Integer => "an integer",
            FieldKind::Boolean => "true or false",
            FieldKind::Text => "a string",
            FieldKind::Texts => "a list of strings",
            FieldKind::Integers => "a list of integers",
            FieldKind::Neighbours => "an object with a list of nodes for each node",
        }
    }
}

const fn field(name: &'static str, kind: FieldKind, meaning: &'static str) -> Field {
    Field { name, kind, optional: false, meaning }
}

/// Who the node is: the first thing that it hears.
pub const INIT: Rpc = Rpc {
    request: "init",
    fields: &[
        field("node_id", FieldKind::Text, "the name of this node"),
        field("node_ids", FieldKind::Texts, "the names of all nodes, this one among them"),
    ],
    reply: "init_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Tells a node who it is. Before it has answered it hears nothing else, but for what \
              services answer it.",
};

/// Who the neighbours are.
pub const TOPOLOGY: Rpc = Rpc {
    request: "topology",
    fields: &[field("topology", FieldKind::Neighbours, "the neighbours of each node")],
    reply: "topology_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Proposes neighbours to a node, once, before the first operation. It need not heed \
              them.",
};

const READ_SET: Rpc = Rpc {
    request: "read",
    fields: &[],
    reply: "read_ok",
    reply_fields: &[field("value", FieldKind::Integers, "all elements that the node knows")],
    errors: &[],
    meaning: "Asks for all elements.",
};

const READ_COUNTER: Rpc = Rpc {
    request: "read",
    fields: &[],
    reply: "read_ok",
    reply_fields: &[field("value", FieldKind::Integer, "the value of the counter")],
    errors: &[],
    meaning: "Asks for the value of the counter.",
};

const ADD_DELTA: Rpc = Rpc {
    request: "add",
    fields: &[field("delta", FieldKind::Integer, "what is added to the counter")],
    reply: "add_ok",
    reply_fields: &[],
    errors: &[],
    meaning: "Adds to the counter.",
};

const ECHO: &[Rpc] = &[Rpc {
    request: "echo",
    fields: &[field("echo", FieldKind::Any, "what is to come back")],
    reply: "echo_ok",
    reply_fields: &[field("echo", FieldKind::Any, "the same")],
    errors: &[],
    meaning: "Asks for the same again.",
}];

const UNIQUE_IDS: &[Rpc] = &[Rpc {
    request: "generate",
    fields: &[],
    reply: "generate_ok",
    reply_fields: &[field("id", FieldKind::Any, "the id, equal to no other")],
    errors: &[],
    meaning: "Asks for an id that nobody has been given before.",
}];

const BROADCAST: &[Rpc] = &[
    Rpc {
        request: "broadcast",
        fields: &[field("message", FieldKind::Integer, "the value")],
        reply: "broadcast_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Asks to tell a value to all nodes.",
    },
    Rpc {
        request: "read",
        fields: &[],
        reply: "read_ok",
        reply_fields: &[field("messages", FieldKind::Integers, "all values that the node knows")],
        errors: &[],
        meaning: "Asks for all values.",
    },
];

const G_SET: &[Rpc] = &[
    Rpc {
        request: "add",
        fields: &[field("element", FieldKind::Integer, "the element")],
        reply: "add_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Adds an element to the set.",
    },
    READ_SET,
];

const COUNTER: &[Rpc] = &[ADD_DELTA, READ_COUNTER];

impl WorkloadKind {
    /// What clients ask of nodes.
    pub fn rpcs(self) -> &'static [Rpc] {
        match self {
            WorkloadKind::Echo => ECHO,
            WorkloadKind::UniqueIds => UNIQUE_IDS,
            WorkloadKind::Broadcast => BROADCAST,
            WorkloadKind::GSet => G_SET,
            WorkloadKind::GCounter | WorkloadKind::PnCounter => COUNTER,
        }
    }
}

const KEY: Field = field("key", FieldKind::Any, "the key; equal as JSON is equal");

const KV: &[Rpc] = &[
    Rpc {
        request: "read",
        fields: &[KEY],
        reply: "read_ok",
        reply_fields: &[field("value", FieldKind::Any, "what is under the key")],
        errors: &[ErrorCode::KEY_DOES_NOT_EXIST],
        meaning: "Asks for what is under a key.",
    },
    Rpc {
        request: "write",
        fields: &[KEY, field("value", FieldKind::Any, "what is under the key from then on")],
        reply: "write_ok",
        reply_fields: &[],
        errors: &[],
        meaning: "Sets what is under a key.",
    },
    Rpc {
        request: "cas",
        fields: &[
            KEY,
            field("from", FieldKind::Any, "what has to be under the key"),
            field("to", FieldKind::Any, "what is there from then on"),
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
    reply_fields: &[field("ts", FieldKind::Integer, "0, 1, 2, …")],
    errors: &[],
    meaning: "Asks for a number greater than all that were given before.",
}];

impl Service {
    /// What nodes may ask of it.
    pub fn rpcs(self) -> &'static [Rpc] {
        match self {
            Service::LinKv | Service::SeqKv | Service::LwwKv => KV,
            Service::LinTso => TSO,
        }
    }

    /// What it promises.
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

/// A rule of the protocol that a line of a node can break.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// The line is too long.
    LineTooLong,
    /// The output ends in the middle of a line.
    NoNewline,
    /// The bytes are no text.
    NotUtf8,
    /// A control character stands in the line.
    ControlCharacter,
    /// The line is no JSON.
    NotJson,
    /// It is nested too deep.
    TooDeep,
    /// An object has a key twice.
    RepeatedKey,
    /// A number is beyond what JSON readers agree on.
    NumberOutOfRange,
    /// It is JSON, but no object.
    NotAnObject,
    /// A key that an envelope does not have.
    UnknownKey,
    /// No sender.
    MissingSrc,
    /// A sender who is somebody else.
    WrongSrc,
    /// No addressee.
    MissingDest,
    /// An addressee who does not exist.
    UnknownDestination,
    /// No body.
    MissingBody,
    /// A body without a type.
    MissingType,
    /// A number of the message that is none.
    BadMsgId,
    /// A number that the node has given to a message before.
    RepeatedMsgId,
    /// A reply that does not say to what.
    MissingInReplyTo,
    /// A reply to something that is no number, or that nobody asked.
    BadInReplyTo,
    /// A reply with the wrong type or the wrong fields.
    BadReply,
    /// A question to a service with the wrong fields.
    BadQuestion,
}

impl Rule {
    /// All of them, in the order in which a line is looked at.
    pub const ALL: [Rule; 22] = [
        Rule::LineTooLong,
        Rule::NoNewline,
        Rule::NotUtf8,
        Rule::ControlCharacter,
        Rule::NotJson,
        Rule::TooDeep,
        Rule::RepeatedKey,
        Rule::NumberOutOfRange,
        Rule::NotAnObject,
        Rule::UnknownKey,
        Rule::MissingSrc,
        Rule::WrongSrc,
        Rule::MissingDest,
        Rule::UnknownDestination,
        Rule::MissingBody,
        Rule::MissingType,
        Rule::BadMsgId,
        Rule::RepeatedMsgId,
        Rule::MissingInReplyTo,
        Rule::BadInReplyTo,
        Rule::BadReply,
        Rule::BadQuestion,
    ];

    /// Its name in results.
    pub fn name(self) -> &'static str {
        match self {
            Rule::LineTooLong => "line-too-long",
            Rule::NoNewline => "no-newline",
            Rule::NotUtf8 => "not-utf8",
            Rule::ControlCharacter => "control-character",
            Rule::NotJson => "not-json",
            Rule::TooDeep => "too-deep",
            Rule::RepeatedKey => "repeated-key",
            Rule::NumberOutOfRange => "number-out-of-range",
            Rule::NotAnObject => "not-an-object",
            Rule::UnknownKey => "unknown-key",
            Rule::MissingSrc => "missing-src",
            Rule::WrongSrc => "wrong-src",
            Rule::MissingDest => "missing-dest",
            Rule::UnknownDestination => "unknown-destination",
            Rule::MissingBody => "missing-body",
            Rule::MissingType => "missing-type",
            Rule::BadMsgId => "bad-msg-id",
            Rule::RepeatedMsgId => "repeated-msg-id",
            Rule::MissingInReplyTo => "missing-in-reply-to",
            Rule::BadInReplyTo => "bad-in-reply-to",
            Rule::BadReply => "bad-reply",
            Rule::BadQuestion => "bad-question",
        }
    }

    /// What the protocol wants.
    pub fn wants(self) -> &'static str {
        match self {
            Rule::LineTooLong => "a message is one line, up to the limit on its length",
            Rule::NoNewline => "each message ends with a newline, and is flushed",
            Rule::NotUtf8 => "a line is text in UTF-8",
            Rule::ControlCharacter => "control characters in strings are written as \\u0000",
            Rule::NotJson => "each line of stdout is one JSON object; logs go to stderr",
            Rule::TooDeep => "JSON nested no deeper than 127 levels",
            Rule::RepeatedKey => "an object has each key once",
            Rule::NumberOutOfRange => "numbers lie within the range of a 64-bit float",
            Rule::NotAnObject => "a message is an object with src, dest and body",
            Rule::UnknownKey => "a message has src, dest, body, and perhaps id, and nothing else",
            Rule::MissingSrc => "src is a string: the name of the node that sends",
            Rule::WrongSrc => "a node sends under the name that init gave it",
            Rule::MissingDest => "dest is a string: the node, service or client it is for",
            Rule::UnknownDestination => "dest is a node, a service, or a client that has spoken",
            Rule::MissingBody => "body is an object",
            Rule::MissingType => "a body has a type, a string",
            Rule::BadMsgId => "msg_id is an integer",
            Rule::RepeatedMsgId => {
                "each msg_id that a node gives a reply or a question is used once"
            }
            Rule::MissingInReplyTo => {
                "a message to a client says in_reply_to, the request's msg_id"
            }
            Rule::BadInReplyTo => "in_reply_to is an integer: the msg_id of a request",
            Rule::BadReply => "a reply has the type and the fields of its request's reply",
            Rule::BadQuestion => "a request to a service has a msg_id and the fields of its type",
        }
    }
}
