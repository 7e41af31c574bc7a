//! What would fix a violation: a sentence for each kind of rule.

use crate::check::HistoryRule;

/// Returns what would fix the violation of a rule, if something can be said in general.
/// `stopped` is the number of copies of messages of its explanation that never arrived.
pub(super) fn remedy(rule: HistoryRule, stopped: usize) -> Option<String> {
    let text = match rule {
        HistoryRule::MissingAtNode | HistoryRule::Lost | HistoryRule::NotVisibleAtOrigin
            if stopped > 0 =>
        {
            let messages = match stopped {
                1 => "1 message of this explanation".to_owned(),
                many => format!("{many} messages of this explanation"),
            };
            return Some(format!(
                "{messages} never arrived. Send a value again until its receiver has acknowledged \
                 it, also after a fault has ended."
            ));
        }
        HistoryRule::MissingAtNode | HistoryRule::Lost => {
            "Pass on to all nodes what a node learns, also after a fault has ended, and have it on \
             disk before it is acknowledged."
        }
        HistoryRule::Vanished | HistoryRule::NotVisibleAtOrigin => {
            "Have a value on disk before it is acknowledged or shown, and only add to what is \
             there."
        }
        HistoryRule::Fabricated | HistoryRule::ImpossibleValue => {
            "Return only what was written, each write once, also if a request arrives twice."
        }
        HistoryRule::DuplicateId => {
            "Make an id from the name of its node and a number that the node never uses again, \
             also after a crash."
        }
        HistoryRule::OutOfRange => {
            "Repeat an add until a compare-and-set succeeds, or give each node a total of its own; \
             read what was written last, and count a repeated request once."
        }
        HistoryRule::NotLinearizable => {
            "Let one place order the operations of a key: read at the primary or from a majority, \
             acknowledge a write when a majority has it, and carry out a repeated request once."
        }
        HistoryRule::InconsistentOffsets | HistoryRule::DuplicateMessage => {
            "Let one place give out the offsets of a log, by a compare-and-set for each append, \
             and append a repeated request once."
        }
        HistoryRule::LostWrite | HistoryRule::Unseen => {
            "Acknowledge a message only when it is where every later poll finds it."
        }
        HistoryRule::PollSkip
        | HistoryRule::IntPollSkip
        | HistoryRule::NonmonotonicPoll
        | HistoryRule::IntNonmonotonicPoll => {
            "Show an offset only when no smaller one can be filled any more, and poll on from the \
             last offset that was returned."
        }
        HistoryRule::CommittedBack | HistoryRule::CommittedAhead => {
            "Keep the largest offset that was committed, and compare before it is replaced."
        }
        HistoryRule::AbortedRead | HistoryRule::DirtyUpdate => {
            "Show the writes of a transaction only after it has committed, and answer that it \
             failed only if none of them stays."
        }
        HistoryRule::G1b
        | HistoryRule::FracturedRead
        | HistoryRule::NonRepeatableRead
        | HistoryRule::NonMonotonicRead
        | HistoryRule::GSingleItem => {
            "Make all writes of a transaction visible at once, and let a transaction read from one \
             snapshot."
        }
        HistoryRule::InternalOwnWrite | HistoryRule::Internal | HistoryRule::FutureRead => {
            "Within a transaction, read what it has written itself, in the order of its operations."
        }
        HistoryRule::LostUpdate => {
            "Commit a transaction only if no other one has written since what it has read and \
             writes: compare versions at the commit, or lock."
        }
        HistoryRule::WriteSkew | HistoryRule::G2Item | HistoryRule::GNonadjacentItem => {
            "Compare at the commit the versions of all that was read, and not only of what is \
             written."
        }
        HistoryRule::CausalityViolation => {
            "Apply a transaction at a replica only after all that its client had seen: send along \
             what it depends on, as a vector clock does."
        }
        HistoryRule::LongFork
        | HistoryRule::G1c
        | HistoryRule::G0
        | HistoryRule::IncompatibleOrder => {
            "Give all transactions one order, and apply them at each replica in this order."
        }
        HistoryRule::SessionReversal
        | HistoryRule::G0Process
        | HistoryRule::G1cProcess
        | HistoryRule::GSingleItemProcess
        | HistoryRule::GNonadjacentItemProcess
        | HistoryRule::G2ItemProcess => {
            "Answer a client from a replica that has all that the client has seen, or wait until \
             it has."
        }
        HistoryRule::RealtimeReversal
        | HistoryRule::G0Realtime
        | HistoryRule::G1cRealtime
        | HistoryRule::GSingleItemRealtime
        | HistoryRule::GNonadjacentItemRealtime
        | HistoryRule::G2ItemRealtime => {
            "Let a transaction see all that ended before it began: read at the place that orders \
             the commits, and not from a copy that may be old."
        }
        _ => return None,
    };
    Some(text.to_owned())
}
