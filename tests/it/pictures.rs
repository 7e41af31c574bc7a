//! `sim plot`: the space-time diagram, the seeds of a sweep, styles, and hostile texts.

use crate::support::Place;

#[track_caller]
fn drawn(place: &Place, arguments: &[&str]) -> String {
    place.sim_ends(0, &[&["plot"], arguments, &["--force", "--out", "p.svg"]].concat());
    place.sim_ends(0, &[&["plot"], arguments, &["--force", "--out", "p.png"]].concat());
    place.sim_ends(0, &[&["plot"], arguments, &["--force", "--out", "p.pdf"]].concat());
    place.sim_ends(0, &[&["plot"], arguments, &["--term"]].concat());
    let svg = place.read("p.svg");
    assert!(!svg.contains("NaN") && svg.ends_with("</svg>\n"), "{arguments:?}");
    svg
}

#[track_caller]
fn refused(place: &Place, code: i32, arguments: &[&str], message: &str) {
    let ran = place.sim_ends(code, &[&["plot"], arguments, &["--term"]].concat());
    assert_eq!(ran.err.trim_end(), format!("error: {message}"));
}

const RUN: &str = "results/partition/seed-1";

#[test]
fn a_config_is_run_first() {
    let place = Place::new();
    let drawn = place.sim_ends(0, &["plot", "exp9", "--kind", "clocks", "--out", "exp9.svg"]);
    assert_eq!(drawn.out, "exp9.svg\n");
    let folder = "results/exp9/seed-1";
    assert_eq!(place.read(&format!("{folder}/trace.csv")).lines().count(), 481);
    place.sim_ends(0, &["plot", folder, "--kind", "clocks", "--out", "stored.svg"]);
    assert_eq!(place.read("exp9.svg"), place.read("stored.svg"));
    // Of a file, and several at once.
    place.sim_ends(0, &["configs", "copy", "-q", "mine", "exp4"]);
    let two = place.sim_ends(0, &["plot", "mine/exp4.toml", folder, "--kind", "drift"]);
    assert!(two.out.contains("exp4, seed 1 · exp9, seed 1"), "{}", two.out);
    // A config that is refused, and the exit code of a run whose nodes lose values.
    place.write("bad.toml", "rates = 1\n");
    place.sim_ends(65, &["plot", "bad.toml"]);
    let flood = place.sim_ends(0, &["configs", "show", "glomers/3c"]).out;
    place.write("flood.toml", flood + "\n[limits]\nevents = 100\n");
    place.sim_ends(3, &["plot", "flood.toml", "--kind", "counts"]);
    // What cannot be drawn is refused before anything is run.
    place.sim_ends(64, &["plot", "exp2", "--out", "exp2.jpg"]);
    assert!(!place.join("results/exp2").exists());
    place.sim_ends(65, &["plot", "exp99"]);
}

#[test]
fn a_space_time_diagram_has_lanes_events_messages_and_partitions() {
    let place = Place::new();
    place.sim_ends(0, &["run", "partition", "-q", "--net"]);
    let window = ["--kind", "messages", "--from", "38s", "--to", "42s"];
    let svg = drawn(&place, &[&[RUN][..], &window].concat());
    for text in ["machine 1", "machine 5", "send", "receive", "internal", "partition"] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    assert!(svg.contains("shown: 38s to 42s of 59.98"), "{svg}");
    assert!(svg.contains("partition: 20s to 40s"), "a tooltip of the fault");
    assert!(svg.contains("cut off by a partition"), "a tooltip of a message");
    assert!(svg.contains("of trace.csv</title>"), "a tooltip of an event");
    assert!(svg.contains("(a jump of ") && svg.contains(" (+"), "jumps are named");
    let again = drawn(&place, &[&[RUN][..], &window].concat());
    assert_eq!(svg, again, "the same bytes");
    let causal = drawn(&place, &[&[RUN][..], &window, &["--causal", "3@41s"]].concat());
    assert!(causal.contains(">past of machine 3 at ") && causal.contains(">future of machine 3"));
    let few = drawn(&place, &[RUN, "--kind", "messages", "--lanes", "1,3"]);
    assert!(few.contains(">machine 3<") && !few.contains(">machine 2<"));
    assert!(few.contains("--from and --to choose another part"), "the default window is named");
    // A bare trace has no fates; the picture is still one.
    let bare = drawn(&place, &[&format!("{RUN}/trace.csv"), "--kind", "messages"]);
    assert!(bare.contains(">trace.csv</text>"));
}

#[test]
fn a_diagram_of_clients_nodes_and_services_says_what_messages_are() {
    let place = Place::new();
    let run = ["run", "glomers/4-g-counter", "-q", "--net", "--set", "duration=2s"];
    place.sim_ends(0, &run);
    let folder = "results/latest";
    let svg = drawn(&place, &[folder, "--kind", "messages"]);
    for text in ["n0", "seq-kv", "service", "client", "invoke", "ok"] {
        assert!(svg.contains(&format!(">{text}<")), "{text}");
    }
    assert!(svg.contains(">add 1<") || svg.contains(">add "), "operations are labelled");
    assert!(svg.contains("verdict: valid"));
    let causal = ["--kind", "messages", "--causal", "n1@1s"];
    assert!(drawn(&place, &[&[folder][..], &causal].concat()).contains("causal past of n1 at "));
}

#[test]
fn what_a_diagram_cannot_show_is_named() {
    let place = Place::new();
    place.sim_ends(0, &["run", "partition", "-q", "--net"]);
    let messages = |options: &[&'static str]| [&[RUN, "--kind", "messages"][..], options].concat();
    refused(
        &place,
        64,
        &messages(&["--from", "9s", "--to", "3s"]),
        "--from 9s must be before --to 3s",
    );
    refused(
        &place,
        64,
        &messages(&["--lanes", "1,9"]),
        "there is no lane `9`; there are 1, 2, 3, 4, 5",
    );
    refused(
        &place,
        64,
        &messages(&["--causal", "3"]),
        "--causal 3: expected LANE@TIME, such as 2@38.5s or n1@3s",
    );
    refused(
        &place,
        64,
        &messages(&["--causal", "x@3s"]),
        "--causal x@3s: there is no lane `x`; there are 1, 2, 3, 4, 5",
    );
    refused(&place, 64, &[RUN, "--causal", "1@3s"], "--causal is for --kind messages");
    refused(
        &place,
        64,
        &messages(&["--log-x"]),
        "--log-x and --log-y are for charts, and this is a diagram",
    );
    let echo = ["run", "glomers/1-echo", "-q", "--set", "duration=1s"];
    place.sim_ends(0, &echo);
    std::fs::remove_file(place.join("results/latest/net.csv")).expect("removed");
    let ran = place.sim_ends(65, &["plot", "results/latest", "--kind", "messages", "--term"]);
    assert!(ran.err.contains("this run wrote no net.csv here; run it again with --net"));
    place.write("empty.csv", "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n");
    let none = "empty.csv: there are no events to draw";
    refused(&place, 65, &["empty.csv", "--kind", "messages"], none);
    place.write(
        "one.csv",
        "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n5,1,internal,1,0,,,,,\n",
    );
    assert!(drawn(&place, &["one.csv", "--kind", "messages"]).contains(">machine 1<"));
}

#[test]
fn the_seeds_of_a_sweep_without_axes_are_a_distribution() {
    let place = Place::new();
    place.sim_ends(0, &["sweep", "exp9", "--seeds", "0..12"]);
    let all = drawn(&place, &["results/sweeps/exp9", "--measure", "drift_final"]);
    for text in ["Share of the runs up to each value", "Extremes, quartiles and median"] {
        assert!(all.contains(text), "{text}");
    }
    assert!(all.contains(">12 seeds<") && all.contains("run: median "), "{all}");
    let curve = drawn(&place, &["results/sweeps/exp9", "--measure", "lag_mean", "--kind", "ecdf"]);
    assert!(curve.contains(">machine 2<") && !curve.contains("Extremes"));
    let none = ["results/sweeps/exp9", "--measure", "lag_meen"];
    let ran = place.sim_ends(65, &[&["plot"], &none[..], &["--term"]].concat());
    assert!(ran.err.contains("did you mean `lag_mean`?"), "{}", ran.err);
}

#[test]
fn title_size_theme_and_scale_are_chosen_and_runs_stand_together() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "-q"]);
    place.sim_ends(0, &["run", "exp9", "-q", "--seed", "2"]);
    let (one, two) = ("results/exp9/seed-1", "results/exp9/seed-2");
    let style = ["--title", "My title", "--size", "700x300", "--theme", "dark", "--log-y"];
    let svg = drawn(&place, &[&[one, "--kind", "clocks"], &style[..]].concat());
    assert!(svg.contains("viewBox=\"0 0 700 300\"") && svg.contains(">My title<"), "{svg}");
    assert!(svg.contains("#1b1d21") && svg.contains(">1000<"), "{svg}");
    let print = drawn(&place, &[one, "--kind", "clocks", "--theme", "print"]);
    assert!(!print.contains("#0072b2") && print.contains("stroke-dasharray"));
    let drift = drawn(&place, &[one, two, "--kind", "drift"]);
    assert!(drift.contains(">1: exp9, seed 1<") && drift.contains(">2: exp9, seed 2<"));
    let clocks = drawn(&place, &[one, two, "--kind", "clocks"]);
    assert!(clocks.contains(">exp9, seed 2: Logical clocks<"), "{clocks}");
    let png = |dpi: &str| {
        let plot = ["plot", one, "--kind", "drift", "--force", "--out", "d.png", "--dpi", dpi];
        place.sim_ends(0, &plot);
        let bytes = std::fs::read(place.join("d.png")).expect("a picture");
        u32::from_be_bytes(bytes[16..20].try_into().expect("four bytes"))
    };
    assert_eq!(png("192"), 2 * png("96"));
    for (options, message) in [
        (["--dpi", "9"], "--dpi 9: expected 36 to 600"),
        (
            ["--size", "9x9"],
            "--size 9x9: expected width and height such as 900x600, from 160 to 8000",
        ),
    ] {
        refused(&place, 64, &[&[one][..], &options].concat(), message);
    }
}

#[test]
fn the_queue_chart_ends_where_the_table_says() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "-q"]);
    let summary = place.read("results/exp9/seed-1/summary.json");
    let found: serde_json::Value = serde_json::from_str(&summary).expect("a summary");
    let queue = found["machines"][1]["queue_final"].as_u64().expect("a queue");
    let trace = place.read("results/exp9/seed-1/trace.csv");
    let mut rows = trace.lines().filter(|row| row.split(',').nth(1) == Some("2"));
    let last = rows.next_back().and_then(|row| row.split(',').nth(4)).expect("a row");
    assert_ne!(last, queue.to_string(), "messages arrive after its last event");
    let plot = ["plot", "results/exp9/seed-1", "--kind", "queues", "--out", "q.svg"];
    place.sim_ends(0, &plot);
    assert!(place.read("q.svg").contains(">2</text>"), "its line has a name at its end");
}

/// Texts that have broken pictures of other programs.
const HOSTILE: [&str; 12] = [
    "</svg><script>alert(1)</script>",
    "\"><image href=\"x\" onload=\"y\"/>",
    "]]>&amp;&#0;&#x1b;",
    "\u{1b}]0;title\u{7}\u{1b}[2J",
    "\u{9b}31m",
    "\u{202e}txet desrever\u{2066}",
    ") Tj ET (\\",
    "<< /Type >> endstream endobj",
    "\u{fffe}\u{ffff}",
    "$\\frac{1}{2}$",
    "名前 👩‍👩‍👧 e\u{301}",
    "\r\n\t",
];

#[test]
fn hostile_titles_are_shown_and_nothing_more() {
    let place = Place::new();
    place.sim_ends(0, &["run", "exp9", "-q", "--set", "duration=5s"]);
    for title in HOSTILE {
        let style = ["--kind", "messages", "--title", title];
        let svg = drawn(&place, &[&["results/latest"], &style[..]].concat());
        assert!(!svg.contains("<script") && !svg.contains("<image"), "{title}");
        assert!(!svg.chars().any(|c| c.is_control() && c != '\n'), "{title}");
        let term = ["plot", "results/latest", "--term"];
        let ran = place.sim_ends(0, &[&term[..], &style].concat());
        assert!(!ran.out.chars().any(|c| c.is_control() && c != '\n'), "{title}");
    }
}
