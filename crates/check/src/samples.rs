//! For tests: checks of traces as text, and of the files of `tests/data/traces`, each with one
//! defect.

use super::lamport::LamportCheck;
use super::rule::LamportRule;
use super::run_facts::{ConfigFacts, RunFacts};
use super::verdict::Verdict;
use crate::engine::ratio::Ratio;
use crate::engine::rng::{Purpose, Seed};
use crate::engine::ticks::Ticks;
use crate::engine::time::Instant;
use crate::trace::{CopyFate, CopyRow, HEADER, JOURNAL_HEADER, Row, read_copies, read_rows};

/// Checks rows and copies that are given as CSV without the header.
pub(super) fn check_rows(rules: RunFacts, rows: &str, copies: &str) -> Verdict {
    check_files(rules, &format!("{HEADER}{rows}"), &format!("{JOURNAL_HEADER}{copies}"))
}

/// Asserts which rules are violated, each with its line (0 for none).
#[track_caller]
pub(super) fn violates(verdict: &Verdict, expected: &[(u32, u64)]) {
    let found: Vec<_> =
        verdict.violations.iter().map(|v| (v.rule.number(), v.line.unwrap_or(0))).collect();
    assert_eq!(found, expected, "\n{verdict}");
}

/// Checks a trace and a journal, passing each copy before the first row at or after its time.
fn check_files(rules: RunFacts, rows: &str, copies: &str) -> Verdict {
    let rows = read_rows(rows.as_bytes()).expect("a header");
    let rows: Vec<(u64, Row)> = rows.map(|row| row.expect("a row")).collect();
    let copies = read_copies(copies.as_bytes()).expect("a header");
    let copies: Vec<CopyRow> = copies.map(|copy| copy.expect("a copy").1).collect();
    let mut copies = copies.iter().peekable();
    let mut check = LamportCheck::new(rules);
    for (line, row) in &rows {
        let due = |copy: &&CopyRow| copy.fate != CopyFate::InFlight && copy.at <= row.at;
        while let Some(copy) = copies.next_if(due) {
            check.copy(copy);
        }
        check.row(*line, row);
    }
    copies.for_each(|copy| check.copy(copy));
    check.finish()
}

/// Returns facts with a seed and machines of these rates, with random phases or from zero.
pub(super) fn facts(rates: &[u64], seed: u64, random: bool, before_ns: u64) -> ConfigFacts {
    let seed = Seed::new(seed).expect("a seed");
    let ticks = |(id, rate): (u64, &u64)| {
        let ticks = Ticks::at_rate(Ratio::new(*rate, 1).expect("a ratio")).expect("a rate");
        let ticks = if random { ticks.with_random_phase() } else { ticks };
        (ticks, seed.stream(Purpose::Ticks, id))
    };
    ConfigFacts {
        fifo: Ok(()),
        ticks: (0..).zip(rates).map(ticks).collect(),
        jitter: false,
        before: Instant::from_ns(before_ns),
        complete: true,
        network: None,
        ticks_see_their_instant: true,
    }
}

/// Returns the facts of `tests/data/traces/good.toml`.
fn good_rules() -> RunFacts {
    let config = Some(facts(&[1, 3, 6], 1, true, 8_000_000_000));
    RunFacts { machines: Some(3), config, network: true, ..RunFacts::default() }
}

fn file(name: &str) -> String {
    let path = format!("{}/../../tests/data/traces/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).expect(&path)
}

/// The files with one defect, in the order of the rules that they violate.
const DEFECTS: [&str; 10] = [
    "rule-01-clock-stands-still",
    "rule-02-internal-step-of-two",
    "rule-03-receive-one-too-high",
    "rule-04-stamp-below-the-clock",
    "rule-05-stamp-never-sent",
    "rule-06-overtaken-on-a-link",
    "rule-07-copy-vanishes",
    "rule-08-queue-one-too-long",
    "rule-09-tick-a-microsecond-late",
    "rule-10-internal-while-a-message-waits",
];

#[test]
fn the_good_trace_is_accepted_by_all_rules() {
    let verdict = check_files(good_rules(), &file("good.csv"), &file("good-net.csv"));
    assert!(verdict.holds(), "\n{verdict}");
    assert_eq!((verdict.checked.len(), verdict.rows), (10, 80));
}

#[test]
fn each_defect_breaks_its_own_rule_and_no_other() {
    for (rule, name) in LamportRule::ALL.into_iter().zip(DEFECTS) {
        let journal = match rule {
            LamportRule::Conservation => format!("{name}-net.csv"),
            _ => "good-net.csv".to_owned(),
        };
        let verdict = check_files(good_rules(), &file(&format!("{name}.csv")), &file(&journal));
        assert!(verdict.violations.iter().all(|v| v.rule == rule), "{name}\n{verdict}");
        assert_eq!(verdict.violation_count, 1, "{name}\n{verdict}");
    }
}

#[test]
fn a_violation_names_both_events() {
    let rows = file("rule-04-stamp-below-the-clock.csv");
    let verdict = check_files(RunFacts::default(), &rows, JOURNAL_HEADER);
    let text = "row 47: rule 4 (causality): machine 1's receive at 4.660588196s (clock 7, line 47) \
                does not come after machine 3's send at 0.996494857s (clock 7, line 11)";
    assert_eq!(verdict.violations[0].to_string(), text.replace("0.996494857s", "996.494857ms"));
}

#[test]
fn a_bare_trace_is_judged_by_what_it_says() {
    let verdict = check_files(RunFacts::default(), &file("good.csv"), JOURNAL_HEADER);
    assert!(verdict.holds(), "\n{verdict}");
    assert_eq!(
        verdict.checked.iter().map(|rule| rule.number()).collect::<Vec<_>>(),
        [1, 2, 3, 4, 5, 10]
    );
    let journal = RunFacts { network: true, ..RunFacts::default() };
    let verdict = check_files(journal, &file("good.csv"), &file("good-net.csv"));
    assert!(verdict.holds(), "\n{verdict}");
}
