//! Small histories of a register: their verdicts, witnesses and drawings.

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
    draw(&mut model, &part, &labels, &mut budget)
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
