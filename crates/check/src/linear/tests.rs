//! Small histories of a register: their verdicts, witnesses and drawings.

use super::brute_force::Random;
use super::*;

/// Values 0 to 9; 0 is that of the beginning.
fn texts() -> Vec<String> {
    (0..10).map(|value| value.to_string()).collect()
}

/// Parses operations with their lines on a time axis, a column for each instant: `w1`, `r1`, `c12`,
/// `!1` from their first column to the last one, or to `>` if they do not end.
///
/// ```text
/// w1---
///    r1--
/// ```
fn object(drawing: &str) -> (Object<RegisterAction>, Vec<Label>) {
    let mut rows = Vec::new();
    for (row, line) in drawing.lines().filter(|line| !line.trim().is_empty()).enumerate() {
        for (begin, word) in words(line) {
            let digit = |place: usize| word.as_bytes()[place].wrapping_sub(b'0').into();
            let action = match &word[..1] {
                "w" => RegisterAction::Write(digit(1)),
                "r" => RegisterAction::Read(digit(1)),
                "c" => RegisterAction::Cas(digit(1), digit(2)),
                _ => RegisterAction::Mismatch(digit(1)),
            };
            let end = (!word.ends_with('>')).then(|| begin + word.len() - 1);
            let what = word.trim_end_matches(['-', '>']).to_owned();
            rows.push((begin, end, action, Label { who: format!("p{row}"), what }));
        }
    }
    rows.sort_by_key(|(begin, ..)| *begin);
    let mut events: Vec<(usize, bool, usize)> = Vec::new();
    for (number, (begin, end, ..)) in rows.iter().enumerate() {
        events.push((*begin, false, number));
        events.extend(end.map(|end| (end, true, number)));
    }
    events.sort_unstable();
    let mut object = Object::default();
    for (_, is_end, number) in events {
        if is_end {
            object.end(number);
        } else {
            object.begin(rows[number].2);
        }
    }
    (object, rows.into_iter().map(|row| row.3).collect())
}

fn words(line: &str) -> Vec<(usize, &str)> {
    let starts = (0..line.len()).filter(|place| {
        !line[*place..].starts_with(' ') && (*place == 0 || line[..*place].ends_with(' '))
    });
    starts.map(|start| (start, line[start..].split(' ').next().unwrap_or(""))).collect()
}

fn outcome(object: &Object<RegisterAction>) -> Outcome {
    let texts = texts();
    check(&mut Register::new(0, &texts), object, &mut Budget::new(&Limits::DEFAULT))
}

#[track_caller]
fn good(drawing: &str) {
    assert_eq!(outcome(&object(drawing).0), Outcome::Linearizable, "{drawing}");
}

/// Checks that the history has no order, and that its witness has these operations.
#[track_caller]
fn bad(drawing: &str, expected: &str) -> Vec<String> {
    let (object, labels) = object(drawing);
    let Outcome::Violated(at) = outcome(&object) else { panic!("has an order: {drawing}") };
    let texts = texts();
    let mut model = Register::new(0, &texts);
    let mut budget = Budget::for_witness(&Limits::DEFAULT);
    let found = witness(&mut model, &object, at, &mut budget);
    assert!(found.is_minimal);
    let labels: Vec<Label> = found.operations.iter().map(|o| labels[*o].clone()).collect();
    let names: Vec<&str> = labels.iter().map(|label| label.what.as_str()).collect();
    assert_eq!(names.join(" "), expected, "{drawing}");
    let part = found.part(&object, at);
    let orders = longest(&mut model, &part, &mut budget);
    draw(&model, &part, &labels, orders.as_ref())
}

#[test]
fn reads_writes_and_compare_and_sets_have_orders() {
    good("w1-- r1-- c12- r2-- !1--");
    good("w1-----\n  w2-----\n           r1-");
    good("r0- \n w1-----\n    r0-\n     r1-");
    good("w1> \n      r0-    r1-\n        r0-");
    good("w1-- c23>\n      w2>\n           r3-- w1--");
    good("w1-------\n w2-------\n  w3-------\n             r1-\n             c12--");
    good("w1------------------\n w2---\n  r1----     r2--");
}

#[test]
fn what_has_no_order_has_a_minimal_witness() {
    bad("w1- w2- r1-", "w1 w2 r1");
    bad("w3- r3- w1- w2- r2- r1- w5- r5-", "w1 w2 r1");
    bad("r1-\n    w1-", "r1");
    bad("w1-------------\n    r1-\n        r0--", "w1 r1 r0");
    bad("w1- c12-\n    c13- ", "w1 c12 c13");
    bad("w1- !1-", "w1 !1");
    bad("w1>\n    r1-\n        r0-  r1-", "w1 r1 r0");
    bad("w1> w1>\n    r1- w2- r1- w2- r1-", "w1 w1 r1 w2 r1 w2 r1");
}

#[test]
fn a_drawing_says_how_far_orders_come() {
    let lines = bad("w1- w2- r1-\n  w3>", "w1 w2 r1");
    let expected = [
        "  p0   ├ w1 ┤",
        "  p0          ├ w2 ┤",
        "  p0                 ├ r1 ┤",
        "longest order that works: w1 (p0), w2 (p0)",
        "  r1 (p0) cannot follow: the value is 2",
    ];
    assert_eq!(lines, expected, "{}", lines.join("\n"));
    let lines = bad("w1- c12-\n    c13-", "w1 c12 c13");
    let expected = [
        "longest order that works: w1 (p0), c12 (p0)",
        "  c13 (p1) cannot follow: the value is 2",
        "longest order that works: w1 (p0), c13 (p1)",
        "  c12 (p0) cannot follow: the value is 3",
    ];
    assert_eq!(lines[3..], expected, "{}", lines.join("\n"));
}

#[test]
fn a_crashed_append_is_no_reason_to_spare_a_put() {
    let mut model = Text::default();
    let [a, aa] = ["a", "aa"].map(|text| model.intern(text));
    let mut object = Object::default();
    object.begin(TextAction::Append(a));
    object.begin(TextAction::Put(a));
    let get = object.begin(TextAction::Get(aa));
    object.end(get);
    let outcome = check(&mut model, &object, &mut Budget::new(&Limits::DEFAULT));
    assert_eq!(outcome, Outcome::Linearizable);
}

#[test]
fn many_open_operations_are_sets_of_words() {
    let mut object = Object::default();
    let writes: Vec<usize> =
        (0..150).map(|number| object.begin(RegisterAction::Write(number % 10))).collect();
    for value in [1, 5, 1] {
        let read = object.begin(RegisterAction::Read(value));
        object.end(read);
    }
    writes.iter().for_each(|write| object.end(*write));
    assert_eq!(outcome(&object), Outcome::Linearizable);
    let read = object.begin(RegisterAction::Read(77));
    object.end(read);
    assert_eq!(outcome(&object), Outcome::Violated(object.events().len() - 1));
}

#[test]
fn a_limit_is_never_a_verdict() {
    let (object, _) = object("w1-----\n  w2-----\n           r1-");
    let texts = texts();
    let check = |limits| check(&mut Register::new(0, &texts), &object, &mut Budget::new(&limits));
    let steps = check(Limits { steps_max: 2, ..Limits::DEFAULT });
    assert_eq!(steps, Outcome::Undetermined(3, Exhausted::Steps(2)));
    let bytes = check(Limits { bytes_max: 50, ..Limits::DEFAULT });
    assert_eq!(bytes, Outcome::Undetermined(2, Exhausted::Bytes(50)));
    assert_eq!(Exhausted::Steps(2).to_string(), "the limit of 2 steps");
}

/// A history of a register that is right, with some changes that have taken effect and never end.
fn with_crashes(seed: u64) -> Object<RegisterAction> {
    /// What a client has begun: an operation of the object, and whether it has taken effect.
    type Pending = Option<(usize, RegisterAction, bool)>;
    let mut numbers = Random(seed);
    let mut begun: Vec<(RegisterAction, Option<usize>)> = Vec::new();
    let mut events: Vec<(usize, bool)> = Vec::new();
    let mut clients: [Pending; 6] = [None; 6];
    let mut value = 0;
    while begun.len() < 600 || clients.iter().any(Option::is_some) {
        let client = numbers.below(6) as usize;
        clients[client] = match clients[client] {
            None if begun.len() < 600 => {
                let [a, b] = [0, 0].map(|_| 1 + numbers.below(4) as u32);
                let action = match numbers.below(3) {
                    0 => RegisterAction::Read(0),
                    1 => RegisterAction::Write(a),
                    _ => RegisterAction::Cas(a, b),
                };
                begun.push((action, None));
                events.push((begun.len() - 1, false));
                Some((begun.len() - 1, action, false))
            }
            Some((operation, action, false)) => {
                let found = match action {
                    RegisterAction::Cas(from, _) if from != value => RegisterAction::Mismatch(from),
                    RegisterAction::Read(_) => RegisterAction::Read(value),
                    other => other,
                };
                if let RegisterAction::Write(to) | RegisterAction::Cas(_, to) = found {
                    value = to;
                }
                begun[operation].0 = found;
                Some((operation, found, true))
            }
            Some((operation, action, true)) => {
                let changes = matches!(action, RegisterAction::Write(_) | RegisterAction::Cas(..));
                if !changes || numbers.below(12) > 0 {
                    events.push((operation, true));
                }
                None
            }
            None => None,
        };
    }
    let mut object = Object::default();
    for (operation, is_end) in events {
        if is_end {
            object.end(operation);
        } else {
            object.begin(begun[operation].0);
        }
    }
    object
}

#[test]
fn long_histories_with_crashed_operations_are_decided() {
    let limits = Limits { steps_max: 1 << 22, ..Limits::DEFAULT };
    let texts = texts();
    let mut model = Register::new(0, &texts);
    for seed in 0..20 {
        let mut object = with_crashes(seed);
        let crashed = object.ends().iter().filter(|ends| !**ends).count();
        assert!(crashed > 8, "{crashed}");
        let outcome = check(&mut model, &object, &mut Budget::new(&limits));
        assert_eq!(outcome, Outcome::Linearizable, "{seed}");
        for action in [7, 8].map(RegisterAction::Write).into_iter().chain([RegisterAction::Read(7)])
        {
            let operation = object.begin(action);
            object.end(operation);
        }
        let last = object.events().len() - 1;
        let outcome = check(&mut model, &object, &mut Budget::new(&limits));
        assert_eq!(outcome, Outcome::Violated(last), "{seed}");
        let found = witness(&mut model, &object, last, &mut Budget::for_witness(&limits));
        let actions: Vec<_> = found.operations.iter().map(|o| object.actions()[*o]).collect();
        let [write, other, read] = actions[..] else { panic!("{actions:?}") };
        assert_eq!([write, other], [RegisterAction::Write(7), RegisterAction::Write(8)]);
        assert_eq!((read, found.is_minimal), (RegisterAction::Read(7), true));
    }
}
