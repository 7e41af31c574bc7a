//! Broken nodes: one mistake each, the config under which it shows, and the rule that must object.
//!
//! They are what checkers are tested with, and what a reader may compare an own node with. A checker
//! that lets one of them pass is wrong.

mod broadcast_highest;
mod broadcast_kept;
mod broadcast_listed;
mod broadcast_newest;
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
mod pn_doubled;
mod pn_latest;
mod pn_net_max;
mod pn_numbered;
mod set_above_highest;
mod set_in_memory;
mod set_news_once;
mod set_replaced;
mod table;

pub use table::BROKEN;

use super::parameters::Parameters;
use super::run::{Run, Sink};
use super::solution::{Build, Options, Runner, run_as};
use super::workload::WorkloadKind;

/// A node program with a mistake.
#[derive(Clone, Copy)]
pub struct Broken {
    /// Its name.
    pub name: &'static str,
    /// What it is for.
    pub workload: WorkloadKind,
    /// The mistake, in a line.
    pub mistake: &'static str,
    /// The shipped config under which it shows.
    pub config: &'static str,
    /// What is set on top of that config.
    pub sets: &'static [(&'static str, &'static str)],
    /// The rule that must object.
    pub caught_by: &'static str,
    run: Runner,
}

impl std::fmt::Debug for Broken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Broken").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Broken {
    /// Runs it. `stop` is asked now and then.
    pub fn run(
        &self,
        parameters: &Parameters,
        sink: &mut dyn Sink,
        stop: &dyn Fn() -> bool,
    ) -> Run {
        (self.run)(parameters, &Options::default(), sink, stop)
    }
}
