//! How a command prints: for people or for programs, in colour or plain, much or little.

use std::io::IsTerminal as _;

use clap::{Args, ValueEnum};

/// The options of all commands.
#[derive(Clone, Copy, Debug, Default, Args)]
pub struct Output {
    /// What to print: text for people, or one JSON object for programs, whose schema is printed by
    /// `sim schema --output`.
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    #[arg(hide_possible_values = true, value_name = "human|json")]
    pub(super) format: Format,
    /// Whether to use colours: auto (on a terminal, unless NO_COLOR is set), always or never.
    #[arg(long, value_enum, default_value_t, global = true, help_heading = "Output")]
    #[arg(hide_possible_values = true, value_name = "WHEN")]
    color: Colour,
    /// Prints nothing but errors and violations.
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Output")]
    pub(super) quiet: bool,
    /// Says more: how long it took, and how much memory it needed.
    #[arg(short, long, global = true, help_heading = "Output")]
    pub(super) verbose: bool,
}

/// Output format.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// Tables for people.
    #[default]
    Human,
    /// One JSON object for programs.
    Json,
    /// Of a history, the workload's result map as Maelstrom prints it; only `sim check` has it.
    #[value(hide = true)]
    Edn,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Colour {
    /// On a terminal, as NO_COLOR, CLICOLOR and CLICOLOR_FORCE say.
    #[default]
    Auto,
    Always,
    Never,
}

impl Output {
    /// Whether text for people is printed, and not only what is wrong.
    pub(super) fn shows_text(self) -> bool {
        self.format == Format::Human && !self.quiet
    }
}

/// Returns the value of `--color` in a command line that has not been parsed yet, since the streams
/// are opened before. Later ones count; a wrong one is refused when the line is parsed.
pub fn colour_choice(arguments: &[std::ffi::OsString]) -> anstream::ColorChoice {
    let mut choice = default_choice();
    let words: Vec<&str> = arguments.iter().map_while(|word| word.to_str()).collect();
    let own = words.split(|word| *word == "--").next().unwrap_or(&[]);
    for (at, word) in own.iter().enumerate() {
        let value = match *word {
            "--color" => own.get(at + 1).copied(),
            word => word.strip_prefix("--color="),
        };
        choice = match value {
            Some("always") => anstream::ColorChoice::Always,
            Some("never") => anstream::ColorChoice::Never,
            Some("auto") => default_choice(),
            _ => choice,
        };
    }
    choice
}

/// Returns the choice where none is made: `CLICOLOR_FORCE=0` forces nothing.
fn default_choice() -> anstream::ColorChoice {
    #[expect(clippy::disallowed_methods, reason = "colours of a terminal, and nothing else")]
    let forces_nothing = std::env::var("CLICOLOR_FORCE").is_ok_and(|value| value == "0");
    match forces_nothing && !std::io::stdout().is_terminal() {
        true => anstream::ColorChoice::Never,
        false => anstream::ColorChoice::Auto,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_choice_of_colours_counts() {
        let choice = |line: &str| {
            let words: Vec<std::ffi::OsString> = line.split(' ').map(Into::into).collect();
            colour_choice(&words)
        };
        assert_eq!(choice("sim run exp9"), anstream::ColorChoice::Auto);
        assert_eq!(choice("sim --color always run exp9"), anstream::ColorChoice::Always);
        let line = "sim run --color=always exp9 --color never";
        assert_eq!(choice(line), anstream::ColorChoice::Never);
        let line = "sim test --bin a -- --color always";
        assert_eq!(choice(line), anstream::ColorChoice::Auto, "that one is the node's");
    }
}
