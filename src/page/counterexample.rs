//! A counterexample in the section of its finding: what is drawn, and what the diagram is told.

use serde_json::{Value, json};

use super::cycle;
use super::html::Html;
use super::no_order::{self, Span};
use crate::check::{Counterexample, Cycles, NoOrder};
use crate::engine::time::Instant;
use crate::history::{EntryKind, Op};

/// A counterexample, and when its operations were under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCounterexample {
    example: Counterexample,
    /// Begin and end of each operation or transaction; `None` for the initial state.
    spans: Vec<Option<Span>>,
    /// The entry that begins each of them.
    begins: Vec<Option<usize>>,
}

impl PageCounterexample {
    /// Returns a counterexample of a history.
    pub fn new(example: Counterexample, history: &[Op]) -> PageCounterexample {
        let at = |entry: usize| history.get(entry).map_or(Instant::ZERO, |op| op.time);
        let (spans, begins) = match &example {
            Counterexample::NoOrder(no_order) => no_order
                .operations
                .iter()
                .map(|o| (Some((at(o.invoke), o.completion.map(at))), Some(o.invoke)))
                .unzip(),
            Counterexample::Cycles(cycles) => {
                let span = |entry: Option<usize>| {
                    let (begin, end) = whole(history, entry?)?;
                    Some(((at(begin), end.map(at)), begin))
                };
                let found = cycles.transactions.iter().map(|transaction| span(transaction.entry));
                found.map(|found| found.unzip()).unzip()
            }
        };
        PageCounterexample { example, spans, begins }
    }

    /// Writes its drawings with their words.
    pub(super) fn write(&self, html: &mut Html) {
        match &self.example {
            Counterexample::NoOrder(example) => {
                let spans: Vec<Span> = self.spans.iter().copied().flatten().collect();
                no_order::write(html, example, &spans);
            }
            Counterexample::Cycles(example) => cycle::write(html, example, &self.spans),
        }
    }

    /// Returns what the space-time diagram and the timeline show of it: names of operations by the
    /// entries that begin them, edges between them, and sentences.
    pub(super) fn to_json(&self) -> Value {
        match &self.example {
            Counterexample::NoOrder(example) => self.order_json(example),
            Counterexample::Cycles(example) => self.cycle_json(example),
        }
    }

    fn order_json(&self, example: &NoOrder) -> Value {
        let first = example.longest.as_deref().and_then(|longest| longest.first());
        let entry = |place: &usize| self.begins.get(*place).copied().flatten();
        let what = |place: &usize| example.operations.get(*place).map(|o| o.what.as_str());
        let taken = first.map(|order| order.operations.as_slice()).unwrap_or_default();
        let names = (1..).zip(taken).map(|(number, place)| {
            json!({"entry": entry(place), "name": number.to_string(), "words": what(place)})
        });
        let blocked = first.map(|order| order.blocked.as_slice()).unwrap_or_default();
        let blocked = blocked.iter().map(|(place, _)| {
            json!({"entry": entry(place), "name": "✗", "words": what(place), "blocked": true})
        });
        let names: Vec<Value> = names.chain(blocked).collect();
        let edges: Vec<Value> = taken
            .windows(2)
            .map(|pair| json!({"from": entry(&pair[0]), "to": entry(&pair[1]), "label": ""}))
            .collect();
        json!({"kind": "order", "names": names, "edges": edges})
    }

    fn cycle_json(&self, example: &Cycles) -> Value {
        let entry = |place: usize| self.begins.get(place).copied().flatten();
        let name = |place: usize| example.transactions.get(place).map(|t| t.name.as_str());
        let names: Vec<Value> = example
            .transactions
            .iter()
            .enumerate()
            .map(|(place, transaction)| {
                let words = transaction.accesses.join(", ");
                json!({"entry": entry(place), "name": transaction.name, "words": words})
            })
            .collect();
        let edges: Vec<Value> = example
            .cycles
            .iter()
            .flat_map(|cycle| cycle.edges.iter().map(move |edge| (cycle, edge)))
            .map(|(cycle, edge)| {
                json!({
                    "from": entry(edge.from),
                    "to": entry(edge.to),
                    "label": edge.label,
                    "names": [name(edge.from), name(edge.to)],
                    "reason": edge.reason,
                    "case": cycle.assumption,
                })
            })
            .collect();
        json!({"kind": "cycle", "names": names, "edges": edges, "inferred": example.inferred})
    }
}

/// The entries that begin and end the operation of an entry.
fn whole(history: &[Op], entry: usize) -> Option<(usize, Option<usize>)> {
    let op = history.get(entry)?;
    let is_same = |other: &(usize, &Op)| other.1.process == op.process;
    if op.kind == EntryKind::Invoke {
        let mut later = history.iter().enumerate().skip(entry + 1);
        return Some((entry, later.find(is_same).map(|(place, _)| place)));
    }
    let mut earlier = history[..entry].iter().enumerate().rev();
    let begin = earlier.find(is_same).map_or(entry, |(place, _)| place);
    Some((begin, (op.kind == EntryKind::Ok).then_some(entry)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{
        DrawnOperation, DrawnTransaction, LabelledCycle, LabelledEdge, LongestOrder, Obstacle,
    };

    /// A counterexample of each kind in which a text is wherever foreign text can be.
    fn examples(text: &str) -> [Counterexample; 2] {
        let text = || text.to_owned();
        let operation =
            |invoke, completion| DrawnOperation { who: text(), what: text(), invoke, completion };
        let blocked = vec![(1, Obstacle::After(2)), (2, Obstacle::State)];
        let order = LongestOrder { operations: vec![0], state: text(), blocked };
        let operations = vec![operation(0, Some(1)), operation(2, None), operation(3, Some(4))];
        let no_order = NoOrder { object: text(), operations, longest: Some(vec![order]), more: 1 };
        let transaction =
            |entry| DrawnTransaction { name: text(), who: text(), accesses: vec![text()], entry };
        let edge = |from, to| LabelledEdge { from, to, label: text(), reason: text() };
        let cycles = Cycles {
            anomaly: text(),
            transactions: [Some(0), Some(2), Some(3), None].map(transaction).to_vec(),
            inferred: vec![text()],
            cycles: vec![LabelledCycle {
                assumption: text(),
                edges: vec![edge(0, 1), edge(1, 2), edge(2, 0)],
            }],
            weakest_broken: vec![text()],
            strongest_left: vec![text()],
        };
        [Counterexample::NoOrder(no_order), Counterexample::Cycles(cycles)]
    }

    fn html(example: Counterexample) -> String {
        let mut html = Html::default();
        PageCounterexample::new(example, &[]).write(&mut html);
        html.finish()
    }

    #[test]
    fn foreign_text_in_a_drawing_is_no_markup() {
        let tags = |page: &str| page.matches('<').count();
        // Of one length, since labels are left out where there is no room.
        let (text, payload) = ("harmless xyz", "\"><script>'&");
        for (harmless, hostile) in examples(text).into_iter().zip(examples(payload)) {
            let (harmless, hostile) = (html(harmless), html(hostile));
            assert_eq!(tags(&hostile), tags(&harmless), "{hostile}");
            assert!(!hostile.contains("<script"), "{hostile}");
            assert!(harmless.contains("<svg") && harmless.contains(text), "{harmless}");
        }
    }

    #[test]
    fn drawings_have_what_the_words_have() {
        let [order, cycle] = examples("text").map(html);
        let words = "cannot follow: it begins after the end of text (text), which is not in the";
        assert!(order.contains(words) && order.contains("✗ text"), "{order}");
        assert!(order.contains("1 more orders come as far"), "{order}");
        for part in ["Case: text", "1: text", "3: text", "text before text (text): text"] {
            assert!(cycle.contains(part), "{part}: {cycle}");
        }
    }
}
