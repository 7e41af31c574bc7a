//! The clock on the wall, as time since a run began.

use crate::engine::time::{Duration, Instant};

/// A clock that began when it was made, and never goes back.
#[derive(Clone, Copy, Debug)]
pub(super) struct WallClock(Wall);

#[expect(clippy::disallowed_types, reason = "processes live in real time")]
type Wall = std::time::Instant;

impl WallClock {
    /// A clock that begins now.
    #[expect(clippy::disallowed_methods, reason = "processes live in real time")]
    pub(super) fn start() -> WallClock {
        WallClock(Wall::now())
    }

    /// The time since it began.
    pub(super) fn now(self) -> Instant {
        Instant::from_ns(u64::try_from(self.0.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}

/// The time since 1970.
#[expect(clippy::disallowed_types, clippy::disallowed_methods, reason = "no two lives are alike")]
pub(super) fn since_epoch() -> Duration {
    let since = std::time::SystemTime::now().duration_since(std::time::SystemTime::UNIX_EPOCH);
    let since = since.unwrap_or_default().as_nanos();
    Duration::from_ns(u64::try_from(since).unwrap_or(u64::MAX))
}

/// Does nothing for a while.
#[expect(clippy::disallowed_methods, reason = "processes take their time to end")]
pub(super) fn sleep(time: Duration) {
    std::thread::sleep(std::time::Duration::from_nanos(time.as_ns()));
}
