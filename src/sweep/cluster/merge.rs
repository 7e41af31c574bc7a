//! The merge of all shards: a tree over their outputs in the order of the runs, in bounded memory.
//!
//! A few outputs at a time are read on all cores and merged in pairs. Sums are integers, so the
//! tree gives what any other order gives. A point whose last run has come is handed over at once.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use rayon::ThreadPool;
use rayon::prelude::*;

use super::bounds::Runs;
use super::error::ClusterError;
use super::gather::PointSums;
use super::plan::{Opened, RowsKept, index_spec, plan_again_hint, shard_folder};
use super::shard_file::{RowsFile, SHARD, ShardFile, ShardHead, Unfit};
use super::status::{ShardState, Status};
use super::sum::{Sum, merge_all, units};
use crate::config::Sweep;
use crate::store::{StoreError, open_regular};
use crate::sweep::checkpoint::FAILURES_MAX;
use crate::sweep::job::{FailureKind, RunFailure};
use crate::sweep::measures::Measures;
use crate::sweep::points::{PointRows, points_header};
use crate::sweep::table::{RunsReader, header};

/// Number of outputs for each worker that are read at a time.
const AT_ONCE: usize = 8;
/// Size of the outputs that are read at a time, in bytes, unless a single one is larger.
const CHUNK_BYTES: u64 = 256 << 20;

/// A merge of all shards of a plan.
#[derive(Debug)]
pub struct Merge<'a> {
    opened: &'a Opened,
    /// The numbers of the shards whose outputs are used, in the order of their runs.
    used: Vec<u64>,
}

/// What the shards have done together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// Number of runs.
    pub runs: u64,
    /// Number of runs that reached a limit.
    pub limited: u64,
    /// Number of other runs whose verdict is undetermined.
    pub undetermined: u64,
    /// Number of runs that failed.
    pub failure_count: u64,
    /// Number of failures that are panics.
    pub panics: u64,
    /// The first runs that failed.
    pub failures: Vec<RunFailure>,
}

/// Receives the parts of a merge, in the order of the runs.
pub trait MergeSink {
    /// Appends rows.
    ///
    /// # Errors
    /// If the disk fails.
    fn rows(&mut self, rows: &[u8]) -> Result<(), StoreError>;

    /// Takes the sums of a point that has no further runs.
    ///
    /// # Errors
    /// If the disk fails, or the point's config is invalid.
    fn point(&mut self, point: PointSums) -> Result<(), ClusterError>;
}

/// Several consecutive outputs.
#[derive(Debug, Default)]
struct Part {
    folded: Folded,
    /// For each output the number of its shard, the file with its rows, and its failures.
    files: Vec<(u64, RowsFile, Vec<RunFailure>)>,
    points: Vec<PointSums>,
}

impl<'a> Merge<'a> {
    /// Prepares the merge of a plan.
    ///
    /// # Errors
    /// If a shard is missing or its output cannot be used.
    pub fn ready(opened: &'a Opened) -> Result<Merge<'a>, ClusterError> {
        let status = Status::of(opened);
        let Opened { folder, plan, .. } = opened;
        for (index, state) in (0..).zip(&status.shards) {
            if let ShardState::Damaged(why) = state {
                let path = shard_folder(folder, index).join(SHARD);
                return Err(again(&path, why, opened, index));
            }
        }
        if status.cover.missing.is_empty() {
            return Ok(Merge { opened, used: status.used().map(|(index, _)| *index).collect() });
        }
        let is_open = |index: &u64| status.shards[*index as usize] != ShardState::Done;
        let open: Vec<u64> = plan.active().filter(is_open).collect();
        let (done, runs) = (status.cover.covered, plan.runs);
        let rest = match open.is_empty() {
            true => format!("no shard has the missing ones\n  {}", plan_again_hint(folder)),
            false => {
                let open = index_spec(&open);
                format!("not done are the shards {open}\n  `sim sweep status` says more")
            }
        };
        Err(ClusterError::NotYet(format!("{done} of {runs} runs are done; {rest}")))
    }

    /// Folds all outputs.
    ///
    /// # Errors
    /// If an output is not as it was written, the disk fails, or `stop` returns true.
    pub fn fold(
        &self,
        rows: RowsKept,
        pool: &ThreadPool,
        stop: &dyn Fn() -> bool,
        sink: &mut dyn MergeSink,
    ) -> Result<Folded, ClusterError> {
        let mut all = Folded::default();
        let mut open: Option<PointSums> = None;
        let keeps_sums = rows != RowsKept::All;
        let mut rest = &self.used[..];
        while !rest.is_empty() {
            let (chunk, after) = rest.split_at(self.chunk(rest, pool.current_num_threads()));
            rest = after;
            if stop() {
                return Err(ClusterError::Interrupted);
            }
            let read = || chunk.par_iter().map(|index| self.part(*index, keeps_sums));
            let part =
                pool.install(|| read().try_reduce(Part::default, |a, b| Ok(Part::merged(a, b))))?;
            for (index, file, failures) in &part.files {
                let room = FAILURES_MAX - all.failures.len();
                let listed = &failures[..failures.len().min(room)];
                self.copy_rows(*index, file, (rows, listed), sink)?;
                all.failures.extend_from_slice(listed);
            }
            all.add(&part.folded);
            for point in part.points {
                match &mut open {
                    Some(last) if last.point == point.point => {
                        merge_all(&mut last.sums, point.sums);
                    }
                    _ => {
                        if let Some(done) = open.replace(point) {
                            sink.point(done)?;
                        }
                    }
                }
            }
        }
        if let Some(done) = open {
            sink.point(done)?;
        }
        Ok(all)
    }

    /// Returns how many of these outputs, at least one, are read at a time.
    fn chunk(&self, used: &[u64], workers: usize) -> usize {
        let size = |index: &u64| {
            let path = shard_folder(&self.opened.folder, *index).join(SHARD);
            path.symlink_metadata().map_or(0, |there| there.len())
        };
        let mut bytes = 0;
        let is_within = |index: &&u64| {
            bytes += size(index);
            bytes <= CHUNK_BYTES
        };
        used.iter().take(AT_ONCE * workers).take_while(is_within).count().max(1)
    }

    /// Reads the output of one shard.
    fn part(&self, index: u64, keeps_sums: bool) -> Result<Part, ClusterError> {
        let Opened { folder, plan, .. } = self.opened;
        let folder = shard_folder(folder, index);
        let path = folder.join(SHARD);
        let ShardFile { head, failures, points } =
            ShardFile::read(&folder, plan, index).map_err(|unfit| match unfit {
                Unfit::Missing => ClusterError::NotYet(format!("shard {index} is not done")),
                Unfit::Damaged(why) => again(&path, &why, self.opened, index),
            })?;
        let folded = Folded::of(&head);
        let file = head.file.unwrap_or_default();
        let files = vec![(index, file, failures)];
        Ok(Part { folded, files, points: if keeps_sums { points } else { vec![] } })
    }

    /// Copies the rows of an output that are kept, without the header.
    fn copy_rows(
        &self,
        index: u64,
        file: &RowsFile,
        (kept, failures): (RowsKept, &[RunFailure]),
        sink: &mut dyn MergeSink,
    ) -> Result<(), ClusterError> {
        if file.name.is_empty() || kept == RowsKept::None {
            return Ok(());
        }
        let path = shard_folder(&self.opened.folder, index).join(&file.name);
        let failed = |source| StoreError { operation: "read", path: path.clone(), source };
        let mut rows = open_regular(&path).map_err(failed)?;
        let head = header(&self.opened.sweep).len() as u64;
        let mut pieces = vec![(head, file.bytes)];
        if kept == RowsKept::Violations {
            pieces = places(&self.opened.sweep, &rows, failures)
                .map_err(|error| ClusterError::data(&path, error.to_string()))?;
            rows = open_regular(&path).map_err(failed)?;
        }
        // All bytes are hashed before those that were handed over count.
        let (mut hash, mut at) = (blake3::Hasher::new(), 0);
        let mut buffer = vec![0; 1 << 16];
        loop {
            let count = rows.read(&mut buffer).map_err(failed)?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            let end = at + count as u64;
            for (from, to) in &pieces {
                let (from, to) = ((*from).clamp(at, end), (*to).clamp(at, end));
                if from < to {
                    sink.rows(&buffer[(from - at) as usize..(to - at) as usize])?;
                }
            }
            at = end;
        }
        if at != file.bytes || hash.finalize().to_hex().as_str() != file.blake3 {
            let why = "it was changed since it was written";
            return Err(again(&path, why, self.opened, index));
        }
        Ok(())
    }
}

/// Returns where the rows of these runs are in a file, in their order.
fn places(sweep: &Sweep, rows: &File, failures: &[RunFailure]) -> io::Result<Vec<Runs>> {
    let size = rows.metadata()?.len();
    let mut reader = RunsReader::new(io::BufReader::new(rows.try_clone()?), sweep);
    // A run that panicked has no rows, any other has them together.
    let has_rows = |failure: &&RunFailure| failure.kind != FailureKind::Panicked;
    let mut wanted = failures.iter().filter(has_rows).peekable();
    let (mut pieces, mut current) = (Vec::<Runs>::new(), None::<&RunFailure>);
    let mut is_ahead = reader.next_row()?;
    while is_ahead && (current.is_some() || wanted.peek().is_some()) {
        let from = reader.position().byte();
        let seed = std::str::from_utf8(reader.head(0)).ok().and_then(|seed| seed.parse().ok());
        let is_of = |failure: &RunFailure| {
            seed == Some(failure.seed) && reader.has_cells(&sweep.cells(failure.point))
        };
        current = current.filter(|failure| is_of(failure));
        current = current.or_else(|| wanted.next_if(|failure| is_of(failure)));
        is_ahead = reader.next_row()?;
        if current.is_some() {
            let to = if is_ahead { reader.position().byte() } else { size };
            pieces.push((from, to));
        }
    }
    Ok(pieces)
}

impl Part {
    /// Returns two parts as one; the runs of `b` come after those of `a`.
    fn merged(mut a: Part, b: Part) -> Part {
        a.folded.add(&b.folded);
        a.files.extend(b.files);
        let mut points = b.points.into_iter().peekable();
        if let (Some(last), Some(first)) = (a.points.last_mut(), points.peek())
            && last.point == first.point
            && let Some(first) = points.next()
        {
            merge_all(&mut last.sums, first.sums);
        }
        a.points.extend(points);
        a
    }
}

impl Folded {
    fn of(head: &ShardHead) -> Folded {
        Folded {
            runs: head.runs.1 - head.runs.0,
            limited: head.limited,
            undetermined: head.undetermined,
            failure_count: head.failure_count,
            panics: head.panics,
            failures: vec![],
        }
    }

    /// Adds the counts of another one.
    fn add(&mut self, other: &Folded) {
        self.runs += other.runs;
        self.limited += other.limited;
        self.undetermined += other.undetermined;
        self.failure_count += other.failure_count;
        self.panics += other.panics;
    }
}

fn again(path: &Path, why: &str, opened: &Opened, index: u64) -> ClusterError {
    let shard = format!("`sim sweep shard` with --index {index}");
    let hint = match index < opened.plan.replaced {
        true => format!("{shard} removes it, then {}", plan_again_hint(&opened.folder)),
        false => format!("{shard} runs it again"),
    };
    ClusterError::data(path, format!("{why}\n  {hint}"))
}

/// Returns the rows of `points.csv` of a point, and its lines of `sums.jsonl`. Without a point
/// these are the header, and nothing.
///
/// # Errors
/// If the point's config is invalid.
pub fn write_sums(
    sweep: &Sweep,
    point: Option<&PointSums>,
) -> Result<(Vec<u8>, Vec<u8>), ClusterError> {
    let Some(PointSums { point, sums }) = point else {
        return Ok((points_header(sweep), vec![]));
    };
    let at = sweep.point(*point)?;
    let (cells, measures) = (sweep.cells(*point), Measures::of(at.experiment()));
    let mut table = PointRows::new(&cells, &measures, at.depends_on_seed());
    let mut lines = vec![];
    for (number, sum) in sums.iter().enumerate() {
        let kind = measures.kind(number);
        table.add(number as u64, sum.as_ref().map(|sum| sum.summary(kind)));
        let Some(sum) = sum else { continue };
        let (machine, measure) = measures.name(number);
        let machine = machine.map_or("run".to_owned(), |machine| (machine + 1).to_string());
        let line = Line { point: *point, machine, measure, units: units(kind), sum };
        serde_json::to_writer(&mut lines, &line).expect("writing to memory");
        lines.push(b'\n');
    }
    Ok((table.text, lines))
}

/// A line of `sums.jsonl`.
#[derive(serde::Serialize)]
struct Line<'a> {
    point: u64,
    machine: String,
    measure: &'a str,
    units: i64,
    #[serde(flatten)]
    sum: &'a Sum,
}
