//! Rules 7 and 8: every copy of every message, from the journal of the network.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use super::messages::Messages;
use super::rule::Rule;
use super::verdict::{Told, Verdict};
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::trace::{CopyFate, CopyRow, Kind, Peer, Row};

/// The copies of a run, as far as something may still come of them.
#[derive(Debug)]
pub(super) struct Copies {
    machines: Option<u32>,
    duplication: bool,
    /// Whether what arrives at an instant is seen by the ticks of that instant.
    ticks_see_their_instant: bool,
    queues: BTreeMap<NodeId, Queue>,
    /// Copies that arrive and were not received yet: message, addressee, copy; and when.
    waiting: BTreeMap<(u64, NodeId, u32), Instant>,
    /// Messages of which a send or a copy is missing as yet.
    open: BTreeMap<u64, Open>,
    seen: BTreeSet<NodeId>,
}

/// The queue of one machine.
#[derive(Debug, Default)]
struct Queue {
    /// Copies that will arrive: when, when sent, message.
    coming: BinaryHeap<Reverse<(Instant, Instant, u64)>>,
    arrived: u64,
    received: u64,
}

/// A message of which not all is known yet.
#[derive(Debug, Default)]
struct Open {
    send: Option<(Told, Peer, Instant)>,
    /// Addressee and number of each copy, with what its row says of the send.
    copies: BTreeMap<(NodeId, u32), (NodeId, Instant)>,
}

impl Copies {
    pub(super) fn new(
        machines: Option<u32>,
        duplication: bool,
        ticks_see_their_instant: bool,
    ) -> Copies {
        Copies {
            machines,
            duplication,
            ticks_see_their_instant,
            queues: BTreeMap::new(),
            waiting: BTreeMap::new(),
            open: BTreeMap::new(),
            seen: BTreeSet::new(),
        }
    }

    /// Notes a copy: a row of the journal.
    pub(super) fn copy(&mut self, row: &CopyRow, verdict: &mut Verdict) {
        let CopyRow { at, sent, message, to, copy, from, fate } = *row;
        self.seen.extend([from, to]);
        let name = name_of(message, copy, to);
        if copy > 1 && !self.duplication {
            let problem = format!("the journal has {name}, but no duplication is configured");
            verdict.violate(Rule::Conservation, None, problem);
        }
        let open = self.open.entry(message).or_default();
        if open.copies.insert((to, copy), (from, sent)).is_some() {
            verdict.violate(Rule::Conservation, None, format!("the journal has {name} twice"));
        }
        if fate == CopyFate::Delivered {
            self.waiting.insert((message, to, copy), at);
            self.queues.entry(to).or_default().coming.push(Reverse((at, sent, message)));
        }
        self.close(message, verdict);
    }

    /// Checks a row of the trace: its queue length, and a receive's copy.
    pub(super) fn row(&mut self, line: u64, row: &Row, messages: &Messages, verdict: &mut Verdict) {
        let told = Told::new(line, row);
        self.seen.insert(row.machine);
        if row.event.kind == Kind::Send {
            let open = self.open.entry(row.event.message).or_default();
            open.send = Some((told, row.event.peer, row.at));
            self.close(row.event.message, verdict);
        }
        let queue = self.queues.entry(row.machine).or_default();
        queue.arrive(row.at, self.ticks_see_their_instant, messages);
        if row.event.kind == Kind::Receive {
            queue.received += 1;
            let key = (row.event.message, row.machine, row.event.copy);
            let name = name_of(key.0, key.2, key.1);
            let problem = match self.waiting.remove(&key) {
                None => Some(format!("{told} is of {name}, which was not delivered, or not again")),
                Some(at) if at > row.at => {
                    Some(format!("{told} is of {name}, which arrived only at {at}"))
                }
                Some(_) => None,
            };
            if let Some(problem) = problem {
                // The queue of this machine is judged as if the copy had been there.
                queue.arrived += 1;
                verdict.violate(Rule::Conservation, Some(line), problem);
            }
        }
        let expected = queue.arrived.saturating_sub(queue.received);
        if row.event.queue_len != expected {
            let found = row.event.queue_len;
            let problem = format!(
                "{told} has {found} in its queue, but {} were delivered and {} received",
                queue.arrived, queue.received
            );
            verdict.violate(Rule::QueueLength, Some(line), problem);
        }
    }

    /// Checks a message of which both the send and all copies may be known by now.
    fn close(&mut self, message: u64, verdict: &mut Verdict) {
        let Some(machines) = self.machines.filter(|_| !self.duplication) else { return };
        let Some(open) = self.open.get(&message) else { return };
        let Some((_, to, _)) = open.send else { return };
        if open.copies.len() as u64 >= addressees(to, machines) {
            let open = self.open.remove(&message).unwrap_or_default();
            open.judge(message, machines, verdict);
        }
    }

    /// Judges the messages of which something is still missing.
    pub(super) fn finish(self, verdict: &mut Verdict) {
        let machines = self.machines.unwrap_or(self.seen.len() as u32);
        for (message, open) in self.open {
            open.judge(message, machines, verdict);
        }
    }
}

/// A copy, as messages speak of it.
fn name_of(message: u64, copy: u32, to: NodeId) -> String {
    format!("copy {copy} of message {message} for machine {}", u64::from(to.0) + 1)
}

fn addressees(to: Peer, machines: u32) -> u64 {
    match to {
        Peer::None => 0,
        Peer::One(_) => 1,
        Peer::All => u64::from(machines).saturating_sub(1),
    }
}

impl Queue {
    /// Counts what has arrived for a tick at `now`. What was sent at that very instant counts if
    /// its send has come earlier in the trace.
    fn arrive(&mut self, now: Instant, sees_now: bool, messages: &Messages) {
        let mut later = Vec::new();
        while let Some(Reverse((at, sent, message))) = self.coming.peek().copied() {
            if at > now || at == now && !sees_now {
                break;
            }
            self.coming.pop();
            if sent < now || messages.knows(message) {
                self.arrived += 1;
            } else {
                later.push(Reverse((at, sent, message)));
            }
        }
        self.coming.extend(later);
    }
}

impl Open {
    /// Whether the copies are exactly those of the send.
    fn judge(&self, message: u64, machines: u32, verdict: &mut Verdict) {
        let mut violate = |problem| verdict.violate(Rule::Conservation, None, problem);
        let Some((told, to, sent_at)) = self.send else {
            return violate(format!("the journal has message {message}, which nobody sent"));
        };
        let mut first_copies = 0;
        for ((addressee, copy), (from, sent)) in &self.copies {
            let name = name_of(message, *copy, *addressee);
            let meant = match to {
                Peer::One(to) => to == *addressee,
                Peer::All => told.machine != *addressee,
                Peer::None => false,
            };
            if !meant {
                violate(format!("the journal has {name}, but {told} was not for it"));
            } else if *from != told.machine || *sent != sent_at {
                violate(format!("the journal says otherwise of the send of {name} than {told}"));
            } else if *copy == 1 {
                first_copies += 1;
            }
        }
        let expected = addressees(to, machines);
        if first_copies < expected {
            let missing = expected - first_copies;
            violate(format!("of {told} (message {message}) {missing} copies are missing"));
        }
    }
}
