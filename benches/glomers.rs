//! Benchmark of the challenges, verdicts included: `cargo bench --bench glomers`.
//!
//! Each challenge runs with its shipped config, one seed after the other on one core. The cost of a
//! message is measured in three ways, with 25 nodes and about three million messages a run: through
//! engine and network alone, and as a message of Gossip Glomers, where nodes only pass tokens on;
//! and with its handling, where nodes flood values to all others. Times are the minimum and the
//! median of several rounds.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

use std::hint::black_box;

use serde::{Deserialize, Serialize};
use sim::config::{Experiment, GlomersExperiment, Override, read, shipped};
use sim::engine::rng::Seed;
use sim::engine::time::Instant;
use sim::experiment::{run_glomers, run_servers};
use sim::glomers::{Caller, Cx, Peer, Request, Server, Word};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Setup, Simulation};

mod length;

use length::whole_or_short;

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
fn rounds() -> u64 {
    whole_or_short(9, 1)
}

fn main() {
    println!("{:14} {:>10} {:>10} {:>12}", "", "ms, least", "median", "seeds/s");
    for name in CHALLENGES {
        let times = times(&experiment(name, &[]));
        let (least, median) = (times[0], times[times.len() / 2]);
        println!("{name:14} {least:>10.2} {median:>10.2} {:>12.0}", 1_000.0 / median);
    }
    plain_relay();
    relay();
    let duration = whole_or_short("20s", "1s");
    let sets =
        [("solution", "flood"), ("topology", "total"), ("targets", "[]"), ("duration", duration)];
    let flood = experiment("3d", &sets);
    let run = flood.solution.run(&flood.parameters, &flood.options, &mut (), &|| false);
    let messages = run.totals.messages as f64;
    let mut alone: Vec<f64> = (0..rounds()).map(|seed| simulation_ms(&flood, seed)).collect();
    alone.sort_by(f64::total_cmp);
    let ns = |ms: f64| ms * 1e6 / messages;
    println!(
        "a message of a flood costs {:.1} ns, median {:.1} ({messages} messages, {} delivered)",
        ns(alone[0]),
        ns(alone[alone.len() / 2]),
        run.totals.received,
    );
}

/// A node that passes each token on to the next node.
struct Relay;

/// A token.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Token(u64);

impl Peer for Token {
    const WORD: Option<Word<Token>> = Some((|token| token.0, Token));
}

impl Server for Relay {
    type Peer = Token;

    fn start(&mut self, cx: &mut Cx<'_, Token>) {
        (0..4).for_each(|_| pass_on(Token(0), cx));
    }

    fn peer(&mut self, _: NodeId, Token(hops): Token, cx: &mut Cx<'_, Token>) {
        pass_on(Token(hops + 1), cx);
    }

    fn request(&mut self, caller: Caller, _: Request, cx: &mut Cx<'_, Token>) {
        cx.refuse(caller);
    }
}

fn pass_on(token: Token, cx: &mut Cx<'_, Token>) {
    let next = NodeId((cx.me().0 + 1) % cx.servers().count() as u32);
    cx.send(next, token);
}

/// The same on the engine alone, without the layers of Gossip Glomers.
struct Plain;

impl Node for Plain {
    type Message = Token;
    type Record = ();

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        (0..4).for_each(|_| pass_on_plainly(Token(0), cx));
    }

    fn on_message(&mut self, _: NodeId, Token(hops): Token, cx: &mut Context<'_, Self>) {
        pass_on_plainly(Token(hops + 1), cx);
    }

    fn on_timer(&mut self, _: Timer, _: &mut Context<'_, Self>) {}
}

fn pass_on_plainly(token: Token, cx: &mut Context<'_, Plain>) {
    let next = NodeId((cx.id().0 + 1) % cx.nodes());
    cx.send(next, token);
}

/// Prints the cost of a message through engine and network alone.
fn plain_relay() {
    let setup = Setup::new(25, Seed::new(1).expect("a seed"));
    let end = Instant::from_ns(whole_or_short(30_000_000_000, 1_000_000_000));
    let mut costs: Vec<f64> = vec![];
    let mut messages = 0;
    for _ in 0..rounds() {
        let mut simulation = Simulation::<Plain>::new(&setup, |_| Plain);
        let begin = std::time::Instant::now();
        simulation.run_until(end, u64::MAX, &mut ());
        messages = simulation.events();
        costs.push(begin.elapsed().as_secs_f64() * 1e9 / messages as f64);
    }
    costs.sort_by(f64::total_cmp);
    let median = costs[costs.len() / 2];
    println!("through engine and network alone {:.1}, median {median:.1} ({messages})", costs[0]);
}

/// Prints the cost of a message of Gossip Glomers where nodes do nothing else.
fn relay() {
    let duration = whole_or_short("20s", "1s");
    let sets =
        [("rate", "0"), ("targets", "[]"), ("network.latency", "1ms"), ("duration", duration)];
    let experiment = experiment("3d", &sets);
    let mut costs: Vec<f64> = vec![];
    let mut messages = 0;
    for _ in 0..rounds() {
        let begin = std::time::Instant::now();
        let outcome = run_servers(&experiment, |_| Relay);
        messages = outcome.run.totals.messages;
        costs.push(begin.elapsed().as_secs_f64() * 1e9 / messages as f64);
    }
    costs.sort_by(f64::total_cmp);
    let median = costs[costs.len() / 2];
    println!("a message costs {:.1} ns, median {median:.1} ({messages} messages)", costs[0]);
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

/// Returns the times of runs with their verdicts, in milliseconds, in ascending order.
fn times(experiment: &GlomersExperiment) -> Vec<f64> {
    let mut experiment = experiment.clone();
    let time = |seed| {
        experiment.parameters.seed = Seed::new(seed).expect("a seed");
        let begin = std::time::Instant::now();
        black_box(run_glomers(&experiment, &mut (), &|| false));
        begin.elapsed().as_secs_f64() * 1e3
    };
    let mut times: Vec<f64> = (0..rounds()).map(time).collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Returns the time of a run without its verdict, in milliseconds.
fn simulation_ms(experiment: &GlomersExperiment, seed: u64) -> f64 {
    let mut parameters = experiment.parameters.clone();
    parameters.seed = Seed::new(seed).expect("a seed");
    let begin = std::time::Instant::now();
    black_box(experiment.solution.run(&parameters, &experiment.options, &mut (), &|| false));
    begin.elapsed().as_secs_f64() * 1e3
}
