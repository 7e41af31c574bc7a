//! The scale model: machines of different speeds with Lamport clocks, which send their clocks to
//! each other.
//!
//! Each machine ticks at an exact rate and has a queue. On a tick it takes one message; if there is
//! none, a die decides between a send to others and an internal event:
//!
//! ```text
//!   tick ─▶ message in the queue? ─ yes ─▶ receive: clock = max(own, stamp) + 1
//!                   │
//!                   no ─▶ die ─▶ send to one, send to all, or internal event: clock + 1
//! ```

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
pub use machine::{Choice, Decision, Machine, Rules, Stamp};
pub use measures::{
    Column, DEFINITIONS, Definition, MACHINE_COLUMNS, MachineMeasures, Number, Predicted,
    RUN_COLUMNS, RunMeasures,
};
pub use parameters::{ParametersError, ScaleParameters, SendRule, Speed, Start};
pub use run::{QueueChoice, ScaleRun, run};
pub use tally::HISTOGRAMS_MAX;
pub use theory::{Prediction, Predictions, Stability, predict, predict_each};
