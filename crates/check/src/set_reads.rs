//! Requirements on single reads and single nodes, for sets whose elements are never removed.
//!
//! - A read has no element twice, and none whose add has not been invoked.
//! - Once a node has returned an element, all its later reads have it; in a broadcast also once it
//!   has acknowledged the element. Only reads that begin after that count, and a crash in between
//!   voids the requirement: memory may be recovered from other nodes later.
//! - The last final read of each node has every element that is known when it begins, and every
//!   element whose add has ended by then and that another final read has.
//!
//! In a history without node names, a process is a proxy for its node, since it never changes it;
//! this finds fewer violations, but no false ones.

use std::collections::BTreeMap;

use super::elements::Elements;
use super::history_rule::HistoryRule;
use super::history_verdict::Findings;
use super::operations::{FINAL_IS_INFERRED, NO_FINAL_READ, Operation, Operations};
use super::set_timeline::{SetKind, Timeline, elements_read};
use crate::history::{EntryKind, F, Op, OpValue, Process};

/// Checks all requirements. Elements that are lost altogether, so that no final read has them, are
/// not reported again for each node.
pub(super) fn check(
    ops: &Operations<'_>,
    kind: SetKind,
    elements: &Elements,
    timeline: &Timeline,
    is_lost: &dyn Fn(usize) -> bool,
    findings: &mut Findings,
) {
    let mut reads = Reads {
        ops,
        kind,
        elements,
        begun: 0,
        promised: BTreeMap::new(),
        shown_by: vec![usize::MAX; elements.len()],
        last_crash: None,
        findings,
    };
    for (index, op) in ops.history.iter().enumerate() {
        reads.entry(index, op);
    }
    if kind == SetKind::GSet {
        let why = "a g-set promises that elements arrive in the end, and not where they show first";
        reads.findings.skip(HistoryRule::NotVisibleAtOrigin, why);
    }
    reads.check_final_reads(timeline, is_lost);
}

/// Server of a client: a node, or the client's process if nodes are unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Node(u32),
    Process(u64),
}

impl Place {
    fn of(operation: &Operation) -> Place {
        operation.node.map_or(Place::Process(operation.process), Place::Node)
    }
}

/// Note on findings that Maelstrom would report, were it not for a mistake in its checker.
const OVERLOOKED: &str = "Maelstrom's checker overlooks it";

/// No entry of the history.
const NEVER: usize = usize::MAX;

/// State of the pass over a history's reads.
struct Reads<'a, 'f> {
    ops: &'a Operations<'a>,
    kind: SetKind,
    elements: &'a Elements,
    /// Number of elements whose add has been invoked.
    begun: usize,
    /// For each place and element the first entry from which on its reads must have the element.
    promised: BTreeMap<Place, Vec<usize>>,
    /// Last read that has each element.
    shown_by: Vec<usize>,
    /// Last action of the nemesis that affects nodes' memory.
    last_crash: Option<usize>,
    findings: &'f mut Findings,
}

impl Reads<'_, '_> {
    fn entry(&mut self, index: usize, op: &Op) {
        let Some(operation) = self.ops.at(index).copied() else {
            if is_crash(op) {
                self.promised.clear();
                self.last_crash = Some(index);
            }
            return;
        };
        if op.f == self.kind.f() {
            let OpValue::Int(value) = self.ops.argument(&operation) else { return };
            let Some(number) = self.elements.number(*value) else { return };
            self.begun = self.begun.max(number + 1);
            if op.kind == EntryKind::Ok && self.kind == SetKind::Broadcast {
                self.promise(&operation, index, &[number]);
            }
        } else if op.f == F::Read && op.kind == EntryKind::Ok {
            self.read(&operation, index, &op.value);
        }
    }

    /// Requires reads of the operation's place to have these elements from this entry on.
    fn promise(&mut self, operation: &Operation, index: usize, numbers: &[usize]) {
        if self.last_crash.is_some_and(|crash| operation.invoke < crash) {
            return;
        }
        let promised = self.promised.entry(Place::of(operation)).or_default();
        promised.resize(self.elements.len(), NEVER);
        for number in numbers {
            promised[*number] = promised[*number].min(index);
        }
    }

    fn read(&mut self, read: &Operation, index: usize, value: &OpValue) {
        let Some((values, foreign)) = elements_read(value) else {
            self.findings.add(HistoryRule::MalformedValue, &[read.invoke, index], || {
                format!("{} reads {}, not a list", self.ops.who(read), value.to_json())
            });
            return;
        };
        for item in foreign {
            self.fabricated(read, index, &item.to_string());
        }
        let mut numbers = Vec::with_capacity(values.len());
        for value in values.iter() {
            match self.elements.number(*value).filter(|number| *number < self.begun) {
                Some(number) if self.shown_by[number] == index => {
                    self.findings.add(HistoryRule::DuplicateInRead, &[read.invoke, index], || {
                        let at = self.ops.history[read.invoke].time;
                        let who = self.ops.who(read);
                        format!("the read of {who} at {at} has {value} twice ({OVERLOOKED})")
                    });
                }
                Some(number) => {
                    self.shown_by[number] = index;
                    numbers.push(number);
                }
                None => self.fabricated(read, index, &value.to_string()),
            }
        }
        self.check_promises(read, index);
        self.promise(read, index, &numbers);
    }

    fn fabricated(&mut self, read: &Operation, index: usize, value: &str) {
        self.findings.add(HistoryRule::Fabricated, &[read.invoke, index], || {
            let (who, at) = (self.ops.who(read), self.ops.history[index].time);
            format!(
                "the read of {who}, done at {at}, has {value}, which no client has begun to add \
                 ({OVERLOOKED})"
            )
        });
    }

    /// Checks that the read has every element that was promised before the read began.
    fn check_promises(&mut self, read: &Operation, index: usize) {
        let Some(promised) = self.promised.get_mut(&Place::of(read)) else { return };
        for (number, (promised, shown_by)) in promised.iter_mut().zip(&self.shown_by).enumerate() {
            if *promised >= read.invoke || *shown_by == index {
                continue;
            }
            // Reported once; if the element is seen again, the promise starts over.
            let since = std::mem::replace(promised, NEVER);
            let value = self.elements.value(number);
            let (rule, verb) = match self.ops.history[since].f {
                F::Read => (HistoryRule::Vanished, "was read"),
                _ => (HistoryRule::NotVisibleAtOrigin, "was acknowledged"),
            };
            self.findings.add(rule, &[since, read.invoke, index], || {
                let history = self.ops.history;
                let (before, after) = (history[since].time, history[read.invoke].time);
                let earlier = self.ops.at(since).map(|earlier| self.ops.who(earlier));
                format!(
                    "{value} {verb} by {} at {before}, and is not in the read of {} at {after}",
                    earlier.unwrap_or_default(),
                    self.ops.who(read)
                )
            });
        }
    }

    fn check_final_reads(&mut self, timeline: &Timeline, is_lost: &dyn Fn(usize) -> bool) {
        let finals = self.final_reads();
        let mut in_a_final_read = vec![false; self.elements.len()];
        let numbers_of = |index: usize| {
            let values = elements_read(&self.ops.history[index].value);
            let values = values.map(|(values, _)| values).unwrap_or_default();
            values.into_iter().filter_map(|value| self.elements.number(value)).collect::<Vec<_>>()
        };
        for (_, index) in finals.values() {
            numbers_of(*index).into_iter().for_each(|number| in_a_final_read[number] = true);
        }
        for (read, index) in finals.values() {
            let mut shown = vec![false; self.elements.len()];
            numbers_of(*index).into_iter().for_each(|number| shown[number] = true);
            for (number, sight) in timeline.sights.iter().enumerate() {
                let before = |entry: Option<usize>| entry.is_some_and(|entry| entry < read.invoke);
                let is_due = before(sight.known) || in_a_final_read[number] && before(sight.closed);
                let is_gone = is_lost(number) && !in_a_final_read[number];
                if !is_due || shown[number] || is_gone {
                    continue;
                }
                let witness = [sight.added, read.invoke, *index];
                self.findings.add(HistoryRule::MissingAtNode, &witness, || {
                    let adder = self.ops.at(sight.added).map(|add| self.ops.who(add));
                    let (who, at) = (self.ops.who(read), self.ops.history[read.invoke].time);
                    let (value, adder) = (self.elements.value(number), adder.unwrap_or_default());
                    format!(
                        "{value}, added by {adder}, is not in the final read of {who} at {at}, \
                         and others have it"
                    )
                });
            }
        }
        self.check_presence(&finals);
    }

    /// Returns the last ok final read of each place, with the index of its completion.
    fn final_reads(&self) -> BTreeMap<Place, (Operation, usize)> {
        let mut finals = BTreeMap::new();
        for read in self.ops.with(&F::Read).filter(|read| read.is_final) {
            if let Some((index, value)) = self.ops.result(read)
                && elements_read(value).is_some()
            {
                finals.insert(Place::of(read), (*read, index));
            }
        }
        finals
    }

    /// Checks that each node has a final read.
    fn check_presence(&mut self, finals: &BTreeMap<Place, (Operation, usize)>) {
        let rule = HistoryRule::NoFinalRead;
        if finals.is_empty() {
            self.findings.leave_open(rule, NO_FINAL_READ);
            return;
        }
        if self.ops.final_is_inferred {
            self.findings.skip(rule, FINAL_IS_INFERRED);
        }
        let known = self.ops.all.iter().filter_map(|operation| operation.node).max();
        let Some(greatest) = known else {
            let why = "the history does not tell nodes: a process stands for its node";
            self.findings.skip(rule, why);
            return;
        };
        let count = self.ops.nodes.len().max(greatest as usize + 1) as u32;
        for node in (0..count).filter(|node| !finals.contains_key(&Place::Node(*node))) {
            let name = self.ops.node_name(node);
            self.findings.leave_open(rule, format!("{name} has no ok read in the final phase"));
        }
    }
}

/// Whether an action of the nemesis affects a node's memory.
fn is_crash(op: &Op) -> bool {
    let word = op.f.name();
    op.process == Process::Nemesis && ["crash", "wipe", "kill"].iter().any(|w| word.contains(w))
}
