//! `docs/files.md` and the files: every key and column that is written is described, and what is
//! described is written.

use std::collections::BTreeSet;

use serde_json::Value;
use sim::store::{FileName, RUN_FILES};
use sim::sweep::SWEEP_FILES;

use crate::support::{Place, root, skip};

/// The page, and the names that files have shown to be there.
struct Described {
    page: String,
    seen: BTreeSet<(String, String)>,
}

impl Described {
    fn new() -> Described {
        let page = std::fs::read_to_string(root().join("docs/files.md")).expect("the page");
        Described { page, seen: BTreeSet::new() }
    }

    /// Returns the text below a heading.
    fn section(&self, heading: &str) -> &str {
        let mut parts = self.page.split("\n## ");
        let found = parts.find(|part| part.lines().next() == Some(heading));
        found.unwrap_or_else(|| panic!("no section {heading}"))
    }

    /// Returns the names of a section's tables, or of the one after a line that begins so.
    fn names(&self, heading: &str, after: &str) -> Vec<String> {
        let section = self.section(heading);
        let begin = if after.is_empty() { 0 } else { section.find(after).expect(after) };
        let lines = section[begin..].lines().skip_while(|line| !line.starts_with('|'));
        let rows = lines.take_while(|line| line.starts_with('|')).skip(2);
        let name = |row: &str| row.split('`').nth(1).expect("a name").to_owned();
        rows.map(name).collect()
    }

    /// Checks that these names are described in a table.
    #[track_caller]
    fn check(&mut self, (heading, after): (&str, &str), names: &[String]) {
        let described = self.names(heading, after);
        for name in names {
            assert!(described.contains(name), "{name} is not described in {heading}, {after}");
            self.seen.insert((format!("{heading}{after}"), name.clone()));
        }
    }

    /// Checks the keys of a JSON object.
    #[track_caller]
    fn keys(&mut self, table: (&str, &str), value: &Value) {
        let keys: Vec<String> = value.as_object().expect("an object").keys().cloned().collect();
        self.check(table, &keys);
    }

    /// Checks that all described names have been seen.
    #[track_caller]
    fn complete(&self, (heading, after): (&str, &str)) {
        for name in self.names(heading, after) {
            let place = (format!("{heading}{after}"), name.clone());
            assert!(self.seen.contains(&place), "{name} of {heading} is never written");
        }
    }
}

fn json(place: &Place, path: &str) -> Value {
    serde_json::from_str(&place.read(path)).expect(path)
}

fn header(place: &Place, path: &str) -> Vec<String> {
    let text = place.read(path);
    let line = text.trim_start_matches('\u{feff}').lines().next().expect("a header");
    line.split(',').map(str::to_owned).collect()
}

const RUN_MANIFEST: (&str, &str) = ("`manifest.json`", "Of a run");
const SWEEP_MANIFEST: (&str, &str) = ("`manifest.json`", "Of a sweep");
const HISTORY: (&str, &str) = ("`history.jsonl`", "");

fn of_the_scale_model(place: &Place, files: &mut Described) {
    let run = ["run", "exp9", "-q", "--net", "--bodies", "--split", "--set", "seed=2"];
    place.sim_ends(0, &run);
    let folder = "results/exp9/seed-2";
    files.keys(RUN_MANIFEST, &json(place, &format!("{folder}/manifest.json")));
    place.sim_ends(0, &["run", "exp9", "-q", "--set", "events.send=0.5"]);
    let changed = "results/exp9/seed-1+events.send=0.5/manifest.json";
    files.keys(RUN_MANIFEST, &json(place, changed));
    for (file, heading) in [("trace.csv", "`trace.csv`"), ("net.csv", "`net.csv`")] {
        files.check((heading, ""), &header(place, &format!("{folder}/{file}")));
        files.complete((heading, ""));
    }
    let bodies = place.read(&format!("{folder}/bodies.jsonl"));
    let body = serde_json::from_str(bodies.lines().next().expect("a body")).expect("JSON");
    files.keys(("`bodies.jsonl`", ""), &body);
    let summary = json(place, &format!("{folder}/summary.json"));
    let of = |section| ("`summary.json`", section);
    files.keys(of(""), &summary);
    files.keys(of("`run`:"), &summary["run"]);
    files.keys(of("`machines`:"), &summary["machines"][0]);
    files.keys(of("`machines.predicted`:"), &summary["machines"][0]["predicted"]);
    for section in ["", "`run`:", "`machines`:", "`machines.predicted`:"] {
        files.complete(of(section));
    }
}

fn of_glomers(place: &Place, files: &mut Described) {
    for (config, more) in [
        ("3c", "solution=flood"),
        ("5b", "duration=5s"),
        ("6a", "duration=2s"),
        ("lin-kv", "duration=5s"),
    ] {
        let name = format!("glomers/{config}");
        let ran = place.sim(&["run", &name, "--net", "-q", "--set", more, "--seed", "3"]);
        assert!([0, 1].contains(&ran.code), "{name}\n{}", ran.err);
        let folder = std::fs::read_link(place.join("results/latest")).expect("a link");
        let folder = format!("results/{}", folder.display());
        files.keys(RUN_MANIFEST, &json(place, &format!("{folder}/manifest.json")));
        files.check(
            ("`net.csv` of Gossip Glomers", ""),
            &header(place, &format!("{folder}/net.csv")),
        );
        let results = json(place, &format!("{folder}/results.json"));
        files.keys(("`results.json`", ""), &results);
        files.keys(("`results.json`", "`strict`:"), &results["strict"]);
        for line in place.read(&format!("{folder}/history.jsonl")).lines() {
            files.keys(HISTORY, &serde_json::from_str(line).expect("JSON"));
        }
    }
    for table in [HISTORY, ("`results.json`", ""), ("`results.json`", "`strict`:"), RUN_MANIFEST] {
        files.complete(table);
    }
}

fn of_a_test(place: &Place, files: &mut Described) {
    let node = format!("{}/examples/nodes/echo.py", root().display());
    let test = ["test", "-w", "echo", "--bin", &node, "--node-count", "1", "--time-limit", "1"];
    let ran = place.sim(&[&test[..], &["-q"]].concat());
    if ran.code == 65 {
        assert!(ran.err.contains("python3"), "{}", ran.err);
        skip("python3 is not here");
        return;
    }
    let results = json(place, "results/test/echo/run-1/results.json");
    files.keys(RUN_MANIFEST, &json(place, "results/test/echo/run-1/manifest.json"));
    let added = files.names("`results.json`", "Of `sim test`");
    for name in results.as_object().expect("an object").keys() {
        let common = files.names("`results.json`", "");
        assert!(common.contains(name) || added.contains(name), "{name} is not described");
    }
    assert!(added.iter().all(|name| results.get(name).is_some()), "{added:?}");
}

fn of_sweeps(place: &Place, files: &mut Described) {
    let sweep = "base = \"exp9.toml\"\nseeds = \"0..3\"\n[grid]\n\"events.send\" = [0.5, 0.9]\n";
    place.sim_ends(0, &["configs", "copy", "-q", ".", "exp9"]);
    place.write("my.toml", sweep);
    place.sim_ends(0, &["sweep", "my.toml", "-q", "--duration", "5s"]);
    let folder = "results/sweeps/my+duration=5s";
    files.keys(SWEEP_MANIFEST, &json(place, &format!("{folder}/manifest.json")));
    let runs = header(place, &format!("{folder}/runs.csv"));
    let head = files.names("`runs.csv`", "The head, of the scale model");
    let measures = files.names("`runs.csv`", "The measures, of the scale model");
    let all: Vec<String> =
        std::iter::once("events.send".to_owned()).chain(head).chain(measures).collect();
    assert_eq!(runs, all);
    let points = header(place, &format!("{folder}/points.csv"));
    assert_eq!(points[1..], files.names("`points.csv`", ""));
    let failing = ["sweep", "glomers/3c", "-q", "--set", "solution=flood", "--seeds", "0..5"];
    place.sim_ends(1, &[&failing[..], &["--duration", "10s"]].concat());
    let folder = std::fs::read_link(place.join("results/latest")).expect("a link");
    let folder = format!("results/{}", folder.display());
    files.keys(SWEEP_MANIFEST, &json(place, &format!("{folder}/manifest.json")));
    files.complete(SWEEP_MANIFEST);
    let failures = header(place, &format!("{folder}/failures.csv"));
    assert_eq!(failures, files.names("`failures.csv`", "Of Gossip Glomers"));
    let runs = header(place, &format!("{folder}/runs.csv"));
    let head = files.names("`runs.csv`", "The head, of Gossip Glomers");
    assert_eq!(runs[..head.len()], head);
    let figures = files.names("`results.json`", "The figures");
    let section = files.section("`runs.csv`");
    for column in &runs[head.len()..] {
        let is_figure = figures.iter().any(|pattern| {
            let parts: Vec<&str> = pattern.split('.').collect();
            let first = parts[0];
            let last = parts[parts.len() - 1];
            column.starts_with(first) && (last == "<q>" || column.ends_with(last))
        });
        assert!(is_figure || section.contains(&format!("`{column}`")), "{column}");
    }
}

fn of_exports(place: &Place, files: &mut Described) {
    for (run, tables) in [("exp9/seed-2", &["events", "messages"][..]), ("latest", &["operations"])]
    {
        if run == "latest" {
            place.sim_ends(0, &["run", "glomers/3b", "-q", "--duration", "1s"]);
        }
        for table in tables {
            let path = format!("results/{run}");
            place.sim_ends(
                0,
                &["export", &path, "--to", "csv", "--table", table, "--out", "t.csv", "--force"],
            );
            let heading = "The tables of a run for spreadsheets";
            let described = files.names(heading, &format!("`--table {table}`"));
            assert_eq!(header(place, "t.csv"), described, "{table}");
        }
    }
}

#[test]
fn every_key_and_column_is_described_and_every_description_is_of_one() {
    let (place, mut files) = (Place::new(), Described::new());
    of_the_scale_model(&place, &mut files);
    of_glomers(&place, &mut files);
    of_a_test(&place, &mut files);
    of_sweeps(&place, &mut files);
    of_exports(&place, &mut files);
}

#[test]
fn every_file_of_a_result_is_on_the_page() {
    let page = Described::new().page;
    let list = page.split("\n## ").next().expect("the beginning");
    let names = RUN_FILES.iter().map(|kind| kind.name);
    for name in names.chain(SWEEP_FILES.iter().map(|kind| kind.name)) {
        let shown = match name {
            FileName::One(name) => name.to_owned(),
            FileName::Numbered(start, end) => format!("{start}<n>{end}"),
            FileName::Inside(folder, end) => format!("{folder}/<node>{end}"),
        };
        assert!(list.contains(&format!("`{shown}`")), "{shown} is not listed");
    }
    let reproduction = root().join("results/reference/reproduction.csv");
    let text = std::fs::read_to_string(reproduction).expect("the figures");
    let header: Vec<&str> = text.lines().next().expect("a header").split(',').collect();
    let described = Described::new();
    let columns = described.names("`reproduction.csv`", "lists");
    assert_eq!(header[..columns.len()], columns);
    let variant = described.names("`reproduction.csv`", "The columns of a variant:");
    let expected = ["exact", "phase", "real"].map(|name| {
        variant.iter().map(move |column| format!("{name}_{column}")).collect::<Vec<_>>()
    });
    assert_eq!(header[columns.len()..], expected.concat());
}
