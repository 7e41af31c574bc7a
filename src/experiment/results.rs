//! The result map of a run: Maelstrom's format and names, with additions.

use super::figures::{
    Outcomes, QUANTILES, TargetOutcome, ms, op_latencies, per_broadcast, per_op, zones,
};
use super::run_verdict::RunVerdict;
use crate::check::Validity;
use crate::check::set_full::quantile;
use crate::config::GlomersExperiment;
use crate::edn::Edn;
use crate::engine::time::Duration;
use crate::glomers::{GlomersRun, Zone};
use crate::network::Latency;

/// Returns everything about a run except its history and its messages.
pub(super) fn results(
    experiment: &GlomersExperiment,
    run: &GlomersRun,
    verdict: &RunVerdict,
    hints: &[String],
) -> Edn {
    let valid = || Edn::map([("valid?", Edn::Bool(true))]);
    let perf = Edn::map([
        ("latency-graph", valid()),
        ("rate-graph", valid()),
        ("valid?", Edn::Bool(true)),
    ]);
    let mut results = Edn::map([
        ("perf", perf),
        ("timeline", valid()),
        ("exceptions", verdict.exceptions.result.clone()),
        ("stats", verdict.stats.result.clone()),
        ("availability", verdict.availability.result.clone()),
        ("net", net(run)),
        ("workload", verdict.workload.result.clone()),
        ("valid?", verdict.strict.edn()),
        ("parity", verdict.parity.edn()),
        ("parity-reason", verdict.parity.reason.as_ref().map_or(Edn::Nil, Edn::text)),
        ("strict", strict(verdict)),
        ("targets", targets(&verdict.targets)),
        ("nemesis", nemesis(experiment)),
        ("hints", Edn::Vector(hints.iter().map(Edn::text).collect())),
        ("op-latency-ms", op_latency(run)),
        ("stable-latency-ms", quantiles(&verdict.workload.stable_latencies, true)),
        ("messages-per-broadcast", per_broadcast(run).map_or(Edn::Nil, Edn::Float)),
        ("messages-by-kind", kinds(run)),
        ("stale-answers", Edn::whole(run.net.stale_answers.into())),
        ("lost-by-network", lost(run)),
        ("host-cost", Edn::text(host_cost(experiment))),
        ("solution", Edn::text(experiment.program())),
        ("seed", Edn::whole(experiment.parameters.seed.value().into())),
        // The resolved config, with its seed, is beside the results.
        ("replay", Edn::text("sim run config.toml")),
    ]);
    if let (Edn::Map(entries), Some(white_box)) = (&mut results, &verdict.white_box) {
        entries.push((Edn::keyword("white-box"), white_box.edn()));
    }
    results
}

/// Returns the counts of each zone of the network.
fn net(run: &GlomersRun) -> Edn {
    let invoked = Outcomes::of(&run.history, None).invoked;
    let mut entries: Vec<(Edn, Edn)> = Vec::new();
    for (name, zone) in zones(run) {
        let mut counts = vec![
            (Edn::keyword("send-count"), Edn::whole(zone.sends.into())),
            (Edn::keyword("recv-count"), Edn::whole(zone.receives.into())),
            (Edn::keyword("msg-count"), Edn::whole(zone.messages.into())),
        ];
        if name != "clients" {
            let per_op = per_op(zone, invoked).map_or(Edn::Nil, Edn::Float);
            counts.push((Edn::keyword("msgs-per-op"), per_op));
        }
        entries.push((Edn::keyword(name), Edn::Map(counts)));
    }
    entries.push((Edn::keyword("valid?"), Edn::Bool(true)));
    Edn::Map(entries)
}

fn strict(verdict: &RunVerdict) -> Edn {
    let reason = |(rule, text): &(String, String)| {
        Edn::map([("rule", Edn::text(rule)), ("witness", Edn::text(text))])
    };
    let counts = verdict.workload.counts.iter();
    let counts =
        counts.map(|(rule, count)| (Edn::keyword(rule.name()), Edn::whole((*count).into())));
    let skipped =
        verdict.workload.skipped.iter().map(|(rule, why)| {
            Edn::map([("rule", Edn::text(rule.name())), ("why", Edn::text(why))])
        });
    Edn::map([
        ("valid?", verdict.strict.edn()),
        ("reasons", Edn::Vector(verdict.reasons.iter().map(reason).collect())),
        ("counts", Edn::Map(counts.collect())),
        ("skipped", Edn::Vector(skipped.collect())),
    ])
}

/// Returns the requested faults: the kinds that are drawn, after swarm selection, and the number of
/// stated faults.
fn nemesis(experiment: &GlomersExperiment) -> Edn {
    let p = &experiment.parameters;
    let kinds = crate::nemesis::kinds(&p.nemesis, p.seed);
    let kinds = kinds.iter().map(|kind| Edn::text(kind.name())).collect();
    Edn::map([
        ("kinds", Edn::Vector(kinds)),
        ("swarm", Edn::Bool(p.nemesis.swarm)),
        ("stated", Edn::count(p.nemesis.faults.len() + p.network.partitions.len())),
    ])
}

fn targets(targets: &[TargetOutcome]) -> Edn {
    let entry = |outcome: &TargetOutcome| {
        let met = match outcome.validity() {
            Validity::Valid => Edn::Bool(true),
            Validity::Unknown => Edn::keyword("unknown"),
            Validity::Invalid => Edn::Bool(false),
        };
        let figure = outcome.figure.map_or(Edn::Nil, Edn::Float);
        let target = Edn::text(outcome.target.to_string());
        Edn::map([("target", target), ("figure", figure), ("met?", met)])
    };
    Edn::Vector(targets.iter().map(entry).collect())
}

fn op_latency(run: &GlomersRun) -> Edn {
    let entry = |(f, latencies): (crate::history::F, Vec<Duration>)| {
        (Edn::keyword(f.name()), quantiles(&latencies, false))
    };
    Edn::Map(op_latencies(&run.history).into_iter().map(entry).collect())
}

/// Returns quantiles of latencies in milliseconds, rounded down as in Maelstrom if `floored`.
fn quantiles(sorted: &[Duration], floored: bool) -> Edn {
    let entry = |(name, q): (&str, f64)| {
        let value = quantile(sorted, q).map(ms);
        let value = value.map(|ms| if floored { ms.floor() } else { ms });
        (Edn::keyword(name), value.map_or(Edn::Nil, Edn::Float))
    };
    Edn::Map(QUANTILES.into_iter().map(entry).collect())
}

fn kinds(run: &GlomersRun) -> Edn {
    let of_zone = |zone: Zone| {
        let kinds = run.net.kinds.iter().filter(|((of, _), _)| *of == zone);
        let entry = |((_, kind), count): (&(Zone, String), &u64)| {
            (Edn::text(kind.as_str()), Edn::whole((*count).into()))
        };
        (Edn::keyword(zone.name()), Edn::Map(kinds.map(entry).collect()))
    };
    Edn::Map([Zone::Clients, Zone::Nodes, Zone::Services].map(of_zone).into())
}

fn lost(run: &GlomersRun) -> Edn {
    let net = &run.net;
    Edn::map([
        ("lost", Edn::whole(net.lost.into())),
        ("cut", Edn::whole(net.cut.into())),
        ("crashed", Edn::whole(net.crashed.into())),
        ("duplicates", Edn::whole(net.duplicates.into())),
    ])
}

/// Describes the cost of each hop besides its latency.
pub(super) fn host_cost(experiment: &GlomersExperiment) -> String {
    let cost = experiment.parameters.network.roles.map(|roles| roles.host_cost);
    match cost {
        None => "0ns".to_owned(),
        Some(Latency::Constant(cost)) => cost.to_string(),
        Some(Latency::Uniform(min, max)) => format!("uniform {min} to {max}"),
        Some(Latency::Exponential(mean)) => format!("exponential, mean {mean}"),
    }
}
