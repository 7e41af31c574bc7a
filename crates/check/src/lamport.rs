//! Trace checker: passes each row to all rules that can be checked.

use super::allowed::Allowed;
use super::causality::Causality;
use super::clocks;
use super::conservation::Conservation;
use super::links::Links;
use super::occurrence::Occurrence;
use super::per_machine::PerMachine;
use super::queues::Queues;
use super::rule::LamportRule;
use super::run_facts::RunFacts;
use super::sends::Sends;
use super::tick_times::TickTimes;
use super::verdict::{LamportFindings, Verdict};
use crate::trace::{CopyRow, EventKind, Row};

/// A check of Lamport's invariants in progress.
///
/// Rows are passed in file order. A copy is passed before the first row at or after its `at`: those
/// of a stored journal in between the rows, by time; those of a live run just before the row of
/// their send, with a fate that may still be in the future; those in flight at any time.
///
/// ```
/// use sim_check::{LamportCheck, LamportRule, RunFacts};
/// use sim_records::trace::read_rows;
///
/// let trace = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n\
///              10,1,send,1,0,,2,1,1,\n\
///              20,2,receive,1,0,1,,1,1,1\n";
/// let mut check = LamportCheck::new(RunFacts::default());
/// for row in read_rows(trace.as_bytes())? {
///     let (line, row) = row?;
///     check.row(line, &row);
/// }
/// let verdict = check.finish();
/// assert!(!verdict.holds());
/// assert_eq!(verdict.violations[0].rule, LamportRule::ReceiveRule);
/// # Ok::<(), sim_records::trace::ReadError>(())
/// ```
#[derive(Debug)]
pub struct LamportCheck {
    rules: RunFacts,
    report: LamportFindings,
    rows: u64,
    /// Latest event of each machine, with the number of messages that it left in the queue.
    latest: PerMachine<Option<(Occurrence, u64)>>,
    sends: Sends,
    causality: Causality,
    links: Option<Links>,
    conservation: Option<Conservation>,
    queues: Option<Queues>,
    tick_times: Option<TickTimes>,
}

impl LamportCheck {
    /// Creates a check of a run with these known facts.
    pub fn new(rules: RunFacts) -> LamportCheck {
        let mut report = LamportFindings::default();
        let (machines, duplication) = (rules.machines, rules.duplication);
        let sees = rules.ticks_see_their_instant();
        let is_checked = |rule| rules.reason_to_skip(rule).is_none();
        let config = rules.config.as_ref();
        let allowed = config.and_then(|config| Allowed::new(config, machines?));
        LamportCheck {
            rows: 0,
            latest: PerMachine::default(),
            sends: Sends::new(&rules),
            causality: Causality::new(machines, rules.stamp_before, &mut report),
            links: is_checked(LamportRule::FifoLinks).then(Links::default),
            conservation: is_checked(LamportRule::Conservation)
                .then(|| Conservation::new(machines, duplication, sees, allowed)),
            queues: is_checked(LamportRule::QueueLength).then(|| Queues::new(sees)),
            tick_times: config.filter(|_| is_checked(LamportRule::TickTimes)).map(TickTimes::new),
            report,
            rules,
        }
    }

    /// Processes the fate of a copy, past or future. Ignored without [`RunFacts::network`].
    pub fn copy(&mut self, copy: &CopyRow) {
        if let Some(conservation) = &mut self.conservation {
            conservation.copy(copy, &mut self.report);
        }
        if let Some(queues) = &mut self.queues {
            queues.copy(copy);
        }
    }

    /// Checks the next row, from the given line of its file; the header is line 1.
    pub fn row(&mut self, line: u64, row: &Row) {
        self.rows += 1;
        let event = Occurrence::new(line, row);
        if let Some(tick_times) = &mut self.tick_times {
            tick_times.row(&event, &mut self.report);
        } else if self.rules.machines.is_some_and(|machines| row.machine.0 >= machines) {
            self.report.add(LamportRule::TickTimes, Some(line), || {
                format!("{event}: there is no such machine")
            });
        }
        let before = self.latest.of(row.machine).replace((event, row.event.queue_len));
        let clock_is_right =
            clocks::check(before.as_ref().map(|(event, _)| event), &event, row, &mut self.report);
        if let Some((former, waiting)) = before
            && waiting > 0
            && event.kind != EventKind::Receive
        {
            self.report.add(LamportRule::BusyReceives, Some(line), || {
                format!("{event} is no receive, but {former} left {waiting} in the queue")
            });
        }
        if let Some(conservation) = &mut self.conservation {
            conservation.see(row.machine);
        }
        match event.kind {
            EventKind::Internal => self.causality.step(&event, &mut self.report),
            EventKind::Send => self.send(&event, row, clock_is_right),
            EventKind::Receive => self.receive(&event, row, clock_is_right),
        }
        if let Some(queues) = &mut self.queues {
            queues.row(&event, row, &mut self.report);
        }
    }

    /// Records that the run ended early, so that machines may lack their last ticks.
    pub fn cut_short(&mut self) {
        if let Some(tick_times) = &mut self.tick_times {
            tick_times.cut_short();
        }
    }

    /// Returns the verdict, after all rows and copies.
    pub fn finish(mut self) -> Verdict {
        self.sends.finish(
            |machine| self.latest.get(machine).is_some_and(Option::is_some),
            &mut self.report,
        );
        if let Some(conservation) = &self.conservation {
            conservation.finish(&mut self.report);
        }
        if let Some(tick_times) = &self.tick_times {
            tick_times.finish(&mut self.report);
        }
        self.report.verdict(&self.rules, self.rows)
    }

    fn send(&mut self, event: &Occurrence, row: &Row, clock_is_right: bool) {
        if !self.sends.send(event, row, clock_is_right, &mut self.report) {
            return self.causality.step(event, &mut self.report);
        }
        self.causality.send(row.event.message, event, &mut self.report);
        if let Some(conservation) = &mut self.conservation {
            conservation.send(event, row, &mut self.report);
        }
    }

    /// Checks a receive. One without a send violates rule 5 alone; one with a wrong clock is
    /// reported under rule 1 or 3 and not under rule 4 as well.
    fn receive(&mut self, event: &Occurrence, row: &Row, clock_is_right: bool) {
        let Some(receipt) = self.sends.receive(event, row, &mut self.report) else {
            return self.causality.step(event, &mut self.report);
        };
        let message = row.event.message;
        let report = &mut self.report;
        let comes_after = self.causality.receive(message, event, &receipt, clock_is_right, report);
        match receipt.wrong_stamp {
            _ if clock_is_right && !comes_after => self.sends.forgive(message),
            Some(stamp) => self.sends.blame(&receipt.send, stamp, report),
            None => {}
        }
        if let Some(links) = self.links.as_mut().filter(|_| row.event.copy == 1) {
            links.receive(event, &receipt.send, &mut self.report);
        }
        if let Some(conservation) = &mut self.conservation {
            conservation.receive(event, row, &mut self.report);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{check_rows, violates};
    use super::*;

    #[test]
    fn a_machine_with_a_message_receives() {
        let check = |rest: &str, expected: &[(u32, u64)]| {
            let rows = "1,1,send,1,0,,2,1,1,\n2,1,send,2,0,,2,2,2,\n3,2,receive,2,1,1,,1,1,1\n";
            violates(&check_rows(RunFacts::default(), &format!("{rows}{rest}"), ""), expected);
        };
        check("4,2,receive,3,0,1,,2,2,1\n5,2,internal,4,0,,,,,\n", &[]);
        check("4,2,internal,3,1,,,,,\n5,2,receive,4,0,1,,2,2,1\n", &[(10, 5)]);
        check("4,2,send,3,1,,1,3,3,\n5,2,send,4,0,,1,4,4,\n", &[(10, 5), (10, 6)]);
    }

    #[test]
    fn an_empty_trace_holds() {
        let verdict = LamportCheck::new(RunFacts::default()).finish();
        assert!(verdict.holds());
        assert_eq!(verdict.rows, 0);
    }
}
