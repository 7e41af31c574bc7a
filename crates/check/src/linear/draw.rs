//! Operations without an order as text: when they begin and end, and how far orders come.

use super::model::Model;
use super::object::Object;
use super::orders::Orders;
use crate::counterexample::Obstacle;

/// What a drawing calls an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Who does it: `process 3 at n1`.
    pub who: String,
    /// What it is, with its result: `read 5`.
    pub what: String,
}

impl Label {
    fn both(&self) -> String {
        format!("{} ({})", shortened(&self.what), self.who)
    }
}

/// Maximum number of characters of a description; a longer one is cut.
const DESCRIPTION_MAX: usize = 40;
/// Maximum number of operations that are drawn.
const DRAWN_MAX: usize = 60;

/// Draws the operations of an object, a line each, on an axis of the order in which they begin and
/// end. Then follow the longest orders that work, if they are known, and why no other operation can
/// follow:
///
/// ```text
///   process 0 at n1   ├ write 1 ┤
///   process 1 at n2               ├ write 2 ┤
///   process 0 at n1                           ├ read 1 ┤
/// longest order that works: write 1 (process 0 at n1), write 2 (process 1 at n2)
///   read 1 (process 0 at n1) cannot follow: the value is 2
/// ```
///
/// An operation that does not end is open on the right.
pub fn draw<M: Model>(
    model: &M,
    object: &Object<M::Action>,
    labels: &[Label],
    orders: Option<&Orders>,
) -> Vec<String> {
    let mut lines = axis(object, labels);
    match orders {
        Some(orders) => lines.extend(describe(model, orders, labels)),
        None => lines.push("they are too many to try all of their orders here".to_owned()),
    }
    lines
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// A line for each operation.
fn axis<A: Copy>(object: &Object<A>, labels: &[Label]) -> Vec<String> {
    let texts: Vec<String> = labels.iter().map(|label| shortened(&label.what)).collect();
    let length = |operation: usize| texts[operation].chars().count();
    let mut begins = vec![0; texts.len()];
    let mut ends = vec![None; texts.len()];
    let mut column = 0;
    for event in object.events() {
        let operation = event.operation();
        if event.is_end() {
            column = column.max(begins[operation] + length(operation) + 3);
            ends[operation] = Some(column);
        } else {
            begins[operation] = column;
        }
        column += 2;
    }
    let open = (0..texts.len()).map(|operation| begins[operation] + length(operation) + 4);
    let right = open.max().unwrap_or(0).max(column);
    let who = labels.iter().map(|label| label.who.chars().count()).max().unwrap_or(0);
    let line = |operation: usize| {
        let begin = begins[operation];
        let (until, end) = match ends[operation] {
            Some(end) => (end, "┤"),
            None => (right, "→"),
        };
        let bar = "─".repeat(until - begin - length(operation) - 3);
        let (label, text) = (&labels[operation].who, &texts[operation]);
        format!("  {label:who$}   {}├ {text} {bar}{end}", " ".repeat(begin))
    };
    let mut lines: Vec<String> = (0..texts.len()).take(DRAWN_MAX).map(line).collect();
    if let Some(more) = texts.len().checked_sub(DRAWN_MAX + 1) {
        lines.push(format!("  … and {} more operations", more + 1));
    }
    lines
}

/// The longest orders.
fn describe<M: Model>(model: &M, orders: &Orders, labels: &[Label]) -> Vec<String> {
    let mut lines = Vec::new();
    for order in &orders.longest {
        let names: Vec<String> = order.operations.iter().map(|o| labels[*o].both()).collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        lines.push(format!("longest order that works: {names}"));
        let state = model.describe(order.state);
        for (operation, obstacle) in &order.next {
            let what = labels[*operation].both();
            lines.push(match obstacle {
                Obstacle::State => format!("  {what} cannot follow: the value is {state}"),
                Obstacle::After(other) => {
                    let other = labels[*other].both();
                    format!("  {what} cannot follow: it begins after the end of {other}")
                }
            });
        }
    }
    if orders.more > 0 {
        lines.push(format!("and {} more orders of that length", orders.more));
    }
    lines
}
