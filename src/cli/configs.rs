//! `sim configs`: the configs that are part of the program.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::{Exit, Failure, Outcome, World};
use crate::config::{SHIPPED, SWEEPS, Shipped, shipped};

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
    /// The names of all, each with the question it asks.
    List,
    /// The text of one.
    Show {
        /// Its name, such as exp9 or notebook/trial6.
        name: String,
    },
    /// Copies of them, to change.
    Copy {
        /// The folder to copy into; it is made if it is not there.
        folder: PathBuf,
        /// The names of those to copy; all, if none is given.
        names: Vec<String>,
        /// Overwrite files that are there already.
        #[arg(long)]
        force: bool,
    },
}

pub(super) fn configs<O: Write, E: Write>(
    arguments: &ConfigsArgs,
    world: &mut World<'_, O, E>,
) -> Outcome {
    match &arguments.command {
        ConfigsCommand::List => {
            for config in SHIPPED.iter().chain(SWEEPS) {
                writeln!(world.out, "{:23} {}", config.name, config.question())?;
            }
        }
        ConfigsCommand::Show { name } => world.out.write_all(find(name)?.text.as_bytes())?,
        ConfigsCommand::Copy { folder, names, force } => {
            let chosen: Vec<&Shipped> = match names.as_slice() {
                [] => SHIPPED.iter().chain(SWEEPS).collect(),
                names => names.iter().map(|name| find(name)).collect::<Result<_, _>>()?,
            };
            return copy(&chosen, folder, *force, world);
        }
    }
    Ok(Exit::Holds)
}

fn find(name: &str) -> Result<&'static Shipped, Failure> {
    shipped(name).ok_or_else(|| {
        Failure::Data(format!("there is no shipped config `{name}`; `sim configs list` lists them"))
    })
}

/// Copies configs, or none of them if a file would be overwritten.
fn copy<O: Write, E: Write>(
    configs: &[&Shipped],
    folder: &Path,
    force: bool,
    world: &mut World<'_, O, E>,
) -> Outcome {
    let target = |config: &Shipped| folder.join(format!("{}.toml", config.name));
    let differs = |path: &PathBuf, config: &Shipped| {
        std::fs::read(path).map_or(path.exists(), |bytes| bytes != config.text.as_bytes())
    };
    for config in configs {
        let path = target(config);
        if !force && differs(&path, config) {
            let path = path.display();
            writeln!(world.err, "error: {path} is there already and differs; use --force")?;
            return Ok(Exit::WouldOverwrite);
        }
    }
    for config in configs {
        let path = target(config);
        if let Some(parent) = path.parent() {
            world.store.attempt("make folder", parent, || std::fs::create_dir_all(parent))?;
        }
        world.store.put(&path, config.text.as_bytes())?;
        writeln!(world.out, "{}", path.display())?;
    }
    Ok(Exit::Holds)
}
