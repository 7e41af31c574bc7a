//! Exports of a sweep's runs: their names, and their files.

use serde_json::Value;
use sim::cli::{Exit, Interrupt, Io, execute};
use sim::store::Store;

use crate::support::Place;

/// Two points, three seeds, two machines.
const SMALL: &str = "
seeds = \"0..3\"
[config]
duration = \"5s\"
rates = [1, 2]
events = { send = 0.3 }
[grid]
\"events.send\" = [0.3, 0.6]
";

fn place() -> Place {
    let place = Place::new();
    place.write("s.toml", SMALL);
    place
}

#[test]
fn unknown_formats_are_refused_before_anything_runs() {
    let place = place();
    let ran = place.sim_ends(64, &["sweep", "s.toml", "--export", "parkuet"]);
    let message =
        "--export: there is no format `parkuet`; did you mean `parquet`? there are parquet";
    assert!(ran.err.contains(message), "{}", ran.err);
    let ran = place.sim_ends(64, &["sweep", "s.toml", "--export="]);
    assert!(ran.err.contains("there is no format ``; there are"), "{}", ran.err);
    assert_eq!(place.files(), ["s.toml"]);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_format_that_this_build_lacks_is_refused_with_the_build_that_has_it() {
    let place = place();
    let ran = place.sim_ends(64, &["sweep", "s.toml", "--export", "parquet"]);
    assert!(ran.err.contains("`cargo build --release --features parquet` adds it"), "{}", ran.err);
    assert_eq!(place.files(), ["s.toml"]);
}

const JSONL: [&str; 4] = ["sweep", "s.toml", "--export", "jsonl"];
const FILE: &str = "results/sweeps/s/runs.jsonl";

/// The records of `runs.csv`, with its header.
fn runs(place: &Place) -> (csv::StringRecord, Vec<csv::StringRecord>) {
    let text = place.read("results/sweeps/s/runs.csv");
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    (header, reader.records().map(|row| row.expect("a row")).collect())
}

fn objects(place: &Place) -> Vec<Value> {
    place.read(FILE).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

/// Whether a value says what a field of `runs.csv` says, in the type of its column.
fn is_same(value: &Value, field: &str) -> bool {
    match value {
        Value::Null => field.is_empty(),
        Value::String(text) => text == field,
        // Numbers of the tables are written as they are; of swept keys the value counts.
        Value::Number(number) => {
            let is_float = field.contains(['.', 'e']);
            let text = number.to_string();
            field.parse::<f64>().ok() == number.as_f64()
                && (text == field || (!is_float && text == format!("{field}.0")))
        }
        _ => false,
    }
}

#[test]
fn each_run_of_the_scale_model_is_an_object_with_its_machines() {
    let place = place();
    let ran = place.sim_ends(0, &JSONL);
    assert!(ran.out.contains("exported runs.jsonl"), "{}", ran.out);
    let (header, rows) = runs(&place);
    let objects = objects(&place);
    assert_eq!((objects.len(), rows.len()), (6, 12));
    for (place, row) in rows.iter().enumerate() {
        let object = &objects[place / 2];
        let machine = &object["machines"][place % 2];
        for (name, field) in header.iter().zip(row) {
            let value = machine.get(name).or(object.get(name)).unwrap_or(&Value::Bool(false));
            assert!(is_same(value, field), "row {place}, {name}: {value} is not {field}");
        }
        assert!(object["machines"].as_array().is_some_and(|machines| machines.len() == 2));
        assert!(object["seed"].is_u64() && machine["rate_per_s"].is_f64(), "{object}");
        assert!(machine["clock_final"].is_u64() && object["run_clock_max"].is_u64(), "{object}");
    }
    let text = place.read(FILE);
    let start = "{\"events.send\":0.3,\"seed\":0,\"end\":\"duration\",\"run_";
    assert!(text.starts_with(start), "{text}");
    assert!(text.contains(",\"machines\":[{\"machine\":1,\"rate_per_s\":1.0,"), "{text}");
}

#[test]
fn each_run_of_gossip_glomers_is_an_object() {
    let place = Place::new();
    let sweep = "seeds = \"0..2\"\n[config]\nmodel = \"glomers\"\nworkload = \"broadcast\"\n\
                 duration = \"5s\"\n[grid]\nsolution = [\"broadcast-gossip\"]\nrate = [10, 20]\n";
    place.write("s.toml", sweep);
    place.sim_ends(0, &JSONL);
    let (header, rows) = runs(&place);
    let objects = objects(&place);
    assert_eq!((objects.len(), rows.len()), (4, 4));
    for (object, row) in objects.iter().zip(&rows) {
        for (name, field) in header.iter().zip(row) {
            assert!(is_same(&object[name], field), "{name}: {} is not {field}", object[name]);
        }
        assert_eq!(object["strict"], "valid");
        assert!(object["targets_met"].is_null() && object["lost"].is_u64(), "{object}");
    }
    // The keys have the order of the columns.
    for line in place.read(FILE).lines() {
        let places = header.iter().map(|name| line.find(&format!("\"{name}\":")).expect(name));
        assert!(places.is_sorted(), "{line}");
    }
}

/// Runs a command line in this process on a disk that fails at some operation.
fn in_process(place: &Place, option: &str, store: &Store) -> Exit {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let interrupt = Interrupt::default();
    let mut io = Io::new(&mut out, &mut err, store, &interrupt);
    let (file, folder) = (place.join("s.toml"), place.join("results"));
    let mut words: Vec<std::ffi::OsString> = vec!["sim".into(), "sweep".into(), file.into()];
    words.extend(["--export".into(), "jsonl".into(), "--out".into(), folder.into()]);
    words.push(option.into());
    execute(words, &mut io)
}

/// The same bytes for any workers, and where a disk that failed at any operation was repaired and
/// the sweep resumed.
#[test]
fn resumed_sweeps_export_the_same_bytes() {
    let whole = place();
    whole.sim_ends(0, &[&JSONL[..], &["--jobs", "1"]].concat());
    let expected = whole.read(FILE);
    let other = place();
    other.sim_ends(0, &[&JSONL[..], &["--jobs", "3", "--backwards"]].concat());
    assert_eq!(other.read(FILE), expected);
    for fault in 1.. {
        let place = place();
        let store = Store::failing_at(fault);
        let exit = in_process(&place, "--yes", &store);
        if store.operations() < fault {
            assert_eq!(exit, Exit::Holds);
            assert!(fault > 20, "only {fault} operations");
            break;
        }
        // Another test that starts a process holds the lock for a moment.
        let mut exit = Exit::TryAgain;
        while exit == Exit::TryAgain {
            exit = in_process(&place, "--resume", &Store::new());
        }
        assert_eq!(exit, Exit::Holds, "after fault {fault}");
        assert_eq!(place.read(FILE), expected, "after fault {fault}");
    }
}

/// On a finished sweep an export is only written, over what is there; runs by force leave no export
/// that they do not write.
#[test]
fn a_finished_sweep_is_exported_without_its_runs() {
    let place = place();
    place.sim_ends(0, &["sweep", "s.toml"]);
    assert!(!place.join(FILE).exists());
    let manifest = place.read("results/sweeps/s/manifest.json");
    let added = place.sim_ends(0, &JSONL);
    assert!(added.out.contains("6 runs are there already"), "{}", added.out);
    assert!(added.out.contains("exported runs.jsonl"), "{}", added.out);
    let expected = place.read(FILE);
    place.write(FILE, "changed");
    place.sim_ends(0, &JSONL);
    assert_eq!(place.read(FILE), expected);
    assert_eq!(place.read("results/sweeps/s/manifest.json"), manifest);
    place.sim_ends(0, &["sweep", "s.toml", "--force"]);
    assert!(!place.join(FILE).exists());
    place.sim_ends(0, &[&JSONL[..], &["--force"]].concat());
    assert_eq!(place.read(FILE), expected);
    // Of rows that were changed nothing is made.
    place.write("results/sweeps/s/runs.csv", "changed");
    place.sim_ends(65, &JSONL);
    assert_eq!(place.read(FILE), expected);
}
