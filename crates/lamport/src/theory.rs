//! Theoretical predictions for the scale model: arrivals, queue growth and clock rates.
//!
//! A tick finds a message or is free; a free tick of machine j puts a message into the queue of a
//! given peer with probability q. With rᵢ the tick rate of machine i and sᵢ its rate of free ticks:
//!
//! ```text
//!   λᵢ = q · Σ_{j≠i} sⱼ        arrival rate
//!   sᵢ = max(0, rᵢ − λᵢ)       rate of free ticks
//! ```
//!
//! This is a linear system, solved with the saturated machines dropped, slowest first. Where
//! nothing arrives each clock runs at its own rate.
//!
//! All values are computed as ratios of integers and rounded once, once per speed however many
//! machines have it.

mod hearing;
mod quantity;
mod system;

use std::collections::{BTreeMap, BTreeSet};

use super::parameters::{ScaleParameters, Speed};
use crate::network::NetworkSettings;
use hearing::{Hearing, hearing};
use quantity::Quantity;
use system::{Outcome, System, effective_rate};

/// Whether a queue stays short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// The arrival rate is below the tick rate: the queue returns to empty again and again.
    Stable,
    /// The arrival rate equals the tick rate: the queue length is a random walk, of the order of
    /// the square root of time.
    Critical,
    /// The arrival rate is above the tick rate: the queue grows without bound.
    Saturated,
}

impl Stability {
    /// Returns the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Stability::Stable => "stable",
            Stability::Critical => "critical",
            Stability::Saturated => "saturated",
        }
    }
}

/// Predictions for one machine in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Messages that arrive per second.
    pub arrival_rate_per_s: f64,
    /// Messages by which the queue grows per second.
    pub queue_growth_per_s: f64,
    /// Advance of the clock per second.
    pub clock_rate_per_s: f64,
    /// Advance of the clock as a share of that of the fastest clock.
    pub clock_ratio_to_fastest: f64,
    /// Whether `clock_rate_per_s` and `jump_mean` are only lower bounds: machines of about the
    /// fastest rate push each other.
    pub clock_is_bound: bool,
    /// Whether `clock_ratio_to_fastest` rests on such a bound.
    pub ratio_is_bound: bool,
    /// Mean jump of the clock.
    pub jump_mean: f64,
    /// Whether the queue stays short.
    pub stability: Stability,
}

/// Predictions for all machines.
#[derive(Clone, Debug, PartialEq)]
pub struct Predictions {
    /// Prediction for each machine, if there is one.
    pub machines: Vec<Option<Prediction>>,
    /// Reason why some machines, or all, have no prediction.
    pub reason: Option<&'static str>,
}

/// Returns the prediction for each machine, or why some have none.
///
/// # Errors
/// The reason of [`predict_each`], if at least one machine has no prediction.
pub fn predict(
    parameters: &ScaleParameters,
    top: Option<f64>,
) -> Result<Vec<Prediction>, &'static str> {
    let Predictions { machines, reason } = predict_each(parameters, top);
    machines.into_iter().collect::<Option<_>>().ok_or(reason.unwrap_or(MIXED))
}

/// Returns the predictions for all machines that have one.
///
/// `top` is the measured rate of the fastest clock; a saturated machine follows it if the top
/// itself is not predicted exactly. There is no prediction for q ≥ 1, nor for machines that receive
/// from some others only, or at some times only.
pub fn predict_each(parameters: &ScaleParameters, top: Option<f64>) -> Predictions {
    let theory = Theory::new(parameters, top);
    let machines = (0..parameters.speeds.len()).map(|place| theory.of(place)).collect();
    Predictions { machines, reason: theory.reason }
}

/// Predictions for the machines of an experiment: one for each speed of each system.
pub(super) struct Theory<'a> {
    speeds: &'a [Speed],
    /// System of each machine, if not all machines receive from all others.
    hearing: Option<Vec<Hearing>>,
    predictions: BTreeMap<(Hearing, Speed), Prediction>,
    /// Reason why some machines, or all, have no prediction.
    pub(super) reason: Option<&'static str>,
}

impl Theory<'_> {
    /// Solves each system; `top` as for [`predict_each`].
    pub(super) fn new(parameters: &ScaleParameters, top: Option<f64>) -> Theory<'_> {
        let hearing = hearing(parameters);
        let (speeds, predictions) = (parameters.speeds.as_slice(), BTreeMap::new());
        let mut theory = Theory { speeds, hearing, predictions, reason: None };
        let mut systems: BTreeMap<Hearing, BTreeMap<Speed, u64>> = BTreeMap::new();
        for (place, speed) in speeds.iter().enumerate() {
            *systems.entry(theory.system(place)).or_default().entry(*speed).or_default() += 1;
        }
        let top = top.filter(|_| theory.hearing.is_none());
        let mut outcomes = BTreeMap::new();
        for (hearing, speeds) in systems {
            let rate = |speed: &Speed| effective_rate(parameters, *speed);
            match (hearing, chance_of_arrival(parameters)) {
                (Hearing::Nothing, _) => {
                    let alone = |speed: Speed| ((hearing, speed), Outcome::alone(rate(&speed)));
                    outcomes.extend(speeds.into_keys().map(alone));
                }
                (Hearing::Mixed, _) => theory.reason = Some(MIXED),
                (Hearing::Group(_), Err(why)) => theory.reason = Some(why),
                (Hearing::Group(_), Ok(q)) => {
                    let system = System::new(parameters, &speeds, q, top);
                    let solved = |speed: Speed| ((hearing, speed), system.outcome(rate(&speed)));
                    outcomes.extend(speeds.into_keys().map(solved));
                }
            }
        }
        theory.predictions = rounded(&outcomes, theory.reason.is_some());
        theory
    }

    /// Returns the prediction for the machine with this index, if there is one.
    pub(super) fn of(&self, place: usize) -> Option<Prediction> {
        self.predictions.get(&(self.system(place), self.speeds[place])).copied()
    }

    fn system(&self, place: usize) -> Hearing {
        self.hearing.as_ref().map_or(Hearing::Group(0), |hearing| hearing[place])
    }
}

/// Reason why there is no prediction if links differ.
const MIXED: &str = "theory knows no links of their own loss, and no partitions that come and go";

/// Divides by the fastest clock and rounds, once for each speed of each system.
fn rounded(
    outcomes: &BTreeMap<(Hearing, Speed), Outcome>,
    some_are_unknown: bool,
) -> BTreeMap<(Hearing, Speed), Prediction> {
    let pace = |fastest: Quantity, outcome: &Outcome| fastest.max(outcome.pace);
    let fastest = outcomes.values().fold(Quantity::ZERO, pace);
    let systems = outcomes.keys().map(|(hearing, _)| *hearing);
    // Within one group the ratio does not depend on the top; between two it does.
    let is_one_group = systems.collect::<BTreeSet<_>>().len() == 1 && !some_are_unknown;
    let any_bound = some_are_unknown || outcomes.values().any(|outcome| outcome.top_is_bound);
    let round = |outcome: &Outcome| Prediction {
        arrival_rate_per_s: outcome.arrivals.as_f64(),
        queue_growth_per_s: outcome.growth.as_f64(),
        clock_rate_per_s: outcome.clock.as_f64(),
        clock_ratio_to_fastest: (outcome.pace / fastest).as_f64(),
        clock_is_bound: outcome.clock_is_bound,
        ratio_is_bound: if is_one_group { outcome.ratio_is_bound } else { any_bound },
        jump_mean: outcome.jump.as_f64(),
        stability: outcome.stability,
    };
    outcomes.iter().map(|(key, outcome)| (*key, round(outcome))).collect()
}

/// Returns q: the probability that a free tick of one machine puts a message into the queue of a
/// given other machine.
fn chance_of_arrival(parameters: &ScaleParameters) -> Result<Quantity, &'static str> {
    let NetworkSettings { loss, duplication, .. } = &parameters.network;
    let peers = parameters.machines().saturating_sub(1);
    let (one, all) =
        parameters.send.probabilities(peers).ok_or("the probabilities need more than 64 bits")?;
    let sent = Quantity::from(one) + Quantity::from(all);
    if sent.reaches(Quantity::ONE) && loss.is_zero() {
        return Err("every free tick sends to all machines (q = 1)");
    }
    let arrives = sent * (Quantity::ONE - Quantity::from(*loss));
    let q = arrives * (Quantity::ONE + Quantity::from(*duplication));
    match q.reaches(Quantity::ONE) {
        true => Err("duplication makes a message or more of every free tick (q >= 1)"),
        false => Ok(q),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::limits::Limits;
    use crate::engine::queue::Ties;
    use crate::engine::ratio::Ratio;
    use crate::engine::rng::Seed;
    use crate::engine::time::Duration;
    use crate::{SendRule, Stamp, Start};

    fn parameters(rates: &[u64], send: SendRule) -> ScaleParameters {
        ScaleParameters {
            seed: Seed::new(1).expect("a seed"),
            duration: Duration::from_seconds(60),
            speeds: rates.iter().map(|rate| Speed::Rate(Ratio::whole(*rate))).collect(),
            send,
            stamp: Stamp::After,
            start: Start::Random,
            ties: Ties::Id,
            overshoot: Duration::ZERO,
            jitter: Duration::ZERO,
            network: NetworkSettings::default(),
            limits: Limits::default(),
        }
    }

    fn send(probability: &str) -> SendRule {
        SendRule::Send(probability.parse().expect("a ratio"))
    }

    #[track_caller]
    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn a_slow_machine_is_saturated_by_two_fast_ones() {
        let found = predict(&parameters(&[1, 3, 6], send("0.3")), None).expect("a prediction");
        close(found[0].arrival_rate_per_s, 1.5);
        close(found[0].queue_growth_per_s, 0.5);
        close(found[0].clock_rate_per_s, 4.0);
        assert_eq!(found[0].stability, Stability::Saturated);
        close(found[1].queue_growth_per_s, 0.0);
        close(found[1].jump_mean, 2.0);
        assert!(!found[1].clock_is_bound);
    }

    #[test]
    fn at_nine_tenths_two_machines_are_saturated() {
        let found = predict(&parameters(&[1, 3, 6], send("0.9")), None).expect("a prediction");
        close(found[0].arrival_rate_per_s, 3.6);
        close(found[1].arrival_rate_per_s, 3.6);
        close(found[0].queue_growth_per_s, 2.6);
        close(found[1].queue_growth_per_s, 0.6);
        close(found[0].clock_rate_per_s / 6.0, 1.0 / 3.6);
        close(found[1].clock_rate_per_s / 6.0, 3.0 / 3.6);
    }

    #[test]
    fn the_named_critical_cases_are_critical() {
        let stability = |rates: &[u64], rule, machine: usize| {
            predict(&parameters(rates, rule), None).expect("a prediction")[machine].stability
        };
        assert_eq!(stability(&[5, 3, 2], send("0.9"), 1), Stability::Critical);
        assert_eq!(stability(&[6, 2, 6], send("0.3"), 1), Stability::Critical);
        assert_eq!(stability(&[1, 5, 1], SendRule::Die(10), 0), Stability::Critical);
    }

    #[test]
    fn equal_rates_give_a_bound_unless_they_are_in_step() {
        let mut equal = parameters(&[3, 3, 3], send("0.3"));
        assert!(predict(&equal, None).expect("a prediction")[0].clock_is_bound);
        (equal.start, equal.ties) = (Start::Zero, Ties::After);
        assert!(!predict(&equal, None).expect("a prediction")[0].clock_is_bound);
    }

    #[test]
    fn what_needs_more_than_128_bits_is_computed_with_floats() {
        let odd = |n: u64| Speed::Rate(Ratio::new(u64::MAX - n, u64::MAX / 6).expect("a ratio"));
        let mut parameters = parameters(&[1, 3, 6], send("0.3"));
        parameters.speeds[2] = odd(58);
        parameters.speeds.push(odd(60));
        let found = predict(&parameters, None).expect("a prediction");
        close(found[3].clock_rate_per_s, 6.0);
        assert_eq!(found[2].stability, Stability::Stable);
    }
}
