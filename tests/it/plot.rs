//! `sim plot`: pictures of runs and sweeps, error messages, and determinism of the bytes.

use crate::support::{Place, root};

const RUN: &str = "results/exp9/seed-1";

/// A place with a run of exp9.
fn with_run() -> Place {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "-q"]);
    place
}

/// Colours of the first three machines.
const MACHINES: [&str; 3] = ["#0072b2", "#d55e00", "#009e73"];

#[test]
fn each_kind_is_drawn_as_svg_and_png() {
    let place = with_run();
    let kinds = [
        ("all", "Drift: largest minus smallest clock"),
        ("clocks", "clock (clock units)"),
        ("queues", "queue length (messages)"),
        ("drift", "drift (clock units)"),
        ("jumps", "difference of consecutive clocks (clock units)"),
    ];
    for (kind, label) in kinds {
        let file = |ending: &str| format!("{kind}.{ending}");
        let (svg, png, pdf) = (file("svg"), file("png"), file("pdf"));
        let ran = place.sim_ends(0, &["plot", RUN, "--kind", kind, "--out", &svg]);
        assert_eq!((ran.out.trim(), ran.err.as_str()), (svg.as_str(), ""));
        let text = place.read(&svg);
        assert!(text.starts_with("<svg xmlns=") && text.contains("viewBox=\"0 0 "), "{kind}");
        assert!(text.contains(">exp9, seed 1</text>"), "{kind}");
        assert!(text.contains("3 machines, rates 1, 1, 6"), "{kind}: its parameters");
        assert!(text.contains(label), "{kind}");
        let has_machines = kind != "drift";
        for (number, colour) in (1..).zip(MACHINES) {
            assert_eq!(text.contains(&format!(">machine {number}<")), has_machines, "{kind}");
            assert_eq!(text.contains(colour), has_machines, "{kind} {colour}");
        }
        place.sim_ends(0, &["plot", RUN, "--kind", kind, "--out", &png]);
        let bytes = std::fs::read(place.join(&png)).expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000, "{kind}");
        place.sim_ends(0, &["plot", RUN, "--kind", kind, "--out", &pdf]);
        let text = place.read(&pdf);
        assert!(text.starts_with("%PDF-") && text.ends_with("%%EOF\n"), "{kind}");
        assert!(text.contains("(exp9, seed 1) Tj"), "{kind}");
    }
    let all = place.read("all.svg");
    place.sim_ends(0, &["plot", RUN, "--out", "again.svg"]);
    assert_eq!(place.read("again.svg"), all, "all is the default, and the bytes are the same");
}

#[test]
fn a_picture_is_drawn_in_the_terminal() {
    let place = with_run();
    let ran = place.sim_ends(0, &["plot", RUN, "--kind", "clocks", "--term"]);
    assert!(ran.out.contains("exp9, seed 1") && ran.out.contains("machine 3"), "{}", ran.out);
    assert!(ran.out.lines().all(|line| line.chars().count() <= 100), "{}", ran.out);
    let small = place.sim_ends(0, &["plot", RUN, "--term", "--term-size", "60x15"]);
    assert!(small.out.lines().all(|line| line.chars().count() <= 60), "{}", small.out);
    let arguments = ["plot", RUN, "--term", "--out", "both.svg"];
    assert!(place.sim_ends(0, &arguments).out.ends_with("both.svg\n"));
}

#[test]
fn a_bare_trace_is_drawn_under_its_name() {
    let place = with_run();
    std::fs::copy(place.join(&format!("{RUN}/trace.csv")), place.join("a & b.csv"))
        .expect("a copy");
    place.sim_ends(0, &["plot", "a & b.csv", "--out", "p.svg"]);
    assert!(place.read("p.svg").contains(">a &amp; b.csv</text>"));
}

#[test]
fn of_many_machines_few_are_drawn_and_the_title_says_so() {
    let place = Place::new();
    let config = root().join("configs/exp9.toml").display().to_string();
    let rates =
        format!("rates=[{}]", (1..=20).map(|r| r.to_string()).collect::<Vec<_>>().join(","));
    place.sim_ends(0, &["run", &config, "-q", "--set", &rates]);
    place.sim_ends(0, &["plot", "results/latest", "--kind", "clocks", "--out", "p.svg"]);
    let svg = place.read("p.svg");
    assert!(svg.contains(": 8 of 20 machine"), "{svg}");
    assert!(svg.contains(">machine 20<") && !svg.contains(">machine 6<"));
}

#[test]
fn a_trace_of_one_row_has_four_charts_with_axes() {
    let place = Place::new();
    let header = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";
    place.write("one.csv", format!("{header}0,1,internal,1,0,,,,,\n"));
    place.sim_ends(0, &["plot", "one.csv", "--out", "p.svg"]);
    let svg = place.read("p.svg");
    for label in ["clock (clock units)", "queue length (messages)", "drift (clock units)"] {
        assert!(svg.contains(label), "{label}");
    }
    assert!(svg.contains("share of the machine") && !svg.contains("NaN"));
    place.sim_ends(0, &["plot", "one.csv", "--kind", "jumps", "--out", "p.png"]);
}

#[track_caller]
fn refused(place: &Place, code: i32, arguments: &[&str], message: &str) {
    let ran = place.sim_ends(code, &[&["plot"], arguments].concat());
    assert_eq!(ran.err.trim_end(), format!("error: {message}"));
    assert_eq!(ran.out, "");
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let place = with_run();
    let without = place.sim_ends(0, &["plot", RUN]).out;
    assert_eq!(without, place.sim_ends(0, &["plot", RUN, "--term"]).out);
    let endings = "--out p.jpg: the name must end in .svg, .png or .pdf";
    refused(&place, 64, &[RUN, "--out", "p.jpg"], endings);
    refused(
        &place,
        64,
        &[RUN, "--term", "--term-size", "9x9"],
        "--term-size 9x9: expected columns and rows such as 100x24, from 40x12 to 1000x1000",
    );
    refused(&place, 65, &["nowhere", "--out", "p.svg"], "nowhere: there is no such file or folder");
    refused(
        &place,
        65,
        &["results", "--out", "p.svg"],
        "results: neither the result of a run nor of a sweep: manifest.json: there is no such file",
    );
    let header = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n";
    place.write("empty.csv", header);
    refused(&place, 65, &["empty.csv", "--term"], "empty.csv: the trace has no rows");
    place.write("broken.csv", format!("{header}1,1,internal,x,0,,,,,\n"));
    refused(
        &place,
        65,
        &["broken.csv", "--term"],
        "broken.csv: line 2: `clock`: expected a whole number, found `x`",
    );
    place.sim_ends(74, &["plot", RUN, "--out", "no/folder/p.svg"]);
    place.sim_ends(0, &["run", "exp9", "-q", "--no-trace", "--out", "bare"]);
    refused(
        &place,
        65,
        &["bare/exp9/seed-1", "--out", "p.svg"],
        "bare/exp9/seed-1: this run wrote no trace here; run it again without --no-trace and \
         --trace-out",
    );
    assert!(!place.files().iter().any(|file| file.starts_with("p.")), "nothing was drawn");
}

/// Returns the path of a sweep in the test data.
fn sweep(name: &str) -> String {
    root().join("tests/data/sweeps").join(name).display().to_string()
}

/// Draws a sweep as PNG and SVG, and returns the SVG.
#[track_caller]
fn drawn(sweep_name: &str, options: &[&str]) -> String {
    let place = Place::new();
    let path = sweep(sweep_name);
    place.sim_ends(0, &[&["plot", path.as_str(), "--out", "p.svg"], options].concat());
    place.sim_ends(0, &[&["plot", path.as_str(), "--out", "p.png"], options].concat());
    place.read("p.svg")
}

/// Returns the number of filled areas around lines.
fn bands(svg: &str) -> usize {
    svg.matches("fill-opacity=\"0.2\"").count() + svg.matches(" opacity=\"0.2\"").count()
}

#[test]
fn a_sweep_is_drawn_with_intervals_and_theory() {
    let svg = drawn("send", &[]);
    assert!(svg.contains(">exp9: clock ratio to fastest<"), "{svg}");
    assert!(svg.contains("clock_final / the largest clock_final; mean of 20 runs"));
    for text in ["events.send", "machine 1", "machine 3", "theory", "95 % interval of the mean"] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    assert_eq!(bands(&svg), 3);
    // The theory of each of the three machines, and the legend.
    assert_eq!(svg.matches("stroke-dasharray").count(), 4);
    assert_eq!(svg, drawn("send", &[]), "the same bytes");
}

#[test]
fn a_measure_and_a_machine_of_a_sweep_are_chosen() {
    let growth = drawn("send", &["--measure", "queue_growth_per_s", "--machine", "2"]);
    assert!(growth.contains(">exp9: queue growth, machine 2<"), "{growth}");
    assert!(growth.contains(">queue growth (messages/s)<") && !growth.contains(">machine 1<"));
    let drift = drawn("send", &["--measure", "drift_final"]);
    assert!(drift.contains(">drift final (clock units)<") && !drift.contains("machine"));
    // At the first point no message waited: the line begins at the second.
    let wait = drawn("send", &["--measure", "message_wait_mean_s", "--machine", "1"]);
    assert_eq!(wait.matches("<circle").count(), 4, "{wait}");
}

#[test]
fn further_axes_become_lines_or_are_fixed() {
    let lines = drawn("latency-send", &["--machine", "1"]);
    assert!(lines.contains(">network.latency (ms)<"), "times are in milliseconds");
    assert!(lines.contains(">events.send = 0.5<"));
    assert!(
        lines.contains(">a &lt;b&gt; &amp; $c$: clock ratio to fastest, machine 1<"),
        "{lines}"
    );
    let fixed = drawn("latency-send", &["--at", "network.latency=0.25s"]);
    assert!(fixed.contains(", network.latency = 250ms<") && fixed.contains(">machine 2<"));
    let other = drawn("latency-send", &["--x", "events.send", "--machine", "2"]);
    assert!(other.contains(">network.latency = 250ms<") && other.contains(">events.send<"));
}

#[test]
fn values_that_are_no_numbers_stand_side_by_side() {
    let svg = drawn("rates", &[]);
    assert!(
        svg.contains(">[1, 3, 6]<") && svg.contains(">[2, 4, 4]<") && svg.contains("; one run<")
    );
    assert_eq!(bands(&svg), 0, "one run has no interval");
    // One key does not distinguish the points: the label names all keys that move together.
    let svg = drawn("rates", &["--x", "events.send"]);
    assert!(svg.contains(">rates = [1, 1, 6], events.send = 0.5<"));
}

#[test]
fn two_axes_make_a_heat_map() {
    let svg = drawn("latency-send", &["--measure", "drift_final", "--heat"]);
    assert!(svg.contains(">drift final (clock units), mean of 20 runs<"), "{svg}");
    for text in ["0s", "10ms", "250ms", "1s", "0.1", "0.5", "0.9", "events.send"] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
}

#[test]
fn what_a_sweep_does_not_have_is_named() {
    let place = with_run();
    let send = sweep("send");
    let two = sweep("latency-send");
    let data = |path: &str, options: &[&str], message: &str| {
        let message = format!("{path}: {message}");
        refused(&place, 65, &[&[path, "--term"], options].concat(), &message);
    };
    data(
        &send,
        &["--measure", "drift_finl"],
        "there is no measure `drift_finl`; did you mean `drift_final`? there are \
         clock_ratio_to_fastest, drift_final, message_wait_mean_s, queue_growth_per_s",
    );
    data(
        &send,
        &["--machine", "7"],
        "there is no machine `7` with the measure clock_ratio_to_fastest; there are 1, 2, 3",
    );
    data(
        &send,
        &["--x", "event.send"],
        "there is no swept key `event.send`; did you mean `events.send`? there are events.send",
    );
    data(
        &send,
        &["--at", "events.send=0.2"],
        "there is no events.send = `0.2`; there are 0.1, 0.3, 0.5, 0.7, 0.9",
    );
    let usage = |path: &str, options: &[&str], message: &str| {
        refused(&place, 64, &[&[path, "--term"], options].concat(), message);
    };
    usage(&send, &["--at", "events.send"], "--at events.send: expected KEY=VALUE");
    usage(
        &send,
        &["--at", "events.send=0.3"],
        "there is no axis to draw over: the sweep has none, or --at fixes all",
    );
    usage(
        &two,
        &["--at", "events.send=0.5", "--x", "events.send"],
        "--x events.send: another --at fixes it already",
    );
    usage(&two, &["--heat"], "--heat draws one machine: say --machine, of 1, 2");
    usage(
        &send,
        &["--heat", "--machine", "1"],
        "--heat draws two axes, and here are 1: fix others with --at KEY=VALUE",
    );
    usage(&send, &["--kind", "drift"], "--kind drift: a sweep has all, histogram, ecdf, box");
    usage(
        RUN,
        &["--measure", "lag_final"],
        &format!("--measure is for sweeps, and {RUN} is the result of a run"),
    );
}

/// A place with a sweep in the folder `made`, whose `points.csv` has these rows.
fn made(axes: &str, rows: &str) -> Place {
    let place = Place::new();
    std::fs::create_dir(place.join("made")).expect("a folder");
    let manifest = format!(r#"{{"kind": "sweep", "config": {{"name": "made"}}, "axes": {axes}}}"#);
    place.write("made/manifest.json", manifest);
    let header = "machine,measure,runs,mean,ci95_low,ci95_high,predicted";
    place.write("made/points.csv", format!("a,b,{header}\n{rows}"));
    place
}

#[test]
fn more_lines_than_can_be_told_apart_are_refused() {
    let mut rows = String::new();
    for (a, b) in (0..2).flat_map(|a| (0..9).map(move |b| (a, b))) {
        rows += &format!("{a},{b},run,drift_final,1,{b},,,\n");
    }
    let place = made(r#"[["a"], ["b"]]"#, &rows);
    refused(
        &place,
        64,
        &["made", "--measure", "drift_final", "--term"],
        "9 lines, one for each b, are more than the 8 that can be told apart: draw --heat, or \
         fix an axis with --at b=VALUE",
    );
    place.sim_ends(0, &["plot", "made", "--measure", "drift_final", "--heat", "--term"]);
    place.sim_ends(0, &["plot", "made", "--measure", "drift_final", "--x", "b", "--term"]);
}

#[test]
fn a_sweep_of_one_point_shows_interval_and_theory() {
    let place = made(r#"[["a"], ["b"]]"#, "1,2,run,drift_final,20,5,4,6,5.5\n");
    place.sim_ends(0, &["plot", "made", "--measure", "drift_final", "--out", "p.svg"]);
    let svg = place.read("p.svg");
    assert_eq!((bands(&svg), svg.matches("<circle").count()), (1, 2), "{svg}");
    assert_eq!(svg.matches("stroke-dasharray").count(), 2);
}

#[test]
fn of_a_sweep_with_many_machines_few_are_drawn() {
    let mut rows = String::new();
    for machine in 1..=20 {
        rows += &format!("0.5,x,{machine},lag_final,1,{},,,\n", 100 - machine);
    }
    let place = made(r#"[["a", "b"]]"#, &rows);
    place.sim_ends(0, &["plot", "made", "--measure", "lag_final", "--out", "p.svg"]);
    let svg = place.read("p.svg");
    assert!(svg.contains("8 of 20 machines (lowest, median, highest)"), "{svg}");
    assert!(svg.contains(">machine 20<") && !svg.contains(">machine 5<"));
}

#[test]
fn a_broken_sweep_is_named_with_its_place() {
    let place = made(r#"[["a"], ["b"]]"#, "1,2,run,drift_final,1,x,,,\n");
    refused(
        &place,
        65,
        &["made", "--measure", "drift_final", "--term"],
        "made: points.csv: line 2: `mean`: expected a number or nothing, found `x`",
    );
    place.write("made/manifest.json", r#"{"kind": "sweep"}"#);
    let ran = place.sim_ends(65, &["plot", "made", "--term"]);
    assert!(ran.err.contains("made/manifest.json: missing field `config`"), "{}", ran.err);
}
