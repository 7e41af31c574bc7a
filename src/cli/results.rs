//! The results folders of commands: which files are ours in them, and the claim for a run.

use std::io::Write;
use std::path::Path;

use super::changes::Changes;
use super::terminal::ERROR;
use super::{CommandError, Exit, Outcome};
use crate::store::{
    Claim, ClaimError, DifferentRun, FinishError, OwnedFiles, RUN_FILES, ResultSession, Store,
    Unfinished,
};
use crate::sweep::{EXPORTERS, SWEEP_FILES};
use crate::trace::{ConfigId, Manifest};

/// Returns the files that are ours in a results folder: those of runs and of sweeps.
pub(super) fn owned_files() -> OwnedFiles {
    let of_run = RUN_FILES.iter().map(|kind| kind.name);
    let of_sweep = SWEEP_FILES.iter().map(|kind| kind.name);
    let exports = EXPORTERS.iter().map(|exporter| exporter.file.name);
    of_run.chain(of_sweep).chain(exports).collect()
}

/// Claims the folder of a run, below `out`.
pub(super) fn claim_run<'a>(
    store: &'a Store,
    out: &Path,
    config: ConfigId,
    changes: &Changes,
    seed: u64,
    force: bool,
) -> Result<ResultSession<'a, Manifest>, ClaimError> {
    let name = changes.folder(&format!("seed-{seed}"), &config.blake3);
    let claim = Claim {
        root: out.to_owned(),
        path: out.join(&config.name).join(name),
        config,
        force,
        unfinished: Unfinished::Clear,
        owned: owned_files(),
    };
    ResultSession::claim(store, claim)
}

/// Reports that the result that is there is of another run. It is an outcome rather than a failure
/// of the command, so what was printed before stays.
pub(super) fn report_different(different: &DifferentRun, err: &mut dyn Write) -> Outcome {
    writeln!(err, "{ERROR} {different}")?;
    Ok(Exit::Nondeterminism)
}

/// Returns the failure of a session in whose folder there was no result before.
pub(super) fn unfinished(error: FinishError) -> CommandError {
    match error {
        FinishError::Store(error) => error.into(),
        FinishError::Different(different) => CommandError::Data(different.to_string()),
    }
}
