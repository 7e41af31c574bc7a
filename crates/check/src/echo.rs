//! Echo checker: the reply has the text that was sent.
//!
//! A wrong reply is a violation, and so is an error in its place. A missing reply is not: the
//! required availability limits how many may be missing. For parity an indefinite error is ignored:
//! Maelstrom does not pair an invocation with an unknown outcome.

use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity};
use super::operations::{Operation, Operations};
use crate::edn::Edn;
use crate::history::{EntryKind, F, OpValue};

/// Checks echoes. A result is the text itself, or the body of the reply with its `echo`.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    let mut findings = Findings::default();
    let errors: Vec<Edn> =
        ops.with(&F::Echo).filter_map(|echo| check_reply(ops, echo, &mut findings)).collect();
    if ops.with(&F::Echo).all(|echo| echo.outcome != EntryKind::Ok) {
        findings.leave_open(HistoryRule::NothingAcknowledged, "no echo came back");
    }
    let valid = Validity::of(errors.is_empty());
    let result = Edn::map([("valid?", valid.edn()), ("errors", Edn::List(errors))]);
    findings.verdict(valid, result)
}

/// Checks one operation; returns the error in Maelstrom's form.
fn check_reply(ops: &Operations<'_>, echo: &Operation, findings: &mut Findings) -> Option<Edn> {
    let completion = echo.completion?;
    let sent = ops.argument(echo);
    let op = &ops.history[completion];
    let witness = [echo.invoke, completion];
    match (op.kind, &op.error) {
        (EntryKind::Ok, _) if echoed(&op.value) == *sent => return None,
        (EntryKind::Ok, _) => findings.add(HistoryRule::WrongEcho, &witness, || {
            let (sent, got) = (sent.to_json(), op.value.to_json());
            format!("{} sent {sent} and received {got}", ops.who(echo))
        }),
        (_, Some((name, text))) if !TIMEOUTS.contains(&name.as_str()) && op.exception.is_none() => {
            findings.add(HistoryRule::ErrorReply, &witness, || {
                let sent = sent.to_json();
                let overlooked =
                    if op.kind == EntryKind::Info { " (Maelstrom leaves it out)" } else { "" };
                let who = ops.who(echo);
                format!("{who} sent {sent} and received the error {name} {text:?}{overlooked}")
            });
        }
        _ => {}
    }
    if op.kind == EntryKind::Info {
        return None;
    }
    let words = [Edn::text("Expected a message with :echo"), Edn::text("But received")];
    let [expected, received] = words;
    Some(Edn::Vector(vec![expected, sent.to_edn(), received, op.value.to_edn()]))
}

/// Names of errors that are not a reply.
const TIMEOUTS: [&str; 2] = ["timeout", "net-timeout"];

/// Returns the text of a reply: a client may have kept its whole body.
fn echoed(value: &OpValue) -> OpValue {
    match value {
        OpValue::Json(serde_json::Value::Object(body)) if body.contains_key("in_reply_to") => {
            OpValue::from_json(body.get("echo").cloned().unwrap_or_default())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

    #[track_caller]
    fn check(text: &str, parity: Validity, errors: &str) {
        let history = history(text);
        let ops = Operations::new(&history, &[]).expect("well formed");
        let verdict = super::check(&ops);
        assert_eq!(verdict.parity, parity);
        assert_eq!(verdict.result.get("errors").map(Edn::to_string).as_deref(), Some(errors));
    }

    #[test]
    fn what_came_back_is_judged_and_what_did_not_is_not() {
        check("0 invoke echo \"a b\"\n0 ok echo \"a b\"", Validity::Valid, "()");
        let body = "{:type \"echo_ok\" :in_reply_to 1 :echo \"ab\"}";
        check(&format!("0 invoke echo \"ab\"\n0 ok echo {body}"), Validity::Valid, "()");
        check("0 invoke echo \"ab\"\n0 info echo \"ab\" !timeout", Validity::Valid, "()");
        let errors = "([\"Expected a message with :echo\" \"ab\" \"But received\" \"b\"])";
        check("0 invoke echo \"ab\"\n0 ok echo \"b\"", Validity::Invalid, errors);
        let errors = "([\"Expected a message with :echo\" \"ab\" \"But received\" \"ab\"])";
        check("0 invoke echo \"ab\"\n0 fail echo \"ab\" !abort", Validity::Invalid, errors);
        check("0 invoke echo \"ab\"\n0 info echo \"ab\" !crash", Validity::Valid, "()");
    }
}
