//! The runs of a sweep at one point, from `runs.csv`: the values of a measure, one for each seed.

use std::collections::BTreeMap;
use std::io;

use super::sweep_table::{Owner, SweepError};
use super::swept_values::SweptValues;
use crate::trace::{ReadError, Records};

/// The values of a measure over the seeds of a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeedsTable {
    /// The measure.
    pub measure: String,
    /// The values, for each owner of the measure.
    pub values: BTreeMap<Owner, Vec<f64>>,
    /// Number of runs, for each owner: some may lack the measure.
    pub runs: BTreeMap<Owner, usize>,
    /// Number of runs by their verdict, if the table has one.
    pub verdicts: BTreeMap<String, usize>,
}

/// Columns that are no measures.
const HEAD: [&str; 6] = ["machine", "end", "strict", "parity", "targets_met", "reason"];

/// Columns of a measure: of machines, or of whole runs.
enum Measured {
    OfMachines(usize, usize),
    OfRuns(usize),
}

impl SeedsTable {
    /// Reads `runs.csv` and keeps the values of one measure, at the point where `at` holds.
    ///
    /// # Errors
    /// If the file is invalid, or does not have the measure or a value of `at`.
    pub fn read(
        input: impl io::Read,
        at: &[(String, String)],
        measure: &str,
    ) -> Result<SeedsTable, SweepError> {
        let mut records = Records::open(input).map_err(broken)?.ok_or(SweepError::Empty)?;
        let header = records.header().clone();
        let find = |name: &str| header.iter().position(|column| column.trim() == name);
        let seed = find("seed").ok_or_else(|| missing("seed"))?;
        let machine = find("machine");
        let measured = match (find(measure), find(&format!("run_{measure}")), machine) {
            (Some(column), _, Some(machine)) => Measured::OfMachines(column, machine),
            (Some(column), _, None) | (None, Some(column), _) => Measured::OfRuns(column),
            (None, None, _) => {
                let is_measure = |name: &&str| !HEAD.contains(name);
                let names = header.iter().skip(seed + 1).filter(is_measure).map(str::to_owned);
                let names: Vec<String> = names.collect();
                return Err(SweepError::unknown(&format!("measure `{measure}`"), measure, &names));
            }
        };
        let keys: Vec<usize> = at
            .iter()
            .map(|(key, _)| find(key).ok_or_else(|| missing(key)))
            .collect::<Result<_, _>>()?;
        let verdict = find("strict");
        let mut table = SeedsTable { measure: measure.to_owned(), ..SeedsTable::default() };
        let mut before: Option<String> = None;
        while records.advance().map_err(broken)? {
            let field = |column: usize| records.record().get(column).unwrap_or("").trim();
            let is_meant = |(column, (_, value)): (&usize, &(String, String))| {
                SweptValues::of([field(*column)].into_iter()).meant(value).is_some()
            };
            if !keys.iter().zip(at).all(is_meant) {
                continue;
            }
            let is_new = before.as_deref() != Some(field(seed));
            if is_new {
                before = Some(field(seed).to_owned());
                if let Some(verdict) = verdict {
                    *table.verdicts.entry(field(verdict).to_owned()).or_default() += 1;
                }
            }
            let (owner, column) = match measured {
                Measured::OfMachines(column, machine) => {
                    let number = field(machine).parse().ok();
                    let owner = number.map(Owner::Machine).ok_or_else(|| {
                        faulty(records.line(), "machine", "a machine", field(machine))
                    })?;
                    (owner, column)
                }
                Measured::OfRuns(column) if is_new => (Owner::Run, column),
                Measured::OfRuns(_) => continue,
            };
            *table.runs.entry(owner).or_default() += 1;
            let text = field(column);
            let values = table.values.entry(owner).or_default();
            if !text.is_empty() {
                let value = text.parse::<f64>().ok().filter(|value| value.is_finite());
                let fault = || faulty(records.line(), measure, "a number or nothing", text);
                values.push(value.ok_or_else(fault)?);
            }
        }
        if table.values.values().all(Vec::is_empty) {
            let what = format!("{measure} has no value in any of these runs");
            return Err(SweepError::Unknown(what));
        }
        for values in table.values.values_mut() {
            values.sort_by(f64::total_cmp);
        }
        Ok(table)
    }
}

fn missing(column: &str) -> SweepError {
    SweepError::Unknown(format!("runs.csv: line 1: there is no column `{column}`"))
}

fn faulty(line: u64, column: &str, expected: &str, found: &str) -> SweepError {
    let what = format!("runs.csv: line {line}: `{column}`: expected {expected}, found `{found}`");
    SweepError::Unknown(what)
}

fn broken(error: ReadError) -> SweepError {
    SweepError::Unknown(format!("runs.csv: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUNS: &str = "send,seed,machine,end,lag,run_drift\n0.1,1,1,duration,4,7\n\
                        0.1,1,2,duration,,7\n0.1,2,1,duration,3,9\n0.1,2,2,duration,5,9\n\
                        0.2,1,1,duration,100,100\n";

    fn read(measure: &str) -> Result<SeedsTable, SweepError> {
        SeedsTable::read(RUNS.as_bytes(), &[("send".to_owned(), "0.10".to_owned())], measure)
    }

    #[test]
    fn the_values_of_machines_and_of_runs_are_read() {
        let lag = read("lag").expect("a table");
        assert_eq!(lag.values[&Owner::Machine(1)], [3.0, 4.0]);
        assert_eq!((lag.values[&Owner::Machine(2)].len(), lag.runs[&Owner::Machine(2)]), (1, 2));
        assert_eq!(read("drift").expect("a table").values[&Owner::Run], [7.0, 9.0]);
    }

    #[test]
    fn faults_are_named() {
        let error = read("lags").expect_err("no measure").to_string();
        assert!(error.starts_with("there is no measure `lags`"), "{error}");
        let error = SeedsTable::read("seed,m\n1,x\n".as_bytes(), &[], "m").expect_err("no number");
        let expected = "runs.csv: line 2: `m`: expected a number or nothing, found `x`";
        assert_eq!(error.to_string(), expected);
    }
}
