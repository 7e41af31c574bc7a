//! The history of a run: every operation as its client saw it, in the order in which it happened.
//!
//! The form is Jepsen's: an operation is invoked by a process, and at most once completed by it,
//! with `ok` (it happened), `fail` (it did not) or `info` (nobody knows). What the nemesis does is
//! in the history, too. Not here: any judgement (see `check`).

mod entries;
mod log;
mod numbers;
mod op;
mod read;
mod write;

pub use log::{Assignment, LogOp, LogRead};
pub use numbers::Numbers;
pub use op::{EXCEPTION, EntryKind, F, History, Op, OpValue, Process};
pub use read::{Named, ReadError, read_edn, read_jsonl};
pub use write::{HistoryText, node_name, op_edn, write_edn, write_jsonl};
