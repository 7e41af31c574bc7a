//! The ten rules, by number, name and sentence.

use std::fmt;

/// One of Lamport's invariants, as this program states them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// Each machine's clock grows by at least 1 at each of its events.
    ClockGrows = 1,
    /// Internal and send: by exactly 1.
    StepsByOne = 2,
    /// Receive: exactly max(own, stamp) + 1.
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

impl Rule {
    /// All of them, by number.
    pub const ALL: [Rule; 10] = [
        Rule::ClockGrows,
        Rule::StepsByOne,
        Rule::ReceiveRule,
        Rule::Causality,
        Rule::ReceiveHasSend,
        Rule::FifoLinks,
        Rule::Conservation,
        Rule::QueueLength,
        Rule::TickTimes,
        Rule::BusyReceives,
    ];

    /// Its number, 1 to 10.
    pub fn number(self) -> u32 {
        self as u32
    }

    /// Its place in [`Rule::ALL`].
    pub(super) fn index(self) -> usize {
        self as usize - 1
    }

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Rule::ClockGrows => "clock grows",
            Rule::StepsByOne => "steps by one",
            Rule::ReceiveRule => "receive rule",
            Rule::Causality => "causality",
            Rule::ReceiveHasSend => "receive has send",
            Rule::FifoLinks => "fifo links",
            Rule::Conservation => "conservation",
            Rule::QueueLength => "queue length",
            Rule::TickTimes => "tick times",
            Rule::BusyReceives => "busy receives",
        }
    }

    /// What it says, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Rule::ClockGrows => "a machine's clock grows at each of its events",
            Rule::StepsByOne => "an internal event or a send moves the clock by exactly 1",
            Rule::ReceiveRule => "a receive moves the clock to exactly max(own, stamp) + 1",
            Rule::Causality => "what happened before has the smaller clock",
            Rule::ReceiveHasSend => {
                "a send carries its clock to another machine, and every receive has one earlier \
                 send with its message, stamp and addressee"
            }
            Rule::FifoLinks => "on each link first copies are received in the order of sending",
            Rule::Conservation => {
                "every copy sent is received, queued, in flight, lost, cut or crashed, once, as \
                 the configured network allows"
            }
            Rule::QueueLength => "the queue length is deliveries minus receives so far",
            Rule::TickTimes => "a machine has exactly its ticks, at exactly their times",
            Rule::BusyReceives => "a machine with a message in its queue receives",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rule {} ({})", self.number(), self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_listed_by_number() {
        assert_eq!(Rule::ALL.map(Rule::number), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
        assert_eq!(Rule::Causality.to_string(), "rule 4 (causality)");
    }
}
