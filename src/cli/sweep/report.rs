//! The reports of `sim sweep`: its progress, its outcome, and the exit code.

use std::path::Path;

use super::export;
use crate::cli::hashes::same_hash;
use crate::cli::{CommandError, Exit, Io, Outcome, Signal};
use crate::config::Sweep;
use crate::escape;
use crate::store::ResultSession;
use crate::sweep::{Checkpoint, Exporter, Outlook, SweepManifest};

/// Returns the progress of a sweep, on a line.
pub(super) fn shown(outlook: Outlook) -> String {
    let Outlook { done, total, done_now, seconds } = outlook;
    let rate = done_now as f64 / seconds;
    let left = (total - done) as f64 / rate.max(1e-9);
    let (done, total) = (grouped(done), grouped(total));
    format!("{done} of {total} runs, {} a second, {left:.0} s left", grouped(rate as u64))
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
    /// Whether to print only problems.
    pub(super) quiet: bool,
}

impl Reported<'_> {
    /// Writes the page, if it is wanted.
    fn write_page(&self, folder: &Path, io: &mut Io<'_>) -> Result<(), CommandError> {
        match self.page {
            true => crate::cli::report::of_finished(folder, !self.quiet, io),
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
    if !reported.quiet {
        let points = grouped(sweep.points());
        let (from, to) = (sweep.seeds.start, sweep.seeds.end);
        writeln!(io.out, "{}: {} runs", sweep.name, grouped(runs))?;
        writeln!(io.out, "  {points} points × seeds {from}..{to}")?;
        writeln!(io.out, "  results in {}", escape::path(path))?;
        writeln!(io.out, "  runs.csv blake3 {}", checkpoint.blake3)?;
        write_exports(reported.exporters, io)?;
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
    if !reported.quiet {
        let runs = grouped(manifest.runs);
        writeln!(
            io.out,
            "{}: its {runs} runs are there already",
            escape::line(&manifest.config.name)
        )?;
        writeln!(io.out, "  results in {}; --force runs them again", escape::path(path))?;
        write_exports(reported.exporters, io)?;
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
