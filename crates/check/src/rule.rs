//! The ten rules over traces: their numbers, names and definitions.

use std::fmt;

/// One of Lamport's invariants, as this program defines them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LamportRule {
    /// Each machine's clock grows by at least 1 at each of its events.
    ClockGrows = 1,
    /// An internal event or a send advances the clock by exactly 1.
    StepsByOne = 2,
    /// A receive sets the clock to exactly max(own, stamp) + 1.
    ReceiveRule = 3,
    /// If event a happened before event b, then C(a) < C(b).
    Causality = 4,
    /// A send carries its clock to another machine, and every receive has one earlier send.
    ReceiveHasSend = 5,
    /// Per link, first copies arrive in send order.
    FifoLinks = 6,
    /// No copy of a message appears or vanishes, and each meets a fate that the network allows.
    Conservation = 7,
    /// Queue length is deliveries minus receives.
    QueueLength = 8,
    /// A machine has exactly its ticks, at exactly their times.
    TickTimes = 9,
    /// A tick that finds a message is a receive.
    BusyReceives = 10,
}

impl LamportRule {
    /// All rules, by number.
    pub const ALL: [LamportRule; 10] = [
        LamportRule::ClockGrows,
        LamportRule::StepsByOne,
        LamportRule::ReceiveRule,
        LamportRule::Causality,
        LamportRule::ReceiveHasSend,
        LamportRule::FifoLinks,
        LamportRule::Conservation,
        LamportRule::QueueLength,
        LamportRule::TickTimes,
        LamportRule::BusyReceives,
    ];

    /// Returns the number, 1 to 10.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// Returns the index in [`LamportRule::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize - 1
    }

    /// Returns the name in messages.
    pub fn name(self) -> &'static str {
        match self {
            LamportRule::ClockGrows => "clock grows",
            LamportRule::StepsByOne => "steps by one",
            LamportRule::ReceiveRule => "receive rule",
            LamportRule::Causality => "causality",
            LamportRule::ReceiveHasSend => "receive has send",
            LamportRule::FifoLinks => "fifo links",
            LamportRule::Conservation => "conservation",
            LamportRule::QueueLength => "queue length",
            LamportRule::TickTimes => "tick times",
            LamportRule::BusyReceives => "busy receives",
        }
    }

    /// Returns the definition, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            LamportRule::ClockGrows => "a machine's clock grows at each of its events",
            LamportRule::StepsByOne => "an internal event or a send moves the clock by exactly 1",
            LamportRule::ReceiveRule => "a receive moves the clock to exactly max(own, stamp) + 1",
            LamportRule::Causality => "what happened before has the smaller clock",
            LamportRule::ReceiveHasSend => {
                "a send carries its clock to another machine, and every receive has one earlier \
                 send with its message, stamp and addressee"
            }
            LamportRule::FifoLinks => {
                "on each link first copies are received in the order of sending"
            }
            LamportRule::Conservation => {
                "every copy sent is received, queued, in flight, lost, cut or crashed, once, as \
                 the configured network allows"
            }
            LamportRule::QueueLength => "the queue length is deliveries minus receives so far",
            LamportRule::TickTimes => "a machine has exactly its ticks, at exactly their times",
            LamportRule::BusyReceives => "a machine with a message in its queue receives",
        }
    }
}

impl fmt::Display for LamportRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {} ({})", self.number(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_listed_by_number() {
        assert_eq!(LamportRule::ALL.map(LamportRule::number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(LamportRule::Causality.to_string(), "rule 4 (causality)");
    }
}
