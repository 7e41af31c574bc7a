//! The JSON files of a results folder, which must have the hashes in the manifest.

use std::path::Path;

use super::super::CommandError;
use super::super::hashes::{plain, same_hash};
use crate::store::{TEXT_MAX, read_regular_text};

/// Reads a file of a folder; `None` if the run wrote none, or it is not there any more.
pub(in crate::cli) fn stored_json(
    folder: &Path,
    name: &str,
    expected: Option<&String>,
) -> Result<Option<serde_json::Value>, CommandError> {
    let path = folder.join(name);
    let Some(expected) = expected.filter(|_| path.is_file()) else { return Ok(None) };
    same_hash(&path, expected)?;
    let named = |what: String| CommandError::Data(format!("{}: {what}", path.display()));
    let text = read_regular_text(&path, TEXT_MAX).map_err(|error| named(plain(&error)))?;
    serde_json::from_str(&text).map(Some).map_err(|error| named(error.to_string()))
}
