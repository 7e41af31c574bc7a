//! Commands side by side, each with a timeout; none disturbs the others.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use super::clock::{WallClock, sleep};
use super::process::RUN;
use crate::engine::time::{Duration, Instant};

/// A command.
#[derive(Clone, Debug)]
pub struct Job {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The folder in which it runs.
    pub folder: PathBuf,
    /// Timeout, after which it is asked to end, and soon killed.
    pub timeout: Duration,
}

/// Outcome of a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobEnd {
    /// What it wrote to stdout, up to 64 MiB.
    pub out: Vec<u8>,
    /// Whether its timeout was reached.
    pub timed_out: bool,
    /// Why it could not be run.
    pub error: Option<String>,
}

/// Maximum number of bytes of the output that are kept.
const OUT_MAX: u64 = 64 << 20;
/// Time between two looks at the commands.
const LOOK: Duration = Duration::from_ms(10);
/// Time from the request to end to the kill.
const GRACE: Duration = Duration::from_seconds(10);

/// A command that runs.
struct Running {
    number: usize,
    child: Child,
    out: File,
    until: Instant,
    asked: Option<Instant>,
    timed_out: bool,
}

/// Runs commands, up to `at_once` at a time in their order, and passes each outcome with the number
/// of its command to `done` as soon as it ends. Returns `false` if `stop`, which is polled, asked
/// to end earlier; then no outcome is passed on any more.
pub fn run_jobs(
    jobs: &[Job],
    at_once: usize,
    stop: &dyn Fn() -> bool,
    done: &mut dyn FnMut(usize, JobEnd),
) -> bool {
    let clock = WallClock::start();
    let mut waiting = jobs.iter().enumerate();
    let mut running: Vec<Running> = vec![];
    loop {
        let is_stopped = stop();
        while running.len() < at_once.max(1) && !is_stopped {
            let Some((number, job)) = waiting.next() else { break };
            match start(job) {
                Ok((child, out)) => {
                    let until = clock.now().saturating_add(job.timeout);
                    let (asked, timed_out) = (None, false);
                    running.push(Running { number, child, out, until, asked, timed_out });
                }
                Err(error) => {
                    done(number, JobEnd { error: Some(error.to_string()), ..JobEnd::default() });
                }
            }
        }
        if running.is_empty() {
            return !is_stopped;
        }
        let now = clock.now();
        running.retain_mut(|one| {
            let has_ended = !matches!(one.child.try_wait(), Ok(None));
            match has_ended {
                true if !is_stopped => done(one.number, one.end()),
                true => {}
                false => one.hurry(now, is_stopped),
            }
            !has_ended
        });
        sleep(LOOK);
    }
}

fn start(job: &Job) -> io::Result<(Child, File)> {
    let out = tempfile::tempfile()?;
    let mut command = Command::new(&job.program);
    command.args(&job.arguments).current_dir(&job.folder).env_remove(RUN);
    // A signal of the terminal goes to this program alone, which passes it on.
    command.process_group(0).stdin(Stdio::null()).stderr(Stdio::null());
    let child = command.stdout(out.try_clone()?).spawn()?;
    Ok((child, out))
}

impl Running {
    /// Asks the command to end if its time is over or all are stopped, and kills it in the end.
    fn hurry(&mut self, now: Instant, is_stopped: bool) {
        let pid = Pid::from_child(&self.child);
        match self.asked {
            None if is_stopped || now >= self.until => {
                self.timed_out = !is_stopped;
                self.asked = Some(now);
                let _ = kill_process(pid, Signal::TERM);
            }
            Some(asked) if now >= asked.saturating_add(GRACE) => {
                let _ = kill_process(pid, Signal::KILL);
            }
            _ => {}
        }
    }

    fn end(&mut self) -> JobEnd {
        let mut bytes = vec![];
        let read = self.out.seek(SeekFrom::Start(0));
        let read = read.and_then(|_| (&self.out).take(OUT_MAX).read_to_end(&mut bytes));
        let error = read.err().map(|error| error.to_string());
        JobEnd { out: bytes, timed_out: self.timed_out, error }
    }
}
