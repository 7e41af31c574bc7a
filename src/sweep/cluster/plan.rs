//! The plan of a sweep beyond one machine: `manifest.json`, beside `sweep.toml` and `config.toml`.
//!
//! It is a function of the sweep, the program and the shards alone, so that several processes that
//! write it write the same bytes.

use std::convert::Infallible;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::bounds::{Runs, split};
use super::error::ClusterError;
use super::histogram::DISTINCT_MAX;
use crate::config::{self, BaseText, Sweep, SweepError, SweepOptions, read_sweep, shell_word};
use crate::store::{MANIFEST_MAX, Store, read_regular_text};
use crate::sweep::columns::run_columns;
use crate::sweep::files::base_file;
use crate::sweep::measures::Measures;
use crate::trace::ConfigId;

/// The name of the file with the plan.
pub const PLAN: &str = "manifest.json";
/// The name of the file with the resolved sweep.
const SWEEP: &str = "sweep.toml";
/// The name of the file with the sweep's base config, from which runs are repeated.
pub const PLAN_BASE: &str = "config.toml";
/// [`Plan::kind`] of every plan.
pub const PLAN_KIND: &str = "sweep-plan";
/// The version of the format of plans and shards.
pub(super) const FORMAT: u32 = 1;
/// Maximum number of shards of a plan.
pub const SHARDS_MAX: u64 = 100_000;
/// The hash of the source that this program was built from.
pub const SOURCE: &str = env!("SIM_SOURCE");
/// Maximum number of sums of a shard: of more, the sums would need more room than the rows.
const SUMS_MAX: u64 = 1 << 19;
/// Maximum size of the output of a shard without its rows, in bytes.
pub(super) const SHARD_MAX: u64 = 256 << 20;
/// Size in `shard.json` of a sum without its histogram, of a value in that, and of a bucket.
const SUM_BYTES: [u64; 3] = [250, 24, 10];
/// More than the number of buckets of a histogram.
const BUCKETS_MAX: u64 = 1 << 13;

/// Which rows of runs are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RowsKept {
    /// None: only sums and the list of failures.
    None,
    /// Those of the runs in the list of failures.
    Violations,
    /// Those of all runs.
    All,
}

impl RowsKept {
    /// Returns the name, as in `--rows`.
    pub fn name(self) -> &'static str {
        match self {
            RowsKept::None => "none",
            RowsKept::Violations => "violations",
            RowsKept::All => "all",
        }
    }
}

/// The plan of a sweep beyond one machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The version of the format.
    pub format: u32,
    /// What the file is.
    pub kind: String,
    /// The version of the program.
    pub sim: String,
    /// The hash of the program's source.
    pub source: String,
    /// The sweep's name and the hash of `sweep.toml`.
    pub config: ConfigId,
    /// What was changed of it, each as `key=value`, by key.
    pub changed: Vec<String>,
    /// The folder of the result, below `sweeps`.
    pub folder: String,
    /// Number of points.
    pub points: u64,
    /// The seeds of each point, the end excluded.
    pub seeds: Runs,
    /// Number of runs. A run's number is that of its point times the number of seeds, plus its seed
    /// less the first one.
    pub runs: u64,
    /// Which rows the shards keep.
    pub rows: RowsKept,
    /// Whether the shards keep sums of all measures.
    pub sums: bool,
    /// The columns of the rows.
    pub columns: Vec<String>,
    /// Number of shards, the first ones, that were planned again: they are not started any more.
    pub replaced: u64,
    /// The runs of each shard, by their numbers, the end excluded.
    pub bounds: Vec<Runs>,
}

/// A plan, its sweep and its folder.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The folder.
    pub folder: PathBuf,
    /// The plan.
    pub plan: Plan,
    /// The sweep.
    pub sweep: Sweep,
}

impl Plan {
    /// Returns the plan of a sweep with this number of shards, or fewer if it has fewer runs.
    ///
    /// # Errors
    /// If the first or the last point's config is invalid.
    pub fn new(
        sweep: &Sweep,
        (folder, changed): (String, Vec<String>),
        shards: u64,
        rows: RowsKept,
    ) -> Result<Plan, ClusterError> {
        let bounds = split((0, sweep.runs()), shards);
        Ok(Plan {
            format: FORMAT,
            kind: PLAN_KIND.to_owned(),
            sim: env!("CARGO_PKG_VERSION").to_owned(),
            source: SOURCE.to_owned(),
            config: ConfigId { name: sweep.name.clone(), blake3: config::hash(&sweep.resolved()) },
            changed,
            folder,
            points: sweep.points(),
            seeds: (sweep.seeds.start, sweep.seeds.end),
            runs: sweep.runs(),
            rows,
            sums: has_room(sweep, &bounds)?,
            columns: run_columns(sweep).into_iter().map(|column| column.name).collect(),
            replaced: 0,
            bounds,
        })
    }

    /// Splits all runs into this number of shards, or fewer if there are fewer runs.
    ///
    /// # Errors
    /// If the first or the last point's config is invalid.
    pub fn split_again(&mut self, sweep: &Sweep, shards: u64) -> Result<(), ClusterError> {
        self.bounds = split((0, self.runs), shards);
        self.sums = has_room(sweep, &self.bounds)?;
        Ok(())
    }

    /// Adds shards, which replace all earlier ones; returns whether there is room for the sums that
    /// the plan keeps.
    ///
    /// # Errors
    /// If the first or the last point's config is invalid.
    pub fn replace(&mut self, sweep: &Sweep, bounds: Vec<Runs>) -> Result<bool, ClusterError> {
        let fits = !self.sums || has_room(sweep, &bounds)?;
        self.replaced = self.bounds.len() as u64;
        self.bounds.extend(bounds);
        Ok(fits)
    }

    /// Returns the text of `manifest.json`: a line for each field, and one for each shard.
    pub fn text(&self) -> String {
        let head = Plan { bounds: vec![], ..self.clone() };
        let text = serde_json::to_string_pretty(&head).expect("strings and numbers");
        let head = text.strip_suffix("[]\n}").unwrap_or(&text);
        let bounds = self.bounds.iter().map(|(from, to)| format!("    [{from}, {to}]"));
        format!("{head}[\n{}\n  ]\n}}\n", bounds.collect::<Vec<_>>().join(",\n"))
    }

    /// Writes the plan and its sweep into a folder, the manifest last.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn write(&self, sweep: &Sweep, store: &Store, folder: &Path) -> Result<(), ClusterError> {
        store.make_folder(folder)?;
        store.put_shared(folder, SWEEP, sweep.resolved().as_bytes())?;
        store.put_shared(folder, PLAN_BASE, base_file(sweep).as_bytes())?;
        Ok(store.put_shared(folder, PLAN, self.text().as_bytes())?)
    }

    /// Returns the numbers of the shards that are still started.
    pub fn active(&self) -> std::ops::Range<u64> {
        self.replaced..self.bounds.len() as u64
    }

    /// Opens the plan in a folder; `path` is that folder, or the manifest.
    ///
    /// # Errors
    /// If there is none, or it is of another version of the program or of another sweep.
    pub fn open(path: &Path) -> Result<Opened, ClusterError> {
        let path = if path.is_dir() { path.join(PLAN) } else { path.to_owned() };
        let folder = path.parent().filter(|folder| *folder != Path::new(""));
        let folder = folder.unwrap_or(Path::new(".")).to_owned();
        let text = read(&path)?;
        let plan = Plan::parse(&text, &path)?;
        let sweep_path = folder.join(SWEEP);
        let text = read(&sweep_path)?;
        let other = |path: &Path| {
            let what = format!(
                "it is not the sweep that {PLAN} was made for (`{}`); plan again",
                crate::escape::line(&plan.config.name)
            );
            ClusterError::data(path, what)
        };
        if config::hash(&text) != plan.config.blake3 {
            return Err(other(&sweep_path));
        }
        let name = sweep_path.display().to_string();
        let no_base = |_: &str| -> Result<BaseText, Infallible> { unreachable!("it has its base") };
        let sweep = match read_sweep(&name, &text, &SweepOptions::default(), no_base) {
            Ok(sweep) => sweep,
            Err(SweepError::Config(error)) => return Err(error.into()),
            Err(SweepError::Base(never)) => match never {},
        };
        let is_its = plan.runs == sweep.runs() && plan.points == sweep.points();
        if !is_its || plan.seeds != (sweep.seeds.start, sweep.seeds.end) {
            return Err(other(&path));
        }
        Ok(Opened { folder, plan, sweep })
    }

    fn parse(text: &str, path: &Path) -> Result<Plan, ClusterError> {
        #[derive(Deserialize)]
        struct Head {
            kind: String,
            sim: String,
            source: String,
        }
        let unfit = |problem: String| ClusterError::data(path, problem);
        let no_plan = |error: &dyn std::fmt::Display| {
            unfit(format!("it is no plan of a sweep: {error}; `sim sweep plan` makes one"))
        };
        let head: Head = serde_json::from_str(text).map_err(|error| no_plan(&error))?;
        if head.kind != PLAN_KIND {
            return Err(no_plan(&format!("its kind is `{}`", crate::escape::line(&head.kind))));
        }
        check_program(&head.sim, &head.source).map_err(unfit)?;
        let plan: Plan = serde_json::from_str(text).map_err(|error| no_plan(&error))?;
        let is_plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        if plan.folder.is_empty() || !Path::new(&plan.folder).components().all(is_plain) {
            return Err(no_plan(&"`folder` leads elsewhere"));
        }
        let is_within = |(from, to): &Runs| from < to && *to <= plan.runs;
        if !plan.bounds.iter().all(is_within) || plan.replaced >= plan.bounds.len() as u64 {
            return Err(no_plan(&"its bounds are not within its runs"));
        }
        // The shards that were planned first are all runs in their order.
        let mut end = 0;
        let is_next = |(from, to): &&Runs| {
            let is_next = end < plan.runs && *from == end;
            end = *to;
            is_next
        };
        if plan.bounds.iter().take_while(is_next).last().is_none_or(|(_, to)| *to != plan.runs) {
            return Err(no_plan(&"its bounds leave runs out"));
        }
        Ok(plan)
    }
}

/// Returns whether each of these shards has room for the sums of all measures.
fn has_room(sweep: &Sweep, bounds: &[Runs]) -> Result<bool, ClusterError> {
    let measures =
        |point| Ok::<_, ClusterError>(Measures::of(sweep.point(point)?.experiment()).count());
    let each = measures(0)?.max(measures(sweep.points() - 1)?);
    let seeds = sweep.seeds.end - sweep.seeds.start;
    Ok(bounds.iter().all(|runs| fits(*runs, seeds, each)))
}

/// Returns whether a shard has room for its sums, with this number of seeds for each point and of
/// measures.
fn fits((from, to): Runs, seeds: u64, each: u64) -> bool {
    let points = (to - 1) / seeds - from / seeds + 1;
    let sums = points.saturating_mul(each);
    // A point has at most all of its seeds, and the shard's runs.
    let runs = seeds.min(to - from);
    let [head, value, bucket] = SUM_BYTES;
    let histogram = (value * runs.min(DISTINCT_MAX as u64)).max(bucket * runs.min(BUCKETS_MAX));
    sums <= SUMS_MAX && sums.saturating_mul(head + histogram) <= SHARD_MAX
}

/// Checks that a file was written by this program.
///
/// # Errors
/// The problem, with a hint.
pub(super) fn check_program(sim: &str, source: &str) -> Result<(), String> {
    let ours = env!("CARGO_PKG_VERSION");
    let sim = crate::escape::line(sim);
    if sim != ours {
        return Err(format!("it is of sim {sim}, and this is sim {ours}; use one of them for all"));
    }
    if source != SOURCE {
        return Err(format!(
            "it is of sim {sim} built from other source ({}, and this is {SOURCE}); use one \
             program for all",
            crate::escape::line(source)
        ));
    }
    Ok(())
}

/// Returns the folder of a shard.
pub(super) fn shard_folder(folder: &Path, index: u64) -> PathBuf {
    folder.join(format!("part/shard={index:06}"))
}

/// Returns the command that plans missing runs of the plan in a folder again.
pub(super) fn plan_again_hint(folder: &Path) -> String {
    let folder = shell_word(&folder.display().to_string());
    format!("`sim sweep plan {folder} --missing` plans its runs again")
}

/// Returns indices, in their order, as an array specification, such as `3,17-20`.
pub fn index_spec(indices: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = vec![];
    for index in indices {
        match parts.last_mut() {
            Some((_, last)) if *last + 1 == *index => *last = *index,
            _ => parts.push((*index, *index)),
        }
    }
    let part = |(first, last): &(u64, u64)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    };
    parts.iter().map(part).collect::<Vec<_>>().join(",")
}

fn read(path: &Path) -> Result<String, ClusterError> {
    read_regular_text(path, MANIFEST_MAX).map_err(|error| {
        let problem = match error.kind() {
            std::io::ErrorKind::NotFound => "there is no such file; `sim sweep plan` makes one",
            _ => return ClusterError::data(path, error.to_string()),
        };
        ClusterError::data(path, problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_a_shard_are_bounded_by_their_number_and_size() {
        assert!(fits((0, 75_000), 1, 1));
        assert!(!fits((0, 600_000), 1, 1));
        // 75,000 sums of 300 values each would be larger than any reader accepts.
        assert!(!fits((0, 75_000 * 300), 300, 1));
        assert!(fits((0, 7_500 * 300), 300, 1));
        assert!(!fits((0, 100 * 1_000_000), 1_000_000, 40));
        assert!(fits((5, 1_000_005), 1_000_000, 40));
    }

    #[test]
    fn indices_are_an_array_specification() {
        assert_eq!(index_spec(&[3, 17, 18, 19, 20]), "3,17-20");
        assert_eq!(index_spec(&[0]), "0");
        assert_eq!(index_spec(&[]), "");
    }
}
