//! The one JSON object that every command prints with `--format json`: its result or its error,
//! with the exit code, in a shape of one version.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::{CommandError, Exit};
use crate::config::ConfigError;

/// Version of the shape; it grows when a program that reads the old one could fail.
pub(super) const VERSION: u32 = 1;

/// What a command printed, kept until its exit code is known.
#[derive(Debug, Default)]
pub(super) struct Captured {
    /// Its result: nothing, JSON values on lines, or a text.
    pub(super) out: Vec<u8>,
    /// Its messages.
    pub(super) err: Vec<u8>,
}

/// The end of a command.
pub(super) struct Ended<'a> {
    /// The name of the command, if it got that far.
    pub(super) command: Option<&'a str>,
    pub(super) exit: Exit,
    /// What was wrong with the command line, a file, or the disk.
    pub(super) error: Option<Value>,
}

impl Captured {
    /// Writes the object, on one line.
    pub(super) fn write(&self, ended: &Ended<'_>, out: &mut dyn Write) -> io::Result<()> {
        let text = |value: Value| value.to_string();
        write!(out, "{{\"schema\":{VERSION}")?;
        write!(out, ",\"sim\":{}", text(json!(env!("CARGO_PKG_VERSION"))))?;
        write!(out, ",\"command\":{}", text(json!(ended.command)))?;
        write!(out, ",\"exit\":{}", ended.exit.code())?;
        write!(out, ",\"result\":{}", result(&self.out))?;
        write!(out, ",\"error\":{}", text(json!(ended.error)))?;
        let messages = String::from_utf8_lossy(&self.err);
        let messages = anstream::adapter::strip_str(&messages).to_string();
        let messages: Vec<&str> = messages.lines().collect();
        writeln!(out, ",\"messages\":{}}}", text(json!(messages)))
    }
}

/// Returns the JSON of what a command printed: `null` for nothing, a value as it is, several in a
/// list, and other text in an object.
fn result(out: &[u8]) -> String {
    let text = String::from_utf8_lossy(out);
    let parsed = |text: &str| serde_json::from_str::<Value>(text).ok();
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return "null".to_owned();
    }
    let value = parsed(trimmed)
        .or_else(|| trimmed.lines().map(parsed).collect::<Option<Vec<Value>>>().map(Value::Array));
    value.unwrap_or_else(|| json!({ "text": text })).to_string()
}

/// Returns the JSON of an error: its kind, its text, and for a config each mistake with its place.
pub(super) fn error(failure: &CommandError, message: &str) -> Value {
    let mut value = json!({ "kind": kind(failure.exit()), "message": message });
    if let CommandError::Config(error) = failure {
        value["mistakes"] = error.all().map(mistake).collect();
    }
    value
}

/// Returns the JSON of one mistake of a config.
fn mistake(error: &ConfigError) -> Value {
    let place = error.snippet.as_ref();
    json!({
        "problem": error.problem,
        "place": error.place,
        "file": place.map(|at| &at.file),
        "line": place.map(|at| at.line),
        "column": place.map(|at| at.text[..at.part.start].chars().count() + 1),
        "hint": error.hint,
    })
}

/// Returns the JSON of a bug of this program, whose message went to stderr.
pub(super) fn bug() -> Value {
    json!({ "kind": kind(Exit::Bug), "message": "a bug of sim: see the error stream" })
}

/// Returns the JSON of a command line that cannot be parsed.
pub(super) fn usage(message: &str) -> Value {
    let message = message.trim_end();
    let message = message.strip_prefix("error: ").unwrap_or(message);
    json!({ "kind": kind(Exit::Usage), "message": message })
}

/// The words for exit codes.
pub(super) const KINDS: &[(Exit, &str)] = &[
    (Exit::Holds, "none"),
    (Exit::Violated, "violated"),
    (Exit::Undetermined, "undetermined"),
    (Exit::Limit, "limit"),
    (Exit::Nondeterminism, "nondeterminism"),
    (Exit::Usage, "usage"),
    (Exit::Data, "data"),
    (Exit::Bug, "bug"),
    (Exit::WouldOverwrite, "would-overwrite"),
    (Exit::InputOutput, "input-output"),
    (Exit::TryAgain, "try-again"),
    (Exit::Interrupted, "interrupted"),
    (Exit::Terminated, "interrupted"),
];

/// Returns the word for an exit code.
fn kind(exit: Exit) -> &'static str {
    KINDS.iter().find(|(one, _)| *one == exit).map_or("bug", |(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(out: &str, err: &str) -> Value {
        let captured = Captured { out: out.into(), err: err.into() };
        let ended = Ended { command: Some("run"), exit: Exit::Holds, error: None };
        let mut text = vec![];
        captured.write(&ended, &mut text).expect("memory");
        serde_json::from_slice(&text).expect("JSON")
    }

    #[test]
    fn any_output_has_one_shape() {
        let value = written("{\"b\": 1,\n \"a\": 2}\n", "one\ntwo\n");
        assert_eq!(value["result"], json!({"a": 2, "b": 1}));
        assert_eq!(value["messages"], json!(["one", "two"]));
        assert_eq!(written("{\"a\":1}\n{\"a\":2}\n", "")["result"], json!([{"a": 1}, {"a": 2}]));
        assert_eq!(written("# A page\n", "")["result"], json!({"text": "# A page\n"}));
        assert_eq!(written("", "")["result"], Value::Null);
        assert_eq!(value["schema"], json!(1));
    }
}
