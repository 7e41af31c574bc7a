//! A run as its space-time diagram needs it: events, messages, bodies and faults.

use std::collections::BTreeMap;

use crate::causal::CausalGraph;
use crate::engine::time::Instant;
use crate::history::Op;

/// A run, with all that its diagram says.
#[derive(Clone, Copy, Debug)]
pub struct DiagramSource<'a> {
    /// Events and messages.
    pub graph: &'a CausalGraph,
    /// The history of clients, to which completions refer.
    pub history: &'a [Op],
    /// What messages said, as JSON, by their numbers.
    pub bodies: &'a BTreeMap<u64, String>,
    /// Faults.
    pub faults: &'a [LaneFault],
}

/// A fault of some lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaneFault {
    /// Its kind, such as `pause`.
    pub kind: String,
    /// Its first instant.
    pub from: Instant,
    /// Its end.
    pub until: Instant,
    /// Names of the lanes; empty for all nodes.
    pub lanes: Vec<String>,
    /// What else is known about it, in one line.
    pub note: String,
}
