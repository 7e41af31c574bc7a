//! The scale model: machines of different speed with Lamport clocks, which tell each other the
//! time.
//!
//! Each machine ticks at an exact rate and has a queue. On a tick it takes one message, or else a
//! die decides whether it sends its clock to others or does something of its own.

pub(crate) use sim_core::{clock, engine, network, node, simulation};
pub(crate) use sim_records::trace;

mod histogram;
mod lead;
mod machine;
mod measures;
mod parameters;
mod run;
mod samples;
mod tally;
mod theory;

pub use histogram::Histogram;
pub use machine::{Choice, Decision, Machine, Stamp};
pub use measures::{
    Column, DEFINITIONS, Definition, MACHINE_COLUMNS, MachineMeasures, Number, Predicted,
    RUN_COLUMNS, RunMeasures,
};
pub use parameters::{ParametersError, ScaleParameters, SendRule, Speed, Start};
pub use run::{QueueChoice, ScaleRun, run};
pub use tally::HISTOGRAMS_MAX;
pub use theory::{Prediction, Predictions, Stability, predict, predict_each};
