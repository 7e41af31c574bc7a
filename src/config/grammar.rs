//! The grammar as a table: every key of a config with its default and its meaning.
//!
//! `configs/example.toml` shows the same keys and a test compares the two; the reader refuses any
//! key that is not here.

mod glomers;

pub use glomers::GLOMERS_KEYS;

/// One key of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path, such as `network.latency`; `[]` stands for the entries of a list.
    pub path: &'static str,
    /// Which values it takes.
    pub shape: Shape,
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

/// Which values a key takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A text.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number from the first to the second.
    Integer(u64, u64),
    /// A time with a unit.
    Time,
    /// An exact number above or from 0: a number, a fraction or a percentage.
    Number,
    /// The same, at most 1.
    Probability,
    /// True or false.
    Bool,
    /// A list of such values, at least one.
    List(&'static Shape),
    /// Two such values.
    Pair(&'static Shape),
    /// A table of the keys below this one.
    Table,
    /// A table from names that people choose to such values.
    Named(&'static Shape),
    /// A list of such tables.
    Tables,
    /// One of these shapes.
    OneOf(&'static [Shape]),
    /// Keys of a config, each with values to sweep over.
    Axes,
}

use KeyDefault::{From, Is, Nothing, Required};
use Shape::{
    Axes, Bool, Integer, List, Number, OneOf, Pair, Probability, Table, Tables, Text, Time, Words,
};

const fn key(path: &'static str, shape: Shape, default: KeyDefault, meaning: &'static str) -> Key {
    Key { path, shape, default, meaning }
}

/// What fits a TOML integer.
const MANY: u64 = i64::MAX as u64;
const MACHINES: Shape = List(&Integer(1, 10_000_000));

/// All keys of a scale-model config, in the order of the example.
pub const KEYS: &[Key] = &[
    key(
        "name",
        Text,
        From("the path below configs/"),
        "the experiment's name, and its results folder",
    ),
    key("model", Words(&["scale"]), Is("\"scale\""), "the family: \"scale\""),
    key("seed", Integer(0, MANY), Is("1"), "the root of all chance, 0 to 2^63 - 1"),
    key("duration", Time, Required, "how long it runs, above 0, at most 500 years"),
    key(
        "rates",
        OneOf(&[List(&Number), Table]),
        Required,
        "ticks per second of each machine, up to 1,000,000; or { random = [1, 6], count = 3 }",
    ),
    key(
        "rates.random",
        Pair(&Integer(1, 1_000_000)),
        Nothing,
        "the smallest and the largest whole rate to draw",
    ),
    key("rates.count", Integer(1, 10_000_000), Nothing, "how many rates to draw"),
    key(
        "periods",
        List(&Time),
        Nothing,
        "instead of rates: the time between two ticks of each machine",
    ),
    key(
        "stamp",
        Words(&["after", "before"]),
        Is("\"after\""),
        "the clock a message carries: \"after\" or \"before\" the step",
    ),
    key("events", Table, Required, "what a free tick does, in exactly one form"),
    key(
        "events.die",
        Integer(1, MANY),
        Nothing,
        "sides of a die: 1 is the first peer, …, n is all peers, else internal",
    ),
    key(
        "events.send",
        Probability,
        Nothing,
        "probability of sending; each peer and \"all\" equally likely",
    ),
    key("events.one", Probability, Nothing, "probability of sending to one random peer"),
    key("events.all", Probability, Nothing, "probability of sending to all peers"),
    key("ticks", Table, Nothing, "when machines tick"),
    key(
        "ticks.start",
        OneOf(&[Words(&["random", "zero", "period"]), List(&Time)]),
        Is("\"random\""),
        "first tick: \"random\" phase, \"zero\", \"period\", or a list of instants",
    ),
    key(
        "ticks.ties",
        Words(&["id", "after", "seeded"]),
        Is("\"id\""),
        "order of one instant: \"id\", \"after\" or \"seeded\"",
    ),
    key("ticks.overshoot", Time, Is("\"0ms\""), "added to every period, at most 1h"),
    key("ticks.jitter", Time, Is("\"0ms\""), "largest delay added to each interval, at most 1h"),
    key("network", Table, Nothing, "the network between the machines"),
    key(
        "network.latency",
        OneOf(&[Time, Table]),
        Is("\"1ms\""),
        "constant, or { uniform = [\"0ms\", \"40ms\"] }, or { exponential = \"20ms\" }",
    ),
    key("network.latency.uniform", Pair(&Time), Nothing, "the shortest and the longest latency"),
    key("network.latency.exponential", Time, Nothing, "the mean latency"),
    key("network.loss", Probability, Is("0"), "probability that a copy is lost"),
    key("network.duplication", Probability, Is("0"), "probability that a copy is doubled"),
    key(
        "network.copy_delay",
        Time,
        Is("\"0ms\""),
        "further delay of each further copy of a broadcast",
    ),
    key("network.links", Tables, Is("[]"), "what is different on single links"),
    key("network.links[].from", Integer(1, 10_000_000), Required, "the sending machine"),
    key("network.links[].to", Integer(1, 10_000_000), Required, "the receiving machine"),
    key(
        "network.links[].latency",
        OneOf(&[Time, Table]),
        From("network.latency"),
        "the link's own latency",
    ),
    key(
        "network.links[].latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    key("network.links[].latency.exponential", Time, Nothing, "the mean latency"),
    key("network.links[].loss", Probability, From("network.loss"), "the link's own loss"),
    key(
        "network.partitions",
        Tables,
        Is("[]"),
        "who cannot hear whom, judged when a message arrives",
    ),
    key("network.partitions[].at", Time, Required, "when it begins"),
    key("network.partitions[].until", Time, Required, "when it is healed"),
    key(
        "network.partitions[].groups",
        List(&MACHINES),
        Nothing,
        "lists of machines that hear only their own list",
    ),
    key("network.partitions[].from", MACHINES, Nothing, "one way: machines that are not heard"),
    key("network.partitions[].to", MACHINES, Nothing, "one way: machines that do not hear them"),
    key("limits", Table, Nothing, "how far a run may go; reaching one ends it with exit code 3"),
    key("limits.events", Integer(1, MANY), Is("10_000_000_000"), "turns of all machines together"),
    key(
        "limits.queued_messages",
        Integer(1, MANY),
        Is("100_000_000"),
        "messages that wait or are under way",
    ),
    key("limits.memory_mib", Integer(1, MANY), Is("1024"), "memory for waiting messages, in MiB"),
    key(
        "limits.same_instant_events",
        Integer(1, MANY),
        Is("10_000"),
        "turns of one machine at one instant",
    ),
];

/// The keys of a sweep file.
pub const SWEEP_KEYS: &[Key] = &[
    key("name", Text, From("the path below configs/"), "the sweep's name, and its results folder"),
    key("base", Text, Nothing, "the path of the base config, from the sweep file"),
    key("config", Table, Nothing, "instead of base: the keys of the base config"),
    key("seeds", Text, Required, "the seeds of each point, such as \"0..1000\", the end excluded"),
    key("check", Bool, Is("false"), "whether Lamport's invariants are checked on every run"),
    key("max_failures", Integer(1, MANY), Nothing, "stop after so many runs that fail"),
    key(
        "grid",
        Axes,
        Nothing,
        "an axis for each key: a list of values, or { from = 0.0, to = 1.0, step = 0.1 }",
    ),
    key("zip", Tables, Nothing, "axes of several keys that move together, each in its own [[zip]]"),
];
