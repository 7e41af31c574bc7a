//! Rule 8: the queue length after each event is deliveries minus receives so far.
//!
//! A delivery counts for the events after its instant. Events at its instant see it if ticks see
//! messages that arrive at their instant and its send is before them in the file; if that is
//! unknown, either length is accepted. Deliveries may be reported long before they happen.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use super::occurrence::Occurrence;
use super::per_machine::PerMachine;
use super::rule::LamportRule;
use super::verdict::LamportFindings;
use crate::engine::time::Instant;
use crate::trace::{CopyFate, CopyRow, EventKind, Row};

/// Queue of each machine, computed from its deliveries and receives.
#[derive(Debug)]
pub(super) struct Queues {
    ticks_see_their_instant: Option<bool>,
    queues: PerMachine<Queue>,
    /// Messages sent at the instant of the latest send so far.
    sent_now: (Instant, BTreeSet<u64>),
}

#[derive(Debug, Default)]
struct Queue {
    to_come: BinaryHeap<Reverse<Delivery>>,
    /// Deliveries at the instant of the machine's latest event, which did not see them.
    at_this_instant: Vec<Delivery>,
    arrived: u64,
    received: u64,
    /// Error of the latest event's length: one defect is reported once.
    off: i128,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Delivery {
    at: Instant,
    sent: Instant,
    message: u64,
}

impl Queues {
    pub(super) fn new(ticks_see_their_instant: Option<bool>) -> Queues {
        let sent_now = (Instant::ZERO, BTreeSet::new());
        Queues { ticks_see_their_instant, queues: PerMachine::default(), sent_now }
    }

    pub(super) fn copy(&mut self, copy: &CopyRow) {
        if copy.fate == CopyFate::Delivered {
            let CopyRow { at, sent, message, .. } = *copy;
            self.queues.of(copy.to).to_come.push(Reverse(Delivery { at, sent, message }));
        }
    }

    pub(super) fn row(&mut self, event: &Occurrence, row: &Row, report: &mut LamportFindings) {
        let now = event.at;
        if event.kind == EventKind::Send {
            if self.sent_now.0 != now {
                self.sent_now = (now, BTreeSet::new());
            }
            self.sent_now.1.insert(row.event.message);
        }
        let sent_now = &self.sent_now;
        let sent_before = |delivery: &Delivery| {
            delivery.sent < now || sent_now.0 == now && sent_now.1.contains(&delivery.message)
        };
        let sees = self.ticks_see_their_instant;
        let queue = self.queues.of(event.machine);
        while let Some(Reverse(delivery)) = queue.to_come.peek().filter(|d| d.0.at <= now).copied()
        {
            queue.to_come.pop();
            queue.at_this_instant.push(delivery);
        }
        let mut arrived = 0;
        let mut perhaps = 0;
        queue.at_this_instant.retain(|delivery| {
            let could_be_seen = delivery.at == now && sent_before(delivery);
            let is_seen = delivery.at < now || could_be_seen && sees == Some(true);
            arrived += u64::from(is_seen);
            perhaps += i128::from(!is_seen && could_be_seen && sees.is_none());
            !is_seen
        });
        queue.arrived += arrived;
        queue.received += u64::from(event.kind == EventKind::Receive);
        let least = i128::from(queue.arrived) - i128::from(queue.received);
        let found = i128::from(row.event.queue_len);
        let off = found - found.clamp(least, least + perhaps);
        if off != std::mem::replace(&mut queue.off, off) && off != 0 {
            report.add(LamportRule::QueueLength, Some(event.line), || {
                let Queue { arrived, received, .. } = queue;
                format!(
                    "{event} leaves {found} in the queue, but after {arrived} deliveries and \
                     {received} receives there should be {least}"
                )
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::{ConfigFacts, RunFacts};
    use super::super::samples::{check_rows, facts, violates};

    /// Machine 1 sends at 5 ns; machine 2 has an event at 9 ns that leaves `queue_len`.
    fn rows(queue_len: u64) -> String {
        format!("5,1,send,1,0,,2,1,1,\n9,2,internal,1,{queue_len},,,,,\n")
    }

    fn sees(ticks_see_their_instant: Option<bool>) -> RunFacts {
        let config = ticks_see_their_instant.map(|ticks_see_their_instant| ConfigFacts {
            jitter: true,
            ticks_see_their_instant,
            ..facts(&[1, 1], 1, false, 20)
        });
        RunFacts { machines: Some(2), network: true, config, ..RunFacts::default() }
    }

    #[track_caller]
    fn check(rules: RunFacts, rows: &str, copies: &str, expected: &[(u32, u64)]) {
        violates(&check_rows(rules, rows, copies), expected);
    }

    #[test]
    fn what_has_arrived_waits() {
        let arrived = "1,1,1,2,5,delivered,8\n";
        for known in [None, Some(true), Some(false)] {
            check(sees(known), &rows(1), arrived, &[]);
            check(sees(known), &rows(0), arrived, &[(8, 3)]);
            check(sees(known), &rows(2), arrived, &[(8, 3)]);
            check(sees(known), &rows(0), "1,1,1,2,5,lost,5\n", &[]);
            check(sees(known), &rows(0), "1,1,1,2,5,delivered,10\n", &[]);
        }
    }

    #[test]
    fn what_arrives_at_this_instant_is_seen_by_the_tie_rule() {
        let now = "1,1,1,2,5,delivered,9\n";
        check(sees(Some(true)), &rows(1), now, &[]);
        check(sees(Some(true)), &rows(0), now, &[(8, 3)]);
        check(sees(Some(false)), &rows(0), now, &[]);
        check(sees(Some(false)), &rows(1), now, &[(8, 3)]);
        check(sees(None), &rows(0), now, &[]);
        check(sees(None), &rows(1), now, &[]);
    }

    #[test]
    fn without_latency_only_those_after_the_send_see_it() {
        let before = "5,2,internal,1,0,,,,,\n5,1,send,1,0,,2,1,1,\n";
        let after = "5,1,send,1,0,,2,1,1,\n5,2,receive,2,0,1,,1,1,1\n";
        let copy = "1,1,1,2,5,delivered,5\n";
        check(sees(Some(true)), before, copy, &[]);
        check(sees(Some(true)), after, copy, &[]);
    }

    #[test]
    fn a_defect_that_stays_is_reported_once() {
        let rows = rows(2) + "10,2,receive,2,1,1,,1,1,1\n11,2,receive,3,0,1,,1,1,1\n";
        let verdict = check_rows(sees(None), &rows, "1,1,1,2,5,delivered,8\n");
        assert_eq!(verdict.count(super::LamportRule::QueueLength), 1, "\n{verdict}");
    }
}
