//! Where a config comes from: a file, or one that ships by its name.

use std::path::Path;

use super::Failure;
use crate::config::{self, Override, SHIPPED, ScaleExperiment, shipped};
use crate::store::{InputError, read_text};

/// A config's text and the path under which to speak of it.
#[derive(Debug)]
pub(super) struct ConfigText {
    pub(super) path: String,
    pub(super) text: String,
}

/// Finds a config: a file at this path, else a shipped config of this name.
pub(super) fn find(argument: &Path) -> Result<ConfigText, Failure> {
    let path = argument.display().to_string();
    let by_name = shipped(&path).map(|config| ConfigText {
        path: format!("configs/{path}.toml"),
        text: config.text.to_owned(),
    });
    match (read_text(argument), by_name) {
        (Ok(text), _) => Ok(ConfigText { path, text }),
        (Err(InputError::Missing | InputError::Folder), Some(config)) => Ok(config),
        (Err(InputError::Missing), None) => {
            let cure = nearest(&path)
                .map_or("`sim configs list` lists the configs that ship".to_owned(), |name| {
                    format!("did you mean the config `{name}` that ships with sim?")
                });
            Err(Failure::Data(format!("{path}: {}\n  {cure}", InputError::Missing)))
        }
        (Err(error), None | Some(_)) => Err(Failure::Data(format!("{path}: {error}"))),
    }
}

/// The shipped config whose name is nearest to a misspelt one.
fn nearest(path: &str) -> Option<&'static str> {
    let asked = path.strip_suffix(".toml").unwrap_or(path);
    let asked = asked.strip_prefix("configs/").unwrap_or(asked);
    SHIPPED
        .iter()
        .map(|config| (strsim::damerau_levenshtein(config.name, asked), config.name))
        .filter(|(distance, name)| *distance <= name.len() / 3)
        .min()
        .map(|(_, name)| name)
}

/// Reads a config into an experiment.
pub(super) fn read(
    config: &ConfigText,
    overrides: &[Override],
) -> Result<ScaleExperiment, Failure> {
    config::read(&config.path, &config.text, overrides).map_err(|error| {
        match error.from_command_line {
            true => Failure::Usage(error.to_string()),
            false => Failure::Data(error.to_string()),
        }
    })
}
