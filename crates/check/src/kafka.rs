//! Kafka-style logs: each key has a log, to which clients send messages and which they poll.
//!
//! # Histories
//!
//! Operations have the form that Jepsen's Kafka workload gives them:
//!
//! ```text
//! :send    [[:send "k" 5]]   ends as   [[:send "k" [12 5]]]           message 5 has offset 12
//! :poll    [[:poll]]         ends as   [[:poll {"k" [[12 5] [13 6]]}]]
//! :txn     several of these micro-operations
//! :assign  ["k" "l"]         the process reads these logs from now on
//! :crash                     the process ends; always `info`
//! ```
//!
//! An entry that ends an assignment may also say where its consumer begins: `:seek-to-beginning?
//! true`, as in Jepsen, or `:committed {"k" 12}`, which is what `list_committed_offsets` answered;
//! a key that is not in it has no committed offset. An ok poll has committed the highest offset
//! that it returned of each key. Jepsen's tools ignore the further keys of an entry.
//!
//! # What is checked
//!
//! Everything is said of dense indices: the known offsets of a key are counted, so that gaps cost
//! nothing. Parity has the errors and the result map of Jepsen's checker. Strictly the same errors
//! are findings, with these differences:
//!
//! - a message that nothing sends is *fabricated*, where Maelstrom's checker throws an exception;
//! - a send that ends with a definite error has failed, even where the entry is `info`;
//! - an empty list of messages does not make a poll forget where the last one ended, and a first
//!   poll has to begin where its consumer does (see `kafka/orders.rs`);
//! - committed offsets never go back and never pass what was committed (`kafka/committed.rs`);
//! - a circle through the order of processes has a name of its own (`kafka/cycles.rs`);
//! - a lost message is not called unseen as well, and none is unseen that no poll could have.
//!
//! `kafka/hashes.rs` comes to a second verdict by other means.

#[cfg(test)]
mod brute_force;
mod committed;
mod cycles;
mod errors;
mod gather;
mod hashed_logs;
mod hashes;
#[cfg(test)]
mod hashes_agree;
mod keys;
mod lags;
mod limits;
mod logs;
mod lost;
mod marks;
mod messages;
mod micro_ops;
#[cfg(test)]
mod naive;
#[cfg(test)]
mod naive_strict;
mod none;
mod orders;
#[cfg(test)]
mod random_history;
mod replay;
mod resolve;
mod result;
mod survey;
#[cfg(test)]
mod tests;
mod walk;
mod words;

pub use hashes::{LogDifferences, hash_verdict};
pub use limits::Limits;

use self::committed::Committed;
use self::errors::{Case, ErrorType, Errors};
use self::gather::gather;
use self::limits::{Budget, Exhausted};
use self::logs::Logs;
use self::orders::Reports;
use self::resolve::Names;
use self::result::Results;
use self::walk::Walk;
use self::words::Words;
use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use crate::edn::Edn;

/// Checks a history of logs.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    check_within(ops, Limits::DEFAULT)
}

/// Checks a history of logs, as far as limits allow.
pub fn check_within(ops: &Operations<'_>, limits: Limits) -> HistoryVerdict {
    let mut findings = Findings::default();
    match check_whole(ops, limits, &mut findings) {
        Ok((parity, result)) => findings.verdict(parity, result),
        Err(exhausted) => {
            let why = exhausted.describe(ops.history.len());
            let result = gave_up(&why);
            findings.leave_open(HistoryRule::CheckLimit, why);
            findings.verdict(Validity::Unknown, result)
        }
    }
}

/// Checks a history to its end. Returns what Maelstrom says, and its result map.
fn check_whole(
    ops: &Operations<'_>,
    limits: Limits,
    findings: &mut Findings,
) -> Result<(Validity, Edn), Exhausted> {
    let mut budget = Budget::new(limits);
    let mut names = Names::default();
    let gathered = gather(ops, &mut names, &mut budget, findings)?;
    if !gathered.is_sound {
        let why = "an operation has another value than the workload's";
        return Ok((Validity::Unknown, gave_up(why)));
    }
    let survey = Walk::over(ops, &mut names, gathered.sent, &mut budget)?;
    let logs = Logs::of(names.keys.len(), &names.messages, &survey);
    let words = Words { ops, names: &names, survey: &survey, logs: &logs };
    let mut errors = Errors::default();
    let mut reports = Reports { errors: &mut errors, findings };
    note_surveyed(words, &mut reports);
    let committed = gathered.has_answers.then(|| Committed::new(words));
    let worst_lag = replay::replay(words, committed, &mut reports, &mut budget)?;
    let unseen = lost::check(words, &mut reports);
    let cycles = cycles::check(words, &mut reports, &mut budget)?;
    if let Some(message) = survey.unwritten {
        let (message, key) = (words.message(message), words.key(names.messages.key(message)));
        let why = format!("no operation that has ended sends {message} to {key}, which is read");
        return Ok((Validity::Unknown, gave_up(&why)));
    }
    let (unseen, cycles) = (&unseen, cycles.as_slice());
    Ok(Results { words, errors: &errors, unseen, cycles, worst_lag }.parity())
}

/// Notes errors that the survey alone shows.
fn note_surveyed(words: Words<'_>, reports: &mut Reports<'_>) {
    let survey = words.survey;
    let key = |message: u32| words.key(words.names.messages.key(message));
    for read in &survey.fabricated {
        reports.findings.add(HistoryRule::Fabricated, &[read.entry], || {
            let (who, message) = (words.who(read.entry), words.message(read.message));
            format!("{who} reads {message} of {}, which nothing sends", key(read.message))
        });
    }
    for read in &survey.precommitted {
        let case = || Case::Read { message: read.message, entry: read.entry };
        reports.errors.add(ErrorType::PrecommittedRead, 0, case);
        reports.findings.add(HistoryRule::PrecommittedRead, &[read.entry], || {
            let (who, message) = (words.who(read.entry), words.message(read.message));
            format!(
                "{who} sends {message} to {} and polls it in one transaction",
                key(read.message)
            )
        });
    }
    for message in survey.sent_twice.iter().take(1) {
        let why =
            format!("{} is sent to {} more than once", words.message(*message), key(*message));
        reports.findings.leave_open(HistoryRule::MalformedValue, why);
    }
    if !survey.has_order {
        reports.errors.add_bare(ErrorType::EmptyTransactionGraph);
    }
    if survey.last_ok.is_none() {
        let why = "no send and no poll is acknowledged";
        reports.findings.leave_open(HistoryRule::NothingAcknowledged, why);
    }
}

impl Exhausted {
    /// How far the check came.
    fn describe(&self, entries: usize) -> String {
        match self.entry {
            Some(entry) => format!("{} is reached at entry {entry} of {entries}", self.limit),
            None => format!("{} is reached", self.limit),
        }
    }
}
