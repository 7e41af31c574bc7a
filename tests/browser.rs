//! Report pages in a real browser: nothing is requested, no error is reported, and questions about
//! a run are answered by clicks.
//!
//! Needs Chromium with its driver and Node.js, so it is behind the feature `browser`:
//! `cargo test --features browser --test browser`.

#[path = "browser/driver.rs"]
mod driver;
#[path = "browser/hostile.rs"]
mod hostile;
#[path = "browser/questions.rs"]
mod questions;

use std::path::{Path, PathBuf};
use std::process::Command;

use driver::Browser;
use tempfile::TempDir;

/// A folder with results and their pages.
struct Pages {
    folder: TempDir,
}

impl Pages {
    fn new() -> Pages {
        Pages { folder: tempfile::tempdir().expect("a folder") }
    }

    /// Runs the program with these exit codes.
    fn sim(&self, codes: &[i32], arguments: &[&str]) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sim"));
        let output =
            command.args(arguments).current_dir(self.folder.path()).output().expect("it runs");
        let code = output.status.code().unwrap_or(-1);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(codes.contains(&code), "{}: {code}\n{error}", arguments.join(" "));
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes the page of a result; returns its path.
    fn page(&self, results: &[&str], name: &str) -> PathBuf {
        self.sim(&[0], &[&["report"], results, &["--out", name]].concat());
        self.path(name)
    }

    /// Runs machines with partitions; returns the page.
    fn machines(&self) -> PathBuf {
        self.sim(&[0], &["run", "partition", "--net", "-q"]);
        self.page(&["results/partition/seed-1"], "machines.html")
    }

    /// Runs nodes that lose values under a partition; returns the page.
    fn nodes(&self) -> PathBuf {
        let sets = ["solution=broadcast-retried-once", "nodes=5", "rate=20"];
        let mut arguments = vec!["run", "glomers/3d-partition", "-q", "--seed", "3"];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        self.sim(&[1], &arguments);
        let folder = std::fs::read_dir(self.path("results/glomers/3d-partition"))
            .expect("results")
            .next()
            .expect("one")
            .expect("an entry")
            .path();
        self.page(&[&folder.display().to_string()], "nodes.html")
    }
}

/// Where pictures of the pages go, to be looked at.
fn pictures() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Asserts that the console has no error, and that nothing but pages of this machine was requested.
fn is_quiet(browser: &Browser, what: &str) {
    assert_eq!(browser.console(), Vec::<String>::new(), "{what}");
    let foreign = |url: &String| !url.starts_with("\"file://") && !url.starts_with("\"data:");
    let foreign: Vec<String> = browser.requests().into_iter().filter(foreign).collect();
    assert_eq!(foreign, Vec::<String>::new(), "{what}");
}

#[test]
fn the_tests_of_the_scripts_pass() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/page/assets/tests");
    let mut node = Command::new("node");
    let output = node.arg("--test").current_dir(folder).output().expect("Node.js");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn every_kind_of_page_opens_without_error_or_request() {
    let pages = Pages::new();
    let (machines, nodes) = (pages.machines(), pages.nodes());
    pages.sim(&[0], &["run", "partition", "--seed", "2", "-q"]);
    let pair = pages.page(&["results/partition/seed-1", "results/partition/seed-2"], "pair.html");
    pages.sim(&[0], &["sweep", "sweeps/loss", "--seeds", "0..3", "-q"]);
    let sweep = std::fs::read_dir(pages.path("results/sweeps")).expect("results");
    let sweep = sweep.flatten().next().expect("a sweep").path().display().to_string();
    let sweep = pages.page(&[&sweep], "sweep.html");
    let trace = pages.page(&["results/partition/seed-1/trace.csv"], "trace.html");
    let browser = Browser::start(1400, 1000);
    for page in [machines, nodes, pair, sweep, trace] {
        let name = page.file_stem().expect("a name").to_string_lossy().into_owned();
        browser.open(&page);
        for (width, theme) in [(1400, "light"), (420, "dark")] {
            browser.resize(width, 1000);
            let click = "document.querySelector('#theme').click()";
            while browser.run("return document.documentElement.dataset.theme") != theme {
                browser.run(click);
            }
            let scroll = "return [document.documentElement.scrollWidth, innerWidth]";
            let sizes = browser.run(scroll);
            let (page, window) = (sizes[0].as_f64(), sizes[1].as_f64());
            assert!(page <= window, "{name} is {page:?} wide in a window of {window:?}");
            let picture = pictures().join(format!("{name}-{width}-{theme}.png"));
            std::fs::write(picture, browser.screenshot()).expect("written");
        }
        browser.resize(1400, 1000);
        let printed = browser.print();
        assert!(printed.starts_with(b"%PDF"), "{name}");
        std::fs::write(pictures().join(format!("{name}.pdf")), printed).expect("written");
        is_quiet(&browser, &name);
    }
}

#[test]
fn a_click_explains_an_event_and_charts_zoom_together() {
    let pages = Pages::new();
    let page = pages.machines();
    let browser = Browser::start(1400, 1000);
    browser.open(&page);
    // A receive in the middle of a window of a few seconds.
    let place = browser.run(
        "const diagram = sim.shown.diagrams[0], run = diagram.run;
         diagram.setWindow(10e9, 16e9);
         diagram.draw();
         diagram.dom.canvas.scrollIntoView({block: 'center', behavior: 'instant'});
         for (let event = 0; event < run.count; event += 1) {
           if (run.kind[event] === 1 && run.at[event] > 12e9) {
             const box = diagram.dom.canvas.getBoundingClientRect();
             return [box.x + diagram.layout.px(event, diagram.scale),
                     box.y + diagram.laneY(run.lane[event]), event];
           }
         }",
    );
    let number = |value: &serde_json::Value| value.as_f64().expect("a number");
    browser.click(number(&place[0]), number(&place[1]));
    let words = browser.run("return document.querySelector('.diagram-panel').textContent");
    let words = words.as_str().expect("text");
    assert!(words.contains("max(") && words.contains("message"), "{words}");
    assert_eq!(browser.run("return sim.shown.diagrams[0].state.selected"), place[2]);
    // Keys: Escape clears the selection.
    browser.press("\u{e00c}");
    assert_eq!(browser.run("return sim.shown.diagrams[0].state.selected"), -1);
    // A zoom of a chart reaches the diagram.
    browser.run(
        "const detail = {from: 20e9, until: 30e9, source: 'test'};
         window.dispatchEvent(new CustomEvent('sim:zoom', {detail}));",
    );
    let window = browser.run("return sim.shown.diagrams[0].state.window");
    assert_eq!((number(&window["from"]), number(&window["until"])), (20e9, 30e9));
    is_quiet(&browser, "clicks");
}
