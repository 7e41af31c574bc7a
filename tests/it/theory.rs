//! Theory and simulation agree, in the long run and on average.
//!
//! Over 50 seeds of 2,000 virtual seconds the means of arrival rate, queue growth and clock rate
//! lie within 4 standard errors of the predictions; no critical cases. Theory speaks of the long
//! run, so the first half is the run-in: rates are taken over the second half, as queue growth is
//! by its definition, from the difference to a run of 1,000 s with the same seed.

use sim::config::{Override, read_scale};
use sim::scale_model::{MachineMeasures, QueueChoice, predict, run};

const SEEDS: u64 = 50;
const HALF_S: f64 = 1_000.0;

/// A sample of one measure of one machine, and what it should be on average.
struct Sample {
    what: String,
    values: Vec<f64>,
    predicted: f64,
}

impl Sample {
    fn deviation(&self) -> Option<String> {
        let n = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / n;
        let squares: f64 = self.values.iter().map(|value| (value - mean).powi(2)).sum();
        let standard_error = (squares / (n - 1.0) / n).sqrt();
        let off = (mean - self.predicted).abs();
        // What is the same for every seed has no standard error: there floats may differ.
        let bound = (4.0 * standard_error).max(1e-9);
        (off > bound).then(|| {
            format!("{}: mean {mean}, predicted {}, bound {bound}", self.what, self.predicted)
        })
    }
}

fn samples(rates: &str, send: &str) -> Vec<Sample> {
    let text = |seconds: u64| {
        format!("duration = \"{seconds}s\"\nrates = {rates}\nevents = {{ send = {send} }}")
    };
    let mut samples: Vec<Sample> = Vec::new();
    for seed in 0..SEEDS {
        let seed = Override {
            flag: "--seed".to_owned(),
            path: "seed".to_owned(),
            value: seed.to_string(),
        };
        let seed = &[seed];
        let simulate = |seconds| {
            let parameters =
                read_scale("x.toml", &text(seconds), seed).expect("an experiment").parameters;
            let measured = run(&parameters, QueueChoice::Auto, &mut (), &|| false).expect("a run");
            (parameters, measured.machines)
        };
        let (_, half) = simulate(1_000);
        let (parameters, whole) = simulate(2_000);
        let predictions = predict(&parameters, None).expect("a prediction");
        for (machine, prediction) in predictions.iter().enumerate() {
            assert!(!prediction.clock_is_bound, "{rates}: the fastest machine is alone");
            let (half, whole) = (&half[machine], &whole[machine]);
            let arrived = |m: &MachineMeasures| (m.events_receive + m.queue_final) as f64;
            let measured = [
                ("arrival rate", (arrived(whole) - arrived(half)) / HALF_S),
                ("queue growth", whole.queue_growth_per_s.expect("a complete run")),
                ("clock rate", (whole.clock_final - half.clock_final) as f64 / HALF_S),
            ];
            let predicted = [
                prediction.arrival_rate_per_s,
                prediction.queue_growth_per_s,
                prediction.clock_rate_per_s,
            ];
            for (place, ((what, value), predicted)) in
                measured.into_iter().zip(predicted).enumerate()
            {
                let what = format!("{rates} at {send}, machine {}, {what}", machine + 1);
                let index = machine * 3 + place;
                if samples.len() <= index {
                    samples.push(Sample { what, values: vec![], predicted });
                }
                samples[index].values.push(value);
            }
        }
    }
    samples
}

#[track_caller]
fn check(rates: &str, send: &str) {
    let deviations: Vec<String> =
        samples(rates, send).iter().filter_map(Sample::deviation).collect();
    assert!(deviations.is_empty(), "{deviations:#?}");
}

#[test]
fn one_slow_one_middling_one_fast() {
    ["0.3", "0.6", "0.9"].into_iter().for_each(|send| check("[1, 3, 6]", send));
}

#[test]
fn two_slow_one_fast() {
    ["0.3", "0.6", "0.9"].into_iter().for_each(|send| check("[1, 1, 6]", send));
}
