//! `runs.csv`: its header, its rows, and its reader.
//!
//! The columns are the swept keys, the head that identifies a row, and the measures. A row of the
//! scale model is a machine of a run, a row of Gossip Glomers is a run. A column has one type from
//! the first row to the last: floats have a point or an exponent, integers have none.

use std::io::{Read, Seek, Write};

use csv::ByteRecord;

use super::columns::{COUNTS, Columns, is_count};
use crate::check::Validity;
use crate::config::{Sweep, figures};
use crate::experiment::{RunVerdict, TargetOutcome};
use crate::glomers;
use crate::scale_model::{Column, MACHINE_COLUMNS, RUN_COLUMNS, ScaleRun};
use crate::statistics::float_cell;
use crate::trace::{BoundedRecords, TABLE_RECORD_MAX};

/// Returns the header of a sweep's `runs.csv`, with its LF.
pub fn header(sweep: &Sweep) -> Vec<u8> {
    let columns = Columns::of(sweep.family);
    let keys = sweep.point_columns().map(|key| columns.of_key(key));
    let head = columns.head.iter().map(|column| column.name.to_owned());
    line(keys.chain(head).chain(columns.measures.iter().map(|measure| measure.name.clone())))
}

/// Returns one line of CSV, quoted where necessary.
pub(super) fn line(fields: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(fields.map(String::into_bytes)).expect("writing to memory");
    writer.into_inner().expect("writing to memory")
}

/// Appends the rows of a run of the scale model.
pub(super) fn write_rows(out: &mut Vec<u8>, cells: &[&str], seed: u64, run: &ScaleRun) {
    let before = start_of_row(cells);
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

/// Returns the values of the swept keys, with a comma after each.
fn start_of_row(cells: &[&str]) -> Vec<u8> {
    if cells.is_empty() {
        return Vec::new();
    }
    let mut start = line(cells.iter().map(|cell| (*cell).to_owned()));
    start.pop();
    start.push(b',');
    start
}

/// Appends the row of a Gossip Glomers run.
pub(super) fn write_glomers_row(
    out: &mut Vec<u8>,
    cells: &[&str],
    experiment: &crate::config::GlomersExperiment,
    (run, verdict): (&glomers::GlomersRun, &RunVerdict),
) {
    out.extend(start_of_row(cells));
    let targets = verdict.targets.iter().map(TargetOutcome::validity).max();
    let met = match targets {
        None => "",
        Some(Validity::Valid) => "true",
        Some(Validity::Unknown) => "unknown",
        Some(Validity::Invalid) => "false",
    };
    let (strict, parity) = (verdict.strict.name(), verdict.parity.name());
    let reason = verdict.reasons.first().map_or("", |(rule, _)| rule.as_str());
    let (seed, end) = (experiment.parameters.seed.value(), run.totals.end.name());
    write!(out, "{seed},{end},{strict},{parity},{met},{reason}").expect("writing to memory");
    for path in figures(experiment.parameters.workload) {
        out.push(b',');
        if let Some(figure) = verdict.figures.0.get(&path) {
            match is_count(&path) {
                true => write!(out, "{figure}"),
                false => out.write_all(float_cell(*figure).as_bytes()),
            }
            .expect("writing to memory");
        }
    }
    let net = &run.net;
    let counts: [u64; COUNTS.len()] =
        [net.lost, net.cut, net.crashed, net.duplicates, net.stale_answers];
    for count in counts {
        write!(out, ",{count}").expect("writing to memory");
    }
    out.push(b'\n');
}

/// Appends the numbers of all columns with a comma before each. Without a number a field is empty.
fn write_numbers<M>(out: &mut Vec<u8>, columns: &[Column<M>], measures: &M) {
    for column in columns {
        out.push(b',');
        if let Some(number) = (column.number)(measures) {
            write!(out, "{number}").expect("writing to memory");
        }
    }
}

/// A reader of the rows of `runs.csv`.
#[derive(Debug)]
pub struct RunsReader<R> {
    reader: csv::Reader<BoundedRecords<R>>,
    keys: usize,
    head: usize,
    record: ByteRecord,
}

impl<R: Read + Seek> RunsReader<R> {
    /// Goes to the position of a row.
    pub(super) fn go_to(&mut self, position: csv::Position) -> csv::Result<()> {
        self.reader.seek(position)
    }
}

impl<R: Read> RunsReader<R> {
    /// Begins to read the table of a sweep.
    pub fn new(source: R, sweep: &Sweep) -> RunsReader<R> {
        RunsReader::of(source, sweep, true)
    }

    /// Begins to read rows of the table, without its header.
    pub(super) fn of_rows(source: R, sweep: &Sweep) -> RunsReader<R> {
        RunsReader::of(source, sweep, false)
    }

    fn of(source: R, sweep: &Sweep, has_header: bool) -> RunsReader<R> {
        let mut builder = csv::ReaderBuilder::new();
        builder.has_headers(has_header);
        let reader = builder.from_reader(BoundedRecords::new(source, TABLE_RECORD_MAX));
        let head = Columns::of(sweep.family).head.len();
        RunsReader { reader, keys: sweep.point_columns().count(), head, record: ByteRecord::new() }
    }

    /// Goes on to the next row; returns whether there is one.
    ///
    /// # Errors
    /// If the table cannot be read.
    pub fn next_row(&mut self) -> csv::Result<bool> {
        self.reader.read_byte_record(&mut self.record)
    }

    /// Returns the field in a column of the head.
    pub(super) fn head(&self, column: usize) -> &[u8] {
        self.record.get(self.keys + column).unwrap_or_default()
    }

    /// Returns the row's seed and machine in a table of the scale model; `None` if they are no
    /// numbers.
    pub fn seed_and_machine(&self) -> Option<(u64, u64)> {
        let number = |field: usize| std::str::from_utf8(self.record.get(field)?).ok()?.parse().ok();
        Some((number(self.keys)?, number(self.keys + 1)?))
    }

    /// Returns whether the row belongs to the point with these cells.
    pub(super) fn has_cells(&self, cells: &[&str]) -> bool {
        let fields = self.record.iter().take(self.keys);
        fields.eq(cells.iter().map(|cell| cell.as_bytes()))
    }

    /// Returns the position of the current row, or of the first one if none has been read.
    pub(super) fn position(&self) -> csv::Position {
        self.record.position().cloned().unwrap_or_else(|| self.reader.position().clone())
    }

    /// Returns the number in a column, counted from the first measure.
    pub fn number(&self, column: usize) -> Option<f64> {
        let field = self.record.get(self.keys + self.head + column)?;
        std::str::from_utf8(field).ok()?.parse().ok()
    }
}
