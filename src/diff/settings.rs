//! The keys in which two resolved configs differ.

use std::collections::BTreeMap;

/// A key with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingDifference {
    /// The path of the key, such as `events.send`.
    pub key: String,
    /// Its value in one config, as it was written; `None` if it is not there.
    pub left: Option<String>,
    /// Its value in the other.
    pub right: Option<String>,
}

/// Finds the keys in which two resolved configs differ, in their order. Each key of these files has
/// a line of its own.
pub fn differing_settings(left: &str, right: &str) -> Vec<SettingDifference> {
    let (left, right) = (settings(left), settings(right));
    let keys: std::collections::BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    keys.into_iter()
        .filter(|key| left.get(*key) != right.get(*key))
        .map(|key| SettingDifference {
            key: key.clone(),
            left: left.get(key).cloned(),
            right: right.get(key).cloned(),
        })
        .collect()
}

/// Returns the values of a config by their paths. A value that goes on in further lines is joined.
fn settings(config: &str) -> BTreeMap<String, String> {
    let mut settings: BTreeMap<String, String> = BTreeMap::new();
    let mut table = String::new();
    let mut last: Option<String> = None;
    for line in config.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if line.starts_with('#') {
            continue;
        }
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'))
            && !name.contains(['"', ',', '='])
        {
            table = format!("{}.", name.trim_matches(['[', ']']));
            last = None;
        } else if let Some((key, value)) = line.split_once(" = ")
            && key.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
        {
            let key = format!("{table}{key}");
            settings.insert(key.clone(), value.to_owned());
            last = Some(key);
        } else if let Some(value) = last.as_ref().and_then(|key| settings.get_mut(key)) {
            value.push(' ');
            value.push_str(line);
        }
    }
    settings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_compared_by_their_paths() {
        let left = "seed = 1\nrates = [\n  1,\n  2,\n]\n\n[events]\nsend = 0.5\n";
        let right =
            "rates = [\n  1,\n  3,\n]\nseed = 1\n[events]\nsend = 0.3\n[network]\nloss = 0\n";
        let found: Vec<_> = differing_settings(left, right)
            .into_iter()
            .map(|s| (s.key, s.left.unwrap_or_default(), s.right.unwrap_or_default()))
            .collect();
        let expected = [
            ("events.send", "0.5", "0.3"),
            ("network.loss", "", "0"),
            ("rates", "[ 1, 2, ]", "[ 1, 3, ]"),
        ];
        let expected = expected.map(|(k, l, r)| (k.to_owned(), l.to_owned(), r.to_owned()));
        assert_eq!(found, expected);
    }
}
