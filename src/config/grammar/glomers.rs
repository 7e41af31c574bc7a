//! The grammar of Gossip Glomers configs as a table.

use super::KeyDefault::{From, Is, Nothing, Required};
use super::Shape::{
    Integer, List, Named, Number, OneOf, Pair, Probability, Table, Tables, Text, Time, Words,
};
use super::{Field, Key, MANY, Place, Row, Scalar, Shape, choice, field, keys_of, names};
use super::{composite, optional_scalar, scalar};
use crate::config::parts::{DURATION_MAX, LATENCY_MAX, WAIT_MAX};
use crate::glomers::{GlomersParameters, Topology, WORKLOAD_NAMES};
use crate::nemesis::{FaultKind, TargetForm};
use crate::network::Scope;

const NODES: Shape = List(&Text);

/// Maximum number of operations per second.
const RATE_MAX: u64 = 10_000_000;
const RATE: &str = "operations per second, from 0 to 10000000";

const SCOPES: [(&str, Scope); 3] = [
    (Scope::ALL[0].name(), Scope::ALL[0]),
    (Scope::ALL[1].name(), Scope::ALL[1]),
    (Scope::ALL[2].name(), Scope::ALL[2]),
];
/// The scope is a field of the roles, which every run of this family has.
const SCOPE: Place<GlomersParameters> = Place {
    get: |parameters| {
        let scope = parameters.network.roles?.scope;
        Scope::ALL.iter().position(|one| *one == scope)
    },
    set: |parameters, place| {
        if let Some(roles) = &mut parameters.network.roles {
            roles.scope = Scope::ALL[place];
        }
    },
};

/// All keys of a Gossip Glomers config, in the order of the example.
pub const GLOMERS_KEYS: &[Key] = {
    const ALL: [Key; GLOMERS_ROWS.len()] = keys_of(GLOMERS_ROWS);
    &ALL
};

type GlomersRow = Row<GlomersParameters>;

/// The rows of these keys.
pub(in crate::config) const GLOMERS_ROWS: &[GlomersRow] = {
    const COUNT: usize = FIRST_KEYS.len() + FAULT_KEYS.len() + LIMIT_KEYS.len();
    const ALL: [GlomersRow; COUNT] = joined([FIRST_KEYS, FAULT_KEYS, LIMIT_KEYS]);
    &ALL
};

/// The keys of faults at stated times: one per kind, and the keys below it.
const FAULT_KEYS: &[GlomersRow] = {
    const COUNT: usize = FaultKind::ROWS.len() + ONE_WAY_KEYS.len();
    const KEYS: [GlomersRow; COUNT] = fault_keys();
    &KEYS
};

const ONE_WAY_KEYS: [GlomersRow; 2] = [
    composite("nemesis.faults[].one-way.from", NODES, Required, "senders that are cut off"),
    composite("nemesis.faults[].one-way.to", NODES, Required, "receivers that they do not reach"),
];

const fn fault_keys<const N: usize>() -> [GlomersRow; N] {
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
        keys[place] = composite(row.key, shape, Nothing, row.meaning);
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

/// Concatenates lists of rows.
const fn joined<const N: usize>(parts: [&[GlomersRow]; 3]) -> [GlomersRow; N] {
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
const FIRST_KEYS: &[GlomersRow] = &[
    composite(
        "name",
        Text,
        From("the path below configs/"),
        "the experiment's name, and its results folder",
    ),
    composite("model", Words(&["glomers"]), Required, "the family: \"glomers\""),
    composite("seed", Integer(0, MANY), Is("1"), "the root of all chance, 0 to 2^63 - 1"),
    composite("duration", Time, Required, "how long operations are begun: Maelstrom's time limit"),
    composite("workload", Words(WORKLOAD_NAMES), Required, "what clients do"),
    composite("solution", Text, From("the first for the workload"), "the nodes' program"),
    composite(
        "options",
        Named(&OneOf(&[Time, Integer(1, MANY)])),
        Nothing,
        "what is set of the program",
    ),
    composite(
        "nodes",
        OneOf(&[Integer(1, 10_000), NODES]),
        Is("5"),
        "how many nodes, then called n0, n1, …; or a list of their names",
    ),
    scalar(
        "topology",
        choice!(Topology::NAMES, topology),
        Is("\"grid\""),
        "the neighbours that nodes receive",
    ),
    scalar(
        "rate",
        Scalar::Number(RATE_MAX, RATE, field!(rate)),
        Is("5"),
        "operations per second, all clients together; 0 for none",
    ),
    composite(
        "concurrency",
        OneOf(&[Integer(1, 100_000), Text]),
        Is("\"1n\""),
        "how many operations can be under way: a number, or a multiple of the nodes such as \
         \"2n\"; lin-kv: \"2n\" or a multiple of it",
    ),
    scalar(
        "recovery",
        Scalar::Time(WAIT_MAX, None, field!(recovery)),
        Is("\"10s\""),
        "the time after that, healed and quiet, before the final operations",
    ),
    scalar(
        "client_timeout",
        Scalar::Time(WAIT_MAX, Some("no reply can come in time"), field!(client_timeout)),
        Is("\"5s\""),
        "how long a client waits for a reply; lin-kv: ten mean latencies, and at least \"1s\"",
    ),
    optional_scalar(
        "key_count",
        Scalar::Integer(1, 40, field!(key_count)),
        Is("10"),
        "kafka, txn: how many keys are in use at once; each is chosen twice as often as the one \
         before",
    ),
    optional_scalar(
        "max_writes_per_key",
        Scalar::Integer(1, 1_000_000_000, field!(max_writes_per_key)),
        Is("16"),
        "kafka, txn: how many writes a key gets before another takes its place",
    ),
    optional_scalar(
        "max_txn_length",
        Scalar::Integer(1, 1_000, field!(max_txn_length)),
        Is("4"),
        "txn: how many micro-operations a transaction has at most",
    ),
    composite(
        "starts",
        OneOf(&[Words(&["spread", "together"]), Time]),
        Is("\"spread\""),
        "where the zeros of the nodes' own clocks lie: within 1 s before the run begins, all at \
         its beginning, or within this time before it",
    ),
    composite(
        "availability",
        OneOf(&[Words(&["none", "total"]), Probability]),
        Is("\"none\""),
        "which part of the operations has to succeed: \"none\", \"total\" or a fraction",
    ),
    composite(
        "consistency_models",
        OneOf(&[Text, List(&Text)]),
        Is("\"strict-serializable\""),
        "txn: the models that all transactions have to satisfy, such as \"read-committed\"",
    ),
    composite(
        "targets",
        List(&Text),
        Nothing,
        "what figures have to reach, such as \"net.servers.msgs_per_op < 0.7\"",
    ),
    composite("network", Table, Nothing, "the network between nodes, services and clients"),
    composite(
        "network.latency",
        OneOf(&[Time, Table]),
        Is("\"0ms\""),
        "between nodes and services: constant, { uniform = [\"0ms\", \"40ms\"] }, or { exponential \
         = \"20ms\" }",
    ),
    composite(
        "network.latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    composite("network.latency.exponential", Time, Nothing, "the mean latency"),
    composite(
        "network.client_latency",
        OneOf(&[Time, Table]),
        Is("\"0ms\""),
        "the latency of what clients send and receive",
    ),
    composite(
        "network.client_latency.uniform",
        Pair(&Time),
        Nothing,
        "the shortest and the longest latency",
    ),
    composite("network.client_latency.exponential", Time, Nothing, "the mean latency"),
    composite(
        "network.host_cost",
        OneOf(&[Time, Table]),
        From("{ uniform = [\"0ms\", \"2ms\"] }"),
        "what each hop of a message takes besides, clients' included: keeps operations concurrent",
    ),
    composite(
        "network.host_cost.uniform",
        Pair(&Time),
        Nothing,
        "the smallest and the largest cost",
    ),
    composite("network.host_cost.exponential", Time, Nothing, "the mean cost"),
    scalar(
        "network.scope",
        Scalar::Choice(&names(SCOPES), SCOPE),
        Is("\"nodes\""),
        "where loss, duplication and cuts apply: between nodes, with services, with clients, too",
    ),
    scalar(
        "network.loss",
        Scalar::Probability(field!(network.loss)),
        Is("0"),
        "probability that a message is lost",
    ),
    scalar(
        "network.duplication",
        Scalar::Probability(field!(network.duplication)),
        Is("0"),
        "probability that a message is duplicated",
    ),
    composite("network.links", Tables, Is("[]"), "what is different on single links"),
    composite("network.links[].from", Text, Required, "the sending node"),
    composite("network.links[].to", Text, Required, "the receiving node"),
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
    composite(
        "network.partitions[].at",
        Time,
        Required,
        "when it begins, which is before the duration is over",
    ),
    composite(
        "network.partitions[].until",
        Time,
        Required,
        "when it is healed: when the duration is over, if that is earlier",
    ),
    composite(
        "network.partitions[].groups",
        List(&NODES),
        Nothing,
        "lists of nodes that receive only from their own list",
    ),
    composite("network.partitions[].from", NODES, Nothing, "one way: the senders that are cut off"),
    composite(
        "network.partitions[].to",
        NODES,
        Nothing,
        "one way: the receivers that they do not reach",
    ),
    composite("nemesis", Table, Nothing, "the faults"),
    composite(
        "nemesis.kinds",
        List(&Words(&FaultKind::NAMES)),
        Nothing,
        "the kinds of faults that are drawn from the seed, each on and off in turn",
    ),
    scalar(
        "nemesis.swarm",
        Scalar::Bool(field!(nemesis.swarm)),
        Is("false"),
        "whether the seed chooses which of them happen; without kinds, of those that the program \
         survives; loss and duplication that are drawn then spare clients, whatever the scope",
    ),
    scalar(
        "nemesis.interval",
        Scalar::Time(
            DURATION_MAX,
            Some("faults would follow each other without end"),
            field!(nemesis.interval),
        ),
        Is("\"10s\""),
        "the mean time from the beginning of a fault to its end, and from there to the next one",
    ),
    scalar(
        "nemesis.slow_by",
        Scalar::Time(LATENCY_MAX, None, field!(nemesis.slow_by)),
        Is("\"200ms\""),
        "how much longer messages of a slow node take",
    ),
    composite("nemesis.faults", Tables, Is("[]"), "faults at stated times, besides those drawn"),
    composite(
        "nemesis.faults[].at",
        Time,
        Required,
        "when it begins, which is before the duration is over",
    ),
    composite(
        "nemesis.faults[].until",
        Time,
        Required,
        "when it is healed: when the duration is over, if that is earlier",
    ),
];

/// The keys after those of faults.
const LIMIT_KEYS: &[GlomersRow] = &[
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
        "callbacks of all participants",
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
        "memory for waiting messages, and as much for the history, in MiB",
    ),
    scalar(
        "limits.same_instant_events",
        Scalar::Integer(1, MANY, field!(limits.same_instant_events)),
        From("10_000, or 4 for each node and client if that is more"),
        "callbacks of one participant at one instant",
    ),
];
