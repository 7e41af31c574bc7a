//! The files of a Gossip Glomers run while it goes on: its journal, and the logs of its nodes.

use crate::engine::time::Instant;
use crate::glomers::{Layout, NET_HEADER, NetRow, Sink, write_net_row};
use crate::node::NodeId;
use crate::store::{NewFile, ResultsFolder, StoreError};

/// A file of the journal is written in pieces of about this size.
const PIECE: usize = 1 << 16;
/// So much of a node's log is kept.
const LOG_MAX: usize = 1 << 24;

/// Puts the logs that are not empty in place.
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

/// Where a run's journal and logs go.
pub(super) struct Files<'a> {
    net: Option<Net<'a>>,
    /// For each participant.
    logs: Vec<String>,
    error: Option<StoreError>,
}

/// A journal that is written, to be put in place, and its hash.
type Written<'a> = Option<(NewFile<'a>, String)>;

impl<'a> Files<'a> {
    /// For a run with nodes of these names; `journal` if `net.csv` is wanted.
    pub(super) fn new(
        folder: &ResultsFolder<'a>,
        names: &'a [String],
        journal: bool,
    ) -> Result<Files<'a>, StoreError> {
        let participants = Layout { servers: names.len() as u32 }.participants();
        let net = match journal {
            true => Some(Net::begin(folder.create("net.csv")?, names)?),
            false => None,
        };
        Ok(Files { net, logs: vec![String::new(); participants as usize], error: None })
    }

    /// Ends the journal; it is put in place by whoever commits it. And the logs.
    pub(super) fn finish(self) -> Result<(Written<'a>, Vec<String>), StoreError> {
        match self.error {
            Some(error) => Err(error),
            None => Ok((self.net.map(Net::finish).transpose()?, self.logs)),
        }
    }
}

/// `net.csv` under way.
struct Net<'a> {
    file: NewFile<'a>,
    hasher: blake3::Hasher,
    text: String,
    names: &'a [String],
}

impl<'a> Net<'a> {
    fn begin(file: NewFile<'a>, names: &'a [String]) -> Result<Net<'a>, StoreError> {
        let text = NET_HEADER.to_owned();
        Ok(Net { file, hasher: blake3::Hasher::new(), text, names })
    }

    fn row(&mut self, row: &NetRow) -> Result<(), StoreError> {
        write_net_row(&mut self.text, row, self.names);
        if self.text.len() < PIECE { Ok(()) } else { self.flush() }
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        self.hasher.update(self.text.as_bytes());
        self.file.write(self.text.as_bytes())?;
        self.text.clear();
        Ok(())
    }

    fn finish(mut self) -> Result<(NewFile<'a>, String), StoreError> {
        self.flush()?;
        Ok((self.file, self.hasher.finalize().to_hex().to_string()))
    }
}

impl Sink for Files<'_> {
    fn wants_rows(&self) -> bool {
        self.net.is_some()
    }

    fn row(&mut self, row: &NetRow) {
        if let (Some(net), None) = (&mut self.net, &self.error) {
            self.error = net.row(row).err();
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
