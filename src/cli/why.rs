//! `sim why`: from a result to its explanation.

pub(super) mod load;

use std::path::{Path, PathBuf};

use clap::Args;

use self::load::{Loaded, NodeResult};
use super::options::{instant, result_path, whole};
use super::output::Format;
use super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use crate::check::Finding;
use crate::engine::time::{Duration, Instant};
use crate::escape;
use crate::history::EntryKind;
use crate::why::{
    Explanation, Step, WhyError, explain_clock, explain_jumps, explain_operation, explain_queue,
    explain_row, explain_value, values_written,
};

/// Explains a result: the events and messages that caused it.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim why results/exp9/seed-1
      the largest jumps of clocks
  sim why results/exp9/seed-1 --machine 1 --at 40.5s
  sim why results/exp9/seed-1 --queue 1
      why its queue is as long as it is
  sim why theirs.csv --row 17
      an event of a trace of another program
  sim why latest
      the first finding of the last run
  sim why results/glomers/3c/seed-3 --value 7
      who received it, and what was lost
  sim why results/glomers/4-g-counter/seed-1 --op 133
  sim why latest --finding 2 --format json

Arrivals and the fates of copies are in net.csv (`sim run --net`), what messages
said is in bodies.jsonl (`sim run --bodies`; kept of a run of nodes whose
verdict is invalid). docs/why.md has more.")]
pub(super) struct WhyArgs {
    /// A results folder, `latest` for the last one, or a CSV file with the columns of trace.csv.
    #[arg(value_parser = result_path())]
    path: PathBuf,
    /// The clock of this machine, at --at.
    #[arg(long, value_name = "N", group = "question")]
    machine: Option<String>,
    /// The instant, such as 40.5s, for --machine and --queue [default: the end].
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// The largest jumps of clocks, this number of them.
    #[arg(long, value_name = "N", group = "question")]
    #[arg(value_parser = whole(1, u16::MAX))]
    jumps: Option<u16>,
    /// The queue of this machine, at --at.
    #[arg(long, value_name = "N", group = "question")]
    queue: Option<String>,
    /// The event in this line of the trace, as `sim check` names it.
    #[arg(long, value_name = "N", group = "question")]
    row: Option<u64>,
    /// Of Gossip Glomers: where this value went.
    #[arg(long, value_name = "VALUE", group = "question", allow_hyphen_values = true)]
    value: Option<i64>,
    /// Of Gossip Glomers: the operation that has this entry in history.jsonl.
    #[arg(long, value_name = "N", group = "question")]
    op: Option<usize>,
    /// Of Gossip Glomers: the finding of this number, from 1.
    #[arg(long, value_name = "N", group = "question")]
    finding: Option<usize>,
    /// The journal of a bare trace.
    #[arg(long, value_name = "FILE")]
    net: Option<PathBuf>,
}

/// Number of jumps that are explained by default.
const JUMPS: u16 = 5;

impl WhyArgs {
    /// Refuses options that mean nothing for a result of this kind.
    fn refuse(&self, given: &[(bool, &str)], what: &str) -> Result<(), CommandError> {
        match given.iter().find(|(given, _)| *given) {
            None => Ok(()),
            Some((_, option)) => {
                let shown = self.path.display();
                Err(CommandError::Usage(format!("{option}: {shown} is {what}")))
            }
        }
    }
}

pub(super) fn why(arguments: &WhyArgs, io: &mut Io<'_>) -> Outcome {
    let path = &arguments.path;
    if !path.exists() {
        let shown = path.display();
        return Err(CommandError::Data(format!("{shown}: there is no such file or folder")));
    }
    let explanation = match load::load(path, arguments.net.as_deref())? {
        Loaded::Trace(graph) => of_trace(arguments, &graph),
        Loaded::Nodes(result) => of_nodes(arguments, &result),
    };
    let explanation = explanation.map_err(|error| error.named(path))?;
    let format = io.output.format;
    print_ignoring_broken_pipe(io.out, |out| match format {
        Format::Json => writeln!(out, "{}", explanation.to_json()),
        _ => {
            let lines = explanation.lines();
            lines.iter().try_for_each(|line| writeln!(out, "{}", escape::escape(line)))
        }
    })?;
    Ok(Exit::Holds)
}

/// Why a question has no answer.
pub(super) enum Failure {
    /// The answer is not in the result.
    Why(WhyError),
    /// The command line or a file is invalid.
    Command(CommandError),
}

impl From<WhyError> for Failure {
    fn from(error: WhyError) -> Failure {
        Failure::Why(error)
    }
}

impl From<CommandError> for Failure {
    fn from(error: CommandError) -> Failure {
        Failure::Command(error)
    }
}

impl Failure {
    /// Returns the failure of a command on the result at this path.
    pub(super) fn named(self, path: &Path) -> CommandError {
        let shown = path.display();
        match self {
            Failure::Command(error) => error,
            Failure::Why(WhyError::Question(what)) => {
                CommandError::Usage(format!("{shown}: {what}"))
            }
            Failure::Why(WhyError::Lacks(file)) => CommandError::Data(load::lacks(path, &file)),
        }
    }
}

fn of_trace(
    arguments: &WhyArgs,
    graph: &crate::causal::CausalGraph,
) -> Result<Explanation, Failure> {
    arguments.refuse(
        &[
            (arguments.value.is_some(), "--value"),
            (arguments.op.is_some(), "--op"),
            (arguments.finding.is_some(), "--finding"),
        ],
        "a trace of machines; --machine, --queue, --jumps and --row are for it",
    )?;
    let at = instant("--at", arguments.at.as_deref())?.unwrap_or(Instant::MAX);
    if arguments.at.is_some() && arguments.machine.is_none() && arguments.queue.is_none() {
        let what = "--at says when; --machine N or --queue N says of which machine";
        return Err(CommandError::Usage(what.to_owned()).into());
    }
    Ok(match (&arguments.machine, &arguments.queue, arguments.row) {
        (Some(machine), ..) => explain_clock(graph, machine, at)?,
        (_, Some(machine), _) => explain_queue(graph, machine, at)?,
        (_, _, Some(row)) => explain_row(graph, row)?,
        _ => explain_jumps(graph, arguments.jumps.unwrap_or(JUMPS).into())?,
    })
}

fn of_nodes(arguments: &WhyArgs, result: &NodeResult) -> Result<Explanation, Failure> {
    arguments.refuse(
        &[
            (arguments.machine.is_some(), "--machine"),
            (arguments.queue.is_some(), "--queue"),
            (arguments.jumps.is_some(), "--jumps"),
            (arguments.row.is_some(), "--row"),
            (arguments.at.is_some(), "--at"),
            (arguments.net.is_some(), "--net"),
        ],
        "a run of nodes; --value, --op and --finding are for it",
    )?;
    let run = &result.run;
    if let Some(value) = arguments.value {
        return Ok(explain_value(run, value)?);
    }
    if let Some(entry) = arguments.op {
        return Ok(explain_operation(run, entry)?);
    }
    let findings = result.findings();
    match (arguments.finding, findings.len()) {
        (None, 0) => slowest(result),
        (number, count) => {
            let number = number.unwrap_or(1);
            let finding = number.checked_sub(1).and_then(|place| findings.get(place));
            let finding = finding.ok_or_else(|| {
                let what = match count {
                    0 => "the history has no findings".to_owned(),
                    count => {
                        format!("there is no finding {number}; they are numbered 1 to {count}")
                    }
                };
                WhyError::Question(what)
            })?;
            of_finding(result, finding)
        }
    }
}

/// Explains a finding: by the value that it is about, or else by its first and last operations.
pub(super) fn of_finding(result: &NodeResult, finding: &Finding) -> Result<Explanation, Failure> {
    let run = &result.run;
    let written = |op: &usize| values_written(&run.history[*op]);
    let value = finding.ops.iter().flat_map(written).next();
    let value = value.filter(|_| result.values_are_elements);
    let mut parts = vec![];
    match (value, &finding.ops[..]) {
        (Some(value), _) => parts.push(explain_value(run, value)?),
        (None, []) => {}
        (None, [first, .., last]) => {
            parts.push(explain_operation(run, *first)?);
            let other = explain_operation(run, *last)?;
            // Both may be of one operation: its invocation and its completion.
            if other.fact != parts[0].fact {
                parts.push(other);
            }
        }
        (None, [only]) => parts.push(explain_operation(run, *only)?),
    }
    let fact = format!("{}: {}", finding.rule.name(), finding.message);
    let mut whole = Explanation { fact, ..Explanation::default() };
    for Explanation { fact, steps, diagram } in parts {
        whole.steps.push(Step { text: fact, ..Step::default() });
        whole.steps.extend(steps);
        if !whole.diagram.is_empty() && !diagram.is_empty() {
            whole.diagram.push(String::new());
        }
        whole.diagram.extend(diagram);
    }
    Ok(whole)
}

/// Explains the operation that took the longest time, where no rule is violated.
fn slowest(result: &NodeResult) -> Result<Explanation, Failure> {
    let history = &result.run.history;
    let mut begun = std::collections::BTreeMap::new();
    let mut longest: Option<(Duration, usize)> = None;
    for (entry, op) in history.iter().enumerate() {
        match op.kind {
            EntryKind::Invoke => {
                begun.insert(op.process, op.time);
            }
            EntryKind::Ok => {
                let since = begun.get(&op.process).copied().unwrap_or(op.time);
                let took = op.time.saturating_since(since);
                if longest.is_none_or(|(most, _)| took > most) {
                    longest = Some((took, entry));
                }
            }
            EntryKind::Fail | EntryKind::Info => {}
        }
    }
    let Some((took, entry)) = longest else {
        let fact = "the history has no findings, and no operation that succeeded".to_owned();
        return Ok(Explanation { fact, ..Explanation::default() });
    };
    let found = explain_operation(&result.run, entry)?;
    let fact = format!("no rule is violated; the slowest operation took {took}");
    let about = Step { text: found.fact, ..Step::default() };
    let steps = std::iter::once(about).chain(found.steps).collect();
    Ok(Explanation { fact, steps, diagram: found.diagram })
}

/// Returns the steps of an explanation as lines, its fact aside.
pub(super) fn steps(explanation: &Explanation) -> Vec<String> {
    explanation.steps.iter().map(|step| step.text.clone()).collect()
}
