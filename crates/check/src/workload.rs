//! The checkers of histories, by the names of their workloads.

use std::borrow::Cow;

use super::history_verdict::{Findings, HistoryRule, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use super::set_full::SetKind;
use super::{counter, echo, kafka, set_full, unique_ids, views};
use crate::history::Op;

/// What a history is judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryChecker {
    /// Texts come back.
    Echo,
    /// No id is given twice.
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
}

impl HistoryChecker {
    /// All of them.
    pub const ALL: [HistoryChecker; 7] = [
        HistoryChecker::Echo,
        HistoryChecker::UniqueIds,
        HistoryChecker::Broadcast,
        HistoryChecker::GSet,
        HistoryChecker::GCounter,
        HistoryChecker::PnCounter,
        HistoryChecker::Kafka,
    ];

    /// The name of the workload.
    pub fn name(self) -> &'static str {
        match self {
            HistoryChecker::Echo => "echo",
            HistoryChecker::UniqueIds => "unique-ids",
            HistoryChecker::Broadcast => "broadcast",
            HistoryChecker::GSet => "g-set",
            HistoryChecker::GCounter => "g-counter",
            HistoryChecker::PnCounter => "pn-counter",
            HistoryChecker::Kafka => "kafka",
        }
    }

    /// The rules that it judges by, besides that a history is well formed.
    pub fn rules(self) -> &'static [HistoryRule] {
        use HistoryRule as LamportRule;
        match self {
            HistoryChecker::Echo => {
                &[LamportRule::NothingAcknowledged, LamportRule::WrongEcho, LamportRule::ErrorReply]
            }
            HistoryChecker::UniqueIds => {
                &[LamportRule::NothingAcknowledged, LamportRule::DuplicateId]
            }
            HistoryChecker::Broadcast | HistoryChecker::GSet => &[
                LamportRule::NothingAcknowledged,
                LamportRule::MissingAtNode,
                LamportRule::Lost,
                LamportRule::Vanished,
                LamportRule::NotVisibleAtOrigin,
                LamportRule::DuplicateInRead,
                LamportRule::Fabricated,
                LamportRule::NoFinalRead,
            ],
            HistoryChecker::GCounter | HistoryChecker::PnCounter => &[
                LamportRule::OutOfRange,
                LamportRule::ImpossibleValue,
                LamportRule::NoFinalRead,
                LamportRule::TooManyOutcomes,
            ],
            HistoryChecker::Kafka => &[
                LamportRule::NothingAcknowledged,
                LamportRule::Fabricated,
                LamportRule::InconsistentOffsets,
                LamportRule::DuplicateMessage,
                LamportRule::LostWrite,
                LamportRule::AbortedRead,
                LamportRule::PrecommittedRead,
                LamportRule::IntNonmonotonicPoll,
                LamportRule::NonmonotonicPoll,
                LamportRule::IntPollSkip,
                LamportRule::PollSkip,
                LamportRule::IntNonmonotonicSend,
                LamportRule::NonmonotonicSend,
                LamportRule::G1c,
                LamportRule::G1cProcess,
                LamportRule::G1cRealtime,
                LamportRule::CommittedBack,
                LamportRule::CommittedAhead,
                LamportRule::Unseen,
                LamportRule::CheckLimit,
            ],
        }
    }

    /// The checker of a workload.
    pub fn of(name: &str) -> Option<HistoryChecker> {
        HistoryChecker::ALL.into_iter().find(|checker| checker.name() == name)
    }
}

/// Judges a history. A malformed one is invalid, and Maelstrom would give up on it.
///
/// Nodes are called by their names, in order; a final read is missed of each of them.
pub fn check_history(checker: HistoryChecker, history: &[Op], nodes: &[String]) -> HistoryVerdict {
    let (strict, parity) = (views::strict(history), views::parity(history));
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
