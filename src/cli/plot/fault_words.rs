//! What a fault of a history does, in words: the parts of a partition instead of the lists of who
//! receives nothing from whom.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Returns the words for the value of a fault's start: `n2 | n0, n1` for a partition, the nodes
/// where it names these alone, and else the value itself.
pub(super) fn fault_words(value: &Value) -> String {
    parts(value).or_else(|| nodes(value)).unwrap_or_else(|| value.to_string())
}

/// Returns the names of the nodes of a fault that says no more than these.
fn nodes(value: &Value) -> Option<String> {
    let fields = value.as_object().filter(|fields| fields.len() == 1)?;
    let names: Option<Vec<&str>> =
        fields.get("nodes")?.as_array()?.iter().map(Value::as_str).collect();
    Some(names?.join(", "))
}

fn parts(value: &Value) -> Option<String> {
    let drops = value.get(1).filter(|_| value[0] == "isolated")?.as_object()?;
    let mut from: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (receiver, senders) in drops {
        let senders = senders.as_array()?.iter().map(Value::as_str).collect::<Option<_>>()?;
        from.insert(receiver, senders);
    }
    let all: BTreeSet<&str> = from
        .iter()
        .flat_map(|(receiver, senders)| senders.iter().chain([receiver]))
        .copied()
        .collect();
    // Nodes that receive nothing from the same nodes are together.
    let mut groups: BTreeMap<&BTreeSet<&str>, Vec<&str>> = BTreeMap::new();
    for (receiver, senders) in &from {
        groups.entry(senders).or_default().push(receiver);
    }
    let is_whole = groups.iter().all(|(senders, members)| {
        let others = all.iter().filter(|node| !members.contains(node)).copied().collect();
        **senders == others
    });
    if is_whole && from.len() == all.len() {
        let mut sides: Vec<String> =
            groups.into_values().map(|members| members.join(", ")).collect();
        sides.sort_by_key(|side| (side.len(), side.clone()));
        return Some(sides.join(" | "));
    }
    let one = |(senders, members): (&BTreeSet<&str>, Vec<&str>)| {
        let senders: Vec<&str> = senders.iter().copied().collect();
        format!("{} do not reach {}", senders.join(", "), members.join(", "))
    };
    Some(groups.into_iter().map(one).collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_partition_is_its_parts() {
        let whole = json!(["isolated", {"n0": ["n1"], "n1": ["n0", "n2"], "n2": ["n1"]}]);
        assert_eq!(fault_words(&whole), "n1 | n0, n2");
        let one_way = json!(["isolated", {"n0": ["n2"]}]);
        assert_eq!(fault_words(&one_way), "n2 do not reach n0");
        assert_eq!(fault_words(&json!({"nodes": ["n1", "n2"]})), "n1, n2");
        assert_eq!(fault_words(&json!({"rates": {"n1": 2}})), "{\"rates\":{\"n1\":2}}");
    }
}
