//! Rule 4: if event a happened before event b, then a has the smaller clock.
//!
//! Program order is rule 1. For each message, the clock of the receive is compared with that of its
//! send's row, not with the timestamp that the message claims. Up to [`MACHINES_MAX`] machines each
//! event also has its causal history: for every machine the number of known events, and the clock
//! of the latest of them. This is a vector clock, computed from the trace alone:
//!
//! ```text
//!   n1  ──a──────────▶     known at d: of n1 one event, with clock C(a);
//!          ╲                           of n2 two events, the latest with clock C(c)
//!   n2  ────b─c──────▶
//!              ╲
//!   n3  ────────d────▶     required: C(a) < C(d) and C(c) < C(d)
//! ```
//!
//! Every event that a receive adds to the causal history must have a smaller clock. Under
//! `stamp = "before"` a single message may join equal clocks, and the latest known event of another
//! machine is always a send, so in that case it must not have a larger one.

use std::collections::BTreeMap;

use super::occurrence::{Occurrence, name};
use super::rule::LamportRule;
use super::sends::Receipt;
use super::verdict::LamportFindings;
use crate::node::NodeId;

/// Maximum number of machines with vector clocks, whose size and cost grow with the machines.
const MACHINES_MAX: usize = 64;

/// Maximum size of the vector clocks of messages in flight, in bytes: half a gigabyte, some 500,000
/// messages of 64 machines. Beyond it the check continues per message only, and reports this.
const BYTES_MAX: usize = 512 << 20;

/// Memory for one message besides its entries, in bytes, approximately.
const OVERHEAD: usize = 48;

/// Knowledge of an event about one machine.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    /// Number of known events of the machine.
    events: u64,
    /// Clock of the latest of these.
    clock: u64,
}

/// The happens-before relation of a trace, compared with its clocks.
#[derive(Debug)]
pub(super) struct Causality {
    stamp_before: bool,
    /// Knowledge of each machine's latest event about each machine; empty and unused once
    /// `per_message`.
    known: Vec<Vec<Known>>,
    /// Knowledge of the senders of outstanding messages at the send.
    messages: BTreeMap<u64, Box<[Known]>>,
    bytes: usize,
    bytes_max: usize,
    per_message: bool,
}

impl Causality {
    pub(super) fn new(
        machines: Option<u32>,
        stamp_before: bool,
        report: &mut LamportFindings,
    ) -> Causality {
        let mut causality = Causality {
            stamp_before,
            known: vec![],
            messages: BTreeMap::new(),
            bytes: 0,
            bytes_max: BYTES_MAX,
            per_message: false,
        };
        causality.make_room(machines.map_or(0, |machines| machines as usize), report);
        causality
    }

    /// Counts an internal event, or an event whose message is not merged.
    pub(super) fn step(&mut self, event: &Occurrence, report: &mut LamportFindings) {
        self.make_room(event.machine.index().saturating_add(1), report);
        if let Some(row) = self.known.get_mut(event.machine.index()) {
            let own = &mut row[event.machine.index()];
            *own = Known { events: own.events + 1, clock: event.clock };
        }
    }

    /// Counts a send.
    pub(super) fn send(&mut self, message: u64, event: &Occurrence, report: &mut LamportFindings) {
        self.step(event, report);
        let Some(row) = self.known.get(event.machine.index()) else { return };
        self.bytes += bytes(row.len());
        self.messages.insert(message, row.as_slice().into());
        if self.bytes > self.bytes_max {
            let most = self.bytes_max >> 20;
            let why = format!("from line {} on per message only: ", event.line);
            self.give_up(
                report,
                why + &format!("vector clocks of outstanding messages need over {most} MiB"),
            );
        }
    }

    /// Checks a receive, if `should_check`, and merges the causal history of its send. Returns
    /// whether its clock is after that of its send.
    pub(super) fn receive(
        &mut self,
        message: u64,
        event: &Occurrence,
        receipt: &Receipt,
        should_check: bool,
        report: &mut LamportFindings,
    ) -> bool {
        self.step(event, report);
        let send = &receipt.send;
        let holds = self.may_precede(send.clock, event.clock);
        if should_check && !holds {
            report.add(LamportRule::Causality, Some(event.line), || {
                format!("{event} does not come after {send}")
            });
        }
        let me = event.machine.index();
        let learnt = match receipt.complete {
            true => {
                self.messages.remove(&message).inspect(|known| self.bytes -= bytes(known.len()))
            }
            false => self.messages.get(&message).cloned(),
        };
        let (Some(learnt), Some(mut row)) = (learnt, self.known.get_mut(me).map(std::mem::take))
        else {
            return holds;
        };
        for (machine, (mine, theirs)) in row.iter_mut().zip(learnt.iter()).enumerate() {
            if machine == me || theirs.events <= mine.events {
                continue;
            }
            *mine = *theirs;
            if self.may_precede(theirs.clock, event.clock) {
                continue;
            }
            // Merged as if its clock had been right, so that it is reported at one receive only.
            mine.clock = event.clock.saturating_sub(1);
            if should_check && holds {
                report.add(LamportRule::Causality, Some(event.line), || {
                    let (other, Known { events, clock }) = (name(NodeId(machine as u32)), theirs);
                    format!(
                        "{event} does not come after event {events} of {other} (clock {clock}), \
                         which {send} knew of"
                    )
                });
            }
        }
        self.known[me] = row;
        holds
    }

    fn may_precede(&self, a: u64, b: u64) -> bool {
        a < b || self.stamp_before && a == b
    }

    /// Makes room for machines `0..machines`, or drops vector clocks if there are too many
    /// machines.
    fn make_room(&mut self, machines: usize, report: &mut LamportFindings) {
        if self.per_message || machines <= self.known.len() {
            return;
        }
        if machines > MACHINES_MAX {
            let why = format!("per message only: there are more than {MACHINES_MAX} machines");
            return self.give_up(report, why);
        }
        self.known.resize(machines, vec![]);
        self.known.iter_mut().for_each(|row| row.resize(machines, Known::default()));
    }

    fn give_up(&mut self, report: &mut LamportFindings, why: String) {
        report.note(LamportRule::Causality, why);
        self.per_message = true;
        (self.known, self.messages, self.bytes) = (vec![], BTreeMap::new(), 0);
    }
}

fn bytes(machines: usize) -> usize {
    machines * size_of::<Known>() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::RunFacts;
    use super::super::samples::{check_rows, violates};
    use super::super::verdict::Verdict;
    use super::*;
    use crate::clock::VectorClock;
    use crate::engine::rng::Rng;
    use crate::engine::time::Instant;
    use crate::trace::EventKind;

    /// Machine 1 sends at clock 3 with timestamp `stamp`, and machine 2 follows the timestamp.
    fn sent_with(stamp: u64) -> String {
        let steps = "1,1,internal,1,0,,,,,\n2,1,internal,2,0,,,,,\n";
        let clock = stamp + 1;
        format!("{steps}3,1,send,3,0,,2,1,{stamp},\n4,2,receive,{clock},0,1,,1,{stamp},1\n")
    }

    #[track_caller]
    fn check(stamp_before: bool, rows: &str, expected: &[(u32, u64)]) -> Verdict {
        let verdict = check_rows(RunFacts { stamp_before, ..RunFacts::default() }, rows, "");
        violates(&verdict, expected);
        verdict
    }

    #[test]
    fn a_receive_comes_after_its_send() {
        check(false, &sent_with(3), &[]);
        check(false, &sent_with(2), &[(4, 5)]);
        check(false, &sent_with(1), &[(4, 5)]);
    }

    #[test]
    fn with_stamps_from_before_the_step_clocks_may_be_equal() {
        check(true, &sent_with(2), &[]);
        check(true, &sent_with(1), &[(4, 5)]);
    }

    /// Machine 1 sends to 2, which follows a wrong timestamp and sends to 3: only the first receive
    /// is reported.
    #[test]
    fn a_wrong_clock_is_not_blamed_on_those_who_hear_of_it() {
        let rest = "5,2,send,3,0,,3,2,3,\n6,3,receive,4,0,2,,2,3,1\n";
        check(false, &(sent_with(1) + rest), &[(4, 5)]);
    }

    #[test]
    fn many_machines_are_checked_per_message_and_the_verdict_says_so() {
        let rules = RunFacts { machines: Some(65), ..RunFacts::default() };
        let verdict = check_rows(rules, &sent_with(2), "");
        violates(&verdict, &[(4, 5)]);
        assert!(
            verdict.to_string().contains("(per message only: there are more than 64 machines)")
        );
        let verdict = check(false, "1,65,internal,1,0,,,,,\n", &[]);
        assert_eq!(verdict.notes.len(), 1);
    }

    fn event(machine: u32, kind: EventKind, clock: u64) -> Occurrence {
        Occurrence { line: 0, at: Instant::ZERO, machine: NodeId(machine), kind, clock }
    }

    #[test]
    fn memory_is_bounded() {
        let mut report = LamportFindings::default();
        let mut causality = Causality::new(Some(64), false, &mut report);
        causality.bytes_max = 10 * bytes(64);
        (1..=10).for_each(|m| causality.send(m, &event(0, EventKind::Send, m), &mut report));
        assert!(!causality.per_message);
        causality.send(11, &event(0, EventKind::Send, 11), &mut report);
        assert!(causality.per_message && causality.messages.is_empty());
    }

    /// Plain vector clocks are the oracle.
    #[test]
    fn what_is_known_is_what_vector_clocks_say() {
        let mut rng = Rng::from_draw(1);
        let mut report = LamportFindings::default();
        let mut causality = Causality::new(Some(4), false, &mut report);
        let mut vectors = vec![VectorClock::new(4); 4];
        let mut lamport = [0; 4];
        let mut under_way = Vec::new();
        for message in 0..2_000 {
            let me = rng.below(4) as usize;
            if under_way.is_empty() || rng.below(2) == 0 {
                lamport[me] += 1;
                vectors[me].step(me);
                let send = event(me as u32, EventKind::Send, lamport[me]);
                causality.send(message, &send, &mut report);
                under_way.push((message, send, vectors[me].clone()));
            } else {
                let taken = under_way.swap_remove(rng.below(under_way.len() as u64) as usize);
                let (message, send, vector) = taken;
                lamport[me] = send.clock.max(lamport[me]) + 1;
                vectors[me].merge(&vector);
                vectors[me].step(me);
                let receive = event(me as u32, EventKind::Receive, lamport[me]);
                let receipt = Receipt { send, complete: true, wrong_stamp: None };
                causality.receive(message, &receive, &receipt, true, &mut report);
            }
            let known: Vec<u64> = causality.known[me].iter().map(|known| known.events).collect();
            assert_eq!(known, vectors[me].counts());
        }
        assert!(report.verdict(&RunFacts::default(), 0).holds());
    }
}
