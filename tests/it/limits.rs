//! Limits that a run reaches before it exhausts the machine: memory, drawn faults, many nodes, many
//! messages in one callback.

use sim::engine::rng::Seed;
use sim::engine::time::{Duration, Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Progress, Setup, Simulation};

use crate::support::Place;

const BACKLOG: &str = "duration = \"1h\"\nrates = [100000, 1]\nevents = { send = 1 }\n";

/// The run ends at the same event with any queue, since memory is computed and not measured.
#[test]
fn what_waits_has_a_limit_in_memory() {
    let place = Place::new();
    place.write("backlog.toml", BACKLOG);
    let ends: Vec<String> = ["heap", "scan", "tree"]
        .into_iter()
        .map(|queue| {
            let limit = ["--set", "limits.memory_mib=1", "--queue", queue, "--out", queue];
            let ran = place.sim_ends(3, &[&["run", "backlog.toml", "-q"], &limit[..]].concat());
            let expected = "the limit of memory (limits.memory_mib) was reached at 163.846605ms";
            assert!(ran.err.contains(expected), "{}", ran.err);
            let manifest = place.read(&format!("{queue}/latest/manifest.json"));
            assert!(manifest.contains("\"end\": \"memory\""), "{manifest}");
            let summary = place.read(&format!("{queue}/latest/summary.json"));
            manifest + &summary
        })
        .collect();
    assert!(ends.iter().all(|end| *end == ends[0]), "{ends:?}");
}

#[test]
fn a_history_has_the_same_limit() {
    let place = Place::new();
    let limit = ["--set", "limits.memory_mib=1", "--duration", "10m", "-q"];
    let many = ["--set", "rate=1000", "--set", "concurrency=20"];
    let ran = place.sim_ends(3, &[&["run", "glomers/1-echo"], &limit[..], &many[..]].concat());
    assert!(ran.err.contains("limits.memory_mib"), "{}", ran.err);
    let manifest = place.read("results/latest/manifest.json");
    assert!(manifest.contains("\"end\": \"memory\""), "{manifest}");
}

#[test]
fn faults_that_would_not_fit_are_refused_before_the_run() {
    let place = Place::new();
    let ran = place.sim_ends(65, &["run", "glomers/3c", "--duration", "87600h"]);
    assert!(ran.err.contains("`nemesis.kinds`: about 15768000 faults"), "{}", ran.err);
    let fast = ["--duration", "1h", "--set", "nemesis.interval=1ms"];
    let ran = place.sim_ends(64, &[&["run", "glomers/3c"], &fast[..]].concat());
    assert!(ran.err.contains("`nemesis.interval`: about 1800000 faults"), "{}", ran.err);
    let long = ["--nemesis-interval", "1", "--time-limit", "10000000", "--bin", "/bin/true"];
    let test = ["test", "-w", "broadcast", "--nemesis", "partition,kill,pause"];
    let ran = place.sim_ends(64, &[&test, &long[..]].concat());
    assert!(ran.err.contains("the limit is"), "{}", ran.err);
    let ran = place.sim_ends(0, &["run", "glomers/3c", "--duration", "20s", "-q"]);
    assert_eq!(ran.err, "");
}

/// A long run with plausible faults, whose many crashes must not be searched linearly.
#[test]
fn a_long_run_has_its_faults() {
    let place = Place::new();
    let options = ["--duration", "1000h", "--set", "nemesis.kinds=[\"crash\",\"pause\"]"];
    let short = ["--set", "limits.events=100000", "--set", "rate=\"1/60\"", "--no-trace", "-q"];
    let ran = place.sim_ends(3, &[&["run", "glomers/3c"], &options[..], &short[..]].concat());
    assert!(ran.err.contains("limits.events was reached"), "{}", ran.err);
}

#[test]
fn ten_thousand_nodes_are_set_up() {
    let place = Place::new();
    let few = ["--set", "rate=0", "--set", "concurrency=1", "--duration", "1s", "--no-trace"];
    let ran = place.sim(&[&["run", "glomers/3b", "--set", "nodes=10000"], &few[..]].concat());
    assert!(ran.code < 3 && !ran.err.contains("cut short"), "{} {}", ran.out, ran.err);
}

/// A node that sends a thousand messages whenever its timer fires.
struct Shouts;

impl Node for Shouts {
    type Message = u64;
    type Record = ();

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Duration::from_ms(1));
    }

    fn on_timer(&mut self, _: Timer, cx: &mut Context<'_, Self>) {
        for number in 0..1_000 {
            cx.send(NodeId(1), number);
        }
        cx.set_timer(Duration::from_ms(1));
    }
}

/// The budget of `run_until` bounds messages, too: a caller that polls for signals after a thousand
/// events would otherwise have to wait for a thousand times as many messages.
#[test]
fn a_loop_of_callbacks_pauses_after_as_many_messages() {
    let mut setup = Setup::new(2, Seed::new(1).expect("a seed"));
    setup.limits.same_instant_events = u64::MAX;
    setup.network.latency = sim::network::Latency::Constant(Duration::from_seconds(1_000));
    let mut simulation: Simulation<Shouts> = Simulation::new(&setup, |_| Shouts);
    assert_eq!(simulation.run_until(Instant::MAX, 1_000, &mut ()), Progress::Paused);
    // A pause is due after 64 messages per event of the budget, at the end of the callback.
    assert_eq!(simulation.events(), 2 + 65);
    let end = Instant::from_ns(1_000_000_000);
    assert_eq!(simulation.run_until(end, u64::MAX, &mut ()), Progress::Reached);
}
