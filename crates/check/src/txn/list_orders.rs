//! The order of the versions of lists: the elements of the longest read of each key, in which every
//! other read is a prefix if the system is sound.

use super::store::{NONE, Store};
use crate::history::EntryKind;

/// The order of the elements of each key.
#[derive(Debug)]
pub(super) struct ListOrders {
    /// Versions key by key, in their order, each once.
    order: Vec<u32>,
    /// Where those of each key begin; one more than there are keys.
    starts: Vec<u32>,
    /// Place of each version in the order of its key, or [`NONE`] if no read shows it.
    position: Vec<u32>,
    /// Versions of the elements of all chains.
    elements: Vec<u32>,
    /// Where those of each chain begin; one more than there are chains.
    chain_starts: Vec<u32>,
    /// The longest chain of each key, or [`NONE`].
    pub(super) main: Vec<u32>,
    /// Of each chain, the first places of elements that no read must have.
    pub(super) flaws: Vec<Flaws>,
}

/// Places in a chain, or [`NONE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Flaws {
    /// The first element of a transaction that failed.
    pub(super) failed: u32,
    /// The first element that nothing appends.
    pub(super) garbage: u32,
    /// The first element that was in the chain before.
    pub(super) repeated: u32,
}

impl Flaws {
    const NONE: Flaws = Flaws { failed: NONE, garbage: NONE, repeated: NONE };
}

impl ListOrders {
    /// Infers the orders. Elements that nothing appends become versions without a writer.
    pub(super) fn new(store: &mut Store) -> ListOrders {
        let (elements, chain_starts) = resolve(store);
        let mut orders = ListOrders {
            order: Vec::with_capacity(elements.len()),
            starts: Vec::with_capacity(store.keys.len() + 1),
            position: vec![NONE; store.versions.len()],
            elements,
            chain_starts,
            main: vec![NONE; store.keys.len()],
            flaws: Vec::new(),
        };
        let lone = lone_appends(store);
        for (key, of_key) in store.keys.iter().enumerate() {
            orders.starts.push(orders.order.len() as u32);
            let length = |chain: &u32| store.chains[*chain as usize].elements.len();
            // The first one of the longest.
            match of_key.chains.iter().rev().max_by_key(|chain| length(chain)) {
                Some(chain) => orders.take_chain(key, *chain),
                None if lone[key] != NONE => orders.push(lone[key]),
                None => {}
            }
        }
        orders.starts.push(orders.order.len() as u32);
        orders.find_flaws(store);
        orders
    }

    fn take_chain(&mut self, key: usize, chain: u32) {
        self.main[key] = chain;
        for place in self.range(chain) {
            let version = self.elements[place];
            if self.position[version as usize] == NONE {
                self.push(version);
            }
        }
    }

    fn push(&mut self, version: u32) {
        let start = self.starts.last().copied().unwrap_or(0);
        self.position[version as usize] = self.order.len() as u32 - start;
        self.order.push(version);
    }

    fn range(&self, chain: u32) -> std::ops::Range<usize> {
        let chain = chain as usize;
        self.chain_starts[chain] as usize..self.chain_starts[chain + 1] as usize
    }

    /// Returns the versions of the elements of a chain.
    pub(super) fn chain(&self, chain: u32) -> &[u32] {
        &self.elements[self.range(chain)]
    }

    /// Returns the versions of a key in their order.
    pub(super) fn of_key(&self, key: u32) -> &[u32] {
        let key = key as usize;
        &self.order[self.starts[key] as usize..self.starts[key + 1] as usize]
    }

    /// Whether some read shows a version.
    pub(super) fn is_observed(&self, version: u32) -> bool {
        self.position[version as usize] != NONE
    }

    /// Returns the place of a version in the order of its key, or [`NONE`] if no read shows it.
    pub(super) fn position(&self, version: u32) -> u32 {
        self.position[version as usize]
    }

    /// Returns the version before another one of the same key: `None` is the empty list. What no
    /// read shows comes after all that reads show.
    pub(super) fn before(&self, store: &Store, version: u32) -> Option<u32> {
        let of_key = self.of_key(store.versions[version as usize].key);
        match self.position[version as usize] {
            NONE => of_key.last().copied(),
            0 => None,
            place => Some(of_key[place as usize - 1]),
        }
    }

    fn find_flaws(&mut self, store: &Store) {
        let mut seen = vec![NONE; store.versions.len()];
        for chain in 0..store.chains.len() as u32 {
            let mut flaws = Flaws::NONE;
            for (place, version) in self.chain(chain).iter().enumerate() {
                let place = place as u32;
                match store.outcome(*version) {
                    None => flaws.garbage = flaws.garbage.min(place),
                    Some(EntryKind::Fail) => flaws.failed = flaws.failed.min(place),
                    Some(_) => {}
                }
                if std::mem::replace(&mut seen[*version as usize], chain) == chain {
                    flaws.repeated = flaws.repeated.min(place);
                }
            }
            self.flaws.push(flaws);
        }
    }
}

/// Returns the versions of the elements of all chains, and where those of each begin.
fn resolve(store: &mut Store) -> (Vec<u32>, Vec<u32>) {
    let mut key_of = vec![0; store.chains.len()];
    for (key, of_key) in store.keys.iter().enumerate() {
        of_key.chains.iter().for_each(|chain| key_of[*chain as usize] = key as u32);
    }
    let count = store.chains.iter().map(|chain| chain.elements.len()).sum();
    let (mut elements, mut starts) = (Vec::with_capacity(count), vec![0]);
    for (chain, key) in key_of.into_iter().enumerate() {
        for place in 0..store.chains[chain].elements.len() {
            let value = store.chains[chain].elements[place];
            elements.push(store.version(key, value));
        }
        starts.push(elements.len() as u32);
    }
    (elements, starts)
}

/// Returns the version of each key that has no read and one possible append: it is known to follow
/// the empty list. [`NONE`] for all other keys.
fn lone_appends(store: &Store) -> Vec<u32> {
    let mut lone = vec![NONE; store.keys.len()];
    let mut has_more = vec![false; store.keys.len()];
    for (number, version) in store.versions.iter().enumerate() {
        let key = version.key as usize;
        let writer = store.txns.get(version.writer as usize);
        if !store.keys[key].chains.is_empty() || !writer.is_some_and(|txn| txn.is_possible()) {
            continue;
        }
        has_more[key] |= std::mem::replace(&mut lone[key], number as u32) != NONE;
    }
    let keep = |(version, has_more)| if has_more { NONE } else { version };
    lone.into_iter().zip(has_more).map(keep).collect()
}
