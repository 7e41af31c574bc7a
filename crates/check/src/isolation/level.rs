//! The levels of isolation, weakest first, and what each of them takes for given.

/// A level of isolation of transactions on registers.
///
/// The definitions are the axioms of Biswas and Enea (OOPSLA 2019): there is a total order of the
/// committed transactions, the *commit order*, that contains what the level takes for given and
/// satisfies its axiom. Two names of theirs, snapshot isolation and serializability, contain the
/// order of sessions; here this is said by the name, as in Jepsen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// What a transaction reads later is not older than what it has read before. Contains the order
    /// of sessions.
    ReadCommitted,
    /// Of a transaction, others see all or nothing. Contains the order of sessions.
    ReadAtomic,
    /// A transaction that sees another one sees what happened before that. Contains the order of
    /// sessions.
    Causal,
    /// A transaction reads from a snapshot, and no other one writes what it writes meanwhile.
    SnapshotIsolation,
    /// As if transactions ran one after the other.
    Serializable,
    /// Snapshot isolation in which a session sees its own earlier transactions.
    StrongSessionSnapshotIsolation,
    /// Serializable in an order that contains that of sessions.
    StrongSessionSerializable,
    /// Snapshot isolation in which a transaction sees what had ended before it began.
    StrongSnapshotIsolation,
    /// Serializable in an order that contains that of real time.
    StrictSerializable,
}

/// An order of transactions that a level contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GivenOrder {
    /// None but that of reads and the writes that they see.
    None,
    /// The order of each session.
    Session,
    /// That of each session, and: what ended before another began comes first.
    Realtime,
}

impl Level {
    /// All levels.
    pub const ALL: [Level; 9] = [
        Level::ReadCommitted,
        Level::ReadAtomic,
        Level::Causal,
        Level::SnapshotIsolation,
        Level::Serializable,
        Level::StrongSessionSnapshotIsolation,
        Level::StrongSessionSerializable,
        Level::StrongSnapshotIsolation,
        Level::StrictSerializable,
    ];

    /// Returns the name in messages and on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Level::ReadCommitted => "read-committed",
            Level::ReadAtomic => "read-atomic",
            Level::Causal => "causal",
            Level::SnapshotIsolation => "snapshot-isolation",
            Level::Serializable => "serializable",
            Level::StrongSessionSnapshotIsolation => "strong-session-snapshot-isolation",
            Level::StrongSessionSerializable => "strong-session-serializable",
            Level::StrongSnapshotIsolation => "strong-snapshot-isolation",
            Level::StrictSerializable => "strict-serializable",
        }
    }

    /// Returns the level with a name.
    pub fn of(name: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.name() == name)
    }

    /// Returns the order that the level contains.
    pub fn given_order(self) -> GivenOrder {
        match self {
            Level::SnapshotIsolation | Level::Serializable => GivenOrder::None,
            Level::ReadCommitted
            | Level::ReadAtomic
            | Level::Causal
            | Level::StrongSessionSnapshotIsolation
            | Level::StrongSessionSerializable => GivenOrder::Session,
            Level::StrongSnapshotIsolation | Level::StrictSerializable => GivenOrder::Realtime,
        }
    }

    /// Returns the form of the level that contains the order of sessions.
    pub fn with_sessions(self) -> Level {
        match self {
            Level::SnapshotIsolation => Level::StrongSessionSnapshotIsolation,
            Level::Serializable => Level::StrongSessionSerializable,
            other => other,
        }
    }

    /// Returns the weaker levels that a level implies directly.
    pub fn implies(self) -> &'static [Level] {
        match self {
            Level::ReadCommitted | Level::SnapshotIsolation => &[],
            Level::ReadAtomic => &[Level::ReadCommitted],
            Level::Causal => &[Level::ReadAtomic],
            Level::Serializable => &[Level::SnapshotIsolation],
            Level::StrongSessionSnapshotIsolation => &[Level::Causal, Level::SnapshotIsolation],
            Level::StrongSessionSerializable => {
                &[Level::StrongSessionSnapshotIsolation, Level::Serializable]
            }
            Level::StrongSnapshotIsolation => &[Level::StrongSessionSnapshotIsolation],
            Level::StrictSerializable => {
                &[Level::StrongSnapshotIsolation, Level::StrongSessionSerializable]
            }
        }
    }

    /// Whether a history that satisfies this level satisfies another one for certain.
    pub fn is_at_least(self, other: Level) -> bool {
        self == other || self.implies().iter().any(|weaker| weaker.is_at_least(other))
    }

    /// Whether it is one of snapshot isolation.
    pub(super) fn is_snapshot(self) -> bool {
        matches!(
            self,
            Level::SnapshotIsolation
                | Level::StrongSessionSnapshotIsolation
                | Level::StrongSnapshotIsolation
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_found_by_their_names() {
        for level in Level::ALL {
            assert_eq!(Level::of(level.name()), Some(level));
            assert!(level.implies().iter().all(|weaker| *weaker < level));
        }
        assert_eq!(Level::of("read-uncommitted"), None);
    }
}
