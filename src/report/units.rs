//! Units and labels of measures, derived from their names.

use crate::scale_model::DEFINITIONS;

/// Returns the unit of a measure, if it has one.
pub fn measure_unit(name: &str) -> Option<&'static str> {
    let thing = || {
        let first = name.split('_').next().unwrap_or("");
        match first {
            "clock" | "drift" | "lag" | "jump" => Some("clock units"),
            "queue" | "arrival" => Some("messages"),
            "copies" => Some("copies"),
            "events" => Some("events"),
            "rate" | "free" | "longest" => Some("ticks"),
            _ => None,
        }
    };
    match name {
        "stale_answers" => Some("answers"),
        "lost" | "cut" | "crashed" | "duplicates" => Some("copies"),
        _ if name.ends_with("_share") || name.ends_with("_fraction") => None,
        _ if name.ends_with("_per_op") || name == "messages_per_broadcast" => None,
        _ if name.starts_with("net_") => Some("messages"),
        _ if name.starts_with("stats_") => Some("operations"),
        _ if name.contains("_latency_ms_") => Some("ms"),
        _ if name.ends_with("_per_s") => Some(match thing() {
            Some("clock units") => "clock units/s",
            Some("messages") => "messages/s",
            Some("copies") => "copies/s",
            Some("events") => "events/s",
            Some("ticks") => "ticks/s",
            _ => "1/s",
        }),
        _ if name.ends_with("_ms") => Some("ms"),
        _ if name.ends_with("_s") => Some("seconds"),
        _ if name.contains("_ratio") || name == "machines" => None,
        _ => thing(),
    }
}

/// Returns a measure in words, without its unit.
pub(super) fn measure_words(name: &str) -> String {
    match name {
        "valid_share" => return "share of valid runs".to_owned(),
        "targets_met_share" => return "share of runs that meet their targets".to_owned(),
        "net_servers_msgs_per_op" => return "messages between nodes per operation".to_owned(),
        "net_all_msgs_per_op" => return "messages per operation".to_owned(),
        _ if name.contains("_latency_ms_") => return name.replace("_ms_", "_").replace('_', " "),
        _ => {}
    }
    let stem = ["_per_s", "_ms", "_s", "_ticks"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name);
    stem.replace('_', " ")
}

/// Returns the label of an axis: the measure in words, with its unit.
pub fn measure_label(name: &str) -> String {
    let words = measure_words(name);
    match measure_unit(name) {
        Some(unit) => format!("{words} ({unit})"),
        None => words,
    }
}

/// Returns the meaning of a measure, if it is known.
pub(super) fn measure_meaning(name: &str) -> Option<&'static str> {
    let all = DEFINITIONS.iter().flat_map(|(_, definitions)| definitions.iter());
    all.filter(|definition| definition.name == name).map(|definition| definition.meaning).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_follow_from_names() {
        let cases = [
            ("queue_growth_per_s", "queue growth (messages/s)"),
            ("arrival_rate_per_s", "arrival rate (messages/s)"),
            ("clock_rate_per_s", "clock rate (clock units/s)"),
            ("rate_per_s", "rate (ticks/s)"),
            ("drift_final", "drift final (clock units)"),
            ("jump_mean", "jump mean (clock units)"),
            ("queue_max_any_machine", "queue max any machine (messages)"),
            ("copies_in_flight", "copies in flight (copies)"),
            ("message_wait_mean_s", "message wait mean (seconds)"),
            ("last_time_behind_s", "last time behind (seconds)"),
            ("longest_receive_run_ticks", "longest receive run (ticks)"),
            ("clock_ratio_to_fastest", "clock ratio to fastest"),
            ("events_send", "events send (events)"),
            ("mood_per_s", "mood (1/s)"),
            ("mood", "mood"),
            ("stable_latency_ms_p50", "stable latency p50 (ms)"),
            ("op_latency_ms_read_max", "op latency read max (ms)"),
            ("valid_share", "share of valid runs"),
            ("net_servers_msgs_per_op", "messages between nodes per operation"),
            ("net_all_recv_count", "net all recv count (messages)"),
            ("cut", "cut (copies)"),
        ];
        for (name, label) in cases {
            assert_eq!(measure_label(name), label);
        }
    }

    #[test]
    fn measures_have_meanings() {
        assert_eq!(measure_meaning("drift_final"), Some("largest minus smallest clock_final"));
        assert_eq!(measure_meaning("mood"), None);
    }
}
