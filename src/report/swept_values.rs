//! Values of a swept key on an axis: plain numbers, times in milliseconds, or names.

use crate::engine::time::Duration;

/// Scale on which the values of a key are placed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Scale {
    /// Numbers, at their values.
    Numbers,
    /// Times, at their milliseconds.
    Milliseconds,
    /// Names, at 1, 2, ….
    Names,
}

/// The distinct values of a key, in their order on the axis.
#[derive(Clone, Debug)]
pub(super) struct SweptValues {
    pub(super) scale: Scale,
    /// Each value as text, and its position on the axis.
    pub(super) values: Vec<(String, f64)>,
}

impl SweptValues {
    /// Places the values; those that are no numbers stay in order of first occurrence.
    pub(super) fn of<'a>(texts: impl Iterator<Item = &'a str>) -> SweptValues {
        let mut distinct: Vec<&str> = Vec::new();
        let mut seen = std::collections::BTreeSet::new();
        for text in texts {
            if seen.insert(text) {
                distinct.push(text);
            }
        }
        let places = |place: fn(&str) -> Option<f64>| -> Option<Vec<(String, f64)>> {
            let mut values = distinct
                .iter()
                .map(|text| Some(((*text).to_owned(), place(unquoted(text))?)))
                .collect::<Option<Vec<_>>>()?;
            values.sort_by(|a, b| a.1.total_cmp(&b.1));
            Some(values)
        };
        if let Some(values) = places(number) {
            return SweptValues { scale: Scale::Numbers, values };
        }
        if let Some(values) = places(milliseconds) {
            return SweptValues { scale: Scale::Milliseconds, values };
        }
        let names = (1_u32..).zip(distinct).map(|(place, text)| (text.to_owned(), place.into()));
        SweptValues { scale: Scale::Names, values: names.collect() }
    }

    /// Returns the position of a value on the axis.
    pub(super) fn place(&self, text: &str) -> Option<f64> {
        self.values.iter().find(|(value, _)| value == text).map(|(_, place)| *place)
    }

    /// Returns the value that a user's text means: the same text, or the same number or time.
    pub(super) fn meant(&self, text: &str) -> Option<&str> {
        let same = |value: &str| {
            let (value, text) = (unquoted(value), unquoted(text));
            let equal =
                |read: fn(&str) -> Option<f64>| read(value).is_some_and(|v| read(text) == Some(v));
            value == text || equal(number) || equal(milliseconds)
        };
        self.values.iter().map(|(value, _)| value.as_str()).find(|value| same(value))
    }

    /// Returns the values as shown to the user.
    pub(super) fn names(&self) -> Vec<String> {
        self.values.iter().map(|(text, _)| unquoted(text).to_owned()).collect()
    }
}

/// Removes the quotes of a TOML string.
pub(super) fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(text)
}

/// Parses a plain number, or a ratio of two.
fn number(text: &str) -> Option<f64> {
    let plain = |text: &str| text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
    let ratio = || {
        let (over, under) = text.split_once('/')?;
        Some(plain(over)? / plain(under)?).filter(|number| number.is_finite())
    };
    plain(text).or_else(ratio)
}

fn milliseconds(text: &str) -> Option<f64> {
    text.parse::<Duration>().ok().map(|time| time.as_ns() as f64 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(texts: &[&str]) -> SweptValues {
        SweptValues::of(texts.iter().copied())
    }

    #[test]
    fn numbers_times_and_names_are_told_apart() {
        let numbers = values(&["0.5", "1/10", "2", "0.5"]);
        assert_eq!(numbers.scale, Scale::Numbers);
        assert_eq!(numbers.names(), ["1/10", "0.5", "2"]);
        assert_eq!(numbers.place("1/10"), Some(0.1));
        let times = values(&["\"1s\"", "250ms", "\"1us\""]);
        assert_eq!(times.scale, Scale::Milliseconds);
        assert_eq!(times.names(), ["1us", "250ms", "1s"]);
        assert_eq!(times.place("\"1s\""), Some(1000.0));
        let names = values(&["[1,3,6]", "[1,1,6]", "3"]);
        assert_eq!(names.scale, Scale::Names);
        assert_eq!(names.names(), ["[1,3,6]", "[1,1,6]", "3"]);
        assert_eq!(names.place("3"), Some(3.0));
    }

    #[test]
    fn a_value_is_found_by_what_it_means() {
        assert_eq!(values(&["0.10", "0.2"]).meant("0.1"), Some("0.10"));
        assert_eq!(values(&["\"1s\"", "\"2s\""]).meant("1000ms"), Some("\"1s\""));
        assert_eq!(values(&["[1,3]"]).meant("[1,3]"), Some("[1,3]"));
        assert_eq!(values(&["0.1"]).meant("0.3"), None);
    }
}
