//! `sim report`: one page that explains a result.

mod machines;
mod nodes;
mod numbers;
mod pair;
mod parts;
mod remedy;
mod sampled;
mod sweep;

use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;

use super::check::history::is_history;
use super::check::{of_folder, read_manifest};
use super::options::result_path;
use super::results::spares_results;
use super::{CommandError, Exit, Io, Outcome, plot, print_ignoring_broken_pipe};
use crate::config::Experiment;
use crate::escape;
use crate::page::{BEGIN, Page};
use crate::store::{REPORT_NAME, open_regular};

/// Writes one page that explains a result: verdict, charts, tables and the space-time diagram.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim report results/exp9/seed-1
      writes report.html beside its files
  sim report latest
      the last result
  sim report results/glomers/3d/seed-1 --out 3d.html
  sim report results/sweeps/rate-ratio
  sim report theirs.csv --out theirs.html
      a trace of another program
  sim report results/exp9/seed-1 results/exp9/seed-2 --out two.html

The page is one file that loads nothing: it opens offline, and can be mailed and
printed.")]
pub(super) struct ReportArgs {
    /// A results folder of `sim run`, `sim test` or `sim sweep` (`latest` for the last one), a CSV
    /// file with the columns of trace.csv, or a history (.jsonl, .edn); or two runs, which are
    /// shown side by side.
    #[arg(required = true, value_name = "PATH", num_args = 1..=2, value_parser = result_path())]
    paths: Vec<PathBuf>,
    /// Writes the page here [default: report.html in the results folder].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes over another file that is there.
    #[arg(long)]
    force: bool,
}

pub(super) fn report(arguments: &ReportArgs, io: &mut Io<'_>) -> Outcome {
    let stop = || io.interrupt.signal().is_some();
    let out = destination(arguments)?;
    let page = match &arguments.paths[..] {
        [left, right] => pair::page(left, right, &stop)?,
        paths => page_of(&paths[0], &stop)?,
    };
    let Some(page) = page else {
        let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
        writeln!(io.err, "interrupted; nothing was written")?;
        return Ok(signal.exit());
    };
    put(&page, &out, arguments.force, io)?;
    io.print_written(&out)?;
    Ok(Exit::Holds)
}

/// Writes the page of a results folder into it, as `--report` of other commands wants it; prints
/// its path if it is to be shown.
pub(super) fn of_finished(folder: &Path, shown: bool, io: &mut Io<'_>) -> Result<(), CommandError> {
    let out = folder.join(REPORT_NAME);
    let stop = || io.interrupt.signal().is_some();
    let Some(page) = page_of(folder, &stop)? else { return Ok(()) };
    put(&page, &out, false, io)?;
    match shown {
        true => print_ignoring_broken_pipe(io.out, |to| {
            writeln!(to, "report    {}", escape::path(&out)).map_err(CommandError::from)
        }),
        false => Ok(()),
    }
}

/// Returns the file that is written: `--out`, or else one in the results folder.
fn destination(arguments: &ReportArgs) -> Result<PathBuf, CommandError> {
    for path in &arguments.paths {
        if !path.exists() {
            let shown = path.display();
            return Err(CommandError::Data(format!("{shown}: there is no such file or folder")));
        }
    }
    match (&arguments.out, &arguments.paths[..]) {
        (Some(out), _) => Ok(out.clone()),
        (None, [folder]) if folder.is_dir() => Ok(folder.join(REPORT_NAME)),
        (None, _) => {
            let what = "say where to write the page: --out FILE.html";
            Err(CommandError::Usage(what.to_owned()))
        }
    }
}

/// Writes a page, over an earlier one too, but over no other file without `force`.
fn put(page: &Page, out: &Path, force: bool, io: &mut Io<'_>) -> Result<(), CommandError> {
    spares_results(out)?;
    match io.store.put_beside(out, page.to_html().as_bytes(), force || is_report(out))? {
        true => Ok(()),
        false => Err(CommandError::Overwrite(out.to_owned())),
    }
}

/// Whether a file is a page that `sim` wrote.
fn is_report(path: &Path) -> bool {
    let Ok(file) = open_regular(path) else { return false };
    let mut begin = Vec::new();
    let read = file.take(BEGIN.len() as u64).read_to_end(&mut begin);
    read.is_ok() && begin == BEGIN.as_bytes()
}

/// Returns the page of one result; `None` if it was interrupted.
pub(super) fn page_of(path: &Path, stop: &dyn Fn() -> bool) -> Result<Option<Page>, CommandError> {
    if !path.is_dir() {
        return match is_history(path) {
            true => nodes::of_history(path).map(Some),
            false => machines::of_file(path, stop),
        };
    }
    if let Some(manifest) = plot::sweep::manifest(path)? {
        return sweep::page(path, &manifest).map(Some);
    }
    let manifest = read_manifest(path)?;
    match of_folder(path, &manifest)? {
        Experiment::Scale(experiment) => {
            Ok(machines::of_folder(path, &manifest, *experiment, stop)?
                .map(machines::Machines::page))
        }
        Experiment::Glomers(experiment) => {
            nodes::of_folder(path, &manifest, *experiment).map(|nodes| Some(nodes.page()))
        }
    }
}
