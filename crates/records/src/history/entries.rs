//! A reader of the JSON values of a text with their line numbers: one value per line, values over
//! several lines, or the elements of arrays.

use serde_json::Value;

use super::read_error::ReadError;

/// A reader of consecutive JSON values. The elements of a top-level array are returned one by one.
#[derive(Debug)]
pub(super) struct Entries<'a> {
    text: &'a str,
    /// Number of bytes that have been read.
    at: usize,
    /// Number of bytes whose lines have been counted.
    counted: usize,
    /// Line of the last counted byte, from 1.
    line: u64,
    /// Whether an array is open.
    in_array: bool,
    /// Whether a comma or the end of the array must follow.
    after_value: bool,
}

impl<'a> Entries<'a> {
    pub(super) fn new(text: &'a str) -> Entries<'a> {
        Entries { text, at: 0, counted: 0, line: 1, in_array: false, after_value: false }
    }

    /// Returns the next value and its line.
    pub(super) fn next_entry(&mut self) -> Result<Option<(u64, Value)>, ReadError> {
        loop {
            let rest = &self.text[self.at..];
            self.at += rest.len() - rest.trim_start().len();
            match self.text[self.at..].chars().next() {
                None if self.in_array => return Err(self.error("the `]` of the array is missing")),
                None => return Ok(None),
                Some('[') if !self.in_array => (self.in_array, self.after_value) = (true, false),
                Some(']') if self.in_array => self.in_array = false,
                Some(',') if self.in_array && self.after_value => self.after_value = false,
                Some(found) if self.in_array && self.after_value => {
                    let problem = format!("expected `,` or `]` after an entry, found `{found}`");
                    return Err(self.error(&problem));
                }
                Some(_) => return self.value().map(Some),
            }
            self.at += 1;
        }
    }

    /// Parses the value that begins at the current position.
    fn value(&mut self) -> Result<(u64, Value), ReadError> {
        let line = self.line();
        let rest = &self.text[self.at..];
        let mut values = serde_json::Deserializer::from_str(rest).into_iter();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                self.after_value = true;
                Ok((line, value))
            }
            Some(Err(error)) => {
                let (row, column) = (error.line(), error.column());
                let message = error.to_string();
                let message = message.strip_suffix(&format!(" at line {row} column {column}"));
                let message = message.map_or_else(|| error.to_string(), str::to_owned);
                let line = line + row.saturating_sub(1) as u64;
                Err(ReadError { line, problem: format!("not JSON: {message} at column {column}") })
            }
            None => Err(self.error("expected an entry")),
        }
    }

    /// Returns the line of the next byte.
    fn line(&mut self) -> u64 {
        self.line += self.text[self.counted..self.at].matches('\n').count() as u64;
        self.counted = self.at;
        self.line
    }

    fn error(&mut self, problem: &str) -> ReadError {
        ReadError { line: self.line(), problem: format!("not JSON: {problem}") }
    }
}

/// Whether the entries of a JSON text are not one per line: they are in an array, or the first one
/// continues on the next line.
pub(super) fn is_spread(first_line: &str, goes_on: impl FnOnce() -> bool) -> bool {
    let first = first_line.trim();
    let is_cut_off = || {
        let error = serde_json::from_str::<serde::de::IgnoredAny>(first).err();
        error.is_some_and(|error| error.is_eof())
    };
    first.starts_with('[') || is_cut_off() && goes_on()
}

/// Returns an integer, also in the notation of programs that store numbers as floats (`3.0`). Only
/// for identities and times: operation values are kept as they are.
pub(super) fn whole(found: &Value) -> Option<u64> {
    /// Integers up to this one are exact in a float.
    const EXACT_MAX: f64 = (1_u64 << 53) as f64;
    let of_float = || found.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=EXACT_MAX).contains(n));
    found.as_u64().or_else(|| of_float().map(|number| number as u64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Result<Vec<(u64, String)>, ReadError> {
        let mut entries = Entries::new(text);
        let mut found = vec![];
        while let Some((line, value)) = entries.next_entry()? {
            found.push((line, value.to_string()));
        }
        Ok(found)
    }

    #[test]
    fn entries_have_the_lines_on_which_they_begin() {
        let expected = |lines: [u64; 3]| {
            let values = ["{\"a\":1}", "{\"b\":[2,3]}", "{}"].map(str::to_owned);
            lines.into_iter().zip(values).collect::<Vec<_>>()
        };
        let texts = [
            ("[{\"a\":1}, {\"b\":[2,3]}, {}]", [1, 1, 1]),
            ("[\r\n  {\"a\":1},\r\n\r\n  {\"b\":[2,3]},\r\n{}\r\n]\r\n", [2, 4, 5]),
            ("{\n  \"a\": 1\n}\n{\n  \"b\": [\n 2, 3]\n}\n{}", [1, 4, 8]),
            ("[{\"a\":1}]\n[{\"b\":[2,3]},\n{},]", [1, 2, 3]),
        ];
        for (text, places) in texts {
            assert_eq!(lines(text).expect(text), expected(places), "{text:?}");
        }
        assert_eq!(lines(" [\n] "), Ok(vec![]));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let error = |text| lines(text).expect_err(text).to_string();
        assert_eq!(error("[{},\n{}\n"), "line 3: not JSON: the `]` of the array is missing");
        assert_eq!(
            error("[{}\n{}]"),
            "line 2: not JSON: expected `,` or `]` after an entry, found `{`"
        );
        assert_eq!(error("[{},\n{\"a\":\n x}]"), "line 3: not JSON: expected value at column 2");
    }
}
