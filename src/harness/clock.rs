//! The wall clock, as time since the start of a run.

use crate::engine::time::{Duration, Instant};

/// A monotonic clock that starts at zero when it is created.
#[derive(Clone, Copy, Debug)]
pub(super) struct WallClock(Wall);

#[expect(clippy::disallowed_types, reason = "processes live in real time")]
type Wall = std::time::Instant;

impl WallClock {
    /// Starts a clock.
    #[expect(clippy::disallowed_methods, reason = "processes live in real time")]
    pub(super) fn start() -> WallClock {
        WallClock(Wall::now())
    }

    /// Returns the time since the clock was started.
    pub(super) fn now(self) -> Instant {
        Instant::from_ns(u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// Returns the time since 1970 (the Unix epoch).
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "no two lives are alike")]
pub(super) fn since_epoch() -> Duration {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default().as_nanos();
    Duration::from_ns(u64::try_from(since).unwrap_or(u64::MAX))
}

/// Blocks the thread for a time.
#[expect(clippy::disallowed_methods, reason = "processes take their time to end")]
pub(super) fn sleep(time: Duration) {
    std::thread::sleep(std::time::Duration::from_nanos(time.as_ns()));
}
