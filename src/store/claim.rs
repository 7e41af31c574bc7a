//! Claiming the folder of a result: it is empty, holds the same result, or is refused.
//!
//! If a result of another config is in the folder, the folder beside it, named after the first six
//! digits of the config's hash, is claimed instead.

use std::path::{Path, PathBuf};

use super::claim_error::ClaimError;
use super::folder::ResultsFolder;
use super::found::{Existing, Found, ManifestHead};
use super::{OwnedFiles, Store};
use crate::trace::ConfigId;

/// A folder to claim, and what may be done there.
#[derive(Clone, Debug)]
pub struct Claim {
    /// The folder in which results folders are made. Its link `latest` is moved to the result when
    /// that is finished.
    pub root: PathBuf,
    /// The folder, below the root.
    pub path: PathBuf,
    /// The config's name and the hash of its resolved text.
    pub config: ConfigId,
    /// Whether to remove an earlier result.
    pub force: bool,
    /// What to do with an unfinished result of the same config.
    pub unfinished: Unfinished,
    /// The files that may be removed: those of every kind of result.
    pub owned: OwnedFiles,
}

/// What to do with an unfinished result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// Remove it: a run is quickly repeated.
    Clear,
    /// Refuse the folder: the user decides whether to resume.
    Refuse,
    /// Begin it anew if it is of the same config, and go to the folder beside it otherwise.
    Restart,
    /// Resume it. It stays if this attempt remains unfinished, too.
    Keep,
}

/// What is done with a folder.
enum Action {
    /// Begin a result.
    Begin,
    /// Remove an earlier result, and begin one.
    Replace,
    /// Resume an unfinished result.
    Resume,
    /// Use the result that is there, with the text of its manifest.
    Reuse(String),
    /// Refuse the folder, which holds this.
    Refuse(String),
}

impl Found {
    /// Returns what is done with a folder in which this was found.
    fn action(self, claim: &Claim) -> Action {
        match (self, claim.unfinished) {
            (Found::Fresh, _) => Action::Begin,
            (Found::Unfinished(_), Unfinished::Clear | Unfinished::Restart) => Action::Replace,
            _ if claim.force => Action::Replace,
            (Found::Unfinished(_), Unfinished::Refuse) => {
                refuse("what is not finished; use --resume to go on with it")
            }
            (Found::Unfinished(of), Unfinished::Keep) if of == claim.config.blake3 => {
                Action::Resume
            }
            (Found::Unfinished(_), Unfinished::Keep) => {
                refuse("an unfinished result of another config, or of other seeds")
            }
            (Found::SameConfig(head, manifest), _)
                if head == ManifestHead::of(head.config.clone()) =>
            {
                Action::Reuse(manifest)
            }
            (Found::SameConfig(head, _), _) => refuse(&format!("the result of sim {}", head.sim)),
            (Found::OtherConfig, _) => refuse("the result of another config"),
            (Found::Foreign(file, why), _) => refuse(&format!("{file}, which {why}")),
        }
    }
}

fn refuse(what: &str) -> Action {
    Action::Refuse(what.to_owned())
}

/// Claims the folder of a result, or the one beside it.
///
/// # Errors
/// If it is in use, holds something else, or the disk fails.
pub(super) fn claim<'a>(store: &'a Store, claim: &Claim) -> Result<ResultsFolder<'a>, ClaimError> {
    let (mut folder, found) = choose(store, claim)?;
    let blake3 = &claim.config.blake3;
    match found.action(claim) {
        // A run that was killed while it marked the folder leaves the marker's temporary file.
        Action::Begin => folder.tidy(),
        Action::Replace => folder.clear(blake3)?,
        Action::Resume => {
            // Temporary files stay until it is known that the result can be resumed.
            folder.existing = Existing::Unfinished;
            folder.keeps_unfinished = true;
            return Ok(folder);
        }
        Action::Reuse(manifest) => {
            folder.tidy_finished()?;
            folder.existing = Existing::Result(manifest);
            return Ok(folder);
        }
        Action::Refuse(what) => {
            return Err(ClaimError::Occupied { path: folder.path().to_owned(), what });
        }
    }
    let is_kept = matches!(claim.unfinished, Unfinished::Refuse | Unfinished::Keep);
    folder.keeps_unfinished = is_kept;
    folder.mark(blake3)?;
    Ok(folder)
}

/// Locks the folder, or the one beside it if the folder has the result of another config; also
/// returns what was found there.
fn choose<'a>(store: &'a Store, claim: &Claim) -> Result<(ResultsFolder<'a>, Found), ClaimError> {
    let Claim { path, config: ConfigId { blake3, .. }, unfinished, owned, .. } = claim;
    let folder = ResultsFolder::lock(store, path, owned)?;
    let found = folder.look(blake3)?;
    let is_of_other = match &found {
        Found::OtherConfig => true,
        Found::Unfinished(other) => *unfinished != Unfinished::Clear && other != blake3,
        _ => false,
    };
    if !is_of_other {
        return Ok((folder, found));
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!("-{}", &blake3[..6]));
    let second = ResultsFolder::lock(store, Path::new(&beside), owned)?;
    let there = second.look(blake3)?;
    // To resume, the unfinished result of another config is only passed over for our own.
    let stays = matches!((&found, &there), (Found::Unfinished(_), Found::Fresh))
        && *unfinished == Unfinished::Keep;
    Ok(if stays { (folder, found) } else { (second, there) })
}
