//! The axes of a sweep file: `[grid]`, `[[zip]]`, lists and ranges of values.

use super::cells;
use super::diagnostic::ConfigError;
use super::reader::Cursor;
use super::tree::Value;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum number of values on one axis.
const VALUES_MAX: u64 = 1_000_000;

/// An axis: one key, or several that vary together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The keys, such as `events.send`.
    pub keys: Vec<String>,
    /// The value of each key at each step of the axis, as `--set` takes it.
    pub values: Vec<Vec<String>>,
    /// The same values as table cells; each key has a column of one type.
    pub cells: Vec<Vec<String>>,
    /// The columns of numbers beside those of keys whose values are texts.
    pub numbers: Vec<NumberColumn>,
}

/// A column that has the values of a swept key as numbers: times in milliseconds, fractions and
/// percentages as floats, the rates of machines each in a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberColumn {
    /// Its name, such as `network.latency_ms`.
    pub name: String,
    /// Its cell at each step of the axis: floats.
    pub cells: Vec<String>,
}

impl Axis {
    fn new(keys: Vec<String>, values: Vec<Vec<String>>) -> Axis {
        let mut cells = vec![Vec::with_capacity(keys.len()); values.len()];
        for key in 0..keys.len() {
            let column = cells::cells(values.iter().map(|step| step[key].as_str()));
            for (step, cell) in cells.iter_mut().zip(column) {
                step.push(cell);
            }
        }
        let numbers = keys.iter().enumerate().flat_map(|(place, key)| {
            cells::numbers(key, &values.iter().map(|step| step[place].as_str()).collect::<Vec<_>>())
        });
        let numbers = numbers.map(|(name, cells)| NumberColumn { name, cells }).collect();
        Axis { keys, values, cells, numbers }
    }

    /// Returns two equal steps, however they are written, if there are any.
    fn twice(&self) -> Option<[&[String]; 2]> {
        let meanings = self.values.iter().map(|step| -> Vec<String> {
            step.iter().map(|value| cells::meaning(value)).collect()
        });
        let mut steps: Vec<(Vec<String>, usize)> = meanings.zip(0..).collect();
        steps.sort();
        let twice = steps.windows(2).find(|pair| pair[0].0 == pair[1].0)?;
        Some([&self.values[twice[0].1], &self.values[twice[1].1]])
    }
}

/// Returns the axes in the order of the file, and their source positions.
pub(super) fn axes(root: &Cursor<'_>) -> Result<(Vec<Axis>, Vec<String>)> {
    let mut axes = Vec::new();
    if let Some(grid) = root.get("grid") {
        for key in grid.keys("a table of keys and their values")? {
            let values = grid.get(&key).map(|cursor| (values(&cursor), cursor.place()));
            if let Some((values, place)) = values {
                let values = values?.into_iter().map(|value| vec![value]).collect();
                axes.push((Axis::new(vec![key], values), place));
            }
        }
    }
    if let Some(zips) = root.get("zip") {
        for zip in zips.list("axes that move together, each under its own [[zip]]")? {
            axes.push((zipped(&zip)?, zip.place()));
        }
    }
    for (axis, place) in &axes {
        if let Some([first, second]) = axis.twice() {
            let (first, second) = (first.join(", "), second.join(", "));
            let problem = match first == second {
                true => format!("the value {first} is here twice"),
                false => format!("the value {first} is here twice: {second} is the same"),
            };
            return Err(ConfigError::of_file(place, problem));
        }
    }
    let mut seen: Vec<&String> = Vec::new();
    for key in axes.iter().flat_map(|(axis, _)| &axis.keys) {
        if key == "seed" {
            let hint = "seeds are given as `seeds = \"0..1000\"`";
            return Err(root.error("`seed` is no key to sweep over", Some(hint)));
        }
        if key == "name" {
            let hint = "leave it out; the sweep itself has a `name` at the top of its file";
            let problem = "`name` is no key to sweep over: it names results and changes no run";
            return Err(root.error(problem, Some(hint)));
        }
        if let Some(other) = seen.iter().find(|other| overlap(other, key)) {
            let problem = match *other == key {
                true => format!("the key `{key}` is on two axes"),
                false => format!("`{other}` and `{key}` are both swept: one overrules the other"),
            };
            return Err(root.error(problem, None));
        }
        seen.push(key);
    }
    Ok(axes.into_iter().unzip())
}

/// Whether two keys are the same, or one is a parent of the other.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    let below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
    a == b || below(a, b) || below(b, a)
}

/// Reads an axis of several keys that vary together.
fn zipped(zip: &Cursor<'_>) -> Result<Axis> {
    let keys = zip.keys("a table of keys and lists of values")?;
    let mut columns: Vec<Vec<String>> = Vec::new();
    for key in &keys {
        let Some(cursor) = zip.get(key) else { continue };
        let column = values(&cursor)?;
        if let Some(first) = columns.first()
            && first.len() != column.len()
        {
            let problem =
                format!("it has {} values, `{}` has {}", column.len(), keys[0], first.len());
            return Err(cursor.error(problem, Some("keys that move together have equally many")));
        }
        columns.push(column);
    }
    let steps = columns.first().map_or(0, Vec::len);
    if steps == 0 {
        return Err(zip.error("there are no keys", None));
    }
    let step = |step: usize| columns.iter().map(|column| column[step].clone()).collect();
    let values = (0..steps).map(step).collect();
    Ok(Axis::new(keys, values))
}

/// Reads the values of a key: a list, or `{ from = 0, to = 1, step = 0.02 }`, both ends included.
fn values(cursor: &Cursor<'_>) -> Result<Vec<String>> {
    if !cursor.is_table() {
        let what = "a list of values, or { from = 0.0, to = 1.0, step = 0.1 }";
        let entries = cursor.list(what)?;
        if entries.is_empty() {
            return Err(cursor.error("the list of values is empty", None));
        }
        if entries.len() as u64 > VALUES_MAX {
            return Err(cursor.error(format!("more than {VALUES_MAX} values"), None));
        }
        return Ok(entries.iter().map(|entry| entry.item().as_setting()).collect());
    }
    if ["from", "to", "step"].iter().all(|key| cursor.get(key).is_none()) {
        let hint = "a key with a dot stands in quotes here: \"events.send\" = [0.1, 0.2]";
        return Err(cursor.error("expected a list of values or a range, found a table", Some(hint)));
    }
    cursor.only(&["from", "to", "step"])?;
    let part = |key| cursor.require(key, "{ from = 0.0, to = 1.0, step = 0.1 }");
    let (from, to, step) = (part("from")?, part("to")?, part("step")?);
    // Times with a unit, or numbers.
    let times = |cursor: &Cursor<'_>| match &cursor.item().value {
        Value::Text(text) => text.parse::<Duration>().ok(),
        _ => None,
    };
    if let (Some(from), Some(to), Some(step)) = (times(&from), times(&to), times(&step)) {
        let ends = [from, to, step].map(|time| u128::from(time.as_ns()));
        return steps(cursor, ends, |ns| {
            Some(Duration::from_ns(u64::try_from(ns).ok()?).to_string())
        });
    }
    const WHAT: &str = "a number, or a time with a unit as all three";
    let [a, b, c] = [from.ratio(WHAT)?, to.ratio(WHAT)?, step.ratio(WHAT)?];
    // Over a common denominator they are whole numbers.
    let common = [a, b, c].iter().try_fold(1u64, |d, ratio| {
        let whole = u128::from(d) * u128::from(ratio.denominator());
        let reduced = Ratio::new(d, ratio.denominator())?.numerator();
        u64::try_from(whole / u128::from(d / reduced)).ok()
    });
    let scaled =
        |ratio: Ratio, d: u64| u128::from(ratio.numerator()) * u128::from(d / ratio.denominator());
    let Some(d) = common else {
        return Err(cursor.error("these numbers have too many digits", Some("use fewer digits")));
    };
    let ends = [a, b, c].map(|ratio| scaled(ratio, d));
    steps(cursor, ends, |numerator| {
        let ratio = Ratio::new(u64::try_from(numerator).ok()?, d)?;
        Some(ratio.to_string())
    })
}

/// Returns the values from `from` to `to` in steps of `step`, formatted by `text`.
fn steps(
    cursor: &Cursor<'_>,
    [from, to, step]: [u128; 3],
    text: impl Fn(u128) -> Option<String>,
) -> Result<Vec<String>> {
    let count = count(cursor, from, to, step)?;
    let too_large = || cursor.error("these numbers are too large", None);
    let texts: Option<Vec<String>> =
        (0..count).map(|k| text(from + u128::from(k) * step)).collect();
    let texts = texts.ok_or_else(too_large)?;
    if !(to - from).is_multiple_of(step)
        && let (Some(last), Some(to), Some(step)) = (texts.last(), text(to), text(step))
    {
        let problem = format!("steps of {step} miss the end {to}: the last value would be {last}");
        let hint = format!("write `to = {}`, or a step that leads there", as_toml(last));
        return Err(cursor.error(problem, Some(&hint)));
    }
    Ok(texts)
}

/// Formats a value of a range as TOML: a number, or a string.
fn as_toml(value: &str) -> String {
    super::tree::setting_as_toml(value)
}

/// Returns the number of values of a range.
fn count(cursor: &Cursor<'_>, from: u128, to: u128, step: u128) -> Result<u64> {
    if step == 0 {
        return Err(cursor.error("the step is zero", None));
    }
    if from > to {
        return Err(cursor.error("the range is reversed", Some("`from` is at most `to`")));
    }
    let count = (to - from) / step + 1;
    match u64::try_from(count).ok().filter(|count| *count <= VALUES_MAX) {
        Some(count) => Ok(count),
        None => Err(cursor.error(format!("{count} values are more than {VALUES_MAX}"), None)),
    }
}
