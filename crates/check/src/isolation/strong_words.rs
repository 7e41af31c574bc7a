//! Why transactions break snapshot isolation or serializability, edge by edge.

use super::argument::{Argument, End, Order, Steps, argue};
use super::given::Nodes;
use super::level::{GivenOrder, Level};
use super::limits::{Budget, Exhausted};
use super::problem::Problem;
use super::transactions::INITIALLY;
use super::words::{Explained, WitnessCycle, WitnessEdge, Words, draw};

/// Explains why few transactions break a level.
pub(super) fn explain(
    words: Words<'_>,
    level: Level,
    budget: &mut Budget,
) -> Result<Explained, Exhausted> {
    let problem = Problem::of(words.transactions, level, budget)?;
    let argument = argue(words.transactions, level, budget)?;
    let strong = Strong { words, problem: &problem, order: level.given_order() };
    let mut explained = Explained::default();
    strong.tell(&argument, &[], &[], &mut explained);
    Ok(explained)
}

struct Strong<'a> {
    words: Words<'a>,
    problem: &'a Problem<'a>,
    order: GivenOrder,
}

/// An edge between two transactions, in words: both, the reason, and a label.
struct Told {
    from: u32,
    to: u32,
    reason: String,
    label: String,
}

impl Strong<'_> {
    /// Tells an argument within cases; `orders` are the orders that are known there.
    fn tell(
        &self,
        argument: &Argument,
        cases_around: &[String],
        orders: &[Order],
        explained: &mut Explained,
    ) {
        let mut orders = orders.to_vec();
        let indent = "  ".repeat(cases_around.len());
        for (order, cycle) in &argument.orders {
            let (first, second) = (self.words.name(order.first), self.words.name(order.second));
            let opposite = Order { first: order.second, second: order.first, ..*order };
            let mut with_opposite = orders.clone();
            with_opposite.push(opposite);
            let why: Vec<String> =
                self.edges(cycle, &with_opposite).into_iter().map(|told| told.reason).collect();
            let inferred = format!(
                "{first} comes before {second}, inferred: both write {}, and if {second} came \
                 first there would be a cycle ({})",
                self.common(order.first, order.second),
                why.join("; ")
            );
            explained.reasons.push(format!("{indent}{inferred}"));
            explained.inferred.push(match cases_around.last() {
                Some(case) => format!("{case}: {inferred}"),
                None => inferred,
            });
            orders.push(*order);
        }
        match &argument.end {
            End::Cycle(cycle) => {
                let told = self.edges(cycle, &orders);
                let reasons = told.iter().map(|told| format!("{indent}{}", told.reason));
                explained.reasons.extend(reasons);
                let drawn: Vec<(String, String)> = told
                    .iter()
                    .map(|told| (self.words.name(told.from), told.label.clone()))
                    .collect();
                explained.drawing.extend(draw(&drawn));
                let edge = |Told { from, to, reason, label }: Told| {
                    let (from, to) = (from as usize, to as usize);
                    WitnessEdge { from, to, label, reason }
                };
                let assumption = cases_around.join(", and ");
                let edges = told.into_iter().map(edge).collect();
                explained.cycles.push(WitnessCycle { assumption, edges });
            }
            End::Cases(cases) => {
                for (order, argument) in cases.iter() {
                    let (first, second) =
                        (self.words.name(order.first), self.words.name(order.second));
                    let words = format!("if {first} comes before {second}");
                    let case = format!("{indent}{words}");
                    let common = self.common(order.first, order.second);
                    explained.reasons.push(format!("{case} (both write {common}):"));
                    explained.drawing.push(format!("{case}:"));
                    let mut orders = orders.clone();
                    orders.push(*order);
                    let around = [cases_around, &[words]].concat();
                    self.tell(argument, &around, &orders, explained);
                }
            }
            End::Unknown => {
                let what = "the other orders of their writes close a cycle, too: too many cases to \
                            name here";
                explained.reasons.push(format!("{indent}{what}"));
                explained.inferred.push(what.to_owned());
            }
        }
    }

    /// The first key that two transactions write.
    fn common(&self, one: u32, other: u32) -> String {
        let key = self.problem.common(one, other).next();
        key.map_or(String::new(), |key| self.words.key(key))
    }

    /// The edges of a cycle between transactions.
    fn edges(&self, cycle: &Steps, orders: &[Order]) -> Vec<Told> {
        let transaction = |node: u32| self.problem.transaction(node);
        // Begin at a transaction, and take together what is between two of them.
        let start = cycle.iter().position(|((from, _), _)| transaction(*from).is_some());
        let mut told = Vec::new();
        let mut open = None;
        for at in 0..cycle.len() {
            let ((from, to), cause) = cycle[(start.unwrap_or(0) + at) % cycle.len()];
            match (transaction(from), transaction(to), open) {
                (Some(first), Some(second), _) if first == second => {}
                (Some(first), Some(second), _) => {
                    let order = orders.iter().rev().find(|order| Some(order.number) == cause);
                    told.push(match order {
                        Some(order) => self.chosen(first, second, from, order),
                        None => self.given(first, second, from),
                    });
                }
                (Some(first), None, _) => open = Some((first, from)),
                (None, Some(second), Some((first, from))) => {
                    told.push(self.given(first, second, from));
                }
                (None, ..) => {}
            }
        }
        told
    }

    /// An edge that is given.
    fn given(&self, from: u32, to: u32, node: u32) -> Told {
        let words = self.words;
        let (first, second) = (words.name(from), words.name(to));
        let told = |reason: String, label: String| Told { from, to, reason, label };
        if from == INITIALLY {
            return told(format!("{second} comes after the initial state"), "initial".to_owned());
        }
        let is_snapshot =
            self.problem.nodes == Nodes::Two && node == self.problem.nodes.snapshot(from);
        let transactions = words.transactions;
        if !is_snapshot {
            if let Some(read) = transactions.reads.row(to).iter().find(|read| read.from == from) {
                let reason = format!("{second} reads {}", words.read(*read));
                return told(reason, format!("wr {}", words.key(read.key)));
            }
            let sessions = &transactions.session;
            let is_same = sessions[from as usize] == sessions[to as usize];
            if self.order != GivenOrder::None && is_same && from < to {
                let reason = format!("{first} comes before {second} in {}", words.session(to));
                return told(reason, "so".to_owned());
            }
            let end = transactions.times[from as usize].and_then(|times| times.end);
            let begin = transactions.times[to as usize].map(|times| times.begin);
            if self.order == GivenOrder::Realtime
                && let (Some(end), Some(begin)) = (end, begin)
                && end < begin
            {
                let reason = format!("{first} ended at {end}, before {second} began at {begin}");
                return told(reason, "rt".to_owned());
            }
        }
        let is_replaced = |key: u32| transactions.writes_to(to, key);
        let mut reads = transactions.reads.row(from).iter();
        match reads.find(|read| read.from == INITIALLY && is_replaced(read.key)) {
            Some(read) => {
                let reason = format!("{first} reads {} and {second} replaces", words.read(*read));
                told(reason, format!("rw {}", words.key(read.key)))
            }
            None => told(format!("{first} comes before {second}"), String::new()),
        }
    }

    /// An edge that follows from an order of two writers.
    fn chosen(&self, from: u32, to: u32, node: u32, order: &Order) -> Told {
        let (words, transactions) = (self.words, self.words.transactions);
        let (first, second) = (words.name(from), words.name(to));
        let is_write = from == order.first
            && (self.problem.nodes == Nodes::One || node == self.problem.nodes.commit(from));
        if is_write {
            let key = self.problem.common(from, to).next().unwrap_or_default();
            let reason =
                format!("{second} replaces {}, which {first} wrote", words.assigned(from, key));
            return Told { from, to, reason, label: format!("ww {}", words.key(key)) };
        }
        let is_of_order = |key: u32| transactions.writes_to(order.second, key);
        let mut reads = transactions.reads.row(from).iter();
        let read = reads.find(|read| read.from == order.first && is_of_order(read.key));
        let (read, label) = match read {
            Some(read) => (words.read(*read), format!("rw {}", words.key(read.key))),
            None => Default::default(),
        };
        Told { from, to, reason: format!("{first} reads {read} and {second} replaces"), label }
    }
}
