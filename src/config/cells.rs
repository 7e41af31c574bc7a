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

/// Maximum number of rates of a list that have columns of their own.
const RATES_MAX: usize = 16;

/// Returns columns of numbers for a key whose values are texts, each with its name: none if they
/// are numbers already, or mean something else.
pub(super) fn numbers(key: &str, values: &[&str]) -> Vec<(String, Vec<String>)> {
    let items: Vec<Item> = values.iter().map(|value| setting(value)).collect();
    if let Some(lists) = items.iter().map(rates).collect::<Option<Vec<Vec<String>>>>() {
        let count = lists.first().map_or(0, Vec::len);
        let is_column = count <= RATES_MAX && lists.iter().all(|list| list.len() == count);
        let places = if is_column { 0..count } else { 0..0 };
        let column = |place: usize| {
            let cells = lists.iter().map(|list| list[place].clone()).collect();
            (format!("{key}_{}", place + 1), cells)
        };
        return places.map(column).collect();
    }
    if cells(values.iter().copied()).iter().all(|cell| plain_number(cell).is_some()) {
        return vec![];
    }
    let texts: Option<Vec<&str>> = items.iter().map(scalar).collect();
    let Some(texts) = texts else { return vec![] };
    let times: Option<Vec<String>> = texts.iter().map(|text| milliseconds(text)).collect();
    let fractions = || texts.iter().map(|text| ratio(text)).collect::<Option<Vec<String>>>();
    match times {
        Some(times) => vec![(format!("{key}_ms"), times)],
        None => fractions().map(|cells| (format!("{key}_number"), cells)).into_iter().collect(),
    }
}

/// Returns the text of a value that is one text or number.
fn scalar(item: &Item) -> Option<&str> {
    match &item.value {
        Value::Text(text) | Value::Integer(text) | Value::Float(text) => Some(text.trim()),
        _ => None,
    }
}

/// Returns the numbers of a list of them.
fn rates(item: &Item) -> Option<Vec<String>> {
    let Value::List(items) = &item.value else { return None };
    items.iter().map(|item| ratio(scalar(item)?)).collect()
}

fn milliseconds(text: &str) -> Option<String> {
    let time: Duration = text.parse().ok()?;
    Some(format!("{:?}", time.as_ns() as f64 / 1e6))
}

fn ratio(text: &str) -> Option<String> {
    let ratio: Ratio = text.parse().ok()?;
    Some(format!("{:?}", ratio.numerator() as f64 / ratio.denominator() as f64))
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
    fn texts_that_mean_numbers_have_columns_of_numbers() {
        let check = |key: &str, values: &[&str], expected: &[(&str, &[&str])]| {
            let found = numbers(key, values);
            let found: Vec<(&str, Vec<&str>)> = (found.iter())
                .map(|(name, cells)| (name.as_str(), cells.iter().map(String::as_str).collect()))
                .collect();
            let expected: Vec<(&str, Vec<&str>)> =
                expected.iter().map(|(name, cells)| (*name, cells.to_vec())).collect();
            assert_eq!(found, expected, "{values:?}");
        };
        let latency = "network.latency";
        check(latency, &["\"1ms\"", "\"2s\""], &[("network.latency_ms", &["1.0", "2000.0"])]);
        check("rate", &["\"1/4\"", "2", "30%"], &[("rate_number", &["0.25", "2.0", "0.3"])]);
        let both: &[(&str, &[&str])] =
            &[("rates_1", &["1.0", "0.5"]), ("rates_2", &["6.0", "6.0"])];
        check("rates", &["[1, 6]", "[\"1/2\", 6]"], both);
        // Numbers as they are, lists of different lengths, and words have none.
        check("events.send", &["0.1", "0.5"], &[]);
        check("rates", &["[1, 6]", "[1, 6, 6]"], &[]);
        check("solution", &["flood", "gossip"], &[]);
        check("network.latency", &["\"1ms\"", "\"exponential\""], &[]);
    }

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
