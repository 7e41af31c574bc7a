//! The search: a set of configurations walks through the events of an object.

use std::collections::BTreeMap;

use super::bits::{Bits, Words};
use super::config::Config;
use super::front::Front;
use super::limits::{Budget, Exhausted};
use super::model::{Effect, Model};
use super::object::Object;
use super::used::Used;

/// What a search has found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The operations have an order.
    Linearizable,
    /// They have none up to this event, the end of an operation, and have one before it.
    Violated(usize),
    /// A limit was reached at this event.
    Undetermined(usize, Exhausted),
}

/// Checks the operations of an object with all that crashed ones may have done.
pub(super) fn exact<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    budget: &mut Budget,
) -> Outcome {
    let ends = object.ends();
    let width = greatest_width(object, &ends);
    match width <= WORD {
        true => Search::<M, u64>::new(model, object, &ends, width).walk(budget),
        false => Search::<M, Words>::new(model, object, &ends, width).walk(budget),
    }
}

/// Number of operations that may be open at once in a set that is a word.
pub(super) const WORD: usize = 64;

/// The greatest number of operations that are open at once, without those that never end.
pub(super) fn greatest_width<A: Copy>(object: &Object<A>, ends: &[bool]) -> usize {
    let (mut open, mut greatest) = (0_usize, 0);
    for event in object.events() {
        match event.is_end() {
            true => open -= 1,
            false => open += usize::from(ends[event.operation()]),
        }
        greatest = greatest.max(open);
    }
    greatest
}

/// Crashed operations with one action.
#[derive(Clone, Copy, Debug)]
pub(super) struct Crashed<A> {
    pub(super) action: A,
    pub(super) effect: Effect,
    /// Number of those that have begun.
    pub(super) begun: u32,
}

/// An open operation that ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Open<A> {
    pub(super) action: A,
    pub(super) effect: Effect,
}

/// A configuration on its way to the effect of an operation that ends (see `expand.rs`).
#[derive(Debug)]
pub(super) struct Extension<B> {
    pub(super) config: Config<B>,
    /// Whether a write may be next.
    pub(super) may_write: bool,
}

/// A search in progress.
#[derive(Debug)]
pub(super) struct Search<'m, M: Model, B> {
    pub(super) model: &'m mut M,
    object: &'m Object<M::Action>,
    ends: &'m [bool],
    /// Slots of the operations that have begun.
    slot_of: Vec<u32>,
    /// Open operations by slot; a slot is used again after its operation has ended.
    pub(super) slots: Vec<Open<M::Action>>,
    /// Open operations by effect.
    pub(super) observers: B,
    pub(super) writers: B,
    pub(super) changers: B,
    /// Kinds of crashed operations.
    pub(super) crashed: Vec<Crashed<M::Action>>,
    kinds: BTreeMap<M::Action, usize>,
    pub(super) vacant: Vec<usize>,
    pub(super) configs: Front<B>,
    /// The configurations after the end of an operation, while they are collected.
    pub(super) next: Front<B>,
    /// Extensions that have been looked at; in those of the first set any operation may come next.
    pub(super) seen: [Front<B>; 2],
    pub(super) stack: Vec<Extension<B>>,
    /// Maximum number of crashed operations that take effect.
    pub(super) crashed_max: u32,
}

impl<'m, M: Model, B: Bits> Search<'m, M, B> {
    pub(super) fn new(
        model: &'m mut M,
        object: &'m Object<M::Action>,
        ends: &'m [bool],
        width: usize,
    ) -> Search<'m, M, B> {
        let none = || B::none(width);
        let mut configs = Front::new();
        let (state, used) = (model.initial(), Used::default());
        configs.insert(&Config { state, done: none(), free: none(), used });
        Search {
            model,
            object,
            ends,
            slot_of: vec![0; object.actions().len()],
            slots: Vec::with_capacity(width),
            observers: none(),
            writers: none(),
            changers: none(),
            crashed: vec![],
            kinds: BTreeMap::new(),
            vacant: vec![],
            configs,
            next: Front::new(),
            seen: [Front::new(), Front::new()],
            stack: vec![],
            crashed_max: u32::MAX,
        }
    }

    fn walk(mut self, budget: &mut Budget) -> Outcome {
        for place in 0..self.object.events().len() {
            match self.step(place, budget) {
                Ok(true) => {}
                Ok(false) => return Outcome::Violated(place),
                Err(exhausted) => return Outcome::Undetermined(place, exhausted),
            }
        }
        Outcome::Linearizable
    }

    /// Walks over an event. Returns whether any configuration is left.
    pub(super) fn step(&mut self, place: usize, budget: &mut Budget) -> Result<bool, Exhausted> {
        let event = self.object.events()[place];
        let operation = event.operation();
        if event.is_end() {
            self.end(self.slot_of[operation] as usize, budget)?;
            return Ok(!self.configs.entries().is_empty());
        }
        let action = self.object.actions()[operation];
        match self.ends[operation] {
            true => self.slot_of[operation] = self.open(action) as u32,
            false => self.crash(action),
        }
        Ok(true)
    }

    /// Gives a slot to an operation that begins.
    fn open(&mut self, action: M::Action) -> usize {
        let open = Open { action, effect: self.model.effect(action) };
        let slot = match self.vacant.pop() {
            Some(slot) => slot,
            None => {
                self.slots.push(open);
                self.slots.len() - 1
            }
        };
        self.slots[slot] = open;
        self.with_effect(open.effect).add(slot);
        slot
    }

    /// Counts an operation that begins and never ends. One without effect says nothing.
    fn crash(&mut self, action: M::Action) {
        let effect = self.model.effect(action);
        if effect == Effect::Observes {
            return;
        }
        let new = self.crashed.len();
        let kind = *self.kinds.entry(action).or_insert(new);
        if kind == new {
            self.crashed.push(Crashed { action, effect, begun: 0 });
        }
        self.crashed[kind].begun += 1;
    }

    fn with_effect(&mut self, effect: Effect) -> &mut B {
        match effect {
            Effect::Observes => &mut self.observers,
            Effect::Overwrites(_) => &mut self.writers,
            Effect::Changes => &mut self.changers,
        }
    }

    /// Ends an operation: it has taken effect in all configurations that are left.
    fn end(&mut self, slot: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        self.extend_all(slot, budget)?;
        std::mem::swap(&mut self.configs, &mut self.next);
        self.with_effect(self.slots[slot].effect).remove(slot);
        self.vacant.push(slot);
        Ok(())
    }
}
