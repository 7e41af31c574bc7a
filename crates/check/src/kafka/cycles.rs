//! Circles of operations: G1c.
//!
//! An operation precedes another one that reads what it sends (*wr*), one that its process begins
//! later, and one that begins after it has ended with ok (*realtime*). A circle of these is an
//! error, named by the weakest orders that it needs: `G1c` needs reads alone, `G1c-process` also
//! the order of processes, `G1c-realtime` that of real time. Maelstrom's checker knows no order of
//! processes and calls the second kind like the third.
//!
//! Where operations either send or read, there is no circle unless some read ends before its
//! message's send begins: on a way along other reads each send begins later than the one before.
//! So the search is made only then, or where transactions do both. The order of real time goes
//! through one more node for each ok operation, which stands for all that has ended until then, so
//! that there are few edges.

use std::collections::BTreeMap;

use super::errors::{Case, ErrorType};
use super::limits::{Budget, Exhausted};
use super::marks::ENDED;
use super::none::NONE;
use super::orders::Reports;
use super::resolve::ResolvedReads;
use super::walk::is_data;
use super::words::Words;
use crate::components::{components, shortest_cycle};
use crate::history::EntryKind;
use crate::history_rule::HistoryRule;

/// A circle, and what it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cycle {
    /// The weakest orders with which there is one.
    pub rule: HistoryRule,
    /// Its operations: each precedes the next, and the last one the first.
    pub operations: Vec<u32>,
    /// Why each precedes the next.
    pub steps: Vec<Step>,
}

/// Why an operation precedes another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It sends a message that the other one reads.
    Reads(u32),
    /// It is done earlier by the same process.
    Process,
    /// It ends before the other one begins.
    Realtime,
}

/// Finds circles. Returns one of each group of operations that precede each other.
pub(super) fn check(
    words: Words<'_>,
    reports: &mut Reports<'_>,
    budget: &mut Budget,
) -> Result<Vec<Cycle>, Exhausted> {
    if !words.survey.may_have_cycles {
        return Ok(Vec::new());
    }
    let graph = Graph::of(words, budget)?;
    let mut steps = budget.cycle_steps_max();
    let groups = components(graph.count(), |node, n| graph.predecessor(node, n));
    let mut cycles: Vec<Cycle> =
        groups.iter().map(|group| graph.cycle(group, &mut steps)).collect();
    cycles.sort_by_key(|cycle| cycle.operations.iter().min().copied());
    for (place, cycle) in cycles.iter().enumerate() {
        let (kind, exists) = match cycle.rule {
            HistoryRule::G1c => (ErrorType::G1c, ErrorType::Pl2CycleExists),
            _ => (ErrorType::G1cRealtime, ErrorType::StrongPl2CycleExists),
        };
        let length = cycle.operations.len() as i64;
        reports.errors.add(kind, length, || Case::Cycle(place));
        reports.errors.add(exists, length, || Case::Cycle(place));
        let entry = |operation: &u32| graph.entry(*operation);
        let entries: Vec<usize> = cycle.operations.iter().map(entry).collect();
        reports.findings.add(cycle.rule, &entries, || cycle.describe(words));
    }
    Ok(cycles)
}

/// Operations, then one node for each ok operation that stands for all ended until then.
struct Graph<'a> {
    words: Words<'a>,
    /// Operations that read what others send, and those, in order.
    reads: Vec<(u32, u32)>,
    /// Where those of each operation begin.
    starts: Vec<u32>,
    /// Number of ok operations that have ended when an operation begins, or [`NONE`] if it does
    /// nothing with messages or has no end.
    ended_before: Vec<u32>,
    /// Ok operations in the order of their ends.
    ended: Vec<u32>,
    /// The ok operation that the same process has done before, or [`NONE`].
    process_before: Vec<u32>,
}

impl<'a> Graph<'a> {
    fn of(words: Words<'a>, budget: &mut Budget) -> Result<Graph<'a>, Exhausted> {
        let count = words.ops.all.len();
        budget.bytes(50 * count as u64, None)?;
        let mut graph = Graph {
            words,
            reads: Vec::new(),
            starts: Vec::with_capacity(count + 1),
            ended_before: vec![NONE; count],
            ended: Vec::new(),
            process_before: vec![NONE; count],
        };
        graph.note_entries(budget)?;
        graph.reads.sort_unstable();
        graph.reads.dedup();
        let mut place = 0;
        for operation in 0..count as u32 {
            graph.starts.push(place);
            let rest = graph.reads[place as usize..].iter();
            place += rest.take_while(|(reader, _)| *reader == operation).count() as u32;
        }
        graph.starts.push(place);
        Ok(graph)
    }

    fn note_entries(&mut self, budget: &mut Budget) -> Result<(), Exhausted> {
        let ops = self.words.ops;
        let mut last_ok: BTreeMap<u64, u32> = BTreeMap::new();
        for (index, op) in ops.history.iter().enumerate() {
            let Some(place) = ops.of[index].filter(|_| is_data(&op.f)) else { continue };
            let operation = &ops.all[place];
            if op.kind == EntryKind::Invoke {
                if operation.completion.is_some() {
                    self.ended_before[place] = self.ended.len() as u32;
                }
                continue;
            }
            let before = self.reads.len();
            self.note_reads(index, place as u32);
            budget.steps((self.reads.len() - before) as u64, index)?;
            budget.bytes(8 * (self.reads.len() - before) as u64, Some(index))?;
            if op.kind == EntryKind::Ok {
                self.ended.push(place as u32);
                let last = last_ok.insert(operation.process, place as u32);
                self.process_before[place] = last.unwrap_or(NONE);
            }
        }
        Ok(())
    }

    fn note_reads(&mut self, index: usize, place: u32) {
        let mut reads = ResolvedReads::default();
        self.words.names.known_reads(&self.words.ops.history[index], &mut reads);
        for message in &reads.messages {
            let writer = self.words.survey.writers[*message as usize];
            let has_ended = self.words.survey.flags[*message as usize] & ENDED != 0;
            if has_ended && writer != place && self.reads.last() != Some(&(place, writer)) {
                self.reads.push((place, writer));
            }
        }
    }

    fn count(&self) -> usize {
        self.ended_before.len() + self.ended.len()
    }

    fn operations(&self) -> usize {
        self.ended_before.len()
    }

    /// The senders of what an operation reads.
    fn senders(&self, operation: u32) -> &[(u32, u32)] {
        let operation = operation as usize;
        &self.reads[self.starts[operation] as usize..self.starts[operation + 1] as usize]
    }

    /// The n-th predecessor of a node, by reads and real time.
    fn predecessor(&self, node: u32, n: usize) -> Option<u32> {
        let operations = self.operations() as u32;
        if node >= operations {
            let ended = node - operations;
            return match n {
                0 => Some(self.ended[ended as usize]),
                1 if ended > 0 => Some(node - 1),
                _ => None,
            };
        }
        let senders = self.senders(node);
        match senders.get(n) {
            Some((_, sender)) => Some(*sender),
            None if n == senders.len() => match self.ended_before[node as usize] {
                0 | NONE => None,
                ended => Some(operations + ended - 1),
            },
            None => None,
        }
    }

    /// The predecessors of a node under the orders that a rule allows.
    fn under(&self, rule: HistoryRule, node: u32) -> Vec<u32> {
        if rule == HistoryRule::G1cRealtime {
            return (0..).map_while(|n| self.predecessor(node, n)).collect();
        }
        if node as usize >= self.operations() {
            return Vec::new();
        }
        let senders = self.senders(node).iter().map(|(_, sender)| *sender);
        let before = self.process_before[node as usize];
        let process = (rule == HistoryRule::G1cProcess && before != NONE).then_some(before);
        senders.chain(process).collect()
    }

    /// A shortest circle of the weakest kind in a group of nodes that precede each other.
    fn cycle(&self, group: &[u32], steps: &mut u64) -> Cycle {
        let rules = [HistoryRule::G1c, HistoryRule::G1cProcess, HistoryRule::G1cRealtime];
        for rule in rules {
            let local = self.local(rule, group);
            let parts = components(local.len(), |node, n| local[node as usize].get(n).copied());
            let shortest = parts
                .iter()
                .map(|part| {
                    let part: Vec<u32> = part.iter().map(|node| group[*node as usize]).collect();
                    let operations = part.partition_point(|n| (*n as usize) < self.operations());
                    let cycle = shortest_cycle(operations, &self.local(rule, &part), steps);
                    cycle.into_iter().map(|node| part[node as usize]).collect::<Vec<u32>>()
                })
                .min_by_key(Vec::len);
            if let Some(operations) = shortest {
                let steps = self.steps(rule, &operations);
                return Cycle { rule, operations, steps };
            }
        }
        unreachable!("nodes that precede each other are on a circle")
    }

    /// The predecessors of each node of a group that are in it, by their places in it.
    fn local(&self, rule: HistoryRule, group: &[u32]) -> Vec<Vec<u32>> {
        let place = |node: u32| group.binary_search(&node).ok().map(|place| place as u32);
        let of_node = |node: &u32| self.under(rule, *node).into_iter().filter_map(place).collect();
        group.iter().map(of_node).collect()
    }

    fn steps(&self, rule: HistoryRule, operations: &[u32]) -> Vec<Step> {
        let next = operations.iter().cycle().skip(1);
        operations.iter().zip(next).map(|(from, to)| self.step(rule, *from, *to)).collect()
    }

    fn step(&self, rule: HistoryRule, from: u32, to: u32) -> Step {
        if self.senders(to).iter().any(|(_, sender)| *sender == from) {
            let mut reads = ResolvedReads::default();
            self.words.names.known_reads(&self.words.ops.history[self.entry(to)], &mut reads);
            let is_from = |message: &u32| self.words.survey.writers[*message as usize] == from;
            if let Some(message) = reads.messages.into_iter().find(is_from) {
                return Step::Reads(message);
            }
        }
        match rule {
            HistoryRule::G1cProcess => Step::Process,
            _ => Step::Realtime,
        }
    }

    /// The entry that ends an operation.
    fn entry(&self, operation: u32) -> usize {
        let operation = &self.words.ops.all[operation as usize];
        operation.completion.unwrap_or(operation.invoke)
    }
}

impl Cycle {
    fn describe(&self, words: Words<'_>) -> String {
        let name = |operation: u32| {
            let operation = &words.ops.all[operation as usize];
            let entry = operation.completion.unwrap_or(operation.invoke);
            format!(
                "{} of {} (entry {entry})",
                words.ops.f(operation).name(),
                words.ops.who(operation)
            )
        };
        let next = self.operations.iter().cycle().skip(1);
        let steps = self.operations.iter().zip(next).zip(&self.steps);
        let steps = steps.map(|((from, to), step)| {
            let (from, to) = (name(*from), name(*to));
            match step {
                Step::Reads(message) => {
                    let key = words.key(words.names.messages.key(*message));
                    format!("{to} reads {} of {key} from {from}", words.message(*message))
                }
                Step::Process => format!("{from} is followed by {to}"),
                Step::Realtime => format!("{from} ends before {to} begins"),
            }
        });
        steps.collect::<Vec<String>>().join("; ")
    }
}
