//! The trace: every event of a run as a record, and its text.
//!
//! The columns of the CSV are part of the format: a trace that any released version wrote can be
//! read, and any other program may write one.

mod csv;
mod event;
mod fingerprint;
mod journal;
mod manifest;
mod read;
mod records;
mod rows;

pub use csv::HEADER;
pub use event::{Event, Kind, Peer};
pub use fingerprint::Fingerprint;
pub use journal::{CopyFate, CopyRow, JOURNAL_HEADER, Journal};
pub use manifest::{ConfigId, MANIFEST_FORMAT, Manifest};
pub use read::{ReadError, Row, read_copies, read_rows};
pub use records::{RECORD_MAX, Records, TABLE_RECORD_MAX};
pub use rows::Rows;
