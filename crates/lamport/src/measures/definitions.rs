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
    /// Meaning.
    pub meaning: &'static str,
    /// Type, unit and range of its values.
    pub values: &'static str,
    /// When it is empty: `null` in JSON, nothing in a table.
    pub empty: &'static str,
}

/// Defines a struct of measures, their definitions and their columns. A number is
/// `name: type = "meaning" [VALUES, EMPTY]`, and has a column; anything else is
/// `name: type as form "meaning" [VALUES, EMPTY]`, and has none.
macro_rules! measures {
    ($(#[$doc:meta])* $measures:ident {
        $($name:ident: $type:ty $(= $number:literal)? $(as $form:ident $other:literal)?
            [$values:expr, $empty:expr],)*
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
                values: $values,
                empty: $empty,
            }),*];

            /// The numeric measures, in the same order.
            pub const COLUMNS: &[Column<$measures>] = &[$($(Column {
                name: stringify!($name),
                meaning: $number,
                values: $values,
                empty: $empty,
                is_integer: is_integer(|measures: &$measures| &measures.$name),
                number: |measures: &$measures| measures.$name.number(),
            },)?)*];
        }
    };
}

const NEVER: &str = "never";
const NO_TIME: &str = "if the run covers no time";
const NO_JUMP: &str = "with fewer than two events";
const NO_RECEIVE: &str = "without a receive";
const NO_SECOND: &str = "if the run reaches no whole second";
const COUNT: &str = "a whole number from 0";
const CLOCK: &str = "a whole number from 0, in clock units";
const JUMP: &str = "a whole number from 1, in clock units";
const GROWTH: &str = "a float, in messages per second; negative if the queue became shorter";
const MEAN_CLOCK: &str = "a float from 0, in clock units";
const MESSAGES: &str = "a whole number from 0, in messages";
const MEAN_MESSAGES: &str = "a float from 0, in messages";
const SECONDS: &str = "a float from 0, in seconds";
const SHARE: &str = "a float from 0 to 1";

measures! {
    /// Measures of one machine. `None` where there is nothing to measure.
    MachineMeasures {
        machine: u64 as id "the machine's number, from 1"
            ["a whole number from 1", NEVER],
        rate_per_s: f64 = "its configured ticks per second, imperfections left out"
            ["a float above 0, per second", NEVER],
        events: u64 = "its events, one a tick"
            [COUNT, NEVER],
        events_send: u64 = "events that sent; a broadcast is one event"
            [COUNT, NEVER],
        events_receive: u64 = "events that took a message from the queue"
            [COUNT, NEVER],
        events_internal: u64 = "events that did neither"
            [COUNT, NEVER],
        clock_final: u64 = "its Lamport clock at the end"
            [CLOCK, NEVER],
        clock_rate_per_s: Option<f64> = "clock_final / covered_s"
            ["a float from 0, in clock units per second", NO_TIME],
        clock_ratio_to_fastest: Option<f64> = "clock_final / the largest clock_final"
            [SHARE, "if no clock has moved"],
        jump_mean: Option<f64> = "mean difference of consecutive clocks"
            ["a float from 1, in clock units", NO_JUMP],
        jump_sd: Option<f64> = "sample standard deviation (n - 1) of these differences"
            [MEAN_CLOCK, "with fewer than three events"],
        jump_min: Option<u64> = "smallest of them"
            [JUMP, NO_JUMP],
        jump_max: Option<u64> = "largest of them"
            [JUMP, NO_JUMP],
        jump_histogram: Option<Vec<(u64, u64)>> as list
            "[difference, how often], rising; none above 10,000 machines"
            ["a list of pairs of whole numbers", "above 10,000 machines"],
        queue_mean_at_receive: Option<f64> = "mean queue length just after a message was taken"
            [MEAN_MESSAGES, NO_RECEIVE],
        queue_max_at_receive: Option<u64> =
            "largest queue length just after a message was taken: queue_len in trace.csv"
            [MESSAGES, NO_RECEIVE],
        queue_mean_time: Option<f64> = "mean queue length over time"
            [MEAN_MESSAGES, NO_TIME],
        share_of_time_queue_empty: Option<f64> = "share of the time in which no message waits"
            [SHARE, NO_TIME],
        queue_max: u64 = "largest queue length at any time"
            [MESSAGES, NEVER],
        queue_final: u64 = "messages that wait at the end"
            [MESSAGES, NEVER],
        queue_growth_per_s: Option<f64> =
            "(queue_final - length at half the duration) / half the duration"
            [GROWTH, "if a limit ended the run"],
        arrival_rate_per_s: Option<f64> = "messages that arrived / covered_s"
            ["a float from 0, in messages per second", NO_TIME],
        free_ticks: u64 = "ticks that found no message"
            [COUNT, NEVER],
        longest_receive_run_ticks: u64 = "longest run of ticks that each found a message"
            ["a whole number from 0, in ticks", NEVER],
        longest_gap_between_receives_s: Option<f64> =
            "longest time from one of its receives to the next"
            [SECONDS, "with fewer than two receives"],
        last_time_behind_s: Option<f64> = "time of the last event that left messages waiting"
            [SECONDS, "if no event left messages waiting"],
        message_latency_mean_s: Option<f64> = "mean time from send to arrival, of messages taken"
            [SECONDS, NO_RECEIVE],
        message_wait_mean_s: Option<f64> = "mean time from arrival to being taken"
            [SECONDS, NO_RECEIVE],
        message_age_mean_s: Option<f64> = "mean time from send to being taken"
            [SECONDS, NO_RECEIVE],
        lag_final: u64 = "largest clock_final - its own"
            [CLOCK, NEVER],
        lag_mean: Option<f64> = "mean distance to the fastest clock, looked at each whole second"
            [MEAN_CLOCK, NO_SECOND],
        lag_max: Option<u64> = "largest of these distances"
            [CLOCK, NO_SECOND],
        predicted: Option<Predicted> as table
            "what theory predicts in the long run; null where it says nothing"
            ["the object below", "where theory says nothing"],
        jump_p99: Option<u64> =
            "smallest difference that 99 % of them do not exceed; none above 10,000 machines"
            [JUMP, "with fewer than two events, or above 10,000 machines"],
    }
}

measures! {
    /// Theoretical predictions for one machine.
    Predicted {
        arrival_rate_per_s: f64 = "messages that arrive per second"
            ["a float from 0, in messages per second", NEVER],
        queue_growth_per_s: f64 = "messages by which the queue grows per second"
            ["a float from 0, in messages per second", NEVER],
        clock_rate_per_s: f64 = "advance of the clock per second"
            ["a float from 0, in clock units per second", NEVER],
        jump_mean: f64 = "mean difference of consecutive clocks"
            ["a float from 1, in clock units", NEVER],
        clock_is_bound: bool as flag "whether the two above are only lower bounds"
            ["`true` or `false`", NEVER],
        stability: &'static str as word
            "stable, critical or saturated: whether the queue stays short"
            ["`stable`, `critical` or `saturated`", NEVER],
    }
}

measures! {
    /// Measures of a run as a whole.
    RunMeasures {
        machines: u64 = "how many machines there are"
            ["a whole number from 1", NEVER],
        covered_s: f64 = "the virtual seconds that the run covers"
            [SECONDS, NEVER],
        end: &'static str as word
            "why it ended: duration, or the name of the limit that was reached"
            ["a word", NEVER],
        events: u64 = "events of all machines"
            [COUNT, NEVER],
        events_send: u64 = "of these, sends: the messages of the run"
            [COUNT, NEVER],
        events_receive: u64 = "of these, receives"
            [COUNT, NEVER],
        events_internal: u64 = "of these, neither"
            [COUNT, NEVER],
        copies_sent: u64 = "copies of messages, one for each addressee"
            [COUNT, NEVER],
        copies_duplicated: u64 = "further copies that the network made"
            [COUNT, NEVER],
        copies_delivered: u64 = "copies that arrived"
            [COUNT, NEVER],
        copies_received: u64 = "of these, taken from a queue"
            [COUNT, NEVER],
        copies_queued: u64 = "of these, still waiting at the end"
            [COUNT, NEVER],
        copies_in_flight: u64 = "copies still under way at the end"
            [COUNT, NEVER],
        copies_lost: u64 = "copies lost by chance"
            [COUNT, NEVER],
        copies_cut: u64 = "copies cut off by a partition"
            [COUNT, NEVER],
        clock_max: u64 = "the largest clock_final"
            [CLOCK, NEVER],
        drift_final: u64 = "largest minus smallest clock_final"
            [CLOCK, NEVER],
        drift_mean: Option<f64> =
            "mean of largest minus smallest clock, looked at each whole second"
            [MEAN_CLOCK, NO_SECOND],
        drift_max: Option<u64> = "largest of these"
            [CLOCK, NO_SECOND],
        queue_max_any_machine: u64 = "the largest queue_max"
            [MESSAGES, NEVER],
        queue_max_at_receive_any_machine: Option<u64> = "the largest queue_max_at_receive"
            [MESSAGES, NO_RECEIVE],
        fastest_has_highest_clock_share: Option<f64> =
            "share of the time in which a machine of the highest rate has the highest clock"
            [SHARE, NO_TIME],
        jump_histogram: Vec<(u64, u64)> as list "[difference, how often] over all machines, rising"
            ["a list of pairs of whole numbers", NEVER],
        no_prediction: Option<&'static str> as text "why theory says nothing, where it does not"
            ["a text", "where each machine has a prediction"],
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
