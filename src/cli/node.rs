//! `sim node`: one of our node programs on stdin and stdout, in Maelstrom's protocol.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Args;
use serde_json::{Value, json};

use super::output::Format;
use super::terminal::{ERROR, width};
use super::wrapped;
use super::{CommandError, Exit, Io, Outcome, Signal};
use crate::engine::time::Duration;
use crate::glomers::{BROKEN, OptionValue, Options, SOLUTIONS, Solution, program};
use crate::harness::{RUN, ServeError, Serving, serve};
use crate::nemesis::FaultKind;

/// Runs a node that ships behind stdin and stdout, in Maelstrom's protocol
///
/// Maelstrom, `sim test` or any harness of its protocol can host it. Logs go to stderr; it ends
/// with its input.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim node --list
  maelstrom test -w broadcast --bin ./node.sh
      with `exec sim node broadcast-gossip` in node.sh
  sim test -w g-set --bin sim -- node g-set --disk disks")]
pub(super) struct NodeArgs {
    /// The node program.
    #[arg(required_unless_present = "list")]
    name: Option<String>,
    /// Lists all node programs.
    #[arg(long)]
    list: bool,
    /// The folder for state that survives a crash, one file per node; without it no state does.
    /// Under `sim test` the state that another test has left there is ignored.
    #[arg(long, value_name = "DIR")]
    disk: Option<PathBuf>,
    /// Sets an option of the program, such as interval=200ms.
    #[arg(long = "set", value_name = "OPTION=VALUE")]
    sets: Vec<String>,
}

impl NodeArgs {
    /// Whether a list for people is printed instead of protocol messages.
    pub(super) fn prints_list(&self) -> bool {
        self.list || self.name.is_none()
    }
}

pub(super) fn node(arguments: &NodeArgs, io: &mut Io<'_>) -> Outcome {
    let Some(name) = arguments.name.as_ref().filter(|_| !arguments.list) else {
        match io.output.format {
            Format::Json => writeln!(io.out, "{}", list_as_json())?,
            _ => list(io.out)?,
        }
        return Ok(Exit::Holds);
    };
    let program = program(name).ok_or_else(|| {
        CommandError::Usage(format!("there is no node program {name:?}; see `sim node --list`"))
    })?;
    let options = options(program, &arguments.sets)?;
    #[expect(clippy::disallowed_methods, reason = "this is how a host names its runs")]
    let run = std::env::var(RUN).ok();
    let serving = Serving { program, options, disk: arguments.disk.clone(), run };
    let stop = || io.interrupt.signal().is_some();
    match serve(&serving, io::stdin(), io.out, io.err, &stop) {
        Ok(()) => Ok(io.interrupt.signal().map_or(Exit::Holds, Signal::exit)),
        Err(ServeError::Output(error)) => Err(error.into()),
        Err(error @ ServeError::Disk { .. }) => {
            writeln!(io.err, "{ERROR} {error}")?;
            Ok(Exit::InputOutput)
        }
    }
}

/// Returns the faults that a program survives, with commas between them.
fn survived(program: &Solution) -> String {
    let survived = |fault: &&FaultKind| program.survives.contains(fault);
    let names: Vec<_> = FaultKind::ALL.iter().filter(survived).map(|fault| fault.name()).collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn default_of(default: OptionValue) -> String {
    match default {
        OptionValue::Time(time) => time.to_string(),
        OptionValue::Integer(number) => number.to_string(),
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "right nodes, with the faults that they survive\n")?;
    for solution in SOLUTIONS {
        line(solution, out)?;
        wrapped::print_in(width(), ("      survives: ", 16), &survived(solution), out)?;
    }
    writeln!(out, "\nbroken nodes, with one mistake each\n")?;
    BROKEN.iter().try_for_each(|broken| line(&broken.program, out))
}

/// Prints the name of a program, its workloads, what it does, and its options.
fn line(program: &Solution, out: &mut dyn Write) -> io::Result<()> {
    let workloads: Vec<&str> = program.workloads.iter().map(|workload| workload.name).collect();
    writeln!(out, "  {}  ({})", program.name, workloads.join(", "))?;
    wrapped::print_in(width(), ("", 6), program.idea, out)?;
    program.options.iter().try_for_each(|option| {
        let text = format!("{}={}: {}", option.name, default_of(option.default), option.meaning);
        wrapped::print_in(width(), ("      --set ", 12), &text, out)
    })
}

fn list_as_json() -> Value {
    let program = |program: &Solution| {
        let workloads: Vec<&str> = program.workloads.iter().map(|one| one.name).collect();
        let options = program.options.iter().map(|option| {
            let default = default_of(option.default);
            json!({ "name": option.name, "default": default, "meaning": option.meaning })
        });
        let survives: Vec<_> = program.survives.iter().map(|fault| fault.name()).collect();
        json!({
            "name": program.name,
            "workloads": workloads,
            "idea": program.idea,
            "options": options.collect::<Vec<_>>(),
            "survives": survives,
        })
    };
    json!({
        "right": SOLUTIONS.iter().map(program).collect::<Vec<_>>(),
        "broken": BROKEN.iter().map(|broken| program(&broken.program)).collect::<Vec<_>>(),
    })
}

fn options(program: &Solution, sets: &[String]) -> Result<Options, CommandError> {
    let mut options = program.defaults();
    for set in sets {
        let wrong = |what: String| CommandError::Usage(format!("--set {set}: {what}"));
        let (name, text) =
            set.split_once('=').ok_or_else(|| wrong("expected OPTION=VALUE".to_owned()))?;
        let known: Vec<&str> = options.0.iter().map(|(name, _)| *name).collect();
        let found = options.0.iter_mut().find(|(known, _)| *known == name.trim());
        let Some((_, value)) = found else {
            let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
            return Err(wrong(format!("options of {} are: {known}", program.name)));
        };
        let text = text.trim();
        *value = match value {
            OptionValue::Time(_) => match text.parse::<Duration>() {
                Ok(time) if time > Duration::ZERO => OptionValue::Time(time),
                _ => return Err(wrong("expected a time above 0, such as 200ms".to_owned())),
            },
            OptionValue::Integer(_) => match text.parse::<u64>() {
                Ok(number) if number > 0 => OptionValue::Integer(number),
                _ => return Err(wrong("expected a number above 0".to_owned())),
            },
        };
    }
    Ok(options)
}
