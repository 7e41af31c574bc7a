//! Merges that keep not all rows: what a kill leaves of them, and what a report says of them.

use crate::support::Place;

const SWEEP: &str = "
seeds = \"0..12\"
[config]
model = \"glomers\"
workload = \"broadcast\"
solution = \"flood\"
duration = \"3s\"
[grid]
\"network.loss\" = [0, \"2%\"]
";

const MERGE: [&str; 4] = ["sweep", "merge", "sw", "--rows=violations"];

/// Returns a place with a result that has the rows of violations.
fn merged() -> Place {
    let place = Place::new();
    place.write("s.toml", SWEEP);
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "1", "--out", "sw"]);
    place.sim_ends(0, &["sweep", "shard", "--manifest", "sw", "--index", "0"]);
    place.sim_ends(1, &MERGE);
    place
}

#[test]
fn what_a_killed_merge_leaves_is_not_taken_for_all_runs() {
    let place = merged();
    let folder = "results/sweeps/s";
    place.sim_ends(1, &["sweep", "s.toml", "--out", "one"]);
    let hash = blake3::hash(place.read(&format!("{folder}/sweep.toml")).as_bytes()).to_string();
    let all = place.files().into_iter().filter(|file| file.starts_with(folder)).count();
    // A kill just before the manifest.
    let kill = || {
        std::fs::remove_file(place.join(&format!("{folder}/manifest.json"))).expect("a file");
        place.write(&format!("{folder}/.sim-unfinished"), &hash);
    };
    kill();
    place.sim_ends(1, &MERGE);
    assert_eq!(place.files().into_iter().filter(|file| file.starts_with(folder)).count(), all);
    kill();
    place.sim_ends(73, &["sweep", "s.toml"]);
    place.sim_ends(1, &["sweep", "s.toml", "--resume"]);
    for file in ["manifest.json", "points.csv", "runs.csv"] {
        let one = place.read(&format!("one/sweeps/s/{file}"));
        assert_eq!(place.read(&format!("{folder}/{file}")), one, "{file}");
    }
    assert!(!place.join(&format!("{folder}/sums.jsonl")).exists(), "{:?}", place.files());
    // An unfinished sweep is not replaced by a merge, unless that is asked for.
    kill();
    place.write(&format!("{folder}/checkpoint.json"), "{}");
    let ran = place.sim_ends(73, &MERGE);
    assert!(ran.err.contains("`sim sweep --resume`"), "{}", ran.err);
    place.sim_ends(1, &[&MERGE[..], &["--force"]].concat());
}

#[test]
fn rows_of_violations_are_not_taken_for_all() {
    let place = merged();
    place.sim_ends(0, &["report", "results/sweeps/s", "--out", "page.html"]);
    let page = place.read("page.html");
    assert!(page.contains("Outliers are not looked for"), "{page}");
    assert!(page.contains("rows kept"), "{page}");
    let at = ["plot", "results/sweeps/s", "--at", "network.loss=2%", "--out", "x.svg"];
    let ran = place.sim_ends(65, &at);
    assert!(ran.err.contains("does not have the rows of all runs"), "{}", ran.err);
}
