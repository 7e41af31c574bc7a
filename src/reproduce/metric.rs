//! The measured quantity of a figure: a measure by its name, or a comparison of machines.

use crate::scale_model::{
    Column, MACHINE_COLUMNS, MachineMeasures, RUN_COLUMNS, RunMeasures, ScaleRun,
};

/// A number that is taken from a run.
#[derive(Clone, Debug)]
pub enum Metric {
    /// A measure of the machine of this index.
    Machine(usize, &'static Column<MachineMeasures>),
    /// A measure of the run.
    Run(&'static Column<RunMeasures>),
    /// Mean jump of machine 2, divided by that of machine 1.
    JumpMeanRatio,
    /// 1 if the spread of jumps decreases (or stays) from machine to machine in this order, else 0.
    JumpSdOrder(Vec<usize>),
}

/// Compares names, since functions cannot be compared.
impl PartialEq for Metric {
    fn eq(&self, other: &Metric) -> bool {
        match (self, other) {
            (Metric::Machine(a, column), Metric::Machine(b, other)) => {
                a == b && column.name == other.name
            }
            (Metric::Run(column), Metric::Run(other)) => column.name == other.name,
            (Metric::JumpMeanRatio, Metric::JumpMeanRatio) => true,
            (Metric::JumpSdOrder(a), Metric::JumpSdOrder(b)) => a == b,
            _ => false,
        }
    }
}

impl Metric {
    /// Returns the metric of this name; `machine` is `run`, or a number from 1.
    pub fn named(machine: &str, name: &str) -> Option<Metric> {
        if name == "jump_mean_ratio_2_to_1" {
            return Some(Metric::JumpMeanRatio);
        }
        if let Some(order) = name.strip_prefix("jump_sd_order_") {
            let order: Option<Vec<usize>> = order.split('_').map(index).collect();
            return Some(Metric::JumpSdOrder(order?));
        }
        if machine == "run" {
            return RUN_COLUMNS.iter().find(|column| column.name == name).map(Metric::Run);
        }
        let machine = index(machine)?;
        let column = MACHINE_COLUMNS.iter().find(|column| column.name == name)?;
        Some(Metric::Machine(machine, column))
    }

    /// Returns the machine's index, if the metric is about one machine.
    pub fn machine(&self) -> Option<usize> {
        match self {
            Metric::Machine(index, _) => Some(*index),
            _ => None,
        }
    }

    /// Returns the value in a run; `None` if the run has none, or no such machine.
    pub fn of(&self, run: &ScaleRun) -> Option<f64> {
        let machine = |index: usize| run.machines.get(index);
        match self {
            Metric::Machine(index, column) => (column.number)(machine(*index)?).map(|v| v.as_f64()),
            Metric::Run(column) => (column.number)(&run.run).map(|v| v.as_f64()),
            Metric::JumpMeanRatio => Some(machine(1)?.jump_mean? / machine(0)?.jump_mean?),
            Metric::JumpSdOrder(order) => {
                let spreads: Option<Vec<f64>> =
                    order.iter().map(|index| machine(*index)?.jump_sd).collect();
                Some(if spreads?.is_sorted_by(|a, b| a >= b) { 1.0 } else { 0.0 })
            }
        }
    }
}

/// Converts a machine number, counted from 1, to an index.
fn index(machine: &str) -> Option<usize> {
    machine.parse::<usize>().ok()?.checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;
    use crate::scale_model::{self, QueueChoice};

    fn of(machine: &str, name: &str) -> f64 {
        let text = "duration = \"10s\"\nrates = [1, 2, 4]\nevents = { send = 0 }";
        let parameters = config::read_scale("x.toml", text, &[]).expect("a config").parameters;
        let run = scale_model::run(&parameters, QueueChoice::Auto, &mut (), &|| false);
        let metric = Metric::named(machine, name).expect("a metric");
        metric.of(&run.expect("a run")).expect("a value")
    }

    #[test]
    fn machines_are_counted_from_one() {
        assert_eq!((of("1", "clock_final"), of("3", "clock_final")), (10.0, 40.0));
        assert_eq!(of("run", "drift_final"), 30.0);
        assert_eq!(of("2", "jump_mean_ratio_2_to_1"), 1.0);
    }

    #[test]
    fn equal_spreads_are_in_order() {
        assert_eq!(of("run", "jump_sd_order_1_3_2"), 1.0);
        assert!(Metric::named("run", "jump_sd_order_1_x").is_none());
        assert!(Metric::named("0", "clock_final").is_none());
    }
}
