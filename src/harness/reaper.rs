//! Reaping of child processes, and the end of all processes that they have started.
//!
//! Where the system supports it (Linux), this process adopts the orphans of its children, so that
//! no process that a node starts outlives the run, in whatever group or session it is.

use std::process::ExitStatus;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, wait};

use super::clock::sleep;
use crate::engine::time::Duration;

/// Makes this process adopt the orphans of its children from now on, and returns its existing
/// children, which must not be killed. On systems other than Linux nothing is adopted, and only
/// process groups can be ended.
pub(super) fn adopt() -> Vec<Pid> {
    let others = children().into_iter().map(|(pid, _)| pid).collect();
    #[cfg(target_os = "linux")]
    // If this fails, a run behaves as on other systems.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    others
}

/// Returns a child that has ended and has not been reported yet, if there is one.
pub(super) fn ended() -> Option<(Pid, ExitStatus)> {
    use std::os::unix::process::ExitStatusExt;
    let (pid, status) = wait(WaitOptions::NOHANG).ok()??;
    Some((pid, ExitStatus::from_raw(status.as_raw())))
}

/// Sends a signal to the process group of `leader`.
pub(super) fn signal(leader: Pid, signal: Signal) {
    // It fails if the group has ended already.
    let _ = kill_process_group(leader, signal);
}

/// Kills all remaining children of this process other than the spared ones, and the orphans that
/// these leave, after a grace period in which they may end by themselves. Returns the names of
/// those that were killed. Gives up after some time.
pub(super) fn end_all_left(spared: &[Pid]) -> Vec<String> {
    const ROUNDS: usize = 400;
    const PATIENT: usize = 20;
    let mut found: Vec<(i32, String)> = vec![];
    for round in 0..ROUNDS {
        while ended().is_some() {}
        let mut left = children();
        left.retain(|(pid, _)| !spared.contains(pid));
        if left.is_empty() {
            break;
        }
        for (pid, name) in left.into_iter().filter(|_| round >= PATIENT) {
            let _ = kill_process(pid, Signal::KILL);
            if !found.iter().any(|(known, _)| *known == pid.as_raw_nonzero().get()) {
                found.push((pid.as_raw_nonzero().get(), name));
            }
        }
        sleep(Duration::from_ms(5));
    }
    found.into_iter().map(|(_, name)| name).collect()
}

/// Returns the children of this process that have not been reaped, with their names.
#[cfg(target_os = "linux")]
fn children() -> Vec<(Pid, String)> {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return vec![] };
    let lists = tasks
        .flatten()
        .filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    let pids: Vec<i32> = lists
        .flat_map(|list| {
            list.split_whitespace().filter_map(|pid| pid.parse().ok()).collect::<Vec<_>>()
        })
        .collect();
    let name = |pid: i32| {
        let name = std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        Some((Pid::from_raw(pid)?, name.trim().to_owned()))
    };
    pids.into_iter().filter_map(name).collect()
}

/// On other systems no process is adopted.
#[cfg(not(target_os = "linux"))]
fn children() -> Vec<(Pid, String)> {
    vec![]
}
