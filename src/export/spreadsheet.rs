//! A table for spreadsheets as CSV: a byte order mark, by which they know UTF-8, and no cell that
//! they take for a formula.

use std::io::Write;

use super::tables::{Cell, table};
use super::{ExportError, ExportOptions, ExportedRun};

/// Maximum number of rows of a sheet, its head included.
const SHEET_ROWS_MAX: usize = 1 << 20;

/// Writes the table.
pub(super) fn write(
    run: &ExportedRun<'_>,
    options: &ExportOptions,
    out: &mut (dyn Write + Send),
) -> Result<(), ExportError> {
    let table = table(run, options)?;
    if table.rows.len() >= SHEET_ROWS_MAX {
        return Err(ExportError::TooLarge(format!(
            "the table has {} rows, and a sheet {SHEET_ROWS_MAX} at most; narrow the window with \
             --from and --until, or use --to parquet",
            table.rows.len()
        )));
    }
    out.write_all("\u{feff}".as_bytes())?;
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
    let write = |error: csv::Error| ExportError::Io(error.into());
    csv.write_record(table.columns.iter().map(|(column, _)| column.name)).map_err(write)?;
    for row in &table.rows {
        csv.write_record(row.iter().map(text)).map_err(write)?;
    }
    Ok(csv.flush()?)
}

fn text(cell: &Cell) -> String {
    match cell {
        Cell::Empty => String::new(),
        Cell::Integer(number) => number.to_string(),
        Cell::Seconds(span) => {
            let ns = span.as_ns();
            format!("{}.{:09}", ns / 1_000_000_000, ns % 1_000_000_000)
        }
        Cell::Text(text) => defused(text),
    }
}

/// Returns a text that no spreadsheet evaluates: with an apostrophe before what begins a formula,
/// unless it is a number.
fn defused(text: &str) -> String {
    let begins = text.trim_start_matches(' ').chars().next();
    let is_formula = begins.is_some_and(|c| "=+-@\t\r\n|%＝＋－＠".contains(c));
    let is_number = text.parse::<f64>().is_ok_and(f64::is_finite);
    if is_formula && !is_number { format!("'{text}") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "|x"] {
            assert!(defused(text).starts_with('\''), "{text:?}");
        }
        for text in ["-3", "+4.5", "-1e3", "7", "n1", "", "[1,2]", "a=b"] {
            assert_eq!(defused(text), text);
        }
    }

    #[test]
    fn seconds_are_exact() {
        let span = crate::engine::time::Duration::from_ns(40_500_000_001);
        assert_eq!(text(&Cell::Seconds(span)), "40.500000001");
    }
}
