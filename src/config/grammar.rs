//! The grammar as a table: every key of a config with its default and its meaning.
//!
//! A key of one value (a time, a number, a flag, a word) needs only a row: its reader, its text in
//! resolved configs, the schema and the reference follow from it. `configs/example.toml` has the
//! same keys, and a test compares the two; the reader rejects any key that is not in the table.

mod glomers;
mod row;

use crate::engine::queue::Ties;
use crate::engine::time::Duration;
use crate::scale_model::{ScaleParameters, Stamp};
pub use glomers::GLOMERS_KEYS;
pub(super) use glomers::GLOMERS_ROWS;
#[cfg(test)]
pub(super) use row::wrong_defaults;
use row::{Field, Place, Row, Scalar, choice, field, keys_of, names};
use row::{composite, optional_scalar, scalar};
pub(super) use row::{number_text, only_known, read_scalars, write_table};

/// A key of the grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its path, such as `network.latency`; `[]` denotes the entries of a list.
    pub path: &'static str,
    /// The values that it accepts.
    pub shape: Shape,
    /// Its default as TOML, or the reason why it has none.
    pub default: KeyDefault,
    /// Its meaning and range.
    pub meaning: &'static str,
}

/// Default of a key that is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyDefault {
    /// This value.
    Is(&'static str),
    /// None: the key is required, alone or as one of several forms.
    Required,
    /// None, and the key may be left out.
    Nothing,
    /// A value that follows from elsewhere, in words.
    From(&'static str),
}

/// Type of the values of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A whole number from the first to the second.
    Integer(u64, u64),
    /// A time with a unit.
    Time,
    /// An exact number, at least or above 0: a number, a fraction or a percentage.
    Number,
    /// The same, at most 1.
    Probability,
    /// True or false.
    Bool,
    /// A non-empty list of such values.
    List(&'static Shape),
    /// Two such values.
    Pair(&'static Shape),
    /// A table of the keys below this one.
    Table,
    /// A table from user-defined names to such values.
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

/// Maximum TOML integer.
const MANY: u64 = i64::MAX as u64;
const MACHINES: Shape = List(&Integer(1, 10_000_000));

/// All keys of a scale-model config, in the order of the example.
pub const KEYS: &[Key] = {
    const ALL: [Key; SCALE_ROWS.len()] = keys_of(SCALE_ROWS);
    &ALL
};

/// Maximum imperfection of ticks, and delay of a copy.
const DELAY_MAX: Duration = Duration::from_seconds(3_600);
const STAMPS: [(&str, Stamp); 2] = [("after", Stamp::After), ("before", Stamp::Before)];
const TIES: [(&str, Ties); 3] =
    [("id", Ties::Id), ("after", Ties::After), ("seeded", Ties::Seeded)];

/// The rows of these keys.
pub(super) const SCALE_ROWS: &[Row<ScaleParameters>] = &[
    composite(
        "name",
        Text,
        From("the path below configs/"),
        "the experiment's name, and its results folder",
    ),
    composite("model", Words(&["scale"]), Is("\"scale\""), "the family: \"scale\""),
    composite("seed", Integer(0, MANY), Is("1"), "the root of all chance, 0 to 2^63 - 1"),
    composite("duration", Time, Required, "how long it runs, above 0, at most 500 years"),
    composite(
        "rates",
        OneOf(&[List(&Number), Table]),
        Required,
        "ticks per second of each machine, up to 1,000,000; or { random = [1, 6], count = 3 }",
    ),
    composite(
        "rates.random",
        Pair(&Integer(1, 1_000_000)),
        Nothing,
        "the smallest and the largest whole rate to draw",
    ),
    composite("rates.count", Integer(1, 10_000_000), Nothing, "how many rates to draw"),
    composite(
        "periods",
        List(&Time),
        Nothing,
        "instead of rates: the time between two ticks of each machine",
    ),
    scalar(
        "stamp",
        choice!(STAMPS, stamp),
        Is("\"after\""),
        "the clock a message carries: \"after\" or \"before\" the step",
    ),
    composite("events", Table, Required, "what a free tick does, in exactly one form"),
    composite(
        "events.die",
        Integer(1, MANY),
        Nothing,
        "sides of a die: 1 is the first peer, …, n is all peers, else internal",
    ),
    composite(
        "events.send",
        Probability,
        Nothing,
        "probability of sending; each peer and \"all\" equally likely",
    ),
    composite("events.one", Probability, Nothing, "probability of sending to one random peer"),
    composite("events.all", Probability, Nothing, "probability of sending to all peers"),
    composite("ticks", Table, Nothing, "when machines tick"),
    composite(
        "ticks.start",
        OneOf(&[Words(&["random", "zero", "period"]), List(&Time)]),
        Is("\"random\""),
        "first tick: \"random\" phase, \"zero\", \"period\", or a list of instants",
    ),
    scalar(
        "ticks.ties",
        choice!(TIES, ties),
        Is("\"id\""),
        "order of one instant: \"id\", \"after\" or \"seeded\"",
    ),
    scalar(
        "ticks.overshoot",
        Scalar::Time(DELAY_MAX, None, field!(overshoot)),
        Is("\"0ms\""),
        "added to every period, at most 1h",
    ),
    scalar(
        "ticks.jitter",
        Scalar::Time(DELAY_MAX, None, field!(jitter)),
        Is("\"0ms\""),
        "largest delay added to each interval, at most 1h",
    ),
    composite("network", Table, Nothing, "the network between the machines"),
    composite(
        "network.latency",
        OneOf(&[Time, Table]),
        Is("\"1ms\""),
        "constant, or { uniform = [\"0ms\", \"40ms\"] }, or { exponential = \"20ms\" }",
    ),
    composite(
        "network.latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    composite("network.latency.exponential", Time, Nothing, "the mean latency"),
    scalar(
        "network.loss",
        Scalar::Probability(field!(network.loss)),
        Is("0"),
        "probability that a copy is lost",
    ),
    scalar(
        "network.duplication",
        Scalar::Probability(field!(network.duplication)),
        Is("0"),
        "probability that a copy is duplicated",
    ),
    scalar(
        "network.copy_delay",
        Scalar::Time(DELAY_MAX, None, field!(network.copy_delay)),
        Is("\"0ms\""),
        "further delay of each further copy of a broadcast",
    ),
    composite("network.links", Tables, Is("[]"), "what is different on single links"),
    composite("network.links[].from", Integer(1, 10_000_000), Required, "the sending machine"),
    composite("network.links[].to", Integer(1, 10_000_000), Required, "the receiving machine"),
    composite(
        "network.links[].latency",
        OneOf(&[Time, Table]),
        From("network.latency"),
        "the link's own latency",
    ),
    composite(
        "network.links[].latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    composite("network.links[].latency.exponential", Time, Nothing, "the mean latency"),
    composite("network.links[].loss", Probability, From("network.loss"), "the link's own loss"),
    composite(
        "network.partitions",
        Tables,
        Is("[]"),
        "links that are cut off; decided when a message arrives",
    ),
    composite("network.partitions[].at", Time, Required, "when it begins"),
    composite("network.partitions[].until", Time, Required, "when it is healed"),
    composite(
        "network.partitions[].groups",
        List(&MACHINES),
        Nothing,
        "lists of machines that receive only from their own list",
    ),
    composite(
        "network.partitions[].from",
        MACHINES,
        Nothing,
        "one way: the senders that are cut off",
    ),
    composite(
        "network.partitions[].to",
        MACHINES,
        Nothing,
        "one way: the receivers that they do not reach",
    ),
    composite(
        "limits",
        Table,
        Nothing,
        "how far a run may go; reaching one ends it with exit code 3",
    ),
    scalar(
        "limits.events",
        Scalar::Integer(1, MANY, field!(limits.events)),
        Is("10_000_000_000"),
        "callbacks of all machines together",
    ),
    scalar(
        "limits.queued_messages",
        Scalar::Integer(1, MANY, field!(limits.queued_messages)),
        Is("100_000_000"),
        "messages that wait or are under way",
    ),
    optional_scalar(
        "limits.memory_mib",
        Scalar::Integer(1, MANY, field!(limits.memory_mib)),
        Is("1024"),
        "memory for waiting messages, in MiB",
    ),
    scalar(
        "limits.same_instant_events",
        Scalar::Integer(1, MANY, field!(limits.same_instant_events)),
        Is("10_000"),
        "callbacks of one machine at one instant",
    ),
];

/// The keys of a sweep file.
pub const SWEEP_KEYS: &[Key] = &[
    key("name", Text, From("the path below configs/"), "the sweep's name, and its results folder"),
    key("base", Text, Nothing, "the path of the base config, from the sweep file"),
    key("config", Table, Nothing, "instead of base: the keys of the base config"),
    key("seeds", Text, Required, "the seeds of each point, such as \"0..1000\", the end excluded"),
    key("check", Bool, Is("false"), "whether Lamport's invariants are checked on every run"),
    key(
        "max_failures",
        Integer(1, MANY),
        Nothing,
        "maximum number of failed runs, at which the sweep stops",
    ),
    key(
        "grid",
        Axes,
        Nothing,
        "an axis for each key: a list of values, or { from = 0.0, to = 1.0, step = 0.1 }",
    ),
    key("zip", Tables, Nothing, "axes of several keys that move together, each in its own [[zip]]"),
];
