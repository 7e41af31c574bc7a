//! The watchdog: ends nodes whose host was killed before it could end them.
//!
//! The watchdog is a separate process that holds one end of a pipe; the host holds the other. If
//! the host ends without a goodbye, the watchdog kills all processes whose environment has the name
//! of one of its runs: nodes and their descendants, in whatever group or session.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, getpgid, getpid, kill_process, kill_process_group};

use super::clock::sleep;
use super::process::RUN;
use crate::engine::time::Duration;

/// Message of the host on an orderly exit.
const GOODBYE: &[u8] = b"done";
/// Number of rounds in which nodes may end by themselves.
const PATIENT: usize = 20;
/// Maximum number of rounds; processes that are left after them are given up.
const ROUNDS: usize = 200;
/// Time between two rounds.
const ROUND: Duration = Duration::from_ms(25);

/// A running watchdog. Dropping it ends it without any kill.
#[derive(Debug)]
pub struct Watchdog(Option<Child>);

impl Watchdog {
    /// Starts the watchdog of this process: a program with arguments that calls [`watch`]. Must be
    /// called before the first run, so that the watchdog is not taken for a node. If it cannot be
    /// started, the nodes of a host that is killed may outlive it.
    pub fn start(program: &Path, arguments: &[&str]) -> Watchdog {
        let mut command = Command::new(program);
        // A group of its own, so that it outlives a signal to the host's; and no pipe of others.
        command.args(arguments).arg(host_name()).env_remove(RUN).process_group(0);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        Watchdog(command.spawn().ok())
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        let Some(mut child) = self.0.take() else { return };
        if let Some(mut stdin) = child.stdin.take() {
            let _ = stdin.write_all(GOODBYE);
        }
        // The reaper may have reaped it already.
        let _ = child.wait();
    }
}

/// Common suffix of the names of all runs of this process.
fn host_name() -> String {
    format!("{:x}", std::process::id())
}

/// Waits until the host ends, and kills what it left. `host` is the argument that
/// [`Watchdog::start`] appends.
///
/// # Errors
/// If the pipe cannot be read.
pub fn watch(mut pipe: impl Read, host: &str) -> io::Result<()> {
    let mut said = Vec::new();
    pipe.read_to_end(&mut said)?;
    if said == GOODBYE {
        return Ok(());
    }
    let mark = format!("-{host}");
    // Groups that nodes lead: their members may have another environment, and outlive the nodes.
    let mut groups: Vec<Pid> = vec![];
    for round in 0..ROUNDS {
        let left = marked(&mark);
        for pid in &left {
            if getpgid(Some(*pid)) == Ok(*pid) && !groups.contains(pid) {
                groups.push(*pid);
            }
        }
        if left.is_empty() {
            break;
        }
        if round >= PATIENT {
            for pid in left {
                // It may have ended since.
                let _ = kill_process(pid, Signal::KILL);
            }
        }
        sleep(ROUND);
    }
    for group in groups {
        let _ = kill_process_group(group, Signal::KILL);
    }
    Ok(())
}

/// Returns the processes whose environment has the name of a run with this suffix.
fn marked(mark: &str) -> Vec<Pid> {
    let is_marked = |environment: &[u8]| {
        let mut entries = environment.split(|byte| *byte == 0);
        entries.any(|entry| {
            let run = entry.strip_prefix(RUN.as_bytes()).and_then(|rest| rest.strip_prefix(b"="));
            run.is_some_and(|run| run.ends_with(mark.as_bytes()))
        })
    };
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let marked = processes.filter_map(|process| {
        let pid = Pid::from_raw(process.file_name().to_str()?.parse().ok()?)?;
        let environment = std::fs::read(process.path().join("environ")).ok()?;
        (pid != getpid() && is_marked(&environment)).then_some(pid)
    });
    marked.collect()
}
