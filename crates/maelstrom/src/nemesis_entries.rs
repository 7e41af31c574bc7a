//! Entries of the nemesis in a history, in the format of Jepsen and Maelstrom.

use serde_json::{Map, Value, json};

use crate::engine::time::Instant;
use crate::nemesis::{Fault, Target, Window};
use crate::network::{Cut, Partition, Partitions};
use crate::node::NodeId;

/// Beginning or end of a window. A history has two operations for it: the request to the nemesis
/// and its completion.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    /// Instant of both operations.
    pub(crate) at: Instant,
    /// Name of the operations, such as `start-partition`.
    pub(crate) name: String,
    /// Value of the request: the shape of a partition, otherwise null.
    pub(crate) asked: Value,
    /// Value of the completion, such as `["isolated", {"n1": ["n0", "n2"]}]`: for each receiver the
    /// senders whose messages it drops.
    pub(crate) done: Value,
}

/// Returns the beginnings and ends of all windows before an instant, in the order of time; at one
/// instant ends come first. `names` has a name for each node of the windows.
pub(crate) fn describe(windows: &[Window], names: &[String], before: Instant) -> Vec<Entry> {
    let end = |window: &Window| {
        let done = healed(&window.fault, names);
        entry(window.until, "stop", &window.fault, Value::Null, done)
    };
    let begin = |window: &Window| {
        let asked = match &window.fault.target {
            Target::Cut(Some(shape), _) => json!(shape),
            _ => Value::Null,
        };
        entry(window.at, "start", &window.fault, asked, begun(&window.fault, names))
    };
    let mut entries: Vec<Entry> = windows.iter().filter(|w| w.until < before).map(end).collect();
    entries.extend(windows.iter().filter(|w| w.at < before).map(begin));
    entries.sort_by_key(|entry| entry.at);
    entries
}

fn entry(at: Instant, verb: &str, fault: &Fault, asked: Value, done: Value) -> Entry {
    Entry { at, name: format!("{verb}-{}", fault.kind.name()), asked, done }
}

fn begun(fault: &Fault, names: &[String]) -> Value {
    match &fault.target {
        Target::Cut(_, cut) => json!(["isolated", drops(cut, names)]),
        Target::Nodes(ids) => nodes(ids, names),
        Target::SlowNodes(ids, by) => json!({ "nodes": named(ids, names), "by": by.to_string() }),
        Target::Rates(rates) => {
            let rate = |(id, rate): &(NodeId, _)| (name(*id, names), json!(format!("{rate}")));
            json!({ "rates": rates.iter().map(rate).collect::<Map<_, _>>() })
        }
        Target::Probability(chance) => json!({ "probability": chance.to_string() }),
    }
}

fn healed(fault: &Fault, names: &[String]) -> Value {
    match &fault.target {
        Target::Cut(..) | Target::Probability(_) => json!("network-healed"),
        _ => nodes(&fault.nodes(), names),
    }
}

fn name(id: NodeId, names: &[String]) -> String {
    names[id.index()].clone()
}

fn named(ids: &[NodeId], names: &[String]) -> Vec<String> {
    ids.iter().map(|id| name(*id, names)).collect()
}

fn nodes(ids: &[NodeId], names: &[String]) -> Value {
    json!({ "nodes": named(ids, names) })
}

/// Maximum number of nodes for which all cut links are listed: the list grows with the square of
/// the number of nodes.
const LISTED_MAX: usize = 256;

/// Returns for each receiver the senders whose messages it drops; for very many nodes the sides.
fn drops(cut: &Cut, names: &[String]) -> Map<String, Value> {
    let count = names.len() as u32;
    if names.len() > LISTED_MAX {
        let side = |(name, ids): (&str, &[NodeId])| (name.to_owned(), json!(named(ids, names)));
        match cut {
            Cut::Groups(groups) => {
                let groups: Vec<Vec<String>> = groups.iter().map(|ids| named(ids, names)).collect();
                return Map::from_iter([("groups".to_owned(), json!(groups))]);
            }
            Cut::OneWay { from, to } => {
                return [("from", &from[..]), ("to", &to[..])].into_iter().map(side).collect();
            }
            Cut::Links(_) => {}
        }
    }
    let partition = Partition { at: Instant::ZERO, until: Instant::MAX, cut: cut.clone() };
    let partitions = Partitions::new(&[partition], count);
    let of = |to: NodeId| -> Vec<NodeId> {
        let all = (0..count).map(NodeId);
        all.filter(|from| partitions.cut(*from, to, Instant::ZERO)).collect()
    };
    let all = (0..count).map(NodeId).map(|to| (to, of(to)));
    let dropping = all.filter(|(_, dropped)| !dropped.is_empty());
    dropping.map(|(to, dropped)| (name(to, names), json!(named(&dropped, names)))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ratio::Ratio;
    use crate::engine::time::Duration;

    #[track_caller]
    fn check(fault: Fault, expected: [(&str, Value, Value); 2]) {
        let names: Vec<String> = (0..3).map(|n| format!("n{n}")).collect();
        let (at, until) = (Instant::from_ns(1), Instant::from_ns(5));
        let window = Window { at, until, fault, spares_clients: false };
        let found = describe(&[window], &names, Instant::MAX);
        let times = [Instant::from_ns(1), Instant::from_ns(5)];
        let entry = |(at, (name, asked, done)): (Instant, (&str, Value, Value))| Entry {
            at,
            name: name.to_owned(),
            asked,
            done,
        };
        let expected: Vec<Entry> = times.into_iter().zip(expected).map(entry).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_partition_says_who_drops_whom() {
        let groups = Cut::Groups(vec![vec![NodeId(1)], vec![NodeId(0), NodeId(2)]]);
        let isolated = json!(["isolated", { "n0": ["n1"], "n1": ["n0", "n2"], "n2": ["n1"] }]);
        check(
            Fault::partition("one", groups),
            [
                ("start-partition", json!("one"), isolated),
                ("stop-partition", Value::Null, json!("network-healed")),
            ],
        );
        let one_way = Cut::OneWay { from: vec![NodeId(2)], to: vec![NodeId(0)] };
        check(
            Fault::one_way(one_way),
            [
                ("start-one-way", Value::Null, json!(["isolated", { "n0": ["n2"] }])),
                ("stop-one-way", Value::Null, json!("network-healed")),
            ],
        );
    }

    #[test]
    fn a_partition_of_very_many_nodes_says_its_sides() {
        let names: Vec<String> = (0..10_000).map(|n| format!("n{n}")).collect();
        let (one, rest) = (vec![NodeId(7)], (8..10_000).map(NodeId).collect::<Vec<_>>());
        let groups = drops(&Cut::Groups(vec![one.clone(), rest.clone()]), &names);
        assert_eq!(groups["groups"][0], json!(["n7"]));
        assert_eq!(groups["groups"][1].as_array().map(Vec::len), Some(9_992));
        let one_way = drops(&Cut::OneWay { from: one, to: rest }, &names);
        assert_eq!(one_way["from"], json!(["n7"]));
    }

    #[test]
    fn other_faults_name_their_nodes_and_numbers() {
        let one = || json!({ "nodes": ["n1"] });
        check(
            Fault::crash(vec![NodeId(1)]),
            [("start-crash", Value::Null, one()), ("stop-crash", Value::Null, one())],
        );
        check(
            Fault::slow(vec![NodeId(1)], Duration::from_ms(200)),
            [
                ("start-slow", Value::Null, json!({ "nodes": ["n1"], "by": "200ms" })),
                ("stop-slow", Value::Null, one()),
            ],
        );
        check(
            Fault::skew(vec![(NodeId(1), Ratio::new(5, 4).expect("a rate"))]),
            [
                ("start-skew", Value::Null, json!({ "rates": { "n1": "1.25" } })),
                ("stop-skew", Value::Null, one()),
            ],
        );
        check(
            Fault::loss(Ratio::new(1, 20).expect("a chance")),
            [
                ("start-loss", Value::Null, json!({ "probability": "0.05" })),
                ("stop-loss", Value::Null, json!("network-healed")),
            ],
        );
    }
}
