//! A reader of EDN: the subset that histories of Jepsen use.
//!
//! The tag of a tagged value (`#jepsen.history.Op{…}`, `#inst "…"`) is dropped; symbols and
//! characters become texts; ratios become floats. Comments, commas and values after `#_` are
//! skipped.

use super::Edn;
use super::number::exact;

/// Maximum nesting depth of values: real texts are far below it, and the stack is finite.
pub const DEPTH_MAX: usize = 128;

/// Error when a text is not EDN.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct ReadError {
    /// The line, counted from 1.
    pub line: u64,
    /// The character in the line, counted from 1.
    pub column: u64,
    /// What was found there, and what was expected.
    pub problem: String,
}

/// A value of a text, with the line where it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// The line, counted from 1.
    pub line: u64,
    /// The value.
    pub value: Edn,
}

/// Reads the single value of a text.
///
/// # Errors
/// If there is none, or more than one, or the text is not EDN.
pub fn read(text: &str) -> Result<Edn, ReadError> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.pass_over_space(0)?;
    match reader.peek() {
        None => Ok(value),
        Some(c) => Err(reader.error(reader.at, format!("expected the end, found `{c}`"))),
    }
}

/// Reads all values of a text, one after the other.
///
/// # Errors
/// If the text is not EDN.
pub fn read_all(text: &str) -> Result<Vec<Placed>, ReadError> {
    let mut reader = Reader { text, at: 0 };
    let mut values = Vec::new();
    let (mut line, mut counted) = (1, 0);
    loop {
        reader.pass_over_space(0)?;
        if reader.peek().is_none() {
            return Ok(values);
        }
        line += text[counted..reader.at].matches('\n').count() as u64;
        counted = reader.at;
        values.push(Placed { line, value: reader.value(0)? });
    }
}

struct Reader<'a> {
    text: &'a str,
    /// Number of bytes that have been read.
    at: usize,
}

/// Whether the character ends a number, a name or a symbol.
fn is_end(c: char) -> bool {
    c.is_whitespace() || ",()[]{}\";".contains(c)
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.at += c.len_utf8();
        Some(c)
    }

    fn error(&self, at: usize, problem: impl Into<String>) -> ReadError {
        let before = &self.text[..at];
        let line = before.rsplit('\n').next().unwrap_or("");
        ReadError {
            line: before.matches('\n').count() as u64 + 1,
            column: line.chars().count() as u64 + 1,
            problem: problem.into(),
        }
    }

    /// Skips white space, commas, comments and values after `#_`.
    fn pass_over_space(&mut self, depth: usize) -> Result<(), ReadError> {
        while let Some(c) = self.peek() {
            if c.is_whitespace() || c == ',' {
                self.at += c.len_utf8();
            } else if c == ';' {
                self.at += self.rest().find('\n').unwrap_or(self.rest().len());
            } else if self.rest().starts_with("#_") {
                self.at += 2;
                self.value(depth + 1)?;
            } else {
                break;
            }
        }
        Ok(())
    }

    fn value(&mut self, depth: usize) -> Result<Edn, ReadError> {
        if depth > DEPTH_MAX {
            let problem = format!("values are nested more than {DEPTH_MAX} deep");
            return Err(self.error(self.at, problem));
        }
        self.pass_over_space(depth)?;
        let start = self.at;
        match self.peek() {
            None => Err(self.error(start, "expected a value, found the end")),
            Some('(') => Ok(Edn::List(self.items(')', depth)?)),
            Some('[') => Ok(Edn::Vector(self.items(']', depth)?)),
            Some('{') => self.map(depth),
            Some('"') => self.string(),
            Some('#') => self.tagged(depth),
            Some('\\') => {
                self.at += 1;
                self.next();
                self.token();
                Ok(Edn::text(&self.text[start + 1..self.at]))
            }
            Some(c @ (')' | ']' | '}')) => {
                Err(self.error(start, format!("expected a value, found `{c}`")))
            }
            Some(_) => self.atom(),
        }
    }

    /// Reads the values up to the closing bracket; the opening one is next.
    fn items(&mut self, close: char, depth: usize) -> Result<Vec<Edn>, ReadError> {
        let start = self.at;
        self.next();
        let mut items = Vec::new();
        loop {
            self.pass_over_space(depth)?;
            match self.peek() {
                None => return Err(self.error(start, format!("its `{close}` is missing"))),
                Some(c) if c == close => {
                    self.next();
                    return Ok(items);
                }
                Some(_) => items.push(self.value(depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Edn, ReadError> {
        let start = self.at;
        let items = self.items('}', depth)?;
        if items.len() % 2 == 1 {
            return Err(self.error(start, "the last key of this map has no value"));
        }
        let mut items = items.into_iter();
        let mut entries = Vec::with_capacity(items.len() / 2);
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            entries.push((key, value));
        }
        Ok(Edn::Map(entries))
    }

    /// Reads a set, or a value with a tag.
    fn tagged(&mut self, depth: usize) -> Result<Edn, ReadError> {
        let start = self.at;
        self.next();
        if self.peek() == Some('{') {
            return Ok(Edn::Set(self.items('}', depth)?));
        }
        if self.token().is_empty() {
            return Err(self.error(start, "expected a tag or a set after `#`"));
        }
        self.value(depth + 1)
    }

    fn string(&mut self) -> Result<Edn, ReadError> {
        let start = self.at;
        self.next();
        let mut text = String::new();
        loop {
            let at = self.at;
            match self.next() {
                None => return Err(self.error(start, "the end of this text is missing")),
                Some('"') => return Ok(Edn::Text(text)),
                Some('\\') => text.push(self.escape(at)?),
                Some(c) => text.push(c),
            }
        }
    }

    fn escape(&mut self, start: usize) -> Result<char, ReadError> {
        match self.next() {
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('r') => Ok('\r'),
            Some('b') => Ok('\u{8}'),
            Some('f') => Ok('\u{c}'),
            Some(c @ ('"' | '\\')) => Ok(c),
            Some('u') => {
                let unit = self.hex(start)?;
                if !(0xd800..0xdc00).contains(&unit) || !self.rest().starts_with("\\u") {
                    // Half of a surrogate pair is not a character.
                    return Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER));
                }
                self.at += 2;
                let low = self.hex(start)?;
                let both = 0x10000 + ((unit - 0xd800) << 10) + (low & 0x3ff);
                Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            _ => Err(self.error(start, "expected one of \\n \\t \\r \\b \\f \\\" \\\\ \\u0000")),
        }
    }

    fn hex(&mut self, start: usize) -> Result<u32, ReadError> {
        let digits = self.rest().get(..4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let number = number.ok_or_else(|| self.error(start, "expected four hex digits"))?;
        self.at += 4;
        Ok(number)
    }

    /// Returns the token up to the next space or bracket.
    fn token(&mut self) -> &str {
        let start = self.at;
        self.at += self.rest().find(is_end).unwrap_or(self.rest().len());
        &self.text[start..self.at]
    }

    fn atom(&mut self) -> Result<Edn, ReadError> {
        let start = self.at;
        let token = self.token();
        let digits = token.strip_prefix(['-', '+']).unwrap_or(token);
        match token {
            "nil" => Ok(Edn::Nil),
            "true" => Ok(Edn::Bool(true)),
            "false" => Ok(Edn::Bool(false)),
            ":" => Err(self.error(start, "expected a name after `:`")),
            _ if digits.starts_with(|c: char| c.is_ascii_digit()) => match number(token) {
                Some(number) => Ok(number),
                None => {
                    let problem = format!("`{token}` is not a number within the range of floats");
                    Err(self.error(start, problem))
                }
            },
            _ => Ok(match token.strip_prefix(':') {
                Some(name) => Edn::keyword(name),
                None => Edn::text(token),
            }),
        }
    }
}

/// Parses a number. A ratio and a float become the nearest float; integers and decimals (`…M`) of
/// any size stay exact.
fn number(token: &str) -> Option<Edn> {
    let token = token.strip_prefix('+').unwrap_or(token);
    let plain = token.strip_suffix(['N', 'M']).unwrap_or(token);
    if let Some((above, below)) = plain.split_once('/') {
        let ratio = above.parse::<f64>().ok()? / below.parse::<f64>().ok()?;
        return ratio.is_finite().then_some(Edn::Float(ratio));
    }
    let is_decimal = plain.contains(['.', 'e', 'E']);
    if is_decimal && !token.ends_with('M') {
        return plain.parse::<f64>().ok().filter(|float| float.is_finite()).map(Edn::Float);
    }
    if let Ok(number) = plain.parse() {
        return Some(Edn::Int(number));
    }
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    let is_number = is_decimal || digits.bytes().all(|byte| byte.is_ascii_digit());
    let number = plain.parse::<serde_json::Number>().ok().filter(|_| is_number)?;
    exact(number.as_str()).is_some().then(|| Edn::from_json(&number.into()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(text: &str, same_as: &str) {
        assert_eq!(read(text).expect(text).to_string(), same_as);
    }

    #[test]
    fn values_are_read() {
        check("{:a [1 -2 +3], \"b\" (nil true false)}", "{:a [1 -2 3], \"b\" (nil true false)}");
        check("#{1.5 -2e3 1/4 12N 1.5M}", "#{1.5 -2000.0 0.25 12 1.5}");
        check("#jepsen.history.Op{:index 0, :f :read}", "{:index 0, :f :read}");
        check(
            "[#inst \"2024\" #_ (gone {}) kept ; words\n \\a \\newline]",
            "[\"2024\" \"kept\" \"a\" \"newline\"]",
        );
        check(r#""\u00e9\ud83d\ude00\\ \"\n""#, r#""é😀\\ \"\n""#);
        check(
            "[18446744073709551615 -9223372036854775808]",
            "[18446744073709551615N -9223372036854775808]",
        );
    }

    #[track_caller]
    fn refuse(text: &str, error: &str) {
        assert_eq!(read(text).expect_err(text).to_string(), error);
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        refuse("", "line 1, column 1: expected a value, found the end");
        refuse("[1\n 2", "line 1, column 1: its `]` is missing");
        refuse("{:a\n :b}\n\n é {:a}", "line 4, column 2: expected the end, found `é`");
        refuse("[{:a}]", "line 1, column 2: the last key of this map has no value");
        refuse("(1 ]", "line 1, column 4: expected a value, found `]`");
        refuse("\"abc", "line 1, column 1: the end of this text is missing");
        refuse("\"ab\\x\"", r#"line 1, column 4: expected one of \n \t \r \b \f \" \\ \u0000"#);
        refuse("1x", "line 1, column 1: `1x` is not a number within the range of floats");
        refuse("1e999", "line 1, column 1: `1e999` is not a number within the range of floats");
        refuse("#", "line 1, column 1: expected a tag or a set after `#`");
    }

    #[test]
    fn endless_nesting_does_not_end_the_program() {
        for open in ["[", "#a ", "#_ ", "{:a ", "#{"] {
            let error = read(&open.repeat(100_000)).expect_err("too deep");
            assert!(error.problem.contains("more than 128 deep"), "{error}");
        }
    }

    #[test]
    fn a_text_of_many_values_tells_their_lines() {
        let values = read_all("1 2\n;\n [3\n4]\n5").expect("EDN");
        assert_eq!(values.iter().map(|v| v.line).collect::<Vec<_>>(), [1, 1, 3, 5]);
    }

    fn value() -> impl Strategy<Value = Edn> {
        let leaf = prop_oneof![
            Just(Edn::Nil),
            any::<bool>().prop_map(Edn::Bool),
            any::<i64>().prop_map(Edn::Int),
            (i128::from(i64::MAX) + 1..).prop_map(Edn::whole),
            (i128::MIN..i128::from(i64::MIN)).prop_map(Edn::whole),
            any::<f64>().prop_filter("finite", |f| f.is_finite()).prop_map(Edn::Float),
            any::<String>().prop_map(Edn::Text),
            "[a-z][a-z?!/-]{0,5}[a-z]".prop_map(Edn::Keyword),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Edn::List),
                prop::collection::vec(inner.clone(), 0..6).prop_map(Edn::Vector),
                prop::collection::vec(inner.clone(), 0..6).prop_map(Edn::Set),
                prop::collection::vec((inner.clone(), inner), 0..6).prop_map(Edn::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in value()) {
            prop_assert_eq!(read(&value.to_string()), Ok(value.clone()));
            prop_assert_eq!(read(&value.pretty()), Ok(value));
        }

        #[test]
        fn no_text_is_too_strange(text in any::<String>(), brackets in "[\\[\\](){}#_ a\"\\\\]*") {
            let _ = read(&text);
            let _ = read_all(&brackets);
        }
    }
}
