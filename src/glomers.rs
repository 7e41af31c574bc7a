//! Gossip Glomers: the protocol, services, clients and workloads, and the nodes that ship.

pub use sim_maelstrom::*;
pub use sim_programs::*;
