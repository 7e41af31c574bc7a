//! Where a value went: who received it when and by which message, and who never did.

use super::diagram::Diagram;
use super::written::{has_seen, values_written};
use super::{Explanation, NodeRun, Step, WhyError, counted, fate_in_words};
use crate::causal::{CausalFate, CausalGraph, EventId, LaneId, LaneKind, Marks, MessageCopy};
use crate::engine::time::Instant;
use crate::history::{Op, OpValue, Process};

/// Maximum number of copies that are listed for a node that never received the value.
const COPIES_MAX: usize = 6;
/// Maximum number of reads, and of faults, that are listed.
const READS_MAX: usize = 4;
/// Maximum number of events in the diagram.
const ROWS_MAX: usize = 16;
/// Maximum number of nodes in the diagram.
const LANES_MAX: usize = 9;

/// Explains where a value went that an operation wrote.
///
/// # Errors
/// If no operation writes it, or bodies of messages were not kept.
pub fn explain_value(run: &NodeRun, value: i64) -> Result<Explanation, WhyError> {
    let entry = run.history.iter().position(|op| values_written(op).contains(&value));
    let entry = entry.ok_or_else(|| {
        WhyError::Question(format!("no operation of this history writes {value}"))
    })?;
    let Some(bodies) = &run.bodies else {
        return Err(WhyError::Lacks("bodies.jsonl".to_owned()));
    };
    let graph = &run.graph;
    let events = (0..graph.events().len() as u32).map(EventId);
    let mut of_entry = events.filter(|event| graph.event(*event).entry == Some(entry as u32));
    let origin = of_entry.next().ok_or_else(|| WhyError::Lacks("net.csv".to_owned()))?;
    let spread = Spread::new(graph, origin, &bodies.carrying(value));
    let op = &run.history[entry];
    let mut steps = vec![];
    steps.extend(spread.received_steps(graph));
    for node in spread.without(graph) {
        steps.extend(spread.never_steps(graph, node));
    }
    steps.extend(reads_without(run, entry, value));
    steps.extend(faults(run, op.time));
    let last = graph.copies().last().map(|copy| copy.message);
    if bodies.last() < last {
        let kept = bodies.last().unwrap_or(0);
        let text = format!("bodies of messages after {kept} were not kept: there may be more");
        steps.push(Step::say(text));
    }
    let fact = format!("{value}: {} of {} at {} (entry {entry})", op.f.name(), op.process, op.time);
    let reached = spread.got.len();
    let nodes = graph.lanes().iter().filter(|lane| lane.kind == LaneKind::Node).count();
    let fact = format!("{fact}; {reached} of {} received it", counted(nodes, "node"));
    Ok(Explanation { fact, steps, diagram: spread.draw(graph, origin) })
}

/// The way of a value through a run.
struct Spread<'a> {
    /// Copies of messages that carry it, by message.
    copies: Vec<&'a MessageCopy>,
    /// The first receive of each node and service that received it, in order.
    got: Vec<(LaneId, EventId)>,
    services: Vec<(LaneId, EventId)>,
}

impl<'a> Spread<'a> {
    /// Follows a value from its origin by these messages. A message that was sent independently of
    /// the origin carries the number by accident.
    fn new(graph: &'a CausalGraph, origin: EventId, messages: &[u64]) -> Spread<'a> {
        let future: Marks = graph.future(origin);
        let of = |message: &u64| graph.copies_of(*message);
        let is_later = |copy: &&MessageCopy| copy.send.is_some_and(|send| future.contains(send));
        let copies: Vec<&MessageCopy> = messages.iter().flat_map(of).filter(is_later).collect();
        let mut receives: Vec<(EventId, LaneId)> =
            copies.iter().filter_map(|copy| Some((copy.receive?, copy.to))).collect();
        receives.sort_unstable();
        let (mut got, mut services): (Vec<(LaneId, EventId)>, Vec<_>) = (vec![], vec![]);
        for (receive, lane) in receives {
            let list = match graph.lanes()[lane.index()].kind {
                LaneKind::Node => &mut got,
                LaneKind::Service => &mut services,
                LaneKind::Client => continue,
            };
            if list.iter().all(|(known, _)| *known != lane) {
                list.push((lane, receive));
            }
        }
        Spread { copies, got, services }
    }

    /// Says who received the value first by which message, in order.
    fn received_steps(&self, graph: &CausalGraph) -> Vec<Step> {
        let mut all: Vec<&(LaneId, EventId)> = self.got.iter().chain(&self.services).collect();
        all.sort_by_key(|(_, event)| *event);
        let step = |(lane, event): &&(LaneId, EventId)| {
            let (name, at) = (graph.name(*lane), graph.event(*event).at);
            let copy = graph.received(*event);
            let before = |copy: &&&MessageCopy| {
                copy.to == *lane && copy.fate != CausalFate::Received && copy.at < Some(at)
            };
            let gone = self.copies.iter().filter(before).count();
            let after = match gone {
                0 => String::new(),
                gone => format!(", after {} for it did not arrive", copies(gone)),
            };
            let by = copy.map_or(String::new(), |copy| format!(": {}", sent(graph, copy)));
            Step::event(graph, *event, format!("{name} received it at {at}{by}{after}"))
        };
        all.iter().map(step).collect()
    }

    /// Returns the nodes that never received the value.
    fn without(&self, graph: &CausalGraph) -> Vec<LaneId> {
        let lanes = (0..graph.lanes().len() as u32).map(LaneId);
        let is_node = |lane: &LaneId| graph.lanes()[lane.index()].kind == LaneKind::Node;
        let has_it = |lane: &LaneId| self.got.iter().any(|(known, _)| known == lane);
        lanes.filter(is_node).filter(|lane| !has_it(lane)).collect()
    }

    /// Says why a node never received the value: what was sent to it, and what happened to that.
    fn never_steps(&self, graph: &CausalGraph, node: LaneId) -> Vec<Step> {
        let name = graph.name(node);
        let sent_to: Vec<&MessageCopy> =
            self.copies.iter().filter(|copy| copy.to == node).copied().collect();
        if sent_to.is_empty() {
            let knew: Vec<&str> = self.got.iter().map(|(lane, _)| graph.name(*lane)).collect();
            let knew = match knew.is_empty() {
                true => "no node had it".to_owned(),
                false => format!("{} had it", knew.join(", ")),
            };
            let text = format!("{name} never received it: no message with it was sent to {name}");
            return vec![Step {
                lane: Some(name.to_owned()),
                ..Step::say(format!("{text}; {knew}"))
            }];
        }
        let text = format!("{name} never received it: {}", of_those(&sent_to));
        let mut steps = vec![Step { lane: Some(name.to_owned()), ..Step::say(text) }];
        for copy in sent_to.iter().take(COPIES_MAX) {
            let text = format!("{} {}", sent(graph, copy), fate_in_words(copy));
            steps.push(Step {
                at: copy.at,
                lane: Some(name.to_owned()),
                message: Some(copy.message),
                text: format!("  {text}"),
            });
        }
        if let Some(more) = sent_to.len().checked_sub(COPIES_MAX).filter(|more| *more > 0) {
            steps.push(Step::say(format!("  and {more} more")));
        }
        let last = sent_to.iter().filter_map(|copy| copy.sent).max();
        if let Some(last) = last {
            let text = format!("  it was never sent to {name} again after {last}");
            steps.push(Step { lane: Some(name.to_owned()), ..Step::say(text) });
        }
        steps
    }

    /// Draws the first receive of each node, and what did not arrive at the others.
    fn draw(&self, graph: &CausalGraph, origin: EventId) -> Vec<String> {
        let without = self.without(graph);
        let shown_nodes: Vec<LaneId> =
            self.got.iter().map(|(lane, _)| *lane).chain(without.iter().copied()).collect();
        let client = graph.event(origin).lane;
        let mut lanes: Vec<LaneId> = shown_nodes.into_iter().take(LANES_MAX).collect();
        lanes.sort_unstable();
        let names = std::iter::once(client).chain(lanes).map(|lane| graph.name(lane).to_owned());
        let mut diagram = Diagram::new(names);
        let firsts: Vec<EventId> = self.got.iter().map(|(_, event)| *event).collect();
        // What happened, in order: sends of what is shown, and first receives.
        let mut rows: Vec<(EventId, Option<&MessageCopy>)> = vec![];
        for copy in &self.copies {
            let is_first = copy.receive.is_some_and(|receive| firsts.contains(&receive));
            let is_gone = without.contains(&copy.to);
            if let Some(send) = copy.send.filter(|_| is_first || is_gone) {
                rows.push((send, Some(copy)));
            }
            rows.extend(copy.receive.filter(|_| is_first).map(|receive| (receive, None)));
        }
        rows.sort_by_key(|(event, copy)| (*event, copy.map(|copy| (copy.to, copy.copy))));
        for (event, copy) in rows.into_iter().take(ROWS_MAX) {
            let found = graph.event(event);
            let name = graph.name(found.lane);
            match copy {
                Some(copy) => {
                    let arrow =
                        (graph.name(copy.to), label(copy), copy.fate == CausalFate::Received);
                    diagram.send(found.at, name, "●".to_owned(), arrow);
                }
                None => diagram.event(found.at, name, "has it".to_owned()),
            }
        }
        diagram.lines()
    }
}

/// Returns the label of a copy's arrow: its message, and its fate if it did not arrive.
fn label(copy: &MessageCopy) -> String {
    let fate = match copy.fate {
        CausalFate::Lost => " lost",
        CausalFate::Cut => " cut",
        CausalFate::Crashed => " node down",
        CausalFate::InFlight => " in flight",
        _ => "",
    };
    format!("{}{fate}", copy.message)
}

/// Returns a message with its type, sender and send.
pub(super) fn sent(graph: &CausalGraph, copy: &MessageCopy) -> String {
    let kind = copy.kind.as_ref().map(|kind| format!(" ({kind})")).unwrap_or_default();
    let at = copy.sent.map_or(String::new(), |sent| format!(", sent at {sent},"));
    let duplicate = if copy.copy > 1 { "a duplicate of " } else { "" };
    format!("{duplicate}message {}{kind} from {}{at}", copy.message, graph.name(copy.from))
        .trim_end_matches(if copy.fate == CausalFate::Received { "," } else { "" })
        .to_owned()
}

fn copies(count: usize) -> String {
    if count == 1 { "1 copy".to_owned() } else { format!("{count} copies") }
}

/// Says how many copies there were and that none arrived.
fn of_those(copies: &[&MessageCopy]) -> String {
    match copies.len() {
        1 => "the only copy for it did not arrive".to_owned(),
        count => format!("none of {count} copies for it arrived"),
    }
}

/// Says which of the last reads of each node are without the value.
fn reads_without(run: &NodeRun, entry: usize, value: i64) -> Vec<Step> {
    let mut last: Vec<(u32, usize)> = vec![];
    for (place, op) in run.history.iter().enumerate().skip(entry) {
        let (Some(node), Some(_)) = (op.node, has_seen(op, value)) else { continue };
        match last.iter_mut().find(|(known, _)| *known == node) {
            Some((_, known)) => *known = place,
            None => last.push((node, place)),
        }
    }
    last.retain(|(_, place)| has_seen(&run.history[*place], value) == Some(false));
    last.sort_by_key(|(node, _)| *node);
    let total = last.len();
    let step = |(node, place): &(u32, usize)| {
        let op = &run.history[*place];
        let name = run.nodes.get(*node as usize).map_or("a node", String::as_str);
        let text = format!(
            "the last read of {name} is without it: {} at {} (entry {place})",
            op.process, op.time
        );
        Step { at: Some(op.time), lane: Some(name.to_owned()), ..Step::say(text) }
    };
    let mut steps: Vec<Step> = last.iter().take(READS_MAX).map(step).collect();
    if total > READS_MAX {
        let more = total - READS_MAX;
        steps.push(Step::say(format!("and so are those of {}", counted(more, "further node"))));
    }
    steps
}

/// Lists the faults since the last one before an instant.
fn faults(run: &NodeRun, since: Instant) -> Vec<Step> {
    let actions: Vec<&Op> = run
        .history
        .iter()
        .filter(|op| op.process == Process::Nemesis && op.value != OpValue::Nil)
        .collect();
    let first = actions.partition_point(|op| op.time <= since).saturating_sub(1);
    let mut said: Vec<String> = vec![];
    for op in &actions[first.min(actions.len())..] {
        let text = format!("{} at {}", op.f.name(), op.time);
        if said.last() != Some(&text) {
            said.push(text);
        }
    }
    said.truncate(READS_MAX);
    match said.is_empty() {
        true => vec![],
        false => vec![Step::say(format!("faults about then: {}", said.join(", ")))],
    }
}
