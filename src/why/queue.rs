//! Why the queue of a machine is as long as it is: what came, what was taken, and since when.

use std::collections::BTreeMap;

use super::{Explanation, Step, WhyError, between, counted, lane_of};
use crate::causal::{CausalFate, CausalGraph, CausalKind, EventId, LaneId};
use crate::engine::time::{Duration, Instant};
use crate::statistics::number;

/// Number of rows of the diagram.
const ROWS: usize = 8;
/// Length of its longest bar, in characters.
const BAR_MAX: u64 = 50;

/// Explains the queue of a machine at an instant: after its last event at or before it.
///
/// # Errors
/// If there is no such machine, it has no event yet, or lengths of queues are unknown.
pub fn explain_queue(
    graph: &CausalGraph,
    machine: &str,
    at: Instant,
) -> Result<Explanation, WhyError> {
    let lane = lane_of(graph, "machine", machine)?;
    let event = graph.event_at(lane, at).ok_or_else(|| {
        WhyError::Question(format!("machine {machine} has no event at or before {at}"))
    })?;
    let now = graph.event(event).at;
    let waiting = length(graph, event);
    let mut fact = format!("{} at machine {machine} at {now}", wait(waiting));
    if waiting == 0 {
        let busiest = graph
            .events_of(lane)
            .iter()
            .max_by_key(|event| (length(graph, **event), std::cmp::Reverse(**event)));
        if let Some(busiest) = busiest.filter(|busiest| length(graph, **busiest) > 0) {
            let (most, then) = (length(graph, *busiest), graph.event(*busiest).at);
            fact += &format!("; the queue was longest, with {most}, at {then}");
        }
        return Ok(Explanation { fact, ..Explanation::default() });
    }
    let events = graph.events_of(lane);
    let upto = events.partition_point(|other| *other <= event);
    let empty = events[..upto].iter().rposition(|event| length(graph, *event) == 0);
    let since = empty.map_or(Instant::ZERO, |place| graph.event(events[place]).at);
    let later = &events[empty.map_or(0, |place| place + 1)..upto];
    let takes = later.iter().filter(|event| graph.event(**event).kind == CausalKind::Receive);
    let takes = takes.count();
    let arrived = waiting as usize + takes;
    let span = between(since, now);
    let ticks = later.len();
    let mut steps = vec![Step::say(match empty {
        Some(_) => format!("its queue was last empty at {since}, {span} before"),
        None => "its queue was never empty".to_owned(),
    })];
    steps.push(Step::say(format!(
        "since then {} arrived{}, and {} took {}{}: {arrived} - {takes} = {waiting}",
        counted(arrived, "message"),
        rate(arrived, span),
        counted(ticks, "tick"),
        if takes == ticks { "one each".to_owned() } else { takes.to_string() },
        rate(ticks, span),
    )));
    steps.extend(by_sender(graph, lane, since, now, later));
    steps.extend(oldest(graph, lane, event));
    Ok(Explanation { fact, steps, diagram: bars(graph, &events[..upto]) })
}

fn length(graph: &CausalGraph, event: EventId) -> u64 {
    graph.event(event).queue_len.unwrap_or(0)
}

fn wait(count: u64) -> String {
    match count {
        0 => "no message waits".to_owned(),
        1 => "1 message waits".to_owned(),
        count => format!("{count} messages wait"),
    }
}

/// Returns a rate in brackets, with a space before it; nothing for an empty span.
fn rate(count: usize, span: Duration) -> String {
    match span.as_ns() {
        0 => String::new(),
        ns => format!(" ({} a second)", number(count as f64 * 1e9 / ns as f64)),
    }
}

/// Says from whom the messages came: with a journal by their arrivals, else by what was taken.
fn by_sender(
    graph: &CausalGraph,
    lane: LaneId,
    since: Instant,
    now: Instant,
    later: &[EventId],
) -> Option<Step> {
    let mut senders: BTreeMap<LaneId, usize> = BTreeMap::new();
    let has_journal = has_journal(graph);
    if has_journal {
        let arrived = graph.copies().iter().filter(|copy| {
            let is_here = matches!(copy.fate, CausalFate::Received | CausalFate::Waiting);
            is_here && copy.to == lane && copy.at.is_some_and(|at| at > since && at <= now)
        });
        arrived.for_each(|copy| *senders.entry(copy.from).or_default() += 1);
    } else {
        let taken = later.iter().filter_map(|event| graph.received(*event));
        taken.for_each(|copy| *senders.entry(copy.from).or_default() += 1);
    }
    let span = between(since, now);
    let mut senders: Vec<(LaneId, usize)> = senders.into_iter().collect();
    senders.sort_by_key(|(lane, count)| (std::cmp::Reverse(*count), *lane));
    let part = |(lane, count): &(LaneId, usize)| {
        format!("{count} from machine {}{}", graph.name(*lane), rate(*count, span))
    };
    let parts: Vec<String> = senders.iter().take(5).map(part).collect();
    let what = if has_journal { "of those that arrived" } else { "of those that were taken" };
    (!parts.is_empty()).then(|| Step::say(format!("{what}: {}", parts.join(", "))))
}

/// Whether arrivals are known, which only a journal says.
fn has_journal(graph: &CausalGraph) -> bool {
    let fates = |copy: &crate::causal::MessageCopy| copy.fate != CausalFate::Received;
    graph
        .copies()
        .iter()
        .filter(|copy| fates(copy))
        .any(|copy| copy.fate != CausalFate::NotReceived)
}

/// Says which message has waited for the longest time, if a journal knows it.
fn oldest(graph: &CausalGraph, lane: LaneId, event: EventId) -> Option<Step> {
    let now = graph.event(event).at;
    let waits = graph.copies().iter().filter(|copy| {
        let is_taken = copy.receive.is_some_and(|receive| receive <= event);
        let is_here = matches!(copy.fate, CausalFate::Received | CausalFate::Waiting);
        is_here && copy.to == lane && !is_taken && copy.at.is_some_and(|at| at <= now)
    });
    if !has_journal(graph) {
        return None;
    }
    let oldest = waits.min_by_key(|copy| (copy.at, copy.sent, copy.message))?;
    let arrived = oldest.at?;
    let sent = oldest.sent.map_or(String::new(), |sent| format!(", sent at {sent}"));
    let text = format!(
        "the next that it takes is message {} from machine {}{sent}: it waits for {}",
        oldest.message,
        graph.name(oldest.from),
        between(arrived, now)
    );
    Some(Step { message: Some(oldest.message), ..Step::say(text) })
}

/// Draws the length of the queue over time, a bar for each of a few instants.
fn bars(graph: &CausalGraph, events: &[EventId]) -> Vec<String> {
    let count = events.len().min(ROWS);
    let place = |row: usize| events[((row + 1) * events.len()).div_ceil(count) - 1];
    let rows: Vec<EventId> = (0..count).map(place).collect();
    let most = rows.iter().map(|event| length(graph, *event)).max().unwrap_or(0).max(1);
    let line = |event: &EventId| {
        let (at, length) = (graph.event(*event).at.to_string(), length(graph, *event));
        let bar = u128::from(length) * u128::from(BAR_MAX) / u128::from(most.max(BAR_MAX));
        (at, length, "#".repeat(bar as usize))
    };
    let lines: Vec<(String, u64, String)> = rows.iter().map(line).collect();
    let width = lines.iter().map(|(at, ..)| at.chars().count()).max().unwrap_or(0);
    let digits = most.to_string().len();
    let shown = |(at, length, bar): &(String, u64, String)| {
        format!("{at:>width$}  {length:>digits$}  {bar}").trim_end().to_owned()
    };
    lines.iter().map(shown).collect()
}
