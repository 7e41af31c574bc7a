//! The search where operations have crashed: they take effect only where nothing else explains a
//! result.
//!
//! What crashed operations may have done multiplies the configurations, and most of it is never
//! needed. So the walk goes on without them. Where no configuration is left, it goes back a little,
//! lets them take effect from there on, and keeps the configurations that use the fewest. That
//! finds an order quickly if there is one, and proves nothing if it does not. Then parts of the
//! history are tried that end there: if one has no order, the history has none. If each has one,
//! the whole is searched in its full width.

use std::collections::VecDeque;

use super::bits::Bits;
use super::front::Front;
use super::limits::{Budget, Exhausted};
use super::model::{Effect, Model};
use super::object::Object;
use super::search::{Crashed, Open, Outcome, Search, exact};
use super::sources::Sources;

/// Number of events between two places to go back to.
const EVERY: usize = 8;
/// Maximum number of places to go back to.
const PLACES_MAX: usize = 64;
/// Number of configurations that are kept where crashed operations have taken effect.
const KEPT: usize = 4;
/// What a crashed operation weighs that has taken effect: a write is of more use later than one
/// that is possible in some states only.
const WRITE: u32 = 3;
const CHANGE: u32 = 2;
/// Number of configurations that are kept on the way from the first place to go back to; from the
/// others they are more, as those are further back.
const WIDTH: usize = 32;
/// Maximum number of steps from one place that the walk goes back to.
const BACK_STEPS_MAX: u64 = 1 << 18;
/// Numbers of crashed operations more that are tried.
const MORE: [u32; 4] = [1, 2, 3, 6];
/// Maximum number of steps for a part of the history, and the number of operations in the first
/// and the last one.
const PART_STEPS_MAX: u64 = 1 << 24;
const FIRST_PART: usize = 16;
const LAST_PART: usize = 1 << 10;

/// What a walk needs to go on from a place.
#[derive(Debug)]
struct Past<A, B> {
    place: usize,
    slots: Vec<Open<A>>,
    vacant: Vec<usize>,
    sets: [B; 3],
    crashed: Vec<Crashed<A>>,
    configs: Front<B>,
}

/// Checks an object; `None` if that does not decide it.
pub(super) fn guided<M: Model, B: Bits>(
    model: &mut M,
    object: &Object<M::Action>,
    width: usize,
    ends: &[bool],
    budget: &mut Budget,
) -> Result<Option<Outcome>, (usize, Exhausted)> {
    let mut search = Search::<M, B>::new(model, object, ends, width);
    search.crashed_max = 0;
    let mut past: VecDeque<Past<M::Action, B>> = VecDeque::new();
    for place in 0..object.events().len() {
        if place % EVERY == 0 {
            past.truncate(PLACES_MAX - 1);
            past.push_front(search.past(place));
        }
        let at = |exhausted| (place, exhausted);
        if search.step(place, budget).map_err(at)? || search.go_back(&past, place, budget) {
            continue;
        }
        budget.spend(1).map_err(at)?;
        let is_violated = has_part_without_order(model, object, ends, place, budget);
        return Ok(is_violated.then_some(Outcome::Violated(place)));
    }
    Ok(Some(Outcome::Linearizable))
}

impl<M: Model, B: Bits> Search<'_, M, B> {
    fn past(&self, place: usize) -> Past<M::Action, B> {
        Past {
            place,
            slots: self.slots.clone(),
            vacant: self.vacant.clone(),
            sets: [&self.observers, &self.writers, &self.changers].map(Clone::clone),
            crashed: self.crashed.clone(),
            configs: self.configs.clone(),
        }
    }

    fn return_to(&mut self, past: &Past<M::Action, B>) {
        self.slots.clone_from(&past.slots);
        self.vacant.clone_from(&past.vacant);
        let [observers, writers, changers] = past.sets.clone();
        (self.observers, self.writers, self.changers) = (observers, writers, changers);
        for (kind, crashed) in self.crashed.iter_mut().enumerate() {
            crashed.begun = past.crashed.get(kind).map_or(0, |past| past.begun);
        }
        self.configs.clone_from(&past.configs);
    }

    /// Keeps the configurations that use the fewest crashed operations.
    fn thin(&mut self, count: usize) {
        if self.configs.entries().len() > count {
            let weight = |kind: usize| match self.crashed[kind].effect {
                Effect::Overwrites(_) => WRITE,
                _ => CHANGE,
            };
            self.configs.thin(count, |config| config.used.weight(weight));
        }
    }

    /// Walks to an event once more, with a few crashed operations more, from places that are
    /// further and further back. Returns whether any configuration is left.
    fn go_back(
        &mut self,
        past: &VecDeque<Past<M::Action, B>>,
        last: usize,
        budget: &mut Budget,
    ) -> bool {
        let mut back = 1;
        while back <= past.len() {
            if MORE.into_iter().any(|more| self.go_from(&past[back - 1], last, back, more, budget))
            {
                return true;
            }
            back *= 2;
        }
        false
    }

    /// Walks from a place to an event, with at most `more` crashed operations more than before.
    fn go_from(
        &mut self,
        from: &Past<M::Action, B>,
        last: usize,
        back: usize,
        more: u32,
        budget: &mut Budget,
    ) -> bool {
        self.return_to(from);
        let used = self.configs.entries().iter().map(|config| config.used.weight(|_| 1));
        self.crashed_max = used.min().unwrap_or(0) + more;
        let found = budget.within(BACK_STEPS_MAX, |budget| {
            (from.place..=last).all(|place| {
                self.thin(WIDTH * back);
                self.step(place, budget) == Ok(true)
            })
        });
        self.stack.clear();
        self.crashed_max = 0;
        if found {
            self.thin(KEPT);
        }
        found
    }
}

/// Whether a part of the history up to an event has no order. In it crashed operations are possible
/// in every state, where the model has such actions: so they have observed nothing.
fn has_part_without_order<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    ends: &[bool],
    last: usize,
    budget: &mut Budget,
) -> bool {
    let relaxed = object.actions().iter().zip(ends).map(|(action, ends)| {
        let relaxed = if *ends { None } else { model.relaxed(*action) };
        relaxed.unwrap_or(*action)
    });
    let object = object.with_actions(relaxed.collect());
    let sources = Sources::up_to(model, &object, last);
    let mut count = FIRST_PART;
    while count <= LAST_PART {
        let operations: Vec<usize> = sources.operations().rev().take(count).collect();
        let is_violated = budget.within(PART_STEPS_MAX, |budget| {
            let part = sources.with_observed(model, &object, operations, budget);
            let part = part.map(|part| sources.part(&object, &part));
            part.is_ok_and(|part| matches!(exact(model, &part, budget), Outcome::Violated(_)))
        });
        if is_violated {
            return true;
        }
        count *= 2;
    }
    false
}
