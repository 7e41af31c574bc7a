//! A group of machines that all receive from each other: its linear system and its clock rates.

use std::collections::BTreeMap;

use super::super::{ScaleParameters, Speed, Stamp, Start};
use super::Stability;
use super::quantity::Quantity;
use crate::engine::queue::Ties;
use crate::engine::time::Duration;

/// The solved system of a group of machines.
pub(super) struct System {
    q: Quantity,
    /// Total rate S of free ticks.
    free: Quantity,
    /// Lowest rate at which a machine is not saturated.
    stable_from: Quantity,
    /// Highest rate of a machine.
    fastest: Quantity,
    /// Rate of the clocks that keep up with the fastest: predicted, measured, or a lower bound.
    top: Quantity,
    top_is_exact: bool,
    top_is_measured: bool,
}

/// Predictions for the machines of one rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) arrivals: Quantity,
    pub(super) growth: Quantity,
    pub(super) clock: Quantity,
    /// Rate of the clock, if all that keep up run at the measured top rather than at its bound.
    pub(super) pace: Quantity,
    pub(super) clock_is_bound: bool,
    pub(super) ratio_is_bound: bool,
    pub(super) top_is_bound: bool,
    pub(super) jump: Quantity,
    pub(super) stability: Stability,
}

impl Outcome {
    /// Creates the prediction for a machine to which nothing arrives.
    pub(super) fn alone(rate: Quantity) -> Outcome {
        Outcome {
            arrivals: Quantity::ZERO,
            growth: Quantity::ZERO,
            clock: rate,
            pace: rate,
            clock_is_bound: false,
            ratio_is_bound: false,
            top_is_bound: false,
            jump: Quantity::ONE,
            stability: Stability::Stable,
        }
    }
}

impl System {
    /// Solves the system of machines of these speeds, each with the number of its machines.
    pub(super) fn new(
        parameters: &ScaleParameters,
        speeds: &BTreeMap<Speed, u64>,
        q: Quantity,
        measured: Option<f64>,
    ) -> System {
        let mut rates: Vec<(Quantity, u64)> =
            speeds.iter().map(|(speed, n)| (effective_rate(parameters, *speed), *n)).collect();
        rates.sort_by(|(a, _), (b, _)| a.cmp(*b));
        let (free, stable_from) = solve(&rates, q);
        let fastest = rates.last().map_or(Quantity::ZERO, |(rate, _)| *rate);
        let top_is_exact = top_is_exact(parameters, speeds);
        let measured = measured.filter(|_| !top_is_exact).map(Quantity::Float);
        let top = measured.unwrap_or(fastest).max(fastest);
        let top_is_measured = measured.is_some();
        System { q, free, stable_from, fastest, top, top_is_exact, top_is_measured }
    }

    /// Returns the predictions for the machines of one rate.
    pub(super) fn outcome(&self, rate: Quantity) -> Outcome {
        let System { q, free, top, fastest, .. } = *self;
        let is_saturated = !rate.reaches(self.stable_from);
        // From sᵢ = (rᵢ − q·S)/(1 − q), which is 0 where it would be negative.
        let arrivals = match is_saturated {
            true => q * free,
            false => (q * (free - rate) / (Quantity::ONE - q)).max(Quantity::ZERO),
        };
        let stability = match is_saturated {
            _ if arrivals.equals(rate) => Stability::Critical,
            true => Stability::Saturated,
            false => Stability::Stable,
        };
        let top_is_bound = !self.top_is_exact;
        if stability != Stability::Saturated {
            let (clock, jump) = (fastest, fastest / rate);
            let (growth, ratio_is_bound) = (Quantity::ZERO, false);
            let (pace, clock_is_bound) = (top, top_is_bound);
            return Outcome {
                arrivals,
                growth,
                clock,
                pace,
                clock_is_bound,
                ratio_is_bound,
                top_is_bound,
                jump,
                stability,
            };
        }
        let jump = (top / arrivals).max(Quantity::ONE);
        let is_guess = top_is_bound && !self.top_is_measured;
        Outcome {
            arrivals,
            growth: arrivals - rate,
            clock: rate * jump,
            pace: rate * jump,
            clock_is_bound: is_guess,
            // Below the top it is rate / arrivals, whatever the top is.
            ratio_is_bound: is_guess && !top.reaches(arrivals),
            top_is_bound,
            jump,
            stability,
        }
    }
}

/// Returns the total rate S of free ticks, and the lowest rate at which machines are not saturated.
/// `rates` are in ascending order; of equal machines all are saturated, or none is.
fn solve(rates: &[(Quantity, u64)], q: Quantity) -> (Quantity, Quantity) {
    let sum = |total, (rate, n): &(Quantity, u64)| total + *rate * Quantity::whole(*n);
    let mut total = rates.iter().fold(Quantity::ZERO, sum);
    let mut stable: u64 = rates.iter().map(|(_, n)| n).sum();
    for (rate, n) in rates {
        let others = Quantity::whole(stable.saturating_sub(1));
        let free = total / (Quantity::ONE + others * q);
        if rate.reaches(q * free) || stable == *n {
            return (free, *rate);
        }
        total = total - *rate * Quantity::whole(*n);
        stable -= n;
    }
    (Quantity::ZERO, Quantity::ZERO)
}

const NS_PER_S: u64 = 1_000_000_000;

fn seconds(duration: Duration) -> Quantity {
    Quantity::whole(duration.as_ns()) / Quantity::whole(NS_PER_S)
}

/// Returns the shortest interval between two ticks, in seconds: period and overshoot.
fn shortest_interval(parameters: &ScaleParameters, speed: Speed) -> Quantity {
    let period = match speed {
        Speed::Rate(rate) => Quantity::ONE / Quantity::from(rate),
        Speed::Period(period) => seconds(period),
    };
    period + seconds(parameters.overshoot)
}

/// Returns the tick rate with overshoot and mean jitter.
pub(super) fn effective_rate(parameters: &ScaleParameters, speed: Speed) -> Quantity {
    let jitter = seconds(parameters.jitter) / Quantity::whole(2);
    Quantity::ONE / (shortest_interval(parameters, speed) + jitter)
}

/// Whether the fastest clock advances at exactly the fastest rate.
///
/// With `stamp = "after"` a machine advances the fastest one if it receives a message and sends one
/// of its own before the fastest has ticked twice; none can whose shortest interval is at least
/// twice the longest of the fastest. With `stamp = "before"` a message raises its receiver no
/// higher than its sender, so that an interval as long as the fastest's is enough. Machines in
/// step, whose messages arrive after all ticks of an instant, do not advance each other either.
fn top_is_exact(parameters: &ScaleParameters, speeds: &BTreeMap<Speed, u64>) -> bool {
    let mut intervals: Vec<(Quantity, u64)> =
        speeds.iter().map(|(speed, n)| (shortest_interval(parameters, *speed), *n)).collect();
    intervals.sort_by(|(a, _), (b, _)| a.cmp(*b));
    let Some((shortest, equals)) = intervals.first().copied() else { return true };
    let next = if equals > 1 { Some(shortest) } else { intervals.get(1).map(|(next, _)| *next) };
    let Some(next) = next else { return true };
    let longest = shortest + seconds(parameters.jitter);
    let alone = match parameters.stamp {
        Stamp::Before => next.cmp(longest).is_ge(),
        Stamp::After => {
            let order = next.cmp(longest * Quantity::whole(2));
            // With a new order at each instant the slower one may tick later once and earlier the
            // next time.
            if parameters.ties == Ties::Seeded { order.is_gt() } else { order.is_ge() }
        }
    };
    let begin_together = match &parameters.start {
        Start::Zero | Start::Period => true,
        Start::At(starts) => starts.windows(2).all(|pair| pair[0] == pair[1]),
        Start::Random => false,
    };
    let is_one_speed = intervals.iter().all(|(interval, _)| interval.equals(shortest));
    let in_step = begin_together
        && parameters.ties == Ties::After
        && is_one_speed
        && parameters.jitter == Duration::ZERO;
    alone || in_step
}
