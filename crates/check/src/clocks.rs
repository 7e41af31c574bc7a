//! Rules 1, 2 and 3: the step of a machine's clock from one of its events to the next.
//!
//! A clock that does not grow violates rule 1 alone; one that grows by a wrong amount violates rule
//! 2 or 3.

use super::occurrence::Occurrence;
use super::rule::LamportRule;
use super::verdict::LamportFindings;
use crate::trace::{EventKind, Row};

/// Checks an event against the previous one of the same machine; returns whether its clock is
/// right.
pub(super) fn check(
    before: Option<&Occurrence>,
    event: &Occurrence,
    row: &Row,
    report: &mut LamportFindings,
) -> bool {
    let own = before.map_or(0, |before| before.clock);
    let former = || before.map_or("its beginning (clock 0)".to_owned(), Occurrence::to_string);
    let (rule, expected) = match event.kind {
        _ if event.clock <= own => (LamportRule::ClockGrows, None),
        EventKind::Internal | EventKind::Send => (LamportRule::StepsByOne, own.checked_add(1)),
        EventKind::Receive => (LamportRule::ReceiveRule, own.max(row.event.stamp).checked_add(1)),
    };
    if expected == Some(event.clock) {
        return true;
    }
    report.add(rule, Some(event.line), || match (rule, expected) {
        (LamportRule::ReceiveRule, Some(expected)) => format!(
            "{event} should have clock {expected}: max(own, stamp) + 1 with stamp {} after {}",
            row.event.stamp,
            former()
        ),
        (_, Some(expected)) => {
            format!("{event} should have clock {expected}: 1 more than {}", former())
        }
        (_, None) => format!("{event} has no larger clock than {}", former()),
    });
    false
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::RunFacts;
    use super::super::samples::{check_rows, violates};

    #[track_caller]
    fn check(rows: &str, expected: &[(u32, u64)]) {
        violates(&check_rows(RunFacts::default(), rows, ""), expected);
    }

    #[test]
    fn a_clock_grows_at_each_event() {
        check("1,1,internal,1,0,,,,,\n2,1,internal,2,0,,,,,\n", &[]);
        check("1,1,internal,0,0,,,,,\n", &[(1, 2)]);
        check("1,1,internal,1,0,,,,,\n2,1,send,1,0,,2,1,1,\n3,1,internal,2,0,,,,,\n", &[(1, 3)]);
    }

    #[test]
    fn internal_events_and_sends_step_by_one() {
        check("1,1,internal,2,0,,,,,\n2,1,internal,3,0,,,,,\n", &[(2, 2)]);
        check("1,1,internal,1,0,,,,,\n2,1,send,5,0,,2,1,5,\n", &[(2, 3)]);
    }

    #[test]
    fn a_receive_goes_just_beyond_both_clocks() {
        let with = |clock| format!("1,1,send,1,0,,2,1,1,\n2,2,receive,{clock},0,1,,1,1,1\n");
        check(&with(2), &[]);
        check(&with(3), &[(3, 3)]);
        check(&with(1), &[(3, 3)]);
        check(&with(0), &[(1, 3)]);
    }

    #[test]
    fn the_largest_clock_has_no_successor() {
        let rows = format!("1,1,internal,{0},0,,,,,\n2,1,internal,{0},0,,,,,\n", u64::MAX);
        check(&rows, &[(2, 2), (1, 3)]);
    }
}
