//! A log with vector clocks for ShiViz: its parser expression in the first line, an empty delimiter
//! of executions in the second, then two lines for each event.
//!
//! Vector clocks count the events of the window alone, so that each lane begins with 1, as ShiViz
//! wants it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;

use super::{ExportError, ExportOptions, ExportedRun};
use crate::causal::{CausalGraph, EventId};
use crate::describe;

/// The parser expression: an event, then its host and clock. `.` matches no end of a line.
const PARSER: &str = r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})";

/// Number of events of each lane, in the order of the lanes.
type VectorClock = Vec<u32>;

/// Writes the events in the window.
pub(super) fn write(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let graph = run.graph()?;
    let hosts = hosts(graph.lanes().iter().map(|lane| &*lane.name));
    let mut clocks: Vec<VectorClock> = vec![vec![0; hosts.len()]; hosts.len()];
    let mut sent: BTreeMap<EventId, (VectorClock, usize)> = BTreeMap::new();
    let receivers = receivers(graph, options);
    write!(out, "{PARSER}\n\n")?;
    let mut is_empty = true;
    for (place, event) in graph.events().iter().enumerate() {
        if !options.window.contains(event.at) {
            continue;
        }
        is_empty = false;
        let id = EventId(place as u32);
        let lane = event.lane.index();
        if let Some(send) = graph.send_of(id)
            && let Some((clock, left)) = sent.get_mut(&send)
        {
            for (mine, theirs) in clocks[lane].iter_mut().zip(&*clock) {
                *mine = (*mine).max(*theirs);
            }
            *left -= 1;
            if *left == 0 {
                sent.remove(&send);
            }
        }
        clocks[lane][lane] += 1;
        if let Some(count) = receivers.get(&id) {
            sent.insert(id, (clocks[lane].clone(), *count));
        }
        let text = describe::event(graph, id, run.history);
        write!(out, "{} at {}\n{} {{", one_line(&text), event.at, hosts[lane])?;
        let known = clocks[lane].iter().zip(&hosts).filter(|(count, _)| **count > 0);
        for (index, (count, host)) in known.enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(out, "{comma}\"{host}\": {count}")?;
        }
        writeln!(out, "}}")?;
    }
    if is_empty { Err(ExportError::Empty(options.window)) } else { Ok(()) }
}

/// Returns the number of receives in the window of each send.
fn receivers(graph: &CausalGraph, options: &ExportOptions) -> BTreeMap<EventId, usize> {
    let mut receivers = BTreeMap::new();
    for copy in graph.copies() {
        let is_inside = |id: EventId| options.window.contains(graph.event(id).at);
        if let (Some(send), Some(receive)) = (copy.send, copy.receive)
            && is_inside(receive)
        {
            *receivers.entry(send).or_insert(0) += 1;
        }
    }
    receivers
}

/// Returns the hosts of the lanes; names that are the same without what a host may not have get
/// the number of their lane.
fn hosts<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut unique = Vec::new();
    for (lane, name) in names.enumerate() {
        let mut host = host(name);
        while !taken.insert(host.clone()) {
            host = format!("{host}_{lane}");
        }
        unique.push(host);
    }
    unique
}

/// Returns the name of a lane without spaces, quotes and backslashes, which separate it from the
/// clock; a machine, which has a number, is `machine-3`.
fn host(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_digit()) {
        return format!("machine-{name}");
    }
    let is_plain = |c: char| c.is_alphanumeric() || "-_.:".contains(c);
    name.chars().map(|c| if is_plain(c) { c } else { '_' }).collect()
}

/// Returns the text without the two characters that end a line for JavaScript alone.
fn one_line(text: &str) -> String {
    text.replace(['\u{2028}', '\u{2029}'], " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lanes_keep_hosts_of_their_own() {
        let names = ["n 1", "n/1", "n_1_1", "1", "machine-1", "n_1"];
        let hosts = hosts(names.into_iter());
        assert_eq!(hosts[..5], ["n_1", "n_1_1", "n_1_1_2", "machine-1", "machine-1_4"]);
        assert_eq!(hosts.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
