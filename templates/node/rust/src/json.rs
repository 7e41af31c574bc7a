//! Just enough JSON for messages: values that are parsed, taken apart, and written.

use std::fmt;
use std::str::FromStr;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Json {
    Null,
    Bool(bool),
    /// A number as it was written.
    Number(String),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// Returns an object.
    pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, Json)>) -> Json {
        Json::Object(fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    /// Returns the value of a key, or null.
    pub fn get(&self, key: &str) -> &Json {
        let Json::Object(fields) = self else { return &Json::Null };
        fields.iter().find(|(name, _)| name == key).map_or(&Json::Null, |(_, value)| value)
    }

    /// Returns the text, or an empty one if this is none.
    pub fn text(&self) -> &str {
        match self {
            Json::Text(text) => text,
            _ => "",
        }
    }

    /// Returns the elements, or none if this is no list.
    pub fn list(&self) -> &[Json] {
        match self {
            Json::List(list) => list,
            _ => &[],
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Json {
        Json::Text(text.to_owned())
    }
}

impl From<i64> for Json {
    fn from(number: i64) -> Json {
        Json::Number(number.to_string())
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Json::Null => write!(f, "null"),
            Json::Bool(value) => write!(f, "{value}"),
            Json::Number(number) => write!(f, "{number}"),
            Json::Text(text) => write_text(text, f),
            Json::List(list) => {
                write!(f, "[")?;
                for (at, value) in list.iter().enumerate() {
                    write!(f, "{}{value}", if at > 0 { "," } else { "" })?;
                }
                write!(f, "]")
            }
            Json::Object(fields) => {
                write!(f, "{{")?;
                for (at, (key, value)) in fields.iter().enumerate() {
                    write!(f, "{}", if at > 0 { "," } else { "" })?;
                    write_text(key, f)?;
                    write!(f, ":{value}")?;
                }
                write!(f, "}}")
            }
        }
    }
}

fn write_text(text: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "\"")?;
    for c in text.chars() {
        match c {
            '"' => write!(f, "\\\"")?,
            '\\' => write!(f, "\\\\")?,
            c if c < ' ' => write!(f, "\\u{:04x}", u32::from(c))?,
            c => write!(f, "{c}")?,
        }
    }
    write!(f, "\"")
}

impl FromStr for Json {
    type Err = String;

    fn from_str(text: &str) -> Result<Json, String> {
        let mut parser = Parser { rest: text };
        let value = parser.value()?;
        parser.skip_space();
        if parser.rest.is_empty() { Ok(value) } else { Err(parser.wrong("the end of the line")) }
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl Parser<'_> {
    fn wrong(&self, expected: &str) -> String {
        format!("expected {expected}, found {:?}", self.rest.chars().take(20).collect::<String>())
    }

    fn skip_space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    /// Skips white space and a token; returns whether it was there.
    fn skip(&mut self, token: &str) -> bool {
        self.skip_space();
        let after = self.rest.strip_prefix(token);
        self.rest = after.unwrap_or(self.rest);
        after.is_some()
    }

    fn value(&mut self) -> Result<Json, String> {
        self.skip_space();
        match self.rest.chars().next() {
            Some('"') => Ok(Json::Text(self.text()?)),
            Some('[') => self.list(),
            Some('{') => self.object(),
            Some('-' | '0'..='9') => Ok(self.number()),
            _ if self.skip("null") => Ok(Json::Null),
            _ if self.skip("true") => Ok(Json::Bool(true)),
            _ if self.skip("false") => Ok(Json::Bool(false)),
            _ => Err(self.wrong("a value")),
        }
    }

    fn number(&mut self) -> Json {
        let is_part = |c: char| c.is_ascii_digit() || "+-.eE".contains(c);
        let end = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (number, rest) = self.rest.split_at(end);
        self.rest = rest;
        Json::Number(number.to_owned())
    }

    fn list(&mut self) -> Result<Json, String> {
        let mut list = vec![];
        self.skip("[");
        while !self.skip("]") {
            if !list.is_empty() && !self.skip(",") {
                return Err(self.wrong("a comma"));
            }
            list.push(self.value()?);
        }
        Ok(Json::List(list))
    }

    fn object(&mut self) -> Result<Json, String> {
        let mut fields = vec![];
        self.skip("{");
        while !self.skip("}") {
            if !fields.is_empty() && !self.skip(",") {
                return Err(self.wrong("a comma"));
            }
            self.skip_space();
            let key = self.text()?;
            if !self.skip(":") {
                return Err(self.wrong("a colon"));
            }
            fields.push((key, self.value()?));
        }
        Ok(Json::Object(fields))
    }

    fn text(&mut self) -> Result<String, String> {
        let Some(rest) = self.rest.strip_prefix('"') else { return Err(self.wrong("a quote")) };
        let mut text = String::new();
        let mut chars = rest.chars();
        loop {
            match chars.next().ok_or_else(|| self.wrong("a closing quote"))? {
                '"' => break,
                '\\' => match chars.next().unwrap_or(' ') {
                    'n' => text.push('\n'),
                    't' => text.push('\t'),
                    'r' => text.push('\r'),
                    'b' => text.push('\u{8}'),
                    'f' => text.push('\u{c}'),
                    'u' => {
                        let first = code(&mut chars);
                        let is_pair = (0xd800..0xdc00).contains(&first);
                        let code = if is_pair && chars.as_str().starts_with("\\u") {
                            chars.nth(1);
                            let second = code(&mut chars).wrapping_sub(0xdc00) & 0x3ff;
                            0x10000 + ((first - 0xd800) << 10) + second
                        } else {
                            first
                        };
                        text.push(char::from_u32(code).unwrap_or('\u{fffd}'));
                    }
                    other => text.push(other),
                },
                c => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }
}

/// Returns the number of the next four hexadecimal digits.
fn code(chars: &mut std::str::Chars<'_>) -> u32 {
    let digits = chars.take(4).map(|c| c.to_digit(16).unwrap_or(0));
    digits.fold(0, |code, digit| code << 4 | digit)
}
