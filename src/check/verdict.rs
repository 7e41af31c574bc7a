//! The verdict: what was checked, what was skipped and why, and what is violated.

use std::fmt;

use super::rule::Rule;
use crate::node::NodeId;
use crate::trace::{Kind, Row};

/// So many violations are kept word for word; all are counted.
const VIOLATIONS_KEPT: usize = 10;

/// What came of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How many events were checked.
    pub rows: u64,
    /// The rules that were checked.
    pub checked: Vec<Rule>,
    /// The rules that were not, each with the reason.
    pub skipped: Vec<(Rule, String)>,
    /// What else to know of how it was checked.
    pub notes: Vec<String>,
    /// The first ten violations.
    pub violations: Vec<Violation>,
    /// How many violations there are; one of each rule at each row.
    pub violation_count: u64,
    /// The last one: its rule and line.
    last: Option<(Rule, u64)>,
}

/// One violation of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: Rule,
    /// The line of the row in the trace's file, whose header is line 1; none at the end of the
    /// trace.
    pub line: Option<u64>,
    /// The events, their clocks, and what is wrong.
    pub message: String,
}

impl Verdict {
    /// Whether nothing is violated.
    pub fn holds(&self) -> bool {
        self.violation_count == 0
    }

    pub(super) fn violate(&mut self, rule: Rule, line: Option<u64>, message: String) {
        let place = line.map(|line| (rule, line));
        if place.is_some() && place == self.last {
            return;
        }
        self.last = place;
        self.violation_count += 1;
        if self.violations.len() < VIOLATIONS_KEPT {
            self.violations.push(Violation { rule, line, message });
        }
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "row {line}: ")?,
            None => write!(f, "at the end: ")?,
        }
        write!(f, "rule {} ({}): {}", self.rule.number(), self.rule.name(), self.message)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = match self.rows {
            1 => "1 event".to_owned(),
            rows => format!("{rows} events"),
        };
        match self.violation_count {
            0 => writeln!(f, "holds: {events}, no violation")?,
            1 => writeln!(f, "violated: 1 violation in {events}")?,
            count => writeln!(f, "violated: {count} violations in {events}")?,
        }
        for violation in &self.violations {
            writeln!(f, "  {violation}")?;
        }
        if self.violation_count > self.violations.len() as u64 {
            let more = self.violation_count - self.violations.len() as u64;
            writeln!(f, "  … and {more} more")?;
        }
        for rule in &self.checked {
            let (number, name) = (rule.number(), rule.name());
            writeln!(f, "  checked {number:>2} {name:17} {}", rule.sentence())?;
        }
        for (rule, why) in &self.skipped {
            writeln!(f, "  skipped {:>2} {:17} {why}", rule.number(), rule.name())?;
        }
        self.notes.iter().try_for_each(|note| writeln!(f, "  note: {note}"))
    }
}

/// An event, as messages speak of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) machine: NodeId,
    pub(super) kind: Kind,
    pub(super) clock: u64,
    pub(super) line: u64,
}

impl Told {
    pub(super) fn new(line: u64, row: &Row) -> Told {
        Told { machine: row.machine, kind: row.event.kind, clock: row.event.clock, line }
    }
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Told { machine, kind, clock, line } = self;
        let number = u64::from(machine.0) + 1;
        write!(f, "machine {number}'s {} (clock {clock}, row {line})", kind.name())
    }
}
