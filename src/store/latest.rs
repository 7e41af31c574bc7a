//! The link `latest` in a results root: it names the result that was finished last.

use std::fs;
use std::io;
use std::path::Path;

use super::{Store, StoreError};

/// Name of the link.
pub const LATEST: &str = "latest";

impl Store {
    /// Moves the link `latest` below `root` to a finished result, by a rename: of several runs at
    /// once the last to end wins. What has this name and is no link stays, and so does everything
    /// on a file system without links.
    ///
    /// # Errors
    /// If the disk fails.
    pub(super) fn point_latest(&self, root: &Path, folder: &Path) -> Result<(), StoreError> {
        let link = root.join(LATEST);
        let Ok(target) = folder.strip_prefix(root) else { return Ok(()) };
        let is_foreign = fs::symlink_metadata(&link).is_ok_and(|there| !there.is_symlink());
        if is_foreign || fs::read_link(&link).is_ok_and(|there| there == target) {
            return Ok(());
        }
        self.attempt("move the link", &link, || match put_link(root, target, &link) {
            Err(error) if is_without_links(&error) => Ok(()),
            outcome => outcome,
        })
    }
}

/// Puts a link to `target` at `link`, in place of an old one.
#[cfg(unix)]
fn put_link(root: &Path, target: &Path, link: &Path) -> io::Result<()> {
    let make = |path: &Path| std::os::unix::fs::symlink(target, path);
    let mut builder = tempfile::Builder::new();
    let made = builder.prefix(".sim-").suffix(".part").make_in(root, make)?;
    made.into_temp_path().persist(link).map_err(|error| error.error)
}

/// Links need rights of their own here.
#[cfg(not(unix))]
fn put_link(_: &Path, _: &Path, _: &Path) -> io::Result<()> {
    Ok(())
}

/// Whether the file system has no links.
fn is_without_links(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::PermissionDenied)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_link_moves_and_what_is_foreign_stays() {
        let place = tempfile::tempdir().expect("a folder");
        let (root, store) = (place.path(), Store::new());
        let target = || fs::read_link(root.join(LATEST)).ok();
        for name in ["a/seed-1", "b/seed-2", "b/seed-2"] {
            store.point_latest(root, &root.join(name)).expect("a link");
            assert_eq!(target().as_deref(), Some(Path::new(name)));
        }
        assert_eq!(fs::read_dir(root).expect("the folder").count(), 1);
        fs::remove_file(root.join(LATEST)).expect("a link");
        fs::write(root.join(LATEST), "mine").expect("a file");
        store.point_latest(root, &root.join("a/seed-1")).expect("nothing to do");
        assert_eq!(fs::read_to_string(root.join(LATEST)).ok().as_deref(), Some("mine"));
    }
}
