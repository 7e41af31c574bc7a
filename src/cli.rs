//! The command line: one file per command, one table of exit codes.
//!
//! Commands write to two streams that they are given, so that tests can run them in-process; only
//! `main.rs` uses the real ones.

mod arguments;
mod changes;
mod check;
mod columns;
mod command_error;
mod completions;
mod configs;
mod diff;
mod doc;
mod envelope;
mod exit;
mod export;
mod glomers_files;
mod glomers_table;
#[cfg(unix)]
mod grade;
mod graphs;
mod hashes;
mod interrupt;
mod man;
mod mistakes;
mod new;
#[cfg(unix)]
mod node;
mod options;
mod output;
mod output_schema;
mod plot;
mod plot_command;
mod progress;
mod recorded;
mod report;
mod reproduce;
mod results;
mod run;
mod schema;
#[cfg(unix)]
mod serve;
mod source;
mod spent;
mod suggestions;
mod sweep;
mod table;
mod terminal;
#[cfg(unix)]
mod test;
mod until_signal;
mod virtual_progress;
#[cfg(unix)]
mod watchdog;
mod why;
mod why_command;
mod wrapped;

pub use exit::Exit;
pub use interrupt::{Interrupt, Signal};
pub use output::{Output, colour_choice};

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use crate::escape;
use crate::store::Store;
use command_error::CommandError;
use envelope::Captured;
use output::Format;
use spent::Spent;
use terminal::{Ours, Terminal};

/// Deterministic discrete-event simulation of distributed systems: one config, one seed, one trace.
#[derive(Debug, Parser)]
#[command(name = "sim", version, after_help = EXAMPLES, styles = STYLES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    output: Output,
}

const EXAMPLES: &str = "Examples:
  sim run exp9                      run an experiment: results/exp9/seed-1
  sim plot exp9                     the same, and its graphs in the terminal
  sim run my.toml --seed 7 --check  run your own, and check its invariants
  sim sweep exp9 --seeds 0..1000    many seeds, on all cores
  sim reproduce exp4                figures of notebooks beside simulated ones
  sim why latest                    the messages behind a finding or a clock
  sim report latest                 one page that explains a result
  sim test -w echo --bin ./node     host a node of your own, in any language
  sim new node --lang python        the beginning of one
  sim configs list                  the experiments that ship

Exit codes: 0 holds, 1 violated, 2 undetermined, 3 a limit was reached, 4
nondeterminism found, 64 usage, 65 bad config or data, 70 a bug of sim, 73 would
overwrite, 74 input or output failed, 75 try again later, 130 and 143
interrupted.";

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::RunArgs),
    Sweep(Box<sweep::SweepArgs>),
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
    New(new::NewArgs),
    Schema(schema::SchemaArgs),
    #[cfg(unix)]
    Node(node::NodeArgs),
    #[cfg(unix)]
    Test(Box<test::TestArgs>),
    #[cfg(unix)]
    Grade(grade::GradeArgs),
    Doc(doc::DocArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
    #[cfg(unix)]
    #[command(hide = true)]
    Watchdog(watchdog::WatchdogArgs),
}

impl Command {
    /// Returns the name under which it is typed.
    fn name(&self) -> &'static str {
        match self {
            Command::Run(_) => "run",
            Command::Sweep(_) => "sweep",
            Command::Check(_) => "check",
            Command::Reproduce(_) => "reproduce",
            Command::Plot(_) => "plot",
            Command::Export(_) => "export",
            Command::Diff(_) => "diff",
            Command::Why(_) => "why",
            Command::Report(_) => "report",
            #[cfg(unix)]
            Command::Serve(_) => "serve",
            Command::Configs(_) => "configs",
            Command::New(_) => "new",
            Command::Schema(_) => "schema",
            #[cfg(unix)]
            Command::Node(_) => "node",
            #[cfg(unix)]
            Command::Test(_) => "test",
            #[cfg(unix)]
            Command::Grade(_) => "grade",
            Command::Doc(_) => "doc",
            Command::Completions(_) => "completions",
            Command::Man(_) => "man",
            #[cfg(unix)]
            Command::Watchdog(_) => "watchdog",
        }
    }

    /// Whether stdout has bytes of another format than text, which must be exact.
    fn prints_data(&self) -> bool {
        match self {
            Command::Run(arguments) => arguments.prints_data(),
            Command::Export(arguments) => arguments.prints_data(),
            #[cfg(unix)]
            Command::Node(arguments) => !arguments.prints_list(),
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
    /// How to print; of the command line.
    output: Output,
}

impl<'a> Io<'a> {
    /// Returns the streams, the disk and the signals for a command line.
    pub fn new(
        out: &'a mut dyn Write,
        err: &'a mut dyn Write,
        store: &'a Store,
        interrupt: &'a Interrupt,
    ) -> Io<'a> {
        Io { out, err, store, interrupt, output: Output::default() }
    }

    /// Prints the path of a file that was written.
    fn print_written(&mut self, path: &std::path::Path) -> io::Result<()> {
        match self.output.format {
            Format::Json => {
                let path = path.display().to_string();
                writeln!(self.out, "{}", serde_json::json!({ "file": path }))
            }
            _ if self.output.quiet => Ok(()),
            _ => writeln!(self.out, "{}", escape::path(path)),
        }
    }
}

impl std::fmt::Debug for Io<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Io").finish_non_exhaustive()
    }
}

/// Styles of help and of errors of the command line: bold, and colours that can be read on a light
/// and on a dark background.
const STYLES: Styles = Styles::styled()
    .header(Style::new().bold().underline())
    .usage(Style::new().bold().underline())
    .literal(AnsiColor::Cyan.on_default().bold())
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::Cyan.on_default())
    .invalid(AnsiColor::Red.on_default());

/// Maximum number of columns of help, which is hard to read in longer lines.
const HELP_WIDTH_MAX: usize = 100;

/// Parses a command line. Help and errors are as wide as the terminal.
fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let width = terminal::width().min(HELP_WIDTH_MAX);
    let mut command = Cli::command().term_width(width);
    let matches = command.try_get_matches_from_mut(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command))
}

/// Runs a command line, with the program's name first, and returns the exit code.
pub fn execute(arguments: impl IntoIterator<Item = OsString>, io: &mut Io<'_>) -> Exit {
    let arguments = arguments::with_negative_numbers(arguments.into_iter().collect());
    let shown: Vec<String> =
        arguments.iter().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let parsed = parse(&arguments);
    let exit = match parsed {
        Err(error) if arguments::asks_for_json(&shown) && error.use_stderr() => {
            let text = arguments::error_text(error, &arguments).to_string();
            let error = envelope::usage(&text);
            let ended = envelope::Ended { command: None, exit: Exit::Usage, error: Some(error) };
            print_json(&Captured::default(), &ended, io)
        }
        Err(error) => for_people(Err(error), &shown, io),
        Ok(cli) if cli.output.format == Format::Json => as_json(cli, &shown, io),
        Ok(cli) => for_people(Ok(cli), &shown, io),
    };
    // A signal that came after all work was done still determines the exit code.
    io.interrupt.signal().map_or(exit, |signal| exit.or(signal.exit()))
}

/// Runs a command whose output is text, or data of another format than JSON.
fn for_people(parsed: Result<Cli, clap::Error>, shown: &[String], io: &mut Io<'_>) -> Exit {
    let is_data = parsed.as_ref().is_ok_and(|cli| cli.command.prints_data());
    let Io { store, interrupt, .. } = *io;
    let mut out = Terminal::new(io.out, is_data);
    let mut err = Terminal::new(io.err, false);
    let mut io = Io::new(&mut out, &mut err, store, interrupt);
    let outcome = match parsed {
        Ok(cli) => {
            io.output = cli.output;
            let clock = Spent::start();
            let outcome = match cli.output.format == Format::Edn
                && !matches!(cli.command, Command::Check(_))
            {
                true => Err(CommandError::Usage(
                    "--format edn is for `sim check` of a history".to_owned(),
                )),
                false => dispatch(cli.command, &mut io),
            };
            if cli.output.verbose {
                let _ = writeln!(io.err, "{}", clock.words());
            }
            outcome
        }
        Err(error) => refuse(error, shown, &mut io),
    };
    end(outcome, shown, &mut io)
}

/// Runs a command with its output in one JSON object.
fn as_json(cli: Cli, shown: &[String], io: &mut Io<'_>) -> Exit {
    let mut captured = Captured::default();
    let name = cli.command.name();
    let mut inner = Io::new(&mut captured.out, &mut captured.err, io.store, io.interrupt);
    inner.output = cli.output;
    let outcome = match cli.command.prints_data() {
        true => Err(CommandError::Usage(
            "--format json is for results, and stdout has something else here: leave it out"
                .to_owned(),
        )),
        // A program that reads the object gets one after a bug, too.
        false => match catch_unwind(AssertUnwindSafe(|| dispatch(cli.command, &mut inner))) {
            Ok(outcome) => outcome,
            Err(_) => {
                let error = Some(envelope::bug());
                let ended = envelope::Ended { command: Some(name), exit: Exit::Bug, error };
                return print_json(&captured, &ended, io);
            }
        },
    };
    let (exit, error) = match outcome {
        Ok(exit) => (exit, None),
        Err(failure) => {
            let message = escape::message(&failure.to_string(), shown);
            (failure.exit(), Some(envelope::error(&failure, &message)))
        }
    };
    print_json(&captured, &envelope::Ended { command: Some(name), exit, error }, io)
}

/// Prints the JSON object of a command; returns its exit code.
fn print_json(captured: &Captured, ended: &envelope::Ended<'_>, io: &mut Io<'_>) -> Exit {
    let printed = captured.write(ended, io.out).and_then(|()| io.out.flush());
    match printed {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            let _ = writeln!(io.err, "error: {}", CommandError::Terminal(error));
            ended.exit.or(Exit::InputOutput)
        }
        _ => ended.exit,
    }
}

fn dispatch(command: Command, io: &mut Io<'_>) -> Outcome {
    match command {
        Command::Run(arguments) => run::run(&arguments, io),
        Command::Sweep(arguments) => sweep::sweep(&arguments, io),
        Command::Check(arguments) => check::check(&arguments, io),
        Command::Reproduce(arguments) => reproduce::reproduce(&arguments, io),
        Command::Plot(arguments) => plot_command::plot(&arguments, io),
        Command::Export(arguments) => export::export(&arguments, io),
        Command::Diff(arguments) => diff::diff(&arguments, io),
        Command::Why(arguments) => why::why(&arguments, io),
        Command::Report(arguments) => report::report(&arguments, io),
        #[cfg(unix)]
        Command::Serve(arguments) => serve::serve(&arguments, io),
        Command::Configs(arguments) => configs::configs(&arguments, io),
        Command::New(arguments) => new::new(&arguments, io),
        Command::Schema(arguments) => schema::print(&arguments, io),
        #[cfg(unix)]
        Command::Node(arguments) => node::node(&arguments, io),
        #[cfg(unix)]
        Command::Test(arguments) => test::test(&arguments, io),
        #[cfg(unix)]
        Command::Grade(arguments) => grade::grade(&arguments, io),
        Command::Doc(arguments) => doc::print(&arguments, io),
        Command::Completions(arguments) => completions::print(&arguments, &Cli::command(), io),
        Command::Man(arguments) => man::man(&arguments, Cli::command(), io),
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
        Err(CommandError::Config(error)) => {
            let _ = writeln!(io.err, "{}", Ours(mistakes::text(&error)));
            hint_of_dashes(arguments, io);
            CommandError::Config(error).exit()
        }
        Err(failure) => {
            let message = escape::message(&failure.to_string(), arguments);
            let _ = writeln!(io.err, "{} {message}", terminal::ERROR);
            if let CommandError::Usage(_) | CommandError::Data(_) = failure {
                hint_of_dashes(arguments, io);
            }
            failure.exit()
        }
    }
}

/// Prints a hint if an option begins with another character than a hyphen.
fn hint_of_dashes(arguments: &[String], io: &mut Io<'_>) {
    let typed: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    if let Some(hint) = arguments::hint_of_dashes(&typed) {
        let _ = writeln!(io.err, "{} {}", terminal::HINT, escape::line(&hint));
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
fn refuse(error: clap::Error, shown: &[String], io: &mut Io<'_>) -> Outcome {
    if !error.use_stderr() {
        write!(io.out, "{}", Ours(error.render().ansi()))?;
        return Ok(Exit::Holds);
    }
    // An argument that would control the terminal is shown escaped, by parsing it again in that
    // form.
    let escaped = shown.iter().map(|argument| escape::line(argument));
    let escaped: Vec<OsString> = escaped.map(OsString::from).collect();
    let error = match parse(&escaped) {
        Err(error) if error.use_stderr() => error,
        _ => error,
    };
    let _ = write!(io.err, "{}", Ours(arguments::error_text(error, &escaped).ansi()));
    Ok(Exit::Usage)
}

type Outcome = Result<Exit, CommandError>;
