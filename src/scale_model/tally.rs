//! What is counted of each machine while a run goes on: integers only, constant space.

use super::histogram::Histogram;
use super::machine::Machine;
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::simulation::Observer;
use crate::trace::{Event, Fingerprint, Kind};

/// Up to so many machines each has a histogram of its own; beyond, only the run has one: a million
/// histograms would take most of the memory of a run.
pub const HISTOGRAMS_MAX: usize = 10_000;

/// What is counted of one machine.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) sends: u64,
    pub(super) receives: u64,
    pub(super) internals: u64,
    pub(super) clock_first: u64,
    pub(super) clock: u64,
    /// Of the jumps at receives; those at other events are always 1.
    pub(super) jump_squares: u128,
    pub(super) jump_max: u64,
    pub(super) jump_min: u64,
    pub(super) jumps_at_receives: u64,
    pub(super) queue_len_sum: u64,
    pub(super) queue_max: u64,
    pub(super) wait_ns: u128,
    pub(super) latency_ns: u128,
    pub(super) last_behind: Option<Instant>,
    pub(super) receive_run: u64,
    pub(super) receive_run_max: u64,
}

impl Tally {
    pub(super) fn events(&self) -> u64 {
        self.sends + self.receives + self.internals
    }

    /// Counts an event; returns the jump of a receive.
    #[inline(always)]
    fn add(&mut self, at: Instant, event: &Event) -> Option<u64> {
        let first = self.clock == 0;
        if first {
            self.clock_first = event.clock;
        }
        let before = std::mem::replace(&mut self.clock, event.clock);
        match event.kind {
            Kind::Receive => return self.add_receive(at, event, (!first).then_some(before)),
            Kind::Send => self.sends += 1,
            Kind::Internal => self.internals += 1,
        }
        self.receive_run = 0;
        None
    }

    #[inline(always)]
    fn add_receive(&mut self, at: Instant, event: &Event, before: Option<u64>) -> Option<u64> {
        self.receives += 1;
        self.queue_len_sum += event.queue_len;
        self.queue_max = self.queue_max.max(event.queue_len + 1);
        self.wait_ns += u128::from(at.as_ns() - event.arrived.as_ns());
        self.latency_ns += u128::from(event.arrived.as_ns() - event.sent.as_ns());
        self.receive_run += 1;
        self.receive_run_max = self.receive_run_max.max(self.receive_run);
        if event.queue_len > 0 {
            self.last_behind = Some(at);
        }
        let jump = event.clock - before?;
        self.jumps_at_receives += 1;
        self.jump_squares += u128::from(jump) * u128::from(jump);
        self.jump_max = self.jump_max.max(jump);
        self.jump_min = if self.jumps_at_receives == 1 { jump } else { self.jump_min.min(jump) };
        Some(jump)
    }
}

/// What is counted of all machines.
#[derive(Debug)]
pub(super) struct Tallies {
    pub(super) machines: Vec<Tally>,
    pub(super) fingerprint: Fingerprint,
    /// One for each machine, or a single one for all.
    histograms: Vec<Histogram>,
}

impl Tallies {
    pub(super) fn new(machines: usize) -> Tallies {
        let histograms = if machines <= HISTOGRAMS_MAX { machines } else { 1 };
        Tallies {
            machines: vec![Tally::default(); machines],
            fingerprint: Fingerprint::default(),
            histograms: vec![Histogram::default(); histograms],
        }
    }

    /// The jumps of one machine, at all its events, if each machine has its own histogram.
    pub(super) fn histogram(&self, machine: usize) -> Option<Histogram> {
        if self.histograms.len() < self.machines.len() {
            return None;
        }
        let mut histogram = self.histograms[machine].clone();
        histogram.add_many(1, self.steps_of_one(&self.machines[machine]));
        Some(histogram)
    }

    /// The jumps of all machines.
    pub(super) fn histogram_of_all(&self) -> Histogram {
        let mut all = Histogram::default();
        self.histograms.iter().for_each(|histogram| all.merge(histogram));
        all.add_many(1, self.machines.iter().map(|tally| self.steps_of_one(tally)).sum());
        all
    }

    /// Jumps at sends and internal events: they are not counted one by one.
    fn steps_of_one(&self, tally: &Tally) -> u64 {
        tally.events().saturating_sub(1) - tally.jumps_at_receives
    }
}

impl Observer<Machine> for Tallies {
    #[inline(always)]
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        self.fingerprint.add(at, machine, event);
        if let Some(jump) = self.machines[machine.index()].add(at, event) {
            let place = if self.histograms.len() > 1 { machine.index() } else { 0 };
            self.histograms[place].add(jump);
        }
    }
}
