//! The report of `sim run` on a scale-model run: the measures of each machine, with predictions.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};

use super::columns::{Column, Table};
use super::terminal::{Ours, width};
use super::wrapped;
use crate::check::Verdict;
use crate::config::ScaleExperiment;
use crate::escape;
use crate::scale_model::{MachineMeasures, Predicted, ScaleRun, SendRule};
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

/// Returns the table of machines.
fn machines(shown: &[MachineMeasures]) -> Table {
    let numbers = |heading: &str, cell: fn(&MachineMeasures) -> String| {
        Column::numbers(heading, shown.iter().map(cell))
    };
    let pairs = |heading: &str,
                 cell: fn(&MachineMeasures) -> String,
                 predicted: fn(&Predicted) -> String| {
        let pair = |m: &MachineMeasures| (cell(m), m.predicted.as_ref().map(predicted));
        Column::with_theory(heading, shown.iter().map(pair))
    };
    Table {
        keys: vec![numbers("machine", |m| m.machine.to_string())],
        columns: vec![
            numbers("rate/s", |m| number(m.rate_per_s)),
            numbers("clock", |m| m.clock_final.to_string()),
            pairs(
                "clock/s",
                |m| optional(m.clock_rate_per_s),
                |p| bounded(p.clock_rate_per_s, p.clock_is_bound),
            ),
            pairs("jump", |m| optional(m.jump_mean), |p| bounded(p.jump_mean, p.clock_is_bound)),
            numbers("max jump", |m| m.jump_max.map_or("-".to_owned(), |max| max.to_string())),
            pairs("arrive/s", |m| optional(m.arrival_rate_per_s), |p| number(p.arrival_rate_per_s)),
            numbers("queue", |m| optional(m.queue_mean_time)),
            numbers("max queue", |m| m.queue_max.to_string()),
            numbers("at end", |m| m.queue_final.to_string()),
            pairs("grow/s", |m| optional(m.queue_growth_per_s), |p| number(p.queue_growth_per_s)),
        ],
    }
}

/// Prints the whole report.
pub(super) fn print(report: &ScaleReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let ScaleReport { experiment, run, manifest, .. } = report;
    let name = changed_title(&experiment.name, &manifest.changed);
    wrapped::title(&name, &headline(experiment), out)?;
    writeln!(out)?;
    machines(&run.machines[..run.machines.len().min(SHOWN_MAX)]).print(width(), out)?;
    let r = &run.run;
    if run.machines.len() > SHOWN_MAX {
        let more = run.machines.len() - SHOWN_MAX;
        writeln!(out, "… and {more} more machines: see summary.json")?;
    }
    if let Some(reason) = r.no_prediction {
        wrapped::print("", &format!("no prediction: {reason}"), out)?;
    }
    writeln!(out)?;
    let drift_max = r.drift_max.map_or("-".to_owned(), |max| max.to_string());
    let drift_mean = optional(r.drift_mean);
    writeln!(
        out,
        "drift     {} at the end; over time mean {drift_mean}, max {drift_max}",
        r.drift_final
    )?;
    let events = format!(
        "{} in {} s: {} send, {} receive, {} internal",
        r.events, r.covered_s, r.events_send, r.events_receive, r.events_internal
    );
    wrapped::print("events", &events, out)?;
    wrapped::print("messages", &messages(run), out)?;
    if let Some(hash) = &manifest.trace_blake3 {
        writeln!(out, "trace     {} rows\nblake3    {hash}", manifest.rows)?;
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

fn optional(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), number)
}

/// Formats a prediction that may be only a lower bound.
fn bounded(value: f64, is_bound: bool) -> String {
    format!("{}{}", if is_bound { "≥" } else { "" }, number(value))
}
