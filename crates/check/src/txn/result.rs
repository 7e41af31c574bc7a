//! The result map of Elle 0.2.2, which Maelstrom 0.2.5 pins, and what it says: parity.

use std::collections::BTreeMap;

use super::anomaly::{Anomalies, Anomaly};
use super::cases::{Case, Cases};
use super::cycles::{Cycles, Exists};
use super::graph::Kind;
use super::model::{Boundary, Model, Models};
use super::ops_edn::OpsEdn;
use super::options::DataType;
use super::reasons::Reasons;
use super::search::Cycle;
use super::spec::EXISTENCES;
use super::store::{Action, Store};
use crate::edn::Edn;
use crate::history_verdict::Validity;

/// The version of Elle whose verdict parity is.
const ELLE: &str = "0.2.2";
/// Elle found no dependency at all.
const EMPTY_GRAPH: &str = "empty-transaction-graph";

/// What the result is made of.
pub(super) struct Results<'a, R> {
    pub(super) store: &'a Store,
    pub(super) data: DataType,
    pub(super) models: &'a [Model],
    pub(super) reasons: &'a R,
    pub(super) nodes: &'a [String],
    pub(super) cases: &'a Cases,
    pub(super) cycles: &'a Cycles,
    /// Whether the graph that Elle makes has no edge.
    pub(super) is_empty: bool,
}

/// The models that anomalies of the strict sense break, with those that are known to be `broken`
/// besides, and those that are left.
pub(super) fn strict(found: Anomalies, broken: Models) -> Edn {
    let Boundary { not, also_not, left } = Boundary::strict_with(found, broken);
    let names: Vec<Edn> = found.iter().map(|anomaly| Edn::keyword(anomaly.name())).collect();
    Edn::map([
        ("anomaly-types", Edn::List(names)),
        ("not", set(not)),
        ("also-not", set(also_not)),
        ("strongest-left", set(left)),
    ])
}

/// Returns a result map with what another one says of the strict sense.
pub(super) fn with_strict(result: Edn, strict: Option<&Edn>) -> Edn {
    let key = Edn::keyword("strict");
    let Edn::Map(mut entries) = result else { return result };
    entries.retain(|(known, _)| *known != key);
    entries.extend(strict.map(|strict| (key, strict.clone())));
    Edn::Map(entries)
}

fn set(models: Models) -> Edn {
    Edn::Set(models.names().into_iter().map(Edn::keyword).collect())
}

impl<R: Reasons> Results<'_, R> {
    /// What Maelstrom says, with its result map; the models of the strict sense are added to it.
    pub(super) fn parity(&self, strict: Edn) -> (Validity, Edn) {
        let found = self.found();
        let prohibited = self.models.iter().map(|model| model.prohibited());
        let prohibited = prohibited.fold(Anomalies::default(), Anomalies::union);
        let reported = reported(found, prohibited);
        let names: BTreeMap<&str, Option<Anomaly>> =
            reported.iter().map(|anomaly| (anomaly.name(), Some(anomaly))).collect();
        let mut names = names;
        if self.is_empty {
            names.insert(EMPTY_GRAPH, None);
        }
        let valid = match (self.data, reported.is_empty(), self.is_empty) {
            (_, true, false) => Validity::Valid,
            // Maelstrom's wrapper of this checker takes anything that is reported for wrong.
            (DataType::Register, ..) | (_, false, _) => Validity::Invalid,
            (DataType::List, true, true) => Validity::Unknown,
        };
        let mut entries = vec![("valid?", valid.edn())];
        if !names.is_empty() || self.data == DataType::Register {
            let types = names.keys().map(|name| Edn::keyword(name)).collect();
            entries.push(("anomaly-types", Edn::List(types)));
            entries.push(("anomalies", self.anomalies(&names)));
        }
        if !names.is_empty() {
            let Boundary { not, also_not, .. } = Boundary::of(found);
            entries.extend([("not", set(not)), ("also-not", set(also_not))]);
        }
        entries.extend([("elle", Edn::text(ELLE)), ("strict", strict)]);
        let entries = entries.into_iter().map(|(key, value)| (Edn::keyword(key), value));
        (valid, Edn::Map(entries.collect()))
    }

    /// All anomalies that Elle finds, whether or not a model prohibits them.
    fn found(&self) -> Anomalies {
        let direct = self.cases.0.iter().filter(|(_, noted)| noted.parity_count > 0);
        let direct = direct.filter_map(|(anomaly, _)| match anomaly {
            Anomaly::GarbageRead => None,
            Anomaly::InternalOwnWrite => Some(Anomaly::Internal),
            anomaly => Some(*anomaly),
        });
        let cycles = self.cycles.parity.keys().chain(self.cycles.exists.keys()).copied();
        direct.chain(cycles).collect()
    }

    fn anomalies(&self, names: &BTreeMap<&str, Option<Anomaly>>) -> Edn {
        let entry = |(name, anomaly): (&&str, &Option<Anomaly>)| {
            let cases = anomaly.map_or(Edn::Bool(true), |anomaly| self.cases(anomaly));
            (Edn::keyword(name), cases)
        };
        Edn::Map(names.iter().map(entry).collect())
    }

    fn cases(&self, anomaly: Anomaly) -> Edn {
        if let Some(exists) = self.cycles.exists.get(&anomaly) {
            return Edn::Vector(vec![self.exists(anomaly, exists)]);
        }
        let of = |anomaly: Anomaly| {
            let noted = self.cases.0.get(&anomaly);
            let cases = noted.into_iter().flat_map(|noted| &noted.cases);
            cases.map(|case| self.case(anomaly, case)).collect::<Vec<Edn>>()
        };
        let mut cases = of(anomaly);
        if anomaly == Anomaly::Internal {
            cases.extend(of(Anomaly::InternalOwnWrite));
        }
        let found = self.cycles.parity.get(&anomaly);
        cases.extend(found.into_iter().flat_map(|found| &found.cycles).map(|c| self.cycle(c)));
        Edn::Vector(cases)
    }

    fn exists(&self, anomaly: Anomaly, exists: &Exists) -> Edn {
        let claim = EXISTENCES.iter().find(|claim| claim.anomaly == anomaly);
        let kinds = Kind::ALL.into_iter().filter(|kind| kind.bit() & exists.kinds != 0);
        let union = std::iter::once("union").chain(kinds.map(Kind::name));
        Edn::map([
            ("type", Edn::keyword(anomaly.name())),
            ("not", claim.map_or(Edn::Nil, |claim| Edn::keyword(claim.model.name()))),
            ("subgraph", Edn::Vector(union.map(Edn::keyword).collect())),
            ("scc-size", Edn::count(exists.size)),
        ])
    }

    fn ops(&self) -> OpsEdn<'_> {
        OpsEdn { store: self.store, data: self.data, nodes: self.nodes }
    }

    fn case(&self, anomaly: Anomaly, case: &Case) -> Edn {
        let ops = self.ops();
        let txns = |txns: &[u32]| Edn::Vector(txns.iter().map(|txn| ops.op(*txn)).collect());
        match case {
            Case::Read { txn, op, version } => {
                let mut entries = vec![("op", ops.op(*txn)), ("mop", ops.micro_op(*txn, *op))];
                let writer = self.store.versions[*version as usize].writer;
                match anomaly {
                    Anomaly::DuplicateElements => {
                        let read = self.store.ops(*txn)[*op as usize].action;
                        entries.push(("duplicates", self.duplicates(read)));
                    }
                    Anomaly::FutureRead => entries.push(("element", ops.value(*version))),
                    _ => {
                        entries.push(("writer", ops.op(writer)));
                        if self.data == DataType::List {
                            entries.push(("element", ops.value(*version)));
                        }
                    }
                }
                let entries = entries.into_iter().map(|(key, value)| (Edn::keyword(key), value));
                Edn::Map(entries.collect())
            }
            Case::Internal { txn, op, expected, has_unknown_prefix } => {
                let mut values = expected.iter().map(|code| self.store.names.edn(*code));
                let prefix = has_unknown_prefix.then(|| Edn::text("..."));
                let expected = match self.data {
                    DataType::List => Edn::Vector(prefix.into_iter().chain(values).collect()),
                    DataType::Register => values.next_back().unwrap_or(Edn::Nil),
                };
                let (op, mop) = (ops.op(*txn), ops.micro_op(*txn, *op));
                Edn::map([("op", op), ("mop", mop), ("expected", expected)])
            }
            Case::Order { key, chains } => {
                let list = |chain: &u32| ops.list(&self.store.chains[*chain as usize].elements);
                let values = Edn::Vector(chains.iter().map(list).collect());
                Edn::map([("key", ops.key(*key)), ("values", values)])
            }
            Case::DirtyUpdate { failed, committed } => {
                Edn::map([("txns", txns(&[*failed, *committed]))])
            }
            Case::LostUpdate { key, read, txns: all } => {
                Edn::map([("key", ops.key(*key)), ("value", ops.read(*read)), ("txns", txns(all))])
            }
            Case::CyclicVersions { versions } => {
                let key = self.store.versions[versions[0] as usize].key;
                let scc = versions.iter().map(|version| ops.value(*version)).collect();
                Edn::map([("key", ops.key(key)), ("scc", Edn::Set(scc))])
            }
        }
    }

    fn duplicates(&self, read: Action) -> Edn {
        let mut counts: BTreeMap<i64, usize> = BTreeMap::new();
        self.store.elements(read).iter().for_each(|code| *counts.entry(*code).or_default() += 1);
        let several = counts.into_iter().filter(|(_, count)| *count > 1);
        let entry = |(code, count)| (self.store.names.edn(code), Edn::count(count));
        Edn::Map(several.map(entry).collect())
    }

    fn cycle(&self, cycle: &Cycle) -> Edn {
        let ops = self.ops();
        let next = cycle.steps.iter().cycle().skip(1);
        let steps = cycle.steps.iter().zip(next).map(|((from, kind), (to, _))| {
            let of_type = ("type", Edn::keyword(kind.name()));
            let Some(reason) = self.reasons.reason(*from, *to, *kind) else {
                return Edn::map([of_type]);
            };
            let initial = match self.data {
                DataType::List => Edn::keyword("elle.list-append/init"),
                DataType::Register => Edn::Nil,
            };
            let version = reason.version.map_or(initial, |version| ops.value(version));
            let mut entries = vec![of_type, ("key", ops.key(reason.key)), ("value", version)];
            entries.extend(reason.next.map(|next| ("value'", ops.value(next))));
            entries.push(("a-mop-index", Edn::count(reason.ops[0] as usize)));
            entries.push(("b-mop-index", Edn::count(reason.ops[1] as usize)));
            let entries = entries.into_iter().map(|(key, value)| (Edn::keyword(key), value));
            Edn::Map(entries.collect())
        });
        let around = cycle.steps.iter().chain(cycle.steps.first());
        Edn::map([
            ("cycle", Edn::Vector(around.map(|(txn, _)| ops.op(*txn)).collect())),
            ("steps", Edn::List(steps.collect())),
            ("type", Edn::keyword(cycle.anomaly.name())),
        ])
    }
}

/// The anomalies that Elle reports: those that a model prohibits, without claims of existence that
/// others make superfluous.
fn reported(found: Anomalies, prohibited: Anomalies) -> Anomalies {
    let mut reported: Anomalies = found.iter().filter(|a| prohibited.contains(*a)).collect();
    let concrete: Anomalies = reported.iter().filter(|a| !a.is_existence()).collect();
    let is_broken = |model: Model| model.prohibited().meets(concrete);
    for claim in EXISTENCES.iter().filter(|claim| is_broken(claim.model)) {
        reported.remove(claim.anomaly);
    }
    reported
}
