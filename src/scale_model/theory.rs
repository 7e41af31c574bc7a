//! What theory predicts: arrivals, queue growth and clock rates of the scale model.
//!
//! A tick finds a message or is free; a free tick of machine j puts a message into the queue of a
//! given peer with chance q. With sⱼ the rate of free ticks, λᵢ = q·Σ_{j≠i} sⱼ arrive at i, and
//! sᵢ = max(0, rᵢ − λᵢ): a linear system, solved with the saturated machines dropped, slowest
//! first.

use super::parameters::Parameters;
use crate::engine::queue::Ties;
use crate::network::Settings;
use crate::scale_model::{Stamp, Start};

/// Whether a queue stays short.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stability {
    /// Less arrives than the machine can take: the queue returns to empty again and again.
    Stable,
    /// As much arrives as it can take: the queue wanders like the square root of time.
    Critical,
    /// More arrives than it can take: the queue grows for ever.
    Saturated,
}

impl Stability {
    /// The word in tables.
    pub fn name(self) -> &'static str {
        match self {
            Stability::Stable => "stable",
            Stability::Critical => "critical",
            Stability::Saturated => "saturated",
        }
    }
}

/// What theory predicts of one machine in the long run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Messages that arrive per second.
    pub arrival_rate_per_s: f64,
    /// Messages by which the queue grows per second.
    pub queue_growth_per_s: f64,
    /// By how much the clock advances per second.
    pub clock_rate_per_s: f64,
    /// Whether `clock_rate_per_s` and `jump_mean` are only lower bounds: machines of about the
    /// fastest rate push each other.
    pub clock_is_bound: bool,
    /// The mean jump of the clock.
    pub jump_mean: f64,
    /// Whether the queue stays short.
    pub stability: Stability,
}

/// How far from 1 a load still counts as critical.
const CRITICAL: f64 = 1e-9;

/// What theory predicts of each machine, or why it has nothing to say.
///
/// `top` is the measured clock rate of the fastest clock; a saturated machine follows it where the
/// top itself is not predicted exactly.
///
/// # Errors
/// With the reason, for one machine, for q = 1, for partitions and for links of their own loss.
pub fn predict(parameters: &Parameters, top: Option<f64>) -> Result<Vec<Prediction>, &'static str> {
    let q = chance_of_arrival(parameters)?;
    let rates = effective_rates(parameters);
    let (free_total, saturated_below) = solve(&rates, q);
    let fastest = rates.iter().copied().fold(0.0, f64::max);
    let exact = top_is_exact(parameters, &rates, fastest);
    let predict = |&rate: &f64| {
        let is_saturated = rate < saturated_below;
        let free = if is_saturated { 0.0 } else { ((rate - q * free_total) / (1.0 - q)).max(0.0) };
        let arrivals = q * (free_total - free);
        let load = arrivals / rate;
        let stability = match load {
            load if (load - 1.0).abs() < CRITICAL => Stability::Critical,
            _ if is_saturated => Stability::Saturated,
            _ => Stability::Stable,
        };
        let top = if exact { fastest } else { top.unwrap_or(fastest).max(fastest) };
        let (clock, jump, bound) = match stability {
            Stability::Saturated => {
                (rate.max(top * rate / arrivals), (top / arrivals).max(1.0), false)
            }
            _ => (fastest, fastest / rate, !exact),
        };
        Prediction {
            arrival_rate_per_s: arrivals,
            queue_growth_per_s: (arrivals - rate).max(0.0) * f64::from(u8::from(is_saturated)),
            clock_rate_per_s: clock,
            clock_is_bound: bound,
            jump_mean: jump,
            stability,
        }
    };
    Ok(rates.iter().map(predict).collect())
}

/// q: the chance that a free tick of one machine puts a message into the queue of a given other.
fn chance_of_arrival(parameters: &Parameters) -> Result<f64, &'static str> {
    let Settings { loss, duplication, links, partitions, .. } = &parameters.network;
    let peers = parameters.machines().saturating_sub(1);
    if peers == 0 {
        return Err("one machine alone has nobody to hear from");
    }
    if !partitions.is_empty() {
        return Err("theory knows no partitions");
    }
    if links.iter().any(|link| link.loss.is_some()) {
        return Err("theory knows no links of their own loss");
    }
    let (one, all) =
        parameters.send.probabilities(peers).ok_or("the probabilities need more than 64 bits")?;
    let q = (one.as_f64() + all.as_f64()) * (1.0 - loss.as_f64()) * (1.0 + duplication.as_f64());
    if q >= 1.0 { Err("every free tick sends to everybody (q = 1)") } else { Ok(q) }
}

/// The rates with overshoot and mean jitter.
fn effective_rates(parameters: &Parameters) -> Vec<f64> {
    let delay = parameters.overshoot.as_seconds() + parameters.jitter.as_seconds() / 2.0;
    let effective = |rate: f64| if delay > 0.0 { 1.0 / (1.0 / rate + delay) } else { rate };
    parameters.speeds.iter().map(|speed| effective(speed.per_second())).collect()
}

/// The total rate S of free ticks, and the rate below which machines are saturated.
fn solve(rates: &[f64], q: f64) -> (f64, f64) {
    let mut rising = rates.to_vec();
    rising.sort_by(f64::total_cmp);
    let mut total: f64 = rising.iter().sum();
    let mut stable = rising.len();
    for rate in rising {
        let free = total / (1.0 + (stable as f64 - 1.0) * q);
        if rate >= q * free * (1.0 - CRITICAL) || stable == 1 {
            return (free, rate);
        }
        total -= rate;
        stable -= 1;
    }
    (0.0, 0.0)
}

/// Whether the fastest clock advances at exactly the fastest rate.
///
/// A machine pushes the fastest one only if it can answer before that has ticked twice, which one
/// of at most half its rate cannot.
fn top_is_exact(parameters: &Parameters, rates: &[f64], fastest: f64) -> bool {
    let rivals = rates.iter().filter(|rate| **rate * 2.0 > fastest).count();
    let in_step = parameters.start == Start::Zero && parameters.ties == Ties::After;
    rivals == 1 || parameters.stamp == Stamp::Before || in_step
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::limits::Limits;
    use crate::engine::ratio::Ratio;
    use crate::engine::rng::Seed;
    use crate::engine::time::Duration;
    use crate::scale_model::{SendRule, Speed};

    fn parameters(rates: &[u64], send: SendRule) -> Parameters {
        Parameters {
            seed: Seed::new(1).expect("a seed"),
            duration: Duration::from_seconds(60),
            speeds: rates.iter().map(|rate| Speed::Rate(Ratio::whole(*rate))).collect(),
            send,
            stamp: Stamp::After,
            start: Start::Random,
            ties: Ties::Id,
            overshoot: Duration::ZERO,
            jitter: Duration::ZERO,
            network: Settings::default(),
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
    fn some_cases_have_no_prediction() {
        assert!(predict(&parameters(&[3], send("0.3")), None).is_err());
        let all = SendRule::OneOrAll { one: Ratio::ZERO, all: Ratio::ONE };
        assert!(predict(&parameters(&[3, 3], all), None).is_err());
    }
}
