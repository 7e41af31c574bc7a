//! Reference figures of the scale model: the effect of the tie rule at equal rates.
//!
//! Rates [2, 2, 2], one 0.3, all 0.3, 60 s, latency 0: the mean final clock over seeds.

use sim::config::{Override, read_scale};
use sim::scale_model::{QueueChoice, run};

fn final_clocks(start: &str, ties: &str) -> f64 {
    const SEEDS: u64 = 200;
    let text = "duration = \"60s\"\nrates = [2, 2, 2]\nevents = { one = 0.3, all = 0.3 }\n\
                network = { latency = \"0ms\" }";
    let set = |path: &str, value: &str| Override {
        flag: "--set".to_owned(),
        path: path.to_owned(),
        value: value.to_owned(),
    };
    let mut sum = 0;
    for seed in 0..SEEDS {
        let overrides =
            [set("ticks.start", start), set("ticks.ties", ties), set("seed", &seed.to_string())];
        let experiment = read_scale("x.toml", text, &overrides).expect("an experiment");
        let run = run(&experiment.parameters, QueueChoice::Auto, &mut (), &|| false);
        let machines = run.expect("a run").machines;
        sum += machines.iter().map(|machine| machine.clock_final).sum::<u64>();
    }
    sum as f64 / (SEEDS * 3) as f64
}

#[track_caller]
fn check(start: &str, ties: &str, expected: f64, tolerance: f64) {
    let found = final_clocks(start, ties);
    assert!((found - expected).abs() <= tolerance, "{start} + {ties}: {found}, not {expected}");
}

#[test]
fn from_zero_with_ties_after_no_clock_is_pushed() {
    check("zero", "after", 120.0, 0.0);
}

#[test]
fn from_zero_with_ties_by_id_later_machines_push() {
    check("zero", "id", 138.0, 2.0);
}

#[test]
fn from_zero_with_seeded_ties_all_push() {
    check("zero", "seeded", 152.0, 5.0);
}

#[test]
fn from_random_phases_the_phases_decide() {
    check("random", "id", 139.0, 2.0);
}
