//! Rules that histories must satisfy: a table with a name and a definition each.

/// Defines the enum of the rules from the table, with the doc comment, name and definition of each.
macro_rules! history_rules {
    ($($(#[doc = $doc:literal])+ $rule:ident: $name:literal, $meaning:literal;)+) => {
        /// A rule that a history must satisfy. The files of the checkers say which of them check
        /// it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum HistoryRule {
            $($(#[doc = $doc])+ $rule,)+
        }

        impl HistoryRule {
            /// All rules, in the order of reports.
            pub const ALL: &[HistoryRule] = &[$(HistoryRule::$rule),+];

            /// Returns the name in files, which never changes.
            pub fn name(self) -> &'static str {
                match self {
                    $(HistoryRule::$rule => $name,)+
                }
            }

            /// Returns the definition, in a sentence.
            pub fn meaning(self) -> &'static str {
                match self {
                    $(HistoryRule::$rule => $meaning,)+
                }
            }
        }
    };
}

history_rules! {
    /// A process has at most one pending operation, and completes only what it invoked.
    MalformedHistory: "malformed-history",
        "a process does one thing at a time, and completes only what it began";
    /// An argument or a result has the expected type.
    MalformedValue: "malformed-value", "an argument or a result is of the right kind";
    /// Some operation was acknowledged, so that there is something to check.
    NothingAcknowledged: "nothing-acknowledged",
        "something was acknowledged, so that there is something to check";
    /// An echo equals the text that was sent.
    WrongEcho: "wrong-echo", "an echo is what was sent";
    /// An echo is not answered with an error.
    ErrorReply: "error-reply", "an echo is not answered with an error";
    /// No id is returned twice.
    DuplicateId: "duplicate-id", "no id is given twice";
    /// Each node's final read has every element. Ordered before `Lost`, since it names the node.
    MissingAtNode: "missing-at-node", "each node's final read has every element";
    /// No known element is missing from the last reads.
    Lost: "lost", "no element that was known is absent from the reads that come last";
    /// An element that a node has returned is in all its later reads.
    Vanished: "vanished", "what a node has shown it shows from then on";
    /// An element that a node has acknowledged is in all its later reads.
    NotVisibleAtOrigin: "not-visible-at-origin",
        "what a node has acknowledged it shows from then on";
    /// No element is twice in one read.
    DuplicateInRead: "duplicate-in-read", "no element is twice in one read";
    /// No element is read before it is added.
    Fabricated: "fabricated", "no element is read before its add begins";
    /// Each node has a final read.
    NoFinalRead: "no-final-read", "each node is read in the end";
    /// A counter's final value is a possible sum of its adds.
    OutOfRange: "out-of-range", "a counter's final value is a sum of its adds";
    /// No value of a counter is beyond the sum of all adds until then.
    ImpossibleValue: "impossible-value",
        "no value of a counter is beyond all that was ever added to it";
    /// There are few enough unknown outcomes to consider all combinations.
    TooManyOutcomes: "too-many-outcomes", "unknown outcomes are few enough to consider all of them";
    /// An offset of a log has one message.
    InconsistentOffsets: "inconsistent-offsets", "an offset of a log has one message";
    /// A message has one offset in its log.
    DuplicateMessage: "duplicate", "a message has one offset in its log";
    /// No message is absent from all polls of a log, though one behind it is not.
    LostWrite: "lost-write",
        "no message is absent from all polls of a log, though one behind it is not";
    /// No message or value is read whose send or transaction failed.
    AbortedRead: "G1a", "nothing is read whose send or transaction failed";
    /// No transaction reads what it sends itself.
    PrecommittedRead: "precommitted-read", "no transaction reads what it sends itself";
    /// One poll returns messages in the order of their log, each once.
    IntNonmonotonicPoll: "int-nonmonotonic-poll",
        "one poll returns messages in the order of their log, each once";
    /// A poll begins after the last message of the one before it.
    NonmonotonicPoll: "nonmonotonic-poll",
        "a poll begins after the last message of the one before it";
    /// One poll leaves out no message between others.
    IntPollSkip: "int-poll-skip", "one poll leaves out no message between others";
    /// A poll leaves out no message after the one before it.
    PollSkip: "poll-skip", "a poll leaves out no message after the one before it";
    /// A log has the messages of one transaction in the order of their sends.
    IntNonmonotonicSend: "int-nonmonotonic-send",
        "a log has the messages of one transaction in the order of their sends";
    /// A log has the messages of one process in the order of their sends.
    NonmonotonicSend: "nonmonotonic-send",
        "a log has the messages of one process in the order of their sends";
    /// A transaction sees the last of another one's writes to a key, and none before it.
    G1b: "G1b", "no read ends in a write that its transaction follows with another one";
    /// A transaction sees its own writes.
    InternalOwnWrite: "internal-own-write", "a transaction sees its own last write";
    /// A transaction does not contradict its earlier reads.
    Internal: "internal", "a transaction does not contradict its own earlier reads";
    /// A transaction does not see what it writes later.
    FutureRead: "future-read", "a transaction does not see what it writes later";
    /// No committed append follows one of a transaction that failed.
    DirtyUpdate: "dirty-update", "no committed append follows that of a failed transaction";
    /// No two committed transactions read the same state of a key and then write it.
    LostUpdate: "lost-update", "no two transactions update the same state of a key";
    /// No element is twice in a list.
    DuplicateElements: "duplicate-elements", "no element is twice in a list";
    /// All reads of a list are prefixes of one.
    IncompatibleOrder: "incompatible-order", "all reads of a list are prefixes of the longest";
    /// The versions of a register have an order.
    CyclicVersions: "cyclic-versions", "the versions of a register have an order";
    /// No transactions overwrite each other in a circle.
    G0: "G0", "no transactions overwrite each other in a circle";
    /// No operations read each other's writes in a circle.
    G1c: "G1c", "no operations read each other's writes in a circle";
    /// No circle has one anti-dependency: a transaction that does not see another one's write.
    GSingleItem: "G-single-item", "no circle of writes and reads has one write that was not seen";
    /// No circle has several anti-dependencies, none of them next to another.
    GNonadjacentItem: "G-nonadjacent-item",
        "no circle has several writes that were not seen, none right after another";
    /// No circle has several anti-dependencies.
    G2Item: "G2-item", "no circle has several writes that were not seen";
    /// No circle of writes goes through the order of a process.
    G0Process: "G0-process", "no circle of writes goes through the order of a process";
    /// No circle of reads goes through the order of a process.
    G1cProcess: "G1c-process", "no circle of reads goes through the order of a process";
    /// No circle with one anti-dependency goes through the order of a process.
    GSingleItemProcess: "G-single-item-process",
        "no process misses what it or its past has seen: G-single with the order of a process";
    /// No circle with anti-dependencies apart goes through the order of a process.
    GNonadjacentItemProcess: "G-nonadjacent-item-process",
        "no G-nonadjacent with the order of a process";
    /// No circle with several anti-dependencies goes through the order of a process.
    G2ItemProcess: "G2-item-process", "no G2 with the order of a process";
    /// No circle of writes goes through the order of real time.
    G0Realtime: "G0-realtime", "no circle of writes goes through the order of real time";
    /// No circle of reads goes through the order of real time.
    G1cRealtime: "G1c-realtime", "no circle of reads goes through the order of real time";
    /// No circle with one anti-dependency goes through the order of real time.
    GSingleItemRealtime: "G-single-item-realtime",
        "no transaction misses what ended before it began: G-single with real time";
    /// No circle with anti-dependencies apart goes through the order of real time.
    GNonadjacentItemRealtime: "G-nonadjacent-item-realtime", "no G-nonadjacent with real time";
    /// No circle with several anti-dependencies goes through the order of real time.
    G2ItemRealtime: "G2-item-realtime", "no G2 with real time";
    /// What a transaction reads later is not older than what it has read before.
    NonMonotonicRead: "non-monotonic-read",
        "what a transaction reads later is not older than what it has read before";
    /// A transaction reads a key from one other transaction only.
    NonRepeatableRead: "non-repeatable-read",
        "a transaction reads a key from one other transaction only";
    /// A transaction sees all writes of another one or none.
    FracturedRead: "fractured-read", "a transaction sees all writes of another one or none";
    /// A transaction that sees another one sees what happened before that.
    CausalityViolation: "causality-violation",
        "a transaction that sees another one sees what happened before that";
    /// No two transactions see two others in opposite orders.
    LongFork: "long-fork", "no two transactions see two others in opposite orders";
    /// No two transactions each write what the other one has read.
    WriteSkew: "write-skew", "no two transactions each write what the other one has read before";
    /// A process sees its own earlier transactions, and what they have seen.
    SessionReversal: "session-reversal", "the order of transactions contains that of each process";
    /// A transaction sees what had ended before it began.
    RealtimeReversal: "realtime-reversal", "the order of transactions contains that of real time";
    /// A committed offset never goes back.
    CommittedBack: "committed-back", "a committed offset never goes back";
    /// A committed offset never passes what was committed or sent.
    CommittedAhead: "committed-ahead", "a committed offset never passes what was committed or sent";
    /// Each acknowledged message is in a poll in the end.
    Unseen: "unseen", "each acknowledged message is in a poll in the end";
    /// The operations of each key have an order, within real time, that explains their results.
    NotLinearizable: "not-linearizable",
        "the operations of each key have an order within real time that explains their results";
    /// The check stays within its limits of work and memory.
    CheckLimit: "check-limit", "the check stays within its limits of work and memory";
    /// The workload has a checker.
    NoChecker: "no-checker", "the workload has a checker";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_words_with_hyphens_and_differ() {
        let names: BTreeSet<_> = HistoryRule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), HistoryRule::ALL.len());
        assert!(names.iter().all(|n| n.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')));
    }
}
