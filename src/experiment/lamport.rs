//! Facts about an experiment that the check of Lamport's invariants needs.

use crate::check::{ConfigFacts, RunFacts};
use crate::config::ScaleExperiment;
use crate::engine::queue::Ties;
use crate::engine::ratio::Ratio;
use crate::engine::rng::Purpose;
use crate::engine::time::Duration;
use crate::network::NetworkSettings;
use crate::scale_model::{ParametersError, Stamp};

/// Returns the facts about an experiment that the check of Lamport's invariants needs.
///
/// `complete` is whether the run reached its end, as far as is known; `network` is whether the
/// copies of messages will be checked, too.
///
/// # Errors
/// If the parameters are invalid.
pub fn lamport_rules(
    experiment: &ScaleExperiment,
    complete: bool,
    network: bool,
) -> Result<RunFacts, ParametersError> {
    let parameters = &experiment.parameters;
    let stream = |machine: usize| parameters.seed.stream(Purpose::Ticks, machine as u64);
    let with_stream = |(machine, ticks)| (ticks, stream(machine));
    Ok(RunFacts {
        machines: Some(parameters.machines()),
        stamp_before: parameters.stamp == Stamp::Before,
        duplication: parameters.network.duplication > Ratio::ZERO,
        config: Some(ConfigFacts {
            fifo: why_not_fifo(&parameters.network).map_or(Ok(()), Err),
            ticks: parameters.ticks()?.into_iter().enumerate().map(with_stream).collect(),
            jitter: parameters.jitter > Duration::ZERO,
            before: parameters.before(),
            complete,
            network: Some(parameters.network.clone()),
            ticks_see_their_instant: parameters.ties != Ties::After,
        }),
        network,
    })
}

/// Returns the reason why messages of one link may overtake each other, if they may.
fn why_not_fifo(network: &NetworkSettings) -> Option<String> {
    let random = |link: &crate::network::Link| link.latency.is_some_and(|l| !l.is_constant());
    if !network.latency.is_constant() || network.links.iter().any(random) {
        return Some("latency is not constant".to_owned());
    }
    (network.copy_delay > Duration::ZERO).then(|| "there is a copy delay".to_owned())
}
