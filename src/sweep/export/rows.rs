//! The rows of `runs.csv` with the types of their columns, for the writers of exports.

use std::fs::File;
use std::io::{self, BufReader};

use csv::StringRecord;

use crate::config::Sweep;
use crate::sweep::columns::{Columns, RunColumn, run_columns};
use crate::trace::{BoundedRecords, TABLE_RECORD_MAX};

/// Number of rows between two looks at whether to stop.
const ROWS_AT_ONCE: u64 = 1 << 12;

/// A reader of the rows of `runs.csv`.
pub struct ExportRows<'s> {
    columns: Vec<RunColumn>,
    /// Number of columns that tell runs apart: the swept keys and the seed.
    identity: usize,
    reader: csv::Reader<BoundedRecords<BufReader<File>>>,
    record: StringRecord,
    /// Number of rows that were read.
    count: u64,
    stop: &'s dyn Fn() -> bool,
}

impl std::fmt::Debug for ExportRows<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ExportRows").field("count", &self.count).finish_non_exhaustive()
    }
}

/// A field of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'r>(&'r str);

impl<'s> ExportRows<'s> {
    /// Begins to read the rows of a sweep.
    pub fn new(sweep: &Sweep, rows: File, stop: &'s dyn Fn() -> bool) -> ExportRows<'s> {
        let input = BoundedRecords::new(BufReader::new(rows), TABLE_RECORD_MAX);
        // The head begins with the seed.
        let identity = sweep.point_columns().count() + 1;
        debug_assert_eq!(Columns::of(sweep.family).head[0].name, "seed");
        ExportRows {
            columns: run_columns(sweep),
            identity,
            reader: csv::Reader::from_reader(input),
            record: StringRecord::new(),
            count: 0,
            stop,
        }
    }

    /// Returns the columns.
    pub fn columns(&self) -> &[RunColumn] {
        &self.columns
    }

    /// Goes on to the next row; returns whether there is one.
    ///
    /// # Errors
    /// If the row cannot be read, or the export is to stop.
    pub fn next_row(&mut self) -> io::Result<bool> {
        if self.count.is_multiple_of(ROWS_AT_ONCE) && (self.stop)() {
            return Err(io::Error::other("interrupted"));
        }
        self.count += 1;
        Ok(self.reader.read_record(&mut self.record)?)
    }

    /// Returns the fields of the current row, each with its column.
    pub fn cells(&self) -> impl Iterator<Item = (&RunColumn, Cell<'_>)> {
        self.columns.iter().zip(self.record.iter().map(Cell))
    }

    /// Returns the fields that tell the run of the current row from others.
    pub fn run(&self) -> impl Iterator<Item = &str> {
        self.record.iter().take(self.identity)
    }
}

impl<'r> Cell<'r> {
    /// Returns the whole number, or `None` if there is none.
    pub fn integer(self) -> Option<i128> {
        self.0.parse().ok()
    }

    /// Returns the float, or `None` if there is none.
    pub fn real(self) -> Option<f64> {
        self.0.parse().ok()
    }

    /// Returns the text, or `None` for an empty field.
    pub fn text(self) -> Option<&'r str> {
        (!self.0.is_empty()).then_some(self.0)
    }
}
