//! The points of two sweeps whose measures differ by more than their intervals.

use std::collections::BTreeMap;
use std::io::Read;

use crate::trace::{BoundedRecords, TABLE_RECORD_MAX};

/// The columns that follow those of the swept keys.
const MEAN: &str = "mean";
const LOW: &str = "ci95_low";
const HIGH: &str = "ci95_high";

/// A measure of a point that differs.
#[derive(Clone, Debug, PartialEq)]
pub struct PointDifference {
    /// The swept values, the machine and the measure, such as `events.send=0.3 run drift_final`.
    pub name: String,
    /// Mean and 95 % interval in one sweep.
    pub left: [f64; 3],
    /// Mean and 95 % interval in the other.
    pub right: [f64; 3],
}

/// How two tables of points differ.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PointsDifference {
    /// Number of measures that both have.
    pub common: usize,
    /// Number of those whose means are equal.
    pub equal: usize,
    /// Those whose intervals do not overlap, the farthest apart first, measured by their widths.
    pub apart: Vec<PointDifference>,
    /// Number of measures that one has alone.
    pub left_only: usize,
    /// Number of measures that the other has alone.
    pub right_only: usize,
}

/// A table of points that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum PointsError {
    /// The text is not a table.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A column is not there.
    #[error("line 1: there is no column {0}; expected the columns of points.csv")]
    Column(&'static str),
}

/// Compares two tables of points, `points.csv`.
///
/// # Errors
/// If one cannot be read.
pub fn differing_points(
    left: impl Read,
    right: impl Read,
) -> Result<PointsDifference, (usize, PointsError)> {
    let left = points(left).map_err(|error| (0, error))?;
    let mut right = points(right).map_err(|error| (1, error))?;
    let mut difference = PointsDifference::default();
    let mut apart: Vec<(f64, PointDifference)> = Vec::new();
    for (name, a) in left {
        let Some(b) = right.remove(&name) else {
            difference.left_only += 1;
            continue;
        };
        difference.common += 1;
        if a[0] == b[0] || a[0].is_nan() && b[0].is_nan() {
            difference.equal += 1;
            continue;
        }
        let gap = (b[1] - a[2]).max(a[1] - b[2]);
        // Without an interval a measure is a number, and another number differs.
        let has_intervals = [a[1], a[2], b[1], b[2]].iter().all(|bound| bound.is_finite());
        if !has_intervals || gap > 0.0 {
            let width = (a[2] - a[1]) + (b[2] - b[1]);
            let distance = if has_intervals { gap / width } else { f64::INFINITY };
            apart.push((distance, PointDifference { name, left: a, right: b }));
        }
    }
    difference.right_only = right.len();
    apart.sort_by(|(a, first), (b, second)| {
        b.total_cmp(a).then_with(|| first.name.cmp(&second.name))
    });
    difference.apart = apart.into_iter().map(|(_, point)| point).collect();
    Ok(difference)
}

/// Reads mean and interval of each measure of each point.
fn points(table: impl Read) -> Result<BTreeMap<String, [f64; 3]>, PointsError> {
    let input = BoundedRecords::new(std::io::BufReader::new(table), TABLE_RECORD_MAX);
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers()?.clone();
    let column = |name: &'static str| {
        header.iter().position(|found| found == name).ok_or(PointsError::Column(name))
    };
    let measure = column("measure")?;
    let [mean, low, high] = [column(MEAN)?, column(LOW)?, column(HIGH)?];
    let mut points = BTreeMap::new();
    for record in reader.records() {
        let record = record?;
        let keys = header.iter().zip(&record).take(measure + 1).map(|(key, value)| match key {
            "machine" | "measure" => value.to_owned(),
            key => format!("{key}={value}"),
        });
        let name = keys.collect::<Vec<_>>().join(" ");
        let number = |place: usize| record.get(place).and_then(|text| text.parse().ok());
        let values = [mean, low, high].map(|place| number(place).unwrap_or(f64::NAN));
        points.insert(name, values);
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "events.send,machine,measure,runs,mean,sd,ci95_low,ci95_high\n";

    #[test]
    fn points_differ_by_more_than_their_intervals() {
        let left =
            format!("{HEAD}0.3,run,drift,9,5,1,4,6\n0.5,run,drift,9,5,1,4,6\n0.7,1,x,1,2,,,\n");
        let right = format!("{HEAD}0.3,run,drift,9,5.5,1,4.5,6.5\n0.5,run,drift,9,9,1,8,10\n");
        let found = differing_points(left.as_bytes(), right.as_bytes()).expect("two tables");
        assert_eq!((found.common, found.equal, found.left_only, found.right_only), (2, 0, 1, 0));
        let names: Vec<&str> = found.apart.iter().map(|point| point.name.as_str()).collect();
        assert_eq!(names, ["events.send=0.5 run drift"]);
        let same = differing_points(left.as_bytes(), left.as_bytes()).expect("two tables");
        assert_eq!((same.common, same.equal, same.apart.len()), (3, 3, 0));
    }

    #[test]
    fn another_table_is_refused() {
        let error =
            differing_points("a,b\n1,2\n".as_bytes(), HEAD.as_bytes()).expect_err("no points");
        assert_eq!(error.0, 0);
        assert!(error.1.to_string().contains("no column measure"), "{}", error.1);
    }
}
