//! The consistency models that broken stores of registers break.

/// The weakest models that each broken store of registers breaks, by the name of the program. It
/// satisfies every model that implies none of them.
pub const WEAKEST_BROKEN: &[(&str, &[&str])] = &[
    ("txn-dirty-write", &["read-uncommitted"]),
    ("txn-own-unseen", &["read-uncommitted"]),
    ("txn-aborts-late", &["read-committed"]),
    ("txn-seen-in-part", &["read-committed"]),
    ("txn-read-skew", &["read-atomic", "consistent-view", "repeatable-read"]),
    ("txn-fractured-read", &["read-atomic", "consistent-view", "repeatable-read"]),
    ("txn-causal-reversal", &["causal-cerone", "consistent-view", "repeatable-read"]),
    ("txn-lost-update", &["cursor-stability", "update-atomic"]),
    ("txn-long-fork", &["snapshot-isolation", "repeatable-read"]),
    ("txn-write-skew", &["repeatable-read"]),
    ("txn-stale-replica", &["strong-session-snapshot-isolation"]),
    ("txn-realtime-reversal", &["strong-snapshot-isolation"]),
];
