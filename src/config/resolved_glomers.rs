//! The resolved config of a Gossip Glomers experiment: every key written out.

use std::fmt::Write;

use super::glomers::GlomersExperiment;
use super::resolved::{join, latency, ratio, write_limits, write_list};
use super::tree::key_text;
use crate::check::availability::Availability;
use crate::engine::time::Instant;
use crate::glomers::OptionValue;
use crate::nemesis::{Target, Window};
use crate::network::{Cut, Link, NetworkSettings, Partition};
use crate::node::NodeId;

/// The resolved config as TOML. Reading it gives the same experiment.
pub fn resolved_glomers(experiment: &GlomersExperiment) -> String {
    let mut text = String::new();
    write_config(&mut text, experiment).expect("writing to a string");
    text
}

fn write_config(out: &mut String, experiment: &GlomersExperiment) -> std::fmt::Result {
    let GlomersExperiment { name, parameters: p, solution, options, .. } = experiment;
    let GlomersExperiment { availability, targets, external_command, .. } = experiment;
    match external_command {
        None => {
            writeln!(out, "# The resolved config of a run: `sim run` on it gives the same bytes.")?;
        }
        Some(program) => {
            writeln!(out, "# What processes were hosted with: {program:?}.")?;
            writeln!(
                out,
                "# They cannot be replayed: `sim run` puts nodes that ship in their place."
            )?;
        }
    }
    writeln!(out, "name = {name:?}\nmodel = \"glomers\"\nseed = {}", p.seed.value())?;
    writeln!(out, "duration = \"{}\"\nworkload = \"{}\"", p.duration, p.workload.name)?;
    writeln!(out, "solution = {:?}", solution.name)?;
    writeln!(out, "nodes = [{}]", join(&p.names, |name| format!("{name:?}")))?;
    writeln!(out, "topology = \"{}\"\nrate = {}", p.topology.name(), ratio(p.rate))?;
    writeln!(out, "concurrency = {}\nrecovery = \"{}\"", p.concurrency, p.recovery)?;
    writeln!(out, "client_timeout = \"{}\"\nstarts = \"{}\"", p.client_timeout, p.starts)?;
    let availability = match availability {
        Availability::None => "\"none\"".to_owned(),
        Availability::Total => "\"total\"".to_owned(),
        Availability::AtLeast(fraction) => ratio(*fraction),
    };
    writeln!(out, "availability = {availability}")?;
    writeln!(out, "targets = [{}]", join(targets, |target| format!("\"{target}\"")))?;
    if !options.0.is_empty() {
        writeln!(out, "\n[options]")?;
    }
    for (name, value) in &options.0 {
        match value {
            OptionValue::Time(time) => writeln!(out, "{name} = \"{time}\"")?,
            OptionValue::Integer(number) => writeln!(out, "{name} = {number}")?,
        }
    }
    write_network(out, &p.network, &p.names)?;
    let n = &p.nemesis;
    let kinds = join(&n.kinds, |kind| format!("\"{}\"", kind.name()));
    writeln!(out, "\n[nemesis]\nkinds = [{kinds}]\nswarm = {}", n.swarm)?;
    writeln!(out, "interval = \"{}\"\nslow_by = \"{}\"", n.interval, n.slow_by)?;
    write_list(out, "faults", n.faults.iter().map(|window| fault(window, &p.names)))?;
    write_limits(out, p.limits)
}

fn write_network(out: &mut String, n: &NetworkSettings, names: &[String]) -> std::fmt::Result {
    writeln!(out, "\n[network]\nlatency = {}", latency(n.latency))?;
    if let Some(roles) = &n.roles {
        writeln!(out, "client_latency = {}", latency(roles.client_latency))?;
        writeln!(out, "host_cost = {}", latency(roles.host_cost))?;
        writeln!(out, "scope = \"{}\"", roles.scope.name())?;
    }
    writeln!(out, "loss = {}\nduplication = {}", ratio(n.loss), ratio(n.duplication))?;
    write_list(out, "links", n.links.iter().map(|entry| link(entry, names)))?;
    write_list(out, "partitions", n.partitions.iter().map(|entry| partition(entry, names)))
}

fn name(id: NodeId, names: &[String]) -> String {
    format!("{:?}", names[id.index()])
}

fn list(ids: &[NodeId], names: &[String]) -> String {
    format!("[{}]", join(ids, |id| name(*id, names)))
}

fn lists(groups: &[Vec<NodeId>], names: &[String]) -> String {
    format!("[{}]", join(groups, |group| list(group, names)))
}

fn link(link: &Link, names: &[String]) -> String {
    let (from, to) = (name(link.from, names), name(link.to, names));
    let mut text = format!("{{ from = {from}, to = {to}");
    if let Some(own) = link.latency {
        text += &format!(", latency = {}", latency(own));
    }
    if let Some(own) = link.loss {
        text += &format!(", loss = {}", ratio(own));
    }
    text + " }"
}

fn partition(partition: &Partition, names: &[String]) -> String {
    let cut = match &partition.cut {
        Cut::Groups(groups) => format!("groups = {}", lists(groups, names)),
        Cut::OneWay { from, to } => {
            format!("from = {}, to = {}", list(from, names), list(to, names))
        }
        // Only the nemesis draws such cuts, and configs do not state them.
        Cut::Links(_) => String::new(),
    };
    format!("{{ at = \"{}\", until = \"{}\", {cut} }}", partition.at, partition.until)
}

fn fault(window: &Window, names: &[String]) -> String {
    let value = match &window.fault.target {
        Target::Cut(_, Cut::Groups(groups)) => lists(groups, names),
        Target::Cut(_, Cut::OneWay { from, to }) => {
            format!("{{ from = {}, to = {} }}", list(from, names), list(to, names))
        }
        // Only the nemesis draws such cuts, and configs do not state them.
        Target::Cut(_, Cut::Links(_)) => "[]".to_owned(),
        Target::Nodes(ids) | Target::SlowNodes(ids, _) => list(ids, names),
        Target::Rates(clocks) => {
            let entry = |(id, speed): &(NodeId, _)| {
                format!("{} = {}", key_text(&names[id.index()]), ratio(*speed))
            };
            format!("{{ {} }}", join(clocks, entry))
        }
        Target::Probability(chance) => ratio(*chance),
    };
    let what = format!("{} = {value}", window.fault.kind.name());
    let time = |at: Instant| at.to_string();
    format!("{{ at = \"{}\", until = \"{}\", {what} }}", time(window.at), time(window.until))
}
