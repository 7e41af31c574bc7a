//! What `sim test` has to say beyond what `sim run` says: of processes, and of real time.

use std::io::{self, Write};

use super::super::glomers_table::{self, GlomersReport};
use super::super::options::VerdictKind;
use crate::check::Validity;
use crate::edn::Edn;
use crate::engine::time::Duration;
use crate::escape;
use crate::harness::{Hosted, Lateness, NodeEnd};
use crate::statistics::number;

/// A warning below each report.
const WARNING: &str = "nodes ran as processes with your rights, without a sandbox; such a run \
                       cannot be replayed, and its verdict comes from real time";

/// The quantiles of lateness that are reported.
const QUANTILES: [(&str, f64); 3] = [("p50", 0.5), ("p99", 0.99), ("max", 1.0)];

/// Maximum number of warnings that are printed; all of them are in the results.
const WARNINGS_MAX: usize = 10;

/// Returns the entries that a hosted run adds to the results.
pub(super) fn extra(hosted: &Hosted, names: &[String]) -> Vec<(Edn, Edn)> {
    let texts = |texts: &[String]| Edn::Vector(texts.iter().map(Edn::text).collect());
    let node = |(name, end): (&String, &NodeEnd)| {
        let broken = end.broken.iter();
        let broken = broken.map(|(rule, count)| (Edn::keyword(rule), Edn::whole((*count).into())));
        Edn::map([
            ("name", Edn::text(name)),
            ("ended", texts(&end.ends)),
            ("lines", Edn::whole(end.lines.into())),
            ("broken-rules", Edn::Map(broken.collect())),
            ("last-lines", texts(&end.tail)),
        ])
    };
    let lateness = QUANTILES
        .map(|(name, q)| (Edn::keyword(name), Edn::Float(ms(hosted.lateness.quantile(q)))));
    let nodes = names.iter().zip(&hosted.nodes).map(node).collect();
    vec![
        (Edn::keyword("replayable"), Edn::Bool(false)),
        (Edn::keyword("lateness-ms"), Edn::Map(lateness.into())),
        (Edn::keyword("nodes"), Edn::Vector(nodes)),
        (Edn::keyword("warnings"), texts(&hosted.warnings)),
    ]
}

/// Facts about the processes of a test.
pub(super) struct Processes<'a> {
    pub(super) nodes: &'a [NodeEnd],
    pub(super) warnings: &'a [String],
    pub(super) lateness: &'a Lateness,
}

/// Prints the report of a test; the last line is Maelstrom's, with both verdicts.
pub(super) fn print(
    report: &GlomersReport<'_>,
    decides: VerdictKind,
    &Processes { nodes, warnings, lateness }: &Processes<'_>,
    out: &mut dyn Write,
) -> io::Result<()> {
    glomers_table::print(report, out)?;
    let late: Vec<String> =
        QUANTILES.map(|(name, q)| format!("{name} {}", number(ms(lateness.quantile(q))))).into();
    writeln!(out, "lateness  of deliveries, in ms: {}", late.join(", "))?;
    for warning in warnings.iter().take(WARNINGS_MAX) {
        writeln!(out, "warning   {}", escape::line(warning))?;
    }
    if let Some(more) = warnings.len().checked_sub(WARNINGS_MAX + 1) {
        writeln!(out, "          and {} more: see results.json", more + 1)?;
    }
    let strict = report.outcome.verdict.strict;
    if strict != Validity::Valid {
        print_tails(report, nodes, out)?;
    }
    writeln!(out, "{WARNING}")?;
    writeln!(out)?;
    let parity = &report.outcome.verdict.parity;
    let last = match decides.of(strict, parity.validity()) {
        Validity::Valid => "Everything looks good! ヽ(‘ー`)ノ",
        Validity::Unknown => "Errors occurred during analysis, but no anomalies found. ಠ~ಠ",
        Validity::Invalid => "Analysis invalid! (ﾉಥ益ಥ）ﾉ ┻━┻",
    };
    let strict = glomers_table::verdict_word(strict);
    let parity = parity.verdict.map_or("error (exit 255)", Validity::name);
    writeln!(out, "{last}  (strict: {strict}; Maelstrom would say: {parity})")
}

/// Prints the last lines of the nodes that violated the protocol.
fn print_tails(
    report: &GlomersReport<'_>,
    nodes: &[NodeEnd],
    out: &mut dyn Write,
) -> io::Result<()> {
    let names = &report.experiment.parameters.names;
    let is_guilty = |place: usize| {
        let mut problems = report.outcome.run.problems.iter();
        problems.any(|(_, problem)| problem.node.index() == place)
    };
    for (place, (name, node)) in names.iter().zip(nodes).enumerate() {
        if is_guilty(place) && !node.tail.is_empty() {
            writeln!(out, "{name} ended with these lines:")?;
            node.tail.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
    }
    Ok(())
}

fn ms(time: Duration) -> f64 {
    (time.as_ns() / 1000) as f64 / 1000.0
}
