//! What is checked of the transactions of a history, and how far.

use super::model::Model;
use crate::isolation::Limits;

/// What keys have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DataType {
    /// A list, to which elements are appended: `txn-list-append`.
    List,
    /// A register, to which values are written: `txn-rw-register`.
    Register,
}

impl DataType {
    /// What a transaction is expected to be.
    pub(super) fn expected(self) -> &'static str {
        match self {
            DataType::List => {
                "a list of micro-operations [\"append\" key element] and [\"r\" key [element …]]"
            }
            DataType::Register => {
                "a list of micro-operations [\"w\" key value] and [\"r\" key value]"
            }
        }
    }
}

/// Limits of the search for cycles, counted in the same way on all machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TxnLimits {
    /// Maximum number of edges that are followed in search of cycles, besides one shortest cycle of
    /// each component, which is always found. A second is some 10⁸ of them.
    pub search_steps_max: u64,
    /// Maximum number of edges that are followed to make one cycle of a component shorter, for each
    /// kind of cycle, besides 16 times the edges of the component.
    pub shortening_steps_max: u64,
}

impl TxnLimits {
    /// Limits that few histories reach: some seconds.
    pub const DEFAULT: TxnLimits =
        TxnLimits { search_steps_max: 1 << 28, shortening_steps_max: 1 << 16 };
}

/// Options of the check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// What keys have.
    pub data: DataType,
    /// The models that the history is expected to satisfy, all of them.
    pub models: Vec<Model>,
    /// Whether a transaction that reads a register and then writes it is taken to make the version
    /// after the one that it has read. Lists need no such assumption: a read shows the order of
    /// all elements.
    pub writes_follow_reads: bool,
    /// Limits of the search for cycles.
    pub limits: TxnLimits,
    /// Limits of the complete checks of registers, each of one model; without them, dependencies
    /// are inferred as Elle does, and nothing else is checked.
    pub complete: Option<Limits>,
}

/// Limits of a complete check of a client's history: half a minute, 2 GiB, and five seconds for a
/// witness.
const COMPLETE: Limits =
    Limits { steps_max: 1 << 31, bytes_max: 2 << 30, shrink_steps_max: 1 << 28 };

impl Options {
    /// Returns the options with which Maelstrom checks by default.
    pub fn new(data: DataType) -> Options {
        Options {
            data,
            models: vec![Model::StrictSerializable],
            writes_follow_reads: true,
            limits: TxnLimits::DEFAULT,
            complete: Some(COMPLETE),
        }
    }

    /// What the complete checks need.
    pub(super) fn to_complete(&self) -> (&[Model], Option<Limits>) {
        (&self.models, self.complete)
    }
}
