//! Pipes, devices, links and leftovers in place of our files: refused at once or removed, and no
//! foreign file is changed.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{Place, Ran};

const EXP: &str = "duration = \"1s\"\nrates = [1, 2]\nevents = { send = 0.5 }\n";
/// A sweep of more runs than a test can wait for.
const LONG: &str = "base = \"exp.toml\"\nseeds = \"0..4000000\"\n";
const UNFINISHED: &str = "results/sweeps/long";

#[expect(clippy::disallowed_methods, reason = "other processes take real time")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}

/// Waits until a condition holds, for at most ten seconds.
#[track_caller]
fn until(what: &str, holds: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if holds() {
            return;
        }
        wait(Duration::from_millis(5));
    }
    panic!("it never comes: {what}");
}

/// Runs the program and asserts that it exits by itself within ten seconds.
#[track_caller]
fn ends(place: &Place, arguments: &[&str]) -> Ran {
    let mut command = Command::new("timeout");
    command.args(["-s", "KILL", "10", crate::support::SIM]).args(arguments);
    let ran = command.current_dir(place.path()).stdin(Stdio::null()).output().expect("it runs");
    let ran = Ran::from(ran);
    assert!(![-1, 137].contains(&ran.code), "sim {}: it hangs", arguments.join(" "));
    assert!(!ran.err.contains("panicked"), "{}", ran.err);
    ran
}

fn spawn(place: &Place, arguments: &[&str]) -> Child {
    let mut command = place.command(arguments);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the program runs")
}

fn fifo(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

/// Replaces a path by something that is no regular file; `kind` is from 0 to 3.
fn odd(place: &Place, kind: usize, path: &Path) {
    let _ = fs::remove_file(path);
    let _ = fs::remove_dir(path);
    match kind {
        0 => fifo(path),
        1 => symlink("/dev/zero", path).expect("a link"),
        2 => fs::create_dir(path).expect("a folder"),
        _ => {
            let pipe = place.join("pipe");
            if !pipe.exists() {
                fifo(&pipe);
            }
            symlink(pipe, path).expect("a link");
        }
    }
}

/// A place with a run, a sweep, and an unfinished sweep.
fn with_results() -> Place {
    let place = Place::new();
    place.write("exp.toml", EXP);
    place.write("s.toml", "base = \"exp.toml\"\nseeds = \"0..3\"\n");
    place.write("long.toml", LONG);
    place.sim_ends(0, &["run", "exp.toml", "--net"]);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let glomers = ["--duration", "2s", "--set", "nodes=2"];
    place.sim_ends(0, &[&["run", "glomers/1-echo"][..], &glomers].concat());
    unfinished(&place);
    place
}

/// Leaves a sweep that was killed after its first checkpoint with finished runs.
fn unfinished(place: &Place) {
    let mut child = spawn(place, &["sweep", "long.toml", "--jobs", "1"]);
    let checkpoint = place.join(UNFINISHED).join("checkpoint.json");
    until("a checkpoint", || {
        fs::read_to_string(&checkpoint).is_ok_and(|text| !text.contains("\"runs\":0,"))
    });
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

#[test]
fn what_is_no_regular_file_is_refused_at_once() {
    let place = with_results();
    let (run, sweep) = ("results/exp/seed-1", "results/sweeps/s");
    let echo = place.files().into_iter().find(|file| file.ends_with("history.jsonl"));
    let echo = echo.expect("a history").replace("/history.jsonl", "");
    let long = ["sweep", "long.toml", "--resume"];
    let cases: [(&str, &str, &[&str]); 16] = [
        (run, "manifest.json", &["run", "exp.toml"]),
        (run, "manifest.json", &["check", run]),
        (run, "manifest.json", &["plot", run, "--term"]),
        (run, "config.toml", &["check", run]),
        (run, "trace.csv", &["check", run]),
        (run, "net.csv", &["check", run]),
        (run, "trace.csv", &["plot", run, "--term"]),
        (&echo, "history.jsonl", &["check", &echo]),
        (&echo, "results.json", &["check", &echo]),
        (sweep, "manifest.json", &["sweep", "s.toml"]),
        (sweep, "points.csv", &["check", sweep]),
        (sweep, "runs.csv", &["plot", sweep, "--term"]),
        (sweep, "runs.csv", &["sweep", "s.toml"]),
        (UNFINISHED, ".sim-unfinished", &long),
        (UNFINISHED, "checkpoint.json", &long),
        (UNFINISHED, "runs.unfinished.csv", &long),
    ];
    for (folder, name, arguments) in cases {
        let path = place.join(folder).join(name);
        let kept = fs::read(&path).expect("a file");
        for kind in 0..4 {
            odd(&place, kind, &path);
            let ran = ends(&place, arguments);
            let what = format!("{name} {kind}, sim {}: {}", arguments.join(" "), ran.err);
            // Files that are not needed may be ignored.
            let is_optional = ["net.csv", "results.json"].contains(&name);
            assert!([65, 73, 74].contains(&ran.code) || is_optional, "{} {what}", ran.code);
            let stem = name.split('.').next().filter(|stem| !stem.is_empty()).unwrap_or(name);
            assert!(ran.code == 0 || ran.err.contains(stem), "{what}");
            assert!(!path.symlink_metadata().expect("still there").is_file(), "{what}");
        }
        let _ = fs::remove_file(&path);
        let _ = fs::remove_dir(&path);
        fs::write(path, kept).expect("written");
    }
    place.sim_ends(0, &["check", run]);
}

#[test]
fn a_disk_of_a_node_is_a_regular_file() {
    let place = Place::new();
    fs::create_dir(place.join("disks")).expect("a folder");
    place.write("precious", "precious");
    let body = r#"{"type":"init","msg_id":1,"node_id":"n0","node_ids":["n0"]}"#;
    let init = format!("{{\"src\":\"c1\",\"dest\":\"n0\",\"body\":{body}}}\n");
    place.write("init", init);
    let path = place.join("disks/n0.disk");
    for kind in 0..5 {
        odd(&place, kind.min(3), &path);
        if kind == 4 {
            fs::remove_file(&path).expect("removed");
            symlink(place.join("precious"), &path).expect("a link");
        }
        let script = format!(
            "exec timeout -s KILL 10 {} node g-set --disk disks < init",
            crate::support::SIM
        );
        let output = Command::new("sh").args(["-c", &script]).current_dir(place.path()).output();
        let ran = Ran::from(output.expect("sh runs"));
        assert_eq!(ran.code, 74, "{kind}: {}{}", ran.out, ran.err);
        assert!(ran.err.contains("cannot use the disk"), "{}", ran.err);
    }
    assert_eq!(place.read("precious"), "precious");
}

/// One signal is enough to end a program that is blocked on input.
#[test]
fn a_signal_ends_what_waits_for_input() {
    let place = Place::new();
    fifo(&place.join("t.csv"));
    fifo(&place.join("k.toml"));
    let stalled = place.join("stalled.csv");
    fifo(&stalled);
    // Its other end stays open, without further data.
    let script = "exec 3<>stalled.csv; echo time_ns,machine,event,clock,queue_len,from,to,message,\
                  stamp,copy >&3; exec sleep 60";
    let mut other = Command::new("sh");
    let mut other = other.args(["-c", script]).current_dir(place.path()).spawn().expect("sh runs");
    wait(Duration::from_millis(200));
    for (arguments, signal, code) in [
        (&["check", "t.csv"][..], Signal::INT, 130),
        (&["check", "stalled.csv"], Signal::TERM, 143),
        (&["run", "k.toml"], Signal::INT, 130),
        (&["sweep", "k.toml"], Signal::HUP, 143),
        (&["plot", "stalled.csv", "--term"], Signal::INT, 130),
    ] {
        let mut child = spawn(&place, arguments);
        until("its handlers of signals", || catches_interrupts(&child));
        wait(Duration::from_millis(300));
        kill_process(Pid::from_child(&child), signal).expect("sent");
        until("its end", || child_ended(&child));
        assert_eq!(child.wait().expect("it ends").code(), Some(code), "{arguments:?}");
    }
    other.kill().expect("killed");
    other.wait().expect("it ends");
}

/// Whether a child has a handler of SIGINT, as it has once its command begins.
fn catches_interrupts(child: &Child) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    caught.is_some_and(|mask| mask & (1 << (Signal::INT.as_raw() - 1)) != 0)
}

/// Whether a child has exited. Does not reap it.
fn child_ended(child: &Child) -> bool {
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap_or_default();
    stat.rsplit_once(") ").is_none_or(|(_, rest)| rest.starts_with('Z'))
}

/// Returns all files and links below a folder, with their contents or targets.
fn all_of(place: &Place) -> Vec<(String, Vec<u8>)> {
    let read = |name: &String| {
        let path = place.join(name);
        match fs::read_link(&path) {
            Ok(target) => target.into_os_string().into_encoded_bytes(),
            Err(_) => fs::read(&path).expect("a file"),
        }
    };
    place.files().iter().map(|name| (name.clone(), read(name))).collect()
}

#[test]
fn a_refused_resumption_changes_nothing() {
    let place = Place::new();
    place.write("exp.toml", EXP);
    place.write("long.toml", LONG);
    unfinished(&place);
    let rows = place.join(UNFINISHED).join("runs.unfinished.csv");
    let checkpoint = place.join(UNFINISHED).join("checkpoint.json");
    let (rows_kept, checkpoint_kept) =
        (fs::read(&rows).expect("rows"), fs::read_to_string(&checkpoint).expect("a checkpoint"));
    fs::write(place.join(UNFINISHED).join(".sim-abc.part"), "left").expect("written");
    let refused = |what: &str| {
        let before = all_of(&place);
        let ran = ends(&place, &["sweep", "long.toml", "--resume"]);
        assert_eq!(ran.code, 65, "{what}: {}", ran.err);
        assert!(all_of(&place) == before, "{what} changed something: {}", ran.err);
    };
    // One changed byte, and more after the checkpointed length, which would be cut off.
    let mut changed = rows_kept.clone();
    changed[3] ^= 1;
    changed.extend_from_slice(b"more than counts\n");
    fs::write(&rows, &changed).expect("written");
    refused("a changed byte");
    fs::write(&rows, &rows_kept[..20]).expect("written");
    refused("a cut file");
    fs::write(&rows, [&rows_kept[..], b"more\n"].concat()).expect("written");
    for (from, to) in [("\"sim\":\"", "\"sim\":\"x"), ("\"bytes\":", "\"bytes\":9")] {
        fs::write(&checkpoint, checkpoint_kept.replace(from, to)).expect("written");
        refused(to);
    }
    fs::write(&checkpoint, &checkpoint_kept).expect("written");
    // A link to the same bytes: its target must not be truncated.
    fs::rename(&rows, place.join("precious.csv")).expect("renamed");
    symlink(place.join("precious.csv"), &rows).expect("a link");
    refused("a link");
    // Rows under their final name that differ from those of the checkpoint.
    fs::remove_file(&rows).expect("removed");
    fs::write(place.join(UNFINISHED).join("runs.csv"), &changed).expect("written");
    refused("other rows in place");
    fs::remove_file(place.join(UNFINISHED).join("runs.csv")).expect("removed");
    fs::rename(place.join("precious.csv"), &rows).expect("renamed");
    let mut child = spawn(&place, &["sweep", "long.toml", "--resume"]);
    until("tidied", || !place.join(UNFINISHED).join(".sim-abc.part").exists());
    child.kill().expect("killed");
    child.wait().expect("it ends");
}

/// A link is removed, but nothing behind it.
#[test]
fn a_link_in_the_place_of_logs_leads_nowhere() {
    let place = Place::new();
    let run = ["run", "glomers/1-echo", "--duration", "2s", "--set", "nodes=2"];
    place.sim_ends(0, &run);
    let history = place.files().into_iter().find(|file| file.ends_with("history.jsonl"));
    let logs = place.join(&history.expect("a history").replace("history.jsonl", "node-logs"));
    fs::create_dir(place.join("precious")).expect("a folder");
    place.write("precious/app.log", "precious");
    symlink(place.join("precious"), &logs).expect("a link");
    place.sim_ends(0, &[&run[..], &["--force"]].concat());
    assert!(logs.symlink_metadata().is_err(), "the link is still there");
    assert_eq!(fs::read_dir(place.join("precious")).expect("a folder").count(), 1);
    assert_eq!(place.read("precious/app.log"), "precious");
}

/// A sweep whose rows another program cuts or changes meanwhile fails without a manifest.
#[test]
fn rows_that_change_under_a_sweep_are_no_result() {
    for cut in [true, false] {
        let place = Place::new();
        place.write("exp.toml", EXP);
        place.write("long.toml", LONG.replace("4000000", "30000"));
        let mut child = spawn(&place, &["sweep", "long.toml", "--jobs", "1"]);
        let rows = place.join(UNFINISHED).join("runs.unfinished.csv");
        until("rows", || fs::metadata(&rows).is_ok_and(|rows| rows.len() > 10_000));
        let file = fs::OpenOptions::new().write(true).open(&rows).expect("rows");
        if cut {
            file.set_len(100).expect("cut");
        } else {
            std::os::unix::fs::FileExt::write_at(&file, b"x", 3_000).expect("written");
        }
        let code = child.wait().expect("it ends").code();
        assert_eq!(code, Some(74));
        let manifest = place.join(UNFINISHED).join("manifest.json");
        assert!(!manifest.exists(), "a manifest of rows that are not there");
        let ran = place.sim_ends(65, &["sweep", "long.toml", "--resume"]);
        assert!(ran.err.contains("--force"), "{}", ran.err);
    }
}

/// Temporary files of a killed process are removed by the next run; those still being written stay.
#[test]
fn leftovers_are_tidied_by_the_next_run() {
    let place = Place::new();
    place.write("exp.toml", EXP);
    place.write("s.toml", "base = \"exp.toml\"\nseeds = \"0..3\"\n");
    let folders = ["results/exp/seed-1", "results/sweeps/s", "pictures", "tables"];
    for folder in folders {
        fs::create_dir_all(place.join(folder)).expect("a folder");
    }
    let leave = || {
        for folder in folders {
            place.write(&format!("{folder}/.sim-killed.part"), "left");
            place.write(&format!("{folder}/.sim-mine"), "foreign");
        }
    };
    let tidied = || {
        place.sim_ends(0, &["run", "exp.toml"]);
        place.sim_ends(0, &["sweep", "s.toml"]);
        let trace = "results/exp/seed-1/trace.csv";
        place.sim_ends(0, &["plot", trace, "--out", "pictures/a.svg", "--force"]);
        place.sim_ends(0, &["reproduce", "exp1", "--seeds", "2", "--out", "tables", "--force"]);
        let left: Vec<String> =
            place.files().into_iter().filter(|file| file.contains(".sim-killed")).collect();
        assert_eq!(left, [] as [&str; 0]);
    };
    leave();
    tidied();
    // The same holds where the results exist already.
    leave();
    place.write("pictures/a.svg", "another");
    place.write("tables/reproduction.md", "another");
    tidied();
    let busy = fs::File::create(place.join("pictures/.sim-busy.part")).expect("a file");
    busy.lock().expect("locked");
    place.write("pictures/a.svg", "another");
    tidied();
    assert!(place.join("pictures/.sim-busy.part").exists());
    assert_eq!(place.files().iter().filter(|file| file.ends_with(".sim-mine")).count(), 4);
}

/// `plot` and `reproduce` overwrite no foreign file; a file with the same bytes is a success.
#[test]
fn pictures_and_tables_destroy_nothing() {
    let place = Place::new();
    place.write("exp.toml", EXP);
    place.sim_ends(0, &["run", "exp.toml"]);
    let plot = ["plot", "results/exp/seed-1", "--out", "a.svg"];
    place.sim_ends(0, &plot);
    place.sim_ends(0, &plot);
    place.write("a.svg", "precious");
    let ran = place.sim_ends(73, &plot);
    assert!(ran.err.contains("a.svg") && ran.err.contains("--force"), "{}", ran.err);
    assert_eq!(place.read("a.svg"), "precious");
    fs::remove_file(place.join("a.svg")).expect("removed");
    symlink("precious", place.join("a.svg")).expect("a link");
    place.sim_ends(73, &plot);
    place.sim_ends(0, &[&plot[..], &["--force"]].concat());
    assert!(place.read("a.svg").starts_with("<?xml") || place.read("a.svg").starts_with("<svg"));
    let tables = ["reproduce", "exp1", "--seeds", "2", "--out", "tables"];
    place.sim_ends(0, &tables);
    place.sim_ends(0, &tables);
    place.write("tables/reproduction.csv", "precious");
    place.write("tables/reproduction.md", "precious");
    place.sim_ends(73, &tables);
    assert_eq!(place.read("tables/reproduction.md"), "precious");
    place.sim_ends(0, &[&tables[..], &["--force"]].concat());
    assert_ne!(place.read("tables/reproduction.csv"), "precious");
}

#[test]
fn the_number_of_workers_is_not_the_environments() {
    let place = Place::new();
    place.write("exp.toml", EXP);
    place.write("s.toml", "base = \"exp.toml\"\nseeds = \"0..3\"\n");
    // A hundred thousand threads would not fit into this limit on memory.
    for command in ["sweep s.toml", "reproduce exp1 --seeds 2 --out tables"] {
        let script = format!("ulimit -v 4000000; exec {} {command}", crate::support::SIM);
        let mut sh = Command::new("sh");
        sh.args(["-c", &script]).current_dir(place.path());
        sh.envs([("RAYON_NUM_THREADS", "100000"), ("RAYON_RS_NUM_CPUS", "100000")]);
        let ran = Ran::from(sh.output().expect("sh runs"));
        assert_eq!(ran.code, 0, "{command}: {}", ran.err);
    }
}
