//! The command that resumes an interrupted sweep.

use std::path::Path;

use super::SweepArgs;
use crate::config::shell_word;

/// Returns the command line, quoted for a shell.
pub(super) fn resume_command(arguments: &SweepArgs) -> String {
    let mut words = vec!["sim".to_owned(), "sweep".to_owned()];
    words.push(arguments.config().display().to_string());
    let mut option = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            words.extend([format!("--{name}"), value]);
        }
    };
    option("seeds", arguments.seeds.clone());
    option("jobs", arguments.jobs.map(|jobs| jobs.to_string()));
    arguments.exports.iter().for_each(|name| option("export", Some(name.clone())));
    arguments.sets.iter().for_each(|set| option("set", Some(set.clone())));
    option("duration", arguments.duration.clone());
    option("max-failures", arguments.max_failures.map(|number| number.to_string()));
    let out = arguments.out();
    let out = (out != Path::new("results")).then(|| out.display().to_string());
    option("out", out);
    for (flag, given) in [
        ("--check", arguments.check),
        ("--until-failure", arguments.until_failure),
        ("--report", arguments.report),
        ("--yes", arguments.yes),
    ] {
        if given {
            words.push(flag.to_owned());
        }
    }
    words.push("--resume".to_owned());
    words.iter().map(|word| shell_word(word)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: SweepArgs,
    }

    #[test]
    fn it_repeats_what_decides_the_files() {
        let words = "sweep s.toml --seeds 0..9 --jobs 2 --export parquet,x --check --out there";
        let Line { arguments } = Line::try_parse_from(words.split(' ')).expect("a command line");
        let expected = "sim sweep s.toml --seeds 0..9 --jobs 2 --export parquet --export x \
                        --out there --check --resume";
        assert_eq!(resume_command(&arguments), expected);
        let words = "sweep s.toml --report";
        let Line { arguments } = Line::try_parse_from(words.split(' ')).expect("a command line");
        assert_eq!(resume_command(&arguments), "sim sweep s.toml --report --resume");
    }
}
