//! All cycles of a history, by component: in the strict sense, and as Elle names them.

use std::collections::BTreeMap;

use super::anomaly::{Anomalies, Anomaly};
use super::cases::CASES_KEPT;
use super::graph::{Graph, Kind};
use super::local::{Local, Ways};
use super::model::Models;
use super::options::TxnLimits;
use super::search::{Budget, ByEdges, Cycle, Naming, search};
use super::spec::{EXISTENCES, Orders, Spec, classify};
use super::store::Store;
use crate::components::components;

/// Cycles of a kind: how many components have one, and the first few.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) count: u64,
    pub(super) cycles: Vec<Cycle>,
}

/// Cycles by kind.
pub(super) type ByKind = BTreeMap<Anomaly, Found>;

/// A component that breaks a model, though no cycle was found that does.
#[derive(Clone, Debug)]
pub(super) struct Exists {
    /// Number of transactions of the component.
    pub(super) size: usize,
    pub(super) kinds: u8,
}

/// The cycles of a history.
#[derive(Clone, Debug, Default)]
pub(super) struct Cycles {
    pub(super) strict: ByKind,
    pub(super) parity: ByKind,
    /// In the sense of parity: models that some component breaks.
    pub(super) exists: BTreeMap<Anomaly, Exists>,
    /// Kinds of cycles whose search ended at a limit in some component.
    pub(super) unfinished: Anomalies,
    /// Number of components.
    pub(super) components: usize,
    /// Number of transactions of the largest component.
    pub(super) largest: usize,
}

/// What parity looks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct ParityView {
    pub(super) orders: Orders,
    /// Kinds of data dependencies in the order in which Elle explains an edge by them.
    pub(super) preference: [Kind; 3],
}

/// Finds the cycles in two graphs: that of the strict sense, and that of Elle; mostly they are one.
pub(super) fn find(
    store: &Store,
    [graph, of_elle]: [&Graph; 2],
    parity: ParityView,
    limits: TxnLimits,
) -> Cycles {
    let groups = groups(graph);
    let mut cycles = find_in(store, graph, &groups, limits);
    let mut budget = Budget::new(limits);
    let of_elle_groups = if std::ptr::eq(graph, of_elle) { groups } else { self::groups(of_elle) };
    for group in &of_elle_groups {
        find_parity(store, of_elle, group, parity, &mut cycles, &mut budget);
    }
    cycles
}

/// Finds the cycles in a graph, in the strict sense alone.
pub(super) fn find_strict(store: &Store, graph: &Graph, limits: TxnLimits) -> Cycles {
    find_in(store, graph, &groups(graph), limits)
}

fn find_in(store: &Store, graph: &Graph, groups: &[Vec<u32>], limits: TxnLimits) -> Cycles {
    let mut cycles = Cycles::default();
    let mut budget = Budget::new(limits);
    let orders = Orders { process: true, realtime: true };
    for group in groups {
        cycles.components += 1;
        cycles.largest = cycles.largest.max(size(graph, group));
        let local = Local::new(store, graph, group, orders, false);
        let searched = search(&local, orders, &ByEdges, &mut budget);
        add(&mut cycles.strict, searched.cycles);
        cycles.unfinished = cycles.unfinished.union(searched.unfinished.into_iter().collect());
    }
    cycles
}

/// Number of transactions of a component.
fn size(graph: &Graph, group: &[u32]) -> usize {
    group.partition_point(|node| *node < graph.txns)
}

/// The components with several transactions, small ones first: their cycles cost the least.
fn groups(graph: &Graph) -> Vec<Vec<u32>> {
    let mut groups = components(graph.len(), |node, n| graph.predecessor(node, n));
    groups.retain(|group| size(graph, group) > 1);
    groups.sort_by_key(|group| (size(graph, group), group[0]));
    groups
}

fn add(by_kind: &mut ByKind, found: Vec<Cycle>) {
    for cycle in found {
        let entry = by_kind.entry(cycle.anomaly).or_default();
        entry.count += 1;
        if entry.cycles.len() < CASES_KEPT {
            entry.cycles.push(cycle);
        }
    }
}

/// Finds the cycles that Elle reports: it takes orders into account only if a model asks for them,
/// so that components may be smaller.
fn find_parity(
    store: &Store,
    graph: &Graph,
    group: &[u32],
    parity: ParityView,
    cycles: &mut Cycles,
    budget: &mut Budget,
) {
    let whole = Local::new(store, graph, group, parity.orders, true);
    let successor = |node: u32, n: usize| whole.from(node).get(n).map(|(to, _)| *to);
    for part in components(group.len(), successor) {
        let part: Vec<u32> = part.iter().map(|node| group[*node as usize]).collect();
        let local = Local::new(store, graph, &part, parity.orders, true);
        if local.txns < 2 {
            continue;
        }
        let naming = Explained { local: &local, preference: parity.preference };
        let searched = search(&local, parity.orders, &naming, budget);
        add(&mut cycles.parity, searched.cycles);
        add_existences(&local, &mut cycles.exists);
    }
}

fn add_existences(local: &Local, exists: &mut BTreeMap<Anomaly, Exists>) {
    let mut broken = Models::default();
    for claim in EXISTENCES {
        let is_known = claim.model.implied().iter().any(|model| broken.contains(model));
        if is_known || !Ways::new(local, claim.kinds, claim.rw).has_cycle() {
            continue;
        }
        broken.insert(claim.model);
        let size = local.txns as usize;
        let smallest = exists.entry(claim.anomaly).or_insert(Exists { size, kinds: claim.kinds });
        smallest.size = smallest.size.min(size);
    }
}

/// Names cycles as Elle 0.2.2 does: it searches by edges, then explains each step anew by the first
/// dependency that it finds, and drops a cycle that is of another kind then, where it has searched
/// for anti-dependencies.
struct Explained<'a> {
    local: &'a Local,
    preference: [Kind; 3],
}

impl Explained<'_> {
    /// The kind by which a step is explained.
    fn kind(&self, from: u32, to: u32, used: Kind) -> Kind {
        let place = |txn: u32| self.local.nodes.binary_search(&txn).ok().map(|place| place as u32);
        let (Some(from), Some(to)) = (place(from), place(to)) else { return used };
        let has = |kind: &&Kind| self.local.from(from).contains(&(to, **kind));
        self.preference.iter().find(has).copied().unwrap_or(used)
    }
}

impl Naming for Explained<'_> {
    fn accept(
        &self,
        spec: &Spec,
        cycles: Vec<Vec<(u32, Kind)>>,
        known: Anomalies,
    ) -> Option<(Vec<Cycle>, Anomalies)> {
        // A closed way that is no cycle is none of Elle's.
        let [steps] = cycles.as_slice() else { return None };
        let next = steps.iter().cycle().skip(1);
        let explained: Vec<(u32, Kind)> = steps
            .iter()
            .zip(next)
            .map(|((from, kind), (to, _))| (*from, self.kind(*from, *to, *kind)))
            .collect();
        let kinds: Vec<Kind> = explained.iter().map(|(_, kind)| *kind).collect();
        let anomaly = classify(&kinds);
        let must_match = spec.rw != super::spec::Rw::None;
        if must_match && anomaly != spec.anomaly {
            return None;
        }
        let all = known.union(spec.anomaly.implied());
        Some((vec![Cycle { anomaly, steps: explained }], all))
    }
}
