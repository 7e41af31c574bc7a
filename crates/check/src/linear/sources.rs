//! Which operations others may have observed, within a part of a history.

use std::collections::BTreeSet;

use super::limits::{Budget, Exhausted};
use super::model::{Effect, Model};
use super::object::Object;

/// An operation of a part of a history: when it begins and ends, as places among its events.
#[derive(Clone, Copy, Debug)]
struct Span {
    operation: usize,
    begin: usize,
    /// `NEVER` if it does not end in this part.
    end: usize,
}

const NEVER: usize = usize::MAX;

/// The operations of the part of a history up to an event.
///
/// An operation *may have observed* another one if its result may depend on it, if that one begins
/// before it ends, and if none that certainly takes effect, and leaves nothing of the state before,
/// lies wholly between the two. If that leaves none, it is the last one of those: what a stale read
/// returned was written once.
#[derive(Debug)]
pub(super) struct Sources {
    /// By number, in the order of their begins.
    spans: Vec<Span>,
    /// Operations that may change the state and end, in the order of their begins.
    ending: Vec<Span>,
    /// Those that do not end.
    crashed: Vec<Span>,
    /// Ends of operations that leave nothing of the state before, and the latest begin of those
    /// that end no later.
    replaced: Vec<(usize, usize)>,
    /// Ends of `ending` from the last to the first, and the earliest begin of those that end no
    /// earlier.
    earliest: Vec<(usize, usize)>,
}

impl Sources {
    /// The part up to and with this event. Operations without an effect that do not end in it are
    /// left out: their results do not belong to it.
    pub(super) fn up_to<M: Model>(model: &M, object: &Object<M::Action>, last: usize) -> Sources {
        let mut spans: Vec<Span> = Vec::new();
        for (place, event) in object.events()[..=last].iter().enumerate() {
            let operation = event.operation();
            match event.is_end() {
                true => spans[operation].end = place,
                false => spans.push(Span { operation, begin: place, end: NEVER }),
            }
        }
        let action = |span: &Span| object.actions()[span.operation];
        let changes = |span: &Span| model.effect(action(span)) != Effect::Observes;
        let spans: Vec<Span> =
            spans.into_iter().filter(|span| span.end != NEVER || changes(span)).collect();
        let ends = |span: &&Span| span.end != NEVER;
        let ending: Vec<Span> = spans.iter().filter(|s| changes(s)).filter(ends).copied().collect();
        let crashed = spans.iter().filter(|span| span.end == NEVER).copied().collect();
        let mut by_end = ending.clone();
        by_end.sort_unstable_by_key(|span| span.end);
        let mut latest = 0;
        let replacing = by_end.iter().filter(|span| model.replaces(action(span)));
        let replaced = replacing.map(|span| {
            latest = latest.max(span.begin);
            (span.end, latest)
        });
        let replaced = replaced.collect();
        let mut least = NEVER;
        let earliest = by_end.iter().rev().map(|span| {
            least = least.min(span.begin);
            (span.end, least)
        });
        let earliest = earliest.collect();
        Sources { spans, ending, crashed, replaced, earliest }
    }

    /// Operations, in the order of their begins.
    pub(super) fn operations(&self) -> impl DoubleEndedIterator<Item = usize> + ExactSizeIterator {
        self.spans.iter().map(|span| span.operation)
    }

    /// Adds to `found` all operations that this one may have observed.
    pub(super) fn of<M: Model>(
        &self,
        model: &M,
        object: &Object<M::Action>,
        operation: usize,
        found: &mut Vec<usize>,
        budget: &mut Budget,
    ) -> Result<(), Exhausted> {
        let actions = object.actions();
        if matches!(model.effect(actions[operation]), Effect::Overwrites(_)) {
            return Ok(());
        }
        let place = self.spans.partition_point(|span| span.operation < operation);
        let span = self.spans[place];
        // Whatever ends before this has been replaced when the operation begins.
        let place = self.replaced.partition_point(|(end, _)| *end < span.begin);
        let replaced = place.checked_sub(1).map_or(0, |place| self.replaced[place].1);
        let place = self.earliest.partition_point(|(end, _)| *end >= replaced);
        let from = place.checked_sub(1).map_or(NEVER, |place| self.earliest[place].1);
        let first = self.ending.partition_point(|writer| writer.begin < from);
        let last = self.ending.partition_point(|writer| writer.begin < span.end).max(first);
        let crashed = self.crashed.partition_point(|writer| writer.begin < span.end);
        let writers = self.ending[first..last].iter().chain(&self.crashed[..crashed]);
        budget.spend(writers.clone().count() as u64)?;
        let is_source = |writer: &&Span| {
            writer.operation != operation
                && model.may_observe(actions[operation], actions[writer.operation])
        };
        let before = found.len();
        let writers = writers.filter(|writer| writer.end >= replaced).filter(is_source);
        found.extend(writers.map(|writer| writer.operation));
        if found.len() == before {
            budget.spend(last as u64)?;
            let stale = self.ending[..last].iter().filter(is_source);
            found.extend(stale.max_by_key(|writer| writer.end).map(|writer| writer.operation));
        }
        Ok(())
    }

    /// Returns operations with all that they may have observed, and what those have, and so on, in
    /// ascending order.
    pub(super) fn with_observed<M: Model>(
        &self,
        model: &M,
        object: &Object<M::Action>,
        mut next: Vec<usize>,
        budget: &mut Budget,
    ) -> Result<Vec<usize>, Exhausted> {
        let mut part: BTreeSet<usize> = next.iter().copied().collect();
        let mut found = Vec::new();
        while let Some(operation) = next.pop() {
            found.clear();
            self.of(model, object, operation, &mut found, budget)?;
            next.extend(found.iter().filter(|observed| part.insert(**observed)));
        }
        Ok(part.into_iter().collect())
    }

    /// The part of the history that has these operations only, in ascending order.
    pub(super) fn part<A: Copy>(&self, object: &Object<A>, operations: &[usize]) -> Object<A> {
        let mut events: Vec<(usize, usize)> = Vec::with_capacity(2 * operations.len());
        for (number, operation) in operations.iter().enumerate() {
            let place = self.spans.partition_point(|span| span.operation < *operation);
            let span = self.spans[place];
            events.push((span.begin, number));
            events.extend((span.end != NEVER).then_some((span.end, number)));
        }
        events.sort_unstable();
        let mut part = Object::default();
        let mut begun = 0;
        for (_, number) in events {
            // Operations begin in ascending order.
            if number == begun {
                part.begin(object.actions()[operations[number]]);
                begun += 1;
            } else {
                part.end(number);
            }
        }
        part
    }
}
