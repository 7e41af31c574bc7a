//! `sim check` of stored runs of Gossip Glomers: verdicts, their JSON, and `--explain`.

use serde_json::Value;

use crate::support::Place;

const FOLDER: &str = "results/glomers/3a/seed-1";

#[test]
fn no_file_of_a_stored_run_may_have_changed() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/3a", "--quiet"]);
    let ran = place.sim_ends(0, &["check", FOLDER]);
    let files = "config.toml, history.jsonl, net.csv, results.json, history.edn, results.edn";
    // In lines of the terminal's width.
    let line = format!(" unchanged since they were written: {files} ");
    assert!(ran.out.replace('\n', " ").contains(&line), "{}", ran.out);
    for file in files.split(", ") {
        let path = format!("{FOLDER}/{file}");
        let text = place.read(&path);
        let place_of_a_digit = text.rfind('1').expect(file);
        let mut changed = text.clone();
        changed.replace_range(place_of_a_digit..=place_of_a_digit, "7");
        place.write(&path, changed);
        let ran = place.sim_ends(65, &["check", FOLDER]);
        assert!(ran.err.contains(&format!("{path}: it was changed")), "{file}: {}", ran.err);
        place.write(&path, text);
    }
    place.sim_ends(0, &["check", FOLDER]);
    // A missing file is not checked.
    std::fs::remove_file(place.join(&format!("{FOLDER}/net.csv"))).expect("net.csv");
    let ran = place.sim_ends(0, &["check", FOLDER]);
    assert!(!ran.out.contains("net.csv"), "{}", ran.out);
}

#[test]
fn a_verdict_on_a_history_is_one_object() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/3a", "--quiet"]);
    let verdict = place.sim_ends(0, &["check", FOLDER, "--format", "json", "--quiet"]).json();
    assert_eq!([&verdict["of"], &verdict["verdict"]], ["history", "valid"]);
    assert_eq!([&verdict["workload"], &verdict["parity"]], ["broadcast", "valid"]);
    assert_eq!(
        (&verdict["findings"], &verdict["counts"]),
        (&Value::Array(vec![]), &serde_json::json!({}))
    );
    assert_eq!(verdict["files"][2], "net.csv");
    let flood = ["run", "glomers/3c", "--set", "solution=flood", "--quiet"];
    place.sim_ends(1, &flood);
    let folder = "results/glomers/3c/seed-1+solution=flood";
    let verdict = place.sim_ends(1, &["check", folder, "--format", "json"]).json();
    assert_eq!(
        [&verdict["verdict"], &verdict["findings"][0]["rule"]],
        ["invalid", "missing-at-node"]
    );
    assert!(verdict["counts"]["missing-at-node"].as_u64() > Some(0), "{verdict}");
    assert!(verdict["findings"][0]["ops"][0].is_u64(), "{verdict}");
    let bare = [&format!("{folder}/history.edn"), "--workload", "broadcast", "--format", "json"];
    let bare = place.sim_ends(1, &[&["check"], &bare[..]].concat()).json();
    assert_eq!((&bare["counts"], &bare["files"]), (&verdict["counts"], &Value::Array(vec![])));
}

#[test]
fn a_verdict_on_a_trace_is_one_object() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp4", "--quiet", "--net"]);
    let ran = place.sim_ends(0, &["check", "results/exp4/seed-1", "--format", "json"]);
    let verdict = ran.json();
    assert_eq!([&verdict["of"], &verdict["verdict"]], ["trace", "valid"]);
    assert_eq!(verdict["checked"].as_array().map(Vec::len), Some(10), "{verdict}");
    let trace = place.read("results/exp4/seed-1/trace.csv");
    let without_a_line: Vec<&str> =
        trace.lines().enumerate().filter(|(n, _)| *n != 100).map(|(_, l)| l).collect();
    place.write("theirs.csv", without_a_line.join("\n") + "\n");
    let verdict = place.sim_ends(1, &["check", "theirs.csv", "--format", "json", "--quiet"]).json();
    assert_eq!(verdict["verdict"], "invalid");
    assert!(verdict["findings"][0]["line"].is_u64(), "{verdict}");
    assert_eq!(verdict["skipped"].as_array().map(Vec::len), Some(4), "{verdict}");
    place.write("none.csv", trace.lines().next().expect("a header").to_owned() + "\n");
    let verdict = place.sim_ends(2, &["check", "none.csv", "--format", "json"]).json();
    assert_eq!(verdict["verdict"], "unknown");
}

#[test]
fn a_stored_history_without_operations_has_the_verdict_of_its_run() {
    let place = Place::new();
    for (config, code) in [("1-echo", 2), ("2-unique-ids", 2), ("3b", 2)] {
        let config = format!("glomers/{config}");
        place.sim_ends(code, &["run", &config, "--set", "rate=0", "--set", "nemesis.kinds=[]"]);
        let ran = place.sim_ends(code, &["check", "results/latest"]);
        assert!(ran.out.contains("unknown: "), "{}", ran.out);
    }
    place.write("empty.jsonl", "");
    place.sim_ends(2, &["check", "empty.jsonl", "--workload", "echo"]);
}

#[test]
fn a_stored_run_that_was_cut_short_is_left_open() {
    let place = Place::new();
    place.sim_ends(3, &["run", "glomers/3c", "--set", "limits.events=1000", "--quiet"]);
    let ran = place.sim_ends(2, &["check", "results/latest"]);
    assert!(ran.out.starts_with("limit: the run was cut short (events)"), "{}", ran.out);
}

#[test]
fn figures_are_explained_by_the_family_of_the_config() {
    let place = Place::new();
    let all = place.sim_ends(0, &["run", "--explain"]).out;
    assert!(all.contains("  clock_final ") && all.contains("  stable_latency_ms.<q> "), "{all}");
    let ours = place.sim_ends(0, &["run", "glomers/3a", "--explain", "--quiet"]).out;
    assert!(!ours.contains("clock_final") && ours.contains("  messages_per_broadcast "), "{ours}");
    assert!(ours.contains("  net.<zone>.msgs_per_op "), "{ours}");
    let echo = place.sim_ends(0, &["run", "glomers/1-echo", "--explain", "--quiet"]).out;
    assert!(!echo.contains("stable_latency_ms"), "{echo}");
    let scale = place.sim_ends(0, &["run", "exp4", "--explain", "--quiet"]).out;
    assert!(scale.contains("  clock_final ") && !scale.contains("stable_latency_ms"), "{scale}");
}

#[test]
fn a_check_that_is_always_made_is_said_to_be() {
    let place = Place::new();
    let ran = place.sim_ends(0, &["run", "glomers/3a", "--check"]);
    assert!(ran.err.contains("always includes its checks"), "{}", ran.err);
}

const LOG: &str = "INFO  jepsen.util - 0\t:invoke\t:write\t1\n\
    INFO  jepsen.util - 0\t:ok\t:write\t1\n\
    INFO  jepsen.util - 1\t:invoke\t:cas\t[2 3]\n\
    INFO  jepsen.util - 1\t:fail\t:cas\t[2 3]\n\
    INFO  jepsen.util - 1\t:invoke\t:read\tnil\n\
    INFO  jepsen.util - 1\t:ok\t:read\t1\n";

const TEXTS: &str = r#"{:process 0, :type :invoke, :f :append, :key "a", :value "x"}
{:process 0, :type :ok, :f :append, :key "a", :value "x"}
{:process 0, :type :invoke, :f :get, :key "a", :value nil}
{:process 0, :type :ok, :f :get, :key "a", :value "x"}
"#;

const TUPLES: &str = "{:process 0, :type :invoke, :f :write, :value [7 1]}
{:process 0, :type :ok, :f :write, :value [7 1]}
{:process 0, :type :invoke, :f :read, :value [7 nil]}
{:process 0, :type :ok, :f :read, :value [7 1]}
";

#[test]
fn histories_of_keys_are_read_in_all_their_forms() {
    let place = Place::new();
    for (file, good, bad) in [
        ("etcd.log", LOG, LOG.replace("[2 3]", "[1 3]")),
        (
            "kv.txt",
            TEXTS,
            TEXTS.replace(r#":get, :key "a", :value "x""#, r#":get, :key "a", :value """#),
        ),
        ("history.edn", TUPLES, TUPLES.replace("read, :value [7 1]", "read, :value [7 2]")),
    ] {
        place.write(file, good);
        place.sim_ends(0, &["check", "--workload", "lin-kv", file]);
        place.write(file, &bad);
        let ran = place.sim_ends(1, &["check", "--workload", "lin-kv", file]);
        assert!(ran.out.contains("not-linearizable: "), "{}", ran.out);
        assert!(ran.out.contains("longest order that works: "), "{}", ran.out);
        assert!(ran.out.contains(" cannot follow: the value is "), "{}", ran.out);
    }
    // A history of another workload is none of keys, also where its values are pairs.
    place.write("history.edn", "{:process 0, :type :invoke, :f :add, :value [7 1]}");
    let refused = place.sim_ends(65, &["check", "--workload", "lin-kv", "history.edn"]);
    assert!(refused.err.contains("this is no history of lin-kv"), "{}", refused.err);
    assert!(!refused.err.contains("jepsen.independent"), "{}", refused.err);
}
