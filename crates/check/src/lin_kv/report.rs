//! What is said about keys: findings with their witnesses and drawings, and Maelstrom's result map.

use super::gather::{Gathered, KeyOperations, Objects};
use super::verdict::KeyVerdicts;
use super::words::{Keys, label, register_action, text_action};
use crate::counterexample::{Counterexample, DrawnOperation, LongestOrder, NoOrder};
use crate::edn::Edn;
use crate::history::op_edn;
use crate::history_rule::HistoryRule;
use crate::history_verdict::{FINDINGS_KEPT, Findings, Validity};
use crate::linear::{
    Budget, Label, Limits, Model, Object, Orders, Outcome, Register, draw, longest, witness,
};
use crate::operations::Operations;

/// Maximum number of operations that a message names; the drawing has all of them.
const NAMED_MAX: usize = 8;

/// Notes the findings in the strict sense. Returns the drawings.
pub(super) fn strict(
    ops: &Operations<'_>,
    gathered: &mut Gathered,
    verdicts: &KeyVerdicts,
    limits: &Limits,
    findings: &mut Findings,
) -> Vec<Vec<String>> {
    let mut drawings = Vec::new();
    for (key, event) in verdicts.violated() {
        let mut found = None;
        if drawings.len() < FINDINGS_KEPT {
            found = Some(violation(ops, gathered, key, event, limits));
        }
        let Violation { message, entries, drawing, no_order } = found.unwrap_or_default();
        findings.add_drawn(HistoryRule::NotLinearizable, &entries, || {
            (message, no_order.map(Counterexample::NoOrder))
        });
        drawings.extend((!drawing.is_empty()).then_some(drawing));
    }
    leave_open(gathered, verdicts, findings);
    drawings
}

/// Notes how far the check came where it reached a limit.
fn leave_open(gathered: &Gathered, verdicts: &KeyVerdicts, findings: &mut Findings) {
    for (key, event, exhausted) in verdicts.undetermined() {
        let events = match &gathered.objects {
            Objects::Registers(keys, _) => keys[key].object.events().len(),
            Objects::Texts(keys) => keys[key].0.object.events().len(),
        };
        let name = gathered.keys.name(key);
        let mut why = format!("{name}: {exhausted} is reached at begin or end {event} of {events}");
        if verdicts.keys > 1 {
            let checked = verdicts.outcomes.len() - verdicts.undetermined().count();
            why += &format!("; {checked} of {} keys are checked", verdicts.keys);
        }
        findings.leave_open(HistoryRule::CheckLimit, why);
    }
}

/// A key without an order: its description, the entries of its witness, and the drawing.
#[derive(Clone, Debug, Default)]
struct Violation {
    message: String,
    entries: Vec<usize>,
    drawing: Vec<String>,
    no_order: Option<NoOrder>,
}

fn violation(
    ops: &Operations<'_>,
    gathered: &mut Gathered,
    key: usize,
    event: usize,
    limits: &Limits,
) -> Violation {
    let Gathered { keys, objects, .. } = gathered;
    match objects {
        Objects::Registers(operations, values) => {
            let mut model = Register::new(0, values);
            let what = |action, _: &Register<'_>| register_action(action, values);
            describe(ops, keys, key, &operations[key], event, limits, &mut model, what)
        }
        Objects::Texts(operations) => {
            let (operations, model) = &mut operations[key];
            describe(ops, keys, key, operations, event, limits, model, text_action)
        }
    }
}

#[expect(clippy::too_many_arguments, reason = "the model's type is the caller's")]
fn describe<M: Model>(
    ops: &Operations<'_>,
    keys: &Keys,
    key: usize,
    operations: &KeyOperations<M::Action>,
    event: usize,
    limits: &Limits,
    model: &mut M,
    what: impl Fn(M::Action, &M) -> String,
) -> Violation {
    let object = &operations.object;
    let mut budget = Budget::for_witness(limits);
    let found = witness(model, object, event, &mut budget);
    let place = |operation: usize| operations.operations[operation] as usize;
    let labels: Vec<Label> = found
        .operations
        .iter()
        .map(|o| label(ops, &ops.all[place(*o)], what(object.actions()[*o], model)))
        .collect();
    let mut entries: Vec<usize> = found
        .operations
        .iter()
        .flat_map(|o| {
            let operation = ops.all[place(*o)];
            [Some(operation.invoke), operation.completion]
        })
        .flatten()
        .collect();
    entries.sort_unstable();
    let name = keys.name(key);
    let message = message(&name, &labels, found.is_minimal);
    let part = found.part(object, event);
    let mut drawing = vec![format!("{name} has no order of these operations:")];
    let orders = longest(model, &part, &mut budget);
    drawing.extend(draw(model, &part, &labels, orders.as_ref()));
    let places: Vec<usize> = found.operations.iter().map(|o| place(*o)).collect();
    let operations = drawn(ops, &part, &places, labels);
    let no_order = Some(no_order(name, operations, model, orders));
    Violation { message, entries, drawing, no_order }
}

/// Returns the operations of a part as they are drawn. What ends after the part has no end in it.
fn drawn<A: Copy>(
    ops: &Operations<'_>,
    part: &Object<A>,
    places: &[usize],
    labels: Vec<Label>,
) -> Vec<DrawnOperation> {
    let mut ends = vec![false; places.len()];
    let ended = part.events().iter().filter(|event| event.is_end());
    ended.for_each(|event| ends[event.operation()] = true);
    let operation = |((place, label), has_end): ((&usize, Label), bool)| {
        let operation = &ops.all[*place];
        let (invoke, completion) = (operation.invoke, operation.completion.filter(|_| has_end));
        DrawnOperation { who: label.who, what: label.what, invoke, completion }
    };
    places.iter().zip(labels).zip(ends).map(operation).collect()
}

fn no_order<M: Model>(
    object: String,
    operations: Vec<DrawnOperation>,
    model: &M,
    orders: Option<Orders>,
) -> NoOrder {
    let more = orders.as_ref().map_or(0, |orders| orders.more);
    let longest = orders.map(|orders| {
        let order = |order: crate::linear::Order| LongestOrder {
            state: model.describe(order.state),
            operations: order.operations,
            blocked: order.next,
        };
        orders.longest.into_iter().map(order).collect()
    });
    NoOrder { object, operations, longest, more }
}

fn message(name: &str, labels: &[Label], is_minimal: bool) -> String {
    let names: Vec<String> = labels
        .iter()
        .take(NAMED_MAX)
        .map(|label| format!("{} ({})", label.what, label.who))
        .collect();
    let mut text = format!("{name}: no order explains {}", names.join(", "));
    if let Some(more) = labels.len().checked_sub(NAMED_MAX).filter(|more| *more > 0) {
        text += &format!(" and {more} more operations");
    }
    if !is_minimal {
        text += " (a limit was reached before they were the fewest possible)";
    }
    text
}

/// Returns what Maelstrom says, and its result map.
pub(super) fn parity(
    ops: &Operations<'_>,
    gathered: &Gathered,
    verdicts: &KeyVerdicts,
) -> (Validity, Edn) {
    let key = |key: usize| Edn::from_json(&gathered.keys.values[key]);
    let mut all = Validity::Valid;
    let mut results = Vec::new();
    let mut failures = Vec::new();
    for (number, outcome) in verdicts.outcomes.iter().enumerate() {
        let valid = match outcome {
            Outcome::Linearizable => Validity::Valid,
            Outcome::Violated(_) => Validity::Invalid,
            Outcome::Undetermined(..) => Validity::Unknown,
        };
        all = all.and(valid);
        if valid == Validity::Invalid {
            failures.push(key(number));
        }
        let mut linearizable = vec![(Edn::keyword("valid?"), valid.edn())];
        if let Outcome::Violated(event) = outcome {
            linearizable.push((Edn::keyword("op"), last_op(ops, gathered, number, *event)));
        }
        let result = [("linearizable", Edn::Map(linearizable)), ("valid?", valid.edn())];
        results.push((key(number), Edn::map(result)));
    }
    if verdicts.outcomes.len() < verdicts.keys {
        all = all.and(Validity::Unknown);
    }
    if !gathered.keys.are_named {
        let result = results.pop().and_then(|(_, result)| result.get("linearizable").cloned());
        return (all, result.unwrap_or_else(|| Edn::map([("valid?", all.edn())])));
    }
    let result = Edn::map([
        ("valid?", all.edn()),
        ("results", Edn::Map(results)),
        ("failures", Edn::List(failures)),
    ]);
    (all, result)
}

/// The entry that ends the operation after which no order is left.
fn last_op(ops: &Operations<'_>, gathered: &Gathered, key: usize, event: usize) -> Edn {
    let place = match &gathered.objects {
        Objects::Registers(keys, _) => {
            keys[key].operations[keys[key].object.events()[event].operation()]
        }
        Objects::Texts(keys) => {
            let (key, _) = &keys[key];
            key.operations[key.object.events()[event].operation()]
        }
    };
    let entry = ops.all[place as usize].completion;
    entry.map_or(Edn::Nil, |entry| op_edn(entry, &ops.history[entry], ops.nodes))
}
