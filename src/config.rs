//! Configs: the TOML grammar, its types and its messages.
//!
//! A config is read into a tree that knows where each value stands, `--set` is laid over it, and
//! the tree is read into an experiment key by key, so that every error names file, line and key.
//! Numbers are read from their text: no config value passes through a float.

mod axes;
mod diagnostic;
mod experiment;
mod grammar;
mod name;
mod reader;
mod resolved;
mod schema;
mod shipped;
mod sweep;
mod tree;

pub use axes::Axis;
pub use diagnostic::ConfigError;
pub use experiment::{Override, ScaleExperiment, read};
pub use grammar::{KEYS, Key, KeyDefault, SWEEP_KEYS, Shape};
pub use resolved::{hash, resolved};
pub use schema::{reference, schema, sweep_schema};
pub use shipped::{SHIPPED, SWEEPS, Shipped, shipped};
pub use sweep::{BaseText, Point, Sweep, SweepError, SweepOptions, read_sweep, shell_word};
