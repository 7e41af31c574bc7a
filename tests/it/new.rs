//! `sim new`: what it writes builds, runs and passes, and nothing that exists is touched.

use std::path::Path;
use std::process::Command;

use crate::support::{Place, root};

/// Whether a tool is on this machine. If not, what needs it is skipped, and the test says so.
fn has(tool: &str, question: &str) -> bool {
    let is_there = Command::new(tool).arg(question).output().is_ok_and(|ran| ran.status.success());
    if !is_there {
        #[expect(clippy::print_stderr, reason = "a test that skips says so")]
        {
            eprintln!("skipped: there is no {tool} on this machine");
        }
    }
    is_there
}

#[track_caller]
fn succeeds(command: &mut Command) -> String {
    let ran = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let err = String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{command:?}\n{err}");
    String::from_utf8(ran.stdout).expect("text")
}

/// Writes a node, does what is printed to build it, and hosts it.
#[cfg(unix)]
fn passes_echo(language: &str) {
    let place = Place::new();
    let ran = place.sim_ends(0, &["new", "node", "--lang", language, "my-node"]);
    let commands: Vec<&str> = ran.out.lines().filter_map(|line| line.strip_prefix("  ")).collect();
    let folder = place.join("my-node");
    assert_eq!(commands[0], "cd my-node", "{}", ran.out);
    for command in &commands[1..] {
        if let Some(test) = command.strip_prefix("sim ") {
            let mut arguments: Vec<&str> = test.split(' ').collect();
            // Shorter than what is proposed to people.
            *arguments.last_mut().expect("the seconds") = "1";
            arguments.extend(["--recovery-time", "0", "--rate", "20"]);
            let mut sim = place.command(&arguments);
            let out = succeeds(sim.current_dir(&folder));
            assert!(out.contains("Everything looks good!"), "{language}\n{out}");
            assert!(!out.contains("hint "), "{language}\n{out}");
        } else {
            let mut shell = Command::new("sh");
            shell.args(["-c", command]).current_dir(&folder);
            succeeds(shell.env_remove("CARGO_TARGET_DIR"));
        }
    }
}

#[cfg(unix)]
#[test]
fn a_new_node_passes_echo_in_every_language_of_this_machine() {
    for (language, tool, question) in [
        ("python", "python3", "--version"),
        ("js", "node", "--version"),
        ("c", "cc", "--version"),
        ("rust", "cargo", "--version"),
        ("go", "go", "version"),
    ] {
        if has(tool, question) {
            passes_echo(language);
        }
    }
}

#[test]
fn a_new_config_runs_and_keeps_its_question() {
    let place = Place::new();
    for (name, more, folder) in [
        ("mine", &[][..], "results/mine/seed-1"),
        ("v1.2", &["--model", "glomers"][..], "results/v1.2/seed-1"),
    ] {
        let ran = place.sim_ends(0, &[&["new", "config", name], more].concat());
        let command = ran.out.lines().last().expect("a command").trim().to_owned();
        assert_eq!(command, format!("sim run {name}.toml"));
        let words: Vec<&str> = command.split(' ').skip(1).collect();
        place.sim_ends(0, &words);
        assert!(place.join(folder).join("manifest.json").is_file(), "{:?}", place.files());
    }
}

#[test]
fn a_new_model_compiles_and_runs_without_a_network() {
    let place = Place::new();
    let checkout = root().display().to_string();
    place.sim_ends(0, &["new", "model", "my-model", "--checkout", &checkout]);
    let mut cargo = Command::new("cargo");
    cargo.args(["run", "--offline", "--quiet"]).current_dir(place.join("my-model"));
    cargo.env("CARGO_TARGET_DIR", place.join("target"));
    let out = succeeds(&mut cargo);
    assert!(out.starts_with("seed 1: 954 answers to 1173 requests"), "{out}");
    let manifest = place.read("my-model/Cargo.toml");
    assert!(manifest.contains("path = "), "{manifest}");
    place.sim_ends(0, &["new", "model", "other", "--registry"]);
    let manifest = place.read("other/Cargo.toml");
    let expected = "sim = { package = \"detsim-core\", version = \"0.1.0\" }";
    assert!(manifest.contains(expected), "{manifest}");
    assert!(!place.join("other/Cargo.lock").exists());
}

#[test]
fn nothing_is_overwritten_and_nothing_half_written() {
    let place = Place::new();
    std::fs::create_dir_all(place.join("node/src")).expect("a folder");
    place.write("node/src/json.rs", "mine");
    place.write("mine.toml", "mine");
    let ran = place.sim_ends(73, &["new", "node", "--lang", "rust"]);
    assert!(ran.err.contains("node/src/json.rs is there already"), "{}", ran.err);
    place.sim_ends(73, &["new", "config", "mine"]);
    place.sim_ends(64, &["new", "model", "3d"]);
    place.sim_ends(64, &["new", "model", "loop"]);
    place.sim_ends(64, &["new", "model", "m", "--checkout", "node"]);
    // A file stands where a folder is needed.
    place.sim_ends(74, &["new", "node", "--lang", "js", "mine.toml/node"]);
    assert_eq!(place.files(), ["mine.toml", "node/src/json.rs"]);
    assert_eq!(place.read("mine.toml") + &place.read("node/src/json.rs"), "minemine");
}

#[test]
fn a_full_disk_leaves_nothing_behind() {
    use sim::cli::{Interrupt, Io, execute};
    use sim::store::Store;
    let place = Place::new();
    let folder = place.join("a/b").display().to_string();
    let words = ["sim", "new", "node", "--lang", "rust", &folder];
    let run = |store: &Store| {
        let (mut out, mut err) = (vec![], vec![]);
        let interrupt = Interrupt::default();
        let mut io = Io::new(&mut out, &mut err, store, &interrupt);
        execute(words.iter().map(Into::into), &mut io).code()
    };
    let whole = Store::new();
    assert_eq!(run(&whole), 0);
    std::fs::remove_dir_all(place.join("a")).expect("removed");
    for number in 1..=whole.operations() {
        assert_eq!(run(&Store::failing_at(number)), 74, "{number}");
        assert_eq!(std::fs::read_dir(place.path()).expect("there").count(), 0, "{number}");
    }
}

#[test]
fn every_template_is_listed_and_used() {
    let table = std::fs::read_to_string(root().join("src/cli/new/templates.rs")).expect("there");
    let mut folders = vec![root().join("templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let shown = path.strip_prefix(root()).expect("below").display().to_string();
            let is_readme = path.file_name() == Some(Path::new("README.md").as_os_str());
            assert!(is_readme || table.contains(&format!("{shown:?}")), "{shown} is not used");
        }
    }
}
