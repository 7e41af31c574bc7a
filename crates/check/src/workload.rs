//! The checkers of histories, by workload name.

use std::borrow::Cow;

use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use super::set_timeline::SetKind;
use super::txn::{self, DataType};
use super::{counter, echo, kafka, lin_kv, set_full, unique_ids, views};
use crate::history::Op;

/// The checker of a workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryChecker {
    /// A reply has the text of its request.
    Echo,
    /// No id is acknowledged twice.
    UniqueIds,
    /// Values reach all nodes.
    Broadcast,
    /// Elements reach all nodes.
    GSet,
    /// A counter that only grows.
    GCounter,
    /// A counter that grows and shrinks.
    PnCounter,
    /// Logs that clients send to and poll.
    Kafka,
    /// Transactions that append to lists and read them.
    TxnListAppend,
    /// Transactions that write registers and read them.
    TxnRwRegister,
    /// Keys whose operations are linearizable.
    LinKv,
}

impl HistoryChecker {
    /// All checkers.
    pub const ALL: [HistoryChecker; 10] = [
        HistoryChecker::Echo,
        HistoryChecker::UniqueIds,
        HistoryChecker::Broadcast,
        HistoryChecker::GSet,
        HistoryChecker::GCounter,
        HistoryChecker::PnCounter,
        HistoryChecker::Kafka,
        HistoryChecker::TxnListAppend,
        HistoryChecker::TxnRwRegister,
        HistoryChecker::LinKv,
    ];

    /// Returns the name of the workload.
    pub fn name(self) -> &'static str {
        match self {
            HistoryChecker::Echo => "echo",
            HistoryChecker::UniqueIds => "unique-ids",
            HistoryChecker::Broadcast => "broadcast",
            HistoryChecker::GSet => "g-set",
            HistoryChecker::GCounter => "g-counter",
            HistoryChecker::PnCounter => "pn-counter",
            HistoryChecker::Kafka => "kafka",
            HistoryChecker::TxnListAppend => "txn-list-append",
            HistoryChecker::TxnRwRegister => "txn-rw-register",
            HistoryChecker::LinKv => "lin-kv",
        }
    }

    /// Returns the rules that it checks, besides well-formedness of the history.
    pub fn rules(self) -> &'static [HistoryRule] {
        match self {
            HistoryChecker::Echo => {
                &[HistoryRule::NothingAcknowledged, HistoryRule::WrongEcho, HistoryRule::ErrorReply]
            }
            HistoryChecker::UniqueIds => {
                &[HistoryRule::NothingAcknowledged, HistoryRule::DuplicateId]
            }
            HistoryChecker::Broadcast | HistoryChecker::GSet => &[
                HistoryRule::NothingAcknowledged,
                HistoryRule::MissingAtNode,
                HistoryRule::Lost,
                HistoryRule::Vanished,
                HistoryRule::NotVisibleAtOrigin,
                HistoryRule::DuplicateInRead,
                HistoryRule::Fabricated,
                HistoryRule::NoFinalRead,
            ],
            HistoryChecker::GCounter | HistoryChecker::PnCounter => &[
                HistoryRule::OutOfRange,
                HistoryRule::ImpossibleValue,
                HistoryRule::NoFinalRead,
                HistoryRule::TooManyOutcomes,
            ],
            HistoryChecker::Kafka => &[
                HistoryRule::NothingAcknowledged,
                HistoryRule::Fabricated,
                HistoryRule::InconsistentOffsets,
                HistoryRule::DuplicateMessage,
                HistoryRule::LostWrite,
                HistoryRule::AbortedRead,
                HistoryRule::PrecommittedRead,
                HistoryRule::IntNonmonotonicPoll,
                HistoryRule::NonmonotonicPoll,
                HistoryRule::IntPollSkip,
                HistoryRule::PollSkip,
                HistoryRule::IntNonmonotonicSend,
                HistoryRule::NonmonotonicSend,
                HistoryRule::G1c,
                HistoryRule::G1cProcess,
                HistoryRule::G1cRealtime,
                HistoryRule::CommittedBack,
                HistoryRule::CommittedAhead,
                HistoryRule::Unseen,
                HistoryRule::CheckLimit,
            ],
            HistoryChecker::LinKv => &[
                HistoryRule::NothingAcknowledged,
                HistoryRule::NotLinearizable,
                HistoryRule::CheckLimit,
            ],
            HistoryChecker::TxnListAppend => txn::rules(DataType::List),
            HistoryChecker::TxnRwRegister => txn::rules(DataType::Register),
        }
    }

    /// Returns what keys have, of a workload of transactions.
    pub fn data_type(self) -> Option<DataType> {
        match self {
            HistoryChecker::TxnListAppend => Some(DataType::List),
            HistoryChecker::TxnRwRegister => Some(DataType::Register),
            _ => None,
        }
    }

    /// Returns the checker of a workload.
    pub fn of(name: &str) -> Option<HistoryChecker> {
        HistoryChecker::ALL.into_iter().find(|checker| checker.name() == name)
    }
}

/// Checks a history. A malformed one is invalid, and Maelstrom would fail with an exception.
///
/// `nodes` are the names of the nodes, in order; each of them must have a final read.
pub fn check_history(checker: HistoryChecker, history: &[Op], nodes: &[String]) -> HistoryVerdict {
    if let Some(data) = checker.data_type() {
        return txn::check_with(history, nodes, &txn::Options::new(data));
    }
    let strict = match checker {
        // It compares values of any type in both senses.
        HistoryChecker::LinKv => Cow::Borrowed(history),
        _ => views::strict(history),
    };
    let parity = views::parity(history);
    let verdict = check_in_one_sense(checker, &strict, nodes);
    if let (Cow::Borrowed(_), Cow::Borrowed(_)) = (&strict, &parity) {
        return verdict;
    }
    let HistoryVerdict { parity, result, .. } = check_in_one_sense(checker, &parity, nodes);
    HistoryVerdict { parity, result, ..verdict }
}

fn check_in_one_sense(checker: HistoryChecker, history: &[Op], nodes: &[String]) -> HistoryVerdict {
    let ops = match Operations::new(history, nodes) {
        Ok(ops) => ops,
        Err(finding) => {
            let mut findings = Findings::default();
            let why = finding.message.clone();
            findings.add(finding.rule, &finding.ops, || finding.message.clone());
            return findings.verdict(Validity::Unknown, gave_up(&why));
        }
    };
    match checker {
        HistoryChecker::Echo => echo::check(&ops),
        HistoryChecker::UniqueIds => unique_ids::check(&ops),
        HistoryChecker::Broadcast => set_full::check(&ops, SetKind::Broadcast),
        HistoryChecker::GSet => set_full::check(&ops, SetKind::GSet),
        HistoryChecker::GCounter | HistoryChecker::PnCounter => counter::check(&ops),
        HistoryChecker::Kafka => kafka::check(&ops),
        HistoryChecker::TxnListAppend | HistoryChecker::TxnRwRegister => {
            unreachable!("transactions are checked without paired operations")
        }
        HistoryChecker::LinKv => lin_kv::check(&ops),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checkers_are_found_by_their_names() {
        for checker in HistoryChecker::ALL {
            assert_eq!(HistoryChecker::of(checker.name()), Some(checker));
        }
        assert_eq!(HistoryChecker::of("txn"), None);
    }
}
