//! Small histories of keys, and random ones against all orders of each key.

use serde_json::{Value, json};

use super::*;
use crate::counterexample::{Counterexample, LongestOrder, Obstacle};
use crate::edn::Edn;
use crate::engine::time::Instant;
use crate::histories::history;
use crate::history::{EntryKind, F, History, Op, OpValue, Process};
use crate::linear::naive::has_order;
use crate::linear::{
    FORMS, Object, Random, Register, RegisterAction, all_histories, runs, tries_all,
};

/// Checks a history in which each line is an entry: what Maelstrom says, and the verdict with the
/// rules that are broken or open.
#[track_caller]
fn check(text: &str, parity: Validity, strict: Validity, rules: &str) -> HistoryVerdict {
    let history = history(text);
    let ops = Operations::new(&history, &[]).expect("well formed");
    let verdict = super::check(&ops);
    assert_eq!((verdict.parity, verdict.strict), (parity, strict), "{verdict:#?}");
    let broken = verdict.findings.iter().map(|finding| finding.rule);
    let open = verdict.undetermined.iter().map(|(rule, _)| *rule);
    let found: Vec<&str> = broken.chain(open).map(HistoryRule::name).collect();
    assert_eq!(found.join(" "), rules, "{verdict:#?}");
    verdict
}

const GOOD: [Validity; 2] = [Validity::Valid; 2];
const BAD: [Validity; 2] = [Validity::Invalid; 2];

#[track_caller]
fn both(text: &str, [parity, strict]: [Validity; 2]) -> HistoryVerdict {
    let rules = if strict == Validity::Valid { "" } else { "not-linearizable" };
    check(text, parity, strict, rules)
}

#[test]
fn keys_are_named_or_there_is_one_register() {
    let named = "0 invoke write [0 1]\n0 ok write [0 1]\n0 invoke read [1 nil]\n0 ok read [1 nil]";
    both(named, GOOD);
    both("0 invoke write 1\n0 ok write 1\n0 invoke cas [1 2]\n0 ok cas [1 2]", GOOD);
    both("0 invoke cas [0 [1 2]]\n0 ok cas [0 [1 2]]", BAD);
    let texts =
        "0 invoke append [\"k\" \"a\"]\n0 ok append [\"k\" \"a\"]\n0 invoke get [\"k\" nil]";
    both(&format!("{texts}\n0 ok get [\"k\" \"a\"]"), GOOD);
    both(&format!("{texts}\n0 ok get [\"k\" nil]"), BAD);
}

#[test]
fn what_failed_says_what_it_found_in_the_strict_sense_alone() {
    let after_write = |rest: &str| format!("0 invoke write [0 1]\n0 ok write [0 1]\n{rest}");
    let strict = [Validity::Valid, Validity::Invalid];
    both(&after_write("1 invoke read [0 nil]\n1 fail read [0 nil] !key-does-not-exist"), strict);
    both(&after_write("1 invoke cas [0 [1 2]]\n1 fail cas [0 [1 2]] !precondition-failed"), strict);
    both(&after_write("1 invoke cas [0 [1 2]]\n1 fail cas [0 [1 2]] !key-does-not-exist"), strict);
    both(&after_write("1 invoke read [0 nil]\n1 ok read [0 nil]"), strict);
    both(&after_write("1 invoke cas [0 [2 3]]\n1 fail cas [0 [2 3]] !precondition-failed"), GOOD);
    both(&after_write("1 invoke cas [0 [1 2]]\n1 fail cas [0 [1 2]]"), GOOD);
    both(&after_write("1 invoke cas [0 [1 2]]\n1 fail cas [0 [1 2]] !abort"), GOOD);
    // The entry of a definite error is unknown where the client threw it.
    let thrown = "1 invoke write [0 2]\n1 info write [0 2] !abort thrown\n\
                  0 invoke read [0 nil]\n0 ok read [0 2]";
    both(&after_write(thrown), strict);
}

#[test]
fn numbers_are_equal_by_value_or_as_in_clojure() {
    let text = "0 invoke write [0 1]\n0 ok write [0 1]\n1 invoke read [0 nil]\n1 ok read [0 1.0]";
    both(text, [Validity::Invalid, Validity::Valid]);
    let text = "0 invoke write [0.0 1]\n0 ok write [0 1]\n1 invoke read [0 nil]\n1 ok read [0 1]";
    let found = both(text, [Validity::Invalid, Validity::Valid]);
    assert_eq!(found.result.get("failures").map(Edn::to_string).as_deref(), Some("(0)"));
}

#[test]
fn other_values_and_operations_are_malformed() {
    let bad = [
        "0 invoke write 1\n0 ok write 1\n0 invoke read [0 nil]",
        "0 invoke write [0 1]\n0 invoke echo \"a\"",
        "0 invoke echo \"a\"",
        "0 invoke get [\"a\" nil]\n0 ok get [\"a\" 5]",
        "0 invoke append [\"a\" 5]",
        "0 invoke append [\"a\" \"b\"]\n1 invoke write [\"a\" \"b\"]",
        "0 invoke read [0 nil]\n0 ok read [1 5]",
        "0 invoke read [0 nil]\n0 ok read 5",
        "0 invoke cas [0 [1 2]]\n1 invoke cas [0 1]",
    ];
    for text in bad {
        let text = text.replace("\n0 invoke echo", "\n1 invoke echo");
        check(&text, Validity::Unknown, Validity::Invalid, "malformed-value");
    }
}

#[test]
fn a_finding_names_the_operations_and_is_drawn() {
    let text = "0 invoke write [\"k\" 1]\n0 ok write [\"k\" 1]\n2 invoke write [\"k\" 7]\n\
                1 invoke cas [\"k\" [1 2]] n1\n1 ok cas [\"k\" [1 2]] n1\n\
                0 invoke read [\"k\" nil]\n0 ok read [\"k\" 1]\n2 ok write [\"k\" 7]";
    let found = both(text, BAD);
    let message = "key \"k\": no order explains write 1 (process 0), cas 1 to 2 (process 1 at n1), \
                   read 1 (process 0)";
    assert_eq!(found.findings[0].message, message);
    assert_eq!(found.findings[0].ops, [0, 1, 3, 4, 5, 6]);
    let drawing = [
        "key \"k\" has no order of these operations:",
        "  process 0         ├ write 1 ┤",
        "  process 1 at n1               ├ cas 1 to 2 ┤",
        "  process 0                                    ├ read 1 ┤",
        "longest order that works: write 1 (process 0), cas 1 to 2 (process 1 at n1)",
        "  read 1 (process 0) cannot follow: the value is 2",
    ];
    assert_eq!(found.drawings, [drawing], "{}", found.drawings[0].join("\n"));
    // The same as values.
    let example = found.findings[0].counterexample.as_deref();
    let Some(Counterexample::NoOrder(example)) = example else { panic!("{example:?}") };
    let begins: Vec<usize> = example.operations.iter().map(|operation| operation.invoke).collect();
    assert_eq!((begins, example.operations[1].completion), (vec![0, 3, 5], Some(4)));
    let longest = example.longest.as_deref().expect("orders");
    let blocked = vec![(2, Obstacle::State)];
    let expected = LongestOrder { operations: vec![0, 1], state: "2".to_owned(), blocked };
    assert_eq!(longest, [expected]);
}

#[test]
fn a_check_that_reaches_a_limit_says_how_far_it_came() {
    let text = "0 invoke write [0 1]\n0 ok write [0 1]\n0 invoke write [1 1]\n0 ok write [1 1]";
    let history = history(text);
    let ops = Operations::new(&history, &[]).expect("well formed");
    let verdict = check_within(&ops, &Limits { steps_max: 3, ..Limits::DEFAULT });
    assert_eq!((verdict.parity, verdict.strict), (Validity::Unknown, Validity::Unknown));
    let why = "key 1: the limit of 3 steps is reached at begin or end 1 of 2; 1 of 2 keys are \
               checked";
    assert_eq!(verdict.undetermined, [(HistoryRule::CheckLimit, why.to_owned())]);
}

/// A random history of two keys, and each key as an object.
fn random(seed: u64) -> (History, [Object<RegisterAction>; 2]) {
    let mut random = Random(seed);
    let mut objects = [Object::default(), Object::default()];
    let count = 1 + random.below(8);
    let mut open: Vec<(u64, usize, usize, String, RegisterAction)> = Vec::new();
    let (mut begun, mut lines) = (0, String::new());
    while begun < count || !open.is_empty() {
        if begun < count && (open.is_empty() || random.below(2) == 0) {
            let key = random.below(2) as usize;
            let [a, b, read] = [1 + random.below(2), 1 + random.below(2), random.below(3)];
            let [from, to] = [a, b].map(|value| value as u32);
            let (f, begin, end, action) = match random.below(4) {
                0 => ("write", format!("{a}"), format!("{a}"), RegisterAction::Write(from)),
                1 if read == 0 => ("read", "nil".into(), "nil".into(), RegisterAction::Read(0)),
                1 | 2 => {
                    let action = RegisterAction::Read(read.max(1) as u32);
                    ("read", "nil".into(), format!("{}", read.max(1)), action)
                }
                _ => {
                    let pair = format!("[{a} {b}]");
                    ("cas", pair.clone(), pair, RegisterAction::Cas(from, to))
                }
            };
            lines += &format!("{begun} invoke {f} [{key} {begin}]\n");
            let operation = objects[key].begin(action);
            open.push((begun, key, operation, format!("{f} [{key} {end}]"), action));
            begun += 1;
            continue;
        }
        let place = random.below(open.len() as u64) as usize;
        let (process, key, operation, text, action) = open.remove(place);
        let is_read = matches!(action, RegisterAction::Read(_));
        match random.below(6) {
            0 if !is_read => lines += &format!("{process} info {text} !timeout\n"),
            1 if is_read && action == RegisterAction::Read(0) => {
                objects[key].end(operation);
                lines += &format!("{process} fail {text} !key-does-not-exist\n");
            }
            _ => {
                objects[key].end(operation);
                lines += &format!("{process} ok {text}\n");
            }
        }
    }
    (history(&lines), objects)
}

#[test]
fn random_histories_are_linearizable_if_their_keys_are() {
    let mut good = 0;
    for seed in 0..runs() {
        let (history, objects) = random(seed);
        let ops = Operations::new(&history, &[]).expect("well formed");
        let verdict = super::check(&ops);
        let expected = objects.iter().all(|object| {
            let all = (1 << object.actions().len()) - 1;
            let last = object.events().len().checked_sub(1);
            last.is_none_or(|last| has_order(&mut Register::new(0, &[]), object, all, last))
        });
        let found = verdict.findings.is_empty();
        let text = || crate::history::write_edn(&history, &[]);
        assert_eq!(found, expected, "{}{verdict:#?}", text());
        good += u64::from(expected);
    }
    assert!((runs() / 10..runs() * 9 / 10).contains(&good), "{good} of {}", runs());
}

/// The history of an object whose operations are those of two keys: of key 1 where a bit is set.
fn on_two_keys(object: &Object<RegisterAction>, keys: u32) -> History {
    let mut history = History::new();
    for event in object.events() {
        let operation = event.operation();
        let nil_or = |value: u32| if value == 0 { Value::Null } else { value.into() };
        let (f, argument, result) = match object.actions()[operation] {
            RegisterAction::Read(value) => (F::Read, Value::Null, nil_or(value)),
            RegisterAction::Write(value) => (F::Write, value.into(), value.into()),
            RegisterAction::Cas(from, to) => (F::Cas, json!([from, to]), json!([from, to])),
            RegisterAction::Mismatch(from) => (F::Cas, json!([from, 9]), json!([from, 9])),
        };
        let fails = matches!(object.actions()[operation], RegisterAction::Mismatch(_));
        let kind = match event.is_end() {
            false => EntryKind::Invoke,
            true if fails => EntryKind::Fail,
            true => EntryKind::Ok,
        };
        let value = if event.is_end() { result } else { argument };
        let process = Process::Client(operation as u64);
        let error = kind == EntryKind::Fail;
        history.push(Op {
            value: OpValue::from_json(json!([keys >> operation & 1, value])),
            error: error.then(|| ("precondition-failed".to_owned(), String::new())),
            ..Op::new(Instant::ZERO, process, kind, f)
        });
    }
    history
}

#[test]
fn all_small_histories_of_two_keys_get_the_verdicts_of_the_definition() {
    let counts = if tries_all() { [8, 8, 8, 5, 3] } else { [8, 8, 5, 2, 1] };
    for (operations, forms) in (1..).zip(counts) {
        let forms = &FORMS[..forms];
        all_histories(forms, operations, &Object::default(), &[], &mut |object| {
            let last = object.events().len() - 1;
            let all: u32 = (1 << operations) - 1;
            for keys in 0..=all {
                let history = on_two_keys(object, keys);
                let ops = Operations::new(&history, &[]).expect("well formed");
                let found = super::check(&ops).findings.is_empty();
                let has_order =
                    |part: u32| has_order(&mut Register::new(0, &[]), object, part, last);
                let expected = has_order(keys) && has_order(all & !keys);
                assert_eq!(found, expected, "{keys:b} {object:?}");
            }
        });
    }
}
