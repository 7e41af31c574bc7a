//! One run of the scale model, from parameters to measures.

use std::rc::Rc;

use super::machine::Machine;
use super::measures::{MachineMeasures, RunMeasures, Samples, machine_measures, run_measures};
use super::parameters::{Parameters, ParametersError};
use super::tally::Tallies;
use crate::engine::limits::End;
use crate::engine::queue::{HeapQueue, Queue, ScanQueue, TreeQueue};
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::simulation::{Event, Observer, Progress, Setup, Simulation, Totals};
use crate::trace::Fingerprint;

/// Which queue runs an experiment. All give the same run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum QueueChoice {
    /// The fastest for the number of machines.
    #[default]
    Auto,
    /// The reference: one binary heap of tick and delivery events.
    Heap,
    /// An array that is scanned: for a handful of machines.
    Scan,
    /// A tournament tree.
    Tree,
}

/// Up to so many machines a scan beats a tournament.
const SCAN_MAX: u32 = 12;

/// So many turns are taken between two looks at whether to stop: some milliseconds.
const TURNS_AT_ONCE: u64 = 1 << 17;

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Run {
    /// What became of all messages, and why the run ended.
    pub totals: Totals,
    /// The fingerprint of all events.
    pub fingerprint: Fingerprint,
    /// The measures of the run as a whole.
    pub run: RunMeasures,
    /// The measures of each machine.
    pub machines: Vec<MachineMeasures>,
}

/// Runs an experiment. `observer` is told every event; `stop` is asked now and then whether to
/// stop.
///
/// # Errors
/// If the parameters make no experiment.
pub fn run(
    parameters: &Parameters,
    queue: QueueChoice,
    observer: &mut impl Observer<Machine>,
    stop: &dyn Fn() -> bool,
) -> Result<Run, ParametersError> {
    match queue {
        QueueChoice::Heap => run_on::<HeapQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Scan => run_on::<ScanQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Tree => run_on::<TreeQueue<Event<u64>>>(parameters, observer, stop),
        QueueChoice::Auto if parameters.machines() <= SCAN_MAX => {
            run_on::<ScanQueue<Event<u64>>>(parameters, observer, stop)
        }
        QueueChoice::Auto => run_on::<TreeQueue<Event<u64>>>(parameters, observer, stop),
    }
}

fn run_on<Q: Queue<Event<u64>>>(
    parameters: &Parameters,
    observer: &mut impl Observer<Machine>,
    stop: &dyn Fn() -> bool,
) -> Result<Run, ParametersError> {
    let ticks = parameters.ticks()?;
    let rules = Rc::new((parameters.choice()?, parameters.stamp));
    let setup = Setup {
        nodes: parameters.machines(),
        seed: parameters.seed,
        ties: parameters.ties,
        network: parameters.network.clone(),
        faults: vec![],
        limits: parameters.limits,
    };
    let make = move |id: NodeId| Machine::new(ticks[id.index()], Rc::clone(&rules));
    let simulation = Simulation::<Machine, Q>::new(&setup, make);
    let mut drive = Drive {
        tallies: Tallies::new(parameters.speeds.len()),
        samples: Samples::new(parameters.speeds.len()),
        simulation,
        observer,
        stop,
        next_look: TURNS_AT_ONCE,
    };
    let totals = drive.run_to_the_end(parameters);
    let Drive { simulation, tallies, samples, .. } = drive;
    let machines = machine_measures(parameters, &totals, &tallies, &samples, |machine| {
        let inbox = simulation.inbox(NodeId(machine));
        let waits = inbox.arrivals().filter(|at| *at < totals.before);
        waits.map(|at| totals.before.saturating_since(at).as_ns()).collect()
    });
    let run = run_measures(parameters, &totals, &tallies, &samples, &machines);
    Ok(Run { totals, fingerprint: tallies.fingerprint, run, machines })
}

/// A run under way, with all that watches it.
struct Drive<'a, Q, O> {
    simulation: Simulation<Machine, Q>,
    tallies: Tallies,
    samples: Samples,
    observer: &'a mut O,
    stop: &'a dyn Fn() -> bool,
    /// After so many turns it is asked whether to stop.
    next_look: u64,
}

impl<Q: Queue<Event<u64>>, O: Observer<Machine>> Drive<'_, Q, O> {
    /// Runs to the end, with a look at the clocks at each whole second and at the queues half-way.
    fn run_to_the_end(&mut self, parameters: &Parameters) -> Totals {
        const SECOND: u64 = 1_000_000_000;
        let before = parameters.before();
        let seconds = parameters.duration.as_ns() / SECOND;
        let half = Instant::from_ns(parameters.duration.half().as_ns());
        let mut second = 1;
        let mut half_is_over = false;
        loop {
            let mut target = before;
            if second <= seconds {
                target = target.min(Instant::from_ns(second * SECOND));
            }
            if !half_is_over {
                target = target.min(half);
            }
            if let Some(end) = self.until(target) {
                return self.simulation.finish(end, before);
            }
            if target == half && !half_is_over {
                half_is_over = true;
                for machine in 0..parameters.machines() {
                    let waiting = self.simulation.inbox_len(NodeId(machine), half);
                    self.samples.queue_at_half.push(waiting as u64);
                }
            }
            if second <= seconds && target.as_ns() == second * SECOND {
                // Nothing changes until the next event: one look counts for all seconds until then.
                let next = self.simulation.next_time().map_or(seconds, |at| at.as_ns() / SECOND);
                let last = next.clamp(second, seconds);
                let clocks = self.simulation.nodes().map(Machine::clock);
                self.samples.add(clocks, last - second + 1);
                second = last + 1;
            }
            if target == before {
                return self.simulation.finish(End::Duration, before);
            }
        }
    }

    /// Runs until an instant, or until the run ends before it.
    fn until(&mut self, target: Instant) -> Option<End> {
        loop {
            let mut watchers = (&mut self.tallies, &mut *self.observer);
            let turns = self.next_look - self.simulation.events();
            match self.simulation.run_until(target, turns, &mut watchers) {
                Progress::Ended(end) => return Some(end),
                Progress::Reached if self.simulation.events() < self.next_look => return None,
                progress => {
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
