//! Test support: runs the built program in a folder of its own and compares texts with goldens.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
#[cfg(unix)]
use std::sync::Mutex;

use sim::engine::time::Instant;
use sim::glomers::{NetRow, Sink};
use sim::node::NodeId;
use tempfile::TempDir;

/// The project's folder.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Number of seeds of a statistical test: 20, and with the feature `long` 100. Seeds count from 0,
/// so that the 20 are a part of the 100.
pub(crate) fn seeds() -> u64 {
    if cfg!(feature = "long") { 100 } else { 20 }
}

/// Number of seeds of a test that takes seconds for each: 4, and with the feature `long` 100.
pub(crate) fn few_seeds() -> u64 {
    if cfg!(feature = "long") { 100 } else { 4 }
}

/// Says that a test skips something, and why.
#[expect(clippy::print_stdout, reason = "`cargo test -- --nocapture` shows what was skipped")]
pub(crate) fn skip(why: &str) {
    println!("skipped: {why}");
}

/// The built program.
pub(crate) const SIM: &str = env!("CARGO_BIN_EXE_sim");

/// Temporary folder in which the program runs.
pub(crate) struct Place {
    folder: TempDir,
}

/// Exit code and output of a finished process.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ran {
    fn from(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl Ran {
    /// Returns what a command found, from the one object that `--format json` prints.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        let mut printed: serde_json::Value = serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err));
        assert_eq!(printed["schema"], 1, "{}", self.out);
        assert_eq!(printed["exit"], self.code, "{}", self.out);
        printed["result"].take()
    }
}

impl Place {
    pub(crate) fn new() -> Place {
        Place { folder: tempfile::tempdir().expect("a temporary folder") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Returns a command that runs the program here.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(SIM);
        command.args(arguments).current_dir(self.path()).env("NO_COLOR", "1");
        command
    }

    /// Runs the program here.
    pub(crate) fn sim(&self, arguments: &[&str]) -> Ran {
        self.command(arguments).output().expect("the program runs").into()
    }

    /// Runs the program here and asserts that it exits with this code.
    #[track_caller]
    pub(crate) fn sim_ends(&self, code: i32, arguments: &[&str]) -> Ran {
        let ran = self.sim(arguments);
        assert_eq!(ran.code, code, "sim {}\n{}{}", arguments.join(" "), ran.out, ran.err);
        ran
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.join(name), text).expect(name);
    }

    /// Returns all files below this folder, sorted, with `/` between parts.
    pub(crate) fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        let mut folders = vec![self.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
                match entry.path() {
                    // The link to the latest result.
                    path if path.is_symlink() => {}
                    path if path.is_dir() => folders.push(path),
                    path => {
                        let relative = path.strip_prefix(self.path()).expect("below");
                        files.push(relative.to_string_lossy().into_owned());
                    }
                }
            }
        }
        files.sort();
        files
    }
}

/// Checks several things, six at a time, and returns the violations, one per line.
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "what takes real time is done side by side")]
pub(crate) fn side_by_side<T: Sync>(
    things: &[T],
    check: impl Fn(&T) -> Option<String> + Sync,
) -> String {
    let (next, wrong) = (Mutex::new(things.iter()), Mutex::new(vec![]));
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                loop {
                    let thing = next.lock().expect("no panic").next();
                    let Some(thing) = thing else { return };
                    let violation = check(thing);
                    wrong.lock().expect("no panic").extend(violation);
                }
            });
        }
    });
    wrong.into_inner().expect("no panic").join("\n")
}

/// A sink that keeps the rows of the journal.
#[derive(Default)]
pub(crate) struct Rows(pub(crate) Vec<NetRow>);

impl Sink for Rows {
    fn wants_rows(&self) -> bool {
        true
    }

    fn row(&mut self, row: &NetRow) {
        self.0.push(row.clone());
    }

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}
}

/// Compares a text with the committed file at `path`, or writes the file if `UPDATE_GOLDEN` is set.
#[track_caller]
pub(crate) fn golden(path: &str, actual: &str) {
    let file = root().join(path);
    #[expect(clippy::disallowed_methods, reason = "the environment may ask for new golden files")]
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, actual).expect(path);
        return;
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    if expected == actual {
        return;
    }
    let differing = expected.lines().zip(actual.lines()).find(|(a, b)| a != b);
    let (was, is) = differing.unwrap_or(("(another number of lines)", ""));
    panic!(
        "{path} differs:\n  committed: {was}\n  now:       {is}\n  UPDATE_GOLDEN=1 writes it anew"
    );
}
