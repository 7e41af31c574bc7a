//! What the command line of `sim sweep` changes of a sweep.

use super::{SweepArgs, read};
use crate::cli::CommandError;
use crate::cli::changes::Changes;
use crate::cli::options::sets;
use crate::cli::source::ConfigText;
use crate::config::{self, Override};

/// Returns the overrides of the base config.
pub(super) fn overrides(arguments: &SweepArgs) -> Result<Vec<Override>, CommandError> {
    let mut overrides = sets(&arguments.sets)?;
    overrides.extend(arguments.duration.as_ref().map(|value| Override {
        flag: "--duration".to_owned(),
        path: "duration".to_owned(),
        value: value.clone(),
    }));
    Ok(overrides)
}

/// Key of the seeds in a sweep file.
const SEEDS: &str = "seeds";

/// Returns what the command line changes of the sweep. The seeds of a plain config are no change,
/// since it has none of its own.
pub(super) fn changes(
    arguments: &SweepArgs,
    text: &ConfigText,
    mut overrides: Vec<Override>,
) -> Result<Changes, CommandError> {
    if let Some(seeds) = &arguments.seeds
        && read(arguments, text, overrides.clone(), None).is_ok()
    {
        let (flag, path) = ("--seeds".to_owned(), SEEDS.to_owned());
        overrides.push(Override { flag, path, value: seeds.clone() });
    }
    Changes::tested(text, &overrides, |overrides| {
        let (seeds, rest): (Vec<_>, Vec<_>) =
            overrides.iter().cloned().partition(|over| over.flag == "--seeds");
        let own = seeds.into_iter().next().map(|over| over.value);
        let is_plain = read(arguments, text, rest.clone(), None).is_err();
        let seeds = if is_plain { arguments.seeds.clone() } else { own };
        read(arguments, text, rest, seeds).map(|sweep| config::hash(&sweep.resolved()))
    })
}
