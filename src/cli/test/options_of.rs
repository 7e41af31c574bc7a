//! Options of `sim test` that stand in a file: checked there, with the mistake at its key.

use clap::error::{ContextKind, ContextValue};
use clap::{Args, Parser};

use super::super::CommandError;
use super::options::TestArgs;
use crate::config::OptionMistake;
use crate::nearest::{LettersPerEdit, nearest};

/// The command line of a test.
#[derive(Debug, Parser)]
#[command(name = "test")]
struct Line {
    #[command(flatten)]
    test: TestArgs,
}

/// Options that are not for a check, with what stands for them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("workload", "the workload has a key of its own: workload = \"…\""),
    ("bin", "the program is that of each submission; its names are in `program`"),
    ("seed", "the seeds have a key of their own: seeds = [1, 2]"),
    ("out", "results go below --out of `sim grade`"),
    ("test-count", "give several seeds: seeds = [1, 2]"),
    ("report", "reports are written in any case"),
    ("log-stderr", "what nodes write to stderr is in the results"),
    ("log-net-send", "all messages are in the results"),
    ("log-net-recv", "all messages are in the results"),
    ("process-memory", "it stands in the table [limits]: memory_mib = 1024"),
    ("process-cpu", "it stands in the table [limits]: cpu_seconds = 60"),
    ("process-file", "it stands in the table [limits]: file_mib = 64"),
    ("process-count", "it stands in the table [limits]: processes = 32"),
    ("help", "`sim test --help` lists all options"),
];

/// Checks options of a workload.
pub(in super::super) fn check_options(
    workload: &str,
    options: &[String],
) -> Result<(), OptionMistake> {
    let keys = options.iter().filter_map(|option| option.strip_prefix("--"));
    for key in keys.map(|option| option.split('=').next().unwrap_or(option)) {
        if let Some((_, hint)) = ELSEWHERE.iter().find(|(name, _)| *name == key) {
            let problem = format!("`{key}` is no option of a check");
            let (key, hint) = (Some(key.to_owned()), Some((*hint).to_owned()));
            return Err(OptionMistake { key, is_of_key: true, problem, hint });
        }
    }
    let fixed = ["test", "-w", workload, "--bin", "program"].map(str::to_owned);
    let line = Line::try_parse_from(fixed.into_iter().chain(options.iter().cloned()));
    let line = line.map_err(|error| of_parser(&error))?;
    match line.test.experiment() {
        Ok(_) => Ok(()),
        Err(error) => Err(of_config(workload, &error, options)),
    }
}

/// A mistake that the parser of command lines finds.
fn of_parser(error: &clap::Error) -> OptionMistake {
    let argument = match error.get(ContextKind::InvalidArg) {
        Some(ContextValue::String(argument)) => argument.clone(),
        _ => String::new(),
    };
    let key = argument.trim_start_matches('-');
    let key = key.split([' ', '=']).next().unwrap_or_default().to_owned();
    let command = TestArgs::augment_args(clap::Command::new("test"));
    let known: Vec<&str> = command.get_arguments().filter_map(clap::Arg::get_long).collect();
    if !known.contains(&key.as_str()) && !key.is_empty() {
        let meant = nearest(&key, known.iter().copied(), LettersPerEdit::Two);
        let hint = meant.map(|known| format!("did you mean `{known}`?"));
        let hint = hint.unwrap_or_else(|| "`sim test --help` lists all options".to_owned());
        let problem = format!("`sim test` has no option `--{key}`");
        return OptionMistake { key: Some(key), is_of_key: true, problem, hint: Some(hint) };
    }
    let text = error.render().to_string();
    let text = text.split("\n\n").next().unwrap_or_default().trim();
    let problem = text.strip_prefix("error: ").unwrap_or(text).replace('\n', " ");
    let key = Some(key).filter(|key| !key.is_empty());
    OptionMistake { key, is_of_key: false, problem, hint: None }
}

/// A mistake in the config that the options make.
fn of_config(workload: &str, error: &CommandError, options: &[String]) -> OptionMistake {
    let text = error.to_string();
    let mut lines = text.lines().map(str::trim);
    let first = lines.next().unwrap_or_default();
    let hint = lines.next().map(str::to_owned);
    let keys = options.iter().filter_map(|option| option.strip_prefix("--"));
    let mut keys = keys.map(|option| option.split('=').next().unwrap_or(option));
    let named = |key: &&str| {
        let begin = format!("--{key}");
        let rest = first.strip_prefix(begin.as_str());
        rest.is_some_and(|rest| rest.starts_with([':', ' ']))
    };
    let key = keys.find(named).map(str::to_owned);
    let problem = match &key {
        None if first.starts_with("there is no workload") => {
            format!("no such workload: {workload:?}")
        }
        _ => first.to_owned(),
    };
    let hint = match first.split_once("; give -w one of ") {
        Some((_, known)) => {
            let meant = nearest(workload, known.split(", "), LettersPerEdit::Two);
            Some(meant.map_or_else(
                || format!("workloads are {known}"),
                |known| format!("did you mean \"{known}\"?"),
            ))
        }
        None => hint,
    };
    OptionMistake { key, is_of_key: false, problem, hint }
}
