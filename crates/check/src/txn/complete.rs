//! The complete checks of registers: a history whose dependencies show nothing may still have no
//! order at all that a model allows.
//!
//! Elle's way infers only dependencies that it is sure of, so what it finds is wrong and what it
//! accepts may be. [`isolation`](crate::isolation) decides instead, since values are unique. Each
//! expected model is checked at the strongest of these levels that it implies:
//!
//! ```text
//!   model                                       level                          order of processes
//!   read-atomic                                 read atomic                    no
//!   causal-cerone, prefix,                      causal                         no
//!     parallel-snapshot-isolation
//!   causal                                      causal                         yes
//!   snapshot-isolation, serializable            the level of that name         no
//!   strong-session-…, strong-…                  the level of that name         yes, and time
//! ```
//!
//! Adya's read committed (PL-2) is not among them: reads of aborted and of intermediate values and
//! circles of reads are all that it prohibits, and the graph of dependencies has each of them.
//! AWDIT's level of that name is stronger: its transactions read monotonically.

use std::collections::BTreeMap;

use super::model::{Model, Models};
use super::store::{Action, NONE, Store};
use crate::counterexample::{
    Counterexample, Cycles, DrawnTransaction, LabelledCycle, LabelledEdge,
};
use crate::edn::Edn;
use crate::history::{EntryKind, node_name};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Findings;
use crate::isolation::{
    Checker, DefectKind, Level, Limits, Outcome, RegisterHistory, Status, Times, Witness,
};

/// Whether a session is a process, or each transaction a session of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sessions {
    Processes,
    None,
}

/// A level at which a model is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Equivalent {
    level: Level,
    sessions: Sessions,
}

/// The level of a model that has one.
fn equivalent(model: Model) -> Option<Equivalent> {
    let (level, sessions) = match model {
        Model::ReadAtomic => (Level::ReadAtomic, Sessions::None),
        Model::CausalCerone => (Level::Causal, Sessions::None),
        Model::Causal => (Level::Causal, Sessions::Processes),
        Model::SnapshotIsolation => (Level::SnapshotIsolation, Sessions::Processes),
        Model::Serializable => (Level::Serializable, Sessions::Processes),
        Model::StrongSessionSnapshotIsolation => {
            (Level::StrongSessionSnapshotIsolation, Sessions::Processes)
        }
        Model::StrongSessionSerializable => (Level::StrongSessionSerializable, Sessions::Processes),
        Model::StrongSnapshotIsolation => (Level::StrongSnapshotIsolation, Sessions::Processes),
        Model::StrictSerializable => (Level::StrictSerializable, Sessions::Processes),
        _ => return None,
    };
    Some(Equivalent { level, sessions })
}

/// The models that have to be checked for an expected one: of those with a level that it implies,
/// the strongest.
fn checked_for(model: Model) -> Models {
    let has_level = |model: &Model| equivalent(*model).is_some();
    model.implied().iter().filter(has_level).collect::<Models>().strongest()
}

/// What the complete checks add to a verdict.
#[derive(Debug, Default)]
pub(super) struct Completed {
    /// The outcome of each model that was checked, by name.
    entries: Vec<(Edn, Edn)>,
    /// Models that are broken.
    pub(super) broken: Models,
    /// Models that are undetermined, with the reasons.
    pub(super) open: Vec<String>,
    /// Drawings of the violations.
    pub(super) drawings: Vec<Vec<String>>,
}

impl Completed {
    /// Returns what the strict sense says, with the outcomes.
    pub(super) fn added_to(&self, strict: Edn) -> Edn {
        let Edn::Map(mut entries) = strict else { return strict };
        if !self.entries.is_empty() {
            entries.push((Edn::keyword("complete"), Edn::Map(self.entries.clone())));
        }
        Edn::Map(entries)
    }
}

/// Checks the transactions of a store at the levels of the expected models.
pub(super) fn check(
    store: &Store,
    nodes: &[String],
    (models, limits): (&[Model], Option<Limits>),
    findings: &mut Findings,
) -> Completed {
    let mut completed = Completed::default();
    let all: Models = models.iter().flat_map(|model| checked_for(*model).iter()).collect();
    let (Some(limits), false) = (limits, all.is_empty()) else { return completed };
    if !store.txns.iter().any(|txn| txn.is_ok()) {
        return completed;
    }
    let histories = Histories { store, nodes, limits };
    for model in all.iter() {
        let Some(equivalent) = equivalent(model) else { continue };
        let outcome = histories.check(equivalent);
        completed.entries.push((Edn::keyword(model.name()), in_results(&outcome)));
        match outcome {
            Outcome::Holds => {}
            Outcome::Undetermined(why) => {
                completed.open.push(format!("{}: {why}", model.name()));
            }
            Outcome::Broken(witness) => completed.broken(model, &witness, findings),
        }
    }
    completed
}

impl Completed {
    fn broken(&mut self, model: Model, witness: &Witness, findings: &mut Findings) {
        self.broken.insert(model);
        // Without the order of processes, what breaks a level breaks the model of that name.
        let strong = witness.weakest_broken.iter().filter(|level| **level > Level::Causal);
        for level in strong {
            let is_its = |model: &&Model| equivalent(**model).is_some_and(|e| e.level == *level);
            Model::ALL.iter().filter(is_its).for_each(|model| _ = self.broken.insert(*model));
        }
        // A circle of reads that needs the order of processes leaves snapshot isolation.
        let needs_sessions = !witness.weakest_broken.contains(&Level::SnapshotIsolation);
        let rules: &[HistoryRule] = match witness.anomaly {
            "cyclic-information-flow" if needs_sessions => &[HistoryRule::G1cProcess],
            // At read atomic, a read of less than what was read before is a part of a transaction.
            "non-monotonic-read" if model == Model::ReadAtomic => rules("fractured-read"),
            anomaly => rules(anomaly),
        };
        // The direct checks name reads that no level allows one by one.
        let is_known = rules.len() > 1 || DefectKind::of(witness.anomaly).is_some();
        if is_known && rules.iter().any(|rule| findings.has(*rule)) {
            return;
        }
        // The number of a transaction is that of its entry.
        let ops: Vec<usize> = witness.transactions.iter().map(|t| t.number as usize).collect();
        findings.add_drawn(rules[0], &ops, || {
            (in_words(model, witness), Some(Counterexample::Cycles(cycles(witness))))
        });
        let first = format!("{}, which breaks {}:", witness.anomaly, model.name());
        let lines = witness.to_string().lines().map(str::to_owned).collect::<Vec<_>>();
        self.drawings.push([first].into_iter().chain(lines).collect());
    }
}

/// The rules for an anomaly, the first of which is that of its finding.
fn rules(anomaly: &str) -> &'static [HistoryRule] {
    match DefectKind::of(anomaly) {
        Some(DefectKind::NeverWritten) => return &[HistoryRule::Fabricated],
        Some(DefectKind::AbortedRead) => return &[HistoryRule::AbortedRead],
        Some(DefectKind::IntermediateRead) => return &[HistoryRule::G1b],
        Some(DefectKind::Internal) => {
            return &[
                HistoryRule::InternalOwnWrite,
                HistoryRule::Internal,
                HistoryRule::FutureRead,
            ];
        }
        None => {}
    }
    match anomaly {
        "cyclic-information-flow" => &[HistoryRule::G1c],
        "non-monotonic-read" => &[HistoryRule::NonMonotonicRead],
        "non-repeatable-read" => &[HistoryRule::NonRepeatableRead],
        "fractured-read" => &[HistoryRule::FracturedRead],
        "causality-violation" => &[HistoryRule::CausalityViolation],
        "lost-update" => &[HistoryRule::LostUpdate],
        "long-fork" => &[HistoryRule::LongFork],
        "write-skew" => &[HistoryRule::WriteSkew],
        "session-reversal" => &[HistoryRule::SessionReversal],
        _ => &[HistoryRule::RealtimeReversal],
    }
}

/// The outcome of a model, for the results.
fn in_results(outcome: &Outcome) -> Edn {
    match outcome {
        Outcome::Holds => Edn::map([("valid?", Edn::Bool(true))]),
        Outcome::Broken(witness) => {
            let anomaly = Edn::keyword(witness.anomaly);
            Edn::map([("valid?", Edn::Bool(false)), ("anomaly", anomaly)])
        }
        Outcome::Undetermined(why) => {
            Edn::map([("valid?", Edn::keyword("unknown")), ("why", Edn::text(why))])
        }
    }
}

/// A violation in a sentence.
fn in_words(model: Model, witness: &Witness) -> String {
    let name = |(number, transaction): (usize, &crate::isolation::WitnessTransaction)| {
        format!("T{number} is the transaction of {}", transaction.place)
    };
    let names: Vec<String> = (1..).zip(&witness.transactions).map(name).collect();
    let reasons: Vec<&str> = witness.reasons.iter().map(|reason| reason.trim_start()).collect();
    format!("{} is broken: {}: {}", model.name(), names.join(", "), reasons.join("; "))
}

/// A witness as a counterexample.
fn cycles(witness: &Witness) -> Cycles {
    let number = 1..;
    let transaction = |(number, t): (usize, &crate::isolation::WitnessTransaction)| {
        let (who, accesses) = (t.place.clone(), t.accesses.clone());
        let entry = usize::try_from(t.number).ok();
        DrawnTransaction { name: format!("T{number}"), who, accesses, entry }
    };
    let mut transactions: Vec<DrawnTransaction> =
        number.zip(&witness.transactions).map(transaction).collect();
    let edges = || witness.cycles.iter().flat_map(|cycle| &cycle.edges);
    // The initial state comes last, so that the place of the others is one less than their number.
    let initial = transactions.len();
    if edges().any(|edge| edge.from == 0 || edge.to == 0) {
        let (who, accesses) = ("the initial state".to_owned(), Vec::new());
        transactions.push(DrawnTransaction { name: "T0".to_owned(), who, accesses, entry: None });
    }
    let place = |number: usize| number.checked_sub(1).unwrap_or(initial);
    let edge = |edge: &crate::isolation::WitnessEdge| LabelledEdge {
        from: place(edge.from),
        to: place(edge.to),
        label: edge.label.clone(),
        reason: edge.reason.clone(),
    };
    let cycle = |cycle: &crate::isolation::WitnessCycle| LabelledCycle {
        assumption: cycle.assumption.clone(),
        edges: cycle.edges.iter().map(edge).collect(),
    };
    let names = |levels: &[Level]| levels.iter().map(|level| level.name().to_owned()).collect();
    Cycles {
        anomaly: witness.anomaly.to_owned(),
        transactions,
        inferred: witness.inferred.clone(),
        cycles: witness.cycles.iter().map(cycle).collect(),
        weakest_broken: names(&witness.weakest_broken),
        strongest_left: names(&witness.strongest_left),
    }
}

/// The histories of the transactions of a store.
struct Histories<'a> {
    store: &'a Store,
    nodes: &'a [String],
    limits: Limits,
}

impl Histories<'_> {
    fn check(&self, Equivalent { level, sessions }: Equivalent) -> Outcome {
        let check = |sessions| Checker::new(&self.history(sessions), self.limits).check(level);
        // With processes as sessions there are few chains; what holds with them holds without.
        match check(Sessions::Processes) {
            Outcome::Holds => Outcome::Holds,
            _ if sessions == Sessions::None => check(Sessions::None),
            outcome => outcome,
        }
    }

    /// The transactions as reads and writes of registers. Real time is the order of entries, as in
    /// the graph of dependencies.
    fn history(&self, sessions: Sessions) -> RegisterHistory {
        let store = self.store;
        let mut history = RegisterHistory::of_clients();
        let mut known: BTreeMap<u64, u32> = BTreeMap::new();
        for (number, txn) in (0..).zip(&store.txns) {
            let mut new = || {
                let node = match txn.node {
                    NONE => String::new(),
                    node => format!(" at {}", node_name(node, self.nodes)),
                };
                history.session(format!("{}{node}", txn.process))
            };
            let session = match sessions {
                Sessions::Processes => *known.entry(txn.process).or_insert_with(new),
                Sessions::None => new(),
            };
            let status = match txn.outcome {
                EntryKind::Ok => Status::Committed,
                EntryKind::Fail => Status::Aborted,
                EntryKind::Invoke | EntryKind::Info => Status::Unknown,
            };
            let end = txn.is_ok().then_some(u64::from(txn.completion));
            let times = Times { begin: u64::from(txn.invoke), end };
            let id = history.begin(session, txn.entry() as i64, status, Some(times));
            let symbol = |version: u32| store.names.symbol(store.versions[version as usize].value);
            for op in store.ops(number) {
                let key = store.names.symbol(store.keys[op.key as usize].code);
                match op.action {
                    Action::Write(version) => history.write(id, key, symbol(version)),
                    // What others have read is not known.
                    _ if status != Status::Committed => {}
                    Action::Value(version) => history.read(id, key, Some(symbol(version))),
                    Action::Nil | Action::List { .. } => history.read(id, key, None::<i64>),
                }
            }
        }
        history
    }
}
