//! The broken nodes for transactions.

use super::{Broken, program};
use super::{
    lists_abort_late, lists_old_root, lists_root_written, txn_aborts_late, txn_own_unseen,
    txn_seen_in_part,
};
use crate::glomers::{TXN_LIST_APPEND, TXN_RW_REGISTER, Workload};
use crate::solution::{TxnCausal, TxnLinKv};

const LISTS: &[&Workload] = &[&TXN_LIST_APPEND];
const REGISTERS: &[&Workload] = &[&TXN_RW_REGISTER];

/// The nodes.
pub(super) const BROKEN: &[Broken] = &[
    Broken {
        program: program::<txn_seen_in_part::SeenInPart>(
            "txn-seen-in-part",
            REGISTERS,
            "others see some writes of a transaction and not the rest",
        ),
        config: "glomers/6c",
        sets: &[("key_count", "2"), ("nodes", "3")],
        caught_by: "G1b",
    },
    Broken {
        program: program::<TxnCausal<txn_aborts_late::AbortsLate>>(
            "txn-aborts-late",
            REGISTERS,
            "a transaction that took effect is answered as aborted",
        ),
        config: "glomers/6c",
        sets: &[],
        caught_by: "G1a",
    },
    Broken {
        program: program::<TxnCausal<txn_own_unseen::OwnUnseen>>(
            "txn-own-unseen",
            REGISTERS,
            "a transaction does not see its own writes",
        ),
        config: "glomers/6c",
        sets: &[],
        caught_by: "internal-own-write",
    },
    Broken {
        program: program::<TxnLinKv<lists_root_written::RootWritten>>(
            "lists-root-written",
            LISTS,
            "two nodes replace each other's root",
        ),
        config: "glomers/list-append",
        sets: &[],
        caught_by: "incompatible-order",
    },
    Broken {
        program: program::<TxnLinKv<lists_old_root::OldRoot>>(
            "lists-old-root",
            LISTS,
            "reads are from the past",
        ),
        config: "glomers/list-append",
        sets: &[("duration", "60s")],
        caught_by: "G-single-item-process",
    },
    Broken {
        program: program::<TxnLinKv<lists_abort_late::ListsAbortLate>>(
            "lists-abort-late",
            LISTS,
            "a transaction that took effect is answered as aborted",
        ),
        config: "glomers/list-append",
        sets: &[],
        caught_by: "G1a",
    },
];
