//! Absences of nodes: intervals in which a node is down or paused, indexed by node and instant, so
//! that a run may have any number of them.

use std::collections::BTreeMap;

use crate::engine::time::{Duration, Instant};
use crate::node::NodeId;
use crate::simulation::NodeFault;

/// An interval in which a node is down or paused.
#[derive(Clone, Copy, Debug)]
struct Absence {
    at: Instant,
    until: Instant,
    /// The latest end of this absence and all before it of the same node.
    latest: Instant,
}

/// All absences of a run.
#[derive(Debug, Default)]
pub(crate) struct Absences {
    /// For each node its absences, ordered by their beginnings.
    of_node: BTreeMap<NodeId, Vec<Absence>>,
    /// The restarts of nodes, in order of time.
    restarts: Vec<(Instant, NodeId)>,
}

impl Absences {
    /// Returns the absences that these faults cause.
    pub(crate) fn new(faults: &[(Instant, NodeFault)]) -> Absences {
        let mut faults = faults.to_vec();
        faults.sort_by_key(|(at, _)| *at);
        let mut begun: BTreeMap<(NodeId, bool), Vec<Instant>> = BTreeMap::new();
        let mut absences = Absences::default();
        for (time, fault) in faults {
            match fault {
                NodeFault::Crash(node) | NodeFault::Wipe(node) => {
                    begun.entry((node, true)).or_default().push(time);
                }
                NodeFault::Pause(node) => begun.entry((node, false)).or_default().push(time),
                NodeFault::Restart(node) | NodeFault::Resume(node) => {
                    let restarts = matches!(fault, NodeFault::Restart(_));
                    let its = begun.get_mut(&(node, restarts)).filter(|its| !its.is_empty());
                    let at = its.map_or(time, |its| its.remove(0));
                    let absence = Absence { at, until: time, latest: time };
                    absences.of_node.entry(node).or_default().push(absence);
                    if restarts {
                        absences.restarts.push((time, node));
                    }
                }
            }
        }
        for its in absences.of_node.values_mut() {
            its.sort_by_key(|absence| absence.at);
            let mut latest = Instant::ZERO;
            for absence in its {
                latest = latest.max(absence.until);
                absence.latest = latest;
            }
        }
        absences
    }

    /// The restarts of nodes, in order of time.
    pub(super) fn restarts(&self) -> &[(Instant, NodeId)] {
        &self.restarts
    }

    /// Returns the absences of a node that end after an instant, ordered by their beginnings.
    fn after(&self, node: NodeId, now: Instant) -> impl Iterator<Item = &Absence> {
        let its = self.of_node.get(&node).map_or(&[][..], Vec::as_slice);
        let over = its.partition_point(|absence| absence.latest <= now);
        its[over..].iter().filter(move |absence| absence.until > now)
    }

    /// Whether a node is absent.
    pub(super) fn is_away(&self, node: NodeId, now: Instant) -> bool {
        self.after(node, now).take_while(|absence| absence.at <= now).next().is_some()
    }

    /// Returns the time from `now` until a node will have been present for the time `there`.
    ///
    /// ```text
    /// now ──── present ════ absent ════ ──── present ──── end
    /// ```
    ///
    /// The two parts in which it is present add up to `there`.
    pub(super) fn patience(&self, node: NodeId, now: Instant, there: Duration) -> Duration {
        let mut end = now.saturating_add(there);
        let mut there_since = now;
        for absence in self.after(node, now) {
            let at = absence.at.max(there_since);
            if at >= end {
                break;
            }
            end = end.saturating_add(absence.until.saturating_since(at));
            there_since = there_since.max(absence.until);
        }
        end.saturating_since(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_seconds(10);

    fn at(seconds: u64) -> Instant {
        Instant::ZERO.saturating_add(Duration::from_seconds(seconds))
    }

    #[test]
    fn the_time_in_which_a_node_is_away_does_not_count() {
        let node = NodeId(1);
        let faults = [
            (at(0), NodeFault::Pause(node)),
            (at(12), NodeFault::Resume(node)),
            (at(15), NodeFault::Crash(node)),
            (at(15), NodeFault::Pause(NodeId(0))),
            (at(18), NodeFault::Restart(node)),
            (at(60), NodeFault::Resume(NodeId(0))),
        ];
        let absences = Absences::new(&faults);
        let seconds =
            |node, now| absences.patience(node, at(now), PATIENCE).as_ns() / 1_000_000_000;
        assert_eq!([seconds(node, 0), seconds(node, 2), seconds(node, 5)], [25, 23, 20]);
        assert_eq!([seconds(node, 12), seconds(node, 18)], [13, 10]);
        assert_eq!([seconds(NodeId(0), 0), seconds(NodeId(0), 5)], [10, 10]);
        assert_eq!(seconds(NodeId(0), 20), 50);
        assert_eq!(seconds(NodeId(2), 3), 10);
    }

    #[test]
    fn overlapping_absences_count_once() {
        let node = NodeId(0);
        let faults = [
            (at(0), NodeFault::Pause(node)),
            (at(5), NodeFault::Crash(node)),
            (at(8), NodeFault::Restart(node)),
            (at(20), NodeFault::Resume(node)),
        ];
        let absences = Absences::new(&faults);
        assert_eq!(absences.patience(node, at(0), PATIENCE).as_ns(), 30_000_000_000);
    }

    #[test]
    fn a_node_is_away_from_the_beginning_of_an_absence_until_before_its_end() {
        let node = NodeId(0);
        let faults = [
            (at(1), NodeFault::Pause(node)),
            (at(2), NodeFault::Crash(node)),
            (at(3), NodeFault::Restart(node)),
            (at(9), NodeFault::Resume(node)),
            (at(9), NodeFault::Crash(NodeId(1))),
        ];
        let absences = Absences::new(&faults);
        let away = [0, 1, 3, 8, 9].map(|seconds| absences.is_away(node, at(seconds)));
        assert_eq!(away, [false, true, true, true, false]);
        assert!(!absences.is_away(NodeId(1), at(9)), "it never starts again");
        assert_eq!(absences.restarts(), [(at(3), node)]);
    }

    /// Twenty thousand lookups among 400,000 absences of one node: a scan of all would take hours.
    #[test]
    fn many_absences_are_found_at_once() {
        let node = NodeId(0);
        let faults: Vec<(Instant, NodeFault)> = (0..400_000)
            .flat_map(|n| {
                [(at(2 * n), NodeFault::Crash(node)), (at(2 * n + 1), NodeFault::Restart(node))]
            })
            .collect();
        let absences = Absences::new(&faults);
        for n in (0..400_000).step_by(20) {
            assert!(absences.is_away(node, at(2 * n)) && !absences.is_away(node, at(2 * n + 1)));
            let patience = absences.patience(node, at(2 * n + 1), PATIENCE);
            assert_eq!(patience, Duration::from_seconds(19));
        }
    }
}
