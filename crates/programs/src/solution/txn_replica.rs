//! A replica of registers: every node has all of them, carries out transactions alone, and ships
//! its writes to all others.
//!
//! Idea: the writes of a node are a log of units; a unit takes effect at once. Of two writes to a
//! register the one with the larger stamp wins, everywhere: Lamport's clock, then the node. A
//! node's clock is beyond all stamps that it has seen, so what a transaction reads has a smaller
//! stamp than what it writes, and the order of stamps is one that all nodes agree on.
//!
//! ```text
//! unit    stamp (clock, node, place) · writes · what it depends on: units of each node
//! ship    first, units   ─►   all units from `first` on that the receiver may lack
//! ack     have           ◄─   the receiver has all units before this one
//! ```
//!
//! All logs are on the disk before they are acknowledged, so that a node that restarts goes on
//! where it was. What is not acknowledged is shipped again every half second.
//!
//! Not here: what a unit is, and whether it waits for what it depends on.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::txn_request::MicroOp;
use crate::engine::time::Duration;
use crate::glomers::{Cx, Peer};
use crate::node::{Disk, NodeId, Timer};

/// Time between two shipments of what was not acknowledged.
const RETRY: Duration = Duration::from_ms(500);
/// Maximum number of units in a shipment.
const UNITS_MAX: usize = 256;

/// The order of writes to a register: clock, node, place among the writes of a transaction.
type Stamp = (u64, u32, u32);

/// Writes that take effect at once.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Unit {
    /// The stamp of the first write; the others follow in place.
    stamp: Stamp,
    /// Registers and their new values, in order.
    writes: Vec<(String, Value)>,
    /// For each node the number of its units that came before, if that matters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    after: Vec<(u32, usize)>,
}

/// A message from one node to another.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Shipment {
    /// Units of the sender, from the one of this number on.
    Ship { first: usize, units: Vec<Unit> },
    /// The sender has all units of the receiver before this one.
    Ack { have: usize },
}

impl Peer for Shipment {
    fn kind(&self) -> &'static str {
        match self {
            Shipment::Ship { .. } => "ship",
            Shipment::Ack { .. } => "ack",
        }
    }
}

/// What a unit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Granularity {
    /// One write: others may see some writes of a transaction and not the rest.
    Write,
    /// All writes of a transaction, after all that the transaction could have seen.
    Transaction,
}

/// What the reads of a transaction see of its own writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sight {
    /// Those before them in the transaction.
    Own,
    /// None.
    Before,
}

/// The registers of a node, and the logs of all nodes.
#[derive(Debug)]
pub(crate) struct Replica {
    granularity: Granularity,
    clock: u64,
    registers: BTreeMap<String, (Stamp, Value)>,
    /// The units of each node, in their order.
    logs: BTreeMap<u32, Vec<Unit>>,
    /// For each node the number of its units that have taken effect here.
    applied: BTreeMap<u32, usize>,
    /// For each other node the number of our units that it has.
    acked: BTreeMap<NodeId, usize>,
    retry: Option<Timer>,
}

impl Replica {
    pub(crate) fn new(granularity: Granularity) -> Replica {
        Replica {
            granularity,
            clock: 0,
            registers: BTreeMap::new(),
            logs: BTreeMap::new(),
            applied: BTreeMap::new(),
            acked: BTreeMap::new(),
            retry: None,
        }
    }

    /// Restores the logs from the disk, and begins to ship.
    pub(crate) fn start(&mut self, cx: &mut Cx<'_, Shipment>) {
        for node in cx.servers().collect::<Vec<_>>() {
            let text = cx.disk().read(log_name(node.0)).unwrap_or_default();
            let text = String::from_utf8_lossy(text).into_owned();
            let units = text.lines().filter_map(|line| serde_json::from_str(line).ok());
            self.logs.insert(node.0, units.collect());
        }
        self.apply();
        self.acked = cx.peers().map(|peer| (peer, 0)).collect();
        self.retry = Some(cx.set_timer(RETRY));
    }

    /// Carries out a transaction here, ships its writes, and returns its completed
    /// micro-operations.
    pub(crate) fn carry_out(
        &mut self,
        ops: &[MicroOp],
        sight: Sight,
        cx: &mut Cx<'_, Shipment>,
    ) -> Vec<Value> {
        self.clock += 1;
        let me = cx.me().0;
        let first = self.logs.get(&me).map_or(0, Vec::len);
        let mut own: Vec<(String, Value)> = Vec::new();
        let mut completed = Vec::new();
        for op in ops {
            let key = op.key();
            let unfinished = own.iter().rev().find(|(written, _)| *written == key);
            let unfinished = unfinished.filter(|_| sight == Sight::Own);
            let known = || self.registers.get(&key).map(|(_, value)| value.clone());
            let read = unfinished.map(|(_, value)| value.clone()).or_else(known);
            completed.push(op.completed(read));
            if let MicroOp::Write(_, value) | MicroOp::Append(_, value) = op {
                own.push((key, value.clone()));
            }
        }
        let units = self.units(me, own);
        for unit in &units {
            log(me, unit, cx.disk());
        }
        cx.disk().sync();
        self.logs.entry(me).or_default().extend(units);
        self.apply();
        let peers: Vec<NodeId> = cx.peers().collect();
        for (first, unit) in (first..).zip(&self.logs[&me][first..]) {
            let units = vec![unit.clone()];
            cx.send_to_each(peers.iter().copied(), Shipment::Ship { first, units });
        }
        completed
    }

    /// Cuts the writes of a transaction into units.
    fn units(&self, me: u32, writes: Vec<(String, Value)>) -> Vec<Unit> {
        let stamp = |place| (self.clock, me, place);
        match self.granularity {
            Granularity::Write => (0..)
                .zip(writes)
                .map(|(place, write)| Unit {
                    stamp: stamp(place),
                    writes: vec![write],
                    after: vec![],
                })
                .collect(),
            Granularity::Transaction if writes.is_empty() => vec![],
            Granularity::Transaction => {
                let after = self.applied.iter().map(|(node, count)| (*node, *count)).collect();
                vec![Unit { stamp: stamp(0), writes, after }]
            }
        }
    }

    /// Handles a message of another node.
    pub(crate) fn message(&mut self, from: NodeId, message: Shipment, cx: &mut Cx<'_, Shipment>) {
        match message {
            Shipment::Ack { have } => _ = self.acked.insert(from, have),
            Shipment::Ship { first, units } => {
                let known = self.logs.entry(from.0).or_default();
                if first <= known.len() {
                    let new = units.into_iter().skip(known.len() - first).collect::<Vec<_>>();
                    new.iter().for_each(|unit| log(from.0, unit, cx.disk()));
                    known.extend(new);
                    cx.disk().sync();
                }
                let have = known.len();
                self.apply();
                cx.send(from, Shipment::Ack { have });
            }
        }
    }

    /// Ships again what was not acknowledged. Returns whether the timer was the replica's.
    pub(crate) fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Shipment>) -> bool {
        if self.retry != Some(timer) {
            return false;
        }
        self.retry = Some(cx.set_timer(RETRY));
        let own = &self.logs[&cx.me().0];
        for (peer, acked) in &self.acked {
            let first = (*acked).min(own.len());
            let units: Vec<Unit> = own[first..].iter().take(UNITS_MAX).cloned().collect();
            if !units.is_empty() {
                cx.send(*peer, Shipment::Ship { first, units });
            }
        }
        true
    }

    /// Lets units take effect, as long as there is one all of whose predecessors have.
    fn apply(&mut self) {
        let nodes: Vec<u32> = self.logs.keys().copied().collect();
        let mut goes_on = true;
        while goes_on {
            goes_on = false;
            for node in &nodes {
                while let Some(unit) = self.next_of(*node) {
                    *self.applied.entry(*node).or_default() += 1;
                    self.take_effect(unit);
                    goes_on = true;
                }
            }
        }
    }

    /// Returns the next unit of a node, if it can take effect.
    fn next_of(&self, node: u32) -> Option<Unit> {
        let done = |node: u32| self.applied.get(&node).copied().unwrap_or_default();
        let unit = self.logs.get(&node)?.get(done(node))?;
        unit.after.iter().all(|(node, count)| done(*node) >= *count).then(|| unit.clone())
    }

    fn take_effect(&mut self, unit: Unit) {
        let (clock, node, first) = unit.stamp;
        self.clock = self.clock.max(clock);
        for (place, (key, value)) in (first..).zip(unit.writes) {
            let stamp = (clock, node, place);
            if self.registers.get(&key).is_none_or(|(before, _)| *before < stamp) {
                self.registers.insert(key, (stamp, value));
            }
        }
    }
}

/// The disk key of the log of a node, a line of JSON for each unit.
fn log_name(node: u32) -> Vec<u8> {
    format!("log-{node}").into_bytes()
}

fn log(node: u32, unit: &Unit, disk: &mut Disk) {
    let line = serde_json::to_string(unit).expect("a unit is plain data");
    disk.append(log_name(node), format!("{line}\n").as_bytes());
}
