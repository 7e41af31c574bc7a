//! Typical sessions as snapshots: what a terminal of 80 columns shows, and that every line fits.

use crate::support::{Place, golden};

/// Sessions, each in a place of its own: commands one after another.
const SESSIONS: &[(&str, &[&str])] = &[
    ("first-run", &["run exp9", "run exp9 --seed 2"]),
    ("checked-run", &["run lossy --check", "check results/lossy/seed-1"]),
    ("many-machines", &["run exp4 --set rates.random=[1,6] --set rates.count=12 --no-trace"]),
    ("first-picture", &["plot exp4 --kind clocks"]),
    ("configs", &["configs list", "configs show exp9", "configs copy mine exp9"]),
    ("override", &["run exp9 --set events.send=0.3 --duration 10s", "run latest"]),
    ("mistakes-in-a-config", &["run wrong.toml", "run torn.toml"]),
    (
        "mistakes-on-the-line",
        &[
            "exp9",
            "run exp99",
            "run 3c -q",
            "run exp9 --set send=0.5",
            "run exp9 --rates 1,3,6",
            "plot results/nowhere",
            "run exp9 --sead 3",
        ],
    ),
    ("challenge", &["run glomers/3e"]),
    ("failing-challenge", &["run glomers/3c --set solution=flood --seed 3", "why latest"]),
    ("check-of-a-history", &["run glomers/4-g-counter -q", "check latest"]),
    ("transactions", &["run glomers/6b", "check latest"]),
    ("log", &["run glomers/5c"]),
    ("why-a-clock", &["run exp9 -q", "why latest --jumps 2", "why latest --queue 1"]),
    ("sweep", &["sweep exp9 --seeds 0..20", "sweep exp9 --seeds 0..20", "check latest"]),
    ("sweep-of-a-key", &["sweep grid.toml"]),
    (
        "sweep-of-nodes",
        &["sweep glomers/3c --seeds 0..5 --set solution=flood", "sweep glomers/3a --seeds 0..5"],
    ),
    (
        "two-runs",
        &["run exp9 -q", "run exp9 -q --seed 2", "diff results/exp9/seed-1 results/exp9/seed-2"],
    ),
    ("notebooks", &["reproduce exp9 --seeds 5 --out tables"]),
    (
        "shards",
        &[
            "sweep plan grid.toml --shards 2 --out sw",
            "sweep shard --manifest sw/manifest.json --index 0",
            "sweep merge sw",
            "sweep shard --manifest sw/manifest.json --index 1",
            "sweep merge sw",
        ],
    ),
    ("nodes-that-ship", &["node --list"]),
    ("a-report", &["run exp9 --report", "export latest --to shiviz --out exp9.log"]),
];

const GRID: &str = "seeds = \"0..10\"\n[config]\nduration = \"20s\"\nrates = [1, 2]\n\
                    events = { send = 0.5 }\n[grid]\n\"network.latency\" = [\"1ms\", \"2s\"]\n";

/// What is not the same in every build: hashes of the program's own source.
fn steady(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn sessions_are_as_they_were_and_fit_80_columns() {
    let mut wide = vec![];
    for (name, commands) in SESSIONS {
        let place = Place::new();
        place.write("grid.toml", GRID);
        place.write(
            "wrong.toml",
            "duration = \"60\"\nrates = [1, 3\"\"]\nsend = 0.5\n[events]\nsend = 1.5\n",
        );
        place.write("torn.toml", "duration = 60s\nrates = [1, 3]\nevents = { send = .5 }\n");
        let mut text = String::new();
        for command in *commands {
            let words: Vec<&str> = command.split(' ').collect();
            let ran = place.sim(&words);
            text += &format!("$ sim {command}\n{}{}", steady(&ran.out), steady(&ran.err));
            if ran.code != 0 {
                text += &format!("[exit code {}]\n", ran.code);
            }
            text += "\n";
        }
        // A command to copy and a path stay whole.
        let is_wide = |line: &&str| line.chars().count() > 80 && line.trim().contains("  ");
        wide.extend(text.lines().filter(is_wide).map(|line| format!("{name}: {line}")));
        golden(&format!("tests/data/sessions/{name}.txt"), &text);
    }
    assert_eq!(wide, [] as [&str; 0]);
}
