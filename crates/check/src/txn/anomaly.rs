//! Anomalies of transactions by their names, and which imply which.
//!
//! The names are Elle's, and most are Adya's. An anomaly implies another one if a history with the
//! first has, by definition, the second: a cycle of writes alone (`G0`) is also one of writes and
//! reads (`G1c`). Some of them no checker looks for; they connect the others with the models.

use std::fmt;

/// Declares the anomalies with their names and what they imply.
macro_rules! anomalies {
    ($($(#[$doc:meta])* $variant:ident $name:literal [$($implied:ident)*])*) => {
        /// An anomaly.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the names are defined by the literature")]
        pub enum Anomaly { $($(#[$doc])* $variant),* }

        impl Anomaly {
            /// All anomalies.
            pub const ALL: &[Anomaly] = &[$(Anomaly::$variant),*];

            /// Returns the name.
            pub fn name(self) -> &'static str {
                match self { $(Anomaly::$variant => $name),* }
            }

            /// Returns those that it implies directly.
            fn implies(self) -> &'static [Anomaly] {
                match self { $(Anomaly::$variant => &[$(Anomaly::$implied),*]),* }
            }
        }
    };
}

anomalies! {
    G0 "G0" [G1c G0Process]
    G0Process "G0-process" [G1cProcess G0Realtime]
    G0Realtime "G0-realtime" [G1cRealtime]
    G1a "G1a" [G1]
    G1b "G1b" [G1]
    G1c "G1c" [G1 G1cProcess]
    G1cProcess "G1c-process" [G1cRealtime G1Process]
    G1cRealtime "G1c-realtime" [G1Realtime]
    G1 "G1" [G1Process]
    G1Process "G1-process" [G1Realtime]
    G1Realtime "G1-realtime" []
    GSingleItem "G-single-item" [GSingle GSingleItemProcess GNonadjacentItem]
    GSingleItemProcess "G-single-item-process"
        [GSingleProcess GSingleItemRealtime GNonadjacentItemProcess]
    GSingleItemRealtime "G-single-item-realtime" [GSingleRealtime GNonadjacentItemRealtime]
    GSingle "G-single" [GNonadjacent GSIb GSingleProcess]
    GSingleProcess "G-single-process" [GNonadjacentProcess GSingleRealtime]
    GSingleRealtime "G-single-realtime" [GNonadjacentRealtime]
    GNonadjacentItem "G-nonadjacent-item" [GNonadjacent G2Item GNonadjacentItemProcess]
    GNonadjacentItemProcess "G-nonadjacent-item-process"
        [GNonadjacentProcess G2ItemProcess GNonadjacentItemRealtime]
    GNonadjacentItemRealtime "G-nonadjacent-item-realtime" [G2ItemRealtime GNonadjacentRealtime]
    GNonadjacent "G-nonadjacent" [G2 GNonadjacentProcess]
    GNonadjacentProcess "G-nonadjacent-process" [G2Process GNonadjacentRealtime]
    GNonadjacentRealtime "G-nonadjacent-realtime" [G2Realtime]
    G2Item "G2-item" [G2 G2ItemProcess]
    G2ItemProcess "G2-item-process" [G2Process G2ItemRealtime]
    G2ItemRealtime "G2-item-realtime" [G2Realtime]
    G2 "G2" [G2Process]
    G2Process "G2-process" [G2Realtime]
    G2Realtime "G2-realtime" []
    GSIa "G-SIa" [GSI]
    GSIb "G-SIb" [GSI]
    GSI "G-SI" []
    GCursor "G-cursor" []
    GMonotonic "G-monotonic" []
    GMsr "G-MSR" []
    GUpdate "G-update" []
    PredicateReadMiss "predicate-read-miss" []
    WriteSkew "write-skew" [G2]
    LostUpdate "lost-update" [WriteSkew G2Item]
    DirtyUpdate "dirty-update" [G1a]
    FutureRead "future-read" [G1c]
    IncompatibleOrder "incompatible-order" [G1a]
    Internal "internal" []
    /// A transaction does not read its own last write. Elle calls it `internal` as well, which
    /// weak models allow; but every model has transactions see their own writes.
    InternalOwnWrite "internal-own-write" [Internal]
    DuplicateElements "duplicate-elements" []
    CyclicVersions "cyclic-versions" []
    /// A value is read that nothing writes. Elle has no name for it.
    GarbageRead "fabricated" []
    Pl1CycleExists "PL-1-cycle-exists" []
    Pl2CycleExists "PL-2-cycle-exists" []
    PlSiCycleExists "PL-SI-cycle-exists" []
    Pl299CycleExists "PL-2.99-cycle-exists" []
    Pl3CycleExists "PL-3-cycle-exists" []
    SessionPl1CycleExists "strong-session-PL-1-cycle-exists" []
    SessionPl2CycleExists "strong-session-PL-2-cycle-exists" []
    SessionSiCycleExists "strong-session-snapshot-isolation-cycle-exists" []
    SessionPl3CycleExists "strong-session-serializable-cycle-exists" []
    StrongPl1CycleExists "strong-PL-1-cycle-exists" []
    StrongPl2CycleExists "strong-PL-2-cycle-exists" []
    StrongSiCycleExists "strong-snapshot-isolation-cycle-exists" []
    StrictPl3CycleExists "PL-SS-cycle-exists" []
}

impl Anomaly {
    /// Returns the anomaly with a name.
    pub fn of(name: &str) -> Option<Anomaly> {
        Anomaly::ALL.iter().copied().find(|anomaly| anomaly.name() == name)
    }

    /// Whether it says only that some cycle exists, and not which.
    pub fn is_existence(self) -> bool {
        self >= Anomaly::Pl1CycleExists
    }

    /// Returns it with all that it implies, at any distance.
    pub fn implied(self) -> Anomalies {
        let mut all = Anomalies::default();
        let mut open = vec![self];
        while let Some(anomaly) = open.pop() {
            if all.insert(anomaly) {
                open.extend_from_slice(anomaly.implies());
            }
        }
        all
    }
}

/// A set of anomalies.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Anomalies(u128);

impl Anomalies {
    /// Adds an anomaly; returns whether it is new.
    pub fn insert(&mut self, anomaly: Anomaly) -> bool {
        let is_new = !self.contains(anomaly);
        self.0 |= 1 << anomaly as u32;
        is_new
    }

    /// Removes an anomaly.
    pub fn remove(&mut self, anomaly: Anomaly) {
        self.0 &= !(1 << anomaly as u32);
    }

    /// Whether an anomaly is in the set.
    pub fn contains(self, anomaly: Anomaly) -> bool {
        self.0 >> (anomaly as u32) & 1 == 1
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the anomalies that are in either set.
    pub fn union(self, other: Anomalies) -> Anomalies {
        Anomalies(self.0 | other.0)
    }

    /// Whether any anomaly is in both sets.
    pub fn meets(self, other: Anomalies) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns the anomalies in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Anomaly> {
        Anomaly::ALL.iter().copied().filter(move |anomaly| self.contains(*anomaly))
    }

    /// Returns these with all that they imply.
    pub fn implied(self) -> Anomalies {
        self.iter().fold(self, |all, anomaly| all.union(anomaly.implied()))
    }

    /// Returns these with all that imply any of them.
    pub fn implying(self) -> Anomalies {
        let imply = |anomaly: &Anomaly| anomaly.implied().meets(self);
        Anomaly::ALL.iter().copied().filter(imply).collect()
    }
}

impl FromIterator<Anomaly> for Anomalies {
    fn from_iter<I: IntoIterator<Item = Anomaly>>(all: I) -> Anomalies {
        let mut set = Anomalies::default();
        all.into_iter().for_each(|anomaly| {
            set.insert(anomaly);
        });
        set
    }
}

impl fmt::Debug for Anomalies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Anomaly::name)).finish()
    }
}
