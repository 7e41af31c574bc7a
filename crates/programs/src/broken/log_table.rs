//! The table of broken logs.

use super::{Broken, program};
use super::{
    log_commit_forgotten, log_gap_on_failover, log_offset_reused, log_poll_goes_back,
    log_poll_skips, log_sent_twice, log_value_lost,
};
use crate::glomers::{KAFKA, Workload};

const KAFKA_ALONE: &[&Workload] = &[&KAFKA];

/// The only node with a log crashes.
const LOG_CRASHES: &[(&str, &str)] = &[
    ("duration", "6s"),
    ("max_writes_per_key", "1000"),
    ("client_timeout", "500ms"),
    ("nemesis.faults", r#"[{ at = "2s", until = "3s", crash = ["n0"] }]"#),
];

/// All of them.
pub(super) const BROKEN: &[Broken] = &[
    Broken {
        program: program::<log_commit_forgotten::CommitForgotten>(
            "log-commit-forgotten",
            KAFKA_ALONE,
            "commits are forgotten",
        ),
        config: "glomers/5a",
        sets: LOG_CRASHES,
        caught_by: "committed-back",
    },
    Broken {
        program: program::<log_gap_on_failover::GapOnFailover>(
            "log-gap-on-failover",
            KAFKA_ALONE,
            "a node continues behind messages that it has lost",
        ),
        config: "glomers/5a",
        sets: LOG_CRASHES,
        caught_by: "lost-write",
    },
    Broken {
        program: program::<log_offset_reused::OffsetReused>(
            "log-offset-reused",
            KAFKA_ALONE,
            "two nodes give one offset to two messages",
        ),
        config: "glomers/5b",
        sets: &[("duration", "5s")],
        caught_by: "inconsistent-offsets",
    },
    Broken {
        program: program::<log_poll_goes_back::PollGoesBack>(
            "log-poll-goes-back",
            KAFKA_ALONE,
            "a poll begins with a message that was read before",
        ),
        config: "glomers/5a",
        sets: &[("duration", "5s")],
        caught_by: "nonmonotonic-poll",
    },
    Broken {
        program: program::<log_poll_skips::PollSkips>(
            "log-poll-skips",
            KAFKA_ALONE,
            "a poll returns the newest messages",
        ),
        config: "glomers/5a",
        sets: &[("duration", "5s")],
        caught_by: "poll-skip",
    },
    Broken {
        program: program::<log_sent_twice::SentTwice>(
            "log-sent-twice",
            KAFKA_ALONE,
            "a send that is repeated is appended again",
        ),
        config: "glomers/5b",
        sets: &[("duration", "5s"), ("network.loss", "0.1")],
        caught_by: "duplicate",
    },
    Broken {
        program: program::<log_value_lost::ValueLost>(
            "log-value-lost",
            KAFKA_ALONE,
            "old messages are dropped before they are read",
        ),
        config: "glomers/5a",
        sets: &[("duration", "5s")],
        caught_by: "lost-write",
    },
];
