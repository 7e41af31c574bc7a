//! Small histories, each with the errors that Jepsen's checker reports and the rules it breaks.

use super::*;
use crate::histories::history;

/// Checks a history in which each line is an entry: the error types of the result, and the rules of
/// the strict findings, as words.
#[track_caller]
fn check(text: &str, errors: &str, rules: &str) -> HistoryVerdict {
    let history = history(text);
    let ops = Operations::new(&history, &[]).expect("well formed");
    let verdict = super::check(&ops);
    let types = verdict.result.get("error-types");
    let found = types.map_or("gave up".to_owned(), Edn::to_string);
    assert_eq!(found.replace([':', '(', ')'], ""), errors, "{verdict:#?}");
    let found: Vec<&str> = verdict.counts.keys().map(|rule| rule.name()).collect();
    assert_eq!(found.join(" "), rules, "{verdict:#?}");
    verdict
}

/// An ok send and an ok poll as two entries each.
fn entries(lines: &str) -> String {
    let mut text = String::new();
    for line in lines.split(';').map(str::trim) {
        let (process, rest) = line.split_once(' ').expect("a process");
        let (f, value) = rest.split_once(' ').expect("a word");
        let begun = match f {
            "send" => {
                let parts: Vec<&str> = value.split(' ').collect();
                format!("[[\"send\" {} {}]]", parts[0], parts[2])
            }
            "poll" => "[[\"poll\"]]".to_owned(),
            _ => value.to_owned(),
        };
        let ended = match f {
            "send" => {
                let parts: Vec<&str> = value.split(' ').collect();
                format!("[[\"send\" {} [{} {}]]]", parts[0], parts[1], parts[2])
            }
            "poll" => format!("[[\"poll\" {value}]]"),
            _ => value.to_owned(),
        };
        text += &format!("{process} invoke {f} {begun}\n{process} ok {f} {ended}\n");
    }
    text
}

#[track_caller]
fn quick(lines: &str, errors: &str, rules: &str) -> HistoryVerdict {
    check(&entries(lines), errors, rules)
}

const THREE: &str = r#"0 send "a" 3 1; 0 send "a" 5 2; 0 send "a" 9223372036854775807 3; "#;

#[test]
fn a_log_that_is_read_in_order_is_fine() {
    quick(
        &format!(
            r#"{THREE} 1 poll {{"a" [[3 1] [5 2]]}}; 1 poll {{"a" [[9223372036854775807 3]]}}"#
        ),
        "",
        "",
    );
}

#[test]
fn each_error_has_its_name() {
    let after_three = |rest: &str| format!("{THREE}{rest}");
    let last = "9223372036854775807";
    quick(
        &after_three(&format!(r#"1 poll {{"a" [[3 1] [{last} 3]]}}; 2 poll {{"a" [[5 2]]}}"#)),
        "int-poll-skip",
        "int-poll-skip",
    );
    quick(
        &after_three(&format!(r#"1 poll {{"a" [[3 1] [{last} 3]]}}"#)),
        "int-poll-skip lost-write unseen",
        "lost-write int-poll-skip",
    );
    quick(
        &after_three(&format!(r#"1 poll {{"a" [[3 1] [5 2] [5 2] [{last} 3]]}}"#)),
        "int-nonmonotonic-poll",
        "int-nonmonotonic-poll",
    );
    quick(
        &after_three(&format!(
            r#"1 poll {{"a" [[3 1]]}}; 1 poll {{"a" [[{last} 3]]}}; 2 poll {{"a" [[5 2]]}}"#
        )),
        "poll-skip",
        "poll-skip",
    );
    quick(
        &after_three(&format!(
            r#"1 poll {{"a" [[3 1] [5 2]]}}; 1 poll {{"a" [[5 2] [{last} 3]]}}"#
        )),
        "nonmonotonic-poll",
        "nonmonotonic-poll",
    );
    quick(
        r#"0 send "a" 3 1; 0 send "a" 2 2; 1 poll {"a" [[2 2] [3 1]]}"#,
        "nonmonotonic-send",
        "nonmonotonic-send",
    );
    quick(
        r#"0 send "a" 3 1; 1 send "a" 3 2; 1 poll {"a" [[3 1]]}; 2 poll {"a" [[3 2]]}"#,
        "inconsistent-offsets",
        "inconsistent-offsets",
    );
    quick(r#"0 send "a" 3 1; 1 poll {"a" [[4 1]]}"#, "duplicate", "duplicate");
    quick(r#"0 send "a" 3 1; 0 send "b" 3 1; 1 poll {"a" [[3 1]]}"#, "unseen", "unseen");
    quick(r#"0 send "a" 3 1; 1 poll {"a" [[3 1] [4 2]]}"#, "gave up", "fabricated");
}

#[test]
fn a_check_that_reaches_a_limit_says_how_far_it_came() {
    let history = history(&entries(&format!("{THREE}1 poll {{\"a\" [[3 1] [5 2]]}}")));
    let ops = Operations::new(&history, &[]).expect("well formed");
    let check = |limits| {
        let verdict = check_within(&ops, limits);
        assert_eq!((verdict.parity, verdict.strict), (Validity::Unknown, Validity::Unknown));
        verdict.undetermined
    };
    let steps = |steps_max| check(Limits { steps_max, ..Limits::DEFAULT });
    let limit = |words: &str| vec![(HistoryRule::CheckLimit, words.to_owned())];
    assert_eq!(steps(2), limit("the limit of 2 steps is reached at entry 4 of 8"));
    assert_eq!(steps(8), limit("the limit of 8 steps is reached at entry 7 of 8"));
    let bytes = check(Limits { bytes_max: 8 * 42 + 100, ..Limits::DEFAULT });
    assert_eq!(bytes, limit("the limit of 436 bytes of memory is reached at entry 2 of 8"));
    let bytes = check(Limits { bytes_max: 100, ..Limits::DEFAULT });
    assert_eq!(bytes, limit("the limit of 100 bytes of memory is reached"));
}

#[test]
fn the_result_has_the_fields_of_jepsen() {
    let verdict = quick(
        &format!(r#"{THREE} 1 poll {{"a" [[3 1]]}}; 1 poll {{"a" [[9223372036854775807 3]]}}"#),
        "lost-write poll-skip unseen",
        "lost-write poll-skip",
    );
    let text = verdict.result.to_string();
    let begin = "{:valid? false, :worst-realtime-lag {:time 0.006, :process 1, :key \"a\", \
                 :lag 0.003}, :bad-error-types (:lost-write :poll-skip :unseen), \
                 :error-types (:lost-write :poll-skip :unseen), :info-txn-causes (), \
                 :lost-write {:count 1, :errs ({:key \"a\", :value 2, :index 1, \
                 :max-read-index 2, :writer {";
    assert!(text.starts_with(begin), "{text}");
    let skip = ":poll-skip {:count 1, :errs ({:key \"a\", :delta 2, :skipped (2), :ops [{";
    assert!(text.contains(skip), "{text}");
    let unseen = ":unseen {:time 9000000, :unseen {\"a\" 1}, :messages {\"a\" (2)}}";
    assert!(text.contains(unseen), "{text}");
}
