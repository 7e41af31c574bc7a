//! The measures as columns: names and numbers, for tables, sweeps and plots.

use super::{MachineMeasures, RunMeasures};

/// A measured number. Integers stay integers in text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A count.
    Integer(u64),
    /// Anything else.
    Real(f64),
}

impl Number {
    /// The number as a float, for statistics.
    pub fn as_f64(self) -> f64 {
        match self {
            Number::Integer(number) => number as f64,
            Number::Real(number) => number,
        }
    }
}

impl std::fmt::Display for Number {
    /// The shortest text that reads as the same number; a real one has a point or an exponent.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Number::Integer(number) => number.fmt(f),
            Number::Real(number) => write!(f, "{number:?}"),
        }
    }
}

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub struct Column<M> {
    /// The name of the measure.
    pub name: &'static str,
    /// Whether its numbers are integers.
    pub is_integer: bool,
    /// The number out of measures `M`, if there is one.
    pub number: fn(&M) -> Option<Number>,
}

/// What a field becomes as a number.
trait AsNumber {
    const IS_INTEGER: bool;
    fn number(self) -> Option<Number>;
}

impl AsNumber for u64 {
    const IS_INTEGER: bool = true;

    fn number(self) -> Option<Number> {
        Some(Number::Integer(self))
    }
}

impl AsNumber for f64 {
    const IS_INTEGER: bool = false;

    fn number(self) -> Option<Number> {
        Some(Number::Real(self))
    }
}

impl<T: AsNumber> AsNumber for Option<T> {
    const IS_INTEGER: bool = T::IS_INTEGER;

    fn number(self) -> Option<Number> {
        self.and_then(AsNumber::number)
    }
}

/// Whether a field, given by how to get at it, holds integers.
const fn is_integer<M, T: AsNumber>(_: fn(&M) -> &T) -> bool {
    T::IS_INTEGER
}

macro_rules! columns {
    ($measures:ty: $($name:ident)*) => {
        &[$(Column {
            name: stringify!($name),
            is_integer: is_integer(|measures: &$measures| &measures.$name),
            number: |measures: &$measures| measures.$name.number(),
        }),*]
    };
}

/// The measures of a machine that are numbers, in the order of `summary.json`; `machine` aside.
pub const MACHINE_COLUMNS: &[Column<MachineMeasures>] = columns![MachineMeasures:
    rate_per_s events events_send events_receive events_internal clock_final clock_rate_per_s
    clock_ratio_to_fastest jump_mean jump_sd jump_min jump_max queue_mean_at_receive
    queue_max_at_receive queue_mean_time share_of_time_queue_empty queue_max queue_final
    queue_growth_per_s arrival_rate_per_s free_ticks longest_receive_run_ticks
    longest_gap_between_receives_s last_time_behind_s message_latency_mean_s message_wait_mean_s
    message_age_mean_s lag_final lag_mean lag_max];

/// The measures of a run that are numbers, in the order of `summary.json`.
pub const RUN_COLUMNS: &[Column<RunMeasures>] = columns![RunMeasures:
    machines covered_s events events_send events_receive events_internal copies_sent
    copies_duplicated copies_delivered copies_received copies_queued copies_in_flight copies_lost
    copies_cut clock_max drift_final drift_mean drift_max queue_max_any_machine
    queue_max_at_receive_any_machine fastest_has_highest_clock_share];

#[cfg(test)]
mod tests {
    use super::super::DEFINITIONS;
    use super::*;

    #[test]
    fn every_defined_number_is_a_column() {
        let not_numbers = ["machine", "jump_histogram", "predicted", "end", "no_prediction"];
        let names = |section: &str| -> Vec<&str> {
            let found = DEFINITIONS.iter().find(|(name, _)| *name == section).expect("a section");
            let names = found.1.iter().map(|definition| definition.name);
            names.filter(|name| !not_numbers.contains(name)).collect()
        };
        assert_eq!(names("machines"), MACHINE_COLUMNS.iter().map(|c| c.name).collect::<Vec<_>>());
        assert_eq!(names("run"), RUN_COLUMNS.iter().map(|c| c.name).collect::<Vec<_>>());
    }
}
