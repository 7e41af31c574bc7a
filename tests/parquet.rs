//! `runs.parquet`, in a build with the feature of that name: it has the rows of `runs.csv`, read
//! back by the library that wrote it.

#[expect(dead_code, reason = "the other tests use the rest")]
#[path = "it/support.rs"]
mod support;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use support::Place;

const SCALE: &str = "
seeds = \"5..105\"
[config]
duration = \"10s\"
rates = [1, 3, 6]
events = { send = 0.3 }
[grid]
\"events.send\" = { from = 0.3, to = 0.9, step = 0.6 }
[[zip]]
\"network.latency\" = [\"1ms\", { uniform = [\"0ms\", \"40ms\"] }]
rates = [[1, 3, 6], [\"5/2\", 4, 7]]
";

/// Swept texts, and runs with and without findings.
const GLOMERS: &str = "
seeds = \"0..12\"
[config]
model = \"glomers\"
workload = \"broadcast\"
topology = \"grid\"
rate = 10
duration = \"5s\"
[grid]
solution = [\"flood\", \"broadcast-gossip\"]
\"network.loss\" = [0, 0.01]
";

const FILE: &str = "results/sweeps/s/runs.parquet";

/// Asserts that a sweep's file has the names, the types and the values of its `runs.csv`.
fn has_the_rows_of_the_csv(sweep: &str, exit: i32, rows: usize) {
    let place = Place::new();
    place.write("s.toml", sweep);
    place.sim_ends(exit, &["sweep", "s.toml"]);
    let file = std::fs::File::open(place.join(FILE)).expect("a file");
    let reader = SerializedFileReader::new(file).expect("Parquet");
    let csv = place.read("results/sweeps/s/runs.csv");
    let mut records = csv::Reader::from_reader(csv.as_bytes());
    let header = records.headers().expect("a header").clone();
    let mut count = 0;
    for (row, expected) in reader.get_row_iter(None).expect("rows").zip(records.records()) {
        let (row, expected) = (row.expect("a row"), expected.expect("a row"));
        count += 1;
        for ((name, field), (column, text)) in
            row.get_column_iter().zip(header.iter().zip(&expected))
        {
            assert_eq!(name, column);
            let same = match field {
                Field::Null => text.is_empty(),
                Field::Long(number) => *number == text.parse::<i64>().expect(text),
                Field::Double(number) => *number == text.parse::<f64>().expect(text),
                Field::Str(found) => found == text,
                other => panic!("{other}"),
            };
            assert!(same, "row {count}, {name}: {field} is not {text}");
        }
    }
    assert_eq!(count, rows);
}

#[test]
fn a_sweep_of_the_scale_model_has_the_rows_of_the_csv() {
    has_the_rows_of_the_csv(SCALE, 0, 1_200);
}

#[test]
fn a_sweep_of_gossip_glomers_has_the_rows_of_the_csv() {
    has_the_rows_of_the_csv(GLOMERS, 1, 48);
}

/// Every sweep writes the file unasked; on a finished sweep it is written only where it is named.
#[test]
fn it_is_written_by_every_sweep() {
    let place = Place::new();
    place.write("s.toml", SCALE);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let bytes = std::fs::read(place.join(FILE)).expect("a file");
    std::fs::remove_file(place.join(FILE)).expect("removed");
    place.sim_ends(0, &["sweep", "s.toml"]);
    assert!(!place.join(FILE).exists());
    let again = place.sim_ends(0, &["sweep", "s.toml", "--export", "parquet"]);
    assert!(again.out.contains("exported runs.parquet"), "{}", again.out);
    assert_eq!(std::fs::read(place.join(FILE)).expect("a file"), bytes);
}
