//! `sim man`: the manual pages, one for the program and one for each command.

use std::path::{Path, PathBuf};

use clap::{Args, Command};
use clap_mangen::Man;

use super::{CommandError, Exit, Io, Outcome};

/// Prints the manual page of sim, or writes those of all commands into a folder
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim man | man -l -
      the page of sim
  sim man ~/.local/share/man/man1
      sim.1, sim-run.1 and so on, for `man sim-run`")]
pub(super) struct ManArgs {
    /// The folder for the pages of all commands; it is created if necessary.
    folder: Option<PathBuf>,
    /// Overwrites files that exist already.
    #[arg(long, requires = "folder")]
    force: bool,
}

pub(super) fn man(arguments: &ManArgs, command: Command, io: &mut Io<'_>) -> Outcome {
    let pages = pages(command)?;
    let Some(folder) = &arguments.folder else {
        io.out.write_all(&pages[0].1)?;
        return Ok(Exit::Holds);
    };
    io.store.attempt("make folder", folder, || std::fs::create_dir_all(folder))?;
    let paths: Vec<(PathBuf, Vec<u8>)> =
        pages.into_iter().map(|(name, page)| (folder.join(name), page)).collect();
    // None is written if one cannot be.
    let differs = |(path, page): &&(PathBuf, Vec<u8>)| !arguments.force && is_other(path, page);
    if let Some((path, _)) = paths.iter().find(differs) {
        return Err(CommandError::Overwrite(path.clone()));
    }
    for (path, page) in paths {
        io.store.put_beside(&path, &page, true)?;
        io.print_written(&path)?;
    }
    Ok(Exit::Holds)
}

/// Whether there is a file with other contents at a path.
fn is_other(path: &Path, page: &[u8]) -> bool {
    let there = crate::store::read_regular(path, page.len() as u64);
    path.symlink_metadata().is_ok() && there.ok().as_deref() != Some(page)
}

/// Returns the file name and the text of each page, that of the program first.
fn pages(mut command: Command) -> std::io::Result<Vec<(String, Vec<u8>)>> {
    command = command.disable_help_subcommand(true);
    command.build();
    let mut pages = Vec::new();
    add(&command, &mut pages)?;
    Ok(pages)
}

/// Adds the page of a command, and those of the commands below it.
fn add(command: &Command, pages: &mut Vec<(String, Vec<u8>)>) -> std::io::Result<()> {
    let man = Man::new(command.clone()).source(concat!("sim ", env!("CARGO_PKG_VERSION")));
    let (file, mut page) = (man.get_filename(), Vec::new());
    man.render(&mut page)?;
    pages.push((file, with_examples(&String::from_utf8_lossy(&page)).into_bytes()));
    command.get_subcommands().filter(|one| !one.is_hide_set()).try_for_each(|one| add(one, pages))
}

/// Returns a page whose text after the options is called examples, with its lines as they are.
fn with_examples(page: &str) -> String {
    let Some((before, after)) = page.split_once(".SH EXTRA\n") else { return page.to_owned() };
    let after = after.strip_prefix("Examples:\n").unwrap_or(after);
    let (examples, rest) = match after.find(".SH VERSION\n") {
        Some(at) => after.split_at(at),
        None => (after, ""),
    };
    format!("{before}.SH EXAMPLES\n.nf\n{examples}.fi\n{rest}")
}
