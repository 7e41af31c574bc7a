//! Sweeps of Gossip Glomers configs: a row per run with its verdict, failures that can be replayed,
//! the same bytes under any workers and stops, and errors with hints.

use std::convert::Infallible;
use std::sync::atomic::{AtomicU64, Ordering};

use sim::config::{BaseText, Experiment, SweepOptions, read_sweep};
use sim::store::Store;
use sim::sweep::{Drive, Ended, Progress, SharedMemory, run_checked};

use crate::support::Place;

/// A program that loses values where messages are lost, and one that does not.
const MIXED: &str = "
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

fn place_with(sweep: &str) -> Place {
    let place = Place::new();
    place.write("s.toml", sweep);
    place
}

/// Returns all files of the sweep's folder, with the hashes of their bytes.
fn results(place: &Place) -> Vec<(String, String)> {
    let files = place.files().into_iter().filter(|file| file.starts_with("results/"));
    let hash = |file: &str| {
        let bytes = std::fs::read(place.join(file)).expect("a file");
        blake3::hash(&bytes).to_hex()[..16].to_owned()
    };
    files.map(|file| (file.clone(), hash(&file))).collect()
}

/// Returns a table's header and rows.
fn table(place: &Place, file: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let text = place.read(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let owned = |row: &csv::StringRecord| row.iter().map(str::to_owned).collect::<Vec<_>>();
    let header = owned(reader.headers().expect("a header"));
    (header, reader.records().map(|row| owned(&row.expect("a row"))).collect())
}

/// Returns the index of a column.
fn column(header: &[String], name: &str) -> usize {
    header.iter().position(|column| column == name).expect(name)
}

#[test]
fn the_bytes_are_the_same_for_any_workers_and_order() {
    let place = place_with(MIXED);
    place.sim_ends(1, &["sweep", "s.toml", "--jobs", "1"]);
    let expected = results(&place);
    assert!(expected.iter().any(|(name, _)| name.ends_with("/failures.csv")), "{expected:?}");
    for options in [&["--jobs", "2"][..], &["--jobs", "4"], &["--jobs", "3", "--backwards"]] {
        let place = place_with(MIXED);
        place.sim_ends(1, &[&["sweep", "s.toml"], options].concat());
        assert_eq!(results(&place), expected, "{options:?}");
    }
    // Every run is checked in any case: `--check` changes nothing.
    let checked = place_with(MIXED);
    checked.sim_ends(1, &["sweep", "s.toml", "--check"]);
    assert_eq!(results(&checked), expected);
    // The resolved sweep is a sweep that gives the same rows.
    let again = place_with(&place.read("results/sweeps/s/sweep.toml"));
    again.sim_ends(1, &["sweep", "s.toml"]);
    assert_eq!(results(&again), expected);
    // A finished sweep is not run again, and has the same exit code.
    let there = place.sim_ends(1, &["sweep", "s.toml"]);
    assert!(there.out.contains("its 48 runs are there already"), "{}", there.out);
}

/// A sweep that is stopped after any number of runs and resumed by another number of workers has
/// the same rows and failures.
#[test]
fn a_stopped_sweep_goes_on_from_its_middle() {
    let none = |_: &str| -> Result<BaseText, Infallible> { unreachable!("it has no base") };
    let sweep = read_sweep("s.toml", MIXED, &SweepOptions::default(), none).expect("a sweep");
    let head = sim::sweep::header(&sweep);
    let run = |stops: &[u64]| {
        let (folder, store) = (Place::new(), Store::new());
        drop(Progress::begin(&store, folder.path(), "hash", &head).expect("a beginning"));
        for (round, stop_after) in stops.iter().chain([&u64::MAX]).enumerate() {
            let resumed = Progress::resume(&store, folder.path(), "hash").expect("a checkpoint");
            let mut progress = resumed.expect("it has begun");
            let begun = AtomicU64::new(0);
            let runner = |experiment: &Experiment, check, stop: &dyn Fn() -> bool| {
                begun.fetch_add(1, Ordering::Relaxed);
                run_checked(experiment, check, stop)
            };
            let pool = rayon::ThreadPoolBuilder::new().num_threads(round % 3 + 1).build();
            let pool = pool.expect("workers");
            let drive = Drive {
                sweep: &sweep,
                runner: &runner,
                pool: &pool,
                memory: SharedMemory(None),
                backwards: false,
            };
            let stop = || begun.load(Ordering::Relaxed) >= *stop_after;
            let ended = drive.run(&mut progress, &stop, &mut |_| {}).expect("no fault");
            let expected = if *stop_after < u64::MAX { Ended::Interrupted } else { Ended::Done };
            assert_eq!(ended, expected);
        }
        let checkpoint = folder.read(sim::store::CHECKPOINT);
        (folder.read(sim::sweep::UNFINISHED_ROWS), checkpoint)
    };
    let expected = run(&[]);
    assert_eq!(expected.0.lines().count(), 1 + 48);
    assert!(run(&[3, 14, 5]) == expected, "stopped three times");
    assert!(run(&[20]) == expected, "stopped once");
}

#[test]
fn rows_say_what_a_run_came_to() {
    let place = place_with(MIXED);
    place.sim_ends(1, &["sweep", "s.toml"]);
    let (header, rows) = table(&place, "results/sweeps/s/runs.csv");
    let first = ["solution", "network.loss", "seed", "end", "strict", "parity", "targets_met"];
    assert_eq!(header[..7], first);
    let last = ["lost", "cut", "crashed", "duplicates", "stale_answers"];
    assert_eq!(header[header.len() - 5..], last);
    let figures = sim::config::figures(&sim::glomers::BROADCAST);
    let figures: Vec<String> = figures.iter().map(|path| path.replace('.', "_")).collect();
    assert_eq!(header[8..header.len() - 5], figures);
    let keys: Vec<&str> = rows.iter().map(|row| row[2].as_str()).collect();
    let seeds: Vec<String> = (0..48).map(|run| (run % 12).to_string()).collect();
    assert_eq!(keys, seeds);
    let strict = column(&header, "strict");
    let invalid = |solution: &str, loss: &str| {
        let of = |row: &&Vec<String>| row[0] == solution && row[1] == loss;
        rows.iter().filter(of).filter(|row| row[strict] == "invalid").count()
    };
    assert_eq!(invalid("broadcast-gossip", "0.01") + invalid("flood", "0"), 0);
    let lost = invalid("flood", "0.01");
    assert!((1..12).contains(&lost), "{lost} of 12 lose something");
    // The table of points has the share of valid runs, with an interval within 0 and 1.
    let (header, points) = table(&place, "results/sweeps/s/points.csv");
    let measure = column(&header, "measure");
    let shares: Vec<&Vec<String>> =
        points.iter().filter(|row| row[measure] == "valid_share").collect();
    assert_eq!(shares.len(), 4);
    let of_flood = shares[1];
    let number = |name: &str| of_flood[column(&header, name)].parse::<f64>().expect(name);
    assert!((number("mean") - (12 - lost) as f64 / 12.0).abs() < 1e-12, "{of_flood:?}");
    assert!(0.0 <= number("ci95_low") && number("ci95_high") <= 1.0, "{of_flood:?}");
    assert!(points.iter().all(|row| row[column(&header, "machine")] == "run"));
}

/// The replay command of a failure gives the same verdict with the same witness.
#[test]
fn a_failure_can_be_run_again() {
    let place = Place::new();
    let ran =
        place.sim_ends(1, &["sweep", "glomers/3c", "--set", "solution=flood", "--seeds", "0..20"]);
    assert!(ran.err.contains("violated: run 0, seed 0: missing-at-node: "), "{}", ran.err);
    let (header, failures) = table(&place, "results/latest/failures.csv");
    assert_eq!(header, ["run", "point", "seed", "kind", "rule", "witness", "replay"]);
    assert!(failures.len() > 10, "{failures:?}");
    let folder = std::path::Path::new(crate::support::SIM).parent().expect("a folder");
    for failure in failures.iter().step_by(6) {
        let script = format!("PATH={}:$PATH; {} --quiet", folder.display(), failure[6]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-euc", &script]).current_dir(place.join("results/latest"));
        let ran: crate::support::Ran = shell.output().expect("a shell").into();
        assert_eq!(ran.code, 1, "{script}\n{}", ran.err);
        let witness = format!("violated: {}: {}", failure[4], failure[5]);
        assert!(ran.err.starts_with(&witness), "{}\n{witness}", ran.err);
    }
}

/// No table depends on the folder that it is written to.
#[test]
fn the_bytes_are_the_same_in_any_folder() {
    let place = Place::new();
    let sweep = ["sweep", "glomers/3c", "--set", "solution=flood", "--seeds", "0..20"];
    for out in ["here", "deep/er \u{1f4c1}"] {
        place.sim_ends(1, &[&sweep[..], &["--out", out]].concat());
    }
    let below = |out: &str| -> Vec<(String, Vec<u8>)> {
        let files = place.files().into_iter().filter(|file| file.starts_with(out));
        let read = |file: &String| std::fs::read(place.join(file)).expect("a file");
        files.map(|file| (file[out.len()..].to_owned(), read(&file))).collect()
    };
    let here = below("here");
    assert!(here.iter().any(|(name, _)| name.ends_with("/failures.csv")), "none failed");
    assert!(here == below("deep/er \u{1f4c1}"), "the files differ");
}

/// The figures of a row are those of the run's results.
#[test]
fn a_row_has_the_figures_of_its_run() {
    let place = Place::new();
    place.sim_ends(0, &["sweep", "glomers/4-g-counter", "--seeds", "3..5", "--duration", "5s"]);
    place.sim_ends(0, &["run", "glomers/4-g-counter", "--seed", "4", "--duration", "5s", "-q"]);
    let (header, rows) = table(&place, "results/sweeps/glomers/4-g-counter+duration=5s/runs.csv");
    let results = place.read("results/latest/results.json");
    let results: serde_json::Value = serde_json::from_str(&results).expect("JSON");
    let number = |name: &str| rows[1][column(&header, name)].parse::<f64>().ok();
    let found = |path: &str| path.split('.').fold(&results, |value, key| &value[key]).as_f64();
    for (name, path) in [
        ("net_servers_send_count", "net.servers.send-count"),
        ("net_servers_msgs_per_op", "net.servers.msgs-per-op"),
        ("op_latency_ms_read_p95", "op-latency-ms.read.p95"),
        ("stats_ok_count", "stats.ok-count"),
        ("cut", "lost-by-network.cut"),
        ("stale_answers", "stale-answers"),
    ] {
        assert!(found(path).is_some(), "{path}");
        assert_eq!(number(name), found(path), "{name}");
    }
}

#[test]
fn a_target_that_is_missed_is_a_failure() {
    let place = Place::new();
    let base = ["sweep", "glomers/3d", "--seeds", "0..2"];
    place.sim_ends(0, &base);
    let (header, rows) = table(&place, "results/sweeps/glomers/3d/runs.csv");
    assert!(rows.iter().all(|row| row[column(&header, "targets_met")] == "true"), "{rows:?}");
    let missed = [&base[..], &["--set", "network.latency=200ms", "--out", "slow"]].concat();
    let ran = place.sim_ends(1, &missed);
    assert!(ran.err.contains("target: stable_latency_ms.p50 <= 90: it is 1"), "{}", ran.err);
    let (header, rows) = table(&place, "slow/latest/runs.csv");
    let row = |name: &str| rows[0][column(&header, name)].as_str();
    assert_eq!([row("strict"), row("targets_met"), row("reason")], ["invalid", "false", "target"]);
    assert_eq!(row("parity"), "valid");
}

#[test]
fn the_gravest_outcome_decides_how_it_ends() {
    // Without operations there is nothing to check.
    let place = Place::new();
    let idle = ["sweep", "glomers/3a", "--set", "rate=0", "--seeds", "0..2"];
    let ran = place.sim_ends(2, &idle);
    assert!(ran.err.contains("of 2 runs it cannot be told"), "{}", ran.err);
    place.sim_ends(2, &idle);
    let limited = ["sweep", "glomers/3b", "--set", "limits.events=500", "--seeds", "0..2"];
    let ran = place.sim_ends(3, &limited);
    assert!(ran.err.contains("2 runs were cut short by a limit"), "{}", ran.err);
}

#[test]
fn it_stops_at_the_same_failure_for_any_workers() {
    let mut expected = None;
    for jobs in ["1", "2", "4"] {
        let place = place_with(MIXED);
        let ran = place.sim_ends(1, &["sweep", "s.toml", "--until-failure", "--jobs", jobs]);
        assert!(ran.err.contains("too many failed"), "{}", ran.err);
        let (_, failures) = table(&place, "results/sweeps/s/failures.csv");
        assert_eq!(failures.len(), 1, "{failures:?}");
        let found = results(&place);
        assert_eq!(expected.get_or_insert(found.clone()), &found, "{jobs} workers");
    }
    let place = place_with(MIXED);
    place.sim_ends(1, &["sweep", "s.toml", "--max-failures", "3"]);
    assert_eq!(table(&place, "results/sweeps/s/failures.csv").1.len(), 3);
}

#[test]
fn any_key_can_be_swept_but_the_family() {
    let config = "[config]\nmodel = \"glomers\"\nworkload = \"broadcast\"\nduration = \"1s\"\n";
    let with = |grid: &str| place_with(&format!("seeds = \"0..2\"\n{config}[grid]\n{grid}\n"));
    for (grid, runs) in [
        ("nodes = [1, 3, [\"a\", \"b\"]]", 6),
        ("\"nemesis.kinds\" = [[], [\"partition\"], [\"crash\", \"pause\"]]", 6),
        ("solution = [\"broadcast-batched\"]\n\"options.interval\" = [\"100ms\", \"1s\"]", 4),
        ("\"network.latency\" = [\"0ms\", { exponential = \"10ms\" }]", 4),
        ("workload = [\"g-counter\", \"pn-counter\"]", 4),
    ] {
        let place = with(grid);
        let ran = place.sim(&["sweep", "s.toml"]);
        assert!(ran.code < 3, "{grid}: {}", ran.err);
        assert_eq!(table(&place, "results/sweeps/s/runs.csv").1.len(), runs, "{grid}");
    }
    for (grid, message) in [
        ("model = [\"scale\", \"glomers\"]", "s.toml:7:9: `model` is no key to sweep over"),
        ("workload = [\"g-set\", \"g-counter\"]", "g-set and g-counter have different figures"),
        ("workload = [\"broadcast\", \"ehco\"]", "expected "),
        ("solution = [\"flud\"]", "there is no node program \"flud\""),
    ] {
        let place = with(grid);
        let ran = place.sim_ends(65, &["sweep", "s.toml"]);
        assert!(ran.err.contains(message), "{grid}: {}", ran.err);
        assert_eq!(place.files(), ["s.toml"], "{grid}");
    }
}

/// The documentation names the columns of the table.
#[test]
fn the_columns_are_documented() {
    let docs =
        std::fs::read_to_string(crate::support::root().join("docs/sweeps.md")).expect("docs");
    for name in ["strict", "parity", "targets_met", "reason", "valid_share", "targets_met_share"] {
        assert!(docs.contains(&format!("`{name}`")), "{name}");
    }
    for name in ["lost", "cut", "crashed", "duplicates", "stale_answers"] {
        assert!(docs.contains(&format!("`{name}`")), "{name}");
    }
}
