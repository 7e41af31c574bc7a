//! Searches a component for a short cycle of each kind.
//!
//! In linear time it is known whether a closed way of a kind exists (see `txn/local.rs`); then a
//! breadth-first search finds a shortest one from a first edge that it must have. Of `G-single` it
//! is known only that its one anti-dependency goes forward in the order of components, and further
//! searches decide. A closed way that goes through a transaction twice is several cycles.

use std::collections::VecDeque;

use super::anomaly::{Anomalies, Anomaly};
use super::graph::Kind;
use super::local::{Local, Ways};
use super::options::TxnLimits;
use super::spec::Orders;
use super::spec::{Rw, Spec, classify, specs};
use super::store::NONE;

/// A cycle of transactions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    pub(super) anomaly: Anomaly,
    /// Transactions, each with the kind of the edge to the next one, from the last to the first.
    pub(super) steps: Vec<(u32, Kind)>,
}

/// What is left of the limits, over all components.
#[derive(Clone, Debug)]
pub(super) struct Budget {
    pub(super) limits: TxnLimits,
    /// Number of steps that are left.
    pub(super) steps: u64,
}

impl Budget {
    pub(super) fn new(limits: TxnLimits) -> Budget {
        Budget { limits, steps: limits.search_steps_max }
    }
}

/// The outcome of the search of a component.
#[derive(Clone, Debug, Default)]
pub(super) struct Searched {
    pub(super) cycles: Vec<Cycle>,
    /// Kinds of cycles whose search ended at a limit.
    pub(super) unfinished: Vec<Anomaly>,
}

/// How the cycles that are found are named.
pub(super) trait Naming {
    /// Returns the cycles that are reported for closed ways of a kind, and which kinds need not be
    /// searched any more. `known` are those that need not be searched already.
    fn accept(
        &self,
        spec: &Spec,
        cycles: Vec<Vec<(u32, Kind)>>,
        known: Anomalies,
    ) -> Option<(Vec<Cycle>, Anomalies)>;
}

/// Names each cycle by its edges as they were used.
pub(super) struct ByEdges;

impl Naming for ByEdges {
    fn accept(
        &self,
        _: &Spec,
        cycles: Vec<Vec<(u32, Kind)>>,
        known: Anomalies,
    ) -> Option<(Vec<Cycle>, Anomalies)> {
        let (mut found, mut all) = (Vec::new(), known);
        for steps in cycles {
            let kinds: Vec<Kind> = steps.iter().map(|(_, kind)| *kind).collect();
            let anomaly = classify(&kinds);
            if !all.contains(anomaly) {
                all = all.union(anomaly.implied());
                found.push(Cycle { anomaly, steps });
            }
        }
        (!found.is_empty()).then_some((found, all))
    }
}

/// Searches a component for cycles of all kinds that none found before implies.
pub(super) fn search(
    local: &Local,
    orders: Orders,
    naming: &impl Naming,
    budget: &mut Budget,
) -> Searched {
    let mut searched = Searched::default();
    let mut known = Anomalies::default();
    for spec in specs(orders) {
        if known.contains(spec.anomaly) {
            continue;
        }
        let ways = Ways::new(local, spec.kinds, spec.rw);
        let mut search = Search::new(local, &ways, spec);
        let is_first = searched.cycles.is_empty();
        match search.run(naming, known, is_first, budget) {
            Some((cycles, all)) => {
                searched.cycles.extend(cycles);
                known = all;
            }
            None if search.is_cut_short => searched.unfinished.push(spec.anomaly),
            None => {}
        }
    }
    searched
}

/// The search for one kind of cycles.
struct Search<'a> {
    local: &'a Local,
    ways: &'a Ways,
    spec: Spec,
    /// Kinds of which an edge is still to come after the first one; the last need is a second
    /// anti-dependency.
    needs: Vec<u8>,
    /// Number of the search that has last reached each state, and how.
    reached: Vec<(u32, u32)>,
    /// The state before each, and the edge from it.
    before: Vec<(u32, Kind)>,
    generation: u32,
    is_cut_short: bool,
}

/// A closed way that is reported, and the kinds of cycles that need not be searched any more.
type Accepted = (Vec<Cycle>, Anomalies);

impl<'a> Search<'a> {
    fn new(local: &'a Local, ways: &'a Ways, spec: Spec) -> Search<'a> {
        let anchor = spec.anchor().bit();
        let mut needs: Vec<u8> =
            spec.needs.into_iter().filter(|need| *need != 0 && *need != anchor).collect();
        if matches!(spec.rw, Rw::Apart | Rw::Any) {
            needs.push(Kind::Rw.bit());
        }
        let states = ways.component.len() << needs.len();
        Search {
            local,
            ways,
            spec,
            needs,
            reached: vec![(0, 0); states],
            before: vec![(NONE, Kind::Free); states],
            generation: 0,
            is_cut_short: false,
        }
    }

    /// Returns a shortest cycle, as far as limits allow; `is_first` if the component has none yet,
    /// so that one has to be found beyond them.
    fn run(
        &mut self,
        naming: &impl Naming,
        known: Anomalies,
        is_first: bool,
        budget: &mut Budget,
    ) -> Option<Accepted> {
        let anchors = self.anchors();
        let mut best: Option<(usize, Accepted)> = None;
        let mut shortening = budget.limits.shortening_steps_max + 16 * self.local.edges() as u64;
        for (from, first) in &anchors {
            let max = best.as_ref().map_or(usize::MAX, |(length, _)| length - 1);
            if max < 2 {
                break;
            }
            // A closed way from an edge of a component is always there.
            let is_first_anchor = std::ptr::eq(first, &anchors[0].1);
            let must_find = is_first && is_first_anchor && self.spec.rw != Rw::One;
            let allowed = match best {
                Some(_) => shortening.min(budget.steps),
                None if must_find => u64::MAX,
                None => budget.steps,
            };
            if allowed == 0 {
                self.is_cut_short |= best.is_none();
                break;
            }
            let mut left = allowed;
            let way = self.from(*from, first, max, &mut left);
            let used = allowed - left;
            budget.steps = budget.steps.saturating_sub(used);
            if best.is_some() {
                shortening -= used;
            }
            let Some(way) = way else { continue };
            let cycles = simple_cycles(&way);
            let Some(accepted) = naming.accept(&self.spec, cycles, known) else { continue };
            let length = accepted.0.iter().map(|cycle| cycle.steps.len()).min().unwrap_or(0);
            if best.as_ref().is_none_or(|(shortest, _)| length < *shortest) {
                best = Some((length, accepted));
            }
        }
        best.map(|(_, accepted)| accepted)
    }

    /// The edges with which a cycle may begin, by the transactions from which they go.
    fn anchors(&self) -> Vec<(u32, Vec<(u32, Kind)>)> {
        let anchor = self.spec.anchor();
        let component = &self.ways.component;
        let has_needs = self.components_with_needs();
        let mut anchors = Vec::new();
        for from in 0..self.local.txns {
            let number = component[from as usize];
            if !has_needs.as_ref().is_none_or(|has| has[number as usize]) {
                continue;
            }
            let is_anchor = |(to, kind): &&(u32, Kind)| {
                let to = component[*to as usize];
                *kind == anchor && if self.spec.rw == Rw::One { to >= number } else { to == number }
            };
            let edges = match self.spec.rw {
                Rw::One => self.local.from(from),
                _ => self.ways.edges.from(from),
            };
            let first: Vec<(u32, Kind)> = edges.iter().filter(is_anchor).copied().collect();
            if !first.is_empty() {
                anchors.push((from, first));
            }
        }
        anchors
    }

    /// Whether each component has edges of all kinds that are needed; none if a cycle need not stay
    /// in a component.
    fn components_with_needs(&self) -> Option<Vec<bool>> {
        if self.spec.rw == Rw::One {
            return None;
        }
        let component = &self.ways.component;
        let mut kinds = vec![0_u8; component.len()];
        for (from, number) in (0..).zip(component) {
            for (to, kind) in self.ways.edges.from(from) {
                if component[*to as usize] == *number {
                    kinds[*number as usize] |= kind.bit();
                }
            }
        }
        let needs: u8 = self.spec.needs.iter().fold(0, |all, need| all | need);
        Some(kinds.into_iter().map(|kinds| kinds & needs == needs).collect())
    }

    /// Searches for a closed way of at most `max` transactions that begins with one of these edges
    /// from a transaction.
    fn from(
        &mut self,
        from: u32,
        first: &[(u32, Kind)],
        max: usize,
        left: &mut u64,
    ) -> Option<Vec<(u32, Kind)>> {
        self.generation += 1;
        let component = &self.ways.component;
        let lowest = component[from as usize];
        let is_one = self.spec.rw == Rw::One;
        let needs = self.needs.len() as u32;
        let all = (1_u32 << needs) - 1;
        let mut queue = VecDeque::new();
        for (to, kind) in first {
            let flags = match kind {
                // The second need of this kind is another edge.
                Kind::Rw => 0,
                kind => self.flags(0, *kind),
            };
            self.visit(NONE, (*to, flags), *kind, 0, max, &mut queue);
        }
        while let Some((state, far)) = queue.pop_front() {
            let (generation, distance) = self.reached[state as usize];
            if generation != self.generation || distance != far {
                continue;
            }
            let (way, flags) = (state >> needs, state & all);
            if way == from && flags == all {
                return Some(self.trace(from, state));
            }
            let ways = self.ways;
            for (to, kind) in ways.edges.from(way) {
                *left = left.saturating_sub(1);
                let number = ways.component[*to as usize];
                if if is_one { number < lowest } else { number != lowest } {
                    continue;
                }
                let flags = self.flags(flags, *kind);
                self.visit(state, (*to, flags), *kind, far, max, &mut queue);
            }
            if *left == 0 {
                self.is_cut_short = true;
                return None;
            }
        }
        None
    }

    /// Returns the needs that are met after an edge.
    fn flags(&self, flags: u32, kind: Kind) -> u32 {
        let meets = |need: &&u8| **need & kind.bit() != 0;
        let met = (0..).zip(&self.needs).filter(|(_, need)| meets(need));
        met.fold(flags, |flags, (place, _)| flags | 1 << place)
    }

    /// Reaches a state from another one over an edge, unless it is known as near.
    fn visit(
        &mut self,
        from: u32,
        (way, flags): (u32, u32),
        kind: Kind,
        far: u32,
        max: usize,
        queue: &mut VecDeque<(u32, u32)>,
    ) {
        let state = way << self.needs.len() | flags;
        // A transaction costs one; the last one on the way is the first one.
        let cost = u32::from(self.ways.node(way) < self.local.txns);
        let distance = far + cost;
        let (generation, known) = self.reached[state as usize];
        if distance as usize > max || (generation == self.generation && known <= distance) {
            return;
        }
        self.reached[state as usize] = (self.generation, distance);
        self.before[state as usize] = (from, kind);
        if cost == 0 {
            queue.push_front((state, distance));
        } else {
            queue.push_back((state, distance));
        }
    }

    /// Returns the transactions of a closed way to a state, each with the kind of the edge from it.
    fn trace(&self, from: u32, state: u32) -> Vec<(u32, Kind)> {
        let needs = self.needs.len();
        let mut steps = Vec::new();
        let (mut state, mut kind) = (state, Kind::Free);
        loop {
            let (before, edge) = self.before[state as usize];
            if edge != Kind::Free {
                kind = edge;
            }
            let node = if before == NONE { from } else { self.ways.node(before >> needs) };
            if node < self.local.txns {
                steps.push((self.local.nodes[node as usize], kind));
            }
            if before == NONE {
                steps.reverse();
                return steps;
            }
            state = before;
        }
    }
}

/// Splits a closed way into cycles that go through each transaction once.
fn simple_cycles(way: &[(u32, Kind)]) -> Vec<Vec<(u32, Kind)>> {
    let (mut cycles, mut open) = (Vec::new(), Vec::<(u32, Kind)>::new());
    for (txn, kind) in way {
        if let Some(place) = open.iter().position(|(known, _)| known == txn) {
            cycles.push(open.split_off(place));
        }
        open.push((*txn, *kind));
    }
    cycles.push(open);
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_meets_itself_is_several_cycles() {
        use Kind::{Rw, Wr, Ww};
        let way = [(1, Ww), (2, Wr), (3, Ww), (2, Rw)];
        assert_eq!(simple_cycles(&way), [vec![(2, Wr), (3, Ww)], vec![(1, Ww), (2, Rw)]]);
        assert_eq!(simple_cycles(&way[..3]), [way[..3].to_vec()]);
    }
}
