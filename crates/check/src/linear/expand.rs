//! What can have happened before an operation ends: the extensions of configurations in which it
//! takes effect.
//!
//! Operations take effect as late as can be: others do so before the one that ends only if an order
//! may need that. Two rules keep extensions few, and lose no order:
//!
//! - After a write nothing overwrites it before it has been observed. Had it been overwritten at
//!   once, its operation would be free, which covers that; a crashed operation need not take effect
//!   at all.
//! - Other than the one that ends, a write takes effect only if an open operation, or a crashed
//!   one, is possible after it that observes the state.

use super::bits::Bits;
use super::config::Config;
use super::front::Front;
use super::limits::{Budget, Exhausted};
use super::model::{Effect, Model, State};
use super::search::{Extension, Search};

impl<M: Model, B: Bits> Search<'_, M, B> {
    /// Collects the configurations after the end of the operation in a slot.
    pub(super) fn extend_all(&mut self, slot: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        self.next.clear();
        self.seen.iter_mut().for_each(Front::clear);
        let is_observer = self.slots[slot].effect == Effect::Observes;
        for place in 0..self.configs.entries().len() {
            let mut config = self.configs.entries()[place].clone();
            let [done, free] = [config.done.has(slot), config.free.has(slot)];
            if done || free {
                let mut after = config.clone();
                after.forget(slot);
                self.next.insert(&after);
            }
            let is_settled = done || free && is_observer;
            if !is_settled {
                self.settle(&mut config);
                self.push(config, true);
            }
            self.extend_stacked(slot, budget)?;
        }
        Ok(())
    }

    fn extend_stacked(&mut self, slot: usize, budget: &mut Budget) -> Result<(), Exhausted> {
        while let Some(extension) = self.stack.pop() {
            self.extend(&extension, slot);
            let [a, b] = &mut self.seen;
            let compared = a.take_compared() + b.take_compared() + self.next.take_compared();
            budget.spend(1 + compared)?;
            let sets = self.configs.bytes() + self.next.bytes() + a.bytes() + b.bytes();
            budget.hold(sets + self.model.bytes())?;
        }
        budget.spend(1)
    }

    /// Lets all observers take effect that the state allows, and frees writes of the same state:
    /// they may take effect unnoticed. Returns whether there were any observers.
    fn settle(&mut self, config: &mut Config<B>) -> bool {
        let mut any = false;
        let mut from = 0;
        while let Some(slot) = self.observers.next(&config.free, from) {
            if self.model.apply(config.state, self.slots[slot].action).is_some() {
                config.free.add(slot);
                any = true;
            }
            from = slot + 1;
        }
        from = 0;
        while let Some(slot) = self.writers.next(&config.done, from) {
            if self.slots[slot].effect == Effect::Overwrites(config.state) {
                config.free.add(slot);
            }
            from = slot + 1;
        }
        any
    }

    /// Notes an extension, unless one is known that covers it.
    fn push(&mut self, config: Config<B>, may_write: bool) {
        let [writing, other] = &mut self.seen;
        let is_new = match may_write {
            true => writing.insert(&config),
            false => !writing.covers(&config) && other.insert(&config),
        };
        if is_new {
            self.stack.push(Extension { config, may_write });
        }
    }

    fn extend(&mut self, extension: &Extension<B>, slot: usize) {
        let Extension { config, may_write } = extension;
        match self.slots[slot].effect {
            Effect::Observes if config.free.has(slot) => return self.finish(config.clone(), slot),
            Effect::Observes => {}
            Effect::Overwrites(state) => {
                if *may_write {
                    let after = self.written(config, state);
                    self.finish(after, slot);
                }
            }
            Effect::Changes => {
                if let Some(state) = self.model.apply(config.state, self.slots[slot].action) {
                    self.finish(Config { state, ..config.clone() }, slot);
                }
            }
        }
        self.change(config, slot);
        if *may_write {
            self.write(config, slot);
        }
        if self.has_crashed_left(config, 0) {
            self.use_crashed(config, *may_write);
        }
    }

    /// Adds a configuration in which the operation that ends has taken effect.
    fn finish(&mut self, mut config: Config<B>, slot: usize) {
        config.forget(slot);
        self.next.insert(&config);
    }

    /// The configuration after a write. All open writes may have been overwritten by it.
    fn written(&self, config: &Config<B>, state: State) -> Config<B> {
        let mut after = Config { state, ..config.clone() };
        after.free.add_all(&self.writers, &after.done);
        after
    }

    /// Lets open operations take effect that change the state.
    fn change(&mut self, config: &Config<B>, slot: usize) {
        let mut from = 0;
        while let Some(place) = self.changers.next(&config.done, from) {
            from = place + 1;
            if place == slot {
                continue;
            }
            if let Some(state) = self.model.apply(config.state, self.slots[place].action) {
                let mut after = Config { state, ..config.clone() };
                after.take(place);
                self.settle(&mut after);
                self.push(after, true);
            }
        }
    }

    /// Lets open writes take effect whose state something observes.
    fn write(&mut self, config: &Config<B>, slot: usize) {
        let mut from = 0;
        while let Some(place) = self.writers.next(&config.done, from) {
            from = place + 1;
            let Effect::Overwrites(state) = self.slots[place].effect else { continue };
            if place == slot || !self.is_wanted(config, state) {
                continue;
            }
            let mut after = self.written(config, state);
            after.take(place);
            let observed = self.settle(&mut after);
            self.push(after, observed);
        }
    }

    /// Lets crashed operations take effect whose state something observes. A write does not where
    /// another one leads to the same state that always leads there: the write can do the same later
    /// from any state, but not the other way round.
    fn use_crashed(&mut self, config: &Config<B>, may_write: bool) {
        let mut reached: Vec<State> = Vec::new();
        for kind in 0..self.crashed.len() {
            let crashed = self.crashed[kind];
            if crashed.effect != Effect::Changes || !self.is_left(config, kind) {
                continue;
            }
            if let Some(state) = self.model.apply(config.state, crashed.action) {
                let always = self.model.relaxed(crashed.action).is_some();
                reached.extend(always.then_some(state));
                self.use_kind(config, Config { state, ..config.clone() }, kind);
            }
        }
        for kind in 0..self.crashed.len() {
            let Effect::Overwrites(state) = self.crashed[kind].effect else { continue };
            if may_write && self.is_left(config, kind) && !reached.contains(&state) {
                self.use_kind(config, self.written(config, state), kind);
            }
        }
    }

    /// Whether crashed operations may take effect after this many others.
    fn has_crashed_left(&self, config: &Config<B>, others: u32) -> bool {
        !self.crashed.is_empty()
            && config.used.weight(|_| 1).saturating_add(others) < self.crashed_max
    }

    fn is_left(&self, config: &Config<B>, kind: usize) -> bool {
        config.used.count(kind as u32) < self.crashed[kind].begun
    }

    fn use_kind(&mut self, config: &Config<B>, mut after: Config<B>, kind: usize) {
        if self.is_wanted(config, after.state) {
            after.used = config.used.and(kind as u32);
            let observed = self.settle(&mut after);
            self.push(after, observed);
        }
    }

    /// Whether an operation that observes the state, and has not taken effect, is possible in a
    /// state.
    fn is_wanted(&mut self, config: &Config<B>, state: State) -> bool {
        let mut from = 0;
        while let Some(place) = self.observers.next(&config.free, from) {
            if self.model.apply(state, self.slots[place].action).is_some() {
                return true;
            }
            from = place + 1;
        }
        from = 0;
        while let Some(place) = self.changers.next(&config.done, from) {
            if self.model.apply(state, self.slots[place].action).is_some() {
                return true;
            }
            from = place + 1;
        }
        // The one that leads to the state may be a crashed one itself.
        let kinds = if self.has_crashed_left(config, 1) { self.crashed.len() } else { 0 };
        for kind in 0..kinds {
            let crashed = self.crashed[kind];
            if crashed.effect == Effect::Changes
                && self.is_left(config, kind)
                && self.model.apply(state, crashed.action).is_some()
            {
                return true;
            }
        }
        false
    }
}
