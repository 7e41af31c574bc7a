//! The command line: one file per command, one table of exit codes.
//!
//! Commands write to two streams that they are given, so that tests can run them in-process; only
//! `main.rs` uses the real ones.

mod arguments;
mod changes;
mod check;
mod configs;
mod diff;
mod doc;
mod exit;
mod export;
mod glomers_files;
mod glomers_table;
mod graphs;
mod hashes;
mod interrupt;
#[cfg(unix)]
mod node;
mod options;
mod plot;
mod recorded;
mod report;
mod reproduce;
mod results;
mod run;
mod schema;
#[cfg(unix)]
mod serve;
mod source;
mod sweep;
mod table;
mod terminal;
#[cfg(unix)]
mod test;
mod until_signal;
#[cfg(unix)]
mod watchdog;
mod why;
mod why_command;

pub use exit::Exit;
pub use interrupt::{Interrupt, Signal};

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::escape;
use crate::store::{ClaimError, Store, StoreError};
use terminal::Terminal;

/// Deterministic discrete-event simulation of distributed systems: one config, one seed, one trace.
#[derive(Debug, Parser)]
#[command(name = "sim", version, max_term_width = 100, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXAMPLES: &str = "Examples:
  sim run exp9                      run an experiment; results go to results/exp9/seed-1
  sim run my.toml --seed 7 --check  run your own, and check Lamport's invariants
  sim sweep exp9 --seeds 0..1000    many seeds, on all cores
  sim reproduce exp4                what the notebooks report, beside what is simulated
  sim plot results/exp9/seed-1 --out exp9.svg
                                    its clocks, queues, drift and jumps as a picture
  sim why latest                    why: the chain of messages behind a finding or a clock
  sim test -w echo --bin ./node     hosts a node of your own, in any language
  sim configs list                  the experiments that ship, and what they ask

Exit codes: 0 holds, 1 violated, 2 undetermined, 3 a limit was reached, 4 nondeterminism found,
64 usage, 65 bad config or data, 70 a bug of sim, 73 would overwrite, 74 input or output failed,
75 try again later, 130 and 143 interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Sweep(sweep::SweepArgs),
    Check(check::CheckArgs),
    Reproduce(reproduce::ReproduceArgs),
    Plot(plot::PlotArgs),
    Export(export::ExportArgs),
    Diff(diff::DiffArgs),
    Why(why::WhyArgs),
    Report(report::ReportArgs),
    #[cfg(unix)]
    Serve(serve::ServeArgs),
    Configs(configs::ConfigsArgs),
    Schema(schema::SchemaArgs),
    #[cfg(unix)]
    Node(node::NodeArgs),
    #[cfg(unix)]
    Test(Box<test::TestArgs>),
    Doc(doc::DocArgs),
    #[cfg(unix)]
    #[command(hide = true)]
    Watchdog(watchdog::WatchdogArgs),
}

impl Command {
    /// Whether stdout is for programs, so that it must be exact.
    fn prints_data(&self) -> bool {
        use options::Format::Json;
        match self {
            Command::Run(arguments) => arguments.prints_data(),
            Command::Check(arguments) => arguments.prints_data(),
            Command::Why(arguments) => arguments.prints_data(),
            Command::Export(arguments) => arguments.prints_data(),
            Command::Diff(arguments) => arguments.prints_data(),
            Command::Reproduce(arguments) => arguments.format == Json,
            #[cfg(unix)]
            Command::Node(arguments) => !arguments.prints_list(),
            #[cfg(unix)]
            Command::Test(arguments) => arguments.format == Json,
            _ => false,
        }
    }
}

/// The streams, the disk and the signals of a command.
pub struct Io<'a> {
    /// Output stream: the requested output.
    pub out: &'a mut dyn Write,
    /// Error stream: all other messages.
    pub err: &'a mut dyn Write,
    /// The disk.
    pub store: &'a Store,
    /// Signals that ask the command to stop.
    pub interrupt: &'a Interrupt,
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io").finish_non_exhaustive()
    }
}

/// Runs a command line, with the program's name first, and returns the exit code.
pub fn execute(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let arguments = arguments::with_negative_numbers(arguments.into_iter().collect());
    let shown: Vec<String> =
        arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let parsed = Cli::try_parse_from(&arguments);
    let is_data = parsed.as_ref().is_ok_and(|cli| cli.command.prints_data());
    let Io { store, interrupt, .. } = *io;
    let mut out = Terminal::new(io.out, is_data);
    let mut err = Terminal::new(io.err, false);
    let mut io = Io { out: &mut out, err: &mut err, store, interrupt };
    let outcome = match parsed {
        Ok(cli) => dispatch(cli.command, &mut io),
        Err(error) => refuse(error, &arguments, &shown, &mut io),
    };
    let exit = end(outcome, &shown, &mut io);
    // A signal that came after all work was done still determines the exit code.
    interrupt.signal().map_or(exit, |signal| exit.or(signal.exit()))
}

fn dispatch(command: Command, io: &mut Io<'_>) -> Outcome {
    match command {
        Command::Run(arguments) => run::run(arguments, io),
        Command::Sweep(arguments) => sweep::sweep(&arguments, io),
        Command::Check(arguments) => check::check(&arguments, io),
        Command::Reproduce(arguments) => reproduce::reproduce(&arguments, io),
        Command::Plot(arguments) => plot::plot(&arguments, io),
        Command::Export(arguments) => export::export(&arguments, io),
        Command::Diff(arguments) => diff::diff(&arguments, io),
        Command::Why(arguments) => why::why(&arguments, io),
        Command::Report(arguments) => report::report(&arguments, io),
        #[cfg(unix)]
        Command::Serve(arguments) => serve::serve(&arguments, io),
        Command::Configs(arguments) => configs::configs(&arguments, io),
        Command::Schema(arguments) => schema::print(&arguments, io),
        #[cfg(unix)]
        Command::Node(arguments) => node::node(&arguments, io),
        #[cfg(unix)]
        Command::Test(arguments) => test::test(&arguments, io),
        Command::Doc(arguments) => doc::print(&arguments, io),
        #[cfg(unix)]
        Command::Watchdog(arguments) => watchdog::run(&arguments),
    }
}

/// Flushes the output of a command, and returns the exit code.
fn end(outcome: Outcome, arguments: &[String], io: &mut Io<'_>) -> Exit {
    let outcome = outcome.and_then(|exit| match io.out.flush() {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(exit),
    });
    match outcome {
        Ok(exit) => exit,
        // The reader has gone away: there is nowhere to print to.
        Err(CommandError::Terminal(error)) if error.kind() == io::ErrorKind::BrokenPipe => {
            Exit::Holds
        }
        Err(failure) => {
            let message = escape::message(&failure.to_string(), arguments);
            let _ = writeln!(io.err, "error: {message}");
            let typed: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            if let CommandError::Usage(_) | CommandError::Data(_) = failure
                && let Some(hint) = arguments::hint_of_dashes(&typed)
            {
                let _ = writeln!(io.err, "hint: {}", escape::line(&hint));
            }
            failure.exit()
        }
    }
}

/// Prints a verdict. A reader that has gone away does not change it.
fn print_ignoring_broken_pipe<E: Into<CommandError>>(
    out: &mut dyn Write,
    print: impl FnOnce(&mut dyn Write) -> Result<(), E>,
) -> Result<(), CommandError> {
    match print(out).map_err(Into::into) {
        Err(CommandError::Terminal(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        result => result,
    }
}

/// Prints help to stdout, or a command-line error to stderr with exit code 64.
fn refuse(
    error: clap::Error,
    arguments: &[OsString],
    shown: &[String],
    io: &mut Io<'_>,
) -> Outcome {
    if !error.use_stderr() {
        write!(io.out, "{}", error.render())?;
        return Ok(Exit::Holds);
    }
    // An argument that would control the terminal is shown escaped, by parsing it again in that
    // form.
    let escaped = shown.iter().map(|argument| escape::line(argument));
    let error = match Cli::try_parse_from(escaped) {
        Err(error) if error.use_stderr() => error,
        _ => error,
    };
    let _ = write!(io.err, "{}", arguments::error_text(error, arguments));
    Ok(Exit::Usage)
}

/// Reason why a command failed.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    /// The command line is invalid.
    #[error("{0}")]
    Usage(String),
    /// A config or a file is invalid.
    #[error("{0}")]
    Data(String),
    /// A file exists already.
    #[error("{} is there already; use --force to write over it", .0.display())]
    Overwrite(PathBuf),
    /// A results folder cannot be used.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The disk failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Writing to the terminal or a pipe failed.
    #[error("cannot write the output: {0}")]
    Terminal(#[from] io::Error),
}

impl CommandError {
    fn exit(&self) -> Exit {
        match self {
            CommandError::Usage(_) => Exit::Usage,
            CommandError::Data(_) => Exit::Data,
            CommandError::Overwrite(_) => Exit::WouldOverwrite,
            CommandError::Claim(ClaimError::Busy(_)) => Exit::TryAgain,
            CommandError::Claim(ClaimError::Occupied { .. }) => Exit::WouldOverwrite,
            CommandError::Claim(ClaimError::Store(_))
            | CommandError::Store(_)
            | CommandError::Terminal(_) => Exit::InputOutput,
        }
    }
}

type Outcome = Result<Exit, CommandError>;
