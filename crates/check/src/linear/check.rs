//! Whether an object is linearizable: by the way that suits its history.

use super::bits::{Bits, Words};
use super::guided::guided;
use super::limits::Budget;
use super::model::{Effect, Model};
use super::object::Object;
use super::search::{Outcome, WORD, exact, greatest_width};

/// Number of events up to which all is tried at once that crashed operations may have done.
const EXACT_MAX: usize = 512;

/// Checks the operations of an object.
pub fn check<M: Model>(model: &mut M, object: &Object<M::Action>, budget: &mut Budget) -> Outcome {
    if object.events().len() <= EXACT_MAX {
        return exact(model, object, budget);
    }
    let ends = object.ends();
    let has_crashed = object
        .actions()
        .iter()
        .zip(&ends)
        .any(|(action, ends)| !ends && model.effect(*action) != Effect::Observes);
    if !has_crashed {
        return exact(model, object, budget);
    }
    match greatest_width(object, &ends) {
        width if width <= WORD => check_guided::<M, u64>(model, object, width, &ends, budget),
        width => check_guided::<M, Words>(model, object, width, &ends, budget),
    }
}

fn check_guided<M: Model, B: Bits>(
    model: &mut M,
    object: &Object<M::Action>,
    width: usize,
    ends: &[bool],
    budget: &mut Budget,
) -> Outcome {
    match guided::<M, B>(model, object, width, ends, budget) {
        Ok(Some(outcome)) => outcome,
        Ok(None) => exact(model, object, budget),
        Err((place, exhausted)) => Outcome::Undetermined(place, exhausted),
    }
}
