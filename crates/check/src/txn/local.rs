//! The graph of one strongly connected component.

use std::collections::BTreeMap;

use super::graph::{Graph, Kind};
use super::spec::{Orders, Rw};
use super::store::Store;
use crate::components::component_numbers;

/// The nodes of a component, and its edges forward. Several edges may go from one node to another.
#[derive(Debug)]
pub(super) struct Local {
    /// Nodes of the whole graph, in ascending order: first transactions, then further nodes.
    pub(super) nodes: Vec<u32>,
    /// Number of transactions.
    pub(super) txns: u32,
    edges: Edges,
}

/// Edges by the nodes from which they go.
#[derive(Debug)]
pub(super) struct Edges {
    starts: Vec<u32>,
    to: Vec<(u32, Kind)>,
}

impl Edges {
    fn new(count: usize, list: &[(u32, u32, Kind)]) -> Edges {
        let mut starts = vec![0_u32; count + 1];
        list.iter().for_each(|(from, _, _)| starts[*from as usize + 1] += 1);
        for node in 0..count {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut to = vec![(0, Kind::Free); list.len()];
        for (from, node, kind) in list {
            to[next[*from as usize] as usize] = (*node, *kind);
            next[*from as usize] += 1;
        }
        Edges { starts, to }
    }

    /// Returns the edges from a node.
    #[inline]
    pub(super) fn from(&self, node: u32) -> &[(u32, Kind)] {
        &self.to[self.starts[node as usize] as usize..self.starts[node as usize + 1] as usize]
    }

    /// Number of edges.
    pub(super) fn len(&self) -> usize {
        self.to.len()
    }
}

impl Local {
    /// Takes a component out of the graph, with these orders besides the dependencies. In parity a
    /// transaction with an unknown outcome has no place in the order of its process.
    pub(super) fn new(
        store: &Store,
        graph: &Graph,
        component: &[u32],
        orders: Orders,
        is_parity: bool,
    ) -> Local {
        let place = |node: u32| component.binary_search(&node).ok().map(|place| place as u32);
        let mut list = Vec::new();
        for (to, node) in (0..).zip(component) {
            let edges = (0..).map_while(|n| graph.edge(*node, n));
            let is_used = |kind: Kind| kind != Kind::Realtime || orders.realtime;
            let edges = edges.filter(|(_, kind)| is_used(*kind));
            list.extend(edges.filter_map(|(from, kind)| Some((place(from)?, to, kind))));
        }
        let txns = component.partition_point(|node| *node < graph.txns);
        if orders.process {
            add_processes(store, &component[..txns], is_parity, &mut list);
        }
        let edges = Edges::new(component.len(), &list);
        Local { nodes: component.to_vec(), txns: txns as u32, edges }
    }

    /// Returns the edges from a node.
    pub(super) fn from(&self, node: u32) -> &[(u32, Kind)] {
        self.edges.from(node)
    }

    /// Number of edges.
    pub(super) fn edges(&self) -> usize {
        self.edges.len()
    }
}

fn add_processes(store: &Store, txns: &[u32], is_parity: bool, list: &mut Vec<(u32, u32, Kind)>) {
    let mut last: BTreeMap<u64, u32> = BTreeMap::new();
    for (place, number) in (0..).zip(txns) {
        let txn = &store.txns[*number as usize];
        if txn.is_ok() || !is_parity {
            let before = last.insert(txn.process, place);
            list.extend(before.map(|before| (before, place, Kind::Process)));
        }
    }
}

/// The ways along the edges that a kind of cycles may have.
///
/// Where anti-dependencies must not be next to each other, a node is there twice: once for ways
/// whose last edge was one, and once for all others. So any cycle of these nodes is a closed way
/// of the kind, and components say in linear time whether there is one.
#[derive(Debug)]
pub(super) struct Ways {
    pub(super) edges: Edges,
    /// Number of the component of each node.
    pub(super) component: Vec<u32>,
    /// Number of nodes of the local graph.
    count: u32,
}

impl Ways {
    pub(super) fn new(local: &Local, kinds: u8, rw: Rw) -> Ways {
        let count = local.nodes.len() as u32;
        let layers = if rw == Rw::Apart { 2 } else { 1 };
        let mut list = Vec::new();
        for node in 0..count {
            for (to, kind) in local.from(node) {
                match (*kind, rw) {
                    (Kind::Free, _) => {
                        let same = |layer| (layer * count + node, layer * count + to, Kind::Free);
                        list.extend((0..layers).map(same));
                    }
                    (Kind::Rw, Rw::Apart) => list.push((node, count + to, Kind::Rw)),
                    (Kind::Rw, Rw::Any) => list.push((node, *to, Kind::Rw)),
                    (kind, _) if kind.bit() & kinds != 0 => {
                        list.extend((0..layers).map(|layer| (layer * count + node, *to, kind)));
                    }
                    _ => {}
                }
            }
        }
        let edges = Edges::new((layers * count) as usize, &list);
        let successor = |node: u32, n: usize| edges.from(node).get(n).map(|(to, _)| *to);
        let component = component_numbers((layers * count) as usize, successor);
        Ways { edges, component, count }
    }

    /// Returns the local node of a node.
    pub(super) fn node(&self, way: u32) -> u32 {
        if way < self.count { way } else { way - self.count }
    }

    /// Whether there is any cycle.
    pub(super) fn has_cycle(&self) -> bool {
        let mut is_taken = vec![false; self.component.len()];
        let is_repeated = |number: &u32| std::mem::replace(&mut is_taken[*number as usize], true);
        self.component.iter().any(is_repeated)
    }
}
