//! The bodies of a run's messages, and which of them carry a value.

use std::ops::Range;

use serde_json::Value;

use crate::trace::split_body;

/// Bodies of messages as JSON texts, by the number of the message.
#[derive(Debug, Default)]
pub struct Bodies {
    text: String,
    /// Number of each message and the place of its body, by number.
    places: Vec<(u64, Range<usize>)>,
}

/// Fields of bodies whose numbers are no values: they number messages, or name keys and places.
const NO_VALUES: [&str; 16] = [
    "msg_id",
    "in_reply_to",
    "id",
    "key",
    "code",
    "offset",
    "offsets",
    "seq",
    "sequence",
    "number",
    "round",
    "term",
    "ts",
    "time",
    "version",
    "from",
];

impl Bodies {
    /// Reads the text of `bodies.jsonl`.
    ///
    /// # Errors
    /// Names the first line that has another form.
    pub fn read(text: String) -> Result<Bodies, String> {
        let (mut places, mut start) = (vec![], 0);
        for (number, line) in (1_u64..).zip(text.split_inclusive('\n')) {
            let wrong =
                || format!("line {number}: expected {{\"message\":N,\"body\":…}} and a line break");
            let whole = line.strip_suffix('\n').ok_or_else(wrong)?;
            let (message, body) = split_body(whole).ok_or_else(wrong)?;
            if places.last().is_some_and(|(last, _)| *last >= message) {
                return Err(format!("line {number}: message {message} is out of order"));
            }
            let end = start + whole.len() - 1;
            places.push((message, end - body.len()..end));
            start += line.len();
        }
        Ok(Bodies { text, places })
    }

    /// Returns the body of a message.
    pub fn get(&self, message: u64) -> Option<&str> {
        let place = self.places.binary_search_by_key(&message, |(number, _)| *number).ok()?;
        Some(&self.text[self.places[place].1.clone()])
    }

    /// Returns the number of the last message that has a body.
    pub(super) fn last(&self) -> Option<u64> {
        self.places.last().map(|(number, _)| *number)
    }

    /// Returns the messages whose bodies carry a value, in order.
    pub(super) fn carrying(&self, value: i64) -> Vec<u64> {
        let digits = value.to_string();
        let carries = |body: &str| {
            has_number(body, &digits)
                && serde_json::from_str(body).is_ok_and(|body| carries(&body, value))
        };
        let of = |place: &Range<usize>| carries(&self.text[place.clone()]);
        self.places.iter().filter(|(_, place)| of(place)).map(|(message, _)| *message).collect()
    }
}

/// Whether a text has these digits with no further digit beside them.
fn has_number(text: &str, digits: &str) -> bool {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_digit);
    text.match_indices(digits).any(|(at, _)| {
        let bytes = text.as_bytes();
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        !is_digit(before) && !is_digit(bytes.get(at + digits.len()))
    })
}

/// Whether a value is in a body, outside of fields that number or name something.
fn carries(body: &Value, value: i64) -> bool {
    match body {
        Value::Number(number) => number.as_i64() == Some(value),
        // A micro-operation: its key is no value.
        Value::Array(items) if is_micro_op(items) => {
            items[2..].iter().any(|item| carries(item, value))
        }
        Value::Array(items) => items.iter().any(|item| carries(item, value)),
        Value::Object(fields) => fields.iter().any(|(name, field)| match name.as_str() {
            "msgs" => polled(field, value),
            name if NO_VALUES.contains(&name) => false,
            _ => carries(field, value),
        }),
        _ => false,
    }
}

/// Whether an array is a micro-operation of a transaction, such as `["append", 3, 7]`.
fn is_micro_op(items: &[Value]) -> bool {
    let name = items.first().and_then(Value::as_str);
    items.len() == 3 && name.is_some_and(|name| ["r", "w", "append"].contains(&name))
}

/// Whether a value is among the messages of logs, which are pairs of an offset and a message.
fn polled(logs: &Value, value: i64) -> bool {
    let Value::Object(logs) = logs else { return carries(logs, value) };
    let pairs = logs.values().filter_map(Value::as_array).flatten();
    pairs.filter_map(Value::as_array).any(|pair| pair.iter().skip(1).any(|m| carries(m, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bodies(lines: &[&str]) -> Bodies {
        let line = |(number, body): (usize, &&str)| {
            format!("{{\"message\":{},\"body\":{body}}}\n", number + 1)
        };
        Bodies::read(lines.iter().enumerate().map(line).collect()).expect("bodies")
    }

    #[test]
    fn a_value_is_found_where_values_are() {
        let bodies = bodies(&[
            "{\"type\":\"broadcast\",\"message\":7,\"msg_id\":1}",
            "{\"type\":\"broadcast\",\"message\":1,\"msg_id\":7}",
            "{\"type\":\"peer\",\"data\":{\"values\":[17,7],\"seq\":2}}",
            "{\"type\":\"peer\",\"data\":{\"values\":[77],\"seq\":7}}",
            "{\"type\":\"txn\",\"txn\":[[\"append\",7,1],[\"r\",7,null]]}",
            "{\"type\":\"txn\",\"txn\":[[\"append\",1,7]]}",
            "{\"type\":\"poll_ok\",\"msgs\":{\"1\":[[7,1]]}}",
            "{\"type\":\"poll_ok\",\"msgs\":{\"1\":[[1,7]]}}",
            "-7",
        ]);
        assert_eq!(bodies.carrying(7), [1, 3, 6, 8]);
        assert_eq!(bodies.carrying(-7), [9]);
        assert_eq!(bodies.get(9), Some("-7"));
        assert_eq!(bodies.get(10), None);
    }

    #[test]
    fn what_is_no_such_file_is_refused_with_its_line() {
        for (text, line) in [
            ("x\n", "line 1: expected"),
            (
                "{\"message\":1,\"body\":2}\n{\"message\":1,\"body\":2}\n",
                "line 2: message 1 is out",
            ),
            ("{\"message\":1,\"body\":2}", "line 1: expected"),
        ] {
            let error = Bodies::read(text.to_owned()).expect_err(text);
            assert!(error.starts_with(line), "{error}");
        }
    }
}
