//! Report pages in a real browser: nothing is requested, no error is reported, and questions about
//! a run are answered by clicks.
//!
//! Needs Chromium with its driver and Node.js, so it is behind the feature `browser`:
//! `cargo test --features browser --test browser`.

#[path = "browser/counterexamples.rs"]
mod counterexamples;
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
        self.page(&[&self.broken("glomers/3d-partition", 3, &sets)], "nodes.html")
    }

    /// Runs a store whose reads may be old; returns the page.
    fn registers(&self) -> PathBuf {
        self.page(&[&self.broken("glomers/lin-kv-primary", 1, &OLD_READS)], "registers.html")
    }

    /// Runs transactions that see effects before their causes; returns the page.
    fn transactions(&self) -> PathBuf {
        let sets = [
            "solution=txn-causal-reversal",
            "concurrency=10",
            "key_count=4",
            "consistency_models=causal-cerone",
        ];
        self.page(&[&self.broken("glomers/6a", 1, &sets)], "transactions.html")
    }

    /// Runs nodes whose verdict is invalid; returns the results folder.
    fn broken(&self, config: &str, seed: u32, sets: &[&str]) -> String {
        let seed = seed.to_string();
        let mut arguments = vec!["run", config, "-q", "--seed", &seed];
        sets.iter().for_each(|set| arguments.extend(["--set", set]));
        self.sim(&[1], &arguments);
        self.latest()
    }

    /// Returns the results folder of the last run.
    fn latest(&self) -> String {
        let name = std::fs::read_link(self.path("results/latest")).expect("a result");
        format!("results/{}", name.display())
    }
}

/// A store that answers reads from backups, without faults but for lost messages.
const OLD_READS: [&str; 3] = ["solution=kv-read-at-backup", "nemesis.kinds=[]", "network.loss=0.1"];

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
    let (registers, transactions) = (pages.registers(), pages.transactions());
    pages.sim(&[0], &["run", "glomers/lin-kv-primary", "-q", "--set", OLD_READS[1]]);
    let other = pages.latest();
    let broken =
        pages.broken("glomers/lin-kv-primary", 1, &[&OLD_READS[..], &["rate=50"]].concat());
    let verdicts = pages.page(&[&broken, &other], "verdicts.html");
    let browser = Browser::start(1400, 1000);
    for page in [machines, nodes, registers, transactions, pair, verdicts, sweep, trace] {
        let name = page.file_stem().expect("a name").to_string_lossy().into_owned();
        browser.open(&page);
        for width in [400, 1400, 4000] {
            browser.look(width, width.min(2000) * 3 / 4 + 500);
            for theme in ["light", "dark"] {
                let click = "document.querySelector('#theme').click()";
                while browser.run("return document.documentElement.dataset.theme") != theme {
                    browser.run(click);
                }
                let [page, window, used] = sizes(&browser);
                assert!(page <= window, "{name} is {page} wide in a window of {window}");
                assert!(used > 0.9 * window, "{name} uses {used} of {window}");
                let picture = pictures().join(format!("{name}-{width}-{theme}.png"));
                std::fs::write(picture, browser.screenshot()).expect("written");
            }
        }
        browser.look(1400, 1000);
        let printed = browser.print();
        assert!(printed.starts_with(b"%PDF"), "{name}");
        std::fs::write(pictures().join(format!("{name}.pdf")), printed).expect("written");
        is_quiet(&browser, &name);
    }
}

/// Returns the width of the page, of the window, and of what the charts and cards take, in pixels.
fn sizes(browser: &Browser) -> [f64; 3] {
    let found = browser.run(
        "const right = Math.max(...[...document.querySelectorAll('.card')]
           .map((card) => card.getBoundingClientRect().right));
         const left = Math.min(...[...document.querySelectorAll('.card')]
           .map((card) => card.getBoundingClientRect().left));
         return [document.documentElement.scrollWidth, innerWidth, right - left];",
    );
    [0, 1, 2].map(|place| found[place].as_f64().expect("a number"))
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

#[test]
fn in_logical_time_faults_are_shaded_over_what_happened_during_them() {
    let pages = Pages::new();
    let browser = Browser::start(1400, 1000);
    browser.open(&pages.machines());
    let said = browser.run(
        "const buttons = [...document.querySelectorAll('.diagram-switch button')];
         buttons[1].click();
         const diagram = sim.shown.diagrams[0], run = diagram.run;
         diagram.draw();
         const [first] = diagram.faults.list;
         const inside = first.lanes.every(({lane, from, until}) => [...run.eventsOf(lane)]
           .every((event) => (diagram.layout.x[event] > from && diagram.layout.x[event] < until)
             === (run.at[event] >= run.faults[0].from && run.at[event] < run.faults[0].until)));
         return [diagram.layout.logical, first.lanes.length, inside, diagram.box.strip > 0,
                 document.querySelector('.diagram-status').textContent];",
    );
    assert_eq!(said[0], true);
    assert_eq!((&said[1], &said[2], &said[3]), (&5.into(), &true.into(), &true.into()), "{said}");
    let words = said[4].as_str().expect("text");
    assert!(words.contains("shaded over the events that happened during them"), "{words}");
    std::fs::write(pictures().join("logical.png"), browser.screenshot()).expect("written");
    is_quiet(&browser, "logical time");
}
