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
use super::heartbeat::{HEARTBEAT, Heartbeat};
use super::plan::{Opened, PLAN, Plan, RowsKept, shard_folder};
use super::shard_file::{RowsFile, SHARD, ShardFile, ShardHead, Unfit};
use super::shard_sink::ShardSink;
use super::status::FAILED;
use crate::store::{SharedFile, Store, open_regular};
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
        let before = match existing(&folder, plan, self.index) {
            Ok(file) if file.head.is_done(plan) => {
                self.clean(&file.head)?;
                return Ok(AttemptEnd::Done { already: true });
            }
            _ if self.index < plan.replaced => return Ok(AttemptEnd::Replaced),
            Ok(file) => Some(file),
            Err(Unfit::Missing) => None,
            Err(Unfit::Damaged(why)) => {
                let path = folder.join(SHARD).display().to_string();
                note(&format!("{path}: {why}; the shard is run again"));
                // Its head alone would look as if the shard was done.
                self.store.remove(&folder.join(SHARD))?;
                None
            }
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
                self.clean(&head)?;
                let done = head.runs.1 - head.runs.0;
                Ok(match head.is_done(&self.opened.plan) {
                    true => AttemptEnd::Done { already: false },
                    false => AttemptEnd::Stopped { done },
                })
            }
            Err(_) => {
                self.store.clean_shared(folder, |name| name == HEARTBEAT)?;
                Ok(AttemptEnd::Stopped { done })
            }
        }
    }

    /// Puts the output in place, unless another attempt has done as much.
    fn publish(&self, folder: &Path, sink: ShardSink<'_>) -> Result<(), ClusterError> {
        let plan = &self.opened.plan;
        let (file, rows) = sink.finish();
        let there = ShardHead::read(folder, plan, self.index);
        if there.is_ok_and(|there| there.runs.1 > file.head.runs.1) {
            return Ok(());
        }
        // What is left of a shard that was planned again must not overlap with the new ones.
        let now = Plan::open(&self.opened.folder.join(PLAN))?.plan;
        if !file.head.is_done(plan) && self.index < now.replaced {
            return Ok(());
        }
        if let (Some(rows), Some(kept)) = (rows, &file.head.file) {
            rows.commit(&kept.name)?;
        }
        Ok(self.store.put_shared(folder, SHARD, file.text().as_bytes())?)
    }

    /// Removes all files of the shard but its output.
    fn clean(&self, head: &ShardHead) -> Result<(), ClusterError> {
        let kept = head.file.as_ref().map(|file| file.name.as_str());
        let is_left = |name: &str| {
            let is_rows = RowsFile::is_name(name) && Some(name) != kept;
            is_rows || name == HEARTBEAT || name == FAILED
        };
        Ok(self.store.clean_shared(&self.folder(), is_left)?)
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
