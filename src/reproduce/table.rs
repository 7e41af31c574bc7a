//! `reproduction.csv`: a row per figure with all numbers of each variant.

use super::variants::Variant;
use super::{Finding, Reproduction};
use crate::statistics::float_cell;
use crate::trace::{TableColumn, column};

const NEVER: &str = "never";
const ROUNDED: &str = "a float, rounded to the digits of the reported number";
const NO_RUN: &str = "if no run has the figure";

/// The columns of `reproduction.csv` before those of the variants.
pub const FINDING_COLUMNS: [TableColumn; 9] = [
    column("config", "the config that was run", "the name of a shipped config", NEVER),
    column("machine", "whose figure it is", "the number of a machine from 1, or `run`", NEVER),
    column("metric", "the measure, as the notebook calls it", "a name", NEVER),
    column(
        "relation",
        "what ours has to be to the reported number",
        "`=`, `<=`, `>=`, or `~`, about",
        NEVER,
    ),
    column("reported", "the number that the notebook reports", "a float", "for a claim in words"),
    column("claim", "what it claims in words", "a text", "for a number alone"),
    column("verdict", "whether our runs agree", "a text", NEVER),
    column("theory", "the number that theory predicts", "a float", "where it predicts none"),
    column("why", "how theory comes to it", "a text", "where it predicts none"),
];

/// The columns of each variant, whose names follow that of the variant and `_`.
pub const VARIANT_COLUMNS: [TableColumn; 6] = [
    column("count", "how many runs have the figure", "a whole number from 0", NEVER),
    column("low", "its quantile 0.01 over these runs", ROUNDED, NO_RUN),
    column("median", "its median", ROUNDED, NO_RUN),
    column("high", "its quantile 0.99", ROUNDED, NO_RUN),
    column(
        "percentile",
        "the percentile rank of the reported number",
        "a float from 0 to 100",
        "without a reported number",
    ),
    column(
        "share",
        "the share of runs in which a bound holds",
        "a float from 0 to 1",
        "where the relation is no bound",
    ),
];

/// Formats the findings as CSV.
pub fn csv(reproduction: &Reproduction) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let mut head: Vec<String> = FINDING_COLUMNS.map(|column| column.name.to_owned()).into();
    for variant in Variant::ALL {
        head.extend(VARIANT_COLUMNS.map(|column| format!("{}_{}", variant.name(), column.name)));
    }
    writer.write_record(&head).expect("memory takes all");
    for finding in &reproduction.findings {
        writer.write_record(record(finding)).expect("memory takes all");
    }
    let bytes = writer.into_inner().expect("memory takes all");
    String::from_utf8(bytes).expect("made of text")
}

fn record(finding: &Finding) -> Vec<String> {
    let Finding { figure, distributions, expected, verdict } = finding;
    let optional = |value: Option<f64>| value.map_or(String::new(), float_cell);
    let mut record = vec![
        figure.config.clone(),
        figure.machine.clone(),
        figure.name.clone(),
        figure.relation.sign().to_owned(),
        optional(figure.reported.as_ref().map(|reported| reported.value)),
        figure.claim.clone(),
        verdict.to_string(),
        optional(expected.as_ref().map(|expected| expected.value)),
        expected.as_ref().map_or(String::new(), |expected| expected.why.clone()),
    ];
    for found in distributions {
        record.push(found.count.to_string());
        let numbers = [found.low, found.median, found.high, found.percentile, found.share];
        record.extend(numbers.map(optional));
    }
    record
}
