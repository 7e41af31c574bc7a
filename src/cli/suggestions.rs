//! What people probably meant by a command line or a path that is not understood. Each suggestion
//! is itself understood when it is typed.

use std::ffi::OsString;
use std::path::Path;

use clap::error::{ContextKind, ContextValue, ErrorKind};

use crate::config::{GLOMERS_KEYS, KEYS, SHIPPED, SWEEPS, Shipped, shell_word};

/// Returns what was probably meant by a command line that cannot be parsed.
pub(super) fn of_command_line(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    match error.kind() {
        ErrorKind::InvalidSubcommand => command(text(ContextKind::InvalidSubcommand)?, arguments),
        ErrorKind::UnknownArgument => option(text(ContextKind::InvalidArg)?, arguments),
        _ => None,
    }
}

/// Returns the command for a config that stands where a command is expected.
fn command(word: &str, arguments: &[OsString]) -> Option<String> {
    let place = arguments.iter().position(|argument| argument == word)?;
    let rest = arguments[place + 1..].iter().map(|word| word.to_string_lossy());
    let is_file = word.ends_with(".toml") && Path::new(word).is_file();
    let (verb, name) = match config(word) {
        Some(config) if SWEEPS.contains(config) => ("sweep", config.name),
        Some(config) => ("run", config.name),
        None if is_file => ("run", word),
        None => return None,
    };
    let words = ["sim".into(), verb.into(), name.into()].into_iter().chain(rest);
    let words: Vec<String> =
        words.map(|word: std::borrow::Cow<'_, str>| shell_word(&word)).collect();
    Some(format!("did you mean `{}`?", words.join(" ")))
}

/// Returns the setting for a key of configs that stands as an option.
fn option(word: &str, arguments: &[OsString]) -> Option<String> {
    let command = arguments.get(1).filter(|word| *word == "run" || *word == "sweep")?;
    let (name, joined) = match word.split_once('=') {
        Some((name, value)) => (name, Some(value.to_owned())),
        None => (word, None),
    };
    let path = key(&name.strip_prefix("--")?.replace('-', "_"))?;
    let place = arguments.iter().position(|argument| {
        let argument = argument.to_string_lossy();
        argument == name || argument.starts_with(&format!("{name}="))
    })?;
    let own = arguments[place].to_string_lossy();
    let value = joined.or_else(|| own.split_once('=').map(|(_, value)| value.to_owned()));
    let next = || arguments.get(place + 1).map(|value| value.to_string_lossy().into_owned());
    let value = value.or_else(next).filter(|value| !value.starts_with("--"))?;
    let setting = shell_word(&format!("{path}={}", as_toml(&value)));
    let command = command.to_string_lossy();
    Some(format!("keys of configs are given to `sim {command}` as `--set {setting}`"))
}

/// Returns the path of the only key of this name.
fn key(name: &str) -> Option<&'static str> {
    let all = || KEYS.iter().chain(GLOMERS_KEYS).map(|key| key.path);
    if let Some(path) = all().find(|path| *path == name) {
        return Some(path);
    }
    let mut ends = all().filter(|path| path.rsplit('.').next() == Some(name));
    let first = ends.next()?;
    ends.all(|path| path == first).then_some(first)
}

/// Returns a list of numbers as TOML, and all else as it is.
fn as_toml(value: &str) -> String {
    let parts: Vec<&str> = value.split(',').map(str::trim).collect();
    let is_list = parts.len() > 1 && parts.iter().all(|part| part.parse::<f64>().is_ok());
    if is_list { format!("[{}]", parts.join(", ")) } else { value.to_owned() }
}

/// Returns the shipped config of a name, or the only one whose name ends with it.
pub(super) fn config(name: &str) -> Option<&'static Shipped> {
    let name = name.strip_suffix(".toml").unwrap_or(name);
    let all = || SHIPPED.iter().chain(SWEEPS);
    if let Some(config) = all().find(|config| config.name == name) {
        return Some(config);
    }
    let ends = |config: &&Shipped| config.name.rsplit('/').next() == Some(name);
    let mut found = all().filter(ends);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

/// Returns a result below a folder that is none itself: the first of its runs.
pub(super) fn result_below(folder: &Path) -> Option<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).ok()?.take(ENTRIES_MAX).flatten() {
        let path = entry.path();
        if !path.is_symlink() && path.join("manifest.json").is_file() {
            found.push(path);
        }
    }
    found.sort_by_key(|path| (path.as_os_str().len(), path.clone()));
    let first = found.first()?;
    Some(format!("did you mean `{}`?", crate::escape::path(first)))
}

/// Maximum number of entries of a folder that are looked at.
const ENTRIES_MAX: usize = 10_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_completed() {
        let name = |name| config(name).map(|config| config.name);
        assert_eq!(name("3c"), Some("glomers/3c"));
        assert_eq!(name("exp9.toml"), Some("exp9"));
        assert_eq!(name("loss"), Some("sweeps/loss"));
        assert_eq!(name("nothing"), None);
        assert_eq!(key("rates"), Some("rates"));
        assert_eq!(key("send"), Some("events.send"));
        assert_eq!(key("at"), None, "partitions and faults have one");
        assert_eq!(as_toml("1,3,6"), "[1, 3, 6]");
        assert_eq!(as_toml("5ms"), "5ms");
    }
}
