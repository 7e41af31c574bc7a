//! The observer of `sim run`: writes traces and the journal while a run goes on, and checks it.
//!
//! A sink that fails stops the run; the failure is kept until [`Recorder::finish`].

use std::io::Write;

use crate::check::{LamportCheck, Verdict};
use crate::cli::CommandError;
use crate::config::ScaleExperiment;
use crate::engine::limits::End;
use crate::engine::time::Instant;
use crate::experiment::lamport_rules;
use crate::network::CopySent;
use crate::node::NodeId;
use crate::scale_model::{Machine, ScaleRun};
use crate::simulation::Observer;
use crate::store::{ResultFile, StoreError};
use crate::trace::{
    CopyRow, Event, HEADER, JOURNAL_HEADER, Journal, Manifest, Row, Rows, write_body,
};

/// Number of bytes that are gathered before they are hashed and written.
const BLOCK: usize = 1 << 15;
/// The same for the trace of one machine, of which there may be many.
const MACHINE_BLOCK: usize = 1 << 12;

/// A file of a run.
type RunFile<'s> = ResultFile<'s, Manifest>;

/// The destinations of a run's rows.
#[derive(Default)]
pub(super) struct Sinks<'a, 's> {
    pub(super) trace: Option<RunFile<'s>>,
    pub(super) pipe: Option<&'a mut dyn Write>,
    pub(super) net: Option<RunFile<'s>>,
    pub(super) bodies: Option<RunFile<'s>>,
    pub(super) machines: Vec<RunFile<'s>>,
}

/// The observer that records a run.
pub(super) struct Recorder<'a, 's> {
    trace: Table<'s>,
    pipe: Option<&'a mut dyn Write>,
    net: Table<'s>,
    bodies: Option<Bodies<'s>>,
    journal: Journal,
    machines: Vec<Table<'s>>,
    check: Option<LamportCheck>,
    check_error: Option<String>,
    line: u64,
    failure: Option<CommandError>,
}

/// A file of rows, and the rows that are not yet written.
struct Table<'s> {
    file: Option<RunFile<'s>>,
    /// Whether rows are wanted at all: by the file, or by a pipe.
    wanted: bool,
    rows: Rows,
}

impl<'s> Table<'s> {
    fn new(file: Option<RunFile<'s>>, wanted: bool, header: &str, block: usize) -> Table<'s> {
        Table { file, wanted, rows: Rows::new(header, block) }
    }

    /// Writes all full blocks.
    fn flush(&mut self, pipe: &mut Option<&mut dyn Write>) -> Result<(), CommandError> {
        while let Some(block) = self.rows.full_block() {
            put(block, self.file.as_mut(), pipe)?;
            self.rows.drop_block();
        }
        Ok(())
    }

    /// Writes all rows that are left.
    fn flush_all(&mut self, pipe: &mut Option<&mut dyn Write>) -> Result<(), CommandError> {
        self.flush(pipe)?;
        put(self.rows.text(), self.file.as_mut(), pipe)
    }
}

/// The bodies of messages, each of which is the clock that the message carries.
struct Bodies<'s> {
    file: RunFile<'s>,
    text: String,
    /// Number of the last message: a send to all has several copies.
    last: u64,
}

impl<'s> Bodies<'s> {
    fn new(file: RunFile<'s>) -> Bodies<'s> {
        Bodies { file, text: String::new(), last: 0 }
    }

    fn add(&mut self, message: u64, stamp: u64) -> Result<(), StoreError> {
        if message != self.last {
            self.last = message;
            write_body(&mut self.text, message, &stamp.to_string());
        }
        if self.text.len() < BLOCK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.file.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<RunFile<'s>, StoreError> {
        self.flush()?;
        Ok(self.file)
    }
}

fn put(
    text: &[u8],
    file: Option<&mut RunFile<'_>>,
    pipe: &mut Option<&mut dyn Write>,
) -> Result<(), CommandError> {
    if let Some(file) = file {
        file.write(text)?;
    }
    if let Some(pipe) = pipe {
        pipe.write_all(text)?;
    }
    Ok(())
}

/// The outcome of recording a run.
pub(super) struct Recorded<'s> {
    /// The verdict of the check, if there was one.
    pub(super) verdict: Option<Verdict>,
    /// The files, in the order in which they are put in place.
    pub(super) files: Vec<RunFile<'s>>,
}

impl<'a, 's> Recorder<'a, 's> {
    /// Returns a recorder that writes into these sinks, and checks the run of the experiment
    /// `checked`, if any.
    pub(super) fn new(sinks: Sinks<'a, 's>, checked: Option<&ScaleExperiment>) -> Self {
        let rules = checked.map(|experiment| lamport_rules(experiment, true, true));
        let (check, check_error) = match rules {
            None => (None, None),
            Some(Ok(rules)) => (Some(LamportCheck::new(rules)), None),
            Some(Err(error)) => (None, Some(error.to_string())),
        };
        let trace_wanted = sinks.trace.is_some() || sinks.pipe.is_some();
        let net_wanted = sinks.net.is_some();
        let machines = sinks.machines.into_iter();
        Recorder {
            trace: Table::new(sinks.trace, trace_wanted, HEADER, BLOCK),
            pipe: sinks.pipe,
            net: Table::new(sinks.net, net_wanted, JOURNAL_HEADER, BLOCK),
            bodies: sinks.bodies.map(Bodies::new),
            journal: Journal::default(),
            machines: machines
                .map(|file| Table::new(Some(file), true, HEADER, MACHINE_BLOCK))
                .collect(),
            check,
            check_error,
            line: 1,
            failure: None,
        }
    }

    /// Returns whether there is nothing to record.
    pub(super) fn is_idle(&self) -> bool {
        let rows = self.trace.wanted
            || self.net.wanted
            || self.bodies.is_some()
            || !self.machines.is_empty();
        !rows && self.check.is_none()
    }

    /// Writes the rows that are left, once the run is over.
    ///
    /// # Errors
    /// Returns the first failure, of now or of the run.
    pub(super) fn finish(mut self, run: &ScaleRun) -> Result<Recorded<'s>, CommandError> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if let Some(error) = self.check_error.take() {
            return Err(CommandError::Data(error));
        }
        self.write_arrived(run.totals.before)?;
        while self.net.wanted
            && let Some(row) = self.journal.next_in_flight()
        {
            self.net.rows.add_copy(&row);
        }
        if self.trace.wanted {
            self.trace.flush_all(&mut self.pipe)?;
        }
        self.net.flush_all(&mut None)?;
        for machine in &mut self.machines {
            machine.flush_all(&mut None)?;
        }
        let bodies = self.bodies.map(Bodies::finish).transpose()?;
        let tables = [self.trace, self.net].into_iter().chain(self.machines);
        let mut check = self.check;
        if let Some(check) = check.as_mut().filter(|_| run.totals.end != End::Duration) {
            check.cut_short();
        }
        Ok(Recorded {
            verdict: check.map(LamportCheck::finish),
            files: tables.filter_map(|table| table.file).chain(bodies).collect(),
        })
    }

    /// Writes the rows of the journal before an instant.
    fn write_arrived(&mut self, before: Instant) -> Result<(), CommandError> {
        while self.net.wanted
            && let Some(row) = self.journal.next_before(before)
        {
            self.net.rows.add_copy(&row);
        }
        self.net.flush(&mut None)
    }

    fn add(&mut self, at: Instant, machine: NodeId, event: &Event) -> Result<(), CommandError> {
        if self.trace.wanted {
            self.trace.rows.add_event(at, machine, event);
            self.trace.flush(&mut self.pipe)?;
        }
        if let Some(table) = self.machines.get_mut(machine.index()) {
            table.rows.add_event(at, machine, event);
            table.flush(&mut None)?;
        }
        if self.net.wanted {
            self.write_arrived(at)?;
        }
        if let Some(check) = &mut self.check {
            self.line += 1;
            check.row(self.line, &Row { at, machine, event: *event });
        }
        Ok(())
    }
}

impl Observer<Machine> for Recorder<'_, '_> {
    fn record(&mut self, at: Instant, machine: NodeId, event: &Event) {
        if self.failure.is_none()
            && let Err(failure) = self.add(at, machine, event)
        {
            self.failure = Some(failure);
        }
    }

    fn copy(&mut self, copy: &CopySent, stamp: &u64) {
        if self.failure.is_none()
            && let Some(bodies) = &mut self.bodies
            && let Err(failure) = bodies.add(copy.message.0, *stamp)
        {
            self.failure = Some(failure.into());
        }
        if self.net.wanted {
            self.journal.note(copy);
        }
        if let Some(check) = &mut self.check {
            check.copy(&CopyRow::from(copy));
        }
    }

    fn wants_to_stop(&self) -> bool {
        self.failure.is_some()
    }
}
