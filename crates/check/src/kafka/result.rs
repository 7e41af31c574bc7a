//! The result map of the workload, with the fields of Jepsen's checker.

use std::collections::BTreeMap;

use serde_json::Value;

use super::cycles::{Cycle, Step};
use super::errors::{Case, ErrorType, Errors, Noted, OrderCase};
use super::lags::WorstLag;
use super::lost::UnseenOfKey;
use super::words::Words;
use super::words::between;
use crate::edn::Edn;
use crate::engine::time::Instant;
use crate::history::{Op, OpValue, op_edn};
use crate::history_verdict::Validity;

/// What the result is made of.
pub(super) struct Results<'a> {
    pub words: Words<'a>,
    pub errors: &'a Errors,
    pub unseen: &'a BTreeMap<u32, UnseenOfKey>,
    pub cycles: &'a [Cycle],
    pub worst_lag: Option<WorstLag>,
}

/// Maximum memory in bytes of an entry that is shown whole.
const SHOWN_BYTES_MAX: u64 = 4096;
/// Maximum number of skipped messages that a case names.
const SKIPPED_MAX: usize = 32;

impl Results<'_> {
    /// What Maelstrom says, with its result map.
    pub(super) fn parity(&self) -> (Validity, Edn) {
        let errors = self.errors.by_name();
        let keyword = |(kind, _): &(ErrorType, &Noted)| Edn::keyword(kind.name());
        let bad: Vec<Edn> = errors.iter().filter(|(kind, _)| kind.is_bad()).map(keyword).collect();
        let valid = Validity::of(bad.is_empty());
        let mut entries = vec![
            ("valid?", valid.edn()),
            ("worst-realtime-lag", self.lag()),
            ("bad-error-types", Edn::List(bad)),
            ("error-types", Edn::List(errors.iter().map(keyword).collect())),
            ("info-txn-causes", self.info_causes()),
        ];
        entries.extend(errors.iter().map(|(kind, noted)| (kind.name(), self.error(*kind, noted))));
        let entries = entries.into_iter().map(|(key, value)| (Edn::keyword(key), value));
        (valid, Edn::Map(entries.collect()))
    }

    fn lag(&self) -> Edn {
        let Some(worst) = self.worst_lag else {
            return Edn::map([("time", Edn::Float(0.0)), ("lag", Edn::Float(0.0))]);
        };
        let seconds = |ns: u64| Edn::Float(ns as f64 / 1e9);
        Edn::map([
            ("time", seconds(worst.time.as_ns())),
            ("process", Edn::whole(i128::from(worst.process))),
            ("key", self.key(worst.key)),
            ("lag", seconds(worst.lag.as_ns())),
        ])
    }

    /// The distinct errors of operations whose outcome is unknown.
    fn info_causes(&self) -> Edn {
        let history = self.words.ops.history;
        let cause = |entry: &usize| match &history[*entry].error {
            Some((name, text)) => Edn::Vector(vec![Edn::keyword(name), Edn::text(text)]),
            None => Edn::Nil,
        };
        Edn::List(self.words.survey.causes.iter().map(cause).collect())
    }

    fn error(&self, kind: ErrorType, noted: &Noted) -> Edn {
        let errs = match kind {
            ErrorType::Unseen => return self.unseen(),
            ErrorType::EmptyTransactionGraph => Edn::Bool(true),
            _ => Edn::List(noted.cases.iter().map(|(_, case)| self.case(kind, case)).collect()),
        };
        Edn::map([("count", Edn::whole(i128::from(noted.count))), ("errs", errs)])
    }

    fn unseen(&self) -> Edn {
        let keys = &self.words.names.keys;
        let by_name: BTreeMap<&str, &UnseenOfKey> =
            self.unseen.iter().map(|(key, unseen)| (keys.name(*key), unseen)).collect();
        let counts = by_name.iter();
        let counts = counts.map(|(key, u)| (Edn::text(*key), Edn::whole(i128::from(u.count))));
        let messages = by_name.iter().map(|(key, unseen)| {
            let messages = unseen.messages.iter().map(|message| self.message(*message));
            (Edn::text(*key), Edn::List(messages.collect()))
        });
        let time = self.words.survey.last_ok.map_or(0, Instant::as_ns);
        Edn::map([
            ("time", Edn::whole(i128::from(time))),
            ("unseen", Edn::Map(counts.collect())),
            ("messages", Edn::Map(messages.collect())),
        ])
    }

    fn case(&self, kind: ErrorType, case: &Case) -> Edn {
        match case {
            Case::Order(case) => self.order(kind, case),
            Case::Read { message, entry } => self.read(kind, *message, *entry),
            Case::Lost { message, max_read_index, max_read } => {
                let index = self.words.logs.span(*message).map_or(0, |(first, _)| first);
                Edn::map([
                    ("key", self.key_of(*message)),
                    ("value", self.message(*message)),
                    ("index", Edn::count(index as usize)),
                    ("max-read-index", Edn::count(*max_read_index as usize)),
                    ("writer", self.writer(*message)),
                    ("max-read", self.op(*max_read)),
                ])
            }
            Case::Conflict(place) => {
                let conflict = &self.words.logs.conflicts[*place];
                let values = conflict.messages.iter().map(|message| self.message(*message));
                Edn::map([
                    ("key", self.key(conflict.key)),
                    ("offset", Edn::Int(conflict.offset)),
                    ("index", Edn::count(conflict.index as usize)),
                    ("values", Edn::Set(values.collect())),
                ])
            }
            Case::Duplicate(place) => {
                let duplicate = &self.words.logs.duplicates[*place];
                let offsets = duplicate.offsets.iter().map(|offset| Edn::Int(*offset)).collect();
                Edn::map([
                    ("key", self.key_of(duplicate.message)),
                    ("value", self.message(duplicate.message)),
                    ("count", Edn::count(duplicate.offsets.len())),
                    ("offsets", Edn::Vector(offsets)),
                ])
            }
            Case::Cycle(place) => self.cycle(kind, &self.cycles[*place]),
        }
    }

    fn order(&self, kind: ErrorType, case: &OrderCase) -> Edn {
        let mut entries = vec![("key", self.key(case.key)), ("delta", Edn::Int(case.delta))];
        if kind != ErrorType::PollSkip {
            let values = [case.first, case.second].map(|message| self.message(message));
            entries.push(("values", Edn::Vector(values.into())));
        }
        if case.delta > 1 {
            let skipped = &self.words.logs.chosen(case.key)[between(self.words.logs, case)];
            let skipped = skipped.iter().take(SKIPPED_MAX).map(|message| self.message(*message));
            entries.push(("skipped", Edn::List(skipped.collect())));
        }
        let [before, then] = case.entries;
        if before == then {
            entries.push(("op", self.op(then)));
        } else {
            entries.push(("ops", Edn::Vector(vec![self.op(before), self.op(then)])));
        }
        Edn::Map(entries.into_iter().map(|(key, value)| (Edn::keyword(key), value)).collect())
    }

    fn read(&self, kind: ErrorType, message: u32, entry: usize) -> Edn {
        let (key, value) = (self.key_of(message), self.message(message));
        match kind {
            ErrorType::PrecommittedRead => {
                Edn::map([("op", self.op(entry)), ("key", key), ("value", value)])
            }
            _ => Edn::map([
                ("key", key),
                ("value", value),
                ("writer", self.writer(message)),
                ("reader", self.op(entry)),
            ]),
        }
    }

    fn cycle(&self, kind: ErrorType, cycle: &Cycle) -> Edn {
        let entry = |operation: &u32| {
            let operation = &self.words.ops.all[*operation as usize];
            operation.completion.unwrap_or(operation.invoke)
        };
        let of_type = |name: &str| ("type", Edn::keyword(name));
        let step = |step: &Step| match step {
            Step::Reads(message) => Edn::map([
                of_type("wr"),
                ("key", self.key_of(*message)),
                ("value", self.message(*message)),
            ]),
            Step::Process => Edn::map([of_type("process")]),
            Step::Realtime => Edn::map([of_type("realtime")]),
        };
        let first = cycle.operations.first();
        let operations = cycle.operations.iter().chain(first).map(|op| self.op(entry(op)));
        Edn::map([
            of_type(kind.name()),
            ("cycle", Edn::Vector(operations.collect())),
            ("steps", Edn::List(cycle.steps.iter().map(step).collect())),
        ])
    }

    fn key(&self, key: u32) -> Edn {
        Edn::text(self.words.names.keys.name(key))
    }

    fn key_of(&self, message: u32) -> Edn {
        self.key(self.words.names.messages.key(message))
    }

    fn message(&self, message: u32) -> Edn {
        let text = self.words.message(message);
        let value: Option<Value> = serde_json::from_str(&text).ok();
        value.map_or(Edn::Text(text), |value| Edn::from_json(&value))
    }

    fn writer(&self, message: u32) -> Edn {
        self.words.send_of(message).map_or(Edn::Nil, |entry| self.op(entry))
    }

    /// An entry; of a large one all but its value.
    fn op(&self, entry: usize) -> Edn {
        let op = &self.words.ops.history[entry];
        let nodes = self.words.ops.nodes;
        if op.bytes() <= SHOWN_BYTES_MAX {
            return op_edn(entry, op, nodes);
        }
        op_edn(entry, &Op { value: OpValue::Nil, ..op.clone() }, nodes)
    }
}
