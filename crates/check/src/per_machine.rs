//! A map from machines to values, with a default that is created on first access.

use std::collections::BTreeMap;

use crate::node::NodeId;

/// Machines below this number are in an array, others in a map: a stored trace may contain any
/// number, and one row must not allocate gigabytes.
const IN_ARRAY: usize = 1 << 20;

/// A `T` for each machine.
#[derive(Debug, Default)]
pub(super) struct PerMachine<T> {
    first: Vec<T>,
    others: BTreeMap<NodeId, T>,
}

impl<T: Default> PerMachine<T> {
    /// Returns the value of a machine, created if absent.
    #[inline]
    pub(super) fn of(&mut self, machine: NodeId) -> &mut T {
        let index = machine.index();
        if index >= IN_ARRAY {
            return self.others.entry(machine).or_default();
        }
        if index >= self.first.len() {
            self.first.resize_with(index + 1, T::default);
        }
        &mut self.first[index]
    }

    /// Returns the value of a machine, if it was accessed before.
    pub(super) fn get(&self, machine: NodeId) -> Option<&T> {
        self.first.get(machine.index()).or_else(|| self.others.get(&machine))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_machine_has_a_place() {
        let mut numbers = PerMachine::<u32>::default();
        for machine in [0, 7, IN_ARRAY as u32, u32::MAX] {
            *numbers.of(NodeId(machine)) += machine ^ 5;
        }
        assert_eq!(*numbers.of(NodeId(7)), 2);
        assert_eq!(*numbers.of(NodeId(u32::MAX)), u32::MAX ^ 5);
        assert_eq!(*numbers.of(NodeId(3)), 0);
        assert_eq!((numbers.first.len(), numbers.others.len()), (8, 2));
    }
}
