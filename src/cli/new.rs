//! `sim new`: writes the beginning of a node, a config or a model.

mod library;
mod templates;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::output::Format;
use super::{CommandError, Exit, Io, Outcome};
use crate::config::shell_word;
use crate::escape;
use templates::{Family, Language, MODEL};

/// Writes the beginning of a node, a config or a model of your own
///
/// No file that exists is overwritten: if one would be, nothing is written.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim new node --lang python
      a node that passes echo, in the folder `node`
  sim new node --lang rust my-node
      the same as a crate without dependencies
  sim new config my-question
      my-question.toml, for `sim run`
  sim new model my-model
      a crate that uses the library")]
pub(super) struct NewArgs {
    #[command(subcommand)]
    command: NewCommand,
}

#[derive(Debug, Subcommand)]
enum NewCommand {
    /// A node that answers echo, for `sim test`, with a comment where to go on.
    #[command(after_help = "Examples:
  sim new node --lang python
  sim new node --lang c my-node")]
    Node {
        /// The language: python, go, rust, js or c.
        #[arg(long, value_enum, value_name = "LANGUAGE", hide_possible_values = true)]
        lang: Language,
        /// The folder to write into; it is created if necessary.
        #[arg(default_value = "node", value_name = "DIR")]
        folder: PathBuf,
    },
    /// A commented config, for `sim run`.
    #[command(after_help = "Examples:
  sim new config my-question
  sim run my-question.toml")]
    Config {
        /// Its path, with or without `.toml`.
        #[arg(default_value = "experiment", value_name = "NAME")]
        name: PathBuf,
        /// Its family: scale, or glomers.
        #[arg(long, value_enum, value_name = "FAMILY", hide_possible_values = true)]
        #[arg(default_value_t = Family::Scale)]
        model: Family,
    },
    /// A Rust crate with a model that uses the library.
    ///
    /// Its manifest names the library by the checkout that this program was built from, if that is
    /// still there, which works offline, or else by the registry.
    #[command(after_help = "Examples:
  sim new model my-model")]
    Model {
        /// The folder to write into, whose name is that of the crate.
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// A checkout of sim to take the library from.
        #[arg(long, value_name = "DIR", conflicts_with = "registry")]
        checkout: Option<PathBuf>,
        /// Takes the library from the registry in any case.
        #[arg(long)]
        registry: bool,
    },
}

/// What is written, and what to do then.
struct Plan {
    files: Vec<NewFile>,
    /// Commands that run it.
    next: Vec<String>,
}

struct NewFile {
    path: PathBuf,
    text: String,
    is_executable: bool,
}

pub(super) fn new(arguments: &NewArgs, io: &mut Io<'_>) -> Outcome {
    let plan = match &arguments.command {
        NewCommand::Node { lang, folder } => node(*lang, folder)?,
        NewCommand::Config { name, model } => config(name, *model),
        NewCommand::Model { folder, checkout, registry } => {
            model(folder, &library::library(checkout.as_deref(), *registry)?)?
        }
    };
    write(&plan.files, io)?;
    print(&plan, io)?;
    Ok(Exit::Holds)
}

fn node(language: Language, folder: &Path) -> Result<Plan, CommandError> {
    let name = match language {
        Language::Rust | Language::Go => crate_name(folder)?,
        Language::Python | Language::Js | Language::C => String::new(),
    };
    let program = language.program(&name);
    let build = language.build().map(str::to_owned);
    let test = format!("sim test -w echo --bin {program} --node-count 1 --time-limit 5");
    let next = [change_into(folder), build, Some(test)].into_iter().flatten().collect();
    Ok(Plan { files: filled(language.files(), folder, &[("{name}", &name)]), next })
}

fn config(name: &Path, family: Family) -> Plan {
    let has_ending = name.extension().is_some_and(|ending| ending == "toml");
    let path = if has_ending { name.to_owned() } else { with_ending(name) };
    let file = shown(&path);
    let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
    let text = family.text().replace("{file}", &file);
    let text = text.replace("{name}", &stem.unwrap_or_default());
    Plan {
        files: vec![NewFile { path, text, is_executable: false }],
        next: vec![format!("sim run {file}")],
    }
}

/// Returns a path with `.toml` at its end; a dot in its name is no ending.
fn with_ending(name: &Path) -> PathBuf {
    let mut path = name.as_os_str().to_owned();
    path.push(".toml");
    path.into()
}

fn model(folder: &Path, library: &library::Library) -> Result<Plan, CommandError> {
    let name = crate_name(folder)?;
    let values = [
        ("{name}", name.as_str()),
        ("{how}\n", library.how.as_str()),
        ("{dependency}", library.dependency.as_str()),
    ];
    let mut files = filled(MODEL, folder, &values);
    if let Some(lock) = &library.lock {
        let path = folder.join("Cargo.lock");
        files.push(NewFile { path, text: lock.clone(), is_executable: false });
    }
    let next = change_into(folder).into_iter().chain(["cargo run".to_owned()]).collect();
    Ok(Plan { files, next })
}

/// Returns the files of a template in a folder, with their values.
fn filled(files: &[templates::File], folder: &Path, values: &[(&str, &str)]) -> Vec<NewFile> {
    let new = |file: &templates::File| {
        let fill = |text: String, (name, value): &(&str, &str)| text.replace(name, value);
        let text = values.iter().fold(file.text.to_owned(), fill);
        NewFile { path: folder.join(file.path), text, is_executable: file.is_executable }
    };
    files.iter().map(new).collect()
}

/// Returns the command that goes to a folder, unless it is this one.
fn change_into(folder: &Path) -> Option<String> {
    (folder != Path::new(".")).then(|| format!("cd {}", shown(folder)))
}

/// Returns a path as it is typed in a shell.
fn shown(path: &Path) -> String {
    shell_word(&path.to_string_lossy())
}

/// Returns the name of the crate in a folder: the folder's, if a crate can have it.
fn crate_name(folder: &Path) -> Result<String, CommandError> {
    let here = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    let name = here.file_name().map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let is_name = name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(is_part);
    // Names that the language or Cargo has taken.
    const TAKEN: &[&str] = &["test", "core", "std", "alloc", "proc_macro", "sim", "build", "deps"];
    const KEYWORDS: &str = " as async await box break const continue crate do dyn else enum \
                            extern false fn for gen if impl in let loop macro match mod move mut \
                            pub ref return self static struct super trait true try type unsafe \
                            use virtual where while yield ";
    if !is_name || TAKEN.contains(&name.as_str()) || KEYWORDS.contains(&format!(" {name} ")) {
        return Err(CommandError::Usage(format!(
            "no crate can be called {name:?}: expected a folder whose name has letters, \
             digits, `-` and `_`, begins with a letter, and is no word of Rust, such as my-{}",
            if is_name { name.as_str() } else { "model" }
        )));
    }
    Ok(name)
}

/// Writes all files, or none: what was written is removed if another one cannot be.
fn write(files: &[NewFile], io: &Io<'_>) -> Result<(), CommandError> {
    if let Some(file) = files.iter().find(|file| file.path.symlink_metadata().is_ok()) {
        return Err(CommandError::Exists(file.path.clone()));
    }
    let mut folders = vec![];
    let mut written: Vec<&Path> = vec![];
    let all = files.iter().try_for_each(|file| {
        make_folders(&file.path, &mut folders, io)?;
        io.store.put(&file.path, file.text.as_bytes())?;
        written.push(&file.path);
        if file.is_executable { make_executable(&file.path, io) } else { Ok(()) }
    });
    if all.is_err() {
        written.iter().for_each(|path| drop(std::fs::remove_file(path)));
        folders.iter().rev().for_each(|folder| drop(std::fs::remove_dir(folder)));
    }
    all
}

/// Makes the folders that a file needs, and adds those that were not there.
fn make_folders(file: &Path, made: &mut Vec<PathBuf>, io: &Io<'_>) -> Result<(), CommandError> {
    let above: Vec<&Path> = file.ancestors().skip(1).take_while(|path| !path.exists()).collect();
    for folder in above.into_iter().rev().filter(|path| *path != Path::new("")) {
        io.store.attempt("make folder", folder, || std::fs::create_dir(folder))?;
        made.push(folder.to_owned());
    }
    Ok(())
}

fn make_executable(path: &Path, io: &Io<'_>) -> Result<(), CommandError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(0o755);
        io.store.attempt("make executable", path, || std::fs::set_permissions(path, mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, io);
    Ok(())
}

fn print(plan: &Plan, io: &mut Io<'_>) -> Result<(), CommandError> {
    if io.output.format == Format::Json {
        let files: Vec<String> =
            plan.files.iter().map(|file| file.path.display().to_string()).collect();
        writeln!(io.out, "{}", json!({ "files": files, "next": plan.next }))?;
    } else if !io.output.quiet {
        for file in &plan.files {
            writeln!(io.out, "{}", escape::path(&file.path))?;
        }
        writeln!(io.out, "\nNext:")?;
        for command in &plan.next {
            writeln!(io.out, "  {}", escape::line(command))?;
        }
    }
    Ok(())
}
