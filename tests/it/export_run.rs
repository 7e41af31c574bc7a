//! `sim export`: each format by its reader's own rules.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::support::Place;

/// A run of the scale model with losses, and one of Gossip Glomers with partitions.
fn runs() -> (Place, String, String) {
    let place = Place::new();
    let scale = ["run", "lossy", "--duration", "5s", "--net", "--quiet"];
    place.sim_ends(0, &scale);
    let glomers = ["run", "glomers/3c", "--quiet", "--duration", "8s"];
    place.sim_ends(0, &glomers);
    let latest = |config: &str| {
        let files = place.files();
        let found = files.iter().find(|file| {
            file.starts_with(&format!("results/{config}/seed-1")) && file.ends_with("manifest.json")
        });
        found.expect("a result").trim_end_matches("/manifest.json").to_owned()
    };
    let (scale, glomers) = (latest("lossy"), latest("glomers/3c"));
    (place, scale, glomers)
}

/// The host and the clock of each event of a log, by the grammar that its first line states.
fn shiviz_events(log: &str) -> Vec<(String, BTreeMap<String, u64>)> {
    let mut lines = log.lines();
    assert_eq!(lines.next(), Some(r"(?<event>.*)\n(?<host>\S*) (?<clock>{.*})"));
    assert_eq!(lines.next(), Some(""), "one execution, without a delimiter");
    let mut events = Vec::new();
    while let Some(event) = lines.next() {
        assert!(!event.is_empty() && !event.contains(['\u{2028}', '\u{2029}']), "{event}");
        let line = lines.next().expect("a host and a clock");
        let (host, clock) = line.split_once(' ').expect("a space");
        assert!(!host.is_empty() && clock.starts_with('{') && clock.ends_with('}'), "{line}");
        events.push((host.to_owned(), serde_json::from_str(clock).expect("a clock")));
    }
    events
}

#[test]
fn shiviz_logs_have_vector_clocks() {
    let (place, scale, glomers) = runs();
    for (path, window) in [(&scale, &[][..]), (&glomers, &[]), (&glomers, &["--from", "3s"])] {
        let log = place.sim_ends(0, &[&["export", path, "--to", "shiviz"], window].concat()).out;
        let events = shiviz_events(&log);
        assert!(events.len() > 20, "{path}");
        let mut own: BTreeMap<&str, u64> = BTreeMap::new();
        let mut known: BTreeMap<&str, &BTreeMap<String, u64>> = BTreeMap::new();
        let mut seen_others = false;
        for (host, clock) in &events {
            // The host's own number counts its events from 1.
            let count = own.entry(host).or_insert(0);
            *count += 1;
            assert_eq!(clock.get(host).copied(), Some(*count), "{host}");
            // A clock never goes back.
            if let Some(before) = known.insert(host, clock) {
                let is_kept = |(h, n): (&String, &u64)| clock.get(h).is_some_and(|now| now >= n);
                assert!(before.iter().all(is_kept), "{host}");
            }
            // What is known of others has happened before.
            for (other, number) in clock.iter().filter(|(other, _)| *other != host) {
                seen_others = true;
                assert!(own.get(other.as_str()).is_some_and(|n| n >= number), "{host}: {other}");
            }
        }
        assert!(seen_others, "no message in {path}");
    }
}

/// JavaScript's own regular expressions read the log as ShiViz does, where there is a `node`.
#[test]
fn javascript_reads_shiviz_logs() {
    const SCRIPT: &str = r#"
        const text = require("fs").readFileSync(0, "utf8");
        const [parser, delimiter, ...rest] = text.split("\n");
        if (delimiter !== "") throw "a delimiter";
        // ShiViz knows named groups without the escapes that other engines want.
        const expression = new RegExp(parser.replace("{.*}", "\\{.*\\}"), "g");
        let count = 0;
        for (const match of rest.join("\n").trim().matchAll(expression)) {
            const clock = JSON.parse(match.groups.clock);
            if (!(clock[match.groups.host] > 0)) throw match[0];
            count += 1;
        }
        console.log(count, rest.filter((line) => line !== "").length / 2);
    "#;
    let (place, _, glomers) = runs();
    let log = place.sim_ends(0, &["export", &glomers, "--to", "shiviz"]).out;
    place.write("a.log", &log);
    let mut node = std::process::Command::new("node");
    node.args(["-e", SCRIPT]).stdin(std::fs::File::open(place.join("a.log")).expect("the log"));
    // The test above reads them without JavaScript.
    let Ok(output) = node.output() else { return };
    let out = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{out}{}", String::from_utf8_lossy(&output.stderr));
    let numbers: Vec<&str> = out.split_whitespace().collect();
    assert_eq!(numbers[0], numbers[1]);
    assert!(numbers[0].parse::<u64>().expect("a count") > 100, "{out}");
}

#[test]
fn perfetto_events_have_the_fields_of_their_phase() {
    let (place, scale, glomers) = runs();
    for path in [scale, glomers] {
        let text = place.sim_ends(0, &["export", &path, "--to", "perfetto"]).out;
        let json: Value = serde_json::from_str(&text).expect("JSON");
        let events = json["traceEvents"].as_array().expect("a list");
        let time = |event: &Value, key: &str| event[key].as_f64().expect("a number");
        // The slices of each track, which arrows need to begin and end in.
        let mut slices: BTreeMap<(u64, u64), Vec<(f64, f64)>> = BTreeMap::new();
        let mut named: BTreeSet<(u64, u64)> = BTreeSet::new();
        let mut arrows: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
        let mut marks = 0;
        let track = |event: &Value| {
            (event["pid"].as_u64().expect("a pid"), event["tid"].as_u64().unwrap_or(0))
        };
        for event in events {
            match event["ph"].as_str().expect("a phase") {
                "M" => {
                    if event["name"] == "thread_name" {
                        assert!(event["args"]["name"].is_string(), "{event}");
                        named.insert(track(event));
                    }
                }
                "X" => {
                    let begin = time(event, "ts");
                    let slice = (begin, begin + time(event, "dur"));
                    slices.entry(track(event)).or_default().push(slice);
                }
                "C" => {
                    let values = event["args"].as_object().expect("values");
                    assert!(values.values().all(Value::is_number), "{event}");
                }
                "i" => {
                    assert!(["t", "g"].contains(&event["s"].as_str().expect("a scope")), "{event}");
                    marks += 1;
                }
                phase @ ("s" | "f") => {
                    assert_eq!(phase == "f", event["bp"] == "e", "{event}");
                    arrows.entry(event["id"].as_u64().expect("an id")).or_default().push(phase);
                }
                phase => panic!("{phase}"),
            }
        }
        assert!(slices.keys().all(|track| named.contains(track)), "a track without a name");
        assert!(arrows.len() > 10 && arrows.values().all(|ends| ends == &["s", "f"]), "{path}");
        assert!(marks > 0, "nothing was lost or cut off in {path}");
        let ends = events.iter().filter(|event| event["ph"] == "s" || event["ph"] == "f");
        for event in ends {
            let at = time(event, "ts");
            let inside = |slice: &(f64, f64)| slice.0 <= at && at <= slice.1;
            assert!(slices[&track(event)].iter().any(inside), "{event}");
        }
    }
}

#[test]
fn mermaid_diagrams_are_sequences_of_known_participants() {
    let (place, scale, glomers) = runs();
    for (path, from, until) in [(scale, "1s", "2s"), (glomers, "1s", "1500ms")] {
        let arguments = ["export", &path, "--to", "mermaid", "--from", from, "--until", until];
        let text = place.sim_ends(0, &arguments).out;
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("sequenceDiagram"));
        let mut participants = BTreeSet::new();
        let mut arrows = 0;
        for line in lines {
            let line = line.strip_prefix("    ").expect("an indent");
            if let Some(rest) = line.strip_prefix("participant ") {
                let (id, name) = rest.split_once(" as ").expect("a name");
                assert!(!name.is_empty() && participants.insert(id.to_owned()), "{line}");
                continue;
            }
            let (head, label) = line.split_once(": ").expect("a label");
            assert!(!label.is_empty() && !label.replace("#59;", "").contains(";;"), "{line}");
            let ids: Vec<&str> = match head.strip_prefix("Note over ") {
                Some(id) => vec![id],
                None => {
                    arrows += 1;
                    let ids: Vec<&str> = head.split("->>").collect();
                    if ids.len() == 2 { ids } else { head.split("-x").collect() }
                }
            };
            assert!(ids.iter().all(|id| participants.contains(*id)), "{line}");
        }
        assert!(arrows > 0, "{text}");
    }
}

#[test]
fn a_diagram_that_is_too_large_is_refused_with_what_to_do() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/3d", "--quiet"]);
    let path = "results/glomers/3d/seed-1";
    let ran = place.sim_ends(65, &["export", path, "--to", "mermaid"]);
    assert!(ran.err.contains("50000 at most; narrow the window with --from"), "{}", ran.err);
}

#[test]
fn jepsen_histories_are_the_stored_ones() {
    let (place, scale, glomers) = runs();
    let exported = place.sim_ends(0, &["export", &glomers, "--to", "jepsen"]).out;
    assert_eq!(exported, place.read(&format!("{glomers}/history.edn")));
    let ran = place.sim_ends(65, &["export", &scale, "--to", "jepsen"]);
    assert!(ran.err.contains("it has no history of operations"), "{}", ran.err);
    // A bare history, too; but it has no messages.
    let history = format!("{glomers}/history.jsonl");
    assert_eq!(place.sim_ends(0, &["export", &history, "--to", "jepsen"]).out, exported);
    let ran = place.sim_ends(65, &["export", &history, "--to", "shiviz"]);
    assert!(ran.err.contains("it has no journal of messages, which shiviz needs"), "{}", ran.err);
}

#[test]
fn tables_are_for_spreadsheets() {
    let (place, scale, glomers) = runs();
    for (path, table, head) in [
        (&scale, "events", "time_s,lane,event,clock,queue_len,message,stamp,text"),
        (&scale, "messages", "message,copy,from,to,type,sent_s,at_s,delay_s,fate,note"),
        (&glomers, "messages", "message,copy,from,to,type,sent_s,at_s,delay_s,fate,note"),
        (&glomers, "operations", "process,node,operation,value,begin_s,end_s,latency_s,outcome,"),
    ] {
        let text = place.sim_ends(0, &["export", path, "--to", "csv", "--table", table]).out;
        let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
        assert!(text.starts_with(head), "{}", text.lines().next().unwrap_or_default());
        let rows: Vec<_> = csv::Reader::from_reader(text.as_bytes())
            .into_records()
            .collect::<Result<_, _>>()
            .expect("rows of the same length");
        assert!(rows.len() > 20, "{path} {table}");
        assert!(text.lines().count() == rows.len() + 1 && text.contains("\r\n"));
    }
    let ran = place.sim_ends(64, &["export", &scale, "--to", "shiviz", "--table", "events"]);
    assert!(ran.err.contains("--table is for csv and parquet"), "{}", ran.err);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn parquet_needs_its_feature() {
    let (place, scale, _) = runs();
    let ran = place.sim_ends(64, &["export", &scale, "--to", "parquet", "--out", "a.parquet"]);
    assert!(ran.err.contains("without the feature parquet; build with"), "{}", ran.err);
    assert!(!place.files().contains(&"a.parquet".to_owned()));
}

#[test]
fn odd_requests_have_one_clear_error() {
    let (place, scale, _) = runs();
    let cases: [(&[&str], i32, &str); 5] = [
        (&["nowhere", "--to", "csv"], 65, "there is no such file or folder"),
        (&[&scale, "--to", "svg"], 64, "invalid value 'svg'"),
        (&[&scale, "--to", "csv", "--from", "3"], 64, "expected a time with a unit"),
        (&[&scale, "--to", "csv", "--from", "3s", "--until", "2s"], 64, "is after --until"),
        (&[&scale, "--to", "shiviz", "--from", "900s"], 65, "nothing happened between"),
    ];
    for (arguments, code, message) in cases {
        let ran = place.sim_ends(code, &[&["export"], arguments].concat());
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
    }
    let header = place.read(&format!("{scale}/trace.csv")).lines().next().map(str::to_owned);
    place.write("empty.csv", format!("{}\n", header.expect("a header")));
    for format in ["shiviz", "perfetto", "mermaid"] {
        let ran = place.sim_ends(65, &["export", "empty.csv", "--to", format]);
        assert!(ran.err.contains("nothing happened"), "{format}: {}", ran.err);
    }
}

/// Each command that reads a result takes the link to the last one by its name alone.
#[test]
fn the_last_result_is_called_latest() {
    let place = Place::new();
    place.sim_ends(65, &["check", "latest"]);
    place.sim_ends(0, &["run", "exp9", "--quiet", "--duration", "5s"]);
    place.sim_ends(0, &["check", "latest"]);
    place.sim_ends(0, &["why", "latest"]);
    place.sim_ends(0, &["diff", "latest", "results/latest"]);
    place.sim_ends(0, &["plot", "latest", "--out", "a.svg"]);
    place.sim_ends(0, &["export", "latest", "--to", "csv", "--out", "a.csv"]);
}
