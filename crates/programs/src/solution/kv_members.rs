//! The members of a view, as its primary sees them: the batch on its way to them, and the replies
//! that wait for their acknowledgements.

use std::collections::BTreeMap;

use super::kv_message::Message;
use super::kv_request::KvReply;
use super::kv_state::{KvOp, KvState, OpId};
use super::kv_variant::Variant;
use crate::glomers::Cx;
use crate::node::{Disk, NodeId};

/// Number of ticks without an acknowledgement after which a member is taken for dead.
const SILENT_MAX: u32 = 20;

/// The members of a view, and their batch.
#[derive(Debug, Default)]
pub(super) struct Members {
    members: BTreeMap<NodeId, Member>,
    /// Requests that wait for the next batch, with the nodes that forwarded them.
    queue: BTreeMap<OpId, (NodeId, KvOp)>,
    /// The last batch, and the replies that wait for the members.
    batch: Vec<KvOp>,
    replies: Vec<(NodeId, OpId, KvReply)>,
}

/// What is known of a member.
#[derive(Debug, Default)]
struct Member {
    /// Number of ticks since its last acknowledgement.
    silent: u32,
    has_view: bool,
    has_batch: bool,
}

impl Members {
    pub(super) fn new(members: impl Iterator<Item = NodeId>) -> Members {
        let members = members.map(|id| (id, Member::default())).collect();
        Members { members, ..Members::default() }
    }

    /// Adds a member without a state. Returns whether the view changes: not if the member has not
    /// yet acknowledged the view, which is sent to it until it does.
    pub(super) fn add(&mut self, id: NodeId, has_seen_view: bool) -> bool {
        let is_under_way = self.members.get(&id).is_some_and(|member| !member.has_view);
        let changes = !is_under_way || has_seen_view;
        if changes {
            self.members.insert(id, Member::default());
        }
        changes
    }

    /// Counts a tick; removes members that have been silent for long. Returns whether there were
    /// any.
    pub(super) fn drop_silent(&mut self) -> bool {
        self.members.values_mut().for_each(|member| member.silent += 1);
        let before = self.members.len();
        self.members.retain(|_, member| member.silent < SILENT_MAX);
        self.members.len() < before
    }

    /// Adds a request to the next batch.
    pub(super) fn enqueue(&mut self, from: NodeId, op: KvOp) {
        self.queue.insert(op.id, (from, op));
    }

    /// Notes an acknowledgement of the present view.
    pub(super) fn acked(&mut self, from: NodeId, has_batch: bool) {
        if let Some(member) = self.members.get_mut(&from) {
            member.silent = 0;
            member.has_view = true;
            member.has_batch |= has_batch;
        }
    }

    /// Whether all members have the view and the last batch.
    pub(super) fn are_up_to_date(&self) -> bool {
        self.members.values().all(|member| member.has_view && member.has_batch)
    }

    /// Takes the replies that wait for the members.
    pub(super) fn take_replies(&mut self) -> Vec<(NodeId, OpId, KvReply)> {
        std::mem::take(&mut self.replies)
    }

    /// Applies what waits as the next batch; returns whether there is one.
    pub(super) fn begin_batch<V: Variant>(&mut self, state: &mut KvState, disk: &mut Disk) -> bool {
        if self.queue.is_empty() {
            return false;
        }
        let (from, batch): (Vec<_>, Vec<_>) = std::mem::take(&mut self.queue).into_values().unzip();
        let replies = state.append::<V>(&batch, disk);
        let of_op = from.into_iter().zip(&batch).zip(replies);
        self.replies =
            of_op.filter_map(|((node, op), reply)| Some((node, op.id, reply?))).collect();
        self.batch = batch;
        self.members.values_mut().for_each(|member| member.has_batch = false);
        true
    }

    /// Sends the last batch to all members.
    pub(super) fn send_batch(&self, state: &KvState, cx: &mut Cx<'_, Message>) {
        let message = Message::Append(state.view, state.batches, self.batch.clone());
        cx.send_to_each(self.members.keys().copied(), message);
    }

    /// Sends a changed view to all members.
    pub(super) fn send_view(&mut self, state: &KvState, cx: &mut Cx<'_, Message>) {
        for member in self.members.values_mut() {
            (member.has_view, member.has_batch) = (false, false);
        }
        cx.send_to_each(self.members.keys().copied(), Message::Install(state.clone()));
    }

    /// Sends each node what it has not acknowledged, or else a beat.
    pub(super) fn send_due(&self, state: &KvState, cx: &mut Cx<'_, Message>) {
        for peer in cx.peers() {
            let message = match self.members.get(&peer) {
                Some(member) if !member.has_view => Message::Install(state.clone()),
                Some(member) if !member.has_batch => {
                    Message::Append(state.view, state.batches, self.batch.clone())
                }
                _ => Message::Beat(state.view),
            };
            cx.send(peer, message);
        }
    }
}
