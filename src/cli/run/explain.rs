//! `sim run --explain`: the definitions of measures and figures.

use std::io::{self, Write};

use crate::config::{Experiment, figures};
use crate::experiment::{FIGURE_DEFINITIONS, pattern_of};
use crate::glomers::{WORKLOADS, Workload};
use crate::scale_model::DEFINITIONS;

/// Prints the definitions of both families.
pub(super) fn of_all(out: &mut dyn Write) -> io::Result<()> {
    of_the_scale_model(out)?;
    of_glomers(WORKLOADS, out)
}

/// Prints the definitions of an experiment's family and workload.
pub(super) fn of(experiment: &Experiment, out: &mut dyn Write) -> io::Result<()> {
    match experiment {
        Experiment::Scale(_) => of_the_scale_model(out),
        Experiment::Glomers(experiment) => of_glomers(&[experiment.parameters.workload], out),
    }
}

fn of_the_scale_model(out: &mut dyn Write) -> io::Result<()> {
    for (section, definitions) in DEFINITIONS {
        writeln!(out, "{section}")?;
        for definition in definitions {
            writeln!(out, "  {:26} {}", definition.name, definition.meaning)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

fn of_glomers(workloads: &[&Workload], out: &mut dyn Write) -> io::Result<()> {
    let known: Vec<String> = workloads.iter().flat_map(|workload| figures(workload)).collect();
    let known: Vec<String> = known.iter().map(|path| pattern_of(path)).collect();
    writeln!(out, "figures of Gossip Glomers, by the paths that targets name")?;
    for (pattern, meaning) in
        FIGURE_DEFINITIONS.iter().filter(|(p, _)| known.iter().any(|k| k == p))
    {
        writeln!(out, "  {pattern:26} {meaning}")?;
    }
    writeln!(out)
}
