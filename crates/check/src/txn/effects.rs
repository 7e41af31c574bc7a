//! The order in which transactions took effect, as servers record it: what no client can see.

use serde_json::Value;

/// An effect of a transaction, in the order of all effects of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    /// Number of the transaction among those that clients began, from 0.
    pub transaction: u32,
    /// What took effect.
    pub kind: EffectKind,
}

/// A kind of effect.
#[derive(Clone, Debug, PartialEq)]
pub enum EffectKind {
    /// A register has a new version, which comes after all that it has had.
    Write {
        /// The key, as in the request.
        key: Value,
        /// The value.
        value: Value,
    },
    /// The transaction is committed: its last version of each key counts.
    Commit,
}
