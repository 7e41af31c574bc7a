//! The tables of a grading for spreadsheets and programs.

use serde_json::{Value, json};

use super::outcome::{CheckOutcome, Grade, GradedRun, RunGrade, points_text};
use crate::config::GradeSpec;

/// Returns the table as CSV: a row for each check of each submission.
pub fn csv(grades: &[Grade<'_>]) -> Vec<u8> {
    let mut writer = csv::Writer::from_writer(vec![]);
    let head = [
        "submission",
        "check",
        "workload",
        "points",
        "points_max",
        "verdict",
        "runs",
        "runs_passed",
        "reason",
    ];
    let rows = grades.iter().flat_map(|grade| grade.checks.iter().map(move |it| (grade, it)));
    let rows = rows.map(|(grade, outcome)| {
        let passed = outcome.runs.iter().filter(|run| run.grade == RunGrade::Passed).count();
        [
            no_formula(&grade.name),
            outcome.check.name.clone(),
            outcome.check.workload.clone(),
            points_text(outcome.milli_points()),
            points_text(outcome.check.milli_points),
            outcome.grade().name().to_owned(),
            outcome.runs.len().to_string(),
            passed.to_string(),
            no_formula(&outcome.reason().unwrap_or_default()),
        ]
    });
    let head = std::iter::once(head.map(str::to_owned));
    // Writing to memory does not fail.
    head.chain(rows).for_each(|row| drop(writer.write_record(row)));
    writer.into_inner().unwrap_or_default()
}

/// A cell that a spreadsheet would calculate is preceded by an apostrophe.
fn no_formula(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    match text.starts_with(['=', '+', '-', '@']) {
        true => format!("'{text}"),
        false => text,
    }
}

/// Returns everything as JSON, for the instructor: with the secret and all seeds.
pub fn json(spec: &GradeSpec, secret: &str, grades: &[Grade<'_>]) -> Value {
    let submissions: Vec<Value> = grades.iter().map(submission).collect();
    json!({
        "name": spec.name,
        "secret": secret,
        "lateness_bound_ms": spec.lateness.as_ns() as f64 / 1e6,
        "submissions": submissions,
    })
}

fn submission(grade: &Grade<'_>) -> Value {
    let checks: Vec<Value> = grade.checks.iter().map(check).collect();
    json!({
        "name": grade.name,
        "key": grade.key,
        "points": points(grade.milli_points()),
        "points_max": points(grade.milli_points_max()),
        "checks": checks,
    })
}

fn check(outcome: &CheckOutcome<'_>) -> Value {
    json!({
        "name": outcome.check.name,
        "workload": outcome.check.workload,
        "options": outcome.check.options,
        "points": points(outcome.milli_points()),
        "points_max": points(outcome.check.milli_points),
        "verdict": outcome.grade().name(),
        "reason": outcome.reason(),
        "runs": outcome.runs.iter().map(run).collect::<Vec<Value>>(),
    })
}

fn run(run: &GradedRun) -> Value {
    json!({
        "seed": run.seed.value(),
        "verdict": run.grade.name(),
        "reasons": run.reasons,
        "hints": run.hints,
        "lateness_p99_ms": run.lateness_ms,
        "repeated_alone": run.repeated,
        "results": run.folder,
    })
}

fn points(milli: u64) -> Value {
    match milli % 1_000 {
        0 => json!(milli / 1_000),
        _ => json!(milli as f64 / 1_000.0),
    }
}
