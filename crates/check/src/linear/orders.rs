//! The longest orders of a few operations that their results allow, and why none is longer.

use std::collections::BTreeSet;

use super::limits::Budget;
use super::model::{Model, State};
use super::object::Object;
use crate::counterexample::Obstacle;

/// Maximum number of operations whose orders are tried: their sets are words.
const OPERATIONS_MAX: usize = 64;
/// Maximum number of orders that are returned.
const ORDERS_MAX: usize = 3;

/// An order of some operations that their results allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The operations, in this order.
    pub operations: Vec<usize>,
    /// The state after them.
    pub state: State,
    /// Why each of the operations that have to take effect cannot be next.
    pub next: Vec<(usize, Obstacle)>,
}

/// The longest orders: those with the most operations that end, and among these those with the
/// fewest that do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// The first few.
    pub longest: Vec<Order>,
    /// Number of further ones that differ in their operations or in the state.
    pub more: usize,
}

/// A set of operations that has an order, and the state after it.
#[derive(Clone, Copy, Debug)]
struct Reached {
    taken: u64,
    state: State,
    /// The operation that came last, and the place of what was reached before it.
    last: Option<(usize, usize)>,
}

/// Finds the longest orders; `None` if there are too many operations or orders.
pub fn longest<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    budget: &mut Budget,
) -> Option<Orders> {
    let count = object.actions().len();
    if count > OPERATIONS_MAX {
        return None;
    }
    let before = ended_before(object);
    let mut reached = vec![Reached { taken: 0, state: model.initial(), last: None }];
    let mut known = BTreeSet::from([(0, model.initial())]);
    let mut place = 0;
    while let Some(Reached { taken, state, .. }) = reached.get(place).copied() {
        budget.spend(count as u64).ok()?;
        budget.hold(reached.len() as u64 * 100).ok()?;
        for (operation, action) in object.actions().iter().enumerate() {
            if taken >> operation & 1 == 1 || before[operation] & !taken != 0 {
                continue;
            }
            let Some(state) = model.apply(state, *action) else { continue };
            let taken = taken | 1 << operation;
            if known.insert((taken, state)) {
                reached.push(Reached { taken, state, last: Some((operation, place)) });
            }
        }
        place += 1;
    }
    let ends = object.ends().into_iter().enumerate();
    let ends: u64 = ends.filter(|(_, ends)| *ends).map(|(operation, _)| 1 << operation).sum();
    let rank = |reached: &Reached| {
        ((reached.taken & ends).count_ones(), u32::MAX - (reached.taken & !ends).count_ones())
    };
    let best = reached.iter().map(rank).max()?;
    let places: Vec<usize> =
        (0..reached.len()).filter(|place| rank(&reached[*place]) == best).collect();
    let order = |place: &usize| {
        let Reached { taken, state, .. } = reached[*place];
        let missing = (0..count).filter(|o| ends & !taken & (1 << o) != 0);
        let next = missing.map(|operation| match before[operation] & !taken {
            0 => (operation, Obstacle::State),
            absent => (operation, Obstacle::After(absent.trailing_zeros() as usize)),
        });
        Order { operations: path(&reached, *place), state, next: next.collect() }
    };
    let longest: Vec<Order> = places.iter().take(ORDERS_MAX).map(order).collect();
    Some(Orders { more: places.len() - longest.len(), longest })
}

/// For each operation those that end before it begins.
fn ended_before<A: Copy>(object: &Object<A>) -> Vec<u64> {
    let mut ended = 0;
    let mut before = Vec::new();
    for event in object.events() {
        match event.is_end() {
            true => ended |= 1 << event.operation(),
            false => before.push(ended),
        }
    }
    before
}

/// The operations that lead to a place.
fn path(reached: &[Reached], mut place: usize) -> Vec<usize> {
    let mut operations = Vec::new();
    while let Some((operation, before)) = reached[place].last {
        operations.push(operation);
        place = before;
    }
    operations.reverse();
    operations
}
