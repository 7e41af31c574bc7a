//! `sim schema`: the grammar of configs, for editors and as a reference page, and of what commands
//! print for programs.

use std::io;

use clap::Args;

use super::{Exit, Io, Outcome, output_schema};
use crate::config::{reference, schema, sweep_schema};

/// Prints the JSON Schema of configs, with which editors complete keys and mark errors.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim schema > schema.json          then begin a config with the line
                                    #:schema ./schema.json
  sim schema --sweep                the same for sweep files
  sim schema --reference            all keys with their meanings, as Markdown
  sim schema --output               of what commands print with --format json")]
pub(super) struct SchemaArgs {
    /// The schema of sweep files instead.
    #[arg(long, conflicts_with_all = ["reference", "output"])]
    sweep: bool,
    /// The reference of all keys instead, as Markdown.
    #[arg(long)]
    reference: bool,
    /// The schema of what commands print with `--format json` instead.
    #[arg(long, conflicts_with = "reference")]
    output: bool,
}

pub(super) fn print(arguments: &SchemaArgs, io: &mut Io<'_>) -> Outcome {
    if arguments.reference {
        io.out.write_all(reference().as_bytes())?;
        return Ok(Exit::Holds);
    }
    let schema = match (arguments.sweep, arguments.output) {
        (true, _) => sweep_schema(),
        (_, true) => output_schema::schema(),
        _ => schema(),
    };
    serde_json::to_writer_pretty(&mut *io.out, &schema).map_err(io::Error::from)?;
    writeln!(io.out)?;
    Ok(Exit::Holds)
}
