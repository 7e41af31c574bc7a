//! Consistency models by their names: which implies which, and which anomalies each prohibits.
//!
//! The lattice is Elle's, after Adya's thesis and the papers named in its source: Adya, Liskov and
//! O'Neil (2000), Bailis and others (HAT, 2013), Cerone, Bernardi and Gotsman (2015), Daudjee and
//! Salem (2004 and 2006). Each row has only what a model adds to the weaker ones that it implies.
//! Some models have no anomaly of their own that a history of reads and writes could show; they
//! connect the others.

use std::fmt;

use super::anomaly::{Anomalies, Anomaly};

/// Declares the models: canonical name, the name for people, further names, the models that each
/// implies, and the anomalies that it prohibits besides.
macro_rules! models {
    ($($variant:ident $canonical:literal $friendly:literal [$($alias:literal)*]
        [$($weaker:ident)*] [$($anomaly:ident)*])*) => {
        /// A consistency model.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "the names are defined by the literature")]
        pub enum Model { $($variant),* }

        impl Model {
            /// All models.
            pub const ALL: &[Model] = &[$(Model::$variant),*];

            /// Returns the canonical name, Adya's where there is one.
            pub fn canonical_name(self) -> &'static str {
                match self { $(Model::$variant => $canonical),* }
            }

            /// Returns the name in messages and results.
            pub fn name(self) -> &'static str {
                match self { $(Model::$variant => $friendly),* }
            }

            /// Returns further names.
            pub fn aliases(self) -> &'static [&'static str] {
                match self { $(Model::$variant => &[$($alias),*]),* }
            }

            /// Returns the weaker models that it implies directly.
            pub fn weaker(self) -> &'static [Model] {
                match self { $(Model::$variant => &[$(Model::$weaker),*]),* }
            }

            /// Returns the anomalies that it prohibits besides those of weaker models.
            pub fn own_anomalies(self) -> &'static [Anomaly] {
                match self { $(Model::$variant => &[$(Anomaly::$anomaly),*]),* }
            }
        }
    };
}

models! {
    ReadUncommitted "PL-1" "read-uncommitted" [] []
        [G0 DuplicateElements CyclicVersions Pl1CycleExists]
    ReadCommitted "PL-2" "read-committed" [] [ReadUncommitted] [G1 Pl2CycleExists]
    CursorStability "PL-CS" "cursor-stability" [] [ReadCommitted] [G1 GCursor LostUpdate]
    MonotonicView "PL-2L" "monotonic-view" [] [ReadCommitted] [G1 GMonotonic]
    MonotonicAtomicView "monotonic-atomic-view" "monotonic-atomic-view" [] [ReadCommitted] []
    MonotonicSnapshotRead "PL-MSR" "monotonic-snapshot-read" [] [ReadCommitted] [G1 GMsr]
    ConsistentView "PL-2+" "consistent-view" [] [CursorStability MonotonicView] [G1 GSingle]
    ForwardConsistentView "PL-FCV" "forward-consistent-view" [] [ConsistentView] [G1 GSIb]
    UpdateSerializable "PL-3U" "update-serializable" [] [ForwardConsistentView] [G1 GUpdate]
    ReadAtomic "read-atomic" "read-atomic" [] [MonotonicAtomicView] [Internal G1a FutureRead]
    UpdateAtomic "update-atomic" "update-atomic" [] [ReadAtomic] [LostUpdate]
    CausalCerone "causal-cerone" "causal-cerone" [] [ReadAtomic] [Internal G1a]
    Prefix "prefix" "prefix" [] [CausalCerone] [Internal G1a]
    ParallelSnapshotIsolation "parallel-snapshot-isolation" "parallel-snapshot-isolation" []
        [CausalCerone UpdateAtomic] [Internal G1a]
    RepeatableRead "PL-2.99" "repeatable-read" [] [CursorStability MonotonicAtomicView]
        [G1 G2Item Pl299CycleExists LostUpdate]
    SnapshotIsolation "PL-SI" "snapshot-isolation" []
        [ForwardConsistentView MonotonicAtomicView MonotonicSnapshotRead
         ParallelSnapshotIsolation Prefix]
        [Internal G1 GSI GNonadjacent PlSiCycleExists]
    ViewSerializable "view-serializable" "view-serializable" [] [] []
    Serializable "PL-3" "serializable" ["conflict-serializable"]
        [RepeatableRead UpdateSerializable SnapshotIsolation ViewSerializable]
        [G1 G2 PredicateReadMiss Pl3CycleExists Internal]
    OneCopySerializable "1SR" "1SR" [] [] []
    SessionSerializable "session-serializable" "session-serializable" [] [OneCopySerializable] []
    StrongSessionReadUncommitted "strong-session-PL-1" "strong-session-read-uncommitted" []
        [ReadUncommitted] [SessionPl1CycleExists G0Process]
    StrongSessionReadCommitted "strong-session-PL-2" "strong-session-read-committed" []
        [ReadCommitted StrongSessionReadUncommitted] [SessionPl2CycleExists G1cProcess]
    StrongSessionSnapshotIsolation
        "strong-session-snapshot-isolation" "strong-session-snapshot-isolation" []
        [SnapshotIsolation StrongSessionReadCommitted]
        [Internal G1Process GNonadjacentProcess SessionSiCycleExists]
    StrongSessionSerializable "strong-session-serializable" "strong-session-serializable" []
        [Serializable StrongSessionSnapshotIsolation] [G1Process G2Process SessionPl3CycleExists]
    StrongReadUncommitted "strong-PL-1" "strong-read-uncommitted" [] [StrongSessionReadUncommitted]
        [StrongPl1CycleExists G0Realtime]
    StrongReadCommitted "strong-PL-2" "strong-read-committed" []
        [StrongSessionReadCommitted StrongReadUncommitted] [StrongPl2CycleExists G1cRealtime]
    StrongSnapshotIsolation "strong-snapshot-isolation" "strong-snapshot-isolation" []
        [StrongSessionSnapshotIsolation StrongReadCommitted]
        [Internal G1Realtime GNonadjacentRealtime StrongSiCycleExists]
    StrictSerializable "PL-SS" "strong-serializable" ["strict-serializable"]
        [Serializable Linearizable SnapshotIsolation StrongSnapshotIsolation
         StrongSessionSerializable SessionSerializable]
        [G1 G1cRealtime G2Realtime StrictPl3CycleExists]
    Linearizable "linearizable" "linearizable" [] [Sequential] []
    Sequential "sequential" "sequential" [] [Causal] []
    Causal "causal" "causal" [] [WritesFollowReads Pram] []
    Pram "PRAM" "PRAM" [] [MonotonicReads MonotonicWrites ReadYourWrites] []
    MonotonicReads "monotonic-reads" "monotonic-reads" [] [] []
    MonotonicWrites "monotonic-writes" "monotonic-writes" [] [] []
    ReadYourWrites "read-your-writes" "read-your-writes" [] [] []
    WritesFollowReads "writes-follow-reads" "writes-follow-reads" [] [] []
}

impl Model {
    /// Returns the model with a name: canonical, friendly or another one.
    pub fn of(name: &str) -> Option<Model> {
        let has_name = |model: &&Model| {
            model.canonical_name() == name
                || model.name() == name
                || model.aliases().contains(&name)
        };
        Model::ALL.iter().find(has_name).copied()
    }

    /// Returns the model with all weaker ones: a history that satisfies it satisfies those.
    pub fn implied(self) -> Models {
        let mut all = Models::default();
        let mut open = vec![self];
        while let Some(model) = open.pop() {
            if all.insert(model) {
                open.extend_from_slice(model.weaker());
            }
        }
        all
    }

    /// Returns the anomalies that must not occur if the model holds, as Elle has them.
    pub fn prohibited(self) -> Anomalies {
        let own = |model: Model| model.own_anomalies().iter().copied();
        self.implied().iter().flat_map(own).collect::<Anomalies>().implying()
    }

    /// Returns the anomalies that must not occur if the model holds, those included for which Elle
    /// has no name: every model of transactions has them see their own writes, and no values that
    /// were never written.
    pub fn prohibited_strictly(self) -> Anomalies {
        let mut all = self.prohibited();
        if self.implied().contains(Model::ReadUncommitted) {
            all.insert(Anomaly::InternalOwnWrite);
            all.insert(Anomaly::GarbageRead);
        }
        all
    }
}

/// A set of models.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Models(u64);

impl Models {
    /// Adds a model; returns whether it is new.
    pub fn insert(&mut self, model: Model) -> bool {
        let is_new = !self.contains(model);
        self.0 |= 1 << model as u32;
        is_new
    }

    /// Whether a model is in the set.
    pub fn contains(self, model: Model) -> bool {
        self.0 >> (model as u32) & 1 == 1
    }

    /// Whether there is none.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Returns the models in the order of their declaration.
    pub fn iter(self) -> impl Iterator<Item = Model> {
        Model::ALL.iter().copied().filter(move |model| self.contains(*model))
    }

    fn filter(self, keep: impl Fn(Model) -> bool) -> Models {
        self.iter().filter(|model| keep(*model)).collect()
    }

    /// Returns those that imply no other one of the set.
    pub fn weakest(self) -> Models {
        let implies_other = |model: Model| {
            model.implied().iter().any(|other| other != model && self.contains(other))
        };
        self.filter(|model| !implies_other(model))
    }

    /// Returns those that no other one of the set implies.
    pub fn strongest(self) -> Models {
        let is_implied = |model: Model| {
            self.iter().any(|other| other != model && other.implied().contains(model))
        };
        self.filter(|model| !is_implied(model))
    }

    /// Returns the names, in alphabetical order.
    pub fn names(self) -> Vec<&'static str> {
        let mut names: Vec<&str> = self.iter().map(Model::name).collect();
        names.sort_unstable();
        names
    }
}

impl FromIterator<Model> for Models {
    fn from_iter<I: IntoIterator<Item = Model>>(all: I) -> Models {
        let mut set = Models::default();
        all.into_iter().for_each(|model| {
            set.insert(model);
        });
        set
    }
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter().map(Model::name)).finish()
    }
}

/// What anomalies say of the models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Boundary {
    /// The weakest models that they break.
    pub not: Models,
    /// Stronger ones, which are broken with these.
    pub also_not: Models,
    /// The strongest models of transactions that they leave.
    pub left: Models,
}

impl Boundary {
    /// Returns the models that anomalies break, as Elle has them.
    pub fn of(anomalies: Anomalies) -> Boundary {
        Boundary::by(|model| model.prohibited().meets(anomalies))
    }

    /// Returns the models that anomalies break, those for which Elle has no name included.
    pub fn strict(anomalies: Anomalies) -> Boundary {
        Boundary::strict_with(anomalies, Models::default())
    }

    /// The same where further models are known to be broken.
    pub fn strict_with(anomalies: Anomalies, broken: Models) -> Boundary {
        Boundary::by(|model| {
            let implied = model.implied();
            model.prohibited_strictly().meets(anomalies)
                || broken.iter().any(|weaker| implied.contains(weaker))
        })
    }

    fn by(is_broken: impl Fn(Model) -> bool) -> Boundary {
        let is_broken = |model: &Model| is_broken(*model);
        let broken: Models = Model::ALL.iter().copied().filter(is_broken).collect();
        let not = broken.weakest();
        let is_of_txns = |model: Model| model.implied().contains(Model::ReadUncommitted);
        let left: Models = Model::ALL.iter().copied().collect();
        let left = left.filter(|model| !broken.contains(model) && is_of_txns(model));
        Boundary {
            not,
            also_not: broken.filter(|model| !not.contains(model)),
            left: left.strongest(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boundary(names: &[&str]) -> (Vec<&'static str>, Vec<&'static str>, Vec<&'static str>) {
        let anomalies = names.iter().map(|name| Anomaly::of(name).expect("an anomaly")).collect();
        let Boundary { not, also_not, left } = Boundary::of(anomalies);
        (not.names(), also_not.names(), left.names())
    }

    #[test]
    fn every_name_finds_its_model() {
        for model in Model::ALL {
            let names = [model.canonical_name(), model.name()];
            for name in names.iter().chain(model.aliases()) {
                assert_eq!(Model::of(name), Some(*model), "{name}");
            }
        }
        assert_eq!(Model::of("strict-serializable"), Some(Model::StrictSerializable));
        assert_eq!(Model::of("serialisable"), None);
    }

    #[test]
    fn anomalies_break_the_models_that_the_literature_says() {
        let (not, also_not, left) = boundary(&["G-single"]);
        assert_eq!(not, ["consistent-view"]);
        assert_eq!(
            also_not,
            [
                "forward-consistent-view",
                "serializable",
                "snapshot-isolation",
                "strong-serializable",
                "strong-session-serializable",
                "strong-session-snapshot-isolation",
                "strong-snapshot-isolation",
                "update-serializable",
            ]
        );
        assert!(left.contains(&"repeatable-read") && left.contains(&"prefix"), "{left:?}");
        assert_eq!(boundary(&["lost-update"]).0, ["cursor-stability", "update-atomic"]);
        assert_eq!(boundary(&["G0"]).0, ["read-uncommitted"]);
        assert_eq!(boundary(&["G1a"]).0, ["read-committed"]);
        assert_eq!(boundary(&["internal", "G2"]).0, ["read-atomic"]);
        let (not, also_not, _) = boundary(&["G-single-realtime"]);
        assert_eq!(
            (not, also_not),
            (vec!["strong-snapshot-isolation"], vec!["strong-serializable"])
        );
        assert_eq!(boundary(&["G2-item"]).0, ["repeatable-read"]);
        assert_eq!(boundary(&[]), (vec![], vec![], vec!["strong-serializable"]));
    }

    #[test]
    fn own_writes_and_garbage_are_prohibited_by_every_model_of_transactions() {
        let own = Anomalies::from_iter([Anomaly::InternalOwnWrite]);
        assert_eq!(Boundary::strict(own).not.names(), ["read-uncommitted"]);
        assert_eq!(Boundary::of(own).not.names(), ["read-atomic"]);
        let garbage = Anomalies::from_iter([Anomaly::GarbageRead]);
        assert_eq!(Boundary::strict(garbage).not.names(), ["read-uncommitted"]);
        assert!(Boundary::of(garbage).not.is_empty());
    }
}
