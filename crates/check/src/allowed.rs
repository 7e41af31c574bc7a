//! Rule 7, if the config is known: the configured network allows the fate of each copy.
//!
//! The latency of a copy is in the configured range, it is lost only where copies can be lost, and
//! it is cut if and only if a partition separates the two machines at its arrival.

use std::collections::BTreeMap;

use super::run_facts::ConfigFacts;
use crate::engine::ratio::Ratio;
use crate::engine::time::{Duration, Instant};
use crate::network::{Latency, NetworkSettings, Partitions};
use crate::node::NodeId;
use crate::trace::{CopyFate, CopyRow};

/// Fates of a copy that the network of a config allows.
#[derive(Debug)]
pub(super) struct Allowed {
    latency: Latency,
    loss: Ratio,
    links: BTreeMap<(NodeId, NodeId), (Latency, Ratio)>,
    copy_delay: Duration,
    partitions: Partitions,
    machines: u32,
    /// Instant of the end of the run, if it reached its configured end.
    ended: Option<Instant>,
}

/// Highest number of a copy: a network makes at most one duplicate of a copy, and none of a
/// duplicate.
const COPIES_MAX: u32 = 2;

impl Allowed {
    /// Creates the check of a config; `None` if it has no network.
    pub(super) fn new(config: &ConfigFacts, machines: u32) -> Option<Allowed> {
        let NetworkSettings { latency, loss, copy_delay, links, partitions, .. } =
            config.network.as_ref()?;
        let link = |link: &crate::network::Link| {
            let own = (link.latency.unwrap_or(*latency), link.loss.unwrap_or(*loss));
            ((link.from, link.to), own)
        };
        Some(Allowed {
            latency: *latency,
            loss: *loss,
            links: links.iter().map(link).collect(),
            copy_delay: *copy_delay,
            partitions: Partitions::new(partitions, machines),
            machines,
            ended: config.complete.then_some(config.before),
        })
    }

    /// Checks a copy of a message to all or to one. The error describes the violation.
    pub(super) fn check(&self, copy: &CopyRow, to_all: bool) -> Result<(), String> {
        let CopyRow { from, to, sent, at, fate, .. } = *copy;
        // A machine that does not exist is a violation of rule 5.
        if from.0.max(to.0) >= self.machines {
            return Ok(());
        }
        if !(1..=COPIES_MAX).contains(&copy.copy) {
            return Err(format!("exists, and the network makes no more than {COPIES_MAX}"));
        }
        let (latency, loss) =
            self.links.get(&(from, to)).copied().unwrap_or((self.latency, self.loss));
        if fate == CopyFate::Lost {
            return match loss.is_zero() {
                true => Err("is lost on a link that loses nothing".to_owned()),
                false if at != sent => Err(format!("is lost at {at}, and not when it was sent")),
                false => Ok(()),
            };
        }
        if loss == Ratio::ONE {
            return Err("is not lost on a link that loses everything".to_owned());
        }
        let place = if to_all { to.0 - u32::from(to > from) } else { 0 };
        let delay = self.copy_delay.saturating_mul(place.into());
        let end = |draw| sent.saturating_add(delay).saturating_add(latency.of(draw));
        let (first, last) = (end(0).min(end(u64::MAX)), end(0).max(end(u64::MAX)));
        let is_cut = self.partitions.cut(from, to, at);
        match fate {
            CopyFate::InFlight => match self.ended {
                Some(ended) if last < ended => Err(format!(
                    "is in flight at the end, {ended}, and should have arrived by {last}"
                )),
                _ => Ok(()),
            },
            CopyFate::Crashed => {
                Err("arrives at a machine that is down, and none ever is".to_owned())
            }
            _ if at < first => Err(format!("arrives at {at}, before {first}: too fast")),
            _ if at > last => Err(format!("arrives at {at}, after {last}: too slow")),
            CopyFate::Cut if !is_cut => {
                Err(format!("is cut off at {at}, and no partition is in its way"))
            }
            CopyFate::Delivered if is_cut => {
                Err(format!("is delivered at {at}, across a partition"))
            }
            CopyFate::Cut | CopyFate::Delivered | CopyFate::Lost => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::facts;
    use super::*;
    use crate::network::{Cut, Link, Partition};

    /// Returns the verdict on a copy from machine 1 to machine 2 (or 3), sent at 100 ns.
    #[track_caller]
    fn check(settings: NetworkSettings, copy: &str, expected: &str) {
        let facts = ConfigFacts { network: Some(settings), ..facts(&[1, 1, 1], 1, false, 1_000) };
        let allowed = Allowed::new(&facts, 3).expect("a network");
        let text = format!("{}1,{copy}\n", crate::trace::JOURNAL_HEADER);
        let mut copies = crate::trace::read_copies(text.as_bytes()).expect("a header");
        let (_, copy) = copies.next().expect("a copy").expect("a copy");
        let found = allowed.check(&copy, true).err().unwrap_or_default();
        assert!(found.contains(expected) && found.is_empty() == expected.is_empty(), "{found}");
    }

    fn constant(ns: u64) -> NetworkSettings {
        NetworkSettings {
            latency: Latency::Constant(Duration::from_ns(ns)),
            ..NetworkSettings::default()
        }
    }

    #[test]
    fn a_copy_is_under_way_as_long_as_the_config_says() {
        check(constant(10), "1,1,2,100,delivered,110", "");
        check(constant(10), "1,1,2,100,delivered,109", "too fast");
        check(constant(10), "1,1,2,100,delivered,111", "too slow");
        let ns = Duration::from_ns;
        let uniform = NetworkSettings {
            latency: Latency::Uniform(ns(5), ns(7)),
            ..NetworkSettings::default()
        };
        check(uniform.clone(), "1,1,2,100,delivered,105", "");
        check(uniform.clone(), "1,1,2,100,delivered,107", "");
        check(uniform.clone(), "1,1,2,100,delivered,104", "too fast");
        check(uniform, "1,1,2,100,delivered,108", "too slow");
        let exponential =
            NetworkSettings { latency: Latency::Exponential(ns(10)), ..NetworkSettings::default() };
        check(exponential.clone(), "1,1,2,100,delivered,100", "");
        check(exponential.clone(), "1,1,2,100,delivered,474", "");
        check(exponential, "1,1,2,100,delivered,475", "too slow");
        let later = NetworkSettings { copy_delay: ns(3), ..constant(10) };
        check(later.clone(), "1,1,2,100,delivered,110", "");
        check(later.clone(), "1,1,3,100,delivered,113", "");
        check(later, "1,1,3,100,delivered,110", "too fast");
        let link = Link {
            from: NodeId(0),
            to: NodeId(1),
            latency: Some(Latency::Constant(ns(50))),
            loss: None,
        };
        let own = NetworkSettings { links: vec![link], ..constant(10) };
        check(own.clone(), "1,1,2,100,delivered,150", "");
        check(own.clone(), "1,1,2,100,delivered,110", "too fast");
        check(own, "1,2,1,100,delivered,110", "");
    }

    #[test]
    fn a_copy_in_flight_is_not_late() {
        check(constant(10), "1,1,2,990,in_flight,", "");
        check(constant(10), "1,1,2,989,in_flight,", "in flight at the end");
    }

    #[test]
    fn copies_are_lost_only_where_they_can_be() {
        let lossy =
            |loss: &str| NetworkSettings { loss: loss.parse().expect("a ratio"), ..constant(10) };
        check(lossy("0"), "1,1,2,100,lost,100", "loses nothing");
        check(lossy("0.1"), "1,1,2,100,lost,100", "");
        check(lossy("0.1"), "1,1,2,100,lost,110", "not when it was sent");
        check(lossy("1"), "1,1,2,100,delivered,110", "loses everything");
        check(lossy("0.1"), "2,1,2,100,delivered,110", "");
        check(lossy("0.1"), "3,1,2,100,delivered,110", "no more than 2");
        check(lossy("0.1"), "1,1,2,100,crashed,110", "down");
    }

    #[test]
    fn copies_are_cut_where_a_partition_is_and_only_there() {
        let cut = Cut::Groups(vec![vec![NodeId(0)], vec![NodeId(1), NodeId(2)]]);
        let (at, until) = (Instant::from_ns(110), Instant::from_ns(120));
        let cut =
            NetworkSettings { partitions: vec![Partition { at, until, cut }], ..constant(10) };
        check(cut.clone(), "1,1,2,100,cut,110", "");
        check(cut.clone(), "1,1,2,109,cut,119", "");
        check(cut.clone(), "1,1,2,110,cut,120", "no partition");
        check(cut.clone(), "1,1,2,99,cut,109", "no partition");
        check(cut.clone(), "1,1,2,100,delivered,110", "across a partition");
        check(cut.clone(), "1,1,2,110,delivered,120", "");
        check(cut, "1,2,3,100,cut,110", "no partition");
    }
}
