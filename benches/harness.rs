//! Benchmark of the host of real processes: `cargo bench --bench harness`.
//!
//! The echo ceiling, which is the operations per second of a hundred clients with one native node
//! (`sim node echo`) without latency; the time of the shortest test besides its time limit; and the
//! cost of hosting while idle. All of it depends on the machine.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::process::{Command, Stdio};
use std::time::Instant;

use serde_json::Value;

mod length;

use length::whole_or_short;

const SIM: &str = env!("CARGO_BIN_EXE_sim");

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let test = |options: &[&str]| -> (Value, f64) {
        let begin = Instant::now();
        let output = Command::new(SIM)
            .args(["test", "-w", "echo", "--bin", SIM, "--node-count", "1", "--format", "json"])
            .args(options)
            .args(["--", "node", "echo"])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .output()
            .expect("sim runs");
        let results = serde_json::from_slice(&output.stdout).expect("JSON");
        (results, begin.elapsed().as_secs_f64())
    };
    let seconds = whole_or_short(5, 1);
    let limit = seconds.to_string();
    let (ceiling, _) = test(&["--concurrency", "100", "--rate", "1000000", "--time-limit", &limit]);
    let count = ceiling["results"]["stats"]["ok-count"].as_u64().unwrap_or(0);
    let late = &ceiling["results"]["lateness-ms"];
    println!("echo ceiling: {} operations/s, 100 clients, one native node", count / seconds);
    println!("  lateness of deliveries in ms: p50 {}, p99 {}", late["p50"], late["p99"]);
    let (_, one) = test(&["--time-limit", "1"]);
    println!("a test of one second takes {one:.3} s");
    let before = children_seconds();
    let seconds = whole_or_short("10", "1");
    test(&["--rate", "0", "--time-limit", seconds]);
    let percent = (children_seconds() - before) * 100.0 / seconds.parse::<f64>().expect("a number");
    println!("while nothing happens it takes {percent:.2} % of a core, the node included");
}

/// Returns the CPU time of the children that have exited so far, in seconds.
fn children_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name in brackets, the 14th and 15th fields are those of children, in clock ticks.
    let after = stat.rsplit(')').next().unwrap_or_default();
    let numbers: Vec<f64> =
        after.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    let ticks = numbers.get(12..14).map_or(0.0, |ticks| ticks.iter().sum());
    ticks / 100.0
}
