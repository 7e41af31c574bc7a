//! Exports of a sweep's runs: their names, and their files.

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

/// A build with the feature writes the file unasked; on a finished sweep only where it is named.
#[cfg(feature = "parquet")]
#[test]
fn parquet_is_written_by_every_sweep() {
    let place = place();
    place.sim_ends(0, &["sweep", "s.toml"]);
    let file = place.join("results/sweeps/s/runs.parquet");
    let bytes = std::fs::read(&file).expect("a file");
    std::fs::remove_file(&file).expect("removed");
    place.sim_ends(0, &["sweep", "s.toml"]);
    assert!(!file.exists());
    let again = place.sim_ends(0, &["sweep", "s.toml", "--export", "parquet"]);
    assert!(again.out.contains("exported runs.parquet"), "{}", again.out);
    assert_eq!(std::fs::read(&file).expect("a file"), bytes);
}
