//! Why an operation ended as it did: the messages between its invocation and its completion.

use super::diagram::Diagram;
use super::value::sent;
use super::{Explanation, NodeRun, Step, WhyError, fate_in_words};
use crate::causal::{CausalFate, CausalGraph, CausalKind, EventId, MessageCopy};
use crate::history::{EntryKind, Op, OpValue, Process};

/// Maximum number of messages that are listed.
const MESSAGES_MAX: usize = 12;
/// Maximum length of a body in a sentence, in characters.
const BODY_MAX: usize = 100;

/// Explains the operation that has an entry of the history, its invocation or its completion.
///
/// # Errors
/// If there is no such entry, or the journal has no messages of its client.
pub fn explain_operation(run: &NodeRun, entry: usize) -> Result<Explanation, WhyError> {
    let (invoke, completion) = pair(run, entry)?;
    let graph = &run.graph;
    let event_of = |entry: usize| {
        let events = (0..graph.events().len() as u32).map(EventId);
        let mut found = events.filter(|event| graph.event(*event).entry == Some(entry as u32));
        found.next()
    };
    let begin = event_of(invoke).ok_or_else(|| WhyError::Lacks("net.csv".to_owned()))?;
    let end = completion.and_then(event_of);
    let mut steps = vec![];
    let mut shown: Vec<&MessageCopy> = vec![];
    let future = graph.future(begin);
    if let Some(end) = end {
        let past = graph.past(end);
        let on_path = |event: &EventId| past.contains(*event) && future.contains(*event);
        let receives = (begin.0..=end.0).map(EventId).filter(on_path);
        let received = receives.filter_map(|event| Some((event, graph.received(event)?)));
        for (event, copy) in received {
            shown.push(copy);
            steps.push(Step::event(graph, event, received_in_words(run, event, copy)));
            steps.extend(note(graph, copy));
        }
    }
    shorten(&mut steps);
    let until = end.unwrap_or(EventId(graph.events().len() as u32));
    let gone = gone(graph, begin, until);
    for copy in gone.iter().take(MESSAGES_MAX) {
        let text = format!("{} {}", sent_to(graph, copy), fate_in_words(copy));
        steps.push(Step { at: copy.at, message: Some(copy.message), ..Step::say(text) });
    }
    if let Some(more) = gone.len().checked_sub(MESSAGES_MAX).filter(|more| *more > 0) {
        steps.push(Step::say(format!("and {more} more messages on its behalf did not arrive")));
    }
    let is_open =
        completion.is_none_or(|completion| run.history[completion].kind == EntryKind::Info);
    if is_open && steps.is_empty() {
        steps.extend(requests(graph, begin, until));
    }
    let fact = fact(run, invoke, completion);
    shown.extend(gone);
    Ok(Explanation { fact, steps, diagram: draw(graph, &shown) })
}

/// Returns the invocation and the completion of the operation that has an entry.
fn pair(run: &NodeRun, entry: usize) -> Result<(usize, Option<usize>), WhyError> {
    let history = &run.history;
    let Some(op) = history.get(entry) else {
        let count = history.len();
        let what = format!("there is no entry {entry}; the history has {count}, from 0");
        return Err(WhyError::Question(what));
    };
    if op.process == Process::Nemesis {
        let what = format!("entry {entry} is a fault, {}, and no operation", op.f.name());
        return Err(WhyError::Question(what));
    }
    let is_its = |place: &usize| history[*place].process == op.process;
    if op.kind == EntryKind::Invoke {
        return Ok((entry, (entry + 1..history.len()).find(is_its)));
    }
    match (0..entry).rev().find(is_its) {
        Some(invoke) => Ok((invoke, Some(entry))),
        None => Err(WhyError::Question(format!("entry {entry} completes what was never invoked"))),
    }
}

fn fact(run: &NodeRun, invoke: usize, completion: Option<usize>) -> String {
    let op = &run.history[invoke];
    let node = op.node.and_then(|node| run.nodes.get(node as usize));
    let at_node = node.map(|node| format!(" at {node}")).unwrap_or_default();
    let argument = value_text(op);
    let begun =
        format!("{} of {}{at_node}{argument}, invoked at {}", op.f.name(), op.process, op.time);
    match completion.map(|completion| (completion, &run.history[completion])) {
        None => format!("{begun} (entry {invoke}), never completed"),
        Some((completion, end)) => {
            let kind = match end.kind {
                EntryKind::Ok => "ok",
                EntryKind::Fail => "failed",
                EntryKind::Info | EntryKind::Invoke => "outcome unknown",
            };
            let error = end.error.as_ref().map(|(name, text)| format!(" ({name}: {text})"));
            let error = error.unwrap_or_default();
            let result = if end.value == op.value { String::new() } else { value_text(end) };
            format!(
                "{begun}: {kind} at {}{result}{error} (entries {invoke} and {completion})",
                end.time
            )
        }
    }
}

/// Returns the value of an entry after a space, if it has one.
fn value_text(op: &Op) -> String {
    match &op.value {
        OpValue::Nil => String::new(),
        value => format!(" {}", short(&value.to_json().to_string())),
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(BODY_MAX) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn received_in_words(run: &NodeRun, event: EventId, copy: &MessageCopy) -> String {
    let graph = &run.graph;
    let (to, at) = (graph.name(copy.to), graph.event(event).at);
    let body = run.bodies.as_ref().and_then(|bodies| bodies.get(copy.message));
    let body = body.map(|body| format!(": {}", short(body))).unwrap_or_default();
    format!("{to} received at {at} {}{body}", sent(graph, copy))
}

/// Says why the reply of a service was old, if it was.
fn note(graph: &CausalGraph, copy: &MessageCopy) -> Option<Step> {
    let note = copy.note.as_ref()?;
    let text = format!("  {} gave an old answer: {note}", graph.name(copy.from));
    Some(Step {
        lane: Some(graph.name(copy.from).to_owned()),
        message: Some(copy.message),
        ..Step::say(text)
    })
}

/// Leaves out the middle of a long list of steps.
fn shorten(steps: &mut Vec<Step>) {
    if steps.len() > MESSAGES_MAX {
        let half = MESSAGES_MAX / 2;
        let more = steps.len() - 2 * half;
        let left_out = Step::say(format!("… {more} more messages …"));
        steps.splice(half..half + more, [left_out]);
    }
}

fn sent_to(graph: &CausalGraph, copy: &MessageCopy) -> String {
    let kind = copy.kind.as_ref().map(|kind| format!(" ({kind})")).unwrap_or_default();
    let (from, to) = (graph.name(copy.from), graph.name(copy.to));
    let at = copy.sent.map_or(String::new(), |sent| format!(", sent at {sent},"));
    format!("message {}{kind} from {from} to {to}{at}", copy.message)
}

/// Returns the copies that were sent on behalf of an operation before its end and did not arrive.
fn gone(graph: &CausalGraph, begin: EventId, until: EventId) -> Vec<&MessageCopy> {
    let client = graph.event(begin).lane;
    // On its behalf: what the client sent, and what the receivers of that sent at once.
    let mut behalf = vec![];
    let sends = (begin.0..until.0).map(EventId);
    let of_client = |event: &EventId| {
        let found = graph.event(*event);
        found.lane == client && found.kind == CausalKind::Send
    };
    for send in sends.filter(of_client) {
        let Some(message) = graph.event(send).message else { continue };
        for copy in graph.copies_of(message) {
            behalf.push(copy);
            let Some(receive) = copy.receive else { continue };
            let mut next = graph.next(receive);
            while let Some(event) = next
                && graph.event(event).at == graph.event(receive).at
            {
                let found = graph.event(event);
                if let (CausalKind::Send, Some(message)) = (found.kind, found.message) {
                    behalf.extend(graph.copies_of(message));
                }
                next = graph.next(event);
            }
        }
    }
    behalf.retain(|copy| copy.fate != CausalFate::Received);
    behalf.sort_by_key(|copy| (copy.sent, copy.message, copy.copy));
    behalf.dedup();
    behalf
}

/// Says what happened to the requests of an operation that has no reply.
fn requests(graph: &CausalGraph, begin: EventId, until: EventId) -> Vec<Step> {
    let client = graph.event(begin).lane;
    let of_client = |event: &EventId| {
        let found = graph.event(*event);
        found.lane == client && found.kind == CausalKind::Send
    };
    let sends = (begin.0..until.0).map(EventId).filter(of_client);
    let copies = sends.filter_map(|event| graph.event(event).message);
    let step = |copy: &MessageCopy| {
        let node = graph.name(copy.to);
        let fate = fate_in_words(copy);
        let text = format!("{} {fate}; {node} sent no reply in time", sent_to(graph, copy));
        Step { at: copy.at, message: Some(copy.message), ..Step::say(text) }
    };
    copies.flat_map(|message| graph.copies_of(message)).map(step).collect()
}

/// Draws the messages of an operation.
fn draw(graph: &CausalGraph, copies: &[&MessageCopy]) -> Vec<String> {
    let mut lanes: Vec<_> = copies.iter().flat_map(|copy| [copy.from, copy.to]).collect();
    lanes.sort_unstable();
    lanes.dedup();
    let mut diagram = Diagram::new(lanes.iter().map(|lane| graph.name(*lane).to_owned()));
    let mut copies = copies.to_vec();
    copies.sort_by_key(|copy| (copy.send, copy.copy));
    let many = copies.len() > MESSAGES_MAX;
    for copy in copies.iter().take(if many { MESSAGES_MAX } else { copies.len() }) {
        let Some(at) = copy.sent else { continue };
        let kind = copy.kind.as_deref().unwrap_or("");
        let label = format!("{} {kind}", copy.message);
        let arrives = copy.fate == CausalFate::Received;
        let arrow = (graph.name(copy.to), label.trim_end().to_owned(), arrives);
        diagram.send(at, graph.name(copy.from), "●".to_owned(), arrow);
    }
    diagram.lines()
}
