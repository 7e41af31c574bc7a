//! How fast the challenges run, verdict included: `cargo bench --bench glomers`.
//!
//! Each challenge with its shipped config, one seed after the other on one core; and what a message
//! costs, where there are many: flooding among 25 nodes that are all neighbours, half a million
//! messages a run. Times are the least and the median of several rounds.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;

use sim::config::{Experiment, GlomersExperiment, Override, read, shipped};
use sim::engine::rng::Seed;
use sim::experiment::run_glomers;

const CHALLENGES: [&str; 11] = [
    "1-echo",
    "2-unique-ids",
    "3a",
    "3b",
    "3c",
    "3d",
    "3d-partition",
    "3e",
    "4-g-counter",
    "g-set",
    "pn-counter",
];
const ROUNDS: u64 = 9;

fn main() {
    println!("{:14} {:>10} {:>10} {:>12}", "", "ms, least", "median", "seeds/s");
    for name in CHALLENGES {
        let times = times(&experiment(name, &[]));
        let (least, median) = (times[0], times[times.len() / 2]);
        println!("{name:14} {least:>10.2} {median:>10.2} {:>12.0}", 1_000.0 / median);
    }
    let sets = [("solution", "flood"), ("topology", "total"), ("targets", "[]")];
    let flood = experiment("3d", &sets);
    let run = flood.solution.run(&flood.parameters, &flood.options, &mut (), &|| false);
    let messages = run.totals.messages as f64;
    let mut alone: Vec<f64> = (0..ROUNDS).map(|seed| simulation_ms(&flood, seed)).collect();
    alone.sort_by(f64::total_cmp);
    let ns = |ms: f64| ms * 1e6 / messages;
    println!(
        "a message costs {:.1} ns, median {:.1} ({messages} messages, {} copies delivered)",
        ns(alone[0]),
        ns(alone[alone.len() / 2]),
        run.totals.received,
    );
}

fn experiment(name: &str, sets: &[(&str, &str)]) -> GlomersExperiment {
    let text = shipped(&format!("glomers/{name}")).expect("a challenge").text;
    let set = |(path, value): &(&str, &str)| Override {
        flag: format!("--set {path}"),
        path: (*path).to_owned(),
        value: (*value).to_owned(),
    };
    let sets: Vec<Override> = sets.iter().map(set).collect();
    match read(name, text, &sets).expect("a config") {
        Experiment::Glomers(experiment) => *experiment,
        Experiment::Scale(_) => panic!("{name} is of another family"),
    }
}

/// Runs with their verdicts, in milliseconds, in rising order.
fn times(experiment: &GlomersExperiment) -> Vec<f64> {
    let mut experiment = experiment.clone();
    let time = |seed| {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let begin = std::time::Instant::now();
        black_box(run_glomers(&experiment, &mut (), &|| false));
        begin.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..ROUNDS).map(time).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// A run without its verdict, in milliseconds.
fn simulation_ms(experiment: &GlomersExperiment, seed: u64) -> f64 {
    let mut parameters = experiment.parameters.clone();
    parameters.seed = Seed::new(seed).expect("a seed");
    let begin = std::time::Instant::now();
    black_box(experiment.solution.run(&parameters, &experiment.options, &mut (), &|| false));
    begin.elapsed().as_secs_f64() * 1e3
}
