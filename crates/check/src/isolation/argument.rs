//! The argument that few transactions break snapshot isolation or serializability: orders of two
//! writers that follow one from the other, perhaps cases, and a cycle at the end of each.

use super::graph::{Edge, Graph};
use super::level::Level;
use super::limits::{Budget, Exhausted};
use super::problem::Problem;
use super::transactions::Transactions;

/// Why there is an edge: given, or by the order with this number.
pub(super) type Cause = Option<usize>;

/// A path or a cycle: edges with their causes.
pub(super) type Steps = Vec<(Edge, Cause)>;

/// An order of two writers of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Order {
    /// Its number, by which edges refer to it.
    pub number: usize,
    pub first: u32,
    pub second: u32,
}

/// An argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// Orders, each with the cycle that the opposite order would close; that has the number of the
    /// order, too.
    pub orders: Vec<(Order, Steps)>,
    pub end: End,
}

/// The end of an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// A contradiction.
    Cycle(Steps),
    /// One of two orders has to be, and neither can.
    Cases(Box<[(Order, Argument); 2]>),
    /// The limit of work was reached.
    Unknown,
}

/// Finds an argument. The transactions should be few.
pub(super) fn argue(
    transactions: &Transactions,
    level: Level,
    budget: &mut Budget,
) -> Result<Argument, Exhausted> {
    let problem = Problem::of(transactions, level, budget)?;
    let mut open: Vec<(u32, u32)> = Vec::new();
    for key in 0..transactions.keys.len() as u32 {
        let writers = problem.writers.row(key);
        let pairs = writers
            .iter()
            .enumerate()
            .flat_map(|(place, one)| writers[place + 1..].iter().map(move |other| (*one, *other)));
        open.extend(pairs);
    }
    open.sort_unstable();
    open.dedup();
    let edges = problem.given.iter().map(|edge| (*edge, None)).collect();
    let mut arguer = Arguer { problem: &problem, budget, orders: 0, cases: 0 };
    let mut argument = arguer.argue(edges, open)?;
    argument.leave_out_unused();
    Ok(argument)
}

struct Arguer<'a> {
    problem: &'a Problem<'a>,
    budget: &'a mut Budget,
    orders: usize,
    cases: usize,
}

/// Maximum number of distinctions of two cases; beyond it an argument says no more.
const CASES_MAX: usize = 16;

impl Arguer<'_> {
    fn argue(
        &mut self,
        mut edges: Steps,
        mut open: Vec<(u32, u32)>,
    ) -> Result<Argument, Exhausted> {
        let mut orders = Vec::new();
        loop {
            let graph = self.graph(&edges);
            if let Some(cycle) = graph.short_cycle(self.budget)? {
                let end = End::Cycle(with_causes(&cycle, &edges));
                return Ok(Argument { orders, end });
            }
            let Some((place, order, cycle)) = self.find_order(&graph, &edges, &open) else { break };
            open.remove(place);
            self.add(order, &mut edges);
            orders.push((order, cycle));
        }
        let pair = open.pop().filter(|_| self.cases < CASES_MAX);
        let Some((one, other)) = pair else {
            return Ok(Argument { orders, end: End::Unknown });
        };
        self.cases += 1;
        let mut case = |first, second| {
            let order = self.next_order(first, second);
            let mut edges = edges.clone();
            self.add(order, &mut edges);
            Ok((order, self.argue(edges, open.clone())?))
        };
        let cases = [case(one, other)?, case(other, one)?];
        Ok(Argument { orders, end: End::Cases(Box::new(cases)) })
    }

    fn graph(&mut self, edges: &Steps) -> Graph {
        Graph::of(self.problem.node_count as usize, edges.iter().map(|(edge, _)| *edge))
    }

    fn next_order(&mut self, first: u32, second: u32) -> Order {
        self.orders += 1;
        Order { number: self.orders - 1, first, second }
    }

    /// Adds the edges that follow from an order.
    fn add(&mut self, order: Order, edges: &mut Steps) {
        self.problem.find_edge(order.first, order.second, |edge| {
            edges.push((edge, Some(order.number)));
            false
        });
    }

    /// An open pair of which one order closes a cycle, one with the fewest edges that were inferred
    /// and of these the shortest: its place, the other order, and that cycle.
    fn find_order(
        &mut self,
        graph: &Graph,
        edges: &Steps,
        open: &[(u32, u32)],
    ) -> Option<(usize, Order, Steps)> {
        let mut best: Option<(usize, (u32, u32), Steps)> = None;
        let cost = |steps: &Steps| {
            (steps.iter().filter(|(_, cause)| cause.is_some()).count(), steps.len())
        };
        for (place, (one, other)) in open.iter().copied().enumerate() {
            for (first, second) in [(one, other), (other, one)] {
                self.problem.find_edge(first, second, |(from, to)| {
                    let Some(path) = graph.path(to, from) else { return false };
                    let cycle = with_causes(&path, edges);
                    if best.as_ref().is_none_or(|best| cost(&cycle) < cost(&best.2)) {
                        best = Some((place, (second, first), cycle));
                    }
                    false
                });
            }
        }
        let (place, (first, second), mut cycle) = best?;
        let order = self.next_order(first, second);
        // The last one goes back by the opposite order.
        if let Some(last) = cycle.last_mut() {
            last.1 = Some(order.number);
        }
        Some((place, order, cycle))
    }
}

/// The edges of a cycle, each with its cause.
fn with_causes(cycle: &[u32], edges: &Steps) -> Steps {
    let cause = |edge: Edge| edges.iter().find(|(other, _)| *other == edge).and_then(|(_, by)| *by);
    let next = |place: usize| cycle[(place + 1) % cycle.len()];
    let all = cycle.iter().enumerate().map(|(place, from)| (*from, next(place)));
    all.map(|edge| (edge, cause(edge))).collect()
}

impl Argument {
    /// Leaves out orders and cases that nothing needs. Returns the numbers of those that are
    /// needed.
    fn leave_out_unused(&mut self) -> Vec<usize> {
        let causes = |steps: &Steps| steps.iter().filter_map(|(_, cause)| *cause).collect();
        let mut needed: Vec<usize> = match &mut self.end {
            End::Cycle(cycle) => causes(cycle),
            End::Unknown => self.orders.iter().map(|(order, _)| order.number).collect(),
            End::Cases(cases) => {
                let both = cases.each_mut().map(|(_, argument)| argument.leave_out_unused());
                let unneeded = (0..2).find(|case| !both[*case].contains(&cases[*case].0.number));
                match unneeded {
                    Some(case) => {
                        let argument = cases[case].1.clone();
                        self.orders.extend(argument.orders);
                        self.end = argument.end;
                        return self.leave_out_unused();
                    }
                    None => both.concat(),
                }
            }
        };
        for place in (0..self.orders.len()).rev() {
            let (order, cycle) = &self.orders[place];
            if needed.contains(&order.number) {
                needed.extend(causes(cycle));
            } else {
                self.orders.remove(place);
            }
        }
        needed
    }
}
