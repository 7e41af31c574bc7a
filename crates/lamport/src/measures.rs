//! The measures of a run, computed from its counts.
//!
//! All are taken over logged events, one per tick. Jumps are the differences of consecutive clocks
//! of one machine, one fewer than its events. Names, types and meanings are the table in
//! `definitions.rs`, which is part of the format of `summary.json`.

mod columns;
mod definitions;

use super::parameters::ScaleParameters;
use super::tally::{Tallies, Tally};
use super::theory::Theory;
use crate::engine::time::Instant;
use crate::simulation::Totals;
pub use columns::{Column, Number};
pub use definitions::{
    DEFINITIONS, Definition, MACHINE_COLUMNS, MachineMeasures, Predicted, RUN_COLUMNS, RunMeasures,
};

/// The queue of one machine at the end.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Waiting {
    /// Number of messages.
    pub(super) messages: u64,
    /// Arrival of the first of them.
    pub(super) first: Option<Instant>,
    /// Sum of the times for which they have waited, in ns.
    pub(super) ns: u128,
}

/// Computes the measures of each machine, and returns why theory says nothing of some, if so.
/// `queue_at_half` has the queue lengths at half of the
/// duration, if the run came so far; `waiting` the queues at the end.
pub(super) fn machine_measures(
    parameters: &ScaleParameters,
    totals: &Totals,
    tallies: &Tallies,
    queue_at_half: &[u64],
    waiting: &[Waiting],
) -> (Vec<MachineMeasures>, Option<&'static str>) {
    let covered_s = covered_seconds(parameters, totals);
    let end = covered_until(parameters, totals);
    let fastest = tallies.machines.iter().map(|tally| tally.clock).max().unwrap_or(0);
    let top = covered_s.map(|seconds| fastest as f64 / seconds);
    let theory = Theory::new(parameters, top);
    let samples = &tallies.samples;
    let measures = |(index, tally): (usize, &Tally)| {
        let Waiting { messages: queue_final, first, ns: waiting_ns } = waiting[index];
        let mut m = from_tally(tally, covered_s);
        m.machine = index as u64 + 1;
        m.rate_per_s = parameters.speeds[index].per_second();
        m.clock_ratio_to_fastest = (fastest > 0).then(|| tally.clock as f64 / fastest as f64);
        m.jump_histogram = tallies.histogram(index).map(|h| h.counts().collect());
        m.jump_p99 = m.jump_histogram.as_ref().and_then(|counts| percentile(counts, 99));
        m.queue_final = queue_final;
        m.queue_max = m.queue_max.max(queue_final);
        m.queue_mean_time = covered_s.map(|s| (tally.wait_ns + waiting_ns) as f64 / 1e9 / s);
        m.share_of_time_queue_empty = share(empty_ns(tally, first.unwrap_or(end)), end);
        let half_s = parameters.duration.half().as_seconds();
        m.queue_growth_per_s = queue_at_half.get(index).and_then(|half| {
            let ended = totals.end == crate::engine::limits::End::Duration;
            ended.then(|| (queue_final as f64 - *half as f64) / half_s)
        });
        m.arrival_rate_per_s = covered_s.map(|s| (tally.receives + queue_final) as f64 / s);
        m.lag_final = fastest - tally.clock;
        m.lag_mean = samples.mean(samples.lags[index].0);
        m.lag_max = (samples.count > 0).then_some(samples.lags[index].1);
        m.predicted = theory.of(index).map(|p| Predicted {
            arrival_rate_per_s: p.arrival_rate_per_s,
            queue_growth_per_s: p.queue_growth_per_s,
            clock_rate_per_s: p.clock_rate_per_s,
            jump_mean: p.jump_mean,
            clock_is_bound: p.clock_is_bound,
            stability: p.stability.name(),
        });
        m
    };
    (tallies.machines.iter().enumerate().map(measures).collect(), theory.reason)
}

/// Computes what follows from one machine's tally alone.
fn from_tally(tally: &Tally, covered_s: Option<f64>) -> MachineMeasures {
    let events = tally.events();
    let jumps = events.saturating_sub(1);
    let steps_of_one = jumps - tally.jumps_at_receives();
    let jump_sum = tally.clock - tally.clock_first;
    let squares = tally.jump_squares + u128::from(steps_of_one);
    let per_receive =
        |sum: u128| (tally.receives > 0).then(|| sum as f64 / tally.receives as f64 / 1e9);
    let smallest = match (steps_of_one, tally.jumps_at_receives()) {
        (0, 0) => None,
        (0, _) => Some(tally.jump_min),
        _ => Some(1),
    };
    MachineMeasures {
        machine: 0,
        rate_per_s: 0.0,
        events,
        events_send: tally.sends,
        events_receive: tally.receives,
        events_internal: tally.internals,
        clock_final: tally.clock,
        clock_rate_per_s: covered_s.map(|s| tally.clock as f64 / s),
        clock_ratio_to_fastest: None,
        jump_mean: (jumps > 0).then(|| jump_sum as f64 / jumps as f64),
        jump_sd: standard_deviation(jumps, jump_sum, squares),
        jump_min: smallest,
        jump_max: smallest.map(|smallest| smallest.max(tally.jump_max)),
        jump_histogram: None,
        queue_mean_at_receive: (tally.receives > 0)
            .then(|| tally.queue_len_sum as f64 / tally.receives as f64),
        queue_max_at_receive: tally.queue_max.checked_sub(1),
        queue_mean_time: None,
        share_of_time_queue_empty: None,
        queue_max: tally.queue_max,
        queue_final: 0,
        queue_growth_per_s: None,
        arrival_rate_per_s: None,
        free_ticks: events - tally.receives,
        longest_receive_run_ticks: tally.receive_run_max,
        longest_gap_between_receives_s: (tally.receives > 1)
            .then(|| tally.receive_gap_max_ns as f64 / 1e9),
        last_time_behind_s: tally.last_behind.map(|at| at.as_ns() as f64 / 1e9),
        message_latency_mean_s: per_receive(tally.latency_ns),
        message_wait_mean_s: per_receive(tally.wait_ns),
        message_age_mean_s: per_receive(tally.latency_ns + tally.wait_ns),
        lag_final: 0,
        lag_mean: None,
        lag_max: None,
        predicted: None,
        jump_p99: None,
    }
}

/// Returns the smallest value that `percent` of the counted values do not exceed. `counts` has the
/// values in rising order, each with its count.
fn percentile(counts: &[(u64, u64)], percent: u64) -> Option<u64> {
    let total: u128 = counts.iter().map(|(_, count)| u128::from(*count)).sum();
    let enough = (total * u128::from(percent)).div_ceil(100);
    let mut seen = 0;
    let reaches = |(_, count): &&(u64, u64)| {
        seen += u128::from(*count);
        seen >= enough
    };
    counts.iter().find(reaches).map(|(value, _)| *value)
}

/// Returns the sample standard deviation (n − 1) from integer sums.
fn standard_deviation(n: u64, sum: u64, squares: u128) -> Option<f64> {
    if n < 2 {
        return None;
    }
    let exact = squares.checked_mul(u128::from(n));
    let spread = match exact {
        Some(scaled) => (scaled - u128::from(sum) * u128::from(sum)) as f64,
        None => squares as f64 * n as f64 - sum as f64 * sum as f64,
    };
    Some((spread.max(0.0) / (n as f64 * (n - 1) as f64)).sqrt())
}

/// Returns the instant until which a run covers time.
fn covered_until(parameters: &ScaleParameters, totals: &Totals) -> Instant {
    totals.before.min(Instant::from_ns(parameters.duration.as_ns()))
}

/// Returns the seconds that a run covers, or `None` for an empty span.
fn covered_seconds(parameters: &ScaleParameters, totals: &Totals) -> Option<f64> {
    let covered = covered_until(parameters, totals).as_ns();
    (covered > 0).then(|| covered as f64 / 1e9)
}

/// Returns the time for which a queue was empty until its next message arrives or the run ends.
fn empty_ns(tally: &Tally, until: Instant) -> u64 {
    let rest = until.as_ns().saturating_sub(tally.last_receive_ns);
    tally.empty_ns + if tally.left_empty { rest } else { 0 }
}

/// Returns a span as a share of the time until `end`, or `None` if that is zero.
fn share(ns: u64, end: Instant) -> Option<f64> {
    (end > Instant::ZERO).then(|| ns.min(end.as_ns()) as f64 / end.as_ns() as f64)
}

/// Computes the measures of the run as a whole; `no_prediction` is why theory says nothing.
pub(super) fn run_measures(
    parameters: &ScaleParameters,
    totals: &Totals,
    tallies: &Tallies,
    machines: &[MachineMeasures],
    no_prediction: Option<&'static str>,
) -> RunMeasures {
    let samples = &tallies.samples;
    let end = covered_until(parameters, totals);
    let sum = |of: fn(&Tally) -> u64| tallies.machines.iter().map(of).sum::<u64>();
    RunMeasures {
        machines: machines.len() as u64,
        covered_s: covered_seconds(parameters, totals).unwrap_or(0.0),
        end: totals.end.name(),
        events: sum(Tally::events),
        events_send: sum(|tally| tally.sends),
        events_receive: sum(|tally| tally.receives),
        events_internal: sum(|tally| tally.internals),
        copies_sent: totals.copies - totals.duplicates,
        copies_duplicated: totals.duplicates,
        copies_delivered: totals.received + totals.queued,
        copies_received: totals.received,
        copies_queued: totals.queued,
        copies_in_flight: totals.in_flight,
        copies_lost: totals.lost,
        copies_cut: totals.cut,
        clock_max: machines.iter().map(|m| m.clock_final).max().unwrap_or(0),
        drift_final: machines.iter().map(|m| m.lag_final).max().unwrap_or(0),
        drift_mean: samples.mean(samples.drift_sum),
        drift_max: (samples.count > 0).then_some(samples.drift_max),
        queue_max_any_machine: machines.iter().map(|m| m.queue_max).max().unwrap_or(0),
        queue_max_at_receive_any_machine: machines
            .iter()
            .filter_map(|m| m.queue_max_at_receive)
            .max(),
        fastest_has_highest_clock_share: share(tallies.lead.ns_until(end), end),
        jump_histogram: tallies.histogram_of_all().counts().collect(),
        no_prediction,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_deviation_is_that_of_the_sample() {
        // 2, 4, 4, 4, 5, 5, 7, 9: mean 5, squares 232, sum of squared deviations 32.
        let found = standard_deviation(8, 40, 232).expect("eight values");
        assert!((found - (32.0f64 / 7.0).sqrt()).abs() < 1e-12);
        assert_eq!(standard_deviation(1, 5, 25), None);
    }

    #[test]
    fn a_percentile_is_a_value_that_occurred() {
        let check = |counts: &[(u64, u64)], expected| {
            assert_eq!(percentile(counts, 99), expected, "{counts:?}");
        };
        check(&[(1, 99), (7, 1)], Some(1));
        check(&[(1, 98), (7, 2)], Some(7));
        check(&[(1, 197), (4, 2), (90_000, 1)], Some(4));
        check(&[(3, 1)], Some(3));
        check(&[(1, u64::MAX), (2, u64::MAX)], Some(2));
        check(&[], None);
    }

    #[test]
    fn a_single_event_has_no_jumps() {
        let mut tally = Tally::default();
        (tally.sends, tally.clock_first, tally.clock) = (1, 1, 1);
        let m = from_tally(&tally, Some(1.0));
        assert_eq!((m.jump_mean, m.jump_sd, m.jump_min, m.jump_max), (None, None, None, None));
    }
}
