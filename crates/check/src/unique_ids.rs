//! Unique ids checker: no id is acknowledged twice.
//!
//! Strictly ids are JSON values of any type, and equal by value: `1` and `1.0` are one id. For
//! parity they are equal as in Clojure, and must also be comparable, by Clojure's order: null
//! before all else, numbers among numbers, texts among texts, lists among lists, by length and then
//! item by item.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;

use serde_json::Value;

use super::history_rule::HistoryRule;
use super::history_verdict::{Findings, HistoryVerdict, Validity, gave_up};
use super::operations::Operations;
use crate::edn::Edn;
use crate::edn::number::{clojure_text, is_written_whole, normalized};
use crate::history::F;

/// Maximum number of duplicated ids in the result.
const DUPLICATED: usize = 48;

/// Checks ids.
pub fn check(ops: &Operations<'_>) -> HistoryVerdict {
    let mut findings = Findings::default();
    let mut acknowledged: Vec<Given> = Vec::new();
    for operation in ops.with(&F::Generate) {
        if let Some((completion, value)) = ops.result(operation) {
            acknowledged.push(Given { id: value.to_json(), completion });
        }
    }
    acknowledged.sort_by_key(|given| given.completion);
    if acknowledged.is_empty() {
        findings.leave_open(HistoryRule::NothingAcknowledged, "no id was given");
    }
    find_duplicates(ops, &acknowledged, &mut findings);
    let duplicated = duplicates_of_parity(&acknowledged);
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

/// An acknowledged id, with the index of its completion.
struct Given {
    id: Value,
    completion: usize,
}

/// Finds the ids that were acknowledged more than once, by value.
fn find_duplicates(ops: &Operations<'_>, acknowledged: &[Given], findings: &mut Findings) {
    let mut seen: BTreeMap<String, &Given> = BTreeMap::new();
    for given in acknowledged {
        // Keys of maps are sorted, so that equal values have one text.
        let first = *seen.entry(normalized(given.id.clone()).to_string()).or_insert(given);
        if first.completion == given.completion {
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
}

/// Returns the ids that were acknowledged more than once in the sense of parity, with their counts.
fn duplicates_of_parity(acknowledged: &[Given]) -> Vec<(&Value, usize)> {
    let mut counts: BTreeMap<String, (&Value, usize)> = BTreeMap::new();
    for Given { id, .. } in acknowledged {
        counts.entry(clojure_text(id)).or_insert((id, 0)).1 += 1;
    }
    counts.into_values().filter(|(_, count)| *count > 1).collect()
}

/// Returns the most frequent of them; of equally frequent ones the greatest.
fn most_frequent(mut duplicated: Vec<(&Value, usize)>) -> Edn {
    let order = |a: &Value, b: &Value| compare(a, b).unwrap_or(Ordering::Equal);
    duplicated.sort_by(|(a, _), (b, _)| order(b, a));
    duplicated.sort_by_key(|(_, count)| Reverse(*count));
    duplicated.truncate(DUPLICATED);
    duplicated.sort_by(|(a, _), (b, _)| order(a, b));
    let entry = |(id, count): (&Value, usize)| (Edn::from_json(id), Edn::count(count));
    Edn::Map(duplicated.into_iter().map(entry).collect())
}

/// Returns the least and the greatest id; `None` if two are not comparable.
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

/// Compares as Clojure does; `None` if the values are not comparable.
fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    match (a, b) {
        (Value::Null, Value::Null) => Some(Ordering::Equal),
        (Value::Null, _) => Some(Ordering::Less),
        (_, Value::Null) => Some(Ordering::Greater),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::String(a), Value::String(b)) => Some(a.encode_utf16().cmp(b.encode_utf16())),
        (Value::Number(a), Value::Number(b)) => match is_written_whole(a) && is_written_whole(b) {
            true => Some(compare_whole(a.as_str(), b.as_str())),
            false => a.as_f64()?.partial_cmp(&b.as_f64()?),
        },
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

/// Compares two integers of any size in JSON notation.
fn compare_whole(a: &str, b: &str) -> Ordering {
    let parts = |text: &str| match text.strip_prefix('-') {
        Some(digits) if digits != "0" => (true, digits.to_owned()),
        _ => (false, text.trim_start_matches('-').to_owned()),
    };
    let ((a_is_negative, a), (b_is_negative, b)) = (parts(a), parts(b));
    let size = a.len().cmp(&b.len()).then_with(|| a.cmp(&b));
    match (a_is_negative, b_is_negative) {
        (false, false) => size,
        (true, true) => size.reverse(),
        (true, false) => Ordering::Less,
        (false, true) => Ordering::Greater,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::histories::history;

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
    fn ids_of_128_bits_keep_all_their_digits() {
        let ids =
            ["340282366920938463463374607431768211455", "340282366920938463463374607431768211454"];
        let found = verdict(&ids);
        assert_eq!((found.parity, found.strict), (Validity::Valid, Validity::Valid));
        let range = found.result.get("range").map(Edn::to_string);
        assert_eq!(range, Some(format!("[{}N {}N]", ids[1], ids[0])));
        assert_eq!(verdict(&[ids[0], ids[0]]).parity, Validity::Invalid);
    }

    #[test]
    fn a_float_is_another_id_for_maelstrom_and_the_same_one_by_value() {
        let found = verdict(&["1", "1.0"]);
        assert_eq!((found.parity, found.strict), (Validity::Valid, Validity::Invalid));
        let found = verdict(&["-7", "-18446744073709551616", "3"]);
        let range = found.result.get("range").map(Edn::to_string);
        assert_eq!(range.as_deref(), Some("[-18446744073709551616N 3]"));
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
