//! The names of consistency models in a config.

use super::diagnostic::ConfigError;
use super::reader::Cursor;
use crate::check::txn::Model;
use crate::nearest::{LettersPerEdit, nearest};

/// Returns the hint for a name that no consistency model has.
pub fn model_hint(name: &str) -> String {
    let mut names: Vec<&str> = Model::ALL.iter().map(|model| model.name()).collect();
    if let Some(known) = nearest(name, names.iter().copied(), LettersPerEdit::Two) {
        return format!("did you mean {known:?}?");
    }
    names.sort_unstable();
    format!("models are {}", names.join(", "))
}

/// Reads the names of consistency models: a list, or one.
pub(super) fn models(cursor: &Cursor<'_>) -> Result<Vec<Model>, ConfigError> {
    const WHAT: &str = "a consistency model such as \"read-committed\", or a list of them";
    let one = |entry: &Cursor<'_>| {
        let name = entry.text(WHAT)?;
        Model::of(name).ok_or_else(|| {
            let problem = format!("there is no consistency model {name:?}");
            entry.wrong(problem, Some(&model_hint(name)))
        })
    };
    let Ok(entries) = cursor.list(WHAT) else { return Ok(vec![one(cursor)?]) };
    if entries.is_empty() {
        return Err(cursor.expected(WHAT, None));
    }
    entries.iter().map(one).collect()
}
