//! `sim check` of transactions: the expected models, and histories that are checked while they are
//! read, so that a large one takes little memory.

use std::path::Path;

use super::super::CommandError;
use super::CheckArgs;
use crate::check::txn::{Model, Options, TxnCheck};
use crate::check::{HistoryChecker, HistoryVerdict};
use crate::config::model_hint;
use crate::history::Op;

/// Parses the name of a model.
pub(super) fn model(name: &str) -> Result<Model, String> {
    let name = name.trim();
    Model::of(name).ok_or_else(|| format!("no such model; {}", model_hint(name)))
}

/// Returns the options of a check of transactions; none for another checker.
pub(super) fn options(
    arguments: &CheckArgs,
    checker: Option<HistoryChecker>,
) -> Result<Option<Options>, CommandError> {
    let models = &arguments.consistency_model;
    match checker.and_then(HistoryChecker::data_type) {
        Some(data) if models.is_empty() => Ok(Some(Options::new(data))),
        Some(data) => Ok(Some(Options { models: models.clone(), ..Options::new(data) })),
        None if models.is_empty() => Ok(None),
        None => {
            let what = "--consistency-model is for transactions: for --workload txn-list-append \
                        or txn-rw-register";
            Err(CommandError::Usage(what.to_owned()))
        }
    }
}

/// Checks a history while it is read; returns the verdict and the number of entries, or none if
/// it has to be read as a whole. `read` calls a function with each entry, and returns the names of
/// nodes.
pub(super) fn check_file(
    path: &Path,
    workload: &str,
    options: &Options,
    read: impl FnOnce(&mut dyn FnMut(Op)) -> Result<Vec<String>, CommandError>,
) -> Result<Option<(HistoryVerdict, usize)>, CommandError> {
    let mut check = TxnCheck::new(options.clone());
    let nodes = read(&mut |op| check.entry(&op))?;
    if let Some((entry, problem)) = check.foreign() {
        let shown = path.display();
        let what = format!("{shown}: entry {entry}: {problem}: this is no history of {workload}");
        return Err(CommandError::Data(what));
    }
    let entries = check.entries();
    Ok(check.finish(&nodes).map(|verdict| (verdict, entries)))
}
