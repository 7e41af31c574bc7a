//! The session of a result: it claims the folder, records the files, and finishes with the
//! manifest.
//!
//! Nothing is in place before [`ResultSession::finish`]. Then a result of the same config that is
//! there must be of the same run; files come in the order in which they were recorded, each with
//! its hash in the manifest; and the manifest comes last. A session that is dropped earlier leaves
//! the folder as it was.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::folder::ResultsFolder;
use super::{
    Claim, ClaimError, Existing, FileKind, ManifestHead, NewFile, ResultFile, Store, StoreError,
};
use crate::escape;

/// The manifest of a kind of result.
pub trait ResultManifest: Serialize + DeserializeOwned {
    /// Returns what all results of one run agree in: a fingerprint, and a number of rows.
    fn fingerprint(&self) -> (&str, u64);

    /// Adds the hashes of files of an earlier result of the same run that this one does not have.
    /// They stay in the folder.
    fn adopt(&mut self, earlier: Self);
}

/// A result that is being made, in a folder that is locked for it.
pub struct ResultSession<'a, M: 'static> {
    store: &'a Store,
    /// The folder in which results folders are made.
    root: PathBuf,
    head: ManifestHead,
    /// In the order of their commits.
    recorded: Vec<Recorded<'a, M>>,
    folder: ResultsFolder<'a>,
}

impl<M> std::fmt::Debug for ResultSession<'_, M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ResultSession").field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// A file that is put in place when the session finishes.
struct Recorded<'a, M: 'static> {
    kind: &'static FileKind<M>,
    content: Content<'a>,
}

/// The content of a recorded file.
enum Content<'a> {
    /// A file under a temporary name, and its hash.
    Written(NewFile<'a>, String),
    /// The bytes of a small file at this path below the folder.
    Bytes(String, Vec<u8>),
    /// A file with this hash, which a function puts in place.
    Moved(Box<dyn FnOnce() -> Result<(), StoreError> + 'a>, String),
}

/// A result whose manifest is in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished<M> {
    /// The folder.
    pub folder: PathBuf,
    /// The manifest.
    pub manifest: M,
}

/// Why a session cannot finish.
#[derive(Debug, thiserror::Error)]
pub enum FinishError {
    /// The result that is there is of another run (exit code 4).
    #[error(transparent)]
    Different(#[from] DifferentRun),
    /// An operation on the disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// An earlier result of the same config and seed that is of another run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the result in {} has the same config and seed\n  and the fingerprint {}\n  \
     but this run has    {}\n  nothing was written; `--check-determinism` looks closer",
    escape::path(folder),
    escape::line(earlier),
    found
)]
pub struct DifferentRun {
    /// The folder.
    pub folder: PathBuf,
    /// The fingerprint of the earlier run.
    pub earlier: String,
    /// The fingerprint of this run.
    pub found: String,
}

impl<'a, M: ResultManifest> ResultSession<'a, M> {
    /// Claims the folder of a result.
    ///
    /// # Errors
    /// If it is in use, holds something else, or the disk fails.
    pub fn claim(store: &'a Store, claim: Claim) -> Result<ResultSession<'a, M>, ClaimError> {
        let folder = super::claim::claim(store, &claim)?;
        let head = ManifestHead::of(claim.config);
        Ok(ResultSession { store, root: claim.root, head, recorded: vec![], folder })
    }

    /// Returns the folder's path.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Returns the hash of the resolved config.
    pub fn config_hash(&self) -> &str {
        &self.head.config.blake3
    }

    /// Returns what the folder held before.
    pub fn existing(&self) -> &Existing {
        &self.folder.existing
    }

    /// Begins the only file of its kind.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create(&self, kind: &'static FileKind<M>) -> Result<ResultFile<'a, M>, StoreError> {
        self.create_one_of(kind, "")
    }

    /// Begins one of several files of a kind: `which` is its number, or its name without the
    /// ending.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create_one_of(
        &self,
        kind: &'static FileKind<M>,
        which: &str,
    ) -> Result<ResultFile<'a, M>, StoreError> {
        Ok(ResultFile::new(kind, self.folder.create(&kind.name.path(which))?))
    }

    /// Begins a file that will be outside the folder, at `path`, with its hash in the manifest.
    ///
    /// # Errors
    /// If it cannot be made.
    pub fn create_outside(
        &self,
        kind: &'static FileKind<M>,
        path: &Path,
    ) -> Result<ResultFile<'a, M>, StoreError> {
        Ok(ResultFile::new(kind, NewFile::create(self.store, path)?))
    }

    /// Records a file that has been written.
    pub fn record(&mut self, file: ResultFile<'a, M>) {
        let hash = file.hash();
        self.push(file.kind, Content::Written(file.file, hash));
    }

    /// Records the bytes of a small file, the only one of its kind.
    pub fn record_bytes(&mut self, kind: &'static FileKind<M>, bytes: impl Into<Vec<u8>>) {
        self.record_one_of(kind, "", bytes);
    }

    /// Records the bytes of one of several small files of a kind.
    pub fn record_one_of(
        &mut self,
        kind: &'static FileKind<M>,
        which: &str,
        bytes: impl Into<Vec<u8>>,
    ) {
        self.push(kind, Content::Bytes(kind.name.path(which), bytes.into()));
    }

    /// Records a file with this hash, which `put` moves into place.
    pub fn record_moved(
        &mut self,
        kind: &'static FileKind<M>,
        hash: String,
        put: impl FnOnce() -> Result<(), StoreError> + 'a,
    ) {
        self.push(kind, Content::Moved(Box::new(put), hash));
    }

    /// Puts a file in place beside a finished result, whose manifest stays as it is.
    ///
    /// # Errors
    /// If the disk fails.
    pub fn put_beside_result(&self, file: ResultFile<'a, M>) -> Result<(), StoreError> {
        assert!(matches!(self.existing(), Existing::Result(_)) && file.kind.set_hash.is_none());
        file.file.commit()
    }

    fn push(&mut self, kind: &'static FileKind<M>, content: Content<'a>) {
        self.recorded.push(Recorded { kind, content });
    }

    /// Puts all files in place and the manifest, without the hashes of files, last; then moves the
    /// link `latest`.
    ///
    /// # Errors
    /// If the result that is there is of another run, and nothing is changed; or if the disk fails,
    /// and the result stays unfinished.
    pub fn finish(
        self,
        manifest: impl FnOnce(ManifestHead) -> M,
    ) -> Result<Finished<M>, FinishError> {
        let earlier = self.earlier();
        let ResultSession { store, root, folder, head, recorded } = self;
        let mut manifest = manifest(head);
        if let Some(earlier) = &earlier {
            check_same_run(earlier, &manifest, folder.path())?;
        }
        for Recorded { kind, content } in recorded {
            let hash = content.put(&folder, kind.set_hash.is_some())?;
            if let (Some(set_hash), Some(hash)) = (kind.set_hash, hash) {
                set_hash(&mut manifest, hash);
            }
        }
        if let Some(earlier) = earlier {
            manifest.adopt(earlier);
        }
        let folder = folder.finish(&text_of(&manifest))?;
        store.point_latest(&root, &folder)?;
        Ok(Finished { folder, manifest })
    }

    /// Returns the manifest of the finished result that is there, if it can be read.
    fn earlier(&self) -> Option<M> {
        match &self.folder.existing {
            Existing::Result(text) => serde_json::from_str(text).ok(),
            Existing::Nothing | Existing::Unfinished => None,
        }
    }
}

impl Content<'_> {
    /// Puts the file in place; returns its hash if it is known, or `is_hashed`.
    fn put(
        self,
        folder: &ResultsFolder<'_>,
        is_hashed: bool,
    ) -> Result<Option<String>, StoreError> {
        match self {
            Content::Written(file, hash) => file.commit().map(|()| Some(hash)),
            Content::Moved(put, hash) => put().map(|()| Some(hash)),
            Content::Bytes(name, bytes) => {
                folder.put(&name, &bytes)?;
                Ok(is_hashed.then(|| blake3::hash(&bytes).to_hex().to_string()))
            }
        }
    }
}

/// Returns the text of a manifest.
fn text_of(manifest: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(manifest).expect("strings and numbers");
    text.push('\n');
    text
}

fn check_same_run<M: ResultManifest>(
    earlier: &M,
    found: &M,
    folder: &Path,
) -> Result<(), DifferentRun> {
    if earlier.fingerprint() == found.fingerprint() {
        return Ok(());
    }
    let fingerprint = |manifest: &M| manifest.fingerprint().0.to_owned();
    let (earlier, found) = (fingerprint(earlier), fingerprint(found));
    Err(DifferentRun { folder: folder.to_owned(), earlier, found })
}
