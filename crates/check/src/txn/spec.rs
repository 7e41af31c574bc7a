//! The kinds of cycles that are anomalies.
//!
//! ```text
//! G0              ww
//! G1c             ww, wr, at least one wr
//! G-single        ww, wr, exactly one rw
//! G-nonadjacent   ww, wr, at least two rw, none of them next to another
//! G2              ww, wr, at least two rw
//! ```
//!
//! and each of them with orders of processes (`-process`) or of real time (`-realtime`), of which
//! there is at least one edge then. Names end in `-item` where anti-dependencies are of items, and
//! not of predicates: those of reads of single keys always are.

use super::anomaly::Anomaly;
use super::graph::Kind;
use super::model::Model;

/// Which anti-dependencies a cycle has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rw {
    None,
    One,
    /// Several, none of them next to another.
    Apart,
    /// Several.
    Any,
}

/// A kind of cycles.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spec {
    pub(super) anomaly: Anomaly,
    /// Kinds of edges that a cycle may have, as bits, besides anti-dependencies.
    pub(super) kinds: u8,
    pub(super) rw: Rw,
    /// Kinds of which it has at least one edge, or 0.
    pub(super) needs: [u8; 2],
}

/// Which orders a search may use, besides dependencies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orders {
    pub(super) process: bool,
    pub(super) realtime: bool,
}

const WW: u8 = 1 << Kind::Ww as u8;
const WR: u8 = 1 << Kind::Wr as u8;
const PROCESS: u8 = 1 << Kind::Process as u8;
const REALTIME: u8 = 1 << Kind::Realtime as u8;

/// Cycles of dependencies alone, the most severe ones first, and the names of those with an order.
const BASES: [([Anomaly; 3], u8, Rw, u8); 5] = [
    ([Anomaly::G0, Anomaly::G0Process, Anomaly::G0Realtime], WW, Rw::None, 0),
    ([Anomaly::G1c, Anomaly::G1cProcess, Anomaly::G1cRealtime], WW | WR, Rw::None, WR),
    (
        [Anomaly::GSingleItem, Anomaly::GSingleItemProcess, Anomaly::GSingleItemRealtime],
        WW | WR,
        Rw::One,
        0,
    ),
    (
        [
            Anomaly::GNonadjacentItem,
            Anomaly::GNonadjacentItemProcess,
            Anomaly::GNonadjacentItemRealtime,
        ],
        WW | WR,
        Rw::Apart,
        0,
    ),
    ([Anomaly::G2Item, Anomaly::G2ItemProcess, Anomaly::G2ItemRealtime], WW | WR, Rw::Any, 0),
];

/// Returns the kinds of cycles, in the order in which they are searched.
pub(super) fn specs(orders: Orders) -> Vec<Spec> {
    let layers = [(true, 0), (orders.process, PROCESS), (orders.realtime, REALTIME)];
    let mut all = Vec::new();
    for (layer, (_, order)) in layers.into_iter().enumerate().filter(|(_, (is_used, _))| *is_used) {
        for (names, kinds, rw, need) in BASES {
            let anomaly = names[layer];
            all.push(Spec { anomaly, kinds: kinds | order, rw, needs: [need, order] });
        }
    }
    all
}

impl Spec {
    /// The kind of edge with which a cycle may begin, since it has one.
    pub(super) fn anchor(&self) -> Kind {
        match (self.rw, self.needs) {
            (Rw::One | Rw::Apart | Rw::Any, _) => Kind::Rw,
            (_, [WR, _]) => Kind::Wr,
            (_, [_, PROCESS]) => Kind::Process,
            (_, [_, REALTIME]) => Kind::Realtime,
            _ => Kind::Ww,
        }
    }
}

/// Returns the anomaly that a cycle with these edges is.
pub(super) fn classify(kinds: &[Kind]) -> Anomaly {
    let count = |kind: Kind| kinds.iter().filter(|found| **found == kind).count();
    let next = kinds.iter().cycle().skip(1);
    let is_adjacent = kinds.iter().zip(next).any(|pair| pair == (&Kind::Rw, &Kind::Rw));
    let base = match count(Kind::Rw) {
        0 if count(Kind::Wr) == 0 => 0,
        0 => 1,
        1 => 2,
        _ if !is_adjacent => 3,
        _ => 4,
    };
    let layer = match (count(Kind::Realtime), count(Kind::Process)) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    };
    BASES[base].0[layer]
}

/// A claim that some cycle exists among given kinds of edges, which breaks a model.
#[derive(Clone, Copy, Debug)]
pub(super) struct Existence {
    pub(super) anomaly: Anomaly,
    pub(super) model: Model,
    pub(super) kinds: u8,
    pub(super) rw: Rw,
}

/// All such claims, the weakest models first.
pub(super) const EXISTENCES: [Existence; 13] = {
    const fn of(anomaly: Anomaly, model: Model, kinds: u8, rw: Rw) -> Existence {
        Existence { anomaly, model, kinds, rw }
    }
    use Anomaly as A;
    [
        of(A::Pl1CycleExists, Model::ReadUncommitted, WW, Rw::None),
        of(A::Pl2CycleExists, Model::ReadCommitted, WW | WR, Rw::None),
        of(A::PlSiCycleExists, Model::SnapshotIsolation, WW | WR, Rw::Apart),
        of(A::Pl299CycleExists, Model::RepeatableRead, WW | WR, Rw::Any),
        of(A::Pl3CycleExists, Model::Serializable, WW | WR, Rw::Any),
        of(A::SessionPl1CycleExists, Model::StrongSessionReadUncommitted, WW | PROCESS, Rw::None),
        of(
            A::SessionPl2CycleExists,
            Model::StrongSessionReadCommitted,
            WW | WR | PROCESS,
            Rw::None,
        ),
        of(
            A::SessionSiCycleExists,
            Model::StrongSessionSnapshotIsolation,
            WW | WR | PROCESS,
            Rw::Apart,
        ),
        of(A::SessionPl3CycleExists, Model::StrongSessionSerializable, WW | WR | PROCESS, Rw::Any),
        of(A::StrongPl1CycleExists, Model::StrongReadUncommitted, WW | REALTIME, Rw::None),
        of(A::StrongPl2CycleExists, Model::StrongReadCommitted, WW | WR | REALTIME, Rw::None),
        of(A::StrongSiCycleExists, Model::StrongSnapshotIsolation, WW | WR | REALTIME, Rw::Apart),
        of(A::StrictPl3CycleExists, Model::StrictSerializable, WW | WR | REALTIME, Rw::Any),
    ]
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_named_after_their_edges() {
        use Kind::{Process, Realtime, Rw, Wr, Ww};
        let name = |kinds: &[Kind]| classify(kinds).name();
        assert_eq!(name(&[Ww, Ww]), "G0");
        assert_eq!(name(&[Ww, Process]), "G0-process");
        assert_eq!(name(&[Wr, Ww, Realtime, Process]), "G1c-realtime");
        assert_eq!(name(&[Rw, Wr, Ww]), "G-single-item");
        assert_eq!(name(&[Rw, Wr, Rw, Ww]), "G-nonadjacent-item");
        assert_eq!(name(&[Rw, Wr, Rw]), "G2-item");
        assert_eq!(name(&[Rw, Rw]), "G2-item");
        assert_eq!(name(&[Rw, Realtime, Rw, Process]), "G-nonadjacent-item-realtime");
    }
}
