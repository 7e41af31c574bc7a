//! The files of a results folder that are ours, and their removal. What else is there stays.

use std::fs;
use std::path::Path;

use super::file_kind::FileName;
use super::{Store, StoreError};

/// The name of the manifest.
pub(super) const MANIFEST: &str = "manifest.json";

/// The names of all files that any kind of result may have, the manifest aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnedFiles(Vec<FileName>);

impl FromIterator<FileName> for OwnedFiles {
    fn from_iter<I: IntoIterator<Item = FileName>>(names: I) -> OwnedFiles {
        OwnedFiles(names.into_iter().collect())
    }
}

impl OwnedFiles {
    /// Removes our files from a folder: the manifest first, so that none describes files that are
    /// not there.
    pub(super) fn clear(&self, store: &Store, folder: &Path) -> Result<(), StoreError> {
        store.remove(&folder.join(MANIFEST))?;
        for name in &self.0 {
            match name {
                FileName::One(name) => store.remove(&folder.join(name))?,
                FileName::Numbered(..) => remove_matching(store, folder, name)?,
                FileName::Inside(inside, end) => clear_inside(store, &folder.join(inside), end)?,
            }
        }
        store.tidy(folder);
        Ok(())
    }

    /// Removes the temporary files that killed programs left, below the folder too.
    pub(super) fn tidy(&self, store: &Store, folder: &Path) {
        store.tidy(folder);
        for name in &self.0 {
            if let FileName::Inside(inside, _) = name {
                store.tidy(&folder.join(inside));
            }
        }
    }
}

fn remove_matching(store: &Store, folder: &Path, kind: &FileName) -> Result<(), StoreError> {
    let names = names_in(folder);
    names.iter().filter(|name| kind.matches(name)).try_for_each(|n| store.remove(&folder.join(n)))
}

/// Removes the files with an ending from a folder, and the folder if nothing else is in it. Of a
/// symbolic link only the link is ours.
fn clear_inside(store: &Store, folder: &Path, end: &str) -> Result<(), StoreError> {
    if is_link(folder) {
        store.remove(folder)?;
    }
    for name in names_in(folder).iter().filter(|name| name.ends_with(end)) {
        store.remove(&folder.join(name))?;
    }
    store.tidy(folder);
    // Only an empty folder can be removed.
    let _ = fs::remove_dir(folder);
    Ok(())
}

/// Returns the names in a folder; none if it cannot be read.
fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

/// Returns whether a path is a symbolic link.
pub(super) fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|there| there.is_symlink())
}
