//! The timeline of each element of a set over all readers together, and the outcome that Jepsen
//! derives from it.

use serde_json::Value;

use super::elements::Elements;
use super::operations::{Operation, Operations};
use crate::engine::time::{Duration, Instant};
use crate::history::{EntryKind, F, OpValue};

/// Guarantee of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetKind {
    /// A node's later reads have every element that it has acknowledged; elements are added with
    /// `broadcast`.
    Broadcast,
    /// All nodes have all elements eventually; elements are added with `add`.
    GSet,
}

impl SetKind {
    /// Returns the function that adds an element.
    pub fn f(self) -> F {
        match self {
            SetKind::Broadcast => F::Broadcast,
            SetKind::GSet => F::Add,
        }
    }
}

/// Returns the elements of an ok read in their order, and its items that are not integers; nil is
/// an empty list, as in Jepsen. `None` if the value is not a list.
pub(super) fn elements_read(value: &OpValue) -> Option<(Vec<i64>, Vec<&Value>)> {
    match value {
        OpValue::Nil => Some((Vec::new(), Vec::new())),
        OpValue::Ints(values) => Some((values.to_vec(), Vec::new())),
        OpValue::Json(Value::Array(items)) => {
            let whole = items.iter().filter_map(Value::as_i64).collect();
            Some((whole, items.iter().filter(|item| !item.is_i64()).collect()))
        }
        _ => None,
    }
}

/// When an element is visible, over all readers. All fields are indices in the history.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight {
    /// Invocation of its add.
    pub(super) added: usize,
    /// Completion of its add.
    pub(super) closed: Option<usize>,
    /// First evidence of the element: the ok of its add, or a read that has it.
    pub(super) known: Option<usize>,
    /// Invocation of the last read that has it.
    pub(super) last_present: Option<usize>,
    /// Invocation of the last read that lacks it.
    pub(super) last_absent: Option<usize>,
}

impl Sight {
    pub(super) fn outcome(&self, ops: &Operations<'_>) -> Outcome {
        // From after the last contrary read, or the beginning without one, minus when it was known.
        let latency = |contrary: Option<usize>| {
            let after = contrary.map_or(Instant::ZERO, |read| {
                ops.history[read].time.saturating_add(Duration::from_ns(1))
            });
            let known = self.known.map_or(Instant::ZERO, |known| ops.history[known].time);
            after.saturating_since(known)
        };
        let Some(known) = self.known else { return Outcome::NeverRead };
        if self.last_present > self.last_absent {
            return Outcome::Stable { latency: latency(self.last_absent) };
        }
        match self.last_absent {
            Some(absent) if known < absent => Outcome::Lost { latency: latency(self.last_present) },
            _ => Outcome::NeverRead,
        }
    }
}

/// The sight of each element, by its number.
#[derive(Debug)]
pub(super) struct Timeline {
    pub(super) sights: Vec<Sight>,
}

impl Timeline {
    pub(super) fn of(ops: &Operations<'_>, kind: SetKind, elements: &Elements) -> Timeline {
        let f = kind.f();
        let mut timeline = Timeline { sights: Vec::with_capacity(elements.len()) };
        // For each element the index of the last read that has it: no set is allocated per read.
        let mut shown_by = vec![usize::MAX; elements.len()];
        for (index, op) in ops.history.iter().enumerate() {
            let Some(operation) = ops.at(index) else { continue };
            if op.f == f {
                timeline.add(ops, operation, index, elements);
            } else if op.f == F::Read && op.kind == EntryKind::Ok {
                timeline.read(operation.invoke, index, &op.value, elements, &mut shown_by);
            }
        }
        timeline
    }

    pub(super) fn add(
        &mut self,
        ops: &Operations<'_>,
        add: &Operation,
        index: usize,
        elements: &Elements,
    ) {
        let OpValue::Int(value) = ops.argument(add) else { return };
        let Some(number) = elements.number(*value) else { return };
        if index == add.invoke {
            // An element that is added again starts over.
            let sight = Sight { added: index, ..Sight::default() };
            match self.sights.get_mut(number) {
                Some(before) => *before = sight,
                None => self.sights.push(sight),
            }
        } else {
            let sight = &mut self.sights[number];
            sight.closed = Some(index);
            if add.outcome == EntryKind::Ok {
                sight.known = sight.known.or(Some(index));
            }
        }
    }

    pub(super) fn read(
        &mut self,
        invoke: usize,
        index: usize,
        value: &OpValue,
        elements: &Elements,
        shown_by: &mut [usize],
    ) {
        let Some((values, _)) = elements_read(value) else { return };
        for value in values.iter() {
            let Some(number) = elements.number(*value) else { continue };
            shown_by[number] = index;
            if let Some(sight) = self.sights.get_mut(number) {
                sight.known = sight.known.or(Some(index));
                sight.last_present = sight.last_present.max(Some(invoke));
            }
        }
        for (sight, shown_by) in self.sights.iter_mut().zip(shown_by) {
            if *shown_by != index {
                sight.last_absent = sight.last_absent.max(Some(invoke));
            }
        }
    }
}

/// Outcome of an element.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Outcome {
    Stable { latency: Duration },
    Lost { latency: Duration },
    NeverRead,
}

impl Outcome {
    pub(super) fn stable(&self) -> Option<Duration> {
        match self {
            Outcome::Stable { latency } => Some(*latency),
            _ => None,
        }
    }

    pub(super) fn lost(&self) -> Option<Duration> {
        match self {
            Outcome::Lost { latency } => Some(*latency),
            _ => None,
        }
    }
}
