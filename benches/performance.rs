//! Speed beside a naive loop and a loop by hand, for any number of machines, as a page:
//! `cargo bench --bench performance > results/reference/performance.md`.
//!
//! Machines of 1 to 100 ticks per second, drawn (three machines: 1, 3 and 6), send to one other
//! with probability 0.9 on each tick without a message; latency 1 ms, random phases. The naive loop
//! is one `BinaryHeap` of ticks and deliveries; the loop by hand can do this one experiment alone.
//! Both have nothing but final clocks, which must be those of the simulator, while that computes
//! all measures and the fingerprint. All alternate within one process and are timed by the
//! processor time of their thread (Linux; elsewhere by the clock), building and dropping of all
//! state included, so that ratios hold on a busy machine, too. `LONG=1` adds a million machines.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints")]

use sim::engine::ratio::Ratio;
use sim::engine::rng::Seed;
use sim::engine::time::Duration;
use sim::scale_model::{QueueChoice, ScaleParameters, SendRule, Speed, run};

#[path = "naive/many.rs"]
mod many;

/// Number of machines, virtual milliseconds of a run, and runs of a round.
const SIZES: [(u32, u64, u64); 4] =
    [(3, 60_000, 3_000), (1_000, 20_000, 1), (100_000, 500, 1), (1_000_000, 200, 1)];
const ROUNDS: usize = 5;

/// A name, and a function that returns the final clocks and the number of ticks, if it knows it.
type Contestant = (&'static str, fn(&[u64], u64, Seed) -> (Vec<u64>, u64));

const CONTESTANTS: [Contestant; 4] = [
    ("naive loop", |rates, ms, seed| (many::naive(rates, ms, seed), 0)),
    ("by hand", |rates, ms, seed| (many::by_hand(rates, ms, seed), 0)),
    ("`sim`", |rates, ms, seed| simulate(rates, ms, seed, QueueChoice::Auto)),
    ("`sim`, queue `tree`", |rates, ms, seed| simulate(rates, ms, seed, QueueChoice::Tree)),
];

fn main() {
    println!("# Performance\n");
    println!(
        "`cargo bench --bench performance`, sim {}, {}.",
        env!("CARGO_PKG_VERSION"),
        machine()
    );
    println!("Nanoseconds of processor time per tick and, in parentheses, multiples of the naive");
    println!(
        "loop; medians of {ROUNDS} rounds in which all alternate. `sim` computes all measures"
    );
    println!("and the fingerprint, the loops only final clocks, which were equal.\n");
    println!("| machines |{}", CONTESTANTS.map(|(name, _)| format!(" {name} |")).concat());
    println!("| ---: |{}", " ---: |".repeat(CONTESTANTS.len()));
    let long = std::env::var_os("LONG").is_some();
    for (machines, ms, runs) in SIZES.into_iter().filter(|size| long || size.0 < 1_000_000) {
        eprintln!("{machines} machines, {runs} runs of {ms} ms, {ROUNDS} rounds");
        println!("| {machines} |{}", row(machines, ms, runs));
    }
    println!("\nBusy tenants of the same processor take cache and memory from all columns alike.");
}

/// Measures all contestants, and returns their cells.
fn row(machines: u32, ms: u64, runs: u64) -> String {
    let seeds = || (1..=runs).map(|seed| Seed::new(seed).expect("a seed"));
    let rates = match machines {
        3 => vec![1, 3, 6],
        _ => many::rates(machines, Seed::new(1).expect("a seed")),
    };
    let mut seconds = CONTESTANTS.map(|_| vec![]);
    let mut ticks = 0;
    for _ in 0..ROUNDS {
        let mut clocks = vec![];
        for ((_, contestant), seconds) in CONTESTANTS.iter().zip(&mut seconds) {
            let begin = Stopwatch::start();
            let (mut all, mut count) = (vec![], 0);
            for seed in seeds() {
                let (clocks, ticks) = contestant(&rates, ms, seed);
                all.push(clocks.iter().sum::<u64>());
                count += ticks;
            }
            seconds.push(begin.seconds());
            ticks = ticks.max(count);
            clocks.push(all);
        }
        assert!(clocks.iter().all(|all| *all == clocks[0]), "final clocks differ");
    }
    let cell = |own: &Vec<f64>| {
        let ratios: Vec<f64> = own.iter().zip(&seconds[0]).map(|(a, b)| a / b).collect();
        format!(" {:.1} ({:.2}) |", median(own) * 1e9 / ticks as f64, median(&ratios))
    };
    seconds.iter().map(cell).collect()
}

fn simulate(rates: &[u64], ms: u64, seed: Seed, queue: QueueChoice) -> (Vec<u64>, u64) {
    let speeds = rates.iter().map(|rate| Speed::Rate(Ratio::whole(*rate))).collect();
    let send = SendRule::OneOrAll { one: many::one(), all: Ratio::ZERO };
    let parameters = ScaleParameters::new(seed, Duration::from_ms(ms), speeds, send);
    let run = run(&parameters, queue, &mut (), &|| false).expect("an experiment");
    (run.machines.iter().map(|machine| machine.clock_final).collect(), run.run.events)
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

/// Processor time of this thread, if the system tells it, else the wall clock.
struct Stopwatch {
    processor: Option<f64>,
    wall: std::time::Instant,
}

impl Stopwatch {
    fn start() -> Stopwatch {
        Stopwatch { processor: processor_seconds(), wall: std::time::Instant::now() }
    }

    fn seconds(&self) -> f64 {
        let processor = processor_seconds().zip(self.processor).map(|(now, then)| now - then);
        processor.unwrap_or_else(|| self.wall.elapsed().as_secs_f64())
    }
}

fn processor_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    Some(text.split_whitespace().next()?.parse::<f64>().ok()? / 1e9)
}

/// Describes this machine.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = text.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": "));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{cores} cores of {}", model.map_or("an unknown processor", |(_, name)| name))
}
