//! The exact check of transactions on registers, given the true order of versions.
//!
//! A server that records its effects says in which order the versions of each register came. From
//! this order follow all dependencies, where a client can infer some: Adya's graph itself, and a
//! verdict on each model that names the circles it prohibits. Models without such circles (read
//! atomic, causal) have the verdict of the complete checks, which need no order.
//!
//! What an aborted transaction has written is not among the versions. Reads of transactions whose
//! outcome their client does not know are unknown here, too.

use super::anomaly::{Anomalies, Anomaly};
use super::cases::Cases;
use super::collect::Collector;
use super::cycles;
use super::effects::{Effect, EffectKind};
use super::graph::Graph;
use super::model::Model;
use super::options::{DataType, Options};
use super::register_direct;
use super::register_edges::RegisterEdges;
use super::register_orders::RegisterOrders;
use super::report;
use super::store::{NONE, Store};
use crate::edn::Edn;
use crate::history::{EntryKind, Op};
use crate::history_verdict::{HistoryVerdict, Validity};
use crate::views;

/// The exact verdict.
#[derive(Clone, Debug, PartialEq)]
pub struct WhiteBox {
    /// Whether the expected models hold.
    pub valid: Validity,
    /// Names of the anomalies that they prohibit and that occurred.
    pub anomalies: Vec<&'static str>,
    /// Whether the black box, which has the history alone, does not find the violation.
    pub is_missed: bool,
}

impl WhiteBox {
    /// Returns the entry of the results.
    pub fn edn(&self) -> Edn {
        let names = self.anomalies.iter().map(|name| Edn::keyword(name)).collect();
        Edn::map([
            ("valid?", self.valid.edn()),
            ("anomaly-types", Edn::List(names)),
            ("missed?", Edn::Bool(self.is_missed)),
        ])
    }
}

/// Checks a history with the effects of its transactions, in their order; `black_box` is the
/// verdict on the history alone. Returns nothing without effects, or if the history cannot be
/// checked.
pub fn white_box(
    history: &[Op],
    effects: &[Effect],
    options: &Options,
    black_box: &HistoryVerdict,
) -> Option<WhiteBox> {
    if effects.is_empty() || options.data != DataType::Register {
        return None;
    }
    let mut collector = Collector::new(options.data);
    views::strict(history).iter().for_each(|op| collector.entry(op));
    collector.finish();
    if !collector.is_sound || collector.repeated.is_some() {
        return None;
    }
    let (entries, mut store) = (collector.entries, collector.store);
    let predecessors = predecessors(&mut store, effects);
    let orders = RegisterOrders::of_known(&store, predecessors);
    let mut cases = Cases::default();
    register_direct::check(&store, &orders, &mut cases);
    let graph = Graph::new(&store, entries, &RegisterEdges::new(&store, &orders, true));
    let cycles = cycles::find_strict(&store, &graph, options.limits);
    let prohibited = options.models.iter().map(|model| model.prohibited_strictly());
    let prohibited = prohibited.fold(Anomalies::default(), Anomalies::union);
    let found = report::found(&cases, &cycles);
    let found: Vec<Anomaly> = found.iter().filter(|a| prohibited.contains(*a)).collect();
    // What breaks a model without any order of versions breaks it with this one.
    let is_found = black_box.strict == Validity::Invalid;
    let valid = match (found.is_empty() && !is_found, cycles.unfinished.meets(prohibited)) {
        (false, _) => Validity::Invalid,
        (true, true) => Validity::Unknown,
        (true, false) if black_box.undetermined.is_empty() => Validity::Valid,
        (true, false) if options.models.iter().all(|model| OF_CIRCLES.contains(model)) => {
            Validity::Valid
        }
        (true, false) => black_box.strict,
    };
    Some(WhiteBox {
        valid,
        anomalies: found.into_iter().map(Anomaly::name).collect(),
        is_missed: valid == Validity::Invalid && !is_found,
    })
}

/// The models that the graph decides, even where the black box reached a limit.
const OF_CIRCLES: [Model; 8] = [
    Model::ReadUncommitted,
    Model::ReadCommitted,
    Model::SnapshotIsolation,
    Model::Serializable,
    Model::StrongSessionSnapshotIsolation,
    Model::StrongSessionSerializable,
    Model::StrongSnapshotIsolation,
    Model::StrictSerializable,
];

/// The version before each one, in the order of effects. Transactions whose outcome no client knows
/// and that were never committed have not happened.
fn predecessors(store: &mut Store, effects: &[Effect]) -> Vec<u32> {
    let mut is_committed = vec![false; store.txns.len()];
    for effect in effects.iter().filter(|effect| effect.kind == EffectKind::Commit) {
        if let Some(known) = is_committed.get_mut(effect.transaction as usize) {
            *known = true;
        }
    }
    for (txn, is_committed) in store.txns.iter_mut().zip(&is_committed) {
        if !txn.is_ok() && !is_committed {
            txn.outcome = EntryKind::Fail;
        }
    }
    let mut last = vec![NONE; store.keys.len()];
    let mut before = vec![NONE; store.versions.len()];
    let mut is_known = vec![false; store.versions.len()];
    for Effect { transaction, kind } in effects {
        let EffectKind::Write { key, value } = kind else { continue };
        let (key, value) = (store.names.value(key), store.names.value(value));
        let key = store.key(key);
        let Some(last) = last.get_mut(key as usize) else { continue };
        let version = store.version(key, value);
        let counts = store.versions.get(version as usize).is_some_and(|known| {
            let writer = store.txns.get(known.writer as usize);
            known.writer == *transaction
                && !known.is_intermediate
                && writer.is_some_and(|txn| txn.is_possible())
        });
        if let (true, Some(is_known)) = (counts, is_known.get_mut(version as usize))
            && !std::mem::replace(is_known, true)
        {
            before[version as usize] = std::mem::replace(last, version);
        }
    }
    before.resize(store.versions.len(), NONE);
    before
}
