//! Clock skew: clocks of nodes that run fast or slow, known from the beginning of the run.
//!
//! A node's timers and [`Context::now`](crate::node::Context::now) follow its own clock: the timers
//! of a fast clock go off early, and its node cannot tell. Ticks keep true time: their schedules
//! are exact, and have a jitter of their own.

use crate::engine::ratio::Ratio;
use crate::engine::skew::SkewedClock;
use crate::engine::time::Instant;
use crate::engine::windows::Windows;
use crate::node::NodeId;

/// Skew of a node's clock from one instant until another, the second excluded.
///
/// If several overlap for one node, the one that began last counts, and of those that began
/// together the one that is last in the list: rates neither add up nor multiply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skew {
    /// Owner of the clock.
    pub node: NodeId,
    /// First instant with the skewed rate.
    pub at: Instant,
    /// First instant with the true rate again.
    pub until: Instant,
    /// Rate relative to true time; not zero.
    pub rate: Ratio,
}

/// Returns the clock of one node, or `None` if it is never skewed.
///
/// # Panics
/// If a rate is zero.
pub(super) fn clock_of(node: NodeId, skews: &[Skew]) -> Option<Box<SkewedClock>> {
    let own = || skews.iter().filter(|skew| skew.node == node && skew.at < skew.until);
    let windows: Windows<Ratio> = own().map(|skew| (skew.at, skew.until, skew.rate)).collect();
    let mut changes: Vec<Instant> = own().flat_map(|skew| [skew.at, skew.until]).collect();
    changes.sort_unstable();
    changes.dedup();
    let rate = |at: Instant| (at, windows.at(at).next().copied().unwrap_or(Ratio::ONE));
    let changes: Vec<_> = changes.into_iter().map(rate).collect();
    (!changes.is_empty()).then(|| Box::new(SkewedClock::new(&changes)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_overlapping_skews_the_later_one_counts() {
        let skew = |node, at, until, p, q| Skew {
            node: NodeId(node),
            at: Instant::from_ns(at),
            until: Instant::from_ns(until),
            rate: Ratio::new(p, q).expect("a ratio"),
        };
        let skews = [skew(0, 10, 50, 2, 1), skew(0, 20, 30, 1, 2), skew(1, 0, 0, 1, 1)];
        let clock = clock_of(NodeId(0), &skews).expect("it is skewed");
        let shown = [10, 20, 30, 50, 60].map(|ns| clock.shows(Instant::from_ns(ns)).as_ns());
        assert_eq!(shown, [10, 30, 35, 75, 85]);
        assert!(clock_of(NodeId(1), &skews).is_none());
    }
}
