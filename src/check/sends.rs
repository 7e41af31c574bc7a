//! Rule 5: every receive has one earlier send with its message, stamp, sender and addressee.
//!
//! A send is kept until all its addressees have received it. Under duplication it is kept to the
//! end, and so is one to all where the number of machines is not known.

use std::collections::{BTreeMap, BTreeSet};

use super::numbers::Numbers;
use super::occurrence::{Occurrence, name};
use super::rule::Rule;
use super::verdict::Report;
use crate::node::NodeId;
use crate::trace::{Peer, Row};

/// The sends that may still be received.
#[derive(Debug)]
pub(super) struct Sends {
    machines: Option<u32>,
    duplication: bool,
    /// The numbers of all messages so far.
    numbers: Numbers,
    outstanding: BTreeMap<u64, Sent>,
}

#[derive(Debug)]
struct Sent {
    event: Occurrence,
    to: Peer,
    stamp: u64,
    /// Who has received it, and which copy.
    received: BTreeSet<(NodeId, u32)>,
}

/// A receive that matches its send.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receipt {
    pub(super) send: Occurrence,
    /// Whether all addressees have received it now.
    pub(super) complete: bool,
}

impl Sends {
    pub(super) fn new(machines: Option<u32>, duplication: bool) -> Sends {
        let (numbers, outstanding) = (Numbers::default(), BTreeMap::new());
        Sends { machines, duplication, numbers, outstanding }
    }

    /// Judges and keeps a send; says whether its message number is new.
    pub(super) fn send(&mut self, event: &Occurrence, row: &Row, report: &mut Report) -> bool {
        let (message, to, stamp) = (row.event.message, row.event.peer, row.event.stamp);
        if !self.numbers.insert(message) {
            report.add(Rule::ReceiveHasSend, Some(event.line), || {
                let first = self.outstanding.get(&message).map(|sent| sent.event);
                let first = first.map_or("an earlier one".to_owned(), |event| event.to_string());
                format!("{event} has the message number {message} of {first}")
            });
            return false;
        }
        let sent = Sent { event: *event, to, stamp, received: BTreeSet::new() };
        self.outstanding.insert(message, sent);
        true
    }

    /// Judges a receive, and gives its send if that matches.
    pub(super) fn receive(
        &mut self,
        event: &Occurrence,
        row: &Row,
        report: &mut Report,
    ) -> Option<Receipt> {
        match self.matching(event, row) {
            Ok(receipt) => Some(receipt),
            Err(why) => {
                report.add(Rule::ReceiveHasSend, Some(event.line), || format!("{event} {why}"));
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
                false => format!("is of message {message}, which nobody has sent before"),
            });
        };
        let send = sent.event;
        if row.event.peer != Peer::One(send.machine) {
            let from = match row.event.peer {
                Peer::One(from) => name(from),
                Peer::None | Peer::All => "nobody".to_owned(),
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
        if complete {
            self.outstanding.remove(&message);
        }
        Ok(Receipt { send, complete })
    }
}

#[cfg(test)]
mod tests {
    use super::super::rules::Rules;
    use super::super::samples::{judge, violates};

    const SEND: &str = "1,1,send,1,0,,2,1,1,\n";
    const TO_ALL: &str = "1,1,send,1,0,,0,1,1,\n";

    #[track_caller]
    fn check(rows: &[&str], expected: &[(u32, u64)]) {
        let rules = Rules { machines: Some(3), ..Rules::default() };
        violates(&judge(rules, &rows.concat(), ""), expected);
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
        let rules = Rules { duplication: true, ..Rules::default() };
        violates(&judge(rules.clone(), &[SEND, second, first].concat(), ""), &[]);
        let twice = [SEND, second, "3,2,receive,3,0,1,,1,1,2\n"].concat();
        violates(&judge(rules, &twice, ""), &[(5, 4)]);
        check(&[SEND, second, first], &[(5, 3)]);
    }

    #[test]
    fn messages_say_what_is_wrong() {
        let verdict = judge(Rules::default(), &[SEND, "2,3,receive,2,0,1,,1,1,1\n"].concat(), "");
        let text = "row 3: rule 5 (receive has send): machine 3's receive at 2ns (clock 2, line 3) \
                    is of message 1, which is not for it: \
                    machine 1's send at 1ns (clock 1, line 2)";
        assert_eq!(verdict.violations[0].to_string(), text);
    }
}
