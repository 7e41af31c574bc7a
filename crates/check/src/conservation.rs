//! Rule 7: no copy of a message appears or vanishes.
//!
//! Every send has exactly one first copy in the journal for each addressee; every copy in the
//! journal belongs to a send; every receive takes a copy that was delivered by then. So the numbers
//! add up:
//!
//! ```text
//!   sent + duplicated = received + queued + in flight + lost + cut + crashed
//! ```
//!
//! If the config is known, its network also allows the fate of each copy (see `allowed`).
//!
//! A copy may be reported before or after its send. A message is kept until all its first copies
//! are known; to the end under duplication, and if it is to all and the number of machines is
//! unknown.

use std::collections::{BTreeMap, BTreeSet};

use super::allowed::Allowed;
use super::occurrence::{Occurrence, name};
use super::rule::LamportRule;
use super::verdict::LamportFindings;
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::trace::{CopyFate, CopyRow, Peer, Row};

/// Copies of all messages.
#[derive(Debug)]
pub(super) struct Conservation {
    machines: Option<u32>,
    /// Number of machines that rows and copies mention.
    machines_seen: u32,
    duplication: bool,
    ticks_see_their_instant: Option<bool>,
    allowed: Option<Allowed>,
    /// Messages sent, of which further copies may follow.
    open: BTreeMap<u64, Open>,
    /// Copies whose send has not been seen yet.
    early: BTreeMap<u64, Vec<CopyRow>>,
    /// Arrival of each copy that was not received so far, by message, addressee and copy number.
    delivered: BTreeMap<(u64, NodeId, u32), Instant>,
}

#[derive(Debug)]
struct Open {
    send: Occurrence,
    to: Peer,
    /// Addressees and numbers of the known copies.
    known: BTreeSet<(NodeId, u32)>,
    /// Number of first copies among them.
    firsts: u32,
}

impl Conservation {
    pub(super) fn new(
        machines: Option<u32>,
        duplication: bool,
        ticks_see_their_instant: Option<bool>,
        allowed: Option<Allowed>,
    ) -> Conservation {
        Conservation {
            machines,
            machines_seen: 0,
            duplication,
            ticks_see_their_instant,
            allowed,
            open: BTreeMap::new(),
            early: BTreeMap::new(),
            delivered: BTreeMap::new(),
        }
    }

    /// Checks a copy.
    pub(super) fn copy(&mut self, copy: &CopyRow, report: &mut LamportFindings) {
        self.see(copy.from.max(copy.to));
        if copy.fate == CopyFate::Delivered {
            self.delivered.insert((copy.message, copy.to, copy.copy), copy.at);
        }
        if copy.copy != 1 && !self.duplication {
            let text = || format!("{} exists without duplication", describe(copy));
            return report.add(LamportRule::Conservation, None, text);
        }
        match self.open.remove(&copy.message) {
            Some(open) => self.settle(copy.message, open, &[*copy], report),
            None => self.early.entry(copy.message).or_default().push(*copy),
        }
    }

    /// Stores a send until its copies are known.
    pub(super) fn send(&mut self, event: &Occurrence, row: &Row, report: &mut LamportFindings) {
        let early = self.early.remove(&row.event.message).unwrap_or_default();
        let known = BTreeSet::new();
        let open = Open { send: *event, to: row.event.peer, known, firsts: 0 };
        self.settle(row.event.message, open, &early, report);
    }

    /// Checks a receive that has a send.
    pub(super) fn receive(&mut self, event: &Occurrence, row: &Row, report: &mut LamportFindings) {
        let (message, copy) = (row.event.message, row.event.copy);
        let at = self.delivered.remove(&(message, event.machine, copy));
        let is_there = |at| at < event.at || at == event.at && self.may_see_its_instant();
        if !at.is_some_and(is_there) {
            report.add(LamportRule::Conservation, Some(event.line), || match at {
                None => format!("{event} is of copy {copy} of message {message}, not delivered"),
                Some(at) => {
                    format!("{event} is of copy {copy} of message {message}, delivered at {at}")
                }
            });
        }
    }

    /// Checks what is missing at the end.
    pub(super) fn finish(&self, report: &mut LamportFindings) {
        for (message, open) in &self.open {
            let machines = self.machines.unwrap_or(self.machines_seen);
            let expected = addressees(open.to, Some(machines)).unwrap_or(0);
            if open.firsts < expected {
                report.add(LamportRule::Conservation, Some(open.send.line), || {
                    let Open { send, firsts, .. } = open;
                    format!(
                        "{send} is of message {message}: {firsts} of {expected} copies are known"
                    )
                });
            }
        }
        for copy in self.early.values().flatten() {
            let text = || format!("{} belongs to no send, or to one too many", describe(copy));
            report.add(LamportRule::Conservation, None, text);
        }
    }

    /// Records that a machine exists.
    pub(super) fn see(&mut self, machine: NodeId) {
        self.machines_seen = self.machines_seen.max(machine.0.saturating_add(1));
    }

    fn may_see_its_instant(&self) -> bool {
        self.ticks_see_their_instant != Some(false)
    }

    /// Adds copies of one message, and keeps the message if others may follow.
    fn settle(
        &mut self,
        message: u64,
        mut open: Open,
        copies: &[CopyRow],
        report: &mut LamportFindings,
    ) {
        for copy in copies {
            let to_all = open.to == Peer::All;
            let allowed =
                || self.allowed.as_ref().map_or(Ok(()), |allowed| allowed.check(copy, to_all));
            if let Err(why) = open.record(copy).map_err(str::to_owned).and_then(|()| allowed()) {
                let send = open.send;
                let text = || format!("{} {why}: {send}", describe(copy));
                report.add(LamportRule::Conservation, Some(send.line), text);
            }
        }
        let complete = addressees(open.to, self.machines) == Some(open.firsts);
        if self.duplication || !complete {
            self.open.insert(message, open);
        }
    }
}

impl Open {
    /// Records a copy, or returns why it is wrong.
    fn record(&mut self, copy: &CopyRow) -> Result<(), &'static str> {
        let addressed = match self.to {
            Peer::One(to) => to == copy.to,
            Peer::All => copy.to != self.send.machine,
            Peer::None => false,
        };
        if copy.from != self.send.machine {
            return Err("is said to have another sender");
        }
        if copy.sent != self.send.at {
            return Err("is said to have been sent at another time");
        }
        if copy.at < copy.sent {
            return Err("met its fate before it was sent");
        }
        if !addressed {
            return Err("is for another machine than the message");
        }
        if !self.known.insert((copy.to, copy.copy)) {
            return Err("exists twice");
        }
        self.firsts += u32::from(copy.copy == 1);
        Ok(())
    }
}

/// Returns the number of addressees of a message.
fn addressees(to: Peer, machines: Option<u32>) -> Option<u32> {
    match to {
        Peer::None => Some(0),
        Peer::One(_) => Some(1),
        Peer::All => machines.map(|machines| machines.saturating_sub(1)),
    }
}

fn describe(copy: &CopyRow) -> String {
    let CopyRow { message, copy, to, .. } = *copy;
    format!("copy {copy} of message {message} to {}", name(to))
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::{ConfigFacts, RunFacts};
    use super::super::samples::{check_rows, facts, violates};

    const TO_ALL: &str = "5,1,send,1,0,,0,1,1,\n";
    const RECEIVE: &str = "9,2,receive,2,0,1,,1,1,1\n";

    fn rules() -> RunFacts {
        RunFacts { machines: Some(3), network: true, ..RunFacts::default() }
    }

    #[track_caller]
    fn check(rows: &[&str], copies: &[&str], expected: &[(u32, u64)]) {
        violates(&check_rows(rules(), &rows.concat(), &copies.concat()), expected);
        let unknown = RunFacts { machines: None, ..rules() };
        violates(&check_rows(unknown, &rows.concat(), &copies.concat()), expected);
    }

    #[test]
    fn every_addressee_has_one_first_copy() {
        let (two, three) = ("1,1,1,2,5,delivered,7\n", "1,1,1,3,5,in_flight,\n");
        check(&[TO_ALL, RECEIVE], &[two, three], &[]);
        check(&[TO_ALL, RECEIVE], &["1,1,1,3,5,lost,5\n", two], &[]);
        check(&[TO_ALL, RECEIVE, "9,3,internal,1,0,,,,,\n"], &[two], &[(7, 2)]);
    }

    #[test]
    fn a_copy_belongs_to_a_send_and_exists_once() {
        let (two, three) = ("1,1,1,2,5,delivered,7\n", "1,1,1,3,5,in_flight,\n");
        let stray = "2,1,1,3,5,in_flight,\n";
        check(&[TO_ALL, RECEIVE], &[two, three, stray], &[(7, 0)]);
        let rows = [TO_ALL, RECEIVE].concat();
        let twice = [two, three, three].concat();
        violates(&check_rows(rules(), &rows, &twice), &[(7, 0)]);
        for wrong in ["1,1,2,3,5,in_flight,\n", "1,1,1,3,4,in_flight,\n", "1,1,1,1,5,in_flight,\n"]
        {
            violates(&check_rows(rules(), &rows, &[two, wrong].concat()), &[(7, 2), (7, 2)]);
        }
    }

    #[test]
    fn a_receive_takes_a_copy_that_was_delivered() {
        let three = "1,1,1,3,5,in_flight,\n";
        let violated = |fate: &str| {
            let verdict = check_rows(rules(), &[TO_ALL, RECEIVE].concat(), &[fate, three].concat());
            verdict.count(super::LamportRule::Conservation)
        };
        assert_eq!(violated("1,1,1,2,5,delivered,9\n"), 0);
        assert_eq!(violated("1,1,1,2,5,lost,5\n"), 1);
        assert_eq!(violated("1,1,1,2,5,delivered,10\n"), 1);
    }

    #[test]
    fn under_ties_after_a_copy_of_this_instant_cannot_be_received() {
        let facts = ConfigFacts {
            jitter: true,
            ticks_see_their_instant: false,
            ..facts(&[1, 1], 1, false, 20)
        };
        let rules = RunFacts { machines: Some(2), config: Some(facts), ..rules() };
        let rows = [TO_ALL, RECEIVE].concat();
        violates(&check_rows(rules.clone(), &rows, "1,1,1,2,5,delivered,8\n"), &[]);
        violates(&check_rows(rules, &rows, "1,1,1,2,5,delivered,9\n"), &[(7, 3), (8, 3)]);
    }

    #[test]
    fn duplicates_exist_only_under_duplication() {
        let copies = "1,1,1,2,5,delivered,7\n1,1,1,3,5,delivered,7\n1,2,1,3,5,delivered,8\n";
        let rows = [TO_ALL, RECEIVE].concat();
        violates(&check_rows(rules(), &rows, copies), &[(7, 0)]);
        violates(&check_rows(RunFacts { duplication: true, ..rules() }, &rows, copies), &[]);
    }
}
