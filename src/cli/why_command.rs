//! The `sim why` command with which a report of a violation ends.

use std::path::Path;

use crate::check::Verdict;
use crate::config::shell_word;

/// Returns the command that explains a result; `question` follows its path.
pub(super) fn command(path: &Path, question: &str) -> String {
    let path = shell_word(&path.display().to_string());
    format!("sim why {path} {question}").trim_end().to_owned()
}

/// Returns the command that explains the first violation in a trace that has a line, with the
/// journal of the trace if that is a file of its own.
pub(super) fn of_violation(verdict: &Verdict, path: &Path, net: Option<&Path>) -> Option<String> {
    let row = verdict.violations.iter().find_map(|violation| violation.line)?;
    let net = net.map(|net| format!(" --net {}", shell_word(&net.display().to_string())));
    Some(command(path, &format!("--row {row}{}", net.unwrap_or_default())))
}
