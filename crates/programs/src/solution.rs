//! Solutions: the nodes that ship for each challenge, naive ones and the best known, one file each,
//! and the table of all of them.

mod broadcast_batched;
mod broadcast_fanout;
mod broadcast_gossip;
mod direct;
mod echo;
mod external;
mod flood;
mod g_counter;
mod g_set;
mod kv_members;
mod kv_message;
mod kv_request;
mod kv_state;
mod kv_variant;
mod lin_kv_primary;
mod lin_kv_proxy;
mod log_lin_kv;
mod log_merged;
mod log_request;
mod log_single;
mod logs;
mod pn_counter;
mod shipping;
mod table;
mod txn_by_write;
mod txn_causal;
mod txn_lin_kv;
mod txn_replica;
mod txn_request;
mod txn_single;
mod txn_variant;
mod unique_ids;

pub use external::EXTERNAL;
pub(crate) use kv_variant::Variant;
pub(crate) use lin_kv_primary::LinKvPrimary;
pub(crate) use log_request::{LogCaller, LogRequest, Messages, Offsets};
pub(crate) use logs::Logs;
pub use table::SOLUTIONS;
pub(crate) use txn_by_write::TxnByWrite;
pub(crate) use txn_causal::TxnCausal;
pub(crate) use txn_lin_kv::TxnLinKv;
pub(crate) use txn_request::{MicroOp, TxnCaller};
pub(crate) use txn_variant::TxnVariant;

use sim_maelstrom::{Build, OptionSpec, OptionValue, Options, Solution, of};
