//! The messages between the replicas of a key-value store.

use serde::{Deserialize, Serialize};

use super::kv_request::KvReply;
use super::kv_state::{KvOp, KvState, OpId, ViewId};
use crate::glomers::Peer;

/// What a node says of itself.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Status {
    pub(super) view: ViewId,
    pub(super) batches: u64,
    pub(super) is_joining: bool,
}

/// A message between nodes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum Message {
    /// A request of a client.
    Forward(KvOp),
    /// The reply to it.
    Done(OpId, KvReply),
    /// A view with its state.
    Install(KvState),
    /// A batch of a view, and its number.
    Append(ViewId, u64, Vec<KvOp>),
    /// The primary of a view is there.
    Beat(ViewId),
    /// The member has the view, and this number of batches.
    Ack(ViewId, u64),
    /// Asks for the status; says its own. The number comes back with the answer.
    Ask(u64, Status),
    /// The status, as an answer, or since a message of a former view came.
    Status(u64, Status),
}

impl Peer for Message {
    fn kind(&self) -> &'static str {
        match self {
            Message::Forward(_) => "forward",
            Message::Done(..) => "done",
            Message::Install(_) => "install",
            Message::Append(..) => "append",
            Message::Beat(_) => "beat",
            Message::Ack(..) => "ack",
            Message::Ask(..) => "ask",
            Message::Status(..) => "status",
        }
    }
}
