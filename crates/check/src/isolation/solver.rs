//! The search for an order of the pairs that are still open: conflict-driven clause learning, to
//! which a cycle is a clause that is added when it is found.
//!
//! A literal is the order of a pair. What comes first in the topological order of the moment is
//! tried first, so that a history that satisfies the level mostly needs no search.

use std::cmp::Reverse;

use super::activity::{Activity, luby};
use super::graph::Edge;
use super::limits::{Budget, Exhausted};
use super::ordering::{Cycle, KNOWN, Ordering};
use super::problem::Problem;
use super::prune::Known;
use super::rows::Rows;

/// What the search found.
#[derive(Debug)]
pub(super) enum Found {
    /// An order of all nodes, by their places.
    Order(Vec<u32>),
    /// There is none, because of these cycles; their choices are orders of these pairs.
    Cycles(Vec<Cycle>, Vec<(u32, u32)>),
}

/// Twice the number of a pair, plus 1 if its second transaction comes first.
type Literal = u32;

/// The other order.
fn not(literal: Literal) -> Literal {
    literal ^ 1
}

/// One of these literals is true.
#[derive(Debug)]
struct Clause {
    literals: Vec<Literal>,
    /// The clauses from which it follows, with the cycles that are not in them.
    because: Vec<u32>,
    /// The cycle that it forbids.
    cycle: Cycle,
}

/// No clause.
const NONE: u32 = u32::MAX;
/// Steps of a check in one of the search, which jumps through memory.
const STEP: u64 = 4;
/// Number of conflicts in the first stretch between two restarts.
const RESTART_UNIT: u64 = 128;

/// The state of a search.
struct Search<'a> {
    problem: &'a Problem<'a>,
    /// The open pairs, likely earlier ones first, so that decisions that matter to each other are
    /// near each other.
    pairs: Vec<(u32, u32)>,
    /// The edges of each literal that are not implied by known ones.
    edges: Rows<Edge>,
    known: &'a Known,
    ordering: Ordering<'a>,
    /// For each literal, whether it is true.
    is_true: Vec<bool>,
    clauses: Vec<Clause>,
    /// For each literal, the clauses that watch it: one of their first two literals is its
    /// negation.
    watches: Vec<Vec<u32>>,
    /// For each pair, the decision level and the clause of its order.
    level: Vec<u32>,
    reason: Vec<u32>,
    trail: Vec<Literal>,
    /// For each decision level, the length of the trail and of the added edges at its beginning.
    levels: Vec<(usize, usize)>,
    /// The number of literals on the trail whose consequences are known.
    done: usize,
    activity: Activity,
    marked: Vec<bool>,
    conflicts: u64,
}

/// Searches for an order of all open pairs.
pub(super) fn search(
    problem: &Problem<'_>,
    known: &Known,
    budget: &mut Budget,
) -> Result<Found, Exhausted> {
    let order = known.graph.topological_by(&problem.ranks());
    let ordering = Ordering::new(&known.graph, &order);
    let mut open = known.open.clone();
    open.sort_by_key(|(one, other)| {
        let place = |t: u32| ordering.place(problem.nodes.commit(t));
        place(*one).max(place(*other))
    });
    let pairs = open.len();
    budget.take(128 * pairs as u64 + 96 * known.graph.nodes() as u64)?;
    let edges = edges(problem, known, &open, budget)?;
    let mut search = Search {
        problem,
        known,
        pairs: open,
        edges,
        ordering,
        is_true: vec![false; 2 * pairs],
        clauses: vec![],
        watches: vec![vec![]; 2 * pairs],
        level: vec![0; pairs],
        reason: vec![NONE; pairs],
        trail: vec![],
        levels: vec![],
        done: 0,
        activity: Activity::new(pairs),
        marked: vec![false; pairs],
        conflicts: 0,
    };
    search.run(budget)
}

/// The edges of each literal that are not implied by known ones.
fn edges(
    problem: &Problem<'_>,
    known: &Known,
    open: &[(u32, u32)],
    budget: &mut Budget,
) -> Result<Rows<Edge>, Exhausted> {
    let mut edges = Rows::new();
    for (one, other) in open {
        let before = edges.items();
        for (first, second) in [(*one, *other), (*other, *one)] {
            problem.find_edge(first, second, |(from, to)| {
                if !known.reach.as_ref().is_some_and(|reach| reach.reaches(from, to)) {
                    edges.push((from, to));
                }
                false
            });
            edges.end_row();
        }
        budget.take(8 * (edges.items() - before) as u64)?;
        budget.steps((edges.items() - before) as u64)?;
    }
    Ok(edges)
}

impl Search<'_> {
    fn run(&mut self, budget: &mut Budget) -> Result<Found, Exhausted> {
        let mut until_restart = RESTART_UNIT;
        let mut restarts = 1;
        let mut counted = 0;
        loop {
            let conflict = self.propagate(budget)?;
            let steps = self.ordering.steps;
            budget.steps(STEP * (1 + steps - counted)).map_err(|why| self.describe(why))?;
            counted = steps;
            if let Some(conflict) = conflict {
                self.conflicts += 1;
                if self.levels.is_empty() {
                    return Ok(Found::Cycles(self.cycles(conflict), self.pairs.clone()));
                }
                self.learn(conflict, budget)?;
                until_restart = until_restart.saturating_sub(1);
                continue;
            }
            if until_restart == 0 {
                restarts += 1;
                until_restart = RESTART_UNIT * luby(restarts);
                self.back_to(0);
            }
            let Some(pair) = self.next_pair() else {
                let nodes = 0..self.known.graph.nodes() as u32;
                return Ok(Found::Order(nodes.map(|node| self.ordering.place(node)).collect()));
            };
            let (one, other) = self.pairs[pair as usize];
            let place = |t: u32| self.ordering.place(self.problem.nodes.commit(t));
            let literal = 2 * pair + u32::from(place(other) < place(one));
            self.levels.push((self.trail.len(), self.ordering.added()));
            self.assign(literal, NONE);
        }
    }

    /// How far the search came.
    fn describe(&self, Exhausted(why): Exhausted) -> Exhausted {
        let (open, pairs) = (self.pairs.len(), self.known.pairs);
        Exhausted(format!(
            "{why}: of {pairs} pairs of writers of a key the order of {} is known, and after {} \
             conflicts no order of the other {open} was found, nor that there is none",
            pairs - open as u64,
            self.conflicts
        ))
    }

    fn is_open(&self, pair: u32) -> bool {
        !self.is_true[2 * pair as usize] && !self.is_true[2 * pair as usize + 1]
    }

    /// The open pair that was in the most conflicts lately.
    fn next_pair(&mut self) -> Option<u32> {
        loop {
            let pair = self.activity.pop()?;
            if self.is_open(pair) {
                return Some(pair);
            }
        }
    }

    fn assign(&mut self, literal: Literal, reason: u32) {
        let pair = literal as usize / 2;
        self.is_true[literal as usize] = true;
        self.level[pair] = self.levels.len() as u32;
        self.reason[pair] = reason;
        self.trail.push(literal);
    }

    /// Follows from what is true; returns a clause that is false, if there is one.
    fn propagate(&mut self, budget: &mut Budget) -> Result<Option<u32>, Exhausted> {
        while self.done < self.trail.len() {
            let literal = self.trail[self.done];
            self.done += 1;
            if let Some(cycle) = self.add_edges(literal) {
                return Ok(Some(self.forbid(cycle, budget)?));
            }
            if let Some(conflict) = self.follow(literal, budget)? {
                return Ok(Some(conflict));
            }
        }
        Ok(None)
    }

    /// Adds the edges of an order; returns the cycle that they close.
    fn add_edges(&mut self, literal: Literal) -> Option<Cycle> {
        let row = self.edges.row(literal);
        row.iter().find_map(|edge| self.ordering.add(*edge, literal).err())
    }

    /// Adds the clause that forbids a cycle.
    fn forbid(&mut self, cycle: Cycle, budget: &mut Budget) -> Result<u32, Exhausted> {
        let mut literals: Vec<Literal> =
            cycle.iter().filter(|(_, by)| *by != KNOWN).map(|(_, by)| not(*by)).collect();
        literals.sort_unstable();
        literals.dedup();
        self.add_clause(Clause { literals, because: vec![], cycle }, budget)
    }

    fn add_clause(&mut self, clause: Clause, budget: &mut Budget) -> Result<u32, Exhausted> {
        let size = 4 * clause.literals.len() + 4 * clause.because.len() + 8 * clause.cycle.len();
        budget.take(96 + size as u64).map_err(|why| self.describe(why))?;
        self.clauses.push(clause);
        Ok(self.clauses.len() as u32 - 1)
    }

    /// Finds what follows from clauses since a literal became true.
    fn follow(&mut self, literal: Literal, budget: &mut Budget) -> Result<Option<u32>, Exhausted> {
        let watching = std::mem::take(&mut self.watches[literal as usize]);
        budget.steps(4 * watching.len() as u64).map_err(|why| self.describe(why))?;
        let mut kept = Vec::with_capacity(watching.len());
        let mut conflict = None;
        for (at, clause) in watching.iter().copied().enumerate() {
            let literals = &mut self.clauses[clause as usize].literals;
            if literals[0] == not(literal) {
                literals.swap(0, 1);
            }
            let first = literals[0];
            if self.is_true[first as usize] {
                kept.push(clause);
                continue;
            }
            let free =
                (2..literals.len()).find(|place| !self.is_true[not(literals[*place]) as usize]);
            if let Some(place) = free {
                literals.swap(1, place);
                self.watches[not(literals[1]) as usize].push(clause);
                continue;
            }
            kept.push(clause);
            if self.is_true[not(first) as usize] {
                kept.extend(&watching[at + 1..]);
                conflict = Some(clause);
                break;
            }
            self.assign(first, clause);
        }
        self.watches[literal as usize] = kept;
        Ok(conflict)
    }

    /// Learns from a clause that is false: the first unique implication point.
    fn learn(&mut self, conflict: u32, budget: &mut Budget) -> Result<(), Exhausted> {
        // The cycle that was just closed may be one of earlier levels alone.
        let latest = |search: &Self, clause: u32| {
            let literals = &search.clauses[clause as usize].literals;
            literals.iter().map(|literal| search.level[*literal as usize / 2]).max().unwrap_or(0)
        };
        let level = latest(self, conflict);
        self.back_to(level);
        let (mut learned, mut because) = (vec![], vec![]);
        let (mut clause, mut open, mut at) = (conflict, 0, self.trail.len());
        let asserting = loop {
            because.push(clause);
            for place in 0..self.clauses[clause as usize].literals.len() {
                let literal = self.clauses[clause as usize].literals[place];
                let pair = literal as usize / 2;
                if self.marked[pair] || self.is_true[literal as usize] {
                    continue;
                }
                self.activity.bump(pair as u32);
                if self.level[pair] == 0 {
                    continue;
                }
                self.marked[pair] = true;
                if self.level[pair] == level { open += 1 } else { learned.push(literal) }
            }
            let pair = loop {
                at -= 1;
                let pair = self.trail[at] as usize / 2;
                if self.marked[pair] && self.level[pair] == level {
                    break pair;
                }
            };
            self.marked[pair] = false;
            open -= 1;
            if open == 0 {
                break not(self.trail[at]);
            }
            clause = self.reason[pair];
        };
        learned.iter().for_each(|literal| self.marked[*literal as usize / 2] = false);
        budget.steps(8 * (because.len() + learned.len()) as u64)?;
        self.activity.age();
        self.assert(asserting, learned, because, budget)
    }

    /// Adds a learned clause, goes back to where it leaves one literal, and makes that one true.
    fn assert(
        &mut self,
        asserting: Literal,
        mut others: Vec<Literal>,
        because: Vec<u32>,
        budget: &mut Budget,
    ) -> Result<(), Exhausted> {
        others.sort_unstable_by_key(|literal| Reverse(self.level[*literal as usize / 2]));
        let back = others.first().map_or(0, |literal| self.level[*literal as usize / 2]);
        others.insert(0, asserting);
        self.back_to(back);
        let watched: Vec<Literal> = if others.len() > 1 { others[..2].to_vec() } else { vec![] };
        let clause = Clause { literals: others, because, cycle: vec![] };
        let clause = self.add_clause(clause, budget)?;
        watched.iter().for_each(|literal| self.watches[not(*literal) as usize].push(clause));
        self.assign(asserting, clause);
        Ok(())
    }

    /// Takes back all decisions above a level.
    fn back_to(&mut self, level: u32) {
        let Some((trail, added)) = self.levels.get(level as usize).copied() else { return };
        for literal in self.trail.drain(trail..) {
            self.is_true[literal as usize] = false;
            self.activity.queue(literal / 2);
        }
        self.ordering.remove_to(added);
        self.levels.truncate(level as usize);
        self.done = trail;
    }

    /// All cycles from which a clause that is false follows.
    fn cycles(&self, conflict: u32) -> Vec<Cycle> {
        let mut is_seen = vec![false; self.clauses.len()];
        let (mut open, mut cycles) = (vec![conflict], vec![]);
        while let Some(clause) = open.pop() {
            if std::mem::replace(&mut is_seen[clause as usize], true) {
                continue;
            }
            let Clause { literals, because, cycle } = &self.clauses[clause as usize];
            if !cycle.is_empty() {
                cycles.push(cycle.clone());
            }
            open.extend(because);
            // Only the first level is left now, and nothing on it was a decision.
            let set =
                literals.iter().map(|literal| literal / 2).filter(|pair| !self.is_open(*pair));
            open.extend(set.map(|pair| self.reason[pair as usize]).filter(|of| *of != NONE));
        }
        cycles
    }
}
