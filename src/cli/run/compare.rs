//! `sim run --check-determinism`: runs twice and compares the runs event by event.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use serde_json::json;

use super::simulate;
use crate::cli::output::Format;
use crate::cli::terminal::ERROR;
use crate::cli::{CommandError, Exit, Io, Outcome};
use crate::config::ScaleExperiment;
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::scale_model::{Machine, QueueChoice};
use crate::simulation::Observer;
use crate::store::StoreError;
use crate::trace::{Event, Rows};

/// Runs an experiment twice and reports whether all events are the same.
pub(super) fn check_determinism(
    experiment: &ScaleExperiment,
    queue: QueueChoice,
    io: &mut Io<'_>,
) -> Outcome {
    let failed = |source: io::Error| {
        let path = "the folder for temporary files".into();
        CommandError::from(StoreError { operation: "keep a trace in", path, source })
    };
    let stop = || io.interrupt.signal().is_some();
    let mut first =
        Keeper { out: BufWriter::new(tempfile::tempfile().map_err(failed)?), error: None };
    let run = simulate(experiment, queue, &mut first, &stop)?;
    if let End::Interrupted { at } = run.totals.end
        && first.error.is_none()
    {
        return super::interrupted(at, io);
    }
    let file = first.finish().map_err(failed)?;
    let mut second = Comparer::new(file);
    let again = simulate(experiment, queue, &mut second, &stop)?;
    if let End::Interrupted { at } = again.totals.end
        && second.difference.is_none()
        && second.error.is_none()
    {
        return super::interrupted(at, io);
    }
    match second.finish().map_err(failed)? {
        None => {
            let (rows, fingerprint) = (run.run.events, run.fingerprint);
            if io.output.format == Format::Json {
                let fingerprint = fingerprint.to_string();
                let same =
                    json!({ "deterministic": true, "events": rows, "fingerprint": fingerprint });
                writeln!(io.out, "{same}")?;
            } else {
                writeln!(io.out, "deterministic: two runs with the same {rows} events")?;
                writeln!(io.out, "fingerprint {fingerprint}")?;
            }
            Ok(Exit::Holds)
        }
        Some(difference) => {
            if io.output.format == Format::Json {
                let Difference { number, first, second } = &difference;
                let found = json!({
                    "deterministic": false, "event": number, "first": first, "second": second,
                });
                writeln!(io.out, "{found}")?;
            }
            writeln!(io.err, "{ERROR} two runs of one config and seed differ")?;
            writeln!(io.err, "  the first difference is at event {}", difference.number)?;
            writeln!(io.err, "  first run:  {}", difference.first)?;
            writeln!(io.err, "  second run: {}", difference.second)?;
            Ok(Exit::Nondeterminism)
        }
    }
}

/// An observer that keeps all rows of a run in a file.
struct Keeper {
    out: BufWriter<File>,
    error: Option<io::Error>,
}

impl Keeper {
    fn finish(self) -> io::Result<File> {
        if let Some(error) = self.error {
            return Err(error);
        }
        let mut file = self.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(file)
    }
}

impl Observer<Machine> for Keeper {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        let mut row = Rows::new("", 0);
        row.add_event(at, machine, event);
        if let Err(error) = self.out.write_all(row.text()) {
            self.error.get_or_insert(error);
        }
    }

    fn wants_to_stop(&self) -> bool {
        self.error.is_some()
    }
}

/// The first event that differs.
#[derive(Debug, PartialEq, Eq)]
struct Difference {
    /// Its number, from 1.
    number: u64,
    first: String,
    second: String,
}

/// An observer that compares the rows of a run with those of an earlier one.
struct Comparer<R> {
    earlier: BufReader<R>,
    number: u64,
    difference: Option<Difference>,
    error: Option<io::Error>,
}

const NOTHING: &str = "(no event)";

impl<R: Read> Comparer<R> {
    fn new(earlier: R) -> Comparer<R> {
        Comparer { earlier: BufReader::new(earlier), number: 0, difference: None, error: None }
    }

    fn compare(&mut self, row: &[u8]) -> io::Result<()> {
        self.number += 1;
        let expected = self.earlier_row()?;
        if expected != row {
            let first = if expected.is_empty() { NOTHING.to_owned() } else { text(&expected) };
            self.difference = Some(Difference { number: self.number, first, second: text(row) });
        }
        Ok(())
    }

    fn earlier_row(&mut self) -> io::Result<Vec<u8>> {
        let mut row = Vec::with_capacity(256);
        io::BufRead::read_until(&mut self.earlier, b'\n', &mut row)?;
        Ok(row)
    }

    /// Returns the first difference; one is that the earlier run has further events.
    fn finish(mut self) -> io::Result<Option<Difference>> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if self.difference.is_some() {
            return Ok(self.difference);
        }
        let rest = self.earlier_row()?;
        Ok((!rest.is_empty()).then(|| Difference {
            number: self.number + 1,
            first: text(&rest),
            second: NOTHING.to_owned(),
        }))
    }
}

fn text(row: &[u8]) -> String {
    String::from_utf8_lossy(row).trim_end().to_owned()
}

impl<R: Read> Observer<Machine> for Comparer<R> {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        if self.wants_to_stop() {
            return;
        }
        let mut row = Rows::new("", 0);
        row.add_event(at, machine, event);
        if let Err(error) = self.compare(row.text()) {
            self.error = Some(error);
        }
    }

    fn wants_to_stop(&self) -> bool {
        self.difference.is_some() || self.error.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the first difference between an earlier run and one with these clocks, one event per
    /// nanosecond.
    fn difference(earlier: &str, clocks: &[u64]) -> Option<Difference> {
        let mut comparer = Comparer::new(earlier.as_bytes());
        for (second, clock) in (0..).zip(clocks) {
            comparer.record(Instant::from_ns(second), NodeId(0), &Event::internal(*clock, 0));
        }
        comparer.finish().expect("reading from memory")
    }

    #[test]
    fn the_first_differing_event_is_named() {
        let earlier = "0,1,internal,1,0,,,,,\n1,1,internal,2,0,,,,,\n";
        assert_eq!(difference(earlier, &[1, 2]), None);
        let changed = difference(earlier, &[1, 3, 4]).expect("a difference");
        assert_eq!(changed.number, 2);
        assert_eq!(changed.first, "1,1,internal,2,0,,,,,");
        assert_eq!(changed.second, "1,1,internal,3,0,,,,,");
    }

    #[test]
    fn a_run_that_ends_early_or_late_differs() {
        let earlier = "0,1,internal,1,0,,,,,\n1,1,internal,2,0,,,,,\n";
        assert_eq!(difference(earlier, &[1]).expect("a difference").second, NOTHING);
        assert_eq!(difference(earlier, &[1, 2, 3]).expect("a difference").first, NOTHING);
    }
}
