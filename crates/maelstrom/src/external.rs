//! The proxy for a node that runs outside of the simulation, as a process of its own.
//!
//! Messages that arrive at the node over the network are recorded, for the host that feeds the
//! process. Messages of the process are injected into the proxy ([`Body::Say`]), which sends them.
//! Until the node has sent `init_ok` it receives only `init` and replies of services; other
//! messages are held back.

use super::outbox::Outbox;
use super::parameters::Layout;
use super::protocol::Body;
use super::record::{Problem, ProblemKind, Record};
use crate::node::{MessageId, NodeId};

/// The proxy for a hosted process.
#[derive(Debug)]
pub struct External {
    layout: Layout,
    ready: bool,
    /// Messages that arrived before the node was ready.
    held: Vec<(NodeId, MessageId, Body)>,
}

/// Maximum number of messages held for a node that is not ready, which bounds their memory.
const HELD_MAX: usize = 1 << 17;

impl External {
    /// Creates the proxy for a process that has yet to start.
    pub(super) fn new(layout: Layout) -> External {
        External { layout, ready: false, held: vec![] }
    }

    pub(super) fn message(&mut self, from: NodeId, body: Body, cx: &mut dyn Outbox) {
        let id = cx.delivered();
        match body {
            Body::Say { to, body } => {
                let is_set_up = to == self.layout.set_up();
                let is_ready = is_set_up && body.is_init_ok();
                cx.send(to, *body);
                if is_ready && !self.ready {
                    self.ready = true;
                    for (from, id, body) in std::mem::take(&mut self.held) {
                        cx.record(Record::ToNode(from, id, body));
                    }
                }
            }
            Body::ServiceReply { .. } => cx.record(Record::ToNode(from, id, body)),
            body if self.ready || body.is_init() => cx.record(Record::ToNode(from, id, body)),
            body if self.held.len() < HELD_MAX => self.held.push((from, id, body)),
            _ => {
                let text = format!("received {HELD_MAX} messages before it was ready");
                let (node, kind) = (cx.id(), ProblemKind::NotReady);
                cx.record(Record::Problem(Problem { node, kind, text }));
            }
        }
    }
}
