//! Rule 4 in full: vector clocks, made from the trace alone, say what happened before what.
//!
//! For each machine it is known how many events of every other it has heard of, and the Lamport
//! clock of the last of them. At each event all of these must have smaller clocks; the earlier ones
//! of each machine then have, too.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::rule::Rule;
use super::verdict::{Told, Verdict};
use crate::clock::VectorClock;
use crate::node::NodeId;

/// Up to so many machines vector clocks are kept in full.
pub const MACHINES_MAX: usize = 64;

/// So many bytes of knowledge may be under way in messages; beyond, vector clocks are given up.
const BYTES_MAX: usize = 512 << 20;

/// What one machine knows, or what a message tells.
#[derive(Clone, Debug)]
pub(super) struct Known {
    events: VectorClock,
    /// Of each machine the last event that is known, where one is.
    last: Vec<Option<Told>>,
}

/// What all machines know.
#[derive(Debug)]
pub(super) struct Causality {
    /// How many machines there may be.
    size: usize,
    /// The place of each machine, in the order in which they appear.
    places: BTreeMap<NodeId, usize>,
    known: Vec<Known>,
    /// What messages tell that somebody may still receive.
    told: Vec<std::rc::Weak<Known>>,
    given_up: Option<String>,
}

impl Causality {
    /// Vector clocks of so many machines, or of up to [`MACHINES_MAX`] if only the trace tells.
    pub(super) fn new(machines: Option<u32>) -> Causality {
        let size = machines.map_or(MACHINES_MAX, |machines| machines as usize);
        let mut causality = Causality {
            size: size.min(MACHINES_MAX),
            places: BTreeMap::new(),
            known: vec![],
            told: vec![],
            given_up: None,
        };
        if size > MACHINES_MAX {
            causality.give_up("there are more than 64 machines");
        }
        causality
    }

    /// Notes an event, with what the message tells if it is a receive, and checks it against all
    /// that is known to have happened before. `strict` is off where a message may carry the clock
    /// before the step of its send.
    pub(super) fn event(
        &mut self,
        told: Told,
        message: Option<&Known>,
        strict: bool,
        verdict: &mut Verdict,
    ) {
        let Some(place) = self.place(told.machine) else { return };
        let known = &mut self.known[place];
        if let Some(message) = message {
            known.learn(message);
        }
        known.events.step(place);
        let others = known.last.iter().enumerate().filter(|(other, _)| *other != place);
        let earlier = others.filter_map(|(_, last)| *last);
        let contradicts = |earlier: &Told| match strict {
            true => earlier.clock >= told.clock,
            false => earlier.clock > told.clock,
        };
        if let Some(earlier) = earlier.into_iter().find(contradicts) {
            let message = format!("{earlier} happened before {told}, but its clock is not smaller");
            verdict.violate(Rule::Causality, Some(told.line), message);
        }
        known.last[place] = Some(told);
    }

    /// What a message tells that `machine` sends now.
    pub(super) fn tell(&mut self, machine: NodeId) -> Option<Rc<Known>> {
        let place = self.place(machine)?;
        let bytes = self.size * (size_of::<u64>() + size_of::<Option<Told>>());
        if self.told.len() * bytes > BYTES_MAX {
            self.told.retain(|told| told.strong_count() > 0);
            if self.told.len() * bytes > BYTES_MAX / 2 {
                self.give_up("too many messages were under way for vector clocks");
                return None;
            }
        }
        let told = Rc::new(self.known[place].clone());
        self.told.push(Rc::downgrade(&told));
        Some(told)
    }

    /// Why vector clocks were not kept to the end, if they were not.
    pub(super) fn given_up(&self) -> Option<&str> {
        self.given_up.as_deref()
    }

    fn give_up(&mut self, why: &str) {
        self.known = vec![];
        self.told = vec![];
        self.given_up = Some(format!("{why}: causality was checked on each message by itself"));
    }

    /// The place of a machine, which may be a new one; `None` if vector clocks are given up.
    fn place(&mut self, machine: NodeId) -> Option<usize> {
        if self.given_up.is_some() {
            return None;
        }
        if let Some(place) = self.places.get(&machine) {
            return Some(*place);
        }
        let place = self.places.len();
        if place == self.size {
            self.give_up("the trace has more machines than expected");
            return None;
        }
        self.places.insert(machine, place);
        let events = VectorClock::new(self.size);
        self.known.push(Known { events, last: vec![None; self.size] });
        Some(place)
    }
}

impl Known {
    fn learn(&mut self, message: &Known) {
        for place in 0..self.last.len() {
            if message.events.counts()[place] > self.events.counts()[place] {
                self.last[place] = message.last[place];
            }
        }
        self.events.merge(&message.events);
    }
}
