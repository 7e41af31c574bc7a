//! State that a model keeps for a node across its crashes: its named streams, and the report of
//! unhandled events.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::outcome::Unhandled;
use crate::engine::rng::{Rng, Seed};
use crate::node::NodeId;

/// Maximum number of unhandled events in a report; all are counted.
const UNHANDLED_KEPT_MAX: usize = 10;

/// Unhandled messages and timers of a run.
#[derive(Debug, Default)]
pub(super) struct CallbackReport {
    pub(super) count: u64,
    pub(super) first: Vec<Unhandled>,
}

impl CallbackReport {
    pub(super) fn add(&mut self, unhandled: impl FnOnce() -> Unhandled) {
        self.count += 1;
        if self.first.len() < UNHANDLED_KEPT_MAX {
            self.first.push(unhandled());
        }
    }
}

/// State that the model keeps for one node across its crashes.
#[derive(Debug)]
pub(super) struct Kept {
    seed: Seed,
    streams: BTreeMap<String, Rng>,
    pub(super) report: Rc<RefCell<CallbackReport>>,
}

impl Kept {
    pub(super) fn new(seed: Seed, report: Rc<RefCell<CallbackReport>>) -> Kept {
        Kept { seed, streams: BTreeMap::new(), report }
    }

    pub(super) fn stream(&mut self, name: &str, id: NodeId) -> &mut Rng {
        if !self.streams.contains_key(name) {
            self.streams.insert(name.to_owned(), self.seed.stream_named(name, id.0.into()));
        }
        self.streams.get_mut(name).expect("it was just inserted")
    }
}
