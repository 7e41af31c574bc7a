//! `sim plot`: pictures of a run or a sweep.

mod fault_words;
mod history;
pub(super) mod messages;
pub(super) mod stored_json;
pub(super) mod sweep;
mod target;
pub(super) mod trace;

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use self::target::Target;
use super::check::history::is_history;
use super::check::{of_folder, read_manifest};
use super::options::{instant, result_path};
use super::{CommandError, Exit, Io, Outcome};
use crate::config::Experiment;
use crate::engine::time::Instant;
use crate::report::{Chart, Diagram, HistoryChart, Picture, RUNS_MAX, RunChart, together};

/// Draws the result of a run, a bare trace, or a sweep; a config is run first.
#[derive(Debug, Default, Args)]
#[command(after_help = "Examples:
  sim plot exp9
      runs it, and draws it in the terminal
  sim plot results/exp9/seed-1 --out exp9.svg
      clocks, queues, drift and jumps
  sim plot results/exp9/seed-1 --kind queues --out queues.pdf --theme print
  sim plot results/partition/seed-1 --kind messages --from 38s --to 42s \\
      --out messages.svg
  sim plot results/exp9/seed-1 --kind messages --causal 2@5s \\
      --out past-and-future.svg
  sim plot results/exp9/seed-1 results/exp9/seed-2 --kind drift --out drifts.svg
  sim plot theirs.csv --kind clocks --term
      a bare trace, in the terminal
  sim plot results/glomers/3e/seed-1 --out 3e.svg
      latencies, rates and counts of operations
  sim plot results/glomers/3e/seed-1 --kind timeline --from 3s --to 4s \\
      --out timeline.png
  sim plot results/sweeps/send-probability --out ratio.svg
      a sweep: the clock's ratio to the fastest
  sim plot results/sweeps/send-probability --measure drift_final --out drift.png
  sim plot results/sweeps/batching --measure stable_latency_ms_max \\
      --out latency.svg
  sim plot results/sweeps/rate-ratio --measure queue_growth_per_s \\
      --machine 1 --heat --out heat.svg
  sim plot results/sweeps/send-probability --at events.send=0.3 --kind ecdf \\
      --out seeds.svg
      the seeds of a point")]
pub(super) struct PlotArgs {
    /// A results folder of `sim run` (`latest` for the last one), a CSV file with the columns of
    /// trace.csv, a history (.jsonl, .edn), or the folder of a sweep. A config, or the name of one
    /// that ships, is run first, as `sim run` does. Several runs are drawn in one picture.
    #[arg(required = true, value_name = "PATH", value_parser = result_path())]
    paths: Vec<PathBuf>,
    /// Writes the picture here, instead of drawing it in the terminal; the name ends in .svg, .png
    /// or .pdf.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// For --kind messages and timeline: the first instant, such as 38s [default: the beginning].
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// For --kind messages and timeline: the last instant [default: as much as is readable].
    #[arg(long, value_name = "TIME")]
    to: Option<String>,
    /// For --kind messages: the lanes, such as n0,n1,lin-kv [default: all nodes, and what exchanges
    /// messages with them].
    #[arg(long, value_name = "NAME[,NAME]", value_delimiter = ',', visible_alias = "nodes")]
    lanes: Vec<String>,
    /// For --kind messages: highlights the causal past and future of an event: the last one of a
    /// lane at or before a time.
    #[arg(long, value_name = "LANE@TIME")]
    causal: Option<String>,
    /// Writes over another file that is there.
    #[arg(long)]
    force: bool,
    /// Draws in the terminal, also with --out; without that it does in any case.
    #[arg(long)]
    term: bool,
    /// Size of each chart in the terminal, in characters [default: that of the terminal].
    #[arg(long, value_name = "COLUMNSxROWS")]
    term_size: Option<String>,
    /// The title, instead of the config's name and the seed.
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
    /// Width and height of the picture in units of an SVG, 96 to an inch.
    #[arg(long, value_name = "WIDTHxHEIGHT")]
    size: Option<String>,
    /// Pixels per inch of a PNG [default: 192].
    #[arg(long, value_name = "N")]
    dpi: Option<u32>,
    /// Colours of the picture [default: light; in the terminal what fits it].
    #[arg(long, value_enum, value_name = "NAME")]
    theme: Option<ThemeArg>,
    /// Logarithmic x axes.
    #[arg(long)]
    log_x: bool,
    /// Logarithmic y axes.
    #[arg(long)]
    log_y: bool,
    /// What to draw; see the kinds above.
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<KindArg>,
    /// For a sweep: the measure (see `sim run --explain`), instead of clock_ratio_to_fastest; for
    /// Gossip Glomers any column of runs.csv, valid_share or targets_met_share.
    #[arg(long, value_name = "NAME")]
    measure: Option<String>,
    /// For a sweep: the number of the measure's machine, `run` or `all` [default: all machines that
    /// have the measure, else the run].
    #[arg(long, value_name = "N")]
    machine: Option<String>,
    /// For a sweep: the swept key on the x axis, instead of the first.
    #[arg(long, value_name = "KEY")]
    x: Option<String>,
    /// For a sweep: only the points with this value of a swept key.
    #[arg(long, value_name = "KEY=VALUE")]
    at: Vec<String>,
    /// For a sweep: two axes as a heat map, instead of a line for each value of the second.
    #[arg(long)]
    heat: bool,
}

impl PlotArgs {
    /// Returns what is to be drawn.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }

    /// Returns the arguments for a measure of a sweep.
    pub(super) fn of_measure(measure: &str, heat: bool, machine: Option<String>) -> PlotArgs {
        PlotArgs { measure: Some(measure.to_owned()), heat, machine, ..PlotArgs::default() }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ThemeArg {
    /// Colours on white.
    Light,
    /// Colours on black.
    Dark,
    /// Black and greys with dashes, for paper.
    Print,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// All charts in one picture.
    All,
    /// The logical clock of each machine.
    Clocks,
    /// The space-time diagram: events in lanes, and an arrow for each message.
    Messages,
    /// The number of messages that wait at each machine.
    Queues,
    /// The largest minus the smallest clock.
    Drift,
    /// A histogram of the steps by which clocks advance.
    Jumps,
    /// For a history: the latency of operations.
    Latency,
    /// For a history: quantiles of the latency over time, for each operation.
    Quantiles,
    /// For a history: each operation from its invocation to its end, in a row for each client.
    Timeline,
    /// For a history: the number of operations that end in each second, by operation and outcome.
    Rate,
    /// For a history: the number of operations by their outcome.
    Counts,
    /// For a history: the time until elements were in all reads.
    Stable,
    /// For the seeds of a sweep without axes, or at one point: the number of runs by value.
    Histogram,
    /// For the same: the share of the runs up to each value.
    Ecdf,
    /// For the same: extremes, quartiles and median.
    Box,
}

impl KindArg {
    /// Returns the chart of a trace.
    fn of_trace(self) -> Result<RunChart, CommandError> {
        match self {
            KindArg::All => Ok(RunChart::All),
            KindArg::Clocks => Ok(RunChart::Clocks),
            KindArg::Queues => Ok(RunChart::Queues),
            KindArg::Drift => Ok(RunChart::Drift),
            KindArg::Jumps => Ok(RunChart::Jumps),
            _ => Err(self.not_of("a trace", "clocks, queues, drift, jumps, messages")),
        }
    }

    /// Returns the chart of a history.
    fn of_history(self) -> Result<HistoryChart, CommandError> {
        match self {
            KindArg::All => Ok(HistoryChart::All),
            KindArg::Latency => Ok(HistoryChart::Latency),
            KindArg::Quantiles => Ok(HistoryChart::Quantiles),
            KindArg::Timeline => Ok(HistoryChart::Timeline),
            KindArg::Rate => Ok(HistoryChart::Rate),
            KindArg::Counts => Ok(HistoryChart::Counts),
            KindArg::Stable => Ok(HistoryChart::Stable),
            _ => {
                Err(self.not_of("a history", "latency, quantiles, timeline, rate, counts, stable"))
            }
        }
    }

    fn not_of(self, what: &str, kinds: &str) -> CommandError {
        let name = self.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        CommandError::Usage(format!("--kind {name}: {what} has all, {kinds}"))
    }
}

/// Checks the destination of the picture and its style.
pub(super) fn check(arguments: &PlotArgs) -> Result<(), CommandError> {
    Target::of(arguments).map(drop)
}

/// Draws what is at these paths, in place of those of the arguments.
pub(super) fn plot(arguments: &PlotArgs, paths: &[PathBuf], io: &mut Io<'_>) -> Outcome {
    let target = Target::of(arguments)?;
    let drawn = draw(arguments, paths, &|| io.interrupt.signal().is_some())?;
    let Some(picture) = drawn else {
        let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
        writeln!(io.err, "interrupted; nothing was drawn")?;
        return Ok(signal.exit());
    };
    target.put(&picture, arguments.force, io)?;
    Ok(Exit::Holds)
}

/// Returns the requested picture; `None` if it was interrupted.
fn draw(
    arguments: &PlotArgs,
    paths: &[PathBuf],
    stop: &dyn Fn() -> bool,
) -> Result<Option<Picture>, CommandError> {
    if paths.len() > RUNS_MAX {
        let count = paths.len();
        return Err(CommandError::Usage(format!("{count} runs: a picture has up to {RUNS_MAX}")));
    }
    let mut charts = Vec::new();
    for path in paths {
        if !path.exists() {
            let shown = path.display();
            return Err(CommandError::Data(format!("{shown}: there is no such file or folder")));
        }
        if path.is_dir()
            && let Some(manifest) = sweep::manifest(path)?
        {
            if paths.len() > 1 {
                let shown = path.display();
                return Err(CommandError::Usage(format!(
                    "{shown} is a sweep, which has a picture of its own"
                )));
            }
            return sweep::draw(arguments, path, &manifest).map(Picture::Chart).map(Some);
        }
        no_sweep_options(arguments, path)?;
        if arguments.kind == Some(KindArg::Messages) {
            if paths.len() > 1 {
                let what = "--kind messages draws one run".to_owned();
                return Err(CommandError::Usage(what));
            }
            return Ok(diagram(arguments, path, stop)?.map(Picture::Diagram));
        }
        no_message_options(arguments)?;
        match chart(arguments, path, stop)? {
            Some(chart) => charts.push(chart),
            None => return Ok(None),
        }
    }
    let chart = match charts.len() {
        1 => charts.pop().unwrap_or_default(),
        _ => together(charts),
    };
    Ok(Some(Picture::Chart(chart)))
}

/// A part of a run, in seconds.
type Window = (Option<f64>, Option<f64>);

/// Returns the part of a run that is asked for.
fn window(arguments: &PlotArgs) -> Result<Window, CommandError> {
    let seconds = |at: Option<Instant>| at.map(|at| at.as_ns() as f64 / 1e9);
    let from = instant("--from", arguments.from.as_deref())?;
    let to = instant("--to", arguments.to.as_deref())?;
    if let (Some(from), Some(to)) = (from, to)
        && from >= to
    {
        return Err(CommandError::Usage(format!("--from {from} must be before --to {to}")));
    }
    Ok((seconds(from), seconds(to)))
}

/// Returns the space-time diagram of a run; `None` if it was interrupted.
fn diagram(
    arguments: &PlotArgs,
    path: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Diagram>, CommandError> {
    if path.is_dir() {
        let manifest = read_manifest(path)?;
        let experiment = of_folder(path, &manifest)?;
        return messages::of_folder(arguments, path, &manifest, &experiment, stop);
    }
    if is_history(path) {
        let shown = path.display();
        let what = "a history has no messages between nodes; draw its results folder";
        return Err(CommandError::Usage(format!("--kind messages: {shown}: {what}")));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    messages::of_file(arguments, path, &name, stop)
}

/// Refuses options of the diagram for charts, where they have no effect.
fn no_message_options(arguments: &PlotArgs) -> Result<(), CommandError> {
    let PlotArgs { from, to, lanes, causal, kind, .. } = arguments;
    let is_timeline = *kind == Some(KindArg::Timeline);
    let given = [
        ("--from", from.is_some() && !is_timeline),
        ("--to", to.is_some() && !is_timeline),
        ("--lanes", !lanes.is_empty()),
        ("--causal", causal.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => Err(CommandError::Usage(format!("{flag} is for --kind messages"))),
    }
}

/// Returns the chart of a run; `None` if it was interrupted.
fn chart(
    arguments: &PlotArgs,
    path: &Path,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Chart>, CommandError> {
    let kind = arguments.kind;
    let window = window(arguments)?;
    if !path.is_dir() {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        return match is_history(path) {
            true => history::of_file(path, &name, kind, window).map(Some),
            false => trace::draw(kind, path, &name, None, stop),
        };
    }
    let manifest = read_manifest(path)?;
    let experiment = of_folder(path, &manifest)?;
    match (&manifest.trace_blake3, experiment) {
        (None, Experiment::Glomers(experiment)) => {
            history::of_folder(path, &manifest, &experiment, kind, window).map(Some)
        }
        (_, experiment) => {
            let file = trace::stored(path, &manifest)?;
            let name = manifest.title();
            let context = trace::Context::of(path, &manifest, &experiment)?;
            trace::draw(kind, &file, &name, context, stop)
        }
    }
}

/// Refuses options of sweeps for runs, where they have no effect.
fn no_sweep_options(arguments: &PlotArgs, path: &Path) -> Result<(), CommandError> {
    let PlotArgs { measure, machine, x, at, heat, .. } = arguments;
    let given = [
        ("--measure", measure.is_some()),
        ("--machine", machine.is_some()),
        ("--x", x.is_some()),
        ("--at", !at.is_empty()),
        ("--heat", *heat),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((flag, _)) => {
            let shown = path.display();
            Err(CommandError::Usage(format!(
                "{flag} is for sweeps, and {shown} is the result of a run"
            )))
        }
    }
}
