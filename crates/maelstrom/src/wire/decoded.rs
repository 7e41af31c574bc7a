//! The result of decoding a line: its message, and where it deviates from the protocol.

use serde_json::{Map, Value};

use crate::node::NodeId;
use crate::protocol::Body;
use crate::protocol_rule::{Maelstrom, ProtocolRule};

/// A decoded line.
#[derive(Clone, Debug, Default)]
pub struct Decoded {
    /// The message, and its destination; `None` if the line cannot be delivered, or if its
    /// destination would discard it.
    pub message: Option<(NodeId, Body)>,
    /// Where the line deviates from the protocol.
    pub deviations: Vec<Deviation>,
}

/// A deviation from the protocol.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deviation {
    /// The rule that is broken.
    pub rule: ProtocolRule,
    /// What was found.
    pub found: String,
    /// What Maelstrom does with the line.
    pub maelstrom: Maelstrom,
}

impl Decoded {
    /// Returns the outcome of a line that is too long to be decoded.
    pub fn too_long() -> Decoded {
        let deviation = Deviation::new(ProtocolRule::LineTooLong, "it is too long".to_owned());
        Decoded { message: None, deviations: vec![deviation] }
    }

    pub(super) fn deviate(&mut self, rule: ProtocolRule, found: String) {
        self.deviations.push(Deviation::new(rule, found));
    }
}

impl Deviation {
    pub(super) fn new(rule: ProtocolRule, found: String) -> Deviation {
        Deviation { rule, found, maelstrom: rule.maelstrom() }
    }
}

pub(super) fn no_type(body: &Map<String, Value>) -> String {
    match body.get("type") {
        None => "the body has no type".to_owned(),
        Some(other) => format!("type is {}", shorten(other)),
    }
}

pub(super) fn missing(name: &str, found: Option<&Value>) -> String {
    match found {
        None => format!("{name} is missing"),
        Some(value) => format!("{name} is {}", shorten(value)),
    }
}

/// A value as text, truncated if it is long.
pub(super) fn shorten(value: &Value) -> String {
    const LENGTH_MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LENGTH_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// The JSON type of a value, in words.
pub(super) fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
