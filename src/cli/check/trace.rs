//! The check of a trace, row by row, with its journal.

use std::io::{self, Read};
use std::path::Path;

use super::copies::Copies;
use super::{is_stdin, open, shown};
use crate::check::{LamportCheck, RunFacts, Verdict};
use crate::cli::CommandError;
use crate::config::ScaleExperiment;
use crate::engine::time::Instant;
use crate::experiment::lamport_rules;
use crate::trace::{ReadError, Row, read_rows};

/// Number of rows between two checks for an interrupt.
const ROWS_AT_ONCE: u64 = 1 << 14;

/// Returns the facts about the run of an experiment.
pub(in crate::cli) fn facts_of(
    experiment: &ScaleExperiment,
    complete: bool,
    network: bool,
) -> Result<RunFacts, CommandError> {
    lamport_rules(experiment, complete, network)
        .map_err(|error| CommandError::Data(error.to_string()))
}

/// Checks a trace with its journal, if there is one. Returns the verdict and the number of rows;
/// `None` if it was interrupted.
pub(in crate::cli) fn check_trace(
    trace: &Path,
    net: Option<&Path>,
    facts: RunFacts,
    stop: &dyn Fn() -> bool,
) -> Result<Option<(Verdict, u64)>, CommandError> {
    let mut check = LamportCheck::new(facts);
    let mut copies = match net {
        None => None,
        Some(path) => Some(Copies::open(path)?),
    };
    let named = |error: ReadError| CommandError::Data(format!("{}: {error}", shown(trace)));
    let rows = read_rows(open_trace(trace)?).map_err(named)?;
    let mut count = 0;
    for row in rows {
        count += 1;
        let (line, row): (u64, Row) = row.map_err(named)?;
        if let Some(copies) = &mut copies {
            copies.hand_in_until(row.at, &mut check)?;
        }
        check.row(line, &row);
        if count % ROWS_AT_ONCE == 0 && stop() {
            return Ok(None);
        }
    }
    if let Some(copies) = &mut copies {
        copies.hand_in_until(Instant::MAX, &mut check)?;
    }
    Ok(Some((check.finish(), count)))
}

/// Opens a trace: a file, or stdin.
fn open_trace(path: &Path) -> Result<Box<dyn Read>, CommandError> {
    match is_stdin(path) {
        true => Ok(Box::new(io::stdin())),
        false => Ok(Box::new(open(path)?)),
    }
}
