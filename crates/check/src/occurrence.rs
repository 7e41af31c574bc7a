//! An event with its machine, time, clock and line in the file, as shown in messages.

use std::fmt;

use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::trace::{EventKind, Row};

/// An event with its line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Occurrence {
    pub(super) line: u64,
    pub(super) at: Instant,
    pub(super) machine: NodeId,
    pub(super) kind: EventKind,
    pub(super) clock: u64,
}

impl Occurrence {
    pub(super) fn new(line: u64, row: &Row) -> Occurrence {
        let Row { at, machine, event } = *row;
        Occurrence { line, at, machine, kind: event.kind, clock: event.clock }
    }
}

impl fmt::Display for Occurrence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Occurrence { line, at, machine, kind, clock } = self;
        let kind = match kind {
            EventKind::Internal => "internal event",
            EventKind::Send | EventKind::Receive => kind.name(),
        };
        write!(f, "{}'s {kind} at {at} (clock {clock}, line {line})", name(*machine))
    }
}

/// Returns the name of a machine, counted from 1.
pub(super) fn name(machine: NodeId) -> String {
    format!("machine {}", u64::from(machine.0) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::Event;

    #[test]
    fn an_event_is_named_with_all_that_finds_it() {
        let row = Row {
            at: Instant::from_ns(1_500_000_000),
            machine: NodeId(1),
            event: Event::internal(5, 0),
        };
        let text = "machine 2's internal event at 1.5s (clock 5, line 17)";
        assert_eq!(Occurrence::new(17, &row).to_string(), text);
    }
}
