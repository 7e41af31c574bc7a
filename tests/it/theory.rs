//! Theory against simulation: they agree in the long run and on average, and theory is exact where
//! it claims to be.
//!
//! Over many seeds the means of arrival rate, queue growth, clock rate, mean jump and the ratio of
//! clocks lie within 5 standard errors of exact predictions, and not below a prediction that is a
//! bound. There are no critical cases. Theory is about the long run, so the first half of a run is
//! the warm-up: rates are taken over the second half, as queue growth is by definition, as the
//! difference to a run of half the length with the same seed.

use sim::config::{Override, read_scale};
use sim::scale_model::{
    MachineMeasures, Prediction, QueueChoice, ScaleParameters, Stability, predict, predict_each,
    run,
};

/// A sample of one measure of one machine, and its predicted mean.
struct Sample {
    what: String,
    values: Vec<f64>,
    predicted: f64,
    is_bound: bool,
    /// Minimum tolerance of the mean, for values that are the same on every seed and so have no
    /// standard error.
    least: f64,
}

/// Maximum distance of a mean from its prediction, in standard errors.
const STANDARD_ERRORS: f64 = 5.0;

impl Sample {
    fn deviation(&self) -> Option<String> {
        let n = self.values.len() as f64;
        let mean = self.values.iter().sum::<f64>() / n;
        let squares: f64 = self.values.iter().map(|value| (value - mean).powi(2)).sum();
        let standard_error = (squares / (n - 1.0) / n).sqrt();
        let off = if self.is_bound { self.predicted - mean } else { (mean - self.predicted).abs() };
        let bound = (STANDARD_ERRORS * standard_error).max(self.least);
        (off > bound).then(|| {
            format!("{}: mean {mean}, predicted {}, bound {bound}", self.what, self.predicted)
        })
    }
}

/// Runs a config for this time with this seed, and returns its parameters and measures.
fn simulate(config: &str, seconds: u64, seed: u64) -> (ScaleParameters, Vec<MachineMeasures>) {
    let text = format!("duration = \"{seconds}s\"\n{config}");
    let (flag, path) = ("--seed".to_owned(), "seed".to_owned());
    let seed = Override { flag, path, value: seed.to_string() };
    let parameters = read_scale("x.toml", &text, &[seed]).expect("an experiment").parameters;
    let measured = run(&parameters, QueueChoice::Auto, &mut (), &|| false).expect("a run");
    (parameters, measured.machines)
}

fn samples(config: &str, seeds: u64, half_s: u64) -> Vec<Sample> {
    let mut samples: Vec<Sample> = Vec::new();
    for seed in 0..seeds {
        let (_, half) = simulate(config, half_s, seed);
        let (parameters, whole) = simulate(config, 2 * half_s, seed);
        let predictions = predict(&parameters, None).expect("a prediction");
        let span = |all: &[MachineMeasures], part: &[MachineMeasures], machine: usize| {
            all[machine].clock_final - part[machine].clock_final
        };
        let advances = (0..whole.len()).map(|machine| span(&whole, &half, machine));
        let fastest = advances.clone().max().expect("machines") as f64;
        for (machine, (prediction, advance)) in predictions.iter().zip(advances).enumerate() {
            let (half, whole) = (&half[machine], &whole[machine]);
            let arrived = |m: &MachineMeasures| (m.events_receive + m.queue_final) as f64;
            let seconds = half_s as f64;
            let Prediction { arrival_rate_per_s, queue_growth_per_s, clock_rate_per_s, .. } =
                *prediction;
            let Prediction { clock_ratio_to_fastest, jump_mean, .. } = *prediction;
            let bound = prediction.clock_is_bound;
            let growth = whole.queue_growth_per_s.expect("a complete run");
            let ticks = (whole.events - half.events) as f64;
            let measured = [
                ("arrivals", (arrived(whole) - arrived(half)) / seconds, arrival_rate_per_s, false),
                ("growth", growth, queue_growth_per_s, false),
                ("clock", advance as f64 / seconds, clock_rate_per_s, bound),
                ("jump", advance as f64 / ticks, jump_mean, bound),
                ("ratio", advance as f64 / fastest, clock_ratio_to_fastest, false),
            ];
            assert_ne!(prediction.stability, Stability::Critical, "{config}");
            // A second half may have a tick more or less than its share, and the fastest clock of
            // a run happens to be a few steps ahead.
            let least = [1e-9, 1e-9, 1.001 / seconds, 1e-9, 0.01];
            for (place, (what, value, predicted, is_bound)) in measured.into_iter().enumerate() {
                let index = machine * measured.len() + place;
                if samples.len() <= index {
                    let what = format!("{config}, machine {}, {what}", machine + 1);
                    let (values, least) = (vec![], least[place]);
                    samples.push(Sample { what, values, predicted, is_bound, least });
                }
                samples[index].values.push(value);
            }
        }
    }
    samples
}

fn deviations(config: &str, seeds: u64, half_s: u64) -> Vec<String> {
    samples(config, seeds, half_s).iter().filter_map(Sample::deviation).collect()
}

#[track_caller]
fn check(config: &str, seeds: u64, half_s: u64) {
    let deviations = deviations(config, seeds, half_s);
    assert!(deviations.is_empty(), "{deviations:#?}");
}

#[test]
fn one_slow_one_middling_one_fast() {
    for send in ["0.3", "0.6", "0.9"] {
        check(&format!("rates = [1, 3, 6]\nevents = {{ send = {send} }}"), 50, 1_000);
    }
}

#[test]
fn two_slow_one_fast() {
    for send in ["0.3", "0.6", "0.9"] {
        check(&format!("rates = [1, 1, 6]\nevents = {{ send = {send} }}"), 50, 1_000);
    }
}

/// Every option that theory covers, each with rates at which clocks are exact and with others.
#[test]
fn where_theory_is_exact_the_simulation_agrees_and_where_it_is_a_bound_it_is_one() {
    let rules = [
        "events = { send = 0.4 }",
        "stamp = \"before\"\nevents = { send = 0.4 }",
        "events = { one = 0.2, all = 0.1 }",
        "events = { die = 7 }",
        "events = { send = 0 }",
        "events = { send = 0.4 }\n[network]\nloss = 0.3\nduplication = 0.2",
        "events = { send = 0.4 }\n[network]\nloss = 1",
        "events = { send = 0.4 }\n[network]\nlatency = \"0ms\"",
    ];
    let ticks = [
        "ticks = { start = \"random\" }",
        "ticks = { start = \"zero\", ties = \"after\" }",
        "ticks = { start = \"zero\", ties = \"seeded\" }",
        "ticks = { start = \"zero\", ties = \"after\", jitter = \"100ms\" }",
        "ticks = { start = \"period\", ties = \"after\", overshoot = \"40ms\" }",
    ];
    let rates = ["[3, 3, 3]", "[4, 5, 5]", "[1, 2, 5]", "[1, \"5/2\", 5, 1]"];
    let mut found = vec![];
    for rule in rules {
        for ticks in ticks {
            for rates in rates {
                found.extend(deviations(&format!("rates = {rates}\n{ticks}\n{rule}"), 12, 200));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Bounds are exceeded: these clocks run faster than the fastest machine ticks, so the fastest rate
/// is not their exact rate.
#[test]
fn what_is_called_a_bound_is_exceeded() {
    for (config, mean) in [
        ("rates = [4, 5, 5]\nticks = { start = \"zero\", ties = \"after\" }", 5.0),
        ("rates = [3, 3, 3]\nticks = { start = \"random\" }", 3.0),
    ] {
        let config = format!("{config}\nevents = {{ send = 0.3 }}");
        let samples = samples(&config, 12, 200);
        let clock = samples.iter().find(|s| s.what.ends_with(", clock")).expect("a sample");
        assert!(clock.is_bound && clock.predicted == mean, "{config}");
        assert!(clock.values.iter().all(|value| *value > mean * 1.01), "{:?}", clock.values);
    }
}

#[track_caller]
fn close(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

/// Whether the predicted clock of each machine of a config is exact.
fn exact(config: &str) -> Vec<bool> {
    predicted(config).iter().map(|p| !p.clock_is_bound).collect()
}

fn predicted(config: &str) -> Vec<Prediction> {
    predict(&read(config), None).expect("a prediction")
}

fn read(config: &str) -> ScaleParameters {
    let text = format!("duration = \"60s\"\n{config}");
    read_scale("x.toml", &text, &[]).expect("an experiment").parameters
}

#[test]
fn where_nothing_arrives_each_clock_runs_at_its_own_rate() {
    for rest in [
        "events = { send = 0 }",
        "events = { one = 0, all = 0 }",
        "events = { send = 0.9 }\n[network]\nloss = 1",
        "events = { one = 0, all = 1 }\n[network]\nloss = \"100%\"",
        "events = { send = 0.9 }\n[network]\nlatency = \"60s\"",
        "events = { send = 0.9 }\n[network]\n\
         partitions = [{ at = \"0s\", until = \"60s\", groups = [[1], [2], [3]] }]",
        "events = { send = 0.9 }\nticks = { jitter = \"0ms\" }\n[network]\n\
         partitions = [{ at = \"0s\", until = \"30s\", groups = [[1], [2], [3]] },\n\
         { at = \"30s\", until = \"60s\", groups = [[1], [2], [3]] }]",
    ] {
        for (p, rate) in predicted(&format!("rates = [1, 3, 6]\n{rest}")).iter().zip([1, 3, 6]) {
            let rate = f64::from(rate);
            assert_eq!((p.clock_rate_per_s, p.jump_mean, p.arrival_rate_per_s), (rate, 1.0, 0.0));
            assert_eq!((p.clock_ratio_to_fastest, p.queue_growth_per_s), (rate / 6.0, 0.0));
            assert!(!p.clock_is_bound && !p.ratio_is_bound && p.stability == Stability::Stable);
        }
    }
    let alone = predicted("rates = [3]\nevents = { send = 0.3 }");
    assert_eq!((alone[0].clock_rate_per_s, alone[0].jump_mean), (3.0, 1.0));
}

#[test]
fn a_machine_cut_off_from_start_to_end_is_on_its_own_and_the_others_are_a_group() {
    let cut = "events = { send = 0.9 }\n[network]\n\
               partitions = [{ at = \"0s\", until = \"60s\", groups = [[1], [2, 3]] }]";
    let found = predicted(&format!("rates = [1, 3, 6]\n{cut}"));
    assert_eq!((found[0].clock_rate_per_s, found[0].jump_mean), (1.0, 1.0));
    // q = 3/10 + 3/10: of 6 free ticks a second 3.6 send to a machine that takes 3.
    assert_eq!((found[1].arrival_rate_per_s, found[1].clock_rate_per_s), (3.6, 5.0));
    let one_way = cut.replace("groups = [[1], [2, 3]]", "from = [2, 3], to = [1]");
    let found = predict_each(&read(&format!("rates = [1, 3, 6]\n{one_way}")), None);
    assert_eq!(found.machines[0].map(|p| p.clock_rate_per_s), Some(1.0));
    assert_eq!(found.machines[1], None);
    assert!(found.reason.is_some_and(|why| why.contains("come and go")), "{:?}", found.reason);
    let for_a_while = cut.replace("until = \"60s\"", "until = \"59s\"");
    let found = predict(&read(&format!("rates = [1, 3, 6]\n{for_a_while}")), None);
    assert!(found.is_err_and(|why| why.contains("come and go")));
}

#[test]
fn clocks_are_exact_only_where_they_are() {
    let cases = [
        ("rates = [1, 3, 6]", "", true),
        ("rates = [1, 3, 6]", "ties = \"seeded\"", false),
        ("rates = [1, 2, 6]", "ties = \"seeded\"", true),
        ("rates = [1, 4, 6]", "", false),
        ("rates = [3, 3, 3]", "", false),
        ("rates = [3, 3, 3]", "start = \"zero\", ties = \"after\"", true),
        ("rates = [3, 3, 3]", "start = \"period\", ties = \"after\"", true),
        ("rates = [3, 3, 3]", "start = \"zero\", ties = \"id\"", false),
        ("rates = [4, 5, 5]", "start = \"zero\", ties = \"after\"", false),
        ("rates = [3, 3, 3]", "start = \"zero\", ties = \"after\", jitter = \"100ms\"", false),
        ("rates = [1, 2, 6]", "jitter = \"80ms\"", true),
        ("rates = [1, 2, 6]", "jitter = \"84ms\"", false),
    ];
    for (rates, ticks, expected) in cases {
        let config = format!("{rates}\nevents = {{ send = 0.3 }}\nticks = {{ {ticks} }}");
        assert_eq!(exact(&config), [expected; 3], "{config}");
    }
    for (rates, ticks, expected) in [
        ("[4, 5, 5]", "", true),
        ("[4, 5, 5]", "jitter = \"1ms\"", false),
        ("[4, 4, 5]", "jitter = \"50ms\"", true),
        ("[4, 4, 5]", "jitter = \"51ms\"", false),
    ] {
        let events = "events = { send = 0.3 }\nstamp = \"before\"";
        let config = format!("rates = {rates}\n{events}\nticks = {{ {ticks} }}");
        assert_eq!(exact(&config), [expected; 3], "{config}");
    }
}

#[test]
fn a_saturated_clock_is_a_bound_unless_the_top_is_exact_or_measured() {
    let parameters = read("rates = [1, 6, 6]\nevents = { send = 0.9 }");
    let saturated = |top| predict(&parameters, top).expect("a prediction")[0];
    assert!(saturated(None).clock_is_bound);
    let measured = saturated(Some(6.5));
    assert_eq!(measured.stability, Stability::Saturated);
    assert!(!measured.clock_is_bound && !measured.ratio_is_bound);
    close(measured.clock_ratio_to_fastest, measured.clock_rate_per_s / 6.5);
}

#[test]
fn rates_are_rounded_once() {
    let found = predicted("rates = [1, 1, 6]\nevents = { send = 0.9 }");
    let arrivals: Vec<f64> = found.iter().map(|p| p.arrival_rate_per_s).collect();
    assert_eq!(arrivals, [3.6, 3.6, 0.0]);
    assert!(arrivals[2].is_sign_positive());
    assert_eq!((found[0].queue_growth_per_s, found[2].queue_growth_per_s), (2.6, 0.0));
    assert_eq!(found[0].clock_ratio_to_fastest, 5.0 / 18.0);
}

#[test]
fn an_experiment_in_which_more_arrives_than_is_sent_has_its_own_reason() {
    let reason = |config: &str| predict(&read(config), None).expect_err("no prediction");
    let duplicates = "[network]\nduplication = 0.5";
    let all = reason("rates = [3, 3]\nevents = { one = 0, all = 1 }");
    assert!(all.contains("every free tick sends to all machines"), "{all}");
    let duplicated =
        reason(&format!("rates = [3, 3]\nevents = {{ one = 0, all = 0.8 }}\n{duplicates}"));
    assert!(duplicated.contains("duplication"), "{duplicated}");
    let config =
        format!("rates = [1, 3]\nevents = {{ one = 0, all = 0.6 }}\n{duplicates}\nloss = 0.1");
    close(predicted(&config)[0].arrival_rate_per_s, 0.6 * 0.9 * 1.5 * 3.0);
}
