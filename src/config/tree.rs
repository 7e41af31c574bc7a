//! The tree of a config: values with their source positions and their original text.

use std::collections::BTreeMap;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{ConfigError, Source, shortened};
use super::origin::Origin;
use super::overrides::Override;
use super::syntax;

/// Maximum number of parts of a key on the command line; the grammar needs three.
const PATH_MAX: usize = 8;

/// A value and its origin.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) value: Value,
    pub(super) origin: Origin,
}

/// A value; numbers keep their original text.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    Integer(String),
    Float(String),
    Bool(bool),
    Datetime(String),
    List(Vec<Item>),
    Table(BTreeMap<String, (Origin, Item)>),
}

impl Value {
    /// Describes the value for error messages.
    pub(super) fn describe(&self) -> String {
        match self {
            Value::Text(text) => format!("{:?}", shortened(text)),
            Value::Integer(number) | Value::Float(number) => shortened(number),
            Value::Bool(value) => value.to_string(),
            Value::Datetime(text) => format!("the date {text}"),
            Value::List(items) => format!("a list of {}", items.len()),
            Value::Table(_) => "a table".to_owned(),
        }
    }
}

/// Parses a config's text.
pub(super) fn parse(source: Source<'_>) -> Result<Item, ConfigError> {
    let (table, errors) = DeTable::parse_recoverable(source.text);
    if !errors.is_empty() {
        return Err(syntax::error(source, &errors));
    }
    let span = table.span();
    Ok(Item { value: from_table(table.into_inner()), origin: Origin::File(span) })
}

fn from_table(table: DeTable<'_>) -> Value {
    let entry = |(key, value): (Spanned<std::borrow::Cow<'_, str>>, Spanned<DeValue<'_>>)| {
        let origin = Origin::File(key.span());
        (key.into_inner().into_owned(), (origin, from_value(value)))
    };
    Value::Table(table.into_iter().map(entry).collect())
}

fn from_value(value: Spanned<DeValue<'_>>) -> Item {
    let origin = Origin::File(value.span());
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        // Integers in another radix are converted to decimals if they fit.
        DeValue::Integer(number) if number.radix() != 10 => {
            let decimal = u64::from_str_radix(number.as_str(), number.radix());
            Value::Integer(decimal.map_or_else(|_| number.to_string(), |value| value.to_string()))
        }
        DeValue::Integer(number) => Value::Integer(number.as_str().to_owned()),
        DeValue::Float(number) => Value::Float(number.as_str().to_owned()),
        DeValue::Boolean(value) => Value::Bool(value),
        DeValue::Datetime(datetime) => Value::Datetime(datetime.to_string()),
        DeValue::Array(items) => Value::List(items.into_iter().map(from_value).collect()),
        DeValue::Table(table) => from_table(table),
    };
    Item { value, origin }
}

impl Item {
    /// Applies an override of the command line to this tree. The value is TOML, or else text.
    pub(super) fn set(&mut self, over: &Override) -> Result<(), ConfigError> {
        let Override { path, value, .. } = over;
        let keys: Vec<&str> = path.split('.').map(str::trim).collect();
        if keys.iter().any(|key| key.is_empty()) || keys.len() > PATH_MAX {
            let problem = format!("`{}` is not a key such as `network.loss`", shortened(path));
            return Err(ConfigError::of_option(&over.flag, problem));
        }
        let origin = Origin::Option(over.flag.as_str().into());
        let mut item = self;
        for key in &keys {
            if !matches!(item.value, Value::Table(_)) {
                // A value that is no table is replaced, such as `events = …` by `events.send`.
                item.value = Value::Table(BTreeMap::new());
                item.origin = origin.clone();
            }
            let Value::Table(table) = &mut item.value else { unreachable!("just made a table") };
            let empty = Item { value: Value::Table(BTreeMap::new()), origin: origin.clone() };
            let entry = table.entry((*key).to_owned()).or_insert((origin.clone(), empty));
            entry.0 = origin.clone();
            item = &mut entry.1;
        }
        *item = set_value(value, &origin);
        Ok(())
    }
}

impl Item {
    /// Formats the value as TOML on one line.
    pub(super) fn to_toml(&self) -> String {
        match &self.value {
            Value::Text(text) => quoted(text),
            Value::Integer(text) | Value::Float(text) | Value::Datetime(text) => text.clone(),
            Value::Bool(value) => value.to_string(),
            Value::List(items) => {
                let items: Vec<String> = items.iter().map(Item::to_toml).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Table(table) if table.is_empty() => "{}".to_owned(),
            Value::Table(table) => {
                let entry = |(key, (_, item)): (&String, &(Origin, Item))| {
                    format!("{} = {}", key_text(key), item.to_toml())
                };
                let entries: Vec<String> = table.iter().map(entry).collect();
                format!("{{ {} }}", entries.join(", "))
            }
        }
    }

    /// Formats the value for `--set`: a string without its quotes, unless it would be parsed as
    /// something else then.
    pub(super) fn as_setting(&self) -> String {
        match &self.value {
            Value::Text(text) if is_taken_as_text(text) => text.clone(),
            _ => self.to_toml(),
        }
    }
}

/// Whether `--set` parses this as a string.
fn is_taken_as_text(text: &str) -> bool {
    matches!(&setting(text).value, Value::Text(found) if found == text)
}

/// Parses a value of `--set`.
pub(super) fn setting(text: &str) -> Item {
    set_value(text, &Origin::Option("".into()))
}

/// Converts a value of `--set` to TOML.
pub(super) fn setting_as_toml(text: &str) -> String {
    setting(text).to_toml()
}

/// Formats a key as TOML, with quotes only if necessary.
pub(super) fn key_text(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { quoted(key) }
}

/// Formats a string as TOML, with quotes.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' => quoted += "\\\"",
            '\\' => quoted += "\\\\",
            c if c.is_control() => quoted += &format!("\\u{:04X}", u32::from(c)),
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Parses a value of `--set`: TOML if it is valid, or else text.
fn set_value(text: &str, origin: &Origin) -> Item {
    let document = format!("value = {text}");
    let parsed = DeTable::parse(&document).ok().map(|table| from_table(table.into_inner()));
    let value = match parsed {
        Some(Value::Table(mut table)) if table.len() == 1 => {
            table.remove("value").map(|(_, item)| item.value)
        }
        _ => None,
    };
    let mut item =
        Item { value: value.unwrap_or(Value::Text(text.to_owned())), origin: origin.clone() };
    item.originate(origin);
    item
}

impl Item {
    /// Sets the origin of this item and of all items below it.
    fn originate(&mut self, origin: &Origin) {
        self.origin = origin.clone();
        match &mut self.value {
            Value::List(items) => items.iter_mut().for_each(|item| item.originate(origin)),
            Value::Table(table) => table.values_mut().for_each(|(key, item)| {
                *key = origin.clone();
                item.originate(origin);
            }),
            _ => {}
        }
    }
}
