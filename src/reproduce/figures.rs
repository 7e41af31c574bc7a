//! The figures that the notebooks report, as data: `configs/notebook/figures.csv`.
//!
//! A figure without a claim in words is a reading, taken from a recorded run and rounded. One with
//! a claim is a conclusion of its author, and is compared literally.

use std::collections::BTreeMap;

use super::metric::Metric;
use crate::config::SHIPPED;

/// The table, compiled into the program.
const FIGURES: &str =
    include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/configs/notebook/figures.csv"));

/// Number of decimals of claims such as 2/3.
const CLAIM_DECIMALS: usize = 6;

/// Relation of the measured value to the reported number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal to it.
    Equal,
    /// At most the reported number.
    AtMost,
    /// At least the reported number.
    AtLeast,
    /// Approximate, or described in words only.
    About,
}

impl Relation {
    /// Returns the sign in the table.
    pub fn sign(self) -> &'static str {
        match self {
            Relation::Equal => "=",
            Relation::AtMost => "<=",
            Relation::AtLeast => ">=",
            Relation::About => "~",
        }
    }

    fn from_sign(sign: &str) -> Option<Relation> {
        [Relation::Equal, Relation::AtMost, Relation::AtLeast, Relation::About]
            .into_iter()
            .find(|relation| relation.sign() == sign)
    }
}

/// A reported number.
#[derive(Clone, Debug, PartialEq)]
pub struct Reported {
    /// The number as text, as in the table.
    pub text: String,
    /// Its value.
    pub value: f64,
}

/// A figure that a notebook reports for a machine or a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// The config.
    pub config: String,
    /// The machine (`1`, `2`, …), or `run`.
    pub machine: String,
    /// The name of the metric.
    pub name: String,
    /// The measured quantity.
    pub metric: Metric,
    /// Relation of the measured value to the reported number.
    pub relation: Relation,
    /// The reported number, if there is one.
    pub reported: Option<Reported>,
    /// Number of decimals to which simulated values are rounded before they are compared: the most
    /// with which any notebook reports the metric, since notebooks omit trailing zeros (`1` is
    /// 1.00).
    pub decimals: usize,
    /// The claim in words; empty for a reading.
    pub claim: String,
}

impl Figure {
    /// Rounds a simulated value as the notebook would have reported it.
    pub fn round(&self, value: f64) -> f64 {
        let scale = (0..self.decimals).fold(1.0, |scale, _| scale * 10.0);
        (value * scale).round() / scale
    }
}

/// Reason why a table of figures cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// The text is not valid CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
    /// A field is missing or invalid.
    #[error("line {line}: {problem}")]
    Field {
        /// The line.
        line: u64,
        /// The cause.
        problem: String,
    },
}

/// Returns all figures of the notebooks, in the order of the listed configs.
pub fn figures() -> Vec<Figure> {
    let mut figures = read_figures(FIGURES).expect("the table that is part of the program");
    let place = |figure: &Figure| SHIPPED.iter().position(|config| config.name == figure.config);
    figures.sort_by_key(place);
    figures
}
/// Reads a table of figures.
///
/// # Errors
/// The line and its fault.
pub fn read_figures(text: &str) -> Result<Vec<Figure>, FigureError> {
    let mut figures = vec![];
    for record in csv::Reader::from_reader(text.as_bytes()).records() {
        figures.push(figure(&record?)?);
    }
    let mut decimals: BTreeMap<String, usize> = BTreeMap::new();
    for figure in figures.iter().filter(|figure| figure.claim.is_empty()) {
        let most = decimals.entry(figure.name.clone()).or_default();
        *most = figure.decimals.max(*most);
    }
    for figure in &mut figures {
        figure.decimals = match figure.claim.is_empty() {
            true => decimals[&figure.name],
            false => CLAIM_DECIMALS,
        };
    }
    Ok(figures)
}

fn figure(record: &csv::StringRecord) -> Result<Figure, FigureError> {
    let line = record.position().map_or(0, csv::Position::line);
    let problem = |problem: String| FigureError::Field { line, problem };
    let field = |place: usize| record.get(place).unwrap_or("").to_owned();
    let (machine, name, sign, number) = (field(1), field(2), field(3), field(4));
    let metric = Metric::named(&machine, &name)
        .ok_or_else(|| problem(format!("no measure of `{machine}` is called `{name}`")))?;
    let relation = Relation::from_sign(&sign)
        .ok_or_else(|| problem(format!("`{sign}` is none of =, <=, >=, ~")))?;
    let reported = match number.as_str() {
        "" if relation == Relation::About => None,
        text => {
            let value = text.parse().ok().filter(|value: &f64| value.is_finite());
            let value = value.ok_or_else(|| problem(format!("`{text}` is no number")))?;
            Some(Reported { text: text.to_owned(), value })
        }
    };
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let (config, claim) = (field(0), field(5));
    Ok(Figure { config, machine, name, metric, relation, reported, decimals, claim })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::shipped;

    const HEAD: &str = "config,machine,metric,relation,reported,claim\n";

    #[test]
    fn the_table_of_the_program_is_read_in_full() {
        let all = figures();
        assert_eq!(all.len(), 208);
        assert!(all.iter().all(|figure| shipped(&figure.config).is_some()));
        let configs = all.chunk_by(|a, b| a.config == b.config).count();
        let different: std::collections::BTreeSet<_> = all.iter().map(|f| &f.config).collect();
        assert_eq!(configs, different.len());
    }

    #[test]
    fn a_reading_has_the_decimals_of_its_metric_and_a_claim_its_own() {
        let text = format!(
            "{HEAD}exp4,1,jump_mean,=,1,\nexp4,2,jump_mean,=,2.47,\nexp4,1,jump_max,=,7,\n\
             exp4,1,arrival_rate_per_s,=,2,\"two, in words\"\n"
        );
        let found = read_figures(&text).expect("figures");
        let decimals: Vec<usize> = found.iter().map(|figure| figure.decimals).collect();
        assert_eq!(decimals, [2, 2, 0, 6]);
        assert_eq!(found[3].claim, "two, in words");
        assert_eq!(found[0].round(1.004_9), 1.0);
        assert_eq!(found[0].round(1.005_1), 1.01);
    }

    #[test]
    fn what_makes_no_sense_is_named_with_its_line() {
        for (row, part) in [
            ("exp4,1,jumps,=,1,", "line 2: no measure of `1` is called `jumps`"),
            ("exp4,run,jump_mean,=,1,", "no measure of `run`"),
            ("exp4,0,jump_mean,=,1,", "no measure of `0`"),
            ("exp4,1,jump_mean,==,1,", "`==` is none of"),
            ("exp4,1,jump_mean,=,,", "`` is no number"),
            ("exp4,1,jump_mean,=,nan,", "`nan` is no number"),
        ] {
            let error = read_figures(&format!("{HEAD}{row}\n")).expect_err(row).to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
