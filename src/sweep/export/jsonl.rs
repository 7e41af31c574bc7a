//! `runs.jsonl`: a JSON object for each run, one on a line, with the names and the order of the
//! columns of `runs.csv`.
//!
//! Of the scale model an object ends with `machines`, a list of what is different for each machine.
//! Numbers stay numbers: whole ones have no point, floats have a point or an exponent. An empty
//! field is a null, and so is a number that JSON does not have.

use std::io::{self, BufWriter, Write};

use super::{Cell, ExportRows};
use crate::statistics::float_cell;
use crate::sweep::columns::{ColumnKind, ColumnScope};

/// Number of bytes that are gathered before they are written.
const BLOCK: usize = 1 << 16;

/// Writes all rows.
///
/// # Errors
/// If the rows cannot be read or the file cannot be written.
pub(super) fn write(rows: &mut ExportRows<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(BLOCK, out);
    let has_machines = rows.columns().iter().any(|column| column.scope == ColumnScope::Machine);
    let end: &[u8] = if has_machines { b"]}\n" } else { b"}\n" };
    // The run whose object is open.
    let mut run: Option<Vec<String>> = None;
    while rows.next_row()? {
        let is_same = run.as_ref().is_some_and(|run| rows.run().eq(run));
        if is_same {
            out.write_all(b",")?;
        } else {
            if run.is_some() {
                out.write_all(end)?;
            }
            out.write_all(b"{")?;
            write_fields(&mut out, rows, ColumnScope::Run)?;
            if has_machines {
                out.write_all(b",\"machines\":[")?;
            }
            run = Some(rows.run().map(str::to_owned).collect());
        }
        if has_machines {
            out.write_all(b"{")?;
            write_fields(&mut out, rows, ColumnScope::Machine)?;
            out.write_all(b"}")?;
        }
    }
    if run.is_some() {
        out.write_all(end)?;
    }
    out.flush()
}

/// Writes the fields of the current row that have this scope, with commas between them.
fn write_fields(out: &mut impl Write, rows: &ExportRows<'_>, scope: ColumnScope) -> io::Result<()> {
    let cells = rows.cells().filter(|(column, _)| column.scope == scope);
    for (place, (column, cell)) in cells.enumerate() {
        if place > 0 {
            out.write_all(b",")?;
        }
        serde_json::to_writer(&mut *out, &column.name)?;
        out.write_all(b":")?;
        write_value(out, column.kind, cell)?;
    }
    Ok(())
}

fn write_value(out: &mut impl Write, kind: ColumnKind, cell: Cell<'_>) -> io::Result<()> {
    let number = match kind {
        ColumnKind::Integer => cell.integer().map(|number| number.to_string()),
        ColumnKind::Real => cell.real().filter(|number| number.is_finite()).map(float_cell),
        ColumnKind::Text => return Ok(serde_json::to_writer(out, &cell.text())?),
    };
    out.write_all(number.as_deref().unwrap_or("null").as_bytes())
}
