//! Transactions on lists and registers: isolation, checked by the graph of their dependencies.
//!
//! The method is that of Elle (K. Kingsbury and P. Alvaro, VLDB 2020), with the definitions of
//! A. Adya's thesis (MIT, 1999). The order of the versions of each key is inferred from what was
//! read; from it follow dependencies between transactions; a cycle of these is an anomaly, named by
//! the kinds of its edges, and each consistency model prohibits some anomalies.
//!
//! ```text
//! entries ─► transactions ─► orders of versions ─► dependencies ─► components ─► cycles
//!            (collect)       (list_orders,         (graph)         (local)       (search)
//!                │            register_orders)                                      │
//!                └─► anomalies of single reads (list_direct, register_direct) ──────┴─► verdict
//! ```
//!
//! # Histories
//!
//! Operations have the form that Jepsen gives them: a transaction is a list of micro-operations.
//!
//! ```text
//! txn-list-append   :txn [[:append 3 1] [:r 4 nil]]   ends as   [[:append 3 1] [:r 4 [7 8]]]
//! txn-rw-register   :txn [[:w 3 1] [:r 4 nil]]        ends as   [[:w 3 1] [:r 4 8]]
//! ```
//!
//! Values of a key are unique, since they name their writers; where two transactions write the same
//! one, nothing is decided. Keys and values may be of any kind.
//!
//! # Two senses
//!
//! Parity has the verdict and the result map of Elle 0.2.2, the version that Maelstrom pins. The
//! strict sense differs in this:
//!
//! - a value that nothing writes is *fabricated*, and prohibited by every model;
//! - a transaction that does not see its own write breaks every model, too: Adya's histories have
//!   it as a condition; Elle lets weak models do so;
//! - a completion with other micro-operations than its invocation is malformed;
//! - circles through the order of processes are told from those of real time, and both are
//!   searched whichever model is expected, so that the weakest broken model and the strongest left
//!   are known;
//! - a circle of overwrites among registers is `G0`, where Elle explains it by its reads: `G1c`;
//! - registers are checked completely besides, at each level that a model has (`complete`).
//!
//! # Limits
//!
//! Whether a model is broken is decided in time linear in the number of dependencies, but for the
//! two models that prohibit `G-single` and not `G-nonadjacent`. The search for short cycles is
//! limited ([`TxnLimits`]); what it leaves open is undetermined.

mod anomaly;
#[cfg(test)]
mod brute_force;
mod case_examples;
mod cases;
mod collect;
mod complete;
#[cfg(test)]
mod complete_cases;
mod cycles;
mod effects;
mod graph;
mod hubs;
#[cfg(test)]
mod independent;
mod list_direct;
mod list_edges;
mod list_orders;
mod list_reasons;
mod local;
mod lost_updates;
mod model;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod naive_direct;
mod names;
mod ops_edn;
mod options;
mod reasons;
mod register_direct;
mod register_edges;
mod register_orders;
mod register_reasons;
mod report;
mod result;
mod search;
mod spec;
mod store;
#[cfg(test)]
mod stored;
#[cfg(test)]
mod tests;
mod white_box;
mod words;

pub use anomaly::{Anomalies, Anomaly};
pub use effects::{Effect, EffectKind};
pub use model::{Boundary, Model, Models};
pub use options::{DataType, Options, TxnLimits};
pub use report::rules;
pub use white_box::{WhiteBox, white_box};

use self::cases::Cases;
use self::collect::Collector;
use self::complete::Completed;
use self::cycles::ParityView;
use self::graph::{Graph, Kind, NODES_MAX};
use self::list_edges::ListEdges;
use self::list_orders::ListOrders;
use self::list_reasons::ListReasons;
use self::reasons::Reasons;
use self::register_edges::RegisterEdges;
use self::register_orders::RegisterOrders;
use self::register_reasons::RegisterReasons;
use self::result::Results;
use self::spec::Orders;
use self::store::Store;
use self::words::Words;
use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::views;
use crate::history::Op;

/// Checks the transactions of a history in both senses. `nodes` are the names of the nodes.
pub fn check_with(history: &[Op], nodes: &[String], options: &Options) -> HistoryVerdict {
    let mut check = TxnCheck::new(options.clone());
    history.iter().for_each(|op| check.entry(op));
    if let Some(verdict) = check.finish(nodes) {
        return verdict;
    }
    let verdict = check_view(&views::strict(history), nodes, options);
    let of_elle = Options { complete: None, ..options.clone() };
    let parity = check_view(&views::parity(history), nodes, &of_elle);
    let HistoryVerdict { parity, result, .. } = parity;
    let result = result::with_strict(result, verdict.result.get("strict"));
    HistoryVerdict { parity, result, ..verdict }
}

/// A check that is handed the entries of a history one by one, and keeps no more of them than it
/// needs: a million transactions take some hundred megabytes.
#[derive(Debug)]
pub struct TxnCheck {
    options: Options,
    collector: Collector,
    /// Whether the two senses see the same history so far.
    is_one_view: bool,
}

impl TxnCheck {
    /// Creates a check.
    pub fn new(options: Options) -> TxnCheck {
        let collector = Collector::new(options.data);
        TxnCheck { options, collector, is_one_view: true }
    }

    /// Adds the next entry of the history.
    pub fn entry(&mut self, op: &Op) {
        self.is_one_view &= views::is_one(op);
        if self.is_one_view {
            self.collector.entry(op);
        }
    }

    /// Number of entries so far.
    pub fn entries(&self) -> usize {
        self.collector.entries
    }

    /// Returns the first entry that begins something else than a transaction of the workload, and
    /// what is wrong with it.
    pub fn foreign(&self) -> Option<(usize, &str)> {
        let (entry, message) = self.collector.foreign.as_ref()?;
        Some((*entry, message))
    }

    /// Returns the verdict; none if the two senses see different histories, so that the whole one
    /// is needed: for [`check_with`].
    pub fn finish(self, nodes: &[String]) -> Option<HistoryVerdict> {
        self.is_one_view.then(|| verdict(self.collector, nodes, &self.options))
    }
}

fn check_view(history: &[Op], nodes: &[String], options: &Options) -> HistoryVerdict {
    let mut collector = Collector::new(options.data);
    history.iter().for_each(|op| collector.entry(op));
    verdict(collector, nodes, options)
}

/// Checks what was collected.
fn verdict(mut collector: Collector, nodes: &[String], options: &Options) -> HistoryVerdict {
    collector.finish();
    let mut findings = Findings::default();
    for finding in &collector.malformed {
        findings.add(finding.rule, &finding.ops, || finding.message.clone());
    }
    if !collector.is_sound {
        return findings.verdict(Validity::Unknown, gave_up("the history is malformed"));
    }
    if let Some((version, entries)) = collector.repeated {
        if options.data == DataType::Register {
            complete::check(&collector.store, nodes, options.to_complete(), &mut findings);
        }
        return repeated(&collector.store, version, entries, findings);
    }
    let txns = collector.store.txns.len();
    if txns as u64 + 2 * collector.store.micro_ops.len() as u64 >= u64::from(NODES_MAX) {
        let why = format!("there are {txns} transactions: more than 2^29 nodes");
        let result = gave_up(&why);
        findings.leave_open(HistoryRule::CheckLimit, why);
        return findings.verdict(Validity::Unknown, result);
    }
    if !collector.store.txns.iter().any(|txn| txn.is_ok()) {
        let why = "no transaction is acknowledged";
        findings.leave_open(HistoryRule::NothingAcknowledged, why);
    }
    match options.data {
        DataType::List => check_lists(collector, nodes, options, findings),
        DataType::Register => check_registers(collector, nodes, options, findings),
    }
}

/// The verdict where a value is written twice.
fn repeated(
    store: &Store,
    version: u32,
    [first, second]: [usize; 2],
    mut findings: Findings,
) -> HistoryVerdict {
    let version = store.versions[version as usize];
    let value = store.names.text(version.value);
    let key = store.names.text(store.keys[version.key as usize].code);
    let why = format!(
        "{value} is written to key {key} more than once, by entries {first} and {second}: versions \
         are known by their values"
    );
    let result = gave_up(&why);
    findings.leave_open(HistoryRule::MalformedValue, why);
    findings.verdict(Validity::Unknown, result)
}

fn check_lists(
    collector: Collector,
    nodes: &[String],
    options: &Options,
    findings: Findings,
) -> HistoryVerdict {
    let (entries, mut store) = (collector.entries, collector.store);
    let orders = ListOrders::new(&mut store);
    let mut cases = Cases::default();
    list_direct::check(&store, &orders, &mut cases);
    let graph = Graph::new(&store, entries, &ListEdges::new(&store, &orders));
    let garbage = (0..store.keys.len() as u32)
        .flat_map(|key| orders.of_key(key))
        .find(|version| store.outcome(**version).is_none())
        .copied();
    let whole = Whole {
        store: &store,
        nodes,
        options,
        reasons: &ListReasons { store: &store, orders: &orders },
        preference: [Kind::Ww, Kind::Wr, Kind::Rw],
        garbage,
    };
    whole.verdict([&graph, &graph], &cases, findings)
}

fn check_registers(
    collector: Collector,
    nodes: &[String],
    options: &Options,
    findings: Findings,
) -> HistoryVerdict {
    let (entries, store) = (collector.entries, collector.store);
    let mut orders = RegisterOrders::new(&store, options.writes_follow_reads);
    let mut cases = Cases::default();
    register_direct::check(&store, &orders, &mut cases);
    orders.forget_circles(false);
    let graph = Graph::new(&store, entries, &RegisterEdges::new(&store, &orders, true));
    let is_sure = store.txns.iter().all(|txn| txn.is_ok() || !txn.is_possible());
    let mut of_elle = None;
    if !is_sure || !orders.circles.is_empty() {
        let mut orders = RegisterOrders::new(&store, options.writes_follow_reads);
        orders.forget_circles(true);
        let edges = RegisterEdges::new(&store, &orders, false);
        of_elle = Some(Graph::new(&store, entries, &edges));
    }
    let whole = Whole {
        store: &store,
        nodes,
        options,
        reasons: &RegisterReasons { store: &store, orders: &orders },
        preference: [Kind::Wr, Kind::Ww, Kind::Rw],
        garbage: None,
    };
    whole.verdict([&graph, of_elle.as_ref().unwrap_or(&graph)], &cases, findings)
}

/// A history of which all is known but its cycles.
struct Whole<'a, R> {
    store: &'a Store,
    nodes: &'a [String],
    options: &'a Options,
    reasons: &'a R,
    /// The order in which Elle explains edges.
    preference: [Kind; 3],
    /// A version that makes Elle throw an exception: no transaction writes it.
    garbage: Option<u32>,
}

impl<R: Reasons> Whole<'_, R> {
    /// The graphs are that of the strict sense, and that of Elle 0.2.2.
    fn verdict(
        &self,
        [graph, of_elle]: [&Graph; 2],
        cases: &Cases,
        mut findings: Findings,
    ) -> HistoryVerdict {
        let Options { data, models, limits, .. } = self.options;
        let orders = self.parity_orders();
        let view = ParityView { orders, preference: self.preference };
        let cycles = cycles::find(self.store, [graph, of_elle], view, *limits);
        let (store, nodes, reasons) = (self.store, self.nodes, self.reasons);
        let words = Words { store, data: *data, reasons, nodes };
        let prohibited = models.iter().map(|model| model.prohibited_strictly());
        let prohibited = prohibited.fold(Anomalies::default(), Anomalies::union);
        let mut drawings = report::report(&words, (cases, &cycles), prohibited, &mut findings);
        let open: Vec<&str> = cycles
            .unfinished
            .iter()
            .filter(|anomaly| prohibited.contains(*anomaly))
            .map(Anomaly::name)
            .collect();
        if !open.is_empty() {
            let why = format!(
                "the search for {} ends at the limit of {} steps; the largest of {} components has \
                 {} transactions",
                open.join(", "),
                limits.search_steps_max,
                cycles.components,
                cycles.largest
            );
            findings.leave_open(HistoryRule::CheckLimit, why);
        }
        let completed = match data {
            DataType::List => Completed::default(),
            DataType::Register => {
                complete::check(store, nodes, self.options.to_complete(), &mut findings)
            }
        };
        let strict = result::strict(report::found(cases, &cycles), completed.broken);
        let strict = completed.added_to(strict);
        for why in completed.open {
            findings.leave_open(HistoryRule::CheckLimit, why);
        }
        drawings.extend(completed.drawings);
        let has_order = orders.realtime && !of_elle.has_no_realtime()
            || orders.process && self.store.has_process_order();
        let is_empty = of_elle.has_no_data() && !has_order;
        let results = Results {
            store,
            data: *data,
            models,
            reasons,
            nodes,
            cases,
            cycles: &cycles,
            is_empty,
        };
        let (parity, result) = match self.garbage {
            None => results.parity(strict),
            Some(version) => {
                let result = gave_up(&words.unwritten(version));
                (Validity::Unknown, result::with_strict(result, Some(&strict)))
            }
        };
        HistoryVerdict { drawings, ..findings.verdict(parity, result) }
    }

    /// The orders that Elle takes into account for the expected models.
    fn parity_orders(&self) -> Orders {
        let prohibits = |anomaly: Anomaly| {
            self.options.models.iter().any(|model| model.prohibited().contains(anomaly))
        };
        let realtime = prohibits(Anomaly::G0Realtime);
        Orders { process: !realtime && prohibits(Anomaly::G0Process), realtime }
    }
}
