//! What an installation adds to a shell: completions and manual pages.

use std::process::Command;

use crate::support::{Place, Ran};

/// Returns the names of the commands that `sim --help` lists.
fn commands(place: &Place) -> Vec<String> {
    let help = place.sim_ends(0, &["--help"]).out;
    let list = help.split("Commands:\n").nth(1).expect("a list").split("\n\n").next();
    let lines = list.expect("a list").lines();
    let name = |line: &str| line.strip_prefix("  ")?.split(' ').next().map(str::to_owned);
    lines.filter_map(name).filter(|name| !name.is_empty() && name != "help").collect()
}

/// Returns what bash completes the last word of a command line to.
fn completed(place: &Place, words: &[&str]) -> Vec<String> {
    let last = words.len() - 1;
    let script = format!(
        "source sim.bash; COMP_WORDS=({}); COMP_CWORD={last}; _sim sim '{}' '{}'; \
         printf '%s\\n' \"${{COMPREPLY[@]}}\"",
        words.join(" "),
        words[last],
        words[last - 1],
    );
    let mut bash = Command::new("bash");
    bash.args(["-c", &script]).current_dir(place.path());
    let ran: Ran = bash.output().expect("bash runs").into();
    assert_eq!((ran.code, &*ran.err), (0, ""), "{words:?}");
    ran.out.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[test]
fn bash_completes_commands_and_options() {
    let place = Place::new();
    place.write("sim.bash", place.sim_ends(0, &["completions", "bash"]).out);
    let ran = Command::new("bash").args(["-n", "sim.bash"]).current_dir(place.path()).output();
    let ran: Ran = ran.expect("bash runs").into();
    assert_eq!((ran.code, &*ran.err), (0, ""));
    assert_eq!(completed(&place, &["sim", "ru"]), ["run"]);
    assert_eq!(completed(&place, &["sim", "sw"]), ["sweep"]);
    assert_eq!(completed(&place, &["sim", "sweep", "--seed"]), ["--seeds"]);
    assert_eq!(completed(&place, &["sim", "doc", "pro"]), ["protocol"]);
    // Commands that are not for people are not offered.
    assert_eq!(completed(&place, &["sim", "watc"]), [] as [&str; 0]);
}

#[test]
fn every_shell_has_a_script_that_knows_all_commands() {
    let place = Place::new();
    let commands = commands(&place);
    assert!(commands.len() >= 15, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = place.sim_ends(0, &["completions", shell]).out;
        for command in &commands {
            assert!(script.contains(command.as_str()), "{shell} does not know {command}");
        }
    }
    let ran = place.sim_ends(64, &["completions", "csh"]);
    assert!(ran.err.contains("csh"), "{}", ran.err);
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    place.sim_ends(0, &["man", "share/man/man1"]);
    let read = |name: &str| place.read(&format!("share/man/man1/{name}.1"));
    assert_eq!(place.sim_ends(0, &["man"]).out, read("sim"));
    let names = commands(&place);
    for command in &names {
        let page = read(&format!("sim-{command}"));
        assert!(page.contains(&format!(".TH sim-{command} 1")), "{command}\n{page}");
        assert!(page.contains(".SH EXAMPLES\n.nf\n"), "{command} has no examples\n{page}");
        assert!(read("sim").contains(&format!("sim\\-{command}(1)")), "{command}");
    }
    assert!(read("sim-run").contains("sim run exp9"));
    let pages = place.files();
    assert!(pages.iter().all(|page| !page.contains("watchdog")), "{pages:?}");
    assert!(pages.contains(&"share/man/man1/sim-configs-copy.1".to_owned()), "{pages:?}");
}

#[test]
fn pages_that_are_there_are_kept() {
    let place = Place::new();
    place.write("sim-run.1", "mine");
    let ran = place.sim_ends(73, &["man", "."]);
    assert!(ran.err.contains("sim-run.1 is there already"), "{}", ran.err);
    assert_eq!(place.files(), ["sim-run.1"]);
    place.sim_ends(0, &["man", ".", "--force"]);
    // The same pages once more are no change.
    place.sim_ends(0, &["man", "."]);
    assert!(place.read("sim-run.1").starts_with(".ie"));
    place.sim_ends(74, &["man", "sim-run.1"]);
}
