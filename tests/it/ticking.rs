//! Nodes that tick: changes that the event loop must observe while it goes from tick to tick.

use sim::engine::limits::{End, Limits};
use sim::engine::queue::{HeapQueue, Queue, RateQueue, ScanQueue, Ties, TreeQueue};
use sim::engine::ratio::Ratio;
use sim::engine::rng::Seed;
use sim::engine::ticks::Ticks;
use sim::engine::time::{Duration, Instant};
use sim::network::{CopySent, Fate, NetworkSettings};
use sim::node::{Context, Node, NodeId, Timer};
use sim::scale_model::{Machine, QueueChoice, ScaleParameters, SendRule, Speed, Stamp, Start, run};
use sim::simulation::{Event, Observer, Setup, Simulation};
use sim::trace::{self, EventKind};

/// Every event queue, the reference first.
const QUEUES: [QueueChoice; 4] =
    [QueueChoice::Heap, QueueChoice::Scan, QueueChoice::Tree, QueueChoice::Rates];

/// A node that ticks every 10 ms. The second node, whose callback is the last of an instant,
/// changes its period to 4 ms at its third tick, and sets a timer at its fifth.
struct Restless {
    ticks: u32,
}

impl Node for Restless {
    type Message = ();
    type Record = &'static str;

    const POLLS_INBOX: bool = true;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        cx.tick_every(Ticks::every(Duration::from_ms(10)).expect("a period"));
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        if timer != Context::<Self>::TICK {
            return cx.record("timer");
        }
        cx.record("tick");
        self.ticks += 1;
        match self.ticks {
            3 if cx.id() == NodeId(1) => {
                let faster = Ticks::every(Duration::from_ms(4)).expect("a period");
                cx.tick_every(faster.after_one_period());
            }
            5 if cx.id() == NodeId(1) => {
                cx.set_timer(Duration::from_ms(1));
            }
            _ => {}
        }
    }
}

#[derive(Default)]
struct Callbacks(Vec<(u64, u32, &'static str)>);

impl Observer<Restless> for Callbacks {
    fn record(&mut self, at: Instant, node: NodeId, what: &&'static str) {
        self.0.push((at.as_ns() / 1_000_000, node.0, what));
    }
}

fn restless<Q: Queue<Event<()>>>() -> Vec<(u64, u32, &'static str)> {
    let setup = Setup::new(2, Seed::new(1).expect("a seed"));
    let mut simulation = Simulation::<Restless, Q>::new(&setup, |_| Restless { ticks: 0 });
    let mut callbacks = Callbacks::default();
    simulation.run_until(Instant::from_ns(41_000_000), u64::MAX, &mut callbacks);
    callbacks.0
}

#[test]
fn a_change_of_the_period_takes_effect_at_once() {
    let expected = [
        (0, 0, "tick"),
        (0, 1, "tick"),
        (10, 0, "tick"),
        (10, 1, "tick"),
        (20, 0, "tick"),
        (20, 1, "tick"),
        (24, 1, "tick"),
        (28, 1, "tick"),
        (29, 1, "timer"),
        (30, 0, "tick"),
        (32, 1, "tick"),
        (36, 1, "tick"),
        (40, 0, "tick"),
        (40, 1, "tick"),
    ];
    assert_eq!(restless::<HeapQueue<_>>(), expected);
    assert_eq!(restless::<ScanQueue<_>>(), expected);
    assert_eq!(restless::<TreeQueue<_>>(), expected);
    assert_eq!(restless::<RateQueue<_>>(), expected);
}

fn parameters(speeds: Vec<Speed>, duration: Duration, network: NetworkSettings) -> ScaleParameters {
    ScaleParameters {
        seed: Seed::new(7).expect("a seed"),
        duration,
        speeds,
        send: SendRule::Send(Ratio::new(9, 10).expect("a ratio")),
        stamp: Stamp::After,
        start: Start::Zero,
        ties: Ties::Id,
        overshoot: Duration::ZERO,
        jitter: Duration::ZERO,
        network,
        limits: Limits::default(),
    }
}

/// 500 years, most of them beyond the times that the queue for a few nodes can pack into a key.
#[test]
fn slow_machines_tick_exactly_until_the_end_of_time() {
    let hours = |hours: u64| Duration::from_seconds(hours * 3_600);
    for periods in [vec![8_760], vec![8_760, 8_760, 4_380, 777], vec![8_760, 4_000, 9_000, 24, 77]]
    {
        let speeds = periods.iter().map(|period| Speed::Period(hours(*period))).collect();
        let end: u64 = 500 * 8_760;
        let all: u64 = periods.iter().map(|period| end.div_ceil(*period)).sum();
        let parameters = parameters(speeds, hours(end), NetworkSettings::default());
        let found = QUEUES.map(|queue| {
            let run = run(&parameters, queue, &mut (), &|| false).expect("an experiment");
            (run.fingerprint, run.run.events)
        });
        assert_eq!(found[0].1, all, "{periods:?}");
        assert!(found.iter().all(|run| *run == found[0]), "{periods:?}: {found:?}");
    }
}

/// An independent count of the messages that wait or are in flight.
#[derive(Debug, Default)]
struct Pending {
    now: u64,
    /// The count before the last message was sent.
    before: u64,
    last: u64,
}

impl Observer<Machine> for Pending {
    fn record(&mut self, _: Instant, _: NodeId, event: &trace::Event) {
        self.now -= u64::from(event.kind == EventKind::Receive);
    }

    fn copy(&mut self, copy: &CopySent, _: &u64) {
        if copy.message.0 > self.last {
            (self.last, self.before) = (copy.message.0, self.now);
        }
        self.now += u64::from(matches!(copy.fate, Fate::Arrives(_)));
    }
}

#[test]
fn the_limit_of_waiting_messages_counts_those_that_arrive_and_no_others() {
    let chance = |text: &str| text.parse::<Ratio>().expect("a chance");
    let network = NetworkSettings {
        loss: chance("0.3"),
        duplication: chance("0.2"),
        ..NetworkSettings::default()
    };
    for limit in [0, 1, 5, 17, 100, 1_000] {
        let speeds = [1, 3, 6].map(|rate| Speed::Rate(Ratio::whole(rate))).to_vec();
        let mut parameters = parameters(speeds, Duration::from_seconds(3_000), network.clone());
        parameters.limits.queued_messages = limit;
        for queue in QUEUES {
            let mut pending = Pending::default();
            let run = run(&parameters, queue, &mut pending, &|| false).expect("an experiment");
            assert!(matches!(run.totals.end, End::QueueLimit { .. }), "{:?}", run.totals);
            assert!(pending.before <= limit && limit < pending.now, "{limit}: {pending:?}");
        }
    }
}
