//! The figures that a sweep prints at its end: a row for each point, and of the scale model for
//! each of its machines.

use std::io::{self, BufReader, Write};
use std::path::Path;

use serde_json::{Value, json};

use crate::cli::CommandError;
use crate::cli::columns::{Column, Table};
use crate::cli::terminal::width;
use crate::config::Sweep;
use crate::escape;
use crate::statistics::number;
use crate::store::open_regular;

/// Maximum number of rows that are shown; the others are in points.csv.
const ROWS_MAX: usize = 24;

/// A measure that is shown: its name in points.csv, its heading, and what is shown of it.
struct Shown {
    measure: &'static str,
    heading: &'static str,
    part: Part,
}

/// What is shown of a measure.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The mean with half of its 95 % interval, and the theory.
    Mean,
    /// How many runs have it, of those that could.
    Share,
    /// The value below which 99 of 100 runs are; of up to 99 runs it is the largest.
    Q99,
}

const fn shown(measure: &'static str, heading: &'static str, part: Part) -> Shown {
    Shown { measure, heading, part }
}

/// The measures in the order of their columns; a table has those that its sweep has.
const SHOWN: [Shown; 10] = [
    shown("clock_rate_per_s", "clock/s", Part::Mean),
    shown("jump_mean", "jump", Part::Mean),
    shown("queue_growth_per_s", "queue grow/s", Part::Mean),
    shown("drift_final", "drift at end", Part::Mean),
    shown("valid_share", "valid", Part::Share),
    shown("targets_met_share", "targets met", Part::Share),
    shown("net_servers_msgs_per_op", "messages/op", Part::Mean),
    shown("net_servers_msgs_per_op", "messages/op q99", Part::Q99),
    shown("stable_latency_ms_max", "stable max ms q99", Part::Q99),
    shown("availability_ok_fraction", "ok fraction", Part::Mean),
];

/// A row of points.csv, as far as it is shown.
#[derive(Clone, Debug, serde::Serialize)]
struct Statistic {
    measure: String,
    runs: f64,
    mean: f64,
    q99: f64,
    ci95_low: Option<f64>,
    ci95_high: Option<f64>,
    predicted: Option<f64>,
}

/// What a row of the table is about: a machine of a point, or the runs of a point.
#[derive(Clone, Debug)]
struct Subject {
    /// The values of the swept keys.
    cells: Vec<String>,
    /// The number of a machine, or `run`.
    machine: String,
    statistics: Vec<Statistic>,
}

/// The figures of the first points of a sweep.
pub(super) struct Figures {
    /// The swept keys.
    keys: Vec<String>,
    /// How many of them are shown to people; columns of numbers beside them come after those.
    shown: usize,
    subjects: Vec<Subject>,
    /// Whether there are further ones.
    is_cut: bool,
}

/// Reads the figures from the table of points.
pub(super) fn figures(folder: &Path, sweep: &Sweep) -> Result<Figures, CommandError> {
    let path = folder.join("points.csv");
    let bad = |what: String| CommandError::Data(format!("{}: {what}", path.display()));
    let file = open_regular(&path).map_err(|error| bad(error.to_string()))?;
    let mut reader = csv::Reader::from_reader(BufReader::new(file));
    let heads = reader.headers().map_err(|error| bad(error.to_string()))?.clone();
    let place = heads.iter().position(|head| head == "machine").unwrap_or(0);
    let keys: Vec<String> = heads.iter().take(place).map(str::to_owned).collect();
    let shown = sweep.keys().count();
    let mut figures = Figures { keys, shown, subjects: vec![], is_cut: false };
    for record in reader.records() {
        let record = record.map_err(|error| bad(error.to_string()))?;
        if !figures.add(&record) {
            break;
        }
    }
    figures.subjects.retain(|subject| !subject.statistics.is_empty());
    figures.is_cut |= figures.subjects.len() > ROWS_MAX;
    figures.subjects.truncate(ROWS_MAX);
    Ok(figures)
}

impl Figures {
    /// Adds a row of the table; returns whether more rows are wanted.
    fn add(&mut self, record: &csv::StringRecord) -> bool {
        let place = self.keys.len();
        let field = |number: usize| record.get(place + number).unwrap_or("");
        let value = |number: usize| field(number).parse::<f64>().ok();
        let cells: Vec<String> = record.iter().take(place).map(str::to_owned).collect();
        let (machine, measure) = (field(0).to_owned(), field(1));
        let is_same = |last: &Subject| last.cells == cells && last.machine == machine;
        if !self.subjects.last().is_some_and(is_same) {
            let with_figures = self.subjects.iter().filter(|s| !s.statistics.is_empty()).count();
            if with_figures > ROWS_MAX {
                self.is_cut = true;
                return false;
            }
            self.subjects.push(Subject { cells, machine, statistics: vec![] });
        }
        let known = SHOWN.iter().any(|shown| shown.measure == measure);
        if let (true, Some(subject)) = (known, self.subjects.last_mut()) {
            subject.statistics.push(Statistic {
                measure: measure.to_owned(),
                runs: value(2).unwrap_or(0.0),
                mean: value(3).unwrap_or(f64::NAN),
                q99: value(9).unwrap_or(f64::NAN),
                ci95_low: value(10),
                ci95_high: value(11),
                predicted: value(12),
            });
        }
        true
    }

    /// Prints the table.
    pub(super) fn print(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.subjects.is_empty() {
            return Ok(());
        }
        writeln!(out)?;
        let tables = [true, false].map(|of_runs| self.table(of_runs));
        for (number, table) in tables.iter().flatten().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            table.print(width(), out)?;
        }
        if self.is_cut {
            writeln!(out, "… and more: points.csv has all; `sim plot` and `sim report` draw them")?;
        }
        let is_mean = |shown: &&Shown| shown.part == Part::Mean;
        if SHOWN.iter().filter(is_mean).any(|shown| self.has(shown.measure)) {
            writeln!(out, "a ± b: the mean of the runs, and half of its 95 % interval")?;
        }
        writeln!(out)
    }

    fn has(&self, measure: &str) -> bool {
        self.subjects.iter().any(|subject| subject.statistic(measure).is_some())
    }

    /// Returns the table of measures of runs, or that of machines; `None` if there are none.
    fn table(&self, of_runs: bool) -> Option<Table> {
        let is_wanted = |subject: &&Subject| (subject.machine == "run") == of_runs;
        let subjects: Vec<&Subject> = self.subjects.iter().filter(is_wanted).collect();
        let mut keys: Vec<Column> = Vec::new();
        for (place, name) in self.keys.iter().take(self.shown).enumerate() {
            let cells = subjects.iter().map(|subject| escape::line(&subject.cells[place]));
            keys.push(Column::text(&escape::line(name), cells));
        }
        if !of_runs {
            keys.push(Column::numbers("machine", subjects.iter().map(|s| s.machine.clone())));
        }
        let is_there =
            |shown: &&Shown| subjects.iter().any(|s| s.statistic(shown.measure).is_some());
        let columns: Vec<Column> =
            SHOWN.iter().filter(is_there).map(|shown| column(shown, &subjects)).collect();
        (!columns.is_empty()).then_some(Table { keys, columns })
    }

    /// Returns the figures for programs.
    pub(super) fn to_json(&self) -> Value {
        let subject = |subject: &Subject| {
            let cells = self.keys.iter().zip(&subject.cells);
            let cells: serde_json::Map<String, Value> =
                cells.map(|(key, cell)| (key.clone(), json!(cell))).collect();
            json!({ "point": cells, "machine": subject.machine, "measures": subject.statistics })
        };
        let all: Vec<Value> = self.subjects.iter().map(subject).collect();
        json!({ "rows": all, "more_in_points_csv": self.is_cut })
    }
}

/// Returns the column of a measure.
fn column(shown: &Shown, subjects: &[&Subject]) -> Column {
    let cell = |statistic: &Statistic| (statistic.text(shown.part), statistic.theory(shown.part));
    let none = || ("-".to_owned(), None);
    let cells = subjects.iter().map(|s| s.statistic(shown.measure).map_or_else(none, cell));
    Column::with_theory(shown.heading, cells)
}

impl Subject {
    fn statistic(&self, measure: &str) -> Option<&Statistic> {
        self.statistics.iter().find(|statistic| statistic.measure == measure)
    }
}

impl Statistic {
    fn text(&self, part: Part) -> String {
        match part {
            Part::Q99 => number(self.q99),
            Part::Share => format!("{} of {}", (self.mean * self.runs).round(), self.runs),
            Part::Mean => match self.ci95_low.zip(self.ci95_high) {
                Some((low, high)) if high > low => {
                    format!("{} ± {}", number(self.mean), number((high - low) / 2.0))
                }
                _ => number(self.mean),
            },
        }
    }

    fn theory(&self, part: Part) -> Option<String> {
        self.predicted.filter(|_| part == Part::Mean).map(number)
    }
}
