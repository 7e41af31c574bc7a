//! JSON numbers: kept exactly as written, with two notions of equality.
//!
//! *By value* `1`, `1.0` and `10e-1` are equal, and no digit is lost, however many there are. *As
//! in Clojure*, and so for Maelstrom, `1` and `1.0` are different: a number with a point or an
//! exponent is a 64-bit float, any other one an integer of any size.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

/// Returns the canonical text of a JSON number: `digits`, `digits.digits`, or for those far from 1
/// `d.digitse-9`; `None` if it is beyond the range of a 64-bit float, at either end.
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

/// Returns the integer that this equals by value, in any notation: 5 for `5.0`.
pub fn whole(number: &Number) -> Option<i128> {
    let text = number.as_str();
    text.parse().ok().or_else(|| exact(text)?.as_str().parse().ok())
}

/// Whether a number is written as an integer: without a point and without an exponent.
pub fn is_written_whole(number: &Number) -> bool {
    !number.as_str().contains(['.', 'e', 'E'])
}

/// Returns the value with numbers that are equal by value in one canonical notation.
pub fn normalized(mut value: Value) -> Value {
    normalize(&mut value);
    value
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

/// Returns a text that is the same for two values if and only if Clojure calls them equal.
pub fn clojure_text(value: &Value) -> String {
    match value {
        Value::Number(number) => match number.as_str().parse::<i128>() {
            Ok(whole) => whole.to_string(),
            Err(_) if is_written_whole(number) => number.to_string(),
            // Adding zero leaves −0.0 without its sign: both zeros are equal.
            Err(_) => format!("{:e}f", number.as_f64().unwrap_or(f64::NAN) + 0.0),
        },
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(clojure_text).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let sorted: BTreeMap<&String, &Value> = entries.iter().collect();
            let entry = |(key, value): (&&String, &&Value)| {
                format!("{}:{}", Value::from(key.as_str()), clojure_text(value))
            };
            format!("{{{}}}", sorted.iter().map(entry).collect::<Vec<_>>().join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        serde_json::from_str(text).expect(text)
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
                assert_eq!(normalized(value(text)).to_string(), expected, "{text}");
            }
        }
        assert_eq!(
            [exact("1e400"), exact("-1e-400"), exact("1e99999999999999999999")],
            [const { None }; 3]
        );
    }

    #[test]
    fn whole_numbers_are_found_by_value() {
        let found = |text: &str| whole(&text.parse().expect("a number"));
        assert_eq!(found("18446744073709551614"), Some(18_446_744_073_709_551_614));
        assert_eq!(
            [found("5.0"), found("-5e1"), found("0.5"), found("1e40")],
            [Some(5), Some(-50), None, None]
        );
    }

    #[test]
    fn clojure_tells_floats_from_whole_numbers_and_nothing_else() {
        let same = |a: &str, b: &str| clojure_text(&value(a)) == clojure_text(&value(b));
        assert!(same("1.0", "1.00") && same("1e2", "100.0") && same("0.0", "-0.0"));
        assert!(same("0.1", "0.10000000000000000000001"), "both are one float of 64 bits");
        assert!(same("-0", "0") && same(r#"{"a":1,"b":[2]}"#, r#"{"b":[2],"a":1}"#));
        assert!(!same("1", "1.0") && !same("1", "\"1\"") && !same("[1]", "[1.0]"));
        let huge = "340282366920938463463374607431768211457";
        assert!(same(huge, huge) && !same(huge, "340282366920938463463374607431768211458"));
    }
}
