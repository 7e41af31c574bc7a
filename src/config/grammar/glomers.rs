//! The grammar of Gossip Glomers configs as a table.

use super::KeyDefault::{From, Is, Nothing, Required};
use super::Shape::{
    Bool, Integer, List, Named, Number, OneOf, Pair, Probability, Table, Tables, Text, Time, Words,
};
use super::{Key, MANY, Shape, key};
use crate::glomers::WORKLOAD_NAMES;
use crate::nemesis::{FaultKind, TargetForm};

const NODES: Shape = List(&Text);

/// All keys of a Gossip Glomers config, in the order of the example.
pub const GLOMERS_KEYS: &[Key] = {
    const COUNT: usize = FIRST_KEYS.len() + FAULT_KEYS.len() + LIMIT_KEYS.len();
    const ALL: [Key; COUNT] = joined([FIRST_KEYS, FAULT_KEYS, LIMIT_KEYS]);
    &ALL
};

/// The keys of faults at stated times: one for each kind, and those below it.
const FAULT_KEYS: &[Key] = {
    const COUNT: usize = FaultKind::ROWS.len() + ONE_WAY_KEYS.len();
    const KEYS: [Key; COUNT] = fault_keys();
    &KEYS
};

const ONE_WAY_KEYS: [Key; 2] = [
    key("nemesis.faults[].one-way.from", NODES, Required, "nodes that are not heard"),
    key("nemesis.faults[].one-way.to", NODES, Required, "nodes that do not hear them"),
];

const fn fault_keys<const N: usize>() -> [Key; N] {
    let mut keys = [ONE_WAY_KEYS[0]; N];
    let (mut place, mut kind) = (0, 0);
    while kind < FaultKind::ROWS.len() {
        let row = FaultKind::ROWS[kind];
        let shape = match row.form {
            TargetForm::Groups => List(&NODES),
            TargetForm::OneWay => Table,
            TargetForm::Nodes | TargetForm::SlowNodes => NODES,
            TargetForm::Rates => Named(&Number),
            TargetForm::Probability => Probability,
        };
        keys[place] = key(row.key, shape, Nothing, row.meaning);
        place += 1;
        if matches!(row.form, TargetForm::OneWay) {
            keys[place] = ONE_WAY_KEYS[0];
            keys[place + 1] = ONE_WAY_KEYS[1];
            place += 2;
        }
        kind += 1;
    }
    keys
}

/// Lists of keys, one after the other.
const fn joined<const N: usize>(parts: [&[Key]; 3]) -> [Key; N] {
    let mut keys = [parts[0][0]; N];
    let (mut place, mut part) = (0, 0);
    while part < parts.len() {
        let mut within = 0;
        while within < parts[part].len() {
            keys[place] = parts[part][within];
            place += 1;
            within += 1;
        }
        part += 1;
    }
    keys
}

/// The keys before those of faults at stated times.
const FIRST_KEYS: &[Key] = &[
    key(
        "name",
        Text,
        From("the path below configs/"),
        "the experiment's name, and its results folder",
    ),
    key("model", Words(&["glomers"]), Required, "the family: \"glomers\""),
    key("seed", Integer(0, MANY), Is("1"), "the root of all chance, 0 to 2^63 - 1"),
    key("duration", Time, Required, "how long operations are begun: Maelstrom's time limit"),
    key("workload", Words(WORKLOAD_NAMES), Required, "what clients do"),
    key("solution", Text, From("the first for the workload"), "the nodes' program"),
    key("options", Named(&OneOf(&[Time, Integer(1, MANY)])), Nothing, "what is set of the program"),
    key(
        "nodes",
        OneOf(&[Integer(1, 10_000), NODES]),
        Is("5"),
        "how many nodes, then called n0, n1, …; or a list of their names",
    ),
    key(
        "topology",
        Words(&["line", "grid", "tree", "tree2", "tree3", "tree4", "total"]),
        Is("\"grid\""),
        "the neighbours that nodes are told of",
    ),
    key("rate", Number, Is("5"), "operations per second, all clients together; 0 for none"),
    key(
        "concurrency",
        OneOf(&[Integer(1, 100_000), Text]),
        Is("\"1n\""),
        "how many operations can be under way: a number, or a multiple of the nodes such as \"2n\"",
    ),
    key(
        "recovery",
        Time,
        Is("\"10s\""),
        "the time after that, healed and quiet, before the final operations",
    ),
    key("client_timeout", Time, Is("\"5s\""), "how long a client waits for a reply"),
    key(
        "starts",
        OneOf(&[Words(&["spread", "together"]), Time]),
        Is("\"spread\""),
        "where the zeros of the nodes' own clocks lie: within 1 s before the run begins, all at \
         its beginning, or within this time before it",
    ),
    key(
        "availability",
        OneOf(&[Words(&["none", "total"]), Probability]),
        Is("\"none\""),
        "which part of the operations has to succeed: \"none\", \"total\" or a fraction",
    ),
    key(
        "targets",
        List(&Text),
        Nothing,
        "what figures have to reach, such as \"net.servers.msgs_per_op < 0.7\"",
    ),
    key("network", Table, Nothing, "the network between nodes, services and clients"),
    key(
        "network.latency",
        OneOf(&[Time, Table]),
        Is("\"0ms\""),
        "between nodes and services: constant, { uniform = [\"0ms\", \"40ms\"] }, or { exponential \
         = \"20ms\" }",
    ),
    key("network.latency.uniform", Pair(&Time), Nothing, "the shortest and the longest latency"),
    key("network.latency.exponential", Time, Nothing, "the mean latency"),
    key(
        "network.client_latency",
        OneOf(&[Time, Table]),
        Is("\"0ms\""),
        "the latency of what clients send and receive",
    ),
    key(
        "network.client_latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    key("network.client_latency.exponential", Time, Nothing, "the mean latency"),
    key(
        "network.host_cost",
        OneOf(&[Time, Table]),
        From("{ uniform = [\"0ms\", \"2ms\"] }"),
        "what each hop of a message takes besides, clients' included: keeps operations concurrent",
    ),
    key("network.host_cost.uniform", Pair(&Time), Nothing, "the smallest and the largest cost"),
    key("network.host_cost.exponential", Time, Nothing, "the mean cost"),
    key(
        "network.scope",
        Words(&["nodes", "services", "all"]),
        Is("\"nodes\""),
        "where loss, duplication and cuts apply: between nodes, with services, with clients, too",
    ),
    key("network.loss", Probability, Is("0"), "probability that a message is lost"),
    key("network.duplication", Probability, Is("0"), "probability that a message is doubled"),
    key("network.links", Tables, Is("[]"), "what is different on single links"),
    key("network.links[].from", Text, Required, "the sending node"),
    key("network.links[].to", Text, Required, "the receiving node"),
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
    key(
        "network.partitions[].at",
        Time,
        Required,
        "when it begins, which is before the duration is over",
    ),
    key(
        "network.partitions[].until",
        Time,
        Required,
        "when it is healed: when the duration is over, if that is earlier",
    ),
    key(
        "network.partitions[].groups",
        List(&NODES),
        Nothing,
        "lists of nodes that hear only their own list",
    ),
    key("network.partitions[].from", NODES, Nothing, "one way: nodes that are not heard"),
    key("network.partitions[].to", NODES, Nothing, "one way: nodes that do not hear them"),
    key("nemesis", Table, Nothing, "what goes wrong"),
    key(
        "nemesis.kinds",
        List(&Words(&FaultKind::NAMES)),
        Nothing,
        "the kinds of trouble that are drawn from the seed, each now on and now off",
    ),
    key(
        "nemesis.swarm",
        Bool,
        Is("false"),
        "whether the seed chooses which of them happen; without kinds, of those that the program \
         survives; loss and duplication that are drawn then spare clients, whatever the scope",
    ),
    key(
        "nemesis.interval",
        Time,
        Is("\"10s\""),
        "the mean time from the beginning of a fault to its end, and from there to the next one",
    ),
    key("nemesis.slow_by", Time, Is("\"200ms\""), "how much longer messages of a slow node take"),
    key("nemesis.faults", Tables, Is("[]"), "faults at stated times, besides those drawn"),
    key(
        "nemesis.faults[].at",
        Time,
        Required,
        "when it begins, which is before the duration is over",
    ),
    key(
        "nemesis.faults[].until",
        Time,
        Required,
        "when it is healed: when the duration is over, if that is earlier",
    ),
];

/// The keys after those of faults.
const LIMIT_KEYS: &[Key] = &[
    key("limits", Table, Nothing, "how far a run may go; reaching one ends it with exit code 3"),
    key("limits.events", Integer(1, MANY), Is("10_000_000_000"), "turns of all participants"),
    key(
        "limits.queued_messages",
        Integer(1, MANY),
        Is("100_000_000"),
        "messages that wait or are under way",
    ),
    key(
        "limits.memory_mib",
        Integer(1, MANY),
        Is("1024"),
        "memory for waiting messages, and as much for the history, in MiB",
    ),
    key(
        "limits.same_instant_events",
        Integer(1, MANY),
        From("10_000, or 4 for each node and client if that is more"),
        "turns of one participant at one instant",
    ),
];
