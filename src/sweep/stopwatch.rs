//! The wall clock of sweeps. It decides the size of batches, the time of checkpoints and when a
//! time budget ends, and no byte of a result.

/// Time since the start.
pub(super) struct Stopwatch(
    #[expect(clippy::disallowed_types, reason = "for pacing and progress")] std::time::Instant,
);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        clippy::disallowed_types,
        reason = "for pacing and progress"
    )]
    pub(super) fn start() -> Stopwatch {
        Stopwatch(std::time::Instant::now())
    }

    pub(super) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
