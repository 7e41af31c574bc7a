//! JSON Schemas and the reference page of configs and sweep files, generated from the table of
//! keys. Editors complete and check keys with the schemas.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::grammar::{GLOMERS_KEYS, KEYS, Key, KeyDefault, SWEEP_KEYS, Shape};

/// Pattern of a time such as `1m30s`.
const TIME: &str = "^\\s*([0-9_]+(\\.[0-9_]+)?\\s*(ns|us|µs|ms|s|m|h)\\s*)+$";
/// Pattern of a number, a fraction or a percentage in a string.
const NUMBER: &str =
    "^\\s*\\+?([0-9_]+(\\.[0-9_]*)?([eE][+-]?[0-9]+)?\\s*%?|[0-9]+\\s*/\\s*[0-9]+)\\s*$";

/// Returns the JSON Schema of a config; its keys depend on the model.
pub fn schema() -> Value {
    let mut schema = json!({
        "if": {
            "properties": { "model": { "const": "glomers" } },
            "required": ["model"],
        },
        "then": object(GLOMERS_KEYS, ""),
        "else": scale(),
    });
    head(&mut schema, "A config of `sim run`");
    schema
}

/// Returns the schema of a scale-model config.
fn scale() -> Value {
    let mut schema = object(KEYS, "");
    // Either rates or periods are required.
    schema["anyOf"] = json!([{ "required": ["rates"] }, { "required": ["periods"] }]);
    let required = schema["required"].as_array_mut();
    if let Some(required) = required {
        required.retain(|key| key != "rates");
    }
    schema
}

/// Returns the JSON Schema of a sweep file.
pub fn sweep_schema() -> Value {
    let mut schema = object(SWEEP_KEYS, "");
    // Axes may provide keys that the base lacks, so no key of the base is required.
    let base = |keys| {
        let mut base = object(keys, "");
        if let Value::Object(base) = &mut base {
            base.remove("required");
        }
        base
    };
    schema["properties"]["config"] = json!({ "anyOf": [base(KEYS), base(GLOMERS_KEYS)] });
    let axes = |each: &Value| {
        let keys = KEYS.iter().chain(GLOMERS_KEYS);
        let keys = keys.filter(|key| !key.path.contains("[]") && key.path != "seed");
        let property = |key: &Key| {
            let mut values = each.clone();
            values["description"] = json!(key.meaning);
            (key.path.to_owned(), values)
        };
        let properties: Map<String, Value> = keys.map(property).collect();
        json!({ "type": "object", "properties": properties, "additionalProperties": each })
    };
    let list = json!({ "type": "array", "minItems": 1 });
    let number = json!({ "type": ["number", "string"] });
    let range = json!({
        "type": "object",
        "properties": { "from": number, "to": number, "step": number },
        "required": ["from", "to", "step"],
        "additionalProperties": false,
    });
    let describe = |schema: &mut Value, key: &str| {
        let meaning = SWEEP_KEYS.iter().find(|k| k.path == key).map(|k| k.meaning);
        schema["description"] = json!(meaning);
    };
    let mut grid = axes(&json!({ "anyOf": [list, range] }));
    describe(&mut grid, "grid");
    schema["properties"]["grid"] = grid;
    let mut zip = json!({ "type": "array", "items": axes(&json!({ "anyOf": [list, range] })) });
    describe(&mut zip, "zip");
    schema["properties"]["zip"] = zip;
    schema["anyOf"] = json!([{ "required": ["base"] }, { "required": ["config"] }]);
    head(&mut schema, "A sweep file of `sim sweep`");
    schema
}

fn head(schema: &mut Value, title: &str) {
    schema["$schema"] = json!("http://json-schema.org/draft-07/schema#");
    schema["title"] = json!(title);
}

/// Returns the schema of a table, from the keys directly below a path.
fn object(keys: &[Key], path: &str) -> Value {
    let below = |key: &&Key| {
        let rest = match path {
            "" => Some(key.path),
            _ => key.path.strip_prefix(path).and_then(|rest| rest.strip_prefix('.')),
        };
        rest.is_some_and(|rest| !rest.contains('.'))
    };
    let mut properties = Map::new();
    let mut required = Vec::new();
    for key in keys.iter().filter(below) {
        let name = key.path.rsplit('.').next().unwrap_or(key.path);
        let mut value = of_shape(keys, key.path, key.shape);
        value["description"] = json!(key.meaning);
        if let KeyDefault::Is(default) = key.default
            && let Ok(default) = serde_json::from_str::<Value>(&default.replace('_', ""))
        {
            value["default"] = default;
        }
        if key.default == KeyDefault::Required {
            required.push(name);
        }
        properties.insert(name.to_owned(), value);
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

fn of_shape(keys: &[Key], path: &str, shape: Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Words(words) => json!({ "type": "string", "enum": words }),
        Shape::Integer(min, max) => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Time => json!({ "type": "string", "pattern": TIME }),
        Shape::Number => json!({ "anyOf": [
            { "type": "number", "minimum": 0 },
            { "type": "string", "pattern": NUMBER },
        ] }),
        Shape::Probability => json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": NUMBER },
        ] }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::List(of) => {
            json!({ "type": "array", "items": of_shape(keys, path, *of), "minItems": 1 })
        }
        Shape::Pair(of) => json!({
            "type": "array",
            "items": of_shape(keys, path, *of),
            "minItems": 2,
            "maxItems": 2,
        }),
        Shape::Table | Shape::Axes => object(keys, path),
        Shape::Named(of) => {
            json!({ "type": "object", "additionalProperties": of_shape(keys, path, *of) })
        }
        Shape::Tables => {
            json!({ "type": "array", "items": object(keys, &format!("{path}[]")) })
        }
        Shape::OneOf(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(|s| of_shape(keys, path, *s)).collect();
            json!({ "anyOf": shapes })
        }
    }
}

const INTRODUCTION: &str = "# Configs

Each file here asks one question; its first lines say which, and what to look at.
`sim configs list` lists them, `sim run NAME` runs one, `sim sweep sweeps/NAME` a sweep.
This page is made from the table of keys that the program reads configs by: `sim schema --reference`
prints it, `sim schema` and `sim schema --sweep` print the schemas by which editors complete keys.

Times are text with a unit (ns us ms s m h), such as `\"250ms\"` or `\"1m30s\"`. Rates and
probabilities are exact: 0.9 is 9/10, and `\"1/3\"` or `\"30%\"` work, too. Machines count from 1;
nodes have names.
";

const TABLE_HEAD: &str = "| key | values | default | meaning |\n| --- | --- | --- | --- |\n";

/// Returns the reference of all keys, as Markdown.
pub fn reference() -> String {
    let mut page = INTRODUCTION.to_owned();
    for (title, keys) in [
        ("A config of the scale model", KEYS),
        ("A config of Gossip Glomers", GLOMERS_KEYS),
        ("A sweep file", SWEEP_KEYS),
    ] {
        page += &format!("\n## {title}\n\n{TABLE_HEAD}");
        for Key { path, shape, default, meaning } in keys {
            let default = match default {
                KeyDefault::Is(default) => format!("`{default}`"),
                KeyDefault::Required => "required".to_owned(),
                KeyDefault::Nothing => "–".to_owned(),
                KeyDefault::From(what) => (*what).to_owned(),
            };
            let meaning = meaning.replace('|', "\\|");
            writeln!(page, "| `{path}` | {} | {default} | {meaning} |", described(*shape))
                .expect("writing to a string");
        }
    }
    page
}

fn described(shape: Shape) -> String {
    match shape {
        Shape::Text => "text".to_owned(),
        Shape::Words(words) => {
            words.iter().map(|word| format!("`\"{word}\"`")).collect::<Vec<_>>().join(", ")
        }
        Shape::Integer(min, max) if max == i64::MAX as u64 => format!("whole number from {min}"),
        Shape::Integer(min, max) => format!("whole number {min} to {max}"),
        Shape::Time => "time".to_owned(),
        Shape::Number => "number above 0".to_owned(),
        Shape::Probability => "probability".to_owned(),
        Shape::Bool => "`true`, `false`".to_owned(),
        Shape::List(of) => format!("list of: {}", described(*of)),
        Shape::Pair(of) => format!("two of: {}", described(*of)),
        Shape::Table => "table".to_owned(),
        Shape::Named(of) => format!("table from names to: {}", described(*of)),
        Shape::Tables => "list of tables".to_owned(),
        Shape::OneOf(shapes) => {
            shapes.iter().map(|shape| described(*shape)).collect::<Vec<_>>().join(", or ")
        }
        Shape::Axes => "keys of a config, each with its values".to_owned(),
    }
}
