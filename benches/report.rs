//! Benchmark of report pages: `cargo bench --features browser --bench report`.
//!
//! The time in which the page of 100,000 events is written, and what Chromium makes of it without a
//! GPU: the time to the first paint and until all is drawn, and the frames per second while the
//! space-time diagram is panned, at three widths of its window: those that the compositor drew,
//! from a trace of the browser, and beside them those for which the page was asked. All of it
//! depends on the machine.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/browser/devtools.rs"]
mod devtools;
#[path = "../tests/browser/driver.rs"]
#[expect(dead_code, reason = "tests of pages use the rest of it")]
mod driver;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use devtools::Tracing;
use driver::Browser;
use serde_json::Value;

const SIM: &str = env!("CARGO_BIN_EXE_sim");

/// Three machines have 100,000 events in this time.
const DURATION: &str = "12500s";

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let sim = |arguments: &[&str]| {
        let begin = Instant::now();
        let mut command = Command::new(SIM);
        let status =
            command.args(arguments).current_dir(folder.path()).stdout(Stdio::null()).status();
        assert!(status.expect("sim runs").success(), "{}", arguments.join(" "));
        begin.elapsed().as_secs_f64()
    };
    sim(&["run", "exp9", "--duration", DURATION, "--quiet"]);
    let results = format!("results/exp9/seed-1+duration={DURATION}");
    let report = ["report", results.as_str(), "--out", "page.html"];
    let mut seconds: Vec<f64> = (0..5).map(|_| sim(&report)).collect();
    seconds.sort_by(f64::total_cmp);
    let page = folder.path().join("page.html");
    let size = std::fs::metadata(&page).expect("the page").len();
    println!("100,000 events: written in {:.3} s (median of 5), {size} bytes", seconds[2]);
    in_browser(&page);
}

/// Returns in seconds when something was painted first.
const FIRST_PAINT: &str = "
    const paints = performance.getEntriesByName('first-contentful-paint');
    return paints.length === 0 ? -1 : paints[0].startTime / 1000;";

fn in_browser(page: &Path) {
    let browser = Browser::start(1400, 1000);
    let begin = Instant::now();
    browser.open(page);
    let drawn = begin.elapsed().as_secs_f64();
    let paint = browser.run(FIRST_PAINT);
    println!("first paint after {paint} s, all drawn after {drawn:.2} s");
    for (words, share) in [("the whole run", 1.0), ("a hundredth", 0.01), ("20 s", 0.0016)] {
        let tracing = Tracing::start(&browser.debugger, &CATEGORIES);
        let asked = browser.run_async(&panning(share));
        let Drawn { count, median, dropped } = drawn_in(&tracing.finish());
        println!(
            "panning {words}: {median:.1} frames/s in the median of {count} that were drawn \
             ({dropped} dropped); the page was asked for {asked}"
        );
    }
}

/// Categories of a trace: frames, and the marks of the page.
const CATEGORIES: [&str; 2] = ["disabled-by-default-devtools.timeline.frame", "blink.user_timing"];

/// Frames of a trace.
struct Drawn {
    /// Number of frames that were drawn.
    count: usize,
    /// Frames per second, from the median of the time between two of them.
    median: f64,
    /// Number of frames that were not drawn, though something had changed.
    dropped: usize,
}

/// Returns the frames that were drawn while the page panned: between its marks, in its process.
fn drawn_in(events: &[Value]) -> Drawn {
    let mark = |name: &str| {
        let event = events.iter().find(|event| event["name"] == name).expect("the page's mark");
        (event["ts"].as_f64().expect("a time"), event["pid"].clone())
    };
    let ((begin, page), (end, _)) = (mark("pan-begin"), mark("pan-end"));
    let times = |name: &str| -> Vec<f64> {
        let named = events.iter().filter(|event| event["name"] == name && event["pid"] == page);
        let mut times: Vec<f64> = named.filter_map(|event| event["ts"].as_f64()).collect();
        times.retain(|time| (begin..end).contains(time));
        times.sort_by(f64::total_cmp);
        times
    };
    let drawn = times("DrawFrame");
    let mut gaps: Vec<f64> = drawn.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_by(f64::total_cmp);
    let median = gaps.get(gaps.len() / 2).map_or(0.0, |gap| 1e6 / gap);
    Drawn { count: drawn.len(), median, dropped: times("DroppedFrame").len() }
}

/// Returns a script that pans a window of this share of the run for three seconds, and tells the
/// median number of frames per second.
fn panning(share: f64) -> String {
    format!(
        "const done = arguments[0];
         const diagram = sim.shown.diagrams[0], end = diagram.bounds.until;
         diagram.dom.canvas.scrollIntoView({{block: 'center', behavior: 'instant'}});
         const span = end * {share}, frames = [];
         let last = 0, first = 0;
         performance.mark('pan-begin');
         const step = (now) => {{
           if (first === 0) first = now;
           else frames.push(now - last);
           last = now;
           const at = end * 0.4 + span * 0.5 * Math.sin((now - first) / 300);
           diagram.setWindow(at, at + span, true);
           if (now - first < 3000) requestAnimationFrame(step);
           else {{
             performance.mark('pan-end');
             frames.sort((a, b) => a - b);
             done(Math.round(10000 / frames[frames.length >> 1]) / 10);
           }}
         }};
         requestAnimationFrame(step);"
    )
}
