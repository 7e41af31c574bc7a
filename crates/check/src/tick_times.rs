//! Rule 9: a machine has exactly its ticks, at exactly their times.

use super::occurrence::{Occurrence, name};
use super::rule::LamportRule;
use super::run_facts::ConfigFacts;
use super::verdict::LamportFindings;
use crate::engine::rng::Rng;
use crate::engine::ticks::{Schedule, Ticks};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// Maximum number of consecutive missing ticks that are skipped; beyond it the machine is not
/// checked any further. A row far from its place must not take hours.
const MISSING_MAX: u64 = 10_000_000;

/// Tick schedule of each machine.
#[derive(Debug)]
pub(super) struct TickTimes {
    schedules: Vec<Option<(Schedule, Rng)>>,
    before: Instant,
    complete: bool,
}

impl TickTimes {
    pub(super) fn new(config: &ConfigFacts) -> TickTimes {
        let schedule = |(ticks, rng): &(Ticks, Rng)| {
            let mut rng = rng.clone();
            Some((ticks.begin(Instant::ZERO, &mut rng), rng))
        };
        TickTimes {
            schedules: config.ticks.iter().map(schedule).collect(),
            before: config.before,
            complete: config.complete,
        }
    }

    /// Records that machines may lack their last ticks.
    pub(super) fn cut_short(&mut self) {
        self.complete = false;
    }

    /// Checks the time of an event. A missing tick is reported once, together with all that follow
    /// it until the event; an event between two ticks is skipped.
    pub(super) fn row(&mut self, event: &Occurrence, report: &mut LamportFindings) {
        let line = Some(event.line);
        let Some(slot) = self.schedules.get_mut(event.machine.index()) else {
            return report.add(LamportRule::TickTimes, line, || {
                format!("{event}: there is no such machine")
            });
        };
        let Some((schedule, rng)) = slot else { return };
        let due = schedule.next();
        if event.at == due && due < self.before {
            return schedule.advance(rng);
        }
        report.add(LamportRule::TickTimes, line, || match due < self.before {
            true => format!("{event} is not at the machine's next tick, {due}"),
            false => format!("{event} comes after the machine's last tick"),
        });
        let mut missing = 0;
        while schedule.next() < event.at.min(self.before) && missing < MISSING_MAX {
            schedule.advance(rng);
            missing += 1;
        }
        if missing == MISSING_MAX {
            *slot = None;
        } else if schedule.next() == event.at {
            schedule.advance(rng);
        }
    }

    /// Checks for missing ticks at the end.
    pub(super) fn finish(&self, report: &mut LamportFindings) {
        if !self.complete {
            return;
        }
        for (machine, schedule) in (0..).zip(&self.schedules) {
            let due = schedule.as_ref().map(|(schedule, _)| schedule.next());
            if let Some(due) = due.filter(|due| *due < self.before) {
                report.add(LamportRule::TickTimes, None, || {
                    format!("{} has no event at its tick at {due}", name(NodeId(machine)))
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::RunFacts;
    use super::super::samples::{check_rows, facts, violates};
    use super::*;

    /// Two machines, with 2 and 1 ticks per second from zero, for a second and a half.
    const ROWS: [&str; 5] = [
        "0,1,internal,1,0,,,,,\n",
        "0,2,internal,1,0,,,,,\n",
        "500000000,1,internal,2,0,,,,,\n",
        "1000000000,1,internal,3,0,,,,,\n",
        "1000000000,2,internal,2,0,,,,,\n",
    ];

    #[track_caller]
    fn check(rows: &[&str], complete: bool, expected: &[(u32, u64)]) {
        let facts = ConfigFacts { complete, ..facts(&[2, 1], 1, false, 1_500_000_000) };
        let rules = RunFacts { machines: Some(2), config: Some(facts), ..RunFacts::default() };
        violates(&check_rows(rules, &rows.concat(), ""), expected);
    }

    #[test]
    fn all_ticks_and_no_others() {
        check(&ROWS, true, &[]);
        let extra = [ROWS[0], ROWS[1], "3,2,internal,2,0,,,,,\n", ROWS[2], ROWS[3]];
        check(&extra, false, &[(9, 4)]);
        let beyond = "1500000000,1,internal,4,0,,,,,\n";
        check(&[&ROWS[..], &[beyond]].concat(), true, &[(9, 7)]);
        check(&[&ROWS[..], &["1500000000,3,internal,1,0,,,,,\n"]].concat(), true, &[(9, 7)]);
    }

    #[test]
    fn a_missing_tick_is_reported_once() {
        let missing = [ROWS[0], ROWS[1], "1000000000,1,internal,2,0,,,,,\n", ROWS[4]];
        check(&missing, true, &[(9, 4)]);
    }

    #[test]
    fn last_ticks_may_be_missing_only_if_the_run_was_cut_short() {
        check(&ROWS[..4], true, &[(9, 0)]);
        check(&ROWS[..4], false, &[]);
    }
}
