//! The replicated state of a key-value store: views, keys, and the replies of requests so far.
//!
//! The replies make a retry harmless: a request that was carried out before has its earlier reply,
//! and one that its sender has given up is left out. Replicas that apply the same batches in the
//! same order have the same state.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::kv_request::{KvReply, KvRequest};
use super::kv_variant::Variant;
use crate::node::Disk;

/// The disk key of the state as of some time, and of each batch since then, a line each.
const STATE: &[u8] = b"state";

/// Identifies a view: who is the primary, and with which members. A later view is larger, and that
/// of a new primary is larger than all that the one before it can make.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct ViewId {
    /// Number of primaries before this one.
    pub(super) epoch: u64,
    /// The place of the primary among the nodes.
    pub(super) primary: u32,
    /// Number of changes of its members since it became the primary.
    pub(super) change: u64,
}

/// A request of a client, as the nodes pass it on.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct KvOp {
    /// The sender, and its number of this request.
    pub(super) id: OpId,
    /// The sender has replies to all its requests before this one, or has given them up.
    pub(super) oldest: u64,
    pub(super) request: KvRequest,
}

/// Identifies a request: the random number of a node's incarnation, and the number of the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct OpId {
    pub(super) life: u64,
    pub(super) number: u64,
}

/// The state of a replica.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct KvState {
    pub(super) view: ViewId,
    /// Number of batches applied.
    pub(super) batches: u64,
    /// Values by key, as JSON text.
    values: BTreeMap<String, Value>,
    /// The replies by sender.
    sessions: BTreeMap<u64, Session>,
}

/// The replies to one incarnation of a node.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Session {
    oldest: u64,
    replies: BTreeMap<u64, KvReply>,
}

impl KvState {
    /// Restores a state from the disk; an empty one if there is none.
    pub(super) fn restored<V: Variant>(disk: &Disk) -> KvState {
        let text = String::from_utf8_lossy(disk.read(STATE).unwrap_or_default());
        let mut lines = text.lines();
        let first = lines.next().and_then(|line| serde_json::from_str(line).ok());
        let mut state: KvState = first.unwrap_or_default();
        for batch in lines.filter_map(|line| serde_json::from_str::<Vec<KvOp>>(line).ok()) {
            state.apply::<V>(&batch);
        }
        state
    }

    /// Writes the state to the disk; it is durable when this returns.
    pub(super) fn save(&self, disk: &mut Disk) {
        disk.write(STATE, line(self));
        disk.sync();
    }

    /// Applies a batch, and adds it to the saved state; it is durable when this returns.
    pub(super) fn append<V: Variant>(
        &mut self,
        batch: &[KvOp],
        disk: &mut Disk,
    ) -> Vec<Option<KvReply>> {
        disk.append(STATE, line(&batch).as_bytes());
        disk.sync();
        self.apply::<V>(batch)
    }

    /// Applies a batch, and returns the reply to each request; `None` for one that was given up.
    pub(super) fn apply<V: Variant>(&mut self, batch: &[KvOp]) -> Vec<Option<KvReply>> {
        self.batches += 1;
        batch.iter().map(|op| self.apply_once::<V>(op)).collect()
    }

    fn apply_once<V: Variant>(&mut self, op: &KvOp) -> Option<KvReply> {
        let OpId { life, number } = op.id;
        let session = self.sessions.entry(life).or_default();
        if number < session.oldest {
            return None;
        }
        if let Some(reply) = session.replies.get(&number).cloned() {
            if V::REPEATS_CAS && matches!(op.request, KvRequest::Cas { .. }) {
                self.carry_out(&op.request);
            }
            return Some(reply);
        }
        session.oldest = session.oldest.max(op.oldest);
        session.replies = session.replies.split_off(&session.oldest);
        let reply = self.carry_out(&op.request);
        self.sessions.entry(life).or_default().replies.insert(number, reply.clone());
        Some(reply)
    }

    fn carry_out(&mut self, request: &KvRequest) -> KvReply {
        match request {
            KvRequest::Read { key } => self.read(key),
            KvRequest::Write { key, value } => {
                self.values.insert(key.to_string(), value.clone());
                KvReply::Written
            }
            KvRequest::Cas { key, from, to } => match self.values.get_mut(&key.to_string()) {
                None => KvReply::Missing,
                Some(value) if value != from => KvReply::Mismatch,
                Some(value) => {
                    *value = to.clone();
                    KvReply::Swapped
                }
            },
        }
    }

    /// Reads a key.
    pub(super) fn read(&self, key: &Value) -> KvReply {
        self.values.get(&key.to_string()).cloned().map_or(KvReply::Missing, KvReply::Value)
    }
}

fn line(value: &impl Serialize) -> String {
    format!("{}\n", serde_json::to_string(value).expect("the state has a JSON form"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::kv_variant::Right;
    use super::*;

    fn cas(number: u64, oldest: u64, from: u64, to: u64) -> KvOp {
        let request = KvRequest::Cas { key: json!("x"), from: json!(from), to: json!(to) };
        KvOp { id: OpId { life: 1, number }, oldest, request }
    }

    fn written(value: u64) -> KvState {
        let mut state = KvState::default();
        let request = KvRequest::Write { key: json!("x"), value: json!(value) };
        state.apply::<Right>(&[KvOp { id: OpId { life: 1, number: 0 }, oldest: 0, request }]);
        state
    }

    #[test]
    fn a_request_that_is_retried_is_carried_out_once() {
        let mut state = written(1);
        let replies = state.apply::<Right>(&[cas(1, 0, 1, 2), cas(2, 0, 2, 1), cas(1, 0, 1, 2)]);
        assert_eq!(replies, vec![Some(KvReply::Swapped); 3]);
        assert_eq!(state.read(&json!("x")), KvReply::Value(json!(1)));
    }

    #[test]
    fn a_request_that_was_given_up_is_not_carried_out_any_more() {
        let mut state = written(1);
        state.apply::<Right>(&[cas(5, 5, 0, 0)]);
        assert_eq!(state.apply::<Right>(&[cas(4, 4, 1, 2)]), [None]);
        assert_eq!(state.read(&json!("x")), KvReply::Value(json!(1)));
        assert_eq!(state.sessions[&1].replies.len(), 1);
    }

    #[test]
    fn a_state_and_the_batches_since_are_read_back_from_the_disk() {
        let mut disk = Disk::default();
        let mut state = written(1);
        state.view = ViewId { epoch: 3, primary: 2, change: 1 };
        state.save(&mut disk);
        state.append::<Right>(&[cas(1, 0, 1, 2), cas(2, 1, 1, 2)], &mut disk);
        state.append::<Right>(&[cas(3, 3, 2, 7)], &mut disk);
        let restored = KvState::restored::<Right>(&disk);
        assert_eq!(line(&restored), line(&state));
        assert_eq!(restored.read(&json!("x")), KvReply::Value(json!(7)));
    }
}
