//! `sim diff`: where two runs begin to differ, and which points of two sweeps do.

use crate::support::Place;

fn runs(place: &Place, runs: &[(&str, &[&str])]) {
    for (out, arguments) in runs {
        let common = ["run", "exp9", "--quiet", "--duration", "5s", "--out", out];
        place.sim_ends(0, &[&common, *arguments].concat());
    }
}

/// The only results folder below a folder.
fn result(place: &Place, out: &str) -> String {
    let files = place.files();
    let found = files.iter().find(|f| f.starts_with(out) && f.ends_with("/manifest.json"));
    found.expect("a result").trim_end_matches("/manifest.json").to_owned()
}

#[test]
fn equal_runs_have_no_difference() {
    let place = Place::new();
    runs(&place, &[("a", &[]), ("b", &[])]);
    let ran = place.sim_ends(0, &["diff", &result(&place, "a"), &result(&place, "b")]);
    assert!(
        ran.out.contains("events    all") && ran.out.ends_with("\nno difference\n"),
        "{}",
        ran.out
    );
}

#[test]
fn the_first_other_event_has_its_past_in_both() {
    let place = Place::new();
    runs(&place, &[("a", &[]), ("b", &["--set", "events.send=0.4"])]);
    let (a, b) = (result(&place, "a"), result(&place, "b"));
    let ran = place.sim_ends(1, &["diff", &a, &b]);
    assert!(ran.out.contains("config    events: "), "{}", ran.out);
    assert!(ran.out.contains(" in a, { send = 0.4 } in b"), "{}", ran.out);
    assert!(ran.out.contains("\n       after "), "{}", ran.out);
    // What the rows of both traces say.
    let rows = |path: &str| place.read(&format!("{path}/trace.csv"));
    let (left, right) = (rows(&a), rows(&b));
    let json = place.sim_ends(1, &["diff", &a, &b, "--format", "json"]).json();
    assert_eq!(json["same"], false);
    let together = json["events"]["together"].as_u64().expect("a number") as usize;
    // The rows there differ: without a journal, a send does not say who will receive it.
    let row = |trace: &str| trace.lines().nth(together + 1).map(str::to_owned);
    assert!(together > 0 && row(&left) != row(&right), "{together}");
    let seen = json["events"]["a"]["event"].as_str().expect("an event");
    let time: u64 = left
        .lines()
        .nth(together + 1)
        .and_then(|row| row.split(',').next())
        .and_then(|time| time.parse().ok())
        .expect("a time");
    let shown = sim::engine::time::Instant::from_ns(time).to_string();
    assert!(seen.starts_with(&shown), "{seen}: {shown}");
}

#[test]
fn a_run_that_ends_earlier_differs_at_its_end() {
    let place = Place::new();
    runs(&place, &[("a", &[])]);
    let text = place.read(&format!("{}/trace.csv", result(&place, "a")));
    let shorter: Vec<&str> = text.lines().take(20).collect();
    place.write("long.csv", &text);
    place.write("short.csv", format!("{}\n", shorter.join("\n")));
    let ran = place.sim_ends(1, &["diff", "short.csv", "long.csv"]);
    assert!(ran.out.contains("b has "), "{}", ran.out);
    place.sim_ends(0, &["diff", "long.csv", "long.csv"]);
}

#[test]
fn histories_are_compared_by_their_entries() {
    let place = Place::new();
    for (out, seed) in [("a", "1"), ("b", "2")] {
        let arguments = ["run", "glomers/1-echo", "--quiet", "--seed", seed, "--out", out];
        place.sim_ends(0, &arguments);
    }
    let (a, b) = (result(&place, "a"), result(&place, "b"));
    let ran = place.sim_ends(1, &["diff", &a, &b]);
    assert!(ran.out.contains("history   the first "), "{}", ran.out);
    let [a, b] = [a, b].map(|folder| format!("{folder}/history.jsonl"));
    let ran = place.sim_ends(1, &["diff", &a, &b]);
    assert!(!ran.out.contains("events "), "{}", ran.out);
    place.sim_ends(0, &["diff", &a, &a]);
}

#[test]
fn sweeps_differ_by_more_than_their_intervals() {
    let place = Place::new();
    for (out, send) in [("a", "0.3"), ("b", "0.9")] {
        let send = format!("events.send={send}");
        let seeds = if out == "a" { "0..10" } else { "10..20" };
        let common = ["sweep", "exp9", "--quiet", "--duration", "20s", "--seeds", seeds];
        place.sim_ends(0, &[&common[..], &["--set", &send, "--out", out]].concat());
    }
    let common = ["sweep", "exp9", "--quiet", "--duration", "20s", "--seeds", "0..10"];
    place.sim_ends(0, &[&common[..], &["--set", "events.send=0.3", "--out", "c"]].concat());
    let [a, b, c] = ["a", "b", "c"].map(|out| result(&place, out));
    let ran = place.sim_ends(1, &["diff", &a, &b]);
    assert!(ran.out.contains(" in a, ") && ran.out.ends_with("they differ\n"), "{}", ran.out);
    let ran = place.sim_ends(0, &["diff", &a, &c]);
    assert!(ran.out.contains("0 by more"), "{}", ran.out);
}

#[test]
fn what_has_nothing_in_common_is_refused() {
    let place = Place::new();
    runs(&place, &[("a", &[])]);
    let a = result(&place, "a");
    place.sim_ends(
        0,
        &["sweep", "exp9", "--quiet", "--duration", "5s", "--seeds", "0..2", "--out", "s"],
    );
    let sweep = result(&place, "s");
    let ran = place.sim_ends(64, &["diff", &a, &sweep]);
    assert!(ran.err.contains("two runs or two sweeps are compared"), "{}", ran.err);
    place.sim_ends(0, &["run", "glomers/1-echo", "--quiet", "--out", "g"]);
    let history = format!("{}/history.jsonl", result(&place, "g"));
    let ran = place.sim_ends(64, &["diff", &a, &history]);
    assert!(ran.err.contains("nothing in common"), "{}", ran.err);
    let ran = place.sim_ends(65, &["diff", &a, "nowhere"]);
    assert!(ran.err.contains("there is no such file or folder"), "{}", ran.err);
}
