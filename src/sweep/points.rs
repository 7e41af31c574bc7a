//! `points.csv`: statistics of each measure over the runs of each point.
//!
//! The table is made from `runs.csv`, so a sweep that was interrupted gives the same one. For a
//! point with very many runs, a few measures are collected at a time, in several passes over its
//! rows, so that the memory is bounded.

use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::ops::Range;

use super::measures::Measures;
use super::table::{RunsReader, line};
use crate::config::{ConfigError, Sweep};
use crate::scale_model::{Prediction, RUN_COLUMNS, ScaleParameters, predict_each};
use crate::statistics::{Summary, float_cell, share_interval, summary};
use crate::trace::{TableColumn, column};

const NEVER: &str = "never";
const FLOAT: &str = "a float, in the unit of the measure";
const SIX_DIGITS: &str = "a float, in the unit of the measure, rounded to six digits";
const ONE_RUN: &str = "with one run";

/// The columns of `points.csv` after the swept keys.
pub const POINT_COLUMNS: [TableColumn; 14] = [
    column("machine", "whose measure it is", "the number of a machine from 1, or `run`", NEVER),
    column("measure", "the name of the measure", "a name of `runs.csv` without `run_`", NEVER),
    column("runs", "how many runs of the point have a value", "a whole number from 1", NEVER),
    column("mean", "their mean", FLOAT, NEVER),
    column("sd", "their sample standard deviation (n - 1)", "a float from 0", ONE_RUN),
    column("q01", "their quantile 0.01: the value of rank ⌈0.01·n⌉", FLOAT, NEVER),
    column("q05", "their quantile 0.05", FLOAT, NEVER),
    column("q50", "their median", FLOAT, NEVER),
    column("q95", "their quantile 0.95", FLOAT, NEVER),
    column("q99", "their quantile 0.99", FLOAT, NEVER),
    column(
        "ci95_low",
        "the lower end of the 95 % confidence interval of the mean (Student's t; of a share of \
         runs Wilson's)",
        SIX_DIGITS,
        ONE_RUN,
    ),
    column("ci95_high", "its upper end", SIX_DIGITS, ONE_RUN),
    column(
        "predicted",
        "the value that theory predicts, or a lower bound",
        FLOAT,
        "where theory says nothing, or rates are drawn from the seed",
    ),
    column(
        "predicted_inside",
        "whether the prediction lies in the interval",
        "`true` or `false`",
        "without a prediction or an interval, and for a bound",
    ),
];

/// Maximum number of values that are collected at a time (64 MiB), unless one measure has more.
const NUMBERS_MAX: u64 = 1 << 23;
/// Maximum number of measures that are collected at a time.
const SLOTS_MAX: u64 = 1 << 16;

/// Why `points.csv` cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PointsError<E> {
    /// A point's config is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The rows cannot be read.
    #[error("cannot read the rows of the runs: {0}")]
    Rows(#[from] csv::Error),
    /// It was asked to stop.
    #[error("interrupted")]
    Interrupted,
    /// The table cannot be written.
    #[error(transparent)]
    Write(E),
}

/// Makes `points.csv` from the rows of `runs.csv`, and hands it over piece by piece.
///
/// # Errors
/// If the rows cannot be read, `write` fails, or `stop` returns true.
pub fn write_points<E>(
    sweep: &Sweep,
    rows: File,
    stop: &dyn Fn() -> bool,
    mut write: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), PointsError<E>> {
    write(&points_header(sweep)).map_err(PointsError::Write)?;
    let reader = RunsReader::new(BufReader::new(rows), sweep);
    let mut rows = Sections { reader, ahead: false };
    for point in 0..sweep.points() {
        let at = sweep.point(point)?;
        let cells = sweep.cells(point);
        let measures = Measures::of(at.experiment());
        let slots = measures.count();
        let mut table = PointRows::new(&cells, &measures, at.depends_on_seed());
        let seeds = sweep.seeds.end - sweep.seeds.start;
        let at_once = (NUMBERS_MAX / seeds).clamp(1, SLOTS_MAX);
        let start = rows.start()?;
        let mut first = 0;
        while first < slots {
            if stop() {
                return Err(PointsError::Interrupted);
            }
            let end = (first + at_once).min(slots);
            if first > 0 {
                rows.go_back(&start)?;
            }
            let mut columns = rows.collect(&cells, &measures, first..end)?;
            for (slot, values) in (first..end).zip(&mut columns) {
                table.add(slot, summary(values));
            }
            write(&table.text).map_err(PointsError::Write)?;
            table.text.clear();
            first = end;
        }
    }
    Ok(())
}

/// The rows of `runs.csv`, in a section for each point.
struct Sections<R: Read> {
    reader: RunsReader<R>,
    /// Whether the current row has not been used yet.
    ahead: bool,
}

impl<R: Read + Seek> Sections<R> {
    /// Returns the position of the next section.
    fn start(&mut self) -> csv::Result<csv::Position> {
        if !self.ahead {
            self.ahead = self.reader.next_row()?;
        }
        Ok(self.reader.position())
    }

    /// Goes back to the position of a section.
    fn go_back(&mut self, start: &csv::Position) -> csv::Result<()> {
        self.ahead = false;
        self.reader.go_to(start.clone())
    }

    /// Returns the values of the measures `wanted` in the section of the point with these cells.
    fn collect(
        &mut self,
        cells: &[&str],
        measures: &Measures<'_>,
        wanted: Range<u64>,
    ) -> csv::Result<Vec<Vec<f64>>> {
        let mut columns = vec![Vec::new(); (wanted.end - wanted.start) as usize];
        loop {
            if !self.ahead && !self.reader.next_row()? {
                return Ok(columns);
            }
            self.ahead = true;
            if !self.reader.has_cells(cells) {
                return Ok(columns);
            }
            self.ahead = false;
            measures.read(&self.reader, &wanted, &mut |measure, value| {
                columns[(measure - wanted.start) as usize].push(value);
            });
        }
    }
}

/// Returns the header of `points.csv`, with its LF.
pub(super) fn points_header(sweep: &Sweep) -> Vec<u8> {
    line(sweep.point_columns().chain(POINT_COLUMNS.map(|column| column.name)).map(str::to_owned))
}

/// The rows of `points.csv` for one point.
pub(super) struct PointRows<'a> {
    cells: &'a [&'a str],
    measures: &'a Measures<'a>,
    parameters: Option<&'a ScaleParameters>,
    /// The means of the measures of the run, once they are known.
    run_means: Vec<Option<f64>>,
    /// The predictions for each machine, once they are known.
    predictions: Option<Vec<Option<Prediction>>>,
    /// The rows so far.
    pub(super) text: Vec<u8>,
}

impl<'a> PointRows<'a> {
    /// Begins the rows of the point with these cells and measures.
    pub(super) fn new(
        cells: &'a [&'a str],
        measures: &'a Measures<'a>,
        depends_on_seed: bool,
    ) -> PointRows<'a> {
        // Where rates are drawn from the seed, a point has no single prediction.
        let parameters = match measures {
            Measures::Scale(parameters) if !depends_on_seed => Some(*parameters),
            _ => None,
        };
        let (run_means, text) = (vec![], vec![]);
        PointRows { cells, measures, parameters, run_means, predictions: None, text }
    }

    /// Adds the row of one measure, if it has values. Measures come in their order.
    pub(super) fn add(&mut self, slot: u64, summary: Option<Summary>) {
        let slot = slot as usize;
        let (machine, measure) = self.measures.name(slot);
        if machine.is_none() {
            self.run_means.push(summary.map(|summary| summary.mean));
        }
        let Some(summary) = summary else { return };
        let interval = match self.measures.is_share(slot) {
            true => Some(share_interval(summary.mean, summary.count)),
            false => summary.interval,
        };
        let predicted = machine.and_then(|machine| self.predicted(machine, measure));
        let inside = match (predicted, interval) {
            (Some((value, true)), Some((low, high))) => Some(low <= value && value <= high),
            _ => None,
        };
        let real = |value: Option<f64>| value.map_or(String::new(), float_cell);
        let (low, high) = interval.unzip();
        let fields = [
            machine.map_or("run".to_owned(), |machine| (machine + 1).to_string()),
            measure.to_owned(),
            summary.count.to_string(),
            float_cell(summary.mean),
            real(summary.sd),
        ];
        let rest = [
            real(low.map(six_digits)),
            real(high.map(six_digits)),
            real(predicted.map(|(value, _)| value)),
            inside.map_or(String::new(), |inside| inside.to_string()),
        ];
        let cells = self.cells.iter().map(|cell| (*cell).to_owned());
        let quantiles = summary.quantiles.iter().map(|value| float_cell(*value));
        self.text.extend(line(cells.chain(fields).chain(quantiles).chain(rest)));
    }

    /// Returns the prediction for a measure, and whether it is exact rather than a bound.
    fn predicted(&mut self, machine: usize, measure: &str) -> Option<(f64, bool)> {
        let of: fn(&Prediction) -> (f64, bool) = match measure {
            "arrival_rate_per_s" => |p| (p.arrival_rate_per_s, true),
            "queue_growth_per_s" => |p| (p.queue_growth_per_s, true),
            "clock_rate_per_s" => |p| (p.clock_rate_per_s, !p.clock_is_bound),
            "clock_ratio_to_fastest" => |p| (p.clock_ratio_to_fastest, !p.ratio_is_bound),
            "jump_mean" => |p| (p.jump_mean, !p.clock_is_bound),
            _ => return None,
        };
        if self.predictions.is_none() {
            let mean = |name: &str| {
                let place = RUN_COLUMNS.iter().position(|column| column.name == name)?;
                self.run_means.get(place).copied().flatten()
            };
            let top = mean("clock_max").zip(mean("covered_s"));
            let top = top.map(|(clock, seconds)| clock / seconds);
            self.predictions = Some(predict_each(self.parameters?, top).machines);
        }
        self.predictions.as_ref()?.get(machine)?.as_ref().map(of)
    }
}

/// Returns a float with six significant digits, the precision of an interval.
fn six_digits(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
