//! Rules 4 (on each message), 5 and 6: receives and their sends.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::causality::Known;
use super::rule::Rule;
use super::verdict::{Told, Verdict};
use crate::node::NodeId;
use crate::trace::{Kind, Peer, Row};

/// A send, for as long as somebody may receive it.
#[derive(Debug)]
struct Sent {
    told: Told,
    to: Peer,
    stamp: u64,
    /// Its place among all sends.
    number: u64,
    received: BTreeSet<(NodeId, u32)>,
    knowledge: Option<Rc<Known>>,
}

/// Sends that somebody may yet receive, by their numbers.
#[derive(Debug)]
pub(super) struct Messages {
    sent: BTreeMap<u64, Sent>,
    sends: u64,
    machines: Option<u32>,
    duplication: bool,
    stamp_before: bool,
    /// For each link the place of the last send whose first copy was received, if links are FIFO.
    links: Option<BTreeMap<(NodeId, NodeId), (u64, u64)>>,
}

impl Messages {
    pub(super) fn new(
        machines: Option<u32>,
        duplication: bool,
        stamp_before: bool,
        fifo: bool,
    ) -> Messages {
        Messages {
            sent: BTreeMap::new(),
            sends: 0,
            machines,
            duplication,
            stamp_before,
            links: fifo.then(BTreeMap::new),
        }
    }

    /// Whether the send of a message has come, and somebody has yet to receive it.
    pub(super) fn knows(&self, message: u64) -> bool {
        self.sent.contains_key(&message)
    }

    /// Notes a send.
    pub(super) fn send(
        &mut self,
        line: u64,
        row: &Row,
        knowledge: Option<Rc<Known>>,
        verdict: &mut Verdict,
    ) {
        self.sends += 1;
        let told = Told::new(line, row);
        let sent = Sent {
            told,
            to: row.event.peer,
            stamp: row.event.stamp,
            number: self.sends,
            received: BTreeSet::new(),
            knowledge,
        };
        let message = row.event.message;
        if row.event.peer == Peer::One(row.machine) {
            let problem = format!("{told} sends message {message} to itself");
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
        }
        if let Some(other) = self.sent.insert(message, sent) {
            let problem = format!("{told} has the message number {message} of {}", other.told);
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
        }
    }

    /// Checks a receive against its send; returns what the message tells.
    pub(super) fn receive(
        &mut self,
        line: u64,
        row: &Row,
        verdict: &mut Verdict,
    ) -> Option<Rc<Known>> {
        debug_assert_eq!(row.event.kind, Kind::Receive);
        let told = Told::new(line, row);
        let (message, copy) = (row.event.message, row.event.copy);
        let Some(sent) = self.sent.get_mut(&message) else {
            let problem = format!(
                "{told} has no earlier send: no message {message} was sent, or all who should \
                 have received it have"
            );
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
            return None;
        };
        if let Some(problem) = mismatch(sent, row) {
            let problem = format!("{told} does not match {}: {problem}", sent.told);
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
        }
        if copy > 1 && !self.duplication {
            let problem = format!("{told} is of copy {copy}, but no duplication is configured");
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
        }
        if !sent.received.insert((row.machine, copy)) {
            let problem = format!("{told} is of a copy that was received before, of {}", sent.told);
            verdict.violate(Rule::ReceiveHasSend, Some(line), problem);
        }
        let (earlier, later) = (sent.told.clock, row.event.clock);
        if earlier > later || earlier == later && !self.stamp_before {
            let problem = format!("{told} does not come after {}, its send", sent.told);
            verdict.violate(Rule::Causality, Some(line), problem);
        }
        if let Some(links) = &mut self.links
            && copy == 1
        {
            let link = (sent.told.machine, row.machine);
            let last = links.insert(link, (sent.number, message));
            if let Some((number, overtaken)) = last.filter(|(number, _)| *number > sent.number) {
                links.insert(link, (number, overtaken));
                let problem =
                    format!("{told} is of message {message}, which message {overtaken} overtook");
                verdict.violate(Rule::FifoLinks, Some(line), problem);
            }
        }
        let knowledge = sent.knowledge.clone();
        if !self.duplication && sent.all_received(self.machines) {
            self.sent.remove(&message);
        }
        knowledge
    }
}

impl Sent {
    /// Whether all addressees have received it, as far as they are known.
    fn all_received(&self, machines: Option<u32>) -> bool {
        let received = self.received.len() as u64;
        match self.to {
            Peer::One(_) => received >= 1,
            Peer::All => machines.is_some_and(|machines| received + 1 >= u64::from(machines)),
            Peer::None => true,
        }
    }
}

/// In which way a receive differs from its send.
fn mismatch(sent: &Sent, row: &Row) -> Option<String> {
    let number = |node: NodeId| u64::from(node.0) + 1;
    if sent.stamp != row.event.stamp {
        return Some(format!("the stamp is {}, not {}", row.event.stamp, sent.stamp));
    }
    if row.event.peer != Peer::One(sent.told.machine) {
        return Some("it names another sender".to_owned());
    }
    match sent.to {
        Peer::One(to) if to != row.machine => Some(format!("that was for machine {}", number(to))),
        Peer::All if row.machine == sent.told.machine => {
            Some("a broadcast does not go to its sender".to_owned())
        }
        _ => None,
    }
}
