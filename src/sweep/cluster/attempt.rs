//! An attempt at a shard: its runs, and the files that it leaves.
//!
//! Rows are written under a temporary name. At the end they are renamed to a name that has a part
//! of their hash, and `shard.json` is replaced by a rename. So several attempts at a time leave a
//! valid output, whichever comes last; an attempt that ends early leaves what it has done, from
//! which the next one goes on.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rayon::ThreadPool;

use super::error::ClusterError;
use super::heartbeat::{Beat, HEARTBEAT, Heartbeat};
use super::plan::{Opened, PLAN, Plan, RowsKept, SHARD_MAX, plan_again_hint, shard_folder};
use super::shard_file::{RowsFile, SHARD, ShardFile, ShardHead, Unfit};
use super::shard_sink::ShardSink;
use super::status::{FAILED, with_rows};
use crate::store::{SharedFile, Store, is_shared_temporary, open_regular};
use crate::sweep::drive::{Drive, Outlook, SweepFailure};
use crate::sweep::job::Runner;
use crate::sweep::memory::SharedMemory;
use crate::sweep::stopwatch::Stopwatch;

/// An attempt at a shard.
#[derive(Clone, Copy)]
pub struct Attempt<'a> {
    /// The plan.
    pub opened: &'a Opened,
    /// The number of the shard, which the plan has.
    pub index: u64,
    /// The disk.
    pub store: &'a Store,
    /// The function that runs one experiment.
    pub runner: Runner<'a>,
    /// The workers.
    pub pool: &'a ThreadPool,
    /// Time after which the attempt ends and leaves what it has done, in seconds.
    pub budget_s: Option<f64>,
}

impl std::fmt::Debug for Attempt<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attempt").field("index", &self.index).finish_non_exhaustive()
    }
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttemptEnd {
    /// All runs are done; whether they were before.
    Done {
        /// Whether they were done before, or by another attempt.
        already: bool,
    },
    /// It was stopped, with this number of the shard's runs done.
    Stopped {
        /// Number of runs that are done.
        done: u64,
    },
    /// The shard was planned again, as other ones.
    Replaced,
}

/// Number of times that an output which seems damaged is read.
const LOOKS: u32 = 4;

impl<'a> Attempt<'a> {
    fn folder(&self) -> PathBuf {
        shard_folder(&self.opened.folder, self.index)
    }

    fn bounds(&self) -> (u64, u64) {
        self.opened.plan.bounds[self.index as usize]
    }

    fn drive(&self) -> Drive<'a> {
        let Attempt { opened, runner, pool, .. } = *self;
        let memory = SharedMemory::of_host();
        Drive { sweep: &opened.sweep, runner, pool, memory, backwards: false }
    }

    /// Runs what is missing of the shard, and puts its output in place. `note` is handed warnings.
    ///
    /// # Errors
    /// If a config is invalid or the disk fails.
    pub fn run(
        &self,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(Outlook),
        note: &mut dyn FnMut(&str),
    ) -> Result<AttemptEnd, ClusterError> {
        let (folder, plan) = (self.folder(), &self.opened.plan);
        let before = match self.existing(&folder) {
            Ok(file) if file.head.is_done(plan) => {
                self.clean(None)?;
                return Ok(AttemptEnd::Done { already: true });
            }
            Err(Unfit::Damaged(why)) => {
                let is_replaced = self.index < plan.replaced;
                let next = match is_replaced {
                    true => format!("removed; {}", plan_again_hint(&self.opened.folder)),
                    false => "the shard is run again".to_owned(),
                };
                note(&format!("{}: {why}; {next}", folder.join(SHARD).display()));
                // Its head alone would look as if the shard was done.
                self.store.remove(&folder.join(SHARD))?;
                if is_replaced {
                    return Ok(AttemptEnd::Replaced);
                }
                None
            }
            _ if self.index < plan.replaced => return Ok(AttemptEnd::Replaced),
            Ok(file) => Some(file),
            Err(Unfit::Missing) => None,
        };
        self.store.make_folder(&folder)?;
        self.store.remove(&folder.join(FAILED))?;
        match self.run_rest(&folder, before, stop, report) {
            Ok(end) => Ok(end),
            // Another attempt that finishes removes the files of this one.
            Err(error) => match ShardHead::read(&folder, plan, self.index) {
                Ok(head) if head.is_done(plan) => Ok(AttemptEnd::Done { already: true }),
                _ => Err(error),
            },
        }
    }

    fn run_rest(
        &self,
        folder: &Path,
        before: Option<ShardFile>,
        stop: &(dyn Fn() -> bool + Sync),
        report: &mut dyn FnMut(Outlook),
    ) -> Result<AttemptEnd, ClusterError> {
        let (clock, (from, to)) = (Stopwatch::start(), self.bounds());
        let first = before.as_ref().map_or(from, |file| file.head.runs.1);
        let old = before.as_ref().and_then(|file| file.head.file.clone());
        let beat = Heartbeat::start(folder, &self.opened.plan, self.index, first - from);
        let rows = match self.opened.plan.rows {
            RowsKept::None => None,
            RowsKept::Violations | RowsKept::All => Some(SharedFile::create(self.store, folder)?),
        };
        let Opened { plan, sweep, .. } = self.opened;
        let before = before.map(|file| (file, folder));
        let mut sink = ShardSink::begin(plan, sweep, self.index, rows, before)?;
        let budget_s = self.budget_s;
        let is_over = || budget_s.is_some_and(|budget| clock.seconds() >= budget);
        let stop = || stop() || is_over() || beat.is_overtaken();
        let mut report = |outlook: Outlook| {
            beat.done(outlook.done - from);
            let total = to - from;
            report(Outlook { done: outlook.done - from, total, ..outlook });
        };
        self.drive().run_until(to, &mut sink, &stop, &mut report).map_err(failure)?;
        if beat.is_overtaken() {
            return Ok(AttemptEnd::Done { already: true });
        }
        let done = sink.done();
        match done == first - from {
            true => drop(sink),
            false => self.publish(folder, sink)?,
        }
        drop(beat);
        match ShardHead::read(folder, &self.opened.plan, self.index) {
            Ok(head) => {
                self.clean(old.as_ref())?;
                let done = head.runs.1 - head.runs.0;
                Ok(match head.is_done(&self.opened.plan) {
                    true => AttemptEnd::Done { already: false },
                    false => AttemptEnd::Stopped { done },
                })
            }
            Err(_) => {
                self.clean(None)?;
                Ok(AttemptEnd::Stopped { done })
            }
        }
    }

    /// Returns the output of the shard. Damage counts only if nothing was changed meanwhile:
    /// another attempt that replaces the output removes the rows of the one before.
    fn existing(&self, folder: &Path) -> Result<ShardFile, Unfit> {
        let (plan, index) = (&self.opened.plan, self.index);
        let mut last = None;
        for _ in 0..LOOKS {
            let head = ShardHead::read(folder, plan, index);
            let why = match existing(folder, plan, index) {
                Err(Unfit::Damaged(why)) => why,
                found => return found,
            };
            if last.as_ref() == Some(&(head.clone(), why.clone())) {
                return Err(Unfit::Damaged(why));
            }
            last = Some((head, why));
        }
        // It changes all the time, so others are at it, and it is read by them.
        Err(Unfit::Missing)
    }

    /// Puts the output in place, unless another attempt has done more.
    fn publish(&self, folder: &Path, sink: ShardSink<'_>) -> Result<(), ClusterError> {
        let plan = &self.opened.plan;
        let (file, rows) = sink.finish();
        let is_wanted = || {
            let there = with_rows(folder, self.opened, self.index);
            there.map_or(true, |there| there.runs.1 <= file.head.runs.1)
        };
        if !is_wanted() {
            return Ok(());
        }
        let text = file.text();
        if text.len() as u64 > SHARD_MAX {
            let what = format!(
                "its sums take {} bytes, and {SHARD_MAX} can be read; use more shards",
                text.len()
            );
            return Err(ClusterError::data(&folder.join(SHARD), what));
        }
        // What is left of a shard that was planned again must not overlap with the new ones.
        let now = Plan::open(&self.opened.folder.join(PLAN))?.plan;
        if !file.head.is_done(plan) && self.index < now.replaced {
            return Ok(());
        }
        // The rows come first, so that what shard.json names is there.
        if let (Some(rows), Some(kept)) = (rows, &file.head.file) {
            rows.commit(&kept.name)?;
        }
        let mut shard = SharedFile::create(self.store, folder)?;
        shard.write(text.as_bytes())?;
        shard.commit_if(SHARD, is_wanted)?;
        Ok(())
    }

    /// Removes what is left of attempts but the output that is there now. While runs are missing,
    /// another attempt may be under way, and of its files only `old` goes, the rows that this
    /// attempt began with.
    fn clean(&self, old: Option<&RowsFile>) -> Result<(), ClusterError> {
        let (folder, plan) = (self.folder(), &self.opened.plan);
        let head = ShardHead::read(&folder, plan, self.index).ok();
        let is_done = head.as_ref().is_some_and(|head| head.is_done(plan));
        let kept = head.and_then(|head| head.file);
        let is_kept = |name: &str| kept.as_ref().is_some_and(|kept| kept.name == name);
        let is_old = |name: &str| old.is_some_and(|old| old.name == name);
        let is_left = |name: &str| match RowsFile::is_name(name) {
            true => !is_kept(name) && (is_done || is_old(name)),
            false if is_done => is_shared_temporary(name) || name == HEARTBEAT || name == FAILED,
            false => false,
        };
        if !is_done && Beat::read(&folder).is_some_and(|beat| beat.is_ours()) {
            self.store.remove(&folder.join(HEARTBEAT))?;
        }
        Ok(self.store.clean_shared(&folder, is_left)?)
    }
}

/// Runs a shard that is done again; returns whether it gives the same output.
///
/// # Errors
/// If the shard has no valid output, or it was asked to stop.
pub fn verify(
    attempt: &Attempt<'_>,
    stop: &(dyn Fn() -> bool + Sync),
    report: &mut dyn FnMut(Outlook),
) -> Result<bool, ClusterError> {
    let (folder, index) = (attempt.folder(), attempt.index);
    let Opened { plan, sweep, .. } = attempt.opened;
    let there = existing(&folder, plan, index).map_err(|unfit| match unfit {
        Unfit::Missing => ClusterError::NotYet(format!("shard {index} is not done")),
        Unfit::Damaged(why) => ClusterError::data(&folder.join(SHARD), why),
    })?;
    let mut sink = ShardSink::begin(plan, sweep, index, None, None)?;
    let (from, to) = there.head.runs;
    let mut report = |outlook: Outlook| {
        report(Outlook { done: outlook.done - from, total: to - from, ..outlook });
    };
    attempt.drive().run_until(to, &mut sink, stop, &mut report).map_err(failure)?;
    if sink.done() < to - from {
        return Err(ClusterError::Interrupted);
    }
    let (found, _) = sink.finish();
    Ok(found == there)
}

/// Returns the output of a shard, whose hashes are compared.
pub(super) fn existing(folder: &Path, plan: &Plan, index: u64) -> Result<ShardFile, Unfit> {
    let file = ShardFile::read(folder, plan, index)?;
    if let Some(kept) = &file.head.file {
        check_rows(&folder.join(&kept.name), kept).map_err(Unfit::Damaged)?;
    }
    Ok(file)
}

/// Compares the hash of a file with rows.
fn check_rows(path: &Path, kept: &RowsFile) -> Result<(), String> {
    let mut hash = blake3::Hasher::new();
    let read =
        open_regular(path).and_then(|file| io::copy(&mut file.take(kept.bytes + 1), &mut hash));
    let name = &kept.name;
    match read {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(format!("{name} is missing")),
        Err(error) => Err(format!("{name}: {error}")),
        Ok(bytes) if bytes == kept.bytes && hash.finalize().to_hex().as_str() == kept.blake3 => {
            Ok(())
        }
        Ok(_) => Err(format!("{name} was changed since it was written")),
    }
}

fn failure(failure: SweepFailure) -> ClusterError {
    match failure {
        SweepFailure::Config(error) => error.into(),
        SweepFailure::Store(error) => error.into(),
    }
}
