//! `sim check` of transactions: the expected models, and histories that are checked while they are
//! read, so that a large one takes little memory.

use super::super::CommandError;
use super::CheckArgs;
use super::history::each_from;
use crate::check::txn::{Model, Options, TxnCheck};
use crate::check::{HistoryChecker, HistoryVerdict};
use crate::nearest::{LettersPerEdit, nearest};
use crate::store::open_input;

/// Parses the name of a model.
pub(super) fn model(name: &str) -> Result<Model, String> {
    let name = name.trim();
    Model::of(name).ok_or_else(|| {
        let known = || Model::ALL.iter().map(|model| model.name());
        match nearest(name, known(), LettersPerEdit::Two) {
            Some(nearest) => format!("no such model; did you mean `{nearest}`?"),
            None => {
                let mut names: Vec<&str> = known().collect();
                names.sort_unstable();
                format!("no such model; it is one of {}", names.join(", "))
            }
        }
    })
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

/// Checks a file while it is read; returns the verdict and the number of entries, or none if the
/// file has to be read as a whole.
pub(super) fn check_file(
    arguments: &CheckArgs,
    workload: &str,
    options: &Options,
) -> Result<Option<(HistoryVerdict, usize)>, CommandError> {
    let path = &arguments.path;
    let shown = path.display().to_string();
    let input =
        open_input(path).map_err(|error| CommandError::Data(format!("{shown}: {error}")))?;
    let mut check = TxnCheck::new(options.clone());
    let nodes = each_from(&shown, path, input, &[], &mut |op| check.entry(&op))?;
    if let Some((entry, problem)) = check.foreign() {
        let what = format!("{shown}: entry {entry}: {problem}: this is no history of {workload}");
        return Err(CommandError::Data(what));
    }
    let entries = check.entries();
    Ok(check.finish(&nodes).map(|verdict| (verdict, entries)))
}
