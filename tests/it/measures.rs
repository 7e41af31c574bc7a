//! Measures that are computed online during a run, against a naive computation from its trace.

use sim::config::{Override, read_scale};
use sim::engine::time::Instant;
use sim::network::{CopySent, Fate};
use sim::node::NodeId;
use sim::scale_model::{Machine, QueueChoice, ScaleParameters, ScaleRun, run};
use sim::simulation::Observer;
use sim::trace::{Event, EventKind, Row};

use crate::support::Place;

/// The rows of a run, and the instants at which copies arrived.
#[derive(Default)]
struct Kept {
    rows: Vec<Row>,
    arrivals: Vec<(u64, NodeId)>,
}

impl Observer<Machine> for Kept {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        self.rows.push(Row { at, machine, event: *event });
    }

    fn copy(&mut self, copy: &CopySent, _: &u64) {
        if let Fate::Arrives(at) = copy.fate {
            self.arrivals.push((at.as_ns(), copy.to));
        }
    }
}

/// Returns the fraction of the time until `end` in which a condition on a state holds. Changes are
/// in order of time.
fn share<S>(
    end: u64,
    mut state: S,
    changes: impl Iterator<Item = (u64, S)>,
    holds: impl Fn(&S) -> bool,
) -> f64 {
    let (mut since, mut held) = (0, 0);
    for (at, next) in changes.filter(|(at, _)| *at < end) {
        held += if holds(&state) { at - since } else { 0 };
        (since, state) = (at, next);
    }
    held += if holds(&state) { end - since } else { 0 };
    held as f64 / end as f64
}

impl Kept {
    fn receives(&self, machine: u32) -> Vec<&Row> {
        let is_receive =
            |row: &&Row| row.machine == NodeId(machine) && row.event.kind == EventKind::Receive;
        self.rows.iter().filter(is_receive).collect()
    }

    fn longest_gap(&self, machine: u32) -> Option<f64> {
        let receives = self.receives(machine);
        let gaps = receives.windows(2).map(|pair| pair[1].at.as_ns() - pair[0].at.as_ns());
        gaps.max().map(|ns| ns as f64 / 1e9)
    }

    /// Returns the 99 % quantile of the jumps by nearest rank.
    fn jump_p99(&self, machine: u32) -> Option<u64> {
        let rows = self.rows.iter().filter(|row| row.machine == NodeId(machine));
        let clocks: Vec<u64> = rows.map(|row| row.event.clock).collect();
        let mut jumps: Vec<u64> = clocks.windows(2).map(|pair| pair[1] - pair[0]).collect();
        jumps.sort_unstable();
        let place = (jumps.len() * 99).div_ceil(100);
        place.checked_sub(1).map(|place| jumps[place])
    }

    fn share_empty(&self, machine: u32, end: u64) -> f64 {
        let arrivals = self.arrivals.iter().filter(|(_, to)| *to == NodeId(machine));
        let arrivals = arrivals.map(|(at, _)| (*at, 1i64));
        let receives = self.receives(machine).into_iter().map(|row| (row.at.as_ns(), -1i64));
        let mut steps: Vec<(u64, i64)> = arrivals.chain(receives).collect();
        steps.sort_unstable();
        let mut length = 0;
        let lengths = steps.into_iter().map(|(at, step)| {
            length += step;
            (at, length)
        });
        share(end, 0, lengths, |length| *length == 0)
    }

    /// Returns the fraction of time in which a machine of the highest rate has the highest clock.
    fn share_of_the_fastest(&self, fastest: &[bool], end: u64) -> f64 {
        let mut clocks = vec![0; fastest.len()];
        let changes = self.rows.iter().map(|row| {
            clocks[row.machine.index()] = row.event.clock;
            (row.at.as_ns(), clocks.clone())
        });
        share(end, vec![0; fastest.len()], changes, |clocks| {
            let top = clocks.iter().max();
            clocks.iter().zip(fastest).any(|(clock, is_fastest)| *is_fastest && Some(clock) == top)
        })
    }
}

fn close(found: Option<f64>, naive: Option<f64>) -> bool {
    match (found, naive) {
        (Some(found), Some(naive)) => (found - naive).abs() < 1e-9,
        (found, naive) => found == naive,
    }
}

fn simulate(config: &str, seed: u64) -> (ScaleParameters, ScaleRun, Kept) {
    let (flag, path) = ("--seed".to_owned(), "seed".to_owned());
    let seed = Override { flag, path, value: seed.to_string() };
    let parameters = read_scale("x.toml", config, &[seed]).expect("a config").parameters;
    let mut kept = Kept::default();
    let found = run(&parameters, QueueChoice::Auto, &mut kept, &|| false).expect("a run");
    (parameters, found, kept)
}

#[test]
fn counted_measures_are_those_of_the_trace() {
    let rates = ["[1, 3, 6]", "[3, 3, 3]", "[5, 4, 5]", "[2]", "[\"1/40\", 4]"];
    let rest = [
        "events = { send = 0.3 }",
        "events = { send = 0.9 }",
        "events = { send = 0 }",
        "events = { send = 0.6 }\nticks = { start = \"zero\", ties = \"after\" }\n\
         [network]\nlatency = \"0ms\"",
        "events = { send = 0.6 }\nticks = { start = \"period\", ties = \"seeded\" }\n\
         [network]\nlatency = \"250ms\"",
        "stamp = \"before\"\nevents = { send = 0.6 }\nticks = { jitter = \"90ms\" }\n\
         [network]\nlatency = { exponential = \"300ms\" }\nloss = 0.2\nduplication = 0.3",
        "events = { send = 0.6 }\n[limits]\nevents = 40",
    ];
    let mut leads = vec![];
    for rates in rates {
        for rest in rest {
            for seed in 0..5 {
                let config = format!("duration = \"20s\"\nrates = {rates}\n{rest}");
                let (parameters, run, kept) = simulate(&config, seed);
                let end = run.totals.before.as_ns().min(parameters.duration.as_ns());
                let rate = |speed: &sim::scale_model::Speed| speed.per_second();
                let top = parameters.speeds.iter().map(rate).fold(0.0, f64::max);
                let fastest: Vec<bool> =
                    parameters.speeds.iter().map(|speed| rate(speed) == top).collect();
                for (m, machine) in run.machines.iter().zip(0..) {
                    let receives = kept.receives(machine);
                    let longest = receives.iter().map(|row| row.event.queue_len).max();
                    assert_eq!(m.queue_max_at_receive, longest, "{config}");
                    let gap = kept.longest_gap(machine);
                    assert!(close(m.longest_gap_between_receives_s, gap), "{config} {gap:?}");
                    assert_eq!(m.jump_p99, kept.jump_p99(machine), "{config}");
                    let empty = Some(kept.share_empty(machine, end));
                    assert!(close(m.share_of_time_queue_empty, empty), "{config} {empty:?}");
                }
                let longest = run.machines.iter().filter_map(|m| m.queue_max_at_receive).max();
                assert_eq!(run.run.queue_max_at_receive_any_machine, longest);
                let lead = Some(kept.share_of_the_fastest(&fastest, end));
                let found = run.run.fastest_has_highest_clock_share;
                assert!(close(found, lead), "{config} seed {seed}: {found:?}, {lead:?}");
                leads.extend(found);
            }
        }
    }
    assert!(leads.iter().any(|lead| *lead < 0.9) && leads.contains(&1.0), "{leads:?}");
}

#[test]
fn the_new_measures_are_explained_and_swept() {
    let place = Place::new();
    let explained = place.sim_ends(0, &["run", "--explain"]).out;
    place.sim_ends(0, &["sweep", "exp4", "--seeds", "0..3", "--quiet"]);
    let points = place.read("results/sweeps/exp4/points.csv");
    for name in [
        "queue_max_at_receive",
        "queue_max_at_receive_any_machine",
        "share_of_time_queue_empty",
        "longest_gap_between_receives_s",
        "fastest_has_highest_clock_share",
        "jump_p99",
    ] {
        assert!(explained.contains(name) && points.contains(name), "{name}");
    }
}
