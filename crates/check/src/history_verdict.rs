//! What a check of a history comes to: two judgements, findings with witnesses, and a result map.
//!
//! The judgements differ on purpose. *Parity* is what Maelstrom says of the same history, and the
//! result map has its fields. *Strict* is what is right: it is invalid whenever there is a finding,
//! and unknown where the history cannot tell. Where Maelstrom lets something wrong pass, or calls
//! something right wrong, the two are apart.

use std::collections::BTreeMap;

use crate::edn::Edn;
use crate::engine::time::Duration;

/// So many findings of a rule are kept with their text; further ones are counted.
pub const FINDINGS_KEPT: usize = 5;

/// A judgement. Of several, the greatest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Validity {
    /// All is well.
    Valid,
    /// It cannot be told.
    Unknown,
    /// Something is wrong.
    Invalid,
}

impl Validity {
    /// Both together: invalid beats unknown, unknown beats valid.
    pub fn and(self, other: Validity) -> Validity {
        self.max(other)
    }

    /// Valid or invalid.
    pub fn of(is_valid: bool) -> Validity {
        if is_valid { Validity::Valid } else { Validity::Invalid }
    }

    /// The word in messages and files.
    pub fn name(self) -> &'static str {
        match self {
            Validity::Valid => "valid",
            Validity::Unknown => "unknown",
            Validity::Invalid => "invalid",
        }
    }

    /// What stands under `:valid?`.
    pub fn edn(self) -> Edn {
        match self {
            Validity::Valid => Edn::Bool(true),
            Validity::Unknown => Edn::keyword("unknown"),
            Validity::Invalid => Edn::Bool(false),
        }
    }
}

/// What Maelstrom would say of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parity {
    /// Its verdict; `None` where it ends with an error, exit code 255, and has none.
    pub verdict: Option<Validity>,
    /// Why the verdict does not follow from the history alone, where it does not.
    pub reason: Option<String>,
}

impl Parity {
    /// The word in messages and tables.
    pub fn name(&self) -> &'static str {
        self.verdict.map_or("error", Validity::name)
    }

    /// In a few words.
    pub fn describe(&self) -> String {
        let name = self.verdict.map_or("error (exit 255)", Validity::name);
        match &self.reason {
            Some(reason) => format!("{name}: {reason}"),
            None => name.to_owned(),
        }
    }

    /// What stands under `:parity`.
    pub fn edn(&self) -> Edn {
        self.verdict.map_or(Edn::keyword("error"), Validity::edn)
    }

    /// What follows where this verdict decides: an error is not valid.
    pub fn validity(&self) -> Validity {
        self.verdict.unwrap_or(Validity::Invalid)
    }
}

/// What a history has to satisfy. Which checker judges which rules is in the files of checkers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HistoryRule {
    /// A process does one thing at a time, and completes only what it began.
    MalformedHistory,
    /// An argument or a result is of the right kind.
    MalformedValue,
    /// Something was acknowledged, so that there is something to judge.
    NothingAcknowledged,
    /// An echo is what was sent.
    WrongEcho,
    /// An echo is not answered with an error.
    ErrorReply,
    /// No id is given twice.
    DuplicateId,
    /// Each node's final read has every element. It names the node, so it stands before `Lost`.
    MissingAtNode,
    /// No element that was known is absent from the reads that come last.
    Lost,
    /// What a node has shown it shows from then on.
    Vanished,
    /// What a node has acknowledged it shows from then on.
    NotVisibleAtOrigin,
    /// No element is twice in one read.
    DuplicateInRead,
    /// No element is read before somebody adds it.
    Fabricated,
    /// Each node is read in the end.
    NoFinalRead,
    /// A counter's final value is a sum of its adds.
    OutOfRange,
    /// No value of a counter is beyond all that was ever added to it.
    ImpossibleValue,
    /// Unknown outcomes are few enough to consider all of them.
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
    /// All of them.
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

    /// Its name in files; it never changes.
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

    /// What it wants, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            HistoryRule::MalformedHistory => {
                "a process does one thing at a time, and completes only what it began"
            }
            HistoryRule::MalformedValue => "an argument or a result is of the right kind",
            HistoryRule::NothingAcknowledged => {
                "something was acknowledged, so that there is something to judge"
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
            HistoryRule::Fabricated => "no element is read before somebody adds it",
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

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule does not hold.
    pub rule: HistoryRule,
    /// The smallest witness in words.
    pub message: String,
    /// The witness: indices in the history.
    pub ops: Vec<usize>,
}

/// What a check of a history came to.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryVerdict {
    /// What Maelstrom says.
    pub parity: Validity,
    /// What is right.
    pub strict: Validity,
    /// What is wrong, the first few of each rule, rule by rule.
    pub findings: Vec<Finding>,
    /// How often each rule is broken; rules that hold are not in it.
    pub counts: BTreeMap<HistoryRule, u64>,
    /// What cannot be told from this history, and why: with no finding, strict is unknown.
    pub undetermined: Vec<(HistoryRule, String)>,
    /// RunFacts that were not judged, or judged in part, and why.
    pub skipped: Vec<(HistoryRule, String)>,
    /// Maelstrom's result map of the workload, in the sense of parity.
    pub result: Edn,
    /// Of sets: how long each stable element took until it was in all reads, in order.
    pub stable_latencies: Vec<Duration>,
}

impl HistoryVerdict {
    /// The verdict on a history of a workload that has no checker.
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

/// A judgement that is the same in both senses, with its part of the results.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// The judgement.
    pub valid: Validity,
    /// The result map.
    pub result: Edn,
}

/// A verdict in the making.
#[derive(Debug, Default)]
pub(super) struct Findings {
    kept: BTreeMap<HistoryRule, Vec<Finding>>,
    counts: BTreeMap<HistoryRule, u64>,
    undetermined: Vec<(HistoryRule, String)>,
    skipped: Vec<(HistoryRule, String)>,
}

impl Findings {
    /// Notes what is wrong. Its text is made only if it is kept.
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

    /// Notes what cannot be told.
    pub(super) fn leave_open(&mut self, rule: HistoryRule, why: impl Into<String>) {
        self.undetermined.push((rule, why.into()));
    }

    /// Notes that a rule is not judged, or in part only.
    pub(super) fn skip(&mut self, rule: HistoryRule, why: impl Into<String>) {
        self.skipped.push((rule, why.into()));
    }

    /// The verdict, with what Maelstrom says.
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

/// The result map of a checker that Maelstrom's harness had to give up.
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
