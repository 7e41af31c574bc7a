//! Sweeps beyond one machine: a plan, shards that any engine starts, and their merge.
//!
//! A plan splits the numbers of the runs into shards. Each shard is computed by a process of its
//! own, which leaves at most two files in a folder of the shard; they are put in place by renames
//! alone, so that kills and several attempts of one shard do no harm. All sums are exact integers,
//! so that the merge does not depend on which process did what.

mod attempt;
mod bounds;
mod engines;
mod error;
mod gather;
mod heartbeat;
mod histogram;
mod merge;
mod plan;
mod shard_file;
mod shard_sink;
mod status;
mod sum;
mod trial;
mod wide;

pub use attempt::{Attempt, AttemptEnd, verify};
pub use bounds::{Cover, split};
pub use engines::{ENGINES, Engine, JobFile, Sizes};
pub use error::ClusterError;
pub use gather::PointSums;
pub use heartbeat::{Beat, Heartbeat};
pub use histogram::Histogram;
pub use merge::{Folded, Merge, MergeSink, write_sums};
pub use plan::{
    Opened, PLAN, PLAN_BASE, PLAN_KIND, Plan, RowsKept, SHARDS_MAX, SOURCE, index_spec,
};
pub use shard_file::ShardHead;
pub use status::{Failed, ShardState, Status, put_failed};
pub use sum::{Sum, UNITS};
pub use trial::trial;
pub use wide::Wide;
