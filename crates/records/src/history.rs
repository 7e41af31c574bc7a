//! The history of a run: every operation as its client observed it, in real-time order.
//!
//! The model is Jepsen's: a process invokes an operation and completes it at most once, with `ok`
//! (it happened), `fail` (it did not) or `info` (the outcome is unknown):
//!
//! ```text
//!   process 0   invoke ├──────────┤ ok
//!   process 1        invoke ├───────────┤ info     (a timeout: it may still take effect)
//! ```
//!
//! The history also has the operations of the nemesis. Not here: checking a history (see `check`).

mod entries;
mod jepsen_log;
mod log;
mod numbers;
mod op;
mod plain;
mod read;
mod read_error;
mod txn;
mod write;

pub use jepsen_log::{is_log, read_log};
pub use log::{Assignment, LogOp, LogRead};
pub use numbers::Numbers;
pub use op::{EXCEPTION, EntryKind, F, History, Op, OpValue, Process};
pub use read::{Named, each_edn, each_jsonl, read_edn, read_jsonl};
pub use read_error::ReadError;
pub use txn::{TxnOp, TxnRead};
pub use write::{HistoryText, node_name, op_edn, write_edn, write_jsonl};
