//! The grammar as a table: every key of a scale-model config with its default and its meaning.
//!
//! `configs/example.toml` shows the same keys and a test compares the two; the reader refuses any
//! key that is not here.

/// One key of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path, such as `network.latency`; `[]` stands for the entries of a list.
    pub path: &'static str,
    /// Its default as TOML, or why it has none.
    pub default: KeyDefault,
    /// What it means, and what it may be.
    pub meaning: &'static str,
}

/// What a key is if it is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDefault {
    /// This value.
    Is(&'static str),
    /// It must be there, alone or as one of several forms.
    Required,
    /// Nothing: it is left out.
    Nothing,
    /// It follows from elsewhere.
    From(&'static str),
}

use KeyDefault::{From, Is, Nothing, Required};

const fn key(path: &'static str, default: KeyDefault, meaning: &'static str) -> Key {
    Key { path, default, meaning }
}

/// All keys, in the order of the example.
pub const KEYS: &[Key] = &[
    key("name", From("the path below configs/"), "the experiment's name, and its results folder"),
    key("model", Is("\"scale\""), "the family: \"scale\""),
    key("seed", Is("1"), "the root of all chance, 0 to 2^63 - 1"),
    key("duration", Required, "how long it runs, above 0, at most 500 years"),
    key(
        "rates",
        Required,
        "ticks per second of each machine, up to 1,000,000; or { random = [1, 6], count = 3 }",
    ),
    key("rates.random", Nothing, "the smallest and the largest whole rate to draw"),
    key("rates.count", Nothing, "how many rates to draw"),
    key("periods", Nothing, "instead of rates: the time between two ticks of each machine"),
    key("stamp", Is("\"after\""), "the clock a message carries: \"after\" or \"before\" the step"),
    key("events", Required, "what a free tick does, in exactly one form"),
    key(
        "events.die",
        Nothing,
        "sides of a die: 1 is the first peer, …, n is all peers, else internal",
    ),
    key("events.send", Nothing, "probability of sending; each peer and \"all\" equally likely"),
    key("events.one", Nothing, "probability of sending to one random peer"),
    key("events.all", Nothing, "probability of sending to all peers"),
    key(
        "ticks.start",
        Is("\"random\""),
        "first tick: \"random\" phase, \"zero\", \"period\", or a list of instants",
    ),
    key("ticks.ties", Is("\"id\""), "order of one instant: \"id\", \"after\" or \"seeded\""),
    key("ticks.overshoot", Is("\"0ms\""), "added to every period, at most 1h"),
    key("ticks.jitter", Is("\"0ms\""), "largest delay added to each interval, at most 1h"),
    key(
        "network.latency",
        Is("\"1ms\""),
        "constant, or { uniform = [\"0ms\", \"40ms\"] }, or { exponential = \"20ms\" }",
    ),
    key("network.latency.uniform", Nothing, "the shortest and the longest latency"),
    key("network.latency.exponential", Nothing, "the mean latency"),
    key("network.loss", Is("0"), "probability that a copy is lost"),
    key("network.duplication", Is("0"), "probability that a copy is doubled"),
    key("network.copy_delay", Is("\"0ms\""), "further delay of each further copy of a broadcast"),
    key("network.links", Is("[]"), "what is different on single links"),
    key("network.links[].from", Required, "the sending machine"),
    key("network.links[].to", Required, "the receiving machine"),
    key("network.links[].latency", From("network.latency"), "the link's own latency"),
    key("network.links[].loss", From("network.loss"), "the link's own loss"),
    key("network.partitions", Is("[]"), "who cannot hear whom, judged when a message arrives"),
    key("network.partitions[].at", Required, "when it begins"),
    key("network.partitions[].until", Required, "when it is healed"),
    key("network.partitions[].groups", Nothing, "lists of machines that hear only their own list"),
    key("network.partitions[].from", Nothing, "one way: machines that are not heard"),
    key("network.partitions[].to", Nothing, "one way: machines that do not hear them"),
    key("limits.events", Is("10_000_000_000"), "turns of all machines together"),
    key("limits.queued_messages", Is("100_000_000"), "messages that wait or are under way"),
    key("limits.same_instant_events", Is("10_000"), "turns of one machine at one instant"),
];
