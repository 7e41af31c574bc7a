//! A witness: few transactions that break a level by themselves, with the reasons.

use std::fmt;

use super::decide::decide;
use super::decision::Decision;
use super::history::TransactionId;
use super::level::{GivenOrder, Level};
use super::limits::Budget;
use super::link::{Defect, DefectKind};
use super::shrink::Shrunk;
use super::transactions::Transactions;
use super::words::{WitnessCycle, WitnessEdge, Words};
use super::{anomaly, strong_words, weak_words};

/// Few transactions that break a level by themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Name of the anomaly, such as `lost-update`.
    pub anomaly: &'static str,
    /// The transactions, called T1, T2 and so on.
    pub transactions: Vec<WitnessTransaction>,
    /// Why they break the level, a step in each line.
    pub reasons: Vec<String>,
    /// The cycle as a drawing, line by line; nothing for a single read.
    pub drawing: Vec<String>,
    /// Those of the reasons that are no edge of a cycle.
    pub inferred: Vec<String>,
    /// The cycles: one, or one for each case. For a single read, an edge from its write.
    pub cycles: Vec<WitnessCycle>,
    /// The weakest levels that these transactions break.
    pub weakest_broken: Vec<Level>,
    /// The strongest levels that these transactions satisfy.
    pub strongest_left: Vec<Level>,
    /// Whether no transaction, read or write can be left out; otherwise the limit of work for this
    /// was reached.
    pub is_smallest: bool,
}

/// A transaction of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessTransaction {
    /// Which one of the history.
    pub id: TransactionId,
    /// Its number there: that of its session, or of its entry in a history of clients.
    pub number: i64,
    /// Its session and its number there, in words.
    pub place: String,
    /// The reads and writes that matter, such as `r x = 5`.
    pub accesses: Vec<String>,
}

impl Witness {
    /// The witness of a broken level.
    pub(super) fn of(words: Words<'_>, shrunk: &Shrunk, level: Level, budget: &Budget) -> Witness {
        let words = Words { transactions: &shrunk.transactions, ..words };
        let explain = match level {
            Level::ReadCommitted | Level::ReadAtomic | Level::Causal => weak_words::explain,
            _ => strong_words::explain,
        };
        let explained = explain(words, level, &mut budget.clone()).unwrap_or_default();
        let breaks = breaks(words.transactions, budget);
        let transactions = words.transactions.all().map(|t| {
            let origin = words.transactions.origin[t as usize];
            WitnessTransaction {
                id: TransactionId(origin),
                number: words.history.records()[origin as usize].number,
                place: words.place(origin),
                accesses: words.accesses_of(t),
            }
        });
        Witness {
            anomaly: anomaly::name(words.transactions, &breaks),
            transactions: transactions.collect(),
            reasons: explained.reasons,
            drawing: explained.drawing,
            inferred: explained.inferred,
            cycles: explained.cycles,
            weakest_broken: weakest(&breaks),
            strongest_left: strongest_left(&breaks),
            is_smallest: shrunk.is_smallest,
        }
    }

    /// The witness of a read that no level allows.
    pub(super) fn of_defect(words: Words<'_>, defect: &Defect) -> Witness {
        let access = words.accesses.of(defect.reader)[defect.place];
        let (key, value) = (words.history.key(access.key), words.history.value(access.value));
        let read = format!("r {key} = {value}");
        let own = words.accesses.of(defect.reader)[..defect.place]
            .iter()
            .rev()
            .find(|other| other.is_write && other.key == access.key);
        let reason = match (defect.kind, own) {
            (DefectKind::NeverWritten, _) => {
                format!("T1 reads {key} = {value}, which no transaction wrote")
            }
            (DefectKind::AbortedRead, _) => {
                format!("T1 reads {key} = {value}, which T2 wrote; but T2 was aborted")
            }
            (DefectKind::IntermediateRead, _) => format!(
                "T1 reads {key} = {value}, which T2 wrote and replaced before it was committed"
            ),
            (DefectKind::Internal, Some(own)) => format!(
                "T1 wrote {key} = {} and then reads {key} = {value}",
                words.history.value(own.value)
            ),
            (DefectKind::Internal, None) => {
                format!("T1 reads {key} = {value}, which it writes only later")
            }
        };
        let of = |transaction: u32, accesses: Vec<String>| WitnessTransaction {
            id: TransactionId(transaction),
            number: words.history.records()[transaction as usize].number,
            place: words.place(transaction),
            accesses,
        };
        let written = |transaction: u32| {
            let all = words.accesses.of(transaction).iter();
            let writes = all.filter(|other| other.is_write && other.key == access.key);
            writes.map(|write| format!("w {key} = {}", words.history.value(write.value)))
        };
        let mut reader = vec![read];
        match own {
            Some(own) => reader.insert(0, format!("w {key} = {}", words.history.value(own.value))),
            None if defect.kind == DefectKind::Internal => reader.extend(written(defect.reader)),
            None => {}
        }
        let edge = |_| {
            let (label, reason) = (format!("wr {key}"), reason.clone());
            WitnessEdge { from: 2, to: 1, label, reason }
        };
        let edges: Vec<WitnessEdge> = defect.writer.map(edge).into_iter().collect();
        let cycle = WitnessCycle { assumption: String::new(), edges };
        let cycles = if cycle.edges.is_empty() { Vec::new() } else { vec![cycle] };
        let writer = defect.writer.map(|writer| of(writer, written(writer).collect()));
        Witness {
            anomaly: defect.kind.name(),
            transactions: [of(defect.reader, reader)].into_iter().chain(writer).collect(),
            drawing: Vec::new(),
            inferred: if cycles.is_empty() { vec![reason.clone()] } else { Vec::new() },
            cycles,
            reasons: vec![reason],
            weakest_broken: vec![Level::ReadCommitted, Level::SnapshotIsolation],
            strongest_left: Vec::new(),
            is_smallest: true,
        }
    }
}

/// Which levels transactions break, as far as it can be found out.
fn breaks(transactions: &Transactions, budget: &Budget) -> Vec<(Level, bool)> {
    let breaks = |level| match decide(transactions, level, &mut budget.clone()) {
        Ok(Decision::Broken(_)) => Some((level, true)),
        Ok(Decision::Holds) => Some((level, false)),
        Err(_) => None,
    };
    // Without times, nothing is known of what contains the order of real time.
    let has_times = transactions.all().all(|t| transactions.times[t as usize].is_some());
    let is_known = |level: &Level| has_times || level.given_order() != GivenOrder::Realtime;
    Level::ALL.into_iter().filter(is_known).filter_map(breaks).collect()
}

/// The broken levels none of whose weaker ones is broken.
fn weakest(breaks: &[(Level, bool)]) -> Vec<Level> {
    let broken = || breaks.iter().filter(|(_, is)| *is).map(|(level, _)| *level);
    let is_weakest =
        |level: &Level| !broken().any(|other| other != *level && level.is_at_least(other));
    broken().filter(is_weakest).collect()
}

/// The levels that hold and are not implied by another one that holds.
fn strongest_left(breaks: &[(Level, bool)]) -> Vec<Level> {
    let held = || breaks.iter().filter(|(_, is)| !is).map(|(level, _)| *level);
    held()
        .filter(|level| !held().any(|other| other != *level && other.is_at_least(*level)))
        .collect()
}

impl fmt::Display for Witness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, transaction) in (1..).zip(&self.transactions) {
            let accesses = transaction.accesses.join(", ");
            writeln!(f, "T{number}  {}: {accesses}", transaction.place)?;
        }
        for (number, reason) in (1..).zip(&self.reasons) {
            writeln!(f, "{number}. {reason}")?;
        }
        for line in &self.drawing {
            writeln!(f, "    {line}")?;
        }
        let names = |levels: &[Level]| -> String {
            levels.iter().map(|level| level.name()).collect::<Vec<_>>().join(", ")
        };
        writeln!(f, "weakest level that this breaks: {}", names(&self.weakest_broken))?;
        match self.strongest_left.is_empty() {
            true => writeln!(f, "no level allows it")?,
            false => {
                writeln!(f, "strongest level that allows it: {}", names(&self.strongest_left))?
            }
        }
        if !self.is_smallest {
            writeln!(f, "fewer transactions may be enough: the limit of work was reached")?;
        }
        Ok(())
    }
}
