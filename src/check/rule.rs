//! The ten rules, by number, name and sentence.

/// A rule of Lamport's clocks, or of the machines and the network around them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// 1: each event advances its machine's clock.
    ClockGrows = 1,
    /// 2: an internal event or a send advances it by one.
    StepsByOne = 2,
    /// 3: a receive sets it to max(own, stamp) + 1.
    ReceiveRule = 3,
    /// 4: what happened before has the smaller clock.
    Causality = 4,
    /// 5: every receive has one earlier send.
    ReceiveHasSend = 5,
    /// 6: first copies of one link arrive in send order.
    FifoLinks = 6,
    /// 7: no copy vanishes or comes from nowhere.
    Conservation = 7,
    /// 8: the queue holds what was delivered and not yet received.
    QueueLength = 8,
    /// 9: a machine has exactly its ticks.
    TickTimes = 9,
    /// 10: a tick that finds a message is a receive.
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
    pub fn number(self) -> u8 {
        self as u8
    }

    /// Its name: a word or two.
    pub fn name(self) -> &'static str {
        match self {
            Rule::ClockGrows => "clock-grows",
            Rule::StepsByOne => "steps-by-one",
            Rule::ReceiveRule => "receive-rule",
            Rule::Causality => "causality",
            Rule::ReceiveHasSend => "receive-has-send",
            Rule::FifoLinks => "fifo-links",
            Rule::Conservation => "conservation",
            Rule::QueueLength => "queue-length",
            Rule::TickTimes => "tick-times",
            Rule::BusyReceives => "busy-receives",
        }
    }

    /// What it demands.
    pub fn sentence(self) -> &'static str {
        match self {
            Rule::ClockGrows => "each event advances its machine's clock",
            Rule::StepsByOne => "an internal event or a send advances it by exactly one",
            Rule::ReceiveRule => "a receive sets it to max(own, stamp) + 1",
            Rule::Causality => "what happened before has the smaller clock",
            Rule::ReceiveHasSend => "every receive has one earlier send to that machine",
            Rule::FifoLinks => "first copies of one link arrive in send order",
            Rule::Conservation => "no copy vanishes or comes from nowhere",
            Rule::QueueLength => "the queue holds what was delivered and not yet received",
            Rule::TickTimes => "a machine has exactly its ticks, at exactly their times",
            Rule::BusyReceives => "a tick that finds a message is a receive",
        }
    }
}
