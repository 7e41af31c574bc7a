//! JSON as strictly as the protocol needs it: no key twice, and every number exactly.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::glomers::rpc::Rule;

/// How deep JSON may be nested.
pub const DEPTH_MAX: usize = 127;

/// Reads a line. Its numbers are within range, and are kept as they were written.
///
/// # Errors
/// The rule that the line breaks, and what was found.
pub fn parse(line: &[u8]) -> Result<Value, (Rule, String)> {
    let text = std::str::from_utf8(line).map_err(|error| {
        let at = error.valid_up_to();
        (Rule::NotUtf8, format!("byte {} is {:#04x}", at + 1, line[at]))
    })?;
    if let Some(at) = text.bytes().position(|b| b < b' ' && !matches!(b, b'\t' | b'\r')) {
        return Err((Rule::ControlCharacter, format!("byte {} is {:#04x}", at + 1, line[at])));
    }
    let Keys { repeated } = serde_json::from_str(text).map_err(|error| {
        let text = error.to_string();
        let found = text.replace(" at line 1 column", " at column");
        // What rules of their own forbid is told from the rest by the reader's words alone.
        if text.starts_with("recursion limit exceeded") {
            (Rule::TooDeep, format!("more than {DEPTH_MAX} levels"))
        } else if text.starts_with("control character") {
            (Rule::ControlCharacter, found)
        } else {
            (Rule::NotJson, found)
        }
    })?;
    if let Some(key) = repeated {
        return Err((Rule::RepeatedKey, format!("{key:?} stands there twice")));
    }
    let value: Value =
        serde_json::from_str(text).map_err(|error| (Rule::NotJson, error.to_string()))?;
    match out_of_range(&value) {
        Some(number) => Err((Rule::NumberOutOfRange, format!("{number} is no such number"))),
        None => Ok(value),
    }
}

/// The first number in a value that is beyond the range of numbers.
fn out_of_range(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => exact(number.as_str()).is_none().then_some(number),
        Value::Array(items) => items.iter().find_map(out_of_range),
        Value::Object(entries) => entries.values().find_map(out_of_range),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

/// The same value with numbers that are equal written in one way: `1`, `1.0` and `10e-1` as `1`.
pub(super) fn normalized(mut value: Value) -> Value {
    normalize(&mut value);
    value
}

/// The same for all entries of an object.
pub(super) fn normalized_all(mut entries: Map<String, Value>) -> Map<String, Value> {
    entries.values_mut().for_each(normalize);
    entries
}

/// Whether two values are equal, however their numbers are written.
pub(in crate::glomers) fn equal(a: &Value, b: &Value) -> bool {
    a == b || normalized(a.clone()) == normalized(b.clone())
}

fn normalize(value: &mut Value) {
    match value {
        Value::Number(number) => {
            if let Some(exact) = exact(number.as_str()) {
                *number = exact;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(normalize),
        Value::Object(entries) => entries.values_mut().for_each(normalize),
        Value::Null | Value::Bool(_) | Value::String(_) => {}
    }
}

/// The one text of a number of JSON: `digits`, `digits.digits`, or for those far from 1
/// `d.digitse-9`; `None` for one beyond the range of a 64-bit float, at either end.
pub fn exact(text: &str) -> Option<Number> {
    let nearest: f64 = text.parse().ok()?;
    let (sign, rest) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (mantissa, exponent) = match rest.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent),
        None => (rest, "0"),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all = format!("{whole}{fraction}");
    let digits = all.trim_start_matches('0');
    if digits.is_empty() {
        return Some(Number::from(0));
    }
    if !nearest.is_finite() || nearest == 0.0 {
        return None;
    }
    let exponent: i64 = exponent.parse().ok()?;
    // The number is 0.digits times ten to the power of this.
    let leading = (all.len() - digits.len()) as i64;
    let point = exponent + whole.len() as i64 - leading;
    let digits = digits.trim_end_matches('0');
    let count = digits.len() as i64;
    let text = if point >= count {
        format!("{sign}{digits}{}", "0".repeat((point - count) as usize))
    } else if point > 0 {
        let (whole, fraction) = digits.split_at(point as usize);
        format!("{sign}{whole}.{fraction}")
    } else if point > -6 {
        format!("{sign}0.{}{digits}", "0".repeat(-point as usize))
    } else {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        format!("{sign}{first}{dot}{rest}e{}", point - 1)
    };
    text.parse().ok()
}

/// Reads a value for its keys alone: the first that stands twice in one object.
struct Keys {
    repeated: Option<String>,
}

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Keys, D::Error> {
        deserializer.deserialize_any(KeyVisitor)
    }
}

struct KeyVisitor;

const NONE: Keys = Keys { repeated: None };

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_str<E>(self, _: &str) -> Result<Keys, E> {
        Ok(NONE)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Keys, A::Error> {
        let mut found = NONE;
        while let Some(item) = items.next_element::<Keys>()? {
            found.repeated = found.repeated.or(item.repeated);
        }
        Ok(found)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Keys, A::Error> {
        let (mut found, mut seen) = (NONE, BTreeSet::new());
        while let Some((key, value)) = entries.next_entry::<String, Keys>()? {
            found.repeated = found.repeated.or(value.repeated);
            if found.repeated.is_none() && seen.contains(&key) {
                found.repeated = Some(key.clone());
            }
            seen.insert(key);
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn refused(line: &[u8], rule: Rule) {
        assert_eq!(parse(line).map_err(|(rule, _)| rule), Err(rule));
    }

    #[test]
    fn a_line_is_refused_for_the_rule_it_breaks() {
        refused(b"hello", Rule::NotJson);
        refused(b"{\"a\":1} {\"b\":2}", Rule::NotJson);
        refused(b"{\"a\":\"\\ud800\"}", Rule::NotJson);
        refused(b"{\"a\":01}", Rule::NotJson);
        refused(b"", Rule::NotJson);
        refused(b"{\"a\":\"\x00\"}", Rule::ControlCharacter);
        refused(b"{\"a\":\"\t\"}", Rule::ControlCharacter);
        refused(b"{\"a\"\x00:1}", Rule::ControlCharacter);
        refused(b"{\"a\":\"\xff\"}", Rule::NotUtf8);
        refused(b"{\"a\":{\"b\":1,\"b\":1}}", Rule::RepeatedKey);
        refused(b"[{\"a\":1,\"\\u0061\":2}]", Rule::RepeatedKey);
        refused(b"{\"a\":1e400}", Rule::NumberOutOfRange);
        refused(b"{\"a\":-1e-400}", Rule::NumberOutOfRange);
        refused(b"{\"a\":1e99999999999999999999}", Rule::NumberOutOfRange);
        let deep = |depth| ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes();
        refused(&deep(10_000), Rule::TooDeep);
        assert!(parse(&deep(DEPTH_MAX)).is_ok());
        assert!(parse(b"  {\"a\": 0e999}\t\r").is_ok());
    }

    #[test]
    fn numbers_have_one_text_however_they_are_written() {
        let cases = [
            ("1 1.0 10e-1 0.1E1 1e+0", "1"),
            ("0 -0 0.0 0e5 0e-999", "0"),
            ("-12.50 -1.25e1 -125E-1", "-12.5"),
            ("0.001 1e-3 0.0010", "0.001"),
            ("1e-9 0.0000000010", "1e-9"),
            ("123e-12", "1.23e-10"),
            ("340282366920938463463374607431768211457", "340282366920938463463374607431768211457"),
            ("1e20 100000000000000000000.0", "100000000000000000000"),
            ("0.10000000000000000000001", "0.10000000000000000000001"),
        ];
        for (texts, expected) in cases {
            for text in texts.split(' ') {
                let value = parse(text.as_bytes()).expect("a number");
                // All but the marks of an exponent stays as it was.
                let plain = |text: &str| text.to_lowercase().replace('+', "");
                assert_eq!(plain(&value.to_string()), plain(text));
                let same = normalized(value.clone());
                assert_eq!(same.to_string(), expected, "{text}");
                assert_eq!(parse(expected.as_bytes()), Ok(same));
                assert!(equal(&value, &normalized(value.clone())));
            }
        }
    }
}
