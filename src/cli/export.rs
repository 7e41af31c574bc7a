//! `sim export`: a run in the format of another program.

use std::io::IsTerminal;
use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::options::{instant, result_path};
use super::recorded::read_recorded;
use super::results::spares_results;
use super::{CommandError, Exit, Io, Outcome, print_ignoring_broken_pipe};
use crate::engine::time::Instant;
use crate::export::{
    ExportError, ExportOptions, ExportTable, ExportedRun, RUN_EXPORTERS, RunExporter, Window,
};

/// Writes a run in the format of another program.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim export results/glomers/3c/seed-1 --to shiviz --out 3c.log
  sim export results/exp9/seed-1 --to perfetto --out exp9.json
  sim export results/exp9/seed-1 --to mermaid --from 38s --until 40s
  sim export results/glomers/3c/seed-1 --to csv --table messages \\
      --out messages.csv
  sim export theirs.csv --to shiviz --out theirs.log
      a bare trace")]
pub(super) struct ExportArgs {
    /// A results folder of `sim run` or `sim test` (`latest` for the last one), a CSV file with the
    /// columns of trace.csv, or a history (.jsonl, .edn).
    #[arg(value_parser = result_path())]
    path: PathBuf,
    /// The format.
    #[arg(long, value_name = "FORMAT", value_parser = formats(), hide_possible_values = true,
          help = format_help())]
    to: &'static RunExporter,
    /// Writes here, instead of to stdout.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Writes over another file that is there.
    #[arg(long)]
    force: bool,
    /// Begin of the window, such as 38s.
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// End of the window, included.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// For csv and parquet: the table [default: operations, of a trace events].
    #[arg(long, value_enum, value_name = "NAME")]
    table: Option<TableArg>,
}

impl ExportArgs {
    /// Whether the output is for a program.
    pub(super) fn prints_data(&self) -> bool {
        self.out.is_none()
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TableArg {
    /// What each machine, node and client did.
    Events,
    /// Each copy of each message.
    Messages,
    /// What clients asked for, and what came of it.
    Operations,
}

fn formats() -> impl TypedValueParser<Value = &'static RunExporter> {
    let names = RUN_EXPORTERS.iter().map(|format| format.name);
    PossibleValuesParser::new(names).map(|name| {
        let known = RUN_EXPORTERS.iter().find(|format| format.name == name);
        known.unwrap_or(&RUN_EXPORTERS[0])
    })
}

fn format_help() -> String {
    let mut help = "The format:".to_owned();
    for format in RUN_EXPORTERS {
        help += &format!("\n  {:<9} {}", format.name, format.purpose);
    }
    help
}

pub(super) fn export(arguments: &ExportArgs, io: &mut Io<'_>) -> Outcome {
    let from = instant("--from", arguments.from.as_deref())?.unwrap_or(Instant::ZERO);
    let until = instant("--until", arguments.until.as_deref())?.unwrap_or(Instant::MAX);
    if from > until {
        let what = format!("--from {from} is after --until {until}");
        return Err(CommandError::Usage(what));
    }
    let format = arguments.to;
    if arguments.table.is_some() && !["csv", "parquet"].contains(&format.name) {
        let what = format!("--table is for csv and parquet, and {} has one form", format.name);
        return Err(CommandError::Usage(what));
    }
    let is_terminal = std::io::stdout().is_terminal();
    if !format.is_text && arguments.out.is_none() && is_terminal {
        return Err(CommandError::Usage(format!(
            "--to {} is no text: add --out FILE",
            format.name
        )));
    }
    let table = arguments.table.map(|table| match table {
        TableArg::Events => ExportTable::Events,
        TableArg::Messages => ExportTable::Messages,
        TableArg::Operations => ExportTable::Operations,
    });
    let options = ExportOptions { window: Window { from, until }, table };
    let recorded = read_recorded(&arguments.path)?;
    let run = ExportedRun {
        title: &recorded.title,
        graph: recorded.graph.as_ref(),
        history: recorded.history.as_deref(),
        nodes: &recorded.nodes,
    };
    let mut bytes = Vec::new();
    (format.write)(&run, &options, &mut bytes).map_err(|error| refusal(arguments, error))?;
    let Some(path) = &arguments.out else {
        return print_ignoring_broken_pipe(io.out, |out| out.write_all(&bytes))
            .map(|()| Exit::Holds);
    };
    spares_results(path)?;
    if !io.store.put_beside(path, &bytes, arguments.force)? {
        return Err(CommandError::Overwrite(path.clone()));
    }
    io.print_written(path)?;
    Ok(Exit::Holds)
}

/// Returns the error with the path, and what to do.
fn refusal(arguments: &ExportArgs, error: ExportError) -> CommandError {
    let shown = arguments.path.display();
    let name = arguments.to.name;
    match error {
        ExportError::Io(error) => error.into(),
        ExportError::Feature(_) => CommandError::Usage(format!("--to {name}: {error}")),
        ExportError::NoEvents => CommandError::Data(format!(
            "{shown}: it has no journal of messages, which {name} needs; run it again without \
             --no-trace, or give a results folder instead of its history"
        )),
        other => CommandError::Data(format!("{shown}: {other}")),
    }
}
