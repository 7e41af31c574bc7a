//! Gossip Glomers: nodes, services and clients like those of Jepsen's Maelstrom, in virtual time.
//!
//! A [`Server`] is a node under test. The participants of one simulation are the servers, the
//! services (`lin-kv`, …), one participant that plays all clients, and one that sets nodes up.
//! Messages are typed; JSON appears only at the edges: in results, and on the lines of hosted
//! processes. Not here: any checker (see `check`).

mod any_server;
mod broken;
mod clients;
mod external;
mod net;
mod parameters;
mod parity;
mod participant;
mod peer;
mod protocol;
mod rpc;
mod run;
mod running;
mod server;
mod service;
mod set_up;
mod solution;
mod stdio_node;
mod topology;
mod watcher;
mod wire;
mod workload;

pub use broken::{BROKEN, Broken};
pub use net::{NET_COLUMNS, NET_HEADER, NetRow, NetStats, Party, Zone, ZoneStats, write_net_row};
pub use parameters::{GlomersParameters, Layout, SERVICES};
pub use parity::ParityLimit;
pub use participant::{Participant, Problem, ProblemKind, Record, is_node_turn};
pub use peer::{Peer, PeerMessage, PeerParser, Word};
pub use protocol::{
    Body, DecodedReply, ErrorCode, Reply, Request, RpcError, Service, ServiceReply, ServiceRequest,
};
pub use rpc::{Field, FieldKind, INIT, Maelstrom, ProtocolRule, Rpc, Severity, TOPOLOGY};
pub use run::{GlomersRun, ServerFactory, Sink, run};
pub use running::Running;
pub use server::{Call, Caller, Cx, Host, Server};
pub use solution::{EXTERNAL, OptionSpec, OptionValue, Options, SOLUTIONS, Solution};
pub use stdio_node::{Incarnation, StdioNode};
pub use topology::Topology;
pub use wire::{
    DEPTH_MAX, Decoded, Deviation, Envelope, Foreign, Incoming, Parsed, ProtocolValidator, Refusal,
    Wire, listen, parse,
};
pub use workload::{
    BROADCAST, ECHO, Errors, G_COUNTER, G_SET, PN_COUNTER, UNIQUE_IDS, WORKLOAD_NAMES, WORKLOADS,
    Workload, workload,
};

/// Returns the shipped node program of this name, correct or broken on purpose.
pub fn program(name: &str) -> Option<&'static Solution> {
    let broken = BROKEN.iter().map(|broken| &broken.program);
    SOLUTIONS.iter().chain(broken).find(|program| program.name == name)
}
