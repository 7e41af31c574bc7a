//! A row of the grammar: a key, and for a key of one value also its reader and writer.
//!
//! Such a value is a field of the parameters. Its default is that of freshly constructed
//! parameters; the row states it as text, and a test compares the two. Not here: keys of several
//! values (rates, latencies, links, faults), which have readers and writers of their own.

use super::{Key, KeyDefault, Shape};
use crate::config::diagnostic::ConfigError;
use crate::config::reader::Cursor;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;

type Result<T> = std::result::Result<T, ConfigError>;

/// A key of a config that is read into parameters `P`.
pub(in crate::config) struct Row<P: 'static> {
    /// The key.
    pub(super) key: Key,
    /// Reader and writer of a single value; `None` if the key has its own elsewhere.
    scalar: Option<Scalar<P>>,
    /// Whether a resolved config omits the key if it has its default.
    is_optional: bool,
}

/// A single value: its type, its range, and its field.
pub(super) enum Scalar<P: 'static> {
    /// A time up to a maximum; the reason why zero is an error, if it is one.
    Time(Duration, Option<&'static str>, Field<P, Duration>),
    /// An exact number up to a whole maximum, and the expected value in error messages.
    Number(u64, &'static str, Field<P, Ratio>),
    /// A probability.
    Probability(Field<P, Ratio>),
    /// A whole number from a minimum to a maximum.
    Integer(u64, u64, Field<P, u64>),
    /// True or false.
    Bool(Field<P, bool>),
    /// One of some words, by index.
    Choice(&'static [&'static str], Place<P>),
}

/// A field of the parameters.
pub(super) struct Field<P: 'static, T: 'static> {
    /// Returns the field.
    pub(super) get: fn(&P) -> &T,
    /// Sets the field.
    pub(super) set: fn(&mut P, T),
}

/// A field of the parameters whose value is one of a fixed list.
pub(super) struct Place<P: 'static> {
    /// Returns the index of the value; `None` if the parameters have no such field.
    pub(super) get: fn(&P) -> Option<usize>,
    /// Sets the value by index.
    pub(super) set: fn(&mut P, usize),
}

/// Builds a [`Field`] from its path.
macro_rules! field {
    ($($path:ident).+) => {
        Field {
            get: |parameters| &parameters.$($path).+,
            set: |parameters, value| parameters.$($path).+ = value,
        }
    };
}
pub(super) use field;

/// Builds a [`Scalar::Choice`] of named values for a field. If two names have the same value, the
/// last one is written.
macro_rules! choice {
    ($values:expr, $($path:ident).+) => {
        Scalar::Choice(
            &names($values),
            Place {
                get: |parameters| {
                    $values.iter().rposition(|(_, value)| *value == parameters.$($path).+)
                },
                set: |parameters, place| parameters.$($path).+ = $values[place].1,
            },
        )
    };
}
pub(super) use choice;

/// Returns the names of named values.
pub(super) const fn names<T: Copy, const N: usize>(
    values: [(&'static str, T); N],
) -> [&'static str; N] {
    let mut names = [""; N];
    let mut place = 0;
    while place < N {
        names[place] = values[place].0;
        place += 1;
    }
    names
}

/// Returns the row of a key with a reader and a writer of its own.
pub(super) const fn composite<P>(
    path: &'static str,
    shape: Shape,
    default: KeyDefault,
    meaning: &'static str,
) -> Row<P> {
    Row { key: Key { path, shape, default, meaning }, scalar: None, is_optional: false }
}

/// Returns the row of a key of one value.
pub(super) const fn scalar<P>(
    path: &'static str,
    scalar: Scalar<P>,
    default: KeyDefault,
    meaning: &'static str,
) -> Row<P> {
    let key = Key { path, shape: scalar.shape(), default, meaning };
    Row { key, scalar: Some(scalar), is_optional: false }
}

/// Returns the row of a key of one value that resolved configs omit if it has its default. New keys
/// are of this kind, so that the hashes of configs without them do not change.
pub(super) const fn optional_scalar<P>(
    path: &'static str,
    scalar: Scalar<P>,
    default: KeyDefault,
    meaning: &'static str,
) -> Row<P> {
    let key = Key { path, shape: scalar.shape(), default, meaning };
    Row { key, scalar: Some(scalar), is_optional: true }
}

impl<P> Row<P> {
    /// Returns the name of the key in this table, or `None` if it is in another one. The name of
    /// the top-level table is "".
    fn name_in(&self, table: &str) -> Option<&'static str> {
        let (parent, name) = self.key.path.rsplit_once('.').unwrap_or(("", self.key.path));
        (parent == table).then_some(name)
    }

    /// Returns whether the parameters have the key's default.
    fn has_default(&self, scalar: &Scalar<P>, parameters: &P) -> bool {
        let KeyDefault::Is(default) = self.key.default else { return false };
        let default = default.trim_matches('"');
        match scalar {
            Scalar::Time(.., field) => default.parse().as_ref() == Ok((field.get)(parameters)),
            Scalar::Number(.., field) | Scalar::Probability(field) => {
                default.parse().as_ref() == Ok((field.get)(parameters))
            }
            Scalar::Integer(.., field) => {
                default.replace('_', "").parse().as_ref() == Ok((field.get)(parameters))
            }
            Scalar::Bool(field) => default.parse().as_ref() == Ok((field.get)(parameters)),
            Scalar::Choice(names, place) => {
                (place.get)(parameters).is_some_and(|place| names[place] == default)
            }
        }
    }

    /// Returns the value as TOML, or `None` if the key has a writer of its own or is omitted.
    fn text(&self, parameters: &P) -> Option<String> {
        let scalar = self.scalar.as_ref()?;
        if self.is_optional && self.has_default(scalar, parameters) {
            return None;
        }
        scalar.text(parameters)
    }
}

impl<P> Scalar<P> {
    const fn shape(&self) -> Shape {
        match self {
            Scalar::Time(..) => Shape::Time,
            Scalar::Number(..) => Shape::Number,
            Scalar::Probability(_) => Shape::Probability,
            Scalar::Integer(min, max, _) => Shape::Integer(*min, *max),
            Scalar::Bool(_) => Shape::Bool,
            Scalar::Choice(names, _) => Shape::Words(names),
        }
    }

    fn read(&self, cursor: &Cursor<'_>, parameters: &mut P) -> Result<()> {
        match self {
            Scalar::Time(max, no_zero, field) => {
                let time = cursor.duration_up_to(*max)?;
                if let (Duration::ZERO, Some(why)) = (time, no_zero) {
                    return Err(cursor.error(*why, None));
                }
                (field.set)(parameters, time);
            }
            Scalar::Number(max, what, field) => {
                let number = cursor.ratio(what)?;
                if number > Ratio::whole(*max) {
                    return Err(cursor.expected(what, None));
                }
                (field.set)(parameters, number);
            }
            Scalar::Probability(field) => (field.set)(parameters, cursor.probability()?),
            Scalar::Integer(min, max, field) => {
                (field.set)(parameters, cursor.integer(*min, *max)?);
            }
            Scalar::Bool(field) => (field.set)(parameters, cursor.boolean()?),
            Scalar::Choice(names, place) => {
                let words: Vec<(&str, usize)> = names.iter().copied().zip(0..).collect();
                (place.set)(parameters, cursor.word(&words)?);
            }
        }
        Ok(())
    }

    fn text(&self, parameters: &P) -> Option<String> {
        Some(match self {
            Scalar::Time(.., field) => format!("\"{}\"", (field.get)(parameters)),
            Scalar::Number(.., field) | Scalar::Probability(field) => {
                number_text(*(field.get)(parameters))
            }
            Scalar::Integer(.., field) => (field.get)(parameters).to_string(),
            Scalar::Bool(field) => (field.get)(parameters).to_string(),
            Scalar::Choice(names, place) => format!("\"{}\"", names[(place.get)(parameters)?]),
        })
    }
}

// All are plain values, whatever the type of the parameters.
impl<P> Clone for Row<P> {
    fn clone(&self) -> Row<P> {
        *self
    }
}
impl<P> Copy for Row<P> {}
impl<P> Clone for Scalar<P> {
    fn clone(&self) -> Scalar<P> {
        *self
    }
}
impl<P> Copy for Scalar<P> {}
impl<P, T> Clone for Field<P, T> {
    fn clone(&self) -> Field<P, T> {
        *self
    }
}
impl<P, T> Copy for Field<P, T> {}
impl<P> Clone for Place<P> {
    fn clone(&self) -> Place<P> {
        *self
    }
}
impl<P> Copy for Place<P> {}

/// Returns a ratio as a number if that is exact, or else as a string.
pub(in crate::config) fn number_text(ratio: Ratio) -> String {
    let text = ratio.to_string();
    let fits = text.parse::<i64>().is_ok() || text.contains('.');
    if fits { text } else { format!("\"{text}\"") }
}

/// Returns the keys of rows.
pub(super) const fn keys_of<P, const N: usize>(rows: &[Row<P>]) -> [Key; N] {
    let mut keys = [rows[0].key; N];
    let mut place = 0;
    while place < N {
        keys[place] = rows[place].key;
        place += 1;
    }
    keys
}

/// Rejects unknown keys in this table.
///
/// # Errors
/// The first unknown key, and a similar known one.
pub(in crate::config) fn only_known<P>(
    rows: &[Row<P>],
    table: &str,
    cursor: &Cursor<'_>,
) -> Result<()> {
    let known: Vec<&str> = rows.iter().filter_map(|row| row.name_in(table)).collect();
    cursor.only(&known)
}

/// Reads the keys of one value in this table that are given.
///
/// # Errors
/// The position, the key, what was found and what was expected.
pub(in crate::config) fn read_scalars<P>(
    rows: &[Row<P>],
    table: &str,
    cursor: &Cursor<'_>,
    parameters: &mut P,
) -> Result<()> {
    for row in rows {
        if let (Some(scalar), Some(name)) = (&row.scalar, row.name_in(table))
            && let Some(value) = cursor.get(name)
        {
            scalar.read(&value, parameters)?;
        }
    }
    Ok(())
}

/// Writes a table of a resolved config, in the order of the rows; `composite` returns the values of
/// keys with their own writers, by path.
pub(in crate::config) fn write_table<P>(
    out: &mut String,
    rows: &[Row<P>],
    table: &str,
    parameters: &P,
    composite: impl Fn(&str) -> Option<String>,
) {
    if !table.is_empty() {
        *out += &format!("\n[{table}]\n");
    }
    for row in rows {
        let Some(name) = row.name_in(table) else { continue };
        let text = match row.scalar {
            Some(_) => row.text(parameters),
            None => composite(row.key.path),
        };
        if let Some(text) = text {
            *out += &format!("{name} = {text}\n");
        }
    }
}

/// Returns the paths of the keys whose stated default is not that of these parameters.
#[cfg(test)]
pub(in crate::config) fn wrong_defaults<P>(rows: &[Row<P>], parameters: &P) -> Vec<&'static str> {
    let is_wrong = |row: &&Row<P>| {
        matches!(row.key.default, KeyDefault::Is(_))
            && row.scalar.as_ref().is_some_and(|scalar| !row.has_default(scalar, parameters))
    };
    rows.iter().filter(is_wrong).map(|row| row.key.path).collect()
}
