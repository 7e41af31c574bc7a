//! Transcripts of pages: the commands of their `console` blocks are run, and what they print is
//! what stands there.

use std::process::Command;

use crate::support::{Place, Ran, SIM, golden, root};

/// Runs a command line of a transcript; returns its output and its messages, as a terminal shows
/// them.
fn transcript_of(place: &Place, line: &str) -> String {
    let script = format!("sim() {{ '{SIM}' \"$@\"; }}; {{ {line}\n}} 2>&1");
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(place.path()).env("NO_COLOR", "1");
    let ran: Ran = shell.output().expect("bash runs").into();
    assert!([0, 1, 2].contains(&ran.code), "{line}\n{}", ran.out);
    ran.out
}

/// Returns a page with the output of each command of its `console` blocks as it is now. A command
/// begins with `$`, goes on in the next line after a backslash, and has the lines that begin with
/// `>` as its input.
pub(crate) fn run_page(place: &Place, page: &str) -> String {
    let (mut text, mut inside, mut command) = (String::new(), false, None::<String>);
    for line in page.lines() {
        let goes_on = command.as_ref().is_some_and(|begun| begun.ends_with('\\'));
        let more = line.strip_prefix("> ").filter(|_| inside);
        match &mut command {
            Some(begun) if goes_on => {
                begun.pop();
                begun.push_str(line.trim_start());
                text += &format!("{line}\n");
                continue;
            }
            Some(begun) if let Some(input) = more => {
                begun.push_str(&format!("\n{input}"));
                text += &format!("{line}\n");
                continue;
            }
            _ => {}
        }
        // The command is complete; its output as it was is left out.
        if let Some(whole) = command.take() {
            text += &transcript_of(place, &whole);
        }
        if line.starts_with("```") {
            inside = line == "```console";
        } else if inside {
            match line.strip_prefix("$ ") {
                Some(begun) => command = Some(begun.to_owned()),
                None => continue,
            }
        }
        text += &format!("{line}\n");
    }
    text
}

/// Runs the transcripts of a page in a folder that has the configs, as a clone has.
#[track_caller]
fn check_page(page: &str, least: usize) {
    let text = std::fs::read_to_string(root().join(page)).expect(page);
    assert!(text.matches("\n$ ").count() >= least, "{page} has too few transcripts");
    golden(page, &run_page(&in_clone(), &text));
}

/// Returns a folder with the configs.
fn in_clone() -> Place {
    let place = Place::new();
    std::os::unix::fs::symlink(root().join("configs"), place.join("configs")).expect("a link");
    place
}

#[test]
fn the_first_steps_are_what_the_commands_print() {
    check_page("docs/first-steps.md", 8);
}

#[test]
fn the_scale_model_is_what_the_commands_print() {
    check_page("docs/scale-model.md", 2);
}

#[test]
fn the_scale_model_has_every_rule_and_every_key() {
    let page = std::fs::read_to_string(root().join("docs/scale-model.md")).expect("the page");
    for rule in sim::check::LamportRule::ALL {
        let heading = format!("\n**{}, {}.** ", rule.number(), rule.name());
        assert!(page.contains(&heading), "{rule} has no paragraph");
        let rest = page.split(&heading).nth(1).unwrap_or_default();
        let own = rest.split("\n**").next().unwrap_or_default();
        assert!(own.contains("```text\n"), "{rule} has no drawing");
    }
    let keys = std::fs::read_to_string(root().join("configs/README.md")).expect("the keys");
    let own = keys.split("\n## ").find(|part| part.starts_with("A config of the scale model"));
    let rows = own.expect("a table").lines().filter_map(|line| line.strip_prefix("| `"));
    let mut count = 0;
    for key in rows.filter_map(|row| row.split('`').next()) {
        // Keys of tables within a key, such as those of one link, are in configs/README.md.
        let words = key.replace("[]", "");
        let is_inner = words.split('.').count() > 2 || key.starts_with("rates.");
        let form = words.strip_prefix("events.").map(|form| format!("{form} = "));
        let name = form.unwrap_or(format!("`{key}`"));
        let is_table = ["ticks", "network", "limits"].contains(&key);
        assert!(is_inner || is_table || page.contains(&name), "{key} is not on the page");
        count += 1;
    }
    assert!(count > 30, "{count} keys");
}

/// Returns the `console` blocks of a page.
pub(crate) fn blocks(page: &str) -> Vec<&str> {
    let begins = page.split("```console\n").skip(1);
    begins.map(|rest| rest.split("```").next().unwrap_or(rest)).collect()
}

#[test]
fn the_first_table_of_the_readme_is_what_the_command_prints() {
    let readme = std::fs::read_to_string(root().join("README.md")).expect("README.md");
    let first = *blocks(&readme).first().expect("a transcript");
    assert!(first.starts_with("$ sim run configs/exp9.toml"), "{first}");
    let page = format!("```console\n{first}```\n");
    assert_eq!(run_page(&in_clone(), &page), page);
}

#[test]
fn a_transcript_takes_lines_of_input_and_of_commands() {
    let page =
        "```console\n$ cat > a.txt <<'END'\n> one\n> two\n> END\n$ cat \\\n    a.txt\nold\n```\n";
    let run = run_page(&Place::new(), page);
    assert_eq!(run, page.replace("old\n", "one\ntwo\n"));
}
