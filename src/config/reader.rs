//! Typed reads from the tree, with errors that name key and position.

use std::collections::BTreeSet;

use super::diagnostic::{ConfigError, Source, shortened};
use super::origin::{Origin, Repair, Step};
use super::tree::{Item, Value};
use crate::engine::duration_text::DurationError;
use crate::engine::ratio::{Ratio, RatioError};
use crate::engine::time::Duration;
use crate::nearest::{LettersPerEdit, nearest};
use crate::node::NodeId;

/// A value in the tree, its path, and the text for excerpts.
#[derive(Clone, Debug)]
pub(super) struct Cursor<'a> {
    source: Source<'a>,
    path: String,
    item: &'a Item,
}

type Result<T> = std::result::Result<T, ConfigError>;

impl<'a> Cursor<'a> {
    /// Returns a cursor to the whole config.
    pub(super) fn root(source: Source<'a>, item: &'a Item) -> Cursor<'a> {
        Cursor { source, path: String::new(), item }
    }

    /// Returns the name of the file.
    pub(super) fn source_name(&self) -> &'a str {
        self.source.name
    }

    /// Returns an error about this value.
    pub(super) fn error(&self, problem: impl Into<String>, hint: Option<&str>) -> ConfigError {
        let problem = match self.path.as_str() {
            "" => problem.into(),
            path => format!("`{path}`: {}", problem.into()),
        };
        let step = Step::Remove(self.item.origin.clone());
        let repair = Repair { step, keys: vec![self.path.clone()], ..Repair::default() };
        error_at(self.source, &self.item.origin, problem, hint.map(str::to_owned), repair)
    }

    /// Returns an error about a key of this table, whatever its value is.
    pub(super) fn error_of_key(
        &self,
        key: &str,
        problem: impl Into<String>,
        hint: Option<&str>,
    ) -> ConfigError {
        let Value::Table(table) = &self.item.value else { return self.error(problem, hint) };
        let Some((origin, _)) = table.get(key) else { return self.error(problem, hint) };
        let problem = format!("`{}`: {}", self.below(key), problem.into());
        let hint = hint.map(str::to_owned);
        error_at(self.source, origin, problem, hint, Repair::default())
    }

    /// Returns an error with the expected value and the one found here.
    pub(super) fn expected(&self, what: &str, hint: Option<&str>) -> ConfigError {
        self.wrong(format!("expected {what}, found {}", self.item.value.describe()), hint)
    }

    /// Returns an error about this value that holds whatever the rest of the config says.
    pub(super) fn wrong(&self, problem: impl Into<String>, hint: Option<&str>) -> ConfigError {
        let error = self.error(problem, hint);
        ConfigError { repair: Box::new(Repair { is_independent: true, ..*error.repair }), ..error }
    }

    /// Returns the value of `key` in this table, if it is present.
    pub(super) fn get(&self, key: &str) -> Option<Cursor<'a>> {
        let Value::Table(table) = &self.item.value else { return None };
        let (_, item) = table.get(key)?;
        Some(Cursor { source: self.source, path: self.below(key), item })
    }

    /// Returns the value of `key`, which must be present.
    pub(super) fn require(&self, key: &str, example: &str) -> Result<Cursor<'a>> {
        self.get(key).ok_or_else(|| {
            let problem = format!("`{}` is missing", self.below(key));
            let hint = format!("add a line such as `{example}`");
            let is_root = self.path.is_empty();
            let (key, example) = (key.to_owned(), example.to_owned());
            let table = (!is_root).then(|| self.item.origin.clone());
            let step = Step::Insert { table, key: key.clone(), example };
            let keys = vec![self.below(&key)];
            let repair = Repair { step, keys, is_independent: true, unknown: None };
            if is_root {
                let error = ConfigError::of_file(self.source.name, problem).with_hint(hint);
                return ConfigError { repair: Box::new(repair), ..error };
            }
            error_at(self.source, &self.item.origin, problem, Some(hint), repair)
        })
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// Checks that this is a table with no other keys than these.
    pub(super) fn only(&self, keys: &[&str]) -> Result<()> {
        let Value::Table(table) = &self.item.value else {
            let known = keys.join(", ");
            return Err(self.expected("a table", Some(&format!("its keys are {known}"))));
        };
        let Some((key, (origin, _))) = table.iter().find(|(key, _)| !keys.contains(&key.as_str()))
        else {
            return Ok(());
        };
        let meant = nearest(key, keys.iter().copied(), LettersPerEdit::Two);
        let meant = meant.map(|known| self.below(known));
        let hint = match &meant {
            Some(known) => format!("did you mean `{known}`?"),
            None => format!("the keys here are {}", keys.join(", ")),
        };
        let problem = format!("unknown key `{}`", self.below(&shortened(key)));
        let mut uncertain = vec![self.below(key)];
        // What was probably meant may be missing now, and the table around it as well.
        if let Some(known) = meant {
            uncertain.extend(known.rsplit_once('.').map(|(table, _)| table.to_owned()));
            uncertain.push(known);
        }
        let unknown = Some(key.clone());
        let step = Step::Remove(origin.clone());
        let repair = Repair { step, keys: uncertain, is_independent: true, unknown };
        Err(error_at(self.source, origin, problem, Some(hint), repair))
    }

    /// Returns the value itself.
    pub(super) fn item(&self) -> &'a Item {
        self.item
    }

    /// Returns the position, such as `configs/a.toml:3:9`.
    pub(super) fn place(&self) -> String {
        match &self.item.origin {
            Origin::File(span) => self.source.locate(span).0,
            Origin::Option(flag) => flag.to_string(),
        }
    }

    /// Returns the keys of a table in the order of the file.
    pub(super) fn keys(&self, what: &str) -> Result<Vec<String>> {
        let Value::Table(table) = &self.item.value else { return Err(self.expected(what, None)) };
        let mut keys: Vec<(usize, &String)> = table
            .iter()
            .map(|(key, (origin, _))| match origin {
                Origin::File(span) => (span.start, key),
                Origin::Option(_) => (usize::MAX, key),
            })
            .collect();
        keys.sort();
        Ok(keys.into_iter().map(|(_, key)| key.clone()).collect())
    }

    /// Reads a boolean.
    pub(super) fn boolean(&self) -> Result<bool> {
        match self.item.value {
            Value::Bool(value) => Ok(value),
            _ => Err(self.expected("true or false", None)),
        }
    }

    /// Whether this is a table.
    pub(super) fn is_table(&self) -> bool {
        matches!(self.item.value, Value::Table(_))
    }

    /// Whether this is a string.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.item.value, Value::Text(_))
    }

    /// Returns the entries of a list.
    pub(super) fn list(&self, what: &str) -> Result<Vec<Cursor<'a>>> {
        let Value::List(items) = &self.item.value else { return Err(self.expected(what, None)) };
        let entry = |(place, item)| Cursor {
            source: self.source,
            path: format!("{}[{place}]", self.path),
            item,
        };
        Ok(items.iter().enumerate().map(entry).collect())
    }

    /// Returns the entries of a list of two.
    pub(super) fn pair(&self, what: &str) -> Result<(Cursor<'a>, Cursor<'a>)> {
        let entries = self.list(what)?;
        match <[Cursor<'a>; 2]>::try_from(entries) {
            Ok([first, second]) => Ok((first, second)),
            Err(_) => Err(self.expected(what, None)),
        }
    }

    /// Reads a string.
    pub(super) fn text(&self, what: &str) -> Result<&'a str> {
        match &self.item.value {
            Value::Text(text) => Ok(text),
            _ => Err(self.expected(what, None)),
        }
    }

    /// Reads one of some words.
    pub(super) fn word<T: Copy>(&self, words: &[(&str, T)]) -> Result<T> {
        let names: Vec<String> = words.iter().map(|(name, _)| format!("{name:?}")).collect();
        let what = match names.as_slice() {
            [only] => only.clone(),
            [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
            [] => "nothing".to_owned(),
        };
        let text = self.text(&what)?;
        let found = words.iter().find(|(name, _)| *name == text);
        found.map(|(_, value)| *value).ok_or_else(|| self.expected(&what, None))
    }

    /// Reads a whole number in a range.
    pub(super) fn integer(&self, min: u64, max: u64) -> Result<u64> {
        let what = match max {
            u64::MAX => format!("a whole number of at least {min}"),
            _ => format!("a whole number from {min} to {max}"),
        };
        let number = match &self.item.value {
            Value::Integer(text) => text.replace('_', "").trim_start_matches('+').parse().ok(),
            _ => None,
        };
        number.filter(|number| (min..=max).contains(number)).ok_or_else(|| {
            let whole = match &self.item.value {
                Value::Float(text) => text.parse::<Ratio>().ok().filter(|r| r.denominator() == 1),
                _ => None,
            };
            let whole = whole.filter(|whole| (min..=max).contains(&whole.numerator()));
            let hint = whole.map(|whole| format!("write {}", whole.numerator()));
            self.expected(&what, hint.as_deref())
        })
    }

    /// Reads an exact ratio: a number, or a string such as "9/10" or "30%".
    pub(super) fn ratio(&self, what: &str) -> Result<Ratio> {
        let (text, is_text) = match &self.item.value {
            Value::Integer(text) | Value::Float(text) => (text, false),
            Value::Text(text) => (text, true),
            _ => return Err(self.expected(what, None)),
        };
        text.parse().map_err(|error: RatioError| match error {
            RatioError::TooLong => {
                let problem = format!("{} has too many digits, or is too large", shortened(text));
                let hint = "numerator and denominator have 64 bits: use up to 19 digits";
                self.error(problem, Some(hint))
            }
            RatioError::NotANumber(_) if !is_text => {
                let hint = format!("{what} is a number such as 0.9, or a text such as \"9/10\"");
                self.expected(what, Some(&hint))
            }
            error => self.expected(what, Some(&error.to_string())),
        })
    }

    /// Reads a probability from 0 to 1.
    pub(super) fn probability(&self) -> Result<Ratio> {
        const WHAT: &str = "a probability from 0 to 1";
        let ratio = self.ratio(WHAT)?;
        match ratio <= Ratio::ONE {
            true => Ok(ratio),
            false => Err(self.expected(WHAT, Some("a percentage is written as \"30%\""))),
        }
    }

    /// Reads a duration: a string with a unit.
    pub(super) fn duration(&self) -> Result<Duration> {
        const WHAT: &str = "a time with a unit, such as \"250ms\"";
        match &self.item.value {
            Value::Text(text) => text
                .parse()
                .map_err(|error: DurationError| self.expected(WHAT, Some(&error.to_string()))),
            Value::Integer(number) | Value::Float(number) => {
                let number = number.trim_start_matches('+');
                let with = |unit| format!("{number}{unit}");
                // Only units with which the value is valid are suggested.
                let hint = match (with("s").parse::<Duration>(), with("ms").parse::<Duration>()) {
                    (Ok(_), Ok(_)) => {
                        format!("write \"{number}s\" or \"{number}ms\": units are ns us ms s m h")
                    }
                    (Ok(_), Err(_)) => format!("write \"{number}s\""),
                    (Err(_), Ok(_)) => format!("write \"{number}ms\""),
                    (Err(error), Err(_)) => error.to_string(),
                };
                Err(self.expected(WHAT, Some(&hint)))
            }
            _ => Err(self.expected(WHAT, None)),
        }
    }

    /// Reads a duration up to a maximum.
    pub(super) fn duration_up_to(&self, max: Duration) -> Result<Duration> {
        let duration = self.duration()?;
        match duration <= max {
            true => Ok(duration),
            false => Err(self.expected(&format!("a time of at most {max}"), None)),
        }
    }

    /// Reads a machine, counted from 1.
    pub(super) fn machine(&self, machines: u32) -> Result<NodeId> {
        let number = self.integer(1, u64::MAX)?;
        if number > u64::from(machines) {
            let problem = format!("there is no machine {number}; there are {machines}");
            return Err(self.error(problem, Some("machines count from 1")));
        }
        Ok(NodeId((number - 1) as u32))
    }

    /// Reads a list of distinct machines.
    pub(super) fn machines(&self, machines: u32) -> Result<Vec<NodeId>> {
        let entries = self.list("a list of machines")?;
        if entries.is_empty() {
            return Err(self.error("the list of machines is empty", None));
        }
        let mut seen = BTreeSet::new();
        let machine = |entry: &Cursor<'_>| {
            let machine = entry.machine(machines)?;
            match seen.insert(machine) {
                true => Ok(machine),
                false => Err(entry.error(format!("machine {} is here twice", machine.0 + 1), None)),
            }
        };
        entries.iter().map(machine).collect()
    }
}

fn error_at(
    source: Source<'_>,
    origin: &Origin,
    problem: String,
    hint: Option<String>,
    repair: Repair,
) -> ConfigError {
    let error = match origin {
        Origin::File(span) => ConfigError::in_file(source, span, problem),
        Origin::Option(flag) => ConfigError::of_option(flag, problem),
    };
    ConfigError { hint, repair: Box::new(repair), ..error }
}
