//! What the library promises of any node: injections, and how a run ends.

use sim::engine::limits::{End, Limits};
use sim::engine::rng::Seed;
use sim::engine::time::{Duration, Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Observer, Progress, Setup, Simulation};

/// Notes what it is handed; if it is restless, it sets a timer of no time at all for ever.
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
struct Heard(Vec<(u64, NodeId, u32)>);

impl Observer<Listener> for Heard {
    fn record(&mut self, at: Instant, _node: NodeId, (from, message): &(NodeId, u32)) {
        self.0.push((at.as_ns(), *from, *message));
    }
}

fn simulation(restless: bool, limits: Limits) -> Simulation<Listener> {
    let setup = Setup { limits, ..Setup::new(2, Seed::new(1).expect("a seed")) };
    Simulation::new(&setup, move |_| Listener { restless })
}

#[test]
fn injections_keep_their_order_and_then_nothing_is_left() {
    let mut simulation = simulation(false, Limits::default());
    for (at, message) in [(20, 3), (10, 1), (10, 2)] {
        simulation.inject(Instant::from_ns(at), NodeId(1), NodeId(0), message);
    }
    let mut heard = Heard::default();
    let end = simulation.run_until(Instant::from_ns(1_000), u64::MAX, &mut heard);
    assert_eq!(heard.0, [(10, NodeId(1), 1), (10, NodeId(1), 2), (20, NodeId(1), 3)]);
    assert_eq!(end, Progress::Ended(End::Quiescent));
}

#[test]
fn a_loop_that_takes_no_time_is_an_outcome() {
    let mut simulation = simulation(true, Limits { same_instant_events: 100, ..Limits::default() });
    let end = simulation.run_until(Instant::from_ns(1_000), u64::MAX, &mut ());
    let limit = End::SameInstantLimit { at: Instant::ZERO, node: 0 };
    assert_eq!(end, Progress::Ended(limit));
    assert!(limit.is_limit());
}
