//! Conversion of fault windows to settings of a simulation: faults, clocks, cuts and degradations.
//!
//! Windows may overlap. A node that several windows crash is down from the first beginning to the
//! last end, and loses its disk at the beginning if any of them wipes it; overlapping pauses of a
//! node are merged in the same way. A crash ends a pause, even one that would last longer: a
//! process that starts again is not paused. Of several skews of a clock the one that began last
//! counts. Cuts and degradations add up.

use std::collections::BTreeMap;

use super::Window;
use super::target::Target;
use crate::engine::ratio::Ratio;
use crate::engine::time::Instant;
use crate::network::{Degradation, DegradationWindow, Partition};
use crate::node::NodeId;
use crate::simulation::{self, Setup, Skew};

/// Fault windows as settings of a simulation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// Faults of nodes, in the order of time.
    pub faults: Vec<(Instant, simulation::NodeFault)>,
    /// Skewed clocks.
    pub clocks: Vec<Skew>,
    /// Network partitions.
    pub partitions: Vec<Partition>,
    /// Degradations of the network.
    pub degradations: Vec<DegradationWindow>,
}

impl Conditions {
    /// Adds these conditions to the set-up of a simulation.
    pub fn add_to(self, setup: &mut Setup) {
        setup.faults.extend(self.faults);
        setup.clocks.extend(self.clocks);
        setup.network.partitions.extend(self.partitions);
        setup.network.degradations.extend(self.degradations);
    }
}

/// Builder of [`Conditions`]: outages and pauses of a node are merged at the end.
#[derive(Default)]
pub(super) struct Plan {
    found: Conditions,
    outages: Spans,
    pauses: Spans,
}

/// Operations for the rows of the table of fault kinds. A target of another form adds nothing.
impl Plan {
    /// Returns the conditions: outages and pauses of a node are merged.
    pub(super) fn finish(self) -> Conditions {
        let Plan { found, outages, pauses } = self;
        Conditions { faults: faults(outages, pauses), ..found }
    }

    pub(super) fn cut(&mut self, window: &Window) {
        if let Target::Cut(_, cut) = &window.fault.target {
            let Window { at, until, .. } = *window;
            self.found.partitions.push(Partition { at, until, cut: cut.clone() });
        }
    }

    pub(super) fn outage(&mut self, window: &Window, wipes: bool) {
        self.outages.add(&window.fault.nodes(), window.at, window.until, wipes);
    }

    pub(super) fn pause(&mut self, window: &Window) {
        self.pauses.add(&window.fault.nodes(), window.at, window.until, false);
    }

    pub(super) fn slow(&mut self, window: &Window) {
        if let Target::SlowNodes(ids, by) = &window.fault.target {
            self.degrade(window, Degradation::Slow(ids.clone(), *by));
        }
    }

    pub(super) fn skew(&mut self, window: &Window) {
        if let Target::Rates(rates) = &window.fault.target {
            let Window { at, until, .. } = *window;
            let skew = |&(node, rate)| Skew { node, at, until, rate };
            self.found.clocks.extend(rates.iter().map(skew));
        }
    }

    pub(super) fn chance(&mut self, window: &Window, of: fn(Ratio) -> Degradation) {
        if let Target::Probability(chance) = window.fault.target {
            self.degrade(window, of(chance));
        }
    }

    fn degrade(&mut self, window: &Window, degradation: Degradation) {
        let Window { at, until, spares_clients, .. } = *window;
        let window = DegradationWindow { at, until, degradation, spares_clients };
        self.found.degradations.push(window);
    }
}

/// Returns the beginnings and ends, in the order of time; at one instant ends come first.
fn faults(outages: Spans, pauses: Spans) -> Vec<(Instant, simulation::NodeFault)> {
    let (mut faults, mut begins) = (vec![], vec![]);
    for (id, span) in outages.merged() {
        let down =
            if span.wipes { simulation::NodeFault::Wipe } else { simulation::NodeFault::Crash };
        begins.push((span.at, down(id)));
        faults.push((span.until, simulation::NodeFault::Restart(id)));
    }
    for (id, span) in pauses.merged() {
        begins.push((span.at, simulation::NodeFault::Pause(id)));
        faults.push((span.until, simulation::NodeFault::Resume(id)));
    }
    faults.append(&mut begins);
    faults.sort_by_key(|(at, _)| *at);
    faults
}

/// Periods in which nodes are down or paused.
#[derive(Default)]
struct Spans {
    of_node: BTreeMap<NodeId, Vec<Span>>,
}

#[derive(Clone, Copy)]
struct Span {
    at: Instant,
    until: Instant,
    wipes: bool,
}

impl Spans {
    fn add(&mut self, ids: &[NodeId], at: Instant, until: Instant, wipes: bool) {
        for id in ids {
            self.of_node.entry(*id).or_default().push(Span { at, until, wipes });
        }
    }

    /// Merges spans of a node that overlap or touch.
    fn merged(self) -> Vec<(NodeId, Span)> {
        let mut merged: Vec<(NodeId, Span)> = Vec::new();
        for (id, mut spans) in self.of_node {
            spans.sort_by_key(|span| span.at);
            for span in spans {
                match merged.last_mut() {
                    Some((of, last)) if *of == id && span.at <= last.until => {
                        last.until = last.until.max(span.until);
                        last.wipes |= span.wipes;
                    }
                    _ => merged.push((id, span)),
                }
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, conditions};
    use super::*;
    use crate::engine::rng::Seed;
    use crate::engine::time::Duration;
    use crate::network::Cut;
    use crate::simulation::NodeFault as F;

    fn window(at: u64, until: u64, fault: Fault) -> Window {
        let (at, until) = (Instant::from_ns(at), Instant::from_ns(until));
        Window { at, until, fault, spares_clients: false }
    }

    fn ids(ids: &[u32]) -> Vec<NodeId> {
        ids.iter().copied().map(NodeId).collect()
    }

    #[track_caller]
    fn check(windows: &[Window], expected: &[(u64, F)]) {
        let expected: Vec<_> =
            expected.iter().map(|(at, fault)| (Instant::from_ns(*at), *fault)).collect();
        assert_eq!(conditions(windows).faults, expected);
    }

    #[test]
    fn overlapping_crashes_are_one_and_a_wipe_among_them_wins() {
        let (a, b) = (NodeId(0), NodeId(1));
        let windows = [
            window(10, 20, Fault::crash(ids(&[0, 1]))),
            window(15, 30, Fault::wipe(ids(&[0]))),
            window(30, 40, Fault::crash(ids(&[0]))),
            window(50, 60, Fault::crash(ids(&[0]))),
            window(55, 55, Fault::crash(ids(&[1]))),
        ];
        let expected = [
            (10, F::Wipe(a)),
            (10, F::Crash(b)),
            (20, F::Restart(b)),
            (40, F::Restart(a)),
            (50, F::Crash(a)),
            (60, F::Restart(a)),
        ];
        check(&windows, &expected);
    }

    #[test]
    fn pauses_merge_and_what_ends_at_an_instant_comes_first() {
        let (a, b) = (NodeId(0), NodeId(1));
        let windows = [
            window(10, 20, Fault::pause(ids(&[0]))),
            window(12, 25, Fault::pause(ids(&[0]))),
            window(25, 30, Fault::crash(ids(&[0]))),
            window(30, 35, Fault::pause(ids(&[0, 1]))),
        ];
        let expected = [
            (10, F::Pause(a)),
            (25, F::Resume(a)),
            (25, F::Crash(a)),
            (30, F::Restart(a)),
            (30, F::Pause(a)),
            (30, F::Pause(b)),
            (35, F::Resume(a)),
            (35, F::Resume(b)),
        ];
        check(&windows, &expected);
    }

    #[test]
    fn the_rest_goes_to_network_and_clocks() {
        let cut = Cut::Links(vec![(NodeId(0), NodeId(1))]);
        let windows = [
            window(1, 2, Fault::partition("one", cut.clone())),
            window(3, 4, Fault::slow(ids(&[1]), Duration::from_ms(5))),
            window(5, 6, Fault::loss(Ratio::ONE)),
            window(7, 8, Fault::skew(vec![(NodeId(1), Ratio::whole(2))])),
        ];
        let mut setup = Setup::new(2, Seed::new(1).expect("a seed"));
        conditions(&windows).add_to(&mut setup);
        assert_eq!(setup.network.partitions[0].cut, cut);
        let degradation: Vec<_> =
            setup.network.degradations.iter().map(|window| &window.degradation).collect();
        let slow = Degradation::Slow(ids(&[1]), Duration::from_ms(5));
        assert_eq!(degradation, [&slow, &Degradation::Loss(Ratio::ONE)]);
        assert_eq!((setup.clocks[0].node, setup.clocks[0].rate), (NodeId(1), Ratio::whole(2)));
        assert_eq!(setup.faults, []);
    }
}
