//! The table of all broken nodes.

use super::{Broken, program};
use super::{
    broadcast_highest, broadcast_kept, broadcast_listed, broadcast_newest, broadcast_snapshot,
    broadcast_told_once, broadcast_unsynced, counter_repeated, counter_shared, counter_stale,
    counter_written_later, echo_by_number, echo_cut_off, echo_last_text, ids_after_crash,
    ids_by_clock, ids_read_then_write, ids_without_name, pn_doubled, pn_latest, pn_net_max,
    pn_numbered, set_above_highest, set_in_memory, set_news_once, set_replaced,
};
use crate::glomers::workload::WorkloadKind;

/// All broken nodes that ship, several for each workload.
pub const BROKEN: &[Broken] = &[
    Broken {
        program: program::<echo_by_number::ByNumber>(
            "echo-by-number",
            &[WorkloadKind::Echo],
            "a cache of replies that confuses clients",
        ),
        config: "glomers/1-echo",
        sets: &[("concurrency", "4")],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<echo_cut_off::CutOff>(
            "echo-cut-off",
            &[WorkloadKind::Echo],
            "texts of a limited length",
        ),
        config: "glomers/1-echo",
        sets: &[],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<echo_last_text::LastText>(
            "echo-last-text",
            &[WorkloadKind::Echo],
            "one buffer for all texts",
        ),
        config: "glomers/1-echo",
        sets: &[],
        caught_by: "wrong-echo",
    },
    Broken {
        program: program::<ids_after_crash::AfterCrash>(
            "ids-after-crash",
            &[WorkloadKind::UniqueIds],
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
            &[WorkloadKind::UniqueIds],
            "the time as an id",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<ids_read_then_write::ReadThenWrite>(
            "ids-read-then-write",
            &[WorkloadKind::UniqueIds],
            "a common counter without compare-and-set",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<ids_without_name::WithoutName>(
            "ids-without-name",
            &[WorkloadKind::UniqueIds],
            "a counter that all nodes have",
        ),
        config: "glomers/2-unique-ids",
        sets: &[("duration", "5s")],
        caught_by: "duplicate-id",
    },
    Broken {
        program: program::<broadcast_highest::Highest>(
            "broadcast-highest",
            &[WorkloadKind::Broadcast],
            "the highest number stands for all before it",
        ),
        config: "glomers/3b",
        sets: &[("network.loss", "0.1")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<broadcast_kept::Kept>(
            "broadcast-kept",
            &[WorkloadKind::Broadcast],
            "nobody is told",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<broadcast_listed::Listed>(
            "broadcast-listed",
            &[WorkloadKind::Broadcast],
            "a list in the place of a set",
        ),
        config: "glomers/3b",
        sets: &[("network.duplication", "0.2")],
        caught_by: "duplicate-in-read",
    },
    Broken {
        program: program::<broadcast_newest::Newest>(
            "broadcast-newest",
            &[WorkloadKind::Broadcast],
            "a buffer that is full",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "vanished",
    },
    Broken {
        program: program::<broadcast_snapshot::Snapshot>(
            "broadcast-snapshot",
            &[WorkloadKind::Broadcast],
            "reads of a second ago",
        ),
        config: "glomers/3b",
        sets: &[],
        caught_by: "not-visible-at-origin",
    },
    Broken {
        program: program::<broadcast_told_once::ToldOnce>(
            "broadcast-told-once",
            &[WorkloadKind::Broadcast],
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
            &[WorkloadKind::Broadcast],
            "a disk that is written and never synced",
        ),
        config: "glomers/3a",
        sets: &[("nemesis.faults", r#"[{ at = "15s", until = "16s", crash = ["n0"] }]"#)],
        caught_by: "lost",
    },
    Broken {
        program: program::<set_above_highest::AboveHighest>(
            "set-above-highest",
            &[WorkloadKind::GSet],
            "elements are expected in order",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<set_in_memory::InMemory>(
            "set-in-memory",
            &[WorkloadKind::GSet],
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
            &[WorkloadKind::GSet],
            "news are forgotten when they are sent",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.2")],
        caught_by: "missing-at-node",
    },
    Broken {
        program: program::<set_replaced::Replaced>(
            "set-replaced",
            &[WorkloadKind::GSet],
            "the larger one wins",
        ),
        config: "glomers/g-set",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "lost",
    },
    Broken {
        program: program::<counter_repeated::Repeated>(
            "counter-repeated",
            &[WorkloadKind::GCounter],
            "an addition that is repeated is added again",
        ),
        config: "glomers/4-g-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.loss", "0.1")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_shared::Shared>(
            "counter-shared",
            &[WorkloadKind::GCounter],
            "one key for all, without compare-and-set",
        ),
        config: "glomers/4-g-counter",
        sets: &[],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_stale::Stale>(
            "counter-stale",
            &[WorkloadKind::GCounter],
            "what `seq-kv` answers is taken for the present",
        ),
        config: "glomers/4-g-counter",
        sets: &[("nodes", "9")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<counter_written_later::WrittenLater>(
            "counter-written-later",
            &[WorkloadKind::GCounter],
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
        program: program::<pn_doubled::Doubled>(
            "pn-doubled",
            &[WorkloadKind::PnCounter],
            "additions that the network doubles count twice",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.duplication", "0.2")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_latest::Latest>(
            "pn-latest",
            &[WorkloadKind::PnCounter],
            "one value for all, of which the latest wins",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_net_max::NetMax>(
            "pn-net-max",
            &[WorkloadKind::PnCounter],
            "one total per node, merged by the larger",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]")],
        caught_by: "out-of-range",
    },
    Broken {
        program: program::<pn_numbered::Numbered>(
            "pn-numbered",
            &[WorkloadKind::PnCounter],
            "additions count once, if they come in order",
        ),
        config: "glomers/pn-counter",
        sets: &[("nemesis.kinds", "[]"), ("network.latency", r#"{ exponential = "100ms" }"#)],
        caught_by: "out-of-range",
    },
];
