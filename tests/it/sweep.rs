//! Sweeps: the same bytes under any workers, kills and faults, rows that can be replayed, reports
//! of failures, and errors with hints.

use std::convert::Infallible;
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sim::cli::{Exit, Interrupt, Io, execute};
use sim::config::{BaseText, Experiment, Override, SweepOptions, read_sweep};
use sim::store::Store;
use sim::sweep::{Drive, Ended, Progress, SharedMemory, run_checked};

use crate::support::Place;

/// Four points in a grid and a zip, a hundred seeds.
const SMALL: &str = "
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

#[cfg(not(feature = "parquet"))]
const FILES: [&str; 5] = ["config.toml", "manifest.json", "points.csv", "runs.csv", "sweep.toml"];
#[cfg(feature = "parquet")]
const FILES: [&str; 6] =
    ["config.toml", "manifest.json", "points.csv", "runs.csv", "runs.parquet", "sweep.toml"];

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

#[test]
fn the_bytes_are_the_same_for_any_workers_and_order() {
    let place = place_with(SMALL);
    place.sim_ends(0, &["sweep", "s.toml", "--jobs", "1"]);
    let expected = results(&place);
    let names: Vec<&str> = expected.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, FILES.map(|file| format!("results/sweeps/s/{file}")));
    for options in [&["--jobs", "2"][..], &["--jobs", "4"], &["--jobs", "3", "--backwards"]] {
        let place = place_with(SMALL);
        place.sim_ends(0, &[&["sweep", "s.toml"], options].concat());
        assert_eq!(results(&place), expected, "{options:?}");
    }
    // The resolved sweep is a sweep that gives the same rows.
    let again = place_with(&place.read("results/sweeps/s/sweep.toml"));
    again.sim_ends(0, &["sweep", "s.toml"]);
    assert_eq!(results(&again), expected);
}

#[test]
fn rows_are_in_order_and_complete() {
    let place = place_with(SMALL);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let runs = place.read("results/sweeps/s/runs.csv");
    let mut reader = csv::Reader::from_reader(runs.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let first: Vec<&str> = header.iter().take(9).collect();
    assert_eq!(first[..3], ["events.send", "network.latency", "rates"]);
    // A latency that is drawn is no number; rates have a column each.
    assert_eq!(first[3..6], ["rates_1", "rates_2", "rates_3"]);
    assert_eq!(first[6..], ["seed", "machine", "end"]);
    let keys: Vec<(u64, u64, u64)> = reader
        .records()
        .map(|row| {
            let row = row.expect("a row");
            let point = u64::from(&row[0] == "0.9") * 2 + u64::from(&row[1] != "1ms");
            (point, row[6].parse().expect("a seed"), row[7].parse().expect("a machine"))
        })
        .collect();
    let seeds = |point| (5..105).flat_map(move |seed| (1..4).map(move |m| (point, seed, m)));
    assert_eq!(keys, (0..4).flat_map(seeds).collect::<Vec<_>>());
}

/// A row's run can be replayed: the command that a failure would print gives the same measures. The
/// second sweep draws its rates from the seed, the third has its base in another file.
#[test]
fn every_row_can_be_run_again() {
    let random = "seeds = \"0..20\"\n[config]\nduration = \"5s\"\nevents = { one = 0.3 }\n\
                  rates = { random = [1, 9], count = 3 }\n[grid]\n\"rates.count\" = [2, 5]\n";
    let apart =
        "base = \"base.toml\"\nseeds = \"0..20\"\n[grid]\n\"network.loss\" = [\"1/3\", 0]\n";
    for text in [SMALL, random, apart] {
        let place = place_with(text);
        let base = "duration = \"7s\"\nrates = [2, \"7/2\"]\nevents = { send = 0.5 }\n";
        place.write("base.toml", base);
        place.sim_ends(0, &["sweep", "s.toml", "--set", "stamp=before"]);
        let set = |path: &str, value: &str| Override {
            flag: String::new(),
            path: path.to_owned(),
            value: value.to_owned(),
        };
        let options =
            SweepOptions { overrides: vec![set("stamp", "before")], ..SweepOptions::default() };
        let sweep = read_sweep("s.toml", text, &options, |path| {
            Ok::<_, Infallible>(BaseText { path: path.to_owned(), text: base.to_owned() })
        });
        let sweep = sweep.expect("a sweep");
        let runs = place.read("results/sweeps/s+stamp=before/runs.csv");
        let mut reader = csv::Reader::from_reader(runs.as_bytes());
        let header = reader.headers().expect("a header").clone();
        let keys = sweep.keys().count();
        let mut tried = 0;
        for row in reader.records().map(|row| row.expect("a row")).step_by(37) {
            let field = |name: &str| &row[header.iter().position(|h| h == name).expect(name)];
            let at = |point: &u64| {
                let settings = sweep.settings(*point);
                settings.iter().map(|(_, value)| *value).eq(row.iter().take(keys))
            };
            let point = (0..sweep.points()).find(at).expect("a point");
            let seed = field("seed").parse().expect("a seed");
            let replay = sweep.replay(point, seed, "results/sweeps/s+stamp=before/config.toml");
            let script = format!("{replay} --format json --no-trace --force");
            let mut shell = std::process::Command::new("sh");
            let folder = std::path::Path::new(crate::support::SIM).parent().expect("a folder");
            shell.args(["-euc", &format!("PATH={}:$PATH; {script}", folder.display())]);
            let ran: crate::support::Ran =
                shell.current_dir(place.path()).output().expect("a shell").into();
            assert_eq!(ran.code, 0, "{script}\n{}", ran.err);
            let json = ran.json();
            let machine: usize = field("machine").parse().expect("a machine");
            let found = &json["summary"]["machines"][machine - 1];
            for column in ["events_receive", "clock_final", "jump_sd", "lag_mean", "rate_per_s"] {
                let expected: serde_json::Value =
                    serde_json::from_str(field(column)).expect("a number");
                assert_eq!(found[column].as_f64(), expected.as_f64(), "{column} of {script}");
            }
            tried += 1;
        }
        assert!(tried >= 2, "{tried} rows");
    }
}

#[test]
fn points_sum_up_their_runs() {
    let place = place_with(SMALL);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let runs = place.read("results/sweeps/s/runs.csv");
    let mut reader = csv::Reader::from_reader(runs.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|h| h == name).expect(name);
    let (growth, machine) = (column("queue_growth_per_s"), column("machine"));
    let mut values: Vec<f64> = reader
        .records()
        .map(|row| row.expect("a row"))
        .filter(|row| &row[0] == "0.9" && &row[1] == "1ms" && &row[machine] == "1")
        .map(|row| row[growth].parse().expect("a number"))
        .collect();
    values.sort_by(f64::total_cmp);
    assert_eq!(values.len(), 100);
    let points = place.read("results/sweeps/s/points.csv");
    let row = points
        .lines()
        .find(|line| line.starts_with("0.9,1ms,") && line.contains(",1,queue_growth_per_s,"))
        .expect("a row");
    let fields: Vec<&str> =
        row.split("queue_growth_per_s,").nth(1).expect("rest").split(',').collect();
    let number = |k: usize| fields[k].parse::<f64>().expect("a number");
    let mean = values.iter().sum::<f64>() / 100.0;
    assert_eq!(fields[0], "100");
    assert!((number(1) - mean).abs() < 1e-9, "{row}");
    // A quantile is the value of rank ⌈p·n⌉.
    let quantiles = [values[0], values[4], values[49], values[94], values[98]];
    assert_eq!([3, 4, 5, 6, 7].map(number), quantiles, "{row}");
    assert!(number(8) < mean && mean < number(9), "{row}");
    assert!((number(10) - 2.6).abs() < 1e-9, "theory: {row}");
}

/// Kills and resumes a sweep at varying moments until it is done, and compares its bytes.
fn killed_and_resumed(rounds: u64) {
    let long = SMALL.replace("5..105", "0..1500");
    let whole = place_with(&long);
    let begin = wall_clock();
    whole.sim_ends(0, &["sweep", "s.toml"]);
    let takes = begin.elapsed();
    let expected = results(&whole);
    let mut kills = 0;
    for round in 0..rounds {
        let place = place_with(&long);
        // Moments spread over the whole sweep, in a different order in each round.
        for part in [3, 7, 2, 5].map(|k| (k * (round + 3) * 7) % 97) {
            let mut command = place.command(&["sweep", "s.toml", "--resume"]);
            command.stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().expect("the program");
            wait(takes * part as u32 / 250);
            kills += u32::from(child.try_wait().expect("a child").is_none());
            child.kill().expect("it can be killed");
            child.wait().expect("a child");
        }
        place.sim_ends(0, &["sweep", "s.toml", "--resume"]);
        assert_eq!(results(&place), expected, "round {round}, after {kills} kills");
    }
    assert!(u64::from(kills) > rounds, "only {kills} kills found the sweep alive");
}

#[expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "kills come in real time")]
fn wall_clock() -> std::time::Instant {
    std::time::Instant::now()
}

#[expect(clippy::disallowed_methods, reason = "signals and locks live in real time")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Ten rounds; a hundred with `SIM_LONG=1`.
#[test]
fn a_killed_sweep_goes_on_to_the_same_bytes() {
    #[expect(clippy::disallowed_methods, reason = "long tests are asked for")]
    let is_long = std::env::var_os("SIM_LONG").is_some();
    killed_and_resumed(if is_long { 100 } else { 10 });
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_says_how_to_go_on() {
    let long = SMALL.replace("5..105", "0..50000");
    let place = place_with(&long);
    let mut command = place.command(&["sweep", "s.toml", "--jobs", "2", "--check"]);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = command.spawn().expect("the program");
    wait(Duration::from_millis(700));
    let signal =
        std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(signal.expect("kill").success());
    let begin = wall_clock();
    let ran: crate::support::Ran = child.wait_with_output().expect("the program").into();
    assert!(begin.elapsed() < Duration::from_secs(2));
    assert_eq!(ran.code, 130, "{}", ran.err);
    assert!(ran.err.contains("sim sweep s.toml --jobs 2 --check --resume"), "{}", ran.err);
    // Without an option the sweep neither resumes nor starts over.
    let refused = place.sim_ends(73, &["sweep", "s.toml", "--check"]);
    assert!(refused.err.contains("--resume"), "{}", refused.err);
}

/// A sweep that is stopped after any number of runs, at any point, and resumed by another number of
/// workers has the same rows. Each stop is in the middle of the sweep.
#[test]
fn a_stopped_sweep_goes_on_from_its_middle() {
    let none = |_: &str| -> Result<BaseText, Infallible> { unreachable!("it has no base") };
    let sweep = read_sweep("s.toml", SMALL, &SweepOptions::default(), none).expect("a sweep");
    let head = sim::sweep::header(&sweep);
    let pool =
        |workers| rayon::ThreadPoolBuilder::new().num_threads(workers).build().expect("them");
    let rows = |stops: &[u64], backwards| {
        let (folder, store) = (Place::new(), Store::new());
        drop(Progress::begin(&store, folder.path(), "hash", &head).expect("a beginning"));
        for (round, stop_after) in stops.iter().chain([&u64::MAX]).enumerate() {
            let resumed = Progress::resume(&store, folder.path(), "hash").expect("a checkpoint");
            let mut progress = resumed.expect("it has begun");
            let before = progress.now.runs;
            let begun = AtomicU64::new(0);
            let runner = |experiment: &Experiment, check, stop: &dyn Fn() -> bool| {
                begun.fetch_add(1, Ordering::Relaxed);
                run_checked(experiment, check, stop)
            };
            let pool = pool(round % 3 + 1);
            let drive = Drive {
                sweep: &sweep,
                runner: &runner,
                pool: &pool,
                memory: SharedMemory(None),
                backwards,
            };
            let stop = || begun.load(Ordering::Relaxed) >= *stop_after;
            let ended = drive.run(&mut progress, &stop, &mut |_| {}).expect("no fault");
            if *stop_after < u64::MAX {
                assert_eq!(ended, Ended::Interrupted);
                assert!(before < progress.now.runs && progress.now.runs < sweep.runs());
            } else {
                assert_eq!(ended, Ended::Done);
            }
        }
        folder.read(sim::sweep::UNFINISHED_ROWS)
    };
    let expected = rows(&[], false);
    assert_eq!(expected.lines().count(), 1 + 1_200);
    assert!(rows(&[7, 120, 41], false) == expected, "stopped three times");
    assert!(rows(&[150, 3], true) == expected, "stopped twice, with runs in another order");
}

/// Without any shared memory, all runs but one at a time are aborted and then rerun alone.
#[test]
fn no_row_depends_on_the_memory_of_the_machine() {
    let none = |_: &str| -> Result<BaseText, Infallible> { unreachable!("it has no base") };
    let sweep = read_sweep("s.toml", SMALL, &SweepOptions::default(), none).expect("a sweep");
    let head = sim::sweep::header(&sweep);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().expect("them");
    let rows = |memory| {
        let (folder, store) = (Place::new(), Store::new());
        let mut progress =
            Progress::begin(&store, folder.path(), "hash", &head).expect("a beginning");
        let given_up = AtomicU64::new(0);
        let runner = |experiment: &Experiment, check, stop: &dyn Fn() -> bool| {
            given_up.fetch_add(stop().into(), Ordering::Relaxed);
            run_checked(experiment, check, stop)
        };
        let drive = Drive { sweep: &sweep, runner: &runner, pool: &pool, memory, backwards: false };
        let ended = drive.run(&mut progress, &|| false, &mut |_| {}).expect("no fault");
        assert_eq!((ended, progress.now.runs), (Ended::Done, sweep.runs()));
        (folder.read(sim::sweep::UNFINISHED_ROWS), given_up.into_inner())
    };
    let (expected, none_given_up) = rows(SharedMemory(None));
    let (found, given_up) = rows(SharedMemory(Some(0)));
    assert!(found == expected && none_given_up == 0 && given_up > 0, "{given_up}");
}

#[test]
fn two_unfinished_sweeps_of_one_name_are_each_gone_on_with() {
    let other = ["sweep", "s.toml", "--check"];
    let two = |fault| {
        let place = place_with(SMALL);
        unfinished(&place);
        let (exit, err) = in_process(&place, &["--check"], &Store::failing_at(fault));
        assert_eq!(exit, Exit::InputOutput, "{err}");
        let is_beside = |file: &String| file.contains("/s-") && file.ends_with("checkpoint.json");
        place.files().iter().any(is_beside).then_some(place)
    };
    let place = (10..40).find_map(two).expect("a second checkpoint");
    place.sim_ends(0, &[&other[..], &["--resume"]].concat());
    place.sim_ends(0, &["sweep", "s.toml", "--resume"]);
    assert_eq!(results(&place).len(), 2 * FILES.len());
}

/// Runs a command line in this process on a store that may be set to fail.
///
/// Retries while the folder is locked: a process that another test is just starting inherits all
/// our open files for a moment, and the lock with them.
fn in_process(place: &Place, options: &[&str], store: &Store) -> (Exit, String) {
    for _ in 0..200 {
        match in_process_once(place, options, store) {
            (Exit::TryAgain, _) => wait(Duration::from_millis(5)),
            ran => return ran,
        }
    }
    panic!("the folder stays in use");
}

fn in_process_once(place: &Place, options: &[&str], store: &Store) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let interrupt = Interrupt::default();
    let mut world = Io::new(&mut out, &mut err, store, &interrupt);
    let (file, folder) = (place.join("s.toml"), place.join("results"));
    let mut words: Vec<std::ffi::OsString> = vec!["sim".into(), "sweep".into(), file.into()];
    words.extend(["--out".into(), folder.into()]);
    words.extend(options.iter().map(Into::into));
    let exit = execute(words, &mut world);
    (exit, String::from_utf8(err).expect("text"))
}

/// Makes every operation on the disk fail in turn: each gives a clear error, and the resumed sweep
/// has the same bytes.
#[test]
fn a_fault_of_the_disk_leaves_a_sweep_that_goes_on() {
    let whole = place_with(SMALL);
    whole.sim_ends(0, &["sweep", "s.toml"]);
    let expected = results(&whole);
    let mut fault = 0;
    loop {
        fault += 1;
        let place = place_with(SMALL);
        let store = Store::failing_at(fault);
        let (exit, err) = in_process(&place, &[], &store);
        if store.operations() < fault {
            assert_eq!(exit, Exit::Holds, "{err}");
            break;
        }
        assert_eq!(exit, Exit::InputOutput, "fault {fault}: {err}");
        assert!(err.contains(&format!("injected fault at operation {fault}")), "{err}");
        let (exit, err) = in_process(&place, &["--resume"], &Store::new());
        assert_eq!(exit, Exit::Holds, "after fault {fault}: {err}");
        assert_eq!(results(&place), expected, "after fault {fault}");
    }
    assert!(fault > 20, "only {fault} operations");
}

#[test]
fn a_finished_sweep_is_not_run_again() {
    let place = place_with(SMALL);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let before = results(&place);
    let again = place.sim_ends(0, &["sweep", "s.toml"]);
    assert!(again.out.contains("400 runs are there already"), "{}", again.out);
    place.sim_ends(0, &["sweep", "s.toml", "--force"]);
    assert_eq!(results(&place), before);
    // A changed table is not accepted as the result.
    place.write("results/sweeps/s/points.csv", "cut");
    let changed = place.sim_ends(65, &["sweep", "s.toml"]);
    assert!(changed.err.contains("points.csv: it was changed since"), "{}", changed.err);
    assert!(changed.err.contains("--force runs the sweep again"), "{}", changed.err);
    place.sim_ends(0, &["sweep", "s.toml", "--force"]);
    assert_eq!(results(&place), before);
    // Other seeds make another sweep, whose folder says so.
    place.sim_ends(0, &["sweep", "s.toml", "--seeds", "0..2"]);
    assert_eq!(results(&place).len(), 2 * FILES.len());
    assert!(place.join("results/sweeps/s+seeds=0..2/points.csv").exists());
}

/// Leaves an unfinished sweep with a checkpoint in a place.
fn unfinished(place: &Place) {
    let checkpoint = place.join("results/sweeps/s/checkpoint.json");
    for fault in 10..40 {
        let (exit, err) = in_process(place, &[], &Store::failing_at(fault));
        assert_eq!(exit, Exit::InputOutput, "{err}");
        if checkpoint.exists() {
            return;
        }
        std::fs::remove_dir_all(place.join("results")).expect("what was left");
    }
    panic!("no checkpoint: {:?}", place.files());
}

#[test]
fn another_sweep_or_changed_rows_are_not_gone_on_with() {
    let place = place_with(SMALL);
    unfinished(&place);
    let other = place.sim_ends(73, &["sweep", "s.toml", "--check", "--resume"]);
    assert!(other.err.contains("unfinished result of another config"), "{}", other.err);

    let rows = "results/sweeps/s/runs.unfinished.csv";
    let text = place.read(rows);
    place.write(rows, text.replacen("seed", "sead", 1));
    let edited = place.sim_ends(65, &["sweep", "s.toml", "--resume"]);
    assert!(edited.err.contains("it was changed since it was written"), "{}", edited.err);
    assert!(edited.err.contains("--force"), "{}", edited.err);
    place.write(rows, &text[..text.len() / 2]);
    let cut = place.sim_ends(65, &["sweep", "s.toml", "--resume"]);
    assert!(cut.err.contains("it was cut"), "{}", cut.err);

    let checkpoint = "results/sweeps/s/checkpoint.json";
    place.write(rows, &text);
    let saved = place.read(checkpoint);
    let version = format!("\"sim\":\"{}\"", env!("CARGO_PKG_VERSION"));
    place.write(checkpoint, saved.replace(&version, "\"sim\":\"0.0.7\""));
    let older = place.sim_ends(65, &["sweep", "s.toml", "--resume"]);
    assert!(older.err.contains("it is of sim 0.0.7, and this is sim"), "{}", older.err);
    place.write(checkpoint, "{");
    let torn = place.sim_ends(65, &["sweep", "s.toml", "--resume"]);
    assert!(torn.err.contains("it is no checkpoint"), "{}", torn.err);
    place.sim_ends(0, &["sweep", "s.toml", "--force"]);
}

#[test]
fn an_invalid_sweep_is_refused_with_a_hint() {
    let base = "seeds = \"0..9\"\n[config]\nduration = \"1s\"\nrates = [1, 2]\n\
                events = { send = 0.5 }\n";
    let grid = |lines: &str| format!("{base}[grid]\n{lines}\n");
    for (sweep, code, message) in [
        (grid("\"events.sned\" = [0.1]"), 65, "events.sned = 0.1: unknown key"),
        (grid("\"events.send\" = [0.1, 1.5]"), 65, "expected a probability from 0 to 1, found 1.5"),
        (
            grid("\"events.send\" = []"),
            65,
            "`grid.events.send`: the list of values is empty\n --> s.toml:7:17\n",
        ),
        (grid("\"events.send\" = { from = 1, to = 0, step = 0.1 }"), 65, "the range is reversed"),
        (grid("\"events.send\" = { from = 0, to = 1, step = 0 }"), 65, "the step is zero"),
        (grid("\"events.send\" = { from = 0, to = 1 }"), 65, "`grid.events.send.step` is missing"),
        (grid("\"events.send\" = { from = 0, to = 1, step = \"x\" }"), 65, "expected a number"),
        (grid("events.send = [0.1]"), 65, "a key with a dot stands in quotes here"),
        (grid("events = [{ die = 3 }]\n\"events.send\" = [0.1]"), 65, "one overrules the other"),
        (grid("seed = [1, 2]"), 65, "seeds are given as `seeds = \"0..1000\"`"),
        (grid("\"events.send\" = [0.5, 0.5]"), 65, "the value 0.5 is here twice"),
        (format!("{base}[[zip]]\na = [1, 2]\nb = [1]\n"), 65, "it has 1 values, `a` has 2"),
        (format!("{base}[[zip]]\n"), 65, "there are no keys"),
        (format!("{base}[gird]\n"), 65, "did you mean `grid`?"),
        (format!("base = \"x.toml\"\n{base}"), 65, "both `base` and `config` are given"),
        ("base = \"nowhere.toml\"\nseeds = \"0..9\"\n".to_owned(), 65, "its `base`: nowhere.toml"),
        (base.replace("0..9", "9..9"), 65, "the range of seeds 9..9 is empty"),
        (base.replace("0..9", "9..3"), 65, "the range of seeds 9..3 is reversed"),
        (base.replace("0..9", "all"), 65, "expected seeds such as \"0..1000\", found \"all\""),
        (base.replace("0..9", "0..1000000000000"), 64, "1,000,000,000,000 runs are many; --yes"),
        (base.replace("0..9", "0..9223372036854775807"), 65, "more than 2^53 runs"),
        (base.replace("seeds = \"0..9\"\n", ""), 64, "--seeds: no seeds are given"),
    ] {
        let place = place_with(&sweep);
        let ran = place.sim_ends(code, &["sweep", "s.toml"]);
        assert!(ran.err.contains(message), "{sweep}\n{}", ran.err);
        assert_eq!(place.files(), ["s.toml"], "{sweep}");
    }
    let place = place_with(base);
    for (options, message) in [
        (["--seeds", "3"], "--seeds: expected seeds such as"),
        (["--jobs", "0"], "--jobs"),
        (["--jobs", "100000"], "--jobs"),
        (["--set", "rates"], "expected KEY=VALUE"),
        (["--max-failures", "0"], "--max-failures"),
    ] {
        let ran = place.sim_ends(64, &[&["sweep", "s.toml"][..], &options].concat());
        assert!(ran.err.contains(message), "{}", ran.err);
    }
    let place = place_with(SMALL);
    let ran = place.sim_ends(64, &["sweep", "s.toml", "--set", "events={ send = 0.1 }"]);
    assert!(ran.err.contains("--set events: `events.send` is swept"), "{}", ran.err);
    let ran = place.sim_ends(65, &["run", "s.toml"]);
    assert!(ran.err.contains("this is a sweep: use `sim sweep`"), "{}", ran.err);
}

/// All shipped sweeps run; one seed is enough to see that every point is a valid experiment.
#[test]
fn the_sweeps_that_ship_run() {
    for sweep in sim::config::SWEEPS {
        let place = Place::new();
        let options = ["--seeds", "0..1", "--duration", "1s", "--check"];
        place.sim_ends(0, &[&["sweep", sweep.name][..], &options].concat());
        assert!(place.join("results/latest/points.csv").exists());
    }
}

/// Runs the Python of `docs/sweeps.md` with each library that is installed; all print the same.
#[test]
fn the_one_liners_of_the_docs_work_where_their_libraries_are() {
    let place = Place::new();
    place.sim_ends(0, &["sweep", "sweeps/send-probability", "--seeds", "0..40"]);
    let sweeps = place.join("results/sweeps");
    let changed = sweeps.join("send-probability+seeds=0..40");
    std::fs::rename(changed, sweeps.join("send-probability")).expect("the sweep");
    let docs =
        std::fs::read_to_string(crate::support::root().join("docs/sweeps.md")).expect("docs");
    let blocks: Vec<&str> =
        docs.split("```python\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 3);
    for block in blocks {
        let python = |code: &str| {
            let mut command = std::process::Command::new("python3");
            command.args(["-c", code]).current_dir(place.path()).output()
        };
        let import = block.lines().next().expect("an import");
        if !python(import).is_ok_and(|there| there.status.success()) {
            continue;
        }
        let ran: crate::support::Ran = python(block).expect("Python").into();
        assert_eq!((ran.code, ran.out.as_str()), (0, "0.24\n"), "{import}\n{}", ran.err);
    }
}

#[test]
fn a_swept_key_and_a_measure_of_one_name_are_two_columns() {
    let place = place_with(
        "seeds = \"0..2\"\n[config]\nduration = \"1s\"\nrates = [1, 2]\n[grid]\n\
         events = [{ send = 0.5 }, { die = 10 }]\n",
    );
    place.sim_ends(0, &["sweep", "s.toml"]);
    let runs = place.read("results/sweeps/s/runs.csv");
    let header: Vec<&str> = runs.lines().next().expect("a header").split(',').collect();
    assert_eq!(header[..2], ["config.events", "seed"]);
    assert_eq!(header.iter().filter(|name| **name == "events").count(), 1);
}

/// `sim check` accepts the folder of a sweep.
#[test]
fn a_sweep_is_checked_as_a_sweep() {
    let place = place_with(SMALL);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let folder = "results/sweeps/s";
    let ran = place.sim_ends(0, &["check", folder]);
    assert!(ran.out.contains("s: 400 runs, of which 0 failed"), "{}", ran.out);
    assert!(ran.out.contains("written: sweep.toml, runs.csv, points.csv"), "{}", ran.out);
    assert_eq!(place.sim_ends(0, &["check", folder, "-q"]).out, "");
    let json = place.sim_ends(0, &["check", folder, "--format", "json"]).json();
    assert_eq!(
        (&json["of"], &json["verdict"], &json["runs"]),
        (&"sweep".into(), &"valid".into(), &400.into())
    );
    let refused = place.sim_ends(64, &["check", folder, "--stamp", "before"]);
    assert!(refused.err.contains("--stamp is for a trace"), "{}", refused.err);
    for name in ["runs.csv", "points.csv", "sweep.toml"] {
        let path = format!("{folder}/{name}");
        let kept = place.read(&path);
        place.write(&path, format!("{kept}1"));
        let ran = place.sim_ends(65, &["check", folder]);
        assert!(ran.err.contains(&path) && ran.err.contains("it was changed"), "{}", ran.err);
        std::fs::remove_file(place.join(&path)).expect("removed");
        let ran = place.sim_ends(65, &["check", folder]);
        assert!(ran.err.contains(&format!("{path}: there is no such file")), "{}", ran.err);
        place.write(&path, kept);
    }
    let manifest = format!("{folder}/manifest.json");
    let text = place.read(&manifest);
    place.write(&manifest, text.replace("\"failures\": 0", "\"failures\": 2"));
    place.sim_ends(1, &["check", folder]);
    place.write(&manifest, text.replace("\"points\"", "\"pints\""));
    let ran = place.sim_ends(65, &["check", folder]);
    assert!(ran.err.contains("manifest.json: missing field `points`"), "{}", ran.err);
}
