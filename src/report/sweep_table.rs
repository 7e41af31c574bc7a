//! The results of a sweep for charts: its manifest, and `points.csv` with a row per point, machine
//! and measure.

use std::collections::BTreeSet;
use std::io;

use serde::Deserialize;

use crate::nearest::{LettersPerEdit, nearest};
use crate::trace::{ReadError, Records};

/// Reason why a sweep cannot be drawn.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The file could not be read, or is not valid CSV.
    #[error("points.csv: line {line}: {reason}")]
    Csv {
        /// The line, counted from 1.
        line: u64,
        /// The cause.
        reason: String,
    },
    /// A column is missing.
    #[error("points.csv: line 1: there is no column `{0}`")]
    NoColumn(String),
    /// A field has an invalid value.
    #[error("points.csv: line {line}: `{column}`: expected {expected}, found `{found}`")]
    Field {
        /// The line, counted from 1.
        line: u64,
        /// The column.
        column: String,
        /// The expected value.
        expected: &'static str,
        /// The value that was found.
        found: String,
    },
    /// The file has no rows.
    #[error("points.csv: it has no rows")]
    Empty,
    /// An unknown name, with the known ones.
    #[error("{0}")]
    Unknown(String),
    /// The options do not fit this sweep.
    #[error("{0}")]
    Request(String),
}

impl SweepError {
    /// Creates the error for an unknown name. `name` may be a misspelling of one in `known`.
    pub(super) fn unknown(what: &str, name: &str, known: &[String]) -> SweepError {
        let nearest = nearest(name, known.iter().map(String::as_str), LettersPerEdit::Two);
        let near = nearest
            .filter(|_| name.len() > 3)
            .map_or(String::new(), |known| format!("did you mean `{known}`? "));
        let more = if known.len() > NAMES_MAX { ", …" } else { "" };
        let known = known.iter().take(NAMES_MAX).cloned().collect::<Vec<_>>().join(", ");
        SweepError::Unknown(format!("there is no {what}; {near}there are {known}{more}"))
    }
}

/// Maximum number of names listed in a message.
const NAMES_MAX: usize = 60;

/// Manifest of a sweep.
#[derive(Clone, Debug, Deserialize)]
pub struct SweepManifest {
    /// The config that was varied.
    pub config: SweptConfig,
    /// What was changed of it, each as `key=value`.
    #[serde(default)]
    pub changed: Vec<String>,
    /// The axes, each of one or more keys that move together.
    pub axes: Vec<Vec<String>>,
    /// Workload, in sweeps of Gossip Glomers.
    pub workload: Option<String>,
    /// Which rows `runs.csv` has, if these are not all.
    #[serde(default)]
    pub rows: Option<String>,
}

/// The config that was varied.
#[derive(Clone, Debug, Deserialize)]
pub struct SweptConfig {
    /// Its name.
    pub name: String,
}

/// Owner of a measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The machine of this number, from 1.
    Machine(u32),
    /// The whole run.
    Run,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Owner::Machine(number) => write!(f, "{number}"),
            Owner::Run => write!(f, "run"),
        }
    }
}

/// One measure at one point.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepRow {
    /// The values of all swept keys, in the order of the axes.
    pub values: Vec<String>,
    /// Owner of the measure.
    pub owner: Owner,
    /// Number of runs.
    pub runs: u64,
    /// Mean, if there is one.
    pub mean: Option<f64>,
    /// The 95 % interval of the mean.
    pub interval: Option<(f64, f64)>,
    /// Prediction of theory.
    pub predicted: Option<f64>,
}

/// All points of one measure.
#[derive(Clone, Debug)]
pub struct SweepTable {
    /// The measure.
    pub measure: String,
    /// The axes, each of one or more keys.
    pub axes: Vec<Vec<String>>,
    /// The rows of the measure, in the order of the file.
    pub rows: Vec<SweepRow>,
    /// The values of the axes at every point of the sweep, in the order of the file, including
    /// points at which no run has the measure.
    pub points: Vec<Vec<String>>,
}

impl SweepTable {
    /// Reads `points.csv` and keeps the rows of one measure.
    ///
    /// # Errors
    /// If the file is invalid or empty, or does not have the measure.
    pub fn read(
        input: impl io::Read,
        axes: &[Vec<String>],
        measure: &str,
    ) -> Result<SweepTable, SweepError> {
        let mut records = Records::open(input).map_err(table_error)?.ok_or(SweepError::Empty)?;
        let header = records.header().clone();
        let columns = Columns::find(&header, axes)?;
        let (mut rows, mut measures) = (Vec::new(), BTreeSet::new());
        let mut points: Vec<Vec<String>> = Vec::new();
        while records.advance().map_err(table_error)? {
            let fields = Fields { record: records.record(), header: &header, line: records.line() };
            let name = fields.text(columns.measure);
            if !measures.contains(name) {
                measures.insert(name.to_owned());
            }
            let values = columns.values(&fields);
            // The rows of a point are consecutive.
            if points.last() != Some(&values) {
                points.push(values);
            }
            if name == measure {
                rows.push(columns.row(&fields)?);
            }
        }
        if measures.is_empty() {
            return Err(SweepError::Empty);
        }
        if rows.is_empty() {
            let known: Vec<String> = measures.into_iter().collect();
            return Err(SweepError::unknown(&format!("measure `{measure}`"), measure, &known));
        }
        Ok(SweepTable { measure: measure.to_owned(), axes: axes.to_vec(), rows, points })
    }

    /// Returns the owners of the measure, in order.
    pub(super) fn owners(&self) -> Vec<Owner> {
        let owners: BTreeSet<Owner> = self.rows.iter().map(|row| row.owner).collect();
        owners.into_iter().collect()
    }

    /// Returns the keys of all axes, in order.
    pub(super) fn keys(&self) -> Vec<String> {
        self.axes.concat()
    }
}

/// Indices of the columns.
struct Columns {
    keys: Vec<usize>,
    machine: usize,
    measure: usize,
    runs: usize,
    mean: usize,
    low: usize,
    high: usize,
    predicted: usize,
}

impl Columns {
    fn find(header: &csv::StringRecord, axes: &[Vec<String>]) -> Result<Columns, SweepError> {
        let column = |name: &str| {
            let found = header.iter().position(|column| column.trim() == name);
            found.ok_or_else(|| SweepError::NoColumn(name.to_owned()))
        };
        Ok(Columns {
            keys: axes.iter().flatten().map(|key| column(key)).collect::<Result<_, _>>()?,
            machine: column("machine")?,
            measure: column("measure")?,
            runs: column("runs")?,
            mean: column("mean")?,
            low: column("ci95_low")?,
            high: column("ci95_high")?,
            predicted: column("predicted")?,
        })
    }

    fn values(&self, fields: &Fields<'_>) -> Vec<String> {
        self.keys.iter().map(|key| fields.text(*key).to_owned()).collect()
    }

    fn row(&self, fields: &Fields<'_>) -> Result<SweepRow, SweepError> {
        let runs = fields.text(self.runs).parse();
        let interval = fields.number(self.low)?.zip(fields.number(self.high)?);
        Ok(SweepRow {
            values: self.values(fields),
            owner: fields.owner(self.machine)?,
            runs: runs.map_err(|_| fields.error(self.runs, "a whole number"))?,
            mean: fields.number(self.mean)?,
            interval,
            predicted: fields.number(self.predicted)?,
        })
    }
}

/// The fields of one row.
struct Fields<'a> {
    record: &'a csv::StringRecord,
    header: &'a csv::StringRecord,
    line: u64,
}

impl Fields<'_> {
    fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or("").trim()
    }

    /// Parses a number; `None` if the field is empty.
    fn number(&self, column: usize) -> Result<Option<f64>, SweepError> {
        let text = self.text(column);
        if text.is_empty() {
            return Ok(None);
        }
        let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
        number.map(Some).ok_or_else(|| self.error(column, "a number or nothing"))
    }

    fn owner(&self, column: usize) -> Result<Owner, SweepError> {
        let text = self.text(column);
        let machine = || text.parse().ok().filter(|number| *number > 0).map(Owner::Machine);
        let owner = if text == "run" { Some(Owner::Run) } else { machine() };
        owner.ok_or_else(|| self.error(column, "a machine, counted from 1, or `run`"))
    }

    fn error(&self, column: usize, expected: &'static str) -> SweepError {
        let line = self.line;
        let found = self.text(column).to_owned();
        let column = self.header.get(column).unwrap_or("").trim().to_owned();
        SweepError::Field { line, column, expected, found }
    }
}

fn table_error(error: ReadError) -> SweepError {
    match error {
        ReadError::Csv { line, reason } => SweepError::Csv { line, reason },
        other => SweepError::Csv { line: 1, reason: other.to_string() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "events.send,machine,measure,runs,mean,sd,q01,q05,q50,q95,q99,\
                          ci95_low,ci95_high,predicted,predicted_inside\n";

    fn read(rows: &str, measure: &str) -> Result<SweepTable, SweepError> {
        let axes = [vec!["events.send".to_owned()]];
        SweepTable::read(format!("{HEADER}{rows}").as_bytes(), &axes, measure)
    }

    #[test]
    fn the_rows_of_a_measure_are_read() {
        let rows = "0.1,1,lag_final,20,5.5,1,,,,,,5,6,5.25,true\n\
                    0.1,run,drift_final,20,9,1,,,,,,8,10,,\n\
                    0.2,2,lag_final,1,,,,,,,,,,,\n";
        let table = read(rows, "lag_final").expect("a table");
        assert_eq!(table.owners(), [Owner::Machine(1), Owner::Machine(2)]);
        let row = SweepRow {
            values: vec!["0.1".to_owned()],
            owner: Owner::Machine(1),
            runs: 20,
            mean: Some(5.5),
            interval: Some((5.0, 6.0)),
            predicted: Some(5.25),
        };
        assert_eq!(table.rows[0], row);
        assert_eq!((table.rows[1].mean, table.rows[1].interval), (None, None));
        assert_eq!(read(rows, "drift_final").expect("a table").owners(), [Owner::Run]);
    }

    #[track_caller]
    fn refused(rows: &str, message: &str) {
        let error = read(rows, "lag_final").expect_err(rows);
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn what_a_spreadsheet_makes_of_it_is_read_with_its_lines() {
        let rows = "0.1,1,lag_final,20,5,,,,,,,,,,\n\n0.2,1,lag_final,20,x,,,,,,,,,,\n";
        let text = format!("\u{feff}{HEADER}{rows}").replace(',', ";").replace('\n', "\r\n");
        let axes = [vec!["events.send".to_owned()]];
        let error = SweepTable::read(text.as_bytes(), &axes, "lag_final").expect_err("a mean");
        let message = "points.csv: line 4: `mean`: expected a number or nothing, found `x`";
        assert_eq!(error.to_string(), message);
        let text = text.replace(";x;", ";6.5;");
        let table = SweepTable::read(text.as_bytes(), &axes, "lag_final").expect("a table");
        assert_eq!(table.rows[1].mean, Some(6.5));
    }

    #[test]
    fn faults_are_named_with_line_and_column() {
        refused("", "points.csv: it has no rows");
        refused("0.1,1\n", "points.csv: line 2: expected 15 fields, found 2");
        refused(
            "0.1,0,lag_final,20,5,,,,,,,,,,\n",
            "points.csv: line 2: `machine`: expected a machine, counted from 1, or `run`, \
             found `0`",
        );
        refused(
            "0.1,1,lag_final,20,5,,,,,,,,,,\n0.1,1,lag_final,20,NaN,,,,,,,,,,\n",
            "points.csv: line 3: `mean`: expected a number or nothing, found `NaN`",
        );
        refused(
            "0.1,1,lag_finale,20,5,,,,,,,,,,\n",
            "there is no measure `lag_final`; did you mean `lag_finale`? there are lag_finale",
        );
        let axes = [vec!["rates".to_owned()]];
        let error = SweepTable::read(HEADER.as_bytes(), &axes, "x").expect_err("a column");
        assert_eq!(error.to_string(), "points.csv: line 1: there is no column `rates`");
    }
}
