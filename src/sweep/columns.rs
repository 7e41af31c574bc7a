//! The columns of `runs.csv` after the swept keys, for each family of experiments: what a row is
//! about, then its measures.

use crate::config::{Family, figures};
use crate::scale_model::{MACHINE_COLUMNS, RUN_COLUMNS};

/// What stands before the name of a measure of the whole run.
const RUN_PREFIX: &str = "run_";

/// What went wrong on the network, after the figures of a Gossip Glomers run.
pub(super) const COUNTS: [&str; 5] = ["lost", "cut", "crashed", "duplicates", "stale_answers"];

/// Where the verdict stands among what a row of a Gossip Glomers run is about.
pub(super) const STRICT: usize = 2;
/// Where it says whether targets are met.
pub(super) const TARGETS_MET: usize = 4;

/// Whether a figure of a Gossip Glomers run is a count, and so a whole number.
pub(super) fn is_count(path: &str) -> bool {
    path.ends_with("count")
}

/// The columns of a family.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    /// What a row is about.
    pub(super) head: &'static [&'static str],
    /// The measures, and whether these are whole numbers.
    pub(super) measures: Vec<(String, bool)>,
}

impl Columns {
    /// Those of a family.
    pub(super) fn of(family: Family) -> Columns {
        match family {
            Family::Scale => {
                let machine = MACHINE_COLUMNS.iter().map(|c| (c.name.to_owned(), c.is_integer));
                let run = RUN_COLUMNS.iter();
                let run = run.map(|c| (format!("{RUN_PREFIX}{}", c.name), c.is_integer));
                let measures = machine.chain(run).collect();
                Columns { head: &["seed", "machine", "end"], measures }
            }
            Family::Glomers(workload) => {
                let figures = figures(workload).into_iter().map(|path| {
                    let is_count = is_count(&path);
                    (path, is_count)
                });
                let counts = COUNTS.iter().map(|name| ((*name).to_owned(), true));
                let named = |(path, whole): (String, bool)| (path.replace('.', "_"), whole);
                Columns {
                    head: &["seed", "end", "strict", "parity", "targets_met", "reason"],
                    measures: figures.chain(counts).map(named).collect(),
                }
            }
        }
    }

    /// The column of a swept key: its name, unless another column has that already, as `events`
    /// has.
    pub(super) fn of_key(&self, key: &str) -> String {
        let is_taken = self.measures.iter().any(|(name, _)| name == key);
        if is_taken { format!("config.{key}") } else { key.to_owned() }
    }
}
