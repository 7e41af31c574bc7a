//! The hash of a file, compared with the one in a manifest, and errors of reading it.

use std::io;
use std::path::Path;

use super::CommandError;
use crate::escape;
use crate::store::open_regular;

/// Checks that a file has the hash in the manifest.
pub(super) fn same_hash(path: &Path, expected: &str) -> Result<(), CommandError> {
    let shown = path.display();
    let found = hash_of(path)?;
    if found == expected {
        return Ok(());
    }
    Err(CommandError::Data(format!(
        "{shown}: it was changed since it was written: its manifest names the hash {}, \
         found {found}",
        escape::line(expected)
    )))
}

/// Returns the hash of a file.
pub(super) fn hash_of(path: &Path) -> Result<String, CommandError> {
    let cannot =
        |error: io::Error| CommandError::Data(format!("{}: {}", path.display(), plain(&error)));
    let mut hasher = blake3::Hasher::new();
    let mut file = open_regular(path).map_err(cannot)?;
    io::copy(&mut file, &mut hasher).map_err(cannot)?;
    Ok(hasher.finalize().to_hex().to_string())
}

/// Formats a read error in the same words as elsewhere.
pub(super) fn plain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::InvalidData => error.to_string(),
        _ => format!("it cannot be read: {error}"),
    }
}
