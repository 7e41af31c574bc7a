//! The resolved config of a Gossip Glomers experiment: every key written out.

use super::glomers::GlomersExperiment;
use super::grammar::{GLOMERS_ROWS, number_text as ratio, write_table};
use super::resolved::{join, latency, list as entries};
use super::tree::key_text;
use crate::check::availability::Availability;
use crate::engine::time::Instant;
use crate::glomers::{GlomersParameters, OptionValue, Options};
use crate::nemesis::{Target, Window};
use crate::network::{Cut, Link, Partition};
use crate::node::NodeId;

/// Returns the resolved config as TOML. Reading it gives the same experiment.
pub fn resolved_glomers(experiment: &GlomersExperiment) -> String {
    let mut text = match &experiment.external_command {
        None => {
            "# The resolved config of a run: `sim run` on it gives the same bytes.\n".to_owned()
        }
        Some(program) => format!(
            "# What processes were hosted with: {program:?}.\n\
             # They cannot be replayed: `sim run` puts nodes that ship in their place.\n"
        ),
    };
    let parameters = &experiment.parameters;
    let table = |text: &mut String, name| {
        write_table(text, GLOMERS_ROWS, name, parameters, |path| composite(path, experiment));
    };
    table(&mut text, "");
    text += &options(&experiment.options);
    ["network", "nemesis", "limits"].into_iter().for_each(|name| table(&mut text, name));
    text
}

/// Returns the table of the program's options, if it has any.
fn options(options: &Options) -> String {
    if options.0.is_empty() {
        return String::new();
    }
    let line = |(name, value): &(&str, OptionValue)| match value {
        OptionValue::Time(time) => format!("{name} = \"{time}\"\n"),
        OptionValue::Integer(number) => format!("{name} = {number}\n"),
    };
    format!("\n[options]\n{}", options.0.iter().map(line).collect::<String>())
}

/// Returns the value of a key with a writer of its own.
fn composite(path: &str, experiment: &GlomersExperiment) -> Option<String> {
    let GlomersExperiment { name, parameters: p, solution, availability, targets, .. } = experiment;
    let models = &experiment.consistency_models;
    let GlomersParameters { names, network: n, nemesis, .. } = p;
    Some(match path {
        "name" => format!("{name:?}"),
        "model" => "\"glomers\"".to_owned(),
        "seed" => p.seed.value().to_string(),
        "duration" => format!("\"{}\"", p.duration),
        "workload" => format!("\"{}\"", p.workload.name),
        "solution" => format!("{:?}", solution.name),
        "nodes" => format!("[{}]", join(names, |name| format!("{name:?}"))),
        "concurrency" => p.concurrency.to_string(),
        "starts" => format!("\"{}\"", p.starts),
        "availability" => match availability {
            Availability::None => "\"none\"".to_owned(),
            Availability::Total => "\"total\"".to_owned(),
            Availability::AtLeast(fraction) => ratio(*fraction),
        },
        "consistency_models" if !p.workload.options.contains(&path) => return None,
        "consistency_models" => {
            format!("[{}]", join(models, |model| format!("\"{}\"", model.name())))
        }
        "targets" => format!("[{}]", join(targets, |target| format!("\"{target}\""))),
        "network.latency" => latency(n.latency),
        "network.client_latency" => latency(n.roles?.client_latency),
        "network.host_cost" => latency(n.roles?.host_cost),
        "network.links" => entries(n.links.iter().map(|entry| link(entry, names))),
        "network.partitions" => entries(n.partitions.iter().map(|entry| partition(entry, names))),
        "nemesis.kinds" => {
            format!("[{}]", join(&nemesis.kinds, |kind| format!("\"{}\"", kind.name())))
        }
        "nemesis.faults" => entries(nemesis.faults.iter().map(|window| fault(window, names))),
        _ => return None,
    })
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
