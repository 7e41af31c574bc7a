//! The end of processes: who has ended, and the end of all that they have started.
//!
//! Where the system can do it, this process adopts what its children leave behind, so that nothing
//! that a node starts outlives the run, wherever it may hide.

use std::process::ExitStatus;

use rustix::process::{Pid, Signal, WaitOptions, kill_process, kill_process_group, wait};

use super::clock::sleep;
use crate::engine::time::Duration;

/// Adopts from now on what children leave behind; the children that there are already, which are
/// none of ours to end. Elsewhere than on Linux nothing is adopted, and the groups of processes are
/// all that can be ended.
pub(super) fn adopt() -> Vec<Pid> {
    let others = children().into_iter().map(|(pid, _)| pid).collect();
    #[cfg(target_os = "linux")]
    // Without it a run is as it is on other systems.
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    others
}

/// A child that has ended, if one has that nobody was told of yet.
pub(super) fn ended() -> Option<(Pid, ExitStatus)> {
    use std::os::unix::process::ExitStatusExt;
    let (pid, status) = wait(WaitOptions::NOHANG).ok()??;
    Some((pid, ExitStatus::from_raw(status.as_raw())))
}

/// Sends a signal to a process and all of its group.
pub(super) fn signal(leader: Pid, signal: Signal) {
    // Whoever has ended already hears nothing.
    let _ = kill_process_group(leader, signal);
}

/// Ends all children of this process that are left, the spared ones aside, and what these leave
/// behind, but for those that soon end by themselves; the names of those that were ended. Gives up
/// after some time.
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

/// The children of this process that have not been reaped.
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

/// Elsewhere nobody is adopted.
#[cfg(not(target_os = "linux"))]
fn children() -> Vec<(Pid, String)> {
    vec![]
}
