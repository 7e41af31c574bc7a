//! Histories of registers that the complete checks decide, with the models that they break.

use super::tests::entries;
use super::*;
use crate::counterexample::Counterexample;

/// Checks the strict verdict of a history at several models: each has its name and the rules that
/// it breaks, or `-`. Parity is that of the inferred dependencies alone.
#[track_caller]
fn check(text: &str, expected: &[(&str, &str)]) {
    let history = entries(text);
    for (name, broken) in expected {
        let models = vec![Model::of(name).expect("a model")];
        let options = Options { models, ..Options::new(DataType::Register) };
        let verdict = check_with(&history, &[], &options);
        let rules: Vec<&str> = verdict.counts.keys().map(|rule| rule.name()).collect();
        let found = if rules.is_empty() { "-".to_owned() } else { rules.join(" ") };
        assert_eq!(found, *broken, "{name}: {:#?}", verdict.findings);
        assert_eq!(verdict.strict, Validity::of(*broken == "-"), "{name}");
        let of_elle = check_with(&history, &[], &Options { complete: None, ..options });
        assert_eq!(verdict.parity, of_elle.parity, "{name}");
    }
}

#[test]
fn a_causality_violation_breaks_causal_consistency_alone() {
    // The second one replaces x; the last one knows of that, and reads the x before.
    check(
        "0 [[:w x 1]]\n1 [[:r x 1] [:w x 2]]\n2 [[:r x 2] [:w y 1]]\n3 [[:r y 1] [:w z 1]]
         4 [[:r z 1] [:r x 1]]",
        &[
            ("read-committed", "-"),
            ("read-atomic", "-"),
            ("causal", "causality-violation"),
            ("causal-cerone", "causality-violation"),
            ("prefix", "causality-violation"),
        ],
    );
}

#[test]
fn the_order_of_a_process_is_part_of_causal_and_not_of_causal_cerone() {
    let text = "0 [[:w x 1]]\n0 [[:r x nil]]";
    check(
        text,
        &[
            ("causal-cerone", "-"),
            ("read-atomic", "-"),
            ("serializable", "-"),
            ("causal", "fractured-read"),
            ("strong-session-serializable", "G-single-item-process fractured-read"),
        ],
    );
}

#[test]
fn an_order_that_no_single_dependency_shows_is_decided() {
    // Which of two writes comes last is open, and either order is wrong.
    let text = "0 [[:w x 1] [:w y 1]]\n1 [[:w x 2] [:w y 2]]\n2 [[:r x 1] [:r y 2]]";
    check(text, &[("read-committed", "-"), ("read-atomic", "fractured-read")]);
    let fork = "+ 0 [[:w x 1]]\n+ 1 [[:w x 2]]\n+ 2 [[:r x 1] [:r x2 1]]\n- 0\n- 1\n- 2";
    check(fork, &[("read-committed", "fabricated")]);
}

#[test]
fn fractured_reads_skews_and_forks_have_names() {
    check(
        "0 [[:w x 1] [:w y 1]]\n1 [[:r x nil] [:r y 1]]",
        &[("read-committed", "-"), ("read-atomic", "fractured-read")],
    );
    check(
        "+ 0 [[:r x nil] [:w y 1]]\n+ 1 [[:r y nil] [:w x 1]]\n- 0\n- 1",
        &[("snapshot-isolation", "-"), ("serializable", "G2-item write-skew")],
    );
    check(
        "+ 0 [[:w x 1]]\n+ 1 [[:w y 1]]\n+ 2 [[:r x 1] [:r y nil]]\n+ 3 [[:r x nil] [:r y 1]]
         - 0\n- 1\n- 2\n- 3",
        &[
            ("causal", "-"),
            ("parallel-snapshot-isolation", "-"),
            ("snapshot-isolation", "G-nonadjacent-item long-fork"),
        ],
    );
    check(
        "0 [[:w x 0]]\n+ 1 [[:r x 0] [:w x 1]]\n+ 2 [[:r x 0] [:w x 2]]\n- 1\n- 2",
        &[("causal", "-"), ("snapshot-isolation", "lost-update")],
    );
}

#[test]
fn real_time_is_the_order_of_entries() {
    let text = "0 [[:w x 1]]\n1 [[:r x nil]]";
    check(
        text,
        &[
            ("strong-session-serializable", "-"),
            ("strict-serializable", "G-single-item-realtime realtime-reversal"),
        ],
    );
    check("+ 0 [[:w x 1]]\n1 [[:r x nil]]\n- 0", &[("strict-serializable", "-")]);
}

#[test]
fn a_write_of_unknown_outcome_took_effect_if_it_is_read() {
    let unread = "0 info [[:w x 1] [:w y 1]]\n1 [[:r x nil] [:r y nil]]";
    check(unread, &[("strict-serializable", "-")]);
    let read = "0 info [[:w x 1] [:w y 1]]\n1 [[:r x nil] [:r y 1]]";
    check(read, &[("read-atomic", "fractured-read"), ("read-committed", "-")]);
    let pending = "+ 0 [[:w x 1] [:w y 1]]\n1 [[:r x nil] [:r y 1]]";
    check(pending, &[("read-atomic", "fractured-read")]);
}

#[test]
fn reads_that_no_level_allows_are_found_once() {
    check(
        "0 fail [[:w x 1]]\n1 [[:r x 1]]",
        &[("causal", "G1a"), ("read-committed", "G1a"), ("read-uncommitted", "-")],
    );
    check("0 [[:w x 1] [:w x 2]]\n1 [[:r x 1]]", &[("causal", "G1b"), ("serializable", "G1b")]);
    check("0 [[:r x 7]]", &[("causal", "fabricated"), ("serializable", "fabricated")]);
    check("0 [[:w x 1] [:r x nil]]", &[("causal", "internal-own-write")]);
}

#[test]
fn values_that_are_not_unique_leave_open_what_is_not_broken_without_them() {
    let text = "0 [[:w x 1]]\n1 [[:w x 1]]\n2 [[:r x 1]]";
    let options = Options { models: vec![Model::Causal], ..Options::new(DataType::Register) };
    let verdict = check_with(&entries(text), &[], &options);
    assert_eq!(verdict.strict, Validity::Unknown);
    let why = "1 is written to key \"x\" more than once, by entries 0 and 2: versions are known by \
               their values";
    assert_eq!(verdict.undetermined, [(HistoryRule::MalformedValue, why.to_owned())]);
    let broken = format!("{text}\n3 [[:w y 1] [:w z 1]]\n4 [[:r y nil] [:r z 1]]");
    let verdict = check_with(&entries(&broken), &[], &options);
    assert_eq!(verdict.strict, Validity::Invalid);
    assert!(verdict.counts.contains_key(&HistoryRule::FracturedRead), "{:?}", verdict.counts);
}

#[test]
fn a_finding_names_the_model_the_transactions_and_each_edge() {
    let text = "0 [[:w x 1] [:w y 1]]\n1 [[:w z 1]]\n2 [[:r x nil] [:r y 1] [:r z 1]]";
    let models = vec![Model::ReadAtomic];
    let options = Options { models, ..Options::new(DataType::Register) };
    let verdict = check_with(&entries(text), &[], &options);
    let message = "read-atomic is broken: T1 is the transaction of process 0, entry 1, T2 is the \
                   transaction of process 2, entry 5: T1 comes after the initial state; T1 \
                   would have to come before the initial state: T2 reads \"x\" = nothing, the \
                   initial value, although T1 writes \"x\" and it reads \"y\" = 1 from T1";
    assert_eq!(verdict.findings[0].message, message);
    assert_eq!(verdict.findings[0].ops, [1, 5]);
    assert_eq!(verdict.drawings[0][0], "fractured-read, which breaks read-atomic:");
    // The same as values: the initial state comes last.
    let example = verdict.findings[0].counterexample.as_deref();
    let Some(Counterexample::Cycles(example)) = example else { panic!("{example:?}") };
    let names: Vec<(&str, Option<usize>)> =
        example.transactions.iter().map(|t| (t.name.as_str(), t.entry)).collect();
    assert_eq!(names, [("T1", Some(1)), ("T2", Some(5)), ("T0", None)]);
    let edges: Vec<(usize, usize, &str)> =
        example.cycles[0].edges.iter().map(|e| (e.from, e.to, e.label.as_str())).collect();
    assert_eq!(edges, [(2, 0, "initial"), (0, 2, "inferred \"x\" from T2")]);
}

#[test]
fn what_is_broken_is_not_among_the_models_that_are_left() {
    let text = "+ 0 [[:w x 1] [:w y 1]]\n+ 1 [[:w x 2] [:w y 2]]\n+ 2 [[:r x 1] [:r y 2]]
                - 0\n- 1\n- 2";
    let verdict = check_with(&entries(text), &[], &Options::new(DataType::Register));
    let strict = verdict.result.get("strict").expect("the strict sense");
    let of = |key| strict.get(key).expect("a set").to_string();
    assert_eq!(of("not"), "#{:snapshot-isolation}");
    assert!(!of("strongest-left").contains(":serializable"), "{}", of("strongest-left"));
}

#[test]
fn a_limit_leaves_a_model_open() {
    let limits = crate::isolation::Limits { steps_max: 1, ..Default::default() };
    let options = Options { complete: Some(limits), ..Options::new(DataType::Register) };
    let verdict = check_with(&entries("0 [[:w x 1]]\n1 [[:r x 1]]"), &[], &options);
    assert_eq!(verdict.strict, Validity::Unknown);
    let (rule, why) = &verdict.undetermined[0];
    assert_eq!(*rule, HistoryRule::CheckLimit);
    assert!(why.starts_with("strong-serializable: the limit of 1 steps is reached"), "{why}");
}
