//! Properties of random experiments of the scale model, each with an oracle or a metamorphic
//! relation.

use std::collections::VecDeque;

use proptest::prelude::*;
use sim::check::LamportCheck;
use sim::config::{ScaleExperiment, read_scale, resolved};
use sim::engine::limits::{End, Limits};
use sim::engine::queue::Ties;
use sim::engine::ratio::Ratio;
use sim::engine::rng::{Purpose, Seed};
use sim::engine::time::{Duration, Instant};
use sim::experiment::lamport_rules;
use sim::network::{CopySent, Cut, Latency, Link, NetworkSettings, Partition};
use sim::node::NodeId;
use sim::scale_model::{
    Choice, Decision, Machine, QueueChoice, ScaleParameters, ScaleRun, SendRule, Speed, Stamp,
    Start, run,
};
use sim::simulation::Observer;
use sim::trace::{CopyRow, Event, EventKind, HEADER, Peer, Row, Rows, read_rows};

/// Every event queue, the reference first.
const QUEUES: [QueueChoice; 4] =
    [QueueChoice::Heap, QueueChoice::Scan, QueueChoice::Tree, QueueChoice::Rates];

/// The rows and copies of a run.
#[derive(Default)]
struct Kept {
    rows: Vec<Row>,
    copies: Vec<CopySent>,
}

impl Observer<Machine> for Kept {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        self.rows.push(Row { at, machine, event: *event });
    }

    fn copy(&mut self, copy: &CopySent, _: &u64) {
        self.copies.push(*copy);
    }
}

fn kept(parameters: &ScaleParameters, queue: QueueChoice) -> (ScaleRun, Kept) {
    let mut kept = Kept::default();
    let run = run(parameters, queue, &mut kept, &|| false).expect("an experiment");
    (run, kept)
}

fn ratio(max: u64) -> impl Strategy<Value = Ratio> {
    (0..=max, 1..=max).prop_map(|(a, b)| Ratio::new(a.min(b), b).expect("not over zero"))
}

fn duration(max_ms: u64) -> impl Strategy<Value = Duration> {
    // Some are whole milliseconds, so that instants coincide.
    prop_oneof![
        (0..=max_ms).prop_map(Duration::from_ms),
        (0..=max_ms * 1_000_000).prop_map(Duration::from_ns),
    ]
}

fn latency() -> impl Strategy<Value = Latency> {
    prop_oneof![
        duration(400).prop_map(Latency::Constant),
        (duration(100), duration(300)).prop_map(|(min, more)| {
            Latency::Uniform(min, min.checked_add(more).expect("short"))
        }),
        duration(300).prop_map(Latency::Exponential),
    ]
}

fn speed() -> impl Strategy<Value = Speed> {
    prop_oneof![
        (1u64..8).prop_map(|rate| Speed::Rate(Ratio::whole(rate))),
        (1u64..40, 1u64..9).prop_map(|(p, q)| Speed::Rate(Ratio::new(p, q).expect("a rate"))),
        (50u64..1_500).prop_map(|ms| Speed::Period(Duration::from_ms(ms))),
    ]
}

fn send_rule(machines: u64) -> impl Strategy<Value = SendRule> {
    prop_oneof![
        (machines..machines + 9).prop_map(SendRule::Die),
        ratio(20).prop_map(SendRule::Send),
        (0u64..=5, 0u64..=5).prop_map(|(one, all)| SendRule::OneOrAll {
            one: Ratio::new(one, 10).expect("a ratio"),
            all: Ratio::new(all, 10).expect("a ratio"),
        }),
    ]
}

fn node(machines: u32) -> impl Strategy<Value = NodeId> {
    (0..machines).prop_map(NodeId)
}

fn partition(machines: u32) -> impl Strategy<Value = Partition> {
    let cut = prop_oneof![
        proptest::collection::vec(0u32..3, machines as usize).prop_map(|sides| {
            let side = |side| {
                let members = (0..).zip(&sides).filter(|(_, s)| **s == side);
                members.map(|(id, _)| NodeId(id)).collect::<Vec<_>>()
            };
            Cut::Groups(vec![side(1), side(2)])
        }),
        (node(machines), node(machines))
            .prop_map(|(from, to)| Cut::OneWay { from: vec![from], to: vec![to] }),
    ];
    (0u64..8_000, 1u64..8_000, cut).prop_map(|(at, length, cut)| Partition {
        at: Instant::from_ns(at * 1_000_000),
        until: Instant::from_ns((at + length) * 1_000_000),
        cut,
    })
}

fn network(machines: u32) -> impl Strategy<Value = NetworkSettings> {
    let link = (node(machines), node(machines), latency(), ratio(4));
    let links = proptest::collection::vec(link, 0..3).prop_map(|links| {
        let mut kept: Vec<Link> = Vec::new();
        for (from, to, latency, loss) in links {
            let is_new = !kept.iter().any(|link| (link.from, link.to) == (from, to));
            if from != to && is_new {
                kept.push(Link { from, to, latency: Some(latency), loss: Some(loss) });
            }
        }
        kept
    });
    let partitions = proptest::collection::vec(partition(machines), 0..3);
    let chance = || prop_oneof![3 => Just(Ratio::ZERO), 2 => ratio(6)];
    (latency(), chance(), chance(), duration(20), links, partitions).prop_map(
        |(latency, loss, duplication, copy_delay, links, partitions)| NetworkSettings {
            latency,
            loss,
            duplication,
            copy_delay,
            links,
            partitions,
            ..NetworkSettings::default()
        },
    )
}

/// Any experiment of up to six machines and ten seconds.
fn parameters() -> impl Strategy<Value = ScaleParameters> {
    (1usize..=6).prop_flat_map(|machines| {
        let starts = proptest::collection::vec(duration(900), machines);
        let start = prop_oneof![
            Just(Start::Random),
            Just(Start::Zero),
            Just(Start::Period),
            starts.prop_map(Start::At),
        ];
        let ties = prop_oneof![Just(Ties::Id), Just(Ties::After), Just(Ties::Seeded)];
        let stamp = prop_oneof![Just(Stamp::After), Just(Stamp::Before)];
        let speeds = prop_oneof![
            (speed(), Just(machines)).prop_map(|(speed, machines)| vec![speed; machines]),
            proptest::collection::vec(speed(), machines),
        ];
        let imperfection = prop_oneof![3 => Just(Duration::ZERO), 1 => duration(20)];
        let jitter = prop_oneof![3 => Just(Duration::ZERO), 1 => duration(20)];
        let calm = Just(NetworkSettings::default());
        let instant = Just(NetworkSettings {
            latency: Latency::Constant(Duration::ZERO),
            ..NetworkSettings::default()
        });
        let network = prop_oneof![2 => calm, 2 => instant, 4 => network(machines as u32)];
        let sizes = (0u64..1_000, 1u64..10_000, speeds, send_rule(machines as u64));
        (sizes, start, ties, stamp, imperfection, jitter, network).prop_map(
            |((seed, ms, speeds, send), start, ties, stamp, overshoot, jitter, network)| {
                ScaleParameters {
                    seed: Seed::new(seed).expect("a small seed"),
                    duration: Duration::from_ms(ms),
                    speeds,
                    send,
                    stamp,
                    start,
                    ties,
                    overshoot,
                    jitter,
                    network,
                    limits: Limits::default(),
                }
            },
        )
    })
}

/// Simulates an experiment without an event queue: an obviously correct oracle, for networks with
/// constant latency and no other option.
fn slow_trace(parameters: &ScaleParameters, latency: u64) -> Vec<Row> {
    let machines = parameters.machines();
    let before = parameters.before();
    let choice = parameters.choice().expect("an experiment");
    // All ticks of all machines, by exact arithmetic on the tick's number.
    let mut ticks: Vec<(u64, u32)> = Vec::new();
    for (machine, speed) in (0..machines).zip(&parameters.speeds) {
        let (p, q) = match speed {
            Speed::Rate(rate) => (u128::from(rate.numerator()), u128::from(rate.denominator())),
            Speed::Period(period) => (1_000_000_000, u128::from(period.as_ns())),
        };
        let mut rng = parameters.seed.stream(Purpose::Ticks, u64::from(machine));
        let period = (q * 1_000_000_000 / p) as u64;
        let (phase, first) = match &parameters.start {
            Start::Random => (rng.below(period), 0),
            Start::Zero => (0, 0),
            Start::Period => (0, 1),
            Start::At(starts) => (starts[machine as usize].as_ns(), 0),
        };
        let overshoot = u128::from(parameters.overshoot.as_ns());
        let time = |k: u128| phase + (k * q * 1_000_000_000 / p + k * overshoot) as u64;
        let times = (first..).map(time).take_while(|at| *at < before.as_ns());
        ticks.extend(times.map(|at| (at, machine)));
    }
    ticks.sort_unstable();
    let mut rngs: Vec<_> =
        (0..machines).map(|id| parameters.seed.stream(Purpose::Node, id.into())).collect();
    let mut clocks = vec![0u64; machines as usize];
    // The messages to each machine, in order of sending: arrival, sender, number, stamp.
    let mut queues: Vec<VecDeque<(u64, u32, u64, u64)>> = vec![VecDeque::new(); machines as usize];
    let mut rows = Vec::new();
    let mut messages = 0;
    for (at, machine) in ticks {
        let me = machine as usize;
        let sees = |arrival: u64| match parameters.ties {
            Ties::After => arrival < at,
            Ties::Id | Ties::Seeded => arrival <= at,
        };
        let draw = rngs[me].next_u64();
        let before_step = clocks[me];
        let mut event = Event::internal(0, 0);
        let first = queues[me].front().copied().filter(|(arrival, ..)| sees(*arrival));
        if let Some((arrival, from, number, stamp)) = first {
            queues[me].pop_front();
            clocks[me] = clocks[me].max(stamp) + 1;
            event.kind = EventKind::Receive;
            event.peer = Peer::One(NodeId(from));
            (event.message, event.stamp, event.copy) = (number, stamp, 1);
            event.arrived = Instant::from_ns(arrival);
            event.sent = Instant::from_ns(arrival - latency);
        } else {
            clocks[me] += 1;
            let decision = choice.decide(draw);
            let peers: Vec<u32> = (0..machines).filter(|peer| *peer != machine).collect();
            let to = match decision {
                Decision::One(place) => vec![peers[place as usize]],
                Decision::All => peers.clone(),
                Decision::Internal => vec![],
            };
            if decision != Decision::Internal {
                messages += 1;
                event.kind = EventKind::Send;
                event.peer = match decision {
                    Decision::One(_) => Peer::One(NodeId(to[0])),
                    _ => Peer::All,
                };
                event.message = messages;
                event.stamp = match parameters.stamp {
                    Stamp::After => clocks[me],
                    Stamp::Before => before_step,
                };
                for peer in to {
                    queues[peer as usize].push_back((at + latency, machine, messages, event.stamp));
                }
            }
        }
        event.clock = clocks[me];
        event.queue_len = queues[me].iter().filter(|(arrival, ..)| sees(*arrival)).count() as u64;
        rows.push(Row { at: Instant::from_ns(at), machine: NodeId(machine), event });
    }
    rows
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// All ten rules hold on any experiment, and a skipped one is skipped for its reason.
    #[test]
    fn every_invariant_holds(parameters in parameters()) {
        let (run, kept) = kept(&parameters, QueueChoice::Auto);
        let experiment = ScaleExperiment { name: "x".to_owned(), parameters };
        let mut check = LamportCheck::new(lamport_rules(&experiment, true, true).expect("rules"));
        kept.copies.iter().for_each(|copy| check.copy(&CopyRow::from(copy)));
        for (line, row) in (2..).zip(&kept.rows) {
            check.row(line, row);
        }
        let verdict = check.finish();
        prop_assert!(verdict.holds(), "{verdict}");
        prop_assert_eq!(run.totals.accounted(), run.totals.copies);
    }

    /// Every event queue gives the run of the heap.
    #[test]
    fn every_queue_gives_the_same_run(parameters in parameters()) {
        let (reference, rows) = kept(&parameters, QueueChoice::Heap);
        for queue in QUEUES {
            let (run, other) = kept(&parameters, queue);
            prop_assert_eq!(&other.rows, &rows.rows);
            prop_assert_eq!(run.totals, reference.totals);
            prop_assert_eq!(&run.machines, &reference.machines);
        }
    }

    /// The heap gives the run of the slow oracle, where that applies.
    #[test]
    fn the_reference_gives_the_run_of_the_slow_one(
        any in parameters(),
        latency in duration(500),
        after in any::<bool>(),
    ) {
        let parameters = ScaleParameters {
            network: NetworkSettings {
                latency: Latency::Constant(latency),
                ..NetworkSettings::default()
            },
            ties: if after { Ties::After } else { Ties::Id },
            jitter: Duration::ZERO,
            ..any
        };
        let slow = slow_trace(&parameters, latency.as_ns());
        for queue in QUEUES {
            let (_, fast) = kept(&parameters, queue);
            prop_assert_eq!(&fast.rows, &slow);
        }
    }

    /// A machine of any rate has floor(rate·T) ticks or one more, at floor(k/rate).
    #[test]
    fn ticks_are_exact_at_any_rate(p in 1u64..1_000_000, q in 1u64..1_000, seconds in 1u64..3) {
        let rate = Ratio::new(p, q).expect("a rate");
        // At most a hundred thousand ticks.
        let seconds = seconds.min(100_000 * q / p + 1);
        prop_assume!(p / q * seconds < 300_000);
        let parameters = ScaleParameters {
            seed: Seed::new(1).expect("a seed"),
            duration: Duration::from_seconds(seconds),
            speeds: vec![Speed::Rate(rate)],
            send: SendRule::Die(1),
            stamp: Stamp::After,
            start: Start::Zero,
            ties: Ties::Id,
            overshoot: Duration::ZERO,
            jitter: Duration::ZERO,
            network: NetworkSettings::default(),
            limits: Limits::default(),
        };
        let (_, kept) = kept(&parameters, QueueChoice::Auto);
        let end = u128::from(seconds) * 1_000_000_000;
        let time = |k: u128| k * u128::from(q) * 1_000_000_000 / u128::from(p);
        for (k, row) in (0..).zip(&kept.rows) {
            prop_assert_eq!(u128::from(row.at.as_ns()), time(k));
        }
        prop_assert!(time(kept.rows.len() as u128) >= end);
    }

    /// A whole number of ticks in the duration is exactly that number, wherever they start.
    #[test]
    fn whole_counts_of_ticks_are_exact(rate in 1u64..2_000, seed in 0u64..1_000, start in 0..3) {
        let start = [Start::Random, Start::Zero, Start::Period][start as usize].clone();
        let text = format!("duration = \"3s\"\nrates = [{rate}]\nevents = {{ die = 1 }}");
        let mut parameters = read_scale("x.toml", &text, &[]).expect("an experiment").parameters;
        parameters.start = start;
        parameters.seed = Seed::new(seed).expect("a seed");
        let (run, _) = kept(&parameters, QueueChoice::Auto);
        prop_assert_eq!(run.run.events, 3 * rate);
    }

    /// A shorter run is a prefix of a longer one.
    #[test]
    fn a_shorter_run_is_the_beginning_of_a_longer_one(parameters in parameters()) {
        let long = ScaleParameters {
            duration: Duration::from_ns(parameters.duration.as_ns() * 2),
            ..parameters.clone()
        };
        let (_, short_rows) = kept(&parameters, QueueChoice::Auto);
        let (_, long_rows) = kept(&long, QueueChoice::Auto);
        let count = short_rows.rows.len();
        prop_assert!(long_rows.rows.len() >= count);
        prop_assert_eq!(&long_rows.rows[..count], &short_rows.rows[..]);
        prop_assert!(long_rows.rows[count..].iter().all(|row| row.at >= parameters.before()));
    }

    /// Options of the network change neither a machine's ticks nor the draw of a free tick: where
    /// the k-th tick is free in both runs, its decision is the same.
    #[test]
    fn the_network_moves_no_tick_and_no_draw(parameters in parameters(), other in network(1)) {
        let network = NetworkSettings { links: vec![], partitions: vec![], ..other };
        let calm = ScaleParameters { network, ..parameters.clone() };
        let of = |kept: &Kept, machine| -> Vec<Row> {
            kept.rows.iter().filter(|row| row.machine == NodeId(machine)).copied().collect()
        };
        let (_, a) = kept(&parameters, QueueChoice::Auto);
        let (_, b) = kept(&calm, QueueChoice::Auto);
        for machine in 0..parameters.machines() {
            let (a, b) = (of(&a, machine), of(&b, machine));
            let times = |rows: &[Row]| rows.iter().map(|row| row.at).collect::<Vec<_>>();
            prop_assert_eq!(times(&a), times(&b));
            for (a, b) in a.iter().zip(&b) {
                if a.event.kind != EventKind::Receive && b.event.kind != EventKind::Receive {
                    prop_assert_eq!((a.event.kind, a.event.peer), (b.event.kind, b.event.peer));
                }
            }
        }
    }

    /// A limit on events cuts a run short to a prefix of the whole one.
    #[test]
    fn a_limit_cuts_and_changes_nothing(parameters in parameters(), events in 1u64..60) {
        let mut cut = parameters.clone();
        cut.limits.events = events;
        let (_, whole) = kept(&parameters, QueueChoice::Auto);
        for queue in [QueueChoice::Heap, QueueChoice::Auto] {
            let (run, rows) = kept(&cut, queue);
            let callbacks = rows.rows.len() as u64 + u64::from(parameters.machines());
            prop_assert_eq!(run.totals.end != End::Duration, callbacks >= events);
            prop_assert_eq!(&rows.rows[..], &whole.rows[..rows.rows.len()]);
        }
    }

    /// The mean queue length over time is the area under its steps, computed from the rows alone
    /// (by Little's law, arrival rate times mean wait).
    #[test]
    fn the_mean_queue_is_the_area_under_the_queue(parameters in parameters()) {
        let (run, kept) = kept(&parameters, QueueChoice::Auto);
        let end = run.totals.before.as_ns().min(parameters.duration.as_ns());
        let seconds = end as f64 / 1e9;
        for machine in 0..parameters.machines() {
            let mut area = 0i128;
            for copy in kept.copies.iter().filter(|copy| copy.to == NodeId(machine)) {
                if let sim::network::Fate::Arrives(at) = copy.fate && at < run.totals.before {
                    area += i128::from(run.totals.before.as_ns()) - i128::from(at.as_ns());
                }
            }
            for row in kept.rows.iter().filter(|row| row.machine == NodeId(machine)) {
                if row.event.kind == EventKind::Receive {
                    area -= i128::from(run.totals.before.as_ns()) - i128::from(row.at.as_ns());
                }
            }
            let found = run.machines[machine as usize].queue_mean_time.expect("some time");
            prop_assert!((found - area as f64 / 1e9 / seconds).abs() < 1e-6);
        }
    }

    /// A resolved config reads back as the experiment that it came from.
    #[test]
    fn configs_survive_their_text(parameters in parameters()) {
        // Only what a config can express: speeds of one kind, groups with members.
        let mut parameters = parameters;
        if let Some(Speed::Period(_)) = parameters.speeds.first() {
            for (number, speed) in (1..).zip(&mut parameters.speeds) {
                if let Speed::Rate(_) = speed {
                    *speed = Speed::Period(Duration::from_ns(number * 123_456_789));
                }
            }
        } else {
            parameters.speeds.iter_mut().filter(|s| matches!(s, Speed::Period(_))).for_each(|s| {
                *s = Speed::Rate(Ratio::whole(3));
            });
        }
        let empty = |cut: &Cut| matches!(cut, Cut::Groups(g) if g.iter().any(Vec::is_empty));
        prop_assume!(!parameters.network.partitions.iter().any(|p| empty(&p.cut)));
        // A partition that begins after the end would be refused.
        let end = parameters.duration.as_ns();
        parameters.network.partitions.retain(|partition| partition.at.as_ns() < end);
        let experiment = ScaleExperiment { name: "a/b".to_owned(), parameters };
        let text = resolved(&experiment);
        prop_assert_eq!(read_scale("x.toml", &text, &[]).expect(&text), experiment);
    }

    /// Any rows survive `trace.csv`.
    #[test]
    fn traces_survive_their_text(parameters in parameters()) {
        let (_, kept) = kept(&parameters, QueueChoice::Auto);
        let mut text = Rows::new(HEADER, 0);
        kept.rows.iter().for_each(|row| text.add_event(row.at, row.machine, &row.event));
        let read: Vec<Row> = read_rows(text.text())
            .expect("a header")
            .map(|row| row.expect("a row").1)
            .collect();
        let written = |row: &Row| {
            let event = Event { sent: Instant::ZERO, arrived: Instant::ZERO, ..row.event };
            Row { event, ..*row }
        };
        prop_assert_eq!(read, kept.rows.iter().map(written).collect::<Vec<_>>());
    }

    #[test]
    fn durations_survive_their_text(ns in any::<u64>()) {
        let duration = Duration::from_ns(ns);
        prop_assert_eq!(duration.to_string().parse::<Duration>(), Ok(duration));
    }

    #[test]
    fn ratios_survive_their_text(a in any::<u64>(), b in 1u64..) {
        let ratio = Ratio::new(a, b).expect("not over zero");
        prop_assert_eq!(ratio.to_string().parse::<Ratio>(), Ok(ratio));
    }

    /// A die decides as its probabilities say, exactly, for any draw.
    #[test]
    fn a_die_is_exact(draw in any::<u64>(), peers in 1u32..9, sides in 10u64..1_000) {
        let side = Ratio::new(1, sides).expect("a ratio");
        let choice = Choice::new(peers, side, side).expect("a die");
        let number = (u128::from(draw) * u128::from(sides)) >> 64;
        let expected = match number {
            n if n < u128::from(peers) => Decision::One(n as u32),
            n if n == u128::from(peers) => Decision::All,
            _ => Decision::Internal,
        };
        prop_assert_eq!(choice.decide(draw), expected);
    }
}
