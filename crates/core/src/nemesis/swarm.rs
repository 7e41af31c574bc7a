//! Swarm testing: the seed chooses which fault kinds a run has.
//!
//! A bug that needs two faults and the absence of a third is found by runs with exactly those two
//! (Groce et al.: Swarm Testing, ISSTA 2012).

use super::{FaultKind, NemesisSettings};
use crate::engine::rng::{Purpose, Seed};

/// Returns the fault kinds of a run, each once, in the order of [`FaultKind::ALL`].
///
/// Under `swarm` each kind has a coin of its own, so that a further kind changes the choice among
/// the others only in runs where none of them was chosen. At least one is chosen.
pub fn kinds(settings: &NemesisSettings, seed: Seed) -> Vec<FaultKind> {
    let mut all = settings.kinds.clone();
    all.sort_unstable();
    all.dedup();
    if !settings.swarm || all.is_empty() {
        return all;
    }
    let coin = |kind: FaultKind| seed.stream(Purpose::Swarm, kind as u64).below(2) == 1;
    let chosen: Vec<FaultKind> = all.iter().copied().filter(|kind| coin(*kind)).collect();
    if !chosen.is_empty() {
        return chosen;
    }
    let place = seed.stream(Purpose::Swarm, u64::MAX).below(all.len() as u64);
    vec![all[place as usize]]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(given: &[FaultKind], swarm: bool, seed: u64) -> Vec<FaultKind> {
        let settings =
            NemesisSettings { kinds: given.to_vec(), swarm, ..NemesisSettings::default() };
        kinds(&settings, Seed::new(seed).expect("a seed"))
    }

    #[test]
    fn every_set_but_the_empty_one_comes_up() {
        let given = [FaultKind::Pause, FaultKind::Partition, FaultKind::Loss];
        let mut sets: Vec<_> = (0..200).map(|seed| chosen(&given, true, seed)).collect();
        sets.sort();
        sets.dedup();
        assert_eq!(sets.len(), 7, "{sets:?}");
        assert!(sets.iter().all(|set| !set.is_empty()));
        assert_eq!(chosen(&[], true, 1), []);
    }

    #[test]
    fn without_the_swarm_all_kinds_happen_and_their_order_is_nothing() {
        let given = [FaultKind::Pause, FaultKind::Partition, FaultKind::Pause];
        assert_eq!(chosen(&given, false, 1), [FaultKind::Partition, FaultKind::Pause]);
    }
}
