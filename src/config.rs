//! Configs: the TOML grammar, its types and its error messages.
//!
//! A config is parsed into a tree that records the source position of each value; `--set` overrides
//! are applied to it; and the tree is read into an experiment key by key, so that every error names
//! file, line and key. Numbers are parsed from their text: no config value passes through a float.

mod axes;
mod cells;
mod comma;
mod diagnostic;
mod experiment;
mod glomers;
mod grade;
mod grammar;
mod models;
mod name;
mod nemesis;
mod nodes;
mod origin;
mod overrides;
mod parts;
mod reader;
mod repair;
mod resolved;
mod resolved_glomers;
mod scale;
mod schema;
mod shipped;
mod sweep;
mod syntax;
mod target;
mod tree;

pub use axes::Axis;
pub use diagnostic::{ConfigError, Snippet};
pub use experiment::{Experiment, Family, read, read_scale};
pub use glomers::GlomersExperiment;
pub use grade::{
    GradeCheck, GradeLimits, GradeSeeds, GradeSpec, OptionMistake, OptionsOf, read_grade_spec,
};
pub use grammar::{GLOMERS_KEYS, KEYS, Key, KeyDefault, SWEEP_KEYS, Shape};
pub use models::model_hint;
pub use overrides::Override;
pub use resolved::{hash, resolved};
pub use resolved_glomers::resolved_glomers;
pub use scale::ScaleExperiment;
pub use schema::{reference, schema, sweep_schema};
pub use shipped::{SHIPPED, SWEEPS, Shipped, shipped};
pub use sweep::{BaseText, Point, Sweep, SweepError, SweepOptions, read_sweep, shell_word};
pub use target::{Comparison, Target, figures};
