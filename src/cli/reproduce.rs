//! `sim reproduce`: the figures of the notebooks, compared with their simulated distributions.

use std::io::Write;
use std::path::{Path, PathBuf};

use anstyle::{AnsiColor, Style};
use clap::Args;
use serde_json::{Value, json};

use super::options::{JOBS_MAX, whole, workers};
use super::output::Format;
use super::progress::Progress;
use super::terminal::{Ours, width};
use super::wrapped;
use super::{CommandError, Exit, Io, Outcome};
use crate::escape;
use crate::reproduce::{
    self, Counts, Distribution, Figure, Finding, ReproduceError, Reproduction, Setting, Variant,
    Verdict, figures, settings,
};
use crate::statistics::number;
use crate::store::read_regular;

/// Simulates the figures of the notebooks: which hold, which need imperfections, and which do not
/// hold.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim reproduce
      all figures; the tables go to results/reference
  sim reproduce exp4 notebook/range100-run1
  sim reproduce exp4 --format json

Tables of some names only, or of --seeds, are written only into a folder given
with --out, so that they replace no full ones.")]
pub(super) struct ReproduceArgs {
    /// The configs whose figures to simulate; all, if none is given.
    names: Vec<String>,
    /// Number of seeds for each config and variant: 0, 1, …; ten times as many where the verdict on
    /// a figure could change with other seeds.
    #[arg(long, value_name = "N", default_value_t = SEEDS,
        value_parser = whole(1, SEEDS_MAX))]
    seeds: u64,
    /// The folder for reproduction.md and reproduction.csv [default: results/reference].
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Overwrites other tables in that folder.
    #[arg(long)]
    force: bool,
    /// Number of threads [default: one for each core]; the results are the same.
    #[arg(long, value_name = "N", value_parser = whole(1, JOBS_MAX))]
    jobs: Option<u16>,
}

/// Number of seeds by default: 1 % quantiles then rest on ten values.
const SEEDS: u64 = 1_000;
/// Maximum number of seeds: with more, the values of a config would fill the memory.
const SEEDS_MAX: u64 = 1_000_000;
/// Folder of the full tables.
const REFERENCE: &str = "results/reference";

pub(super) fn reproduce(arguments: &ReproduceArgs, io: &mut Io<'_>) -> Outcome {
    let chosen = choose(&arguments.names)?;
    let pool = workers(arguments.jobs)?;
    let interrupt = io.interrupt;
    let stop = || interrupt.signal().is_some();
    let all = chosen.len();
    let mut progress = Progress::new(io.output, 0, all as u64);
    let mut passed = |done: usize| {
        progress.show(done as u64, |_| format!("{done} of {all} figures"));
    };
    let seeds = arguments.seeds;
    let found = pool.install(|| reproduce::reproduce(&chosen, seeds, &stop, &mut passed));
    drop(progress);
    let reproduction = match found {
        Ok(reproduction) => reproduction,
        Err(ReproduceError::Interrupted) => {
            let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
            writeln!(io.err, "interrupted; nothing was written")?;
            return Ok(signal.exit());
        }
        Err(error) => return Err(CommandError::Data(error.to_string())),
    };
    let files = match folder(arguments) {
        Some(folder) => write(&reproduction, (folder, arguments.force), io)?,
        None => vec![],
    };
    match (io.output.format, io.output.quiet) {
        (Format::Json, _) => print_json(&reproduction, &files, io.out)?,
        (_, false) => print(&reproduction, &files, io.out)?,
        (_, true) => {}
    }
    Ok(Exit::Holds)
}

/// Returns the figures of these configs, in the order of the table.
fn choose(names: &[String]) -> Result<Vec<Figure>, CommandError> {
    let all = figures();
    let of_config = |name: &String| all.iter().any(|figure| figure.config == *name);
    if let Some(unknown) = names.iter().find(|name| !of_config(name)) {
        let mut known: Vec<&str> = all.iter().map(|figure| figure.config.as_str()).collect();
        known.dedup();
        let problem = format!("the notebooks report nothing of `{unknown}`, but of these:");
        return Err(CommandError::Usage(format!("{problem}\n  {}", known.join("\n  "))));
    }
    let chosen = |figure: &Figure| names.is_empty() || names.contains(&figure.config);
    Ok(all.into_iter().filter(chosen).collect())
}

/// Returns the folder for the tables; partial ones are written only into a folder that is given.
fn folder(arguments: &ReproduceArgs) -> Option<&Path> {
    let full = arguments.names.is_empty() && arguments.seeds == SEEDS;
    let standard = full.then_some(Path::new(REFERENCE));
    arguments.out.as_deref().or(standard)
}

fn write(
    reproduction: &Reproduction,
    (folder, force): (&Path, bool),
    io: &Io<'_>,
) -> Result<Vec<PathBuf>, CommandError> {
    io.store.attempt("make folder", folder, || std::fs::create_dir_all(folder))?;
    let texts = [
        ("reproduction.md", reproduce::markdown(reproduction)),
        ("reproduction.csv", reproduce::csv(reproduction)),
    ];
    let mut files = vec![];
    for (name, text) in texts {
        let path = folder.join(name);
        files.push((path, text));
    }
    // Both or none: if one of them may not be overwritten, the other one is not written either.
    let taken = |(path, text): &&(PathBuf, String)| {
        let there = read_regular(path, text.len() as u64);
        path.symlink_metadata().is_ok() && there.ok().as_deref() != Some(text.as_bytes())
    };
    if let Some((path, _)) = files.iter().find(taken).filter(|_| !force) {
        return Err(CommandError::Overwrite(path.clone()));
    }
    for (path, text) in &files {
        io.store.put_beside(path, text.as_bytes(), true)?;
    }
    Ok(files.into_iter().map(|(path, _)| path).collect())
}

const HEADS: [&str; 4] = ["machine", "metric", "reported", "verdict"];

fn print(
    reproduction: &Reproduction,
    files: &[PathBuf],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let rows: Vec<[String; 4]> = reproduction.findings.iter().map(row).collect();
    let column_width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or(0).max(HEADS[column].len())
    };
    let widths: [usize; 4] = std::array::from_fn(column_width);
    let bold = Ours(Style::new().bold());
    print_row(&HEADS.map(str::to_owned), &widths, bold.0, out)?;
    let mut rows = rows.iter();
    for findings in reproduction.by_config() {
        writeln!(out, "{bold}{}{bold:#}", findings[0].figure.config)?;
        for (finding, row) in findings.iter().zip(rows.by_ref()) {
            print_row(row, &widths, style(finding.verdict), out)?;
            let bands = Variant::ALL.iter().zip(&finding.distributions);
            let bands = bands.map(|(variant, found)| format!("{} {}", variant.name(), band(found)));
            let dim = Ours(Style::new().dimmed());
            let bands: Vec<String> = bands.collect();
            writeln!(out, "         {dim}{}{dim:#}", bands.join("; "))?;
        }
        for Finding { figure, expected, .. } in findings {
            let Some(expected) = expected.as_ref().filter(|expected| expected.contradicts) else {
                continue;
            };
            let (name, value) = (&figure.name, number(expected.value));
            let text = format!("{name}: right is {value}, since {}", expected.why);
            wrapped::print_in(width(), ("", 9), &text, out)?;
        }
    }
    writeln!(out)?;
    let (count, seeds) = (reproduction.findings.len(), reproduction.seeds);
    let s = if count == 1 { "" } else { "s" };
    let text = format!(
        "{count} figure{s} over {seeds} seeds ({} at the edges): the band from 1 % to 99 %, or the \
         share of seeds in which a bound holds",
        seeds * reproduce::SEEDS_AT_AN_EDGE,
    );
    wrapped::print_in(width(), ("", 0), &text, out)?;
    for (verdict, count) in Counts::new(reproduction).0 {
        let style = Ours(style(verdict));
        writeln!(out, "{count:5}  {style}{verdict}{style:#}")?;
    }
    for variant in Variant::ALL {
        let label = format!("{:>5}: ", variant.name());
        wrapped::print_in(width(), (&label, 7), variant.meaning(), out)?;
    }
    match files {
        [] => writeln!(out, "no files: a part of the figures, or of the seeds, needs --out DIR")?,
        files => files.iter().try_for_each(|file| writeln!(out, "{}", escape::path(file)))?,
    }
    Ok(())
}

/// Prints a row: text is left-aligned, numbers are right-aligned.
fn print_row(
    cells: &[String; 4],
    widths: &[usize; 4],
    last: Style,
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let [machine, metric, reported, verdict] = cells;
    let [machine_width, metric_width, reported_width, _] = widths;
    write!(out, "{machine:>machine_width$}  {metric:metric_width$}  {reported:>reported_width$}")?;
    let last = Ours(last);
    writeln!(out, "  {last}{verdict}{last:#}")?;
    Ok(())
}

fn row(finding: &Finding) -> [String; 4] {
    let Finding { figure, verdict, .. } = finding;
    let reported = figure.reported.as_ref().map_or("", |reported| &reported.text);
    [
        figure.machine.clone(),
        figure.name.clone(),
        format!("{} {reported}", figure.relation.sign()),
        verdict.to_string(),
    ]
}

fn band(found: &Distribution) -> String {
    match (found.share, found.low, found.high) {
        (Some(share), ..) => format!("{} %", number(share * 100.0)),
        (None, Some(low), Some(high)) if low == high => number(low),
        (None, Some(low), Some(high)) => format!("{} … {}", number(low), number(high)),
        _ => "-".to_owned(),
    }
}

fn style(verdict: Verdict) -> Style {
    let colour = match verdict {
        Verdict::Explained(_) | Verdict::Accord => AnsiColor::Green,
        Verdict::NotExplained | Verdict::Contradicted => AnsiColor::Red,
        Verdict::Holds(..) => AnsiColor::Cyan,
        Verdict::NotChecked => return Style::new().dimmed(),
    };
    Style::new().fg_color(Some(colour.into()))
}

fn print_json(
    reproduction: &Reproduction,
    files: &[PathBuf],
    out: &mut dyn Write,
) -> Result<(), CommandError> {
    let counts: Vec<Value> = Counts::new(reproduction)
        .0
        .into_iter()
        .map(|(verdict, count)| json!({ "verdict": verdict.to_string(), "figures": count }))
        .collect();
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let object = json!({
        "seeds": reproduction.seeds,
        "counts": counts,
        "files": files,
        "figures": reproduction.findings.iter().map(finding_json).collect::<Vec<_>>(),
    });
    serde_json::to_writer(&mut *out, &object).map_err(std::io::Error::other)?;
    writeln!(out)?;
    Ok(())
}

fn finding_json(finding: &Finding) -> Value {
    let Finding { figure, distributions, expected, verdict } = finding;
    let mut variants = serde_json::Map::new();
    for (variant, found) in Variant::ALL.into_iter().zip(distributions) {
        let set = settings(&figure.config, variant);
        let set: Vec<String> =
            set.iter().map(|Setting { key, value }| format!("{key}={value}")).collect();
        let value = json!({ "set": set, "distribution": found });
        variants.insert(variant.name().to_owned(), value);
    }
    json!({
        "config": figure.config,
        "machine": figure.machine,
        "metric": figure.name,
        "relation": figure.relation.sign(),
        "reported": figure.reported.as_ref().map(|reported| reported.value),
        "claim": figure.claim,
        "verdict": verdict.to_string(),
        "theory": expected,
        "variants": variants,
    })
}
