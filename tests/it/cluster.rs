//! Sweeps in shards: the bytes of one sweep after any mix of kills, double starts, stops and plans.

use std::process::{Child, Stdio};
use std::time::Duration;

use crate::support::{Place, Ran};

/// Three points of the scale model, forty seeds, each run checked.
const SCALE: &str = "
seeds = \"5..45\"
check = true
[config]
duration = \"10s\"
rates = [1, 3, 6]
[grid]
\"events.send\" = [0.3, 0.6, 0.9]
";

/// Two points of a node that loses values, so that runs fail.
const GLOMERS: &str = "
seeds = \"0..30\"
[config]
model = \"glomers\"
workload = \"broadcast\"
solution = \"flood\"
duration = \"3s\"
[grid]
\"network.loss\" = [0, \"2%\"]
";

/// Returns a place with a sweep file, the folder of its result, and that result's files.
fn place_with(sweep: &str, code: i32) -> (Place, Vec<(String, String)>) {
    let place = Place::new();
    place.write("s.toml", sweep);
    place.sim_ends(code, &["sweep", "s.toml", "--out", "one", "--quiet"]);
    let files = files_below(&place, "one/");
    assert!(files.len() >= 5, "{files:?}");
    (place, files)
}

/// Returns all files below a folder, with the hashes of their bytes.
fn files_below(place: &Place, folder: &str) -> Vec<(String, String)> {
    let below = |file: String| {
        let name = file.strip_prefix(folder)?.to_owned();
        let bytes = std::fs::read(place.join(&file)).expect("a file");
        Some((name, blake3::hash(&bytes).to_hex().to_string()))
    };
    place.files().into_iter().filter_map(below).collect()
}

fn shard(place: &Place, index: u64, options: &[&str]) -> Ran {
    let index = index.to_string();
    let words = ["sweep", "shard", "--manifest", "sw/manifest.json", "--index", &index];
    place.sim(&[&words[..], options].concat())
}

/// Returns the shards that have to be started.
fn missing(place: &Place) -> Vec<u64> {
    let spec = place.sim_ends(0, &["sweep", "status", "sw", "--missing"]).out;
    let range = |part: &str| {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        from.parse().expect("a number")..=to.parse::<u64>().expect("a number")
    };
    spec.trim().split(',').filter(|part| !part.is_empty()).flat_map(range).collect()
}

fn finish(place: &Place) {
    for index in missing(place) {
        let ran = shard(place, index, &["--quiet"]);
        assert_eq!(ran.code, 0, "shard {index}: {}", ran.err);
    }
}

#[test]
fn the_shards_of_a_sweep_give_its_bytes() {
    for (sweep, code) in [(SCALE, 0), (GLOMERS, 1)] {
        let (place, expected) = place_with(sweep, code);
        for shards in ["1", "4", "7"] {
            place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", shards, "--out", "sw"]);
            for index in missing(&place).into_iter().rev() {
                assert_eq!(shard(&place, index, &["--jobs", "2"]).code, 0);
            }
            let merge = ["sweep", "merge", "sw", "--out", "merged", "--quiet"];
            place.sim_ends(code, &merge);
            assert_eq!(files_below(&place, "merged/"), expected, "{shards} shards");
            // The same result is there already.
            place.sim_ends(code, &merge);
            std::fs::remove_dir_all(place.join("merged")).expect("a folder");
            std::fs::remove_dir_all(place.join("sw")).expect("a folder");
        }
    }
}

/// The commands that tasks of an array may call without a plan.
#[test]
fn shards_without_a_plan_give_the_bytes_of_the_sweep() {
    let (place, expected) = place_with(GLOMERS, 1);
    let task = |part: &str| {
        let mut command =
            place.command(&["sweep", "s.toml", "--shard", part, "--out", "sw", "--quiet"]);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program runs")
    };
    let tasks: Vec<Child> = ["2/3", "0/3", "1/3", "0/3"].map(task).into();
    for task in tasks {
        let ran: Ran = task.wait_with_output().expect("it ends").into();
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    place.sim_ends(1, &["sweep", "merge", "sw", "--out", "merged", "--quiet"]);
    assert_eq!(files_below(&place, "merged/"), expected);
    let other = ["sweep", "s.toml", "--seeds", "0..9", "--shard", "0/3", "--out", "sw"];
    let ran = place.sim_ends(65, &other);
    assert!(ran.err.contains("it is the plan of another sweep"), "{}", ran.err);
    let ran = place.sim_ends(64, &["sweep", "s.toml", "--shard", "3/3", "--out", "sw"]);
    assert!(ran.err.contains("counted from 0: to 2/3"), "{}", ran.err);
}

#[expect(clippy::disallowed_methods, reason = "a process of its own needs time")]
fn wait(milliseconds: u64) {
    std::thread::sleep(Duration::from_millis(milliseconds));
}

#[test]
fn kills_double_starts_stops_and_other_plans_change_no_byte() {
    // Runs of some milliseconds, so that a shard takes about half a second.
    let scale = SCALE.replace("10s", "200s");
    let glomers = GLOMERS.replace("3s", "20s");
    for (sweep, code) in [(&scale, 0), (&glomers, 1)] {
        let (place, expected) = place_with(sweep, code);
        place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "5", "--out", "sw"]);
        let mut chance = 12_345u64;
        let mut draw = |below: u64| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (chance >> 33) % below
        };
        for round in 0..14 {
            let open = missing(&place);
            if open.is_empty() {
                break;
            }
            if round == 7 {
                place.sim_ends(0, &["sweep", "plan", "sw", "--missing", "--shards", "4"]);
            }
            let index = open[draw(open.len() as u64) as usize];
            match draw(4) {
                0 => {
                    let ran = shard(&place, index, &["--time-budget", "150ms"]);
                    assert!([0, 75].contains(&ran.code), "{}: {}", ran.code, ran.err);
                }
                kind => {
                    let index = index.to_string();
                    let words =
                        ["sweep", "shard", "--manifest", "sw", "--index", &index, "--jobs", "1"];
                    let mut start = || {
                        let mut command = place.command(&words);
                        command.stdout(Stdio::null()).stderr(Stdio::null());
                        command.spawn().expect("the program runs")
                    };
                    // One of two attempts, or both, are killed.
                    let mut first = start();
                    let mut second = (kind == 1).then(&mut start);
                    wait(20 + draw(300));
                    first.kill().expect("it is a child");
                    first.wait().expect("it ends");
                    if let Some(second) = &mut second {
                        if draw(2) == 0 {
                            second.kill().expect("it is a child");
                        }
                        second.wait().expect("it ends");
                    }
                }
            }
        }
        let ran = place.sim(&["sweep", "merge", "sw", "--out", "merged"]);
        assert!([75, code].contains(&ran.code), "{}: {}", ran.code, ran.err);
        finish(&place);
        place.sim_ends(code, &["sweep", "merge", "sw", "--out", "merged", "--quiet"]);
        assert_eq!(files_below(&place, "merged/"), expected);
        finish_leaves_two_files(&place);
    }
}

/// Asserts that shards that are done have at most two files, once they are started again.
fn finish_leaves_two_files(place: &Place) {
    let mut counts = std::collections::BTreeMap::<String, Vec<String>>::new();
    for file in files_below(place, "sw/part/") {
        let (folder, name) = file.0.split_once('/').expect("a folder");
        counts.entry(folder.to_owned()).or_default().push(name.to_owned());
    }
    for (folder, names) in counts {
        // Shards that were planned again may have been killed.
        if names.iter().any(|name| name == "shard.json") {
            let index = folder.trim_start_matches("shard=").parse().expect("a number");
            assert_eq!(shard(place, index, &[]).code, 0);
            let left = files_below(place, &format!("sw/part/{folder}/")).len();
            assert!(left <= 2, "{folder}: {names:?}");
        }
    }
}

#[test]
fn a_time_budget_ends_a_shard_cleanly_and_the_next_start_goes_on() {
    let (place, expected) = place_with(&SCALE.replace("10s", "1000s"), 0);
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "1", "--out", "sw"]);
    let (mut stops, mut last) = (0, 0);
    loop {
        let ran = shard(&place, 0, &["--time-budget", "300ms", "--format", "json"]);
        let value: serde_json::Value = serde_json::from_str(&ran.out).expect("JSON");
        let done = value["result"]["done"].as_u64().expect("a number");
        assert!(done >= last, "{done} after {last}");
        last = done;
        if ran.code == 0 {
            break;
        }
        assert_eq!(ran.code, 75, "{}", ran.err);
        stops += 1;
        assert!(stops < 200, "no progress: {done} runs");
    }
    assert!(stops > 0, "the machine is too fast for this test");
    place.sim_ends(0, &["sweep", "merge", "sw", "--out", "merged", "--quiet"]);
    assert_eq!(files_below(&place, "merged/"), expected);
}

#[test]
fn rows_of_violations_or_none_depend_on_no_shards() {
    let (place, _) = place_with(GLOMERS, 1);
    for rows in ["violations", "none"] {
        let mut all = vec![];
        for (shards, planned) in [("1", rows), ("5", rows), ("3", "all")] {
            let plan =
                ["sweep", "plan", "s.toml", "--shards", shards, "--out", "sw", "--rows", planned];
            place.sim_ends(0, &plan);
            finish(&place);
            place.sim_ends(1, &["sweep", "merge", "sw", "--rows", rows, "--out", "merged"]);
            all.push(files_below(&place, "merged/"));
            for folder in ["sw", "merged"] {
                std::fs::remove_dir_all(place.join(folder)).expect("a folder");
            }
        }
        assert_eq!(all[0], all[1], "{rows}");
        assert_eq!(all[0], all[2], "{rows}");
        assert!(all[0].iter().any(|(name, _)| name.ends_with("/sums.jsonl")), "{:?}", all[0]);
    }
    // Means are those of all rows, up to the rounding of each run.
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "2", "--out", "sw", "--rows=none"]);
    finish(&place);
    let ran = place.sim_ends(64, &["sweep", "merge", "sw", "--rows", "all"]);
    assert!(ran.err.contains("the shards keep none rows"), "{}", ran.err);
    place.sim_ends(1, &["sweep", "merge", "sw", "--out", "merged"]);
    let table = |root: &str| {
        let text = place.read(&format!("{root}/sweeps/s/points.csv"));
        let rows = text.lines().skip(1).map(|row| row.split(',').map(str::to_owned).collect());
        rows.collect::<Vec<Vec<String>>>()
    };
    let (exact, of_rows) = (table("merged"), table("one"));
    assert_eq!(exact.len(), of_rows.len());
    for (a, b) in exact.iter().zip(&of_rows) {
        assert_eq!(a[..4], b[..4]);
        for (a, b) in a[4..11].iter().zip(&b[4..11]) {
            let number = |text: &str| text.parse::<f64>().unwrap_or(0.0);
            assert!((number(a) - number(b)).abs() <= 1e-8 * number(b).abs().max(1.0), "{a} {b}");
        }
    }
}

#[test]
fn a_shard_is_verified_by_its_runs() {
    let (place, _) = place_with(SCALE, 0);
    place.sim_ends(0, &["sweep", "plan", "s.toml", "--shards", "2", "--out", "sw"]);
    assert_eq!(shard(&place, 1, &["--verify"]).code, 75);
    finish(&place);
    let ran = shard(&place, 1, &["--verify"]);
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert!(ran.out.contains("the same bytes again"), "{}", ran.out);
    // An output of other runs, with hashes that fit.
    let folder = "sw/part/shard=000001";
    let named = |place: &Place| {
        let files = files_below(place, &format!("{folder}/"));
        files.into_iter().find(|(name, _)| name.ends_with(".csv")).expect("rows")
    };
    let (name, hash) = named(&place);
    let rows = place.read(&format!("{folder}/{name}")).replace(",44,1,", ",44,2,");
    let other = blake3::hash(rows.as_bytes()).to_hex().to_string();
    std::fs::remove_file(place.join(&format!("{folder}/{name}"))).expect("a file");
    place.write(&format!("{folder}/runs-{}.csv", &other[..16]), &rows);
    let text = place.read(&format!("{folder}/shard.json"));
    let (_, rest) = text.split_once('\n').expect("two lines");
    let rest = rest.replace(&hash, &other).replace(&hash[..16], &other[..16]);
    let own = blake3::hash(rest.as_bytes()).to_hex();
    place.write(&format!("{folder}/shard.json"), format!("{{\"blake3\":\"{own}\",\n{rest}"));
    let ran = shard(&place, 1, &["--verify"]);
    assert_eq!(ran.code, 4, "{}", ran.err);
    assert!(ran.err.contains("another output"), "{}", ran.err);
}

/// Several sweeps at once in one results folder, of different configs and of different seeds.
#[test]
fn sweeps_at_once_do_not_collide() {
    let place = Place::new();
    place.write("s.toml", SCALE);
    let seeds = ["0..40", "40..80", "80..120", "120..160"];
    let start = |words: &[&str]| {
        let mut command = place.command(words);
        command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program runs")
    };
    let with_seeds = |seeds: &&str| start(&["sweep", "exp9", "--duration", "2s", "--seeds", seeds]);
    let mut tasks: Vec<Child> = seeds.iter().map(with_seeds).collect();
    let loss = ["0", "0.1", "0.2", "0.3"].map(|loss| format!("network.loss={loss}"));
    tasks.extend(loss.iter().map(|set| start(&["sweep", "s.toml", "--set", set])));
    for task in tasks {
        let ran: Ran = task.wait_with_output().expect("it ends").into();
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let manifests = place.files().iter().filter(|file| file.ends_with("manifest.json")).count();
    assert_eq!(manifests, 8, "{:?}", place.files());
    // Each is there when it is asked for again, also at the same time.
    let tasks: Vec<Child> = seeds.iter().map(with_seeds).collect();
    for task in tasks {
        let ran: Ran = task.wait_with_output().expect("it ends").into();
        assert_eq!(ran.code, 0, "{}", ran.err);
    }
    let again = place.files().iter().filter(|file| file.ends_with("manifest.json")).count();
    assert_eq!(again, 8, "{:?}", place.files());
}

#[test]
fn a_config_called_like_a_command_is_reached_by_its_path() {
    let place = Place::new();
    place.write("plan", "duration = \"1s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n");
    let ran = place.sim_ends(0, &["sweep", "./plan", "--seeds", "0..3"]);
    assert!(ran.out.contains("3 runs"), "{}", ran.out);
    place.sim_ends(64, &["sweep", "plan"]);
    place.sim_ends(64, &["sweep"]);
}
