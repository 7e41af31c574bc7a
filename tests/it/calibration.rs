//! Calibration: means over seeds agree with figures observed with Maelstrom, and with the exact
//! ones of a network without the load of a host.
//!
//! 25 nodes, 100 operations a second for 20 s, 100 ms between nodes, no host cost.

use sim::config::{Experiment, Override, read};
use sim::experiment::run_glomers;

use crate::support::{few_seeds, seeds};

/// Means over seeds: server messages per operation, and the quantiles 0.5, 0.95, 0.99 and
/// 1 of the stable latencies, in ms.
struct Means {
    messages_per_op: f64,
    latencies_ms: [f64; 4],
}

fn means(solution: &str, topology: &str, latency: &str) -> Means {
    means_of(seeds(), solution, topology, latency)
}

fn means_of(seeds: u64, solution: &str, topology: &str, latency: &str) -> Means {
    let text = format!(
        "model = \"glomers\"\nworkload = \"broadcast\"\nsolution = \"{solution}\"\nnodes = 25\n\
         topology = \"{topology}\"\nrate = 100\nduration = \"20s\"\n\
         network = {{ latency = {latency}, host_cost = \"0ms\" }}"
    );
    let mut sums = [0.0; 5];
    for seed in 0..seeds {
        let seed = Override { flag: "--seed".into(), path: "seed".into(), value: seed.to_string() };
        let experiment = read("x.toml", &text, &[seed]).expect(&text);
        let Experiment::Glomers(experiment) = experiment else { panic!("another family") };
        let figures = run_glomers(&experiment, &mut (), &|| false).verdict.figures.0;
        let paths = ["p50", "p95", "p99", "max"].map(|q| format!("stable_latency_ms.{q}"));
        let paths = ["net.servers.msgs_per_op".to_owned()].into_iter().chain(paths);
        for (sum, path) in sums.iter_mut().zip(paths) {
            *sum += figures[&path];
        }
    }
    let [messages_per_op, latencies_ms @ ..] = sums.map(|sum| sum / seeds as f64);
    Means { messages_per_op, latencies_ms }
}

/// Asserts that each figure lies within its tolerance, a fraction of the expected value.
#[track_caller]
fn check(found: Means, messages: (f64, f64), latencies: [(f64, f64); 4]) {
    let Means { messages_per_op, latencies_ms } = found;
    let within =
        |found: f64, (expected, share): (f64, f64)| (found - expected).abs() <= expected * share;
    let shown = format!("{messages_per_op:.2} {latencies_ms:.1?}");
    assert!(within(messages_per_op, messages), "messages per operation: {shown}");
    let mut pairs = latencies_ms.into_iter().zip(latencies);
    assert!(pairs.all(|(found, expected)| within(found, expected)), "latencies: {shown}");
}

/// Latencies observed with Maelstrom, with a tolerance of 10 % (that of messages is 5 %).
fn observed(latencies: [f64; 4]) -> [(f64, f64); 4] {
    latencies.map(|latency| (latency, 0.10))
}

/// Latencies of a network without the load of a host, with a tolerance of 3 %, and of 10 % for the
/// maximum.
fn ideal([p50, p95, p99, max]: [f64; 4]) -> [(f64, f64); 4] {
    [(p50, 0.03), (p95, 0.03), (p99, 0.03), (max, 0.10)]
}

#[test]
fn flood_on_a_tree() {
    let found = means("flood", "tree4", "\"100ms\"");
    check(found, (12.18, 0.05), observed([356.0, 487.0, 505.0, 526.0]));
}

#[test]
fn flood_on_a_grid() {
    let found = means("flood", "grid", "\"100ms\"");
    check(found, (28.17, 0.05), observed([449.0, 673.0, 769.0, 792.0]));
}

#[test]
fn flood_on_a_line() {
    let found = means("flood", "line", "\"100ms\"");
    check(found, (12.0, 0.05), observed([1539.0, 2168.0, 2344.0, 2390.0]));
}

#[test]
fn direct_fan_out() {
    let found = means("direct", "total", "\"100ms\"");
    check(found, (11.8, 0.03), ideal([87.0, 98.0, 99.0, 99.0]));
}

#[test]
fn flood_on_everybody() {
    let found = means_of(few_seeds(), "flood", "total", "\"100ms\"");
    check(found, (282.0, 0.03), ideal([88.0, 99.0, 99.0, 99.0]));
}

#[test]
fn flood_on_a_grid_with_exponential_latency() {
    let found = means("flood", "grid", "{ exponential = \"100ms\" }");
    check(found, (27.6, 0.03), ideal([229.0, 434.0, 552.0, 700.0]));
}
