//! One check on many seeds: the first failing seed, and how to replay it.

use std::fmt::Display;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::engine::rng::Seed;

/// The first seed for which a check failed.
#[non_exhaustive]
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("seed {} fails: {reason}\n  replay it: check_seeds({}..{}, …)", seed, seed, seed + 1)]
pub struct SeedFailure {
    /// The seed.
    pub seed: u64,
    /// The error of the check, or the message of its panic.
    pub reason: String,
}

/// Runs `check` for each seed in order. A panic is a failure, too.
///
/// # Errors
/// The first failing seed with its reason; a number above [`Seed::MAX`] is one.
///
/// ```
/// use sim_core::prelude::*;
///
/// assert_eq!(check_seeds(0..100, |_| Ok::<(), String>(())), Ok(()));
/// let unlucky = |seed: Seed| match seed.value() {
///     17 => Err("an unlucky number"),
///     _ => Ok(()),
/// };
/// let failure = check_seeds(0..100, unlucky).expect_err("seed 17");
/// assert_eq!(failure.seed, 17);
/// assert!(failure.to_string().contains("replay it: check_seeds(17..18, …)"));
/// ```
pub fn check_seeds<E: Display>(
    seeds: Range<u64>,
    mut check: impl FnMut(Seed) -> Result<(), E>,
) -> Result<(), SeedFailure> {
    for number in seeds {
        let fail = |reason: String| SeedFailure { seed: number, reason };
        let seed = Seed::new(number).ok_or_else(|| fail("seeds are below 2^63".to_owned()))?;
        match catch_unwind(AssertUnwindSafe(|| check(seed))) {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(fail(error.to_string())),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str);
                let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
                return Err(fail(format!("it panics: {}", text.unwrap_or("no message"))));
            }
        }
    }
    Ok(())
}
