//! The set-up of a simulation: all settings apart from its nodes.

use super::clocks::Skew;
use super::node_fault::NodeFault;
use crate::engine::limits::Limits;
use crate::engine::queue::Ties;
use crate::engine::rng::Seed;
use crate::engine::time::{Duration, Instant};
use crate::network;

/// Settings of a simulation, apart from its nodes.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Setup {
    /// Number of nodes.
    pub nodes: u32,
    /// Root of all random streams.
    pub seed: Seed,
    /// Order of the events of one instant.
    pub ties: Ties,
    /// The network between the nodes.
    pub network: network::NetworkSettings,
    /// Faults of nodes, with their instants.
    pub faults: Vec<(Instant, NodeFault)>,
    /// Clocks that run fast or slow, with their times.
    pub clocks: Vec<Skew>,
    /// For each node, in the order of ids, what its own clock shows when the run begins; zero for
    /// nodes beyond the end of the list.
    pub clock_offsets: Vec<Duration>,
    /// Limits of the run.
    pub limits: Limits,
}

impl Setup {
    /// Creates a set-up of `nodes` nodes without faults, on a network of 1 ms latency without
    /// loss. Its fields can be set.
    pub fn new(nodes: u32, seed: Seed) -> Setup {
        Setup {
            nodes,
            seed,
            ties: Ties::default(),
            network: network::NetworkSettings::default(),
            faults: vec![],
            clocks: vec![],
            clock_offsets: vec![],
            limits: Limits::default(),
        }
    }
}
