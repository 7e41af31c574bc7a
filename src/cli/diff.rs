//! `sim diff`: where two runs begin to differ, and which points of two sweeps do.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::check::{open, sweep_manifest};
use super::options::result_path;
use super::output::Format;

use super::recorded::{RecordedRun, read_recorded};
use super::{CommandError, Exit, Io, Outcome};
use crate::causal::CausalGraph;
use crate::diff::{
    EntryDifference, EventDifference, EventSeen, PointsDifference, SettingDifference, Side,
    differing_points, differing_settings, first_entry, first_event,
};
use crate::escape;
use crate::store::{MANIFEST_MAX, read_regular_text};

/// Number of points that are listed.
const POINTS_SHOWN: usize = 20;

/// Finds where two runs begin to differ, or which points of two sweeps do.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim diff results/exp9/seed-1 results/exp9/seed-2
  sim diff results/glomers/3c/seed-1 results/glomers/3c/seed-1+solution=flood
  sim diff ours.csv theirs.csv
      two bare traces
  sim diff results/sweeps/exp9 other/sweeps/exp9
      points, by their intervals

Runs that have a journal (sim run --net) are compared by what became of each
message, too.

Exit codes: 0 no difference (of sweeps: none beyond the 95 % intervals), 1 they
differ.")]
pub(super) struct DiffArgs {
    /// A results folder of `sim run` or `sim test` (`latest` for the last one), a CSV file with
    /// the columns of trace.csv, a history (.jsonl, .edn), or the folder of a sweep.
    #[arg(value_parser = result_path())]
    left: PathBuf,
    /// Another one.
    #[arg(value_parser = result_path())]
    right: PathBuf,
}

impl RecordedRun {
    fn side<'r>(&'r self, graph: &'r CausalGraph) -> Side<'r> {
        let history = self.history.as_deref();
        Side { graph, history, knows_fates: self.has_journal }
    }
}

/// What two runs have in common, and where they begin to differ.
struct RunsDifference {
    titles: [String; 2],
    settings: Vec<SettingDifference>,
    /// The first other event, if both have events; and the number of events of each.
    events: Option<(Option<EventDifference>, [usize; 2])>,
    /// The first other entry, if both have histories; and the number of entries of each.
    entries: Option<(Option<EntryDifference>, [usize; 2])>,
}

pub(super) fn diff(arguments: &DiffArgs, io: &mut Io<'_>) -> Outcome {
    let [left, right] = [&arguments.left, &arguments.right];
    let is_sweep = |path: &Path| -> Result<bool, CommandError> {
        Ok(path.is_dir() && sweep_manifest(path)?.is_some())
    };
    match [is_sweep(left)?, is_sweep(right)?] {
        [true, true] => diff_sweeps(arguments, io),
        [false, false] => diff_runs(arguments, io),
        [is_left, _] => {
            let (sweep, run) = if is_left { (left, right) } else { (right, left) };
            Err(CommandError::Usage(format!(
                "{} is a sweep and {} is none: two runs or two sweeps are compared",
                sweep.display(),
                run.display()
            )))
        }
    }
}

fn diff_runs(arguments: &DiffArgs, io: &mut Io<'_>) -> Outcome {
    let [left, right] = [read_recorded(&arguments.left)?, read_recorded(&arguments.right)?];
    let settings = match (&left.manifest, &right.manifest) {
        (Some(_), Some(_)) => {
            let text = |folder: &Path| {
                let path = folder.join("config.toml");
                let cannot = |e| CommandError::Data(format!("{}: {e}", path.display()));
                read_regular_text(&path, MANIFEST_MAX).map_err(cannot)
            };
            differing_settings(&text(&arguments.left)?, &text(&arguments.right)?)
        }
        _ => vec![],
    };
    let events = match (&left.graph, &right.graph) {
        (Some(a), Some(b)) => {
            Some((first_event(left.side(a), right.side(b)), [a.events().len(), b.events().len()]))
        }
        _ => None,
    };
    let entries = match (&left.history, &right.history) {
        (Some(a), Some(b)) => Some((first_entry(a, b), [a.len(), b.len()])),
        _ => None,
    };
    if events.is_none() && entries.is_none() {
        let kind = |run: &RecordedRun| if run.history.is_some() { "a history" } else { "a trace" };
        return Err(CommandError::Usage(format!(
            "{} is {} and {} is {}: they have nothing in common to compare",
            arguments.left.display(),
            kind(&left),
            arguments.right.display(),
            kind(&right)
        )));
    }
    let found = RunsDifference { titles: [left.title, right.title], settings, events, entries };
    match io.output.format {
        Format::Json => writeln!(io.out, "{}", runs_json(&found))?,
        _ => print_runs(arguments, &found, io)?,
    }
    Ok(if found.is_equal() { Exit::Holds } else { Exit::Violated })
}

impl RunsDifference {
    /// Whether events and entries are the same; other settings may give the same run.
    fn is_equal(&self) -> bool {
        let no_event = self.events.as_ref().is_none_or(|(found, _)| found.is_none());
        no_event && self.entries.as_ref().is_none_or(|(found, _)| found.is_none())
    }
}

fn print_runs(
    arguments: &DiffArgs,
    found: &RunsDifference,
    io: &mut Io<'_>,
) -> Result<(), CommandError> {
    let paths = [&arguments.left, &arguments.right];
    for ((side, title), path) in ["a", "b"].iter().zip(&found.titles).zip(paths) {
        writeln!(io.out, "{side:<10}{}: {}", escape::line(title), escape::path(path))?;
    }
    for setting in &found.settings {
        let value = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".to_owned());
        let change = format!(
            "{}: {} in a, {} in b",
            setting.key,
            value(&setting.left),
            value(&setting.right)
        );
        writeln!(io.out, "config    {}", escape::line(&change))?;
    }
    if let Some((difference, [a, b])) = &found.events {
        match difference {
            None => writeln!(io.out, "events    all {a} are the same")?,
            Some(difference) => {
                let until = difference.until.map_or(String::new(), |at| format!(", until {at}"));
                writeln!(
                    io.out,
                    "events    the first {} are the same{until}; a has {a}, b has {b}",
                    difference.together
                )?;
                print_event("a", difference.left.as_ref(), io)?;
                print_event("b", difference.right.as_ref(), io)?;
            }
        }
    }
    if let Some((difference, [a, b])) = &found.entries {
        match difference {
            None => writeln!(io.out, "history   all {a} entries are the same")?,
            Some(EntryDifference { entry, left, right }) => {
                let what = format!("history   the first {entry} entries are the same");
                writeln!(io.out, "{what}; a has {a}, b has {b}")?;
                for (side, text) in [("a", left), ("b", right)] {
                    let text = text.as_deref().unwrap_or("has ended");
                    writeln!(io.out, "  {side}  {text}")?;
                }
            }
        }
    }
    let verdict = if found.is_equal() { "no difference" } else { "they differ" };
    writeln!(io.out, "\n{verdict}")?;
    Ok(())
}

fn print_event(side: &str, event: Option<&EventSeen>, io: &mut Io<'_>) -> Result<(), CommandError> {
    let Some(event) = event else {
        writeln!(io.out, "  {side}  has ended")?;
        return Ok(());
    };
    writeln!(io.out, "  {side}  {}", event.text)?;
    for text in &event.past {
        writeln!(io.out, "       after {text}")?;
    }
    if let Some(more) = event.past_count.checked_sub(event.past.len()).filter(|more| *more > 0) {
        writeln!(io.out, "       and {more} earlier events that it depends on")?;
    }
    Ok(())
}

fn runs_json(found: &RunsDifference) -> Value {
    let seen = |event: &Option<EventSeen>| {
        event.as_ref().map(|event| {
            json!({"event": event.text, "past": event.past, "past_count": event.past_count})
        })
    };
    let events = found.events.as_ref().map(|(difference, counts)| {
        json!({
            "counts": counts,
            "together": difference.as_ref().map_or(counts[0], |found| found.together),
            "until_ns": difference.as_ref().and_then(|found| Some(found.until?.as_ns())),
            "a": difference.as_ref().and_then(|found| seen(&found.left)),
            "b": difference.as_ref().and_then(|found| seen(&found.right)),
        })
    });
    let entries = found.entries.as_ref().map(|(difference, counts)| {
        json!({
            "counts": counts,
            "together": difference.as_ref().map_or(counts[0], |found| found.entry),
            "a": difference.as_ref().and_then(|found| found.left.as_ref()),
            "b": difference.as_ref().and_then(|found| found.right.as_ref()),
        })
    });
    let settings: Vec<Value> = found
        .settings
        .iter()
        .map(|setting| json!({"key": setting.key, "a": setting.left, "b": setting.right}))
        .collect();
    json!({
        "same": found.is_equal(),
        "runs": found.titles,
        "config": settings,
        "events": events,
        "history": entries,
    })
}

fn diff_sweeps(arguments: &DiffArgs, io: &mut Io<'_>) -> Outcome {
    let paths = [&arguments.left, &arguments.right].map(|folder| folder.join("points.csv"));
    let found = differing_points(open(&paths[0])?, open(&paths[1])?).map_err(|(side, error)| {
        CommandError::Data(format!("{}: {error}", paths[side].display()))
    })?;
    if found.common == 0 {
        let what = "the two sweeps have no point with a measure in common";
        return Err(CommandError::Data(what.to_owned()));
    }
    let is_equal = found.apart.is_empty() && found.left_only + found.right_only == 0;
    match io.output.format {
        Format::Human | Format::Edn => print_points(&found, is_equal, io)?,
        Format::Json => {
            let point = |p: &crate::diff::PointDifference| {
                let numbers =
                    |[mean, low, high]: [f64; 3]| json!({"mean": mean, "low": low, "high": high});
                json!({"measure": p.name, "a": numbers(p.left), "b": numbers(p.right)})
            };
            let value = json!({
                "same": is_equal,
                "common": found.common,
                "equal": found.equal,
                "a_only": found.left_only,
                "b_only": found.right_only,
                "apart": found.apart.iter().map(point).collect::<Vec<_>>(),
            });
            writeln!(io.out, "{value}")?;
        }
    }
    Ok(if is_equal { Exit::Holds } else { Exit::Violated })
}

fn print_points(
    found: &PointsDifference,
    is_equal: bool,
    io: &mut Io<'_>,
) -> Result<(), CommandError> {
    let PointsDifference { common, equal, apart, left_only, right_only } = found;
    let within = common - equal - apart.len();
    writeln!(
        io.out,
        "{common} measures of points are in both: {equal} are equal, {within} differ within their"
    )?;
    writeln!(io.out, "95 % intervals, {} by more", apart.len())?;
    for (side, count) in [("a", left_only), ("b", right_only)] {
        if *count > 0 {
            writeln!(io.out, "{count} are in {side} alone")?;
        }
    }
    for point in apart.iter().take(POINTS_SHOWN) {
        let text = |[mean, low, high]: [f64; 3]| format!("{mean} [{low}, {high}]");
        let line = format!("{}: {} in a, {} in b", point.name, text(point.left), text(point.right));
        writeln!(io.out, "  {}", escape::line(&line))?;
    }
    if let Some(more) = apart.len().checked_sub(POINTS_SHOWN).filter(|more| *more > 0) {
        writeln!(io.out, "  … and {more} more: --format json has all")?;
    }
    writeln!(io.out, "\n{}", if is_equal { "no difference" } else { "they differ" })?;
    Ok(())
}
