//! Progress of a run in virtual time.

use super::output::Output;
use super::progress::Progress;
use crate::engine::time::{Duration, Instant};
use crate::glomers::Outlook;
use crate::node::NodeId;
use crate::scale_model::Machine;
use crate::simulation::Observer;
use crate::trace::Event;

/// How far a run is on its way to its end.
pub(super) struct VirtualProgress {
    progress: Progress,
    duration: Duration,
}

impl VirtualProgress {
    /// Begins to watch over a run of this duration.
    pub(super) fn new(output: Output, duration: Duration) -> VirtualProgress {
        VirtualProgress { progress: Progress::new(output, 0, duration.as_ns()), duration }
    }

    /// Shows that the run is at this instant, with further words.
    pub(super) fn show(&mut self, at: Instant, more: impl FnOnce() -> String) {
        if !self.progress.is_due() {
            return;
        }
        let duration = self.duration;
        self.progress.show(at.as_ns(), |seconds| {
            let (now, all) = (whole(at.as_ns()), whole(duration.as_ns()));
            let speed = at.as_ns() as f64 / 1e9 / seconds;
            format!("{now} of {all} s of virtual time, {speed:.1} a second{}", more())
        });
    }
}

impl Observer<Machine> for VirtualProgress {
    #[inline(always)]
    fn record(&mut self, _: Instant, _: NodeId, _: &Event) {}

    fn passes(&mut self, at: Instant) {
        self.show(at, String::new);
    }
}

/// Returns what is known of a run of nodes, after a comma.
pub(super) fn of_nodes(outlook: &Outlook) -> String {
    let mut words = format!("; {} operations", outlook.invoked);
    if let Some(late) = outlook.late {
        words += &format!(", late by up to {late}");
    }
    if !outlook.faults.is_empty() {
        words += &format!("; now {}", outlook.faults.join(", "));
    }
    words
}

/// Returns nanoseconds as whole seconds.
fn whole(ns: u64) -> u64 {
    ns / 1_000_000_000
}
