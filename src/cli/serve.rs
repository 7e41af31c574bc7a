//! `sim serve`: the reports of all results in a folder, for browsers on this machine.

mod found;
mod http;

use std::path::PathBuf;

use clap::Args;

use super::output::Format;
use super::report::page_of;
use super::{CommandError, Io, Outcome};
use crate::page::{Block, Page, PageKind, Section};
use found::FoundResult;
use http::{Answer, Listener};

/// Shows the reports of all results in a folder, in a browser on this machine.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim serve                         all results in results/
  sim serve elsewhere --port 8080

It listens on the loopback address alone, answers only requests that know its
token, and only reads. Ctrl-C ends it.")]
pub(super) struct ServeArgs {
    /// The folder in which results folders are.
    #[arg(default_value = "results")]
    folder: PathBuf,
    /// The port [default: one that is free].
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    port: u16,
}

pub(super) fn serve(arguments: &ServeArgs, io: &mut Io<'_>) -> Outcome {
    let folder = &arguments.folder;
    if !folder.is_dir() {
        let shown = folder.display();
        return Err(CommandError::Data(format!("{shown}: there is no such folder")));
    }
    let listener = Listener::bind(arguments.port)?;
    let count = found::results(folder).len();
    if io.output.format == Format::Json {
        let what = "it runs until it is stopped, and has no result: leave out --format json";
        return Err(CommandError::Usage(what.to_owned()));
    }
    writeln!(io.out, "{count} results of {}: {}", folder.display(), listener.address())?;
    io.out.flush()?;
    if !io.output.quiet {
        writeln!(io.err, "Ctrl-C ends it")?;
    }
    loop {
        if let Some(signal) = io.interrupt.signal() {
            return Ok(signal.exit());
        }
        let stop = || io.interrupt.signal().is_some();
        listener.answer_next(&|path| answer(arguments, path, &stop));
    }
}

/// Returns the answer to the request for a path below the token.
fn answer(arguments: &ServeArgs, path: &str, stop: &dyn Fn() -> bool) -> Answer {
    let results = found::results(&arguments.folder);
    if path.is_empty() {
        return Answer::Page(index(arguments, &results).to_html());
    }
    // Only what was found is shown, whatever a path says.
    let Some(result) = results.iter().find(|result| result.address() == path) else {
        return Answer::NotFound;
    };
    match page_of(&result.path, stop) {
        Ok(Some(page)) => Answer::Page(page.to_html()),
        Ok(None) => Answer::NotFound,
        Err(error) => Answer::Failed(error.to_string()),
    }
}

/// Returns the page with all results.
fn index(arguments: &ServeArgs, results: &[FoundResult]) -> Page {
    let link = |result: &FoundResult| (result.address(), result.name.clone(), result.words.clone());
    let links: Vec<(String, String, String)> = results.iter().map(link).collect();
    let blocks = match links.is_empty() {
        true => vec![Block::Note("There are no finished results in this folder.".to_owned())],
        false => vec![Block::Links(links)],
    };
    Page {
        kind: PageKind::Index,
        title: arguments.folder.display().to_string(),
        subtitle: format!("{} results", results.len()),
        verdict: None,
        sections: vec![Section {
            id: "results",
            heading: "Results".to_owned(),
            lead: String::new(),
            blocks,
        }],
        runs: Vec::new(),
        difference: None,
    }
}
