//! `sim grade`: checks many submissions by one spec, and gives points.

mod page;
mod runs;
mod table;

use std::path::{Path, PathBuf};

use clap::Args;

use super::options::{JOBS_MAX, whole};
use super::output::Format;
use super::test::check_options;
use super::{CommandError, Exit, Io, Outcome};
use crate::config::{ConfigError, GradeSpec, read_grade_spec};
use crate::escape;
use crate::grade::{Grade, RunGrade, Submission, csv, drawn_secret, json, junit, submissions};
use crate::store::read_text;

/// Grades many node programs by one spec: workloads, options, seeds, and points for each
///
/// Each folder and each executable file in DIR is a submission. Every run of every check is a
/// `sim test` of its own, several side by side; a run that was late is repeated alone. Programs run
/// with your rights: there is NO SANDBOX, and the limits are against accidents only. Grade programs
/// of strangers in a virtual machine or a container that you can throw away.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim grade submissions --spec grade.toml
  sim grade submissions --spec grade.toml --only ann --jobs 1
  sim grade submissions --spec grade.toml --format json > grades.json

A spec (docs/grading.md has all keys):
  secret = \"change me\"       # hidden seeds follow from it; else drawn
  [[check]]
  workload = \"broadcast\"
  options = { node-count = 5, nemesis = \"partition\" }
  points = 3
  seeds = \"hidden\"           # another one for each submission; or [1, 2]
  timeout = \"60s\"

Exit codes: 0 all is graded, 2 a check is undetermined, 64 wrong options, 65 bad
spec, 130 interrupted.")]
pub(super) struct GradeArgs {
    /// The folder with the submissions.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// What is checked, for how many points.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Grades only the submission of this name; may be repeated.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Number of runs side by side [default: one per core].
    #[arg(short, long, value_name = "N", value_parser = whole(1, JOBS_MAX))]
    jobs: Option<u16>,
    /// Writes no report.html for each run.
    #[arg(long)]
    no_report: bool,
    /// The folder in which results folders are made.
    #[arg(long, value_name = "DIR", default_value = "results")]
    out: PathBuf,
}

pub(super) fn grade(arguments: &GradeArgs, io: &mut Io<'_>) -> Outcome {
    let spec = spec(&arguments.spec)?;
    let submissions = found(arguments, &spec)?;
    let secret = match &spec.secret {
        Some(secret) => secret.clone(),
        None => drawn_secret()
            .map_err(|error| CommandError::Data(format!("cannot draw a secret: {error}")))?,
    };
    let folder = new_folder(&arguments.out.join("grade").join(&spec.name), io)?;
    let plan = runs::Plan {
        spec: &spec,
        submissions: &submissions,
        secret: &secret,
        folder: &folder,
        jobs: arguments.jobs,
        has_reports: !arguments.no_report,
    };
    let Some(grades) = plan.run(io)? else {
        let signal = io.interrupt.signal().unwrap_or(super::Signal::Interrupt);
        writeln!(io.err, "interrupted; no grades were written")?;
        return Ok(signal.exit());
    };
    let object = json(&spec, &secret, &grades);
    let put = |name: &str, bytes: &[u8]| io.store.put(&folder.join(name), bytes);
    put("grades.csv", &csv(&grades))?;
    put("grades.xml", junit(&spec.name, &grades).as_bytes())?;
    for grade in &grades {
        let page = page::of_submission(&spec, grade).to_html();
        put(&format!("{}.html", grade.key), page.as_bytes())?;
    }
    put("index.html", page::index(&spec, &grades).to_html().as_bytes())?;
    put("grades.json", format!("{object:#}\n").as_bytes())?;
    match io.output.format {
        Format::Json => {
            let folder = folder.display().to_string();
            let mut object = object;
            object["results_folder"] = folder.into();
            writeln!(io.out, "{object}")?;
        }
        _ if io.output.quiet => _ = table::reasons(&grades, io.out)?,
        _ => table::print(&spec, &grades, &folder, io.out)?,
    }
    Ok(exit(&grades))
}

fn exit(grades: &[Grade<'_>]) -> Exit {
    let mut checks = grades.iter().flat_map(|grade| &grade.checks);
    match checks.any(|check| check.grade() == RunGrade::Undetermined) {
        true => Exit::Undetermined,
        false => Exit::Holds,
    }
}

fn spec(path: &Path) -> Result<GradeSpec, CommandError> {
    let shown = path.display().to_string();
    let text = read_text(path).map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    let spec = read_grade_spec(&shown, &text, &check_options);
    spec.map_err(|error: ConfigError| CommandError::Config(Box::new(error)))
}

/// Returns the submissions to grade.
fn found(arguments: &GradeArgs, spec: &GradeSpec) -> Result<Vec<Submission>, CommandError> {
    let shown = escape::path(&arguments.folder);
    let folder = arguments.folder.canonicalize();
    let found = folder.and_then(|folder| submissions(&folder, &spec.programs));
    let mut found = found.map_err(|error| {
        CommandError::Data(format!("{shown}: {error}; give the folder with the submissions"))
    })?;
    let names: Vec<String> = found.iter().map(Submission::name).collect();
    if let Some(name) = arguments.only.iter().find(|name| !names.contains(name)) {
        let names = names.join(", ");
        let text = format!("--only {name}: there is no such submission; there are {names}");
        return Err(CommandError::Usage(text));
    }
    if !arguments.only.is_empty() {
        found.retain(|submission| arguments.only.contains(&submission.name()));
    }
    if found.is_empty() {
        let text = "there are no submissions: no folder, and no executable file";
        return Err(CommandError::Data(format!("{shown}: {text}")));
    }
    Ok(found)
}

/// Makes a folder of its own for each grading.
fn new_folder(parent: &Path, io: &Io<'_>) -> Result<PathBuf, CommandError> {
    io.store.attempt("make folder", parent, || std::fs::create_dir_all(parent))?;
    let parent = parent.canonicalize().unwrap_or_else(|_| parent.to_owned());
    for number in 1_u64.. {
        let folder = parent.join(format!("run-{number}"));
        let made = io.store.attempt("make folder", &folder, || std::fs::create_dir(&folder));
        match made {
            Err(error) if error.source.kind() == std::io::ErrorKind::AlreadyExists => {}
            made => return Ok(made.map(|()| folder)?),
        }
    }
    unreachable!("there are free numbers")
}
