//! The resolved config: every key written out and random choices replaced by values, so that it
//! gives the same run again.
//!
//! Lines follow the rows of `grammar.rs`, which write keys of one value; the others are written
//! here.

use super::grammar::{SCALE_ROWS, number_text as ratio, write_table};
use super::scale::ScaleExperiment;
use crate::network::{Cut, Latency, Link, Partition};
use crate::node::NodeId;
use crate::scale_model::{SendRule, Speed, Start};

/// Returns the resolved config as TOML. Reading it gives the same experiment.
pub fn resolved(experiment: &ScaleExperiment) -> String {
    let mut text =
        "# The resolved config of a run: `sim run` on it gives the same bytes.\n".to_owned();
    let parameters = &experiment.parameters;
    let mut table = |name| {
        write_table(&mut text, SCALE_ROWS, name, parameters, |path| composite(path, experiment));
    };
    ["", "ticks", "network", "limits"].into_iter().for_each(&mut table);
    text
}

/// Returns the BLAKE3 hash of a resolved config, in hexadecimal.
pub fn hash(resolved: &str) -> String {
    blake3::hash(resolved.as_bytes()).to_hex().to_string()
}

/// Returns the value of a key with a writer of its own.
fn composite(path: &str, experiment: &ScaleExperiment) -> Option<String> {
    let ScaleExperiment { name, parameters: p } = experiment;
    Some(match path {
        "name" => format!("{name:?}"),
        "model" => "\"scale\"".to_owned(),
        "seed" => p.seed.value().to_string(),
        "duration" => format!("\"{}\"", p.duration),
        "rates" | "periods" => {
            let (key, speeds) = speeds(&p.speeds);
            return (key == path).then(|| format!("[{speeds}]"));
        }
        "events" => match p.send {
            SendRule::Die(sides) => format!("{{ die = {sides} }}"),
            SendRule::Send(send) => format!("{{ send = {} }}", ratio(send)),
            SendRule::OneOrAll { one, all } => {
                format!("{{ one = {}, all = {} }}", ratio(one), ratio(all))
            }
        },
        "ticks.start" => match &p.start {
            Start::Random => "\"random\"".to_owned(),
            Start::Zero => "\"zero\"".to_owned(),
            Start::Period => "\"period\"".to_owned(),
            Start::At(starts) => format!("[{}]", join(starts, |start| format!("\"{start}\""))),
        },
        "network.latency" => latency(p.network.latency),
        "network.links" => list(p.network.links.iter().map(link)),
        "network.partitions" => list(p.network.partitions.iter().map(partition)),
        _ => return None,
    })
}

/// Returns a list with an entry per line.
pub(super) fn list(entries: impl ExactSizeIterator<Item = String>) -> String {
    if entries.len() == 0 {
        return "[]".to_owned();
    }
    let lines: String = entries.map(|entry| format!("    {entry},\n")).collect();
    format!("[\n{lines}]")
}

/// Returns the key of the speeds, and their list: a config has either rates or periods.
fn speeds(speeds: &[Speed]) -> (&'static str, String) {
    let key = match speeds.first() {
        Some(Speed::Period(_)) => "periods",
        _ => "rates",
    };
    let text = |speed: &Speed| match speed {
        Speed::Rate(rate) => ratio(*rate),
        Speed::Period(period) => format!("\"{period}\""),
    };
    (key, join(speeds, text))
}

/// Returns texts joined by commas.
pub(super) fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// Formats a latency in its form.
pub(super) fn latency(latency: Latency) -> String {
    match latency {
        Latency::Constant(latency) => format!("\"{latency}\""),
        Latency::Uniform(min, max) => format!("{{ uniform = [\"{min}\", \"{max}\"] }}"),
        Latency::Exponential(mean) => format!("{{ exponential = \"{mean}\" }}"),
    }
}

fn machine(node: &NodeId) -> String {
    (node.0 + 1).to_string()
}

fn link(link: &Link) -> String {
    let mut text = format!("{{ from = {}, to = {}", machine(&link.from), machine(&link.to));
    if let Some(own) = link.latency {
        text += &format!(", latency = {}", latency(own));
    }
    if let Some(own) = link.loss {
        text += &format!(", loss = {}", ratio(own));
    }
    text + " }"
}

fn partition(partition: &Partition) -> String {
    let machines = |list: &Vec<NodeId>| format!("[{}]", join(list, machine));
    let cut = match &partition.cut {
        Cut::Groups(groups) => format!("groups = [{}]", join(groups, machines)),
        Cut::OneWay { from, to } => format!("from = {}, to = {}", machines(from), machines(to)),
        Cut::Links(links) => {
            let link =
                |(from, to): &(NodeId, NodeId)| format!("[{}, {}]", machine(from), machine(to));
            format!("links = [{}]", join(links, link))
        }
    };
    format!("{{ at = \"{}\", until = \"{}\", {cut} }}", partition.at, partition.until)
}
