//! Where a key or a value came from, and how to read a config as if it were not there.

use std::ops::Range;
use std::sync::Arc;

/// Origin of a key or a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A range of bytes in the file.
    File(Range<usize>),
    /// A command-line option, shared by all values that came with it.
    Option(Arc<str>),
}

/// How to read a config as if a mistake were not in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Repair {
    pub(super) step: Step,
    /// The keys whose presence or value the mistake makes uncertain: its own, and one that was
    /// probably meant.
    pub(super) keys: Vec<String>,
    /// Whether it is a mistake whatever the rest of the config says.
    pub(super) is_independent: bool,
    /// The name of an unknown key.
    pub(super) unknown: Option<String>,
}

/// A change of the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing helps.
    #[default]
    None,
    /// Removes the key or the value that came from there.
    Remove(Origin),
    /// Inserts a missing key into the table that came from there, or into the whole config, with
    /// the value that it has in an example.
    Insert { table: Option<Origin>, key: String, example: String },
}
