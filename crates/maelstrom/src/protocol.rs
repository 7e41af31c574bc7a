//! What clients, nodes and services tell each other: Maelstrom's messages as types.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::peer::PeerMessage;
use super::rpc::Rpc;
use crate::engine::time::Instant;
use crate::history::OpValue;
use crate::node::NodeId;
use crate::simulation::NodeFault;

/// The body of a message: a few words, whatever it says, since it is moved from hand to hand.
#[derive(Clone, Debug)]
pub enum Body {
    /// A client asks a node.
    Request {
        /// The number in the client's name.
        client: u32,
        /// The client's number for it.
        msg: u32,
        /// What it asks.
        request: Box<Request>,
    },
    /// A node answers a client.
    Reply {
        /// The number in the client's name.
        client: u32,
        /// The number of the request.
        in_reply_to: u32,
        /// What it says.
        reply: Box<Reply>,
    },
    /// A node asks a service.
    ServiceRequest {
        /// The node's number for it.
        call: u64,
        /// What it asks.
        request: Box<ServiceRequest>,
    },
    /// A service answers a node.
    ServiceReply {
        /// The number of the request.
        call: u64,
        /// What it says.
        answer: Box<ServiceResponse>,
    },
    /// A node tells another one.
    Peer(PeerMessage),
    /// The nodes are set up: clients may begin. Not a message of the protocol.
    Go,
    /// To the stand-in of a node outside: the node has said this. Not a message of the protocol.
    Say {
        /// To whom.
        to: NodeId,
        /// What.
        body: Box<Body>,
    },
    /// To who sets nodes up: this will happen to nodes. Not a message of the protocol.
    Faults(Rc<[(Instant, NodeFault)]>),
    /// To who sets nodes up: the process of the node that this is from has begun. Not a message of
    /// the protocol.
    Spawned,
}

impl Body {
    /// Whether it asks a node to start.
    pub fn is_init(&self) -> bool {
        matches!(self, Body::Request { request, .. } if **request == Request::Init)
    }

    /// Whether a node says that it has started.
    pub fn is_init_ok(&self) -> bool {
        matches!(self, Body::Reply { reply, .. } if **reply == Reply::InitOk)
    }
}

/// What a service says, and what is to be said of that.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceResponse {
    /// The answer.
    pub answer: ServiceReply,
    /// Why it may be an old one, if it is.
    pub note: Option<Box<str>>,
}

/// What a client asks of a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Who the node is, and who else there is.
    Init,
    /// Who the neighbours of each node are.
    Topology(Rc<Vec<Vec<NodeId>>>),
    /// To say the same again.
    Echo(Value),
    /// A new id.
    Generate,
    /// To tell this value to all nodes.
    Broadcast(i64),
    /// To add this: an element to a set, a number to a counter.
    Add(i64),
    /// All values, all elements, or the counter's value.
    Read,
    /// A request that is known by its table alone, with its fields in that order.
    Rpc(&'static Rpc, Map<String, Value>),
}

impl Request {
    /// Its `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Request::Init => "init",
            Request::Topology(_) => "topology",
            Request::Echo(_) => "echo",
            Request::Generate => "generate",
            Request::Broadcast(_) => "broadcast",
            Request::Add(_) => "add",
            Request::Read => "read",
            Request::Rpc(rpc, _) => rpc.request,
        }
    }
}

/// What a node answers a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// It has started.
    InitOk,
    /// It knows its neighbours.
    TopologyOk,
    /// The same again.
    EchoOk(Value),
    /// A new id.
    GenerateOk(Value),
    /// It will tell all nodes.
    BroadcastOk,
    /// It has added that.
    AddOk,
    /// The elements it knows: `messages` of a broadcast, `value` of a set.
    ReadOk(Vec<i64>),
    /// The counter's value.
    CountOk(i64),
    /// The reply to a request that is known by its table alone: its type, and its fields.
    Rpc(&'static Rpc, Map<String, Value>),
    /// It did not do that, or does not know.
    Error(RpcError),
    /// The reply of a process, as far as its client looks at it.
    Decoded(DecodedReply),
    /// A reply of a process that is none to its request: why.
    Malformed(Box<str>),
}

/// The reply of a process to a client's operation.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedReply {
    /// Its `type` on the wire.
    pub name: &'static str,
    /// The result of the operation; `None` where that is the operation's argument.
    pub value: Option<OpValue>,
    /// Why Maelstrom's client would throw it away as malformed, though it makes sense.
    pub parity_error: Option<Box<str>>,
}

impl Reply {
    /// Its `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Reply::InitOk => "init_ok",
            Reply::TopologyOk => "topology_ok",
            Reply::EchoOk(_) => "echo_ok",
            Reply::GenerateOk(_) => "generate_ok",
            Reply::BroadcastOk => "broadcast_ok",
            Reply::AddOk => "add_ok",
            Reply::ReadOk(_) | Reply::CountOk(_) => "read_ok",
            Reply::Rpc(rpc, _) => rpc.reply,
            Reply::Error(_) => "error",
            Reply::Decoded(reply) => reply.name,
            Reply::Malformed(_) => "malformed",
        }
    }
}

/// A service that nodes may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Service {
    /// A linearizable key-value store.
    LinKv,
    /// A sequentially consistent one.
    SeqKv,
    /// One in which the last writer wins: eventually consistent.
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

/// What a node asks of a service. Keys and values are any JSON, compared by value.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceRequest {
    /// The value under a key.
    Read {
        /// The key.
        key: Value,
    },
    /// To set it.
    Write {
        /// The key.
        key: Value,
        /// The value from now on.
        value: Value,
    },
    /// To set it if it is as expected.
    Cas {
        /// The key.
        key: Value,
        /// The value it must have.
        from: Value,
        /// The value from then on.
        to: Value,
        /// Whether a missing key is made, whatever `from` is.
        create: bool,
    },
    /// A timestamp.
    Ts,
}

impl ServiceRequest {
    /// Its `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            ServiceRequest::Read { .. } => "read",
            ServiceRequest::Write { .. } => "write",
            ServiceRequest::Cas { .. } => "cas",
            ServiceRequest::Ts => "ts",
        }
    }
}

/// What a service answers.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceReply {
    /// The value under the key.
    Value(Value),
    /// It is written.
    Written,
    /// It was as expected, and is written.
    Swapped,
    /// A timestamp.
    Ts(u64),
    /// It was not done.
    Error(RpcError),
}

impl ServiceReply {
    /// Its `type` on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            ServiceReply::Value(_) => "read_ok",
            ServiceReply::Written => "write_ok",
            ServiceReply::Swapped => "cas_ok",
            ServiceReply::Ts(_) => "ts_ok",
            ServiceReply::Error(_) => "error",
        }
    }
}

/// An error reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// Which error.
    pub code: ErrorCode,
    /// For people.
    pub text: String,
}

impl RpcError {
    /// An error of this code with a text for people.
    pub fn new(code: ErrorCode, text: impl Into<String>) -> RpcError {
        RpcError { code, text: text.into() }
    }
}

/// The code of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ErrorCode(pub u32);

impl ErrorCode {
    /// Nobody knows whether it happened.
    pub const TIMEOUT: ErrorCode = ErrorCode(0);
    /// There is no such node.
    pub const NODE_NOT_FOUND: ErrorCode = ErrorCode(1);
    /// The node does not do this.
    pub const NOT_SUPPORTED: ErrorCode = ErrorCode(10);
    /// Not now.
    pub const TEMPORARILY_UNAVAILABLE: ErrorCode = ErrorCode(11);
    /// The request makes no sense.
    pub const MALFORMED_REQUEST: ErrorCode = ErrorCode(12);
    /// The node broke down; nobody knows whether it happened.
    pub const CRASH: ErrorCode = ErrorCode(13);
    /// It was given up.
    pub const ABORT: ErrorCode = ErrorCode(14);
    /// There is no such key.
    pub const KEY_DOES_NOT_EXIST: ErrorCode = ErrorCode(20);
    /// There is such a key already.
    pub const KEY_ALREADY_EXISTS: ErrorCode = ErrorCode(21);
    /// The value is not what was expected.
    pub const PRECONDITION_FAILED: ErrorCode = ErrorCode(22);
    /// Another transaction was in the way.
    pub const TXN_CONFLICT: ErrorCode = ErrorCode(30);
    /// A proxy for a code that is no number; the outcome is unknown.
    pub const UNKNOWN: ErrorCode = ErrorCode(u32::MAX);

    /// The name, as histories have it.
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "timeout",
            1 => "node-not-found",
            10 => "not-supported",
            11 => "temporarily-unavailable",
            12 => "malformed-request",
            13 => "crash",
            14 => "abort",
            20 => "key-does-not-exist",
            21 => "key-already-exists",
            22 => "precondition-failed",
            30 => "txn-conflict",
            _ => "unknown",
        }
    }

    /// Whether it is certain that nothing happened. Codes of a node's own never are.
    pub fn is_definite(self) -> bool {
        matches!(self.0, 1 | 10 | 11 | 12 | 14 | 20 | 21 | 22 | 30)
    }
}
