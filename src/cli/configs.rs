//! `sim configs`: the configs that are compiled into the program.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::output::Format;
use super::terminal::{ERROR, width};
use super::wrapped;
use super::{CommandError, Exit, Io, Outcome};
use crate::config::{SHIPPED, SWEEPS, Shipped, schema, shipped, sweep_schema};
use crate::store::read_regular;

/// The configs that ship with sim: list them, show one, copy them.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim configs list
  sim configs show exp9
  sim configs copy mine            all of them, into the folder `mine`
  sim configs copy mine exp9       only this one")]
pub(super) struct ConfigsArgs {
    #[command(subcommand)]
    command: ConfigsCommand,
}

#[derive(Debug, Subcommand)]
enum ConfigsCommand {
    /// Lists the names of all, with the question that each asks.
    #[command(after_help = "Examples:
  sim configs list
  sim configs list --format json   for programs")]
    List,
    /// Prints the text of one.
    #[command(after_help = "Examples:
  sim configs show exp9
  sim configs show glomers/3c > mine.toml")]
    Show {
        /// Its name, such as exp9 or notebook/trial6.
        name: String,
    },
    /// Copies configs, to be changed.
    #[command(after_help = "Examples:
  sim configs copy mine            all of them, into the folder `mine`
  sim configs copy mine exp9       only this one")]
    Copy {
        /// The folder to copy into; it is created if necessary.
        folder: PathBuf,
        /// The names of those to copy; all, if none is given.
        names: Vec<String>,
        /// Overwrites files that exist already.
        #[arg(long)]
        force: bool,
    },
}

/// Columns of a name in the list.
const NAME: usize = 24;

pub(super) fn configs(arguments: &ConfigsArgs, io: &mut Io<'_>) -> Outcome {
    match &arguments.command {
        ConfigsCommand::List if io.output.format == Format::Json => {
            let entry = |config: &Shipped| json!({"name": config.name, "asks": config.question()});
            let all: Vec<_> = SHIPPED.iter().chain(SWEEPS).map(entry).collect();
            writeln!(io.out, "{}", json!({ "configs": all }))?;
        }
        ConfigsCommand::List => {
            for config in SHIPPED.iter().chain(SWEEPS) {
                wrapped::print_in(width(), (config.name, NAME), config.question(), io.out)?;
            }
        }
        ConfigsCommand::Show { name } => io.out.write_all(find(name)?.text.as_bytes())?,
        ConfigsCommand::Copy { folder, names, force } => {
            let chosen: Vec<&Shipped> = match names.as_slice() {
                [] => SHIPPED.iter().chain(SWEEPS).collect(),
                names => names.iter().map(|name| find(name)).collect::<Result<_, _>>()?,
            };
            let mut files: Vec<(PathBuf, Vec<u8>)> = Vec::new();
            for config in chosen {
                let path = folder.join(format!("{}.toml", config.name));
                files.push((path, config.text.as_bytes().to_vec()));
            }
            // The schemas too, so that editors find the file in the first line of each config.
            for (name, schema) in [("schema.json", schema()), ("sweep-schema.json", sweep_schema())]
            {
                let named = format!("/{name}\n");
                if files.iter().any(|(_, text)| first_line(text).ends_with(&named)) {
                    files.push((folder.join(name), format!("{schema:#}\n").into_bytes()));
                }
            }
            return copy(&files, *force, io);
        }
    }
    Ok(Exit::Holds)
}

fn find(name: &str) -> Result<&'static Shipped, CommandError> {
    shipped(name).ok_or_else(|| {
        CommandError::Data(format!(
            "there is no shipped config `{name}`; `sim configs list` lists them"
        ))
    })
}

fn first_line(text: &[u8]) -> String {
    let line = text.split_inclusive(|byte| *byte == b'\n').next().unwrap_or_default();
    String::from_utf8_lossy(line).into_owned()
}

/// Writes files, or none of them if one would be overwritten.
fn copy(files: &[(PathBuf, Vec<u8>)], force: bool, io: &mut Io<'_>) -> Outcome {
    let differs = |path: &Path, text: &[u8]| {
        let there = read_regular(path, text.len() as u64);
        path.symlink_metadata().is_ok() && there.ok().as_deref() != Some(text)
    };
    if let Some((path, _)) = files.iter().find(|(path, text)| !force && differs(path, text)) {
        let path = crate::escape::path(path);
        writeln!(io.err, "{ERROR} {path} is there already and differs; use --force")?;
        return Ok(Exit::WouldOverwrite);
    }
    for (path, text) in files {
        if let Some(parent) = path.parent() {
            io.store.attempt("make folder", parent, || std::fs::create_dir_all(parent))?;
        }
        io.store.put_beside(path, text, true)?;
        io.print_written(path)?;
    }
    Ok(Exit::Holds)
}
