//! Random streams of a network: for each sender one stream per purpose that is in use.
//!
//! Which purposes are in use is decided for the whole run, and each copy takes one draw from each
//! of them, so that neither an option nor a degradation moves a draw of another.

use crate::engine::rng::{Purpose, Rng, Seed};

/// Which random streams a network uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Uses {
    pub(super) latency: bool,
    pub(super) loss: bool,
    pub(super) duplication: bool,
    pub(super) host_cost: bool,
    pub(super) degradation_loss: bool,
    pub(super) degradation_duplication: bool,
}

/// Random streams of all senders; empty for purposes that are not in use.
#[derive(Debug)]
pub(super) struct Streams {
    latency: Vec<Rng>,
    loss: Vec<Rng>,
    duplication: Vec<Rng>,
    host_cost: Vec<Rng>,
    degradation_loss: Vec<Rng>,
    degradation_duplication: Vec<Rng>,
}

/// Draws of one copy.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draws {
    pub(super) latency: u64,
    /// The highest draw, with which no loss happens, if the stream is not in use.
    pub(super) loss: u64,
    pub(super) duplication: Option<u64>,
    pub(super) host_cost: u64,
    pub(super) degradation_loss: Option<u64>,
    pub(super) degradation_duplication: Option<u64>,
}

impl Streams {
    pub(super) fn new(uses: Uses, nodes: u32, seed: Seed) -> Streams {
        let streams = |needed: bool, purpose| match needed {
            true => (0..nodes).map(|id| seed.stream(purpose, id.into())).collect(),
            false => vec![],
        };
        Streams {
            latency: streams(uses.latency, Purpose::Latency),
            loss: streams(uses.loss, Purpose::Loss),
            duplication: streams(uses.duplication, Purpose::Duplication),
            host_cost: streams(uses.host_cost, Purpose::HostCost),
            degradation_loss: streams(uses.degradation_loss, Purpose::DegradationLoss),
            degradation_duplication: streams(
                uses.degradation_duplication,
                Purpose::DegradationDuplication,
            ),
        }
    }

    /// Draws for a sender's next copy.
    pub(super) fn next(&mut self, sender: usize) -> Draws {
        let next = |rngs: &mut Vec<Rng>| rngs.get_mut(sender).map(Rng::next_u64);
        Draws {
            latency: next(&mut self.latency).unwrap_or(0),
            loss: next(&mut self.loss).unwrap_or(u64::MAX),
            duplication: next(&mut self.duplication),
            host_cost: next(&mut self.host_cost).unwrap_or(0),
            degradation_loss: next(&mut self.degradation_loss),
            degradation_duplication: next(&mut self.degradation_duplication),
        }
    }

    /// Derives the draws of a duplicate from the one draw that made it.
    pub(super) fn of_duplicate(&self, draw: u64) -> Draws {
        let mut rng = Rng::from_draw(draw);
        Draws {
            latency: rng.next_u64(),
            loss: rng.next_u64(),
            duplication: None,
            host_cost: rng.next_u64(),
            degradation_loss: (!self.degradation_loss.is_empty()).then(|| rng.next_u64()),
            degradation_duplication: None,
        }
    }
}
