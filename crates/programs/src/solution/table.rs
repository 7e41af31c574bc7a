//! The table of all solutions: the correct nodes that ship.

use super::{OptionSpec, OptionValue, Solution, of};
use super::{broadcast_batched, broadcast_fanout, broadcast_gossip, direct, echo, flood};
use super::{g_counter, g_set, kv_variant, lin_kv_primary, lin_kv_proxy, log_lin_kv, log_merged};
use super::{log_single, pn_counter, unique_ids};
use super::{txn_by_write, txn_causal, txn_lin_kv, txn_single, txn_variant};
use crate::engine::time::Duration;
use crate::glomers::{
    BROADCAST, ECHO, G_COUNTER, G_SET, KAFKA, LIN_KV, PN_COUNTER, TXN_LIST_APPEND, TXN_RW_REGISTER,
    UNIQUE_IDS,
};
use crate::nemesis::FaultKind;

/// The faults that a solution survives if it keeps what it acknowledged on its disk, and retries
/// what was not received.
const ALL_BUT_WIPE: &[FaultKind] = &[
    FaultKind::Partition,
    FaultKind::OneWay,
    FaultKind::Crash,
    FaultKind::Pause,
    FaultKind::Slow,
    FaultKind::Skew,
    FaultKind::Loss,
    FaultKind::Duplication,
];

/// The faults that a solution survives if it keeps what it acknowledged on its disk, and gives up
/// or breaks where it is cut off.
const NO_CUTS: &[FaultKind] = &[
    FaultKind::Crash,
    FaultKind::Pause,
    FaultKind::Slow,
    FaultKind::Skew,
    FaultKind::Loss,
    FaultKind::Duplication,
];

/// The time between two rounds of gossip in which the whole state is sent.
const GOSSIP_INTERVAL: OptionSpec = OptionSpec {
    name: "interval",
    meaning: "the time between two messages to the same node",
    default: OptionValue::Time(Duration::from_ms(500)),
};

/// All solutions: the correct nodes that ship.
pub const SOLUTIONS: &[Solution] = &[
    Solution {
        name: "echo",
        workloads: &[&ECHO],
        idea: "says the same again; nothing to lose",
        survives: &FaultKind::ALL,
        options: &[],
        program: of::<echo::Echo>(),
    },
    Solution {
        name: "unique-ids",
        workloads: &[&UNIQUE_IDS],
        idea: "a name, a number drawn at each start, and a counter",
        survives: &FaultKind::ALL,
        options: &[],
        program: of::<unique_ids::UniqueIds>(),
    },
    Solution {
        name: "flood",
        workloads: &[&BROADCAST],
        idea: "sends each new value to all neighbours but the one it came from, once",
        survives: &[FaultKind::Pause, FaultKind::Slow, FaultKind::Skew, FaultKind::Duplication],
        options: &[],
        program: of::<flood::Flood>(),
    },
    Solution {
        name: "direct",
        workloads: &[&BROADCAST],
        idea: "sends each value of its clients to all other nodes, once",
        survives: &[FaultKind::Pause, FaultKind::Slow, FaultKind::Skew, FaultKind::Duplication],
        options: &[],
        program: of::<direct::Direct>(),
    },
    Solution {
        name: "broadcast-gossip",
        workloads: &[&BROADCAST],
        idea: "floods to neighbours, and repeats what they do not acknowledge",
        survives: ALL_BUT_WIPE,
        options: &[],
        program: of::<broadcast_gossip::Gossip>(),
    },
    Solution {
        name: "broadcast-fanout",
        workloads: &[&BROADCAST],
        idea: "sends to all others at once; acknowledgements ride on their values",
        survives: ALL_BUT_WIPE,
        options: &[],
        program: of::<broadcast_fanout::FanOut>(),
    },
    Solution {
        name: "broadcast-batched",
        workloads: &[&BROADCAST],
        idea: "collects values for a while, and exchanges them through a hub in rounds",
        survives: ALL_BUT_WIPE,
        options: &[
            OptionSpec {
                name: "interval",
                meaning: "the time between two rounds",
                default: OptionValue::Time(Duration::from_ms(800)),
            },
            OptionSpec {
                name: "window",
                meaning: "how long the hub waits for all others after the first in a round",
                default: OptionValue::Time(Duration::from_ms(20)),
            },
        ],
        program: of::<broadcast_batched::Batched>(),
    },
    Solution {
        name: "g-set",
        workloads: &[&G_SET],
        idea: "sends its whole set to all others again and again",
        survives: ALL_BUT_WIPE,
        options: &[GOSSIP_INTERVAL],
        program: of::<g_set::GSet>(),
    },
    Solution {
        name: "g-counter",
        workloads: &[&G_COUNTER],
        idea: "one key per node in seq-kv, and a write before each round of reads",
        survives: ALL_BUT_WIPE,
        options: &[],
        program: of::<g_counter::GCounter>(),
    },
    Solution {
        name: "pn-counter",
        workloads: &[&G_COUNTER, &PN_COUNTER],
        idea: "two totals per node that only grow, merged by the larger",
        survives: ALL_BUT_WIPE,
        options: &[GOSSIP_INTERVAL],
        program: of::<pn_counter::PnCounter>(),
    },
    Solution {
        name: "log-single",
        workloads: &[&KAFKA],
        idea: "one node with all logs on its disk",
        survives: NO_CUTS,
        options: &[],
        program: of::<log_single::LogSingle>(),
    },
    Solution {
        name: "log-lin-kv",
        workloads: &[&KAFKA],
        idea: "logs as chunks in lin-kv, appended to by compare-and-set",
        survives: &FaultKind::ALL,
        options: &[],
        program: of::<log_lin_kv::LogLinKv>(),
    },
    Solution {
        name: "log-merged",
        workloads: &[&KAFKA],
        idea: "every node appends; Lamport clocks order all messages, promises complete them",
        survives: ALL_BUT_WIPE,
        options: &[OptionSpec {
            name: "interval",
            meaning: "the time between two parcels to the same node",
            default: OptionValue::Time(Duration::from_ms(10)),
        }],
        program: of::<log_merged::LogMerged>(),
    },
    Solution {
        name: "lin-kv-proxy",
        workloads: &[&LIN_KV],
        idea: "forwards every request to lin-kv, once",
        survives: &FaultKind::ALL,
        options: &[],
        program: of::<lin_kv_proxy::LinKvProxy>(),
    },
    Solution {
        name: "lin-kv-primary",
        workloads: &[&LIN_KV],
        idea: "a primary whose batches all backups confirm, and failover by timeouts",
        survives: NO_CUTS,
        options: &[],
        program: of::<lin_kv_primary::LinKvPrimary<kv_variant::Right>>(),
    },
    Solution {
        name: "txn-single",
        workloads: &[&TXN_RW_REGISTER],
        idea: "one node with all registers on its disk, one transaction after the other",
        survives: NO_CUTS,
        options: &[],
        program: of::<txn_single::TxnSingle>(),
    },
    Solution {
        name: "txn-by-write",
        workloads: &[&TXN_RW_REGISTER],
        idea: "carries out transactions alone, and ships each write to all others by itself",
        survives: ALL_BUT_WIPE,
        options: &[],
        program: of::<txn_by_write::TxnByWrite>(),
    },
    Solution {
        name: "txn-causal",
        workloads: &[&TXN_RW_REGISTER],
        idea: "carries out transactions alone, and ships each as a whole, causes before effects",
        survives: ALL_BUT_WIPE,
        options: &[],
        program: of::<txn_causal::TxnCausal<txn_variant::RightTxn>>(),
    },
    Solution {
        name: "txn-lin-kv",
        workloads: &[&TXN_LIST_APPEND],
        idea: "lists that never change in lin-kv, behind a root that is compared and set",
        survives: &FaultKind::ALL,
        options: &[],
        program: of::<txn_lin_kv::TxnLinKv<txn_variant::RightTxn>>(),
    },
];
