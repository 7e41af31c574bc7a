//! Messages between clients, nodes and services: Maelstrom's protocol as types.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::error::RpcError;
use super::peer::PeerMessage;
use super::rpc::Rpc;
use crate::engine::time::Instant;
use crate::history::OpValue;
use crate::node::NodeId;
use crate::simulation::NodeFault;

/// The body of a message: three machine words, whatever it holds, since it is moved often.
#[derive(Clone, Debug)]
pub enum Body {
    /// A request of a client to a node.
    Request {
        /// Number in the client's name.
        client: u32,
        /// The `msg_id` of the request.
        msg: u32,
        /// The request.
        request: Box<Request>,
    },
    /// A reply of a node to a client.
    Reply {
        /// Number in the client's name.
        client: u32,
        /// The `msg_id` of the request.
        in_reply_to: u32,
        /// The reply.
        reply: Box<Reply>,
    },
    /// A request of a node to a service.
    ServiceRequest {
        /// The node's number for the request.
        call: u64,
        /// The request.
        request: Box<ServiceRequest>,
    },
    /// A reply of a service to a node.
    ServiceReply {
        /// The node's number for the request.
        call: u64,
        /// The reply.
        answer: Box<ServiceResponse>,
    },
    /// A message between nodes.
    Peer(PeerMessage),
    /// The nodes are set up: clients may begin. Not a message of the protocol.
    Go,
    /// To the proxy of a hosted process: the process has sent this. Not a message of the protocol.
    Say {
        /// The addressee.
        to: NodeId,
        /// The message.
        body: Box<Body>,
    },
    /// To the set-up: the faults of nodes to come. Not a message of the protocol.
    Faults(Rc<[(Instant, NodeFault)]>),
    /// To the set-up: the process of the node that this is from has started. Not a message of the
    /// protocol.
    Spawned,
}

impl Body {
    /// Whether it is the request that starts a node.
    pub fn is_init(&self) -> bool {
        matches!(self, Body::Request { request, .. } if **request == Request::Init)
    }

    /// Whether it is the reply of a node that it has started.
    pub fn is_init_ok(&self) -> bool {
        matches!(self, Body::Reply { reply, .. } if **reply == Reply::InitOk)
    }
}

/// A reply of a service, with a note on it.
#[derive(Clone, Debug, PartialEq)]
pub struct ServiceResponse {
    /// The reply.
    pub answer: ServiceReply,
    /// Why the reply is stale, if it is.
    pub note: Option<Box<str>>,
}

/// A request of a client to a node.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Starts the node: its name, and those of all nodes.
    Init,
    /// Proposes the neighbours of each node.
    Topology(Rc<Vec<Vec<NodeId>>>),
    /// Asks for the same value back.
    Echo(Value),
    /// Asks for a new id.
    Generate,
    /// Broadcasts this value to all nodes.
    Broadcast(i64),
    /// Adds this: an element to a set, a number to a counter.
    Add(i64),
    /// Reads all values, all elements, or the counter's value.
    Read,
    /// A request that is defined by its table alone, with its fields in that order.
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

/// A reply of a node to a client.
#[derive(Clone, Debug, PartialEq)]
pub enum Reply {
    /// The node has started.
    InitOk,
    /// The node has received its neighbours.
    TopologyOk,
    /// The same value back.
    EchoOk(Value),
    /// A new id.
    GenerateOk(Value),
    /// The value is accepted, and will be sent to all nodes.
    BroadcastOk,
    /// The addition is done.
    AddOk,
    /// The elements that the node knows: `messages` of a broadcast, `value` of a set.
    ReadOk(Vec<i64>),
    /// The counter's value.
    CountOk(i64),
    /// The reply to a request that is defined by its table alone: its type, and its fields.
    Rpc(&'static Rpc, Map<String, Value>),
    /// An error: the request was not carried out, or its outcome is unknown.
    Error(RpcError),
    /// The reply of a process, reduced to what its client reads.
    Decoded(DecodedReply),
    /// A reply of a process that does not match its request; holds the reason.
    Malformed(Box<str>),
}

/// The reply of a process to a client's operation.
#[derive(Clone, Debug, PartialEq)]
pub struct DecodedReply {
    /// Its `type` on the wire.
    pub name: &'static str,
    /// The result of the operation; `None` where that is the operation's argument.
    pub value: Option<OpValue>,
    /// Why Maelstrom's client would discard it as malformed, though it makes sense.
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

/// A request of a node to a service. Keys and values are any JSON, compared by value.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceRequest {
    /// Reads the value of a key.
    Read {
        /// The key.
        key: Value,
    },
    /// Sets the value of a key.
    Write {
        /// The key.
        key: Value,
        /// The new value.
        value: Value,
    },
    /// Sets the value of a key if it is as expected (compare-and-set).
    Cas {
        /// The key.
        key: Value,
        /// The expected value.
        from: Value,
        /// The new value.
        to: Value,
        /// Whether a missing key is created, whatever `from` is.
        create: bool,
    },
    /// Asks for a timestamp.
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

/// A reply of a service.
#[derive(Clone, Debug, PartialEq)]
pub enum ServiceReply {
    /// The value of the key.
    Value(Value),
    /// The value is written.
    Written,
    /// The value was as expected, and is replaced.
    Swapped,
    /// A timestamp.
    Ts(u64),
    /// An error: the request was not carried out.
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
