//! The name of the anomaly that a smallest set of transactions shows.

use super::given::{Nodes, given};
use super::graph::Graph;
use super::level::Level;
use super::transactions::{INITIALLY, Transactions};

/// Names the anomaly of a smallest set of transactions, given which levels it breaks.
///
/// The weakest broken level says what kind of anomaly it is; the form of the transactions decides
/// between those of one kind.
pub(super) fn name(transactions: &Transactions, breaks: &[(Level, bool)]) -> &'static str {
    let is_broken = |level: Level| breaks.contains(&(level, true));
    if is_broken(Level::ReadCommitted) {
        return match has_given_cycle(transactions) {
            true => "cyclic-information-flow",
            false => "non-monotonic-read",
        };
    }
    if is_broken(Level::ReadAtomic) {
        return match has_repeated_read(transactions) {
            true => "non-repeatable-read",
            false => "fractured-read",
        };
    }
    if is_broken(Level::Causal) {
        return "causality-violation";
    }
    if is_broken(Level::SnapshotIsolation) {
        return if is_lost_update(transactions) { "lost-update" } else { "long-fork" };
    }
    if is_broken(Level::Serializable) {
        return "write-skew";
    }
    match is_broken(Level::StrongSessionSnapshotIsolation)
        || is_broken(Level::StrongSessionSerializable)
    {
        true => "session-reversal",
        false => "realtime-reversal",
    }
}

/// Whether sessions and reads alone go in a circle.
fn has_given_cycle(transactions: &Transactions) -> bool {
    let given = given(transactions, Level::ReadCommitted.given_order(), Nodes::One);
    Graph::of(given.nodes as usize, given.edges.iter().copied()).topological().is_none()
}

/// Whether a transaction reads a key from two others.
fn has_repeated_read(transactions: &Transactions) -> bool {
    let repeats = |t: u32| {
        let reads = transactions.reads.row(t);
        let differs = |one: &&super::transactions::Read| {
            reads.iter().any(|other| other.key == one.key && other.from != one.from)
        };
        reads.iter().any(|one| differs(&one))
    };
    transactions.all().any(repeats)
}

/// Whether two transactions read a key from the same one and write to it.
fn is_lost_update(transactions: &Transactions) -> bool {
    let updates = |t: u32| {
        let reads = transactions.reads.row(t).iter().copied();
        reads.filter(move |read| transactions.writes_to(t, read.key) && t != INITIALLY)
    };
    let mut all: Vec<_> = transactions.all().flat_map(updates).collect();
    all.sort_unstable();
    all.windows(2).any(|pair| pair[0] == pair[1])
}
