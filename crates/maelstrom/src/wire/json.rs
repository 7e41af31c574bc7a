//! The JSON parser of lines: as lenient as Maelstrom's, reports every deviation, keeps every digit.
//!
//! A parser of our own, since each deviation must become a warning or a violation of its own while
//! the message still arrives as it would under Maelstrom: a repeated key (the last counts), a raw
//! control character, half a surrogate pair, text after the value, bytes that are not UTF-8.

use std::borrow::Cow;

use serde_json::{Map, Number, Value};

use crate::edn::number::exact;
use crate::protocol_rule::ProtocolRule;

/// Maximum depth of nested JSON.
pub const DEPTH_MAX: usize = 127;

/// A value, and where its text deviates from JSON as the protocol requires it.
#[derive(Clone, Debug, PartialEq)]
pub struct Parsed {
    /// The value. Its numbers are as they were written.
    pub value: Value,
    /// Rules that the text breaks though it can be read, each with what was found.
    pub deviations: Vec<(ProtocolRule, String)>,
}

/// Parses a line.
///
/// # Errors
/// If the line cannot be read: the rule that it breaks, and what was found.
pub fn parse(line: &[u8]) -> Result<Parsed, (ProtocolRule, String)> {
    let text = String::from_utf8_lossy(line);
    let mut reader = Reader { text: &text, at: 0, deviations: vec![] };
    if let Cow::Owned(_) = text
        && let Err(error) = std::str::from_utf8(line)
    {
        let at = error.valid_up_to();
        reader.deviate(ProtocolRule::NotUtf8, format!("byte {} is {:#04x}", at + 1, line[at]));
    }
    reader.pass_over_space();
    if reader.at == text.len() {
        return Err((ProtocolRule::BlankLine, "the line is empty".to_owned()));
    }
    if text[reader.at..].starts_with('\u{feff}') {
        let found = "the line begins with a byte order mark (BOM), U+FEFF".to_owned();
        return Err((ProtocolRule::ByteOrderMark, found));
    }
    let value = reader.value(0)?;
    reader.pass_over_space();
    if reader.at < text.len() {
        let rest: String = text[reader.at..].chars().take(40).collect();
        let found = format!("{rest:?} after the message at column {}", reader.column());
        reader.deviate(ProtocolRule::TrailingText, found);
    }
    Ok(Parsed { value, deviations: reader.deviations })
}

type Read<T> = Result<T, (ProtocolRule, String)>;

struct Reader<'a> {
    text: &'a str,
    /// Number of bytes read.
    at: usize,
    deviations: Vec<(ProtocolRule, String)>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn column(&self) -> usize {
        self.text[..self.at].chars().count() + 1
    }

    /// Records a deviation; only the first one of each rule is kept per line.
    fn deviate(&mut self, rule: ProtocolRule, found: String) {
        if self.deviations.iter().all(|(known, _)| *known != rule) {
            self.deviations.push((rule, found));
        }
    }

    fn not_json<T>(&self, expected: &str) -> Read<T> {
        let found = match self.text[self.at..].chars().next() {
            Some(c) => format!("{c:?}"),
            None => "the end".to_owned(),
        };
        let text = format!("expected {expected} at column {}, found {found}", self.column());
        Err((ProtocolRule::NotJson, text))
    }

    fn pass_over_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn value(&mut self, depth: usize) -> Read<Value> {
        if depth > DEPTH_MAX {
            return Err((ProtocolRule::TooDeep, format!("more than {DEPTH_MAX} levels")));
        }
        match self.peek() {
            Some(b'{') => self.object(depth),
            Some(b'[') => self.array(depth),
            Some(b'"') => self.string().map(Value::String),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => self.not_json("a value"),
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Read<Value> {
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        if rest[..end] != *word {
            return self.not_json("a value");
        }
        self.at += word.len();
        Ok(value)
    }

    fn array(&mut self, depth: usize) -> Read<Value> {
        let mut items = vec![];
        self.parts(b']', |reader| {
            items.push(reader.value(depth + 1)?);
            Ok(())
        })?;
        Ok(Value::Array(items))
    }

    fn object(&mut self, depth: usize) -> Read<Value> {
        let mut entries = Map::new();
        self.parts(b'}', |reader| {
            if reader.peek() != Some(b'"') {
                return reader.not_json("a key in double quotes");
            }
            let key = reader.string()?;
            reader.pass_over_space();
            if reader.peek() != Some(b':') {
                return reader.not_json("`:` after a key");
            }
            reader.at += 1;
            reader.pass_over_space();
            let value = reader.value(depth + 1)?;
            if entries.contains_key(&key) {
                reader.deviate(ProtocolRule::RepeatedKey, format!("{key:?} stands there twice"));
            }
            entries.insert(key, value);
            Ok(())
        })?;
        Ok(Value::Object(entries))
    }

    /// Parses the parts between two brackets; the next byte is the opening one.
    fn parts(&mut self, close: u8, mut part: impl FnMut(&mut Self) -> Read<()>) -> Read<()> {
        self.at += 1;
        self.pass_over_space();
        if self.peek() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            part(self)?;
            self.pass_over_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(byte) if byte == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return self.not_json(&format!("`,` or `{}`", char::from(close))),
            }
            self.pass_over_space();
        }
    }

    fn string(&mut self) -> Read<String> {
        self.at += 1;
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.bytes().position(|b| b == b'"' || b == b'\\' || b < b' ');
            let Some(plain) = plain else {
                self.at = self.text.len();
                return self.not_json("`\"` at the end of a string");
            };
            text.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(byte) => {
                    let found = format!("byte {} is {byte:#04x}", self.at + 1);
                    self.deviate(ProtocolRule::ControlCharacter, found);
                    text.push(char::from(byte));
                    self.at += 1;
                }
                None => {}
            }
        }
    }

    fn escape(&mut self) -> Read<char> {
        let escaped = self.text.as_bytes().get(self.at + 1).copied();
        let c = match escaped {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return self.not_json("an escape such as \\n or \\u0000"),
        };
        self.at += 2;
        Ok(c)
    }

    /// Parses `\u0041`, or two of them for a character beyond the basic plane.
    fn unicode(&mut self) -> Read<char> {
        let Some(unit) = self.unit(self.at) else {
            return self.not_json("an escape such as \\n or \\u0000");
        };
        let low = self.unit(self.at + 6).filter(|low| (0xdc00..0xe000).contains(low));
        self.at += 6;
        match (unit, low) {
            (0xd800..0xdc00, Some(low)) => {
                self.at += 6;
                let both = 0x10000 + ((unit - 0xd800) << 10) + (low & 0x3ff);
                Ok(char::from_u32(both).unwrap_or(char::REPLACEMENT_CHARACTER))
            }
            // Half a pair is no character.
            _ => Ok(char::from_u32(unit).unwrap_or(char::REPLACEMENT_CHARACTER)),
        }
    }

    fn unit(&self, at: usize) -> Option<u32> {
        let digits = self.text.get(at..at + 6)?.strip_prefix("\\u")?;
        let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }

    fn number(&mut self) -> Read<Value> {
        let rest = &self.text[self.at..];
        let is_part = |b: u8| b.is_ascii_digit() || b"+-.eE".contains(&b);
        let end = rest.bytes().position(|b| !is_part(b)).unwrap_or(rest.len());
        let text = &rest[..end];
        let Ok(number) = text.parse::<Number>() else { return self.not_json("a number") };
        if exact(text).is_none() {
            return Err((ProtocolRule::NumberOutOfRange, format!("{text} is no such number")));
        }
        self.at += end;
        Ok(Value::Number(number))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn refused(line: &[u8], rule: ProtocolRule) {
        assert_eq!(parse(line).map_err(|(rule, _)| rule), Err(rule));
    }

    #[track_caller]
    fn deviates(line: &[u8], rule: ProtocolRule, value: &str) {
        let parsed = parse(line).expect("it can be read");
        assert_eq!(parsed.deviations.iter().map(|(rule, _)| *rule).collect::<Vec<_>>(), [rule]);
        assert_eq!(parsed.value.to_string(), value);
    }

    #[test]
    fn what_no_reader_understands_is_refused() {
        let lines: [&[u8]; 12] = [
            b"hello",
            b"{\"a\":01}",
            b"{'a':1}",
            b"{\"a\":1,}",
            b"{\"a\" 1}",
            b"{a:1}",
            b"[1 2]",
            b"{\"a\":NaN}",
            b"// log\n{}",
            b"{\"a\"\x00:1}",
            b"\"\\ud8\"",
            b"\"abc",
        ];
        lines.into_iter().for_each(|line| refused(line, ProtocolRule::NotJson));
        refused(b"", ProtocolRule::BlankLine);
        refused(b" \t\r", ProtocolRule::BlankLine);
        refused("\u{feff}{\"a\":1}".as_bytes(), ProtocolRule::ByteOrderMark);
        refused(b"{\"a\":1e400}", ProtocolRule::NumberOutOfRange);
        refused(b"{\"a\":-1e-400}", ProtocolRule::NumberOutOfRange);
        let deep = |depth| ["[".repeat(depth), "]".repeat(depth)].concat().into_bytes();
        refused(&deep(10_000), ProtocolRule::TooDeep);
        assert!(parse(&deep(DEPTH_MAX)).is_ok());
    }

    #[test]
    fn what_maelstrom_understands_is_read_and_named() {
        deviates(b"{\"a\":{\"b\":1,\"b\":2}}", ProtocolRule::RepeatedKey, r#"{"a":{"b":2}}"#);
        deviates(b"[{\"a\":1,\"\\u0061\":2}]", ProtocolRule::RepeatedKey, r#"[{"a":2}]"#);
        deviates(b"{\"a\":1} {\"b\":2}", ProtocolRule::TrailingText, r#"{"a":1}"#);
        deviates(b"{\"a\":\"\tx\x01\"}", ProtocolRule::ControlCharacter, r#"{"a":"\tx\u0001"}"#);
        deviates(b"{\"a\":\"x\xffy\"}", ProtocolRule::NotUtf8, "{\"a\":\"x\u{fffd}y\"}");
    }

    #[test]
    fn a_key_that_a_library_keeps_for_itself_is_a_key_like_any_other() {
        let text = r#"{"$serde_json::private::Number":"1"}"#;
        assert_eq!(parse(text.as_bytes()).expect("JSON").value.to_string(), text);
    }

    #[test]
    fn numbers_and_texts_stay_as_they_were_written() {
        let text = r#"{"a":[1,1.0,10e-1,-0,340282366920938463463374607431768211457]}"#;
        assert_eq!(parse(text.as_bytes()).expect("JSON").value.to_string(), text);
        let parsed = parse(br#"  ["\ud83d\ude00\ud800x\u00e9\/"] "#).expect("JSON");
        assert_eq!(parsed.value, serde_json::json!(["\u{1f600}\u{fffd}x\u{e9}/"]));
        assert_eq!(parsed.deviations, []);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(any::<String>(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn it_reads_what_a_well_kept_reader_reads(value in any_json()) {
            for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("JSON")] {
                let expected: Value = serde_json::from_str(&text).expect("JSON");
                let expected = Parsed { value: expected, deviations: vec![] };
                prop_assert_eq!(parse(text.as_bytes()), Ok(expected));
            }
        }

        #[test]
        fn no_line_is_too_strange(
            line in prop::collection::vec(any::<u8>(), 0..60),
            text in "[\\[\\]{}\":,0-9eu\\\\ -]*",
        ) {
            let _ = parse(&line);
            let parsed = parse(text.as_bytes());
            let is_far = matches!(&parsed, Err((ProtocolRule::NumberOutOfRange, _)));
            if let (Ok(expected), false) = (serde_json::from_str::<Value>(&text), is_far) {
                prop_assert_eq!(parsed.map(|parsed| parsed.value), Ok(expected));
            }
        }
    }
}
