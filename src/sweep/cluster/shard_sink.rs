//! The receiver of a shard's runs: their rows, their failures and their sums.

use std::io::Read;
use std::path::Path;

use super::gather::Gather;
use super::plan::{FORMAT, Plan, RowsKept, SOURCE};
use super::shard_file::{RowsFile, ShardFile, ShardHead};
use crate::config::Sweep;
use crate::store::{SharedFile, StoreError, open_regular};
use crate::sweep::checkpoint::FAILURES_MAX;
use crate::sweep::job::{FailureKind, Job, RunFailure};
use crate::sweep::sink::RunSink;
use crate::sweep::table::header;

/// The receiver of a shard's runs.
pub(super) struct ShardSink<'a> {
    /// The output so far. Its runs, its file and its sums are set at the end.
    head: ShardHead,
    failures: Vec<RunFailure>,
    gather: Option<Gather<'a>>,
    /// Where rows are written; without a file they are only hashed.
    file: Option<SharedFile<'a>>,
    hash: blake3::Hasher,
    bytes: u64,
    /// Rows that are not written yet.
    pending: Vec<u8>,
    /// Rows of a point that are not gathered yet.
    ungathered: (u64, Vec<u8>),
    /// Number of seeds of a point.
    seeds: u64,
}

impl<'a> ShardSink<'a> {
    /// Begins a shard, or goes on after the runs of an earlier output, which is in a folder.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn begin(
        plan: &Plan,
        sweep: &'a Sweep,
        index: u64,
        file: Option<SharedFile<'a>>,
        before: Option<(ShardFile, &Path)>,
    ) -> Result<ShardSink<'a>, StoreError> {
        let from = plan.bounds[index as usize].0;
        let mut sink = ShardSink {
            head: ShardHead {
                format: FORMAT,
                sim: plan.sim.clone(),
                source: SOURCE.to_owned(),
                sweep_blake3: plan.config.blake3.clone(),
                shard: index,
                runs: (from, from),
                rows: plan.rows,
                sums: plan.sums,
                file: None,
                limited: 0,
                undetermined: 0,
                failure_count: 0,
                panics: 0,
            },
            failures: vec![],
            gather: plan.sums.then(|| Gather::new(sweep, vec![])),
            file,
            hash: blake3::Hasher::new(),
            bytes: 0,
            pending: vec![],
            ungathered: (0, vec![]),
            seeds: plan.seeds.1 - plan.seeds.0,
        };
        let Some((before, folder)) = before else {
            sink.write(&header(sweep))?;
            return Ok(sink);
        };
        sink.failures = before.failures;
        sink.gather = plan.sums.then(|| Gather::new(sweep, before.points));
        if let Some(kept) = &before.head.file {
            let path = folder.join(&kept.name);
            let failed = |source| StoreError { operation: "read", path: path.clone(), source };
            let mut rows = open_regular(&path).map_err(failed)?;
            let mut buffer = vec![0; 1 << 16];
            loop {
                match rows.read(&mut buffer).map_err(failed)? {
                    0 => break,
                    count => sink.write(&buffer[..count])?,
                }
            }
        }
        sink.head = ShardHead { file: None, ..before.head };
        Ok(sink)
    }

    /// Returns the number of runs that are done.
    pub(super) fn done(&self) -> u64 {
        self.head.runs.1 - self.head.runs.0
    }

    /// Returns the output, and the file with its rows.
    pub(super) fn finish(mut self) -> (ShardFile, Option<SharedFile<'a>>) {
        self.gather();
        let keeps_rows = self.head.rows != RowsKept::None;
        let file = keeps_rows.then(|| RowsFile::of(self.bytes, &self.hash));
        let head = ShardHead { file, ..self.head };
        let points = self.gather.map_or(vec![], |gather| gather.points);
        (ShardFile { head, failures: self.failures, points }, self.file)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        if let Some(file) = &mut self.file {
            file.write(bytes)?;
        }
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// Adds rows to the sums that are not in them yet.
    fn gather(&mut self) {
        let (point, rows) = &mut self.ungathered;
        if let Some(gather) = &mut self.gather
            && !rows.is_empty()
        {
            gather.add(*point, rows).expect("the config of runs that were done");
        }
        rows.clear();
    }
}

impl RunSink for ShardSink<'_> {
    fn next(&self) -> u64 {
        self.head.runs.1
    }

    fn failure_count(&self) -> u64 {
        self.head.failure_count
    }

    fn add(&mut self, job: Job) {
        let point = self.head.runs.1 / self.seeds;
        if self.ungathered.0 != point {
            self.gather();
            self.ungathered.0 = point;
        }
        if self.gather.is_some() {
            self.ungathered.1.extend_from_slice(&job.rows);
        }
        let is_listed = job.failure.is_some() && self.failures.len() < FAILURES_MAX;
        let is_kept = match self.head.rows {
            RowsKept::All => true,
            RowsKept::Violations => is_listed,
            RowsKept::None => false,
        };
        if is_kept {
            self.pending.extend_from_slice(&job.rows);
        }
        self.head.runs.1 += 1;
        self.head.limited += u64::from(job.limited);
        self.head.undetermined += u64::from(job.undetermined);
        if let Some(failure) = job.failure {
            self.head.failure_count += 1;
            self.head.panics += u64::from(failure.kind == FailureKind::Panicked);
            if is_listed {
                self.failures.push(failure);
            }
        }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.gather();
        let rows = std::mem::take(&mut self.pending);
        self.write(&rows)
    }

    /// Does nothing: an attempt is durable at its end.
    fn save(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
}
