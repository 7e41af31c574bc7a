//! Claiming the folder of a result: it is empty, holds the same result, or is refused.
//!
//! If a result of another config is in the folder, or another process makes one there, the folder
//! beside it, named after the first six digits of the config's hash, is claimed instead.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::claim_error::ClaimError;
use super::folder::{ResultsFolder, config_of};
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
    /// Begin it anew if it is of the same config and cannot be resumed; refuse the folder if it can
    /// be, and go to the folder beside it if it is of another config.
    Restart,
    /// Resume it; without a checkpoint, begin it anew. It stays if this attempt remains unfinished,
    /// too.
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
            (Found::Unfinished { .. }, Unfinished::Clear) => Action::Replace,
            _ if claim.force => Action::Replace,
            (Found::Unfinished { has_checkpoint: false, .. }, Unfinished::Restart) => {
                Action::Replace
            }
            (Found::Unfinished { .. }, Unfinished::Restart) => refuse(
                "what `sim sweep` has not finished; use `sim sweep --resume` to go on with it, \
                 or --force to replace it",
            ),
            (Found::Unfinished { .. }, Unfinished::Refuse) => {
                refuse("what is not finished; use --resume to go on with it")
            }
            (Found::Unfinished { of, has_checkpoint }, Unfinished::Keep)
                if of == claim.config.blake3 =>
            {
                // Without a checkpoint its files may be of a merge, and there is nothing to keep.
                if has_checkpoint { Action::Resume } else { Action::Replace }
            }
            (Found::Unfinished { .. }, Unfinished::Keep) => {
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

/// Maximum time to wait for the process that holds the lock of a folder to mark it, in steps.
const WAITING_STEPS: u32 = 100;
/// Maximum time to wait for a process that may only look at a result, in steps.
const LOOKING_STEPS: u32 = 10;
/// Duration of a step.
const WAITING_STEP: Duration = Duration::from_millis(20);

/// Locks the folder, or the one beside it if the folder has the result of another config, or a
/// process that makes one.
fn choose<'a>(store: &'a Store, claim: &Claim) -> Result<(ResultsFolder<'a>, Found), ClaimError> {
    let Claim { path, config: ConfigId { blake3, .. }, unfinished, owned, .. } = claim;
    let found = lock_ours(store, claim)?;
    let is_of_other = match &found {
        None | Some((_, Found::OtherConfig)) => true,
        Some((_, Found::Unfinished { of, .. })) => *unfinished != Unfinished::Clear && of != blake3,
        Some(_) => false,
    };
    match found {
        Some(found) if !is_of_other => return Ok(found),
        _ => {}
    }
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!("-{}", &blake3[..6]));
    let second = ResultsFolder::lock(store, Path::new(&beside), owned)?;
    let there = second.look(blake3)?;
    // To resume, the unfinished result of another config is only passed over for our own.
    let is_fresh = matches!(there, Found::Fresh) && *unfinished == Unfinished::Keep;
    Ok(match found {
        Some((folder, other @ Found::Unfinished { .. })) if is_fresh => (folder, other),
        _ => (second, there),
    })
}

/// Locks the folder; returns `None` if another process makes the result of another config there.
fn lock_ours<'a>(
    store: &'a Store,
    claim: &Claim,
) -> Result<Option<(ResultsFolder<'a>, Found)>, ClaimError> {
    let Claim { path, config: ConfigId { blake3, .. }, owned, .. } = claim;
    for step in 0.. {
        let busy = match ResultsFolder::lock(store, path, owned) {
            Ok(folder) => {
                let found = folder.look(blake3)?;
                return Ok(Some((folder, found)));
            }
            Err(ClaimError::Busy(busy)) => busy,
            Err(error) => return Err(error),
        };
        // That process has not said yet what it makes, or only looks at our result.
        let steps = match config_of(path) {
            Some(other) if other != *blake3 => return Ok(None),
            Some(_) => LOOKING_STEPS,
            None => WAITING_STEPS,
        };
        if step >= steps {
            return Err(ClaimError::Busy(busy));
        }
        wait();
    }
    Ok(None)
}

#[expect(clippy::disallowed_methods, reason = "another process needs a moment, and no run is on")]
fn wait() {
    std::thread::sleep(WAITING_STEP);
}
