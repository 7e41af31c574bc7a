//! Known facts about a run besides its rows, as plain values.

use super::rule::LamportRule;
use crate::engine::rng::Rng;
use crate::engine::ticks::Ticks;
use crate::engine::time::Instant;
use crate::network::NetworkSettings;

/// Known facts about a run. The default is a bare trace: only Lamport's own rules apply.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// Number of machines; `None` if they are discovered from the rows.
    pub machines: Option<u32>,
    /// Whether a message carries its sender's clock before the step: then a receive may have the
    /// same clock as its send, and rule 4 only requires "not smaller" across a message.
    pub stamp_before: bool,
    /// Whether the network may duplicate messages.
    pub duplication: bool,
    /// Facts from the config; required for rules 6 and 9.
    pub config: Option<ConfigFacts>,
    /// Whether copies will be passed; required for rules 7 and 8.
    pub network: bool,
}

/// Facts that only the config of a run provides.
#[derive(Clone, Debug)]
pub struct ConfigFacts {
    /// `Ok` if the latency of each link is constant and there is no copy delay, so that no message
    /// overtakes another on its link; otherwise the reason why messages can be reordered.
    pub fifo: Result<(), String>,
    /// Tick schedule of each machine, and the random stream of its phase.
    pub ticks: Vec<(Ticks, Rng)>,
    /// Whether tick intervals are random.
    pub jitter: bool,
    /// First instant after the run.
    pub before: Instant,
    /// Whether the run reached that instant; otherwise machines may lack their last ticks.
    pub complete: bool,
    /// The configured network, whose latencies, losses and partitions copies are checked against.
    pub network: Option<NetworkSettings>,
    /// Whether a tick sees messages that arrive at its own instant; not so under `ties = "after"`.
    pub ticks_see_their_instant: bool,
}

impl RunFacts {
    /// Returns the reason why a rule cannot be checked, if there is one.
    pub(super) fn reason_to_skip(&self, rule: LamportRule) -> Option<String> {
        match (rule, &self.config) {
            (LamportRule::FifoLinks | LamportRule::TickTimes, None) => {
                Some("needs the config".to_owned())
            }
            (LamportRule::FifoLinks, Some(config)) => config.fifo.clone().err(),
            (LamportRule::TickTimes, Some(config)) if config.jitter => {
                Some("jitter makes tick times a matter of chance".to_owned())
            }
            (LamportRule::Conservation | LamportRule::QueueLength, _) if !self.network => {
                Some("needs net.csv".to_owned())
            }
            _ => None,
        }
    }

    /// Whether a tick sees messages that arrive at its own instant, if that is known.
    pub(super) fn ticks_see_their_instant(&self) -> Option<bool> {
        self.config.as_ref().map(|config| config.ticks_see_their_instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn skipped(rules: &RunFacts, expected: &[(u32, &str)]) {
        let reason = |rule: LamportRule| Some((rule.number(), rules.reason_to_skip(rule)?));
        let found: Vec<_> = LamportRule::ALL.into_iter().filter_map(reason).collect();
        let expected: Vec<_> = expected.iter().map(|(n, why)| (*n, (*why).to_owned())).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_cannot_be_judged_has_a_reason() {
        let (config, net) = ("needs the config", "needs net.csv");
        skipped(&RunFacts::default(), &[(6, config), (7, net), (8, net), (9, config)]);
        let facts = ConfigFacts {
            fifo: Err("latency is not constant".to_owned()),
            ticks: vec![],
            jitter: true,
            before: Instant::ZERO,
            complete: true,
            network: None,
            ticks_see_their_instant: true,
        };
        let rules = RunFacts { config: Some(facts), network: true, ..RunFacts::default() };
        let jitter = "jitter makes tick times a matter of chance";
        skipped(&rules, &[(6, "latency is not constant"), (9, jitter)]);
    }
}
