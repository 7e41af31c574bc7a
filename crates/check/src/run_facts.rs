//! What the checker knows of a run besides its rows, as plain values.

use super::rule::LamportRule;
use crate::engine::rng::Rng;
use crate::engine::ticks::Ticks;
use crate::engine::time::Instant;
use crate::network::NetworkSettings;

/// What is known of the run. The default is a bare trace: nothing but Lamport's own rules.
#[derive(Clone, Debug, Default)]
pub struct RunFacts {
    /// How many machines there are; `None` where they are found as rows come.
    pub machines: Option<u32>,
    /// Whether a message carries its sender's clock before the step: then a receive may come out at
    /// the clock of its send, and rule 4 asks only for "not smaller" across a message.
    pub stamp_before: bool,
    /// Whether the network may make duplicates.
    pub duplication: bool,
    /// What the config says; needed for rules 6 and 9.
    pub config: Option<ConfigFacts>,
    /// Whether copies will be handed in; needed for rules 7 and 8.
    pub network: bool,
}

/// What only the config of a run says.
#[derive(Clone, Debug)]
pub struct ConfigFacts {
    /// `Ok` if the latency of each link is constant and there is no copy delay, so that no message
    /// overtakes another on its link; otherwise the reason why that can happen.
    pub fifo: Result<(), String>,
    /// For each machine how it ticks, and the stream from which its phase is drawn.
    pub ticks: Vec<(Ticks, Rng)>,
    /// Whether intervals are drawn at random.
    pub jitter: bool,
    /// The first instant that the run does not cover.
    pub before: Instant,
    /// Whether the run went on until there; otherwise machines may lack their last ticks.
    pub complete: bool,
    /// The configured network, whose latencies, losses and cuts copies are held against.
    pub network: Option<NetworkSettings>,
    /// Whether a tick sees what arrives at its own instant; not so under `ties = "after"`.
    pub ticks_see_their_instant: bool,
}

impl RunFacts {
    /// Why a rule cannot be judged, if it cannot.
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

    /// Whether a tick sees what arrives at its own instant, if that is known.
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
