//! Benchmark of a sweep's throughput in sixty-second runs per second, beside a hand-written loop of
//! the same runs: `cargo bench --bench sweep`.
//!
//! The loop simulates, and measures nothing but final clocks; the sweep computes all measures and
//! writes their rows. Both run the same experiment (rates 1, 3 and 6, 90 % send) with the same
//! number of seeds, alternately, so that ratios hold on a busy machine, too. The last figures show
//! how peak memory depends on the number of runs, from /proc (Linux only); `LONG=1` goes on to a
//! million.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::convert::Infallible;
use std::hint::black_box;
use std::time::Instant;

use rayon::prelude::*;
use sim::config::{BaseText, Sweep, SweepOptions, read_sweep};
use sim::engine::rng::Seed;
use sim::store::Store;
use sim::sweep::{Drive, Ended, Progress, SharedMemory, header, run_checked, write_points};

mod length;
mod naive;

use length::whole_or_short;
use naive::{RATES, naive};

fn main() {
    let (runs, rounds) = whole_or_short((20_000, 5), (100, 1));
    println!("{runs} runs of 60 virtual seconds, in {rounds} rounds, rates {RATES:?}");
    let two = rayon::ThreadPoolBuilder::new().num_threads(2).build().expect("workers");
    let mut seconds = [vec![], vec![], vec![], vec![], vec![]];
    for _ in 0..rounds {
        let begin = Instant::now();
        for seed in 0..runs {
            black_box(naive(60, Seed::new(seed).expect("a seed")));
        }
        seconds[0].push(begin.elapsed().as_secs_f64());
        let begin = Instant::now();
        two.install(|| {
            (0..runs).into_par_iter().for_each(|seed| {
                black_box(naive(60, Seed::new(seed).expect("a seed")));
            });
        });
        seconds[4].push(begin.elapsed().as_secs_f64());
        for (place, workers) in [(1, 1), (2, 2)] {
            let begin = Instant::now();
            let rows = sweep(runs, workers);
            seconds[place].push(begin.elapsed().as_secs_f64());
            let begin = Instant::now();
            points(runs, &rows);
            seconds[3].push(begin.elapsed().as_secs_f64());
        }
    }
    let rate = |place: usize| runs as f64 / median(&seconds[place]);
    println!("{:28} {:>12} {:>14}", "", "runs per s", "× naive loop");
    let names = ["naive loop", "sweep, one worker", "sweep, two workers"];
    for (place, name) in names.iter().enumerate() {
        println!("{name:28} {:>12.0} {:>14.2}", rate(place), rate(place) / rate(0));
    }
    println!("two workers make {:.2} × the runs of one", rate(2) / rate(1));
    println!("two threads make {:.2} × the naive loops of one", rate(4) / rate(0));
    println!("points.csv of these runs takes {:.2} s more", median(&seconds[3]));
    let long = std::env::var_os("LONG").is_some();
    let most = if long { 1_000_000 } else { whole_or_short(100_000, 1_000) };
    for runs in [1_000, 10_000, 100_000, 1_000_000].into_iter().filter(|runs| *runs <= most) {
        let before = peak_mib();
        let rows = sweep(runs, 2);
        points(runs, &rows);
        println!("{runs:>9} runs: peak memory {} MiB (before: {before})", peak_mib());
    }
}

/// Returns the peak memory of this process, in MiB.
fn peak_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap_or("");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn the_sweep(runs: u64) -> Sweep {
    let text = format!(
        "seeds = \"0..{runs}\"\n[config]\nduration = \"60s\"\nrates = {RATES:?}\n\
         events = {{ send = 0.9 }}\n"
    );
    let none = |_: &str| -> Result<BaseText, Infallible> { unreachable!("it has no base") };
    read_sweep("bench.toml", &text, &SweepOptions::default(), none).expect("a sweep")
}

/// Runs a sweep and returns the path of its rows.
fn sweep(runs: u64, workers: usize) -> std::fs::File {
    let sweep = the_sweep(runs);
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::new();
    let head = header(&sweep);
    let mut progress = Progress::begin(&store, folder.path(), "", &head).expect("a beginning");
    let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build().expect("workers");
    let drive = Drive {
        sweep: &sweep,
        runner: &run_checked,
        pool: &pool,
        memory: SharedMemory(None),
        backwards: false,
    };
    let ended = drive.run(&mut progress, &|| false, &mut |_| {}).expect("an end");
    assert_eq!(ended, Ended::Done);
    std::fs::File::open(progress.rows_path()).expect("the rows")
}

fn points(runs: u64, rows: &std::fs::File) {
    let rows = rows.try_clone().expect("the same file");
    let written = write_points(&the_sweep(runs), rows, &|| false, |text| {
        black_box(text);
        Ok::<(), Infallible>(())
    });
    written.expect("a table");
}
