//! Degradation: additional loss, duplication or delay for a while, on all links or around some
//! nodes.
//!
//! It is evaluated when a message is sent, and adds to the loss and duplication of the network's
//! own settings. It has random streams of its own, with a draw for each copy of a run that has any
//! window, whether one is open or not.

use crate::engine::ratio::Ratio;
use crate::engine::rng::{Chance, Rng};
use crate::engine::time::{Duration, Instant};
use crate::engine::windows::Windows;
use crate::node::NodeId;

/// A degradation from one instant until another, the second excluded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DegradationWindow {
    /// First instant of the sends that it affects.
    pub at: Instant,
    /// First instant of the sends that it affects no more.
    pub until: Instant,
    /// The degradation.
    pub degradation: Degradation,
    /// Whether loss and duplication spare clients' messages, whatever the scope.
    pub spares_clients: bool,
}

/// Kind and extent of a degradation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Degradation {
    /// A copy is lost with this probability.
    Loss(Ratio),
    /// A copy is duplicated with this probability, unless the network has duplicated it already.
    Duplication(Ratio),
    /// Messages from and to these nodes take longer by this: once, if both ends are among them.
    Slow(Vec<NodeId>, Duration),
}

/// All degradations of a run, indexed by time. Windows that overlap add up: each may lose a copy,
/// each may duplicate it, each makes it slower.
#[derive(Debug, Default)]
pub(super) struct DegradationSchedule {
    loss: Windows<ScopedChance>,
    duplication: Windows<ScopedChance>,
    /// For each node whether it is slow, and the additional delay.
    slow: Windows<(Vec<bool>, Duration)>,
}

/// A probability, and whether it applies to clients' messages.
#[derive(Clone, Copy, Debug)]
struct ScopedChance {
    chance: Chance,
    spares_clients: bool,
}

impl DegradationSchedule {
    /// Creates the degradations of nodes `0..nodes`.
    ///
    /// # Panics
    /// If a probability is above 1, or a node does not exist.
    pub(super) fn new(windows: &[DegradationWindow], nodes: u32) -> DegradationSchedule {
        let (mut loss, mut duplication, mut slow) = (vec![], vec![], vec![]);
        for DegradationWindow { at, until, degradation, spares_clients } in windows {
            let scoped = |ratio| {
                let chance = Chance::new(ratio).expect("a probability is at most 1");
                (*at, *until, ScopedChance { chance, spares_clients: *spares_clients })
            };
            match degradation {
                Degradation::Loss(ratio) => loss.push(scoped(*ratio)),
                Degradation::Duplication(ratio) => duplication.push(scoped(*ratio)),
                Degradation::Slow(ids, by) => {
                    let mut is_slow = vec![false; nodes as usize];
                    ids.iter().for_each(|id| is_slow[id.index()] = true);
                    slow.push((*at, *until, (is_slow, *by)));
                }
            }
        }
        DegradationSchedule {
            loss: loss.into_iter().collect(),
            duplication: duplication.into_iter().collect(),
            slow: slow.into_iter().collect(),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.loss.is_empty() && self.duplication.is_empty() && self.slow.is_empty()
    }

    /// Whether any window loses copies.
    pub(super) fn any_loss(&self) -> bool {
        !self.loss.is_empty()
    }

    /// Whether any window duplicates copies.
    pub(super) fn any_duplication(&self) -> bool {
        !self.duplication.is_empty()
    }

    /// Whether it loses a copy with this draw; `client` if a client is at one end.
    pub(super) fn loses(&self, draw: u64, sent: Instant, client: bool) -> bool {
        happens(&self.loss, draw, sent, client)
    }

    /// Whether it duplicates a copy with this draw; `client` if a client is at one end.
    pub(super) fn duplicates(&self, draw: u64, sent: Instant, client: bool) -> bool {
        happens(&self.duplication, draw, sent, client)
    }

    /// Returns the additional delay of a copy.
    pub(super) fn delay(&self, from: NodeId, to: NodeId, sent: Instant) -> Duration {
        let hit = self.slow.at(sent).filter(|(slow, _)| slow[from.index()] || slow[to.index()]);
        let ns = hit.fold(0, |ns: u64, (_, by)| ns.saturating_add(by.as_ns()));
        Duration::from_ns(ns)
    }
}

/// Whether any of the probabilities that hold at `sent` comes true. All follow from the one draw.
fn happens(chances: &Windows<ScopedChance>, draw: u64, sent: Instant, client: bool) -> bool {
    let mut rng = Rng::from_draw(draw);
    let holding = chances.at(sent).filter(|scoped| !(client && scoped.spares_clients));
    holding.into_iter().any(|scoped| rng.happens(scoped.chance))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(at: u64, until: u64, degradation: Degradation) -> DegradationWindow {
        let (at, until) = (Instant::from_ns(at), Instant::from_ns(until));
        DegradationWindow { at, until, degradation, spares_clients: false }
    }

    #[test]
    fn slow_nodes_are_slow_in_both_directions_and_windows_add_up() {
        let slow = |at, until, id, ms| {
            window(at, until, Degradation::Slow(vec![NodeId(id)], Duration::from_ms(ms)))
        };
        let schedule = DegradationSchedule::new(&[slow(10, 20, 0, 5), slow(15, 30, 1, 7)], 3);
        let delay = |from, to, ns| {
            schedule.delay(NodeId(from), NodeId(to), Instant::from_ns(ns)).as_ns() / 1_000_000
        };
        assert_eq!(
            [delay(0, 2, 9), delay(0, 2, 10), delay(2, 0, 19), delay(2, 0, 20)],
            [0, 5, 5, 0]
        );
        assert_eq!([delay(0, 1, 14), delay(0, 1, 15), delay(1, 0, 25)], [5, 12, 7]);
        assert_eq!([delay(2, 2, 15), delay(0, 0, 12)], [0, 5]);
    }

    #[test]
    fn overlapping_chances_are_independent() {
        let half = Ratio::new(1, 2).expect("a half");
        let schedule = DegradationSchedule::new(
            &[window(0, 20, Degradation::Loss(half)), window(10, 20, Degradation::Loss(half))],
            1,
        );
        let mut rng = Rng::from_state(7);
        let mut lost = |ns| {
            (0..10_000)
                .filter(|_| schedule.loses(rng.next_u64(), Instant::from_ns(ns), true))
                .count()
        };
        // 4.5 standard deviations.
        assert!(lost(5).abs_diff(5_000) < 225);
        assert!(lost(15).abs_diff(7_500) < 195);
        assert_eq!(lost(20), 0);
    }
}
