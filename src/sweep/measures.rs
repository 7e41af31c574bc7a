//! The measures of a point, numbered: from the columns of `runs.csv` to the rows of `points.csv`.

use std::io::Read;
use std::ops::Range;

use super::columns::{ColumnKind, Columns, RunColumn, STRICT, TARGETS_MET};
use super::table::RunsReader;
use crate::config::Experiment;
use crate::scale_model::{MACHINE_COLUMNS, RUN_COLUMNS, ScaleParameters};

/// The measures of a point.
pub(super) enum Measures<'a> {
    /// The measures of the run, then those of each machine.
    Scale(&'a ScaleParameters),
    /// The shares, then the figures and counts.
    Glomers(Vec<RunColumn>),
}

/// Measures that are shares of runs, made from words in `runs.csv`.
const SHARES: [Share; 2] = [
    Share { name: "valid_share", column: STRICT, yes: b"valid" },
    Share { name: "targets_met_share", column: TARGETS_MET, yes: b"true" },
];

/// The share of runs with the word `yes` in a column, among those where it is not empty.
struct Share {
    name: &'static str,
    column: usize,
    yes: &'static [u8],
}

impl<'a> Measures<'a> {
    /// Returns the measures of the runs of an experiment.
    pub(super) fn of(experiment: &'a Experiment) -> Measures<'a> {
        match experiment {
            Experiment::Scale(scale) => Measures::Scale(&scale.parameters),
            Experiment::Glomers(_) => Measures::Glomers(Columns::of(experiment.family()).measures),
        }
    }

    /// Returns the number of measures.
    pub(super) fn count(&self) -> u64 {
        match self {
            Measures::Scale(parameters) => {
                let machines = u64::from(parameters.machines());
                RUN_COLUMNS.len() as u64 + machines * MACHINE_COLUMNS.len() as u64
            }
            Measures::Glomers(names) => (SHARES.len() + names.len()) as u64,
        }
    }

    /// Returns the machine, counted from 0, and the name of a measure.
    pub(super) fn name(&self, number: usize) -> (Option<usize>, &str) {
        match self {
            Measures::Scale(_) => match number.checked_sub(RUN_COLUMNS.len()) {
                None => (None, RUN_COLUMNS[number].name),
                Some(rest) => {
                    let column = MACHINE_COLUMNS[rest % MACHINE_COLUMNS.len()].name;
                    (Some(rest / MACHINE_COLUMNS.len()), column)
                }
            },
            Measures::Glomers(names) => match SHARES.get(number) {
                Some(share) => (None, share.name),
                None => (None, &names[number - SHARES.len()].name),
            },
        }
    }

    /// Returns the type of a measure's values; shares count runs.
    pub(super) fn kind(&self, number: usize) -> ColumnKind {
        let is_integer = match self {
            Measures::Scale(_) => match number.checked_sub(RUN_COLUMNS.len()) {
                None => RUN_COLUMNS[number].is_integer,
                Some(rest) => MACHINE_COLUMNS[rest % MACHINE_COLUMNS.len()].is_integer,
            },
            Measures::Glomers(columns) => match number.checked_sub(SHARES.len()) {
                None => true,
                Some(rest) => columns[rest].kind == ColumnKind::Integer,
            },
        };
        if is_integer { ColumnKind::Integer } else { ColumnKind::Real }
    }

    /// Returns whether a measure is a share of runs.
    pub(super) fn is_share(&self, number: usize) -> bool {
        matches!(self, Measures::Glomers(_)) && number < SHARES.len()
    }

    /// Hands over those of the measures `wanted` that the current row has.
    pub(super) fn read<R: Read>(
        &self,
        row: &RunsReader<R>,
        wanted: &Range<u64>,
        give: &mut dyn FnMut(u64, f64),
    ) {
        let mut numbers = |measures: Range<u64>, column_of_first: u64| {
            for measure in measures.start.max(wanted.start)..measures.end.min(wanted.end) {
                let column = column_of_first + (measure - measures.start);
                if let Some(value) = row.number(column as usize) {
                    give(measure, value);
                }
            }
        };
        match self {
            Measures::Scale(_) => {
                let Some((_, number)) = row.seed_and_machine() else { return };
                let (run, machine) = (RUN_COLUMNS.len() as u64, MACHINE_COLUMNS.len() as u64);
                if number == 1 {
                    numbers(0..run, machine);
                }
                let begin = run + number.saturating_sub(1) * machine;
                numbers(begin..begin + machine, 0);
            }
            Measures::Glomers(names) => {
                let shares = SHARES.len() as u64;
                numbers(shares..shares + names.len() as u64, 0);
                for (number, share) in (0..).zip(&SHARES).filter(|(n, _)| wanted.contains(n)) {
                    let word = row.head(share.column);
                    if !word.is_empty() {
                        give(number, if word == share.yes { 1.0 } else { 0.0 });
                    }
                }
            }
        }
    }
}
