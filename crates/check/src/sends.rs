//! Rule 5: a send carries its machine's clock and goes to another machine that exists, and every
//! receive has one earlier send with its message, stamp, sender and addressee.
//!
//! A stamp below its sender's clock can make a receive too early. That is reported under rule 4, at
//! the receive; any other wrong stamp under this rule, once no receive of the message can follow.
//!
//! A send is kept until all its addressees have received it; under duplication, and if it is to all
//! and the number of machines is unknown, to the end.

use std::collections::{BTreeMap, BTreeSet};

use super::numbers::Numbers;
use super::occurrence::{Occurrence, name};
use super::rule::LamportRule;
use super::run_facts::RunFacts;
use super::verdict::LamportFindings;
use crate::node::NodeId;
use crate::trace::{Peer, Row};

/// Sends that may still be received.
#[derive(Debug)]
pub(super) struct Sends {
    machines: Option<u32>,
    stamp_before: bool,
    duplication: bool,
    /// Numbers of all messages so far.
    numbers: Numbers,
    /// Addressees of messages, if the number of machines is unknown.
    addressees: BTreeSet<NodeId>,
    outstanding: BTreeMap<u64, Sent>,
}

#[derive(Debug)]
struct Sent {
    event: Occurrence,
    to: Peer,
    stamp: u64,
    /// Whether the stamp is wrong and no receive was reported for it.
    wrong_stamp: bool,
    /// Addressees that have received it, with the copy number.
    received: BTreeSet<(NodeId, u32)>,
}

/// A receive that matches its send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt {
    pub(super) send: Occurrence,
    /// Whether all addressees have received it now.
    pub(super) complete: bool,
    /// The wrong stamp of the send, if it is complete and no receive was reported for the stamp.
    pub(super) wrong_stamp: Option<u64>,
}

impl Sends {
    pub(super) fn new(rules: &RunFacts) -> Sends {
        Sends {
            machines: rules.machines,
            stamp_before: rules.stamp_before,
            duplication: rules.duplication,
            numbers: Numbers::default(),
            addressees: BTreeSet::new(),
            outstanding: BTreeMap::new(),
        }
    }

    /// Checks and stores a send; returns whether its message number is new. The stamp of a send
    /// with a wrong clock is not checked.
    pub(super) fn send(
        &mut self,
        event: &Occurrence,
        row: &Row,
        clock_is_right: bool,
        report: &mut LamportFindings,
    ) -> bool {
        let (message, to, stamp) = (row.event.message, row.event.peer, row.event.stamp);
        if !self.numbers.insert(message) {
            report.add(LamportRule::ReceiveHasSend, Some(event.line), || {
                let first = self.outstanding.get(&message).map(|sent| sent.event);
                let first = first.map_or("an earlier one".to_owned(), |event| event.to_string());
                format!("{event} has the message number {message} of {first}")
            });
            return false;
        }
        self.check_addressee(event, to, report);
        let wrong_stamp = clock_is_right && stamp != self.right_stamp(event);
        let sent = Sent { event: *event, to, stamp, wrong_stamp, received: BTreeSet::new() };
        self.outstanding.insert(message, sent);
        true
    }

    /// Returns the expected stamp of a send.
    fn right_stamp(&self, send: &Occurrence) -> u64 {
        if self.stamp_before { send.clock.saturating_sub(1) } else { send.clock }
    }

    fn check_addressee(&mut self, event: &Occurrence, to: Peer, report: &mut LamportFindings) {
        let Peer::One(to) = to else { return };
        let rule = LamportRule::ReceiveHasSend;
        match self.machines {
            _ if to == event.machine => {
                report.add(rule, Some(event.line), || format!("{event} is to itself"));
            }
            Some(machines) if to.0 >= machines => {
                report.add(rule, Some(event.line), || {
                    format!("{event} is to {}, and there are {machines}", name(to))
                });
            }
            Some(_) => {}
            None => {
                self.addressees.insert(to);
            }
        }
    }

    /// Reports the wrong stamp of a send.
    pub(super) fn blame(&self, send: &Occurrence, stamp: u64, report: &mut LamportFindings) {
        report.add(LamportRule::ReceiveHasSend, Some(send.line), || {
            let right = self.right_stamp(send);
            let when = if self.stamp_before { "before" } else { "after" };
            let hint = match !self.stamp_before && stamp.checked_add(1) == Some(send.clock) {
                true => "; hint: stamps from before the step are right with --stamp before",
                false => "",
            };
            format!(
                "{send} carries stamp {stamp}, and not its clock {when} the step, {right}{hint}"
            )
        });
    }

    /// Records that the wrong stamp of a message was reported at a receive.
    pub(super) fn forgive(&mut self, message: u64) {
        if let Some(sent) = self.outstanding.get_mut(&message) {
            sent.wrong_stamp = false;
        }
    }

    /// Checks the stamps of messages that may still be received, after the last row. `exists`
    /// returns whether a machine has any event.
    pub(super) fn finish(&self, exists: impl Fn(NodeId) -> bool, report: &mut LamportFindings) {
        let mut wrong: Vec<&Sent> =
            self.outstanding.values().filter(|sent| sent.wrong_stamp).collect();
        wrong.sort_by_key(|sent| sent.event.line);
        wrong.into_iter().for_each(|sent| self.blame(&sent.event, sent.stamp, report));
        if let Some(silent) = self.addressees.iter().find(|machine| !exists(**machine)) {
            let silent = name(*silent);
            let why = format!("{silent} is sent messages and has no events; is there one?");
            report.note(
                LamportRule::ReceiveHasSend,
                why + " --config says how many machines there are",
            );
        }
    }

    /// Checks a receive; returns its send if it matches.
    pub(super) fn receive(
        &mut self,
        event: &Occurrence,
        row: &Row,
        report: &mut LamportFindings,
    ) -> Option<Receipt> {
        match self.matching(event, row) {
            Ok(receipt) => Some(receipt),
            Err(why) => {
                report.add(LamportRule::ReceiveHasSend, Some(event.line), || {
                    format!("{event} {why}")
                });
                None
            }
        }
    }

    fn matching(&mut self, event: &Occurrence, row: &Row) -> Result<Receipt, String> {
        let (message, copy, stamp) = (row.event.message, row.event.copy, row.event.stamp);
        let me = event.machine;
        let Some(sent) = self.outstanding.get_mut(&message) else {
            return Err(match self.numbers.contains(message) {
                true => format!("is of message {message}, which was fully received before"),
                false => format!("is of message {message}, which was not sent before"),
            });
        };
        let send = sent.event;
        if row.event.peer != Peer::One(send.machine) {
            let from = match row.event.peer {
                Peer::One(from) => name(from),
                Peer::None | Peer::All => "no machine".to_owned(),
            };
            return Err(format!("is of message {message} from {from}, but that was {send}"));
        }
        let addressed = match sent.to {
            Peer::One(to) => to == me,
            Peer::All => me != send.machine,
            Peer::None => false,
        };
        if !addressed {
            return Err(format!("is of message {message}, which is not for it: {send}"));
        }
        if stamp != sent.stamp {
            let theirs = sent.stamp;
            return Err(format!("has stamp {stamp}, but the message has stamp {theirs}: {send}"));
        }
        if copy != 1 && !self.duplication {
            return Err(format!("is of copy {copy} of message {message}, without duplication"));
        }
        if !sent.received.insert((me, copy)) {
            return Err(format!(
                "is of copy {copy} of message {message} for the second time: {send}"
            ));
        }
        let addressees = match sent.to {
            Peer::All => self.machines.map(|machines| machines.saturating_sub(1) as usize),
            Peer::One(_) | Peer::None => Some(1),
        };
        let complete = !self.duplication && addressees == Some(sent.received.len());
        let wrong_stamp = (complete && sent.wrong_stamp).then_some(sent.stamp);
        if complete {
            self.outstanding.remove(&message);
        }
        Ok(Receipt { send, complete, wrong_stamp })
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::RunFacts;
    use super::super::samples::{check_rows, violates};

    const SEND: &str = "1,1,send,1,0,,2,1,1,\n";
    const TO_ALL: &str = "1,1,send,1,0,,0,1,1,\n";

    #[track_caller]
    fn check(rows: &[&str], expected: &[(u32, u64)]) {
        let rules = RunFacts { machines: Some(3), ..RunFacts::default() };
        violates(&check_rows(rules, &rows.concat(), ""), expected);
    }

    #[test]
    fn a_receive_matches_its_send_in_every_field() {
        check(&[SEND, "2,2,receive,2,0,1,,1,1,1\n"], &[]);
        check(&[SEND, "2,2,receive,2,0,1,,2,1,1\n"], &[(5, 3)]);
        check(&[SEND, "2,2,receive,3,0,1,,1,2,1\n"], &[(5, 3)]);
        check(&[SEND, "2,2,receive,2,0,3,,1,1,1\n"], &[(5, 3)]);
        check(&[SEND, "2,3,receive,2,0,1,,1,1,1\n"], &[(5, 3)]);
        check(&[SEND, "2,2,receive,2,0,1,,1,1,2\n"], &[(5, 3)]);
    }

    #[test]
    fn a_send_goes_to_another_machine_that_exists() {
        check(&["1,1,send,1,0,,1,1,1,\n"], &[(5, 2)]);
        check(&["1,1,send,1,0,,9,1,1,\n"], &[(5, 2)]);
        check(&["1,1,send,1,0,,3,1,1,\n"], &[]);
        let verdict = check_rows(RunFacts::default(), "1,1,send,1,0,,9,1,1,\n", "");
        violates(&verdict, &[]);
        assert!(verdict.to_string().contains("machine 9 is sent messages"), "{verdict}");
    }

    #[test]
    fn a_send_carries_its_clock() {
        let rows = |stamp: u64, clock: u64| {
            let receive = format!("3,2,receive,{clock},0,1,,1,{stamp},1\n");
            format!("1,1,internal,1,0,,,,,\n2,1,send,2,0,,2,1,{stamp},\n{receive}")
        };
        check(&[&rows(2, 3)], &[]);
        check(&[&rows(5, 6)], &[(5, 3)]);
        // It has not been received by the end.
        check(&["1,1,send,1,0,,2,1,7,\n"], &[(5, 2)]);
        // A receive that is too early is the effect of a wrong stamp: it is reported alone.
        check(&[&rows(1, 2)], &[(4, 4)]);
        let before = RunFacts { machines: Some(3), stamp_before: true, ..RunFacts::default() };
        violates(&check_rows(before.clone(), &rows(1, 2), ""), &[]);
        violates(&check_rows(before, &rows(2, 3), ""), &[(5, 3)]);
        // One of two receives is too early, and the stamp is not reported again.
        let all = "1,1,internal,1,0,,,,,\n2,1,send,2,0,,*,1,1,\n3,2,receive,2,0,1,,1,1,1\n";
        let rest = "4,3,internal,1,0,,,,,\n4,3,internal,2,0,,,,,\n5,3,receive,3,0,1,,1,1,1\n";
        check(&[all, rest], &[(4, 4)]);
        check(
            &[
                "2,1,send,1,0,,*,1,0,\n",
                "3,2,internal,1,0,,,,,\n",
                "4,2,receive,2,0,1,,1,0,1\n",
                rest.replace("3,0,1,,1,1,1", "3,0,1,,1,0,1").as_str(),
            ],
            &[(5, 2)],
        );
    }

    #[test]
    fn the_send_stands_before_its_receive() {
        check(&["1,2,receive,2,0,1,,1,1,1\n", SEND], &[(5, 2)]);
    }

    #[test]
    fn all_others_may_receive_a_broadcast_once() {
        let (two, three) = ("2,2,receive,2,0,1,,1,1,1\n", "3,3,receive,2,0,1,,1,1,1\n");
        check(&[TO_ALL, two, three], &[]);
        check(&[TO_ALL, two, "3,2,receive,3,0,1,,1,1,1\n"], &[(5, 4)]);
        check(&[TO_ALL, two, three, "4,3,receive,3,0,1,,1,1,1\n"], &[(5, 5)]);
        check(&[TO_ALL, "2,1,receive,2,0,1,,1,1,1\n"], &[(5, 3)]);
    }

    #[test]
    fn message_numbers_are_unique_even_when_forgotten() {
        let again = "3,2,send,3,0,,1,1,3,\n";
        check(&[SEND, "2,2,receive,2,0,1,,1,1,1\n", again], &[(5, 4)]);
    }

    #[test]
    fn duplicates_come_in_any_order_and_only_under_duplication() {
        let second = "2,2,receive,2,0,1,,1,1,2\n";
        let first = "3,2,receive,3,0,1,,1,1,1\n";
        let rules = RunFacts { duplication: true, ..RunFacts::default() };
        violates(&check_rows(rules.clone(), &[SEND, second, first].concat(), ""), &[]);
        let twice = [SEND, second, "3,2,receive,3,0,1,,1,1,2\n"].concat();
        violates(&check_rows(rules, &twice, ""), &[(5, 4)]);
        check(&[SEND, second, first], &[(5, 3)]);
    }

    #[test]
    fn messages_say_what_is_wrong() {
        let verdict =
            check_rows(RunFacts::default(), &[SEND, "2,3,receive,2,0,1,,1,1,1\n"].concat(), "");
        let text = "row 3: rule 5 (receive has send): machine 3's receive at 2ns (clock 2, line 3) \
                    is of message 1, which is not for it: \
                    machine 1's send at 1ns (clock 1, line 2)";
        assert_eq!(verdict.violations[0].to_string(), text);
    }
}
