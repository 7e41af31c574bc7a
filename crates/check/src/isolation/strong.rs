//! Snapshot isolation and serializability: what is known, then a search, then the proof of either
//! answer.

use super::decision::Decision;
use super::given::Nodes;
use super::level::{GivenOrder, Level};
use super::limits::{Budget, Exhausted};
use super::ordering::{Cycle, KNOWN};
use super::problem::Problem;
use super::proof;
use super::prune::Known;
use super::solver::{Found, search};
use super::transactions::Transactions;

/// Decides on a level.
pub(super) fn decide(
    transactions: &Transactions,
    level: Level,
    budget: &mut Budget,
) -> Result<Decision, Exhausted> {
    // What holds with the order of sessions holds without, and is found sooner.
    let with_sessions = level.with_sessions();
    if level.given_order() == GivenOrder::None {
        let mut own = *budget;
        let decision = decide_as_given(transactions, with_sessions, &mut own);
        budget.count_steps_of(&own);
        if let Ok(Decision::Holds) = decision {
            return Ok(Decision::Holds);
        }
    }
    decide_as_given(transactions, level, budget)
}

fn decide_as_given(
    transactions: &Transactions,
    level: Level,
    budget: &mut Budget,
) -> Result<Decision, Exhausted> {
    let problem = Problem::of(transactions, level, budget)?;
    let known = Known::of(&problem, budget)?;
    if known.reach.is_none() {
        let nodes = known.graph.short_cycle(budget)?.unwrap_or_default();
        let cycle: Cycle = nodes.into_iter().map(|node| (node, KNOWN)).collect();
        return Ok(broken(&problem, &known, &[cycle], &[], budget));
    }
    match search(&problem, &known, budget)? {
        Found::Order(places) => {
            assert!(is_commit_order(&problem, &places), "an order that is none was found");
            Ok(Decision::Holds)
        }
        Found::Cycles(cycles, pairs) => Ok(broken(&problem, &known, &cycles, &pairs, budget)),
    }
}

/// The transactions that a contradiction takes; without an answer in time, all of them.
fn broken(
    problem: &Problem<'_>,
    known: &Known,
    cycles: &[Cycle],
    pairs: &[(u32, u32)],
    budget: &Budget,
) -> Decision {
    let enough = proof::transactions_of(problem, known, cycles, pairs, &mut budget.clone());
    Decision::Broken(enough.unwrap_or_else(|_| problem.transactions.all().collect()))
}

/// Whether an order of nodes, given by their places, is one in which each transaction reads what
/// was committed last, and no other one writes what it writes between its snapshot and its commit.
/// This is the definition of both kinds of levels; it shares nothing with the search.
fn is_commit_order(problem: &Problem<'_>, places: &[u32]) -> bool {
    let (transactions, nodes) = (problem.transactions, problem.nodes);
    let mut order: Vec<u32> = (0..places.len() as u32).collect();
    order.sort_unstable_by_key(|node| places[*node as usize]);
    // The last writer of each key.
    let mut last = vec![0_u32; transactions.keys.len()];
    let given =
        problem.given.iter().all(|(from, to)| places[*from as usize] < places[*to as usize]);
    given
        && order.into_iter().all(|node| {
            let Some(t) = problem.transaction(node) else { return true };
            let reads_last = || {
                let mut reads = transactions.reads.row(t).iter();
                reads.all(|read| last[read.key as usize] == read.from)
            };
            if node == nodes.snapshot(t) && !reads_last() {
                return false;
            }
            if node != nodes.commit(t) {
                return true;
            }
            transactions.writes.row(t).iter().all(|key| {
                let before = std::mem::replace(&mut last[*key as usize], t);
                let snapshot = places[nodes.snapshot(t) as usize];
                nodes == Nodes::One || places[nodes.commit(before) as usize] < snapshot
            })
        })
}
