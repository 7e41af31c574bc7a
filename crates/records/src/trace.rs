//! The trace: every event of a run as a record, and its text format.
//!
//! The columns of the CSV are part of the format: this version reads the traces of every released
//! version, and other programs may write traces as well.

mod bodies;
mod bounded;
mod columns;
mod csv;
mod event;
mod fingerprint;
mod journal;
mod line;
mod lines;
mod manifest;
mod net;
mod read;
mod read_error;
mod rows;
mod table;

pub use bodies::{split_body, write_body};
pub use bounded::{BoundedRecords, TABLE_RECORD_MAX};
pub use columns::{FATE, JOURNAL_COLUMNS, TRACE_COLUMNS, TableColumn, column};
pub use csv::HEADER;
pub use event::{Event, EventKind, Peer};
pub use fingerprint::Fingerprint;
pub use journal::{CopyFate, CopyRow, JOURNAL_HEADER, Journal};
pub use manifest::{ConfigId, MANIFEST_FORMAT, Manifest, changed_title};
pub use net::{NamedCopy, read_net};
pub use read::{Row, read_copies, read_rows};
pub use read_error::ReadError;
pub use rows::Rows;
pub use table::Records;
