//! House rules as tests: import directions, headers, README commands, the changelog.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::support::{Place, root};

/// The layers, lowest first, with the layers that each may import besides itself. `trace` and
/// `check` read the files of a run; only `cli` may use everything.
const LAYERS: &[(&str, &[&str])] = &[
    ("engine", &[]),
    ("clock", &[]),
    ("node", &["engine"]),
    ("network", &["engine", "node"]),
    ("edn", &[]),
    ("escape", &[]),
    ("nearest", &[]),
    ("trace", &["engine", "escape", "node", "network"]),
    ("history", &["engine", "edn"]),
    ("registers", &["escape"]),
    ("causal", &["engine", "node", "trace", "history"]),
    ("describe", &["causal", "escape", "history"]),
    ("diff", &["engine", "history", "causal", "describe", "trace"]),
    ("parquet_table", &[]),
    ("export", &["engine", "escape", "trace", "history", "causal", "describe", "parquet_table"]),
    ("simulation", &["engine", "node", "network"]),
    ("model", &["engine", "node", "network", "simulation"]),
    ("prelude", &["engine", "node", "network", "simulation", "model"]),
    ("nemesis", &["engine", "node", "network", "simulation"]),
    ("scale_model", &["engine", "clock", "node", "network", "trace", "simulation"]),
    ("check", &["engine", "clock", "node", "network", "trace", "edn", "history", "registers"]),
    (
        "glomers",
        &["engine", "node", "network", "edn", "nemesis", "trace", "history", "simulation", "check"],
    ),
    (
        "config",
        &[
            "engine",
            "escape",
            "nearest",
            "node",
            "network",
            "nemesis",
            "scale_model",
            "glomers",
            "check",
        ],
    ),
    (
        "experiment",
        &[
            "engine",
            "node",
            "network",
            "nemesis",
            "edn",
            "history",
            "scale_model",
            "glomers",
            "config",
            "check",
        ],
    ),
    ("statistics", &[]),
    ("reproduce", &["engine", "trace", "scale_model", "config", "statistics"]),
    (
        "report",
        &["engine", "escape", "nearest", "node", "trace", "history", "causal", "scale_model"],
    ),
    ("why", &["engine", "trace", "history", "causal", "statistics"]),
    ("page", &["engine", "escape", "history", "causal", "check", "report", "why"]),
    ("store", &["escape", "trace"]),
    (
        "sweep",
        &[
            "engine",
            "escape",
            "node",
            "network",
            "trace",
            "simulation",
            "scale_model",
            "glomers",
            "check",
            "config",
            "experiment",
            "statistics",
            "store",
            "parquet_table",
        ],
    ),
    ("harness", &["engine", "node", "network", "simulation", "glomers", "store"]),
    ("grade", &["engine", "config"]),
    (
        "reference",
        &["trace", "export", "scale_model", "glomers", "check", "experiment", "reproduce", "sweep"],
    ),
    (
        "cli",
        &[
            "nemesis",
            "escape",
            "nearest",
            "harness",
            "grade",
            "reference",
            "engine",
            "node",
            "network",
            "trace",
            "simulation",
            "scale_model",
            "check",
            "config",
            "experiment",
            "statistics",
            "reproduce",
            "report",
            "store",
            "sweep",
            "edn",
            "history",
            "registers",
            "causal",
            "diff",
            "export",
            "why",
            "page",
            "nemesis",
            "glomers",
        ],
    ),
];

/// Returns all Rust files below a folder, sorted.
fn rust_files(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder").flatten() {
            match entry.path() {
                path if path.is_dir() => folders.push(path),
                path if path.extension().is_some_and(|e| e == "rs") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    files
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).expect("below the project").display().to_string()
}

#[track_caller]
fn none(violations: &[String], hint: &str) {
    assert!(violations.is_empty(), "\n{}\n{hint}", violations.join("\n"));
}

/// Crates that are one layer each.
const CRATES_OF_ONE_LAYER: &[(&str, &str)] =
    &[("check", "check"), ("lamport", "scale_model"), ("maelstrom", "glomers")];

/// Returns the layer of a source file, or `None` for roots of crates and for the programs, which
/// use only the public API of the crates below them.
fn layer(path: &Path) -> Option<String> {
    let shown = shown(path);
    let (package, below) = match shown.strip_prefix("crates/") {
        Some(rest) => rest.split_once("/src/").expect("a source file"),
        None => ("", shown.strip_prefix("src/").expect("below src")),
    };
    if let Some((_, layer)) = CRATES_OF_ONE_LAYER.iter().find(|(name, _)| *name == package) {
        return Some((*layer).to_owned());
    }
    let first = below.split('/').next()?;
    let name = first.strip_suffix(".rs").unwrap_or(first).to_owned();
    (package != "programs" && name != "lib" && name != "main").then_some(name)
}

/// Returns all source files of the workspace.
fn sources() -> Vec<PathBuf> {
    let mut files = rust_files("src");
    let has_layer = |path: &PathBuf| shown(path).contains("/src/");
    files.extend(rust_files("crates").into_iter().filter(has_layer));
    files
}

#[test]
fn imports_go_down() {
    let mut violations = Vec::new();
    for path in sources() {
        let Some(layer) = layer(&path) else { continue };
        let allowed = LAYERS.iter().find(|(name, _)| *name == layer);
        let (_, allowed) = allowed.unwrap_or_else(|| panic!("no layer is called {layer}"));
        for (number, line) in (1..).zip(read(&path).lines()) {
            let code = line.split("//").next().unwrap_or("");
            for used in code.split("crate::").skip(1) {
                let name: String =
                    used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let is_layer = LAYERS.iter().any(|(layer, _)| *layer == name);
                if is_layer && name != layer && !allowed.contains(&name.as_str()) {
                    violations.push(format!("{}:{number}: {layer} uses {name}", shown(&path)));
                }
            }
        }
    }
    none(&violations, "see the table of layers in ARCHITECTURE.md");
}

#[test]
fn the_architecture_page_knows_every_layer_and_crate() {
    let page = read(&root().join("ARCHITECTURE.md"));
    let mut missing = Vec::new();
    for (layer, _) in LAYERS {
        if !page.contains(&format!("`{layer}`")) {
            missing.push(format!("layer {layer}"));
        }
    }
    for package in ["core", "records", "check", "lamport", "maelstrom", "programs"] {
        if !page.contains(&format!("`crates/{package}`")) {
            missing.push(format!("crate {package}"));
        }
    }
    none(&missing, "ARCHITECTURE.md has a line for each; add these");
}

#[test]
fn every_file_opens_by_saying_what_it_is() {
    let mut violations = Vec::new();
    for folder in ["src", "crates", "tests", "benches", "examples"] {
        for path in rust_files(folder) {
            let text = read(&path);
            let header = text.lines().next().unwrap_or("");
            if !header.starts_with("//! ") || header.len() < 20 {
                violations.push(shown(&path));
            }
        }
    }
    none(&violations, "a file opens with `//!` and a sentence that says what it is");
}

#[test]
fn nothing_is_left_undone_or_silenced() {
    // In two parts each, so that the test does not match this file.
    let words = [
        concat!("todo", "!("),
        concat!("unimpl", "emented!("),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("#[should_", "panic"),
        concat!("db", "g!("),
    ];
    let mut violations = Vec::new();
    for folder in ["src", "crates", "tests", "benches", "examples"] {
        for path in rust_files(folder) {
            for (number, line) in (1..).zip(read(&path).lines()) {
                for word in words.iter().filter(|word| line.contains(**word)) {
                    violations.push(format!("{}:{number}: {word}", shown(&path)));
                }
                if line.chars().count() > 100 {
                    violations.push(format!("{}:{number}: longer than 100", shown(&path)));
                }
            }
        }
    }
    none(&violations, "finish it, or say in a note why not");
}

#[test]
fn the_changelog_begins_with_this_version() {
    let changelog = read(&root().join("CHANGELOG.md"));
    let version = format!("## {}", env!("CARGO_PKG_VERSION"));
    let first = changelog.lines().find(|line| line.starts_with("## ")).expect("a version");
    assert!(first.starts_with(&version), "CHANGELOG.md begins with {first}, not {version}");
}

#[test]
fn every_dependency_has_its_reason() {
    let manifest = read(&root().join("Cargo.toml"));
    let lines: Vec<&str> = manifest.lines().collect();
    let mut inside = false;
    let mut violations = Vec::new();
    for (place, line) in lines.iter().enumerate() {
        if line.starts_with('[') {
            inside = line.contains("dependencies");
        } else if inside && line.contains(" = ") && !lines[place - 1].starts_with(['#']) {
            let explained_above = lines[..place].iter().rev().take_while(|l| !l.is_empty());
            if !explained_above.clone().any(|l| l.starts_with('#')) {
                violations.push((*line).to_owned());
            }
        }
    }
    none(&violations, "a comment above a dependency says why it is here");
}

/// Returns the commands of the README's `sh` blocks, one per line.
pub(crate) fn readme_commands() -> Vec<String> {
    let readme = read(&root().join("README.md"));
    let mut commands = Vec::new();
    let mut inside = false;
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside && !line.trim().is_empty() && !line.starts_with('#') {
            commands.push(line.split("  #").next().unwrap_or(line).trim().to_owned());
        }
    }
    commands
}

/// Runs the commands that begin with `sim`, one after the other, with the built program. Those that
/// begin with `cargo` are run by CI; so are sweeps with the release binary and all their seeds.
#[test]
fn the_commands_of_the_readme_work() {
    let place = Place::new();
    let commands = readme_commands();
    let sim: Vec<&String> = commands.iter().filter(|line| line.starts_with("sim ")).collect();
    assert!(sim.len() >= 5, "{commands:?}");
    #[cfg(unix)]
    std::os::unix::fs::symlink(root().join("examples"), place.join("examples")).expect("a link");
    let folder = Path::new(crate::support::SIM).parent().expect("a folder").display().to_string();
    for command in sim {
        let fewer = if command.starts_with("sim reproduce ") { " --seeds 50" } else { "" };
        let command = command.replace("--seeds 0..1000", "--seeds 0..50");
        let script = format!("set -e; PATH={folder}:$PATH; {command}{fewer}");
        let mut shell = std::process::Command::new("bash");
        shell.args(["-o", "pipefail", "-c", &script]).current_dir(place.path());
        let output = shell.output().expect("bash runs");
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{command}\n{err}");
    }
}

#[test]
fn the_readme_names_no_command_that_does_not_exist() {
    let known: BTreeSet<&str> = [
        "run",
        "sweep",
        "plot",
        "why",
        "check",
        "reproduce",
        "configs",
        "schema",
        "test",
        "node",
        "export",
        "report",
        "serve",
        "diff",
        "new",
        "grade",
    ]
    .into();
    for command in readme_commands().iter().filter(|line| line.starts_with("sim ")) {
        let word = command.split_whitespace().nth(1).unwrap_or("");
        assert!(known.contains(word), "{command}");
    }
}
