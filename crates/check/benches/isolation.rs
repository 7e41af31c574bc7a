//! The time of checks of isolation: `cargo bench -p detsim-check --bench isolation`.
//!
//! A database of registers runs transactions of eight reads and writes of 20 sessions, each of
//! which has one transaction at a time; what it does is right for serializability, or for snapshot
//! isolation alone. Printed are the time of a check and operations per second, the linking of reads
//! to writes included. Histories of others lie in `../shared/data/isolation`, where it is there.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock and the files that it is given"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

mod measure;

use std::path::{Path, PathBuf};

use sim_check::isolation::{Checker, Level, Limits, Outcome, RegisterHistory, Status, Times};
use sim_records::registers::RegisterFormat;

use measure::{cpu_seconds, forget_peak, peak};

/// Number of sessions.
const SESSIONS: usize = 20;
/// Number of reads and writes of a transaction.
const LENGTH: usize = 8;

/// What a history is like.
#[derive(Clone, Copy)]
struct Shape {
    name: &'static str,
    transactions: usize,
    keys: usize,
    /// Whether a transaction reads from a snapshot of when it began, rather than of its commit.
    is_snapshot: bool,
    /// Number of transactions that read from another snapshot than their own.
    wrong: usize,
}

fn main() {
    let weak = [Level::ReadCommitted, Level::ReadAtomic, Level::Causal];
    let strong = [
        Level::StrongSessionSnapshotIsolation,
        Level::StrongSessionSerializable,
        Level::SnapshotIsolation,
        Level::Serializable,
        Level::StrongSnapshotIsolation,
        Level::StrictSerializable,
    ];
    let serial = Shape {
        name: "serializable",
        transactions: 100_000,
        keys: 10_000,
        is_snapshot: false,
        wrong: 0,
    };
    check(serial, &weak);
    check(Shape { transactions: 1_000_000, ..serial }, &weak);
    check(Shape { wrong: 1, ..serial }, &weak);
    check(Shape { transactions: 10_000, ..serial }, &strong);
    check(Shape { transactions: 100_000, ..serial }, &strong[..2]);
    let snapshot = Shape { name: "snapshots", is_snapshot: true, transactions: 10_000, ..serial };
    check(snapshot, &strong[..3]);
    check(Shape { wrong: 1, ..snapshot }, &strong[..2]);
    check(Shape { keys: 1_000, ..snapshot }, &strong[..3]);
    check(Shape { keys: 100, ..snapshot }, &strong[..2]);
    check(Shape { keys: 100, transactions: 10_000, ..serial }, &strong[..2]);
    // Without the order of sessions little is known; this one reaches its limit of work.
    let limits = Limits { steps_max: 1 << 28, ..Limits::DEFAULT };
    measure(&Database::new(snapshot).history(), Level::Serializable, limits);
    check_others(Path::new("../../../shared/data/isolation"));
}

fn check(shape: Shape, levels: &[Level]) {
    let history = Database::new(shape).history();
    println!(
        "{}: {} transactions, {} operations, {} keys{}",
        shape.name,
        history.len(),
        history.accesses(),
        shape.keys,
        if shape.wrong > 0 { ", one wrong" } else { "" }
    );
    for level in levels {
        measure(&history, *level, Limits::DEFAULT);
    }
}

fn measure(history: &RegisterHistory, level: Level, limits: Limits) {
    let before = forget_peak();
    let (begin, cpu) = (std::time::Instant::now(), cpu_seconds());
    let outcome = Checker::new(history, limits).check(level);
    let (seconds, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds() - cpu);
    let mebibytes = peak().saturating_sub(before) >> 20;
    let outcome = match outcome {
        Outcome::Holds => "holds".to_owned(),
        Outcome::Broken(witness) => {
            let count = witness.transactions.len();
            format!("broken by {count} transactions: {}", witness.anomaly)
        }
        Outcome::Undetermined(why) => format!("undetermined: {why}"),
    };
    let rate = history.accesses() as f64 / cpu / 1e6;
    println!(
        "  {:34} {seconds:7.2} s, {cpu:6.2} s of CPU, {rate:5.2} M operations/s, {mebibytes} \
         MiB  {outcome}",
        level.name()
    );
}

/// Histories of others, each folder and file named after what holds.
fn check_others(root: &Path) {
    let mut files = Vec::new();
    collect(root, &mut files);
    if files.is_empty() {
        println!("skipped: {} is not there", root.display());
    }
    files.sort();
    for file in files {
        let Ok(text) = std::fs::read(&file) else { continue };
        let Some(format) = RegisterFormat::of(&text) else { continue };
        let accesses = format.read(&text[..]);
        let Ok(history) = RegisterHistory::of_accesses(accesses, format.initial()) else {
            println!("{}: not readable", file.display());
            continue;
        };
        println!("{}", file.strip_prefix(root).unwrap_or(&file).display());
        for level in Level::ALL.into_iter().filter(|level| level.with_sessions() == *level).take(5)
        {
            measure(&history, level, Limits::DEFAULT);
        }
    }
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()) {
        match path.is_dir() {
            true => collect(&path, files),
            false if path.extension().is_some_and(|ending| ending == "txt") => files.push(path),
            false => {}
        }
    }
}

/// A transaction that is running.
struct Running {
    begin: u64,
    /// Number of commits that it sees.
    snapshot: usize,
}

/// A database that is right, but for what its shape says.
struct Database {
    shape: Shape,
    random: u64,
    history: RegisterHistory,
    /// For each key, the number of the commit and the value of each version.
    versions: Vec<Vec<(usize, i64)>>,
    commits: usize,
    next_value: i64,
}

impl Database {
    fn new(shape: Shape) -> Database {
        let versions = vec![vec![]; shape.keys];
        let history = RegisterHistory::new();
        Database { shape, random: 1, history, versions, commits: 0, next_value: 1 }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.random =
            self.random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (self.random >> 33) as usize % bound
    }

    fn history(mut self) -> RegisterHistory {
        let sessions: Vec<u32> =
            (0..SESSIONS).map(|number| self.history.session(number.to_string())).collect();
        let mut running: Vec<Running> =
            (0..SESSIONS).map(|begin| Running { begin: begin as u64, snapshot: 0 }).collect();
        let mut time = SESSIONS as u64;
        let wrong = self.shape.transactions / 2..self.shape.transactions / 2 + self.shape.wrong;
        while self.history.len() < self.shape.transactions {
            let session = self.below(SESSIONS);
            let mut snapshot = match self.shape.is_snapshot {
                true => running[session].snapshot,
                false => self.commits,
            };
            if wrong.contains(&self.history.len()) {
                snapshot /= 2;
            }
            let times = Times { begin: running[session].begin, end: Some(time + 1) };
            self.transaction(sessions[session], snapshot, times);
            running[session] = Running { begin: time + 2, snapshot: self.commits };
            time += 3;
        }
        self.history
    }

    /// Runs a transaction, unless another one has written since its snapshot what it would write.
    fn transaction(&mut self, session: u32, snapshot: usize, times: Times) {
        let accesses: Vec<(usize, bool)> =
            (0..LENGTH).map(|_| (self.below(self.shape.keys), self.below(2) == 0)).collect();
        let is_late = |(key, is_write): &(usize, bool)| {
            *is_write && self.versions[*key].last().is_some_and(|(commit, _)| *commit > snapshot)
        };
        if accesses.iter().any(is_late) && self.shape.is_snapshot {
            return;
        }
        let number = self.history.len() as i64;
        let id = self.history.begin(session, number, Status::Committed, Some(times));
        self.commits += 1;
        let mut own: Vec<(usize, i64)> = Vec::new();
        for (key, is_write) in accesses {
            if is_write {
                self.history.write(id, key as i64, self.next_value);
                own.push((key, self.next_value));
                self.next_value += 1;
                continue;
            }
            let written = own.iter().rev().find(|(other, _)| *other == key).map(|own| own.1);
            let versions = &self.versions[key];
            let seen = versions.partition_point(|(commit, _)| *commit <= snapshot);
            let seen = seen.checked_sub(1).map(|last| versions[last].1);
            self.history.read(id, key as i64, written.or(seen));
        }
        for (key, value) in own {
            self.versions[key].push((self.commits, value));
        }
    }
}
