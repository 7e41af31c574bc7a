//! Lookup of a config: a file, or a shipped config by name.

use std::path::{Component, Path, PathBuf};

use super::{CommandError, suggestions};
use crate::config::{
    self, ConfigError, Experiment, Override, SHIPPED, SWEEPS, ScaleExperiment, shipped,
};
use crate::escape;
use crate::nearest::{LettersPerEdit, nearest};
use crate::store::{InputError, MANIFEST_MAX, read_regular_text, read_text};
use crate::sweep::{PLAN_KIND, SWEEP_KIND};
use crate::trace::ConfigId;

/// The text of a config, and the path under which it is reported.
#[derive(Debug)]
pub(super) struct ConfigText {
    pub(super) path: String,
    pub(super) text: String,
    /// Whether it is compiled into the program.
    pub(super) ships: bool,
    /// What was changed of the config of which this is the resolved text in a results folder.
    pub(super) changed: Vec<String>,
}

impl ConfigText {
    /// Creates the config text of a file.
    pub(super) fn of_file(path: &Path, text: String) -> ConfigText {
        let changed = changed(path, &text).unwrap_or_default();
        let path = path.display().to_string();
        ConfigText { path, text, ships: false, changed }
    }
}

/// The part of a manifest, of a run or a sweep, that says what was changed.
#[derive(serde::Deserialize)]
struct ChangedManifest {
    kind: Option<String>,
    config: ConfigId,
    #[serde(default)]
    changed: Vec<String>,
}

/// Returns what was changed of a config, if the text at this path is that of a stored run, or the
/// base of a stored sweep or of a plan.
fn changed(path: &Path, text: &str) -> Option<Vec<String>> {
    if path.file_name()? != "config.toml" {
        return None;
    }
    let manifest = read_regular_text(&path.with_file_name("manifest.json"), MANIFEST_MAX).ok()?;
    let manifest: ChangedManifest = serde_json::from_str(&manifest).ok()?;
    let is_of_sweep = manifest.kind.is_some_and(|kind| kind == SWEEP_KIND || kind == PLAN_KIND);
    let is_its = is_of_sweep || manifest.config.blake3 == config::hash(text);
    is_its.then_some(manifest.changed)
}

/// Finds a config: a file at this path, or else a shipped config of this name.
pub(super) fn find(argument: &Path) -> Result<ConfigText, CommandError> {
    let path = argument.display().to_string();
    let by_name = shipped(&path).map(|config| ConfigText {
        path: format!("configs/{path}.toml"),
        text: config.text.to_owned(),
        ships: true,
        changed: vec![],
    });
    match (read_text(argument), by_name) {
        (Ok(text), _) => Ok(ConfigText::of_file(argument, text)),
        (Err(InputError::Missing | InputError::Folder), Some(config)) => Ok(config),
        (Err(InputError::Missing), None) => {
            let path = escape::line(&path);
            let hint = suggestions::config(&path)
                .map(|config| config.name)
                .or_else(|| nearest_shipped(&path))
                .map_or("`sim configs list` lists the configs that ship".to_owned(), |name| {
                    format!("did you mean the config `{name}` that ships with sim?")
                });
            Err(CommandError::Data(format!("{path}: {}\n  {hint}", InputError::Missing)))
        }
        (Err(error), None | Some(_)) => {
            Err(CommandError::Data(format!("{}: {error}", escape::line(&path))))
        }
    }
}

/// Finds the base config of a sweep file, by its path relative to that file.
pub(super) fn find_base(sweep: &ConfigText, base: &str) -> Result<ConfigText, CommandError> {
    let folder = Path::new(&sweep.path).parent().unwrap_or(Path::new(""));
    let mut path = PathBuf::new();
    for part in folder.join(base).components() {
        match part {
            Component::ParentDir if path.file_name().is_some_and(|name| name != "..") => {
                path.pop();
            }
            Component::CurDir => {}
            part => path.push(part),
        }
    }
    if sweep.ships {
        let name = path.strip_prefix("configs").unwrap_or(&path).with_extension("");
        return find(&name);
    }
    match find(&path) {
        Err(CommandError::Data(problem)) => {
            Err(CommandError::Data(format!("{}: its `base`: {problem}", sweep.path)))
        }
        found => found,
    }
}

/// Returns the shipped config whose name is nearest to a misspelt one.
fn nearest_shipped(path: &str) -> Option<&'static str> {
    let asked = path.strip_suffix(".toml").unwrap_or(path);
    let asked = asked.strip_prefix("configs/").unwrap_or(asked);
    let known = SHIPPED.iter().chain(SWEEPS).map(|config| config.name);
    nearest(asked, known, LettersPerEdit::Three)
}

/// Reads a config into an experiment.
pub(super) fn read(
    config: &ConfigText,
    overrides: &[Override],
) -> Result<Experiment, CommandError> {
    config::read(&config.path, &config.text, overrides).map_err(refused)
}

/// Reads a config of the scale model.
pub(super) fn read_scale(
    config: &ConfigText,
    overrides: &[Override],
) -> Result<ScaleExperiment, CommandError> {
    config::read_scale(&config.path, &config.text, overrides).map_err(refused)
}

fn refused(error: ConfigError) -> CommandError {
    CommandError::Config(Box::new(error))
}
