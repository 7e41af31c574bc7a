//! A verdict on a page: a word, a colour and a sentence.

use super::html::Html;
use crate::escape;

/// Verdict of a run or of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Badge {
    /// All that was checked holds.
    Valid,
    /// A rule is violated.
    Invalid,
    /// Nothing is certain.
    Undetermined,
}

impl Badge {
    /// Writes the verdict with a sentence about it.
    pub(super) fn write(self, html: &mut Html, words: &str) {
        let (class, word) = match self {
            Badge::Valid => ("badge valid", "valid"),
            Badge::Invalid => ("badge invalid", "invalid"),
            Badge::Undetermined => ("badge undetermined", "undetermined"),
        };
        html.element("span", &[("class", class)], &format!("{word}: {}", escape::line(words)));
    }
}
