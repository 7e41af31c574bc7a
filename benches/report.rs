//! Benchmark of report pages: `cargo bench --features browser --bench report`.
//!
//! The time in which the page of 100,000 events is written, and what Chromium makes of it without a
//! GPU: the time to the first paint and until all is drawn, and the frames per second while the
//! space-time diagram is panned, at three widths of its window. All of it depends on the machine.
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "a benchmark reads the clock"
)]
#![expect(clippy::print_stdout, reason = "a benchmark prints")]

#[path = "../tests/browser/driver.rs"]
#[expect(dead_code, reason = "tests of pages use the rest of it")]
mod driver;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use driver::Browser;

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
        let frames = browser.run_async(&panning(share));
        println!("panning {words}: {frames} frames/s in the median");
    }
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
         const step = (now) => {{
           if (first === 0) first = now;
           else frames.push(now - last);
           last = now;
           const at = end * 0.4 + span * 0.5 * Math.sin((now - first) / 300);
           diagram.setWindow(at, at + span, true);
           if (now - first < 3000) requestAnimationFrame(step);
           else {{
             frames.sort((a, b) => a - b);
             done(Math.round(10000 / frames[frames.length >> 1]) / 10);
           }}
         }};
         requestAnimationFrame(step);"
    )
}
