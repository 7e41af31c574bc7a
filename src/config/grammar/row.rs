//! A row of the grammar: a key, and for a key of one value also how it is read and written.
//!
//! Such a value is a field of the parameters. Its default is that of the parameters as they are
//! before anything is read; the row states it as text, and a test compares the two.
//! Not here: keys of several values (rates, latencies, links, faults), which have readers and
//! writers of their own.

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
    /// Its value; `None` if it has a reader of its own.
    scalar: Option<Scalar<P>>,
    /// Whether a resolved config leaves it out where it has its default.
    is_optional: bool,
}

/// One value: its type, its range, and the field that it is.
pub(super) enum Scalar<P: 'static> {
    /// A time up to this maximum; where zero is an error, with its reason.
    Time(Duration, Option<&'static str>, Field<P, Duration>),
    /// An exact number up to a whole one, with what errors say was expected.
    Number(u64, &'static str, Field<P, Ratio>),
    /// A probability.
    Probability(Field<P, Ratio>),
    /// A whole number from the first to the second.
    Integer(u64, u64, Field<P, u64>),
    /// True or false.
    Bool(Field<P, bool>),
    /// One of these words, by its index.
    Choice(&'static [&'static str], Place<P>),
}

/// A field of the parameters.
pub(super) struct Field<P: 'static, T: 'static> {
    /// Reads it.
    pub(super) get: fn(&P) -> &T,
    /// Sets it.
    pub(super) set: fn(&mut P, T),
}

/// A field of the parameters that holds one of some values in a fixed order.
pub(super) struct Place<P: 'static> {
    /// The place of its value; `None` where the parameters have no such field.
    pub(super) get: fn(&P) -> Option<usize>,
    /// Sets it to the value at a place.
    pub(super) set: fn(&mut P, usize),
}

/// A [`Field`] by its path.
macro_rules! field {
    ($($path:ident).+) => {
        Field {
            get: |parameters| &parameters.$($path).+,
            set: |parameters, value| parameters.$($path).+ = value,
        }
    };
}
pub(super) use field;

/// A [`Scalar::Choice`] of named values for a field. Of two names for one value the last is
/// written.
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

/// Returns the row of a key of one value that resolved configs leave out where it has its default.
/// A new key is one of these, so that the hashes of configs without it stay.
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
    /// Returns the name of the key in this table, or `None` if it is in another one. The table of
    /// the keys at the top is "".
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

    /// Returns the value as TOML, or `None` if this key has a writer of its own or is left out.
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

// All are plain values, whatever the parameters are.
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

/// Returns a ratio as a number where that is exact, else as a text.
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

/// Refuses keys that this table does not have.
///
/// # Errors
/// With the first unknown key, and the known one that it may mean.
pub(in crate::config) fn only_known<P>(
    rows: &[Row<P>],
    table: &str,
    cursor: &Cursor<'_>,
) -> Result<()> {
    let known: Vec<&str> = rows.iter().filter_map(|row| row.name_in(table)).collect();
    cursor.only(&known)
}

/// Reads the keys of one value that stand in this table, where they are given.
///
/// # Errors
/// With the place, the key, what was found and what was expected.
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

/// Writes a table of a resolved config, in the order of the rows; `composite` gives the values of
/// other keys than those of one value, by their paths.
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
