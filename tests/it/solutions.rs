//! The node programs that ship: right ones reach their figures and survive what they say.

use std::collections::BTreeMap;

use sim::engine::limits::Limits;
use sim::engine::ratio::Ratio;
use sim::engine::rng::Seed;
use sim::engine::time::Duration;
use sim::glomers::{Layout, Options, Parameters, Run, SERVICES, SOLUTIONS, Topology, WorkloadKind};
use sim::history::{F, Kind, OpValue, Process};
use sim::network::{Latency, Roles, Scope};
use sim::{nemesis, network};

/// Parameters of a calm run.
fn parameters(workload: WorkloadKind, nodes: u32, rate: u64, latency_ms: u64) -> Parameters {
    let layout = Layout { servers: nodes };
    let none = Latency::Constant(Duration::ZERO);
    let roles = Roles {
        servers: layout.servers,
        services: SERVICES,
        client_latency: none,
        host_cost: none,
        scope: Scope::Nodes,
    };
    Parameters {
        seed: Seed::new(0).expect("a seed"),
        workload,
        names: (0..nodes).map(|id| format!("n{id}")).collect(),
        topology: Topology::Grid,
        rate: Ratio::new(rate, 1).expect("a ratio"),
        concurrency: nodes,
        duration: Duration::from_seconds(20),
        recovery: Duration::from_seconds(10),
        client_timeout: Duration::from_seconds(5),
        network: network::Settings {
            latency: Latency::Constant(Duration::from_ms(latency_ms)),
            roles: Some(roles),
            ..network::Settings::default()
        },
        nemesis: nemesis::Settings::default(),
        limits: Limits::default(),
    }
}

fn run(name: &str, parameters: &Parameters) -> Run {
    let solution = SOLUTIONS.iter().find(|solution| solution.name == name).expect("a solution");
    let options: Options = solution.defaults();
    solution.run(parameters, &options, &mut (), &|| false)
}

/// Messages between servers per operation.
fn messages_per_op(run: &Run) -> f64 {
    let begun = run.history.iter().filter(|op| op.kind == Kind::Invoke);
    run.net.servers.messages as f64 / begun.count() as f64
}

/// From when a value is known until no read lacks it any more, in ms, for each value, sorted.
fn stable_latencies(run: &Run) -> Vec<u64> {
    let mut known: BTreeMap<i64, u64> = BTreeMap::new();
    let mut begun: BTreeMap<Process, (usize, u64)> = BTreeMap::new();
    let mut reads: Vec<(usize, u64, Vec<i64>)> = vec![];
    for (index, op) in run.history.iter().enumerate() {
        let now = op.time.as_ns();
        match (&op.f, op.kind, &op.value) {
            (F::Read, Kind::Invoke, _) => drop(begun.insert(op.process, (index, now))),
            (F::Broadcast, Kind::Ok, OpValue::Int(value)) => {
                known.entry(*value).or_insert(now);
            }
            (F::Read, Kind::Ok, OpValue::Ints(values)) => {
                for value in values {
                    known.entry(*value).or_insert(now);
                }
                let (index, at) = begun[&op.process];
                let mut values = values.clone();
                values.sort_unstable();
                reads.push((index, at, values));
            }
            _ => {}
        }
    }
    reads.sort();
    let last_absent = |value: &i64| {
        reads.iter().rev().find(|(_, _, values)| values.binary_search(value).is_err())
    };
    let latency = |(value, known): (&i64, &u64)| {
        last_absent(value).map_or(0, |(_, at, _)| (at + 1).saturating_sub(*known) / 1_000_000)
    };
    let mut all: Vec<u64> = known.iter().map(latency).collect();
    all.sort_unstable();
    all
}

/// The largest messages per operation, median and maximum over many seeds.
fn worst(name: &str, seeds: u64) -> (f64, u64, u64) {
    let mut worst = (0.0_f64, 0, 0);
    for seed in 0..seeds {
        let mut parameters = parameters(WorkloadKind::Broadcast, 25, 100, 100);
        parameters.seed = Seed::new(seed).expect("a seed");
        let run = run(name, &parameters);
        assert_eq!(run.problems, []);
        let latencies = stable_latencies(&run);
        let (median, max) = (latencies[latencies.len() / 2], latencies[latencies.len() - 1]);
        worst = (worst.0.max(messages_per_op(&run)), worst.1.max(median), worst.2.max(max));
    }
    worst
}

#[test]
fn figures_of_the_broadcasts() {
    for name in ["broadcast-fanout", "broadcast-batched", "broadcast-gossip"] {
        eprintln!("{name} {:?}", worst(name, 10));
    }
}
