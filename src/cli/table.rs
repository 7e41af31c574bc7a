//! The report of `sim run` on a scale-model run: the measures of each machine, with predictions.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::terminal::Ours;
use crate::check::Verdict;
use crate::config::ScaleExperiment;
use crate::escape;
use crate::scale_model::{MachineMeasures, ScaleRun, SendRule};
use crate::statistics::number;
use crate::trace::{Manifest, changed_title};

/// A run and its outcome, as input of the report.
pub(super) struct ScaleReport<'a> {
    pub(super) experiment: &'a ScaleExperiment,
    pub(super) run: &'a ScaleRun,
    pub(super) manifest: &'a Manifest,
    pub(super) folder: &'a Path,
    /// The trace file, if it is not in the folder.
    pub(super) trace_file: Option<&'a Path>,
    pub(super) verdict: Option<&'a Verdict>,
}

/// Maximum number of machines shown; the others are in summary.json.
const SHOWN_MAX: usize = 24;

/// A column: its heading, and its cell for a machine.
type Column = (&'static str, fn(&MachineMeasures) -> String);

const COLUMNS: [Column; 15] = [
    ("machine", |m| m.machine.to_string()),
    ("rate/s", |m| number(m.rate_per_s)),
    ("clock", |m| m.clock_final.to_string()),
    ("clock/s", |m| optional(m.clock_rate_per_s)),
    ("theory", |m| theory(m, |p| bounded(p.clock_rate_per_s, p.clock_is_bound))),
    ("jump", |m| optional(m.jump_mean)),
    ("theory", |m| theory(m, |p| bounded(p.jump_mean, p.clock_is_bound))),
    ("max", |m| m.jump_max.map_or("-".to_owned(), |max| max.to_string())),
    ("arrive/s", |m| optional(m.arrival_rate_per_s)),
    ("theory", |m| theory(m, |p| number(p.arrival_rate_per_s))),
    ("queue", |m| optional(m.queue_mean_time)),
    ("max", |m| m.queue_max.to_string()),
    ("end", |m| m.queue_final.to_string()),
    ("grow/s", |m| optional(m.queue_growth_per_s)),
    ("theory", |m| theory(m, |p| number(p.queue_growth_per_s))),
];

/// Whether a column is a prediction, which is shown dimly.
fn is_theory(column: usize) -> bool {
    COLUMNS[column].0 == "theory"
}

/// Prints the whole report.
pub(super) fn print(report: &ScaleReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let bold = Ours(Style::new().bold());
    let ScaleReport { experiment, run, manifest, .. } = report;
    let name = changed_title(&experiment.name, &manifest.changed);
    writeln!(out, "{bold}{name}{bold:#}  {}", headline(experiment))?;
    writeln!(out)?;
    print_machines(run, out)?;
    let r = &run.run;
    if run.machines.len() > SHOWN_MAX {
        let more = run.machines.len() - SHOWN_MAX;
        writeln!(out, "… and {more} more machines: see summary.json")?;
    }
    if let Some(reason) = r.no_prediction {
        writeln!(out, "no prediction: {reason}")?;
    }
    writeln!(out)?;
    let drift = |drift: Option<f64>| optional(drift);
    let drift_max = r.drift_max.map_or("-".to_owned(), |max| max.to_string());
    writeln!(
        out,
        "drift     {} at the end; over time mean {}, max {drift_max}",
        r.drift_final,
        drift(r.drift_mean),
    )?;
    writeln!(
        out,
        "events    {} in {} s: {} send, {} receive, {} internal",
        r.events, r.covered_s, r.events_send, r.events_receive, r.events_internal
    )?;
    writeln!(out, "messages  {}", messages(run))?;
    if let Some(hash) = &manifest.trace_blake3 {
        writeln!(out, "trace     {} rows, blake3 {hash}", manifest.rows)?;
    }
    writeln!(out, "run       fingerprint {}", manifest.fingerprint)?;
    if let Some(file) = report.trace_file {
        writeln!(out, "trace in  {}", escape::path(file))?;
    }
    writeln!(out, "results   {}", escape::path(report.folder))?;
    if let Some(verdict) = report.verdict {
        writeln!(out)?;
        let colour = if verdict.holds() { AnsiColor::Green } else { AnsiColor::Red };
        let style = Ours(Style::new().fg_color(Some(colour.into())));
        writeln!(out, "{style}{}{style:#}", verdict.to_string().trim_end())?;
        let trace = report.trace_file.unwrap_or(report.folder);
        let is_stored = manifest.trace_blake3.is_some();
        let why = super::why_command::of_violation(verdict, trace, None).filter(|_| is_stored);
        if let Some(why) = why {
            writeln!(out, "why: {why}")?;
        }
    }
    Ok(())
}

/// Describes the parameters of a run on one line.
pub(super) fn headline(experiment: &ScaleExperiment) -> String {
    let p = &experiment.parameters;
    let rates: Vec<String> = p.speeds.iter().take(6).map(|s| number(s.per_second())).collect();
    let more = if p.speeds.len() > 6 { ", …" } else { "" };
    let send = match p.send {
        SendRule::Die(sides) => format!("die {sides}"),
        SendRule::Send(send) => format!("send {send}"),
        SendRule::OneOrAll { one, all } => format!("one {one}, all {all}"),
    };
    let machines = p.speeds.len();
    let plural = if machines == 1 { "machine" } else { "machines" };
    let rates = rates.join(", ");
    format!(
        "{machines} {plural}, rates {rates}{more}; {send}; {}; seed {}",
        p.duration,
        p.seed.value()
    )
}

fn messages(run: &ScaleRun) -> String {
    let r = &run.run;
    let mut text = format!(
        "{} copies sent: {} received, {} queued, {} in flight",
        r.copies_sent + r.copies_duplicated,
        r.copies_received,
        r.copies_queued,
        r.copies_in_flight
    );
    for (count, what) in [(r.copies_lost, "lost"), (r.copies_cut, "cut off")] {
        if count > 0 {
            let _ = write!(text, ", {count} {what}");
        }
    }
    if r.copies_duplicated > 0 {
        let _ = write!(text, " ({} of them made by the network)", r.copies_duplicated);
    }
    text
}

fn print_machines(run: &ScaleRun, out: &mut dyn Write) -> io::Result<()> {
    let shown = &run.machines[..run.machines.len().min(SHOWN_MAX)];
    let cells: Vec<Vec<String>> =
        shown.iter().map(|m| COLUMNS.iter().map(|(_, cell)| cell(m)).collect()).collect();
    let width = |column: usize| {
        let widest = cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        widest.max(COLUMNS[column].0.len())
    };
    let widths: Vec<usize> = (0..COLUMNS.len()).map(width).collect();
    let heads: Vec<String> = COLUMNS.iter().map(|(head, _)| (*head).to_owned()).collect();
    print_row(&heads, &widths, Style::new().bold(), out)?;
    cells.iter().try_for_each(|row| print_row(row, &widths, Style::new(), out))
}

fn print_row(
    cells: &[String],
    widths: &[usize],
    style: Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (column, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let style = Ours(if is_theory(column) { style.dimmed() } else { style });
        let gap = if column == 0 { "" } else { "  " };
        write!(out, "{gap}{style}{cell:>width$}{style:#}")?;
    }
    writeln!(out)
}

fn optional(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), number)
}

fn theory(
    measures: &MachineMeasures,
    text: fn(&crate::scale_model::Predicted) -> String,
) -> String {
    measures.predicted.as_ref().map_or("-".to_owned(), text)
}

/// Formats a prediction that may be only a lower bound.
fn bounded(value: f64, is_bound: bool) -> String {
    format!("{}{}", if is_bound { "≥" } else { "" }, number(value))
}
