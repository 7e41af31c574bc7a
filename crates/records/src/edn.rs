//! A value that can be written as EDN, which Jepsen reads, and as JSON, which everybody does.
//!
//! One tree, two texts: names are keywords in EDN and strings in JSON, sets are arrays there, and a
//! map's keys become strings. Maps keep the order in which they were made. `Display` is EDN in one
//! line, which [`read()`] reads again.

mod json;
pub mod number;
mod pieces;
mod read;
mod write;

pub use pieces::{Pieces, PiecesError};
pub use read::{DEPTH_MAX, Placed, ReadError, read, read_all};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Edn {
    /// Nothing: `nil`, `null`.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number that neither an [`Edn::Int`] nor an [`Edn::Float`] holds exactly, in the notation
    /// of JSON.
    Exact(String),
    /// Any other number; finite.
    Float(f64),
    /// A text.
    Text(String),
    /// A name: `:valid?`, `"valid?"`.
    Keyword(String),
    /// A list: `(1 2)`, `[1, 2]`.
    List(Vec<Edn>),
    /// A vector: `[1 2]`, `[1, 2]`.
    Vector(Vec<Edn>),
    /// A set, in the order given: `#{1 2}`, `[1, 2]`.
    Set(Vec<Edn>),
    /// A map, in the order given.
    Map(Vec<(Edn, Edn)>),
}

impl Edn {
    /// A map whose keys are keywords.
    pub fn map<const N: usize>(entries: [(&str, Edn); N]) -> Edn {
        Edn::Map(entries.map(|(key, value)| (Edn::Keyword(key.to_owned()), value)).into())
    }

    /// A whole number.
    pub fn whole(number: i128) -> Edn {
        i64::try_from(number).map_or_else(|_| Edn::Exact(number.to_string()), Edn::Int)
    }

    /// How many there are of something.
    pub fn count(number: usize) -> Edn {
        Edn::whole(number as i128)
    }

    /// A name.
    pub fn keyword(name: &str) -> Edn {
        Edn::Keyword(name.to_owned())
    }

    /// A text.
    pub fn text(text: impl Into<String>) -> Edn {
        Edn::Text(text.into())
    }

    /// What stands under a keyword, if this is a map and has it.
    pub fn get(&self, key: &str) -> Option<&Edn> {
        let Edn::Map(entries) = self else { return None };
        let found = entries.iter().find(|(k, _)| matches!(k, Edn::Keyword(k) if k == key));
        found.map(|(_, value)| value)
    }
}
