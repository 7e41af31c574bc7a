//! `runs.csv`: one row per point, seed and machine; its columns, its rows, and reading it again.
//!
//! First the swept keys, then `seed`, `machine`, `end`, the measures of the machine, and those of
//! the whole run with `run_` before their names.

use std::io::{Read, Seek, Write};

use csv::ByteRecord;

#[cfg(feature = "parquet")]
use super::parquet::ColumnKind;
#[cfg(feature = "parquet")]
use crate::config::Sweep;
use crate::scale_model::{Column, MACHINE_COLUMNS, RUN_COLUMNS, Run};

/// What stands before the name of a measure of the whole run.
const RUN_PREFIX: &str = "run_";

/// The header of `runs.csv`, LF included, for these swept keys.
pub fn header<'a>(keys: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let run = RUN_COLUMNS.iter().map(|column| format!("{RUN_PREFIX}{}", column.name));
    let machine = MACHINE_COLUMNS.iter().map(|column| column.name.to_owned());
    let names = ["seed", "machine", "end"].map(str::to_owned).into_iter();
    let all = keys.map(column_of_key).chain(names).chain(machine).chain(run);
    line(all)
}

/// The columns of `runs.csv` and what they hold. The values of a swept key are numbers if all of
/// them are.
#[cfg(feature = "parquet")]
pub(super) fn columns(sweep: &Sweep) -> Vec<(String, ColumnKind)> {
    let kind = |is_integer| if is_integer { ColumnKind::Integer } else { ColumnKind::Real };
    let mut columns = Vec::new();
    for axis in &sweep.axes {
        for (place, key) in axis.keys.iter().enumerate() {
            let numbers = axis.values.iter().all(|step| step[place].parse::<f64>().is_ok());
            columns.push((
                column_of_key(key),
                if numbers { ColumnKind::Real } else { ColumnKind::Text },
            ));
        }
    }
    columns.push(("seed".to_owned(), ColumnKind::Integer));
    columns.push(("machine".to_owned(), ColumnKind::Integer));
    columns.push(("end".to_owned(), ColumnKind::Text));
    columns.extend(MACHINE_COLUMNS.iter().map(|c| (c.name.to_owned(), kind(c.is_integer))));
    let run = RUN_COLUMNS.iter();
    columns.extend(run.map(|c| (format!("{RUN_PREFIX}{}", c.name), kind(c.is_integer))));
    columns
}

/// The column of a swept key: its name, unless a measure has that already, as `events` does.
fn column_of_key(key: &str) -> String {
    let is_measure = MACHINE_COLUMNS.iter().any(|column| column.name == key);
    if is_measure { format!("config.{key}") } else { key.to_owned() }
}

/// One line of CSV, quoted where it has to be.
pub(super) fn line(fields: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(fields.map(String::into_bytes)).expect("writing to memory");
    writer.into_inner().expect("writing to memory")
}

/// Appends the rows of a run.
pub(super) fn write_rows(out: &mut Vec<u8>, settings: &[(&str, &str)], seed: u64, run: &Run) {
    let mut before = Vec::new();
    if !settings.is_empty() {
        before = line(settings.iter().map(|(_, value)| (*value).to_owned()));
        before.pop();
        before.push(b',');
    }
    let mut after = Vec::new();
    write_numbers(&mut after, RUN_COLUMNS, &run.run);
    for machine in &run.machines {
        out.extend_from_slice(&before);
        write!(out, "{seed},{},{}", machine.machine, run.run.end).expect("writing to memory");
        write_numbers(out, MACHINE_COLUMNS, machine);
        out.extend_from_slice(&after);
        out.push(b'\n');
    }
}

/// Appends the numbers of all columns, a comma before each; nothing where there is no number.
fn write_numbers<M>(out: &mut Vec<u8>, columns: &[Column<M>], measures: &M) {
    for column in columns {
        out.push(b',');
        if let Some(number) = (column.number)(measures) {
            write!(out, "{number}").expect("writing to memory");
        }
    }
}

/// Reads `runs.csv`, row by row.
#[derive(Debug)]
pub struct RunsReader<R> {
    reader: csv::Reader<R>,
    keys: usize,
    record: ByteRecord,
}

impl<R: Read + Seek> RunsReader<R> {
    /// Goes to where a row begins.
    pub(super) fn go_to(&mut self, position: csv::Position) -> csv::Result<()> {
        self.reader.seek(position)
    }
}

impl<R: Read> RunsReader<R> {
    /// Begins to read the rows of a table with so many swept keys; `header` says whether the
    /// header comes first.
    pub fn new(source: R, keys: usize, header: bool) -> RunsReader<R> {
        let reader = csv::ReaderBuilder::new().has_headers(header).from_reader(source);
        RunsReader { reader, keys, record: ByteRecord::new() }
    }

    /// Goes on to the next row; whether there is one.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub fn next_row(&mut self) -> csv::Result<bool> {
        self.reader.read_byte_record(&mut self.record)
    }

    /// The row's seed and machine; `None` if these are no numbers.
    pub fn seed_and_machine(&self) -> Option<(u64, u64)> {
        let number = |field: usize| std::str::from_utf8(self.record.get(field)?).ok()?.parse().ok();
        Some((number(self.keys)?, number(self.keys + 1)?))
    }

    /// Whether the row belongs to these settings.
    pub(super) fn has_settings(&self, settings: &[(&str, &str)]) -> bool {
        let fields = self.record.iter().take(self.keys);
        fields.eq(settings.iter().map(|(_, value)| value.as_bytes()))
    }

    /// Where the row at hand begins, or the first one if none has been read.
    pub(super) fn position(&self) -> csv::Position {
        self.record.position().cloned().unwrap_or_else(|| self.reader.position().clone())
    }

    /// The number in a column, counted over the measures of the machine and then of the run.
    pub fn number(&self, column: usize) -> Option<f64> {
        let field = self.record.get(self.keys + 3 + column)?;
        std::str::from_utf8(field).ok()?.parse().ok()
    }
}
