//! The figures of a run by their paths, and the check of targets.

use std::collections::BTreeMap;

use crate::check::set_full::quantile;
use crate::check::txn::WhiteBox;
use crate::check::{HistoryVerdict, Validity};
use crate::config::Target;
use crate::engine::time::Duration;
use crate::glomers::{GlomersRun, ZoneStats};
use crate::history::{EntryKind, F, Op, Process};

/// Quantiles of latencies, by name.
pub(super) const QUANTILES: [(&str, f64); 4] =
    [("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0)];

/// The figures of a run, by their paths. Figures without data are absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Figures(pub BTreeMap<String, f64>);

/// A target with the figure that it is about.
#[derive(Clone, Debug, PartialEq)]
pub struct TargetOutcome {
    /// The target.
    pub target: Target,
    /// The figure; `None` if the run has no data for it.
    pub figure: Option<f64>,
}

impl TargetOutcome {
    /// Returns whether the target is met; unknown without a figure.
    pub fn validity(&self) -> Validity {
        let Target { comparison, number, .. } = &self.target;
        match self.figure {
            Some(figure) => Validity::of(comparison.holds(figure, *number)),
            None => Validity::Unknown,
        }
    }
}

/// Numbers of client operations by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcomes {
    /// Operations that began.
    pub invoked: u64,
    /// Operations that succeeded.
    pub ok: u64,
    /// Operations that did not take effect.
    pub fail: u64,
    /// Operations with an unknown outcome.
    pub info: u64,
}

impl Outcomes {
    /// Counts the operations of clients, or only those called `f` if it is given.
    pub(super) fn of(history: &[Op], f: Option<&F>) -> Outcomes {
        let mut outcomes = Outcomes::default();
        let clients = history.iter().filter(|op| op.process != Process::Nemesis);
        for op in clients.filter(|op| f.is_none_or(|f| op.f == *f)) {
            *match op.kind {
                EntryKind::Invoke => &mut outcomes.invoked,
                EntryKind::Ok => &mut outcomes.ok,
                EntryKind::Fail => &mut outcomes.fail,
                EntryKind::Info => &mut outcomes.info,
            } += 1;
        }
        outcomes
    }
}

/// Returns the latencies of successful operations by operation, in ascending order.
pub(super) fn op_latencies(history: &[Op]) -> BTreeMap<F, Vec<Duration>> {
    let mut begun = BTreeMap::new();
    let mut latencies: BTreeMap<F, Vec<Duration>> = BTreeMap::new();
    for op in history.iter().filter(|op| op.process != Process::Nemesis) {
        if op.kind == EntryKind::Invoke {
            begun.insert(op.process, op.time);
        } else if let Some(begun) = begun.remove(&op.process)
            && op.kind == EntryKind::Ok
        {
            let took = op.time.saturating_since(begun);
            latencies.entry(op.f.clone()).or_default().push(took);
        }
    }
    latencies.values_mut().for_each(|all| all.sort_unstable());
    latencies
}

/// Returns the number of messages per operation that clients began.
pub(super) fn per_op(zone: ZoneStats, invoked: u64) -> Option<f64> {
    (invoked > 0).then(|| zone.messages as f64 / invoked as f64)
}

/// Returns the number of server messages per broadcast.
pub(super) fn per_broadcast(run: &GlomersRun) -> Option<f64> {
    let broadcasts = Outcomes::of(&run.history, Some(&F::Broadcast)).invoked;
    per_op(run.net.servers, broadcasts)
}

/// Converts a duration to milliseconds.
pub(super) fn ms(duration: Duration) -> f64 {
    duration.as_ns() as f64 / 1e6
}

/// Returns all figures of a run.
pub(super) fn figures(
    run: &GlomersRun,
    verdict: &HistoryVerdict,
    white_box: Option<&WhiteBox>,
) -> Figures {
    let mut figures = BTreeMap::new();
    let mut note = |path: String, value: f64| {
        figures.insert(path, value);
    };
    let outcomes = Outcomes::of(&run.history, None);
    for (name, zone) in zones(run) {
        note(format!("net.{name}.send_count"), zone.sends as f64);
        note(format!("net.{name}.recv_count"), zone.receives as f64);
        note(format!("net.{name}.msg_count"), zone.messages as f64);
        if let (true, Some(per_op)) = (name != "clients", per_op(zone, outcomes.invoked)) {
            note(format!("net.{name}.msgs_per_op"), per_op);
        }
    }
    if outcomes.invoked > 0 {
        let fraction = outcomes.ok as f64 / outcomes.invoked as f64;
        note("availability.ok_fraction".to_owned(), fraction);
    }
    let completed = outcomes.ok + outcomes.fail + outcomes.info;
    let counts = [
        ("count", completed),
        ("ok_count", outcomes.ok),
        ("fail_count", outcomes.fail),
        ("info_count", outcomes.info),
    ];
    for (name, count) in counts {
        note(format!("stats.{name}"), count as f64);
    }
    for (name, q) in QUANTILES {
        for (f, latencies) in op_latencies(&run.history) {
            if let Some(latency) = quantile(&latencies, q) {
                note(format!("op_latency_ms.{}.{name}", f.name()), ms(latency));
            }
        }
        if let Some(latency) = quantile(&verdict.stable_latencies, q) {
            note(format!("stable_latency_ms.{name}"), ms(latency).floor());
        }
    }
    if let Some(messages) = per_broadcast(run) {
        note("messages_per_broadcast".to_owned(), messages);
    }
    if let Some(WhiteBox { valid, is_missed, .. }) = white_box
        && *valid != Validity::Unknown
    {
        let is_violated = *valid == Validity::Invalid;
        note("white_box.violated".to_owned(), f64::from(u8::from(is_violated)));
        note("white_box.missed".to_owned(), f64::from(u8::from(*is_missed)));
    }
    Figures(figures)
}

/// Returns the zones of the network, by name.
pub(super) fn zones(run: &GlomersRun) -> [(&'static str, ZoneStats); 3] {
    [("all", run.net.all()), ("clients", run.net.clients), ("servers", run.net.servers)]
}

impl Figures {
    /// Looks up the figures of targets.
    pub(super) fn check_targets(&self, targets: &[Target]) -> Vec<TargetOutcome> {
        let outcome = |target: &Target| TargetOutcome {
            target: target.clone(),
            figure: self.0.get(&target.path).copied(),
        };
        targets.iter().map(outcome).collect()
    }
}
