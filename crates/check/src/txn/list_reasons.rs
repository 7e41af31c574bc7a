//! The reasons of dependencies between transactions on lists.

use super::graph::Kind;
use super::list_direct::read_version;
use super::list_orders::ListOrders;
use super::reasons::{Reason, Reasons};
use super::store::{Action, MicroOp, Store};

/// The reasons that orders of lists give.
pub(super) struct ListReasons<'a> {
    pub(super) store: &'a Store,
    pub(super) orders: &'a ListOrders,
}

impl ListReasons<'_> {
    /// The place of the micro-operation of a transaction that makes a version.
    fn write_of(&self, txn: u32, version: u32) -> Option<u32> {
        let makes = |op: &MicroOp| op.action == Action::Write(version);
        self.store.ops(txn).iter().position(makes).map(|place| place as u32)
    }

    /// The place of the micro-operation of a transaction that reads a version of a key.
    fn read_of(&self, txn: u32, key: u32, version: Option<u32>) -> Option<u32> {
        let reads = |op: &MicroOp| {
            op.key == key
                && !matches!(op.action, Action::Write(_))
                && read_version(self.orders, op.action) == version
        };
        self.store.ops(txn).iter().position(reads).map(|place| place as u32)
    }
}

impl Reasons for ListReasons<'_> {
    fn reason(&self, from: u32, to: u32, kind: Kind) -> Option<Reason> {
        let of_op = |(place, op): (u32, &MicroOp)| {
            let key = op.key;
            match (kind, op.action) {
                (Kind::Wr, Action::List { .. }) => {
                    let version = read_version(self.orders, op.action)?;
                    let write = self.write_of(from, version)?;
                    let version = Some(version);
                    Some(Reason { key, version, next: None, ops: [write, place] })
                }
                (Kind::Ww, Action::Write(next)) => {
                    let version = self.orders.before(self.store, next);
                    let write = self.write_of(from, version?)?;
                    Some(Reason { key, version, next: Some(next), ops: [write, place] })
                }
                (Kind::Rw, Action::Write(next)) => {
                    let version = self.orders.before(self.store, next);
                    let read = self.read_of(from, key, version)?;
                    Some(Reason { key, version, next: Some(next), ops: [read, place] })
                }
                _ => None,
            }
        };
        (0..).zip(self.store.ops(to)).find_map(of_op)
    }
}
