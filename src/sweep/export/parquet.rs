//! `runs.parquet`: the rows of `runs.csv` with types, in a sixth of the bytes.
//!
//! A swept key whose values are all numbers is a column of floats, any other of text; counts are
//! 64-bit integers. An empty field of `runs.csv` is a null.

use std::io::{self, Write};

use super::ExportRows;
use crate::parquet_table::{self, ParquetCell, ParquetKind};
use crate::sweep::columns::ColumnKind;

/// Writes all rows.
///
/// # Errors
/// If the rows cannot be read or the file cannot be written.
pub(super) fn write(rows: &mut ExportRows<'_>, out: &mut (dyn Write + Send)) -> io::Result<()> {
    let kind = |kind: ColumnKind| match kind {
        ColumnKind::Integer => ParquetKind::Integer,
        ColumnKind::Real => ParquetKind::Real,
        ColumnKind::Text => ParquetKind::Text,
    };
    let columns: Vec<(String, ParquetKind)> =
        rows.columns().iter().map(|column| (column.name.to_string(), kind(column.kind))).collect();
    let columns: Vec<(&str, ParquetKind)> =
        columns.iter().map(|(name, kind)| (name.as_str(), *kind)).collect();
    let mut next = |row: &mut Vec<ParquetCell>| {
        if !rows.next_row()? {
            return Ok(false);
        }
        row.extend(rows.cells().map(|(column, cell)| {
            let value = match column.kind {
                ColumnKind::Integer => cell
                    .integer()
                    .and_then(|number| i64::try_from(number).ok())
                    .map(ParquetCell::Integer),
                ColumnKind::Real => cell.real().map(ParquetCell::Real),
                ColumnKind::Text => cell.text().map(str::to_owned).map(ParquetCell::Text),
            };
            value.unwrap_or(ParquetCell::Null)
        }));
        Ok(true)
    };
    parquet_table::write("runs", &columns, &mut next, out)
}
