//! The memory that all workers of a sweep share: where it becomes short, some give way.
//!
//! A run has a limit of its own, which is the same on every machine. Many runs at once may still
//! take more than a machine has. Then a worker leaves its run, as if it had not begun it, and the
//! run is done alone later: no row depends on how much memory there was.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::process::{Resource, getrlimit};

/// How much memory this program may take while several runs are under way; `None` for any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedMemory(pub Option<u64>);

impl SharedMemory {
    /// Three quarters of what the machine, or a limit on this process, allows.
    pub fn of_host() -> SharedMemory {
        let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").unwrap_or_default();
        let all = [machine(), group.trim().parse().ok(), getrlimit(Resource::As).current];
        SharedMemory(all.into_iter().flatten().min().map(|bytes| bytes / 4 * 3))
    }

    fn is_short(self) -> bool {
        self.0.is_some_and(|max| taken().is_some_and(|bytes| bytes >= max))
    }
}

/// The memory of the machine, where the system tells.
fn machine() -> Option<u64> {
    kib("/proc/meminfo", "MemTotal:")
}

/// The memory that this program takes, where the system tells.
fn taken() -> Option<u64> {
    kib("/proc/self/status", "VmRSS:")
}

fn kib(path: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let kib = text.lines().find_map(|line| line.strip_prefix(key))?;
    kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The runs of a batch that are under way.
#[derive(Debug)]
pub(super) struct UnderWay {
    memory: SharedMemory,
    count: AtomicU64,
}

impl UnderWay {
    pub(super) fn new(memory: SharedMemory) -> UnderWay {
        UnderWay { memory, count: AtomicU64::new(0) }
    }

    /// A run begins.
    pub(super) fn begin(&self) -> Place<'_> {
        self.count.fetch_add(1, Ordering::Relaxed);
        Place { all: self, left: AtomicBool::new(false) }
    }
}

/// The place of a run among those under way.
#[derive(Debug)]
pub(super) struct Place<'a> {
    all: &'a UnderWay,
    left: AtomicBool,
}

impl Place<'_> {
    /// Whether the run gives way to others: never the last one.
    pub(super) fn gives_way(&self) -> bool {
        if self.left() {
            return true;
        }
        if !self.all.memory.is_short() {
            return false;
        }
        let but_one = |count: u64| (count > 1).then(|| count - 1);
        let left = self.all.count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, but_one);
        self.left.store(left.is_ok(), Ordering::Relaxed);
        left.is_ok()
    }

    /// Whether the run has given way.
    pub(super) fn left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        if !self.left() {
            self.all.count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_but_the_last_run_give_way_where_memory_is_short() {
        let all = UnderWay::new(SharedMemory(Some(0)));
        let (first, second) = (all.begin(), all.begin());
        assert!(first.gives_way() && first.gives_way() && first.left());
        assert!(!second.gives_way());
        drop(first);
        let third = all.begin();
        assert!(third.gives_way() && !second.gives_way());
    }

    #[test]
    fn where_there_is_memory_none_gives_way() {
        for memory in [SharedMemory(None), SharedMemory(Some(u64::MAX)), SharedMemory::of_host()] {
            let all = UnderWay::new(memory);
            let (first, _second) = (all.begin(), all.begin());
            assert!(!first.gives_way(), "{memory:?}");
        }
    }
}
