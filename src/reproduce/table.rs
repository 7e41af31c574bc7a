//! `reproduction.csv`: a row per figure with all numbers of each variant.

use super::variants::Variant;
use super::{Finding, Reproduction};
use crate::statistics::float_cell;

/// The columns before those of the variants.
const HEAD: [&str; 9] =
    ["config", "machine", "metric", "relation", "reported", "claim", "verdict", "theory", "why"];

/// The columns of each variant, prefixed with its name.
const OF_VARIANT: [&str; 6] = ["count", "low", "median", "high", "percentile", "share"];

/// Formats the findings as CSV.
pub fn csv(reproduction: &Reproduction) -> String {
    let mut writer = csv::Writer::from_writer(vec![]);
    let mut head: Vec<String> = HEAD.map(str::to_owned).into();
    for variant in Variant::ALL {
        head.extend(OF_VARIANT.map(|column| format!("{}_{column}", variant.name())));
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
