//! What is known without trying: an order of two writers is known if the other one would close a
//! cycle with what is known already.

use super::graph::{Edge, Graph};
use super::limits::{Budget, Exhausted};
use super::problem::Problem;
use super::reach::Reach;

/// Known edges, and pairs of writers whose order is not known.
#[derive(Debug)]
pub(super) struct Known {
    /// The given edges, then those of known orders, in the order in which they became known.
    pub edges: Vec<Edge>,
    /// The number of given edges.
    pub given: usize,
    /// The known orders that added edges, in the order of these.
    pub forced: Vec<Forced>,
    /// The pairs whose order is not known, the smaller number first.
    pub open: Vec<(u32, u32)>,
    /// The graph of all edges.
    pub graph: Graph,
    /// What reaches what there; nothing if there is a cycle.
    pub reach: Option<Reach>,
    /// The number of all pairs.
    pub pairs: u64,
}

/// An order of two writers that follows from edges that were known before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Forced {
    pub first: u32,
    pub second: u32,
    /// The other order closes a cycle with this many of the first edges.
    pub known_before: usize,
    /// The first one of the edges that it adds.
    pub start: usize,
}

impl Known {
    /// Finds out what is known.
    pub(super) fn of(problem: &Problem<'_>, budget: &mut Budget) -> Result<Known, Exhausted> {
        let edges = problem.given.clone();
        let graph = Graph::of(problem.node_count as usize, edges.iter().copied());
        let given = edges.len();
        let mut known =
            Known { edges, given, forced: vec![], open: vec![], graph, reach: None, pairs: 0 };
        known.update_reach(budget)?;
        if known.reach.is_some() {
            known.first_round(problem, budget)?;
        }
        while known.is_behind() {
            known.graph = Graph::of(problem.node_count as usize, known.edges.iter().copied());
            known.update_reach(budget)?;
            if known.reach.is_none() {
                break;
            }
            let open = std::mem::take(&mut known.open);
            for pair in open {
                known.decide(problem, pair, budget)?;
            }
        }
        Ok(known)
    }

    /// For tests: only what is given is known, and all pairs are open.
    #[cfg(test)]
    pub(super) fn without_pruning(
        problem: &Problem<'_>,
        budget: &mut Budget,
    ) -> Result<Known, Exhausted> {
        let edges = problem.given.clone();
        let graph = Graph::of(problem.node_count as usize, edges.iter().copied());
        let given = edges.len();
        let mut known =
            Known { edges, given, forced: vec![], open: vec![], graph, reach: None, pairs: 0 };
        known.update_reach(budget)?;
        let all = problem.transactions.all();
        let pairs = all.clone().flat_map(|one| (one + 1..all.end).map(move |other| (one, other)));
        known
            .open
            .extend(pairs.filter(|(one, other)| problem.common(*one, *other).next().is_some()));
        Ok(known)
    }

    /// Whether edges were added since the graph was made.
    fn is_behind(&self) -> bool {
        self.edges.len() > self.graph.edges()
    }

    fn update_reach(&mut self, budget: &mut Budget) -> Result<(), Exhausted> {
        if let Some(old) = self.reach.take() {
            budget.give_back(old.bytes());
        }
        budget.steps(4 * self.graph.edges() as u64)?;
        if let Some(order) = self.graph.topological() {
            let before = Graph::before(self.graph.nodes(), self.edges.iter().copied());
            self.reach = Some(Reach::of(&before, &order, budget)?);
        }
        Ok(())
    }

    /// Goes through all pairs of writers.
    fn first_round(&mut self, problem: &Problem<'_>, budget: &mut Budget) -> Result<(), Exhausted> {
        for key in 0..problem.transactions.keys.len() as u32 {
            let writers = problem.writers.row(key);
            for (place, one) in writers.iter().enumerate() {
                budget.steps((writers.len() - place) as u64)?;
                for other in &writers[place + 1..] {
                    // A pair that has several keys is looked at once.
                    if problem.common(*one, *other).next() == Some(key) {
                        self.pairs += 1;
                        self.decide(problem, (*one, *other), budget)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Decides on the order of a pair, or keeps it open.
    fn decide(
        &mut self,
        problem: &Problem<'_>,
        (one, other): (u32, u32),
        budget: &mut Budget,
    ) -> Result<(), Exhausted> {
        let Some(reach) = &self.reach else { return Ok(()) };
        let mut steps = 0;
        let mut closes_cycle = |first: u32, second: u32| {
            problem.find_edge(first, second, |(from, to)| {
                steps += 1;
                reach.reaches(to, from)
            })
        };
        // If both close a cycle, either one shows it in the next round.
        let (first, second) = match (closes_cycle(one, other), closes_cycle(other, one)) {
            (false, false) => {
                budget.steps(steps)?;
                budget.take(8)?;
                self.open.push((one, other));
                return Ok(());
            }
            (true, _) => (other, one),
            (false, true) => (one, other),
        };
        let start = self.edges.len();
        problem.find_edge(first, second, |(from, to)| {
            if !reach.reaches(from, to) {
                self.edges.push((from, to));
            }
            false
        });
        budget.steps(steps)?;
        if self.edges.len() > start {
            budget.take(24 * (self.edges.len() - start) as u64 + 24)?;
            let known_before = self.graph.edges();
            self.forced.push(Forced { first, second, known_before, start });
        }
        Ok(())
    }

    /// The order that added a known edge; `None` if it is given.
    pub(super) fn origin(&self, edge: usize) -> Option<usize> {
        (edge >= self.given).then(|| self.forced.partition_point(|forced| forced.start <= edge) - 1)
    }
}
