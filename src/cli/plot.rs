//! `sim plot`: pictures of a run or a sweep.

mod history;

use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::check::history::is_history;
use super::check::{of_folder, open, read_manifest};
use super::hashes::{plain, same_hash};
use super::terminal::Ours;
use super::{CommandError, Exit, Io, Outcome};
use crate::config::Experiment;
use crate::escape;
use crate::report::{
    Chart, DEFAULT_FIGURES, DEFAULT_MEASURE, HistoryChart, Overview, RunChart, RunReader,
    SweepError, SweepManifest, SweepRequest, SweepTable, draw_figures, draw_run, draw_sweep,
};
use crate::store::{MANIFEST_MAX, open_regular, read_regular_text};
use crate::trace::{ReadError, Row, changed_title, read_rows};

/// Draws the result of a run, a bare trace, or a sweep.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim plot results/exp9/seed-1 --out exp9.svg           clocks, queues, drift and jumps
  sim plot results/exp9/seed-1 --kind queues --out queues.png
  sim plot theirs.csv --kind clocks --term              a bare trace, in the terminal
  sim plot results/glomers/3e/seed-1 --out 3e.svg       latencies, rates and counts of operations
  sim plot results/SWEEP --out ratio.svg                a sweep: the clock's ratio to the fastest
  sim plot results/SWEEP --measure drift_final --out drift.png
  sim plot results/SWEEP --measure stable_latency_ms_max --out latency.svg
  sim plot results/SWEEP --measure queue_growth_per_s --machine 1 --heat --out heat.svg")]
pub(super) struct PlotArgs {
    /// A results folder of `sim run`, a CSV file with the columns of trace.csv, a history (.jsonl,
    /// .edn), or the folder of a sweep.
    path: PathBuf,
    /// Writes the picture here; the name ends in .svg or .png.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes over another file that is there.
    #[arg(long)]
    force: bool,
    /// Draws in the terminal.
    #[arg(long)]
    term: bool,
    /// Size of each chart in the terminal, in characters.
    #[arg(long, value_name = "COLUMNSxROWS", default_value = "100x24")]
    term_size: String,
    /// For a run: the chart.
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum KindArg {
    /// All charts in one picture.
    All,
    /// The logical clock of each machine.
    Clocks,
    /// The number of messages that wait at each machine.
    Queues,
    /// The largest minus the smallest clock.
    Drift,
    /// A histogram of the steps by which clocks advance.
    Jumps,
    /// For a history: the latency of operations.
    Latency,
    /// For a history: the number of operations that end in each second.
    Rate,
    /// For a history: the number of operations by their outcome.
    Counts,
    /// For a history: the time until elements were in all reads.
    Stable,
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
            _ => Err(self.not_of("a trace", "clocks, queues, drift, jumps")),
        }
    }

    /// Returns the chart of a history.
    fn of_history(self) -> Result<HistoryChart, CommandError> {
        match self {
            KindArg::All => Ok(HistoryChart::All),
            KindArg::Latency => Ok(HistoryChart::Latency),
            KindArg::Rate => Ok(HistoryChart::Rate),
            KindArg::Counts => Ok(HistoryChart::Counts),
            KindArg::Stable => Ok(HistoryChart::Stable),
            _ => Err(self.not_of("a history", "latency, rate, counts, stable")),
        }
    }

    fn not_of(self, what: &str, kinds: &str) -> CommandError {
        let name = self.to_possible_value().map(|value| value.get_name().to_owned());
        let name = name.unwrap_or_default();
        CommandError::Usage(format!("--kind {name}: {what} has all, {kinds}"))
    }
}

/// The destinations of a picture.
struct Target {
    file: Option<(PathBuf, Format)>,
    terminal: Option<(usize, usize)>,
}

#[derive(Clone, Copy)]
enum Format {
    Svg,
    Png,
}

pub(super) fn plot(arguments: &PlotArgs, io: &mut Io<'_>) -> Outcome {
    let target = target(arguments)?;
    let drawn = draw(arguments, &|| io.interrupt.signal().is_some())?;
    let Some(chart) = drawn else {
        let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
        writeln!(io.err, "interrupted; nothing was drawn")?;
        return Ok(signal.exit());
    };
    if let Some((path, format)) = &target.file {
        let bytes = match format {
            Format::Svg => chart.to_svg().into_bytes(),
            Format::Png => chart.to_png().map_err(CommandError::Data)?,
        };
        if !io.store.put_beside(path, &bytes, arguments.force)? {
            return Err(CommandError::Overwrite(path.clone()));
        }
    }
    if let Some((columns, rows)) = target.terminal {
        write!(io.out, "{}", Ours(chart.to_terminal(columns, rows)))?;
    }
    if let Some((path, _)) = &target.file {
        writeln!(io.out, "{}", escape::path(path))?;
    }
    Ok(Exit::Holds)
}

fn target(arguments: &PlotArgs) -> Result<Target, CommandError> {
    let with_format = |path: &PathBuf| format_of(path).map(|format| (path.clone(), format));
    let file = arguments.out.as_ref().map(with_format).transpose()?;
    let terminal = arguments.term.then(|| term_size(&arguments.term_size)).transpose()?;
    if file.is_none() && terminal.is_none() {
        let hint = "say where to draw: --out FILE.svg, --out FILE.png, or --term";
        return Err(CommandError::Usage(hint.to_owned()));
    }
    Ok(Target { file, terminal })
}

fn format_of(path: &Path) -> Result<Format, CommandError> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("svg") => Ok(Format::Svg),
        Some("png") => Ok(Format::Png),
        _ => Err(CommandError::Usage(format!(
            "--out {}: the name must end in .svg or .png",
            path.display()
        ))),
    }
}

fn term_size(text: &str) -> Result<(usize, usize), CommandError> {
    let numbers = text.split_once('x').and_then(|(columns, rows)| {
        Some((columns.parse::<usize>().ok()?, rows.parse::<usize>().ok()?))
    });
    numbers
        .filter(|(columns, rows)| (40..=1000).contains(columns) && (12..=1000).contains(rows))
        .ok_or_else(|| {
            let expected = "expected columns and rows such as 100x24, from 40x12 to 1000x1000";
            CommandError::Usage(format!("--term-size {text}: {expected}"))
        })
}

/// Returns the requested chart; `None` if it was interrupted.
fn draw(arguments: &PlotArgs, stop: &dyn Fn() -> bool) -> Result<Option<Chart>, CommandError> {
    let path = &arguments.path;
    let shown = path.display();
    if !path.exists() {
        return Err(CommandError::Data(format!("{shown}: there is no such file or folder")));
    }
    if !path.is_dir() {
        no_sweep_options(arguments, path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if is_history(path) {
            return history::of_file(path, &name, arguments.kind).map(Some);
        }
        return draw_trace(arguments, path, &name, stop);
    }
    if let Some(manifest) = sweep_manifest(path)? {
        return draw_points(arguments, &manifest).map(Some);
    }
    no_sweep_options(arguments, path)?;
    let manifest = read_manifest(path)?;
    if manifest.trace_blake3.is_none()
        && let Experiment::Glomers(experiment) = of_folder(path, &manifest)?
    {
        return history::of_folder(path, &manifest, &experiment, arguments.kind).map(Some);
    }
    let trace = path.join("trace.csv");
    let Some(expected) = manifest.trace_blake3.as_ref().filter(|_| trace.is_file()) else {
        let hint = "run it again without --no-trace and --trace-out";
        return Err(CommandError::Data(format!("{shown}: this run wrote no trace here; {hint}")));
    };
    same_hash(&trace, expected)?;
    draw_trace(arguments, &trace, &manifest.title(), stop)
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

/// Returns the manifest of a sweep; `None` if the folder is that of a run.
pub(super) fn sweep_manifest(folder: &Path) -> Result<Option<SweepManifest>, CommandError> {
    let path = folder.join("manifest.json");
    let text = read_regular_text(&path, MANIFEST_MAX).map_err(|error| {
        let (shown, error) = (folder.display(), plain(&error));
        let neither = "neither the result of a run nor of a sweep";
        CommandError::Data(format!("{shown}: {neither}: manifest.json: {error}"))
    })?;
    let broken = |error| CommandError::Data(format!("{}: {error}", path.display()));
    let value: serde_json::Value = serde_json::from_str(&text).map_err(broken)?;
    match value["kind"].as_str() {
        Some("sweep") => serde_json::from_value(value).map(Some).map_err(broken),
        _ => Ok(None),
    }
}

fn draw_points(arguments: &PlotArgs, manifest: &SweepManifest) -> Result<Chart, CommandError> {
    let shown = arguments.path.display();
    if arguments.kind.is_some() {
        return Err(CommandError::Usage(format!("--kind is for runs, and {shown} is a sweep")));
    }
    let pair = |text: &String| match text.split_once('=') {
        Some((key, value)) => Ok((key.trim().to_owned(), value.trim().to_owned())),
        None => Err(CommandError::Usage(format!("--at {text}: expected KEY=VALUE"))),
    };
    let request = SweepRequest {
        machine: arguments.machine.clone(),
        x: arguments.x.clone(),
        at: arguments.at.iter().map(pair).collect::<Result<_, _>>()?,
        heat: arguments.heat,
    };
    let named = |error: SweepError| match error {
        SweepError::Request(what) => CommandError::Usage(what),
        error => CommandError::Data(format!("{shown}: {error}")),
    };
    let name = &changed_title(&manifest.config.name, &manifest.changed);
    let read = |measure: &str| -> Result<_, CommandError> {
        let path = arguments.path.join("points.csv");
        let points = open_regular(&path).map_err(|error| {
            CommandError::Data(format!("{}: {}", path.display(), plain(&error)))
        })?;
        Ok(SweepTable::read(BufReader::new(points), &manifest.axes, measure))
    };
    if let (Some(_), None) = (&manifest.workload, &arguments.measure) {
        let mut tables = Vec::new();
        for figure in DEFAULT_FIGURES {
            match read(figure)? {
                // Not every workload has it.
                Err(SweepError::Unknown(_)) => {}
                table => tables.push(table.map_err(named)?),
            }
        }
        return draw_figures(&tables, name, &request).map_err(named);
    }
    let table = read(arguments.measure.as_deref().unwrap_or(DEFAULT_MEASURE))?;
    draw_sweep(&table.map_err(named)?, name, &request).map_err(named)
}

fn draw_trace(
    arguments: &PlotArgs,
    trace: &Path,
    name: &str,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Chart>, CommandError> {
    let kind = arguments.kind.unwrap_or(KindArg::All).of_trace()?;
    let mut overview = Overview::default();
    if !each_row(trace, stop, |row| overview.add(row))? {
        return Ok(None);
    }
    if overview.is_empty() {
        return Err(CommandError::Data(format!("{}: the trace has no rows", trace.display())));
    }
    let mut reader = RunReader::new(&overview);
    if !each_row(trace, stop, |row| reader.add(row))? {
        return Ok(None);
    }
    Ok(Some(draw_run(&reader.finish(), name, kind)))
}

/// Number of rows between two checks for a signal.
const ROWS_AT_ONCE: u64 = 1 << 14;

/// Hands over each row of a trace; returns false if it was interrupted.
fn each_row(
    trace: &Path,
    stop: &dyn Fn() -> bool,
    mut take: impl FnMut(&Row),
) -> Result<bool, CommandError> {
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", trace.display()));
    let rows = read_rows(open(trace)?).map_err(named)?;
    for (number, row) in (1..).zip(rows) {
        take(&row.map_err(named)?.1);
        if number % ROWS_AT_ONCE == 0 && stop() {
            return Ok(false);
        }
    }
    Ok(true)
}
