//! `sim why`: the transcripts of `docs/why.md`, its errors, and results that are odd.

use crate::support::{Place, golden, root};
use crate::transcripts::{blocks, run_page};

/// The page whose transcripts are run.
const PAGE: &str = "docs/why.md";

#[test]
fn the_transcripts_of_the_page_are_what_the_commands_print() {
    let page = std::fs::read_to_string(root().join(PAGE)).expect(PAGE);
    assert!(page.matches("\n$ sim why").count() >= 5, "{PAGE} has too few transcripts");
    golden(PAGE, &run_page(&Place::new(), &page));
}

/// The README shows a part of the first transcript.
#[test]
fn the_readme_shows_what_the_page_shows() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let page = std::fs::read_to_string(root().join(PAGE)).expect(PAGE);
    let is_why = |block: &&str| block.starts_with("$ sim why");
    let block = blocks(&readme).into_iter().find(is_why).expect("a transcript");
    for line in block.lines().filter(|line| !line.is_empty()) {
        assert!(page.lines().any(|known| known == line), "not in {PAGE}: {line}");
    }
}

const HEADER: &str = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";

/// Writes a trace of another program, asks a question about it, and returns what is said.
#[track_caller]
fn asked(rows: &str, question: &[&str], code: i32) -> String {
    let place = Place::new();
    place.write("theirs.csv", format!("{HEADER}{rows}"));
    let ran = place.sim_ends(code, &[&["why", "theirs.csv"], question].concat());
    ran.out + &ran.err
}

const TWO: &str = "5,1,send,7,0,,2,1,7,\n6,2,internal,1,1,,,,,\n9,2,receive,8,0,1,,1,7,1\n";

#[test]
fn a_trace_of_another_program_is_explained() {
    let said = asked(TWO, &["--machine", "2"], 0);
    let sum = "8 = max(1, 7) + 1: message 1 from machine 1, sent at 5ns";
    assert!(said.contains("the clock of machine 2 jumped by 7 to 8 at 9ns"), "{said}");
    assert!(said.contains(sum), "{said}");
    assert_eq!(asked(TWO, &["--row", "4"], 0), said);
    assert!(asked(TWO, &["--jumps", "1"], 0).contains(sum));
    assert!(asked(TWO, &["--queue", "2", "--at", "6ns"], 0).contains("1 message waits"));
    // Without a question, the largest jumps.
    assert_eq!(asked(TWO, &[], 0), asked(TWO, &["--jumps", "5"], 0));
}

#[test]
fn a_clock_that_breaks_the_rule_is_said_to() {
    let rows = TWO.replace("receive,8", "receive,6");
    let said = asked(&rows, &["--row", "4"], 0);
    assert!(said.contains("6 is not max(1, 7) + 1, as it should be"), "{said}");
}

#[test]
fn a_question_about_what_is_not_there_is_a_usage_error() {
    for (question, part) in [
        (&["--machine", "3"][..], "there is no machine 3; there are 1, 2"),
        (&["--machine", "2", "--at", "1ns"], "machine 2 has no event at or before 1ns"),
        (&["--row", "1"], "line 1 of the trace is no event"),
        (&["--row", "99"], "line 99 of the trace is no event"),
        (&["--value", "7"], "--value: theirs.csv is a trace of machines"),
        (&["--at", "1s"], "--at says when"),
        (&["--machine", "2", "--at", "5"], "--at 5: "),
        (&["--machine", "2", "--queue", "2"], "cannot be used with"),
    ] {
        let said = asked(TWO, question, 64);
        assert!(said.contains(part), "{question:?}: {said}");
    }
}

#[test]
fn odd_traces_get_an_answer_or_one_clear_error() {
    let said = asked("", &[], 64);
    assert!(said.contains("the trace has no events"), "{said}");
    let said = asked("5,1,internal,1,0,,,,,\n", &[], 0);
    assert!(said.contains("no clock ever jumped"), "{said}");
    let said = asked("5,1,internal,1,0,,,,,\n", &["--machine", "1"], 0);
    assert!(said.contains("the clock of machine 1 is 1 at 5ns"), "{said}");
    let said = asked("5,1,internal,1,0,,,,,\n5,1,int", &[], 65);
    assert!(said.contains("theirs.csv: line 3: expected 10 fields, found 3"), "{said}");
    // A machine of the largest number takes no memory for those before it.
    let said = asked("5,4294967295,internal,1,0,,,,,\n", &["--machine", "4294967295"], 0);
    assert!(said.contains("the clock of machine 4294967295 is 1"), "{said}");
    let said = asked("5,1,receive,9,0,2,,4,8,1\n", &["--machine", "1"], 0);
    assert!(said.contains("whose send is not in the trace"), "{said}");
}

#[test]
fn a_result_says_what_it_lacks_and_which_command_makes_it() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "--quiet", "--no-trace"]);
    let ran = place.sim_ends(65, &["why", "latest"]);
    assert!(ran.err.contains("it has no trace.csv"), "{}", ran.err);
    place.sim_ends(0, &["run", "glomers/3b", "--quiet", "--duration", "1s"]);
    let ran = place.sim_ends(65, &["why", "latest", "--value", "0"]);
    assert!(ran.err.contains("it has no bodies.jsonl"), "{}", ran.err);
    let hint = ran.err.split("hint: ").nth(1).expect("a hint").trim().to_owned();
    let words: Vec<&str> = hint.split(' ').skip(1).collect();
    place.sim_ends(0, &[&words[..], &["--quiet"]].concat());
    let ran = place.sim_ends(0, &["why", "latest", "--value", "0", "--format", "json"]);
    let json = ran.json();
    assert!(json["fact"].as_str().is_some_and(|fact| fact.contains("5 of 5 nodes")), "{json}");
    assert!(json["steps"].as_array().is_some_and(|steps| steps.len() >= 5), "{json}");
    let ran = place.sim_ends(64, &["why", "latest", "--value", "9999"]);
    assert!(ran.err.contains("no operation of this history writes 9999"), "{}", ran.err);
    let ran = place.sim_ends(64, &["why", "latest", "--finding", "1"]);
    assert!(ran.err.contains("the history has no findings"), "{}", ran.err);
    let ran = place.sim_ends(64, &["why", "latest", "--op", "99999"]);
    assert!(ran.err.contains("there is no entry 99999"), "{}", ran.err);
    let ran = place.sim_ends(0, &["why", "latest"]);
    assert!(ran.out.contains("no rule is violated; the slowest operation took"), "{}", ran.out);
}

#[test]
fn changed_truncated_and_newer_results_are_refused() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/3b", "--quiet", "--duration", "1s", "--bodies"]);
    let folder = "results/latest";
    let net = place.read(&format!("{folder}/net.csv"));
    place.write(&format!("{folder}/net.csv"), &net[..net.len() / 2]);
    let ran = place.sim_ends(65, &["why", folder]);
    assert!(ran.err.contains("net.csv: it was changed since it was written"), "{}", ran.err);
    let manifest = place.read(&format!("{folder}/manifest.json"));
    place.write(
        &format!("{folder}/manifest.json"),
        manifest.replace("\"format\": 1", "\"format\": 99"),
    );
    let ran = place.sim_ends(65, &["why", folder]);
    assert!(ran.err.contains("a newer sim wrote this (format 99)"), "{}", ran.err);
    let ran = place.sim_ends(65, &["why", "nowhere"]);
    assert!(ran.err.contains("there is no such file or folder"), "{}", ran.err);
    place.write("h.jsonl", "");
    let ran = place.sim_ends(65, &["why", "h.jsonl"]);
    assert!(ran.err.contains("a history alone has no messages"), "{}", ran.err);
}

/// Each report of a violation ends with the command that explains it, and that command works.
#[test]
fn a_violation_names_the_command_that_explains_it() {
    let place = Place::new();
    let run = ["run", "glomers/2-unique-ids", "--set", "solution=ids-by-clock"];
    let command = |said: &str| -> Vec<String> {
        let line = said.lines().find_map(|line| line.strip_prefix("why: sim ")).expect(said);
        line.split(' ').map(str::to_owned).collect()
    };
    let works = |said: &str| {
        let words = command(said);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        place.sim_ends(0, &words).out
    };
    let ran = place.sim_ends(1, &run);
    assert!(works(&ran.out).starts_with("duplicate-id: "));
    let ran = place.sim_ends(1, &["check", "results/latest"]);
    assert!(works(&ran.out).starts_with("duplicate-id: "));
    let rows = "5,1,send,1,0,,2,1,1,\n9,2,receive,1,0,1,,1,1,1\n";
    place.write("theirs.csv", format!("{HEADER}{rows}"));
    let ran = place.sim_ends(1, &["check", "theirs.csv"]);
    let said = works(&ran.out);
    assert!(said.contains("1 is not max(0, 1) + 1, as it should be"), "{}{said}", ran.out);
}

/// What a failed run has said is there without an option, and the same bytes each time.
#[test]
fn bodies_are_kept_of_failed_runs_and_on_demand() {
    let place = Place::new();
    let bodies = |place: &Place| place.read("results/latest/bodies.jsonl");
    let run = ["run", "glomers/2-unique-ids", "--quiet", "--set", "solution=ids-by-clock"];
    place.sim_ends(1, &run);
    let kept = bodies(&place);
    assert!(kept.starts_with("{\"message\":1,\"body\":{"), "{kept}");
    place.sim_ends(1, &[&run[..], &["--bodies", "--force"]].concat());
    assert_eq!(bodies(&place), kept);
    place.sim_ends(1, &[&run[..], &["--no-bodies", "--force"]].concat());
    assert!(!place.join("results/latest/bodies.jsonl").exists());
    place.sim_ends(0, &["run", "exp9", "--quiet", "--bodies"]);
    let (bodies, trace) = (bodies(&place), place.read("results/latest/trace.csv"));
    let sends = trace.lines().filter(|row| row.contains(",send,"));
    let of_row = |row: &str| {
        let fields: Vec<&str> = row.split(',').collect();
        format!("{{\"message\":{},\"body\":{}}}", fields[7], fields[8])
    };
    assert!(bodies.lines().eq(sends.map(of_row)));
}
