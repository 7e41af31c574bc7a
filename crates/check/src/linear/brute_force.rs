//! The search against all orders, tried one after the other: every small history, and random ones.

use super::guided::guided;
use super::naive::{closed_parts, has_order};
use super::*;

/// Number of random histories, if it was set when this was compiled: `LINEAR_RUNS=100000 cargo test
/// -p detsim-check lin`. Then the small histories are tried in more forms, too.
const RUNS: Option<&str> = option_env!("LINEAR_RUNS");

/// Number of random histories.
pub(crate) fn runs() -> u64 {
    RUNS.and_then(|runs| runs.parse().ok()).unwrap_or(4_000)
}

/// Whether small histories are tried in more forms.
pub(crate) fn tries_all() -> bool {
    RUNS.is_some()
}

/// Compares the search and its witness with the definitions.
#[track_caller]
fn compare(object: &Object<RegisterAction>) {
    let mut model = Register::new(0, &[]);
    let outcome = check(&mut model, object, &mut Budget::new(&Limits::DEFAULT));
    let last = object.events().len() - 1;
    let all = (1 << object.actions().len()) - 1;
    let expected = has_order(&mut model, object, all, last);
    assert_eq!(outcome == Outcome::Linearizable, expected, "{outcome:?}, {object:?}");
    let width = object.actions().len();
    let mut budget = Budget::new(&Limits::DEFAULT);
    let guided = guided::<_, u64>(&mut model, object, width, &object.ends(), &mut budget);
    assert!(guided.is_ok_and(|found| found.is_none_or(|found| found == outcome)), "{object:?}");
    let Outcome::Violated(at) = outcome else { return };
    let begun = object.events()[..=at].iter().filter(|event| !event.is_end()).count();
    let begun = (1 << begun) - 1;
    assert!(!has_order(&mut model, object, begun, at), "{object:?}");
    assert!(at == 0 || has_order(&mut model, object, begun, at - 1), "{object:?}");
    let found = witness(&mut model, object, at, &mut Budget::for_witness(&Limits::DEFAULT));
    assert!(found.is_minimal);
    let kept: u32 = found.operations.iter().map(|operation| 1 << operation).sum();
    let parts = closed_parts(object, at);
    assert!(parts.contains(&kept), "not a part: {found:?}, {object:?}");
    for part in parts.into_iter().filter(|part| part & !kept == 0) {
        let has_order = has_order(&mut model, object, part, at);
        assert_eq!(has_order, part != kept, "{part:b} of {found:?}, {object:?}");
    }
}

/// Actions of operations, and whether they end; the first ones are those that are tried when there
/// is little time.
pub(crate) const FORMS: [(RegisterAction, bool); 13] = [
    (RegisterAction::Write(1), true),
    (RegisterAction::Read(1), true),
    (RegisterAction::Write(2), true),
    (RegisterAction::Cas(1, 2), true),
    (RegisterAction::Read(2), true),
    (RegisterAction::Write(1), false),
    (RegisterAction::Mismatch(1), true),
    (RegisterAction::Cas(2, 1), false),
    (RegisterAction::Read(0), true),
    (RegisterAction::Cas(1, 2), false),
    (RegisterAction::Write(2), false),
    (RegisterAction::Cas(2, 1), true),
    (RegisterAction::Mismatch(2), true),
];

/// Calls `visit` with all histories of a number of operations in these forms.
pub(crate) fn all_histories(
    forms: &[(RegisterAction, bool)],
    left: usize,
    object: &Object<RegisterAction>,
    open: &[usize],
    visit: &mut impl FnMut(&Object<RegisterAction>),
) {
    if left == 0 && open.is_empty() {
        return visit(object);
    }
    for place in 0..open.len() {
        let (mut object, mut open) = (object.clone(), open.to_vec());
        object.end(open.remove(place));
        all_histories(forms, left, &object, &open, visit);
    }
    if left > 0 {
        for (action, ends) in forms {
            let (mut object, mut open) = (object.clone(), open.to_vec());
            let operation = object.begin(*action);
            open.extend(ends.then_some(operation));
            all_histories(forms, left - 1, &object, &open, visit);
        }
    }
}

#[test]
fn all_small_histories_get_the_verdicts_of_the_definition() {
    let counts = if tries_all() { [13, 13, 13, 13, 8] } else { [13, 13, 13, 6, 3] };
    for (operations, forms) in (1..).zip(counts) {
        let start = Object::default();
        all_histories(&FORMS[..forms], operations, &start, &[], &mut |object| compare(object));
    }
}

/// A source of random numbers.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A random history of up to 8 operations, of which up to `width` are open at once.
fn random<A: Copy>(
    random: &mut Random,
    width: u64,
    action: impl Fn(&mut Random) -> A,
) -> Object<A> {
    let mut object = Object::default();
    let mut open: Vec<usize> = Vec::new();
    let count = 1 + random.below(8) as usize;
    while object.actions().len() < count || !open.is_empty() {
        let begins = object.actions().len() < count && (open.len() as u64) < width;
        if begins && (open.is_empty() || random.below(2) == 0) {
            let operation = object.begin(action(random));
            open.extend((random.below(6) > 0).then_some(operation));
        } else {
            let place = random.below(open.len() as u64) as usize;
            object.end(open.remove(place));
        }
    }
    object
}

#[test]
fn random_registers_get_the_verdicts_of_the_definition() {
    let mut good = 0;
    for seed in 0..runs() {
        let mut numbers = Random(seed);
        let width = 1 + numbers.below(6);
        let values = 2 + numbers.below(2);
        let history = random(&mut numbers, width, |numbers| {
            let mut value = |from: u64| (from + numbers.below(values + 1 - from)) as u32;
            let [read, a, b] = [value(0), value(1), value(1)];
            match numbers.below(8) {
                0..3 => RegisterAction::Write(a),
                3..6 => RegisterAction::Read(read),
                6 => RegisterAction::Cas(a, b),
                _ => RegisterAction::Mismatch(a),
            }
        });
        compare(&history);
        let mut model = Register::new(0, &[]);
        let outcome = check(&mut model, &history, &mut Budget::new(&Limits::DEFAULT));
        good += u64::from(outcome == Outcome::Linearizable);
    }
    assert!((runs() / 10..runs() * 9 / 10).contains(&good), "{good} of {}", runs());
}

#[test]
fn random_texts_get_the_verdicts_of_the_definition() {
    let mut good = 0;
    for seed in 0..runs() {
        let mut model = Text::default();
        let texts = ["", "a", "b", "ab", "ba", "aa"].map(|text| model.intern(text));
        let mut numbers = Random(seed);
        let width = 1 + numbers.below(5);
        let history = random(&mut numbers, width, |numbers| match numbers.below(8) {
            0 => TextAction::Put(texts[numbers.below(3) as usize]),
            1..4 => TextAction::Append(texts[numbers.below(3) as usize]),
            _ => TextAction::Get(texts[numbers.below(6) as usize]),
        });
        let outcome = check(&mut model, &history, &mut Budget::new(&Limits::DEFAULT));
        let all = (1 << history.actions().len()) - 1;
        let expected = has_order(&mut model, &history, all, history.events().len() - 1);
        assert_eq!(outcome == Outcome::Linearizable, expected, "{outcome:?}, {history:?}");
        good += u64::from(expected);
        let Outcome::Violated(at) = outcome else { continue };
        let found = witness(&mut model, &history, at, &mut Budget::for_witness(&Limits::DEFAULT));
        let kept: u32 = found.operations.iter().map(|operation| 1 << operation).sum();
        assert!(!has_order(&mut model, &history, kept, at), "{found:?}, {history:?}");
        assert!(found.is_minimal, "{found:?}, {history:?}");
    }
    assert!((runs() / 20..runs() * 9 / 10).contains(&good), "{good} of {}", runs());
}
