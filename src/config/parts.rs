//! Parts of a config that both families share: name, seed and duration, latencies, times.

use super::diagnostic::ConfigError;
use super::name;
use super::reader::Cursor;
use crate::engine::rng::Seed;
use crate::engine::time::{Duration, Instant};
use crate::network::Latency;

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum duration of a run: less than the 584 years of virtual time.
pub(super) const DURATION_MAX: Duration = Duration::from_seconds(500 * 365 * 86_400);
/// Maximum latency.
pub(super) const LATENCY_MAX: Duration = Duration::from_seconds(366 * 86_400);
/// Maximum timeout of a client, and maximum recovery time.
pub(super) const WAIT_MAX: Duration = Duration::from_seconds(366 * 86_400);

/// Reads name, seed and duration.
pub(super) fn head(root: &Cursor<'_>, source_name: &str) -> Result<(String, Seed, Duration)> {
    let name = match root.get("name") {
        None => name::from_path(source_name),
        Some(cursor) => name::given(&cursor)?,
    };
    let seed = match root.get("seed") {
        None => 1,
        Some(cursor) => cursor.integer(0, Seed::MAX.value())?,
    };
    let seed = Seed::new(seed).expect("a seed in range");
    let cursor = root.require("duration", "duration = \"60s\"")?;
    let duration = cursor.duration_up_to(DURATION_MAX)?;
    if duration == Duration::ZERO {
        return Err(cursor.wrong("the run would be over at once", None));
    }
    Ok((name, seed, duration))
}

/// Reads a latency in any of its forms.
pub(super) fn latency(cursor: &Cursor<'_>) -> Result<Latency> {
    if !cursor.is_table() {
        return cursor.duration_up_to(LATENCY_MAX).map(Latency::Constant);
    }
    cursor.only(&["uniform", "exponential"])?;
    match (cursor.get("uniform"), cursor.get("exponential")) {
        (Some(uniform), None) => {
            let (low, high) = uniform.pair("a list of two times, such as [\"0ms\", \"40ms\"]")?;
            let shortest = low.duration_up_to(LATENCY_MAX)?;
            let longest = high.duration_up_to(LATENCY_MAX)?;
            if shortest > longest {
                return Err(uniform.wrong(format!("{shortest} is longer than {longest}"), None));
            }
            Ok(Latency::Uniform(shortest, longest))
        }
        (None, Some(mean)) => mean.duration_up_to(LATENCY_MAX).map(Latency::Exponential),
        _ => Err(cursor.error(
            "expected one form of latency",
            Some("use { uniform = [\"0ms\", \"40ms\"] } or { exponential = \"20ms\" }"),
        )),
    }
}

/// Reads the times at which a fault begins and is healed. It must begin before `end`.
pub(super) fn times(
    cursor: &Cursor<'_>,
    what: &str,
    example: &str,
    end: Duration,
) -> Result<(Instant, Instant)> {
    let at_cursor = cursor.require("at", example)?;
    let until_cursor = cursor.require("until", example)?;
    let (at, until) = (at_cursor.duration()?, until_cursor.duration()?);
    if until == at {
        let problem = format!("the {what} begins and ends at {at}: it would last no time");
        return Err(until_cursor.error(problem, Some("let it end later")));
    }
    if until < at {
        let problem = format!("the {what} ends at {until}, before it starts at {at}");
        return Err(until_cursor.error(problem, None));
    }
    if at >= end {
        let problem = format!(
            "the {what} begins at {at}, and at {end} the duration is over and all is healed"
        );
        let hint = "let it begin earlier, or make `duration` longer";
        return Err(at_cursor.error(problem, Some(hint)));
    }
    let instant = |span: Duration| Instant::from_ns(span.as_ns());
    Ok((instant(at), instant(until)))
}
