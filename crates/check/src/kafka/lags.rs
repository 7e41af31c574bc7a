//! How far polls are behind in real time: Jepsen's `:worst-realtime-lag`.
//!
//! The lag of a poll on a key is how long the log had been known to go on after the highest offset
//! that its process has seen, when the poll began. While a process sees nothing new of a key the
//! lag only grows, so that one look at its last poll is enough.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::orders::Entry as HistoryEntry;
use super::resolve::{NO_OFFSET, ResolvedReads, ResolvedSend};
use crate::engine::time::{Duration, Instant};
use crate::history::EntryKind;

/// The greatest lag of all, and where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WorstLag {
    /// When the poll began.
    pub time: Instant,
    /// Who polled.
    pub process: u64,
    /// Number of the key.
    pub key: u32,
    /// How far it was behind.
    pub lag: Duration,
}

/// The lags of all processes, as the entries of a history pass.
pub(super) struct Lags<'a> {
    pollers: BTreeMap<u64, Poller>,
    gauge: Gauge<'a>,
}

/// What lags are measured by, and the greatest so far.
struct Gauge<'a> {
    /// For each key, when it was first known to have an offset at least as high as this one.
    highs: &'a [Vec<(i64, Instant)>],
    worst: Option<WorstLag>,
}

/// What a process has seen of each key that it reads.
#[derive(Clone, Debug)]
struct Poller {
    process: u64,
    seen: BTreeMap<u32, Seen>,
    /// Number of ok polls.
    polls: u64,
    /// When the last one of them began.
    last_poll: Instant,
}

/// The highest offset that was seen of a key.
#[derive(Clone, Copy, Debug)]
struct Seen {
    offset: i64,
    /// Number of ok polls before those that count with this offset.
    polls_before: u64,
}

impl<'a> Lags<'a> {
    pub(super) fn new(highs: &'a [Vec<(i64, Instant)>]) -> Lags<'a> {
        Lags { pollers: BTreeMap::new(), gauge: Gauge { highs, worst: None } }
    }

    /// Looks at an ok poll or transaction that began at an instant.
    pub(super) fn poll(
        &mut self,
        process: u64,
        began: Instant,
        reads: &ResolvedReads,
        sends: &[ResolvedSend],
    ) {
        let poller = self.pollers.entry(process).or_insert_with(|| Poller::new(process));
        for (key, range) in &reads.keys {
            let highest = reads.offsets[range.clone()].iter().max().copied();
            poller.see(*key, highest.unwrap_or(NO_OFFSET), &mut self.gauge);
        }
        for send in sends.iter().filter(|send| send.offset != NO_OFFSET) {
            poller.see(send.key, send.offset, &mut self.gauge);
        }
        poller.polls += 1;
        poller.last_poll = began;
    }

    /// Looks at the end of an assignment. Keys are in ascending order.
    pub(super) fn assign(&mut self, entry: HistoryEntry<'_>, keys: &[u32]) {
        if entry.op.kind != EntryKind::Ok {
            return;
        }
        let process = entry.process;
        let poller = self.pollers.entry(process).or_insert_with(|| Poller::new(process));
        let seen = std::mem::take(&mut poller.seen);
        for (key, seen) in seen {
            if keys.binary_search(&key).is_ok() {
                poller.seen.insert(key, seen);
            } else {
                self.gauge.measure(poller, key, seen);
            }
        }
        let polls_before = poller.polls;
        for key in keys {
            poller.seen.entry(*key).or_insert(Seen { offset: NO_OFFSET, polls_before });
        }
    }

    /// Looks at the end of a subscription, after which the keys of a process are not known.
    pub(super) fn subscribe(&mut self, entry: HistoryEntry<'_>) {
        self.assign(entry, &[]);
    }

    /// Measures all that a process had assigned when it ended.
    pub(super) fn retire(&mut self, process: u64) {
        let Some(poller) = self.pollers.remove(&process) else { return };
        for (key, seen) in &poller.seen {
            self.gauge.measure(&poller, *key, *seen);
        }
    }

    /// Measures what is left at the end of a history.
    pub(super) fn finish(mut self) -> Option<WorstLag> {
        let processes: Vec<u64> = self.pollers.keys().copied().collect();
        processes.into_iter().for_each(|process| self.retire(process));
        self.gauge.worst
    }
}

impl Poller {
    fn new(process: u64) -> Poller {
        Poller { process, seen: BTreeMap::new(), polls: 0, last_poll: Instant::ZERO }
    }

    /// A poll sees this offset of a key.
    fn see(&mut self, key: u32, offset: i64, gauge: &mut Gauge<'_>) {
        let now = Seen { offset, polls_before: self.polls };
        match self.seen.entry(key) {
            Entry::Vacant(place) => {
                place.insert(now);
            }
            Entry::Occupied(mut place) if place.get().offset < offset => {
                let before = place.insert(now);
                gauge.measure(self, key, before);
            }
            Entry::Occupied(_) => {}
        }
    }
}

impl Gauge<'_> {
    /// The lag of the last poll of a process that counts with an offset.
    fn measure(&mut self, poller: &Poller, key: u32, seen: Seen) {
        if poller.polls == seen.polls_before {
            return;
        }
        let highs = self.highs.get(key as usize).map_or(&[][..], Vec::as_slice);
        let later = highs.partition_point(|(offset, _)| *offset <= seen.offset);
        let time = poller.last_poll;
        let lag = highs.get(later).map(|(_, since)| time.saturating_since(*since));
        let lag = lag.unwrap_or(Duration::ZERO);
        if self.worst.is_none_or(|worst| worst.lag < lag) {
            let process = poller.process;
            self.worst = Some(WorstLag { time, process, key, lag });
        }
    }
}
