//! The heartbeat of a shard under way: a small file that says where it runs and how far it is.
//!
//! A thread of its own writes it, since a single run may take longer than the time between two
//! beats. It also notices when another attempt has finished the shard.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::plan::Plan;
use super::shard_file::ShardHead;
use crate::store::{Store, read_regular_text};

/// The name of the file.
pub(super) const HEARTBEAT: &str = "running.json";
/// Maximum size of the file, in bytes.
const BEAT_MAX: u64 = 1 << 12;
/// Time between two beats, in seconds.
const BEAT_S: u64 = 20;
/// Time after which a shard without a beat counts as lost, in seconds.
const LOST_S: u64 = 90;

/// One beat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beat {
    /// The name of the machine.
    pub host: String,
    /// The number of the process there.
    pub process: u32,
    /// When it began, in seconds since 1970.
    pub began_s: u64,
    /// When this was written, in seconds since 1970.
    pub at_s: u64,
    /// Number of runs of the shard that were done when it began.
    pub first: u64,
    /// Number of runs of the shard that are done.
    pub done: u64,
}

impl Beat {
    /// Returns the last beat in the folder of a shard.
    pub(super) fn read(folder: &Path) -> Option<Beat> {
        let text = read_regular_text(&folder.join(HEARTBEAT), BEAT_MAX).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Returns whether the process still counts as running at this time.
    pub fn is_alive(&self, now_s: u64) -> bool {
        now_s.saturating_sub(self.at_s) <= LOST_S && !self.is_gone()
    }

    /// Returns whether it is of this process.
    pub(super) fn is_ours(&self) -> bool {
        self.host == host() && self.process == std::process::id()
    }

    /// Returns whether the process is known to have ended: it ran on this machine.
    fn is_gone(&self) -> bool {
        let processes = Path::new("/proc");
        let is_known = self.host == host() && processes.join("self").exists();
        is_known && !processes.join(self.process.to_string()).exists()
    }

    /// Returns the number of runs that it does in a second, if that is known.
    pub fn rate(&self) -> Option<f64> {
        let runs = self.done.saturating_sub(self.first);
        let seconds = self.at_s.saturating_sub(self.began_s);
        (runs > 0 && seconds > 0).then(|| runs as f64 / seconds as f64)
    }
}

/// The beating of a shard under way. It ends when this is dropped.
#[derive(Debug)]
pub struct Heartbeat {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread shares with the runs.
#[derive(Debug, Default)]
struct Shared {
    done: AtomicU64,
    ended: AtomicBool,
    overtaken: AtomicBool,
}

impl Heartbeat {
    /// Begins to beat in the folder of a shard, of which `first` runs are done.
    pub(super) fn start(folder: &Path, plan: &Plan, index: u64, first: u64) -> Heartbeat {
        let shared = Arc::new(Shared { done: AtomicU64::new(first), ..Shared::default() });
        let plan = plan.clone();
        let (theirs, folder) = (Arc::clone(&shared), folder.to_owned());
        #[expect(clippy::disallowed_methods, reason = "it beats, and no run is in it")]
        let thread = std::thread::spawn(move || beat(&theirs, &folder, &plan, (index, first)));
        Heartbeat { shared, thread: Some(thread) }
    }

    /// Notes the number of runs that are done.
    pub(super) fn done(&self, runs: u64) {
        self.shared.done.store(runs, Ordering::Relaxed);
    }

    /// Returns whether another attempt has finished the shard.
    pub(super) fn is_overtaken(&self) -> bool {
        self.shared.overtaken.load(Ordering::Relaxed)
    }
}

impl Drop for Heartbeat {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            // It has nothing to return, and a panic in it has been printed.
            let _ = thread.join();
        }
    }
}

fn beat(shared: &Shared, folder: &Path, plan: &Plan, (index, first): (u64, u64)) {
    let host = host();
    let (store, began_s) = (Store::new(), now_s());
    let ended = || shared.ended.load(Ordering::Relaxed);
    while !ended() {
        if ShardHead::read(folder, plan, index).is_ok_and(|head| head.is_done(plan)) {
            shared.overtaken.store(true, Ordering::Relaxed);
            return;
        }
        let done = shared.done.load(Ordering::Relaxed);
        let (host, process) = (host.clone(), std::process::id());
        let beat = Beat { host, process, began_s, at_s: now_s(), first, done };
        let text = serde_json::to_string(&beat).expect("strings and numbers");
        // A beat that cannot be written is missed.
        let _ = store.put_shared(folder, HEARTBEAT, text.as_bytes());
        let next = now_s() + BEAT_S;
        while !ended() && now_s() < next {
            std::thread::park_timeout(Duration::from_secs(1));
        }
    }
}

/// Returns the name of this machine; an empty one if it is not known.
fn host() -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    host.trim().to_owned()
}

/// Returns the wall clock's time, in seconds since 1970.
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "for people who look at a sweep, and in no result"
)]
pub(super) fn now_s() -> u64 {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
