//! The errors that Jepsen's checker of the Kafka workload reports, counted, with a few cases each.

use std::collections::BTreeMap;

use super::none::NONE;

/// A kind of error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum ErrorType {
    /// A failed send is visible.
    G1a,
    /// Operations read each other's sends in a circle.
    G1c,
    /// A circle that needs the order of real time as well.
    G1cRealtime,
    /// How Elle calls the strongly connected component of a [`ErrorType::G1c`].
    Pl2CycleExists,
    /// A message has two offsets.
    Duplicate,
    /// No operation precedes any other one.
    EmptyTransactionGraph,
    /// An offset has two messages.
    InconsistentOffsets,
    /// One poll goes back, or returns a message twice.
    IntNonmonotonicPoll,
    /// One transaction sends messages whose order in the log is another one.
    IntNonmonotonicSend,
    /// One poll leaves out messages.
    IntPollSkip,
    /// Other messages lie between those of one transaction, which is no error.
    IntSendSkip,
    /// A message is in no poll, though later ones are.
    LostWrite,
    /// A poll begins before the end of the process's last one.
    NonmonotonicPoll,
    /// A process's later message has the lower offset.
    NonmonotonicSend,
    /// A poll leaves out messages after the end of the process's last one.
    PollSkip,
    /// A transaction reads what it sends itself.
    PrecommittedRead,
    /// How Elle calls the strongly connected component of a [`ErrorType::G1cRealtime`].
    StrongPl2CycleExists,
    /// An acknowledged message is in no poll at all.
    Unseen,
}

impl ErrorType {
    /// Its name in results.
    pub(super) fn name(self) -> &'static str {
        match self {
            ErrorType::G1a => "G1a",
            ErrorType::G1c => "G1c",
            ErrorType::G1cRealtime => "G1c-realtime",
            ErrorType::Pl2CycleExists => "PL-2-cycle-exists",
            ErrorType::Duplicate => "duplicate",
            ErrorType::EmptyTransactionGraph => "empty-transaction-graph",
            ErrorType::InconsistentOffsets => "inconsistent-offsets",
            ErrorType::IntNonmonotonicPoll => "int-nonmonotonic-poll",
            ErrorType::IntNonmonotonicSend => "int-nonmonotonic-send",
            ErrorType::IntPollSkip => "int-poll-skip",
            ErrorType::IntSendSkip => "int-send-skip",
            ErrorType::LostWrite => "lost-write",
            ErrorType::NonmonotonicPoll => "nonmonotonic-poll",
            ErrorType::NonmonotonicSend => "nonmonotonic-send",
            ErrorType::PollSkip => "poll-skip",
            ErrorType::PrecommittedRead => "precommitted-read",
            ErrorType::StrongPl2CycleExists => "strong-PL-2-cycle-exists",
            ErrorType::Unseen => "unseen",
        }
    }

    /// Whether a test is invalid because of it.
    pub(super) fn is_bad(self) -> bool {
        self != ErrorType::IntSendSkip
    }

    /// Which cases are shown of many.
    fn shown(self) -> Shown {
        match self {
            ErrorType::IntPollSkip | ErrorType::IntSendSkip | ErrorType::PollSkip => {
                Shown::Largest(8)
            }
            ErrorType::IntNonmonotonicPoll
            | ErrorType::IntNonmonotonicSend
            | ErrorType::NonmonotonicPoll
            | ErrorType::NonmonotonicSend
            | ErrorType::G1c
            | ErrorType::G1cRealtime => Shown::Smallest(8),
            _ => Shown::Smallest(32),
        }
    }
}

/// The cases of an error that are kept: at most this number of those with the smallest or the
/// largest measure, and of equal ones the first or the last.
#[derive(Clone, Copy, Debug)]
enum Shown {
    Smallest(usize),
    Largest(usize),
}

/// Two messages of a log whose order is wrong, or that are not next to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OrderCase {
    /// Number of the key.
    pub key: u32,
    /// Number of the first message.
    pub first: u32,
    /// Number of the second message.
    pub second: u32,
    /// Distance of their indices.
    pub delta: i64,
    /// The entries that have the first and the second one.
    pub entries: [usize; 2],
}

/// A case of an error.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Case {
    /// An order that is wrong.
    Order(OrderCase),
    /// A message that is read by an entry, which it may not be.
    Read {
        /// Number of the message.
        message: u32,
        /// Index of the entry.
        entry: usize,
    },
    /// A message that is lost.
    Lost {
        /// Number of the message.
        message: u32,
        /// The highest index of its log that was read.
        max_read_index: u32,
        /// The entry that read it.
        max_read: usize,
    },
    /// Place in the list of conflicts of the logs.
    Conflict(usize),
    /// Place in the list of duplicates of the logs.
    Duplicate(usize),
    /// Place in the list of cycles.
    Cycle(usize),
}

/// What is known of one kind of error.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted {
    /// How many cases there are.
    pub count: u64,
    /// Those that are shown, each with its measure, in ascending order.
    pub cases: Vec<(i64, Case)>,
}

/// All errors.
#[derive(Clone, Debug, Default)]
pub(super) struct Errors(BTreeMap<ErrorType, Noted>);

impl Errors {
    /// Counts a case. Of many those are kept whose measure is smallest, or largest.
    pub(super) fn add(&mut self, kind: ErrorType, measure: i64, case: impl FnOnce() -> Case) {
        let noted = self.0.entry(kind).or_default();
        noted.count += 1;
        let place = noted.cases.partition_point(|(other, _)| *other <= measure);
        match kind.shown() {
            Shown::Smallest(max) => {
                if place < max {
                    noted.cases.insert(place, (measure, case()));
                    noted.cases.truncate(max);
                }
            }
            Shown::Largest(max) => {
                if place > 0 || noted.cases.len() < max {
                    noted.cases.insert(place, (measure, case()));
                    let surplus = noted.cases.len().saturating_sub(max);
                    noted.cases.drain(..surplus);
                }
            }
        }
    }

    /// Counts an error that has no cases.
    pub(super) fn add_bare(&mut self, kind: ErrorType) {
        self.0.entry(kind).or_default().count += 1;
    }

    /// The errors by the names of their kinds, ascending.
    pub(super) fn by_name(&self) -> Vec<(ErrorType, &Noted)> {
        let mut all: Vec<_> = self.0.iter().map(|(kind, noted)| (*kind, noted)).collect();
        all.sort_unstable_by_key(|(kind, _)| kind.name());
        all
    }
}

impl OrderCase {
    /// The first message, if there was one before the second.
    pub(super) fn first(&self) -> Option<u32> {
        Some(self.first).filter(|first| *first != NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(kind: ErrorType, measures: impl IntoIterator<Item = i64>) -> Vec<(i64, usize)> {
        let mut errors = Errors::default();
        for (entry, measure) in measures.into_iter().enumerate() {
            errors.add(kind, measure, || Case::Duplicate(entry));
        }
        let place = |(measure, case): &(i64, Case)| match case {
            Case::Duplicate(place) => (*measure, *place),
            other => panic!("{other:?}"),
        };
        errors.by_name()[0].1.cases.iter().map(place).collect()
    }

    #[test]
    fn the_most_telling_cases_are_kept() {
        let measures = || (0..20).map(|n| n % 5);
        let smallest = [0, 5, 10, 15, 1, 6, 11, 16].map(|place| (place % 5, place as usize));
        assert_eq!(kept(ErrorType::NonmonotonicPoll, measures()), smallest);
        let largest = [3, 8, 13, 18, 4, 9, 14, 19].map(|place| (place % 5, place as usize));
        assert_eq!(kept(ErrorType::PollSkip, measures()), largest);
        assert_eq!(kept(ErrorType::Duplicate, 0..40).len(), 32);
    }
}
