//! Why transactions break a level up to causal consistency, edge by edge.

use super::decide::WeakGraph;
use super::inferred::Inferred;
use super::level::Level;
use super::limits::{Budget, Exhausted};
use super::transactions::INITIALLY;
use super::words::{Explained, WitnessCycle, WitnessEdge, Words, draw};

/// Explains a shortest cycle.
pub(super) fn explain(
    words: Words<'_>,
    level: Level,
    budget: &mut Budget,
) -> Result<Explained, Exhausted> {
    let weak = WeakGraph::of(words.transactions, level, budget)?;
    let cycle = weak.whole().short_cycle(budget)?.unwrap_or_default();
    let weak = Weak { words, level, graph: &weak };
    let (mut reasons, mut drawn) = (Vec::new(), Vec::new());
    let mut edges = Vec::new();
    for (place, from) in cycle.iter().copied().enumerate() {
        let to = cycle[(place + 1) % cycle.len()];
        let (reason, label) = match weak.given_reason(from, to) {
            Some(given) => given,
            None => weak.inferred_reason(from, to),
        };
        drawn.push((words.name(from), label.clone()));
        reasons.push(reason.clone());
        edges.push(WitnessEdge { from: from as usize, to: to as usize, label, reason });
    }
    let cycle = WitnessCycle { assumption: String::new(), edges };
    let (drawing, inferred) = (draw(&drawn), Vec::new());
    Ok(Explained { reasons, drawing, inferred, cycles: vec![cycle] })
}

struct Weak<'a> {
    words: Words<'a>,
    level: Level,
    graph: &'a WeakGraph,
}

impl Weak<'_> {
    /// The reason of a given edge, and its label.
    fn given_reason(&self, from: u32, to: u32) -> Option<(String, String)> {
        let words = self.words;
        if !self.graph.base.successors(from).contains(&to) {
            return None;
        }
        let (first, second) = (words.name(from), words.name(to));
        if from == INITIALLY {
            return Some((format!("{second} comes after the initial state"), "initial".to_owned()));
        }
        let reads = words.transactions.reads.row(to);
        if let Some(read) = reads.iter().find(|read| read.from == from) {
            let reason = format!("{second} reads {}", words.read(*read));
            return Some((reason, format!("wr {}", words.key(read.key))));
        }
        let reason = format!("{first} comes before {second} in {}", words.session(to));
        Some((reason, "so".to_owned()))
    }

    /// The reason of an inferred edge, and its label.
    fn inferred_reason(&self, from: u32, to: u32) -> (String, String) {
        let words = self.words;
        let edge = self.graph.inferred.iter().find(|edge| edge.edge() == (from, to));
        let Some(edge) = edge else { return Default::default() };
        let (first, second, reader) = (words.name(from), words.name(to), words.name(edge.reader));
        let value = words.assigned(to, edge.key);
        let why = self.sees(edge);
        let reason = match to {
            INITIALLY => format!(
                "{first} would have to come before the initial state: {reader} reads {value}, the \
                 initial value, although {first} writes {} and {why}",
                words.key(edge.key)
            ),
            _ => format!(
                "{first} has to come before {second}, inferred: both write {}, and {reader} reads \
                 {value} from {second} although {why}",
                words.key(edge.key)
            ),
        };
        (reason, format!("inferred {} from {reader}", words.key(edge.key)))
    }

    /// Why the reader of an inferred edge sees the first writer.
    fn sees(&self, edge: &Inferred) -> String {
        let (words, Inferred { from, reader, .. }) = (self.words, *edge);
        let (writer, second) = (words.name(from), words.name(reader));
        let mut reads = words.transactions.reads.row(reader).iter();
        if let Some(read) = reads.find(|read| read.from == from) {
            let before = if self.level == Level::ReadCommitted { " before" } else { "" };
            return format!("it reads {} from {writer}{before}", words.assigned(from, read.key));
        }
        let sessions = &words.transactions.session;
        if sessions[from as usize] == sessions[reader as usize] && from < reader {
            return format!("{writer} comes before it in {}", words.session(reader));
        }
        let path = self.graph.base.path(from, reader).unwrap_or_default();
        let steps = path.windows(2).filter_map(|pair| self.given_reason(pair[0], pair[1]));
        let steps: Vec<String> = steps.map(|(reason, _)| reason).collect();
        format!("{writer} happened before {second} ({})", steps.join("; "))
    }
}
