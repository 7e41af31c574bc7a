//! Gossip Glomers: nodes, services and clients like those of Jepsen's Maelstrom, in virtual time.
//!
//! A [`Server`] is a node under test. The participants of one simulation are the servers, the
//! services (`lin-kv`, …), one participant that plays all clients, and one that sets nodes up.
//! Messages are typed; JSON appears only at the edges: in results, and on the lines of hosted
//! processes. Not here: any checker (see `check`).

pub(crate) use sim_check as check;
pub(crate) use sim_core::{engine, nemesis, network, node, simulation};
pub(crate) use sim_records::{edn, history, trace};

mod any_server;
mod clients;
mod error;
mod external;
mod nemesis_entries;
mod net;
mod outbox;
mod parameters;
mod parity;
mod participant;
mod peer;
mod program;
mod protocol;
mod protocol_rule;
mod record;
mod rpc;
mod run;
mod run_in_progress;
mod run_result;
mod server;
mod server_factory;
mod service;
mod service_name;
mod set_up;
mod sink;
mod stdio_node;
mod topology;
mod watcher;
mod wire;
mod workload;

pub use error::{ErrorCode, RpcError};
pub use net::{NET_COLUMNS, NET_HEADER, NetRow, NetStats, Party, Zone, ZoneStats, write_net_row};
pub use parameters::{GlomersParameters, Layout, SERVICES};
pub use parity::ParityLimit;
pub use participant::{Participant, is_in_callback};
pub use peer::{Peer, PeerMessage, PeerParser, Word};
pub use program::{Build, NodeProgram, OptionSpec, OptionValue, Options, Solution, of};
pub use protocol::{Body, DecodedReply, Reply, Request, ServiceReply, ServiceRequest};
pub use protocol_rule::{Maelstrom, ProtocolRule, Severity};
pub use record::{Problem, ProblemKind, Record};
pub use rpc::{Field, FieldKind, INIT, Rpc, TOPOLOGY};
pub use run::run;
pub use run_in_progress::Running;
pub use run_result::GlomersRun;
pub use server::{Call, Caller, Cx, Host, Server};
pub use server_factory::ServerFactory;
pub use service_name::Service;
pub use sim_check::txn::{Effect, EffectKind};
pub use sink::{Outlook, Sink};
pub use stdio_node::{Incarnation, StdioNode};
pub use topology::Topology;
pub use wire::{
    DEPTH_MAX, Decoded, Deviation, Envelope, Foreign, Incoming, Parsed, ProtocolValidator, Refusal,
    Wire, listen, parse,
};
pub use workload::{
    BROADCAST, ECHO, Errors, G_COUNTER, G_SET, KAFKA, LIN_KV, PN_COUNTER, TXN_LIST_APPEND,
    TXN_RW_REGISTER, UNIQUE_IDS, WORKLOAD_NAMES, WORKLOADS, Workload, workload,
};
