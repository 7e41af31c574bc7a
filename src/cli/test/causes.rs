//! Hints at causes: what a test of a node shows about why it is not valid.
//!
//! A hint changes no verdict, and a run that is valid has none of those that are guesses.

use std::path::Path;

use crate::check::Validity;
use crate::escape;
use crate::experiment::RunVerdict;
use crate::glomers::{GlomersParameters, GlomersRun, ProblemKind};
use crate::harness::{NodeEnd, Traffic, Tries, is_crlf_script};
use crate::history::{EntryKind, Process};
use crate::node::NodeId;
use crate::statistics::number;

/// A hosted run, as far as its causes are in it.
pub(super) struct Observed<'a> {
    pub(super) parameters: &'a GlomersParameters,
    pub(super) program: &'a Path,
    pub(super) nodes: &'a [NodeEnd],
    pub(super) traffic: &'a Traffic,
}

/// A storm has more messages for each operation, from each node to each other one, than this …
const PER_OPERATION: f64 = 20.0;
/// … and more a second.
const PER_SECOND: f64 = 50.0;

/// Workloads whose nodes can do without each other.
const ALONE: &[&str] = &["echo", "unique-ids"];

/// Returns the hints at causes.
pub(super) fn causes(
    observed: &Observed<'_>,
    run: &GlomersRun,
    verdict: &RunVerdict,
) -> Vec<String> {
    let mut hints: Vec<String> = vec![];
    hints.extend(script(observed));
    hints.extend(storm(observed, run));
    // A node that has ended explains what follows from it.
    let mut kinds = run.problems.iter().map(|(_, problem)| problem.kind);
    if kinds.any(|kind| kind.is_end() && kind != ProblemKind::NotReady) {
        return hints;
    }
    hints.extend(silence(observed, run).filter(|_| verdict.strict != Validity::Valid));
    if verdict.workload.strict == Validity::Invalid {
        let spreading = spreading(observed);
        hints.extend(spreading.is_none().then(|| retry(observed)).flatten());
        hints.extend(spreading);
    }
    hints
}

/// A script that Windows saved.
fn script(observed: &Observed<'_>) -> Option<String> {
    let is_silent = observed.nodes.iter().any(|node| node.lines == 0);
    let program = escape::path(observed.program);
    (is_silent && is_crlf_script(observed.program)).then(|| {
        format!(
            "crlf: the first line of {program} ends in CR LF, so that its interpreter is not \
             found: save it with LF (dos2unix does)"
        )
    })
}

/// Nodes that run and write nothing, or nothing more once they have started.
fn silence(observed: &Observed<'_>, run: &GlomersRun) -> Option<String> {
    let is_late = |id: &NodeId| {
        let mut problems = run.problems.iter().map(|(_, problem)| problem);
        problems.any(|problem| problem.node == *id && problem.kind == ProblemKind::NotReady)
    };
    let node = |id: &NodeId| &observed.nodes[id.index()];
    let lines = |id: &NodeId| node(id).lines + node(id).broken.iter().map(|(_, n)| n).sum::<u64>();
    let asked = |id: &NodeId| observed.traffic.requests.get(id).copied().unwrap_or(0);
    let never = |id: &NodeId| lines(id) == 0 && is_late(id);
    // Replies to `init` and `topology`.
    let no_more = |id: &NodeId| (1..=2).contains(&lines(id)) && asked(id) > 0;
    let silent: Vec<NodeId> = ids(observed).filter(never).collect();
    if !silent.is_empty() {
        return Some(format!(
            "not-flushed: {} wrote nothing to stdout since the start: {FLUSH}",
            names(observed, &silent)
        ));
    }
    let silent: Vec<NodeId> = ids(observed).filter(no_more).collect();
    (!silent.is_empty()).then(|| {
        format!(
            "not-flushed: {} wrote nothing more to stdout after the start, in spite of {} \
             requests: {FLUSH} Or is this type of request not answered?",
            names(observed, &silent),
            silent.iter().map(asked).sum::<u64>(),
        )
    })
}

/// What is forgotten by most nodes that are silent.
const FLUSH: &str = "is each line flushed, as by print(…, flush=True) or fflush(stdout)? A pipe is \
                     no terminal: lines for it are kept back.";

/// More messages than any protocol needs.
fn storm(observed: &Observed<'_>, run: &GlomersRun) -> Option<String> {
    let operations = run
        .history
        .iter()
        .filter(|op| op.process != Process::Nemesis && op.kind == EntryKind::Invoke);
    let operations = operations.count().max(1) as f64;
    let seconds = (observed.traffic.end.as_ns() as f64 / 1e9).max(1.0);
    let count = observed.nodes.len() as f64;
    let links = (count * (count - 1.0)).max(1.0);
    let all: u64 = observed.traffic.between.values().flat_map(|kinds| kinds.values()).sum();
    let all = all as f64;
    let (per_operation, bound) = (all / operations, PER_OPERATION * links);
    if per_operation <= bound || all / seconds <= PER_SECOND * links {
        return None;
    }
    let flows = observed.traffic.between.iter();
    let flows = flows.flat_map(|(link, kinds)| kinds.iter().map(move |(kind, n)| (n, kind, link)));
    let (most, kind, (from, to)) = flows.max()?;
    Some(format!(
        "message-storm: {} messages between nodes for each operation, more than {}: most are \
         {kind:?}, {most} of them from {} to {}; are messages sent on that were received before, \
         or answered without end?",
        number(per_operation.round()),
        number(bound),
        observed.parameters.name_of(*from),
        observed.parameters.name_of(*to),
    ))
}

/// Messages that did not arrive and were given up.
fn retry(observed: &Observed<'_>) -> Option<String> {
    let given_up: Vec<(NodeId, NodeId, &Tries)> = observed.traffic.given_up().collect();
    let most = given_up.iter().map(|(_, _, tries)| tries.count).max()?;
    let (from, to, tries) = given_up.iter().find(|(_, _, tries)| tries.count == most)?;
    let count = given_up.len();
    let (messages, are) = if count == 1 { ("message", "was") } else { ("messages", "were") };
    let how = match most {
        1 => "and not sent again".to_owned(),
        most => format!("sent {most} times at most, and then given up"),
    };
    Some(format!(
        "retry-stops: {count} {messages} between nodes {are} cut off or lost, {how}: {} to {} at \
         {}: {}; repeat each until it is acknowledged",
        observed.parameters.name_of(*from),
        observed.parameters.name_of(*to),
        tries.last,
        tries.body,
    ))
}

/// Nodes that answer their clients and tell no other node.
fn spreading(observed: &Observed<'_>) -> Option<String> {
    let parameters = observed.parameters;
    if parameters.names.len() < 2 || ALONE.contains(&parameters.workload.name) {
        return None;
    }
    let traffic = observed.traffic;
    let sends = |id: &NodeId| {
        let is_from = |(from, to): &(NodeId, NodeId)| from == id && to != id;
        traffic.between.keys().any(is_from) || traffic.to_services.contains_key(id)
    };
    let answers =
        |id: &NodeId| traffic.requests.contains_key(id) && observed.nodes[id.index()].lines > 2;
    let kept: Vec<NodeId> = ids(observed).filter(|id| answers(id) && !sends(id)).collect();
    let requests: u64 = kept.iter().filter_map(|id| traffic.requests.get(id)).sum();
    (!kept.is_empty()).then(|| {
        format!(
            "never-spreads: {} received {requests} requests of clients, and sent nothing to any \
             other node or service: what one node accepts, the others never learn",
            names(observed, &kept)
        )
    })
}

fn ids(observed: &Observed<'_>) -> impl Iterator<Item = NodeId> + use<> {
    (0..observed.nodes.len() as u32).map(NodeId)
}

/// Returns the names of nodes as part of a sentence, of which the first few are listed.
fn names(observed: &Observed<'_>, ids: &[NodeId]) -> String {
    const LISTED: usize = 5;
    let names: Vec<&str> = ids.iter().map(|id| observed.parameters.name_of(*id)).collect();
    match names.split_last() {
        _ if names.len() > LISTED => {
            format!("{} and {} more", names[..LISTED].join(", "), names.len() - LISTED)
        }
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.join(", "),
    }
}
