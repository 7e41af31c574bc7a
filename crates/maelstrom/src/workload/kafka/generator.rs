//! The generator of operations on logs, which sees what has been sent and polled.
//!
//! As Jepsen's: a pool of active keys, of which the later ones are chosen more often; a key is
//! replaced after a number of messages. Half of the operations send, half poll; one of 64 assigns
//! the key that it would have been about, and a third of these also all keys with messages that
//! were acknowledged and not polled yet. Clients crash every 30 s.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::engine::rng::Rng;
use crate::history::{F, LogOp, LogRead, OpValue};
use crate::workload::ClientParameters;
use crate::workload::key_pool::KeyPool;

/// One of this many operations is an assignment.
const ASSIGN_EVERY: u64 = 64;
/// Mean time between two crashes of a client, in seconds.
const CRASH_EVERY: u128 = 30;

/// A pool of keys, and the progress of each log.
#[derive(Debug)]
pub(super) struct Generator {
    keys: KeyPool,
    /// An operation is a crash with the probability of the first of the second.
    crash: (u64, u64),
    /// The offsets of each key that were acknowledged and not polled yet.
    unpolled: BTreeMap<String, BTreeSet<i64>>,
}

impl Generator {
    pub(super) fn new(parameters: ClientParameters) -> Generator {
        let rate = parameters.rate;
        let crashes = u128::from(parameters.concurrency) * u128::from(rate.denominator());
        let operations = CRASH_EVERY * u128::from(rate.numerator());
        let word = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Generator {
            keys: KeyPool::new(parameters.key_count, parameters.max_writes_per_key),
            crash: (word(crashes), word(operations).max(1)),
            unpolled: BTreeMap::new(),
        }
    }

    /// Generates an operation.
    pub(super) fn next(&mut self, rng: &mut Rng) -> (F, OpValue) {
        if rng.below(self.crash.1) < self.crash.0 {
            return (F::Crash, OpValue::Nil);
        }
        let place = self.keys.choose(rng);
        let sends = rng.below(2) == 0;
        if rng.below(ASSIGN_EVERY) == 0 {
            return (F::Assign, self.assigned(place, rng));
        }
        match sends {
            true => (F::Send, self.message(place)),
            false => (F::Poll, poll()),
        }
    }

    fn message(&mut self, place: usize) -> OpValue {
        let (key, number) = self.keys.write(place);
        let (key, message) = (key.to_string().into(), number as i64);
        OpValue::Log([LogOp::Send { key, message, offset: None }].into())
    }

    fn assigned(&self, place: usize, rng: &mut Rng) -> OpValue {
        let own = self.keys.key(place).to_string();
        let others = match rng.below(3) {
            0 => self.unpolled.keys().filter(|key| **key != own).cloned().collect(),
            _ => vec![],
        };
        let keys = std::iter::once(own).chain(others);
        OpValue::Json(keys.map(Value::from).collect())
    }

    /// All keys that have been in use.
    pub(super) fn all_keys(&self) -> OpValue {
        OpValue::Json(self.keys.all().map(|key| Value::from(key.to_string())).collect())
    }

    /// Takes note of the result of an operation that has succeeded.
    pub(super) fn on_ok(&mut self, result: &OpValue) {
        let OpValue::Log(ops) = result else { return };
        for op in ops {
            match op {
                LogOp::Send { key, offset: Some(offset), .. } => {
                    self.unpolled.entry(key.to_string()).or_default().insert(*offset);
                }
                LogOp::Poll(Some(reads)) => reads.iter().for_each(|read| self.on_read(read)),
                _ => {}
            }
        }
    }

    fn on_read(&mut self, read: &LogRead) {
        let Some(offsets) = self.unpolled.get_mut(&*read.key) else { return };
        for (offset, _) in &read.messages {
            offsets.remove(offset);
        }
        if offsets.is_empty() {
            self.unpolled.remove(&*read.key);
        }
    }
}

/// The argument of a poll.
pub(super) fn poll() -> OpValue {
    OpValue::Log([LogOp::Poll(None)].into())
}
