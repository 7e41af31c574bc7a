//! Random distributions for models, with the same result on every machine and in every version.

use crate::engine::rng::Rng;
use crate::engine::time::Duration;
use crate::network::Latency;

/// Draws an exponentially distributed duration with this mean, from one 64-bit draw. Zero if the
/// mean is zero.
///
/// ```
/// use sim_core::prelude::*;
///
/// let mut arrivals = Seed::new(1).ok_or("a seed")?.stream_named("arrivals", 0);
/// let mean = Duration::from_millis(10);
/// let total = (0..1000).fold(Duration::ZERO, |sum, _| sum + exponential(&mut arrivals, mean));
/// assert!(total > Duration::from_secs(9) && total < Duration::from_secs(11));
/// # Ok::<(), &str>(())
/// ```
pub fn exponential(rng: &mut Rng, mean: Duration) -> Duration {
    Latency::Exponential(mean).of(rng.next_u64())
}
