//! `shard.json`: the output of a shard. Two attempts of a shard write the same bytes.
//!
//! Its first line has the hash of all that follows, its second line what is needed to see how far a
//! sweep is.

use std::io::Read;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::bounds::Runs;
use super::gather::PointSums;
use super::plan::{FORMAT, Plan, RowsKept, SHARD_MAX, check_program};
use crate::store::{open_regular, read_regular_text};
use crate::sweep::job::RunFailure;

/// The name of the file.
pub(super) const SHARD: &str = "shard.json";
/// Maximum size of its first two lines, in bytes.
const HEAD_MAX: u64 = 1 << 12;

/// What a shard has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShardHead {
    /// The version of the format.
    pub format: u32,
    /// The version of the program.
    pub sim: String,
    /// The hash of the program's source.
    pub source: String,
    /// The hash of the resolved sweep.
    pub sweep_blake3: String,
    /// The number of the shard.
    pub shard: u64,
    /// The runs that are done, by their numbers, the end excluded.
    pub runs: Runs,
    /// Which rows are kept.
    pub rows: RowsKept,
    /// Whether the sums of all measures are kept.
    pub sums: bool,
    /// The file with the rows; `None` if none are kept.
    pub file: Option<RowsFile>,
    /// Number of runs that reached a limit.
    pub limited: u64,
    /// Number of other runs whose verdict is undetermined.
    pub undetermined: u64,
    /// Number of runs that failed.
    pub failure_count: u64,
    /// Number of failures that are panics.
    pub panics: u64,
}

/// The file with the rows of a shard, with a header.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowsFile {
    /// Its name, which has a part of its hash: different rows have different names.
    pub name: String,
    /// Its size in bytes.
    pub bytes: u64,
    /// Its hash.
    pub blake3: String,
}

/// The output of a shard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ShardFile {
    /// What the shard has done.
    pub head: ShardHead,
    /// The first runs that failed.
    pub failures: Vec<RunFailure>,
    /// The sums of each point; empty if they are not kept.
    pub points: Vec<PointSums>,
}

/// Why the output of a shard cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unfit {
    /// There is none.
    Missing,
    /// It is not as it was written, or of another sweep.
    Damaged(String),
}

impl RowsFile {
    /// Returns the description of a file with these bytes.
    pub(super) fn of(bytes: u64, hash: &blake3::Hasher) -> RowsFile {
        let blake3 = hash.finalize().to_hex().to_string();
        RowsFile { name: format!("runs-{}.csv", &blake3[..16]), bytes, blake3 }
    }

    /// Returns whether a name is one of such a file.
    pub(super) fn is_name(name: &str) -> bool {
        let hash = name.strip_prefix("runs-").and_then(|rest| rest.strip_suffix(".csv"));
        hash.is_some_and(|hash| hash.len() == 16 && hash.bytes().all(|c| c.is_ascii_hexdigit()))
    }
}

impl ShardFile {
    /// Returns the text of the file. One above [`SHARD_MAX`] could not be read again.
    pub(super) fn text(&self) -> String {
        let rest = format!(
            "\"head\":{},\n\"failures\":{},\n\"points\":{}}}\n",
            json(&self.head),
            json(&self.failures),
            json(&self.points)
        );
        let hash = blake3::hash(rest.as_bytes()).to_hex();
        format!("{{\"blake3\":\"{hash}\",\n{rest}")
    }

    /// Reads the output in the folder of a shard, and compares its hash.
    pub(super) fn read(folder: &Path, plan: &Plan, index: u64) -> Result<ShardFile, Unfit> {
        let text = read_regular_text(&folder.join(SHARD), SHARD_MAX).map_err(unreadable)?;
        let unfit = || Unfit::Damaged("it is no output of a shard".to_owned());
        let (first, rest) = text.split_once('\n').ok_or_else(unfit)?;
        let hash = first.strip_prefix("{\"blake3\":\"").and_then(|rest| rest.strip_suffix("\","));
        let hash = hash.ok_or_else(unfit)?;
        if blake3::hash(rest.as_bytes()).to_hex().as_str() != hash {
            return Err(Unfit::Damaged("it was changed since it was written".to_owned()));
        }
        let file: ShardFile =
            serde_json::from_str(&text).map_err(|error| Unfit::Damaged(error.to_string()))?;
        file.head.check(plan, index).map_err(Unfit::Damaged)?;
        Ok(file)
    }
}

impl ShardHead {
    /// Reads the head alone. Its hash is not compared.
    pub(super) fn read(folder: &Path, plan: &Plan, index: u64) -> Result<ShardHead, Unfit> {
        let mut bytes = vec![];
        let file = open_regular(&folder.join(SHARD)).map_err(unreadable)?;
        file.take(HEAD_MAX).read_to_end(&mut bytes).map_err(unreadable)?;
        let unfit = |why: String| Unfit::Damaged(format!("it is no output of a shard: {why}"));
        let text = String::from_utf8_lossy(&bytes);
        let line = text.lines().nth(1).unwrap_or_default();
        let json = line.strip_prefix("\"head\":").and_then(|rest| rest.strip_suffix(','));
        let json = json.ok_or_else(|| unfit("it has no head".to_owned()))?;
        let head: ShardHead =
            serde_json::from_str(json).map_err(|error| unfit(error.to_string()))?;
        head.check(plan, index).map_err(Unfit::Damaged)?;
        Ok(head)
    }

    /// Returns whether all runs of the shard are done.
    pub(super) fn is_done(&self, plan: &Plan) -> bool {
        plan.bounds.get(self.shard as usize) == Some(&self.runs)
    }

    /// Checks that this is an output of this shard of this plan.
    fn check(&self, plan: &Plan, index: u64) -> Result<(), String> {
        check_program(&self.sim, &self.source)?;
        if self.sweep_blake3 != plan.config.blake3 {
            return Err("it is of another sweep".to_owned());
        }
        let (from, to) = plan.bounds.get(index as usize).copied().unwrap_or_default();
        let is_part = self.runs.0 == from && from < self.runs.1 && self.runs.1 <= to;
        let keeps_same = (self.rows, self.sums) == (plan.rows, plan.sums);
        if self.format != FORMAT || self.shard != index || !is_part || !keeps_same {
            return Err(format!("it is not of shard {index} of this plan"));
        }
        let is_named = |file: &RowsFile| RowsFile::is_name(&file.name);
        if !self.file.as_ref().is_none_or(is_named) {
            return Err("its rows have a name that no shard gives".to_owned());
        }
        Ok(())
    }
}

fn unreadable(error: std::io::Error) -> Unfit {
    match error.kind() {
        std::io::ErrorKind::NotFound => Unfit::Missing,
        _ => Unfit::Damaged(error.to_string()),
    }
}

/// Returns the JSON of a value on one line.
fn json<T: Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("strings and numbers")
}
