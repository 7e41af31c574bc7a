//! Why a logical clock has its value: the chain of messages that lifted it.

use super::diagram::Diagram;
use super::{Explanation, Step, WhyError, between, counted, lane_of};
use crate::causal::{CausalGraph, CausalKind, EventId};
use crate::engine::time::Instant;

/// Maximum number of messages of a chain that are shown.
const CHAIN_MAX: usize = 6;

/// Explains the clock of a machine at an instant: at its last event at or before it.
///
/// # Errors
/// If there is no such machine, or it has no event yet.
pub fn explain_clock(
    graph: &CausalGraph,
    machine: &str,
    at: Instant,
) -> Result<Explanation, WhyError> {
    let lane = lane_of(graph, "machine", machine)?;
    let event = graph.event_at(lane, at).ok_or_else(|| {
        let first = graph.events_of(lane).first().map(|event| graph.event(*event).at);
        let first = first.map_or("it has none".to_owned(), |at| format!("its first is at {at}"));
        WhyError::Question(format!("machine {machine} has no event at or before {at}; {first}"))
    })?;
    Ok(explain_event(graph, event))
}

/// Explains the clock after the event in this line of a trace.
///
/// # Errors
/// If the line has no event.
pub fn explain_row(graph: &CausalGraph, line: u64) -> Result<Explanation, WhyError> {
    let place = graph.events().partition_point(|event| event.line < Some(line));
    let event = graph.events().get(place).filter(|event| event.line == Some(line));
    if event.is_none() {
        return Err(WhyError::Question(format!("line {line} of the trace is no event")));
    }
    Ok(explain_event(graph, EventId(place as u32)))
}

/// Explains the clock after an event.
fn explain_event(graph: &CausalGraph, event: EventId) -> Explanation {
    let found = graph.event(event);
    let (machine, clock, at) = (graph.name(found.lane), clock(graph, event), found.at);
    let fact = match jump(graph, event) {
        jump if jump > 1 && graph.previous(event).is_some() => {
            format!("the clock of machine {machine} jumped by {jump} to {clock} at {at}")
        }
        _ => format!("the clock of machine {machine} is {clock} at {at}"),
    };
    Explanation { fact, ..chain(graph, event) }
}

/// Explains the largest jumps of the clocks of all machines.
///
/// # Errors
/// If there is no event.
pub fn explain_jumps(graph: &CausalGraph, count: usize) -> Result<Explanation, WhyError> {
    let events = (0..graph.events().len() as u32).map(EventId);
    let mut jumps: Vec<(u64, EventId)> = events
        .filter(|event| graph.previous(*event).is_some())
        .map(|event| (jump(graph, event), event))
        .filter(|(jump, _)| *jump > 1)
        .collect();
    if graph.events().is_empty() {
        return Err(WhyError::Question("the trace has no events".to_owned()));
    }
    // Of equal jumps the earliest comes first.
    jumps.sort_by_key(|(jump, event)| (std::cmp::Reverse(*jump), *event));
    jumps.truncate(count.max(1));
    let Some((_, largest)) = jumps.first().copied() else {
        let fact = "no clock ever jumped: each event added 1 to the clock of its machine";
        return Ok(Explanation { fact: fact.to_owned(), ..Explanation::default() });
    };
    let chain = chain(graph, largest);
    let mut steps: Vec<Step> =
        jumps.iter().map(|(jump, event)| jump_in_words(graph, *jump, *event)).collect();
    // The first step is that of the list.
    if chain.steps.len() > 1 {
        steps.push(Step::say("before the first of them:"));
        steps.extend(chain.steps.into_iter().skip(1));
    }
    let fact = match jumps.len() {
        1 => "the largest jump of a clock".to_owned(),
        number => format!("the {number} largest jumps of clocks"),
    };
    Ok(Explanation { fact, steps, diagram: chain.diagram })
}

fn jump_in_words(graph: &CausalGraph, jump: u64, event: EventId) -> Step {
    let (machine, at) = (graph.name(graph.event(event).lane), graph.event(event).at);
    let text = format!("by {jump} at {at}, machine {machine}: {}", arithmetic(graph, event));
    Step::event(graph, event, text)
}

fn clock(graph: &CausalGraph, event: EventId) -> u64 {
    graph.event(event).clock.unwrap_or(0)
}

/// Returns the clock before an event: that of the event before, or 0.
fn before(graph: &CausalGraph, event: EventId) -> u64 {
    graph.previous(event).map_or(0, |previous| clock(graph, previous))
}

/// Returns by how much an event advanced its clock.
fn jump(graph: &CausalGraph, event: EventId) -> u64 {
    clock(graph, event).saturating_sub(before(graph, event))
}

/// Returns the arithmetic of an event's clock, with the message that it received.
fn arithmetic(graph: &CausalGraph, event: EventId) -> String {
    let found = graph.event(event);
    let (clock, before) = (clock(graph, event), before(graph, event));
    match (found.kind, found.stamp) {
        (CausalKind::Receive, Some(stamp)) => {
            let expected = before.max(stamp).checked_add(1);
            let sum = match Some(clock) == expected {
                true => format!("{clock} = max({before}, {stamp}) + 1"),
                false => format!(
                    "{clock} is not max({before}, {stamp}) + 1, as it should be (`sim check`)"
                ),
            };
            format!("{sum}: {}", source(graph, event))
        }
        (kind, _) => {
            let what = if kind == CausalKind::Send { "a send" } else { "an internal event" };
            match before.checked_add(1) == Some(clock) {
                true => format!("{clock} = {before} + 1: {what}"),
                false => {
                    format!("{clock} is not {before} + 1, as it should be (`sim check`): {what}")
                }
            }
        }
    }
}

/// Returns the message that an event received, its sender, and its way.
fn source(graph: &CausalGraph, event: EventId) -> String {
    let found = graph.event(event);
    let message = found.message.unwrap_or(0);
    let Some(copy) = graph.received(event) else { return format!("message {message}") };
    let mut text = format!("message {message} from machine {}", graph.name(copy.from));
    match copy.sent {
        Some(sent) => text += &format!(", sent at {sent}"),
        None => text += ", whose send is not in the trace",
    }
    if let Some(arrived) = copy.at.filter(|arrived| *arrived < found.at) {
        let waited = between(arrived, found.at);
        text += &format!(", arrived at {arrived} and waited {waited} in the queue");
    }
    text
}

/// Whether an event received a message whose stamp decided the clock.
fn is_lifted(graph: &CausalGraph, event: EventId) -> bool {
    let found = graph.event(event);
    let stamp = found.stamp.filter(|_| found.kind == CausalKind::Receive);
    stamp.is_some_and(|stamp| stamp >= before(graph, event))
}

/// Returns the chain of messages behind the clock of an event, the last first.
fn chain(graph: &CausalGraph, event: EventId) -> Explanation {
    let (mut steps, mut links) = (vec![], vec![]);
    let mut now = event;
    if !is_lifted(graph, event) {
        steps.push(Step::event(graph, event, arithmetic(graph, event)));
    }
    loop {
        let (lifted, own) = last_lifted(graph, now);
        let machine = graph.name(graph.event(now).lane);
        if own > 0 {
            let (to, at) = (clock(graph, now), graph.event(now).at);
            let from = lifted.map_or(0, |lifted| clock(graph, lifted));
            let text = match lifted.map(|lifted| graph.event(lifted).at) {
                Some(since) => format!(
                    "machine {machine} came from {from} at {since} to {to} at {at} by {} of its \
                     own",
                    counted(own, "event")
                ),
                None => format!(
                    "machine {machine} came from 0 to {to} at {at} by {} of its own: no message \
                     lifted it",
                    counted(own, "event")
                ),
            };
            steps.push(Step::event(graph, now, text));
        }
        let Some(lifted) = lifted else { break };
        if links.len() == CHAIN_MAX {
            steps.push(Step::say(format!("and so on, from {machine} further back")));
            break;
        }
        steps.push(Step::event(graph, lifted, arithmetic(graph, lifted)));
        links.push(lifted);
        match sender(graph, lifted) {
            Some(send) => now = send,
            None => break,
        }
    }
    Explanation { fact: String::new(), steps, diagram: draw(graph, event, &links) }
}

/// Returns the last event of a lane at or before `now` at which a message lifted the clock, and the
/// number of events after it.
fn last_lifted(graph: &CausalGraph, now: EventId) -> (Option<EventId>, usize) {
    let (mut event, mut own) = (now, 0);
    loop {
        if is_lifted(graph, event) {
            return (Some(event), own);
        }
        own += 1;
        match graph.previous(event) {
            Some(previous) => event = previous,
            None => return (None, own),
        }
    }
}

/// Returns the event of the sender whose clock the received message carries: its send, or the one
/// before if messages carry the clock before their send.
fn sender(graph: &CausalGraph, receive: EventId) -> Option<EventId> {
    let send = graph.send_of(receive)?;
    let stamp = graph.event(receive).stamp?;
    match graph.previous(send) {
        Some(previous) if clock(graph, send) != stamp && clock(graph, previous) == stamp => {
            Some(previous)
        }
        _ => Some(send),
    }
}

/// Draws the sends and receives of a chain, whose last link comes first.
fn draw(graph: &CausalGraph, event: EventId, links: &[EventId]) -> Vec<String> {
    let mut events: Vec<EventId> = links.iter().filter_map(|link| graph.send_of(*link)).collect();
    let sends = events.len();
    events.extend(links);
    if !events.contains(&event) {
        events.push(event);
    }
    if sends == 0 {
        return vec![];
    }
    events.sort_unstable();
    let mut lanes: Vec<_> = events.iter().map(|event| graph.event(*event).lane).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let mut diagram =
        Diagram::new(lanes.iter().map(|lane| format!("machine {}", graph.name(*lane))));
    let name = |event: EventId| format!("machine {}", graph.name(graph.event(event).lane));
    for event in events {
        let (at, clock) = (graph.event(event).at, clock(graph, event));
        let link = links.iter().find(|link| graph.send_of(**link) == Some(event));
        match (link, graph.event(event).message) {
            (Some(link), Some(message)) => {
                let arrow = (&*name(*link), message.to_string(), true);
                diagram.send(at, &name(event), clock.to_string(), arrow);
            }
            _ if links.contains(&event) => {
                let stamp = graph.event(event).stamp.unwrap_or(0);
                let text = format!("{clock} = max({}, {stamp}) + 1", before(graph, event));
                diagram.event(at, &name(event), text);
            }
            _ => diagram.event(at, &name(event), clock.to_string()),
        }
    }
    diagram.lines()
}
