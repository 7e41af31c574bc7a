//! The table of broken key-value stores.

use super::{Broken, program};
use super::{kv_cas_twice, kv_read_at_backup, kv_reply_first};
use crate::glomers::{LIN_KV, Workload};
use crate::solution::LinKvPrimary;

const LIN_KV_ALONE: &[&Workload] = &[&LIN_KV];

/// The config of the node that they vary.
const CONFIG: &str = "glomers/lin-kv-primary";
/// The rule that catches them.
const RULE: &str = "not-linearizable";

/// All of them.
pub(super) const BROKEN: &[Broken] = &[
    Broken {
        program: program::<LinKvPrimary<kv_cas_twice::CasTwice>>(
            "kv-cas-twice",
            LIN_KV_ALONE,
            "a compare-and-set that is retried is carried out again",
        ),
        config: CONFIG,
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.1")],
        caught_by: RULE,
    },
    Broken {
        program: program::<LinKvPrimary<kv_read_at_backup::ReadAtBackup>>(
            "kv-read-at-backup",
            LIN_KV_ALONE,
            "reads from backups",
        ),
        config: CONFIG,
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.1")],
        caught_by: RULE,
    },
    Broken {
        program: program::<LinKvPrimary<kv_reply_first::ReplyFirst>>(
            "kv-reply-first",
            LIN_KV_ALONE,
            "acknowledged first, replicated later",
        ),
        config: CONFIG,
        sets: &[
            ("duration", "10s"),
            ("rate", "1000"),
            ("concurrency", "20n"),
            ("client_timeout", "10s"),
            ("nemesis.kinds", "[]"),
            ("nemesis.faults", r#"[{ at = "3s", until = "5s", crash = ["n0"] }]"#),
        ],
        caught_by: RULE,
    },
];
