//! Bad configs: each is refused by a rule of its own, whose message is in a committed snapshot.

use crate::support::{Place, golden, root};

/// Compares the messages of all files in `tests/data/configs/bad/`; each has exit code 65.
#[test]
fn every_bad_config_is_refused_with_its_own_message() {
    let folder = root().join("tests/data/configs/bad");
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .expect("the folder of bad configs")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    names.sort();
    assert!(names.len() >= 40, "{}", names.len());
    let place = Place::new();
    let mut messages = String::new();
    for name in &names {
        std::fs::copy(folder.join(name), place.join(name)).expect(name);
        let ran = place.sim_ends(65, &["run", name]);
        assert_eq!(ran.out, "", "{name}");
        messages += &format!("== {name}\n{}\n", ran.err.trim_end());
        std::fs::remove_file(place.join(name)).expect(name);
        assert_eq!(place.files(), [] as [&str; 0], "{name} left something behind");
        assert!(!place.join("results").exists(), "{name} made a folder");
    }
    golden("tests/data/configs/bad/messages.txt", &messages);
    // The message and the line of the file, without the file's name.
    let problem = |message: &str| {
        message.lines().skip(1).filter(|line| !line.contains("--> ")).collect::<String>()
    };
    let mut problems: Vec<String> = messages.split("== ").map(problem).collect();
    problems.sort();
    problems.dedup();
    assert!(problems.len() > names.len() - 2, "messages tell the files apart");
}

#[test]
fn what_is_no_file_of_text_is_refused_too() {
    let place = Place::new();
    std::fs::create_dir(place.join("folder.toml")).expect("a folder");
    let huge = std::fs::File::create(place.join("huge.toml")).expect("a file");
    huge.set_len(1 << 30).expect("a sparse file of 1 GiB");
    for (name, message) in [
        ("missing.toml", "error: missing.toml: there is no such file"),
        ("folder.toml", "error: folder.toml: it is a folder, not a file"),
        ("huge.toml", "error: huge.toml: it is larger than 256 MiB"),
        ("exp99", "error: exp99: there is no such file\n  did you mean the config `exp9`"),
    ] {
        let ran = place.sim_ends(65, &["run", name]);
        assert!(ran.err.starts_with(message), "{}", ran.err);
        assert!(!place.join("results").exists());
    }
}

#[test]
fn a_bad_command_line_ends_with_64() {
    let place = Place::new();
    for (arguments, message) in [
        (&["run"][..], "required arguments were not provided"),
        (&["run", "exp9", "--sed", "1"], "--se"),
        (&["run", "exp9", "--seed", "-1"], "--seed: `seed`: expected a whole number from 0"),
        (&["run", "exp9", "--seed", "one"], "--seed: `seed`: expected a whole number from 0"),
        (&["run", "exp9", "--duration", "10"], "write \"10s\" or \"10ms\""),
        (&["run", "exp9", "--set", "network"], "expected KEY=VALUE"),
        (&["run", "exp9", "--set", "network.loss=2"], "--set network.loss: `network.loss`"),
        (&["run", "exp9", "--set", "netwrk.loss=0"], "did you mean `network`?"),
        (&["run", "exp9", "--set", ".=0"], "is not a key"),
        (&["run", "exp9", "--set", "rates=[]"], "there are no machines"),
        (&["run", "big", "--split"], "--split is for up to 1000 machines"),
        (&["jump"], "unrecognized subcommand"),
        (&[], "Usage"),
    ] {
        let ran = place.sim_ends(64, arguments);
        assert!(ran.err.contains(message), "{arguments:?}: {}", ran.err);
        assert!(!place.join("results").exists());
    }
}
