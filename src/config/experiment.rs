//! Parsing of a config into an experiment of one of the families.

use super::diagnostic::{ConfigError, Source};
use super::glomers::{self, GlomersExperiment};
use super::overrides::Override;
use super::reader::Cursor;
use super::repair::read_all;
use super::scale::{self, ScaleExperiment};
use super::target::figures;
use super::tree;
use crate::engine::rng::Seed;
use crate::glomers::Workload;

type Result<T> = std::result::Result<T, ConfigError>;

/// A family of experiments, as far as the figures of its runs differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Machines with Lamport clocks.
    Scale,
    /// Nodes, services and clients of this workload.
    Glomers(&'static Workload),
}

impl Family {
    /// Returns the name of the family, or of the workload.
    pub fn name(self) -> &'static str {
        match self {
            Family::Scale => "scale",
            Family::Glomers(workload) => workload.name,
        }
    }

    /// Whether runs of both families have the same figures.
    pub fn has_columns_of(self, other: Family) -> bool {
        match (self, other) {
            (Family::Glomers(one), Family::Glomers(other)) => figures(one) == figures(other),
            (one, other) => one == other,
        }
    }
}

/// An experiment of one of the families.
#[derive(Clone, Debug, PartialEq)]
pub enum Experiment {
    /// Machines with Lamport clocks.
    Scale(Box<ScaleExperiment>),
    /// Nodes, services and clients.
    Glomers(Box<GlomersExperiment>),
}

impl Experiment {
    /// Returns the name, which is also the path of the results.
    pub fn name(&self) -> &str {
        match self {
            Experiment::Scale(scale) => &scale.name,
            Experiment::Glomers(glomers) => &glomers.name,
        }
    }

    /// Returns the family.
    pub fn family(&self) -> Family {
        match self {
            Experiment::Scale(_) => Family::Scale,
            Experiment::Glomers(glomers) => Family::Glomers(glomers.parameters.workload),
        }
    }

    /// Returns the seed of all random streams.
    pub fn seed(&self) -> Seed {
        match self {
            Experiment::Scale(scale) => scale.parameters.seed,
            Experiment::Glomers(glomers) => glomers.parameters.seed,
        }
    }

    /// Replaces the seed.
    pub fn set_seed(&mut self, seed: Seed) {
        match self {
            Experiment::Scale(scale) => scale.parameters.seed = seed,
            Experiment::Glomers(glomers) => glomers.parameters.seed = seed,
        }
    }
}

/// Reads a config of either family. `source_name` is its path, for error messages and for the
/// default name.
///
/// # Errors
/// All mistakes that are certain, each with its position, its key, what was found and what was
/// expected.
pub fn read(source_name: &str, text: &str, overrides: &[Override]) -> Result<Experiment> {
    let source = Source { name: source_name, text };
    let mut tree = tree::parse(source)?;
    for over in overrides {
        tree.set(over)?;
    }
    read_all(&tree, |tree| experiment(&Cursor::root(source, tree), source_name))
}

/// Reads a config of the scale model.
///
/// # Errors
/// As [`read`], and if the config is of another family.
pub fn read_scale(
    source_name: &str,
    text: &str,
    overrides: &[Override],
) -> Result<ScaleExperiment> {
    match read(source_name, text, overrides)? {
        Experiment::Scale(scale) => Ok(*scale),
        Experiment::Glomers(_) => {
            let error =
                ConfigError::of_file(source_name, "this is not a config of the scale model");
            Err(error.with_hint("this needs machines with clocks: model = \"scale\""))
        }
    }
}

pub(super) fn experiment(root: &Cursor<'_>, source_name: &str) -> Result<Experiment> {
    if let Some(sweep) = ["grid", "base", "seeds"].iter().find_map(|key| root.get(key)) {
        return Err(
            sweep.error("this is a sweep: use `sim sweep`; the base of a sweep is a config", None)
        );
    }
    let is_glomers = match root.get("model") {
        Some(model) => model.word(&[("scale", false), ("glomers", true)])?,
        None => false,
    };
    Ok(match is_glomers {
        false => Experiment::Scale(Box::new(scale::experiment(root, source_name)?)),
        true => Experiment::Glomers(Box::new(glomers::experiment(root, source_name)?)),
    })
}
