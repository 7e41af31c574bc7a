//! Explanations: from a result to the events that caused it, in words and as a small diagram.
//!
//! Reads a causal graph, and of Gossip Glomers runs the history and the bodies of messages; runs
//! nothing and does no I/O.

mod bodies;
mod clock;
mod diagram;
mod operation;
mod queue;
mod value;
mod written;

pub use bodies::Bodies;
pub use clock::{explain_clock, explain_jumps, explain_row};
pub use operation::explain_operation;
pub use queue::explain_queue;
pub use value::explain_value;
pub use written::values_written;

use serde_json::{Value, json};

use crate::causal::{CausalFate, CausalGraph, EventId, LaneId, MessageCopy};
use crate::engine::time::{Duration, Instant};
use crate::history::History;

/// A run of Gossip Glomers, as far as explanations need it.
#[derive(Debug)]
pub struct NodeRun {
    /// Events and messages.
    pub graph: CausalGraph,
    /// Operations as clients saw them.
    pub history: History,
    /// Names of the nodes.
    pub nodes: Vec<String>,
    /// Bodies of messages, if they were kept.
    pub bodies: Option<Bodies>,
}

/// Answer to a question about a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Explanation {
    /// The fact that is explained, in a sentence.
    pub fact: String,
    /// Its reasons, one after the other.
    pub steps: Vec<Step>,
    /// A diagram of the events, a line each; empty where there is nothing to draw.
    pub diagram: Vec<String>,
}

/// A reason in an explanation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Step {
    /// The sentence.
    pub text: String,
    /// When it happened, if it is an event.
    pub at: Option<Instant>,
    /// The machine, node, service or client.
    pub lane: Option<String>,
    /// The number of the message.
    pub message: Option<u64>,
}

impl Step {
    /// Returns a sentence that is no event.
    fn say(text: impl Into<String>) -> Step {
        Step { text: text.into(), ..Step::default() }
    }

    /// Returns a sentence on an event.
    fn event(graph: &CausalGraph, event: EventId, text: String) -> Step {
        let found = graph.event(event);
        Step {
            text,
            at: Some(found.at),
            lane: Some(graph.name(found.lane).to_owned()),
            message: found.message,
        }
    }
}

impl Explanation {
    /// Returns the explanation as JSON, in one object.
    pub fn to_json(&self) -> Value {
        let step = |step: &Step| {
            json!({
                "text": step.text,
                "at_ns": step.at.map(Instant::as_ns),
                "lane": step.lane,
                "message": step.message,
            })
        };
        json!({
            "fact": self.fact,
            "steps": self.steps.iter().map(step).collect::<Vec<_>>(),
            "diagram": self.diagram,
        })
    }

    /// Returns the explanation as lines of text.
    pub fn lines(&self) -> Vec<String> {
        let steps = self.steps.iter().map(|step| format!("  {}", step.text));
        let drawn = self.diagram.iter().map(|line| format!("  {line}").trim_end().to_owned());
        let gap = (!self.diagram.is_empty()).then(String::new);
        std::iter::once(self.fact.clone()).chain(steps).chain(gap).chain(drawn).collect()
    }
}

/// Why a question has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhyError {
    /// The question is about something that the run does not have.
    #[error("{0}")]
    Question(String),
    /// The result lacks what the answer needs; the text says which command makes it.
    #[error("{0}")]
    Lacks(String),
}

/// Finds a lane by its name.
fn lane_of(graph: &CausalGraph, what: &str, name: &str) -> Result<LaneId, WhyError> {
    graph.lane(name).ok_or_else(|| {
        let names: Vec<&str> =
            graph.lanes().iter().map(|lane| &*lane.name).take(NAMES_MAX).collect();
        let more = if graph.lanes().len() > NAMES_MAX { ", …" } else { "" };
        let names = names.join(", ");
        WhyError::Question(format!("there is no {what} {name}; there are {names}{more}"))
    })
}

/// Maximum number of names in a message.
const NAMES_MAX: usize = 20;

/// Returns the fate of a copy in words: `was cut off by a partition at 2.1s`.
fn fate_in_words(copy: &MessageCopy) -> String {
    let at = |what: &str| match copy.at {
        Some(at) => format!("{what} at {at}"),
        None => what.to_owned(),
    };
    match copy.fate {
        CausalFate::Received => at("was received"),
        CausalFate::Waiting => at("arrived and waits in the queue since its arrival"),
        CausalFate::Lost => at("was lost by chance"),
        CausalFate::Cut => at("was cut off by a partition"),
        CausalFate::Crashed => at("came to a node that was down"),
        CausalFate::InFlight => "was still under way when the run ended".to_owned(),
        CausalFate::NotReceived => "was never received".to_owned(),
    }
}

/// Returns the time between two instants.
fn between(earlier: Instant, later: Instant) -> Duration {
    later.saturating_since(earlier)
}

/// Returns a count with its noun: `1 message`, `3 messages`.
fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
