//! The state of a plan's shards, as their folders show it.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::bounds::{Cover, Runs};
use super::error::ClusterError;
use super::heartbeat::{Beat, HEARTBEAT, now_s};
use super::plan::{Opened, shard_folder};
use super::shard_file::{SHARD, ShardFile, ShardHead, Unfit};
use crate::store::{Store, read_regular_text};
use crate::sweep::job::RunFailure;

/// The name of the file that says why an attempt failed.
pub(super) const FAILED: &str = "failed.json";
/// Maximum size of that file, in bytes.
const FAILED_MAX: u64 = 1 << 16;

/// Why the last attempt at a shard failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// Its exit code.
    pub exit: u8,
    /// Its message.
    pub message: String,
}

/// The state of a shard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShardState {
    /// All of its runs are done.
    Done,
    /// A process is at it.
    Running(Beat),
    /// Its process has not been heard of for a while.
    Lost(Beat),
    /// Its last attempt failed.
    Failed(Failed),
    /// Its output is not as it was written.
    Damaged(String),
    /// It is not being run; some of its runs may be done.
    Missing,
    /// It was planned again, as other ones.
    Replaced,
}

/// The state of all shards.
#[derive(Debug)]
pub struct Status {
    /// The state of each shard, by its number.
    pub shards: Vec<ShardState>,
    /// The outputs, with the number of their shards, by these numbers.
    pub outputs: Vec<(u64, ShardHead)>,
    /// Which of these outputs cover the sweep.
    pub cover: Cover,
    /// Number of runs that are done, those of shards under way included.
    pub runs_done: u64,
    /// Seconds until the end, at the speed of the shards under way.
    pub seconds_left: Option<f64>,
}

impl Status {
    /// Looks at all shards of a plan.
    pub fn of(opened: &Opened) -> Status {
        let Opened { folder, plan, .. } = opened;
        let (mut shards, mut outputs) = (vec![], vec![]);
        let now = now_s();
        let (mut under_way, mut rate) = (0, 0.0);
        for (index, bounds) in (0..).zip(&plan.bounds) {
            let part = shard_folder(folder, index);
            let head = with_rows(&part, opened, index);
            let done = head.as_ref().map_or(0, |head| head.runs.1 - head.runs.0);
            let is_done = done == bounds.1 - bounds.0;
            let damage = match head {
                Ok(head) => {
                    outputs.push((index, head));
                    None
                }
                Err(Unfit::Damaged(why)) => Some(why),
                Err(Unfit::Missing) => None,
            };
            let state = match (is_done, damage) {
                (true, _) => ShardState::Done,
                _ if index < plan.replaced => ShardState::Replaced,
                (false, damage) => unfinished(&part, damage, now),
            };
            if let ShardState::Running(beat) = &state {
                under_way += beat.done.saturating_sub(done);
                rate += beat.rate().unwrap_or(0.0);
            }
            shards.push(state);
        }
        let ranges: Vec<Runs> = outputs.iter().map(|(_, head)| head.runs).collect();
        let cover = Cover::of(&ranges, plan.runs);
        let runs_done = (cover.covered + under_way).min(plan.runs);
        let seconds_left = (rate > 0.0).then(|| (plan.runs - runs_done) as f64 / rate);
        Status { shards, outputs, cover, runs_done, seconds_left }
    }

    /// Returns the shards that no process is at and that have to be started, by their numbers.
    pub fn to_start(&self) -> Vec<u64> {
        let waits = |state: &ShardState| match state {
            ShardState::Done | ShardState::Replaced | ShardState::Running(_) => false,
            ShardState::Lost(_)
            | ShardState::Failed(_)
            | ShardState::Damaged(_)
            | ShardState::Missing => true,
        };
        (0..).zip(&self.shards).filter(|(_, state)| waits(state)).map(|(index, _)| index).collect()
    }

    /// Returns the outputs that cover the sweep, in the order of their runs.
    pub fn used(&self) -> impl Iterator<Item = &(u64, ShardHead)> {
        self.cover.used.iter().map(|place| &self.outputs[*place])
    }

    /// Returns the first runs that failed, at most `max` of them, in the order of the runs.
    ///
    /// # Errors
    /// If an output is not as it was written.
    pub fn failures(&self, opened: &Opened, max: usize) -> Result<Vec<RunFailure>, ClusterError> {
        let mut failures = vec![];
        for (index, _) in self.used().filter(|(_, head)| head.failure_count > 0) {
            if failures.len() >= max {
                break;
            }
            let part = shard_folder(&opened.folder, *index);
            match ShardFile::read(&part, &opened.plan, *index) {
                Ok(file) => failures.extend(file.failures),
                // It has just been replaced by one that has more.
                Err(Unfit::Missing) => {}
                Err(Unfit::Damaged(why)) => {
                    return Err(ClusterError::data(&part.join(SHARD), why));
                }
            }
        }
        failures.truncate(max);
        Ok(failures)
    }
}

/// Returns the head of an output whose rows are there in full size.
pub(super) fn with_rows(part: &Path, opened: &Opened, index: u64) -> Result<ShardHead, Unfit> {
    let head = ShardHead::read(part, &opened.plan, index)?;
    if let Some(kept) = &head.file {
        let there = std::fs::symlink_metadata(part.join(&kept.name));
        if !there.is_ok_and(|there| there.is_file() && there.len() == kept.bytes) {
            return Err(Unfit::Damaged(format!("{} is missing or has another size", kept.name)));
        }
    }
    Ok(head)
}

fn unfinished(part: &Path, damage: Option<String>, now: u64) -> ShardState {
    let beat = Beat::read(part);
    match (beat, damage) {
        (Some(beat), _) if beat.is_alive(now) => ShardState::Running(beat),
        (_, Some(why)) => ShardState::Damaged(why),
        (beat, None) => match (failed(part), beat) {
            (Some(failed), _) => ShardState::Failed(failed),
            (None, Some(beat)) => ShardState::Lost(beat),
            (None, None) => ShardState::Missing,
        },
    }
}

fn failed(part: &Path) -> Option<Failed> {
    let text = read_regular_text(&part.join(FAILED), FAILED_MAX).ok()?;
    serde_json::from_str(&text).ok()
}

/// Records why an attempt at a shard failed, as far as that is possible.
pub fn put_failed(store: &Store, folder: &Path, index: u64, failed: &Failed) {
    let part = shard_folder(folder, index);
    let text = serde_json::to_string(failed).expect("strings and numbers");
    // The message is on the terminal in any case.
    let _ = store.make_folder(&part);
    let _ = store.put_shared(&part, FAILED, text.as_bytes());
    // Another attempt may still be at it.
    if Beat::read(&part).is_some_and(|beat| beat.is_ours()) {
        let _ = store.remove(&part.join(HEARTBEAT));
    }
}
