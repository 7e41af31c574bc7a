//! `sim completions`: a script with which a shell completes commands and options.

use clap::{Args, Command};
use clap_complete::Shell;

use super::{Exit, Io, Outcome};

/// Prints a script with which a shell completes the commands and options of sim
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim completions bash > ~/.local/share/bash-completion/completions/sim
  sim completions zsh > ~/.zfunc/_sim         a folder of fpath
  sim completions fish > ~/.config/fish/completions/sim.fish")]
pub(super) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

pub(super) fn print(arguments: &CompletionsArgs, command: &Command, io: &mut Io<'_>) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut shown(command), "sim", &mut script);
    io.out.write_all(&script)?;
    Ok(Exit::Holds)
}

/// Returns a command without those below it that its help does not list.
fn shown(command: &Command) -> Command {
    let below = command.get_subcommands().filter(|one| !one.is_hide_set()).cloned();
    Command::new("sim")
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments().cloned())
        .subcommands(below)
}
