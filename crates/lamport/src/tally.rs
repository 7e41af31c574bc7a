//! Per-machine counters during a run: integers only, in constant space.

use super::histogram::Histogram;
use super::lead::Lead;
use super::machine::Machine;
use super::samples::Samples;
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::simulation::Observer;
use crate::trace::{Event, EventKind, Fingerprint};

/// Maximum number of machines with a histogram each; beyond it, only the run has one: a million
/// histograms would take most of the memory of a run.
pub const HISTOGRAMS_MAX: usize = 10_000;

/// Counters of one machine. Counts of events are below `limits.events` and sums of their
/// nanoseconds below 2¹²⁸, so additions need no overflow check. Three cache lines, of which a send
/// needs the first alone.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub(super) struct Tally {
    pub(super) clock: u64,
    /// Fingerprint of the machine's events.
    fingerprint: Fingerprint,
    pub(super) sends: u64,
    pub(super) receives: u64,
    pub(super) internals: u64,
    receive_run: u64,
    /// Instant of the latest receive, in ns; zero before the first.
    pub(super) last_receive_ns: u64,
    /// Whether the first event was a receive, which is not a jump.
    first_was_receive: bool,
    /// Whether the latest receive left the queue empty, as it is at the beginning.
    pub(super) left_empty: bool,
    /// Whether no machine is faster.
    is_fastest: bool,
    pub(super) queue_len_sum: u64,
    pub(super) queue_max: u64,
    pub(super) receive_run_max: u64,
    /// Total time for which the queue was empty until the latest receive, in ns.
    pub(super) empty_ns: u64,
    /// Longest time between two consecutive receives, in ns.
    pub(super) receive_gap_max_ns: u64,
    pub(super) jump_max: u64,
    pub(super) jump_min: u64,
    pub(super) clock_first: u64,
    /// Sum of the squares of jumps at receives; jumps at other events are always 1.
    pub(super) jump_squares: u128,
    pub(super) wait_ns: u128,
    pub(super) latency_ns: u128,
    pub(super) last_behind: Option<Instant>,
}

impl Default for Tally {
    fn default() -> Tally {
        Tally {
            sends: 0,
            receives: 0,
            internals: 0,
            clock_first: 0,
            clock: 0,
            first_was_receive: false,
            jump_squares: 0,
            jump_max: 0,
            jump_min: u64::MAX,
            queue_len_sum: 0,
            queue_max: 0,
            wait_ns: 0,
            latency_ns: 0,
            last_behind: None,
            receive_run: 0,
            receive_run_max: 0,
            fingerprint: Fingerprint::default(),
            last_receive_ns: 0,
            left_empty: true,
            empty_ns: 0,
            receive_gap_max_ns: 0,
            is_fastest: false,
        }
    }
}

/// Adds to a sum that cannot overflow.
#[inline(always)]
fn add(sum: &mut u64, value: u64) {
    *sum = sum.wrapping_add(value);
}

/// Adds to a wide sum that cannot overflow.
#[inline(always)]
fn add_wide(sum: &mut u128, value: u128) {
    *sum = sum.wrapping_add(value);
}

impl Tally {
    pub(super) fn events(&self) -> u64 {
        self.sends + self.receives + self.internals
    }

    /// Reads from each of its cache lines and returns something of it.
    #[inline(always)]
    fn touch(&self) -> u64 {
        self.clock ^ self.jump_max ^ self.wait_ns as u64
    }

    /// Returns the number of jumps at receives.
    pub(super) fn jumps_at_receives(&self) -> u64 {
        self.receives - u64::from(self.first_was_receive)
    }

    /// Counts an event; returns the jump of a receive.
    #[inline(always)]
    fn add(&mut self, at: Instant, event: &Event) -> Option<u64> {
        let before = std::mem::replace(&mut self.clock, event.clock);
        if before == 0 {
            self.note_first(event);
        }
        match event.kind {
            EventKind::Receive => return self.add_receive(at, event, before),
            EventKind::Send => add(&mut self.sends, 1),
            EventKind::Internal => add(&mut self.internals, 1),
        }
        self.receive_run = 0;
        None
    }

    #[cold]
    fn note_first(&mut self, event: &Event) {
        self.clock_first = event.clock;
        self.first_was_receive = event.kind == EventKind::Receive;
    }

    #[inline(always)]
    fn add_receive(&mut self, at: Instant, event: &Event, before: u64) -> Option<u64> {
        add(&mut self.receives, 1);
        add(&mut self.queue_len_sum, event.queue_len);
        self.queue_max = self.queue_max.max(event.queue_len.wrapping_add(1));
        let (sent, arrived, now) = (event.sent.as_ns(), event.arrived.as_ns(), at.as_ns());
        add_wide(&mut self.wait_ns, now.wrapping_sub(arrived).into());
        add_wide(&mut self.latency_ns, arrived.wrapping_sub(sent).into());
        add(&mut self.receive_run, 1);
        self.receive_run_max = self.receive_run_max.max(self.receive_run);
        // The received message is the one that arrived first, so an empty queue was empty until its
        // arrival.
        if self.left_empty {
            add(&mut self.empty_ns, arrived.wrapping_sub(self.last_receive_ns));
        }
        if self.receives > 1 {
            let gap = now.wrapping_sub(self.last_receive_ns);
            self.receive_gap_max_ns = self.receive_gap_max_ns.max(gap);
        }
        self.last_receive_ns = now;
        self.left_empty = event.queue_len == 0;
        if event.queue_len > 0 {
            self.last_behind = Some(at);
        }
        if before == 0 {
            return None;
        }
        let jump = event.clock.wrapping_sub(before);
        add_wide(&mut self.jump_squares, u128::from(jump) * u128::from(jump));
        self.jump_max = self.jump_max.max(jump);
        self.jump_min = self.jump_min.min(jump);
        Some(jump)
    }
}

/// Counters of all machines.
#[derive(Debug)]
pub(super) struct Tallies {
    pub(super) machines: Vec<Tally>,
    /// One histogram for each machine, or a single one for all.
    histograms: Vec<Histogram>,
    pub(super) lead: Lead,
    /// Clocks at each whole second.
    pub(super) samples: Samples,
    /// The next whole second at which the clocks are sampled, and the number of whole seconds.
    second: u64,
    seconds: u64,
    /// Instant of the next sample; never, if there is none.
    next_look: Instant,
}

const SECOND_NS: u64 = 1_000_000_000;

impl Tallies {
    /// Creates the counters of a run of this number of whole seconds. `fastest` has for each
    /// machine whether no other is faster.
    pub(super) fn new(fastest: impl ExactSizeIterator<Item = bool>, seconds: u64) -> Tallies {
        let machines = fastest.len();
        let histograms = if machines <= HISTOGRAMS_MAX { machines } else { 1 };
        Tallies {
            machines: fastest.map(|is_fastest| Tally { is_fastest, ..Tally::default() }).collect(),
            histograms: vec![Histogram::default(); histograms],
            lead: Lead::default(),
            samples: Samples::new(machines),
            second: 1,
            seconds,
            next_look: look_at(1, seconds),
        }
    }

    /// Samples the clocks at all whole seconds until `now`, which is past the next one. No event
    /// has happened since the last one, so one sample counts for all of them.
    #[cold]
    pub(super) fn look(&mut self, now: Instant) {
        let last = (now.as_ns() / SECOND_NS).min(self.seconds);
        if last >= self.second {
            let clocks = self.machines.iter().map(|tally| tally.clock);
            self.samples.add(clocks, last - self.second + 1);
            self.second = last + 1;
        }
        self.next_look = look_at(self.second, self.seconds);
    }

    /// Returns the fingerprint of all events.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::fold(self.machines.iter().map(|tally| tally.fingerprint))
    }

    /// Returns the jumps of one machine, at all its events, if each machine has its own histogram.
    pub(super) fn histogram(&self, machine: usize) -> Option<Histogram> {
        if self.histograms.len() < self.machines.len() {
            return None;
        }
        let mut histogram = self.histograms[machine].clone();
        histogram.add_many(1, self.steps_of_one(&self.machines[machine]));
        Some(histogram)
    }

    /// Returns the jumps of all machines.
    pub(super) fn histogram_of_all(&self) -> Histogram {
        let mut all = Histogram::default();
        self.histograms.iter().for_each(|histogram| all.merge(histogram));
        all.add_many(1, self.machines.iter().map(|tally| self.steps_of_one(tally)).sum());
        all
    }

    /// Returns the number of jumps at sends and internal events, which are not counted one by one.
    fn steps_of_one(&self, tally: &Tally) -> u64 {
        tally.events().saturating_sub(1) - tally.jumps_at_receives()
    }
}

/// Returns the instant of a whole second; never, beyond the last one.
fn look_at(second: u64, seconds: u64) -> Instant {
    if second > seconds { Instant::MAX } else { Instant::from_ns(second * SECOND_NS) }
}

impl Observer<Machine> for Tallies {
    #[inline(always)]
    fn expect(&self, machine: NodeId) -> u64 {
        self.machines[machine.index()].touch()
    }

    #[inline(always)]
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        if at >= self.next_look {
            self.look(at);
        }
        let tally = &mut self.machines[machine.index()];
        tally.fingerprint.add(at, machine, event);
        if event.clock >= self.lead.top {
            self.lead.add(at, event.clock, tally.is_fastest);
        }
        if let Some(jump) = tally.add(at, event) {
            let place = if self.histograms.len() > 1 { machine.index() } else { 0 };
            self.histograms[place].add(jump);
        }
    }
}
