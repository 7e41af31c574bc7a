//! The results folders of commands: which files are ours in them, and the claim for a run.

use std::io::Write;
use std::path::Path;

use super::changes::Changes;
use super::terminal::ERROR;
use super::{CommandError, Exit, Outcome};
use crate::store::{
    Claim, ClaimError, DifferentRun, FileName, FinishError, OwnedFiles, REPORT_NAME, RUN_FILES,
    ResultSession, Store, Unfinished,
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

/// Verifies that a file that is written beside results takes the place of none of their own, which
/// would be damaged from then on. A page about a result may be replaced.
pub(super) fn spares_results(path: &Path) -> Result<(), CommandError> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let folder = folder.unwrap_or(Path::new("."));
    let is_result = folder.join("manifest.json").is_file();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or("");
    let of_run = RUN_FILES.iter().map(|kind| kind.name);
    let of_sweep = SWEEP_FILES.iter().map(|kind| kind.name);
    let is_own = of_run.chain(of_sweep).any(|own| match own {
        FileName::One(own) => own == name && own != REPORT_NAME,
        FileName::Numbered(begin, end) => name.starts_with(begin) && name.ends_with(end),
        FileName::Inside(..) => false,
    });
    if is_result && (is_own || name == "manifest.json") {
        let shown = path.display();
        let problem = format!("--out {shown}: that is a file of the result there");
        return Err(CommandError::Usage(format!("{problem}\n  take another name")));
    }
    Ok(())
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
