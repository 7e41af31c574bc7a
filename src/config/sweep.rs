//! Sweep files: a base config, axes over any of its keys, and seeds.
//!
//! A point is a choice of one value on each axis. Its config is the base with these values applied
//! as overrides, so that a sweep may vary any key of a config. Points are numbered with the last
//! axis varying fastest.

use std::collections::BTreeMap;
use std::ops::Range;

use super::axes::{Axis, axes, overlap};
use super::diagnostic::{ConfigError, Source, shortened};
use super::experiment::{self, Experiment, Family};
use super::grammar::SWEEP_KEYS;
use super::name;
use super::origin::Origin;
use super::overrides::Override;
use super::reader::Cursor;
use super::repair::read_all;
use super::tree::{self, Item, Value};
use crate::engine::rng::Seed;
use crate::escape;

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum number of points, and of runs, of a sweep: the largest count that is exact in a float.
const RUNS_MAX: u64 = 1 << 53;

/// A sweep: many points and seeds of one base config.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// Its name, which is also the path of its results.
    pub name: String,
    /// The axes.
    pub axes: Vec<Axis>,
    /// The seeds of each point, the end excluded.
    pub seeds: Range<u64>,
    /// The family of its runs, which determines the columns of its tables.
    pub family: Family,
    /// Whether each run is checked. Runs of Gossip Glomers always are.
    pub check: bool,
    /// Number of failed runs after which the sweep stops; `None` for no limit.
    pub max_failures: Option<u64>,
    base: Base,
    /// Positions of the axes, for error messages.
    places: Vec<String>,
}

/// The base config as a tree, and its text for error messages.
#[derive(Clone, Debug)]
struct Base {
    name: String,
    text: String,
    tree: Item,
}

/// The config of one point.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    experiment: Experiment,
    /// Whether the config depends on the seed, since rates may be drawn from it.
    depends_on_seed: bool,
}

/// The text of a config that a sweep file refers to as its base.
#[derive(Clone, Debug)]
pub struct BaseText {
    /// Its path, for error messages and for its name.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Command-line options of a sweep.
#[derive(Clone, Debug, Default)]
pub struct SweepOptions {
    /// Overrides of the base.
    pub overrides: Vec<Override>,
    /// Seeds that replace those of the file.
    pub seeds: Option<String>,
    /// Whether to check runs even if the file does not say so.
    pub check: bool,
    /// Limit on failures that replaces that of the file.
    pub max_failures: Option<u64>,
}

/// Keys that mark a sweep file: a plain config has none of them.
const MARKS: [&str; 5] = ["base", "config", "seeds", "grid", "zip"];

/// Reads a sweep file, or a plain config as a sweep of a single point. `open` returns the text of
/// the base that the file at `source_name` refers to.
///
/// # Errors
/// The position, the key, what was found and what was expected.
pub fn read_sweep<F>(
    source_name: &str,
    text: &str,
    options: &SweepOptions,
    open: impl FnOnce(&str) -> std::result::Result<BaseText, F>,
) -> std::result::Result<Sweep, SweepError<F>> {
    let source = Source { name: source_name, text };
    let tree = tree::parse(source)?;
    let root = Cursor::root(source, &tree);
    let is_sweep = MARKS.iter().any(|key| root.get(key).is_some());
    if is_sweep {
        let keys: Vec<&str> = SWEEP_KEYS.iter().map(|key| key.path).collect();
        root.only(&keys)?;
    }
    let mut base = match (is_sweep, root.get("base"), root.get("config")) {
        (false, ..) => {
            Base { name: source_name.to_owned(), text: text.to_owned(), tree: tree.clone() }
        }
        (true, Some(path), None) => {
            let found = open(path.text("the path of a config")?).map_err(SweepError::Base)?;
            let source = Source { name: &found.path, text: &found.text };
            let tree = tree::parse(source)?;
            Base { name: found.path, text: found.text, tree }
        }
        (true, None, Some(config)) => {
            let tree = config.item().clone();
            Base { name: source_name.to_owned(), text: text.to_owned(), tree }
        }
        (true, Some(_), Some(config)) => {
            let hint = "leave one of them out";
            return Err(config.error("both `base` and `config` are given", Some(hint)).into());
        }
        (true, None, None) => {
            return Err(root
                .require("base", "base = \"../exp4.toml\"")
                .err()
                .map_or_else(|| root.error("no base", None).into(), SweepError::Config));
        }
    };
    for over in &options.overrides {
        base.tree.set(over)?;
    }
    let name = match root.get("name") {
        Some(cursor) if is_sweep => name::given(&cursor)?,
        _ => match is_sweep {
            true => name::from_path(source_name),
            false => {
                let read = |tree: &Item| {
                    experiment::experiment(&Cursor::root(base.source(), tree), &base.name)
                };
                read_all(&base.tree, read)?.name().to_owned()
            }
        },
    };
    let seeds = match (&options.seeds, root.get("seeds")) {
        (Some(text), _) => seed_range(text).map_err(|problem| option_error("--seeds", problem))?,
        (None, Some(cursor)) if is_sweep => {
            let text = cursor.text("seeds such as \"0..1000\"")?;
            seed_range(text).map_err(|problem| cursor.error(problem, Some(SEEDS)))?
        }
        _ => return Err(option_error("--seeds", "no seeds are given".to_owned()).into()),
    };
    let check = match root.get("check") {
        Some(cursor) if is_sweep => cursor.boolean()?,
        _ => false,
    };
    let max_failures = match (options.max_failures, root.get("max_failures")) {
        (None, Some(cursor)) if is_sweep => Some(cursor.integer(1, u64::MAX)?),
        (option, _) => option,
    };
    let (axes, places) = if is_sweep { axes(&root)? } else { (vec![], vec![]) };
    for over in &options.overrides {
        let keys = axes.iter().flat_map(|axis| &axis.keys);
        if let Some(key) = keys.into_iter().find(|key| overlap(key, &over.path)) {
            let problem = format!("`{key}` is swept, and would overrule this");
            let error = ConfigError::of_option(&over.flag, problem);
            return Err(error.with_hint("change it in the sweep file").into());
        }
    }
    let check = check || options.check;
    let family = Family::Scale;
    let mut sweep = Sweep { name, axes, seeds, family, check, max_failures, base, places };
    if sweep.checked_runs().is_none() {
        return Err(root.error("the sweep has more than 2^53 runs", None).into());
    }
    sweep.one_family()?;
    Ok(sweep)
}

/// Reason why a sweep cannot be read.
#[derive(Debug)]
pub enum SweepError<F> {
    /// The sweep file, its base or an option is invalid.
    Config(ConfigError),
    /// The base could not be opened.
    Base(F),
}

impl<F> From<ConfigError> for SweepError<F> {
    fn from(error: ConfigError) -> Self {
        SweepError::Config(error)
    }
}

const SEEDS: &str = "write \"0..1000\" for the seeds 0 to 999";

fn option_error(option: &str, problem: String) -> ConfigError {
    ConfigError::of_option(option, problem).with_hint(SEEDS)
}

/// Parses a range of seeds such as `0..1000`, the end excluded.
pub(super) fn seed_range(text: &str) -> std::result::Result<Range<u64>, String> {
    let wrong = || format!("expected seeds such as \"0..1000\", found {:?}", shortened(text));
    let (from, to) = text.split_once("..").ok_or_else(wrong)?;
    let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wrong());
    let (from, to) = (number(from)?, number(to)?);
    if from >= to {
        let kind = if from == to { "empty" } else { "reversed" };
        return Err(format!("the range of seeds {from}..{to} is {kind}"));
    }
    if to - 1 > Seed::MAX.value() {
        return Err("a seed is at most 2^63 - 1".to_owned());
    }
    Ok(from..to)
}

impl Base {
    fn source(&self) -> Source<'_> {
        Source { name: &self.name, text: &self.text }
    }
}

impl Sweep {
    /// Checks that all runs are of one family, and records it.
    fn one_family(&mut self) -> Result<()> {
        if let Some(axis) = self.axis_of("model") {
            let hint = "a sweep is of one family: write `model` into the base";
            return Err(self.refused(axis, "`model` is no key to sweep over", hint));
        }
        self.family = self.read_point(0)?.experiment.family();
        self.check |= self.family != Family::Scale;
        Ok(())
    }

    /// Returns the axis of a key.
    fn axis_of(&self, key: &str) -> Option<usize> {
        self.axes.iter().position(|axis| axis.keys.iter().any(|known| known == key))
    }

    fn refused(&self, axis: usize, problem: impl Into<String>, hint: &str) -> ConfigError {
        ConfigError::of_file(&self.places[axis], problem).with_hint(hint)
    }

    /// Returns the number of points.
    pub fn points(&self) -> u64 {
        self.axes.iter().map(|axis| axis.values.len() as u64).product()
    }

    /// Returns the number of runs.
    pub fn runs(&self) -> u64 {
        self.points() * (self.seeds.end - self.seeds.start)
    }

    fn checked_runs(&self) -> Option<u64> {
        let seeds = self.seeds.end - self.seeds.start;
        let sizes = self.axes.iter().map(|axis| axis.values.len() as u64);
        let runs = sizes.chain([seeds]).try_fold(1u64, u64::checked_mul)?;
        (runs <= RUNS_MAX).then_some(runs)
    }

    /// Returns all swept keys, in the order of the axes.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.axes.iter().flat_map(|axis| axis.keys.iter().map(String::as_str))
    }

    /// Returns the names of the columns of a point: all swept keys, then those of numbers beside
    /// them.
    pub fn point_columns(&self) -> impl Iterator<Item = &str> {
        let numbers = self.axes.iter().flat_map(|axis| &axis.numbers);
        self.keys().chain(numbers.map(|column| column.name.as_str()))
    }

    /// Returns the values of the swept keys at a point, as `--set` takes them.
    pub fn settings(&self, point: u64) -> Vec<(&str, &str)> {
        self.steps(point)
            .flat_map(|(axis, step)| {
                let values = axis.values[step].iter().map(String::as_str);
                axis.keys.iter().map(String::as_str).zip(values)
            })
            .collect()
    }

    /// Returns the cells of a point, in the order of [`point_columns`](Self::point_columns).
    pub fn cells(&self, point: u64) -> Vec<&str> {
        let keys = self.steps(point).flat_map(|(axis, step)| &axis.cells[step]);
        let numbers = self
            .steps(point)
            .flat_map(|(axis, step)| axis.numbers.iter().map(move |column| &column.cells[step]));
        keys.chain(numbers).map(String::as_str).collect()
    }

    /// Returns each axis with its step at a point.
    fn steps(&self, point: u64) -> impl Iterator<Item = (&Axis, usize)> {
        let mut rest = self.points();
        self.axes.iter().map(move |axis| {
            let size = axis.values.len() as u64;
            rest /= size;
            (axis, (point / rest % size) as usize)
        })
    }

    /// Returns the config of a point.
    ///
    /// # Errors
    /// If a value is invalid in it.
    pub fn point(&self, point: u64) -> Result<Point> {
        let read = self.read_point(point)?;
        let family = read.experiment.family();
        match self.axis_of("workload") {
            Some(axis) if !family.has_columns_of(self.family) => {
                let problem = format!(
                    "{} and {} have different figures, so they make no one table",
                    self.family.name(),
                    family.name()
                );
                Err(self.refused(axis, problem, "make a sweep for each workload"))
            }
            _ => Ok(read),
        }
    }

    fn read_point(&self, point: u64) -> Result<Point> {
        let tree = self.tree_at(point)?;
        let cursor = Cursor::root(self.base_source(), &tree);
        let experiment = read_all(&tree, |tree| {
            experiment::experiment(&Cursor::root(self.base_source(), tree), &self.base.name)
        })?;
        let depends_on_seed = cursor.get("rates").is_some_and(|rates| rates.is_table());
        Ok(Point { experiment, depends_on_seed })
    }

    fn base_source(&self) -> Source<'_> {
        self.base.source()
    }

    fn tree_at(&self, point: u64) -> Result<Item> {
        let mut tree = self.base.tree.clone();
        for ((axis, step), place) in self.steps(point).zip(&self.places) {
            for (key, value) in axis.keys.iter().zip(&axis.values[step]) {
                let flag = format!("{place}: {key} = {}", shortened(value));
                tree.set(&Override { flag, path: key.clone(), value: value.clone() })?;
            }
        }
        Ok(tree)
    }

    /// Returns the experiment of a point with a seed. `at` is that point, from [`Sweep::point`].
    ///
    /// # Errors
    /// If the config is invalid with this seed.
    pub fn experiment(&self, point: u64, at: &Point, seed: u64) -> Result<Experiment> {
        if !at.depends_on_seed {
            let mut experiment = at.experiment.clone();
            experiment.set_seed(Seed::new(seed).unwrap_or(Seed::MAX));
            return Ok(experiment);
        }
        let mut tree = self.tree_at(point)?;
        tree.set(&Override {
            flag: format!("seed {seed}"),
            path: "seed".to_owned(),
            value: seed.to_string(),
        })?;
        experiment::experiment(&Cursor::root(self.base_source(), &tree), &self.base.name)
    }

    /// Returns the command line that repeats one run. `config` is the path of [`Sweep::base_text`].
    pub fn replay(&self, point: u64, seed: u64, config: &str) -> String {
        let mut command = format!("sim run {}", shell_word(config));
        for (key, value) in self.settings(point) {
            command += &format!(" --set {}", shell_word(&format!("{key}={value}")));
        }
        let check = if self.check && self.family == Family::Scale { " --check" } else { "" };
        command + &format!(" --seed {seed}{check}")
    }

    /// Returns a file that gives the same sweep: with its base inside, and all values written out.
    pub fn resolved(&self) -> String {
        let mut text = "# The resolved sweep: `sim sweep` on it gives the same bytes.\n".to_owned();
        text += &format!("name = {}\n", tree::quoted(&self.name));
        text += &format!("seeds = \"{}..{}\"\n", self.seeds.start, self.seeds.end);
        text += &format!("check = {}\n", self.check);
        if let Some(failures) = self.max_failures {
            text += &format!("max_failures = {failures}\n");
        }
        text += "\n[config]\n";
        text += &self.base_text();
        for axis in &self.axes {
            text += "\n[[zip]]\n";
            for (place, key) in axis.keys.iter().enumerate() {
                let values = axis.values.iter().map(|step| tree::setting_as_toml(&step[place]));
                let values: Vec<String> = values.collect();
                text += &format!("{} = [{}]\n", tree::key_text(key), values.join(", "));
            }
        }
        text
    }

    /// Returns the base config as TOML, with its name, and with the overrides of the command line.
    pub fn base_text(&self) -> String {
        let Value::Table(table) = &self.base.tree.value else { return String::new() };
        let line = |(key, (_, item)): (&String, &(Origin, Item))| {
            (key.clone(), format!("{} = {}\n", tree::key_text(key), item.to_toml()))
        };
        let mut lines: BTreeMap<String, String> = table.iter().map(line).collect();
        let name = || format!("name = {}\n", tree::quoted(&name::from_path(&self.base.name)));
        lines.entry("name".to_owned()).or_insert_with(name);
        lines.into_values().collect()
    }
}

impl Point {
    /// Returns the experiment, with the base's own seed.
    pub fn experiment(&self) -> &Experiment {
        &self.experiment
    }

    /// Whether the config depends on the seed, since its rates are drawn.
    pub fn depends_on_seed(&self) -> bool {
        self.depends_on_seed
    }
}

/// Quotes a word for a shell, if necessary.
pub fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "./_-=:,+%@".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false if word.contains(escape::is_unsafe) => {
            let plain = word.replace('\\', "\\\\").replace('\'', "\\'");
            format!("$'{}'", in_ansi_c(&plain))
        }
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

/// Escapes a text for use between `$'` and `'`.
fn in_ansi_c(text: &str) -> String {
    let each = |c: char| match u32::from(c) {
        _ if !escape::is_unsafe(c) => c.to_string(),
        code @ 0..0x80 => format!("\\x{code:02x}"),
        code @ 0x80..=0xffff => format!("\\u{code:04x}"),
        code => format!("\\U{code:08x}"),
    };
    text.chars().map(each).collect()
}
