//! A set of events: a bit for each.

use super::ids::EventId;

/// A set of events of one graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    words: Vec<u64>,
}

impl Marks {
    /// Creates an empty set for a graph with this many events.
    pub(super) fn new(events: usize) -> Marks {
        Marks { words: vec![0; events.div_ceil(64)] }
    }

    /// Adds an event.
    pub(super) fn add(&mut self, event: EventId) {
        self.words[event.index() / 64] |= 1 << (event.index() % 64);
    }

    /// Returns whether an event is in the set.
    pub fn contains(&self, event: EventId) -> bool {
        self.words.get(event.index() / 64).is_some_and(|word| word >> (event.index() % 64) & 1 == 1)
    }

    /// Returns the number of events in the set.
    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    /// Returns the events of the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = EventId> + '_ {
        (0..self.words.len() as u32 * 64).map(EventId).filter(|event| self.contains(*event))
    }
}
