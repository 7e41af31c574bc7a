//! `lww-kv`: eventually consistent: two last-writer-wins replicas, merged at random.
//!
//! Each request first merges one random replica into another: for each key the higher timestamp
//! wins, on a tie the one that is merged in. If both are the same replica, nothing is merged. Then
//! the request is applied to a random replica. Compare-and-set cannot create a missing key.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{RequestContext, ServiceImpl, apply, key_of};
use crate::protocol::{ServiceReply, ServiceRequest};

/// Number of replicas.
const REPLICAS: usize = 2;

/// The replicas, and the Lamport timestamp of the last write to each key.
#[derive(Debug, Default)]
pub(super) struct LwwKv {
    replicas: [Replica; REPLICAS],
}

#[derive(Debug, Default)]
struct Replica {
    clock: u64,
    keys: BTreeMap<String, (u64, Value)>,
}

impl LwwKv {
    fn merge(&mut self, source: usize, target: usize) {
        if source == target {
            return;
        }
        let from = std::mem::take(&mut self.replicas[source]);
        let to = &mut self.replicas[target];
        to.clock = to.clock.max(from.clock);
        for (key, (time, value)) in &from.keys {
            let wins = to.keys.get(key).is_none_or(|(there, _)| time >= there);
            if wins {
                to.keys.insert(key.clone(), (*time, value.clone()));
            }
        }
        self.replicas[source] = from;
    }

    /// Explains why a reply from this replica is stale, if another has a newer value.
    fn note(&self, key: &str, replica: usize) -> Option<String> {
        let time = |replica: &Replica| replica.keys.get(key).map(|(time, _)| *time);
        let (here, newest) = (time(&self.replicas[replica]), self.replicas.iter().map(time).max());
        (newest.flatten() > here)
            .then(|| format!("stale: from replica {replica}, which lacks the last write to {key}"))
    }
}

impl ServiceImpl for LwwKv {
    fn answer(
        &mut self,
        asked: RequestContext,
        request: &ServiceRequest,
    ) -> Option<(ServiceReply, Option<String>)> {
        let key = key_of(request)?;
        let mut draw = || asked.rng.below(REPLICAS as u64) as usize;
        let (source, target, chosen) = (draw(), draw(), draw());
        self.merge(source, target);
        let request = match request {
            ServiceRequest::Cas { key, from, to, .. } => &ServiceRequest::Cas {
                key: key.clone(),
                from: from.clone(),
                to: to.clone(),
                create: false,
            },
            request => request,
        };
        let note = self.note(&key, chosen);
        let replica = &mut self.replicas[chosen];
        let (answer, new) = apply(replica.keys.get(&key).map(|(_, value)| value), request);
        if let Some(value) = new {
            replica.clock += 1;
            replica.keys.insert(key, (replica.clock, value));
            return Some((answer, None));
        }
        Some((answer, note))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::samples::{ask, code, read, rng, write};
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn old_values_can_be_read_and_the_last_writer_wins_in_the_end() {
        let (mut kv, mut rng) = (LwwKv::default(), rng(1));
        ask(&mut kv, 0, &write("x", 1), &mut rng);
        let mut missing = 0;
        for _ in 0..100 {
            let (answer, note) = ask(&mut kv, 0, &read("x"), &mut rng);
            let lacks = code(&answer) == Some(ErrorCode::KEY_DOES_NOT_EXIST);
            assert_eq!(lacks, note.is_some());
            missing += usize::from(lacks);
        }
        assert!(missing > 0, "for a while one replica knows nothing");
        // By now both have it.
        assert_eq!(ask(&mut kv, 0, &read("x"), &mut rng).0, ServiceReply::Value(json!(1)));
    }

    #[test]
    fn compare_and_set_makes_no_key() {
        let (mut kv, mut rng) = (LwwKv::default(), rng(2));
        let create =
            ServiceRequest::Cas { key: json!("x"), from: json!(0), to: json!(1), create: true };
        let (answer, _) = ask(&mut kv, 0, &create, &mut rng);
        assert_eq!(code(&answer), Some(ErrorCode::KEY_DOES_NOT_EXIST));
    }
}
