//! Numbers of stored JSON in tables.

use serde_json::Value;

use crate::page::Table;
use crate::statistics::number;

/// Returns a value for a cell: numbers with a few digits, `–` where there is none.
pub(super) fn cell(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Number(value) => match (value.as_u64(), value.as_f64()) {
            (Some(whole), _) => whole.to_string(),
            (None, Some(real)) => number(real),
            (None, None) => value.to_string(),
        },
        Value::Array(_) | Value::Object(_) => value.to_string(),
    }
}

/// A column of a table of objects: its heading, and the path of its value.
pub(super) type Column = (&'static str, &'static [&'static str]);

/// Returns a table with a row for each object.
pub(super) fn table(caption: &str, columns: &[Column], objects: &[Value]) -> Table {
    let of = |object: &Value, path: &[&str]| {
        let found = path.iter().fold(object, |value, key| &value[*key]);
        cell(found)
    };
    Table {
        caption: caption.to_owned(),
        heads: columns.iter().map(|(head, _)| (*head).to_owned()).collect(),
        rows: objects
            .iter()
            .map(|object| columns.iter().map(|(_, path)| of(object, path)).collect())
            .collect(),
    }
}

/// Returns a table of all numbers, words and truth values below a value, each with its path.
pub(super) fn flat(caption: &str, value: &Value) -> Table {
    let mut rows = Vec::new();
    flatten(String::new(), value, &mut rows);
    Table {
        caption: caption.to_owned(),
        heads: vec!["figure".to_owned(), "value".to_owned()],
        rows,
    }
}

fn flatten(path: String, value: &Value, rows: &mut Vec<Vec<String>>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let dot = if path.is_empty() { "" } else { "." };
                flatten(format!("{path}{dot}{name}"), value, rows);
            }
        }
        Value::Array(_) | Value::Null => {}
        value => rows.push(vec![path, cell(value)]),
    }
}
