//! Broken nodes: one mistake each, the config under which it shows, and the rule that must catch
//! it.
//!
//! Checkers are tested with them, and users can compare their own nodes with them. A checker that
//! passes one of them is wrong.

mod broadcast_highest;
mod broadcast_kept;
mod broadcast_listed;
mod broadcast_newest;
mod broadcast_retried_once;
mod broadcast_snapshot;
mod broadcast_told_once;
mod broadcast_unsynced;
mod counter_repeated;
mod counter_shared;
mod counter_stale;
mod counter_written_later;
mod echo_by_number;
mod echo_cut_off;
mod echo_last_text;
mod ids_after_crash;
mod ids_by_clock;
mod ids_read_then_write;
mod ids_without_name;
mod kv_cas_twice;
mod kv_read_at_backup;
mod kv_reply_first;
mod kv_table;
mod lists_abort_late;
mod lists_old_root;
mod lists_root_written;
mod log_commit_forgotten;
mod log_gap_on_failover;
mod log_offset_reused;
mod log_poll_goes_back;
mod log_poll_skips;
mod log_sent_twice;
mod log_table;
mod log_value_lost;
mod pn_doubled;
mod pn_latest;
mod pn_net_max;
mod pn_numbered;
mod set_above_highest;
mod set_in_memory;
mod set_news_once;
mod set_replaced;
mod table;
mod txn_aborts_late;
mod txn_causal_reversal;
mod txn_dirty_write;
mod txn_engine;
mod txn_fractured_read;
mod txn_long_fork;
mod txn_lost_update;
mod txn_models;
mod txn_own_unseen;
mod txn_read_skew;
mod txn_realtime_reversal;
mod txn_seen_in_part;
mod txn_stale_replica;
mod txn_table;
mod txn_write_skew;

pub use table::BROKEN;
pub use txn_models::WEAKEST_BROKEN;

use sim_maelstrom::{Build, Options, Solution, Workload, of};

/// A node program with a mistake.
#[derive(Clone, Copy, Debug)]
pub struct Broken {
    /// The program: its idea is the mistake, in a line, and it survives nothing.
    pub program: Solution,
    /// The shipped config under which the mistake shows.
    pub config: &'static str,
    /// What is set on top of that config.
    pub sets: &'static [(&'static str, &'static str)],
    /// The rule that must catch it.
    pub caught_by: &'static str,
}

/// Returns the program of a node with a mistake.
const fn program<S: Build>(
    name: &'static str,
    workloads: &'static [&'static Workload],
    mistake: &'static str,
) -> Solution {
    Solution { name, workloads, idea: mistake, survives: &[], options: &[], program: of::<S>() }
}
