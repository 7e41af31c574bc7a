//! The figures of the notebooks, reproduced by simulation: which of them exact time explains, which
//! need a random phase or the imperfections of a real machine, and which no seed gives.
//!
//! Each config runs once per variant and seed, and all of its figures are taken from the same runs.
//! Seeds run in parallel; their values are collected in the order of seeds and sorted, so that
//! nothing depends on the number of threads. Not here: files and tables for a terminal (`cli`).

mod distribution;
mod expected;
mod figures;
mod markdown;
mod metric;
mod table;
mod variants;
mod verdict;

pub use distribution::Distribution;
pub use expected::Expected;
pub use figures::{Figure, FigureError, Relation, Reported, figures, read_figures};
pub use markdown::{Counts, markdown};
pub use metric::Metric;
pub use table::{FINDING_COLUMNS, VARIANT_COLUMNS, csv};
pub use variants::{Setting, Variant, settings};
pub use verdict::{Share, Verdict};

use std::ops::Range;

use rayon::prelude::*;

use crate::config::{self, ConfigError, Override, shipped};
use crate::engine::rng::Seed;
use crate::scale_model::{self, ParametersError, QueueChoice, ScaleParameters};

/// A figure with the results of its simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The reported figure.
    pub figure: Figure,
    /// Simulated distributions, in the order of [`Variant::ALL`].
    pub distributions: [Distribution; 3],
    /// Prediction of theory, if the figure is a claim and theory has a value for it.
    pub expected: Option<Expected>,
    /// The verdict.
    pub verdict: Verdict,
}

impl Finding {
    /// Whether the reported number is in no band, but a neighbour in its last digit is.
    pub fn misses_by_one(&self) -> bool {
        let unit = (0..self.figure.decimals).fold(1.0, |unit, _| unit / 10.0);
        self.verdict == Verdict::NotExplained
            && self.figure.reported.as_ref().is_some_and(|reported| {
                let near = [reported.value - unit, reported.value + unit];
                let near = near.map(|value| self.figure.round(value));
                self.distributions.iter().any(|found| near.into_iter().any(|v| found.holds(v)))
            })
    }
}

/// Factor by which the number of seeds grows where the verdict on a figure is at an edge.
pub const SEEDS_AT_AN_EDGE: u64 = 10;

/// All findings, in the order of the figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Reproduction {
    /// Number of seeds, 0, 1, …; at an edge [`SEEDS_AT_AN_EDGE`] times as many.
    pub seeds: u64,
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Reproduction {
    /// Returns the findings grouped by config.
    pub fn by_config(&self) -> impl Iterator<Item = &[Finding]> {
        self.findings.chunk_by(|a, b| a.figure.config == b.figure.config)
    }
}

/// Reason why a reproduction failed.
#[derive(Debug, thiserror::Error)]
pub enum ReproduceError {
    /// The run was stopped.
    #[error("interrupted")]
    Interrupted,
    /// A figure refers to an unknown config.
    #[error("no config called {0} ships with sim")]
    NoConfig(String),
    /// A config is invalid with the settings of a variant.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The parameters are invalid.
    #[error(transparent)]
    ScaleParameters(#[from] ParametersError),
}

/// Simulates figures over the seeds 0, 1, …, `seeds` − 1, and where the verdict could change with
/// other seeds over [`SEEDS_AT_AN_EDGE`] times as many. The figures of one config must be
/// consecutive. `stop` is polled before each run.
///
/// # Errors
/// If it was stopped, or if a config is invalid.
pub fn reproduce(
    figures: &[Figure],
    seeds: u64,
    stop: &(dyn Fn() -> bool + Sync),
    passed: &mut (dyn FnMut(usize) + Send),
) -> Result<Reproduction, ReproduceError> {
    let mut findings = Vec::with_capacity(figures.len());
    for of_config in figures.chunk_by(|a, b| a.config == b.config) {
        findings.extend(reproduce_config(of_config, seeds, stop)?);
        passed(findings.len());
    }
    Ok(Reproduction { seeds, findings })
}

/// Runs one config in all variants, and returns the findings for its figures.
fn reproduce_config(
    figures: &[Figure],
    seeds: u64,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Finding>, ReproduceError> {
    let config = &figures[0].config;
    let exact = parameters(config, Variant::Exact)?;
    let expected = |figure| expected::expected(figure, &exact);
    let mut watched: Vec<Watched<'_>> = figures
        .iter()
        .map(|figure| Watched { figure, expected: expected(figure), distributions: vec![] })
        .collect();
    for variant in Variant::ALL {
        let parameters = parameters(config, variant)?;
        let mut samples = samples(&parameters, figures, 0..seeds, stop)?;
        let needs_more: Vec<bool> = watched
            .iter()
            .zip(&samples)
            .map(|(watched, sample)| watched.needs_more(sample))
            .collect();
        if needs_more.contains(&true) {
            let more = self::samples(&parameters, figures, seeds..seeds * SEEDS_AT_AN_EDGE, stop)?;
            for ((sample, more), needed) in samples.iter_mut().zip(more).zip(needs_more) {
                sample.extend(if needed { more } else { vec![] });
            }
        }
        for (watched, sample) in watched.iter_mut().zip(samples) {
            watched.distributions.push(Distribution::new(watched.figure, sample));
        }
    }
    Ok(watched.into_iter().map(Watched::finding).collect())
}

/// A figure during the simulation of the variants.
struct Watched<'a> {
    figure: &'a Figure,
    expected: Option<Expected>,
    /// Distributions of the variants so far.
    distributions: Vec<Distribution>,
}

impl Watched<'_> {
    /// Whether the verdict could change with other seeds than those of a sample.
    fn needs_more(&self, sample: &[f64]) -> bool {
        let is_settled = || {
            self.distributions.iter().any(|found| match &self.figure.reported {
                Some(reported) if self.figure.relation == Relation::Equal => {
                    found.holds(reported.value)
                }
                _ => found.share.is_some_and(|share| Share::of(share) == Share::NearlyAll),
            })
        };
        self.expected.is_none() && !is_settled() && Distribution::is_at_an_edge(self.figure, sample)
    }

    fn finding(self) -> Finding {
        let Watched { figure, expected, distributions } = self;
        let distributions: [Distribution; 3] =
            distributions.try_into().expect("one for each variant");
        let verdict = Verdict::new(figure, &distributions, expected.as_ref());
        Finding { figure: figure.clone(), distributions, expected, verdict }
    }
}

/// Returns the parameters of a config under a variant.
fn parameters(config: &str, variant: Variant) -> Result<ScaleParameters, ReproduceError> {
    let shipped = shipped(config).ok_or_else(|| ReproduceError::NoConfig(config.to_owned()))?;
    let path = format!("configs/{config}.toml");
    let overrides: Vec<Override> = settings(config, variant)
        .into_iter()
        .map(|Setting { key, value }| Override {
            flag: format!("--set {key}"),
            path: key.to_owned(),
            value,
        })
        .collect();
    Ok(config::read_scale(&path, shipped.text, &overrides)?.parameters)
}

/// Returns the values of each figure in the order of seeds, without runs that have no value (such
/// as a mean over no receives).
fn samples(
    parameters: &ScaleParameters,
    figures: &[Figure],
    seeds: Range<u64>,
    stop: &(dyn Fn() -> bool + Sync),
) -> Result<Vec<Vec<f64>>, ReproduceError> {
    let values = |parameters: &mut ScaleParameters, seed: u64| {
        if stop() {
            return Err(ReproduceError::Interrupted);
        }
        parameters.seed = Seed::new(seed).expect("a small seed");
        let run = scale_model::run(parameters, QueueChoice::Auto, &mut (), &|| false)?;
        Ok(figures.iter().map(|figure| figure.metric.of(&run)).collect())
    };
    let runs: Vec<Vec<Option<f64>>> = seeds
        .into_par_iter()
        .map_with(parameters.clone(), values)
        .collect::<Result<_, ReproduceError>>()?;
    let of_figure = |place: usize| runs.iter().filter_map(|run| run[place]).collect();
    Ok((0..figures.len()).map(of_figure).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_near_miss_is_one_in_the_last_digit() {
        let text = "config,machine,metric,relation,reported,claim\nexp4,1,jump_mean,=,1.68,\n";
        let figure = read_figures(text).expect("a figure").remove(0);
        for (low, misses) in [(1.69, true), (1.7, false)] {
            let found = Distribution { low: Some(low), high: Some(2.0), ..Default::default() };
            let distributions = [found; 3];
            let verdict = Verdict::new(&figure, &distributions, None);
            let figure = figure.clone();
            let finding = Finding { figure, distributions, expected: None, verdict };
            assert_eq!((verdict, finding.misses_by_one()), (Verdict::NotExplained, misses));
        }
    }

    #[test]
    fn a_config_that_does_not_ship_is_named() {
        let text = "config,machine,metric,relation,reported,claim\nexp44,1,jump_mean,=,1,\n";
        let figures = read_figures(text).expect("a figure");
        let error = reproduce(&figures, 1, &|| false, &mut |_| {}).expect_err("no such config");
        assert!(error.to_string().contains("exp44"), "{error}");
    }
}
