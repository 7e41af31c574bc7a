//! The files of a Gossip Glomers run: its journal and node logs during the run, and its history
//! after it, written entry by entry.

use crate::engine::time::Instant;
use crate::glomers::{Layout, NET_HEADER, NetRow, Sink, write_net_row};
use crate::history::{HistoryText, Op};
use crate::node::NodeId;
use crate::store::{NewFile, ResultsFolder, StoreError};

/// Approximate size of the pieces in which a file is written.
const PIECE: usize = 1 << 16;
/// Maximum size of a node's log in bytes.
const LOG_MAX: usize = 1 << 24;

/// Commits the logs that are not empty.
pub(super) fn write_logs(
    folder: &ResultsFolder<'_>,
    logs: &[String],
    names: &[String],
    layout: Layout,
) -> Result<(), StoreError> {
    for (id, log) in (0..).map(NodeId).zip(logs).filter(|(_, log)| !log.is_empty()) {
        let service = layout.service_at(id).map(|service| service.name());
        let name = names.get(id.index()).map(String::as_str).or(service);
        folder.put_log(&format!("{}.log", name.unwrap_or("clients")), log.as_bytes())?;
    }
    Ok(())
}

/// Destination of a run's journal and logs.
pub(super) struct Files<'a> {
    net: Option<Hashed<'a>>,
    names: &'a [String],
    /// One per participant.
    logs: Vec<String>,
    error: Option<StoreError>,
}

/// A file that is written but not yet committed, and its hash.
type Written<'a> = (NewFile<'a>, String);

/// Writes the history of a run in pieces, since its text may be far larger than the history itself.
pub(super) fn write_history<'a>(
    folder: &ResultsFolder<'a>,
    text: HistoryText,
    history: &[Op],
    names: &[String],
) -> Result<Written<'a>, StoreError> {
    let name = match text {
        HistoryText::Jsonl => "history.jsonl",
        HistoryText::Edn => "history.edn",
    };
    let mut file = Hashed::new(folder.create(name)?, String::new());
    for (index, op) in history.iter().enumerate() {
        file.add(|out| text.write_entry(out, index, op, names))?;
    }
    file.finish()
}

/// A file that is being written, with the hash of its contents.
struct Hashed<'a> {
    file: NewFile<'a>,
    hasher: blake3::Hasher,
    text: String,
}

impl<'a> Hashed<'a> {
    fn new(file: NewFile<'a>, text: String) -> Hashed<'a> {
        Hashed { file, hasher: blake3::Hasher::new(), text }
    }

    fn add(&mut self, write: impl FnOnce(&mut String)) -> Result<(), StoreError> {
        write(&mut self.text);
        if self.text.len() < PIECE { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.hasher.update(self.text.as_bytes());
        self.file.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<Written<'a>, StoreError> {
        self.flush()?;
        Ok((self.file, self.hasher.finalize().to_hex().to_string()))
    }
}

impl<'a> Files<'a> {
    /// Creates the files of a run with nodes of these names; `net.csv` only if `journal`.
    pub(super) fn new(
        folder: &ResultsFolder<'a>,
        names: &'a [String],
        journal: bool,
    ) -> Result<Files<'a>, StoreError> {
        let participants = Layout { servers: names.len() as u32 }.participants();
        let net = match journal {
            true => Some(Hashed::new(folder.create("net.csv")?, NET_HEADER.to_owned())),
            false => None,
        };
        Ok(Files { net, names, logs: vec![String::new(); participants as usize], error: None })
    }

    /// Finishes the journal, which the caller commits, and returns the logs.
    pub(super) fn finish(self) -> Result<(Option<Written<'a>>, Vec<String>), StoreError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok((self.net.map(Hashed::finish).transpose()?, self.logs)),
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
