//! `sim test` and `sim node`: processes as nodes, hosted over stdin and stdout.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use serde_json::Value;
use sim::glomers::{BROKEN, SOLUTIONS, Solution};

use crate::support::{Place, Ran, SIM, golden, root, side_by_side};

/// Runs a short `sim test` with these options; `--` and what follows it come last.
fn test(place: &Place, workload: &str, bin: &str, options: &[&str]) -> Ran {
    let mut arguments = vec!["test", "-w", workload, "--bin", bin];
    if !options.contains(&"--time-limit") {
        arguments.extend(["--time-limit", "1"]);
    }
    arguments.extend(["--recovery-time", "1"]);
    arguments.extend(options);
    place.sim(&arguments)
}

fn results(place: &Place, workload: &str) -> Value {
    let text = place.read(&format!("results/test/{workload}/run-1/results.json"));
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn each_node_program_of_ours_runs_behind_the_protocol() {
    let right = SOLUTIONS.iter().map(|solution| (solution, true));
    let broken = BROKEN.iter().map(|broken| (&broken.program, false));
    let programs: Vec<(&Solution, bool)> = right.chain(broken).collect();
    let wrong = side_by_side(&programs, |(program, is_right)| {
        let place = Place::new();
        let workload = program.workloads[0].name;
        // What keeps all on a single node is for a single node.
        let nodes = if program.name.ends_with("-single") { "1" } else { "3" };
        // Most compare-and-sets fail, and one has to succeed.
        let (rate, time) = if workload == "lin-kv" { ("300", "3") } else { ("30", "1") };
        let options =
            ["--node-count", nodes, "--rate", rate, "--latency", "5", "--time-limit", time];
        // Those that answer alone are not serializable, and do not claim to be.
        let models: &[&str] = match program.name {
            "txn-by-write" => &["--consistency-models", "read-uncommitted"],
            "txn-causal" => &["--consistency-models", "read-committed"],
            _ => &[],
        };
        let disk = ["--", "node", program.name, "--disk", "disk"];
        let ran = test(&place, workload, SIM, &[&options[..], models, &disk].concat());
        let nodes = results(&place, workload)["nodes"].clone();
        let none = |rules: &Value| rules.as_object().is_some_and(serde_json::Map::is_empty);
        let keeps_rules = |node: &Value| none(&node["broken-rules"]);
        let is_well = nodes.as_array().is_some_and(|nodes| nodes.iter().all(keeps_rules));
        let is_expected = if *is_right { ran.code == 0 } else { [0, 1, 2].contains(&ran.code) };
        (!is_expected || !is_well)
            .then(|| format!("{}: {}\n{}{}{nodes}", program.name, ran.code, ran.out, ran.err))
    });
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn foreign_nodes_are_valid_and_their_broken_twins_are_caught() {
    let build = Place::new();
    let mut cases: Vec<(String, &str, Vec<&str>)> = Vec::new();
    let quick = ["--node-count", "3", "--rate", "50", "--time-limit", "3"];
    // Transactions have to overlap.
    let busy = ["--node-count", "2", "--rate", "200", "--time-limit", "3", "--concurrency", "4n"];
    let cut = ["--nemesis", "partition", "--nemesis-interval", "1"];
    for (file, workload) in [
        ("echo.py", "echo"),
        ("unique_ids.py", "unique-ids"),
        ("broadcast.py", "broadcast"),
        ("g_counter.py", "g-counter"),
        ("kafka.py", "kafka"),
        ("lin_kv.py", "lin-kv"),
        ("txn_rw_register.py", "txn-rw-register"),
        ("txn_list_append.py", "txn-list-append"),
        ("echo.c", "echo"),
        ("broadcast.c", "broadcast"),
    ] {
        for folder in ["", "wrong/"] {
            let source = root().join("examples/nodes").join(folder).join(file);
            let bin = match file.strip_suffix(".c") {
                None => source.display().to_string(),
                Some(name) => {
                    let bin = build.join(&format!("{}{name}", folder.replace('/', "-")));
                    let mut cc = Command::new("cc");
                    cc.args(["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2", "-o"]);
                    let built = cc.arg(&bin).arg(&source).status().expect("a C compiler");
                    assert!(built.success(), "{}", source.display());
                    bin.display().to_string()
                }
            };
            let special = match workload {
                "broadcast" => &cut[..],
                "txn-rw-register" => &["--consistency-models", "read-committed"],
                _ => &[],
            };
            let load = if workload.starts_with("txn-") { &busy[..] } else { &quick[..] };
            cases.push((bin, workload, [load, special].concat()));
        }
    }
    let wrong = side_by_side(&cases, |(bin, workload, options)| {
        let place = Place::new();
        let mut arguments = vec!["test", "-w", workload, "--bin", bin, "--recovery-time", "3"];
        arguments.extend(options);
        let ran = place.sim(&arguments);
        let expected = i32::from(bin.contains("wrong"));
        let ends = if expected == 0 { "Everything looks good!" } else { "Analysis invalid!" };
        let last = ran.out.lines().last().unwrap_or_default();
        // A twin is wrong by its mistake, and not since it cannot run.
        let runs = !ran.out.contains("node-exited");
        (ran.code != expected || !last.starts_with(ends) || !runs)
            .then(|| format!("{bin}: {}\n{}{}", ran.code, ran.out, ran.err))
    });
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn killed_and_paused_nodes_come_back_with_their_disks() {
    let place = Place::new();
    let options = ["--node-count", "3", "--rate", "30", "--time-limit", "4", "--seed", "3"];
    let faults = ["--nemesis", "kill,pause,loss,duplication", "--nemesis-interval", "1"];
    let node = ["--", "node", "broadcast-gossip", "--disk", "disk"];
    let all = [&options[..], &faults, &["--recovery-time", "3"], &node].concat();
    let mut arguments = vec!["test", "-w", "broadcast", "--bin", SIM];
    arguments.extend(all);
    let ran = place.sim(&arguments);
    assert_eq!(ran.code, 0, "{}{}", ran.out, ran.err);
    let nodes = results(&place, "broadcast")["nodes"].to_string();
    assert!(nodes.contains("was killed by the nemesis"), "{nodes}");
    assert!(place.files().iter().any(|file| file == "disk/n0.disk"), "{:?}", place.files());
    // The stored history can be checked again, as our result or as a bare file.
    place.sim_ends(0, &["check", "results/test/broadcast/run-1"]);
    let history = "results/test/broadcast/run-1/history.edn";
    place.sim_ends(0, &["check", "--workload", "broadcast", history]);
}

#[test]
fn workers_that_cannot_form_groups_are_refused_before_a_node_starts() {
    let place = Place::new();
    let few = ["test", "-w", "lin-kv", "--bin", SIM, "--node-count", "2", "--concurrency", "6"];
    let ran = place.sim_ends(64, &few);
    assert!(ran.err.contains("the workers of lin-kv form groups of 4"), "{}", ran.err);
    assert!(ran.err.contains("give a multiple of \"2n\""), "{}", ran.err);
    assert!(place.files().is_empty(), "{:?}", place.files());
}

#[test]
fn keys_of_a_hosted_node_are_checked() {
    let place = Place::new();
    let node = root().join("tests/data/nodes/lin_kv.py");
    let options = ["--node-count", "1", "--concurrency", "4", "--rate", "200", "--time-limit", "1"];
    let node = ["test", "-w", "lin-kv", "--bin", node.to_str().expect("a path")];
    place.sim_ends(0, &[&node[..], &options].concat());
    let folder = "results/test/lin-kv/run-1";
    let history = place.read(&format!("{folder}/history.edn"));
    assert!(history.contains(":type :ok, :process 0, :f :read, :value [0 "), "{history}");
    assert!(history.contains(":f :cas, :value [0 ["), "{history}");
    place.sim_ends(0, &["check", folder]);
    place.sim_ends(0, &["check", "--workload", "lin-kv", &format!("{folder}/history.edn")]);
}

#[test]
fn options_are_refused_with_a_word_of_what_would_be_right() {
    let place = Place::new();
    let cases: [(&[&str], i32, &str); 12] = [
        (&[], 64, "--bin"),
        (&["-w", "txn", "--bin", "x"], 64, "there is no workload"),
        (&["-w", "ecko", "--bin", "x"], 64, "there is no workload \"ecko\""),
        (&["-w", "echo", "--bin", "x", "--rate", "fast"], 64, "--rate"),
        (&["-w", "echo", "--bin", "x", "--latency", "5ms"], 64, "expected milliseconds"),
        (&["-w", "echo", "--bin", "x", "--nemesis", "skew"], 64, "the clock of a process"),
        (&["-w", "echo", "--bin", "x", "--nemesis", "fire"], 64, "no kind \"fire\""),
        (&["-w", "echo", "--bin", "x", "--nodes", "a,a"], 64, "twice"),
        (&["-w", "echo", "--bin", "x", "--time-limit", "0"], 64, "--time-limit"),
        (&["-w", "echo", "--bin", "x", "--start-limit", "0"], 64, "more than 0 seconds"),
        (&["-w", "echo", "--bin", "./not-there"], 65, "give the path of an executable"),
        (&["-w", "echo", "--bin", "plain", "--target", "net.x < 1"], 64, "--target"),
    ];
    for (options, code, text) in cases {
        let ran = place.sim(&[&["test"][..], options].concat());
        assert_eq!(ran.code, code, "{options:?}\n{}{}", ran.out, ran.err);
        assert!(ran.err.contains(text), "{options:?}\n{}", ran.err);
    }
    place.write("plain", "#!/bin/sh\n");
    let ran = place.sim(&["test", "-w", "echo", "--bin", "plain"]);
    assert!(ran.code == 65 && ran.err.contains("chmod +x"), "{}", ran.err);
    assert!(!place.files().iter().any(|file| file.starts_with("results")), "{:?}", place.files());
}

#[test]
fn a_signal_ends_the_nodes_and_what_there_is_is_written() {
    let place = Place::new();
    let arguments = ["test", "-w", "echo", "--bin", SIM, "--node-count", "2", "--rate", "20"];
    let node = ["--", "node", "echo"];
    let mut command = place.command(&[&arguments[..], &["--log-net-recv"], &node].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("sim runs");
    // Two lines are of the set-up of nodes; each further one is of an echo.
    let log = BufReader::new(child.stderr.take().expect("piped"));
    assert_eq!(log.lines().map_while(Result::ok).take(14).count(), 14);
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().expect("kill").success());
    let output = child.wait_with_output().expect("it ends");
    assert_eq!(output.status.code(), Some(130));
    let results = results(&place, "echo");
    assert_eq!(results["valid?"], "unknown");
    assert!(results["stats"]["count"].as_u64() >= Some(11), "{}", results["stats"]);
    assert!(place.read("results/test/echo/run-1/manifest.json").contains("interrupted"));
}

#[test]
fn a_node_that_cannot_be_started_again_ends_its_run_and_not_its_results() {
    let place = Place::new();
    let script = place.join("once.sh");
    let text = format!("#!/bin/sh\nrm {}\nexec {SIM} node echo\n", script.display());
    std::fs::write(&script, text).expect("written");
    let all = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(&script, all).expect("executable");
    let ran = place.sim(
        &[
            &["test", "-w", "echo", "--bin", "./once.sh", "--node-count", "1", "--rate", "20"][..],
            &["--time-limit", "20", "--nemesis", "kill", "--nemesis-interval", "1"],
        ]
        .concat(),
    );
    assert_eq!(ran.code, 1, "{}{}", ran.out, ran.err);
    assert!(ran.out.contains("could not be started"), "{}", ran.out);
    let results = results(&place, "echo");
    assert_eq!(results["strict"]["reasons"][0]["rule"], "node-exited");
}

#[test]
fn a_node_of_ours_exits_at_sigterm() {
    let place = Place::new();
    let mut command = place.command(&["node", "echo"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it runs");
    // Its signal handlers are installed by the time it answers.
    let body = r#"{"type":"init","msg_id":1,"node_id":"a","node_ids":["a"]}"#;
    let init = format!(r#"{{"id":0,"src":"c0","dest":"a","body":{body}}}"#);
    let mut stdin = child.stdin.take().expect("piped");
    writeln!(stdin, "{init}").expect("written");
    let mut answers = BufReader::new(child.stdout.take().expect("piped")).lines();
    assert!(answers.next().is_some_and(|line| line.is_ok_and(|line| line.contains("init_ok"))));
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill").success());
    assert_eq!(child.wait().expect("it ends").code(), Some(143));
}

#[test]
fn a_node_speaks_the_protocol_by_the_letter() {
    let place = Place::new();
    let mut command = place.command(&["node", "echo"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.as_mut().expect("sim runs");
    let from =
        |src: &str, body: &str| format!(r#"{{"id":0,"src":"{src}","dest":"a","body":{body}}}"#);
    let init = from("c0", r#"{"type":"init","msg_id":1,"node_id":"a","node_ids":["a"]}"#);
    let echo = from("c9", r#"{"type":"echo","msg_id":7,"echo":[1e2,{"x":0}]}"#);
    let other = from("c9", r#"{"type":"dance","msg_id":8}"#);
    let mut stdin = child.stdin.take().expect("piped");
    writeln!(stdin, "{init}\n{echo}\nnonsense\n{other}").expect("written");
    drop(stdin);
    let mut out = String::new();
    let mut err = String::new();
    let pipe = (child.stdout.take(), child.stderr.take());
    std::io::Read::read_to_string(&mut pipe.0.expect("piped"), &mut out).expect("text");
    std::io::Read::read_to_string(&mut pipe.1.expect("piped"), &mut err).expect("text");
    assert_eq!(child.wait().expect("it ends with its input").code(), Some(0));
    let expected = [
        r#"{"body":{"in_reply_to":1,"type":"init_ok"},"dest":"c0","src":"a"}"#,
        r#"{"body":{"echo":[100,{"x":0}],"in_reply_to":7,"type":"echo_ok"},"dest":"c9","src":"a"}"#,
    ];
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines[..2], expected);
    assert!(lines[2].contains(r#""code":10"#) && lines.len() == 3, "{out}");
    assert!(err.contains("not-json"), "{err}");
}

#[test]
fn programs_are_listed_and_others_refused() {
    let place = Place::new();
    let list = place.sim_ends(0, &["node", "--list"]).out;
    for program in SOLUTIONS.iter().chain(BROKEN.iter().map(|broken| &broken.program)) {
        assert!(list.contains(program.name), "{}", program.name);
    }
    assert!(place.sim_ends(64, &["node", "no-such"]).err.contains("sim node --list"));
    let wrong = place.sim_ends(64, &["node", "echo", "--set", "x=1"]);
    assert!(wrong.err.contains("options of echo are: none"), "{}", wrong.err);
}

#[test]
fn the_reference_pages_are_those_of_the_code() {
    let place = Place::new();
    for page in ["protocol", "workloads", "files"] {
        golden(&format!("docs/{page}.md"), &place.sim_ends(0, &["doc", page]).out);
    }
}
