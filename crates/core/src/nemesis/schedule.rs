//! The fault schedule: which faults happen in a run, and when.
//!
//! The fault kinds are independent of each other, as in Jepsen's nemesis: each begins at once, and
//! then ends and begins again after times that are uniform up to twice the interval.
//!
//! ```text
//!   partition ▐███████▌    ▐███▌          ▐██████████▌ │
//!   crash     ▐██▌             ▐████████▌    ▐███▌     │ main phase ends: all faults are healed
//! ```
//!
//! Each kind has a random stream of its own, so that a further kind moves nothing of the others.
//! All faults are healed at the end of the main phase, stated ones included.

use super::drawn_targets::Source;
use super::{Fault, FaultKind, NemesisSettings, Window, swarm};
use crate::engine::rng::{Purpose, Seed};
use crate::engine::time::{Duration, Instant};

/// Minimum interval; a shorter one counts as this one, since a run would be all nemesis.
pub const INTERVAL_MIN: Duration = Duration::from_ms(1);

/// Maximum time until the first fault of each kind, drawn so that kinds do not begin together.
const OFFSET: Duration = Duration::from_ms(1);

/// Returns all fault windows of servers `0..nodes` up to `duration`, in the order of time; at one
/// instant stated faults come first, then drawn ones in the order of their kinds. A window that
/// would be longer ends with the duration; an empty one is left out.
pub fn schedule(
    settings: &NemesisSettings,
    nodes: u32,
    duration: Duration,
    seed: Seed,
) -> Vec<Window> {
    let end = Instant::ZERO.saturating_add(duration);
    let mut windows = settings.faults.clone();
    for kind in swarm::kinds(settings, seed) {
        let rng = seed.stream(Purpose::Nemesis, kind as u64);
        Source { settings, nodes, rng }.flip_flop(kind, end, &mut windows);
    }
    windows.iter_mut().for_each(|window| window.until = window.until.min(end));
    windows.retain(|window| window.at < window.until);
    windows.sort_by_key(|window| window.at);
    windows
}

impl Source<'_> {
    fn flip_flop(&mut self, kind: FaultKind, end: Instant, windows: &mut Vec<Window>) {
        let mut at = Instant::from_ns(self.rng.below(OFFSET.as_ns()));
        while at < end {
            let fault = self.fault(kind);
            let until = at.saturating_add(self.gap());
            let spares_clients = self.settings.swarm;
            windows.extend(fault.map(|fault| Window { at, until, fault, spares_clients }));
            at = until.saturating_add(self.gap());
        }
    }

    /// Draws a time from zero up to twice the interval.
    fn gap(&mut self) -> Duration {
        let interval = self.settings.interval.max(INTERVAL_MIN);
        Duration::from_ns(self.rng.below(interval.saturating_mul(2).as_ns()))
    }

    /// Draws a fault of this kind, or returns `None` if there are too few nodes for one.
    fn fault(&mut self, kind: FaultKind) -> Option<Fault> {
        if self.nodes == 0 {
            return None;
        }
        (kind.row().draw)(self).map(|target| Fault { kind, target })
    }
}

#[cfg(test)]
mod tests {
    use super::super::Target;
    use super::*;
    use crate::network::Cut;
    use crate::node::NodeId;

    fn seconds(count: u64) -> Duration {
        Duration::from_seconds(count)
    }

    fn drawn(kinds: &[FaultKind], nodes: u32, seed: u64) -> Vec<Window> {
        let settings = NemesisSettings { kinds: kinds.to_vec(), ..NemesisSettings::default() };
        schedule(&settings, nodes, seconds(2_000), Seed::new(seed).expect("a seed"))
    }

    #[test]
    fn one_kind_more_moves_nothing_of_the_others() {
        let few = [FaultKind::Partition, FaultKind::Pause];
        let of_few = |windows: Vec<Window>| -> Vec<Window> {
            windows.into_iter().filter(|w| few.contains(&w.fault.kind)).collect()
        };
        assert_eq!(of_few(drawn(&FaultKind::ALL, 5, 3)), drawn(&few, 5, 3));
        assert_ne!(drawn(&few, 5, 3), drawn(&few, 5, 4));
    }

    #[test]
    fn a_kind_begins_at_once_and_its_windows_do_not_overlap() {
        for kind in FaultKind::ALL {
            let windows = drawn(&[kind], 5, 1);
            assert!(windows[0].at < Instant::ZERO.saturating_add(OFFSET), "{kind:?}");
            assert!(windows.is_sorted_by(|a, b| a.until <= b.at), "{kind:?}");
            assert!(windows.iter().all(|window| window.fault.kind == kind));
            // Gaps are 10 s on average and up to 20 s: 100 windows in 2,000 s, ± 4 deviations.
            assert!(windows.len().abs_diff(100) < 33, "{kind:?}: {}", windows.len());
            assert!(windows.iter().all(|w| w.until.saturating_since(w.at) < seconds(20)));
        }
    }

    #[test]
    fn all_is_healed_when_the_duration_is_over() {
        let window = |at, until| Window {
            at: Instant::ZERO.saturating_add(seconds(at)),
            until: Instant::ZERO.saturating_add(seconds(until)),
            fault: Fault::crash(vec![NodeId(0)]),
            spares_clients: false,
        };
        let settings = NemesisSettings {
            faults: vec![window(12, 15), window(8, 30), window(3, 4), window(5, 5)],
            ..NemesisSettings::default()
        };
        let found = schedule(&settings, 1, seconds(10), Seed::new(1).expect("a seed"));
        assert_eq!(found, [window(3, 4), window(8, 10)]);
        let end = Instant::ZERO.saturating_add(seconds(2_000));
        assert!(drawn(&FaultKind::ALL, 5, 7).iter().all(|window| window.until <= end));
    }

    #[test]
    fn victims_are_one_node_or_some_of_a_minority() {
        for (nodes, most) in [(1, 1), (2, 1), (3, 1), (4, 1), (5, 2), (9, 4)] {
            let sizes: Vec<usize> = (0..5)
                .flat_map(|seed| drawn(&[FaultKind::Crash], nodes, seed))
                .map(|window| match window.fault.target {
                    Target::Nodes(ids) if ids.iter().all(|id| id.0 < nodes) => ids.len(),
                    other => panic!("{other:?}"),
                })
                .collect();
            assert_eq!(sizes.iter().max(), Some(&most), "of {nodes}");
            assert!(sizes.iter().filter(|size| **size == 1).count() * 2 > sizes.len());
        }
    }

    #[test]
    fn a_one_way_cut_leaves_nodes_on_both_sides() {
        for nodes in 2..7 {
            for window in drawn(&[FaultKind::OneWay], nodes, 2) {
                let Target::Cut(None, Cut::OneWay { from, to }) = window.fault.target else {
                    panic!()
                };
                assert!(!from.is_empty() && !to.is_empty());
                assert_eq!(from.len() + to.len(), nodes as usize);
            }
        }
        assert_eq!(drawn(&[FaultKind::OneWay], 1, 2), []);
        assert_eq!(drawn(&FaultKind::ALL, 0, 2), []);
    }

    #[test]
    fn an_interval_of_nothing_still_ends() {
        let settings = NemesisSettings {
            kinds: vec![FaultKind::Loss],
            interval: Duration::ZERO,
            ..NemesisSettings::default()
        };
        let found = schedule(&settings, 1, seconds(1), Seed::new(1).expect("a seed"));
        assert!(found.len().abs_diff(500) < 100, "{}", found.len());
    }
}
