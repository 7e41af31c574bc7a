//! The reasons of dependencies between transactions on registers.

use super::graph::Kind;
use super::reasons::{Reason, Reasons};
use super::register_direct::read_version;
use super::register_orders::RegisterOrders;
use super::store::{Action, MicroOp, Store};

/// The reasons that orders of registers give.
pub(super) struct RegisterReasons<'a> {
    pub(super) store: &'a Store,
    pub(super) orders: &'a RegisterOrders,
}

impl RegisterReasons<'_> {
    /// The place of the micro-operation of a transaction that makes a version for others.
    fn write_of(&self, txn: u32, version: u32) -> Option<u32> {
        let is_external = !self.store.versions[version as usize].is_intermediate;
        let makes = |op: &MicroOp| is_external && op.action == Action::Write(version);
        self.store.ops(txn).iter().position(makes).map(|place| place as u32)
    }

    /// The place of the first micro-operation of a transaction on a key, if it reads this version.
    fn read_of(&self, txn: u32, key: u32, version: Option<u32>) -> Option<u32> {
        let ops = self.store.ops(txn);
        let place = ops.iter().position(|op| op.key == key)?;
        let is_read = !matches!(ops[place].action, Action::Write(_));
        (is_read && read_version(ops[place].action) == version).then_some(place as u32)
    }
}

impl Reasons for RegisterReasons<'_> {
    fn reason(&self, from: u32, to: u32, kind: Kind) -> Option<Reason> {
        let of_op = |(place, op): (u32, &MicroOp)| {
            let key = op.key;
            match (kind, op.action) {
                (Kind::Wr, Action::Value(version)) => {
                    self.read_of(to, key, Some(version)).filter(|first| *first == place)?;
                    let ops = [self.write_of(from, version)?, place];
                    Some(Reason { key, version: Some(version), next: None, ops })
                }
                (Kind::Ww, Action::Write(next)) => {
                    let version = self.orders.before(next)?;
                    let ops = [self.write_of(from, version)?, place];
                    Some(Reason { key, version: Some(version), next: Some(next), ops })
                }
                (Kind::Rw, Action::Write(next)) => {
                    let known = [self.orders.before(next), None];
                    let read =
                        |version: Option<u32>| Some((self.read_of(from, key, version)?, version));
                    let (read, version) = known.into_iter().find_map(read)?;
                    Some(Reason { key, version, next: Some(next), ops: [read, place] })
                }
                _ => None,
            }
        };
        (0..).zip(self.store.ops(to)).find_map(of_op)
    }
}
