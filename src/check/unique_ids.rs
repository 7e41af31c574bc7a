//! Unique ids: no id is acknowledged twice.
//!
//! Strictly ids are JSON values of any type, and equal if their values are. In the sense of parity
//! they must also have an order, as far as Clojure knows one: nothing before all else, numbers
//! among numbers, texts among texts, lists among lists, by length and then item by item.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use serde_json::Value;

use super::history::{Findings, HistoryRule, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use crate::edn::Edn;
use crate::history::F;

/// So many ids that were given twice are in the result.
const DUPLICATED: usize = 48;

/// Judges ids.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    let mut findings = Findings::default();
    let mut acknowledged: Vec<Given> = Vec::new();
    for operation in ops.with(&F::Generate) {
        if let Some((completion, value)) = ops.result(operation) {
            let id = value.to_json();
            acknowledged.push(Given { text: canonical(&id), id, completion });
        }
    }
    acknowledged.sort_by_key(|given| given.completion);
    if acknowledged.is_empty() {
        findings.leave_open(HistoryRule::NothingAcknowledged, "no id was given");
    }
    let duplicated = duplicates(ops, &acknowledged, &mut findings);
    let attempted = ops.with(&F::Generate).count();
    match range(&acknowledged) {
        None => findings.verdict(Validity::Unknown, gave_up("ids cannot be compared")),
        Some(range) => {
            let valid = Validity::of(duplicated.is_empty());
            let result = Edn::map([
                ("valid?", valid.edn()),
                ("attempted-count", Edn::count(attempted)),
                ("acknowledged-count", Edn::count(acknowledged.len())),
                ("duplicated-count", Edn::count(duplicated.len())),
                ("duplicated", most_frequent(duplicated)),
                ("range", Edn::Vector(range.map(Edn::from_json).into())),
            ]);
            findings.verdict(valid, result)
        }
    }
}

/// An id that was given, and where.
struct Given {
    id: Value,
    /// Equal for equal ids only.
    text: String,
    completion: usize,
}

/// A text that is the same for equal values: the keys of maps are in order.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let sorted: BTreeMap<&String, String> =
                entries.iter().map(|(key, value)| (key, canonical(value))).collect();
            format!("{sorted:?}")
        }
        Value::Array(items) => format!("{:?}", items.iter().map(canonical).collect::<Vec<_>>()),
        plain => plain.to_string(),
    }
}

/// The ids that were given more than once, and how often.
fn duplicates<'a>(
    ops: &Operations<'_>,
    acknowledged: &'a [Given],
    findings: &mut Findings,
) -> Vec<(&'a Value, usize)> {
    let mut seen: BTreeMap<&str, (&Given, usize)> = BTreeMap::new();
    for given in acknowledged {
        let (first, count) = seen.entry(&given.text).or_insert((given, 0));
        *count += 1;
        if *count == 1 {
            continue;
        }
        findings.add(HistoryRule::DuplicateId, &[first.completion, given.completion], || {
            let who = |at: usize| ops.at(at).map(|operation| ops.who(operation));
            let when = |at: usize| ops.history[at].time;
            format!(
                "{} was given to {} at {} and to {} at {}",
                given.id,
                who(first.completion).unwrap_or_default(),
                when(first.completion),
                who(given.completion).unwrap_or_default(),
                when(given.completion)
            )
        });
    }
    seen.into_values().filter(|(_, n)| *n > 1).map(|(given, n)| (&given.id, n)).collect()
}

/// The most frequent of them; of equally frequent ones the greatest.
fn most_frequent(mut duplicated: Vec<(&Value, usize)>) -> Edn {
    let order = |a: &Value, b: &Value| compare(a, b).unwrap_or(Ordering::Equal);
    duplicated.sort_by(|(a, _), (b, _)| order(b, a));
    duplicated.sort_by_key(|(_, count)| Reverse(*count));
    duplicated.truncate(DUPLICATED);
    duplicated.sort_by(|(a, _), (b, _)| order(a, b));
    let entry = |(id, count): (&Value, usize)| (Edn::from_json(id), Edn::count(count));
    Edn::Map(duplicated.into_iter().map(entry).collect())
}

/// The least and the greatest id; `None` if two cannot be compared.
fn range(acknowledged: &[Given]) -> Option<[&Value; 2]> {
    let Some((first, rest)) = acknowledged.split_first() else {
        return Some([&Value::Null, &Value::Null]);
    };
    let [mut least, mut greatest] = [&first.id, &first.id];
    for Given { id, .. } in rest {
        if compare(id, least)?.is_lt() {
            least = id;
        } else if compare(greatest, id)?.is_lt() {
            greatest = id;
        }
    }
    Some([least, greatest])
}

/// The order that Clojure knows; `None` where it knows none.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
        (Value::Number(a), Value::Number(b)) => {
            let whole = |number: &serde_json::Number| {
                number.as_i64().map(i128::from).or(number.as_u64().map(i128::from))
            };
            match (whole(a), whole(b)) {
                (Some(a), Some(b)) => Some(a.cmp(&b)),
                _ => a.as_f64()?.partial_cmp(&b.as_f64()?),
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() != b.len() => Some(a.len().cmp(&b.len())),
        (Value::Array(a), Value::Array(b)) => {
            for (a, b) in a.iter().zip(b) {
                let order = compare(a, b)?;
                if order.is_ne() {
                    return Some(order);
                }
            }
            Some(Ordering::Equal)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::histories::history;

    fn verdict(ids: &[&str]) -> HistoryVerdict {
        let entry = |id: &&str| format!("0 invoke generate\n0 ok generate {id}\n");
        let history = history(&ids.iter().map(entry).collect::<String>());
        let ops = Operations::new(&history, &[]).expect("well formed");
        check(&ops)
    }

    #[test]
    fn the_result_has_the_most_frequent_and_the_range() {
        let found = verdict(&["3", "1", "3", "2", "1", "3"]);
        let expected = "{:valid? false, :attempted-count 6, :acknowledged-count 6, \
                        :duplicated-count 2, :duplicated {1 2, 3 3}, :range [1 3]}";
        assert_eq!(found.result.to_string(), expected);
        assert_eq!(found.counts[&HistoryRule::DuplicateId], 3);
        assert_eq!(found.findings[0].ops, [1, 5]);
    }

    #[test]
    fn of_many_duplicates_48_are_shown() {
        let ids: Vec<String> = (0..100).chain(0..100).map(|id| id.to_string()).collect();
        let found = verdict(&ids.iter().map(String::as_str).collect::<Vec<_>>());
        let Some(Edn::Map(shown)) = found.result.get("duplicated") else { panic!("a map") };
        assert_eq!((shown.len(), &shown[0].0), (48, &Edn::Int(52)));
    }

    #[test]
    fn ids_of_any_type_are_compared_as_values() {
        for ids in [["nil", "nil"], ["[1 [2]]", "[1 [2]]"], ["\"a\"", "\"a\""]] {
            assert_eq!(verdict(&ids).parity, Validity::Invalid, "{ids:?}");
        }
        let maps = verdict(&["{:a 1 :b 2}", "{:b 2 :a 1}"]);
        assert_eq!((maps.parity, maps.strict), (Validity::Unknown, Validity::Invalid));
        let mixed = verdict(&["1", "\"1\"", "true"]);
        assert_eq!((mixed.parity, mixed.strict), (Validity::Unknown, Validity::Valid));
        assert_eq!(verdict(&["nil", "\"\"", "\"nil\""]).parity, Validity::Valid);
    }
}
