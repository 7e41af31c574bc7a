//! Values of a swept key: equality regardless of notation, and cells of a column of one type.

use super::tree::{Item, Value, setting};
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;

/// Returns a canonical form of a value: `0.5`, `0.50` and `"1/2"` are one value, as are `"1s"` and
/// `"1000ms"`.
pub(super) fn meaning(text: &str) -> String {
    meaning_of(&setting(text))
}

fn meaning_of(item: &Item) -> String {
    match &item.value {
        Value::Text(text) | Value::Integer(text) | Value::Float(text) => {
            let (sign, amount) = match text.trim().strip_prefix('-') {
                Some(rest) => ("-", rest),
                None => ("", text.trim()),
            };
            match (amount.parse::<Ratio>(), amount.parse::<Duration>()) {
                (Ok(ratio), _) => format!("{sign}{}/{}", ratio.numerator(), ratio.denominator()),
                (_, Ok(time)) => format!("{sign}{}ns", time.as_ns()),
                _ => item.to_toml(),
            }
        }
        Value::List(items) => {
            format!("[{}]", items.iter().map(meaning_of).collect::<Vec<_>>().join(","))
        }
        Value::Table(table) => {
            let entries = table.iter();
            let entries = entries.map(|(key, (_, item))| format!("{key:?}={}", meaning_of(item)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(","))
        }
        Value::Bool(_) | Value::Datetime(_) => item.to_toml(),
    }
}

/// Returns the cells of a column with these values: all integers, all numbers with a point or an
/// exponent, or the texts unchanged.
pub(super) fn cells<'a>(values: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut cells: Vec<String> = values.map(cell).collect();
    let numbers: Option<Vec<String>> = cells.iter().map(|cell| plain_number(cell)).collect();
    let Some(mut numbers) = numbers else { return cells };
    let is_float = |number: &String| number.contains(['.', 'e', 'E']);
    if numbers.iter().any(is_float) {
        numbers.iter_mut().filter(|number| !is_float(number)).for_each(|number| *number += ".0");
    }
    cells = numbers;
    cells
}

/// Returns a value as a cell: a string without its quotes.
fn cell(value: &str) -> String {
    match setting(value).value {
        Value::Text(text) => text,
        _ => value.to_owned(),
    }
}

/// Returns a number as any program parses it; `None` for a fraction, a percentage or another text.
fn plain_number(cell: &str) -> Option<String> {
    let number = cell.trim().trim_start_matches('+').replace('_', "");
    let is_plain = number.starts_with(|c: char| c.is_ascii_digit() || c == '-')
        && number.chars().all(|c| c.is_ascii_digit() || ".eE+-".contains(c));
    (is_plain && number.parse::<f64>().is_ok()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_are_written_differently_mean_the_same() {
        let same = [
            ["0.5", "0.50"],
            ["0.5", "1/2"],
            ["0.5", "50%"],
            ["1_000", "1e3"],
            ["\"0\"", "0.0"],
            ["-0.5", "-5e-1"],
            ["1s", "1000ms"],
            ["\"1m 30s\"", "90s"],
            ["[1, 2.0]", "[1.0,2]"],
            ["{ uniform = [\"0ms\", \"1s\"] }", "{uniform=[\"0s\",\"1s\"]}"],
        ];
        for [a, b] in same {
            assert_eq!(meaning(a), meaning(b), "{a} {b}");
        }
        let other = [["1", "1s"], ["0.5", "0.51"], ["[1, 2]", "[2, 1]"], ["true", "\"true\""]];
        for [a, b] in other {
            assert_ne!(meaning(a), meaning(b), "{a} {b}");
        }
    }

    #[track_caller]
    fn check(values: &[&str], expected: &[&str]) {
        assert_eq!(cells(values.iter().copied()), expected);
    }

    #[test]
    fn a_column_has_one_type() {
        check(&["3", "10", "1_000"], &["3", "10", "1000"]);
        check(&["0", "0.25", "1e-3", "+1"], &["0.0", "0.25", "1e-3", "1.0"]);
        check(&["\"0\"", "1/3", "1"], &["0", "1/3", "1"]);
        check(&["\"2\"", "0.5"], &["2.0", "0.5"]);
        check(&["0ms", "1s"], &["0ms", "1s"]);
        check(&["[1, 2]", "[0.5, 1]"], &["[1, 2]", "[0.5, 1]"]);
        check(&["\"true\"", "say \"x\""], &["true", "say \"x\""]);
    }
}
