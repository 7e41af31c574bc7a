//! Columns of the CSV files of runs and sweeps: each has one type in all rows, for the sake of
//! readers that infer it from the first rows alone.

use crate::support::Place;
use sim::config::SWEEPS;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Integer,
    Float,
    Text,
}

fn kind(cell: &str) -> Kind {
    let digits = cell.strip_prefix('-').unwrap_or(cell);
    match cell.parse::<f64>() {
        Ok(_) if digits.bytes().all(|byte| byte.is_ascii_digit()) => Kind::Integer,
        Ok(_) => Kind::Float,
        Err(_) => Kind::Text,
    }
}

/// Asserts that each column of a table has one type. Columns in `mixed` are text as soon as their
/// first cell is.
#[track_caller]
fn assert_typed(place: &Place, name: &str, mixed: &[&str]) {
    let text = place.read(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let mut kinds: Vec<Option<Kind>> = vec![None; header.len()];
    for record in reader.records() {
        let record = record.expect("a row");
        for ((cell, column), known) in record.iter().zip(&header).zip(&mut kinds) {
            if cell.is_empty() || (*known == Some(Kind::Text) && mixed.contains(&column)) {
                continue;
            }
            let known = *known.get_or_insert(kind(cell));
            assert_eq!(kind(cell), known, "{name}: {column}: {cell}");
        }
    }
}

#[test]
fn every_shipped_sweep_has_columns_of_one_type() {
    let place = Place::new();
    for sweep in SWEEPS {
        let short = ["--seeds", "0..1", "--duration", "2s", "-q"];
        let ran = place.sim(&[&["sweep", sweep.name][..], &short].concat());
        assert!([0, 1, 2].contains(&ran.code), "{}: {}", sweep.name, ran.err);
        let of = |file: &str| format!("results/latest/{file}");
        assert_typed(&place, &of("runs.csv"), &[]);
        assert_typed(&place, &of("points.csv"), &["machine"]);
        if place.join(&of("failures.csv")).exists() {
            assert_typed(&place, &of("failures.csv"), &[]);
        }
    }
}

#[test]
fn a_trace_with_sends_to_one_and_to_all_has_numbers_alone() {
    let place = Place::new();
    place.write(
        "both.toml",
        "duration = \"20s\"\nrates = [3, 4, 5]\nevents = { one = 0.4, all = 0.2 }\n\
         network = { latency = \"10ms\", loss = 0.1, duplication = 0.2 }\n",
    );
    place.sim_ends(0, &["run", "both.toml", "--net", "--split", "-q"]);
    for file in ["trace.csv", "net.csv", "machine-1.csv"] {
        assert_typed(&place, &format!("results/both/seed-1/{file}"), &[]);
    }
    let trace = place.read("results/both/seed-1/trace.csv");
    assert!(trace.contains(",,0,") && !trace.contains('*'));
    place.sim_ends(0, &["check", "results/both/seed-1", "-q"]);
}

/// Runs a sweep with this axis over a small config.
fn sweep_over(place: &Place, axis: &str) -> crate::support::Ran {
    place.write("base.toml", "duration = \"2s\"\nrates = [1, 2]\nevents = { send = 0.9 }\n");
    place.write("s.toml", format!("base = \"base.toml\"\nseeds = \"0..2\"\n[grid]\n{axis}\n"));
    place.sim(&["sweep", "s.toml", "-q", "--force"])
}

#[test]
fn swept_values_are_cells_of_one_type() {
    let first_cells = |axis: &str| {
        let place = Place::new();
        let ran = sweep_over(&place, axis);
        assert_eq!(ran.code, 0, "{}", ran.err);
        let runs = place.read("results/sweeps/s/runs.csv");
        let mut cells: Vec<String> = runs
            .lines()
            .skip(1)
            .map(|row| row.split(',').next().expect("a cell").to_owned())
            .collect();
        cells.dedup();
        let points = place.read("results/sweeps/s/points.csv");
        // The key is there as text, and where that is no number, also as one.
        let is_there = |cell: &String| {
            let begins = |line: &str| {
                line.starts_with(&format!("{cell},run,")) || line.starts_with(&format!("{cell},0."))
            };
            points.lines().any(begins)
        };
        assert!(cells.iter().all(is_there), "{points}");
        cells
    };
    assert_eq!(first_cells("\"events.send\" = [0, 0.5, 1]"), ["0.0", "0.5", "1.0"]);
    assert_eq!(first_cells("\"events.send\" = [\"0\", \"1/4\"]"), ["0", "1/4"]);
    assert_eq!(
        first_cells("\"events.send\" = { from = 0, to = 0.5, step = 0.25 }"),
        ["0.0", "0.25", "0.5"]
    );
    assert_eq!(first_cells("\"limits.events\" = [1_000, 2000]"), ["1000", "2000"]);
}

#[test]
fn axes_that_cannot_be_meant_are_errors() {
    let place = Place::new();
    let check = |axis: &str, problem: &str| {
        let ran = sweep_over(&place, axis);
        assert_eq!(ran.code, 65, "{axis}: {}", ran.err);
        assert!(ran.err.contains(problem), "{axis}: {}", ran.err);
    };
    check(
        "\"events.send\" = { from = 0.1, to = 0.8, step = 0.2 }",
        "steps of 0.2 miss the end 0.8: the last value would be 0.7\n",
    );
    check(
        "\"network.latency\" = { from = \"0ms\", to = \"1s\", step = \"300ms\" }",
        "steps of 300ms miss the end 1s: the last value would be 900ms\n",
    );
    let ran = sweep_over(
        &place,
        "\"network.latency\" = { from = \"0ms\", to = \"1s\", step = \"300ms\" }",
    );
    assert!(ran.err.contains("write `to = \"900ms\"`"), "{}", ran.err);
    for twice in ["[0.25, \"1/4\"]", "[0.5, 0.50]", "[\"30%\", 0.1, 3e-1]"] {
        check(&format!("\"events.send\" = {twice}"), "is here twice: ");
    }
    check("\"network.latency\" = [\"1s\", \"1000ms\"]", "the value 1s is here twice: 1000ms is");
    check("name = [\"a\", \"b\"]", "`name` is no key to sweep over");
}
