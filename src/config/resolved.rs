//! The resolved config: every key written out, chance resolved, so that it gives the same run
//! again.

use std::fmt::Write;

use super::scale::ScaleExperiment;
use crate::engine::limits::Limits;
use crate::engine::queue::Ties;
use crate::engine::ratio::Ratio;
use crate::network::{Cut, Latency, Link, Partition};
use crate::node::NodeId;
use crate::scale_model::{SendRule, Speed, Stamp, Start};

/// The resolved config as TOML. Reading it gives the same experiment.
pub fn resolved(experiment: &ScaleExperiment) -> String {
    let mut text = String::new();
    write_config(&mut text, experiment).expect("writing to a string");
    text
}

/// The BLAKE3 hash of a resolved config, in hexadecimal.
pub fn hash(resolved: &str) -> String {
    blake3::hash(resolved.as_bytes()).to_hex().to_string()
}

fn write_config(out: &mut String, experiment: &ScaleExperiment) -> std::fmt::Result {
    let ScaleExperiment { name, parameters: p } = experiment;
    writeln!(out, "# The resolved config of a run: `sim run` on it gives the same bytes.")?;
    writeln!(out, "name = {name:?}")?;
    writeln!(out, "model = \"scale\"")?;
    writeln!(out, "seed = {}", p.seed.value())?;
    writeln!(out, "duration = \"{}\"", p.duration)?;
    let (key, speeds) = speeds(&p.speeds);
    writeln!(out, "{key} = [{speeds}]")?;
    let stamp = if p.stamp == Stamp::After { "after" } else { "before" };
    writeln!(out, "stamp = \"{stamp}\"")?;
    match p.send {
        SendRule::Die(sides) => writeln!(out, "events = {{ die = {sides} }}")?,
        SendRule::Send(send) => writeln!(out, "events = {{ send = {} }}", ratio(send))?,
        SendRule::OneOrAll { one, all } => {
            writeln!(out, "events = {{ one = {}, all = {} }}", ratio(one), ratio(all))?;
        }
    }
    let start = match &p.start {
        Start::Random => "\"random\"".to_owned(),
        Start::Zero => "\"zero\"".to_owned(),
        Start::Period => "\"period\"".to_owned(),
        Start::At(starts) => format!("[{}]", join(starts, |start| format!("\"{start}\""))),
    };
    let ties = match p.ties {
        Ties::Id => "id",
        Ties::After => "after",
        Ties::Seeded => "seeded",
    };
    writeln!(out, "\n[ticks]\nstart = {start}\nties = \"{ties}\"")?;
    writeln!(out, "overshoot = \"{}\"\njitter = \"{}\"", p.overshoot, p.jitter)?;
    let n = &p.network;
    writeln!(out, "\n[network]\nlatency = {}", latency(n.latency))?;
    writeln!(out, "loss = {}\nduplication = {}", ratio(n.loss), ratio(n.duplication))?;
    writeln!(out, "copy_delay = \"{}\"", n.copy_delay)?;
    write_list(out, "links", n.links.iter().map(link))?;
    write_list(out, "partitions", n.partitions.iter().map(partition))?;
    write_limits(out, p.limits)
}

/// How far a run may go.
pub(super) fn write_limits(out: &mut String, limits: Limits) -> std::fmt::Result {
    writeln!(out, "\n[limits]\nevents = {}", limits.events)?;
    writeln!(out, "queued_messages = {}", limits.queued_messages)?;
    // Left out where it is the default, so that results of earlier versions are still recognised.
    if limits.memory_mib != Limits::MEMORY_MIB {
        writeln!(out, "memory_mib = {}", limits.memory_mib)?;
    }
    writeln!(out, "same_instant_events = {}", limits.same_instant_events)
}

/// A list with an entry per line.
pub(super) fn write_list(
    out: &mut String,
    key: &str,
    entries: impl ExactSizeIterator<Item = String>,
) -> std::fmt::Result {
    if entries.len() == 0 {
        return writeln!(out, "{key} = []");
    }
    writeln!(out, "{key} = [")?;
    for entry in entries {
        writeln!(out, "    {entry},")?;
    }
    writeln!(out, "]")
}

/// Speeds are all rates or all periods, since a config has one list or the other.
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

/// Texts with commas between them.
pub(super) fn join<T>(items: &[T], text: impl Fn(&T) -> String) -> String {
    items.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// A ratio as a number where that is exact, else as a text.
pub(super) fn ratio(ratio: Ratio) -> String {
    let text = ratio.to_string();
    let fits = text.parse::<i64>().is_ok() || text.contains('.');
    if fits { text } else { format!("\"{text}\"") }
}

/// A latency, in its form.
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
