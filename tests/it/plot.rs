//! `sim plot`: pictures of runs and sweeps, their errors, and that the same input gives the same
//! bytes.

use crate::support::{Place, root};

const RUN: &str = "results/exp9/seed-1";

/// A place with a run of exp9.
fn with_run() -> Place {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "-q"]);
    place
}

/// How many lines of this colour a picture has.
fn lines(svg: &str, colour: &str) -> usize {
    svg.matches(&format!("stroke=\"{colour}\"")).count()
}

const MACHINES: [&str; 3] = ["#0072b2", "#d55e00", "#009e73"];

#[test]
fn each_kind_is_drawn_as_svg_and_png() {
    let place = with_run();
    let kinds = [
        ("all", "Drift: largest minus smallest clock", 2),
        ("clocks", "clock (clock units)", 1),
        ("queues", "queue length (messages)", 1),
        ("drift", "drift (clock units)", 0),
        ("jumps", "difference of consecutive clocks (clock units)", 0),
    ];
    for (kind, label, lines_of_a_machine) in kinds {
        let (svg, png) = (format!("{kind}.svg"), format!("{kind}.png"));
        let ran = place.sim_ends(0, &["plot", RUN, "--kind", kind, "--out", &svg]);
        assert_eq!((ran.out.trim(), ran.err.as_str()), (svg.as_str(), ""));
        let text = place.read(&svg);
        assert!(text.starts_with("<svg viewBox=\"0 0 "), "{kind}");
        assert!(text.contains(">exp9, seed 1</text>"), "{kind}");
        assert!(text.contains(label), "{kind}");
        for colour in MACHINES {
            let text = text.to_lowercase();
            // One more stands in the legend.
            let legend = usize::from(!["drift", "jumps"].contains(&kind));
            assert_eq!(lines(&text, colour), lines_of_a_machine + legend, "{kind} {colour}");
        }
        place.sim_ends(0, &["plot", RUN, "--kind", kind, "--out", &png]);
        let bytes = std::fs::read(place.join(&png)).expect("a picture");
        assert!(bytes.starts_with(b"\x89PNG") && bytes.len() > 10_000, "{kind}");
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
    place.sim_ends(0, &["plot", RUN, "--kind", "clocks", "--out", "p.svg"]);
    let svg = place.read("p.svg");
    assert!(svg.contains("exp9, seed 1: 8 of 20 machines (slowest, median, fastest)"), "{svg}");
    assert!(svg.contains(">machine 20<") && !svg.contains(">machine 6<"));
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
    refused(&place, 64, &[RUN], "say where to draw: --out FILE.svg, --out FILE.png, or --term");
    refused(&place, 64, &[RUN, "--out", "p.jpg"], "--out p.jpg: the name must end in .svg or .png");
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
        "results: no finished result: manifest.json: there is no such file",
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
