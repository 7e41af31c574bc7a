//! Definitions of the columns of `trace.csv` and `net.csv`: the single source from which headers
//! are validated and the reference page is generated.

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Name in the header.
    pub name: &'static str,
    /// Meaning and unit.
    pub meaning: &'static str,
    /// Possible values.
    pub values: &'static str,
    /// When the field is empty.
    pub empty: &'static str,
}

/// Creates a column.
pub const fn column(
    name: &'static str,
    meaning: &'static str,
    values: &'static str,
    empty: &'static str,
) -> TableColumn {
    TableColumn { name, meaning, values, empty }
}

/// Returns the names of columns.
pub(super) const fn names<const N: usize>(columns: &[TableColumn; N]) -> [&'static str; N] {
    let mut names = [""; N];
    let mut place = 0;
    while place < N {
        names[place] = columns[place].name;
        place += 1;
    }
    names
}

const NEVER: &str = "never";
const TIME: &str = "whole nanoseconds from 0, below 2⁶⁴";
const COUNT: &str = "a whole number from 0, below 2⁶⁴";
const MACHINE: &str = "a whole number from 1 to the number of machines";

/// Columns of `trace.csv`, where each row is an event of a machine.
pub const TRACE_COLUMNS: [TableColumn; 10] = [
    column("time_ns", "when the event was, since the run began", TIME, NEVER),
    column("machine", "whose event it is", MACHINE, NEVER),
    column(
        "event",
        "what the machine did on its tick: it sent a message, took one from its queue, or neither",
        "`send`, `receive` or `internal`",
        NEVER,
    ),
    column("clock", "the machine's Lamport clock after the event", COUNT, NEVER),
    column(
        "queue_len",
        "number of messages that wait in the machine's queue after the event; a receive no longer \
         counts the message that it took",
        COUNT,
        NEVER,
    ),
    column("from", "who sent the message", MACHINE, "on all but a receive"),
    column(
        "to",
        "to whom the message is sent; a send to all others is one event, and one row",
        "a machine from 1, or 0 for all others (`*` in older traces)",
        "on all but a send",
    ),
    column(
        "message",
        "the number of the message: the sends of a run count from 1; all receives of a message \
         have the number of its send",
        "a whole number from 1",
        "on an internal event",
    ),
    column(
        "stamp",
        "the clock that the message carries: the sender's after its send, or with \
         `stamp = \"before\"` the one before",
        COUNT,
        "on an internal event",
    ),
    column(
        "copy",
        "which copy of the message was received",
        "1, or more for a duplicate that the network made",
        "on all but a receive",
    ),
];

/// Columns of a run's `net.csv`, where each row is a copy of a message.
pub const JOURNAL_COLUMNS: [TableColumn; 7] = [
    column(
        "message",
        "the number of the message, as in `trace.csv`",
        "a whole number from 1",
        NEVER,
    ),
    column("copy", "which copy for this addressee", "1, or more for a duplicate", NEVER),
    column("from", "who sent it", MACHINE, NEVER),
    column("to", "for whom this copy is; a send to all has a row for each", MACHINE, NEVER),
    column("sent_ns", "when it was sent, since the run began", TIME, NEVER),
    FATE,
    column(
        "at_ns",
        "when that happened: the arrival, at which a partition or an outage takes effect; of a \
         lost copy its sending",
        TIME,
        "in flight",
    ),
];

/// Outcome of a copy, in the journals of both families.
pub const FATE: TableColumn = column(
    "fate",
    "what happened to it: it arrived, was lost by chance, was cut off by a partition, came to a \
     node that was down, or was still under way at the end of the run",
    "`delivered`, `lost`, `cut`, `crashed` or `in_flight`",
    NEVER,
);

#[cfg(test)]
mod tests {
    use super::super::{CopyFate, EventKind, HEADER, JOURNAL_HEADER};
    use super::*;

    #[test]
    fn the_headers_are_those_of_the_tables() {
        let header = |names: &[&str]| names.join(",") + "\n";
        assert_eq!(HEADER, header(&names(&TRACE_COLUMNS)));
        assert_eq!(JOURNAL_HEADER, header(&names(&JOURNAL_COLUMNS)));
    }

    #[test]
    fn the_words_are_those_that_are_written() {
        let words = |names: &[&str]| {
            let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            let (last, rest) = quoted.split_last().expect("words");
            format!("{} or {last}", rest.join(", "))
        };
        assert_eq!(FATE.values, words(&CopyFate::ALL.map(CopyFate::name)));
        let kinds = [EventKind::Send, EventKind::Receive, EventKind::Internal].map(EventKind::name);
        assert_eq!(TRACE_COLUMNS[2].values, words(&kinds));
    }
}
