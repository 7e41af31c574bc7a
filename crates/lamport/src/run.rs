//! A run of the scale model, from parameters to measures.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::machine::{Machine, Rules};
use super::measures::{MachineMeasures, RunMeasures, Waiting, machine_measures, run_measures};
use super::parameters::{ParametersError, ScaleParameters, Speed};
use super::tally::Tallies;
use crate::engine::limits::End;
use crate::engine::queue::{HeapQueue, LANES_MAX, Queue, RateQueue, ScanQueue, TreeQueue};
use crate::engine::time::{Duration, Instant};
use crate::node::NodeId;
use crate::simulation::{Event, Observer, Progress, Setup, Simulation, Totals};
use crate::trace::Fingerprint;

/// The event queue of a run. All of them give the same run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueChoice {
    /// The fastest one for the number of machines.
    #[default]
    Auto,
    /// The reference: one binary heap of tick and delivery events.
    Heap,
    /// An array: for a handful of machines.
    Scan,
    /// A tournament tree.
    Tree,
    /// A lane for each rate: for many machines of few rates.
    Rates,
}

/// Maximum number of machines for which an array is faster than a tournament tree; most of all, if
/// it is kept sorted.
const SCAN_MAX: u32 = 4;

/// Number of machines a rate from which on a lane for each rate is faster than a tournament tree.
const MACHINES_A_RATE: usize = 4;

/// Number of callbacks between two checks whether to stop: some milliseconds.
const TURNS_AT_ONCE: u64 = 1 << 17;

/// Result of a run.
#[derive(Clone, Debug)]
pub struct ScaleRun {
    /// Totals of all messages, and why the run ended.
    pub totals: Totals,
    /// Fingerprint of all events.
    pub fingerprint: Fingerprint,
    /// Measures of the run as a whole.
    pub run: RunMeasures,
    /// Measures of each machine.
    pub machines: Vec<MachineMeasures>,
}

/// Runs an experiment. `observer` receives every event; `stop` is polled periodically and returns
/// whether to stop.
///
/// # Errors
/// If the parameters are invalid.
pub fn run(
    parameters: &ScaleParameters,
    queue: QueueChoice,
    observer: &mut impl Observer<Machine>,
    stop: &dyn Fn() -> bool,
) -> Result<ScaleRun, ParametersError> {
    match queue {
        QueueChoice::Heap => run_on::<HeapQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Scan => run_on::<ScanQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Tree => run_on::<TreeQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Rates => run_on::<RateQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Auto if parameters.machines() <= SCAN_MAX => {
            run_on::<ScanQueue<Event<u64>>>(parameters, observer, stop)
        }
        QueueChoice::Auto if share_rates(parameters) => {
            run_on::<RateQueue<Event<u64>>>(parameters, observer, stop)
        }
        QueueChoice::Auto => run_on::<TreeQueue<Event<u64>>>(parameters, observer, stop),
    }
}

/// Whether many machines share few rates, and tick exactly at these.
fn share_rates(parameters: &ScaleParameters) -> bool {
    let most = LANES_MAX.min(parameters.speeds.len() / MACHINES_A_RATE);
    let mut rates = BTreeSet::new();
    let few = |speed: &Speed| {
        rates.insert(*speed);
        rates.len() <= most
    };
    parameters.jitter == Duration::ZERO && parameters.speeds.iter().all(few)
}

fn run_on<Q: Queue<Event<u64>>>(
    parameters: &ScaleParameters,
    observer: &mut impl Observer<Machine>,
    stop: &dyn Fn() -> bool,
) -> Result<ScaleRun, ParametersError> {
    let (ticks, choice) = (parameters.ticks()?, parameters.choice()?);
    let rules = Rc::new(Rules { choice, stamp: parameters.stamp, ticks });
    let mut setup = Setup::new(parameters.machines(), parameters.seed);
    setup.ties = parameters.ties;
    setup.network = parameters.network.clone();
    setup.limits = parameters.limits;
    let make = move |_| Machine::new(Rc::clone(&rules));
    let simulation = Simulation::<Machine, Q>::new(&setup, make);
    let seconds = parameters.duration.as_ns() / 1_000_000_000;
    let mut drive = Drive {
        tallies: Tallies::new(parameters.fastest().into_iter(), seconds),
        queue_at_half: vec![],
        simulation,
        observer,
        stop,
        next_look: TURNS_AT_ONCE,
    };
    let totals = drive.run_to_the_end(parameters);
    let Drive { simulation, mut tallies, queue_at_half, .. } = drive;
    tallies.look(totals.before);
    let waiting = |machine| {
        let inbox = simulation.inbox(NodeId(machine));
        let arrived = inbox.arrivals().filter(|at| *at < totals.before);
        arrived.fold(Waiting::default(), |sum, at| Waiting {
            messages: sum.messages + 1,
            first: Some(sum.first.map_or(at, |first| first.min(at))),
            ns: sum.ns + u128::from(totals.before.saturating_since(at).as_ns()),
        })
    };
    let waiting: Vec<Waiting> = (0..parameters.machines()).map(waiting).collect();
    // Machines, inboxes and measures of a million machines do not fit in memory together.
    drop(simulation);
    let (machines, no_prediction) =
        machine_measures(parameters, &totals, &tallies, &queue_at_half, &waiting);
    let run = run_measures(parameters, &totals, &tallies, &machines, no_prediction);
    Ok(ScaleRun { totals, fingerprint: tallies.fingerprint(), run, machines })
}

/// A run in progress, with its observers.
struct Drive<'a, Q, O> {
    simulation: Simulation<Machine, Q>,
    tallies: Tallies,
    /// Queue length of each machine at half of the duration, once that has passed.
    queue_at_half: Vec<u64>,
    observer: &'a mut O,
    stop: &'a dyn Fn() -> bool,
    /// Number of callbacks at which `stop` is polled next.
    next_look: u64,
}

impl<Q: Queue<Event<u64>>, O: Observer<Machine>> Drive<'_, Q, O> {
    /// Runs to the end, and samples the queue lengths at half of the duration.
    fn run_to_the_end(&mut self, parameters: &ScaleParameters) -> Totals {
        let before = parameters.before();
        let half = Instant::from_ns(parameters.duration.half().as_ns());
        if let Some(end) = self.until(half) {
            return self.simulation.finish(end, before);
        }
        for machine in (0..parameters.machines()).map(NodeId) {
            self.queue_at_half.push(self.simulation.inbox_len(machine, half) as u64);
        }
        let end = self.until(before).unwrap_or(End::Duration);
        self.simulation.finish(end, before)
    }

    /// Runs until an instant, or until the run ends before it.
    fn until(&mut self, target: Instant) -> Option<End> {
        loop {
            let mut watchers = (&mut self.tallies, &mut *self.observer);
            let callbacks = self.next_look - self.simulation.events();
            match self.simulation.run_until(target, callbacks, &mut watchers) {
                Progress::Ended(end) => return Some(end),
                Progress::Reached if self.simulation.events() < self.next_look => return None,
                progress => {
                    self.observer.passes(self.simulation.now());
                    if (self.stop)() || self.observer.wants_to_stop() {
                        return Some(End::Interrupted { at: self.simulation.now() });
                    }
                    self.next_look = self.simulation.events() + TURNS_AT_ONCE;
                    if progress == Progress::Reached {
                        return None;
                    }
                }
            }
        }
    }
}
