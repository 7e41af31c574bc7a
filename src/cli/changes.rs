//! What the command line changes of a config: part of the names of results and of pictures' titles.

use std::collections::BTreeMap;

use super::CommandError;
use super::source::{self, ConfigText};
use crate::config::{self, Experiment, Override};

/// Maximum length of a folder's name that says what was changed, in characters; a longer one has a
/// hash instead.
const NAME_MAX: usize = 80;
/// Maximum length in bytes, as file systems count it.
const NAME_BYTES_MAX: usize = 200;

/// Keys whose values are in the path of a result anyway.
const IN_THE_PATH: [&str; 2] = ["seed", "name"];

/// The keys that were changed, with their values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Changes(BTreeMap<String, String>);

impl Changes {
    /// Returns the changes of a config by overrides: those that it has by itself, if it is that of
    /// a stored result, and each override without which the resolved config would be another.
    pub(super) fn of(config: &ConfigText, overrides: &[Override]) -> Result<Changes, CommandError> {
        Changes::tested(config, overrides, |overrides| {
            source::read(config, overrides).map(|experiment| hash(&experiment))
        })
    }

    /// Returns the changes, where `hash` returns the hash of the resolved config with overrides.
    pub(super) fn tested(
        config: &ConfigText,
        overrides: &[Override],
        hash: impl Fn(&[Override]) -> Result<String, CommandError>,
    ) -> Result<Changes, CommandError> {
        let full = hash(overrides)?;
        let mut changes = stored(&config.changed);
        for (place, over) in overrides.iter().enumerate() {
            if IN_THE_PATH.contains(&over.path.as_str()) {
                continue;
            }
            let mut rest = overrides.to_vec();
            rest.remove(place);
            // A config that is invalid without the override is another one.
            if hash(&rest).ok().as_ref() != Some(&full) {
                changes.insert(over.path.clone(), bare(&over.value).to_owned());
            }
        }
        Ok(Changes(changes))
    }

    /// Returns each change as `key=value`, by key.
    pub(super) fn texts(&self) -> Vec<String> {
        self.0.iter().map(|(key, value)| format!("{key}={value}")).collect()
    }

    /// Returns the name of a result's folder: `base`, and what was changed of the config whose
    /// resolved text has this hash.
    pub(super) fn folder(&self, base: &str, blake3: &str) -> String {
        if self.0.is_empty() {
            return base.to_owned();
        }
        let safe = |c: char| if c.is_alphanumeric() || " ._-=,()".contains(c) { c } else { '_' };
        let part = |text: String| text.chars().map(safe).collect::<String>();
        let parts: Vec<String> = self.texts().into_iter().map(part).collect();
        let name = format!("{base}+{}", parts.join("+"));
        let name = match name.trim_end_matches(['.', ' ']) {
            trimmed if trimmed.len() < name.len() => format!("{trimmed}_"),
            _ => name,
        };
        match name.chars().count() > NAME_MAX || name.len() > NAME_BYTES_MAX {
            true => format!("{base}+{}", &blake3[..6]),
            false => name,
        }
    }
}

/// Returns the hash of a resolved experiment.
pub(super) fn hash(experiment: &Experiment) -> String {
    config::hash(&match experiment {
        Experiment::Scale(scale) => config::resolved(scale),
        Experiment::Glomers(glomers) => config::resolved_glomers(glomers),
    })
}

/// Parses the changes in a manifest.
fn stored(texts: &[String]) -> BTreeMap<String, String> {
    let pairs = texts.iter().filter_map(|text| text.split_once('='));
    pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Returns a value without the quotes around it, which say nothing more.
fn bare(value: &str) -> &str {
    let inside = |quote| value.strip_prefix(quote)?.strip_suffix(quote);
    let inside = inside('"').or_else(|| inside('\''));
    inside.filter(|inside| !inside.contains(['"', '\'', '\\'])).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "duration = \"1s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n";

    fn changes(overrides: &[(&str, &str)], changed: &[&str]) -> Changes {
        let config = ConfigText {
            path: "x.toml".to_owned(),
            text: TEXT.to_owned(),
            ships: false,
            changed: changed.iter().map(|text| (*text).to_owned()).collect(),
        };
        let over = |(path, value): &(&str, &str)| Override {
            flag: format!("--set {path}"),
            path: (*path).to_owned(),
            value: (*value).to_owned(),
        };
        let overrides: Vec<Override> = overrides.iter().map(over).collect();
        Changes::of(&config, &overrides).expect("a config")
    }

    const HASH: &str = "0123456789";

    #[track_caller]
    fn named(overrides: &[(&str, &str)], name: &str) {
        assert_eq!(changes(overrides, &[]).folder("seed-1", HASH), name);
    }

    #[test]
    fn a_folder_is_named_after_what_was_changed_by_key() {
        named(&[], "seed-1");
        named(&[("events.send", "0.3")], "seed-1+events.send=0.3");
        named(
            &[("events.send", "1/3"), ("duration", "\"2s\"")],
            "seed-1+duration=2s+events.send=1_3",
        );
    }

    #[test]
    fn what_changes_nothing_is_no_change() {
        named(&[("duration", "1s"), ("seed", "1"), ("network.loss", "0")], "seed-1");
        named(&[("duration", "1000ms"), ("events.send", "0.4")], "seed-1+events.send=0.4");
    }

    #[test]
    fn a_long_name_has_a_hash_instead() {
        let links = "[{ from = 1, to = 2, latency = \"5ms\" }, { from = 2, to = 1, loss = 0.5 }]";
        named(&[("network.links", links)], "seed-1+012345");
    }

    #[test]
    fn a_stored_config_keeps_its_changes() {
        let stored = changes(&[("duration", "2s")], &["duration=1s", "events.send=0.5"]);
        assert_eq!(stored.texts(), ["duration=2s", "events.send=0.5"]);
    }

    #[test]
    fn a_name_ends_as_every_file_system_takes_it() {
        let changes = Changes(stored(&["a=b.".to_owned()]));
        assert_eq!(changes.folder("seed-1", HASH), "seed-1+a=b_");
    }
}
