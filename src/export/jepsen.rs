//! `history.edn`: the operations as Jepsen records them.

use std::io::Write;

use super::{ExportError, ExportOptions, ExportedRun};
use crate::history::HistoryText;

/// Writes the entries in the window.
pub(super) fn write(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let mut line = String::new();
    let inside = |op: &&crate::history::Op| options.window.contains(op.time);
    for (index, op) in run.history()?.iter().filter(inside).enumerate() {
        line.clear();
        HistoryText::Edn.write_entry(&mut line, index, op, run.nodes);
        out.write_all(line.as_bytes())?;
    }
    Ok(())
}
