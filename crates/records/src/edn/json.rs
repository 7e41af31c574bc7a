//! Conversion of a value to JSON text, and to and from a JSON tree.

use serde_json::{Map, Number, Value};

use super::Edn;
use super::number::{exact, is_written_whole};
use super::write::{float, is_name};

impl Edn {
    /// Returns compact JSON on one line.
    pub fn json(&self) -> String {
        let mut out = String::new();
        write_value(&mut out, self, None);
        out
    }

    /// Returns readable JSON: one line per map entry; a list of numbers and texts stays on one
    /// line.
    pub fn json_pretty(&self) -> String {
        let mut out = String::new();
        write_value(&mut out, self, Some(0));
        out
    }

    /// Returns the value as a JSON tree. Of two entries with the same name the later one is kept.
    pub fn to_json(&self) -> Value {
        match self {
            Edn::Nil => Value::Null,
            Edn::Bool(bool) => Value::Bool(*bool),
            Edn::Int(number) => Value::from(*number),
            Edn::Exact(text) => text.parse().map_or(Value::Null, Value::Number),
            Edn::Float(number) => Number::from_f64(*number).map_or(Value::Null, Value::Number),
            Edn::Text(text) | Edn::Keyword(text) => Value::String(text.clone()),
            Edn::List(items) | Edn::Vector(items) | Edn::Set(items) => {
                Value::Array(items.iter().map(Edn::to_json).collect())
            }
            Edn::Map(entries) => {
                let entries = entries.iter().map(|(key, value)| (key_text(key), value.to_json()));
                Value::Object(entries.collect::<Map<String, Value>>())
            }
        }
    }

    /// Creates a value from a JSON tree: keys become keywords, or texts if they are not valid
    /// keywords.
    pub fn from_json(value: &Value) -> Edn {
        match value {
            Value::Null => Edn::Nil,
            Value::Bool(bool) => Edn::Bool(*bool),
            Value::Number(number) => from_number(number),
            Value::String(text) => Edn::Text(text.clone()),
            Value::Array(items) => Edn::Vector(items.iter().map(Edn::from_json).collect()),
            Value::Object(entries) => {
                let key = |key: &String| match is_name(key) {
                    true => Edn::Keyword(key.clone()),
                    false => Edn::Text(key.clone()),
                };
                let entries = entries.iter();
                Edn::Map(entries.map(|(k, value)| (key(k), Edn::from_json(value))).collect())
            }
        }
    }
}

/// Converts a number without losing a digit.
fn from_number(number: &Number) -> Edn {
    let text = number.as_str();
    let parsed = number.as_f64().filter(|_| !is_written_whole(number));
    match (number.as_i64(), parsed) {
        (Some(number), _) => Edn::Int(number),
        (_, Some(nearest)) if exact(&float(nearest, "")) == exact(text) => Edn::Float(nearest),
        _ => Edn::Exact(text.to_owned()),
    }
}

/// Returns a map's key as a string: `0.5`, `valid?`.
fn key_text(key: &Edn) -> String {
    match key {
        Edn::Text(text) | Edn::Keyword(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Writes a value, on several lines if an indentation is given.
fn write_value(out: &mut String, value: &Edn, indent: Option<usize>) {
    match value {
        Edn::Nil => out.push_str("null"),
        Edn::Float(number) => out.push_str(&float(*number, "null")),
        Edn::Exact(text) => out.push_str(text),
        Edn::Bool(_) | Edn::Int(_) => out.push_str(&value.to_string()),
        Edn::Text(text) | Edn::Keyword(text) => write_text(out, text),
        Edn::List(items) | Edn::Vector(items) | Edn::Set(items) => {
            let indent = indent.filter(|_| items.iter().any(is_nested));
            write_parts(out, ['[', ']'], items, indent, |out, item, indent| {
                write_value(out, item, indent);
            });
        }
        Edn::Map(entries) => {
            write_parts(out, ['{', '}'], entries, indent, |out, (key, value), inner| {
                write_text(out, &key_text(key));
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write_value(out, value, inner);
            });
        }
    }
}

fn is_nested(item: &Edn) -> bool {
    matches!(item, Edn::Map(_) | Edn::List(_) | Edn::Vector(_) | Edn::Set(_))
}

/// Writes the elements of a list or a map between their brackets.
fn write_parts<T>(
    out: &mut String,
    [open, close]: [char; 2],
    parts: &[T],
    indent: Option<usize>,
    write: impl Fn(&mut String, &T, Option<usize>),
) {
    let indent = indent.filter(|_| !parts.is_empty());
    let inner = indent.map(|indent| indent + 2);
    out.push(open);
    for (place, part) in parts.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { "," });
        new_line(out, inner);
        write(out, part, inner);
    }
    new_line(out, indent);
    out.push(close);
}

fn new_line(out: &mut String, indent: Option<usize>) {
    if let Some(indent) = indent {
        out.push('\n');
        out.extend(std::iter::repeat_n(' ', indent));
    }
}

/// Writes a text as a JSON string.
fn write_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c < ' ' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Edn {
        Edn::map([
            ("valid?", Edn::keyword("unknown")),
            ("text", Edn::text("a\"b\\c\nd\u{1}é\u{7f}")),
            ("none", Edn::Map(vec![])),
            ("latencies", Edn::Map(vec![(Edn::Float(0.5), Edn::Int(3)), (Edn::Int(1), Edn::Nil)])),
            ("ids", Edn::Set(vec![Edn::Float(2.0), Edn::whole(u64::MAX.into()), Edn::Bool(false)])),
            ("deep", Edn::List(vec![Edn::map([("a", Edn::Vector(vec![]))])])),
        ])
    }

    #[test]
    fn one_line_reads_as_the_tree() {
        let text = sample().json();
        assert!(text.starts_with(r#"{"valid?":"unknown","text":"a\"b\\c\nd\u0001é"#), "{text}");
        let read: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(read, sample().to_json());
        let laid_out = sample().json_pretty();
        assert_eq!(read, serde_json::from_str::<Value>(&laid_out).expect("JSON"));
    }

    #[test]
    fn the_form_for_people_has_an_entry_a_line() {
        let expected = r#"{
  "none": {},
  "latencies": {
    "0.5": 3,
    "1": null
  },
  "ids": [2.0,18446744073709551615,false],
  "deep": [
    {
      "a": []
    }
  ]
}"#;
        let Edn::Map(entries) = sample() else { return };
        assert_eq!(Edn::Map(entries[2..].to_vec()).json_pretty(), expected);
    }

    #[test]
    fn trees_come_back() {
        let text = r#"{"a":[1,-2.5,null,true,"x"],"b c":{"0":1e+300},
                       "exact":[18446744073709551614,-340282366920938463463374607431768211457,
                                0.10000000000000000000001,2.0]}"#;
        let tree: Value = serde_json::from_str(text).expect("JSON");
        assert_eq!(Edn::from_json(&tree).to_json(), tree);
        assert_eq!(Edn::from_json(&tree).get("a"), Some(&Edn::from_json(&tree["a"])));
    }
}
