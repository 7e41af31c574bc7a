//! The end of nodes whose host was killed before it could end them.
//!
//! A process of its own, the watchdog, holds one end of a pipe and the host the other. Where the
//! host ends without a word, the watchdog ends all processes that bear the name of one of its runs
//! in their environment: nodes, and what they have started, in whatever group or session.

use std::io::{self, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, getpgid, getpid, kill_process, kill_process_group};

use super::clock::sleep;
use super::process::RUN;
use crate::engine::time::Duration;

/// What the host says when it ends in order.
const GOODBYE: &[u8] = b"done";
/// How long nodes have to end by themselves, in rounds.
const PATIENT: usize = 20;
/// Maximum number of rounds; what is left after them stays.
const ROUNDS: usize = 200;
/// From one round to the next.
const ROUND: Duration = Duration::from_ms(25);

/// A watchdog under way. Dropped, it ends without doing anything.
#[derive(Debug)]
pub struct Watchdog(Option<Child>);

impl Watchdog {
    /// Starts the watchdog of this process: a program with arguments that calls [`watch`]. It is
    /// started before the first run, so that it is not taken for a node. Where it cannot be
    /// started, the nodes of a host that is killed may outlive it.
    pub fn start(program: &Path, arguments: &[&str]) -> Watchdog {
        let mut command = Command::new(program);
        // In a group of its own it outlives a signal to the host's; and it holds no pipe of others.
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
        // The reaper may have been first.
        let _ = child.wait();
    }
}

/// The end of the names of all runs of this process.
fn host_name() -> String {
    format!("{:x}", std::process::id())
}

/// Waits until the host ends, and ends what it left; `host` is what [`Watchdog::start`] adds to the
/// arguments.
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
    // The groups that nodes lead, whose members may have another environment and outlive them.
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

/// The processes that bear the name of a run with this end.
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
