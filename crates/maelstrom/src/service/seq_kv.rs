//! `seq-kv`: sequentially consistent, and as stale as that allows.
//!
//! The last 32 states are kept, and for each client the newest one that it has seen. A request is
//! applied to a random state between that one and the latest. If it changes nothing there, the
//! reply comes from that state, which is then what the client has seen; otherwise it is applied to
//! the latest state, and creates a new one. So a client that only reads may see a stale state for
//! ever, and one that has just changed something sees everything that happened before.
//!
//! ```text
//! states   oldest ─── … ─── seen by the client ─── … ─── latest
//!                           └─ a read may come from any ──────┘
//! ```
//!
//! Unlike in Maelstrom, a client that lags behind by more than 32 states is moved up to the oldest
//! that is kept.

use std::collections::{BTreeMap, VecDeque};

use serde_json::Value;

use super::{RequestContext, ServiceImpl, apply, equal, key_of};
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::protocol::{ServiceReply, ServiceRequest};

/// Number of states that are kept.
const STATES: u64 = 32;

/// All states that are kept, as versions of each key.
#[derive(Debug, Default)]
pub(super) struct SeqKv {
    /// The number of the latest state; the empty one is 0.
    latest: u64,
    keys: BTreeMap<String, VecDeque<Version>>,
    /// The newest state that each client has seen.
    seen: BTreeMap<NodeId, u64>,
}

/// The value of a key from a state on.
#[derive(Debug)]
struct Version {
    since: u64,
    at: Instant,
    value: Value,
}

impl SeqKv {
    /// Returns the value of a key in a state.
    fn value_in(&self, key: &str, state: u64) -> Option<&Version> {
        let versions = self.keys.get(key)?;
        versions.iter().rev().find(|version| version.since <= state)
    }

    fn oldest(&self) -> u64 {
        (self.latest + 1).saturating_sub(STATES)
    }

    /// Creates a new state in which the key has this value.
    fn put(&mut self, key: &str, value: Value, at: Instant) {
        self.latest += 1;
        let oldest = self.oldest();
        let versions = self.keys.entry(key.to_owned()).or_default();
        versions.push_back(Version { since: self.latest, at, value });
        // One version at or before the oldest state is enough.
        while versions.get(1).is_some_and(|next| next.since <= oldest) {
            versions.pop_front();
        }
    }

    /// Explains why a reply from this state is stale, if the key has changed since.
    fn note(&self, key: &str, state: u64, seen: u64) -> Option<String> {
        let versions = self.keys.get(key)?;
        let missed = versions.iter().find(|version| version.since > state)?;
        let Version { since, at, .. } = missed;
        Some(format!(
            "stale: from state {state} of {}; seq-kv may give any state since {seen}, the newest \
             that this node had seen; {key} changed in state {since}, at {at}",
            self.latest,
        ))
    }
}

impl ServiceImpl for SeqKv {
    fn answer(
        &mut self,
        asked: RequestContext,
        request: &ServiceRequest,
    ) -> Option<(ServiceReply, Option<String>)> {
        let key = key_of(request)?;
        let seen = self.seen.get(&asked.by).copied().unwrap_or(0).max(self.oldest());
        let state = seen + asked.rng.below(self.latest - seen + 1);
        let old = self.value_in(&key, state).map(|version| &version.value);
        let (answer, new) = apply(old, request);
        let changes = new.is_some_and(|new| old.is_none_or(|old| !equal(&new, old)));
        if !changes {
            let note = self.note(&key, state, seen);
            self.seen.insert(asked.by, state);
            return Some((answer, note));
        }
        let current = self.value_in(&key, self.latest).map(|version| &version.value);
        let (answer, new) = apply(current, request);
        // A new state in any case, as in Maelstrom: also if the request fails in the latest.
        match new.or_else(|| current.cloned()) {
            Some(value) => self.put(&key, value, asked.at),
            None => self.latest += 1,
        }
        self.seen.insert(asked.by, self.latest);
        Some((answer, None))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::samples::{ask, cas, read, rng, write};
    use super::*;

    #[test]
    fn a_client_that_has_changed_something_sees_all_that_came_before() {
        let (mut kv, mut rng) = (SeqKv::default(), rng(1));
        for value in 0..100 {
            ask(&mut kv, 0, &write("x", value), &mut rng);
            ask(&mut kv, 1, &write("junk", value), &mut rng);
            let (answer, note) = ask(&mut kv, 1, &read("x"), &mut rng);
            assert_eq!((answer, note), (ServiceReply::Value(json!(value)), None));
        }
    }

    #[test]
    fn a_client_that_only_reads_may_see_stale_states_in_their_order_with_a_note() {
        let (mut kv, mut rng) = (SeqKv::default(), rng(2));
        let (mut stale, mut last) = (0, -1);
        ask(&mut kv, 0, &write("x", 0), &mut rng);
        for value in 1..200 {
            ask(&mut kv, 0, &write("x", value), &mut rng);
            let (answer, note) = ask(&mut kv, 1, &read("x"), &mut rng);
            let ServiceReply::Value(found) = answer else { continue };
            let found = found.as_i64().expect("a number");
            assert!(found >= last && found > value - STATES as i64, "{found} at {value}");
            assert_eq!(note.is_some(), found < value, "{note:?}");
            stale += usize::from(found < value);
            last = found;
        }
        assert!(stale > 20, "{stale}");
    }

    #[test]
    fn the_same_value_again_need_not_be_fresh_and_a_real_change_is() {
        let (mut kv, mut rng) = (SeqKv::default(), rng(3));
        for value in 0..20 {
            ask(&mut kv, 0, &write("x", value), &mut rng);
        }
        // A compare-and-set of the latest value is put to the latest state in the end.
        let mut swapped = false;
        for _ in 0..50 {
            let (answer, _) = ask(&mut kv, 1, &cas("x", 19, 20), &mut rng);
            swapped |= answer == ServiceReply::Swapped;
        }
        assert!(swapped);
        assert_eq!(ask(&mut kv, 0, &write("x", 19), &mut rng).0, ServiceReply::Written);
    }

    #[test]
    fn only_what_can_still_be_seen_is_kept() {
        let (mut kv, mut rng) = (SeqKv::default(), rng(4));
        for value in 0..1_000 {
            ask(&mut kv, 0, &write("x", value), &mut rng);
        }
        assert!(kv.keys.values().all(|versions| versions.len() <= STATES as usize));
    }
}
