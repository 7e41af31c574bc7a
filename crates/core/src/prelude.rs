//! The prelude for custom models: `use sim_core::prelude::*`.
//!
//! `rand`'s traits are part of it, so that ranges, shuffles and distributions work on every
//! [`Rng`](crate::engine::rng::Rng). The output of its own draws (`next_u64`, `below`, `happens`)
//! and of [`exponential`] is stable in every version; that of `rand`'s methods only as far as
//! `rand` promises it: within a minor version of `rand`.

pub use crate::engine::limits::{End, Limits};
pub use crate::engine::queue::Ties;
pub use crate::engine::ratio::Ratio;
pub use crate::engine::rng::Seed;
pub use crate::engine::time::{Duration, Instant};
pub use crate::model::{
    Checker, Model, ModelSetup, Nodes, Outcome, Process, ProcessContext, RunError, Violation,
    check_seeds, exponential,
};
pub use crate::network::{Cut, Latency, Link, Partition};
pub use crate::node::{NodeId, Timer};
pub use crate::simulation::{NodeFault, SetupError, Skew};
pub use rand::RngExt;
pub use rand::distr::Distribution;
pub use rand::seq::{IndexedRandom, SliceRandom};
