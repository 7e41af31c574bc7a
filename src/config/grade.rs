//! The file of `sim grade`: what is checked, with which options and seeds, for how many points.

use std::collections::BTreeSet;

use super::diagnostic::{ConfigError, Source};
use super::reader::Cursor;
use super::sweep::seed_range;
use super::tree::{self, Item, Value};
use crate::engine::rng::Seed;
use crate::engine::time::Duration;

type Result<T> = std::result::Result<T, ConfigError>;

/// What is checked of each submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeSpec {
    /// Its name, which is that of the folder of its results.
    pub name: String,
    /// Names of the program in the folder of a submission; the first that is there is taken.
    pub programs: Vec<String>,
    /// Arguments of each program.
    pub arguments: Vec<String>,
    /// The secret from which hidden seeds are derived; drawn if there is none.
    pub secret: Option<String>,
    /// A run is late if the 99th percentile of its lateness is larger.
    pub lateness: Duration,
    /// Limits of the processes.
    pub limits: GradeLimits,
    /// The checks, in order.
    pub checks: Vec<GradeCheck>,
}

/// Limits of each process of a submission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GradeLimits {
    /// Memory, in MiB.
    pub memory_mib: u64,
    /// Time on a CPU, in seconds.
    pub cpu_seconds: u64,
    /// Size of each file that it writes, in MiB.
    pub file_mib: u64,
    /// Processes of a node, itself included.
    pub processes: u64,
}

/// A check: a workload with its options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GradeCheck {
    /// Its name in tables, unique.
    pub name: String,
    /// The workload.
    pub workload: String,
    /// Options of `sim test`, as `--KEY=VALUE`.
    pub options: Vec<String>,
    /// Points for it, in thousandths.
    pub milli_points: u64,
    /// Its seeds.
    pub seeds: GradeSeeds,
    /// Timeout for each run, in real time.
    pub timeout: Duration,
}

/// The seeds of a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GradeSeeds {
    /// These, for every submission.
    Given(Vec<u64>),
    /// As many hidden ones, which differ per submission.
    Hidden(u64),
}

/// A mistake in the options of a check.
#[derive(Clone, Debug)]
pub struct OptionMistake {
    /// The key of the option, if it is about one of them.
    pub key: Option<String>,
    /// Whether the key itself is wrong, and not its value.
    pub is_of_key: bool,
    /// What is wrong.
    pub problem: String,
    /// How to mend it.
    pub hint: Option<String>,
}

/// Checks the options of a workload.
pub type OptionsOf<'a> = &'a dyn Fn(&str, &[String]) -> std::result::Result<(), OptionMistake>;

const ROOT_KEYS: &[&str] =
    &["name", "program", "arguments", "secret", "lateness", "limits", "check"];
const CHECK_KEYS: &[&str] = &["name", "workload", "options", "points", "seeds", "timeout"];
const LIMIT_KEYS: &[&str] = &["memory_mib", "cpu_seconds", "file_mib", "processes"];
/// Names that a program has where the spec names none.
const PROGRAMS: &[&str] = &["node", "node.py", "node.js", "node.sh", "run.sh"];
/// Maximum number of seeds of a check.
const SEEDS_MAX: u64 = 1_000;
/// Maximum number of points of a check.
const POINTS_MAX: u64 = 1_000_000;

/// Reads a spec. `options_of` checks the options of a workload, which are those of `sim test`.
///
/// # Errors
/// All mistakes, each with its position, the key, what was found and what was expected.
pub fn read_grade_spec(
    source_name: &str,
    text: &str,
    options_of: OptionsOf<'_>,
) -> Result<GradeSpec> {
    let source = Source { name: source_name, text };
    let tree = tree::parse(source)?;
    let root = Cursor::root(source, &tree);
    let mut mistakes = Mistakes::default();
    let spec = spec(&root, options_of, &mut mistakes);
    mistakes.result(spec)
}

/// The mistakes so far.
#[derive(Default)]
struct Mistakes(Vec<ConfigError>);

impl Mistakes {
    /// Returns the value, or the default if there is a mistake instead.
    fn or<T>(&mut self, read: Result<T>, default: T) -> T {
        read.unwrap_or_else(|mistake| {
            self.0.push(mistake);
            default
        })
    }

    /// Notes unknown keys, all of them.
    fn only(&mut self, cursor: &Cursor<'_>, keys: &[&str]) {
        let known = cursor.only(keys);
        self.or(known, ());
    }

    fn result<T>(mut self, value: T) -> Result<T> {
        self.0.sort_by_key(|error| error.snippet.as_ref().map(|at| (at.line, at.part.start)));
        let mut all = self.0.into_iter();
        match all.next() {
            None => Ok(value),
            Some(first) => Err(ConfigError { further: all.collect(), ..first }),
        }
    }
}

fn spec(root: &Cursor<'_>, options_of: OptionsOf<'_>, mistakes: &mut Mistakes) -> GradeSpec {
    mistakes.only(root, ROOT_KEYS);
    let optional = |key| root.get(key);
    let name = optional("name").map(|cursor| plain_name(&cursor));
    let name = name.map(|read| mistakes.or(read, String::new()));
    let stem = std::path::Path::new(root.source_name()).file_stem();
    let stem = stem.map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let programs = optional("program").map(|cursor| texts(&cursor, "the name of a file"));
    let programs = programs.map(|read| mistakes.or(read, vec![]));
    let arguments = optional("arguments").map(|cursor| texts(&cursor, "an argument"));
    let secret = optional("secret").map(|cursor| secret(&cursor));
    let lateness = optional("lateness").map(|cursor| some_time(&cursor));
    let limits = limits(root, mistakes);
    let checks = match root.require("check", "[[check]]") {
        Err(_) => {
            let problem = "there is no check";
            let hint = "add one: [[check]], and below it workload = \"echo\" and points = 1";
            mistakes.0.push(root.error(problem, Some(hint)));
            vec![]
        }
        Ok(cursor) => {
            let entries = cursor.list("[[check]] with the keys of a check below it");
            let entries = mistakes.or(entries, vec![]);
            entries.iter().map(|entry| check(entry, options_of, mistakes)).collect()
        }
    };
    let checks = with_unique_names(checks, root, mistakes);
    GradeSpec {
        name: name.unwrap_or(stem),
        programs: programs
            .unwrap_or_else(|| PROGRAMS.iter().map(|name| (*name).to_owned()).collect()),
        arguments: arguments.map_or(vec![], |read| mistakes.or(read, vec![])),
        secret: secret.map(|read| mistakes.or(read, String::new())),
        lateness: lateness.map_or(Duration::from_ms(250), |read| mistakes.or(read, Duration::ZERO)),
        limits,
        checks,
    }
}

fn limits(root: &Cursor<'_>, mistakes: &mut Mistakes) -> GradeLimits {
    let mut limits = GradeLimits { memory_mib: 1024, cpu_seconds: 60, file_mib: 64, processes: 32 };
    let Some(table) = root.get("limits") else { return limits };
    mistakes.only(&table, LIMIT_KEYS);
    let all = [
        ("memory_mib", &mut limits.memory_mib, 16),
        ("cpu_seconds", &mut limits.cpu_seconds, 1),
        ("file_mib", &mut limits.file_mib, 0),
        ("processes", &mut limits.processes, 1),
    ];
    for (key, limit, min) in all {
        if let Some(cursor) = table.get(key) {
            *limit = mistakes.or(cursor.integer(min, 1 << 30), *limit);
        }
    }
    limits
}

fn check(entry: &Cursor<'_>, options_of: OptionsOf<'_>, mistakes: &mut Mistakes) -> GradeCheck {
    mistakes.only(entry, CHECK_KEYS);
    let workload = entry.require("workload", "workload = \"broadcast\"");
    let workload = mistakes.or(workload.map(Some), None);
    let name_of = |cursor: &Cursor<'_>| cursor.text("the name of a workload").map(str::to_owned);
    let place = workload.clone();
    let workload = workload.map(|cursor| mistakes.or(name_of(&cursor), String::new()));
    let workload = workload.unwrap_or_default();
    let table = entry.get("options");
    let options = table.as_ref().map(options).unwrap_or(Ok(vec![]));
    let options = mistakes.or(options, vec![]);
    if let (false, Err(mistake)) = (workload.is_empty(), options_of(&workload, &options)) {
        let OptionMistake { key, is_of_key, problem, hint } = mistake;
        let key = key.unwrap_or_default();
        let in_table = table.as_ref().filter(|table| table.get(&key).is_some());
        mistakes.0.push(match in_table {
            Some(table) if is_of_key => table.error_of_key(&key, problem, hint.as_deref()),
            _ => {
                let value = in_table.and_then(|table| table.get(&key));
                let cursor = value.or(place).unwrap_or_else(|| entry.clone());
                cursor.error(problem, hint.as_deref())
            }
        });
    }
    let points = entry.require("points", "points = 1").and_then(|cursor| points(&cursor));
    let seeds = entry.get("seeds").map(|cursor| seeds(&cursor));
    let timeout = entry.get("timeout").map(|cursor| some_time(&cursor));
    let name = entry.get("name").map(|cursor| plain_name(&cursor));
    GradeCheck {
        name: name.map_or_else(|| workload.clone(), |read| mistakes.or(read, String::new())),
        workload,
        options,
        milli_points: mistakes.or(points, 0),
        seeds: seeds
            .map_or(GradeSeeds::Given(vec![1]), |read| mistakes.or(read, GradeSeeds::Hidden(1))),
        timeout: timeout
            .map_or(Duration::from_seconds(120), |read| mistakes.or(read, Duration::ZERO)),
    }
}

/// Numbers the checks that have no name of their own, and refuses two of one name.
fn with_unique_names(
    mut checks: Vec<GradeCheck>,
    root: &Cursor<'_>,
    mistakes: &mut Mistakes,
) -> Vec<GradeCheck> {
    let mut seen = BTreeSet::new();
    for (number, check) in (1..).zip(&mut checks) {
        if check.name == check.workload && seen.contains(&check.name) {
            check.name = format!("{}-{number}", check.workload);
        }
        if !check.name.is_empty() && !seen.insert(check.name.clone()) {
            let problem = format!("two checks are called {:?}", check.name);
            mistakes.0.push(root.error(problem, Some("give each a `name` of its own")));
        }
    }
    checks
}

/// Reads a name that is also one of a folder.
fn plain_name(cursor: &Cursor<'_>) -> Result<String> {
    const WHAT: &str = "a name of letters, digits, `-`, `_` and `.`";
    let text = cursor.text(WHAT)?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    match !text.is_empty() && text.len() <= 80 && !text.starts_with('.') {
        true if text.chars().all(is_plain) => Ok(text.to_owned()),
        _ => Err(cursor.expected(WHAT, None)),
    }
}

/// Reads a text or a list of them.
fn texts(cursor: &Cursor<'_>, what: &str) -> Result<Vec<String>> {
    let one = |cursor: &Cursor<'_>| cursor.text(what).map(str::to_owned);
    if cursor.is_text() {
        return Ok(vec![one(cursor)?]);
    }
    let what = format!("{what}, or a list of them");
    let entries = cursor.list(&what)?;
    if entries.is_empty() && what.contains("file") {
        return Err(cursor.expected(&what, None));
    }
    entries.iter().map(one).collect()
}

fn secret(cursor: &Cursor<'_>) -> Result<String> {
    const WHAT: &str = "a secret of at least 8 characters";
    let text = cursor.text(WHAT)?;
    match text.chars().count() >= 8 {
        true => Ok(text.to_owned()),
        // Not shown, even if it is too short.
        false => Err(cursor.error(format!("expected {WHAT}, found fewer"), None)),
    }
}

fn some_time(cursor: &Cursor<'_>) -> Result<Duration> {
    match cursor.duration_up_to(Duration::from_seconds(24 * 3_600))? {
        Duration::ZERO => Err(cursor.expected("a time above 0", None)),
        time => Ok(time),
    }
}

fn points(cursor: &Cursor<'_>) -> Result<u64> {
    const WHAT: &str = "a number of points, such as 3 or 2.5";
    let ratio = cursor.ratio(WHAT)?;
    let milli = u128::from(ratio.numerator()) * 1_000;
    let denominator = u128::from(ratio.denominator());
    let whole = (milli % denominator == 0).then(|| milli / denominator);
    let hint = format!("at most {POINTS_MAX}, with up to three decimals");
    whole
        .filter(|milli| *milli <= u128::from(POINTS_MAX) * 1_000)
        .and_then(|milli| u64::try_from(milli).ok())
        .ok_or_else(|| cursor.expected(WHAT, Some(&hint)))
}

fn seeds(cursor: &Cursor<'_>) -> Result<GradeSeeds> {
    const WHAT: &str = "\"hidden\", { hidden = 3 }, a list such as [1, 2], or \"1..4\"";
    let count = |count: u64| match count <= SEEDS_MAX {
        true => Ok(()),
        false => Err(cursor.error(format!("{count} seeds are more than {SEEDS_MAX}"), None)),
    };
    if cursor.is_table() {
        cursor.only(&["hidden"])?;
        let hidden = cursor.require("hidden", "hidden = 3")?.integer(1, SEEDS_MAX)?;
        return Ok(GradeSeeds::Hidden(hidden));
    }
    if cursor.is_text() {
        let text = cursor.text(WHAT)?;
        if text == "hidden" {
            return Ok(GradeSeeds::Hidden(1));
        }
        let range = seed_range(text).map_err(|_| cursor.expected(WHAT, None))?;
        count(range.end - range.start)?;
        return Ok(GradeSeeds::Given(range.collect()));
    }
    let entries = cursor.list(WHAT)?;
    count(entries.len() as u64)?;
    let seed = |entry: &Cursor<'_>| entry.integer(0, Seed::MAX.value());
    let seeds = entries.iter().map(seed).collect::<Result<Vec<u64>>>()?;
    match seeds.is_empty() {
        true => Err(cursor.expected(WHAT, None)),
        false => Ok(GradeSeeds::Given(seeds)),
    }
}

/// Returns the options of a check in the form of a command line.
fn options(table: &Cursor<'_>) -> Result<Vec<String>> {
    let mut options = vec![];
    for key in table.keys("a table of options, such as { node-count = 5 }")? {
        let Some(cursor) = table.get(&key) else { continue };
        let flag = format!("--{}", key.replace('_', "-"));
        match &cursor.item().value {
            Value::Bool(true) => options.push(flag),
            Value::Bool(false) => {}
            Value::List(items) if key == "target" => {
                let all: Option<Vec<String>> = items.iter().map(plain).collect();
                let all = all.ok_or_else(|| cursor.expected("a list of texts", None))?;
                options.extend(all.iter().map(|value| format!("{flag}={value}")));
            }
            Value::List(items) => {
                let all: Option<Vec<String>> = items.iter().map(plain).collect();
                let all = all.ok_or_else(|| cursor.expected("a list of plain values", None))?;
                options.push(format!("{flag}={}", all.join(",")));
            }
            _ => {
                let value = plain(cursor.item());
                let value = value.ok_or_else(|| {
                    cursor.expected("a number, a text, true, or a list of them", None)
                })?;
                options.push(format!("{flag}={value}"));
            }
        }
    }
    Ok(options)
}

/// Returns a plain value as it is typed on a command line.
fn plain(item: &Item) -> Option<String> {
    match &item.value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) | Value::Float(number) => Some(number.replace('_', "")),
        Value::Bool(_) | Value::Datetime(_) | Value::List(_) | Value::Table(_) => None,
    }
}
