//! Counterexamples as values, for drawings: operations that no order explains, and transactions
//! each of which comes before the next, and the last before the first.

/// Why a history is wrong, by a few of its operations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Counterexample {
    /// Operations that no order explains.
    NoOrder(NoOrder),
    /// Transactions that would have to come before themselves.
    Cycles(Cycles),
}

/// Operations of one object that no order explains.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoOrder {
    /// The object, such as `key 3`.
    pub object: String,
    /// The operations, by their begin.
    pub operations: Vec<DrawnOperation>,
    /// The longest orders that work; `None` if there are too many to try.
    pub longest: Option<Vec<LongestOrder>>,
    /// Number of further orders of that length.
    pub more: usize,
}

/// An operation of a counterexample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnOperation {
    /// Its client: `process 3 at n1`.
    pub who: String,
    /// What it did, with its result: `read 5`.
    pub what: String,
    /// Entry of the history that begins it.
    pub invoke: usize,
    /// Entry that ends it; `None` if it may take effect at any time after its begin, or never.
    pub completion: Option<usize>,
}

/// An order of some of the operations that their results allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LongestOrder {
    /// Places of the operations, in this order.
    pub operations: Vec<usize>,
    /// The value after them.
    pub state: String,
    /// The operations that have to take effect as well, and why none of them can be next.
    pub blocked: Vec<(usize, Obstacle)>,
}

/// Why an operation cannot be next in an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Obstacle {
    /// Its result does not fit the state.
    State,
    /// It begins after the end of this one, which is not in the order either.
    After(usize),
}

/// Transactions that would have to come before themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycles {
    /// Name of the anomaly, such as `lost-update`.
    pub anomaly: String,
    /// The transactions.
    pub transactions: Vec<DrawnTransaction>,
    /// Orders that follow before the cycles do, a sentence each.
    pub inferred: Vec<String>,
    /// The cycles: one, or one for each case.
    pub cycles: Vec<LabelledCycle>,
    /// The weakest levels that are broken, by name; empty where the anomaly says it.
    pub weakest_broken: Vec<String>,
    /// The strongest levels that allow this, by name.
    pub strongest_left: Vec<String>,
}

/// A transaction of a counterexample.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnTransaction {
    /// Its name in the words of the counterexample: `T1`.
    pub name: String,
    /// Its client, in words.
    pub who: String,
    /// Its reads and writes.
    pub accesses: Vec<String>,
    /// An entry of the history that belongs to it; `None` for the initial state.
    pub entry: Option<usize>,
}

/// A cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledCycle {
    /// What is assumed in this case; empty if there is one case only.
    pub assumption: String,
    /// Its edges, each from where the one before leads to.
    pub edges: Vec<LabelledEdge>,
}

/// Why one transaction comes before another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledEdge {
    /// Place of the first transaction.
    pub from: usize,
    /// Place of the second one.
    pub to: usize,
    /// A short label: the kind of dependency, and its key.
    pub label: String,
    /// The reason in words.
    pub reason: String,
}
