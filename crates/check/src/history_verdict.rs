//! Verdict on a history: two validities, findings with witnesses, and a result map.
//!
//! *Parity* is Maelstrom's verdict on the same history, and the result map has its fields. *Strict*
//! is the expected verdict: invalid if there is a finding, and unknown if the history does not
//! determine it. The two differ where Maelstrom accepts a violation, or rejects correct behaviour.

use std::collections::BTreeMap;

use super::counterexample::Counterexample;
use super::history_rule::HistoryRule;
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

/// A violation of a rule, with a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The violated rule.
    pub rule: HistoryRule,
    /// Description of the smallest witness.
    pub message: String,
    /// The witness: indices in the history.
    pub ops: Vec<usize>,
    /// The witness as values to draw, where a drawing says more than its operations.
    pub counterexample: Option<Box<Counterexample>>,
}

impl Finding {
    /// Creates a finding without a counterexample.
    pub fn new(rule: HistoryRule, message: String, ops: Vec<usize>) -> Finding {
        Finding { rule, message, ops, counterexample: None }
    }
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
    /// Drawings of the findings as text, each a list of lines; reports show them after the
    /// findings.
    pub drawings: Vec<Vec<String>>,
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
            drawings: vec![],
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
        self.add_drawn(rule, ops, || (message(), None));
    }

    /// Records a finding with its counterexample. Both are computed only if they are kept.
    pub(super) fn add_drawn(
        &mut self,
        rule: HistoryRule,
        ops: &[usize],
        what: impl FnOnce() -> (String, Option<Counterexample>),
    ) {
        *self.counts.entry(rule).or_default() += 1;
        let kept = self.kept.entry(rule).or_default();
        if kept.len() < FINDINGS_KEPT {
            let (message, example) = what();
            let counterexample = example.map(Box::new);
            kept.push(Finding { rule, message, ops: ops.to_vec(), counterexample });
        }
    }

    /// Whether there is a finding of a rule.
    pub(super) fn has(&self, rule: HistoryRule) -> bool {
        self.counts.contains_key(&rule)
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
            drawings: Vec::new(),
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
