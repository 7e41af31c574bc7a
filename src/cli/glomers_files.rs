//! The files of a Gossip Glomers run: the journal and the logs of its nodes while it goes on, then
//! the history, one entry at a time, and the results.

use super::virtual_progress::{VirtualProgress, of_nodes};
use crate::config::{self, GlomersExperiment};
use crate::engine::time::Instant;
use crate::experiment::GlomersOutcome;
use crate::glomers::{Layout, NET_HEADER, NetRow, Outlook, Sink, write_net_row};
use crate::history::HistoryText;
use crate::node::NodeId;
use crate::store::{
    BODIES, CONFIG, FinishError, Finished, HISTORY, HISTORY_EDN, LOGS, NET, RESULTS, RESULTS_EDN,
    ResultFile, ResultSession, RunRecord, StoreError,
};
use crate::trace::{Manifest, write_body};

/// Number of bytes that are gathered before they are written.
const BLOCK: usize = 1 << 16;
/// Maximum size of a node's log, in bytes.
const LOG_MAX: usize = 1 << 24;

/// The journal and the logs of a run that goes on.
pub(super) struct Files<'a> {
    net: Option<TextFile<'a>>,
    bodies: Option<BodiesFile<'a>>,
    names: &'a [String],
    /// The log of each participant.
    logs: Vec<String>,
    error: Option<StoreError>,
    progress: Option<VirtualProgress>,
}

/// The journal and the logs of a run that is over.
pub(super) struct Written<'a> {
    net: Option<ResultFile<'a, Manifest>>,
    /// The bodies of messages, which may be recorded later.
    pub(super) bodies: Option<ResultFile<'a, Manifest>>,
    /// The log of each participant.
    pub(super) logs: Vec<String>,
}

impl<'a> Files<'a> {
    /// Begins the files of a run with nodes of these names; `journal` if `net.csv` is wanted.
    pub(super) fn new(
        session: &ResultSession<'a, Manifest>,
        names: &'a [String],
        journal: bool,
        bodies: Option<BodiesMax>,
    ) -> Result<Files<'a>, StoreError> {
        let participants = Layout { servers: names.len() as u32 }.participants();
        let net = match journal {
            true => Some(TextFile { file: session.create(&NET)?, text: NET_HEADER.to_owned() }),
            false => None,
        };
        let bodies = bodies.map(|max| BodiesFile::new(session, max)).transpose()?;
        Ok(Files {
            net,
            bodies,
            names,
            logs: vec![String::new(); participants as usize],
            error: None,
            progress: None,
        })
    }

    /// Shows how far the run is.
    pub(super) fn watched_by(self, progress: VirtualProgress) -> Files<'a> {
        Files { progress: Some(progress), ..self }
    }

    /// Ends the journal and the logs.
    ///
    /// # Errors
    /// Returns the first failure, of now or of the run.
    pub(super) fn finish(self) -> Result<Written<'a>, StoreError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(Written {
                net: self.net.map(TextFile::finish).transpose()?,
                bodies: self.bodies.map(BodiesFile::finish).transpose()?,
                logs: self.logs,
            }),
        }
    }
}

impl Sink for Files<'_> {
    fn wants_rows(&self) -> bool {
        self.net.is_some()
    }

    fn row(&mut self, row: &NetRow) {
        if let (Some(net), None) = (&mut self.net, &self.error) {
            let names = self.names;
            self.error = net.add(|out| write_net_row(out, row, names)).err();
        }
    }

    fn wants_bodies(&self) -> bool {
        self.bodies.is_some()
    }

    fn body(&mut self, message: u64, body: &str) {
        if let (Some(bodies), None) = (&mut self.bodies, &self.error) {
            self.error = bodies.add(message, body).err();
        }
    }

    fn passes(&mut self, outlook: &Outlook) {
        if let Some(progress) = &mut self.progress {
            progress.show(outlook.at, || of_nodes(outlook));
        }
    }

    fn has_failed(&self) -> bool {
        self.error.is_some()
    }

    fn log(&mut self, at: Instant, node: NodeId, line: &str) {
        let log = &mut self.logs[node.index()];
        if log.len() < LOG_MAX {
            log.push_str(&format!("{at} {}\n", line.replace('\n', "\n  ")));
        }
    }
}

impl<'a> Written<'a> {
    /// Puts all files of the run in place. The history is written where the journal is.
    ///
    /// # Errors
    /// If the result that is there is of another run, or the disk fails.
    pub(super) fn finish(
        self,
        mut session: ResultSession<'a, Manifest>,
        experiment: &GlomersExperiment,
        outcome: &GlomersOutcome,
        changed: Vec<String>,
    ) -> Result<Finished<Manifest>, FinishError> {
        let run = &outcome.run;
        let names = &experiment.parameters.names;
        if let Some(net) = self.net {
            session.record(net);
            if let Some(bodies) = self.bodies {
                session.record(bodies);
            }
            for (kind, text) in [(&HISTORY, HistoryText::Jsonl), (&HISTORY_EDN, HistoryText::Edn)] {
                let mut file = TextFile { file: session.create(kind)?, text: String::new() };
                for (index, op) in run.history.iter().enumerate() {
                    file.add(|out| text.write_entry(out, index, op, names))?;
                }
                session.record(file.finish()?);
            }
        }
        for (name, log) in named_logs(self.logs, names, experiment.parameters.layout()) {
            session.record_one_of(&LOGS, name, log);
        }
        session.record_bytes(&RESULTS, outcome.results.json_pretty());
        session.record_bytes(&RESULTS_EDN, outcome.results.pretty());
        session.record_bytes(&CONFIG, config::resolved_glomers(experiment));
        let record = RunRecord {
            seed: experiment.parameters.seed.value(),
            changed,
            fingerprint: run.fingerprint.to_string(),
            rows: run.history.len() as u64,
            end: run.totals.end.name(),
            // Processes live in real time.
            replayable: experiment.external_command.is_none(),
        };
        session.finish(|head| record.manifest(head))
    }
}

/// Maximum size of `bodies.jsonl`, in bytes: the bodies of further messages are not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodiesMax(u64);

impl BodiesMax {
    /// The maximum where bodies were not asked for: `sim test`, and a run that has failed.
    pub(super) const UNASKED: BodiesMax = BodiesMax(1 << 26);
    /// No maximum.
    pub(super) const NONE: BodiesMax = BodiesMax(u64::MAX);
}

/// The bodies of messages while a run goes on.
struct BodiesFile<'a> {
    file: TextFile<'a>,
    max: BodiesMax,
    written: u64,
    line: String,
}

impl<'a> BodiesFile<'a> {
    fn new(
        session: &ResultSession<'a, Manifest>,
        max: BodiesMax,
    ) -> Result<BodiesFile<'a>, StoreError> {
        let file = TextFile { file: session.create(&BODIES)?, text: String::new() };
        Ok(BodiesFile { file, max, written: 0, line: String::new() })
    }

    fn add(&mut self, message: u64, body: &str) -> Result<(), StoreError> {
        self.line.clear();
        write_body(&mut self.line, message, body);
        let written = self.written.saturating_add(self.line.len() as u64);
        // Once a body does not fit, none follows: the file is a beginning without gaps.
        if written > self.max.0 {
            self.max = BodiesMax(self.written);
            return Ok(());
        }
        self.written = written;
        let line = &self.line;
        self.file.add(|out| out.push_str(line))
    }

    fn finish(self) -> Result<ResultFile<'a, Manifest>, StoreError> {
        self.file.finish()
    }
}

/// The bodies of a run that is repeated to record them.
pub(super) struct BodiesAgain<'a> {
    bodies: BodiesFile<'a>,
    error: Option<StoreError>,
}

impl<'a> BodiesAgain<'a> {
    /// Begins the file.
    pub(super) fn new(
        session: &ResultSession<'a, Manifest>,
    ) -> Result<BodiesAgain<'a>, StoreError> {
        let bodies = BodiesFile::new(session, BodiesMax::UNASKED)?;
        Ok(BodiesAgain { bodies, error: None })
    }

    /// Ends the file.
    ///
    /// # Errors
    /// Returns the first failure, of now or of the run.
    pub(super) fn finish(self) -> Result<ResultFile<'a, Manifest>, StoreError> {
        self.error.map_or_else(|| self.bodies.finish(), Err)
    }
}

impl Sink for BodiesAgain<'_> {
    fn wants_rows(&self) -> bool {
        false
    }

    fn row(&mut self, _: &NetRow) {}

    fn wants_bodies(&self) -> bool {
        true
    }

    fn body(&mut self, message: u64, body: &str) {
        if self.error.is_none() {
            self.error = self.bodies.add(message, body).err();
        }
    }

    fn log(&mut self, _: Instant, _: NodeId, _: &str) {}

    fn has_failed(&self) -> bool {
        self.error.is_some()
    }
}

/// Returns the logs that are not empty, with the names of those who wrote them.
fn named_logs(logs: Vec<String>, names: &[String], layout: Layout) -> Vec<(&str, String)> {
    let named = |(id, log): (NodeId, String)| {
        let service = layout.service_at(id).map(|service| service.name());
        let name = names.get(id.index()).map(String::as_str).or(service);
        (name.unwrap_or("clients"), log)
    };
    let logs = (0..).map(NodeId).zip(logs).filter(|(_, log)| !log.is_empty());
    logs.map(named).collect()
}

/// A file of text, and the text that is not yet written.
struct TextFile<'a> {
    file: ResultFile<'a, Manifest>,
    text: String,
}

impl<'a> TextFile<'a> {
    fn add(&mut self, write: impl FnOnce(&mut String)) -> Result<(), StoreError> {
        write(&mut self.text);
        if self.text.len() < BLOCK { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.file.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<ResultFile<'a, Manifest>, StoreError> {
        self.flush()?;
        Ok(self.file)
    }
}
