//! The output of `sim check --format json`: one object, for traces and histories alike.

use serde_json::{Map, Value, json};

use crate::check::{HistoryRule, HistoryVerdict, LamportRule, Validity, Verdict};

/// Returns the verdict on a trace; it is unknown if the trace has no events.
pub(super) fn of_trace(verdict: &Verdict, validity: Validity) -> Value {
    let reasons = |list: &[(LamportRule, String)]| -> Vec<Value> {
        list.iter().map(|(rule, why)| json!({ "rule": rule.name(), "why": why })).collect()
    };
    let findings = verdict.violations.iter().map(|violation| {
        let (rule, line) = (violation.rule.name(), violation.line);
        json!({ "rule": rule, "line": line, "message": violation.message })
    });
    let broken = LamportRule::ALL.into_iter().filter(|rule| verdict.count(*rule) > 0);
    let counts = broken.map(|rule| (rule.name().to_owned(), json!(verdict.count(rule))));
    // Without events no rule can be checked.
    let checked = verdict.checked.iter().filter(|_| validity != Validity::Unknown);
    json!({
        "of": "trace",
        "verdict": validity.name(),
        "entries": verdict.rows,
        "checked": checked.map(|rule| rule.name()).collect::<Vec<_>>(),
        "findings": findings.collect::<Vec<_>>(),
        "counts": counts.collect::<Map<_, _>>(),
        "skipped": reasons(&verdict.skipped),
        "notes": reasons(&verdict.notes),
    })
}

/// Returns the verdict on a history of this many entries, with the result map of its workload.
/// `files` were compared with the manifest.
pub(super) fn of_history(
    verdict: &HistoryVerdict,
    validity: Validity,
    workload: &str,
    entries: usize,
    files: &[&str],
) -> Value {
    let reasons = |list: &[(HistoryRule, String)]| -> Vec<Value> {
        list.iter().map(|(rule, why)| json!({ "rule": rule.name(), "why": why })).collect()
    };
    let findings = verdict.findings.iter().map(|finding| {
        let (rule, ops) = (finding.rule.name(), &finding.ops);
        json!({ "rule": rule, "ops": ops, "message": finding.message })
    });
    let counts = verdict.counts.iter();
    let counts = counts.map(|(rule, count)| (rule.name().to_owned(), json!(count)));
    json!({
        "of": "history",
        "workload": workload,
        "verdict": validity.name(),
        "parity": verdict.parity.name(),
        "result": verdict.result.to_json(),
        "entries": entries,
        "findings": findings.collect::<Vec<_>>(),
        "counts": counts.collect::<Map<_, _>>(),
        "drawings": verdict.drawings,
        "undetermined": reasons(&verdict.undetermined),
        "skipped": reasons(&verdict.skipped),
        "files": files,
    })
}
