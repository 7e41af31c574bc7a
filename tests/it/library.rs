//! Promises of the library for any node: the order of injections, the end of a run, disks in
//! crashes.

use sim::engine::limits::{End, Limits};
use sim::engine::rng::Seed;
use sim::engine::time::{Duration, Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{NodeFault, Observer, Progress, Setup, Simulation};

/// A node that records its messages; a restless one sets timers of zero delay for ever.
struct Listener {
    restless: bool,
}

impl Node for Listener {
    type Message = u32;
    type Record = (NodeId, u32);

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        if self.restless {
            cx.set_timer(Duration::ZERO);
        }
    }

    fn on_message(&mut self, from: NodeId, message: u32, cx: &mut Context<'_, Self>) {
        cx.record((from, message));
    }

    fn on_timer(&mut self, _timer: Timer, cx: &mut Context<'_, Self>) {
        cx.set_timer(Duration::ZERO);
    }
}

#[derive(Default)]
struct Received(Vec<(u64, NodeId, u32)>);

impl Observer<Listener> for Received {
    fn record(&mut self, at: Instant, _node: NodeId, (from, message): &(NodeId, u32)) {
        self.0.push((at.as_ns(), *from, *message));
    }
}

fn simulation(restless: bool, limits: Limits) -> Simulation<Listener> {
    let mut setup = Setup::new(2, Seed::new(1).expect("a seed"));
    setup.limits = limits;
    Simulation::new(&setup, move |_| Listener { restless })
}

#[test]
fn injections_keep_their_order_and_then_nothing_is_left() {
    let mut simulation = simulation(false, Limits::default());
    for (at, message) in [(20, 3), (10, 1), (10, 2)] {
        simulation.inject(Instant::from_ns(at), NodeId(1), NodeId(0), message);
    }
    let mut received = Received::default();
    let end = simulation.run_until(Instant::from_ns(1_000), u64::MAX, &mut received);
    assert_eq!(received.0, [(10, NodeId(1), 1), (10, NodeId(1), 2), (20, NodeId(1), 3)]);
    assert_eq!(end, Progress::Ended(End::Quiescent));
}

#[test]
fn a_loop_that_takes_no_time_is_an_outcome() {
    let mut limits = Limits::default();
    limits.same_instant_events = 100;
    let mut simulation = simulation(true, limits);
    let end = simulation.run_until(Instant::from_ns(1_000), u64::MAX, &mut ());
    let limit = End::SameInstantLimit { at: Instant::ZERO, node: 0 };
    assert_eq!(end, Progress::Ended(limit));
    assert!(limit.is_limit());
}

/// A node that, on each start, records how many of its last ten writes its disk has kept, and makes
/// ten more without a sync.
struct Writer;

impl Node for Writer {
    type Message = u32;
    type Record = usize;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        let kept = cx.disk().below(b"new").count();
        cx.record(kept);
        cx.disk().sync();
        let start = cx.now().as_ns();
        assert_eq!(start, 0, "its own clock begins anew");
        for number in 0..10_u8 {
            cx.disk().write([b"new", &[number][..]].concat(), [number]);
        }
    }

    fn on_message(&mut self, _: NodeId, _: u32, _: &mut Context<'_, Self>) {}

    fn on_timer(&mut self, _: Timer, _: &mut Context<'_, Self>) {}
}

#[derive(Default)]
struct Kept(Vec<usize>);

impl Observer<Writer> for Kept {
    fn record(&mut self, _: Instant, _: NodeId, kept: &usize) {
        self.0.push(*kept);
    }
}

/// The share of unsynced writes that a disk keeps is drawn at each crash: with a single draw the
/// second crash would keep as many as the first, on every seed.
#[test]
fn each_crash_keeps_another_share_of_what_was_not_synced() {
    let at = |ms: u64| Instant::from_ns(ms * 1_000_000);
    let node = NodeId(0);
    let shares = (1..=20).map(|seed| {
        let mut setup = Setup::new(1, Seed::new(seed).expect("a seed"));
        setup.faults = vec![(at(10), NodeFault::Crash(node)), (at(20), NodeFault::Restart(node))];
        setup.faults.extend([(at(30), NodeFault::Wipe(node)), (at(40), NodeFault::Restart(node))]);
        setup.faults.extend([(at(50), NodeFault::Crash(node)), (at(60), NodeFault::Restart(node))]);
        let mut kept = Kept::default();
        let mut simulation: Simulation<Writer> = Simulation::new(&setup, |_| Writer);
        simulation.run_until(at(100), u64::MAX, &mut kept);
        let [0, first, 0, second] = kept.0[..] else { panic!("{:?}", kept.0) };
        (first, second)
    });
    let shares: Vec<(usize, usize)> = shares.collect();
    let differ = shares.iter().filter(|(first, second)| first != second).count();
    assert!(differ > 10, "{shares:?}");
}
