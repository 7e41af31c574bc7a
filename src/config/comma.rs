//! Detection of a decimal comma: a number such as `0,9`, which TOML parses as two values and
//! rejects later.

use std::ops::Range;

use super::diagnostic::{ConfigError, Source};

/// Returns a specific error for a text that is not TOML at `span`, if there is a decimal comma on
/// that line or on the one before.
pub(super) fn error(source: Source<'_>, span: &Range<usize>) -> Option<ConfigError> {
    let text = source.text;
    let end_of_line = |from: usize| text[from..].find('\n').map_or(text.len(), |at| from + at);
    let mut start = span.start.min(text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    let line_start = |before: usize| text[..before].rfind('\n').map_or(0, |at| at + 1);
    let this_line = line_start(start);
    let first_line = line_start(this_line.saturating_sub(1));
    let lines = [this_line, first_line];
    let number = lines.into_iter().find_map(|from| {
        let found = decimal_comma(&text[from..end_of_line(from)])?;
        Some(from + found.start..from + found.end)
    })?;
    let comma = number.start + text[number.clone()].find(',')?;
    let found = &text[number];
    let problem = format!("a number has a point, not a comma: found {found}");
    let hint = format!("write it with a point: {}", found.replace(',', "."));
    Some(ConfigError::in_file(source, &(comma..comma + 1), problem).with_hint(hint))
}

/// Finds a number with a comma after an `=`. Quotes, comments and lists, in which a comma
/// separates, are skipped.
fn decimal_comma(line: &str) -> Option<Range<usize>> {
    let (mut quote, mut lists) = (None, 0);
    // Whether only spaces have followed the last `=`.
    let mut at_value = false;
    for (at, c) in line.char_indices() {
        match (quote, c) {
            (Some(open), _) => quote = quote.filter(|_| c != open),
            (None, '"' | '\'') => quote = Some(c),
            (None, '#') => return None,
            (None, '[') => lists += 1,
            (None, ']') => lists -= 1,
            (None, _) if at_value && lists <= 0 => {
                if let Some(length) = number_with_comma(&line[at..]) {
                    return Some(at..at + length);
                }
            }
            (None, _) => {}
        }
        at_value = c == '=' || (at_value && c.is_whitespace());
    }
    None
}

/// Returns the length of a number such as `-0,95` at the start of a text.
fn number_with_comma(text: &str) -> Option<usize> {
    let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
    let sign = text.len() - text.trim_start_matches(['+', '-']).len();
    let whole = digits(&text[sign..]);
    let part = digits(text[sign + whole..].strip_prefix(',')?);
    (whole > 0 && part > 0).then_some(sign + whole + 1 + part)
}

#[cfg(test)]
mod tests {
    use super::super::tree;
    use super::*;

    #[track_caller]
    fn refused(text: &str, place: &str, problem: &str) {
        let error = tree::parse(Source { name: "a.toml", text }).expect_err(text);
        assert_eq!((error.place.as_str(), error.problem.as_str()), (place, problem), "{text}");
    }

    #[test]
    fn a_decimal_comma_is_named_where_it_stands() {
        let problem = |number| format!("a number has a point, not a comma: found {number}");
        refused("x = 1\nevents = { send = 0,25 }\n", "a.toml:2:20", &problem("0,25"));
        refused("rate = 1,5\n", "a.toml:1:9", &problem("1,5"));
        refused("rate = 1,5 # per s\r\ny = 2\r\n", "a.toml:1:9", &problem("1,5"));
        refused("a = { x = 1, y = -2,50, z = 3 }\n", "a.toml:1:20", &problem("-2,50"));
    }

    #[test]
    fn other_commas_keep_their_error() {
        for text in ["x = { a = 1,b }\n", "x = \"1 = 2,5\ny = 1\n", "# = 1,5\nx = \n", "x = 1, 5\n"]
        {
            let error = tree::parse(Source { name: "a.toml", text }).expect_err(text);
            assert!(!error.problem.contains("comma: found"), "{text}: {}", error.problem);
        }
    }
}
