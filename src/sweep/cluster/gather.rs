//! The sums of all measures, gathered from the rows of runs in the order of their numbers.

use serde::{Deserialize, Serialize};

use super::sum::{Sum, fixed};
use crate::config::{ConfigError, Point, Sweep};
use crate::sweep::measures::Measures;
use crate::sweep::table::RunsReader;

/// The sums of a point's measures, by their numbers; `None` without a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PointSums {
    /// The number of the point.
    pub point: u64,
    /// The sums, in the order of the rows of `points.csv`.
    pub sums: Vec<Option<Sum>>,
}

/// Gathers sums.
#[derive(Debug)]
pub(super) struct Gather<'s> {
    sweep: &'s Sweep,
    /// The config of the last point.
    at: Option<Point>,
    /// The sums so far, by point.
    pub(super) points: Vec<PointSums>,
}

impl<'s> Gather<'s> {
    /// Begins with what was gathered before.
    pub(super) fn new(sweep: &'s Sweep, points: Vec<PointSums>) -> Gather<'s> {
        Gather { sweep, at: None, points }
    }

    /// Adds rows of runs of this point.
    ///
    /// # Errors
    /// If the point's config is invalid.
    pub(super) fn add(&mut self, point: u64, rows: &[u8]) -> Result<(), ConfigError> {
        let is_same = self.points.last().is_some_and(|last| last.point == point);
        if !is_same {
            self.points.push(PointSums { point, sums: vec![] });
            self.at = None;
        }
        let at = match self.at.take() {
            Some(at) => at,
            None => self.sweep.point(point)?,
        };
        let measures = Measures::of(at.experiment());
        let count = measures.count();
        let Some(PointSums { sums, .. }) = self.points.last_mut() else { return Ok(()) };
        sums.resize(count as usize, None);
        let mut reader = RunsReader::of_rows(rows, self.sweep);
        while reader.next_row().expect("rows in memory, which this program wrote") {
            measures.read(&reader, &(0..count), &mut |measure, value| {
                let number = measure as usize;
                let Some(value) = fixed(value, measures.kind(number)) else { return };
                match &mut sums[number] {
                    Some(sum) => sum.add(value),
                    none => *none = Some(Sum::of(value)),
                }
            });
        }
        self.at = Some(at);
        Ok(())
    }
}
