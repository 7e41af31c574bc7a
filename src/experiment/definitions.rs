//! Definitions of the figures of a Gossip Glomers run, the single source for all tables and pages.

/// Paths of the figures and their meanings. `<zone>` is `all`, `clients` (a client is the sender or
/// the destination) or `servers` (the rest, services included), `<op>` an operation, and `<q>` one
/// of `p50`, `p95`, `p99` and `max`.
pub const FIGURE_DEFINITIONS: [(&str, &str); 14] = [
    (
        "net.<zone>.send_count",
        "messages sent; <zone>: all, clients (one at an end), servers (rest)",
    ),
    ("net.<zone>.recv_count", "copies that arrived"),
    ("net.<zone>.msg_count", "different messages"),
    ("net.<zone>.msgs_per_op", "msg_count / operations begun, reads and final ones included"),
    ("availability.ok_fraction", "operations that succeeded / operations begun"),
    ("stats.count", "operations that ended"),
    ("stats.ok_count", "those that succeeded"),
    ("stats.fail_count", "those that certainly did not happen"),
    ("stats.info_count", "those with an unknown outcome"),
    ("op_latency_ms.<op>.<q>", "how long operations took that succeeded; <q>: p50, p95, p99, max"),
    (
        "stable_latency_ms.<q>",
        "from when a value was known (acknowledged or read) until no read lacked it, whole ms",
    ),
    ("messages_per_broadcast", "net.servers.msg_count / broadcasts begun"),
    (
        "white_box.violated",
        "1 if the true order of versions, which the node records, breaks an expected model, else 0",
    ),
    (
        "white_box.missed",
        "1 if it does and the history alone does not show it, else 0; the mean is how often",
    ),
];

/// Returns the path of the definition that covers this figure.
pub fn pattern_of(path: &str) -> String {
    let parts: Vec<&str> = path.split('.').collect();
    match parts.as_slice() {
        ["net", _, count] => format!("net.<zone>.{count}"),
        ["op_latency_ms", ..] => "op_latency_ms.<op>.<q>".to_owned(),
        ["stable_latency_ms", _] => "stable_latency_ms.<q>".to_owned(),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::figures;
    use crate::glomers::WORKLOADS;

    #[test]
    fn every_figure_is_defined_and_every_definition_is_of_a_figure() {
        let all = WORKLOADS.iter().flat_map(|workload| figures(workload));
        let mut patterns: Vec<String> = all.map(|path| pattern_of(&path)).collect();
        patterns.sort();
        patterns.dedup();
        let mut defined = FIGURE_DEFINITIONS.map(|(pattern, _)| pattern.to_owned());
        defined.sort();
        assert_eq!(patterns, defined);
    }
}
