//! The front door (`sim::prelude`): mixed node types, payloads, streams, checkers and reports.

use sim::prelude::*;

type Cx<'a> = ProcessContext<'a, u32, &'static str>;

/// A process that draws from one named stream, and `extra` times from another.
struct Drawer {
    extra: u32,
    drawn: Vec<u64>,
}

impl Process<u32> for Drawer {
    type Timer = &'static str;

    fn on_start(&mut self, cx: &mut Cx<'_>) {
        for _ in 0..self.extra {
            cx.stream("extra").next_u64();
        }
        self.drawn = (0..5).map(|_| cx.stream("main").next_u64()).collect();
        cx.set_timer(Duration::from_secs(1), "kept");
        let cancelled = cx.set_timer(Duration::from_millis(1), "cancelled");
        assert_eq!(cx.cancel_timer(cancelled), Some("cancelled"));
        assert_eq!(cx.cancel_timer(cancelled), None);
    }

    fn on_timer(&mut self, payload: &'static str, cx: &mut Cx<'_>) {
        assert_eq!(payload, "kept");
        cx.send_to_all(1);
    }
}

/// A process without handlers.
struct Silent;

impl Process<u32> for Silent {
    type Timer = ();
}

fn model(extra: u32, faults: &[(Instant, NodeFault)]) -> Model<u32> {
    let mut setup = ModelSetup::new(Seed::new(1).expect("a seed"));
    setup.add(move |_| Drawer { extra, drawn: vec![] });
    setup.add(|_| Silent);
    setup.faults = faults.to_vec();
    setup.build().expect("a right set-up")
}

fn drawn(model: &Model<u32>) -> &[u64] {
    &model.get::<Drawer>(NodeId(0)).expect("a drawer").drawn
}

#[test]
fn an_unhandled_message_is_reported_and_counted() {
    let outcome = model(0, &[]).run_to_end();
    assert_eq!((outcome.unhandled_count, outcome.end), (1, Some(End::Quiescent)));
    let error = outcome.ok().expect_err("it is unhandled").to_string();
    let first = "n2 has no handler for the message from n1: 1 (its clock shows 1.001s)";
    assert_eq!(error, format!("1 unhandled, first: {first}"));
}

#[test]
fn a_named_stream_moves_no_other_and_goes_on_after_a_crash() {
    let mut models = [model(0, &[]), model(7, &[])];
    let _ = models.each_mut().map(|model| model.run_for(Duration::from_millis(1)));
    assert_eq!(drawn(&models[0]), drawn(&models[1]));
    let at = |ms| Instant::ZERO + Duration::from_millis(ms);
    let node = NodeId(0);
    let mut crashed =
        model(0, &[(at(10), NodeFault::Crash(node)), (at(20), NodeFault::Restart(node))]);
    let _ = crashed.run_for(Duration::from_millis(100));
    assert!(drawn(&crashed).iter().all(|draw| !drawn(&models[0]).contains(draw)));
}

#[test]
fn a_checker_stops_the_run_at_the_event_that_violates_it() {
    let mut checked = model(0, &[]);
    checked.check_with(|nodes: &Nodes<'_, u32>, now: Instant| {
        assert_eq!((nodes.of::<Drawer>().count(), nodes.of::<Silent>().count()), (1, 1));
        if now < Instant::ZERO + Duration::from_secs(1) { Ok(()) } else { Err("late".to_owned()) }
    });
    let violation = checked.run_to_end().violation.expect("a violation");
    assert_eq!(violation.to_string(), "invariant violated at 1s: late");
}

#[test]
fn a_checker_sees_the_end_of_a_run() {
    struct Ends;
    impl Checker<u32> for Ends {
        fn name(&self) -> &str {
            "ends"
        }
        fn after_event(&mut self, _: &Nodes<'_, u32>, _: Instant) -> Result<(), String> {
            Ok(())
        }
        fn at_end(&mut self, _: &Nodes<'_, u32>, now: Instant) -> Result<(), String> {
            Err(format!("it ended at {now}"))
        }
    }
    let mut checked = model(0, &[]);
    checked.check_with(Ends);
    let error = checked.run_to_end().ok().expect_err("never right").to_string();
    assert_eq!(error, "ends violated at 1.001s: it ended at 1.001s");
}

#[test]
fn runs_follow_one_another() {
    let mut model = model(0, &[]);
    for _ in 0..3 {
        let outcome = model.run_for(Duration::from_millis(300));
        assert_eq!(outcome.events, 2);
    }
    assert_eq!(model.run_for(Duration::from_millis(101)).events, 3);
    let unknown = model.inject(Instant::MAX, NodeId(0), NodeId(9), 1);
    assert_eq!(
        unknown.expect_err("unknown").to_string(),
        "n10 does not exist: the model has 2 nodes"
    );
    let past = model.inject(Instant::ZERO, NodeId(0), NodeId(1), 1);
    assert_eq!(past.expect_err("past").to_string(), "0s is in the past");
    let _ = model.run_to_end();
    let late = model.inject(Instant::MAX, NodeId(0), NodeId(1), 1).expect_err("ended");
    assert_eq!(late.to_string(), "the run has ended: nothing was left to happen");
}

#[test]
fn a_panic_names_its_seed() {
    let check = |seed: Seed| -> Result<(), String> {
        assert!(seed.value() < 3, "at most two");
        Ok(())
    };
    let failure = check_seeds(0..10, check).expect_err("seed 3");
    assert_eq!((failure.seed, &*failure.reason), (3, "it panics: at most two"));
}
