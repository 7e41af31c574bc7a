//! Definitions that are plainly right, for histories of a few operations: all orders are tried.

use super::*;

/// Whether the operations that are in `part` have an order up to and with an event.
pub(crate) fn has_order<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    part: u32,
    last: usize,
) -> bool {
    let spans = spans(object, last);
    has_order_after(model, object, &spans, model.initial(), part)
}

/// Whether all in `left` that end can come after the others, which led to a state.
fn has_order_after<M: Model>(
    model: &mut M,
    object: &Object<M::Action>,
    spans: &[(usize, usize)],
    state: State,
    left: u32,
) -> bool {
    let all: Vec<usize> = (0..spans.len()).filter(|o| left >> o & 1 == 1).collect();
    if all.iter().all(|operation| spans[*operation].1 == usize::MAX) {
        return true;
    }
    all.iter().any(|operation| {
        let begin = spans[*operation].0;
        if all.iter().any(|other| spans[*other].1 < begin) {
            return false;
        }
        let after = model.apply(state, object.actions()[*operation]);
        after.is_some_and(|state| {
            has_order_after(model, object, spans, state, left & !(1 << operation))
        })
    })
}

/// Begin and end of each operation that begins up to an event.
fn spans<A: Copy>(object: &Object<A>, last: usize) -> Vec<(usize, usize)> {
    let mut spans: Vec<(usize, usize)> = vec![];
    for (place, event) in object.events()[..=last].iter().enumerate() {
        match event.is_end() {
            true => spans[event.operation()] = (spans[event.operation()].0, place),
            false => spans.push((place, usize::MAX)),
        }
    }
    spans
}

/// All parts of the history up to an event that have with each operation those that it may have
/// observed: written out for a register.
pub(crate) fn closed_parts(object: &Object<RegisterAction>, last: usize) -> Vec<u32> {
    let spans = spans(object, last);
    let value = |operation: usize| match object.actions()[operation] {
        RegisterAction::Write(value) => Some(value),
        RegisterAction::Cas(from, to) if from != to => Some(to),
        _ => None,
    };
    let fits = |reader: usize, writer: usize| {
        let Some(written) = value(writer) else { return false };
        let fits = match object.actions()[reader] {
            RegisterAction::Write(_) => false,
            RegisterAction::Read(read) | RegisterAction::Cas(read, _) => read == written,
            RegisterAction::Mismatch(from) => from != written,
        };
        fits && reader != writer && spans[writer].0 < spans[reader].1
    };
    let is_replaced = |reader: usize, writer: usize| {
        (0..spans.len()).any(|other| {
            value(other).is_some()
                && spans[writer].1 < spans[other].0
                && spans[other].1 < spans[reader].0
        })
    };
    let may_observe = |reader: usize, writer: usize| {
        let fitting = (0..spans.len()).filter(|other| fits(reader, *other));
        let stale = fitting.clone().all(|other| is_replaced(reader, other));
        let last = fitting.max_by_key(|other| spans[*other].1);
        fits(reader, writer) && (!is_replaced(reader, writer) || stale && last == Some(writer))
    };
    let has = |part: u32, operation: usize| part >> operation & 1 == 1;
    let all = 0..spans.len();
    let is_closed = |part: &u32| {
        all.clone().filter(|reader| has(*part, *reader)).all(|reader| {
            all.clone().all(|writer| has(*part, writer) || !may_observe(reader, writer))
        })
    };
    (0..1 << spans.len()).filter(is_closed).collect()
}
