//! The memory that all workers of a sweep share: when it runs short, all runs but one give way.
//!
//! A run has a limit of its own, which is the same on every machine, but many runs at once may need
//! more memory than a machine has. A worker then abandons its run, and the run is repeated alone
//! later: no row depends on the amount of memory.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use rustix::process::{Resource, getrlimit};

/// Maximum memory of this process while several runs are active, in bytes; `None` for no maximum.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedMemory(pub Option<u64>);

impl SharedMemory {
    /// Returns three quarters of the memory of the machine, or of the limit on this process.
    pub fn of_host() -> SharedMemory {
        let group = std::fs::read_to_string("/sys/fs/cgroup/memory.max").unwrap_or_default();
        let all = [machine(), group.trim().parse().ok(), getrlimit(Resource::As).current];
        SharedMemory(all.into_iter().flatten().min().map(|bytes| bytes / 4 * 3))
    }

    fn is_short(self) -> bool {
        self.0.is_some_and(|max| taken().is_some_and(|bytes| bytes >= max))
    }
}

/// Returns the memory of the machine, in bytes, if it is known.
fn machine() -> Option<u64> {
    kib("/proc/meminfo", "MemTotal:")
}

/// Returns the memory that this process uses, in bytes, if it is known.
fn taken() -> Option<u64> {
    kib("/proc/self/status", "VmRSS:")
}

fn kib(path: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(path).ok()?;
    let kib = text.lines().find_map(|line| line.strip_prefix(key))?;
    kib.trim().strip_suffix(" kB")?.parse::<u64>().ok()?.checked_mul(1024)
}

/// The active runs of a batch.
#[derive(Debug)]
pub(super) struct UnderWay {
    memory: SharedMemory,
    count: AtomicU64,
}

impl UnderWay {
    pub(super) fn new(memory: SharedMemory) -> UnderWay {
        UnderWay { memory, count: AtomicU64::new(0) }
    }

    /// Begins a run.
    pub(super) fn begin(&self) -> Place<'_> {
        self.count.fetch_add(1, Ordering::Relaxed);
        Place { all: self, left: AtomicBool::new(false) }
    }
}

/// The place of a run among the active ones.
#[derive(Debug)]
pub(super) struct Place<'a> {
    all: &'a UnderWay,
    left: AtomicBool,
}

impl Place<'_> {
    /// Returns whether the run gives way to others. The last one never does.
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

    /// Returns whether the run has given way.
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
