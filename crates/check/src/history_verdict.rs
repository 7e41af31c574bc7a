//! Verdict on a history: two validities, findings with witnesses, and a result map.
//!
//! *Parity* is Maelstrom's verdict on the same history, and the result map has its fields. *Strict*
//! is the expected verdict: invalid if there is a finding, and unknown if the history does not
//! determine it. The two differ where Maelstrom accepts a violation, or rejects correct behaviour.

use std::collections::BTreeMap;

use crate::edn::Edn;
use crate::engine::time::Duration;

/// Maximum number of findings of a rule that are kept with their text; further ones are counted.
pub const FINDINGS_KEPT: usize = 5;

/// Validity of a history. The combination of several is the greatest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// Every rule holds.
    Valid,
    /// The history does not determine it.
    Unknown,
    /// A rule is violated.
    Invalid,
}

impl Validity {
    /// Combines two validities: invalid over unknown over valid.
    pub fn and(self, other: Validity) -> Validity {
        self.max(other)
    }

    /// Returns valid or invalid.
    pub fn of(is_valid: bool) -> Validity {
        if is_valid { Validity::Valid } else { Validity::Invalid }
    }

    /// Returns the name in messages and files.
    pub fn name(self) -> &'static str {
        match self {
            Validity::Valid => "valid",
            Validity::Unknown => "unknown",
            Validity::Invalid => "invalid",
        }
    }

    /// Returns the value of `:valid?`.
    pub fn edn(self) -> Edn {
        match self {
            Validity::Valid => Edn::Bool(true),
            Validity::Unknown => Edn::keyword("unknown"),
            Validity::Invalid => Edn::Bool(false),
        }
    }
}

/// Maelstrom's verdict on a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parity {
    /// The verdict; `None` if Maelstrom ends with an error, exit code 255, and has none.
    pub verdict: Option<Validity>,
    /// Reason why the verdict does not follow from the history alone, if it does not.
    pub reason: Option<String>,
}

impl Parity {
    /// Returns the name in messages and tables.
    pub fn name(&self) -> &'static str {
        self.verdict.map_or("error", Validity::name)
    }

    /// Returns a short description.
    pub fn describe(&self) -> String {
        let name = self.verdict.map_or("error (exit 255)", Validity::name);
        match &self.reason {
            Some(reason) => format!("{name}: {reason}"),
            None => name.to_owned(),
        }
    }

    /// Returns the value of `:parity`.
    pub fn edn(&self) -> Edn {
        self.verdict.map_or(Edn::keyword("error"), Validity::edn)
    }

    /// Returns the validity if this verdict decides: an error is not valid.
    pub fn validity(&self) -> Validity {
        self.verdict.unwrap_or(Validity::Invalid)
    }
}

/// A rule that a history must satisfy. The files of the checkers say which of them check it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryRule {
    /// A process has at most one pending operation, and completes only what it invoked.
    MalformedHistory,
    /// An argument or a result has the expected type.
    MalformedValue,
    /// Some operation was acknowledged, so that there is something to check.
    NothingAcknowledged,
    /// An echo equals the text that was sent.
    WrongEcho,
    /// An echo is not answered with an error.
    ErrorReply,
    /// No id is returned twice.
    DuplicateId,
    /// Each node's final read has every element. Ordered before `Lost`, since it names the node.
    MissingAtNode,
    /// No known element is missing from the last reads.
    Lost,
    /// An element that a node has returned is in all its later reads.
    Vanished,
    /// An element that a node has acknowledged is in all its later reads.
    NotVisibleAtOrigin,
    /// No element is twice in one read.
    DuplicateInRead,
    /// No element is read before it is added.
    Fabricated,
    /// Each node has a final read.
    NoFinalRead,
    /// A counter's final value is a possible sum of its adds.
    OutOfRange,
    /// No value of a counter is beyond the sum of all adds until then.
    ImpossibleValue,
    /// There are few enough unknown outcomes to consider all combinations.
    TooManyOutcomes,
    /// An offset of a log has one message.
    InconsistentOffsets,
    /// A message has one offset in its log.
    DuplicateMessage,
    /// No message is absent from all polls of a log, though one behind it is not.
    LostWrite,
    /// No message is read whose send failed.
    AbortedRead,
    /// No transaction reads what it sends itself.
    PrecommittedRead,
    /// One poll returns messages in the order of their log, each once.
    IntNonmonotonicPoll,
    /// A poll begins after the last message of the one before it.
    NonmonotonicPoll,
    /// One poll leaves out no message between others.
    IntPollSkip,
    /// A poll leaves out no message after the one before it.
    PollSkip,
    /// A log has the messages of one transaction in the order of their sends.
    IntNonmonotonicSend,
    /// A log has the messages of one process in the order of their sends.
    NonmonotonicSend,
    /// No operations read each other's sends in a circle.
    G1c,
    /// No circle of reads goes through the order of a process.
    G1cProcess,
    /// No circle of reads goes through the order of real time.
    G1cRealtime,
    /// A committed offset never goes back.
    CommittedBack,
    /// A committed offset never passes what was committed or sent.
    CommittedAhead,
    /// Each acknowledged message is in a poll in the end.
    Unseen,
    /// The check stays within its limits of work and memory.
    CheckLimit,
    /// The workload has a checker.
    NoChecker,
}

impl HistoryRule {
    /// All rules.
    pub const ALL: [HistoryRule; 35] = [
        HistoryRule::MalformedHistory,
        HistoryRule::MalformedValue,
        HistoryRule::NothingAcknowledged,
        HistoryRule::WrongEcho,
        HistoryRule::ErrorReply,
        HistoryRule::DuplicateId,
        HistoryRule::MissingAtNode,
        HistoryRule::Lost,
        HistoryRule::Vanished,
        HistoryRule::NotVisibleAtOrigin,
        HistoryRule::DuplicateInRead,
        HistoryRule::Fabricated,
        HistoryRule::NoFinalRead,
        HistoryRule::OutOfRange,
        HistoryRule::ImpossibleValue,
        HistoryRule::TooManyOutcomes,
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
        HistoryRule::NoChecker,
    ];

    /// Returns the name in files, which never changes.
    pub fn name(self) -> &'static str {
        match self {
            HistoryRule::MalformedHistory => "malformed-history",
            HistoryRule::MalformedValue => "malformed-value",
            HistoryRule::NothingAcknowledged => "nothing-acknowledged",
            HistoryRule::WrongEcho => "wrong-echo",
            HistoryRule::ErrorReply => "error-reply",
            HistoryRule::DuplicateId => "duplicate-id",
            HistoryRule::Lost => "lost",
            HistoryRule::MissingAtNode => "missing-at-node",
            HistoryRule::Vanished => "vanished",
            HistoryRule::NotVisibleAtOrigin => "not-visible-at-origin",
            HistoryRule::DuplicateInRead => "duplicate-in-read",
            HistoryRule::Fabricated => "fabricated",
            HistoryRule::NoFinalRead => "no-final-read",
            HistoryRule::OutOfRange => "out-of-range",
            HistoryRule::ImpossibleValue => "impossible-value",
            HistoryRule::TooManyOutcomes => "too-many-outcomes",
            HistoryRule::InconsistentOffsets => "inconsistent-offsets",
            HistoryRule::DuplicateMessage => "duplicate",
            HistoryRule::LostWrite => "lost-write",
            HistoryRule::AbortedRead => "G1a",
            HistoryRule::PrecommittedRead => "precommitted-read",
            HistoryRule::IntNonmonotonicPoll => "int-nonmonotonic-poll",
            HistoryRule::NonmonotonicPoll => "nonmonotonic-poll",
            HistoryRule::IntPollSkip => "int-poll-skip",
            HistoryRule::PollSkip => "poll-skip",
            HistoryRule::IntNonmonotonicSend => "int-nonmonotonic-send",
            HistoryRule::NonmonotonicSend => "nonmonotonic-send",
            HistoryRule::G1c => "G1c",
            HistoryRule::G1cProcess => "G1c-process",
            HistoryRule::G1cRealtime => "G1c-realtime",
            HistoryRule::CommittedBack => "committed-back",
            HistoryRule::CommittedAhead => "committed-ahead",
            HistoryRule::Unseen => "unseen",
            HistoryRule::CheckLimit => "check-limit",
            HistoryRule::NoChecker => "no-checker",
        }
    }

    /// Returns the definition, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            HistoryRule::MalformedHistory => {
                "a process does one thing at a time, and completes only what it began"
            }
            HistoryRule::MalformedValue => "an argument or a result is of the right kind",
            HistoryRule::NothingAcknowledged => {
                "something was acknowledged, so that there is something to check"
            }
            HistoryRule::WrongEcho => "an echo is what was sent",
            HistoryRule::ErrorReply => "an echo is not answered with an error",
            HistoryRule::DuplicateId => "no id is given twice",
            HistoryRule::MissingAtNode => "each node's final read has every element",
            HistoryRule::Lost => {
                "no element that was known is absent from the reads that come last"
            }
            HistoryRule::Vanished => "what a node has shown it shows from then on",
            HistoryRule::NotVisibleAtOrigin => "what a node has acknowledged it shows from then on",
            HistoryRule::DuplicateInRead => "no element is twice in one read",
            HistoryRule::Fabricated => "no element is read before its add begins",
            HistoryRule::NoFinalRead => "each node is read in the end",
            HistoryRule::OutOfRange => "a counter's final value is a sum of its adds",
            HistoryRule::ImpossibleValue => {
                "no value of a counter is beyond all that was ever added to it"
            }
            HistoryRule::TooManyOutcomes => {
                "unknown outcomes are few enough to consider all of them"
            }
            HistoryRule::InconsistentOffsets => "an offset of a log has one message",
            HistoryRule::DuplicateMessage => "a message has one offset in its log",
            HistoryRule::LostWrite => {
                "no message is absent from all polls of a log, though one behind it is not"
            }
            HistoryRule::AbortedRead => "no message is read whose send failed",
            HistoryRule::PrecommittedRead => "no transaction reads what it sends itself",
            HistoryRule::IntNonmonotonicPoll => {
                "one poll returns messages in the order of their log, each once"
            }
            HistoryRule::NonmonotonicPoll => {
                "a poll begins after the last message of the one before it"
            }
            HistoryRule::IntPollSkip => "one poll leaves out no message between others",
            HistoryRule::PollSkip => "a poll leaves out no message after the one before it",
            HistoryRule::IntNonmonotonicSend => {
                "a log has the messages of one transaction in the order of their sends"
            }
            HistoryRule::NonmonotonicSend => {
                "a log has the messages of one process in the order of their sends"
            }
            HistoryRule::G1c => "no operations read each other's sends in a circle",
            HistoryRule::G1cProcess => "no circle of reads goes through the order of a process",
            HistoryRule::G1cRealtime => "no circle of reads goes through the order of real time",
            HistoryRule::CommittedBack => "a committed offset never goes back",
            HistoryRule::CommittedAhead => {
                "a committed offset never passes what was committed or sent"
            }
            HistoryRule::Unseen => "each acknowledged message is in a poll in the end",
            HistoryRule::CheckLimit => "the check stays within its limits of work and memory",
            HistoryRule::NoChecker => "the workload has a checker",
        }
    }
}

/// A violation of a rule, with a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The violated rule.
    pub rule: HistoryRule,
    /// Description of the smallest witness.
    pub message: String,
    /// The witness: indices in the history.
    pub ops: Vec<usize>,
}

/// Result of a check of a history.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryVerdict {
    /// Maelstrom's verdict.
    pub parity: Validity,
    /// The expected verdict.
    pub strict: Validity,
    /// The first few findings of each rule, rule by rule.
    pub findings: Vec<Finding>,
    /// Number of findings of each rule; rules that hold are absent.
    pub counts: BTreeMap<HistoryRule, u64>,
    /// Rules that this history does not determine, with the reasons: without a finding, strict is
    /// unknown.
    pub undetermined: Vec<(HistoryRule, String)>,
    /// Rules that were not checked, or in part only, with the reasons.
    pub skipped: Vec<(HistoryRule, String)>,
    /// Maelstrom's result map of the workload, in the sense of parity.
    pub result: Edn,
    /// For sets: time until each stable element was in all reads, in ascending order.
    pub stable_latencies: Vec<Duration>,
}

impl HistoryVerdict {
    /// Creates the verdict on a history of a workload that has no checker.
    pub fn unchecked() -> HistoryVerdict {
        HistoryVerdict {
            parity: Validity::Unknown,
            strict: Validity::Unknown,
            findings: vec![],
            counts: BTreeMap::new(),
            undetermined: vec![(HistoryRule::NoChecker, "this workload has no checker yet".into())],
            skipped: vec![],
            result: Edn::map([("valid?", Validity::Unknown.edn())]),
            stable_latencies: vec![],
        }
    }
}

/// A validity that is the same for parity and strict, with its part of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// The validity.
    pub valid: Validity,
    /// The result map.
    pub result: Edn,
}

/// Collector of the findings of a verdict.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: BTreeMap<HistoryRule, Vec<Finding>>,
    counts: BTreeMap<HistoryRule, u64>,
    undetermined: Vec<(HistoryRule, String)>,
    skipped: Vec<(HistoryRule, String)>,
}

impl Findings {
    /// Records a finding. Its text is computed only if it is kept.
    pub(super) fn add(
        &mut self,
        rule: HistoryRule,
        ops: &[usize],
        message: impl FnOnce() -> String,
    ) {
        *self.counts.entry(rule).or_default() += 1;
        let kept = self.kept.entry(rule).or_default();
        if kept.len() < FINDINGS_KEPT {
            kept.push(Finding { rule, message: message(), ops: ops.to_vec() });
        }
    }

    /// Records that the history does not determine whether a rule holds.
    pub(super) fn leave_open(&mut self, rule: HistoryRule, why: impl Into<String>) {
        self.undetermined.push((rule, why.into()));
    }

    /// Records that a rule is not checked, or in part only.
    pub(super) fn skip(&mut self, rule: HistoryRule, why: impl Into<String>) {
        self.skipped.push((rule, why.into()));
    }

    /// Returns the verdict, given Maelstrom's.
    pub(super) fn verdict(self, parity: Validity, result: Edn) -> HistoryVerdict {
        let open = if self.undetermined.is_empty() { Validity::Valid } else { Validity::Unknown };
        HistoryVerdict {
            parity,
            strict: open.and(Validity::of(self.counts.is_empty())),
            findings: self.kept.into_values().flatten().collect(),
            counts: self.counts,
            undetermined: self.undetermined,
            skipped: self.skipped,
            result,
            stable_latencies: Vec::new(),
        }
    }
}

/// Returns the result map of a checker in which Maelstrom's harness catches an exception.
pub(super) fn gave_up(why: &str) -> Edn {
    Edn::map([("valid?", Validity::Unknown.edn()), ("error", Edn::text(why))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_beats_unknown_and_unknown_beats_valid() {
        let [valid, unknown, invalid] = [Validity::Valid, Validity::Unknown, Validity::Invalid];
        assert_eq!(valid.and(unknown), unknown);
        assert_eq!(invalid.and(unknown), invalid);
        assert_eq!(valid.and(valid), valid);
    }

    #[test]
    fn names_are_words_with_hyphens_and_differ() {
        let names: std::collections::BTreeSet<_> = HistoryRule::ALL.map(HistoryRule::name).into();
        assert_eq!(names.len(), HistoryRule::ALL.len());
        assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')));
    }

    #[test]
    fn a_finding_makes_it_invalid_and_the_first_few_are_kept() {
        let mut findings = Findings::default();
        findings.leave_open(HistoryRule::NoFinalRead, "none");
        for op in 0..9 {
            findings.add(HistoryRule::Lost, &[op], || format!("{op}"));
        }
        let verdict = findings.verdict(Validity::Valid, Edn::Nil);
        assert_eq!((verdict.strict, verdict.findings.len()), (Validity::Invalid, FINDINGS_KEPT));
        assert_eq!(verdict.counts[&HistoryRule::Lost], 9);
    }
}
