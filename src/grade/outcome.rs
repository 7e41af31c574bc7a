//! From the outcome of runs to points: a check gives its points if all of its runs are valid.

use serde_json::Value;

use crate::config::GradeCheck;
use crate::engine::rng::Seed;

/// The verdict on a run, a check or a submission, in the order of precedence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunGrade {
    /// What was checked holds.
    Passed,
    /// It cannot be said.
    Undetermined,
    /// It does not hold.
    Failed,
}

impl RunGrade {
    /// Its name in tables.
    pub fn name(self) -> &'static str {
        match self {
            RunGrade::Passed => "passed",
            RunGrade::Undetermined => "undetermined",
            RunGrade::Failed => "failed",
        }
    }
}

/// A run of a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct GradedRun {
    /// Its seed.
    pub seed: Seed,
    /// Its verdict.
    pub grade: RunGrade,
    /// Why, the most important first; empty if it passed.
    pub reasons: Vec<String>,
    /// Hints at causes.
    pub hints: Vec<String>,
    /// 99th percentile of the lateness of deliveries in milliseconds, if it got that far.
    pub lateness_ms: Option<f64>,
    /// Whether it was repeated alone.
    pub repeated: bool,
    /// Its results, below the folder of the check.
    pub folder: Option<String>,
    /// Whether being late changes nothing: the program itself has ended, or is at fault.
    is_certain: bool,
    /// Whether a node was not ready in time, which a busy machine can cause, too.
    is_not_ready: bool,
}

/// Rules whose violation does not depend on how busy the machine was: what ended a node, and lines
/// that are no messages.
const CERTAIN: &[&str] = &[
    "node-exited",
    "too-many-processes",
    "not-reading",
    "closed-output",
    "limit",
    "line-too-long",
    "not-utf8",
    "byte-order-mark",
    "control-character",
    "not-json",
    "trailing-text",
    "too-deep",
    "number-out-of-range",
    "not-an-object",
    "unknown-key",
    "missing-src",
    "wrong-src",
    "missing-dest",
    "missing-body",
    "bad-body",
];
/// Hint of a program that makes itself late.
const STORM: &str = "message-storm: ";
/// Maximum number of reasons of a run that are kept.
const REASONS_MAX: usize = 5;

impl GradedRun {
    /// Returns a run that gave no result of its own.
    pub fn without_result(seed: Seed, grade: RunGrade, reason: String) -> GradedRun {
        GradedRun {
            seed,
            grade,
            reasons: vec![reason],
            hints: vec![],
            lateness_ms: None,
            repeated: false,
            folder: None,
            is_certain: true,
            is_not_ready: false,
        }
    }

    /// Returns a run from the JSON object that `sim test --format json` printed.
    pub fn of_envelope(seed: Seed, envelope: &Value) -> GradedRun {
        let error = envelope["error"]["message"].as_str();
        let results = &envelope["result"]["results"];
        let texts = |value: &Value| -> Vec<String> {
            let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
            texts.map(str::to_owned).collect()
        };
        let reasons = results["strict"]["reasons"].as_array().cloned().unwrap_or_default();
        let rules: Vec<&str> = reasons.iter().filter_map(|it| it["rule"].as_str()).collect();
        let in_words = |reason: &Value| {
            Some(format!("{}: {}", reason["rule"].as_str()?, reason["witness"].as_str()?))
        };
        let mut words: Vec<String> =
            reasons.iter().filter_map(in_words).take(REASONS_MAX).collect();
        let grade = match envelope["exit"].as_u64() {
            Some(0) => RunGrade::Passed,
            Some(1 | 3 | 65) => RunGrade::Failed,
            _ => RunGrade::Undetermined,
        };
        let mut hints = texts(&results["hints"]);
        if rules.contains(&"node-exited") {
            hints.extend(last_words(&results["nodes"]));
        }
        let is_storm = hints.iter().any(|hint| hint.starts_with(STORM));
        words.splice(0..0, error.map(str::to_owned));
        if grade == RunGrade::Passed {
            words.clear();
        } else if words.is_empty() {
            words.push(format!("sim test ended with exit code {}", envelope["exit"]));
        }
        GradedRun {
            seed,
            grade,
            reasons: words,
            is_certain: error.is_some()
                || is_storm && grade == RunGrade::Failed
                || rules.iter().any(|rule| CERTAIN.contains(rule)),
            is_not_ready: rules.contains(&"not-ready"),
            hints,
            lateness_ms: results["lateness-ms"]["p99"].as_f64(),
            repeated: false,
            folder: envelope["result"]["results_folder"].as_str().map(str::to_owned),
        }
    }

    /// Whether it was late, so that its verdict may come from the machine.
    pub fn is_late(&self, bound_ms: f64) -> bool {
        !self.is_certain && self.lateness_ms.is_some_and(|late| late > bound_ms)
    }

    /// Whether it is to be repeated alone: it was late, or the start of a node was.
    pub fn is_to_repeat(&self, bound_ms: f64) -> bool {
        self.is_late(bound_ms) || self.is_not_ready
    }

    /// Returns this run as the repetition, which is alone on the machine: a late one says nothing.
    pub fn as_repetition(mut self, bound_ms: f64) -> GradedRun {
        self.repeated = true;
        if self.is_late(bound_ms) {
            self.grade = RunGrade::Undetermined;
            let late = self.lateness_ms.unwrap_or_default();
            let reason = format!(
                "late: deliveries were {late} ms late (99th percentile), more than {bound_ms} ms, \
                 though it ran alone"
            );
            self.reasons.insert(0, reason);
        }
        self
    }
}

/// Returns the last line of a node that exited on its own, which is mostly its own error.
fn last_words(nodes: &Value) -> Option<String> {
    let texts = |value: &Value| -> Vec<String> {
        let texts = value.as_array().into_iter().flatten().filter_map(Value::as_str);
        texts.map(str::to_owned).collect()
    };
    let has_exited = |node: &&Value| {
        let ends = texts(&node["ended"]);
        ends.iter().any(|end| end.starts_with("exited") && !end.ends_with(" 0"))
    };
    let node = nodes.as_array()?.iter().find(has_exited)?;
    let lines = texts(&node["last-lines"]);
    let line = lines.iter().rev().find(|line| !line.trim().is_empty())?;
    Some(format!("last line of {}: {}", node["name"].as_str()?, line.trim()))
}

/// The outcome of a check of a submission.
#[derive(Clone, Debug)]
pub struct CheckOutcome<'a> {
    /// The check.
    pub check: &'a GradeCheck,
    /// Its runs, in the order of its seeds.
    pub runs: Vec<GradedRun>,
}

impl CheckOutcome<'_> {
    /// The verdict: that of the worst run.
    pub fn grade(&self) -> RunGrade {
        self.runs.iter().map(|run| run.grade).max().unwrap_or(RunGrade::Undetermined)
    }

    /// Points in thousandths: all or none.
    pub fn milli_points(&self) -> u64 {
        if self.grade() == RunGrade::Passed { self.check.milli_points } else { 0 }
    }

    /// The first reason of the worst run, with its hint at a cause.
    pub fn reason(&self) -> Option<String> {
        let worst = self.runs.iter().find(|run| run.grade == self.grade())?;
        let hint = worst.hints.first().map(|hint| format!("; {hint}"));
        worst.reasons.first().map(|reason| format!("{reason}{}", hint.unwrap_or_default()))
    }
}

/// A graded submission.
#[derive(Clone, Debug)]
pub struct Grade<'a> {
    /// Its name for people.
    pub name: String,
    /// Its name as a folder.
    pub key: String,
    /// The outcome of each check.
    pub checks: Vec<CheckOutcome<'a>>,
}

impl Grade<'_> {
    /// All points, in thousandths.
    pub fn milli_points(&self) -> u64 {
        self.checks.iter().map(CheckOutcome::milli_points).sum()
    }

    /// The largest possible number of points, in thousandths.
    pub fn milli_points_max(&self) -> u64 {
        self.checks.iter().map(|outcome| outcome.check.milli_points).sum()
    }
}

/// Formats points.
pub fn points_text(milli: u64) -> String {
    let text = format!("{}.{:03}", milli / 1_000, milli % 1_000);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn run(exit: u64, rule: &str, late: f64, hints: &[&str]) -> GradedRun {
        let reasons = json!([{ "rule": rule, "witness": "words" }]);
        let results = json!({
            "strict": { "reasons": reasons },
            "lateness-ms": { "p99": late },
            "hints": hints,
        });
        let envelope = json!({ "exit": exit, "error": null, "result": { "results": results } });
        GradedRun::of_envelope(Seed::new(1).expect("a seed"), &envelope)
    }

    #[test]
    fn a_late_run_says_nothing_unless_the_program_is_at_fault() {
        let bound = 100.0;
        for (late, exit, rule, hints, expected) in [
            (99.0, 0, "", &[][..], RunGrade::Passed),
            (101.0, 0, "", &[], RunGrade::Undetermined),
            (99.0, 1, "lost", &[], RunGrade::Failed),
            (101.0, 1, "lost", &[], RunGrade::Undetermined),
            (101.0, 1, "node-exited", &[], RunGrade::Failed),
            (101.0, 1, "not-json", &[], RunGrade::Failed),
            (101.0, 1, "target", &["message-storm: 9"], RunGrade::Failed),
            (101.0, 0, "", &["message-storm: 9"], RunGrade::Undetermined),
            (99.0, 2, "", &[], RunGrade::Undetermined),
        ] {
            let run = run(exit, rule, late, hints).as_repetition(bound);
            assert_eq!(run.grade, expected, "{late} {exit} {rule}");
            assert_eq!(run.reasons.is_empty(), expected == RunGrade::Passed);
        }
    }

    #[test]
    fn points_have_no_idle_digits() {
        for (milli, expected) in [(0, "0"), (3_000, "3"), (2_500, "2.5"), (10, "0.01")] {
            assert_eq!(points_text(milli), expected);
        }
    }
}
