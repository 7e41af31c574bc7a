//! One of our node programs behind its own input and output, as Maelstrom runs nodes.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use super::clock::{WallClock, since_epoch};
use super::disk::DiskFile;
use crate::engine::rng::Seed;
use crate::engine::time::Duration;
use crate::glomers::{Incarnation, Options, Solution, StdioNode};
use crate::node::Disk;

/// What is served, and with what.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The program.
    pub program: &'static Solution,
    /// What is set of it.
    pub options: Options,
    /// Where what survives a crash is kept; without it nothing survives.
    pub disk: Option<PathBuf>,
    /// The name of the run, where there is one: what another run has left on the disk is passed
    /// over.
    pub run: Option<String>,
}

/// Why it cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The disk fails.
    #[error("cannot use the disk in {}: {source}", .path.display())]
    Disk {
        /// The folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The output fails.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// The longest line that is read.
const LINE_MAX: u64 = 1 << 28;
/// How often we look for signals.
const LOOK: Duration = Duration::from_ms(100);
/// So many lines wait to be handled; then their writer does.
const WAITING_MAX: usize = 1024;

/// Serves until the input ends, or `stop` says so, which is asked now and then.
///
/// # Errors
/// If the output or the disk fails.
pub fn serve(
    serving: &Serving,
    input: impl Read + Send + 'static,
    out: &mut dyn Write,
    log: &mut dyn Write,
    stop: &dyn Fn() -> bool,
) -> Result<(), ServeError> {
    let clock = WallClock::start();
    let mut node = serving.program.behind(&serving.options, life());
    let lines = lines(input);
    let mut disk_file: Option<DiskFile> = None;
    let mut warned = false;
    loop {
        if stop() {
            return Ok(());
        }
        let timer = node.next_timer().map_or(LOOK, |at| at.saturating_since(clock.now()));
        let wait = std::time::Duration::from_nanos(timer.min(LOOK).as_ns());
        let line = lines.recv_timeout(wait);
        let now = clock.now();
        match line {
            Ok(line) => {
                let mut failed = None;
                let mut open = |name: &str| {
                    let Some(folder) = &serving.disk else { return Disk::noting(vec![]) };
                    match DiskFile::open(folder, name, serving.run.as_deref()) {
                        Ok((disk, file)) => {
                            disk_file = Some(file);
                            disk
                        }
                        Err(source) => {
                            failed = Some(ServeError::Disk { path: folder.clone(), source });
                            Disk::default()
                        }
                    }
                };
                node.on_line(now, &line, &mut open);
                if let Some(error) = failed {
                    return Err(error);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
        }
        node.wake(now);
        write_out(&mut *node, disk_file.as_mut(), serving, out, log, &mut warned)?;
    }
}

/// Writes what a turn came to: first what has to be safe, then what is said because of it.
fn write_out(
    node: &mut dyn StdioNode,
    disk_file: Option<&mut DiskFile>,
    serving: &Serving,
    out: &mut dyn Write,
    log: &mut dyn Write,
    warned: &mut bool,
) -> Result<(), ServeError> {
    let changes = node.disk().take_changes();
    if let Some(file) = disk_file {
        let path = || serving.disk.clone().unwrap_or_default();
        file.write(&changes).map_err(|source| ServeError::Disk { path: path(), source })?;
    } else if !changes.is_empty() && !std::mem::replace(warned, true) {
        let _ =
            writeln!(log, "note: what is to survive a crash needs --disk; without it none does");
    }
    let (said, logged) = node.drain_output();
    for line in said {
        out.write_all(line.as_bytes())?;
        out.flush()?;
    }
    for line in logged {
        // Nobody may listen to the log.
        let _ = writeln!(log, "{line}");
    }
    Ok(())
}

/// A life like no other: nodes that start at one moment differ by their processes.
fn life() -> Incarnation {
    let since = since_epoch().as_ns();
    let process = u64::from(std::process::id());
    let seed = (since ^ process.rotate_right(16)) & Seed::MAX.value();
    // Within what other programs can read exactly.
    let first_number = since / 1_000;
    Incarnation { seed: Seed::new(seed).unwrap_or(Seed::MAX), first_number }
}

/// The lines of an input, read by a thread of its own, so that timers go off while nothing comes.
#[expect(clippy::disallowed_methods, reason = "an input and timers cannot be waited for in one")]
fn lines(input: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = sync_channel(WAITING_MAX);
    std::thread::spawn(move || read_lines(input, &sender));
    receiver
}

fn read_lines(input: impl Read, sender: &SyncSender<Vec<u8>>) {
    let mut input = io::BufReader::new(input);
    loop {
        let mut line = vec![];
        let read = input.by_ref().take(LINE_MAX).read_until(b'\n', &mut line);
        if !matches!(read, Ok(count) if count > 0) {
            return;
        }
        if line.ends_with(b"\n") {
            line.pop();
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if sender.send(line).is_err() {
            return;
        }
    }
}
