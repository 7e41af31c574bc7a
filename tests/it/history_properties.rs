//! Checkers of histories against slow, obviously correct oracles, on small random histories.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use sim::check::{HistoryChecker, HistoryVerdict, Validity, check_history};
use sim::edn::Edn;
use sim::engine::time::Instant;
use sim::history::{EntryKind, F, History, Op, OpValue, Process};

/// A client's next operation, if it is idle, or the outcome of its pending one.
#[derive(Clone, Debug)]
struct Step {
    client: usize,
    adds: bool,
    number: i64,
    outcome: usize,
    shown: Vec<i64>,
    later: u64,
    is_final: bool,
}

fn steps(numbers: std::ops::Range<i64>) -> impl Strategy<Value = Vec<Step>> {
    let shown = prop::collection::vec(numbers.clone(), 0..6);
    let step = (0..4usize, any::<bool>(), numbers, 0..8usize, shown, 0..3_000_000u64, 0..4u8);
    let step = step.prop_map(|(client, adds, number, outcome, shown, later, last)| Step {
        client,
        adds,
        number,
        outcome,
        shown,
        later,
        is_final: last == 0,
    });
    prop::collection::vec(step, 0..40)
}

/// Builds a well-formed history from steps. A read of a set shows `shown`; one of a counter shows
/// the sum of its length and its first number.
fn history(steps: &[Step], is_set: bool) -> History {
    let mut history = History::new();
    let mut busy: BTreeMap<usize, Op> = BTreeMap::new();
    let mut process = [0, 1, 2, 3];
    let mut now = 0;
    for step in steps {
        now += step.later;
        let time = Instant::from_ns(now);
        let op = match busy.remove(&step.client) {
            None => {
                let client = Process::Client(process[step.client]);
                let f = if step.adds { F::Add } else { F::Read };
                let op = Op {
                    value: if step.adds { OpValue::Int(step.number) } else { OpValue::Nil },
                    is_final: !step.adds && step.is_final,
                    node: Some(step.client as u32 % 3),
                    ..Op::new(time, client, EntryKind::Invoke, f)
                };
                busy.insert(step.client, op.clone());
                op
            }
            Some(begun) => {
                let kind = match step.outcome {
                    0 => EntryKind::Fail,
                    1 => EntryKind::Info,
                    _ => EntryKind::Ok,
                };
                if kind == EntryKind::Info {
                    process[step.client] += 4;
                }
                let value = match (kind, &begun.f, is_set) {
                    (EntryKind::Ok, F::Read, true) => OpValue::Ints(step.shown.clone().into()),
                    (EntryKind::Ok, F::Read, false) => {
                        OpValue::Int(step.shown.len() as i64 + step.shown.first().unwrap_or(&0))
                    }
                    _ => begun.value.clone(),
                };
                Op { time, kind, value, ..begun }
            }
        };
        history.push(op);
    }
    history
}

/// Returns the invocations with their completions, if any, as indices.
fn pairs(history: &[Op]) -> Vec<(usize, Option<usize>)> {
    let ends = |begin: usize| {
        (begin + 1..history.len()).find(|end| history[*end].process == history[begin].process)
    };
    let begins = (0..history.len()).filter(|index| history[*index].kind == EntryKind::Invoke);
    begins.map(|begin| (begin, ends(begin))).collect()
}

fn shows(op: &Op, element: i64) -> bool {
    matches!(&op.value, OpValue::Ints(values) if values.iter().any(|value| value == element))
}

/// Returns an element's outcome by Jepsen's definition, and its latency in nanoseconds.
fn sight(history: &[Op], element: i64) -> (&'static str, u64) {
    let pairs = pairs(history);
    let is_add =
        |begin: usize| history[begin].f == F::Add && history[begin].value == OpValue::Int(element);
    // An element that is added again starts over: only later ok adds of it count.
    let added = pairs.iter().filter(|(begin, _)| is_add(*begin)).map(|(b, _)| *b).max();
    let added = added.expect("an element that is added");
    let is_ok = |end: usize| history[end].kind == EntryKind::Ok && end > added;
    let reads: Vec<(usize, usize)> = pairs
        .iter()
        .filter(|(begin, _)| history[*begin].f == F::Read)
        .filter_map(|(begin, end)| end.filter(|end| is_ok(*end)).map(|end| (*begin, end)))
        .collect();
    let add_ok = pairs.iter().filter(|(begin, _)| is_add(*begin)).filter_map(|(_, end)| *end);
    let add_ok = add_ok.filter(|end| is_ok(*end));
    let seen = reads.iter().filter(|(_, end)| shows(&history[*end], element)).map(|(_, e)| *e);
    let known = add_ok.chain(seen).min();
    let last = |present: bool| {
        let those = reads.iter().filter(|(_, end)| shows(&history[*end], element) == present);
        those.map(|(begin, _)| *begin).max()
    };
    let (present, absent) = (last(true), last(false));
    let Some(known) = known else { return ("never-read", 0) };
    let time = |index: usize| history[index].time.as_ns();
    let since = |contrary: Option<usize>| {
        contrary.map_or(0, |read| (time(read) + 1).saturating_sub(time(known)))
    };
    if present.is_some_and(|present| absent.is_none_or(|absent| absent < present)) {
        ("stable", since(absent))
    } else if absent
        .is_some_and(|absent| present.is_none_or(|present| present < absent) && known < absent)
    {
        ("lost", since(present))
    } else {
        ("never-read", 0)
    }
}

fn numbers(verdict: &HistoryVerdict, key: &str) -> Vec<i64> {
    let Some(Edn::List(items)) = verdict.result.get(key) else { panic!("{key}: {verdict:?}") };
    let number = |item: &Edn| if let Edn::Int(number) = item { *number } else { panic!("{item}") };
    items.iter().map(number).collect()
}

/// Returns the sums of `certain` and each subset of `unsure`.
fn sums(certain: i64, unsure: &[i64]) -> BTreeSet<i64> {
    let mut sums = BTreeSet::from([certain]);
    for delta in unsure {
        sums.extend(sums.clone().iter().map(|sum| sum + delta));
    }
    sums
}

/// Builds a history of requests for echoes or ids: `said` has the values of replies, and of the
/// requests for echoes.
fn asking(steps: &[(usize, u8, usize)], f: &F, said: &[&str]) -> History {
    let mut history = History::new();
    let mut busy: BTreeMap<usize, Op> = BTreeMap::new();
    let mut process = [0, 1, 2, 3];
    let value = |place: usize| {
        OpValue::from_json(serde_json::from_str(said[place % said.len()]).expect("JSON"))
    };
    for (number, (client, outcome, place)) in (0..).zip(steps) {
        let time = Instant::from_ns(number);
        let Some(begun) = busy.remove(client) else {
            let asked = if *f == F::Echo { value(*place) } else { OpValue::Nil };
            let begun =
                Op::new(time, Process::Client(process[*client]), EntryKind::Invoke, f.clone());
            let begun = Op { value: asked, ..begun };
            busy.insert(*client, begun.clone());
            history.push(begun);
            continue;
        };
        let (kind, name) = match outcome {
            0 => (EntryKind::Fail, Some("abort")),
            1 => (EntryKind::Info, Some("crash")),
            2 => (EntryKind::Info, Some("timeout")),
            _ => (EntryKind::Ok, None),
        };
        if kind == EntryKind::Info {
            process[*client] += 4;
        }
        let error = name.map(|name| (name.to_owned(), String::new()));
        let back = match (kind, *outcome == 3) {
            (EntryKind::Ok, true) => value(*place),
            (EntryKind::Ok, false) if *f == F::Echo => begun.value.clone(),
            (EntryKind::Ok, false) => value(number as usize),
            _ => begun.value.clone(),
        };
        history.push(Op { time, kind, value: back, error, ..begun });
    }
    history
}

/// JSON values for Clojure to compare: integers and doubles, strings, lists, null.
const IDS: [&str; 8] = ["1", "1.0", "2", "\"a\"", "\"1\"", "null", "18446744073709551616", "[1]"];

/// Whether Clojure can order the values: all but nulls are of one kind.
fn have_an_order(ids: &[&OpValue]) -> bool {
    let kind = |id: &&OpValue| match id.to_json() {
        serde_json::Value::Null => None,
        serde_json::Value::Number(_) => Some(0),
        serde_json::Value::String(_) => Some(1),
        _ => Some(2),
    };
    ids.iter().filter_map(kind).collect::<BTreeSet<_>>().len() <= 1
}

// Four workloads, ten thousand histories.
proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_500))]

    #[test]
    fn echoes_are_checked_pair_by_pair(
        steps in prop::collection::vec((0..4usize, 0..8u8, 0..3usize), 0..40),
    ) {
        let history = asking(&steps, &F::Echo, &["\"a\"", "\"b\"", "\"a b\""]);
        let verdict = check_history(HistoryChecker::Echo, &history, &[]);
        // Maelstrom checks only complete pairs, those that end in ok or fail.
        let is_wrong = |(begin, end): &(usize, Option<usize>)| {
            let Some(end) = end.map(|end| &history[end]) else { return false };
            match end.kind {
                EntryKind::Ok => end.value != history[*begin].value,
                EntryKind::Fail => true,
                _ => false,
            }
        };
        let wrong = pairs(&history).iter().filter(|pair| is_wrong(pair)).count();
        prop_assert_eq!(verdict.parity, Validity::of(wrong == 0));
        let Some(Edn::List(errors)) = verdict.result.get("errors") else { panic!("{verdict:?}") };
        prop_assert_eq!(errors.len(), wrong);
    }

    #[test]
    fn ids_are_checked_each_against_each(
        steps in prop::collection::vec((0..4usize, 0..8u8, 0..8usize), 0..12),
        kinds in 0..4usize,
    ) {
        let said = [&IDS[..], &IDS[..3], &IDS[3..5], &["1", "2", "null"]][kinds];
        let history = asking(&steps, &F::Generate, said);
        let verdict = check_history(HistoryChecker::UniqueIds, &history, &[]);
        let given: Vec<&OpValue> =
            history.iter().filter(|op| op.kind == EntryKind::Ok).map(|op| &op.value).collect();
        // All values of IDS differ in Clojure.
        let twice = (0..given.len()).any(|a| given[..a].contains(&given[a]));
        let expected = if have_an_order(&given) { Validity::of(!twice) } else { Validity::Unknown };
        prop_assert_eq!(verdict.parity, expected, "{:?}", given);
        let same = |a: &OpValue, b: &OpValue| {
            let [a, b] = [a, b].map(|value| value.to_json().to_string().replace("1.0", "1"));
            a == b
        };
        let twice = (0..given.len()).any(|a| given[..a].iter().any(|b| same(b, given[a])));
        let found = verdict.counts.contains_key(&sim::check::HistoryRule::DuplicateId);
        prop_assert_eq!(found, twice, "{:?}", given);
    }

    #[test]
    fn sets_are_checked_by_the_definition(steps in steps(0..6)) {
        let history = history(&steps, true);
        let verdict = check_history(HistoryChecker::GSet, &history, &[]);
        let added: BTreeSet<i64> = history
            .iter()
            .filter(|op| op.kind == EntryKind::Invoke && op.f == F::Add)
            .filter_map(|op| op.value.to_json().as_i64())
            .collect();
        let sights: Vec<(i64, (&str, u64))> =
            added.into_iter().map(|element| (element, sight(&history, element))).collect();
        let those = |outcome: &str| -> Vec<i64> {
            sights.iter().filter(|(_, (o, _))| *o == outcome).map(|(element, _)| *element).collect()
        };
        prop_assert_eq!(numbers(&verdict, "lost"), those("lost"));
        prop_assert_eq!(numbers(&verdict, "never-read"), those("never-read"));
        let mut latencies: Vec<u64> =
            sights.iter().filter(|(_, (o, _))| *o == "stable").map(|(_, (_, l))| *l).collect();
        latencies.sort_unstable();
        let found: Vec<u64> = verdict.stable_latencies.iter().map(|l| l.as_ns()).collect();
        prop_assert_eq!(found, latencies);
        if !those("lost").is_empty() {
            prop_assert_eq!(verdict.parity, Validity::Invalid);
            prop_assert_eq!(verdict.strict, Validity::Invalid);
        } else if those("stable").is_empty() {
            prop_assert_eq!(verdict.parity, Validity::Unknown);
        } else {
            prop_assert_eq!(verdict.parity, Validity::Valid);
        }
    }

    #[test]
    fn counters_are_checked_against_all_possible_sums(steps in steps(-6..7)) {
        let history = history(&steps, false);
        let verdict = check_history(HistoryChecker::PnCounter, &history, &[]);
        let pairs = pairs(&history);
        let int = |index: usize| if let OpValue::Int(n) = history[index].value { n } else { 0 };
        let adds: Vec<(usize, Option<usize>)> =
            pairs.iter().filter(|(begin, _)| history[*begin].f == F::Add).copied().collect();
        let finals: Vec<(usize, usize)> = pairs
            .iter()
            .filter(|(begin, _)| history[*begin].f == F::Read && history[*begin].is_final)
            .filter_map(|(begin, end)| end.map(|end| (*begin, end)))
            .filter(|(_, end)| history[*end].kind == EntryKind::Ok)
            .collect();
        let kind = |end: Option<usize>| end.map_or(EntryKind::Info, |end| history[end].kind);
        // Maelstrom: one set of sums for all reads; only adds that end in info are unsure.
        let is_ok = |e: &Option<usize>| kind(*e) == EntryKind::Ok;
        let ok: i64 = adds.iter().filter(|(_, e)| is_ok(e)).map(|(b, _)| int(*b)).sum();
        let unsure: Vec<i64> = adds
            .iter()
            .filter(|(_, end)| end.is_some() && kind(*end) == EntryKind::Info)
            .map(|(begin, _)| int(*begin))
            .collect();
        let all = sums(ok, &unsure);
        let holds = finals.iter().all(|(_, end)| all.contains(&int(*end)));
        prop_assert_eq!(verdict.parity, Validity::of(holds));
        // Strict: each final read has a set of sums of its own.
        let wrong = finals.iter().filter(|(begin, end)| {
            let counts = |add: &&(usize, Option<usize>)| {
                kind(add.1) != EntryKind::Fail && add.0 < *end
            };
            let is_sure = |add: &&(usize, Option<usize>)| {
                kind(add.1) == EntryKind::Ok && add.1.is_some_and(|done| done < *begin)
            };
            let adds = adds.iter().filter(counts);
            let sure = adds.clone().filter(is_sure).map(|(begin, _)| int(*begin)).sum();
            let unsure: Vec<i64> =
                adds.filter(|add| !is_sure(add)).map(|(begin, _)| int(*begin)).collect();
            !sums(sure, &unsure).contains(&int(*end))
        });
        let found = verdict.counts.get(&sim::check::HistoryRule::OutOfRange).copied();
        prop_assert_eq!(found.unwrap_or(0), wrong.count() as u64);
    }
}

/// A thousand elements, each read by one of 25 nodes right after it was added: as many as a run of
/// the challenge has, and half a million elements read.
#[test]
fn a_long_history_of_a_set_is_checked() {
    let mut history = History::new();
    let mut entry = |process: u64, kind, f: F, value| {
        let time = Instant::from_ns(history.len() as u64 * 1_000_000);
        let (node, process) = (Some(process as u32), Process::Client(process));
        let is_final = false;
        history.push(Op { value, is_final, node, ..Op::new(time, process, kind, f) });
    };
    for number in 0..1000 {
        let process = number as u64 % 25;
        entry(process, EntryKind::Invoke, F::Broadcast, OpValue::Int(number));
        entry(process, EntryKind::Ok, F::Broadcast, OpValue::Int(number));
        entry(process, EntryKind::Invoke, F::Read, OpValue::Nil);
        entry(process, EntryKind::Ok, F::Read, OpValue::Ints((0..=number).collect()));
    }
    let verdict = check_history(HistoryChecker::Broadcast, &history, &[]);
    assert_eq!((verdict.parity, verdict.strict), (Validity::Valid, Validity::Unknown));
    assert_eq!(verdict.stable_latencies.len(), 1000);
    assert_eq!(verdict.findings, []);
}

/// Maelstrom's checker of counters accepts final reads of 64-bit integers and throws on others.
#[test]
fn a_final_read_that_is_no_integer_of_64_bits_leaves_parity_open() {
    for (value, parity) in [
        ("0", Validity::Valid),
        ("1", Validity::Invalid),
        ("0.0", Validity::Unknown),
        ("null", Validity::Unknown),
        ("\"0\"", Validity::Unknown),
        ("18446744073709551616", Validity::Unknown),
    ] {
        let entry = |kind, value| {
            let op = Op::new(Instant::ZERO, Process::Client(0), kind, F::Read);
            Op { value, is_final: true, ..op }
        };
        let value_read = OpValue::from_json(serde_json::from_str(value).expect("JSON"));
        let history = [entry(EntryKind::Invoke, OpValue::Nil), entry(EntryKind::Ok, value_read)];
        let verdict = check_history(HistoryChecker::GCounter, &history, &[]);
        assert_eq!(verdict.parity, parity, "{value}");
        let is_right = ["0", "0.0"].contains(&value);
        assert_eq!(verdict.strict == Validity::Invalid, !is_right, "{value}: {verdict:?}");
    }
}
