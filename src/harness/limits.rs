//! Limits of processes of nodes: what the system holds for each of them, and how many there are.
//!
//! They keep accidents from the machine. They are no sandbox: a process may read and write what its
//! user may.

#[cfg(target_os = "linux")]
use rustix::process::{Resource, Rlimit, prlimit};

use rustix::process::Pid;

/// Limits of each process of a node; on systems other than Linux they are not held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProcessLimits {
    /// Memory for data, in bytes.
    pub memory: Option<u64>,
    /// Time on a CPU, in seconds.
    pub cpu_seconds: Option<u64>,
    /// Size of a file that is written, in bytes.
    pub file: Option<u64>,
    /// Number of processes of each node.
    pub processes: Option<u64>,
}

/// Open files of a process that has limits.
#[cfg(target_os = "linux")]
const FILES: u64 = 256;

impl ProcessLimits {
    /// Sets the limits of a process that has just started; its children inherit them.
    #[cfg(target_os = "linux")]
    pub(super) fn apply(&self, pid: Pid) {
        let between = |resource, current: u64, max: u64| {
            let limit = Rlimit { current: Some(current), maximum: Some(max) };
            // It may have ended already, or have a lower limit.
            let _ = prlimit(Some(pid), resource, limit);
        };
        let set = |resource, max| between(resource, max, max);
        if *self == ProcessLimits::default() {
            return;
        }
        set(Resource::Core, 0);
        set(Resource::Nofile, FILES);
        if let Some(bytes) = self.memory {
            set(Resource::Data, bytes);
        }
        if let Some(seconds) = self.cpu_seconds {
            // At the first it receives a signal that says why; at the second it is killed.
            between(Resource::Cpu, seconds, seconds.saturating_add(1));
        }
        if let Some(bytes) = self.file {
            set(Resource::Fsize, bytes);
        }
        if let (Some(processes), Some(threads)) = (self.processes, threads()) {
            // All processes of the user count, those of others and threads, too: so this is only
            // to slow down what is counted below. It does not hold for root.
            set(Resource::Nproc, threads.saturating_add(16 * processes).saturating_add(256));
        }
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn apply(&self, _pid: Pid) {}
}

/// Returns the number of threads on this machine.
#[cfg(target_os = "linux")]
fn threads() -> Option<u64> {
    let load = std::fs::read_to_string("/proc/loadavg").ok()?;
    load.split_whitespace().nth(3)?.split_once('/')?.1.parse().ok()
}

/// Counts a process and all its descendants, up to a number above `max`.
pub(super) fn family(pid: Pid, max: u64) -> u64 {
    let mut count = 0;
    let mut open = vec![pid.as_raw_nonzero().get()];
    while let Some(pid) = open.pop() {
        count += 1;
        if count > max {
            break;
        }
        let tasks = std::fs::read_dir(format!("/proc/{pid}/task"));
        for task in tasks.into_iter().flatten().flatten() {
            let children = std::fs::read_to_string(task.path().join("children"));
            let children = children.unwrap_or_default();
            open.extend(children.split_whitespace().filter_map(|pid| pid.parse::<i32>().ok()));
        }
    }
    count
}
