//! Help: each command has examples, which do what they say, and its lines fit 80 columns.

use std::path::Path;
use std::process::Command;

use crate::support::{Place, Ran, SIM, root};

/// Returns the commands below a command, as its help lists them.
pub(crate) fn below(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = lines.take_while(|line| !line.is_empty()).filter_map(|line| {
        let name = line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?;
        name.split(' ').next().map(str::to_owned)
    });
    names.filter(|name| name != "help").collect()
}

/// Returns all commands with their help.
fn all(place: &Place) -> Vec<(Vec<String>, String)> {
    let (mut open, mut found) = (vec![vec![]], vec![]);
    while let Some(command) = open.pop() {
        let words: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
        let help = place.sim_ends(0, &words).out;
        for name in below(&help) {
            open.push(command.iter().cloned().chain([name]).collect());
        }
        found.push((command, help));
    }
    found.sort();
    found
}

/// Returns the examples of a help page: lines for a shell.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Examples:").skip(1);
    let mut found: Vec<String> = vec![];
    for line in lines.take_while(|line| !line.is_empty()) {
        match found.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.truncate(last.len() - 1);
                last.push_str(line.trim());
            }
            // What it does stands behind it, or below it, further to the right.
            _ if line.starts_with("      ") => {}
            _ => found.extend(line.trim().split("  ").next().map(str::to_owned)),
        }
    }
    found
}

#[test]
fn every_command_has_examples_within_80_columns() {
    let commands = all(&Place::new());
    assert!(commands.len() > 25, "{}", commands.len());
    let wide: Vec<String> = (commands.iter())
        .flat_map(|(command, help)| help.lines().map(move |line| format!("{command:?} {line}")))
        .filter(|line| line.split_once("] ").is_some_and(|(_, text)| text.chars().count() > 80))
        .collect();
    assert_eq!(wide, [] as [&str; 0]);
    for (command, help) in &commands {
        assert!(!examples(help).is_empty(), "{command:?}\n{help}");
    }
}

/// Runs a line in a shell.
fn run(place: &Path, line: &str) -> Ran {
    let folder = Path::new(SIM).parent().expect("a folder");
    let mut shell = Command::new("sh");
    shell.args(["-uc", line]).current_dir(place).env("HOME", place).env("NO_COLOR", "1");
    #[expect(clippy::disallowed_methods, reason = "the shell finds its programs there")]
    let path = std::env::var("PATH").unwrap_or_default();
    shell.env("PATH", format!("{}:{path}", folder.display())).stdin(std::process::Stdio::null());
    shell.output().expect("a shell").into()
}

/// What the examples of a page need, or change, before they are run.
const BEFORE: &[(&str, &str)] = &[
    ("sim sweep plan glomers/3c", "rm -rf sw"),
    ("sim sweep plan my-sweep.toml", "rm -rf sw"),
    ("sim sweep shard", "test -d sw || sim sweep plan my-sweep.toml --shards 5 --out sw -q"),
    ("sim sweep merge", "test -d sw || sim sweep plan my-sweep.toml --shards 5 --out sw -q"),
    (
        "sim sweep merge",
        "for i in 0 1 2 3 4; do sim sweep shard --manifest sw/manifest.json \
      --index $i -q || exit; done",
    ),
    ("sim sweep status", "test -d sw || sim sweep plan my-sweep.toml --shards 5 --out sw -q"),
    ("sim new", "rm -rf node my-node my-model my-question.toml"),
    ("sim test", "rm -rf node; cp echo.py node"),
    ("sim sweep merge", "rm -rf results/sweeps/my-sweep*"),
    ("sim why latest", "sim run glomers/3c --set solution=flood --seed 5 --force -q; true"),
    ("sim configs copy", "rm -rf mine"),
];

/// What is left out of examples, since it only takes time.
const SHORTER: &[(&str, &str)] = &[
    ("--time-limit 20", "--time-limit 1"),
    ("--time-limit 10", "--time-limit 1"),
    ("sim test -w g-counter", "sim test --time-limit 1 -w g-counter"),
    ("sim test -w g-set", "sim test --time-limit 1 -w g-set"),
    ("sim test -w echo --bin ./node", "sim test --time-limit 1 -w echo --bin ./node"),
    ("sim sweep exp9 --seeds 0..1000", "sim sweep exp9 --seeds 0..30"),
    ("sim sweep sweeps/send-probability --jobs 2", "sim sweep my-sweep.toml --jobs 2 --force"),
    ("--set solution=flood --seeds 0..100", "--set solution=flood --seeds 0..3"),
    ("sim reproduce", "sim reproduce --seeds 2 --out r --force"),
    (
        "sim sweep shard --manifest sw/manifest.json --time",
        "PARALLEL_SEQ=1 sim sweep shard --manifest sw/manifest.json --time",
    ),
];

/// Programs of others, and what has no end.
const NOT_RUN: &[&str] = &["maelstrom ", "sbatch ", "sim serve", "man -l"];

/// Files and results that the examples name.
const PLACE: &str = "
sim run exp9 -q && sim run exp9 --seed 2 -q && sim run partition --net -q
sim run glomers/3c -q && sim run glomers/3c --seed 3 --bodies -q && sim run glomers/3d -q
sim run glomers/3c --set solution=flood -q 2> flood.txt; sim run glomers/3e -q
sim run glomers/4-g-counter -q
sim run glomers/3a -q; sim run glomers/list-append -q; sim run glomers/1-echo -q
for sweep in rate-ratio send-probability batching; do
    sim sweep sweeps/$sweep --seeds 0..2 -q
    mv results/sweeps/$sweep* results/sweeps/$sweep
done
sim sweep exp9 --seeds 0..20 -q; sim sweep exp9 --seeds 0..20 --out other -q
sim run exp9 --net --force -q
cp results/exp9/seed-1/trace.csv theirs.csv; cp results/exp9/seed-2/trace.csv ours.csv
cp results/exp9/seed-1/net.csv net.csv; sim configs show exp9 > exp.toml
cp exp.toml my.toml; cp results/glomers/3a/seed-1/history.edn history.edn
cp results/glomers/list-append/seed-1/history.jsonl h.jsonl
cp results/glomers/1-echo/seed-1/history.jsonl history.jsonl
cp \"$ROOT/tests/data/isolation/serial.txt\" bug.txt
cp -r \"$ROOT/examples/grade/submissions\" \"$ROOT/examples/grade/grade.toml\" .
mkdir -p .local/share/bash-completion/completions .zfunc .config/fish/completions bin
printf 'base = \"exp.toml\"\\nseeds = \"0..10\"\\n' > my-sweep.toml
printf '[grid]\\n\"events.send\" = [0.2, 0.5]\\n' >> my-sweep.toml
printf '#!/bin/sh\\nexec sim node echo\\n' > echo.py
printf '#!/bin/sh\\nexec sim node echo\\n' > node
chmod +x echo.py node
";

#[test]
fn the_examples_do_what_they_say() {
    let place = Place::new();
    let made = run(place.path(), &format!("ROOT='{}'\n{PLACE}", root().display()));
    assert_eq!(made.err, "", "the place");
    let (mut wrong, mut number) = (vec![], 0);
    for (command, help) in all(&place) {
        for example in examples(&help) {
            if NOT_RUN.iter().any(|other| example.contains(other)) {
                continue;
            }
            let mut line = example.clone();
            for (long, short) in SHORTER {
                line = line.replace(long, short);
            }
            for (begin, before) in BEFORE.iter().filter(|(begin, _)| line.starts_with(begin)) {
                let ran = run(place.path(), before);
                assert_eq!(ran.code, 0, "before {begin}: {}", ran.err);
            }
            let ran = run(place.path(), &line);
            number += 1;
            if !(0..4).contains(&ran.code) {
                wrong.push(format!("{command:?}: {line}: {}\n{}", ran.code, ran.err));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(number > 80, "{number} examples were run");
}
