//! `sim plot` of Gossip Glomers: histories of clients, and sweeps with verdicts.

use crate::support::Place;

const RUN: &str =
    "results/glomers/3c/seed-1+nemesis.kinds=__partition_, _crash_, _pause__+solution=flood";

/// A place with a run that has many faults.
fn with_run() -> Place {
    let place = Place::new();
    let kinds = "nemesis.kinds=[\"partition\", \"crash\", \"pause\"]";
    place.sim(&["run", "glomers/3c", "-q", "--set", "solution=flood", "--set", kinds]);
    // Under a short name.
    let made = std::fs::canonicalize(place.join("results/latest")).expect("a result");
    std::fs::rename(made, place.join(RUN)).expect("renamed");
    place
}

#[track_caller]
fn drawn(place: &Place, arguments: &[&str]) -> String {
    place.sim_ends(0, &[&["plot"], arguments, &["--force", "--out", "p.svg"]].concat());
    place.sim_ends(0, &[&["plot"], arguments, &["--force", "--out", "p.png"]].concat());
    let bytes = std::fs::read(place.join("p.png")).expect("a picture");
    assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000, "{arguments:?}");
    place.sim_ends(0, &[&["plot"], arguments, &["--term"]].concat());
    let svg = place.read("p.svg");
    assert!(svg.starts_with("<svg xmlns=") && !svg.contains("NaN"), "{arguments:?}");
    svg
}

#[test]
fn a_history_is_drawn_with_latencies_rates_counts_and_faults() {
    let place = with_run();
    let svg = drawn(&place, &[RUN]);
    assert!(svg.contains(">glomers/3c, "), "{svg}");
    for text in [
        "latency (ms)",
        "operations per second",
        "operations",
        "share of the elements (%)",
        "broadcast",
        "read",
        "ok",
        "info (unknown)",
        "fault: crash",
        "fault: partition",
        "fault: pause",
    ] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    assert_eq!(svg, drawn(&place, &[RUN, "--kind", "all"]), "the same bytes");
    // A bare history lacks the results, and with them the stable latencies.
    let bare = drawn(&place, &[&format!("{RUN}/history.jsonl")]);
    assert!(bare.contains(">history.jsonl<") && !bare.contains("share of the elements"));
    assert!(drawn(&place, &[&format!("{RUN}/history.edn")]).contains(">fault: pause<"));
}

#[test]
fn each_kind_is_a_picture_of_its_own() {
    let place = with_run();
    for (kind, label, others) in [
        ("latency", "latency (ms)", "operations per second"),
        ("rate", "operations per second", "latency (ms)"),
        ("counts", "operation", "latency (ms)"),
        ("stable", "share of the elements (%)", "latency (ms)"),
        ("quantiles", "latency (ms)", "operations per second"),
        ("timeline", "client", "latency (ms)"),
    ] {
        let svg = drawn(&place, &[RUN, "--kind", kind]);
        assert!(svg.contains(&format!(">{label}<")) && !svg.contains(others), "{kind}");
        let is_timed = matches!(kind, "latency" | "rate" | "quantiles" | "timeline");
        assert_eq!(svg.contains(">fault: crash<"), is_timed, "{kind}");
    }
}

/// A dot for each operation where there are few, lines of quantiles where there are many.
#[test]
fn many_operations_become_quantiles() {
    let place = Place::new();
    place.sim_ends(0, &["run", "glomers/2-unique-ids", "-q", "--duration", "4s", "--out", "many"]);
    let many = drawn(&place, &["many/latest"]);
    assert!(many.contains(">generate: median of ok<") && many.matches("<circle").count() < 10);
    place.sim_ends(0, &["run", "glomers/2-unique-ids", "-q", "--set", "rate=10", "--out", "few"]);
    let few = drawn(&place, &["few/latest"]);
    assert!(!few.contains("median of ok") && few.matches("<circle").count() > 200);
}

#[track_caller]
fn refused(place: &Place, code: i32, arguments: &[&str], message: &str) {
    let ran = place.sim_ends(code, &[&["plot"], arguments, &["--term"]].concat());
    assert_eq!(ran.err.trim_end(), format!("error: {message}"));
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let place = with_run();
    let kinds =
        "--kind clocks: a history has all, latency, quantiles, timeline, rate, counts, stable";
    refused(&place, 64, &[RUN, "--kind", "clocks"], kinds);
    place.sim_ends(0, &["run", "exp9", "-q"]);
    let kinds = "--kind rate: a trace has all, clocks, queues, drift, jumps, messages";
    refused(&place, 64, &["results/exp9/seed-1", "--kind", "rate"], kinds);
    let sweeps = format!("--measure is for sweeps, and {RUN} is the result of a run");
    refused(&place, 64, &[RUN, "--measure", "lost"], &sweeps);
    place.sim_ends(0, &["run", "glomers/1-echo", "-q", "--no-trace"]);
    let echo = "results/glomers/1-echo/seed-1";
    let bare = format!("{echo}: this run wrote no history here; run it again without --no-trace");
    refused(&place, 65, &[echo], &bare);
    place.sim_ends(0, &["run", "glomers/1-echo", "-q", "--force"]);
    let none = format!("{echo}: of this history no stable latencies are known");
    refused(&place, 65, &[echo, "--kind", "stable"], &none);
    place.write("empty.jsonl", "{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}\n");
    refused(&place, 65, &["empty.jsonl"], "empty.jsonl: no operation ended in this history");
    let file = format!("{RUN}/history.jsonl");
    place.write(&file, place.read(&file).replacen("invoke", "ok", 1));
    let ran = place.sim_ends(65, &["plot", RUN, "--term"]);
    assert!(ran.err.contains("history.jsonl: it was changed since"), "{}", ran.err);
}

#[test]
fn a_sweep_is_drawn_with_its_figures() {
    let place = Place::new();
    let sweep = "seeds = \"0..4\"\n[config]\nmodel = \"glomers\"\nworkload = \"broadcast\"\n\
                 solution = \"broadcast-batched\"\nduration = \"2s\"\n[grid]\n\
                 \"options.interval\" = [\"100ms\", \"500ms\"]\n\
                 \"network.latency\" = [\"0ms\", \"50ms\"]\n";
    place.write("s.toml", sweep);
    place.sim_ends(0, &["sweep", "s.toml"]);
    let path = "results/sweeps/s";
    let figures = [
        "messages between nodes per operation",
        "stable latency p50 (ms)",
        "stable latency max (ms)",
        "share of valid runs",
    ];
    let all = drawn(&place, &[path]);
    for text in figures.into_iter().chain(["network.latency = 50ms", "95 % interval of the mean"]) {
        assert!(all.contains(&format!(">{text}<")), "{text}");
    }
    let heat = drawn(&place, &[path, "--heat"]);
    assert!(heat.contains(">share of valid runs, mean of 4 runs<"), "{heat}");
    let one = drawn(&place, &[path, "--measure", "op_latency_ms_read_p99", "--heat"]);
    assert!(one.contains(">s: op latency read p99<"), "{one}");
    let ran = place.sim_ends(65, &["plot", path, "--measure", "stable_latency_p50", "--term"]);
    assert!(ran.err.contains("did you mean `stable_latency_ms_p50`?"), "{}", ran.err);
    // A workload without stable latencies is drawn with its other figures.
    place.write(
        "c.toml",
        "seeds = \"0..4\"\n[config]\nmodel = \"glomers\"\n\
                 workload = \"g-counter\"\nduration = \"2s\"\n[grid]\nnodes = [1, 3]\n",
    );
    place.sim_ends(0, &["sweep", "c.toml"]);
    let counters = drawn(&place, &["results/sweeps/c"]);
    assert!(counters.contains(">share of valid runs<") && !counters.contains("stable latency"));
}
