//! `sim test` as a process among others: readers of its output, signals, children, limits.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::support::{Place, SIM, root};

/// Arguments, for a shell, of a test with one echo node.
const ECHO: &str = "test -w echo --bin \"$SIM\" --node-count 1 --rate 50 --recovery-time 0";

/// Returns a command that runs these lines with `sh` in this folder.
fn shell(place: &Place, lines: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", lines]).current_dir(place.path()).env("SIM", SIM);
    command.stdin(Stdio::null());
    command
}

fn python(name: &str) -> String {
    root().join("tests/data/nodes/hostile").join(name).display().to_string()
}

fn warnings(place: &Place) -> String {
    let text = place.read("results/test/echo/run-1/results.json");
    let results: Value = serde_json::from_str(&text).expect("JSON");
    results["warnings"].to_string()
}

fn signal(child: &Child, signal: &str) {
    let pid = child.id().to_string();
    Command::new("kill").args([signal, &pid]).stderr(Stdio::null()).status().expect("kill");
}

#[test]
fn a_verdict_outlives_its_reader() {
    let place = Place::new();
    let wrong = root().join("examples/nodes/wrong/echo.py").display().to_string();
    let arguments = ["test", "-w", "echo", "--bin", &wrong, "--node-count", "1"];
    let arguments = [&arguments[..], &["--time-limit", "1", "--rate", "100"]].concat();
    let mut child = place.command(&arguments).stdout(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
    // The same holds when the history is checked again.
    let history = "results/test/echo/run-1/history.jsonl";
    let mut again = place.command(&["check", "--workload", "echo", history]);
    let mut child = again.stdout(Stdio::piped()).spawn().expect("it runs");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("it ends").code(), Some(1));
}

#[test]
fn each_test_begins_with_empty_disks() {
    let place = Place::new();
    let options = ["test", "-w", "g-set", "--bin", SIM, "--node-count", "2", "--rate", "30"];
    let brief = ["--time-limit", "0.5", "--recovery-time", "2", "--test-count", "2"];
    let node = ["--", "node", "g-set", "--disk", "disks"];
    let ran = place.sim_ends(0, &[&options[..], &brief, &node].concat());
    assert_eq!(ran.out.matches("Everything looks good!").count(), 2, "{}", ran.out);
}

#[test]
fn a_second_signal_ends_at_once_and_leaves_no_process() {
    let place = Place::new();
    let node = python("ignores-sigterm.py");
    let arguments = ["test", "-w", "echo", "--bin", &node, "--node-count", "2", "--grace", "60"];
    let mark = format!("hosting-{}", std::process::id());
    let mut command = place.command(&[&arguments[..], &["--log-net-recv"]].concat());
    command.env("SIM_TEST_MARK", &mark).stderr(Stdio::piped()).stdout(Stdio::null());
    let mut child = command.spawn().expect("it runs");
    let mut log = BufReader::new(child.stderr.take().expect("piped")).lines();
    // Two lines are of the set-up of nodes, the third is of an echo.
    assert_eq!(log.by_ref().map_while(Result::ok).take(3).count(), 3);
    let status = loop {
        signal(&child, "-INT");
        pause();
        if let Some(status) = child.try_wait().expect("it can be waited for") {
            break status;
        }
    };
    assert_eq!(status.code(), Some(130));
    let left = std::fs::read_dir("/proc").into_iter().flatten().flatten().filter(|process| {
        let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
        String::from_utf8_lossy(&environment).contains(&mark)
    });
    assert_eq!(left.count(), 0);
    assert!(place.read("results/test/echo/run-1/manifest.json").contains("interrupted"));
}

#[expect(clippy::disallowed_methods, reason = "signals come one after the other")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(200));
}

#[test]
fn children_of_before_are_left_alone() {
    let place = Place::new();
    let lines =
        format!("sleep 60 & echo $! > pid; exec \"$SIM\" {ECHO} --time-limit 0.3 -- node echo");
    let output = shell(&place, &lines).output().expect("a shell");
    let pid = place.read("pid");
    let kill = |signal: &str| {
        let mut kill = Command::new("kill");
        kill.args([signal, pid.trim()]).stderr(Stdio::null()).status().expect("kill").success()
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(kill("-0"), "it was ended");
    kill("-KILL");
    assert_eq!(warnings(&place), "[]");
}

#[test]
fn a_log_that_is_not_read_stops_no_run() {
    let place = Place::new();
    let options = ["test", "-w", "echo", "--bin", SIM, "--node-count", "1", "--rate", "2000"];
    let logs = ["--time-limit", "1", "--log-net-send", "--log-net-recv", "--", "node", "echo"];
    let mut command = place.command(&[&options[..], &logs].concat());
    let child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
    let mut child = child.expect("it runs");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
    assert!(warnings(&place).contains("not-shown: "), "{}", warnings(&place));
}

#[test]
fn one_test_after_the_other_needs_no_more_descriptors() {
    let place = Place::new();
    let lines = format!(
        "ulimit -n 24; exec \"$SIM\" {ECHO} --time-limit 0.1 --grace 0 --test-count 12 -- node echo"
    );
    let output = shell(&place, &lines).output().expect("a shell");
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(out.matches("Everything looks good!").count(), 12, "{out}");
}

/// An echo node that leaves its host no file descriptors for another node.
const TAKES_DESCRIPTORS: &str = r#"#!/usr/bin/env python3
import json, os, resource, sys
host = os.getppid()
_, most = resource.prlimit(host, resource.RLIMIT_NOFILE)
resource.prlimit(host, resource.RLIMIT_NOFILE, (len(os.listdir(f"/proc/{host}/fd")) + 1, most))
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    answer = {"type": body["type"] + "_ok", "in_reply_to": body["msg_id"]}
    answer.update({key: body[key] for key in body if key == "echo"})
    answer = {"src": message["dest"], "dest": message["src"], "body": answer}
    print(json.dumps(answer), flush=True)
"#;

#[test]
fn a_machine_without_descriptors_is_no_fault_of_a_node() {
    let place = Place::new();
    let three = "test -w echo --bin \"$SIM\" --node-count 3 --time-limit 1 -- node echo";
    let output = shell(&place, &format!("ulimit -n 16; exec \"$SIM\" {three}")).output();
    let output = output.expect("a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(65), "{errors}");
    assert!(errors.contains("3 nodes take") && errors.contains("`ulimit -n`"), "{errors}");

    place.write("node.py", TAKES_DESCRIPTORS);
    Command::new("chmod")
        .args(["+x", "node.py"])
        .current_dir(place.path())
        .status()
        .expect("chmod");
    let test = ["test", "-w", "echo", "--bin", "node.py", "--node-count", "1", "--time-limit", "9"];
    // It is killed at once and cannot be restarted.
    let ran =
        place.sim_ends(2, &[&test[..], &["--nemesis", "kill", "--nemesis-interval", "1"]].concat());
    assert!(ran.out.contains("could not be started"), "{}", ran.out);
    let manifest = place.read("results/test/echo/run-1/manifest.json");
    assert!(manifest.contains("\"end\": \"host\""), "{manifest}");
}

#[test]
fn a_journal_that_cannot_be_written_ends_the_run_there() {
    let place = Place::new();
    let lines = format!("ulimit -f 64; exec \"$SIM\" {ECHO} --time-limit 600 -- node echo");
    let lines = lines.replace("--rate 50", "--rate 5000");
    let output = shell(&place, &lines).output().expect("a shell");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(74), "{errors}");
    // The first of the two that reaches the limit.
    assert!(errors.contains("net.csv") || errors.contains("bodies.jsonl"), "{errors}");
}

#[test]
fn memory_has_a_limit() {
    let place = Place::new();
    let node = python("floods-the-network.py");
    let options = ["test", "-w", "echo", "--bin", &node, "--node-count", "2"];
    let limits = ["--time-limit", "60", "--latency", "60000", "--memory-limit", "40"];
    let ran = place.sim(&[&options[..], &limits].concat());
    assert_eq!(ran.code, 3, "{}{}", ran.out, ran.err);
    assert!(warnings(&place).contains("memory: "), "{}", warnings(&place));
}

#[test]
fn nodes_without_a_client_are_reported() {
    let place = Place::new();
    let options = ["test", "-w", "g-set", "--bin", SIM, "--node-count", "3", "--concurrency", "2"];
    let brief = ["--time-limit", "0.5", "--recovery-time", "0.5", "--", "node", "g-set"];
    let ran = place.sim_ends(2, &[&options[..], &brief].concat());
    assert!(ran.out.contains("n2 and all nodes after it have no client"), "{}", ran.out);
}

/// When the host is killed, its nodes end with it, and so do their children, even if they ignore
/// the end of input and SIGTERM.
#[cfg(target_os = "linux")]
#[test]
fn a_host_that_is_killed_leaves_no_node() {
    const NODE: &str = r#"#!/usr/bin/env python3
import os, signal, subprocess, sys, time
for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
child = subprocess.Popen(["sleep", "600"], start_new_session=True)
other = subprocess.Popen(["sleep", "600"], env={"PATH": os.environ["PATH"]})
with open("pids", "a") as file:
    file.write(f"{os.getpid()} {child.pid} {other.pid}\n")
while True:
    time.sleep(60)
"#;
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    place.write("node.py", NODE);
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(place.join("node.py"), mode).expect("made executable");
    let pids = || -> Vec<String> {
        let text = std::fs::read_to_string(place.join("pids")).unwrap_or_default();
        text.split_whitespace().map(str::to_owned).collect()
    };
    let alive = |pid: &String| {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z'))
    };
    let until = |what: &str, holds: &dyn Fn() -> bool| {
        for _ in 0..1_000 {
            if holds() {
                return;
            }
            #[expect(clippy::disallowed_methods, reason = "other processes take real time")]
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("it never comes: {what}; {:?}", pids());
    };
    let test = ["test", "-w", "echo", "--bin", "./node.py", "--node-count", "2"];
    let mut host = place.command(&test).spawn().expect("sim runs");
    until("two nodes", &|| pids().len() == 6);
    assert!(pids().iter().all(alive));
    host.kill().expect("killed");
    host.wait().expect("it ends");
    until("the end of all nodes", &|| !pids().iter().any(alive));
}
