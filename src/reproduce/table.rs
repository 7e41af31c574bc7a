//! `reproduction.csv`: a row per figure with all numbers of each variant.

use super::variants::Variant;
use super::{Finding, Reproduction};
use crate::statistics::float_cell;

/// The columns of `reproduction.csv` before those of the variants, with their meanings.
pub const FINDING_COLUMNS: [(&str, &str); 9] = [
    ("config", "the config that was run"),
    ("machine", "the machine of the figure, or `run`"),
    ("metric", "the measure, as the notebook calls it"),
    ("relation", "what ours has to be to the reported number: `=`, `<=`, `>=` or `~`, about"),
    ("reported", "the number that the notebook reports"),
    ("claim", "what it claims in words"),
    ("verdict", "whether our runs agree"),
    ("theory", "the number that theory predicts"),
    ("why", "how theory comes to it"),
];

/// The columns of each variant, whose names follow that of the variant and `_`, with their
/// meanings.
pub const VARIANT_COLUMNS: [(&str, &str); 6] = [
    ("count", "how many runs have the figure"),
    ("low", "its quantile 0.01 over these runs"),
    ("median", "its median"),
    ("high", "its quantile 0.99"),
    ("percentile", "the percentile rank of the reported number, from 0 to 100"),
    ("share", "the share of runs in which a bound holds, from 0 to 1"),
];

/// Formats the findings as CSV.
pub fn csv(reproduction: &Reproduction) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let mut head: Vec<String> = FINDING_COLUMNS.map(|(name, _)| name.to_owned()).into();
    for variant in Variant::ALL {
        head.extend(VARIANT_COLUMNS.map(|(column, _)| format!("{}_{column}", variant.name())));
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
