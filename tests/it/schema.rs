//! The schemas and the reference page: committed as printed, and consistent with the reader.

use serde_json::{Value, json};
use toml::de::{DeTable, DeValue};

use crate::support::{Place, golden, root};

#[test]
fn what_is_committed_is_what_is_printed() {
    let place = Place::new();
    for (options, file) in [
        (&["schema"][..], "configs/schema.json"),
        (&["schema", "--sweep"], "configs/sweep-schema.json"),
        (&["schema", "--reference"], "configs/README.md"),
        (&["schema", "--output"], "docs/output-schema.json"),
    ] {
        golden(file, &place.sim_ends(0, options).out);
    }
}

/// Converts TOML to JSON.
fn from_toml(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => json!(text),
        DeValue::Integer(number) => {
            let text = number.as_str().replace('_', "");
            text.parse::<i64>().map_or_else(|_| json!(1e30), |number| json!(number))
        }
        DeValue::Float(number) => json!(number.as_str().replace('_', "").parse::<f64>().ok()),
        DeValue::Boolean(value) => json!(value),
        DeValue::Datetime(date) => json!(date.to_string()),
        DeValue::Array(items) => items.iter().map(|item| from_toml(item.get_ref())).collect(),
        DeValue::Table(table) => table_from_toml(table),
    }
}

fn table_from_toml(table: &DeTable<'_>) -> Value {
    let entry =
        |(key, value): (&toml::Spanned<std::borrow::Cow<'_, str>>, &toml::Spanned<DeValue<'_>>)| {
            (key.get_ref().to_string(), from_toml(value.get_ref()))
        };
    Value::Object(table.iter().map(entry).collect())
}

/// Whether a value fits a schema, as far as ours go. Patterns are not checked.
pub(crate) fn fits(value: &Value, schema: &Value) -> bool {
    let is_type = |name: &str| match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        other => panic!("the type {other}"),
    };
    let types = match &schema["type"] {
        Value::String(name) => is_type(name),
        Value::Array(names) => names.iter().any(|name| is_type(name.as_str().expect("a name"))),
        _ => true,
    };
    let number = value.as_f64().unwrap_or(0.0);
    let count = value.as_array().map_or(0, Vec::len) as f64;
    let limit = |key: &str, holds: fn(f64, f64) -> bool, found: f64| {
        schema[key].as_f64().is_none_or(|limit| value.is_null() || holds(found, limit))
    };
    let limits = limit("minimum", |a, b| a >= b, number)
        && limit("maximum", |a, b| a <= b, number)
        && (!value.is_array() || limit("minItems", |a, b| a >= b, count))
        && (!value.is_array() || limit("maxItems", |a, b| a <= b, count));
    let words = schema["enum"].as_array().is_none_or(|words| words.contains(value));
    let one = schema["anyOf"].as_array().is_none_or(|all| all.iter().any(|s| fits(value, s)));
    let items = value.as_array().is_none_or(|items| {
        schema.get("items").is_none_or(|schema| items.iter().all(|item| fits(item, schema)))
    });
    let keys = value.as_object().is_none_or(|object| {
        let required = schema["required"].as_array();
        let all_there = required.is_none_or(|keys| {
            keys.iter().all(|key| object.contains_key(key.as_str().expect("a key")))
        });
        let known = |(key, value): (&String, &Value)| match schema["properties"].get(key) {
            Some(schema) => fits(value, schema),
            None => match schema.get("additionalProperties") {
                Some(Value::Bool(false)) => false,
                Some(schema) => fits(value, schema),
                None => true,
            },
        };
        all_there && object.iter().all(known)
    });
    let constant = schema.get("const").is_none_or(|constant| value == constant);
    let branch = schema.get("if").is_none_or(|condition| {
        fits(value, &schema[if fits(value, condition) { "then" } else { "else" }])
    });
    let all = schema["allOf"].as_array().is_none_or(|all| all.iter().all(|s| fits(value, s)));
    types && limits && words && one && items && keys && constant && branch && all
}

fn parsed(text: &str) -> Option<Value> {
    Some(table_from_toml(DeTable::parse(text).ok()?.get_ref()))
}

#[test]
fn what_ships_fits_its_schema() {
    let (config, sweep) = (sim::config::schema(), sim::config::sweep_schema());
    for (shipped, schema, other) in
        [(sim::config::SHIPPED, &config, &sweep), (sim::config::SWEEPS, &sweep, &config)]
    {
        for shipped in shipped {
            let value = parsed(shipped.text).expect(shipped.name);
            assert!(fits(&value, schema), "{}", shipped.name);
            assert!(!fits(&value, other), "{} fits both", shipped.name);
            let schema =
                shipped.text.lines().next().and_then(|line| line.strip_prefix("#:schema "));
            let folder = root().join("configs").join(shipped.name);
            let named = folder.parent().expect("a folder").join(schema.expect(shipped.name));
            assert!(named.exists(), "{}", named.display());
        }
    }
}

/// The schema rejects mistakes in keys, types and plain ranges; those that depend on several keys
/// are left to the reader.
#[test]
fn configs_with_bad_keys_and_types_do_not_fit() {
    let schema = sim::config::schema();
    let folder = root().join("tests/data/configs/bad");
    let (mut refused, mut files) = (0, 0);
    for entry in std::fs::read_dir(folder).expect("bad configs").flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path()) else { continue };
        let Some(value) = parsed(&text) else { continue };
        let name = entry.file_name().to_string_lossy().into_owned();
        files += 1;
        refused += u32::from(!fits(&value, &schema));
        if name.starts_with("unknown-key") {
            assert!(!fits(&value, &schema), "{name}");
        }
    }
    assert!(refused >= 30, "only {refused} of {files}");
}
