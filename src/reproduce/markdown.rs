//! `reproduction.md`: the findings as a report.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::variants::{Setting, Variant, settings};
use super::verdict::Verdict;
use super::{Distribution, Finding, Reproduction, SEEDS_AT_AN_EDGE};
use crate::statistics::number;

/// Number of figures per verdict, in the order of verdicts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counts(pub BTreeMap<Verdict, usize>);

impl Counts {
    /// Counts the verdicts of all findings.
    pub fn new(reproduction: &Reproduction) -> Counts {
        let mut counts = BTreeMap::new();
        for finding in &reproduction.findings {
            *counts.entry(finding.verdict).or_insert(0) += 1;
        }
        Counts(counts)
    }
}

/// Formats the findings as a page of Markdown.
pub fn markdown(reproduction: &Reproduction) -> String {
    let mut page = String::new();
    write(&mut page, reproduction).expect("text takes all");
    page
}

const VERDICT_RULES: &str = "\
A reading (`=`) is *explained* by the first variant whose band, from the 1 % to the 99 % quantile
over the seeds, it lies in. Notebooks round and leave out zeros at the end, so simulated values are
rounded to the most decimals with which any notebook reports the metric; numbers that are claimed,
and not read off a run, are compared to six decimals. A bound (`<=`, `>=`) is checked by the share
of seeds in which it holds, and by the variant where that is best: nearly all (99 % or more), most
(more than a half), few, none. On claims of a number theory has the last word, as they speak of the
long run: what is more than 2 % off is contradicted. Figures of `~` are shown and not checked.

Of 50 figures one lies outside a band of 98 % by chance alone.

A notebook's queue is `queue_len` of `trace.csv`: what waits just after a message was taken. So
claims about queues are compared with `queue_max_at_receive` and `queue_mean_at_receive`, and not
with `queue_max`, which counts the message that is about to be taken, too.
";

const INPUTS: &str = "\
The recorded programs woke up 1.8 to 4 ms late (2.9 ms in the middle), with a jitter of about ±2 ms:
our jitter is uniform from 0 to 4 ms and always late, so 0.9 ms of overshoot makes the mean 2.9 ms.
Where the periods themselves were measured, `real` has them instead of rates; they contain the
overshoot, so there is none, and they are shorter by the mean of the jitter. What is known of a
recording (its length, its rates) holds for all variants and stands with its config. Nothing is
fitted to a figure. A run of a variant, again: `sim run CONFIG --seed N` with `--set` for each of
its settings.
";

fn write(page: &mut String, reproduction: &Reproduction) -> std::fmt::Result {
    let Reproduction { seeds, findings } = reproduction;
    writeln!(page, "# The notebooks reproduced\n")?;
    writeln!(
        page,
        "{} figures that notebooks report of real-time programs, beside their distribution in \
         virtual time\nover {seeds} seeds, and over {} where the verdict could change with other \
         seeds: within 3\nstandard errors of where it does. Written by `sim reproduce`; all \
         numbers, and how many seeds each\nrests on, are in `reproduction.csv`.\n",
        findings.len(),
        seeds * SEEDS_AT_AN_EDGE,
    )?;
    writeln!(page, "| verdict | figures |\n| --- | ---: |")?;
    for (verdict, count) in Counts::new(reproduction).0 {
        writeln!(page, "| {verdict} | {count} |")?;
    }
    writeln!(page, "\n## How figures are checked\n\n{VERDICT_RULES}")?;
    variants(page)?;
    contradicted(page, findings)?;
    list(page, findings, "Not explained", Verdict::NotExplained)?;
    list(page, findings, "Explained only with imperfection", Verdict::Explained(Variant::Real))?;
    writeln!(page, "## All figures\n")?;
    writeln!(
        page,
        "Of each variant: the median, the band from 1 % to 99 %, and the percentile of the \
         reported\nnumber (`p`); for a bound, the share of seeds in which it holds.\n"
    )?;
    reproduction.by_config().try_for_each(|of_config| config(page, of_config))
}

fn variants(page: &mut String) -> std::fmt::Result {
    writeln!(page, "## Variants\n")?;
    writeln!(page, "| variant | what it is | settings |\n| --- | --- | --- |")?;
    for variant in Variant::ALL {
        let set = shown(settings("", variant).iter());
        writeln!(page, "| {} | {} | {set} |", variant.name(), variant.meaning())?;
    }
    writeln!(page, "\n{INPUTS}")
}

fn contradicted(page: &mut String, findings: &[Finding]) -> std::fmt::Result {
    writeln!(page, "## Claims and theory\n")?;
    let mut any = false;
    for finding in findings {
        let Some(expected) = &finding.expected else { continue };
        any = true;
        let figure = &finding.figure;
        let claimed = figure.reported.as_ref().map_or(0.0, |reported| reported.value);
        let verdict = if expected.contradicts { "**contradicted**" } else { "in accord" };
        let simulated: Vec<String> = Variant::ALL
            .into_iter()
            .zip(&finding.distributions)
            .map(|(variant, found)| format!("{} {}", variant.name(), cell(found)))
            .collect();
        writeln!(
            page,
            "- {}: \"{}\" ({}): {verdict}. Right: **{}**, since {}. Simulated: {}.",
            figure.config,
            figure.claim,
            number(claimed),
            number(expected.value),
            expected.why,
            simulated.join("; "),
        )?;
    }
    writeln!(page, "{}", if any { "" } else { "None of these figures is such a claim.\n" })
}

fn list(
    page: &mut String,
    findings: &[Finding],
    title: &str,
    verdict: Verdict,
) -> std::fmt::Result {
    writeln!(page, "## {title}\n")?;
    let listed: Vec<&Finding> = findings.iter().filter(|f| f.verdict == verdict).collect();
    if listed.is_empty() {
        return writeln!(page, "None.\n");
    }
    for finding in listed {
        let Finding { figure, distributions, .. } = finding;
        let reported = figure.reported.as_ref().map_or("", |reported| &reported.text);
        let bands: Vec<String> = Variant::ALL
            .into_iter()
            .zip(distributions)
            .map(|(variant, found)| format!("{} {}", variant.name(), band(found)))
            .collect();
        let (config, machine, name) = (&figure.config, &figure.machine, &figure.name);
        let bands = bands.join(", ");
        let miss = if finding.misses_by_one() { " (misses by one in the last digit)" } else { "" };
        writeln!(page, "- {config}, {machine}: `{name}` {reported}{miss}; {bands}")?;
    }
    writeln!(page)
}

fn config(page: &mut String, findings: &[Finding]) -> std::fmt::Result {
    let name = &findings[0].figure.config;
    writeln!(page, "### {name}\n")?;
    let known = |variant| {
        let general = settings("", variant);
        let own = settings(name, variant);
        own.into_iter().filter(|setting| !general.contains(setting)).collect::<Vec<Setting>>()
    };
    let (exact, real) = (known(Variant::Exact), known(Variant::Real));
    if !exact.is_empty() {
        writeln!(page, "Recorded: {}.\n", shown(exact.iter()))?;
    } else if !real.is_empty() {
        writeln!(page, "Measured, under `real`: {}, no overshoot.\n", shown(real.iter()))?;
    }
    writeln!(page, "| machine | metric | reported | exact | phase | real | verdict |")?;
    writeln!(page, "| --- | --- | --- | --- | --- | --- | --- |")?;
    for Finding { figure, distributions, verdict, .. } in findings {
        let reported = figure.reported.as_ref().map_or("", |reported| &reported.text);
        let sign = figure.relation.sign().replace('<', "&lt;").replace('>', "&gt;");
        let cells = distributions.each_ref().map(cell).join(" | ");
        let (machine, metric) = (&figure.machine, &figure.name);
        let reported = format!("{sign} {reported}");
        let reported = reported.trim_end();
        writeln!(page, "| {machine} | `{metric}` | {reported} | {cells} | {verdict} |")?;
    }
    writeln!(page)?;
    for finding in findings.iter().filter(|finding| !finding.figure.claim.is_empty()) {
        let (machine, name) = (&finding.figure.machine, &finding.figure.name);
        writeln!(page, "- {machine}, `{name}`: \"{}\"", finding.figure.claim)?;
    }
    if findings.iter().any(|finding| !finding.figure.claim.is_empty()) {
        writeln!(page)?;
    }
    Ok(())
}

fn shown<'a>(settings: impl Iterator<Item = &'a Setting>) -> String {
    let texts: Vec<String> =
        settings.map(|Setting { key, value }| format!("`{key}={value}`")).collect();
    texts.join(", ")
}

fn cell(found: &Distribution) -> String {
    let band = band(found);
    match (found.share, found.percentile) {
        (Some(share), _) => format!("{} %", number(share * 100.0)),
        (None, Some(percentile)) => {
            format!("{} ({band}), p {percentile:.1}", optional(found.median))
        }
        (None, None) => format!("{} ({band})", optional(found.median)),
    }
}

fn band(found: &Distribution) -> String {
    match (found.low, found.high) {
        (Some(low), Some(high)) => format!("{} … {}", number(low), number(high)),
        _ => "-".to_owned(),
    }
}

fn optional(value: Option<f64>) -> String {
    value.map_or("-".to_owned(), number)
}
