//! The columns of `runs.csv`, for each family of experiments: the swept keys, what identifies a
//! row, then its measures.

use crate::config::{Family, Sweep, figures};
use crate::scale_model::{MACHINE_COLUMNS, RUN_COLUMNS};
use crate::trace::{TableColumn, column};

/// The prefix of a measure of the whole run.
const RUN_PREFIX: &str = "run_";

/// Counts of faults on the network, after the figures of a Gossip Glomers run.
pub const COUNTS: [&str; 5] = ["lost", "cut", "crashed", "duplicates", "stale_answers"];

const NEVER: &str = "never";
const SEED: TableColumn = column("seed", "the seed of the run", "a whole number from 0", NEVER);
const END: TableColumn = column(
    "end",
    "why the run ended",
    "`duration`, or the name of the limit that was reached",
    NEVER,
);

/// The columns that identify a row of the scale model. The seed is the first.
pub const SCALE_HEAD: [TableColumn; 3] =
    [SEED, column("machine", "the number of the machine", "a whole number from 1", NEVER), END];

/// The columns that identify a row of Gossip Glomers or say how its run ended.
pub const GLOMERS_HEAD: [TableColumn; 6] = [
    SEED,
    END,
    column("strict", "the verdict", "`valid`, `invalid` or `unknown`", NEVER),
    column("parity", "Maelstrom's verdict", "`valid`, `invalid`, `unknown` or `error`", NEVER),
    column("targets_met", "whether all targets are met", TARGETS, "without targets"),
    column(
        "reason",
        "the rule that makes the verdict what it is",
        "a name of `docs/workloads.md`",
        "if the verdict is valid",
    ),
];
const TARGETS: &str = "`true`, `false`, or `unknown` without the figure of a target";

/// The place of the verdict in the head of a Gossip Glomers row.
pub(super) const STRICT: usize = 2;
/// The place of the word that says whether targets are met.
pub(super) const TARGETS_MET: usize = 4;

/// Returns whether a figure of a Gossip Glomers run is a count, and so a whole number.
pub(super) fn is_count(path: &str) -> bool {
    path.ends_with("count")
}

/// The type of a column's values. Each may be empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnKind {
    /// Whole numbers.
    Integer,
    /// Floats.
    Real,
    /// Text.
    Text,
}

/// What a column describes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColumnScope {
    /// The run: all of its rows have the same value.
    Run,
    /// One machine of the run.
    Machine,
}

/// A column of `runs.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunColumn {
    /// Its name in the header.
    pub name: String,
    /// The type of its values.
    pub kind: ColumnKind,
    /// What it describes.
    pub scope: ColumnScope,
}

/// Returns the columns of a sweep's `runs.csv`. A swept key is a column of numbers if all of its
/// values are.
pub(super) fn run_columns(sweep: &Sweep) -> Vec<RunColumn> {
    let of_family = Columns::of(sweep.family);
    let mut columns = Vec::new();
    for axis in &sweep.axes {
        for (place, key) in axis.keys.iter().enumerate() {
            let numbers = axis.cells.iter().all(|step| step[place].parse::<f64>().is_ok());
            let kind = if numbers { ColumnKind::Real } else { ColumnKind::Text };
            let name = of_family.of_key(key);
            columns.push(RunColumn { name, kind, scope: ColumnScope::Run });
        }
    }
    let numbers = sweep.axes.iter().flat_map(|axis| &axis.numbers);
    columns.extend(numbers.map(|column| {
        let name = of_family.of_key(&column.name);
        RunColumn { name, kind: ColumnKind::Real, scope: ColumnScope::Run }
    }));
    columns.extend(of_family.head.iter().map(|column| head_column(column.name)));
    columns.extend(of_family.measures);
    columns
}

fn head_column(name: &str) -> RunColumn {
    let kind = match name {
        "seed" | "machine" => ColumnKind::Integer,
        _ => ColumnKind::Text,
    };
    let scope = if name == "machine" { ColumnScope::Machine } else { ColumnScope::Run };
    RunColumn { name: name.to_owned(), kind, scope }
}

/// The columns of a family, the swept keys aside.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// The columns that identify a row, or say how its run ended. The seed is the first.
    pub(super) head: &'static [TableColumn],
    /// The measures.
    pub(super) measures: Vec<RunColumn>,
}

impl Columns {
    /// Returns the columns of a family.
    pub(super) fn of(family: Family) -> Columns {
        match family {
            Family::Scale => Columns::of_scale(),
            Family::Glomers(workload) => {
                let figures = figures(workload).into_iter().map(|path| {
                    let is_count = is_count(&path);
                    measure(path.replace('.', "_"), is_count, ColumnScope::Run)
                });
                let counts =
                    COUNTS.iter().map(|n| measure((*n).to_owned(), true, ColumnScope::Run));
                Columns { head: &GLOMERS_HEAD, measures: figures.chain(counts).collect() }
            }
        }
    }

    fn of_scale() -> Columns {
        let machine = MACHINE_COLUMNS
            .iter()
            .map(|column| measure(column.name.to_owned(), column.is_integer, ColumnScope::Machine));
        let run = RUN_COLUMNS.iter().map(|column| {
            let name = format!("{RUN_PREFIX}{}", column.name);
            measure(name, column.is_integer, ColumnScope::Run)
        });
        Columns { head: &SCALE_HEAD, measures: machine.chain(run).collect() }
    }

    /// Returns the name of the column of a swept key: the key's own, unless that is a measure's, as
    /// `events` is.
    pub(super) fn of_key(&self, key: &str) -> String {
        let is_taken = self.measures.iter().any(|measure| measure.name == key);
        if is_taken { format!("config.{key}") } else { key.to_owned() }
    }
}

fn measure(name: String, is_integer: bool, scope: ColumnScope) -> RunColumn {
    let kind = if is_integer { ColumnKind::Integer } else { ColumnKind::Real };
    RunColumn { name, kind, scope }
}
