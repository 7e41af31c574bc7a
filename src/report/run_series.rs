//! Data series of a run, from the rows of its trace: clocks, queues, drift and jumps.
//!
//! A trace is read twice. An [`Overview`] finds the machines and the end of the trace; a
//! [`RunReader`] then builds the lines of the few machines that are drawn, thinned while they grow,
//! so that memory does not depend on the number of rows.

use std::collections::BTreeMap;

use super::history_series::FaultWindow;
use super::thinning::ThinLine;
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::trace::Row;

/// Maximum number of machines that are all drawn.
const MACHINES_MAX: usize = 12;

/// Beyond it, numbers of the slowest, median and fastest machines that are drawn.
const SLOWEST: usize = 3;
const MEDIAN: usize = 2;
const FASTEST: usize = 3;

/// Result of the first pass over a trace.
#[derive(Debug, Default)]
pub struct Overview {
    machines: BTreeMap<NodeId, Speed>,
    last: Instant,
}

/// Speed of a machine: by its events, then by its clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Speed {
    events: u64,
    clock: u64,
}

impl Overview {
    /// Adds the next row.
    pub fn add(&mut self, row: &Row) {
        let speed = self.machines.entry(row.machine).or_default();
        speed.events += 1;
        speed.clock = row.event.clock;
        self.last = row.at;
    }

    /// Whether there was no row.
    pub fn is_empty(&self) -> bool {
        self.machines.is_empty()
    }

    /// Returns the machines, in order of their numbers.
    pub fn machines(&self) -> impl Iterator<Item = NodeId> {
        self.machines.keys().copied()
    }

    /// Returns the number of rows.
    pub fn events(&self) -> u64 {
        self.machines.values().map(|speed| speed.events).sum()
    }

    /// Returns the instant of the last row.
    pub fn last(&self) -> Instant {
        self.last
    }

    /// Returns the machines to draw, in order of their numbers: all, if they are few, else some of
    /// the slowest, of the median and of the fastest.
    pub fn drawn(&self) -> Vec<NodeId> {
        if self.machines.len() <= MACHINES_MAX {
            return self.machines.keys().copied().collect();
        }
        let mut by_speed: Vec<(Speed, NodeId)> =
            self.machines.iter().map(|(machine, speed)| (*speed, *machine)).collect();
        by_speed.sort_unstable();
        let middle = (by_speed.len() - MEDIAN) / 2;
        let mut drawn: Vec<NodeId> = by_speed[..SLOWEST]
            .iter()
            .chain(&by_speed[middle..middle + MEDIAN])
            .chain(&by_speed[by_speed.len() - FASTEST..])
            .map(|(_, machine)| *machine)
            .collect();
        drawn.sort_unstable();
        drawn
    }
}

/// The data series of one machine.
#[derive(Clone, Debug)]
pub struct MachineSeries {
    /// Its number, from 1.
    pub number: u64,
    /// Time in seconds, and clock.
    pub clocks: Vec<(f64, f64)>,
    /// Time in seconds, and queue length, which holds until the next point.
    pub queues: Vec<(f64, f64)>,
    /// Number of times that consecutive clocks differed by each amount. In a broken trace clocks
    /// may go back.
    pub jumps: BTreeMap<i128, u64>,
}

/// The data series of a run.
#[derive(Clone, Debug)]
pub struct RunSeries {
    /// The machines that are drawn.
    pub machines: Vec<MachineSeries>,
    /// Number of machines in the trace.
    pub machines_in_trace: usize,
    /// End of the run; of a bare trace, its last event, rounded up to whole seconds.
    pub end_s: f64,
    /// Whole seconds, and the largest minus the smallest clock over all machines.
    pub drift: Vec<(f64, f64)>,
    /// Times of partitions.
    pub faults: Vec<FaultWindow>,
}

/// The end of a run, of which a trace has the last event only.
#[derive(Clone, Debug, Default)]
pub struct RunEnd {
    /// Its time.
    pub at_s: Option<f64>,
    /// The number of messages that wait there, for each machine, numbered from 1.
    pub queues: BTreeMap<u64, u64>,
}

/// Builds the data series of a run, row by row.
#[derive(Debug)]
pub struct RunReader {
    drawn: BTreeMap<NodeId, Lines>,
    clocks: BTreeMap<NodeId, u64>,
    drift: ThinLine,
    next_second: u64,
    end_ns: u64,
}

#[derive(Debug)]
struct Lines {
    clocks: ThinLine,
    queues: ThinLine,
    jumps: BTreeMap<i128, u64>,
    clock: Option<u64>,
}

const SECOND_NS: u64 = 1_000_000_000;

impl RunReader {
    /// Creates a reader for the trace of this overview.
    pub fn new(overview: &Overview) -> RunReader {
        let end = overview.last.as_ns();
        let lines = || Lines {
            clocks: ThinLine::new(end),
            queues: ThinLine::new(end),
            jumps: BTreeMap::new(),
            clock: None,
        };
        RunReader {
            drawn: overview.drawn().into_iter().map(|machine| (machine, lines())).collect(),
            clocks: overview.machines.keys().map(|machine| (*machine, 0)).collect(),
            drift: ThinLine::new(end),
            next_second: 0,
            end_ns: end,
        }
    }

    /// Adds the next row.
    pub fn add(&mut self, row: &Row) {
        let at = row.at.as_ns();
        self.look_at_drift(at / SECOND_NS);
        self.clocks.insert(row.machine, row.event.clock);
        let Some(lines) = self.drawn.get_mut(&row.machine) else { return };
        lines.clocks.push(at, row.event.clock);
        lines.queues.push(at, row.event.queue_len);
        if let Some(before) = lines.clock.replace(row.event.clock) {
            let jump = i128::from(row.event.clock) - i128::from(before);
            *lines.jumps.entry(jump).or_default() += 1;
        }
    }

    /// Samples the drift at all whole seconds up to this one. It has not changed since the last
    /// row, so that the first and the last of them suffice.
    fn look_at_drift(&mut self, second: u64) {
        if second < self.next_second {
            return;
        }
        let drift = self.drift_now();
        for at in [self.next_second, second] {
            self.drift.push(at.saturating_mul(SECOND_NS), drift);
        }
        self.next_second = second + 1;
    }

    fn drift_now(&self) -> u64 {
        let clocks = || self.clocks.values().copied();
        clocks().max().unwrap_or(0) - clocks().min().unwrap_or(0)
    }

    /// Returns the series after the last row, up to the end of the run as far as it is known.
    pub fn finish(mut self, end: &RunEnd, faults: Vec<FaultWindow>) -> RunSeries {
        // The second with which the trace ends.
        let second = self.end_ns.div_ceil(SECOND_NS);
        self.drift.push(second.saturating_mul(SECOND_NS), self.drift_now());
        let machines_in_trace = self.clocks.len();
        let end_s = end.at_s.filter(|end| *end >= self.end_ns as f64 / 1e9);
        let end_s = end_s.unwrap_or(second as f64);
        let machines = self.drawn.into_iter().map(|(machine, lines)| {
            let number = u64::from(machine.0) + 1;
            let held = |points: Vec<(f64, f64)>, last: Option<f64>| {
                let value = last.or(points.last().map(|point| point.1));
                points.into_iter().chain(value.map(|value| (end_s, value))).collect()
            };
            let queue = end.queues.get(&number).map(|queue| *queue as f64);
            MachineSeries {
                number,
                clocks: held(lines.clocks.finish(), None),
                queues: held(lines.queues.finish(), queue),
                jumps: lines.jumps,
            }
        });
        let drift = self.drift.finish();
        RunSeries { machines: machines.collect(), machines_in_trace, end_s, drift, faults }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{HEADER, read_rows};

    fn series(text: &str) -> RunSeries {
        let text = format!("{HEADER}{text}");
        let rows = || read_rows(text.as_bytes()).expect("a header").map(|row| row.expect("a row"));
        let mut overview = Overview::default();
        rows().for_each(|(_, row)| overview.add(&row));
        let mut reader = RunReader::new(&overview);
        rows().for_each(|(_, row)| reader.add(&row));
        reader.finish(&RunEnd::default(), Vec::new())
    }

    #[test]
    fn lines_are_read() {
        let series = series(
            "500000000,1,internal,1,0,,,,,\n\
             900000000,2,internal,1,4,,,,,\n\
             1000000000,1,internal,2,0,,,,,\n\
             3500000000,1,internal,7,2,,,,,\n",
        );
        assert_eq!(series.machines_in_trace, 2);
        assert_eq!(series.end_s, 4.0);
        let one = &series.machines[0];
        assert_eq!(one.number, 1);
        assert_eq!(one.clocks, [(0.5, 1.0), (1.0, 2.0), (3.5, 7.0), (4.0, 7.0)]);
        assert_eq!(one.queues, [(0.5, 0.0), (1.0, 0.0), (3.5, 2.0), (4.0, 2.0)]);
        assert_eq!(one.jumps, BTreeMap::from([(1, 1), (5, 1)]));
        assert_eq!(series.machines[1].queues, [(0.9, 4.0), (4.0, 4.0)]);
        // At 1 s the event of that instant does not count yet, as in `drift_mean`.
        let drift = [(0.0, 0.0), (1.0, 0.0), (2.0, 1.0), (4.0, 6.0)];
        assert_eq!(series.drift.iter().filter(|point| point.0 != 3.0).count(), drift.len());
        drift.iter().for_each(|point| assert!(series.drift.contains(point), "{point:?}"));
    }

    #[test]
    fn of_many_machines_the_slowest_median_and_fastest_are_drawn() {
        let mut rows = String::new();
        for machine in 1..=13 {
            for _ in 0..machine {
                rows += &format!("0,{machine},internal,1,0,,,,,\n");
            }
        }
        let series = series(&rows);
        let numbers: Vec<u64> = series.machines.iter().map(|machine| machine.number).collect();
        assert_eq!(numbers, [1, 2, 3, 6, 7, 11, 12, 13]);
        assert_eq!(series.machines_in_trace, 13);
    }

    #[test]
    fn the_end_of_time_is_no_special_case() {
        let series = series(&format!("0,1,internal,1,0,,,,,\n{},2,internal,5,0,,,,,\n", u64::MAX));
        assert_eq!(series.drift.first(), Some(&(0.0, 0.0)));
        assert_eq!(series.drift.last().map(|point| point.1), Some(4.0));
    }
}
