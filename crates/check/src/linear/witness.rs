//! A minimal part of a history that has no order.
//!
//! A part has only whole operations, and with each operation all that it may have observed: a write
//! goes only together with every read and compare-and-set that may have observed it. If a history
//! has an order, so has each such part of it, since the last write before a read is the same in
//! both. So a part without an order shows that the history has none; and if a part has one, so have
//! all parts of it. That is why trying to leave out each operation once is enough for a part of
//! which no smaller part is without an order.

use std::collections::BTreeSet;

use super::check::check;
use super::limits::{Budget, Exhausted};
use super::model::Model;
use super::object::Object;
use super::search::Outcome;
use super::sources::Sources;

/// Operations of an object that have no order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Witness {
    /// Their numbers in the object, in ascending order.
    pub operations: Vec<usize>,
    /// Whether all smaller parts have an order. Otherwise a limit was reached before.
    pub is_minimal: bool,
}

impl Witness {
    /// The history of these operations alone, up to the event.
    pub fn part<A: Copy>(&self, object: &Object<A>, violated: usize) -> Object<A> {
        let mut part = Object::default();
        for event in &object.events()[..=violated] {
            let Ok(number) = self.operations.binary_search(&event.operation()) else { continue };
            match event.is_end() {
                true => part.end(number),
                false => {
                    part.begin(object.actions()[event.operation()]);
                }
            }
        }
        part
    }
}

/// Number of operations in the first part that is tried: the last ones.
const FIRST_PART: usize = 16;

/// Reduces a history that is violated at an event to a part. What ends after the event counts as
/// not ended.
pub fn witness<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    violated: usize,
    budget: &mut Budget,
) -> Witness {
    let sources = Sources::up_to(model, object, violated);
    let all: Vec<usize> = sources.operations().collect();
    let mut reduction = Reduction { model, object, sources, budget, kept: all };
    let is_minimal = reduction.reduce().is_ok();
    Witness { operations: reduction.kept, is_minimal }
}

struct Reduction<'a, M: Model> {
    model: &'a mut M,
    object: &'a Object<M::Action>,
    sources: Sources,
    budget: &'a mut Budget,
    /// A part without an order.
    kept: Vec<usize>,
}

impl<M: Model> Reduction<'_, M> {
    fn reduce(&mut self) -> Result<(), Exhausted> {
        self.take_the_last()?;
        let mut size = self.kept.len() / 2;
        while size > 1 {
            self.leave_out(size)?;
            size = (size / 2).min(self.kept.len() / 2);
        }
        self.leave_out(1)
    }

    /// Keeps the last operations and what they have observed, as few as are without an order.
    fn take_the_last(&mut self) -> Result<(), Exhausted> {
        let all = self.sources.operations().len();
        let mut count = FIRST_PART;
        while count < all {
            let last: Vec<usize> = self.sources.operations().rev().take(count).collect();
            let part = self.sources.with_observed(self.model, self.object, last, self.budget)?;
            if self.is_without_order(&part)? {
                self.kept = part;
                break;
            }
            count *= 2;
        }
        Ok(())
    }

    fn is_without_order(&mut self, part: &[usize]) -> Result<bool, Exhausted> {
        self.budget.spend(part.len() as u64)?;
        let object = self.sources.part(self.object, part);
        match check(self.model, &object, self.budget) {
            Outcome::Linearizable => Ok(false),
            Outcome::Violated(_) => Ok(true),
            Outcome::Undetermined(_, exhausted) => Err(exhausted),
        }
    }

    /// Leaves out this many operations at a time, with all that may have observed them, where what
    /// is left has no order either.
    fn leave_out(&mut self, size: usize) -> Result<(), Exhausted> {
        let mut observers = self.observers()?;
        let candidates = self.kept.clone();
        for chunk in candidates.chunks(size) {
            let mut next: Vec<usize> =
                chunk.iter().filter(|operation| self.keeps(**operation)).copied().collect();
            if next.is_empty() {
                continue;
            }
            let mut gone: BTreeSet<usize> = next.iter().copied().collect();
            while let Some(operation) = next.pop() {
                let place = candidates.partition_point(|other| *other < operation);
                next.extend(observers[place].iter().filter(|other| gone.insert(**other)));
            }
            let left: Vec<usize> =
                self.kept.iter().filter(|operation| !gone.contains(operation)).copied().collect();
            if self.is_without_order(&left)? {
                self.kept = left;
                observers.iter_mut().for_each(|of| of.retain(|other| !gone.contains(other)));
            }
        }
        Ok(())
    }

    fn keeps(&self, operation: usize) -> bool {
        self.kept.binary_search(&operation).is_ok()
    }

    /// For each operation that is kept those that may have observed it.
    fn observers(&mut self) -> Result<Vec<Vec<usize>>, Exhausted> {
        let mut observers = vec![Vec::new(); self.kept.len()];
        let mut found = Vec::new();
        for operation in &self.kept {
            found.clear();
            self.sources.of(self.model, self.object, *operation, &mut found, self.budget)?;
            for observed in &found {
                if let Ok(place) = self.kept.binary_search(observed) {
                    observers[place].push(*operation);
                }
            }
        }
        Ok(observers)
    }
}
