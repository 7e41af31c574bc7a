//! Preprocessing of the command line: negative numbers as values of options, and hints for typical
//! mistakes, such as text copied from a page or habits from other programs.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::suggestions;
use super::terminal::HINT;

/// Joins an option and the negative number after it (`--rate -1`), which would be parsed as another
/// option, so that the option's own parser reports what it expects. Arguments after `--` are left
/// alone.
pub(super) fn with_negative_numbers(arguments: Vec<OsString>) -> Vec<OsString> {
    let mut joined: Vec<OsString> = Vec::with_capacity(arguments.len());
    let mut arguments = arguments.into_iter();
    for argument in arguments.by_ref() {
        if argument == "--" {
            joined.push(argument);
            break;
        }
        match joined.last_mut() {
            Some(option) if is_long_option(option) && is_negative(&argument) => {
                option.push("=");
                option.push(argument);
            }
            _ => joined.push(argument),
        }
    }
    joined.extend(arguments);
    joined
}

fn is_long_option(argument: &OsString) -> bool {
    let text = argument.to_str().unwrap_or("");
    text.strip_prefix("--").is_some_and(|name| !name.is_empty() && !name.contains('='))
}

fn is_negative(argument: &OsString) -> bool {
    let number = argument.to_str().and_then(|text| text.strip_prefix('-')).unwrap_or("");
    number.trim_start_matches('.').starts_with(|c: char| c.is_ascii_digit())
}

/// Returns a hint for an option whose hyphens a word processor or a web page has replaced.
///
/// Only the arguments before `--` are checked.
pub(super) fn hint_of_dashes(arguments: &[OsString]) -> Option<String> {
    let own = arguments.iter().skip(1).take_while(|argument| *argument != "--");
    own.filter_map(|argument| hint_of_dash(argument.to_str()?)).next()
}

fn hint_of_dash(argument: &str) -> Option<String> {
    let name = argument.trim_start_matches(|c| c == '-' || dash(c).is_some());
    let dashes = &argument[..argument.len() - name.len()];
    let (found, kind) = dashes.chars().find_map(|c| Some((c, dash(c)?)))?;
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let option = name.split('=').next().unwrap_or(name);
    let hyphens = if option.chars().count() == 1 { "-" } else { "--" };
    let code = u32::from(found);
    Some(format!("`{argument}` begins with {kind} (U+{code:04X}): write `{hyphens}{name}`"))
}

/// Returns the name of a character that looks like a hyphen.
fn dash(c: char) -> Option<&'static str> {
    match c {
        '\u{2010}' | '\u{2011}' => Some("a typographic hyphen"),
        '\u{2013}' => Some("an en dash"),
        '\u{2014}' | '\u{2015}' => Some("an em dash"),
        '\u{2212}' => Some("a minus sign"),
        _ => None,
    }
}

/// Whether a command line that cannot be parsed asks for JSON.
pub(super) fn asks_for_json(arguments: &[String]) -> bool {
    let own: Vec<&str> = arguments.iter().map(String::as_str).take_while(|a| *a != "--").collect();
    own.contains(&"--format=json") || own.windows(2).any(|pair| pair == ["--format", "json"])
}

/// Returns the text of a command-line error, with a hint if there is one.
pub(super) fn error_text(mut error: clap::Error, arguments: &[OsString]) -> StyledStr {
    let hint = hint_of_dashes(arguments)
        .or_else(|| hint_of_node_arguments(&error, arguments))
        .or_else(|| suggestions::of_command_line(&error, arguments));
    if hint.is_some() {
        error.remove(ContextKind::Suggested);
        error.remove(ContextKind::SuggestedSubcommand);
    }
    let mut text = error.render();
    if let Some(hint) = hint {
        text.push_str(&format!("{HINT} {hint}\n"));
    }
    text
}

/// Returns a hint for arguments of `sim test` that are meant for the node program.
fn hint_of_node_arguments(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let is_test = arguments.get(1).is_some_and(|command| command == "test");
    if !is_test || error.kind() != ErrorKind::UnknownArgument {
        return None;
    }
    let ContextValue::String(argument) = error.get(ContextKind::InvalidArg)? else { return None };
    if argument.starts_with('-') && error.get(ContextKind::SuggestedArg).is_some() {
        return None;
    }
    let own = || arguments.iter().take_while(|argument| *argument != "--");
    let has_program =
        own().any(|a| a.to_str().is_some_and(|a| a == "--bin" || a.starts_with("--bin=")));
    Some(match has_program || argument.starts_with('-') {
        true => format!("arguments of the node program come last, after `--`: `-- {argument} …`"),
        false => format!("the node program is given as `--bin {argument}`"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn a_negative_number_belongs_to_the_option_before_it() {
        let check =
            |line, expected| assert_eq!(with_negative_numbers(words(line)), words(expected));
        check("sim run --seed -1", "sim run --seed=-1");
        check("sim run --duration -1.5s --jobs -.5", "sim run --duration=-1.5s --jobs=-.5");
        check("sim test --rate=5 -1 -w -2", "sim test --rate=5 -1 -w -2");
        check("sim test --out -x --bin a -- --level -1", "sim test --out -x --bin a -- --level -1");
    }

    #[test]
    fn dashes_of_word_processors_are_named() {
        let check = |argument, expected: &str| {
            let hint = hint_of_dashes(&words(&format!("sim test {argument} -- \u{2014}x")));
            assert_eq!(hint.unwrap_or_default(), expected);
        };
        check(
            "\u{2013}-nemesis",
            "`\u{2013}-nemesis` begins with an en dash (U+2013): write `--nemesis`",
        );
        check(
            "\u{2014}seed=3",
            "`\u{2014}seed=3` begins with an em dash (U+2014): write `--seed=3`",
        );
        check("-\u{2013}seed", "`-\u{2013}seed` begins with an en dash (U+2013): write `--seed`");
        check("\u{2212}w", "`\u{2212}w` begins with a minus sign (U+2212): write `-w`");
        for right in ["--seed", "a\u{2013}b", "\u{2014}", "\u{2212}1", "-w"] {
            check(right, "");
        }
    }
}
