//! Small histories, each with the anomalies that it has in both senses.

use super::*;
use crate::counterexample::Counterexample;
use crate::edn::Edn;
use crate::histories::history;

/// A history with a transaction a line, begun and ended at once: `0 [[:append 1 1]]`, or with an
/// outcome, `1 fail [[:append 1 2]]`. `+` before a line begins a transaction that the line with the
/// same process and `-` ends.
pub(super) fn entries(text: &str) -> Vec<Op> {
    let mut lines = String::new();
    let mut begun = std::collections::BTreeMap::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (mode, line) = match line.split_at(1) {
            ("+" | "-", rest) => (&line[..1], rest.trim()),
            _ => ("", line),
        };
        let (process, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (outcome, value) = match rest.split_once(' ') {
            Some((outcome @ ("fail" | "info" | "ok"), value)) => (outcome, value),
            _ => ("ok", rest),
        };
        if mode != "-" {
            lines += &format!("{process} invoke txn {}\n", unread(value));
        }
        let value = match mode {
            "+" => {
                begun.insert(process, value);
                continue;
            }
            "-" if value.is_empty() => begun[process],
            _ => value,
        };
        let value = if outcome == "ok" { value.to_owned() } else { unread(value) };
        lines += &format!("{process} {outcome} txn {value}\n");
    }
    history(&lines)
}

/// The transaction before anything is read.
fn unread(value: &str) -> String {
    let Ok(Edn::Vector(ops)) = crate::edn::read(value) else { panic!("{value}") };
    let ops = ops.into_iter().map(|op| match op {
        Edn::Vector(parts) if parts[0] == Edn::keyword("r") => {
            Edn::Vector(vec![parts[0].clone(), parts[1].clone(), Edn::Nil])
        }
        op => op,
    });
    Edn::Vector(ops.collect()).to_string()
}

fn shown(verdict: &HistoryVerdict) -> String {
    let HistoryVerdict { findings, drawings, result, .. } = verdict;
    format!("{findings:#?}\n{}\n{result}", drawings.concat().join("\n"))
}

/// Checks the anomalies of a history, as words, and the weakest models that they break: in the
/// strict sense and in parity under strict serializability.
#[track_caller]
fn check(data: DataType, text: &str, strict: &str, not: &str, parity: &str) -> HistoryVerdict {
    let history = entries(text);
    let verdict = check_with(&history, &[], &Options::new(data));
    let words = |value: Option<&Edn>| {
        value.map_or("-".to_owned(), Edn::to_string).replace([':', '(', ')', '#', '{', '}'], "")
    };
    let strict_map = verdict.result.get("strict");
    let found = words(strict_map.and_then(|map| map.get("anomaly-types")));
    assert_eq!(found, strict, "{}", shown(&verdict));
    assert_eq!(words(strict_map.and_then(|map| map.get("not"))), not, "{}", shown(&verdict));
    assert_eq!(words(verdict.result.get("anomaly-types")), parity, "{}", shown(&verdict));
    verdict
}

#[track_caller]
fn lists(text: &str, strict: &str, not: &str, parity: &str) -> HistoryVerdict {
    check(DataType::List, text, strict, not, parity)
}

#[test]
fn a_serial_history_is_fine() {
    let verdict = lists(
        "0 [[:append 1 1] [:r 1 [1]]]\n1 [[:r 1 [1]] [:append 1 2]]\n0 [[:r 1 [1 2]] [:r 2 nil]]",
        "",
        "",
        "-",
    );
    assert_eq!((verdict.strict, verdict.parity), (Validity::Valid, Validity::Valid));
}

#[test]
fn cycles_of_lists_have_their_names() {
    let g0 = "+0 [[:append 1 1] [:append 2 1]]\n+1 [[:append 1 2] [:append 2 2]]\n-0\n-1\n\
              2 [[:r 1 [1 2]] [:r 2 [2 1]]]";
    lists(g0, "G0", "read-uncommitted", "G0");
    let g1c = "+0 [[:append 1 1] [:r 2 [1]]]\n+1 [[:append 2 1] [:r 1 [1]]]\n-0\n-1";
    lists(g1c, "G1c", "read-committed", "G1c");
    let skew = "+0 [[:append 1 1] [:append 2 1]]\n+1 [[:r 1 [1]] [:r 2 nil]]\n-0\n-1\n\
                2 [[:r 2 [1]]]";
    lists(skew, "G-single-item", "consistent-view repeatable-read", "G-single-item");
    let write_skew = "+0 [[:r 1 nil] [:append 2 1]]\n+1 [[:r 2 nil] [:append 1 1]]\n-0\n-1\n\
                      2 [[:r 1 [1]] [:r 2 [1]]]";
    lists(write_skew, "G2-item", "repeatable-read", "G2-item");
    let fork = "+0 [[:append 1 1]]\n+1 [[:append 2 1]]\n+2 [[:r 1 [1]] [:r 2 nil]]\n\
                +3 [[:r 1 nil] [:r 2 [1]]]\n-0\n-1\n-2\n-3\n4 [[:r 1 [1]] [:r 2 [1]]]";
    lists(fork, "G-nonadjacent-item", "repeatable-read snapshot-isolation", "G-nonadjacent-item");
    let stale = "0 [[:append 1 1]]\n1 [[:r 1 nil]]\n2 [[:r 1 [1]]]";
    lists(stale, "G-single-item-realtime", "strong-snapshot-isolation", "G-single-item-realtime");
    let session = "0 [[:append 1 1]]\n0 [[:r 1 nil]]\n2 [[:r 1 [1]]]";
    lists(
        session,
        "G-single-item-process",
        "strong-session-snapshot-isolation",
        "G-single-item-realtime",
    );
}

#[test]
fn single_reads_of_lists_show_anomalies() {
    let aborted = "0 fail [[:append 1 1]]\n1 [[:r 1 [1]]]\n1 [[:r 2 nil]]";
    lists(aborted, "G1a", "read-committed", "G1a");
    let garbage = "0 [[:append 1 1]]\n1 [[:r 1 [1 7]]]";
    lists(garbage, "fabricated", "read-uncommitted", "-");
    let twice = "0 [[:append 1 1]]\n1 [[:r 1 [1 1]]]";
    lists(twice, "duplicate-elements", "read-uncommitted", "duplicate-elements");
    let orders = "+0 [[:append 1 1]]\n+1 [[:append 1 2]]\n-0\n-1\n2 [[:r 1 [1 2]]]\n\
                  3 [[:r 1 [2 1]]]";
    lists(
        orders,
        "G-single-item-realtime incompatible-order",
        "read-committed",
        "G-single-item-realtime incompatible-order",
    );
    let internal = "0 [[:append 1 1]]\n1 [[:r 1 []] [:r 1 [1]]]";
    lists(
        internal,
        "G-single-item internal",
        "consistent-view read-atomic repeatable-read",
        "G-single-item internal",
    );
    let own = "0 [[:append 1 1] [:r 1 nil]]\n1 [[:r 1 [1]]]";
    lists(own, "internal-own-write", "read-uncommitted", "internal");
    let future = "0 [[:r 1 [1]] [:append 1 1]]\n1 [[:r 1 [1]]]";
    lists(future, "future-read", "read-committed", "future-read");
    let dirty = "0 fail [[:append 1 1]]\n1 [[:append 1 2]]\n2 [[:r 1 [1 2]]]";
    lists(dirty, "G1a dirty-update", "read-committed", "G1a dirty-update");
    let lost = "0 [[:append 1 1]]\n+1 [[:r 1 [1]] [:append 1 2]]\n+2 [[:r 1 [1]] [:append 1 3]]\n\
                -1\n-2\n3 [[:r 1 [1 2 3]]]";
    lists(
        lost,
        "G-single-item lost-update",
        "cursor-stability update-atomic",
        "G-single-item lost-update",
    );
}

/// Transactions that are all pending at once, each of which reads a state of one key that is up to
/// three elements old, and appends to another one.
fn dense(count: usize) -> Vec<Op> {
    const KEYS: usize = 8;
    let (mut begun, mut ended) = (String::new(), String::new());
    let mut lists: Vec<Vec<String>> = vec![Vec::new(); KEYS];
    let mut random = 1_usize;
    for txn in 0..count {
        random = random.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        let (read, write) = ((random >> 33) % KEYS, (random >> 43) % KEYS);
        let seen = lists[read].len().saturating_sub((random >> 53) % 4);
        let seen = lists[read][..seen].join(" ");
        begun += &format!("{txn} invoke txn [[:r {read} nil] [:append {write} {txn}]]\n");
        ended += &format!("{txn} ok txn [[:r {read} [{seen}]] [:append {write} {txn}]]\n");
        lists[write].push(txn.to_string());
    }
    // A last read of each key shows all elements.
    let reads: String =
        (0..KEYS).map(|key| format!("[:r {key} [{}]]", lists[key].join(" "))).collect();
    let nils: String = (0..KEYS).map(|key| format!("[:r {key} nil]")).collect();
    let last = format!("{count} invoke txn [{nils}]\n{count} ok txn [{reads}]\n");
    history(&(begun + &ended + &last))
}

#[test]
fn a_dense_component_ends_with_a_short_cycle() {
    let history = dense(1_000);
    let verdict = check_with(&history, &[], &Options::new(DataType::List));
    assert_eq!(verdict.strict, Validity::Invalid);
    let cycle = verdict.findings.iter().find(|finding| finding.rule == HistoryRule::GSingleItem);
    assert!(cycle.is_some_and(|cycle| cycle.ops.len() <= 3), "{}", shown(&verdict));
    let example = cycle.and_then(|cycle| cycle.counterexample.as_deref());
    let Some(Counterexample::Cycles(example)) = example else { panic!("{example:?}") };
    let edges = &example.cycles[0].edges;
    assert!(edges.iter().zip(edges.iter().cycle().skip(1)).all(|(a, b)| a.to == b.from));
    assert!(edges.iter().any(|edge| edge.label.starts_with("rw ")), "{edges:?}");
    // Without any steps a cycle of each component is still found, and the rest is left open.
    let limits = TxnLimits { search_steps_max: 0, shortening_steps_max: 0 };
    let options = Options { limits, ..Options::new(DataType::List) };
    let verdict = check_with(&history, &[], &options);
    assert!(!verdict.drawings.is_empty());
    let (rule, why) = &verdict.undetermined[0];
    assert_eq!(*rule, HistoryRule::CheckLimit);
    assert!(why.starts_with("the search for G-single-item"), "{why}");
    assert!(why.contains("ends at the limit of 0 steps; the largest of"), "{why}");
}

#[test]
fn what_cannot_be_read_is_found_and_nothing_else_is_said() {
    for text in [
        "0 invoke txn 5\n0 ok txn [[:append 1 1]]\n1 invoke txn [[:r 1 nil]]",
        "0 invoke txn [[:append 1 1]]\n0 ok txn {}",
        "0 invoke txn [[:w 1 1]]\n0 info txn",
        "0 ok txn [[:append 1 1]]",
        "0 invoke txn []\n0 invoke txn []\n0 ok txn []",
    ] {
        let verdict = check_with(&history(text), &[], &Options::new(DataType::List));
        assert_eq!(
            (verdict.strict, verdict.parity),
            (Validity::Invalid, Validity::Unknown),
            "{text}"
        );
        let is_malformed = |finding: &crate::Finding| finding.rule <= HistoryRule::MalformedValue;
        assert!(verdict.findings.iter().all(is_malformed), "{text}: {}", shown(&verdict));
    }
}
