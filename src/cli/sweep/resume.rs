//! The command that resumes an interrupted sweep.

use std::path::Path;

use super::SweepArgs;
use crate::config::shell_word;

/// Returns the command line, quoted for a shell.
pub(super) fn resume_command(arguments: &SweepArgs) -> String {
    let mut words = vec!["sim".to_owned(), "sweep".to_owned()];
    words.push(arguments.config.display().to_string());
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([format!("--{name}"), value]);
        }
    };
    option("seeds", arguments.seeds.clone());
    option("jobs", arguments.jobs.map(|jobs| jobs.to_string()));
    arguments.sets.iter().for_each(|set| option("set", Some(set.clone())));
    option("duration", arguments.duration.clone());
    option("max-failures", arguments.max_failures.map(|number| number.to_string()));
    let out = (arguments.out != Path::new("results")).then(|| arguments.out.display().to_string());
    option("out", out);
    for (flag, given) in [
        ("--check", arguments.check),
        ("--until-failure", arguments.until_failure),
        ("--yes", arguments.yes),
        ("--quiet", arguments.quiet),
    ] {
        if given {
            words.push(flag.to_owned());
        }
    }
    words.push("--resume".to_owned());
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}
