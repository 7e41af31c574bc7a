//! The report of `sim run` on a Gossip Glomers run: operations, messages, targets and the verdict.

use std::io::{self, Write};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::columns::{Column, Table};
use super::terminal::{Ours, width};
use super::wrapped;
use crate::check::Validity;
use crate::config::{GlomersExperiment, shell_word};
use crate::escape;
use crate::experiment::{GlomersOutcome, Outcomes, TargetOutcome};
use crate::nemesis;
use crate::network::Latency;
use crate::statistics::number;
use crate::trace::{Manifest, changed_title};

/// A run and its outcome, as input of the report.
pub(super) struct GlomersReport<'a> {
    pub(super) experiment: &'a GlomersExperiment,
    pub(super) outcome: &'a GlomersOutcome,
    pub(super) manifest: &'a Manifest,
    pub(super) folder: &'a Path,
}

/// Maximum number of reasons shown, in total and per rule; all of them are in the results.
const REASONS_MAX: usize = 5;
const REASONS_OF_A_RULE_MAX: usize = 3;

/// Maximum number of hints shown.
const HINTS_MAX: usize = 5;

/// Returns the command that replays the run.
pub(super) fn replay(folder: &Path) -> String {
    let config = folder.join("config.toml").display().to_string();
    format!("sim run {}", shell_word(&config))
}

/// Returns the command that explains the first finding, if there is one.
pub(super) fn why(report: &GlomersReport<'_>) -> Option<String> {
    let has_finding = !report.outcome.verdict.workload.findings.is_empty();
    let is_stored = report.manifest.net_blake3.is_some();
    (has_finding && is_stored).then(|| super::why_command::command(report.folder, "--finding 1"))
}

/// Prints one JSON object: the manifest, the results folder, and the results.
pub(super) fn print_json(report: &GlomersReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let object = json!({
        "manifest": report.manifest,
        "results_folder": report.folder.display().to_string(),
        "why": why(report),
        "replay": report.manifest.replayable.then(|| replay(report.folder)),
        "results": report.outcome.results.to_json(),
    });
    writeln!(out, "{object}")
}

/// Prints the whole report.
pub(super) fn print(report: &GlomersReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let GlomersReport { experiment, outcome, manifest, folder } = report;
    let name = changed_title(&experiment.name, &manifest.changed);
    wrapped::title(&name, &headline(experiment), out)?;
    wrapped::print_in(width(), ("", 0), &conditions(experiment), out)?;
    writeln!(out)?;
    operations(outcome, out)?;
    writeln!(out)?;
    messages(outcome, out)?;
    let figure = |path: String| outcome.verdict.figures.0.get(&path).copied();
    let quantile = |q: &str| figure(format!("stable_latency_ms.{q}"));
    if let Some(median) = quantile("p50") {
        let rest: Vec<String> =
            ["p95", "p99", "max"].into_iter().filter_map(quantile).map(number).collect();
        let (median, rest) = (number(median), rest.join(", "));
        let elements = outcome.verdict.workload.stable_latencies.len();
        let text =
            format!("{median} ms in the median; p95, p99, max {rest} (of {elements} elements)");
        wrapped::print("stable", &text, out)?;
    }
    white_box(outcome, out)?;
    targets(&outcome.verdict.targets, out)?;
    for hint in outcome.hints.iter().take(HINTS_MAX) {
        wrapped::print("hint", &escape::line(&hint.to_string()), out)?;
    }
    if let Some(more) = outcome.hints.len().checked_sub(HINTS_MAX + 1) {
        writeln!(out, "          … and {} more: see results.json", more + 1)?;
    }
    writeln!(out)?;
    let run = &outcome.run;
    let (entries, fingerprint) = (run.history.len(), run.fingerprint);
    writeln!(out, "history   {entries} entries in history.jsonl, fingerprint {fingerprint}")?;
    if let Some(hash) = &manifest.history_blake3 {
        writeln!(out, "blake3    {hash}")?;
    }
    writeln!(out, "results   {}", escape::path(folder))?;
    writeln!(out)?;
    verdict(report, out)
}

/// Describes the parameters of a run on one line.
pub(super) fn headline(experiment: &GlomersExperiment) -> String {
    let p = &experiment.parameters;
    let nodes = match p.names.len() {
        1 => "1 node".to_owned(),
        count => format!("{count} nodes"),
    };
    format!(
        "{}, {nodes} of {}, {} operations/s for {}, seed {}",
        p.workload.name,
        experiment.program(),
        p.rate,
        p.duration,
        p.seed.value(),
    )
}

fn conditions(experiment: &GlomersExperiment) -> String {
    let p = &experiment.parameters;
    let latency = |latency| match latency {
        Latency::Constant(time) => time.to_string(),
        Latency::Uniform(min, max) => format!("{min} to {max}"),
        Latency::Exponential(mean) => format!("exponential, mean {mean}"),
    };
    let mut text = format!("latency {}", latency(p.network.latency));
    if let Some(roles) = &p.network.roles {
        text += &format!("; host cost {} per hop", latency(roles.host_cost));
    }
    let kinds = nemesis::kinds(&p.nemesis, p.seed);
    let kinds: Vec<&str> = kinds.iter().map(|kind| kind.name()).collect();
    if !kinds.is_empty() {
        text += &format!("; faults: {}", kinds.join(", "));
    }
    if p.nemesis.swarm {
        text += &format!(" (the swarm's choice of {} kinds)", p.nemesis.kinds.len());
    }
    match p.nemesis.faults.len() + p.network.partitions.len() {
        0 => {}
        1 => text += "; 1 stated fault",
        count => text += &format!("; {count} stated faults"),
    }
    text
}

fn operations(outcome: &GlomersOutcome, out: &mut dyn Write) -> io::Result<()> {
    let rows = outcome.operations();
    let counts = |heading: &str, count: fn(&Outcomes) -> u64| {
        Column::numbers(heading, rows.iter().map(|(_, row)| count(row).to_string()))
    };
    let latencies = |quantile: &str| {
        let cell = |f: &str| {
            let figure = outcome.verdict.figures.0.get(&format!("op_latency_ms.{f}.{quantile}"));
            figure.map_or("-".to_owned(), |ms| number(*ms))
        };
        Column::numbers(&format!("{quantile} ms"), rows.iter().map(|(f, _)| cell(f)))
    };
    let table = Table {
        keys: vec![Column::text("operation", rows.iter().map(|(f, _)| f.clone()))],
        columns: vec![
            counts("begun", |row| row.invoked),
            counts("ok", |row| row.ok),
            counts("failed", |row| row.fail),
            counts("unknown", |row| row.info),
            latencies("p50"),
            latencies("p99"),
            latencies("max"),
        ],
    };
    table.print(width(), out)
}

fn messages(outcome: &GlomersOutcome, out: &mut dyn Write) -> io::Result<()> {
    let net = &outcome.run.net;
    let figure = |path: &str| outcome.verdict.figures.0.get(path).map(|value| number(*value));
    let per_op = figure("net.servers.msgs_per_op").unwrap_or("-".to_owned());
    let mut text = format!("{} between nodes and services", net.servers.messages);
    text += &format!(", {per_op} per operation");
    if let Some(per_broadcast) = figure("messages_per_broadcast") {
        text += &format!(", {per_broadcast} per broadcast");
    }
    text += &format!("; {} of clients", net.clients.messages);
    let gone = [
        (net.lost, "lost"),
        (net.cut, "cut off"),
        (net.crashed, "sent to crashed nodes"),
        (net.duplicates, "duplicated"),
        (net.stale_answers, "stale answers of services"),
    ];
    for (count, what) in gone.iter().filter(|(count, _)| *count > 0) {
        text += &format!("; {count} {what}");
    }
    wrapped::print("messages", &text, out)
}

/// Prints the exact verdict, where the node records its effects.
fn white_box(outcome: &GlomersOutcome, out: &mut dyn Write) -> io::Result<()> {
    let Some(white_box) = &outcome.verdict.white_box else { return Ok(()) };
    write!(out, "white box {}", verdict_word(white_box.valid))?;
    if !white_box.anomalies.is_empty() {
        write!(out, " by {}", white_box.anomalies.join(", "))?;
    }
    match white_box.is_missed {
        true => writeln!(out, ", which the history alone does not show"),
        false => writeln!(out, ", from the true order of versions"),
    }
}

fn targets(targets: &[TargetOutcome], out: &mut dyn Write) -> io::Result<()> {
    for outcome in targets {
        let figure = outcome.figure.map_or("nothing to check".to_owned(), number);
        let (word, colour) = match outcome.validity() {
            Validity::Valid => ("met", AnsiColor::Green),
            Validity::Unknown => ("open", AnsiColor::Yellow),
            Validity::Invalid => ("missed", AnsiColor::Red),
        };
        let style = Ours(Style::new().fg_color(Some(colour.into())));
        writeln!(out, "target    {}: {figure}, {style}{word}{style:#}", outcome.target)?;
    }
    Ok(())
}

/// Returns the word for a verdict in reports.
pub(super) fn verdict_word(validity: Validity) -> &'static str {
    match validity {
        Validity::Valid => "valid",
        Validity::Unknown => "undetermined",
        Validity::Invalid => "violated",
    }
}

fn verdict(report: &GlomersReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let verdict = &report.outcome.verdict;
    let colour = match verdict.strict {
        Validity::Valid => AnsiColor::Green,
        Validity::Unknown => AnsiColor::Yellow,
        Validity::Invalid => AnsiColor::Red,
    };
    let word = verdict_word(verdict.strict);
    let style = Ours(Style::new().fg_color(Some(colour.into())).bold());
    let reasons = &verdict.reasons;
    let is_among_the_first = |place: &usize| {
        let same = reasons[..*place].iter().filter(|(rule, _)| *rule == reasons[*place].0);
        same.count() < REASONS_OF_A_RULE_MAX
    };
    let shown = (0..reasons.len()).filter(is_among_the_first).take(REASONS_MAX);
    let shown: Vec<&(String, String)> = shown.map(|place| &reasons[place]).collect();
    for (rule, witness) in &shown {
        writeln!(out, "{}", escape::line(&format!("{rule}: {witness}")))?;
    }
    if reasons.len() > shown.len() {
        writeln!(out, "… and {} more: see results.json", reasons.len() - shown.len())?;
    }
    drawing(report, out)?;
    let parity = verdict.parity.describe();
    writeln!(out, "{style}{word}{style:#} (Maelstrom would say: {parity})")?;
    if verdict.strict != Validity::Valid && report.manifest.replayable {
        writeln!(out, "once more: {}", replay(report.folder))?;
    }
    if let Some(why) = why(report) {
        writeln!(out, "why: {why}")?;
    }
    Ok(())
}

/// Prints the first drawing of a witness; `sim check` prints all.
fn drawing(report: &GlomersReport<'_>, out: &mut dyn Write) -> io::Result<()> {
    let drawings = &report.outcome.verdict.workload.drawings;
    for line in drawings.iter().take(1).flatten() {
        writeln!(out, "  {}", escape::line(line))?;
    }
    match drawings.len().saturating_sub(1) {
        0 => Ok(()),
        more => writeln!(out, "  … and {more} more: sim check {}", escape::path(report.folder)),
    }
}
