//! What each measure means: the one place where it is written down.

/// The meaning of one measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Definition {
    /// Its name in `summary.json`.
    pub name: &'static str,
    /// What it measures, and in which unit.
    pub meaning: &'static str,
}

const fn of(name: &'static str, meaning: &'static str) -> Definition {
    Definition { name, meaning }
}

/// Of each machine, of what theory predicts of it, and of the run as a whole.
pub const DEFINITIONS: [(&str, &[Definition]); 3] = [
    (
        "machines",
        &[
            of("machine", "the machine's number, from 1"),
            of("rate_per_s", "its configured ticks per second, imperfections left out"),
            of("events", "its events, one a tick"),
            of("events_send", "events that sent; a broadcast is one event"),
            of("events_receive", "events that took a message from the queue"),
            of("events_internal", "events that did neither"),
            of("clock_final", "its Lamport clock at the end"),
            of("clock_rate_per_s", "clock_final / covered_s"),
            of("clock_ratio_to_fastest", "clock_final / the largest clock_final"),
            of("jump_mean", "mean difference of consecutive clocks"),
            of("jump_sd", "sample standard deviation (n - 1) of these differences"),
            of("jump_min", "smallest of them"),
            of("jump_max", "largest of them"),
            of("jump_histogram", "[difference, how often], rising; none above 10,000 machines"),
            of("queue_mean_at_receive", "mean queue length just after a message was taken"),
            of(
                "queue_max_at_receive",
                "largest queue length just after a message was taken: queue_len in trace.csv",
            ),
            of("queue_mean_time", "mean queue length over time"),
            of("share_of_time_queue_empty", "share of the time in which no message waits"),
            of("queue_max", "largest queue length at any time"),
            of("queue_final", "messages that wait at the end"),
            of(
                "queue_growth_per_s",
                "(queue_final - length at half the duration) / half the duration",
            ),
            of("arrival_rate_per_s", "messages that arrived / covered_s"),
            of("free_ticks", "ticks that found no message"),
            of("longest_receive_run_ticks", "longest run of ticks that each found a message"),
            of(
                "longest_gap_between_receives_s",
                "longest time from one of its receives to the next",
            ),
            of("last_time_behind_s", "time of the last event that left messages waiting"),
            of("message_latency_mean_s", "mean time from send to arrival, of messages taken"),
            of("message_wait_mean_s", "mean time from arrival to being taken"),
            of("message_age_mean_s", "mean time from send to being taken"),
            of("lag_final", "largest clock_final - its own"),
            of("lag_mean", "mean distance to the fastest clock, looked at each whole second"),
            of("lag_max", "largest of these distances"),
            of("predicted", "what theory predicts in the long run; null where it says nothing"),
        ],
    ),
    (
        "machines.predicted",
        &[
            of("arrival_rate_per_s", "messages that arrive per second"),
            of("queue_growth_per_s", "messages by which the queue grows per second"),
            of("clock_rate_per_s", "advance of the clock per second"),
            of("jump_mean", "mean difference of consecutive clocks"),
            of("clock_is_bound", "whether the two above are only lower bounds"),
            of("stability", "stable, critical or saturated: whether the queue stays short"),
        ],
    ),
    (
        "run",
        &[
            of("machines", "how many machines there are"),
            of("covered_s", "the virtual seconds that the run covers"),
            of("end", "why it ended: duration, or the name of the limit that was reached"),
            of("events", "events of all machines"),
            of("events_send", "of these, sends: the messages of the run"),
            of("events_receive", "of these, receives"),
            of("events_internal", "of these, neither"),
            of("copies_sent", "copies of messages, one for each addressee"),
            of("copies_duplicated", "further copies that the network made"),
            of("copies_delivered", "copies that arrived"),
            of("copies_received", "of these, taken from a queue"),
            of("copies_queued", "of these, still waiting at the end"),
            of("copies_in_flight", "copies still under way at the end"),
            of("copies_lost", "copies lost by chance"),
            of("copies_cut", "copies cut off by a partition"),
            of("clock_max", "the largest clock_final"),
            of("drift_final", "largest minus smallest clock_final"),
            of("drift_mean", "mean of largest minus smallest clock, looked at each whole second"),
            of("drift_max", "largest of these"),
            of("queue_max_any_machine", "the largest queue_max"),
            of("queue_max_at_receive_any_machine", "the largest queue_max_at_receive"),
            of(
                "fastest_has_highest_clock_share",
                "share of the time in which a machine of the highest rate has the highest clock",
            ),
            of("jump_histogram", "[difference, how often] over all machines, rising"),
            of("no_prediction", "why theory says nothing, where it does not"),
        ],
    ),
];
