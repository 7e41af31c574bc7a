//! The table of a grading for people, with the reasons below it.

use std::io::{self, Write};
use std::path::Path;

use super::super::columns::{Column, Table};
use super::super::terminal::width;
use super::super::wrapped;
use crate::config::GradeSpec;
use crate::escape;
use crate::grade::{CheckOutcome, Grade, RunGrade, points_text};

/// Maximum number of characters of a reason; all of it is in the results.
const REASON_MAX: usize = 400;

/// Prints the points of all submissions, the reasons of what was not passed, and where the rest is.
pub(super) fn print(
    spec: &GradeSpec,
    grades: &[Grade<'_>],
    folder: &Path,
    out: &mut dyn Write,
) -> io::Result<()> {
    let column = |(place, check): (usize, &crate::config::GradeCheck)| {
        let heading = format!("{} ({})", check.name, points_text(check.milli_points));
        Column::numbers(&heading, grades.iter().map(|grade| cell(&grade.checks[place])))
    };
    let totals = grades.iter().map(|grade| points_text(grade.milli_points()));
    let max = grades.first().map_or(0, Grade::milli_points_max);
    let total = Column::numbers(&format!("total ({})", points_text(max)), totals);
    let names = grades.iter().map(|grade| escape::line(&grade.name));
    let table = Table {
        keys: vec![Column::text("submission", names), total],
        columns: spec.checks.iter().enumerate().map(column).collect(),
    };
    table.print(width(), out)?;
    writeln!(out)?;
    if reasons(grades, out)? > 0 {
        writeln!(out)?;
    }
    let folder = escape::path(folder);
    writeln!(out, "grades    {folder}/grades.csv, grades.json (with the seeds), grades.xml")?;
    writeln!(out, "pages     {folder}/index.html")?;
    let warning = "programs ran with your rights, without a sandbox";
    writeln!(out, "{warning}")
}

/// Prints the reasons of what was not passed; returns their number.
pub(super) fn reasons(grades: &[Grade<'_>], out: &mut dyn Write) -> io::Result<usize> {
    let mut count = 0;
    for grade in grades {
        for outcome in grade.checks.iter().filter(|it| it.grade() != RunGrade::Passed) {
            wrapped::print_in(width(), ("", 0), &line(grade, outcome), out)?;
            count += 1;
        }
    }
    Ok(count)
}

/// Returns the points of a check, or a question mark.
fn cell(outcome: &CheckOutcome<'_>) -> String {
    match outcome.grade() {
        RunGrade::Undetermined => "?".to_owned(),
        _ => points_text(outcome.milli_points()),
    }
}

fn line(grade: &Grade<'_>, outcome: &CheckOutcome<'_>) -> String {
    let reason = outcome.reason().unwrap_or_default();
    let mut short: String = reason.chars().take(REASON_MAX).collect();
    if short.len() < reason.len() {
        short.push('…');
    }
    let verdict = outcome.grade().name();
    escape::line(&format!("{}: {} {verdict}: {short}", grade.name, outcome.check.name))
}
