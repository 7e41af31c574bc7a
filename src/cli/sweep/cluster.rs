//! `sim sweep plan`, `shard`, `status` and `merge`: a sweep on many machines.

mod index;
mod merge;
mod plan;
mod shard;
mod status;

use clap::Subcommand;

use crate::cli::{CommandError, Io, Outcome};
use crate::sweep::ClusterError;
pub(super) use index::shard_of;
pub(super) use shard::run_shard_of;

/// The commands of a sweep on many machines.
#[derive(Debug, Subcommand)]
pub(super) enum ClusterCommand {
    Plan(plan::PlanArgs),
    Shard(shard::ShardArgs),
    Status(status::StatusArgs),
    Merge(merge::MergeArgs),
}

pub(super) fn run(command: &ClusterCommand, io: &mut Io<'_>) -> Outcome {
    match command {
        ClusterCommand::Plan(arguments) => plan::plan(arguments, io),
        ClusterCommand::Shard(arguments) => shard::shard(arguments, io),
        ClusterCommand::Status(arguments) => status::status(arguments, io),
        ClusterCommand::Merge(arguments) => merge::merge(arguments, io),
    }
}

fn failure(error: ClusterError) -> CommandError {
    match error {
        ClusterError::Data { .. } => CommandError::Data(error.to_string()),
        ClusterError::NotYet(what) => CommandError::NotYet(what),
        ClusterError::Config(error) => super::refused(*error),
        ClusterError::Store(error) => error.into(),
        ClusterError::Interrupted => CommandError::NotYet("interrupted".to_owned()),
    }
}
