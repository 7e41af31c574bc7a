//! Properties of runs under any mixture of faults: conservation of messages, agreement of all
//! queues, and the semantics of each fault kind.

use proptest::prelude::*;
use sim::engine::limits::End;
use sim::engine::queue::{HeapQueue, Queue, RateQueue, ScanQueue, TreeQueue};
use sim::engine::ratio::Ratio;
use sim::engine::rng::Seed;
use sim::engine::ticks::Ticks;
use sim::engine::time::{Duration, Instant};
use sim::nemesis::{Fault, FaultKind, NemesisSettings, Target, Window, conditions, schedule};
use sim::network::{CopySent, Cut, Fate, Latency, Role, Roles, Scope};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Event, Observer, Setup, Simulation, Skew, Totals};

/// A node that sends at random times, answers, and counts its starts on its disk.
struct Chatter {
    /// The pending timer, and the reading of the node's own clock at which it is due.
    next: Option<(Timer, Instant)>,
}

/// A callback of a node, with the reading of its own clock.
#[derive(Clone, Debug, PartialEq)]
enum Callback {
    Start { boots: u8 },
    Message(NodeId),
    Timer { due: Instant, now: Instant },
}

impl Chatter {
    fn wait(&mut self, cx: &mut Context<'_, Self>) {
        let after = Duration::from_ns(1 + cx.rng().below(60_000_000));
        self.next = Some((cx.set_timer(after), cx.now().saturating_add(after)));
    }
}

impl Node for Chatter {
    type Message = u32;
    type Record = Callback;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        let boots = cx.disk().read("boots").map_or(0, |bytes| bytes[0]) + 1;
        cx.disk().write("boots", [boots]);
        cx.disk().sync();
        cx.record(Callback::Start { boots });
        self.wait(cx);
    }

    fn on_message(&mut self, from: NodeId, hops: u32, cx: &mut Context<'_, Self>) {
        cx.record(Callback::Message(from));
        if hops > 0 {
            cx.send(from, hops - 1);
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        let (set, due) = self.next.expect("a timer was set");
        assert_eq!(timer, set);
        cx.record(Callback::Timer { due, now: cx.now() });
        match cx.rng().below(4) {
            0 => cx.send_to_all(1),
            _ => {
                let nodes = u64::from(cx.nodes());
                let to = cx.rng().below(nodes) as u32;
                cx.send(NodeId(to), 2)
            }
        };
        self.wait(cx);
    }
}

#[derive(Default, Debug, PartialEq)]
struct Seen {
    callbacks: Vec<(Instant, NodeId, Callback)>,
    copies: Vec<(CopySent, u32)>,
}

impl Observer<Chatter> for Seen {
    fn record(&mut self, at: Instant, node: NodeId, callback: &Callback) {
        self.callbacks.push((at, node, callback.clone()));
    }

    fn copy(&mut self, copy: &CopySent, message: &u32) {
        self.copies.push((*copy, *message));
    }
}

/// Length of the phase with faults; the run goes on without any until [`END`].
const MAIN_MS: u64 = 1_000;
const END: Instant = Instant::from_ns(1_500_000_000);

fn run<Q: Queue<Event<u32>>>(setup: &Setup) -> (Totals, Seen) {
    let mut seen = Seen::default();
    let mut simulation = Simulation::<Chatter, Q>::new(setup, |_| Chatter { next: None });
    simulation.run_until(END, u64::MAX, &mut seen);
    (simulation.finish(End::Duration, END), seen)
}

fn ms(max: u64) -> impl Strategy<Value = Duration> {
    // Half of them whole milliseconds, so that instants coincide.
    prop_oneof![
        (0..=max).prop_map(Duration::from_ms),
        (0..=max * 1_000_000).prop_map(Duration::from_ns)
    ]
}

fn latency(max: u64) -> impl Strategy<Value = Latency> {
    prop_oneof![
        ms(max).prop_map(Latency::Constant),
        ms(max).prop_map(|most| Latency::Uniform(Duration::ZERO, most)),
        ms(max).prop_map(Latency::Exponential),
    ]
}

fn chance() -> impl Strategy<Value = Ratio> {
    (0u64..4).prop_map(|p| Ratio::new(p, 5).expect("a ratio"))
}

fn fault(nodes: u32) -> impl Strategy<Value = Fault> {
    let some = || proptest::collection::vec((0..nodes).prop_map(NodeId), 1..3);
    let link = || ((0..nodes).prop_map(NodeId), (0..nodes).prop_map(NodeId));
    let rate = (1u64..8, 4u64..8).prop_map(|(p, q)| Ratio::new(p, q).expect("a rate"));
    let skewed = ((0..nodes).prop_map(NodeId), rate);
    prop_oneof![
        some().prop_map(move |ids| Fault::partition(
            "one",
            Cut::Groups(vec![
                ids.clone(),
                (0..nodes).map(NodeId).filter(|id| !ids.contains(id)).collect()
            ])
        )),
        proptest::collection::vec(link(), 0..5)
            .prop_map(|links| Fault::partition("some", Cut::Links(links))),
        (some(), some()).prop_map(|(from, to)| Fault::one_way(Cut::OneWay { from, to })),
        some().prop_map(Fault::crash),
        some().prop_map(Fault::wipe),
        some().prop_map(Fault::pause),
        (some(), ms(100)).prop_map(|(ids, by)| Fault::slow(ids, by)),
        proptest::collection::vec(skewed, 1..3).prop_map(Fault::skew),
        chance().prop_map(Fault::loss),
        chance().prop_map(Fault::duplication),
    ]
}

fn window(nodes: u32) -> impl Strategy<Value = Window> {
    (ms(MAIN_MS), ms(MAIN_MS), fault(nodes)).prop_map(|(a, b, fault)| Window {
        at: Instant::ZERO.saturating_add(a.min(b)),
        until: Instant::ZERO.saturating_add(a.max(b)),
        fault,
        spares_clients: false,
    })
}

fn roles(nodes: u32) -> impl Strategy<Value = Option<Roles>> {
    let scope = (0usize..3).prop_map(|place| Scope::ALL[place]);
    let parts = (1..=nodes, 0u32..2, latency(20), latency(5), scope);
    proptest::option::of(parts.prop_map(|(servers, services, client_latency, host_cost, scope)| {
        Roles { servers, services, client_latency, host_cost, scope }
    }))
}

/// Any run of up to six nodes, with its faults.
fn any_run() -> impl Strategy<Value = (Setup, Vec<Window>)> {
    (1u32..=6).prop_flat_map(|nodes| {
        let network = (latency(80), chance(), chance(), roles(nodes));
        let windows = proptest::collection::vec(window(nodes), 0..8);
        let events = prop_oneof![3 => Just(u64::MAX), 1 => 0u64..400];
        (0u64..1_000, network, windows, events).prop_map(move |(seed, network, windows, events)| {
            let mut setup = Setup::new(nodes, Seed::new(seed).expect("a seed"));
            let (latency, loss, duplication, roles) = network;
            let settings = &mut setup.network;
            (settings.latency, settings.loss) = (latency, loss);
            (settings.duplication, settings.roles) = (duplication, roles);
            setup.limits.events = events;
            conditions(&windows).add_to(&mut setup);
            (setup, windows)
        })
    })
}

/// Whether one of the windows open at an instant has such a fault.
fn holds(windows: &[Window], at: Instant, is_such: impl Fn(&Fault) -> bool) -> bool {
    windows.iter().any(|window| (window.at..window.until).contains(&at) && is_such(&window.fault))
}

fn takes_down(fault: &Fault, id: NodeId) -> bool {
    let crashes = [FaultKind::Crash, FaultKind::Wipe, FaultKind::Blackout];
    crashes.contains(&fault.kind) && fault.nodes().contains(&id)
}

fn pauses(fault: &Fault, id: NodeId) -> bool {
    fault.kind == FaultKind::Pause && fault.nodes().contains(&id)
}

/// Whether a node is paused: a pause that began while it was up still holds, and it has not been
/// down since. States change only where windows begin and end.
fn is_paused(windows: &[Window], id: NodeId, at: Instant) -> bool {
    let mut changes: Vec<Instant> = windows.iter().flat_map(|w| [w.at, w.until]).collect();
    changes.retain(|change| *change <= at);
    changes.sort_unstable();
    let (mut held, mut paused) = (false, false);
    for change in changes {
        let down = holds(windows, change, |fault| takes_down(fault, id));
        let pausing = holds(windows, change, |fault| pauses(fault, id));
        paused = pausing && !down && (paused || !held);
        held = pausing;
    }
    paused
}

fn cuts(fault: &Fault, from: NodeId, to: NodeId) -> bool {
    match &fault.target {
        Target::Cut(_, Cut::Groups(groups)) => {
            let side = |id| groups.iter().position(|group| group.contains(&id));
            side(from).is_some() && side(to).is_some() && side(from) != side(to)
        }
        Target::Cut(_, Cut::Links(links)) => links.contains(&(from, to)),
        Target::Cut(_, Cut::OneWay { from: a, to: b }) => a.contains(&from) && b.contains(&to),
        _ => false,
    }
}

/// Whether loss, duplication and cuts apply between these two.
fn in_scope(roles: Option<Roles>, from: NodeId, to: NodeId) -> bool {
    let Some(roles) = roles else { return true };
    match (roles.role(from).max(roles.role(to)), roles.scope) {
        (Role::Server, _) => true,
        (Role::Service, scope) => scope != Scope::Nodes,
        (Role::Clients, scope) => scope == Scope::All,
        (Role::SetUp, _) => false,
    }
}

proptest! {
    #[test]
    fn messages_are_conserved_and_every_queue_gives_the_same_run((setup, _) in any_run()) {
        let (totals, seen) = run::<HeapQueue<_>>(&setup);
        prop_assert_eq!(totals.accounted(), totals.copies);
        prop_assert_eq!(seen.copies.len() as u64, totals.copies);
        let is_message = |callback: &Callback| matches!(callback, Callback::Message(_));
        let messages = seen.callbacks.iter().filter(|(.., callback)| is_message(callback));
        prop_assert_eq!(messages.count() as u64, totals.received);
        prop_assert_eq!(&(totals, &seen), &(totals, &run::<ScanQueue<_>>(&setup).1));
        prop_assert_eq!(&(totals, &seen), &(totals, &run::<RateQueue<_>>(&setup).1));
        let (again, other) = run::<TreeQueue<_>>(&setup);
        prop_assert_eq!((totals, seen), (again, other));
    }

    #[test]
    fn nothing_passes_a_cut_and_what_is_out_of_scope_always_does((setup, windows) in any_run()) {
        let (_, seen) = run::<TreeQueue<_>>(&setup);
        for (CopySent { from, to, sent, copy, fate, .. }, _) in seen.copies {
            let reached = in_scope(setup.network.roles, from, to);
            prop_assert!(reached || copy == 1);
            match fate {
                Fate::Lost(_) => prop_assert!(reached),
                Fate::Arrives(at) | Fate::Cut(at) | Fate::Crashed(at) => {
                    let cut = reached && holds(&windows, at, |fault| cuts(fault, from, to));
                    prop_assert_eq!(matches!(fate, Fate::Cut(_)), cut);
                    let down = holds(&windows, at, |fault| takes_down(fault, to));
                    prop_assert_eq!(matches!(fate, Fate::Crashed(_)), down && !cut);
                    let role = |id| setup.network.roles.map(|roles| roles.role(id));
                    let set_up = [role(from), role(to)].contains(&Some(Role::SetUp));
                    prop_assert!(!set_up || at == sent);
                }
            }
        }
    }

    #[test]
    fn nodes_that_are_down_or_paused_have_no_callbacks((setup, windows) in any_run()) {
        let (_, seen) = run::<TreeQueue<_>>(&setup);
        for (at, id, callback) in &seen.callbacks {
            let down = holds(&windows, *at, |fault| takes_down(fault, *id));
            prop_assert!(!down, "{} is down at {}: {:?}", id, at, callback);
            prop_assert!(!is_paused(&windows, *id, *at), "{} pauses at {}: {:?}", id, at, callback);
        }
    }

    #[test]
    fn when_all_is_healed_every_node_is_awake((setup, windows) in any_run()) {
        let (totals, seen) = run::<TreeQueue<_>>(&setup);
        prop_assume!(totals.end == End::Duration);
        let healed = windows.iter().map(|window| window.until).max().unwrap_or(Instant::ZERO);
        for id in (0..setup.nodes).map(NodeId) {
            prop_assert!(seen.callbacks.iter().any(|(at, of, callback)| {
                *at >= healed && *of == id && matches!(callback, Callback::Timer { .. })
            }), "{} sleeps", id);
        }
    }

    #[test]
    fn only_a_wipe_loses_what_was_synced((setup, windows) in any_run()) {
        let (_, seen) = run::<TreeQueue<_>>(&setup);
        for id in (0..setup.nodes).map(NodeId) {
            let mut last: Option<(Instant, u8)> = None;
            for (at, _, callback) in seen.callbacks.iter().filter(|(_, of, _)| *of == id) {
                let Callback::Start { boots } = callback else { continue };
                // Crashes that overlap a wipe form one outage with it: nothing starts in between.
                let wiped = last.is_some_and(|(before, _)| windows.iter().any(|window| {
                    window.fault.kind == FaultKind::Wipe
                        && window.fault.nodes().contains(&id)
                        && window.at < window.until
                        && window.until > before
                        && window.at <= *at
                }));
                let expected = if wiped { 1 } else { last.map_or(1, |(_, boots)| boots + 1) };
                prop_assert_eq!(*boots, expected);
                last = Some((*at, *boots));
            }
        }
    }

    /// A clock of less than twice the speed shows every nanosecond, so timers are exact.
    #[test]
    fn timers_go_off_when_the_nodes_own_clock_says_so((setup, windows) in any_run()) {
        let (_, seen) = run::<TreeQueue<_>>(&setup);
        for (_, id, callback) in &seen.callbacks {
            let Callback::Timer { due, now } = callback else { continue };
            let paused = windows.iter().any(|window| pauses(&window.fault, *id));
            let late = now.checked_since(*due).expect("not early");
            prop_assert!(paused || late.as_ns() <= 1, "{} late by {}", id, late);
        }
    }

    #[test]
    fn drawn_faults_hold_what_stated_ones_do(seed in 0u64..500, swarm in any::<bool>()) {
        let settings = NemesisSettings {
            kinds: FaultKind::ALL.to_vec(),
            swarm,
            interval: Duration::from_ms(100),
            slow_by: Duration::from_ms(20),
            faults: vec![],
        };
        let seed = Seed::new(seed).expect("a seed");
        let windows = schedule(&settings, 5, Duration::from_ms(MAIN_MS), seed);
        let mut setup = Setup::new(5, seed);
        conditions(&windows).add_to(&mut setup);
        let (totals, seen) = run::<HeapQueue<_>>(&setup);
        prop_assert_eq!(totals.accounted(), totals.copies);
        for (at, id, _) in &seen.callbacks {
            prop_assert!(!holds(&windows, *at, |fault| takes_down(fault, *id)));
        }
        let fewer: Vec<FaultKind> = FaultKind::ALL.into_iter().skip(3).collect();
        let few = NemesisSettings { kinds: fewer.clone(), swarm: false, ..settings.clone() };
        let all = NemesisSettings { swarm: false, ..settings };
        let of_few = |settings: &NemesisSettings| -> Vec<Window> {
            let windows = schedule(settings, 5, Duration::from_ms(MAIN_MS), seed);
            windows.into_iter().filter(|w| fewer.contains(&w.fault.kind)).collect()
        };
        prop_assert_eq!(of_few(&few), of_few(&all));
    }
}

#[test]
fn a_blackout_takes_all_nodes_down_at_once_and_leaves_their_disks() {
    let ms = |count| Instant::ZERO.saturating_add(Duration::from_ms(count));
    let blackout = FaultKind::Blackout;
    let target = Target::Nodes((0..4).map(NodeId).collect());
    let stated = [Window {
        at: ms(50),
        until: ms(80),
        fault: Fault { kind: blackout, target: target.clone() },
        spares_clients: false,
    }];
    let settings = NemesisSettings {
        kinds: vec![blackout],
        interval: Duration::from_ms(40),
        ..NemesisSettings::default()
    };
    let seed = Seed::new(1).expect("a seed");
    let drawn = schedule(&settings, 4, Duration::from_ms(MAIN_MS), seed);
    assert!(drawn.len() > 1);
    for windows in [&stated[..], &drawn] {
        assert!(windows.iter().all(|window| window.fault.target == target), "{windows:?}");
        let mut setup = Setup::new(4, seed);
        conditions(windows).add_to(&mut setup);
        let (_, seen) = run::<HeapQueue<_>>(&setup);
        for id in (0..4).map(NodeId) {
            let starts = seen.callbacks.iter().filter_map(|(at, of, callback)| match callback {
                Callback::Start { boots } if *of == id => Some((*at, *boots)),
                _ => None,
            });
            let restarts = windows.iter().map(|window| window.until).zip(2..);
            let expected: Vec<_> = [(Instant::ZERO, 1)].into_iter().chain(restarts).collect();
            assert_eq!(starts.collect::<Vec<_>>(), expected, "{id:?}");
        }
        for (at, id, callback) in seen.callbacks {
            assert!(!holds(windows, at, |_| true), "{id:?} is down at {at}: {callback:?}");
        }
    }
}

/// A node that sets one timer and records when it fires by the node's own clock.
struct Sleeper;

impl Node for Sleeper {
    type Message = ();
    type Record = Instant;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        cx.set_timer(Duration::from_ns(100));
    }

    fn on_timer(&mut self, _: Timer, cx: &mut Context<'_, Self>) {
        cx.record(cx.now());
    }
}

#[derive(Default)]
struct Woken(Vec<(u64, u64)>);

impl Observer<Sleeper> for Woken {
    fn record(&mut self, at: Instant, _: NodeId, own: &Instant) {
        self.0.push((at.as_ns(), own.as_ns()));
    }
}

#[test]
fn a_timer_of_a_skewed_clock_goes_off_at_the_exact_instant() {
    let skew = |at, until, p, q| Skew {
        node: NodeId(0),
        at: Instant::from_ns(at),
        until: Instant::from_ns(until),
        rate: Ratio::new(p, q).expect("a rate"),
    };
    for (skews, woken) in [
        (vec![], (100, 100)),
        (vec![skew(0, 1_000, 2, 1)], (50, 100)),
        (vec![skew(0, 1_000, 1, 2)], (200, 100)),
        (vec![skew(40, 80, 5, 4)], (90, 100)),
        // 33 ns at a rate of 3/2 are 49.5 ns, of which the half is dropped when the rate changes.
        (vec![skew(0, 33, 3, 2)], (84, 100)),
        (vec![skew(0, 1_000, 3, 1)], (34, 102)),
    ] {
        let mut setup = Setup::new(1, Seed::new(1).expect("a seed"));
        setup.clocks = skews;
        let mut simulation: Simulation<Sleeper> = Simulation::new(&setup, |_| Sleeper);
        let mut found = Woken::default();
        simulation.run_until(Instant::MAX, u64::MAX, &mut found);
        assert_eq!(found.0, [woken]);
    }
}

/// Pauses the first of three nodes. Returns the senders of the messages that arrive during the
/// pause, in order of arrival; the senders in its callbacks since the pause began; and the totals.
fn paused(further: &[(Instant, sim::simulation::NodeFault)]) -> (Vec<NodeId>, Vec<NodeId>, Totals) {
    use sim::simulation::NodeFault;
    let mut setup = Setup::new(3, Seed::new(1).expect("a seed"));
    setup.faults =
        vec![(at(10), NodeFault::Pause(NodeId(0))), (at(100), NodeFault::Resume(NodeId(0)))];
    setup.faults.extend(further);
    let mut simulation: Simulation<Chatter> = Simulation::new(&setup, |_| Chatter { next: None });
    let outside = [(at(30), NodeId(2)), (at(20), NodeId(1)), (at(40), NodeId(0))];
    for (when, from) in outside {
        simulation.inject(when, from, NodeId(0), 0);
    }
    let mut seen = Seen::default();
    simulation.run_until(at(100).saturating_add(Duration::from_ns(1)), u64::MAX, &mut seen);
    let arrived = seen.copies.iter().filter_map(|(copy, _)| match copy.fate {
        Fate::Arrives(when) if copy.to == NodeId(0) => Some((when, copy.from)),
        _ => None,
    });
    let mut came: Vec<_> = arrived.chain(outside).collect();
    came.retain(|(when, _)| (at(10)..at(100)).contains(when));
    came.sort();
    let handled = seen.callbacks.iter().filter_map(|(when, of, callback)| match callback {
        Callback::Message(from) if *of == NodeId(0) && *when >= at(10) => {
            assert_eq!(*when, at(100));
            Some(*from)
        }
        _ => None,
    });
    let came = came.into_iter().map(|(_, from)| from).collect();
    (came, handled.collect(), simulation.finish(End::Duration, at(101)))
}

fn at(ms: u64) -> Instant {
    Instant::from_ns(ms * 1_000_000)
}

#[test]
fn what_waits_for_a_paused_node_comes_at_its_resume_in_the_order_of_arrival() {
    let (came, handled, totals) = paused(&[]);
    assert!(came.len() > 5, "{came:?}");
    assert_eq!(came, handled);
    assert_eq!((totals.forgotten, totals.crashed), (0, 0));
}

#[test]
fn what_waits_for_a_paused_node_is_forgotten_in_a_crash() {
    let crash = sim::simulation::NodeFault::Crash(NodeId(0));
    let (came, handled, totals) = paused(&[(at(99), crash)]);
    assert_eq!(handled, []);
    // Three were injected, and count as no copies.
    assert_eq!(totals.forgotten, came.len() as u64 - 3);
}

#[test]
fn a_run_that_ends_in_a_pause_counts_what_waits_as_queued() {
    let again = sim::simulation::NodeFault::Pause(NodeId(0));
    let (came, handled, totals) = paused(&[(at(100), again)]);
    assert_eq!(handled, []);
    assert_eq!(totals.queued, came.len() as u64 - 3);
}

/// A node that ticks, sends to both nodes, and empties its inbox.
struct Ticker;

impl Node for Ticker {
    type Message = ();
    /// Number of messages in the inbox.
    type Record = usize;

    const POLLS_INBOX: bool = true;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        cx.tick_every(Ticks::every(Duration::from_ms(10)).expect("a period"));
    }

    fn on_timer(&mut self, _: Timer, cx: &mut Context<'_, Self>) {
        let found = std::iter::from_fn(|| cx.take_message()).count();
        cx.record(found);
        cx.send(NodeId(0), ());
        cx.send(NodeId(1), ());
    }
}

#[derive(Default)]
struct Ticked(Vec<(u64, usize)>);

impl Observer<Ticker> for Ticked {
    fn record(&mut self, when: Instant, id: NodeId, found: &usize) {
        if id == NodeId(0) {
            self.0.push((when.as_ns() / 1_000_000, *found));
        }
    }
}

fn ticked<Q: Queue<Event<()>>>() -> Vec<(u64, usize)> {
    use sim::simulation::NodeFault;
    let mut setup = Setup::new(2, Seed::new(1).expect("a seed"));
    setup.faults =
        vec![(at(20), NodeFault::Pause(NodeId(0))), (at(55), NodeFault::Resume(NodeId(0)))];
    let mut simulation = Simulation::<Ticker, Q>::new(&setup, |_| Ticker);
    let mut found = Ticked::default();
    simulation.run_until(at(71), u64::MAX, &mut found);
    let totals = simulation.finish(End::Duration, at(71));
    assert_eq!(totals.accounted(), totals.copies);
    found.0
}

#[test]
fn a_node_that_ticks_skips_its_ticks_in_a_pause_and_finds_all_in_its_inbox() {
    // Each 10 ms bring one message of its own and one of the other node's; the pause brings four of
    // the other's.
    let expected = [(0, 0), (10, 2), (60, 6), (70, 2)];
    assert_eq!(ticked::<HeapQueue<_>>(), expected);
    assert_eq!(ticked::<ScanQueue<_>>(), expected);
    assert_eq!(ticked::<TreeQueue<_>>(), expected);
    assert_eq!(ticked::<RateQueue<_>>(), expected);
}
