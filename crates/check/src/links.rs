//! Rule 6: on each link, first copies are received in send order (FIFO).
//!
//! Latencies may differ between links, but are constant on each. The state is one number for each
//! link in use.

use std::collections::BTreeMap;

use super::occurrence::Occurrence;
use super::rule::LamportRule;
use super::verdict::LamportFindings;
use crate::node::NodeId;

/// For each link the latest send of which a first copy was received.
#[derive(Debug, Default)]
pub(super) struct Links(BTreeMap<(NodeId, NodeId), Occurrence>);

impl Links {
    /// Checks the receipt of a first copy.
    pub(super) fn receive(
        &mut self,
        event: &Occurrence,
        send: &Occurrence,
        report: &mut LamportFindings,
    ) {
        let latest = self.0.entry((send.machine, event.machine)).or_insert(*send);
        if send.line >= latest.line {
            *latest = *send;
            return;
        }
        report.add(LamportRule::FifoLinks, Some(event.line), || {
            format!("{event} is of {send}, and the later {latest} was received before")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::run_facts::{ConfigFacts, RunFacts};
    use super::super::samples::{check_rows, facts, violates};

    const SENDS: &str = "0,1,send,1,0,,2,1,1,\n1,1,send,2,0,,2,2,2,\n2,3,send,1,0,,2,3,1,\n";

    #[track_caller]
    fn check(received: &str, expected: &[(u32, u64)]) {
        let facts = ConfigFacts { jitter: true, ..facts(&[1, 1, 1], 1, false, 1) };
        let rules = RunFacts { config: Some(facts), duplication: true, ..RunFacts::default() };
        violates(&check_rows(rules, &format!("{SENDS}{received}"), ""), expected);
    }

    #[test]
    fn order_is_asked_of_each_link_by_itself() {
        let other_link = "3,2,receive,2,0,3,,3,1,1\n";
        let (one, two) = ("4,2,receive,3,0,1,,1,1,1\n", "5,2,receive,4,0,1,,2,2,1\n");
        check(&[other_link, one, two].concat(), &[]);
        let (two, one) = ("4,2,receive,3,0,1,,2,2,1\n", "5,2,receive,4,0,1,,1,1,1\n");
        check(&[other_link, two, one].concat(), &[(6, 7)]);
    }

    #[test]
    fn duplicates_may_come_whenever_they_come() {
        let two = "3,2,receive,3,0,1,,2,2,1\n";
        check(&[two, "4,2,receive,4,0,1,,1,1,2\n"].concat(), &[]);
    }
}
