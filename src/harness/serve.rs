//! Serving: one of our node programs on standard input and output, as Maelstrom runs nodes.

use std::io::{self, BufRead, Read, Write};
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};

use super::clock::{WallClock, since_epoch};
use super::disk::DiskFile;
use crate::engine::rng::Seed;
use crate::engine::time::Duration;
use crate::glomers::{Incarnation, Options, Solution, StdioNode};
use crate::node::Disk;

/// What is served, and with which options.
#[derive(Clone, Debug)]
pub struct Serving {
    /// The node program.
    pub program: &'static Solution,
    /// Its options.
    pub options: Options,
    /// Folder for state that survives a crash; without it no state does.
    pub disk: Option<PathBuf>,
    /// Name of the run, if it has one: state that another run left on the disk is ignored.
    pub run: Option<String>,
}

/// Reason why a node cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The disk failed.
    #[error("cannot use the disk in {}: {source}", .path.display())]
    Disk {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The output failed.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Maximum length of a line in bytes.
const LINE_MAX: u64 = 1 << 28;
/// Interval between checks for signals.
const LOOK: Duration = Duration::from_ms(100);
/// Maximum number of lines that wait to be handled; beyond it the reader blocks.
const WAITING_MAX: usize = 1024;

/// Serves until the end of the input, or until `stop`, which is polled, returns true.
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

/// Writes the output of a callback: first the changes to the disk, then the messages that depend on
/// them.
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
        // The log may have no reader.
        let _ = writeln!(log, "{line}");
    }
    Ok(())
}

/// Creates an incarnation that is unique: nodes that start at the same time differ by their process
/// ids.
fn life() -> Incarnation {
    let since = since_epoch().as_ns();
    let process = u64::from(std::process::id());
    let seed = (since ^ process.rotate_right(16)) & Seed::MAX.value();
    // Within the integers that other programs can represent exactly.
    let first_number = since / 1_000;
    Incarnation { seed: Seed::new(seed).unwrap_or(Seed::MAX), first_number }
}

/// Reads the lines of an input in a thread of its own, so that timers fire while no line arrives.
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
