//! All mistakes of a config at once: after each, it is read again as if that one were not there.

use std::collections::BTreeSet;

use super::diagnostic::ConfigError;
use super::grammar::{GLOMERS_KEYS, KEYS};
use super::origin::{Origin, Repair, Step};
use super::tree::{self, Item, Value};

/// Maximum number of mistakes that are reported.
const MISTAKES_MAX: usize = 20;
/// Maximum number of readings, of which some find only what follows from another mistake.
const READINGS_MAX: usize = 60;

/// Returns the path of the only known key that ends like this one, such as `events.send`.
fn whole_path(key: &str) -> Option<&'static str> {
    let ends = |path: &&str| path.rsplit_once('.').is_some_and(|(_, last)| last == key);
    let mut paths = KEYS.iter().chain(GLOMERS_KEYS).map(|known| known.path).filter(ends);
    let first = paths.next()?;
    paths.all(|path| path == first).then_some(first)
}

/// Names the key that was probably meant by an unknown one, if it is in another table.
fn with_whole_path(mut error: ConfigError) -> ConfigError {
    if let Some(path) = error.repair.unknown.as_deref().and_then(whole_path) {
        error.hint = Some(format!("did you mean `{path}`?"));
        let table = path.rsplit_once('.').map(|(table, _)| table.to_owned());
        error.repair.keys.extend(table);
        error.repair.keys.push(path.to_owned());
    }
    error
}

/// Reads a config. If that fails, it is read further, and the error has all mistakes that are
/// certain: what may only follow from another one is left out.
pub(super) fn read_all<T>(
    tree: &Item,
    read: impl Fn(&Item) -> Result<T, ConfigError>,
) -> Result<T, ConfigError> {
    let mut error = match read(tree) {
        Ok(value) => return Ok(value),
        Err(error) => with_whole_path(error),
    };
    let (mut tree, mut uncertain) = (tree.clone(), BTreeSet::new());
    let mut found: Vec<ConfigError> = Vec::new();
    for _ in 0..READINGS_MAX {
        let Repair { step, keys, is_independent, .. } = Repair::clone(&error.repair);
        let is_certain =
            found.is_empty() || (is_independent && !keys.iter().any(|key| uncertain.contains(key)));
        let is_known = found.iter().any(|known| known.same_as(&error));
        uncertain.extend(keys);
        if is_certain && !is_known {
            found.push(error);
        }
        if found.len() == MISTAKES_MAX || tree.is_unclear(&step) || !tree.apply(&step) {
            break;
        }
        error = match read(&tree) {
            Ok(_) => break,
            Err(error) => with_whole_path(error),
        };
    }
    found.sort_by_key(|error| error.snippet.as_ref().map(|at| (at.line, at.part.start)));
    let mut all = found.into_iter();
    let first = all.next().expect("the first mistake is certain");
    Err(ConfigError { further: all.collect(), ..first })
}

impl ConfigError {
    fn same_as(&self, other: &ConfigError) -> bool {
        self.place == other.place && self.problem == other.problem
    }
}

impl Item {
    /// Applies a repair; returns whether it changed anything.
    fn apply(&mut self, step: &Step) -> bool {
        match step {
            Step::None => false,
            Step::Remove(origin) => self.remove(origin),
            Step::Insert { table, key, example } => {
                let Some(value) = value_in(example, key) else { return false };
                match table {
                    None => self.insert(key, &value),
                    Some(origin) => {
                        self.find(origin).is_some_and(|table| table.insert(key, &value))
                    }
                }
            }
        }
    }

    /// Whether it cannot be told what a step changes: all values of an option come from one place.
    fn is_unclear(&self, step: &Step) -> bool {
        matches!(step, Step::Remove(origin @ Origin::Option(_)) if self.count(origin) > 1)
    }

    /// Returns the number of values that came from a place.
    fn count(&self, origin: &Origin) -> usize {
        let below = match &self.value {
            Value::List(items) => items.iter().map(|item| item.count(origin)).sum(),
            Value::Table(table) => table.values().map(|(_, item)| item.count(origin)).sum(),
            _ => 0,
        };
        below + usize::from(self.origin == *origin)
    }

    /// Removes what came from a place, the innermost if there are several.
    fn remove(&mut self, origin: &Origin) -> bool {
        match &mut self.value {
            Value::List(items) => {
                if items.iter_mut().any(|item| item.remove(origin)) {
                    return true;
                }
                let place = items.iter().position(|item| item.origin == *origin);
                place.map(|place| items.remove(place)).is_some()
            }
            Value::Table(table) => {
                if table.values_mut().any(|(_, item)| item.remove(origin)) {
                    return true;
                }
                let is_it = |(_, (key, item)): &(&String, &(Origin, Item))| {
                    key == origin || item.origin == *origin
                };
                let key = table.iter().find(is_it).map(|(key, _)| key.clone());
                key.and_then(|key| table.remove(&key)).is_some()
            }
            _ => false,
        }
    }

    /// Returns the table that came from a place.
    fn find(&mut self, origin: &Origin) -> Option<&mut Item> {
        if self.origin == *origin && matches!(self.value, Value::Table(_)) {
            return Some(self);
        }
        match &mut self.value {
            Value::List(items) => items.iter_mut().find_map(|item| item.find(origin)),
            Value::Table(table) => table.values_mut().find_map(|(_, item)| item.find(origin)),
            _ => None,
        }
    }

    fn insert(&mut self, key: &str, value: &Item) -> bool {
        let Value::Table(table) = &mut self.value else { return false };
        table.insert(key.to_owned(), (value.origin.clone(), value.clone())).is_none()
    }
}

/// Returns the value of a key in an example: a line such as `rates = [1, 3, 6]`, or a table, or a
/// line whose value is a table with the key.
fn value_in(example: &str, key: &str) -> Option<Item> {
    let item = match example.split_once('=') {
        Some((name, value)) if !name.contains('{') => {
            let item = tree::setting(value);
            if name.trim() == key {
                return Some(item);
            }
            item
        }
        _ => tree::setting(example),
    };
    let Value::Table(mut table) = item.value else { return None };
    table.remove(key).map(|(_, item)| item)
}

#[cfg(test)]
mod tests {
    use super::super::{Override, read};

    /// Returns the line and the problem of each mistake.
    fn mistakes(text: &str) -> Vec<(usize, String)> {
        let error = read("a.toml", text, &[]).expect_err(text);
        let mistake = |error: &super::ConfigError| {
            (error.snippet.as_ref().map_or(0, |at| at.line), error.problem.clone())
        };
        error.all().map(mistake).collect()
    }

    #[track_caller]
    fn found(text: &str, expected: &[(usize, &str)]) {
        let mistakes = mistakes(text);
        let is_it = |((line, problem), (at, begin)): (&(usize, String), &(usize, &str))| {
            line == at && problem.starts_with(begin)
        };
        let same = mistakes.len() == expected.len();
        assert!(same && mistakes.iter().zip(expected).all(is_it), "{text}\n{mistakes:#?}");
    }

    #[test]
    fn all_mistakes_are_found_in_the_order_of_the_file() {
        let text = "duration = 60\nrates = [1, 3, 6]\nevents = { send = 1.5 }\n\
                    speed = 3\n[network]\nloss = \"much\"\nlatency = \"5 parsecs\"\n";
        found(
            text,
            &[
                (1, "`duration`: expected a time"),
                (3, "`events.send`: expected a probability"),
                (4, "unknown key `speed`"),
                (6, "`network.loss`: expected a probability"),
                (7, "`network.latency`: expected a time"),
            ],
        );
    }

    #[test]
    fn values_that_cannot_be_meant_are_mistakes_whatever_else_is_wrong() {
        let text = "model = \"glomers\"\nworkload = \"kafka\"\nduration = \"2\"\nnodes = 0\n\
                    rate = 1\nsolution = \"x\"\n";
        let expected = [
            (3, "`duration`: expected a time"),
            (4, "`nodes`: there are no nodes"),
            (6, "`solution`: there is no node program"),
        ];
        found(text, &expected);
    }

    #[test]
    fn of_an_option_with_several_values_one_mistake_is_said() {
        let text = "duration = \"60s\"\nrates = [1, 3]\nevents = { send = 0.5 }\n";
        let set = |text: &str| {
            let (path, value) = text.split_once('=').expect("KEY=VALUE");
            Override { flag: format!("--set {path}"), path: path.into(), value: value.into() }
        };
        let cut = "[{ at = \"1s\", until = 5, groups = [[1], [2]] }]";
        let overrides = [set(&format!("network.partitions={cut}"))];
        let error = read("a.toml", text, &overrides).expect_err("a number as a time");
        assert_eq!(error.all().count(), 1, "{error}");
        let overrides = [set("events.send=2"), set("duration=x")];
        let error = read("a.toml", text, &overrides).expect_err("two options");
        assert_eq!(error.all().count(), 2, "{error}");
    }

    #[test]
    fn a_key_of_another_table_is_named_whole() {
        let text = "duration = \"60s\"\nrates = [1, 3]\nsend = 0.5\nevents = { send = 0.5 }\n";
        let error = read("a.toml", text, &[]).expect_err("an unknown key");
        assert_eq!(error.hint.as_deref(), Some("did you mean `events.send`?"), "{error}");
    }

    #[test]
    fn what_follows_from_a_mistake_is_none_of_its_own() {
        // Without its misspelt name the duration is missing, and without rates no machine is there.
        found(
            "duratoin = \"60s\"\nrates = [1, 3]\nevents = { send = 0.5 }\n",
            &[(1, "unknown key `duratoin`")],
        );
        let text = "duration = \"60s\"\nrates = \"fast\"\nevents = { send = 0.5 }\n\
                    [[network.partitions]]\nat = \"10s\"\nuntil = \"20s\"\n\
                    groups = [[1, 2], [7]]\n";
        found(text, &[(2, "`rates`: expected a list")]);
        // Two things that are missing are two mistakes.
        found(
            "seed = 1\n",
            &[(0, "`duration` is missing"), (0, "`rates` is missing"), (0, "`events` is missing")],
        );
    }

    #[test]
    fn mistakes_within_lists_are_found_one_by_one() {
        let text = "duration = \"60s\"\nrates = [1, 3]\nevents = { send = 0.5 }\n\
                    [[network.partitions]]\nat = 10\nuntil = \"20s\"\ngroups = [[1], [2]]\n\
                    [[network.partitions]]\nat = \"30s\"\nutil = \"40s\"\ngroups = [[1], [2]]\n";
        found(
            text,
            &[
                (5, "`network.partitions[0].at`: expected a time"),
                (10, "unknown key `network.partitions[1].util`"),
            ],
        );
    }
}
