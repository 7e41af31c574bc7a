//! `sim check` of transactions on registers, as AWDIT and as IsoVista, Plume and PolySI write them:
//! each level of isolation is checked completely.

use std::io::{self, BufRead, Write};
use std::path::Path;

use serde_json::{Value, json};

use super::super::{CommandError, Io, Outcome, print_ignoring_broken_pipe};
use super::CheckArgs;
use crate::check::Validity;
use crate::check::isolation::{self, Checker, Level, Limits, RegisterHistory, Witness};
use crate::check::txn::Model;
use crate::cli::output::Format;
use crate::cli::until_signal::until_signal;
use crate::escape;
use crate::registers::{RegisterError, RegisterFormat};

/// The workload of such histories.
const WORKLOAD: &str = "txn-rw-register";

/// The levels that are checked where none is named, weakest first.
const LEVELS: [Level; 5] = [
    Level::ReadCommitted,
    Level::ReadAtomic,
    Level::Causal,
    Level::SnapshotIsolation,
    Level::Serializable,
];

/// The outcome for a level.
struct Checked {
    /// The level as it was named: it is checked in the form that contains the order of sessions.
    level: Level,
    outcome: isolation::Outcome,
    /// The weaker level that is broken, so that this one need not be checked.
    because_of: Option<Level>,
}

impl Checked {
    fn validity(&self) -> Validity {
        match self.outcome {
            isolation::Outcome::Holds => Validity::Valid,
            isolation::Outcome::Broken(_) => Validity::Invalid,
            isolation::Outcome::Undetermined(_) => Validity::Unknown,
        }
    }
}

/// The form of a history of registers, by the beginning of its text; none for another history.
pub(super) fn format(
    path: &Path,
    input: &mut impl BufRead,
) -> Result<Option<RegisterFormat>, CommandError> {
    let begin = input.fill_buf();
    let begin =
        begin.map_err(|error| CommandError::Data(format!("{}: {error}", super::shown(path))))?;
    Ok(RegisterFormat::of(begin))
}

/// Checks a text that has a form of registers.
pub(super) fn of_text(
    arguments: &CheckArgs,
    workload: &str,
    format: RegisterFormat,
    input: impl BufRead + Send + 'static,
    io: &mut Io<'_>,
) -> Outcome {
    let shown = super::shown(&arguments.path);
    if workload != WORKLOAD {
        let program = format.name();
        return Err(CommandError::Usage(format!(
            "{shown}: this is a history of registers as {program} writes it, not one of \
             {workload}; check it with --workload {WORKLOAD}"
        )));
    }
    if io.output.format == Format::Edn {
        let what = "--format edn is for histories of clients; registers have human and json";
        return Err(CommandError::Usage(what.to_owned()));
    }
    let levels = levels(&arguments.consistency_model)?;
    let checked = until_signal(io.interrupt, move || {
        let history = RegisterHistory::of_accesses(format.read(input), format.initial())?;
        let checked = check_all(&Checker::new(&history, Limits::DEFAULT), &levels);
        Ok((checked, history))
    });
    let Some(checked) = checked else { return super::interrupted(io) };
    let (checked, history) =
        checked.map_err(|error: RegisterError| CommandError::Data(format!("{shown}: {error}")))?;
    let validity = checked.iter().map(Checked::validity).fold(Validity::Valid, Validity::and);
    let validity = if history.is_empty() { Validity::Unknown } else { validity };
    let output = io.output;
    print_ignoring_broken_pipe(io.out, |out| match output.format {
        Format::Json => writeln!(out, "{}", as_json(&history, &checked, validity)),
        _ if output.quiet && validity != Validity::Invalid => Ok(()),
        _ => print(&history, &checked, validity, format, out),
    })?;
    Ok(validity.into())
}

/// The levels of these models.
fn levels(models: &[Model]) -> Result<Vec<Level>, CommandError> {
    if models.is_empty() {
        return Ok(LEVELS.to_vec());
    }
    let level = |model: &Model| {
        level_of(*model).ok_or_else(|| {
            let known = Level::ALL.map(Level::name).join(", ");
            CommandError::Usage(format!(
                "--consistency-model: {} is not a level at which registers are checked completely; \
                 these are {known}",
                model.name()
            ))
        })
    };
    models.iter().map(level).collect()
}

/// The level at which a model is checked completely.
fn level_of(model: Model) -> Option<Level> {
    match model {
        Model::ReadCommitted => Some(Level::ReadCommitted),
        Model::ReadAtomic => Some(Level::ReadAtomic),
        Model::Causal => Some(Level::Causal),
        Model::SnapshotIsolation => Some(Level::SnapshotIsolation),
        Model::Serializable => Some(Level::Serializable),
        Model::StrongSessionSnapshotIsolation => Some(Level::StrongSessionSnapshotIsolation),
        Model::StrongSessionSerializable => Some(Level::StrongSessionSerializable),
        Model::StrongSnapshotIsolation => Some(Level::StrongSnapshotIsolation),
        Model::StrictSerializable => Some(Level::StrictSerializable),
        _ => None,
    }
}

/// Checks levels; one that implies a broken one is broken by the same transactions.
fn check_all(checker: &Checker<'_>, levels: &[Level]) -> Vec<Checked> {
    let mut sorted = levels.to_vec();
    sorted.sort_unstable();
    sorted.dedup();
    let mut all: Vec<Checked> = Vec::new();
    for level in sorted {
        let broken = all.iter().find(|checked| {
            checked.validity() == Validity::Invalid
                && level.with_sessions().is_at_least(checked.level.with_sessions())
        });
        let (outcome, because_of) = match broken {
            Some(weaker) => {
                (weaker.outcome.clone(), Some(weaker.because_of.unwrap_or(weaker.level)))
            }
            None => (checker.check(level.with_sessions()), None),
        };
        all.push(Checked { level, outcome, because_of });
    }
    all
}

fn print(
    history: &RegisterHistory,
    checked: &[Checked],
    validity: Validity,
    format: RegisterFormat,
    out: &mut dyn Write,
) -> io::Result<()> {
    for Checked { level, outcome, because_of } in checked {
        let name = level.name();
        match (outcome, because_of) {
            (_, Some(weaker)) => {
                writeln!(out, "{name}: broken, since {} is", weaker.name())?;
            }
            (isolation::Outcome::Holds, None) => writeln!(out, "{name}: holds")?,
            (isolation::Outcome::Undetermined(why), None) => {
                writeln!(out, "{name}: undetermined: {}", escape::line(why))?;
            }
            (isolation::Outcome::Broken(witness), None) => {
                writeln!(out, "{name}: broken: {}", witness.anomaly)?;
                for line in witness.to_string().lines() {
                    writeln!(out, "  {}", escape::line(line))?;
                }
            }
        }
    }
    writeln!(
        out,
        "{}: {} transactions with {} reads and writes, checked as {WORKLOAD} ({}'s text), all \
         levels with the order of sessions",
        validity.name(),
        history.len(),
        history.accesses(),
        format.name()
    )
}

fn as_json(history: &RegisterHistory, checked: &[Checked], validity: Validity) -> Value {
    let witness = |witness: &Witness| {
        let transactions = witness.transactions.iter().map(|transaction| {
            let (id, place) = (transaction.id.0, &transaction.place);
            json!({ "transaction": id, "place": place, "accesses": transaction.accesses })
        });
        let names = |levels: &[Level]| levels.iter().map(|level| level.name()).collect::<Vec<_>>();
        json!({
            "anomaly": witness.anomaly,
            "transactions": transactions.collect::<Vec<_>>(),
            "reasons": witness.reasons,
            "drawing": witness.drawing,
            "weakest_broken": names(&witness.weakest_broken),
            "strongest_left": names(&witness.strongest_left),
            "is_smallest": witness.is_smallest,
        })
    };
    let levels = checked.iter().map(|checked| {
        let mut level = json!({
            "level": checked.level.name(),
            "verdict": checked.validity().name(),
        });
        match (&checked.outcome, checked.because_of) {
            (_, Some(weaker)) => level["because_of"] = weaker.name().into(),
            (isolation::Outcome::Undetermined(why), None) => level["why"] = why.as_str().into(),
            (isolation::Outcome::Broken(found), None) => level["witness"] = witness(found),
            (isolation::Outcome::Holds, None) => {}
        }
        level
    });
    json!({
        "of": "history",
        "workload": WORKLOAD,
        "verdict": validity.name(),
        "transactions": history.len(),
        "entries": history.accesses(),
        "levels": levels.collect::<Vec<_>>(),
    })
}
