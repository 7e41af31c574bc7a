//! EDN text of a value: on one line, or laid out for people.

use std::fmt::{self, Write};

use super::Edn;

/// Maximum width of a map or a list that stays on one line.
const LINE: usize = 88;

impl fmt::Display for Edn {
    /// Formats as EDN on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_value(f, self)
    }
}

impl Edn {
    /// Returns readable EDN: one line per map entry, unless the map is short and inside another
    /// value.
    pub fn pretty(&self) -> String {
        let mut out = String::new();
        lay_out(&mut out, self, 0);
        out
    }
}

fn write_value(out: &mut impl Write, value: &Edn) -> fmt::Result {
    match value {
        Edn::Nil => out.write_str("nil"),
        Edn::Bool(bool) => write!(out, "{bool}"),
        Edn::Int(number) => write!(out, "{number}"),
        Edn::Exact(text) if text.contains(['.', 'e', 'E']) => write!(out, "{text}M"),
        Edn::Exact(text) => write!(out, "{text}N"),
        Edn::Float(number) => out.write_str(&float(*number, "nil")),
        Edn::Text(text) => write_text(out, text),
        Edn::Keyword(name) if is_name(name) => write!(out, ":{name}"),
        Edn::Keyword(name) => write_text(out, name),
        Edn::List(items) => write_items(out, "(", items, ")"),
        Edn::Vector(items) => write_items(out, "[", items, "]"),
        Edn::Set(items) => write_items(out, "#{", items, "}"),
        Edn::Map(entries) => write_map(out, entries),
    }
}

fn write_items(out: &mut impl Write, open: &str, items: &[Edn], close: &str) -> fmt::Result {
    out.write_str(open)?;
    for (place, item) in items.iter().enumerate() {
        out.write_str(if place == 0 { "" } else { " " })?;
        write_value(out, item)?;
    }
    out.write_str(close)
}

fn write_map(out: &mut impl Write, entries: &[(Edn, Edn)]) -> fmt::Result {
    out.write_char('{')?;
    for (place, (key, value)) in entries.iter().enumerate() {
        out.write_str(if place == 0 { "" } else { ", " })?;
        write_value(out, key)?;
        out.write_char(' ')?;
        write_value(out, value)?;
    }
    out.write_char('}')
}

fn write_text(out: &mut impl Write, text: &str) -> fmt::Result {
    out.write_char('"')?;
    for c in text.chars() {
        match c {
            '"' => out.write_str("\\\"")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            c if c.is_control() => write!(out, "\\u{:04x}", u32::from(c))?,
            c => out.write_char(c)?,
        }
    }
    out.write_char('"')
}

/// Returns the shortest text that parses to the same number, with a point or an exponent, so that
/// it stays a float.
pub(super) fn float(number: f64, not_finite: &str) -> String {
    serde_json::Number::from_f64(number).map_or(not_finite.to_owned(), |number| number.to_string())
}

/// Whether a name is valid as a keyword.
pub(super) fn is_name(name: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".*+!-_?$%&=<>/'".contains(c);
    name.starts_with(|c: char| c.is_ascii_alphabetic() || "*!_?&<>=".contains(c))
        && name.chars().all(fits)
        && !name.ends_with('/')
}

/// Writes a value from a column on. Its further lines are indented as far.
fn lay_out(out: &mut String, value: &Edn, column: usize) {
    match value {
        Edn::Map(entries) if is_broken(value, column) => {
            out.push('{');
            for (place, (key, value)) in entries.iter().enumerate() {
                if place > 0 {
                    new_line(out, ",", column + 1);
                }
                let key = key.to_string();
                out.push_str(&key);
                out.push(' ');
                lay_out(out, value, column + key.chars().count() + 2);
            }
            out.push('}');
        }
        Edn::List(items) if is_broken(value, column) => lay_out_items(out, "(", items, ")", column),
        Edn::Vector(items) if is_broken(value, column) => {
            lay_out_items(out, "[", items, "]", column);
        }
        _ => out.push_str(&value.to_string()),
    }
}

fn lay_out_items(out: &mut String, open: &str, items: &[Edn], close: &str, column: usize) {
    out.push_str(open);
    for (place, item) in items.iter().enumerate() {
        if place > 0 {
            new_line(out, "", column + 1);
        }
        lay_out(out, item, column + 1);
    }
    out.push_str(close);
}

fn new_line(out: &mut String, end: &str, column: usize) {
    out.push_str(end);
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', column));
}

/// Whether a value is laid out over several lines: maps, and lists of maps; numbers and texts fill
/// a line of any length.
fn is_broken(value: &Edn, column: usize) -> bool {
    let too_long = || column == 0 || column + value.to_string().chars().count() > LINE;
    match value {
        Edn::Map(entries) => !entries.is_empty() && too_long(),
        Edn::List(items) | Edn::Vector(items) => {
            items.iter().any(|item| matches!(item, Edn::Map(_))) && too_long()
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_holds_every_kind_of_value() {
        let value = Edn::map([
            ("valid?", Edn::keyword("unknown")),
            ("ids", Edn::Vector(vec![Edn::Int(-1), Edn::whole(u64::MAX.into()), Edn::Nil])),
            ("lost", Edn::List(vec![])),
            ("of", Edn::Set(vec![Edn::Bool(true), Edn::Float(1.0), Edn::Float(0.1)])),
        ]);
        let expected = "{:valid? :unknown, :ids [-1 18446744073709551615N nil], :lost (), \
                        :of #{true 1.0 0.1}}";
        assert_eq!(value.to_string(), expected);
    }

    #[test]
    fn texts_are_escaped_and_names_that_are_none_become_texts() {
        assert_eq!(Edn::text("a\"b\\c\nd\u{1}é").to_string(), r#""a\"b\\c\nd\u0001é""#);
        for (name, written) in [("start-partition", ":start-partition"), ("a b", "\"a b\"")] {
            assert_eq!(Edn::keyword(name).to_string(), written);
        }
        assert_eq!(Edn::keyword("").to_string(), "\"\"");
        assert_eq!(Edn::Float(f64::NAN).to_string(), "nil");
    }

    #[test]
    fn the_form_for_people_has_an_entry_a_line() {
        let long = Edn::map([("a", Edn::text("x".repeat(60))), ("b", Edn::text("y".repeat(40)))]);
        let value = Edn::map([("short", Edn::map([("n", Edn::Int(1))])), ("long", long)]);
        let expected = format!(
            "{{:short {{:n 1}},\n :long {{:a \"{}\",\n        :b \"{}\"}}}}",
            "x".repeat(60),
            "y".repeat(40)
        );
        assert_eq!(value.pretty(), expected);
    }
}
