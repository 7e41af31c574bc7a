//! The axes of a sweep file: `[grid]`, `[[zip]]`, lists and ranges of values.

use super::diagnostic::ConfigError;
use super::reader::Cursor;
use super::tree::Value;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;

type Result<T> = std::result::Result<T, ConfigError>;

/// The most values of one axis.
const VALUES_MAX: u64 = 1_000_000;

/// An axis: one key, or several that move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axis {
    /// The keys, such as `events.send`.
    pub keys: Vec<String>,
    /// For each step of the axis the value of each key, as `--set` takes it.
    pub values: Vec<Vec<String>>,
}

/// The axes in the order in which they are written, and where each stands.
pub(super) fn axes(root: &Cursor<'_>) -> Result<(Vec<Axis>, Vec<String>)> {
    let mut axes = Vec::new();
    if let Some(grid) = root.get("grid") {
        for key in grid.keys("a table of keys and their values")? {
            let values = grid.get(&key).map(|cursor| (values(&cursor), cursor.place()));
            if let Some((values, place)) = values {
                let values = values?.into_iter().map(|value| vec![value]).collect();
                axes.push((Axis { keys: vec![key], values }, place));
            }
        }
    }
    if let Some(zips) = root.get("zip") {
        for zip in zips.list("axes that move together, each under its own [[zip]]")? {
            axes.push((zipped(&zip)?, zip.place()));
        }
    }
    for (axis, place) in &axes {
        let mut values: Vec<&Vec<String>> = axis.values.iter().collect();
        values.sort();
        if let Some(twice) = values.windows(2).find(|pair| pair[0] == pair[1]) {
            return Err(ConfigError {
                place: place.clone(),
                problem: format!("the value {} is here twice", twice[0].join(", ")),
                excerpt: None,
                cure: None,
                from_command_line: false,
            });
        }
    }
    let mut seen: Vec<&String> = Vec::new();
    for key in axes.iter().flat_map(|(axis, _)| &axis.keys) {
        if key == "seed" {
            let cure = "seeds are given as `seeds = \"0..1000\"`";
            return Err(root.error("`seed` is no key to sweep over", Some(cure)));
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

/// Whether two keys are the same, or one stands below the other.
pub(super) fn overlap(a: &str, b: &str) -> bool {
    let below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|rest| rest.starts_with('.'));
    a == b || below(a, b) || below(b, a)
}

/// Keys that move together.
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
    Ok(Axis { values: (0..steps).map(step).collect(), keys })
}

/// The values of a key: a list, or `{ from = 0, to = 1, step = 0.02 }`, both ends included.
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
        let cure = "a key with a dot stands in quotes here: \"events.send\" = [0.1, 0.2]";
        return Err(cursor.error("expected a list of values or a range, found a table", Some(cure)));
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
        let count =
            count(cursor, u128::from(from.as_ns()), to.as_ns().into(), step.as_ns().into())?;
        let value = |k: u64| Duration::from_ns(from.as_ns() + k * step.as_ns()).to_string();
        return Ok((0..count).map(value).collect());
    }
    const WHAT: &str = "a number, or a time with a unit as all three";
    let [a, b, c] = [from.ratio(WHAT)?, to.ratio(WHAT)?, step.ratio(WHAT)?];
    // Over one denominator they are whole numbers.
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
    let (first, last, step) = (scaled(a, d), scaled(b, d), scaled(c, d));
    let count = count(cursor, first, last, step)?;
    let value = |k: u64| {
        let numerator = u64::try_from(first + u128::from(k) * step).ok()?;
        Ratio::new(numerator, d).map(|ratio| ratio.to_string())
    };
    (0..count)
        .map(value)
        .collect::<Option<_>>()
        .ok_or_else(|| cursor.error("these numbers are too large", None))
}

/// How many steps there are from one number to another.
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
