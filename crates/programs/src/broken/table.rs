//! The table of all broken nodes.

use super::{Broken, kv_table, log_table, program, txn_table};
use super::{
    broadcast_highest, broadcast_kept, broadcast_listed, broadcast_newest, broadcast_retried_once,
    broadcast_snapshot, broadcast_told_once, broadcast_unsynced, counter_repeated, counter_shared,
    counter_stale, counter_written_later, echo_by_number, echo_cut_off, echo_last_text,
    ids_after_crash, ids_by_clock, ids_read_then_write, ids_without_name, pn_doubled, pn_latest,
    pn_net_max, pn_numbered, set_above_highest, set_in_memory, set_news_once, set_replaced,
};
use crate::glomers::{BROADCAST, ECHO, G_COUNTER, G_SET, PN_COUNTER, UNIQUE_IDS, Workload};

const ECHO_ALONE: &[&Workload] = &[&ECHO];
const UNIQUE_IDS_ALONE: &[&Workload] = &[&UNIQUE_IDS];
const BROADCAST_ALONE: &[&Workload] = &[&BROADCAST];
const G_SET_ALONE: &[&Workload] = &[&G_SET];
const G_COUNTER_ALONE: &[&Workload] = &[&G_COUNTER];
const PN_COUNTER_ALONE: &[&Workload] = &[&PN_COUNTER];

/// All broken nodes that ship, several for each workload.
pub const BROKEN: &[Broken] = &{
    let mut all = [SIMPLE[0]; COUNT];
    let (mut part, mut place, mut count) = (0, 0, 0);
    while count < COUNT {
        if place < PARTS[part].len() {
            all[count] = PARTS[part][place];
            (place, count) = (place + 1, count + 1);
        } else {
            (part, place) = (part + 1, 0);
        }
    }
    all
};

/// The parts of the table.
const PARTS: [&[Broken]; 4] = [SIMPLE, log_table::BROKEN, kv_table::BROKEN, txn_table::BROKEN];

const COUNT: usize = {
    let (mut part, mut count) = (0, 0);
    while part < PARTS.len() {
        count += PARTS[part].len();
        part += 1;
    }
    count
};

/// Those of challenges 1 to 4.
const SIMPLE: &[Broken] = &[
    Broken {
        program: program::<echo_by_number::ByNumber>(
            "echo-by-number",
            ECHO_ALONE,
            "a cache of replies that confuses clients",
        ),
        config: "glomers/1-echo",
        sets: &[("concurrency", "4")],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<echo_cut_off::CutOff>(
            "echo-cut-off",
            ECHO_ALONE,
            "texts of a limited length",
        ),
        config: "glomers/1-echo",
        sets: &[],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<echo_last_text::LastText>(
            "echo-last-text",
            ECHO_ALONE,
            "one buffer for all texts",
        ),
        config: "glomers/1-echo",
        sets: &[],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<ids_after_crash::AfterCrash>(
            "ids-after-crash",
            UNIQUE_IDS_ALONE,
            "a counter that is forgotten",
        ),
        config: "glomers/2-unique-ids",
        sets: &[
            ("duration", "5s"),
            ("client_timeout", "500ms"),
            ("nemesis.faults", r#"[{ at = "2s", until = "3s", crash = ["n1"] }]"#),
        ],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<ids_by_clock::ByClock>(
            "ids-by-clock",
            UNIQUE_IDS_ALONE,
            "the time as an id",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<ids_read_then_write::ReadThenWrite>(
            "ids-read-then-write",
            UNIQUE_IDS_ALONE,
            "a common counter without compare-and-set",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<ids_without_name::WithoutName>(
            "ids-without-name",
            UNIQUE_IDS_ALONE,
            "a counter that all nodes have",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<broadcast_highest::Highest>(
            "broadcast-highest",
            BROADCAST_ALONE,
            "the highest number stands for all before it",
        ),
        config: "glomers/3b",
        sets: &[("network.loss", "0.1")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<broadcast_kept::Kept>(
            "broadcast-kept",
            BROADCAST_ALONE,
            "nothing is sent to other nodes",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<broadcast_listed::Listed>(
            "broadcast-listed",
            BROADCAST_ALONE,
            "a list in the place of a set",
        ),
        config: "glomers/3b",
        sets: &[("network.duplication", "0.2")],
        caught_by: "duplicate-in-read",
    },
    Broken {
        program: program::<broadcast_newest::Newest>(
            "broadcast-newest",
            BROADCAST_ALONE,
            "a buffer that is full",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "vanished",
    },
    Broken {
        program: program::<broadcast_snapshot::Snapshot>(
            "broadcast-snapshot",
            BROADCAST_ALONE,
            "reads of a second ago",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "not-visible-at-origin",
    },
    Broken {
        program: program::<broadcast_retried_once::RetriedOnce>(
            "broadcast-retried-once",
            BROADCAST_ALONE,
            "what is not acknowledged is sent once more, and then forgotten",
        ),
        config: "glomers/3c",
        sets: &[
            ("nemesis.kinds", "[]"),
            (
                "nemesis.faults",
                r#"[{ at = "2s", until = "9s", partition = [["n0"], ["n1","n2","n3","n4"]] }]"#,
            ),
        ],
        caught_by: "lost",
    },
    Broken {
        program: program::<broadcast_told_once::ToldOnce>(
            "broadcast-told-once",
            BROADCAST_ALONE,
            "everything is said once",
        ),
        config: "glomers/3c",
        sets: &[
            ("nemesis.kinds", "[]"),
            (
                "nemesis.faults",
                r#"[{ at = "2s", until = "9s", partition = [["n0"], ["n1","n2","n3","n4"]] }]"#,
            ),
        ],
        caught_by: "lost",
    },
    Broken {
        program: program::<broadcast_unsynced::Unsynced>(
            "broadcast-unsynced",
            BROADCAST_ALONE,
            "a disk that is written and never synced",
        ),
        config: "glomers/3a",
        sets: &[("nemesis.faults", r#"[{ at = "15s", until = "16s", crash = ["n0"] }]"#)],
        caught_by: "lost",
    },
    Broken {
        program: program::<set_above_highest::AboveHighest>(
            "set-above-highest",
            G_SET_ALONE,
            "elements are expected in order",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<set_in_memory::InMemory>(
            "set-in-memory",
            G_SET_ALONE,
            "gossip in the place of a disk",
        ),
        config: "glomers/g-set",
        sets: &[
            ("nemesis.kinds", "[]"),
            (
                "nemesis.faults",
                r#"[{ at = "10500ms", until = "11s", crash = ["n0", "n1", "n2"] }]"#,
            ),
        ],
        caught_by: "lost",
    },
    Broken {
        program: program::<set_news_once::NewsOnce>(
            "set-news-once",
            G_SET_ALONE,
            "news are forgotten when they are sent",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.2")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<set_replaced::Replaced>(
            "set-replaced",
            G_SET_ALONE,
            "the larger one wins",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "lost",
    },
    Broken {
        program: program::<counter_repeated::Repeated>(
            "counter-repeated",
            G_COUNTER_ALONE,
            "an addition that is repeated is added again",
        ),
        config: "glomers/4-g-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.1")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_shared::Shared>(
            "counter-shared",
            G_COUNTER_ALONE,
            "one key for all, without compare-and-set",
        ),
        config: "glomers/4-g-counter",
        sets: &[],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_stale::Stale>(
            "counter-stale",
            G_COUNTER_ALONE,
            "what `seq-kv` answers is taken for the present",
        ),
        config: "glomers/4-g-counter",
        sets: &[("nodes", "9")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_written_later::WrittenLater>(
            "counter-written-later",
            G_COUNTER_ALONE,
            "acknowledged first, written later",
        ),
        config: "glomers/4-g-counter",
        sets: &[
            ("nemesis.kinds", "[]"),
            ("nemesis.faults", r#"[{ at = "11900ms", until = "13s", crash = ["n1"] }]"#),
        ],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_doubled::Duplicated>(
            "pn-doubled",
            PN_COUNTER_ALONE,
            "additions that the network duplicates count twice",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.duplication", "0.2")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_latest::Latest>(
            "pn-latest",
            PN_COUNTER_ALONE,
            "one value for all, of which the latest wins",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_net_max::NetMax>(
            "pn-net-max",
            PN_COUNTER_ALONE,
            "one total per node, merged by the larger",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_numbered::Numbered>(
            "pn-numbered",
            PN_COUNTER_ALONE,
            "additions count once, if they come in order",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.latency", r#"{ exponential = "100ms" }"#)],
        caught_by: "out-of-range",
    },
];
