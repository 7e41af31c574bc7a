//! The reports of `sim sweep`: its progress, its outcome, and the exit code.

use std::path::Path;

use serde_json::json;

use super::{export, figures};
use crate::cli::hashes::same_hash;
use crate::cli::output::Format;
use crate::cli::{CommandError, Exit, Io, Outcome, Signal};
use crate::config::Sweep;
use crate::escape;
use crate::store::ResultSession;
use crate::sweep::{Checkpoint, Exporter, Outlook, RunFailure, SweepManifest};

/// Returns the progress of a sweep in words.
pub(super) fn words(outlook: Outlook) -> String {
    let Outlook { done, total, done_now, seconds } = outlook;
    let rate = grouped((done_now as f64 / seconds) as u64);
    format!("{} of {} runs, {rate} a second", grouped(done), grouped(total))
}

/// Returns a number with commas between thousands.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What is reported besides problems.
pub(super) struct Reported<'a> {
    /// The formats that the command line names.
    pub(super) exporters: &'a [&'static Exporter],
    /// Whether the page that explains the sweep is wanted.
    pub(super) page: bool,
}

impl Reported<'_> {
    /// Writes the page, if it is wanted.
    fn write_page(&self, folder: &Path, io: &mut Io<'_>) -> Result<(), CommandError> {
        match self.page {
            true => crate::cli::report::of_finished(folder, io.output.shows_text(), io),
            false => Ok(()),
        }
    }
}

/// Reports the outcome of a sweep.
pub(super) fn report(
    sweep: &Sweep,
    checkpoint: &Checkpoint,
    path: &Path,
    reported: &Reported<'_>,
    io: &mut Io<'_>,
) -> Outcome {
    let (runs, failed) = (checkpoint.runs, checkpoint.failure_count);
    if io.output.shows_text() {
        let points = grouped(sweep.points());
        let (from, to) = (sweep.seeds.start, sweep.seeds.end);
        writeln!(io.out, "{}: {} runs", sweep.name, grouped(runs))?;
        let s = if sweep.points() == 1 { "" } else { "s" };
        writeln!(io.out, "  {points} point{s} × seeds {from}..{to}")?;
        let shown = escape::path(path);
        writeln!(io.out, "  results in {shown}")?;
        writeln!(io.out, "  blake3 of runs.csv:")?;
        writeln!(io.out, "  {}", checkpoint.blake3)?;
        write_exports(reported.exporters, io)?;
        figures::figures(path, sweep)?.print(io.out)?;
    }
    if io.output.format == Format::Json {
        print_json(sweep, checkpoint, path, io)?;
    }
    if runs < sweep.runs() {
        let total = grouped(sweep.runs());
        writeln!(io.err, "stopped after {} of {total} runs: too many failed", grouped(runs))?;
    }
    for failure in checkpoint.failures.iter().take(FAILURES_SHOWN) {
        let (kind, run, seed) = (failure.kind.name(), failure.run, failure.seed);
        let rule = failure.rule.as_ref().map(|rule| format!("{rule}: ")).unwrap_or_default();
        let what = escape::line(&format!("{rule}{}", failure.message));
        writeln!(io.err, "{kind}: run {run}, seed {seed}: {what}")?;
        let config = path.join("config.toml").display().to_string();
        writeln!(io.err, "  {}", sweep.replay(failure.point, seed, &config))?;
    }
    if failed > FAILURES_SHOWN as u64 {
        writeln!(io.err, "{} runs failed; failures.csv has more", grouped(failed))?;
    }
    if checkpoint.limited > 0 {
        let limited = grouped(checkpoint.limited);
        writeln!(io.err, "{limited} runs were cut short by a limit; see the column `end`")?;
    }
    if checkpoint.undetermined > 0 {
        let open = grouped(checkpoint.undetermined);
        writeln!(io.err, "of {open} runs it cannot be told; see the column `reason`")?;
    }
    reported.write_page(path, io)?;
    let Checkpoint { panics, limited, undetermined, .. } = *checkpoint;
    Ok(Exit::of_sweep(panics, failed, limited, undetermined))
}

/// Prints what there is, the figures of the first points, and the first failures.
fn print_json(
    sweep: &Sweep,
    checkpoint: &Checkpoint,
    path: &Path,
    io: &mut Io<'_>,
) -> Result<(), CommandError> {
    let config = path.join("config.toml").display().to_string();
    let failure = |failure: &RunFailure| {
        json!({
            "kind": failure.kind.name(),
            "run": failure.run,
            "point": failure.point,
            "seed": failure.seed,
            "rule": failure.rule,
            "message": failure.message,
            "replay": sweep.replay(failure.point, failure.seed, &config),
        })
    };
    let failures: Vec<_> = checkpoint.failures.iter().take(FAILURES_IN_JSON).map(failure).collect();
    let value = json!({
        "name": sweep.name,
        "results_folder": path.display().to_string(),
        "points": sweep.points(),
        "seeds": [sweep.seeds.start, sweep.seeds.end],
        "runs": checkpoint.runs,
        "failures": checkpoint.failure_count,
        "panics": checkpoint.panics,
        "limited": checkpoint.limited,
        "undetermined": checkpoint.undetermined,
        "runs_blake3": checkpoint.blake3,
        "first_failures": failures,
        "figures": figures::figures(path, sweep)?.to_json(),
    });
    Ok(writeln!(io.out, "{value}")?)
}

/// Maximum number of failures in JSON; failures.csv has more.
const FAILURES_IN_JSON: usize = 100;

/// Maximum number of failures that are shown on the terminal.
const FAILURES_SHOWN: usize = 5;

/// Reports that the same sweep is there already, and would give the same bytes. Its exports are
/// written again.
pub(super) fn already_there(
    sweep: &Sweep,
    session: &ResultSession<'_, SweepManifest>,
    manifest: &str,
    reported: &Reported<'_>,
    io: &mut Io<'_>,
) -> Outcome {
    let path = session.path();
    let manifest: SweepManifest = serde_json::from_str(manifest)
        .map_err(|error| CommandError::Data(format!("{}: {error}", path.display())))?;
    check_tables(path, &manifest)?;
    let stop = || io.interrupt.signal().is_some();
    for exporter in reported.exporters {
        match export::write(exporter, sweep, session, &path.join("runs.csv"), &stop)? {
            Some(file) => session.put_beside_result(file)?,
            None => {
                let signal = io.interrupt.signal().unwrap_or(Signal::Interrupt);
                writeln!(io.err, "interrupted; {} was not written", exporter.file_name())?;
                return Ok(signal.exit());
            }
        }
    }
    if io.output.shows_text() {
        let runs = grouped(manifest.runs);
        writeln!(
            io.out,
            "{}: its {runs} runs are there already",
            escape::line(&manifest.config.name)
        )?;
        writeln!(io.out, "  results in {}; --force runs them again", escape::path(path))?;
        write_exports(reported.exporters, io)?;
        figures::figures(path, sweep)?.print(io.out)?;
    }
    if io.output.format == Format::Json {
        let value = json!({
            "name": manifest.config.name,
            "results_folder": path.display().to_string(),
            "points": manifest.points,
            "seeds": manifest.seeds,
            "runs": manifest.runs,
            "failures": manifest.failures,
            "panics": manifest.panics,
            "limited": manifest.limited,
            "undetermined": manifest.undetermined.unwrap_or(0),
            "runs_blake3": manifest.runs_blake3,
            // They are in failures.csv, and were printed when the runs were done.
            "first_failures": null,
            "figures": figures::figures(path, sweep)?.to_json(),
        });
        writeln!(io.out, "{value}")?;
    }
    reported.write_page(path, io)?;
    let open = manifest.undetermined.unwrap_or(0);
    Ok(Exit::of_sweep(manifest.panics, manifest.failures, manifest.limited, open))
}

/// Makes sure that the tables are as they were written.
fn check_tables(path: &Path, manifest: &SweepManifest) -> Result<(), CommandError> {
    for (file, hash) in
        [("runs.csv", &manifest.runs_blake3), ("points.csv", &manifest.points_blake3)]
    {
        same_hash(&path.join(file), hash).map_err(|failure| match failure {
            CommandError::Data(problem) => {
                CommandError::Data(format!("{problem}\n  --force runs the sweep again"))
            }
            other => other,
        })?;
    }
    Ok(())
}

/// Names the files of the formats that were asked for.
fn write_exports(exporters: &[&'static Exporter], io: &mut Io<'_>) -> Result<(), CommandError> {
    let mut exporters = exporters.iter();
    Ok(exporters.try_for_each(|one| writeln!(io.out, "  exported {}", one.file_name()))?)
}
