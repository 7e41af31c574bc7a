//! Benchmark of the time per tick, as ratios within one run: `cargo bench --bench engine`.
//!
//! The baseline is a naive loop over one `BinaryHeap` of ticks and deliveries, as one would write
//! it in an afternoon. It alternates with the rest, so that ratios hold on a busy machine, too.
//! Rates 1, 3 and 6, 90 % send, 1 ms latency: 1,000 runs of 500 virtual seconds each, five million
//! ticks, each run with a seed of its own, so that no branch predictor can learn it. In longer runs
//! the backlog of the slow machine outgrows the caches, which is then what is measured: `LONG=1`
//! makes it one run of half a million seconds.
//!
//! "engine and model" is the event loop alone: ticks and messages. "sim" has the measures, too: it
//! counts, samples clocks each second and computes the fingerprint of all events.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;
use std::rc::Rc;

use sim::engine::limits::{End, Limits};
use sim::engine::queue::{ScanQueue, Ties};
use sim::engine::ratio::Ratio;
use sim::engine::rng::Seed;
use sim::engine::time::{Duration, Instant};
use sim::network::NetworkSettings;
use sim::node::NodeId;
use sim::scale_model::{
    Machine, QueueChoice, Rules, ScaleParameters, SendRule, Speed, Stamp, Start, run,
};
use sim::simulation::{Observer, Progress, Setup, Simulation};
use sim::trace::{Event, Rows};

mod length;
mod naive;

use length::whole_or_short;
use naive::{RATES, naive};

/// A name, and a function that runs a number of virtual seconds with a seed.
type Contestant = (&'static str, fn(u64, Seed));

fn main() {
    // Virtual seconds per round, in all runs together.
    let all = whole_or_short(500_000, 1_000);
    let rounds = whole_or_short(9, 1);
    let runs = if std::env::var_os("LONG").is_some() { 1 } else { whole_or_short(1_000, 2) };
    let seconds = all / runs;
    println!("{runs} runs of {seconds} virtual seconds, in {rounds} rounds");
    let ticks = (all * RATES.iter().sum::<u64>()) as f64;
    let contestants: [Contestant; 6] = [
        ("naive loop", |seconds, seed| drop(black_box(naive(seconds, seed)))),
        ("engine and model", engine_alone),
        ("sim, no trace", |seconds, seed| simulate(seconds, seed, QueueChoice::Auto, &mut ())),
        ("sim, no trace, tree", |seconds, seed| {
            simulate(seconds, seed, QueueChoice::Tree, &mut ())
        }),
        ("sim, no trace, heap", |seconds, seed| {
            simulate(seconds, seed, QueueChoice::Heap, &mut ())
        }),
        ("sim, CSV and hash", |seconds, seed| {
            simulate(seconds, seed, QueueChoice::Auto, &mut CsvSink::new());
        }),
    ];
    let mut nanoseconds = vec![vec![]; contestants.len()];
    for _ in 0..rounds {
        for ((_, run), times) in contestants.iter().zip(&mut nanoseconds) {
            let begin = std::time::Instant::now();
            (0..runs).for_each(|number| run(seconds, Seed::new(number).expect("a seed")));
            times.push(begin.elapsed().as_nanos() as f64 / ticks);
        }
    }
    let naive = nanoseconds[0].clone();
    println!("{:22} {:>12} {:>14}", "", "ns per tick", "× naive loop");
    for ((name, _), times) in contestants.iter().zip(&nanoseconds) {
        let ratios: Vec<f64> = times.iter().zip(&naive).map(|(a, b)| a / b).collect();
        println!("{name:22} {:>12.1} {:>14.2}", median(times), median(&ratios));
    }
    let extra: Vec<f64> = nanoseconds[5].iter().zip(&nanoseconds[2]).map(|(a, b)| a - b).collect();
    let ratios: Vec<f64> = extra.iter().zip(&naive).map(|(a, b)| a / b).collect();
    let (extra, ratio) = (median(&extra), median(&ratios));
    println!("a CSV row, hash included, costs {extra:.1} ns on top, {ratio:.2} × the naive loop");
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Runs the engine with the machines of the scale model, without an observer.
fn engine_alone(seconds: u64, seed: Seed) {
    let parameters = parameters(seconds, seed);
    let (ticks, choice) = (parameters.ticks().expect("rates"), parameters.choice().expect("a die"));
    let rules = Rc::new(Rules { choice, stamp: parameters.stamp, ticks });
    let mut setup = Setup::new(parameters.machines(), parameters.seed);
    setup.limits = parameters.limits;
    let make = move |_| Machine::new(Rc::clone(&rules));
    let mut simulation = Simulation::<Machine, ScanQueue<_>>::new(&setup, make);
    let progress = simulation.run_until(parameters.before(), u64::MAX, &mut ());
    assert_eq!(progress, Progress::Reached);
    black_box(simulation.finish(End::Duration, parameters.before()));
}

fn simulate(seconds: u64, seed: Seed, queue: QueueChoice, observer: &mut impl Observer<Machine>) {
    black_box(run(&parameters(seconds, seed), queue, observer, &|| false).expect("an experiment"));
}

fn parameters(seconds: u64, seed: Seed) -> ScaleParameters {
    ScaleParameters {
        seed,
        duration: Duration::from_seconds(seconds),
        speeds: RATES.iter().map(|rate| Speed::Rate(Ratio::whole(*rate))).collect(),
        send: SendRule::Send(Ratio::new(9, 10).expect("a ratio")),
        stamp: Stamp::After,
        start: Start::Random,
        ties: Ties::Id,
        overshoot: Duration::ZERO,
        jitter: Duration::ZERO,
        network: NetworkSettings::default(),
        limits: Limits::default(),
    }
}

/// An observer that formats and hashes rows, and discards them.
struct CsvSink {
    rows: Rows,
    hash: blake3::Hasher,
}

impl CsvSink {
    fn new() -> CsvSink {
        CsvSink { rows: Rows::new("", BLOCK), hash: blake3::Hasher::new() }
    }
}

/// Number of bytes that are hashed at once.
const BLOCK: usize = 1 << 15;

impl Observer<Machine> for CsvSink {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        self.rows.add_event(at, machine, event);
        if let Some(block) = self.rows.full_block() {
            self.hash.update(block);
            self.rows.drop_block();
        }
    }
}
