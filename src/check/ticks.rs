//! Rule 9: a machine has exactly its ticks, at exactly their times.

use super::rule::Rule;
use super::verdict::{Told, Verdict};
use crate::engine::rng::Rng;
use crate::engine::ticks::{Schedule, Ticks};
use crate::engine::time::Instant;
use crate::trace::Row;

/// The schedules of all machines, as far as the trace has come.
#[derive(Debug)]
pub(super) struct TickTimes {
    machines: Vec<(Schedule, Rng, Option<Instant>)>,
}

impl TickTimes {
    pub(super) fn new(ticks: Vec<(Ticks, Rng)>) -> TickTimes {
        let begin = |(ticks, mut rng): (Ticks, Rng)| {
            let schedule = ticks.begin(Instant::ZERO, &mut rng);
            (schedule, rng, None)
        };
        TickTimes { machines: ticks.into_iter().map(begin).collect() }
    }

    /// Checks the time of a row. After a missing tick the schedule goes on from the row.
    pub(super) fn row(&mut self, line: u64, row: &Row, verdict: &mut Verdict) {
        let told = Told::new(line, row);
        let Some((schedule, rng, last)) = self.machines.get_mut(row.machine.index()) else {
            let problem = format!("{told}: there is no such machine in the config");
            return verdict.violate(Rule::TickTimes, Some(line), problem);
        };
        *last = Some(row.at);
        let expected = schedule.next();
        if row.at != expected {
            let (found, expected) = (row.at.as_ns(), expected.as_ns());
            let problem = format!("{told} is at {found} ns, but the next tick is at {expected} ns");
            verdict.violate(Rule::TickTimes, Some(line), problem);
        }
        while schedule.next() <= row.at && schedule.next() < Instant::MAX {
            schedule.advance(rng);
        }
    }

    /// Checks that no tick before `before` is missing, if the run is complete, and that none is
    /// there beyond it.
    pub(super) fn finish(self, before: Instant, complete: bool, verdict: &mut Verdict) {
        for (machine, (schedule, _, last)) in (1..).zip(self.machines) {
            let next = schedule.next();
            if complete && next < before {
                let next = next.as_ns();
                let problem = format!("machine {machine} lacks its tick at {next} ns");
                verdict.violate(Rule::TickTimes, None, problem);
            }
            if let Some(last) = last.filter(|last| *last >= before) {
                let (last, before) = (last.as_ns(), before.as_ns());
                let problem = format!("machine {machine} ticks at {last} ns, after {before} ns");
                verdict.violate(Rule::TickTimes, None, problem);
            }
        }
    }
}
