//! Theory for the claims of a notebook: the expected value, and its derivation.

use super::figures::{Figure, Relation};
use super::metric::Metric;
use crate::scale_model::{Prediction, ScaleParameters, Stability, predict};
use crate::statistics::number;

/// Maximum relative difference between a claim and theory: the simulation itself agrees with theory
/// within 1 to 2 %.
const TOLERANCE: f64 = 0.02;

/// The expected value of a claim.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Expected {
    /// Prediction of theory in the long run.
    pub value: f64,
    /// Whether the claim differs from it by more than the tolerance.
    pub contradicts: bool,
    /// Derivation of the value, in words.
    pub why: String,
}

/// Returns the expected value of a claim, if theory has one; `parameters` are those of exact time.
pub(super) fn expected(figure: &Figure, parameters: &ScaleParameters) -> Option<Expected> {
    if figure.claim.is_empty() || figure.relation != Relation::Equal {
        return None;
    }
    let claimed = figure.reported.as_ref()?.value;
    let predictions = predict(parameters, None).ok()?;
    let machine = |index: usize| {
        Some(Machine {
            index,
            rate: parameters.speeds.get(index)?.per_second(),
            p: *predictions.get(index)?,
        })
    };
    let top = predictions.iter().map(|p| p.clock_rate_per_s).fold(0.0, f64::max);
    let (value, why) = match (&figure.metric, figure.name.as_str()) {
        (Metric::Machine(index, _), "clock_ratio_to_fastest") => {
            let machine = machine(*index)?;
            (machine.p.clock_ratio_to_fastest, machine.why_clock())
        }
        (Metric::Machine(index, _), "arrival_rate_per_s") => {
            let machine = machine(*index)?;
            (machine.p.arrival_rate_per_s, machine.why_arrivals())
        }
        (Metric::JumpMeanRatio, _) => {
            let (one, two) = (machine(0)?, machine(1)?);
            let why = format!("{}; {}", two.why_jump(top), one.why_jump(top));
            (two.p.jump_mean / one.p.jump_mean, why)
        }
        _ => return None,
    };
    let contradicts = (value - claimed).abs() > TOLERANCE * claimed.abs();
    Some(Expected { value, contradicts, why })
}

/// A machine and the predictions for it.
struct Machine {
    index: usize,
    rate: f64,
    p: Prediction,
}

impl Machine {
    fn why_clock(&self) -> String {
        let (rate, arrivals) = (number(self.rate), number(self.p.arrival_rate_per_s));
        match self.p.stability {
            Stability::Saturated => format!(
                "a tick that receives sends nothing, so that only {arrivals} messages a second \
                 arrive at a machine that takes {rate}: its clock runs at {rate}/{arrivals} of the \
                 fastest"
            ),
            _ => format!(
                "{arrivals} messages a second arrive at a machine that could take {rate}, so it \
                 keeps pace with the fastest"
            ),
        }
    }

    fn why_arrivals(&self) -> String {
        let arrivals = number(self.p.arrival_rate_per_s);
        format!(
            "a tick that receives sends nothing, and the others receive, too: {arrivals} messages \
             a second arrive"
        )
    }

    fn why_jump(&self, top: f64) -> String {
        let (machine, top, jump) = (self.index + 1, number(top), number(self.p.jump_mean));
        match self.p.stability {
            Stability::Saturated => {
                let arrivals = number(self.p.arrival_rate_per_s);
                format!("machine {machine} is saturated: mean jump {top}/{arrivals} = {jump}")
            }
            _ => {
                let rate = number(self.rate);
                format!("machine {machine} keeps up: mean jump {top}/{rate} = {jump}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::figures::figures;
    use super::super::variants::Variant;
    use super::*;

    /// Returns the expected value of the claim about a config, a machine and a metric.
    fn of(config: &str, machine: &str, name: &str) -> Expected {
        let matches = |f: &Figure| (&*f.config, &*f.machine, &*f.name) == (config, machine, name);
        let figure = figures().into_iter().find(matches).expect("a figure");
        let parameters = super::super::parameters(config, Variant::Exact).expect("a config");
        expected(&figure, &parameters).expect("theory has a value")
    }

    #[test]
    fn ten_eighteenths_are_two_thirds() {
        let found = of("exp4", "1", "clock_ratio_to_fastest");
        assert!((found.value - 2.0 / 3.0).abs() < 1e-9, "{found:?}");
        assert!(found.contradicts && found.why.contains("1.5 messages a second"), "{found:?}");
        assert!(!of("exp4", "2", "clock_ratio_to_fastest").contradicts);
    }

    #[test]
    fn the_jumps_are_as_one_to_two() {
        let found = of("exp4", "2", "jump_mean_ratio_2_to_1");
        assert!((found.value - 0.5).abs() < 1e-9 && found.contradicts, "{found:?}");
        assert!(found.why.contains("6/1.5 = 4") && found.why.contains("6/3 = 2"), "{found:?}");
    }

    #[test]
    fn five_thirds_of_a_message_arrive_and_not_two() {
        // q = 1/10 + 1/10 and both fast machines are free 5 − λ times a second, λ = q·s: s = 25/6.
        let found = of("notebook/trial5", "2", "arrival_rate_per_s");
        assert!((found.value - 0.2 * 50.0 / 6.0).abs() < 1e-9 && found.contradicts, "{found:?}");
    }

    #[test]
    fn a_machine_just_beyond_its_limit_falls_behind_a_little() {
        // q = 2/15 and S = 9/(1 + q): λ = q·S = 18/17 arrive at a machine of one tick a second.
        let found = of("notebook/trial9", "2", "clock_ratio_to_fastest");
        assert!((found.value - 17.0 / 18.0).abs() < 1e-9 && found.contradicts, "{found:?}");
    }
}
