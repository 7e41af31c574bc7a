//! The broken nodes for transactions.

use super::txn_engine::Engine;
use super::{Broken, program};
use super::{
    lists_abort_late, lists_old_root, lists_root_written, txn_aborts_late, txn_causal_reversal,
    txn_dirty_write, txn_fractured_read, txn_long_fork, txn_lost_update, txn_own_unseen,
    txn_read_skew, txn_realtime_reversal, txn_seen_in_part, txn_stale_replica, txn_write_skew,
};
use crate::glomers::{TXN_LIST_APPEND, TXN_RW_REGISTER, Workload};
use crate::solution::{TxnCausal, TxnLinKv};

const LISTS: &[&Workload] = &[&TXN_LIST_APPEND];
const REGISTERS: &[&Workload] = &[&TXN_RW_REGISTER];

/// What is set where the mistake of a store with many transactions at a time shows, at the weakest
/// model that prohibits it.
const fn overlapping(
    duration: &'static str,
    model: &'static str,
) -> [(&'static str, &'static str); 4] {
    [
        ("concurrency", "10"),
        ("key_count", "4"),
        ("duration", duration),
        ("consistency_models", model),
    ]
}

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
        program: program::<Engine<txn_dirty_write::DirtyWrite>>(
            "txn-dirty-write",
            REGISTERS,
            "transactions overwrite each other before they end",
        ),
        config: "glomers/6a",
        sets: &[
            ("concurrency", "20"),
            ("key_count", "8"),
            ("max_txn_length", "8"),
            ("duration", "8s"),
            ("consistency_models", "read-uncommitted"),
        ],
        caught_by: "G0",
    },
    Broken {
        program: program::<Engine<txn_read_skew::ReadSkew>>(
            "txn-read-skew",
            REGISTERS,
            "a transaction reads parts of two states",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "consistent-view"),
        caught_by: "G-single-item",
    },
    Broken {
        program: program::<Engine<txn_lost_update::LostUpdate>>(
            "txn-lost-update",
            REGISTERS,
            "the last of two transactions that update a register wins",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "cursor-stability"),
        caught_by: "lost-update",
    },
    Broken {
        program: program::<Engine<txn_write_skew::WriteSkew>>(
            "txn-write-skew",
            REGISTERS,
            "two transactions each write what the other one has read",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "repeatable-read"),
        caught_by: "G2-item",
    },
    Broken {
        program: program::<Engine<txn_long_fork::LongFork>>(
            "txn-long-fork",
            REGISTERS,
            "two copies receive commits in different orders",
        ),
        config: "glomers/6a",
        sets: &overlapping("10s", "snapshot-isolation"),
        caught_by: "long-fork",
    },
    Broken {
        program: program::<Engine<txn_causal_reversal::CausalReversal>>(
            "txn-causal-reversal",
            REGISTERS,
            "an effect is seen before its cause",
        ),
        config: "glomers/6a",
        sets: &overlapping("20s", "causal-cerone"),
        caught_by: "causality-violation",
    },
    Broken {
        program: program::<Engine<txn_fractured_read::FracturedRead>>(
            "txn-fractured-read",
            REGISTERS,
            "others see a commit in part while it is written",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "read-atomic"),
        caught_by: "fractured-read",
    },
    Broken {
        program: program::<Engine<txn_stale_replica::StaleReplica>>(
            "txn-stale-replica",
            REGISTERS,
            "transactions that only read have an old copy",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "strong-session-snapshot-isolation"),
        caught_by: "G-single-item-process",
    },
    Broken {
        program: program::<Engine<txn_realtime_reversal::RealtimeReversal>>(
            "txn-realtime-reversal",
            REGISTERS,
            "transactions that only read miss what others have done",
        ),
        config: "glomers/6a",
        sets: &overlapping("5s", "strong-snapshot-isolation"),
        caught_by: "G-single-item-realtime",
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
