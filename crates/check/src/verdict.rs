//! The verdict on a trace: which rules were checked, which were skipped, and which are violated.

use std::fmt;

use super::rule::LamportRule;
use super::run_facts::RunFacts;

/// Maximum number of violations that are kept with their text; further ones are counted. The first
/// few show the defect, and a broken trace may have one in every row.
pub const VIOLATIONS_KEPT: usize = 10;

/// A violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The violated rule.
    pub rule: LamportRule,
    /// Line of the row in question, the header being line 1; `None` if the violation is not in a
    /// row of the trace but in the fate of a copy, or in a missing row.
    pub line: Option<u64>,
    /// The events concerned, and how they violate the rule.
    pub message: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "row {line}: ")?;
        }
        write!(f, "{}: {}", self.rule, self.message)
    }
}

/// Result of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Rules that were checked, by number.
    pub checked: Vec<LamportRule>,
    /// Rules that were skipped, with the reasons.
    pub skipped: Vec<(LamportRule, String)>,
    /// Rules that were checked in part only, with the reasons.
    pub notes: Vec<(LamportRule, String)>,
    /// The first violations, in the order in which they were found.
    pub violations: Vec<Violation>,
    /// Number of violations.
    pub violation_count: u64,
    /// Number of rows that were checked.
    pub rows: u64,
    /// Number of violations of each rule, by number.
    counts: [u64; 10],
}

impl Verdict {
    /// Whether no checked rule is violated.
    pub fn holds(&self) -> bool {
        self.violation_count == 0
    }

    /// Returns the number of violations of a rule.
    pub fn count(&self, rule: LamportRule) -> u64 {
        self.counts[rule.index()]
    }

    fn write_rule(&self, f: &mut fmt::Formatter<'_>, rule: LamportRule) -> fmt::Result {
        write!(f, "{:>2}  {:<16}  ", rule.number(), rule.name())?;
        let reason = |list: &[(LamportRule, String)]| {
            list.iter().find(|(of, _)| *of == rule).map(|(_, why)| why.clone())
        };
        match (reason(&self.skipped), self.count(rule)) {
            (Some(why), 0) => write!(f, "not checked: {why}")?,
            (None, 0) => write!(f, "holds")?,
            (_, 1) => write!(f, "VIOLATED once")?,
            (_, count) => write!(f, "VIOLATED {count} times")?,
        }
        match reason(&self.notes) {
            Some(note) => writeln!(f, " ({note})"),
            None => writeln!(f),
        }
    }
}

impl fmt::Display for Verdict {
    /// Formats a summary line, a line for each rule, then one for each violation that was kept.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.rows;
        match self.violation_count {
            0 => writeln!(f, "holds: no violation in {rows} events")?,
            1 => writeln!(f, "violated: 1 violation in {rows} events")?,
            count => writeln!(f, "violated: {count} violations in {rows} events")?,
        }
        LamportRule::ALL.into_iter().try_for_each(|rule| self.write_rule(f, rule))?;
        for violation in &self.violations {
            writeln!(f, "{violation}")?;
        }
        match self.violation_count - self.violations.len() as u64 {
            0 => Ok(()),
            more => writeln!(f, "and {more} more"),
        }
    }
}

/// Collector of the violations and notes of a verdict.
#[derive(Debug, Default)]
pub(super) struct LamportFindings {
    violations: Vec<Violation>,
    notes: Vec<(LamportRule, String)>,
    counts: [u64; 10],
}

impl LamportFindings {
    /// Records a violation. Its text is computed only if it is kept.
    pub(super) fn add(
        &mut self,
        rule: LamportRule,
        line: Option<u64>,
        message: impl FnOnce() -> String,
    ) {
        self.counts[rule.index()] += 1;
        if self.violations.len() < VIOLATIONS_KEPT {
            self.violations.push(Violation { rule, line, message: message() });
        }
    }

    /// Records that a rule is checked in part only.
    pub(super) fn note(&mut self, rule: LamportRule, why: String) {
        self.notes.push((rule, why));
    }

    /// Returns the verdict after `rows` rows.
    pub(super) fn verdict(self, rules: &RunFacts, rows: u64) -> Verdict {
        let reason = |rule: &LamportRule| Some((*rule, rules.reason_to_skip(*rule)?));
        let skipped: Vec<_> = LamportRule::ALL.iter().filter_map(reason).collect();
        let is_skipped = |rule: &LamportRule| skipped.iter().any(|(other, _)| other == rule);
        Verdict {
            checked: LamportRule::ALL.into_iter().filter(|rule| !is_skipped(rule)).collect(),
            violations: self.violations,
            notes: self.notes,
            violation_count: self.counts.iter().sum(),
            rows,
            counts: self.counts,
            skipped,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_has_a_line_for_each_rule_and_violation() {
        let mut report = LamportFindings::default();
        for line in 2..14 {
            report.add(LamportRule::StepsByOne, Some(line), || "one".to_owned());
        }
        report.note(LamportRule::Causality, "per message only".to_owned());
        let verdict = report.verdict(&RunFacts::default(), 20);
        assert!(!verdict.holds());
        assert_eq!((verdict.violations.len(), verdict.violation_count), (VIOLATIONS_KEPT, 12));
        let text = verdict.to_string();
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0], "violated: 12 violations in 20 events");
        assert_eq!(lines[1], " 1  clock grows       holds");
        assert_eq!(lines[2], " 2  steps by one      VIOLATED 12 times");
        assert_eq!(lines[4], " 4  causality         holds (per message only)");
        assert_eq!(lines[7], " 7  conservation      not checked: needs net.csv");
        assert_eq!(lines[11], "row 2: rule 2 (steps by one): one");
        assert_eq!(lines[21..], ["and 2 more"]);
    }
}
