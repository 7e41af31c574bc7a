//! The table of measures: one row each, from which everything else is generated.
//!
//! A row has the name, the type and the meaning. The fields of the structs and their docs, the
//! columns of sweeps and the text of `sim run --explain` are generated from it. The order of the
//! rows is that of `summary.json` and of the columns, so a new measure is a row at the end; it is
//! computed in `measures.rs`.

use serde::Serialize;

use super::columns::{AsNumber, Column, is_integer};

/// The meaning of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Name in `summary.json`.
    pub name: &'static str,
    /// Meaning and unit.
    pub meaning: &'static str,
}

/// Defines a struct of measures, their definitions and their columns. A number is
/// `name: type = "meaning"`, and has a column; anything else is `name: type as form "meaning"`, and
/// has none.
macro_rules! measures {
    ($(#[$doc:meta])* $measures:ident {
        $($name:ident: $type:ty $(= $number:literal)? $(as $form:ident $other:literal)?,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize)]
        pub struct $measures {
            $(#[doc = concat!($($number)? $($other)?)] pub $name: $type,)*
        }

        impl $measures {
            /// All measures, in the order of `summary.json`.
            pub const DEFINITIONS: &[Definition] = &[$(Definition {
                name: stringify!($name),
                meaning: concat!($($number)? $($other)?),
            }),*];

            /// The numeric measures, in the same order.
            pub const COLUMNS: &[Column<$measures>] = &[$($(Column {
                name: stringify!($name),
                meaning: $number,
                is_integer: is_integer(|measures: &$measures| &measures.$name),
                number: |measures: &$measures| measures.$name.number(),
            },)?)*];
        }
    };
}

measures! {
    /// Measures of one machine. `None` where there is nothing to measure.
    MachineMeasures {
        machine: u64 as id "the machine's number, from 1",
        rate_per_s: f64 = "its configured ticks per second, imperfections left out",
        events: u64 = "its events, one a tick",
        events_send: u64 = "events that sent; a broadcast is one event",
        events_receive: u64 = "events that took a message from the queue",
        events_internal: u64 = "events that did neither",
        clock_final: u64 = "its Lamport clock at the end",
        clock_rate_per_s: Option<f64> = "clock_final / covered_s",
        clock_ratio_to_fastest: Option<f64> = "clock_final / the largest clock_final",
        jump_mean: Option<f64> = "mean difference of consecutive clocks",
        jump_sd: Option<f64> = "sample standard deviation (n - 1) of these differences",
        jump_min: Option<u64> = "smallest of them",
        jump_max: Option<u64> = "largest of them",
        jump_histogram: Option<Vec<(u64, u64)>> as list
            "[difference, how often], rising; none above 10,000 machines",
        queue_mean_at_receive: Option<f64> = "mean queue length just after a message was taken",
        queue_max_at_receive: Option<u64> =
            "largest queue length just after a message was taken: queue_len in trace.csv",
        queue_mean_time: Option<f64> = "mean queue length over time",
        share_of_time_queue_empty: Option<f64> = "share of the time in which no message waits",
        queue_max: u64 = "largest queue length at any time",
        queue_final: u64 = "messages that wait at the end",
        queue_growth_per_s: Option<f64> =
            "(queue_final - length at half the duration) / half the duration",
        arrival_rate_per_s: Option<f64> = "messages that arrived / covered_s",
        free_ticks: u64 = "ticks that found no message",
        longest_receive_run_ticks: u64 = "longest run of ticks that each found a message",
        longest_gap_between_receives_s: Option<f64> =
            "longest time from one of its receives to the next",
        last_time_behind_s: Option<f64> = "time of the last event that left messages waiting",
        message_latency_mean_s: Option<f64> = "mean time from send to arrival, of messages taken",
        message_wait_mean_s: Option<f64> = "mean time from arrival to being taken",
        message_age_mean_s: Option<f64> = "mean time from send to being taken",
        lag_final: u64 = "largest clock_final - its own",
        lag_mean: Option<f64> = "mean distance to the fastest clock, looked at each whole second",
        lag_max: Option<u64> = "largest of these distances",
        predicted: Option<Predicted> as table
            "what theory predicts in the long run; null where it says nothing",
        jump_p99: Option<u64> =
            "smallest difference that 99 % of them do not exceed; none above 10,000 machines",
    }
}

measures! {
    /// Theoretical predictions for one machine.
    Predicted {
        arrival_rate_per_s: f64 = "messages that arrive per second",
        queue_growth_per_s: f64 = "messages by which the queue grows per second",
        clock_rate_per_s: f64 = "advance of the clock per second",
        jump_mean: f64 = "mean difference of consecutive clocks",
        clock_is_bound: bool as flag "whether the two above are only lower bounds",
        stability: &'static str as word
            "stable, critical or saturated: whether the queue stays short",
    }
}

measures! {
    /// Measures of a run as a whole.
    RunMeasures {
        machines: u64 = "how many machines there are",
        covered_s: f64 = "the virtual seconds that the run covers",
        end: &'static str as word
            "why it ended: duration, or the name of the limit that was reached",
        events: u64 = "events of all machines",
        events_send: u64 = "of these, sends: the messages of the run",
        events_receive: u64 = "of these, receives",
        events_internal: u64 = "of these, neither",
        copies_sent: u64 = "copies of messages, one for each addressee",
        copies_duplicated: u64 = "further copies that the network made",
        copies_delivered: u64 = "copies that arrived",
        copies_received: u64 = "of these, taken from a queue",
        copies_queued: u64 = "of these, still waiting at the end",
        copies_in_flight: u64 = "copies still under way at the end",
        copies_lost: u64 = "copies lost by chance",
        copies_cut: u64 = "copies cut off by a partition",
        clock_max: u64 = "the largest clock_final",
        drift_final: u64 = "largest minus smallest clock_final",
        drift_mean: Option<f64> =
            "mean of largest minus smallest clock, looked at each whole second",
        drift_max: Option<u64> = "largest of these",
        queue_max_any_machine: u64 = "the largest queue_max",
        queue_max_at_receive_any_machine: Option<u64> = "the largest queue_max_at_receive",
        fastest_has_highest_clock_share: Option<f64> =
            "share of the time in which a machine of the highest rate has the highest clock",
        jump_histogram: Vec<(u64, u64)> as list "[difference, how often] over all machines, rising",
        no_prediction: Option<&'static str> as text "why theory says nothing, where it does not",
    }
}

/// Definitions for machines, for their predictions, and for the run as a whole.
pub const DEFINITIONS: [(&str, &[Definition]); 3] = [
    ("machines", MachineMeasures::DEFINITIONS),
    ("machines.predicted", Predicted::DEFINITIONS),
    ("run", RunMeasures::DEFINITIONS),
];

/// Numeric measures of a machine, in the order of `summary.json`; without `machine`.
pub const MACHINE_COLUMNS: &[Column<MachineMeasures>] = MachineMeasures::COLUMNS;

/// Numeric measures of a run, in the order of `summary.json`.
pub const RUN_COLUMNS: &[Column<RunMeasures>] = RunMeasures::COLUMNS;
