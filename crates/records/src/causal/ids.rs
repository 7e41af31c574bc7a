//! Numbers of lanes and events in a causal graph.

/// Number of a lane: its place in [`CausalGraph::lanes`](super::CausalGraph::lanes).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LaneId(pub u32);

/// Number of an event: its place in [`CausalGraph::events`](super::CausalGraph::events), an order
/// that respects causality.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId(pub u32);

impl LaneId {
    /// Returns the place among the lanes.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

impl EventId {
    /// Returns the place among the events.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}
