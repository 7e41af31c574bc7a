//! A value with two text formats: EDN, which Jepsen reads, and JSON, which most tools read.
//!
//! Names are keywords in EDN and strings in JSON; in JSON, sets are arrays and the keys of a map
//! are strings. Maps keep their insertion order. `Display` is EDN on one line, which [`read()`]
//! parses.

mod json;
pub mod number;
mod pieces;
mod read;
mod write;

pub use pieces::{Pieces, PiecesError};
pub use read::{DEPTH_MAX, Placed, ReadError, read, read_all};

/// An EDN value.
#[derive(Clone, Debug, PartialEq)]
pub enum Edn {
    /// `nil`, `null`.
    Nil,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A number that neither an [`Edn::Int`] nor an [`Edn::Float`] represents exactly, in JSON
    /// notation.
    Exact(String),
    /// Any other number; finite.
    Float(f64),
    /// A string.
    Text(String),
    /// A keyword: `:valid?`, `"valid?"`.
    Keyword(String),
    /// A list: `(1 2)`, `[1, 2]`.
    List(Vec<Edn>),
    /// A vector: `[1 2]`, `[1, 2]`.
    Vector(Vec<Edn>),
    /// A set, in insertion order: `#{1 2}`, `[1, 2]`.
    Set(Vec<Edn>),
    /// A map, in insertion order.
    Map(Vec<(Edn, Edn)>),
}

impl Edn {
    /// Creates a map whose keys are keywords.
    pub fn map<const N: usize>(entries: [(&str, Edn); N]) -> Edn {
        Edn::Map(entries.map(|(key, value)| (Edn::Keyword(key.to_owned()), value)).into())
    }

    /// Creates an integer.
    pub fn whole(number: i128) -> Edn {
        i64::try_from(number).map_or_else(|_| Edn::Exact(number.to_string()), Edn::Int)
    }

    /// Creates an integer from a count.
    pub fn count(number: usize) -> Edn {
        Edn::whole(number as i128)
    }

    /// Creates a keyword.
    pub fn keyword(name: &str) -> Edn {
        Edn::Keyword(name.to_owned())
    }

    /// Creates a string.
    pub fn text(text: impl Into<String>) -> Edn {
        Edn::Text(text.into())
    }

    /// Returns the value of a keyword, if this is a map that has it.
    pub fn get(&self, key: &str) -> Option<&Edn> {
        let Edn::Map(entries) = self else { return None };
        let found = entries.iter().find(|(k, _)| matches!(k, Edn::Keyword(k) if k == key));
        found.map(|(_, value)| value)
    }
}
