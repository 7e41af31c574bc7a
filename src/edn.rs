//! A value that can be written as EDN, which Jepsen reads, and as JSON, which everybody does.
//!
//! One tree, two texts: names are keywords in EDN and strings in JSON, sets are arrays there, and a
//! map's keys become strings. Maps keep the order in which they were made.

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub enum Edn {
    /// Nothing: `nil`, `null`.
    Nil,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
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

    /// What stands under a keyword, if this is a map and has it.
    pub fn get(&self, key: &str) -> Option<&Edn> {
        let Edn::Map(entries) = self else { return None };
        let found = entries.iter().find(|(k, _)| matches!(k, Edn::Keyword(k) if k == key));
        found.map(|(_, value)| value)
    }
}
