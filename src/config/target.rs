//! Targets: a figure of the results, a comparison, and a number.

use std::fmt;

use crate::glomers::Workload;
use crate::nearest::{LettersPerEdit, nearest};

/// A condition on the results of a run, such as `net.servers.msgs_per_op < 0.7`.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// The path of the figure in the results.
    pub path: String,
    /// The comparison.
    pub comparison: Comparison,
    /// The number to compare with.
    pub number: f64,
}

/// Comparison of a figure with a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// Less than the number.
    Less,
    /// At most the number.
    AtMost,
    /// Greater than the number.
    Greater,
    /// At least the number.
    AtLeast,
    /// Equal to the number.
    Equal,
}

impl Comparison {
    const ALL: [(&'static str, Comparison); 5] = [
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
        ("=", Comparison::Equal),
    ];

    /// Returns the sign.
    pub fn sign(self) -> &'static str {
        let found = Comparison::ALL.iter().find(|(_, comparison)| *comparison == self);
        found.map_or("?", |(sign, _)| sign)
    }

    /// Whether the comparison holds.
    pub fn holds(self, figure: f64, number: f64) -> bool {
        match self {
            Comparison::Less => figure < number,
            Comparison::AtMost => figure <= number,
            Comparison::Greater => figure > number,
            Comparison::AtLeast => figure >= number,
            Comparison::Equal => figure == number,
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.path, self.comparison.sign(), self.number)
    }
}

impl Target {
    /// Parses a target. The path may have `-` in place of `_`, as in results.
    ///
    /// # Errors
    /// The fault, and the expected form.
    pub(super) fn parse(text: &str, workload: &Workload) -> Result<Target, String> {
        let form = "expected a figure, a comparison and a number, such as \
                    \"net.servers.msgs_per_op < 0.7\"";
        let place = text.find(['<', '>', '=']).ok_or(form)?;
        let (path, rest) = text.split_at(place);
        let (sign, comparison) =
            Comparison::ALL.into_iter().find(|(sign, _)| rest.starts_with(sign)).ok_or(form)?;
        let number = rest[sign.len()..].trim();
        let number: f64 = number.parse().map_err(|_| format!("{form}; {number:?} is no number"))?;
        if !number.is_finite() {
            return Err(format!("{form}; {number} is no finite number"));
        }
        let path = path.trim().replace('-', "_");
        let known = figures(workload);
        if !known.contains(&path) {
            let name = workload.name;
            let nearest = nearest(&path, known.iter().map(String::as_str), LettersPerEdit::Two);
            let hint = match nearest {
                Some(known) => format!("did you mean {known}?"),
                None => format!("its figures are {}", known.join(", ")),
            };
            return Err(format!("the results of {name} have no figure {path:?}; {hint}"));
        }
        Ok(Target { path, comparison, number })
    }
}

/// Returns the paths of all figures in a workload's results.
pub fn figures(workload: &Workload) -> Vec<String> {
    let mut figures = Vec::new();
    for zone in ["all", "clients", "servers"] {
        let counts: &[&str] = match zone {
            "clients" => &["send_count", "recv_count", "msg_count"],
            _ => &["send_count", "recv_count", "msg_count", "msgs_per_op"],
        };
        figures.extend(counts.iter().map(|count| format!("net.{zone}.{count}")));
    }
    figures.extend(["availability.ok_fraction".to_owned()]);
    let counts = ["count", "ok_count", "fail_count", "info_count"];
    figures.extend(counts.iter().map(|count| format!("stats.{count}")));
    const QUANTILES: [&str; 4] = ["p50", "p95", "p99", "max"];
    for f in workload.operations {
        figures.extend(QUANTILES.iter().map(|q| format!("op_latency_ms.{f}.{q}")));
    }
    figures.extend(workload.figures.iter().map(|path| (*path).to_owned()));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::glomers::{BROADCAST, ECHO};

    fn parse(text: &str) -> Result<Target, String> {
        Target::parse(text, &BROADCAST)
    }

    #[test]
    fn a_target_is_a_figure_a_comparison_and_a_number() {
        let target = parse("net.servers.msgs-per-op<0.7").expect("a target");
        assert_eq!(target.to_string(), "net.servers.msgs_per_op < 0.7");
        assert!(target.comparison.holds(0.69, target.number));
        assert!(!target.comparison.holds(0.7, target.number));
        let target = parse("op_latency_ms.broadcast.p99 <= 1").expect("a target");
        assert!(target.comparison.holds(1.0, target.number));
        assert_eq!(parse(&target.to_string()), Ok(target));
    }

    #[test]
    fn what_the_workload_lacks_is_refused_with_the_nearest() {
        let error = parse("stable_latency_ms.p51 < 1").expect_err("no such quantile");
        assert!(error.ends_with("did you mean stable_latency_ms.p50?"), "{error}");
        let lacks = Target::parse("stable_latency_ms.p50 < 1", &ECHO);
        assert!(lacks.is_err_and(|error| error.contains("the results of echo have no figure")));
        for wrong in ["", "p50", "net.all.msg_count <", "net.all.msg_count < x", "< 3"] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
