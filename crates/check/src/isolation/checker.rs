//! The check of a history: links its reads, then decides on each level.

use super::decide::decide;
use super::decision::Decision;
use super::history::{Accesses, RegisterHistory};
use super::level::{GivenOrder, Level};
use super::limits::{Budget, Exhausted, Limits};
use super::link::{Ambiguous, Linked, link};
use super::shrink::shrink;
use super::witness::Witness;
use super::words::Words;

/// The outcome of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The level holds.
    Holds,
    /// It does not: these transactions break it.
    Broken(Box<Witness>),
    /// A limit was reached, or the history does not determine it, for this reason.
    Undetermined(String),
}

/// Checks one level of a history. For several levels, see [`Checker`].
pub fn check(history: &RegisterHistory, level: Level, limits: Limits) -> Outcome {
    Checker::new(history, limits).check(level)
}

/// A history whose reads are linked to the writes that they saw.
#[derive(Debug)]
pub struct Checker<'a> {
    history: &'a RegisterHistory,
    accesses: Accesses,
    linked: Result<Linked, Exhausted>,
    limits: Limits,
}

impl<'a> Checker<'a> {
    /// Links the reads of a history. Limits are those of each step: of this one, and of each check.
    pub fn new(history: &'a RegisterHistory, limits: Limits) -> Checker<'a> {
        let accesses = history.by_transaction();
        let linked = link(history, &accesses, &mut Budget::new(limits));
        Checker { history, accesses, linked, limits }
    }

    /// Returns the number of reads that no level allows, and a witness for each kind of them.
    pub fn defects(&self) -> (u64, Vec<Witness>) {
        let Ok(linked) = &self.linked else { return (0, Vec::new()) };
        let words = self.words(linked);
        let witnesses = linked.defects.iter().map(|defect| Witness::of_defect(words, defect));
        (linked.defect_count, witnesses.collect())
    }

    /// Checks a level.
    pub fn check(&self, level: Level) -> Outcome {
        let linked = match &self.linked {
            Ok(linked) => linked,
            Err(Exhausted(why)) => {
                return Outcome::Undetermined(format!("{why} before reads are linked to writes"));
            }
        };
        if let Some(defect) = linked.defects.first() {
            return Outcome::Broken(Box::new(Witness::of_defect(self.words(linked), defect)));
        }
        if level.given_order() == GivenOrder::Realtime && !self.history.has_times() {
            let why = "the history does not say when transactions began and ended";
            return Outcome::Undetermined(why.to_owned());
        }
        let mut budget = Budget::new(self.limits);
        match decide(&linked.transactions, level, &mut budget) {
            Ok(Decision::Holds) => match linked.ambiguous {
                None => Outcome::Holds,
                Some(read) => Outcome::Undetermined(self.describe(linked, read)),
            },
            Ok(Decision::Broken(enough)) => {
                let budget = &mut Budget::of_shrinking(self.limits);
                let shrunk = shrink(&linked.transactions, &enough, level, budget);
                let fresh = Budget::of_shrinking(self.limits);
                let witness = Witness::of(self.words(linked), &shrunk, level, &fresh);
                Outcome::Broken(Box::new(witness))
            }
            Err(Exhausted(why)) => Outcome::Undetermined(why),
        }
    }

    fn words<'b>(&'b self, linked: &'b Linked) -> Words<'b> {
        let transactions = &linked.transactions;
        Words { history: self.history, accesses: &self.accesses, transactions }
    }

    /// Why reads of values that are not unique leave a level open.
    fn describe(&self, linked: &Linked, read: Ambiguous) -> String {
        let words = self.words(linked);
        let access = self.accesses.of(read.reader)[read.place];
        let (key, value) = (self.history.key(access.key), self.history.value(access.value));
        let [first, second] = read.writers.map(|writer| words.place(writer));
        format!(
            "values are not unique: {key} = {value} is written by {first} and by {second}, and \
             read by {}; {} such reads are left out, and the rest holds",
            words.place(read.reader),
            linked.ambiguous_count
        )
    }
}
