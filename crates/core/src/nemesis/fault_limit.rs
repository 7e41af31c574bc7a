//! Limit on the number of drawn faults: a schedule is made before the run, in memory.

use super::{FaultKind, INTERVAL_MIN, NemesisSettings};
use crate::engine::time::Duration;

/// Maximum size of a drawn schedule, in faults of a small cluster: 250 MB, made within a second.
const EXTENT_MAX: u128 = 400_000;

/// Schedule that exceeds the limit, with the nearest settings that do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch {
    /// Expected number of faults.
    pub faults: u64,
    /// Maximum number of faults of these kinds, among as many nodes.
    pub faults_max: u64,
    /// Shortest interval that is possible with this duration.
    pub interval_min: Duration,
    /// Longest duration that is possible with this interval.
    pub duration_max: Duration,
}

/// Returns the excess if these settings draw too many faults among `nodes` nodes, else `None`.
/// Under a swarm all kinds count, since a seed may choose all of them.
pub fn too_much(settings: &NemesisSettings, nodes: u32, duration: Duration) -> Option<TooMuch> {
    let kinds = settings.kinds.len() as u128;
    let weight: u128 = settings.kinds.iter().map(|kind| weight(*kind, nodes.into())).sum();
    // A fault and the gap after it each last one interval on average.
    let between = 2 * u128::from(settings.interval.max(INTERVAL_MIN).as_ns());
    let duration = u128::from(duration.as_ns());
    if duration * weight <= EXTENT_MAX * between {
        return None;
    }
    let narrow = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
    Some(TooMuch {
        faults: narrow(duration * kinds / between),
        faults_max: narrow(EXTENT_MAX * kinds / weight),
        interval_min: Duration::from_ns(narrow((duration * weight).div_ceil(2 * EXTENT_MAX))),
        duration_max: Duration::from_ns(narrow(EXTENT_MAX * between / weight)),
    })
}

/// Returns the cost of a fault of this kind, with its victims among `nodes` nodes, in memory or in
/// time. A majorities ring takes time with the cube of the number of nodes.
fn weight(kind: FaultKind, nodes: u128) -> u128 {
    1 + (kind.row().extent)(nodes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kinds: &[FaultKind], nodes: u32, interval: u64, duration: u64) -> Option<TooMuch> {
        let interval = Duration::from_seconds(interval);
        let settings =
            NemesisSettings { kinds: kinds.to_vec(), interval, ..NemesisSettings::default() };
        too_much(&settings, nodes, Duration::from_seconds(duration))
    }

    #[test]
    fn what_is_drawn_is_limited_by_its_extent() {
        let one = [FaultKind::Crash];
        assert_eq!(found(&one, 5, 10, 8_000_000), None);
        let expected = TooMuch {
            faults: 400_001,
            faults_max: 400_000,
            interval_min: Duration::from_ns(10_000_025_000),
            duration_max: Duration::from_seconds(8_000_000),
        };
        assert_eq!(found(&one, 5, 10, 8_000_020), Some(expected));
        let two = [FaultKind::Crash, FaultKind::Pause];
        assert!(found(&two, 5, 10, 4_000_000).is_none() && found(&two, 5, 10, 4_000_020).is_some());
        assert_eq!(found(&[], 10_000, 0, u64::MAX / 1_000_000_000), None);
    }

    #[test]
    fn many_nodes_take_room() {
        let most = |kind, nodes| found(&[kind], nodes, 1, 1 << 33).map(|found| found.faults_max);
        assert_eq!(most(FaultKind::Crash, 10_000), Some(2_547));
        assert_eq!(most(FaultKind::Partition, 25), Some(30_769));
        assert_eq!(most(FaultKind::Partition, 10_000), Some(0));
    }
}
