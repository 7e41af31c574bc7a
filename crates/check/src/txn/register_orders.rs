//! What is known of the order of the versions of registers: the initial state comes before all
//! others, and if writes follow reads, a transaction that reads a register and then writes it makes
//! the version after the one that it has read.
//!
//! So each version has at most one known predecessor besides the initial state. Where these go in a
//! circle, the versions have no order.

use super::store::{Action, NONE, Store};

/// What is external of a transaction: what others see of it, and it of others.
#[derive(Debug)]
pub(super) struct RegisterOrders {
    /// Reads of keys that the transaction has not touched before: transaction, key and version;
    /// `None` is the initial state.
    pub(super) reads: Vec<ExternalRead>,
    /// The version that the writer of each version has read first of the key, or [`NONE`].
    before: Vec<u32>,
    /// Circles of versions.
    pub(super) circles: Vec<Vec<u32>>,
}

/// A read of a key that its transaction has not touched before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ExternalRead {
    pub(super) txn: u32,
    pub(super) key: u32,
    pub(super) version: Option<u32>,
}

impl RegisterOrders {
    /// Infers the orders.
    pub(super) fn new(store: &Store, writes_follow_reads: bool) -> RegisterOrders {
        let mut orders = RegisterOrders {
            reads: Vec::new(),
            before: vec![NONE; store.versions.len()],
            circles: Vec::new(),
        };
        orders.find_reads(store, writes_follow_reads);
        orders.find_circles();
        orders
    }

    /// The true orders: of each version that counts, its `predecessor`, or [`NONE`].
    pub(super) fn of_known(store: &Store, predecessors: Vec<u32>) -> RegisterOrders {
        let mut orders = RegisterOrders::new(store, false);
        orders.before = predecessors;
        orders.circles.clear();
        orders
    }

    fn find_reads(&mut self, store: &Store, writes_follow_reads: bool) {
        // The last transaction that has touched each key, and what it read first.
        let mut touched = vec![(NONE, NONE); store.keys.len()];
        for (number, txn) in store.txns.iter().enumerate() {
            let number = number as u32;
            if !txn.is_ok() {
                continue;
            }
            for op in store.ops(number) {
                let (by, read) = &mut touched[op.key as usize];
                let is_first = *by != number;
                if is_first {
                    (*by, *read) = (number, NONE);
                }
                let version = match op.action {
                    Action::Write(version) => {
                        let is_external = !store.versions[version as usize].is_intermediate;
                        if writes_follow_reads && is_external && *read != version {
                            self.before[version as usize] = *read;
                        }
                        continue;
                    }
                    Action::Value(version) => Some(version),
                    _ => None,
                };
                if is_first {
                    *read = version.unwrap_or(NONE);
                    self.reads.push(ExternalRead { txn: number, key: op.key, version });
                }
            }
        }
    }

    /// Finds circles, by following predecessors from each version.
    fn find_circles(&mut self) {
        let mut walk = vec![NONE; self.before.len()];
        for start in 0..self.before.len() as u32 {
            let mut version = start;
            while version != NONE && walk[version as usize] == NONE {
                walk[version as usize] = start;
                version = self.before[version as usize];
            }
            if version != NONE && walk[version as usize] == start {
                self.circles.push(self.circle(version));
            }
        }
    }

    /// The circle of a version, each version before the next.
    fn circle(&self, start: u32) -> Vec<u32> {
        let mut circle = vec![start];
        let mut version = self.before[start as usize];
        while version != start {
            circle.push(version);
            version = self.before[version as usize];
        }
        circle.reverse();
        circle
    }

    /// Forgets the predecessors of the versions in circles, or in the sense of Elle 0.2.2 all of
    /// them, if there is a circle of any key.
    pub(super) fn forget_circles(&mut self, all: bool) {
        if all && !self.circles.is_empty() {
            self.before.fill(NONE);
        }
        for version in self.circles.iter().flatten() {
            self.before[*version as usize] = NONE;
        }
    }

    /// Returns the version before another one; `None` if that is not known.
    pub(super) fn before(&self, version: u32) -> Option<u32> {
        Some(self.before[version as usize]).filter(|before| *before != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn circles_are_found_once() {
        let before = [1, 2, 0, 2, NONE, 4, 7, 6];
        let mut orders =
            RegisterOrders { reads: Vec::new(), before: before.to_vec(), circles: Vec::new() };
        orders.find_circles();
        assert_eq!(orders.circles, [vec![2, 1, 0], vec![7, 6]]);
        orders.forget_circles(false);
        assert_eq!(orders.before, [NONE, NONE, NONE, 2, NONE, 4, NONE, NONE]);
        orders.forget_circles(true);
        assert_eq!(orders.before(3), None);
    }
}
