//! Faults of the environment (disk, pipes, signals): a clear outcome, no torn file, the documented
//! exit code.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sim::cli::{Exit, Interrupt, Io, Signal, execute};
use sim::store::Store;

use crate::support::{Place, Ran};

/// Runs a command line in this process, on a store that may be set to fail.
fn in_process(arguments: &[&str], store: &Store, interrupt: &Interrupt) -> (Exit, String) {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut world = Io::new(&mut out, &mut err, store, interrupt);
    let arguments = std::iter::once("sim").chain(arguments.iter().copied());
    let exit = execute(arguments.map(Into::into), &mut world);
    (exit, String::from_utf8(err).expect("text"))
}

/// Asserts that no temporary file is left, and no manifest without the whole files it describes.
fn nothing_torn(place: &Place, fault: u64) {
    let files = place.files();
    assert!(!files.iter().any(|file| file.ends_with(".part")), "fault {fault}: {files:?}");
    let Some(manifest) = files.iter().find(|file| file.ends_with("manifest.json")) else {
        return;
    };
    let json: serde_json::Value = serde_json::from_str(&place.read(manifest)).expect("whole JSON");
    let trace = place.read(&manifest.replace("manifest.json", "trace.csv"));
    let hash = blake3::hash(trace.as_bytes()).to_hex();
    assert_eq!(json["trace_blake3"], hash.as_str(), "fault {fault}");
}

/// Makes every operation on the disk fail in turn, in a fresh folder and over an older result.
#[test]
fn a_fault_at_any_operation_of_the_disk_tears_nothing() {
    for older in [false, true] {
        let mut fault = 0;
        loop {
            fault += 1;
            let place = Place::new();
            let out = place.join("results");
            let out = out.to_str().expect("a path in UTF-8");
            let run = ["run", "exp9", "--net", "--quiet", "--out", out];
            let none = Interrupt::default();
            if older {
                let (exit, _) = in_process(&run, &Store::new(), &none);
                assert_eq!(exit, Exit::Holds);
            }
            let store = Store::failing_at(fault);
            let (exit, err) = in_process(&run, &store, &none);
            nothing_torn(&place, fault);
            if store.operations() < fault {
                assert_eq!(exit, Exit::Holds, "{err}");
                break;
            }
            assert_eq!(exit, Exit::InputOutput, "fault {fault}: {err}");
            assert!(err.contains(&format!("injected fault at operation {fault}")), "{err}");
            // A retry succeeds, whatever was left.
            let (exit, err) = in_process(&run, &Store::new(), &none);
            assert_eq!(exit, Exit::Holds, "after fault {fault}: {err}");
            assert_eq!(place.files().len(), 5, "after fault {fault}: {:?}", place.files());
            nothing_torn(&place, fault);
        }
        assert!(fault > 15, "only {fault} operations");
    }
}

/// The journal of such a run is written while the run goes on.
#[test]
fn a_fault_of_the_disk_during_a_run_of_nodes_is_not_an_interruption() {
    let mut fault = 0;
    loop {
        fault += 1;
        let place = Place::new();
        let out = place.join("results");
        let out = out.to_str().expect("a path in UTF-8");
        let run = ["run", "glomers/2-unique-ids", "--duration", "5s", "--quiet", "--out", out];
        let store = Store::failing_at(fault);
        let (exit, err) = in_process(&run, &store, &Interrupt::default());
        if store.operations() < fault {
            assert_eq!(exit, Exit::Holds, "{err}");
            break;
        }
        assert_eq!(exit, Exit::InputOutput, "fault {fault}: {err}");
        assert!(err.contains(&format!("injected fault at operation {fault}")), "{err}");
        assert!(!place.files().iter().any(|file| file.ends_with(".part")), "fault {fault}");
    }
    assert!(fault > 30, "only {fault} operations");
}

#[test]
fn a_full_disk_is_named() {
    let place = Place::new();
    let full = std::fs::File::create("/dev/full").expect("/dev/full");
    let mut command = place.command(&["run", "exp9", "--trace-out", "-"]);
    let ran: Ran = command.stdout(full).output().expect("the program runs").into();
    assert_eq!(ran.code, 74, "{}", ran.err);
    assert!(ran.err.contains("No space left on device"), "{}", ran.err);
}

#[test]
fn help_that_cannot_be_written_is_an_error() {
    let place = Place::new();
    for arguments in [&["--help"][..], &["run", "--help"], &["--version"], &["configs", "list"]] {
        let full = std::fs::File::create("/dev/full").expect("/dev/full");
        let ran: Ran = place.command(arguments).stdout(full).output().expect("it runs").into();
        assert_eq!(ran.code, 74, "{arguments:?}: {}", ran.err);
    }
}

/// A command too short to be stopped by a signal still exits as an interrupted one.
#[test]
fn a_signal_that_comes_late_decides_the_exit_code() {
    let place = Place::new();
    let (out, trace) = (place.join("results"), place.join("results/exp9/seed-1/trace.csv"));
    let (out, trace) = (out.to_str().expect("text"), trace.to_str().expect("text"));
    in_process(&["run", "exp9", "-q", "--out", out], &Store::new(), &Interrupt::default());
    for (signal, exit) in
        [(Signal::Interrupt, Exit::Interrupted), (Signal::Terminate, Exit::Terminated)]
    {
        let interrupt = Interrupt::default();
        interrupt.raise(signal);
        for arguments in [
            &["check", trace][..],
            &["plot", trace, "--term"],
            &["run", "glomers/1-echo", "--duration", "1s", "--out", out],
            &["configs", "list"],
            &["check", "there-is-none"],
        ] {
            let (ended, err) = in_process(arguments, &Store::new(), &interrupt);
            assert_eq!(ended, exit, "{arguments:?}: {err}");
        }
    }
}

#[test]
fn a_file_size_limit_in_mid_trace_leaves_nothing() {
    let place = Place::new();
    let script = format!("ulimit -f 8; exec {} run exp9 --duration 100000s", crate::support::SIM);
    let mut command = Command::new("sh");
    command.args(["-c", &script]).current_dir(place.path());
    let ran: Ran = command.output().expect("sh runs").into();
    assert_eq!(ran.code, 74, "{}{}", ran.out, ran.err);
    // The file that was meant is named, and not the one that stood for it until it was whole.
    assert!(ran.err.contains("cannot write results/exp9/"), "{}", ran.err);
    assert!(!ran.err.contains(".part"), "{}", ran.err);
    assert_eq!(place.files(), [] as [&str; 0]);
    assert!(!place.join("results").exists());
}

#[test]
fn an_output_path_under_a_file_is_named() {
    let place = Place::new();
    place.write("file", "text");
    let ran = place.sim_ends(74, &["run", "exp9", "--out", "file/below"]);
    assert!(ran.err.contains("cannot make folder file/below/exp9/seed-1"), "{}", ran.err);
    let ran = place.sim_ends(74, &["run", "exp9", "--trace-out", "file/trace.csv"]);
    assert!(ran.err.contains("file/trace.csv"), "{}", ran.err);
    assert_eq!(place.files(), ["file"]);
}

#[test]
fn a_closed_pipe_is_a_quiet_success() {
    let place = Place::new();
    let arguments = ["run", "exp9", "--trace-out", "-", "--duration", "1000000s"];
    let mut child = spawn(&place, &arguments);
    let mut first = [0; 7];
    child.stdout.take().expect("a pipe").read_exact(&mut first).expect("seven bytes");
    let ran: Ran = child.wait_with_output().expect("it ends").into();
    assert_eq!((&first, ran.code, ran.err.as_str()), (b"time_ns", 0, ""));
    // The table is not read, but the results are there.
    let mut child = spawn(&place, &["run", "exp9"]);
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(place.join("results/exp9/seed-1/manifest.json").exists());
}

fn spawn(place: &Place, arguments: &[&str]) -> Child {
    let mut command = place.command(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts")
}

#[expect(clippy::disallowed_methods, reason = "another process takes real time")]
fn wait(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

/// Starts a run that takes for ever, and waits until it has begun to write.
fn long_run(place: &Place) -> Child {
    let text = sim::config::shipped("exp9").expect("a config").text;
    place.write("exp9.toml", text.replace("\"60s\"", "\"10000000s\""));
    let child = spawn(place, &["run", "exp9.toml"]);
    let marker = place.join("results/exp9/seed-1/.sim-unfinished");
    while !marker.exists() {
        wait(5);
    }
    wait(100);
    child
}

fn signal(child: &Child, name: &str) {
    let mut kill = Command::new("kill");
    let status = kill.args([&format!("-{name}"), &child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

#[test]
fn a_signal_in_mid_run_leaves_nothing() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let place = Place::new();
        let child = long_run(&place);
        signal(&child, name);
        let ran: Ran = child.wait_with_output().expect("it ends").into();
        assert_eq!(ran.code, code, "{}", ran.err);
        assert!(ran.err.contains("nothing was written"), "{}", ran.err);
        assert!(!place.join("results").exists(), "{:?}", place.files());
    }
}

#[test]
fn a_killed_run_leaves_an_unfinished_folder_that_the_next_one_uses() {
    let place = Place::new();
    let child = long_run(&place);
    signal(&child, "KILL");
    child.wait_with_output().expect("it ends");
    assert!(!place.join("results/exp9/seed-1/manifest.json").exists());
    let ran = place.sim(&["check", "results/exp9/seed-1"]);
    assert_eq!(ran.code, 65);
    assert!(ran.err.contains("no finished result"), "{}", ran.err);
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    // The results, and the config.
    assert_eq!(place.files().len(), 4 + 1, "{:?}", place.files());
}

#[test]
fn two_runs_into_one_folder_do_not_mix() {
    let place = Place::new();
    let child = long_run(&place);
    let ran = place.sim_ends(75, &["run", "exp9.toml"]);
    assert!(ran.err.contains("is in use by another process"), "{}", ran.err);
    // Another config of that name goes beside it.
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
    assert!(place.files().iter().any(|file| file.starts_with("results/exp9/seed-1-")));
    signal(&child, "INT");
    child.wait_with_output().expect("it ends");
    place.sim_ends(0, &["run", "exp9", "--quiet"]);
}

#[test]
fn many_runs_at_once_are_each_whole_or_refused() {
    let place = Place::new();
    let children: Vec<Child> = (0..8).map(|_| spawn(&place, &["run", "exp9"])).collect();
    for child in children {
        let ran: Ran = child.wait_with_output().expect("it ends").into();
        assert!(ran.code == 0 || ran.code == 75, "{}: {}", ran.code, ran.err);
    }
    place.sim_ends(0, &["check", "results/exp9/seed-1", "--quiet"]);
    assert_eq!(place.files().len(), 4, "{:?}", place.files());
}

#[test]
fn an_interrupt_before_the_run_stops_it_too() {
    let place = Place::new();
    let out = place.join("results");
    let interrupt = Interrupt::default();
    interrupt.raise(Signal::Terminate);
    let out = out.to_str().expect("a path in UTF-8");
    let arguments = ["run", "exp9", "--duration", "1000000s", "--out", out];
    let (exit, _) = in_process(&arguments, &Store::new(), &interrupt);
    assert_eq!(exit, Exit::Terminated);
    assert_eq!(place.files(), [] as [&str; 0]);
}
