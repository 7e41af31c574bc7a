//! Sweeps in shards: what is refused, with which exit code and which words, and what status shows.

use crate::support::{Place, Ran};

const SWEEP: &str = "
seeds = \"0..40\"
[config]
duration = \"2s\"
rates = [1, 3]
events = { send = 0.5 }
";

/// Returns a place with a plan of four shards, of which the first one is done.
fn place() -> Place {
    let place = Place::new();
    place.write("s.toml", SWEEP);
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "4", "--out", "sw"]);
    assert_eq!(shard(&place, "0").code, 0);
    place
}

fn shard(place: &Place, index: &str) -> Ran {
    place.sim(&["sweep", "shard", "--manifest", "sw/manifest.json", "--index", index])
}

#[track_caller]
fn refused(ran: &Ran, code: i32, words: &str) {
    assert_eq!(ran.code, code, "{}", ran.err);
    assert!(ran.err.contains(words), "expected {words:?}, found:\n{}", ran.err);
    assert_eq!(ran.out, "");
}

fn edit(place: &Place, file: &str, from: &str, to: &str) {
    let text = place.read(file);
    assert!(text.contains(from), "{file}: {text}");
    place.write(file, text.replacen(from, to, 1));
}

#[test]
fn another_program_is_refused() {
    let place = place();
    let version = format!("\"sim\": \"{}\"", env!("CARGO_PKG_VERSION"));
    edit(&place, "sw/manifest.json", &version, "\"sim\": \"0.0.9\"");
    for words in [&["shard", "--index", "1", "--manifest"][..], &["status"], &["merge"]] {
        let ran = place.sim(&[&["sweep"], words, &["sw"]].concat());
        refused(&ran, 65, "manifest.json: it is of sim 0.0.9, and this is sim");
    }
    edit(&place, "sw/manifest.json", "\"sim\": \"0.0.9\"", &version);
    edit(&place, "sw/manifest.json", "\"source\": \"", "\"source\": \"0");
    refused(&shard(&place, "1"), 65, "built from other source");
}

#[test]
fn bounds_that_leave_runs_out_are_refused() {
    let place = place();
    edit(&place, "sw/manifest.json", "[10, 20]", "[11, 20]");
    refused(&shard(&place, "1"), 65, "its bounds leave runs out");
    edit(&place, "sw/manifest.json", "[11, 20]", "[10, 20]");
    let plan = place.read("sw/manifest.json");
    let begin = plan.find("\"bounds\"").expect("bounds");
    place.write("sw/manifest.json", format!("{}\"bounds\": []\n}}\n", &plan[..begin]));
    for words in [&["shard", "--index", "0", "--manifest"][..], &["status"], &["merge"]] {
        let ran = place.sim(&[&["sweep"], words, &["sw"]].concat());
        refused(&ran, 65, "its bounds are not within its runs");
    }
}

#[test]
fn the_manifest_of_another_sweep_is_refused() {
    let place = place();
    edit(&place, "sw/sweep.toml", "0..40", "0..50");
    refused(&shard(&place, "1"), 65, "sweep.toml: it is not the sweep that manifest.json was made");
    edit(&place, "sw/sweep.toml", "0..50", "0..40");
    edit(&place, "sw/manifest.json", "\"points\": 1", "\"points\": 2");
    refused(&shard(&place, "1"), 65, "it is not the sweep that");
    edit(&place, "sw/manifest.json", "\"points\": 2", "\"points\": 1");
    edit(&place, "sw/manifest.json", "\"folder\": \"s\"", "\"folder\": \"../s\"");
    refused(&shard(&place, "1"), 65, "`folder` leads elsewhere");
    place.write("sw/manifest.json", "{\"format\": 1}");
    refused(&shard(&place, "1"), 65, "it is no plan of a sweep");
    std::fs::remove_file(place.join("sw/manifest.json")).expect("a file");
    refused(&shard(&place, "1"), 65, "there is no such file; `sim sweep plan` makes one");
    // A shard of another sweep in the folder of a plan.
    let (a, b) = (self::place(), Place::new());
    b.write("s.toml", SWEEP.replace("2s", "3s"));
    b.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "4", "--out", "sw"]);
    std::fs::rename(a.join("sw/part"), b.join("sw/part")).expect("a folder");
    refused(&b.sim(&["sweep", "merge", "sw"]), 65, "shard.json: it is of another sweep");
    // The shard is run again.
    let ran = shard(&b, "0");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(
        ran.err.contains("warning") && ran.err.contains("it is of another sweep"),
        "{}",
        ran.err
    );
}

#[test]
fn a_shard_that_was_edited_is_refused_and_run_again() {
    let place = place();
    for index in ["1", "2", "3"] {
        assert_eq!(shard(&place, index).code, 0);
    }
    let rows = place.files().into_iter().find(|f| f.contains("shard=000001/runs-")).expect("rows");
    edit(&place, &rows, "\n10,1,duration", "\n11,1,duration");
    refused(&place.sim(&["sweep", "merge", "sw"]), 65, "it was changed since it was written");
    assert!(!place.join("results/sweeps/s").exists(), "{:?}", place.files());
    let ran = shard(&place, "1");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("the shard is run again"), "{}", ran.err);
    edit(&place, "sw/part/shard=000002/shard.json", "\"failures\":[]", "\"failures\":[ ]");
    refused(&place.sim(&["sweep", "merge", "sw"]), 65, "--index 2 runs it again");
    assert_eq!(shard(&place, "2").code, 0);
    place.sim_ends(0, &["sweep", "merge", "sw"]);
    // A file that is cut is seen at once.
    place.write(&rows, "");
    let ran = place.sim_ends(0, &["sweep", "status", "sw"]);
    assert!(ran.out.contains("shard 1 cannot be used: runs-"), "{}", ran.out);
}

#[test]
fn an_index_has_to_be_given_and_there() {
    let place = place();
    refused(&shard(&place, "4"), 64, "there is no shard 4: the plan has the shards 0 to 3");
    let words = ["sweep", "shard", "--manifest", "sw"];
    refused(&place.sim(&words), 64, "which shard? Use --index I, or an engine");
    for (variable, value, index) in [
        ("SLURM_ARRAY_TASK_ID", "2", 2),
        ("HQ_TASK_ID", "1", 1),
        ("JOB_COMPLETION_INDEX", "3", 3),
        ("PARALLEL_SEQ", "1", 0),
    ] {
        let output = place.command(&words).env(variable, value).output().expect("it runs");
        let ran = Ran::from(output);
        assert_eq!(ran.code, 0, "{}", ran.err);
        assert!(ran.out.contains(&format!("shard {index}: ")), "{}", ran.out);
    }
    let output = place.command(&words).env("SLURM_ARRAY_TASK_ID", "9").output().expect("it runs");
    refused(&output.into(), 64, "there is no shard 9");
}

#[test]
fn a_merge_waits_for_all_shards() {
    let place = place();
    let ran = place.sim(&["sweep", "merge", "sw"]);
    refused(&ran, 75, "10 of 40 runs are done; not done are the shards 1-3");
    assert!(!place.join("results").exists(), "{:?}", place.files());
}

#[test]
fn a_plan_is_not_written_over() {
    let place = place();
    let other = ["sweep", "plan", "s.toml", "--shards", "3", "--out", "sw"];
    refused(&place.sim(&other), 73, "manifest.json is there already");
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "4", "--out", "sw"]);
    place.sim_ends(0, &[&other[..], &["--force"]].concat());
    place.write("limited.toml", format!("max_failures = 1\n{SWEEP}"));
    let ran = place.sim(&["sweep", "plan", "limited.toml", "--shards", "3", "--out", "x"]);
    refused(&ran, 65, "leave `max_failures` out");
    let ran = place.sim(&["sweep", "plan", "s.toml", "--engine", "slrum"]);
    refused(&ran, 64, "did you mean `slurm`?");
    refused(
        &place.sim(&["sweep", "plan", "s.toml", "--rows", "some"]),
        64,
        "none, violations or all",
    );
}

#[test]
fn status_says_what_is_done_and_what_failed() {
    let place = place();
    let status = |place: &Place| -> serde_json::Value {
        let ran = place.sim_ends(0, &["sweep", "status", "sw", "--format", "json"]);
        serde_json::from_str::<serde_json::Value>(&ran.out).expect("JSON")["result"].clone()
    };
    let value = status(&place);
    assert_eq!(value["runs_done"], 10);
    assert_eq!(value["to_start"], "1-3");
    assert_eq!(value["complete"], false);
    // A shard whose rows cannot be written.
    place.write("sw/part/shard=000002", "");
    let ran = shard(&place, "2");
    assert_eq!(ran.code, 74, "{}", ran.err);
    std::fs::remove_file(place.join("sw/part/shard=000002")).expect("a file");
    // What an attempt that failed leaves, and one that runs, and one that is silent.
    std::fs::create_dir_all(place.join("sw/part/shard=000001")).expect("a folder");
    std::fs::create_dir_all(place.join("sw/part/shard=000002")).expect("a folder");
    let failed = "{\"exit\": 74, \"message\": \"no space is left\"}";
    place.write("sw/part/shard=000001/failed.json", failed);
    let beat = |at: u64| {
        format!(
            "{{\"host\":\"a\",\"process\":7,\"began_s\":1,\"at_s\":{at},\"first\":0,\"done\":4}}"
        )
    };
    place.write("sw/part/shard=000002/running.json", beat(u64::MAX >> 1));
    let value = status(&place);
    assert_eq!(value["runs_done"], 14);
    assert_eq!(value["to_start"], "1,3");
    assert_eq!(value["states"][0]["reason"], "no space is left");
    assert_eq!(value["states"][1]["state"], "running");
    place.write("sw/part/shard=000002/running.json", beat(1_000));
    let value = status(&place);
    assert_eq!((&value["to_start"], &value["states"][1]["state"]), (&"1-3".into(), &"lost".into()));
    let ran = place.sim_ends(0, &["sweep", "status", "sw"]);
    for words in ["shard 1 failed (74): no space is left", "shard 2 was lost: process 7 on a"] {
        assert!(ran.out.contains(words), "{}", ran.out);
    }
    for index in ["1", "2", "3"] {
        assert_eq!(shard(&place, index).code, 0);
    }
    let ran = place.sim_ends(0, &["sweep", "status", "sw"]);
    assert!(ran.out.contains("all is done: sim sweep merge sw"), "{}", ran.out);
    assert_eq!(place.sim_ends(0, &["sweep", "status", "sw", "--missing"]).out, "\n");
}

#[test]
fn engines_get_a_job_file() {
    let place = place();
    for (engine, file, words) in [
        ("slurm", "job.slurm", "#SBATCH --array=0-3"),
        ("parallel", "parallel.sh", "--jobs 1 --retries 3 --joblog"),
        ("hq", "hq.sh", "hq submit --name sim-s --array 0-3"),
        ("k8s", "job.yaml", "completionMode: Indexed"),
        ("snakemake", "Snakefile", "rule shard:"),
    ] {
        let plan = ["sweep", "plan", "s.toml", "--shards", "4", "--out", "sw", "--engine", engine];
        let ran = place.sim_ends(0, &plan);
        let text = place.read(&format!("sw/{file}"));
        assert!(text.contains(words), "{text}");
        assert!(text.contains("4 shards of about 10 runs each"), "{text}");
        assert!(text.contains("a run takes"), "{text}");
        assert!(!text.contains('@') || engine == "hq", "{text}");
        assert!(ran.out.contains(file), "{}", ran.out);
        if file.ends_with(".sh") || engine == "slurm" {
            let sh = std::process::Command::new("sh")
                .args(["-n", &format!("sw/{file}")])
                .current_dir(place.path())
                .status()
                .expect("a shell");
            assert!(sh.success(), "{text}");
        }
    }
}

/// Returns whether a shard's folder has a file of this name.
fn has(place: &Place, shard: u64, name: &str) -> bool {
    place.join(&format!("sw/part/shard={shard:06}/{name}")).exists()
}

#[test]
fn files_of_another_attempt_stay_until_the_shard_is_done() {
    let place = place();
    let names = [".sim-a.shared", "runs-0123456789abcdef.csv"];
    std::fs::create_dir_all(place.join("sw/part/shard=000001")).expect("a folder");
    for name in names {
        place.write(&format!("sw/part/shard=000001/{name}"), "x");
    }
    let words = ["sweep", "shard", "--manifest", "sw", "--index", "1", "--time-budget", "1ns"];
    let ran = place.sim(&words);
    assert_eq!(ran.code, 75, "{}", ran.err);
    assert!(names.iter().all(|name| has(&place, 1, name)), "{:?}", place.files());
    assert!(!has(&place, 1, "running.json"), "{:?}", place.files());
    assert_eq!(shard(&place, "1").code, 0);
    assert!(!names.iter().any(|name| has(&place, 1, name)), "{:?}", place.files());
}

#[test]
fn outputs_with_sums_are_none_of_a_plan_without() {
    let place = place();
    edit(&place, "sw/manifest.json", "\"sums\": true", "\"sums\": false");
    let ran = place.sim_ends(0, &["sweep", "status", "sw"]);
    assert!(ran.out.contains("shard 0 cannot be used: it is no"), "{}", ran.out);
    let ran = shard(&place, "0");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("the shard is run again"), "{}", ran.err);
}

#[test]
fn a_damaged_shard_that_was_planned_again_is_removed_and_planned_once_more() {
    let place = place();
    place.sim_ends(0, &["sweep", "plan", "sw", "--missing", "--shards", "2"]);
    for index in ["4", "5"] {
        assert_eq!(shard(&place, index).code, 0);
    }
    edit(&place, "sw/part/shard=000000/shard.json", "\"failures\":[]", "\"failures\":[ ]");
    let ran = place.sim(&["sweep", "merge", "sw"]);
    refused(&ran, 65, "--index 0 removes it, then `sim sweep plan sw --missing`");
    let ran = shard(&place, "0");
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.err.contains("removed; `sim sweep plan sw --missing`"), "{}", ran.err);
    refused(&place.sim(&["sweep", "merge", "sw"]), 75, "no shard has the missing ones");
    let ran = place.sim_ends(0, &["sweep", "status", "sw"]);
    assert!(ran.out.contains("missing runs: sim sweep plan sw --missing"), "{}", ran.out);
    place.sim_ends(0, &["sweep", "plan", "sw", "--missing", "--shards", "1"]);
    assert_eq!(shard(&place, "6").code, 0);
    place.sim_ends(0, &["sweep", "merge", "sw"]);
}
