//! Rules 1, 2, 3 and 10: what two consecutive events of one machine tell.

use std::collections::BTreeMap;

use super::rule::Rule;
use super::verdict::{Told, Verdict};
use crate::node::NodeId;
use crate::trace::{Kind, Row};

/// The last event of each machine and the queue that it left.
#[derive(Debug, Default)]
pub(super) struct Machines {
    last: BTreeMap<NodeId, (Told, u64)>,
}

impl Machines {
    /// Checks a row against its machine's last one. A wrong clock is blamed on one rule, and the
    /// next row is judged by it, so that one mistake counts once.
    pub(super) fn row(&mut self, line: u64, row: &Row, verdict: &mut Verdict) {
        let told = Told::new(line, row);
        let last = self.last.insert(row.machine, (told, row.event.queue_len));
        let before = last.map_or(0, |(told, _)| told.clock);
        let after = last.map_or("the beginning (clock 0)".to_owned(), |(told, _)| told.to_string());
        let (clock, stamp) = (row.event.clock, row.event.stamp);
        let mut violate = |rule, message| verdict.violate(rule, Some(line), message);
        // Additions saturate: a foreign trace may hold any number.
        let (next, received) = (before.saturating_add(1), before.max(stamp).saturating_add(1));
        match row.event.kind {
            _ if clock <= before => {
                violate(Rule::ClockGrows, format!("{told} does not go beyond {after}"));
            }
            Kind::Receive if clock != received => {
                let expected = format!("max({before}, {stamp}) + 1 = {received}");
                violate(Rule::ReceiveRule, format!("{told} after {after}: expected {expected}"));
            }
            Kind::Send | Kind::Internal if clock != next => {
                violate(Rule::StepsByOne, format!("{told} after {after}: expected {next}"));
            }
            _ => {}
        }
        if let Some((told_last, waiting)) = last
            && waiting > 0
            && row.event.kind != Kind::Receive
        {
            let message =
                format!("{told} receives nothing, but {told_last} left {waiting} waiting");
            violate(Rule::BusyReceives, message);
        }
    }
}
