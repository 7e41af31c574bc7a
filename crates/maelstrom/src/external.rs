//! The stand-in of a node that runs outside of the simulation, as a process of its own.
//!
//! What comes to the node over the network is put on record, for whoever feeds the process. What
//! the process says is handed to the stand-in ([`Body::Say`]), which sends it. Before the node has
//! said `init_ok` it hears nothing but `init` and what services answer; the rest waits.

use super::parameters::Layout;
use super::participant::{Participant, Problem, ProblemKind, Record};
use super::protocol::Body;
use crate::node::{Context, MessageId, NodeId};

/// A stand-in.
#[derive(Debug)]
pub struct External {
    layout: Layout,
    ready: bool,
    /// What came before the node was ready.
    held: Vec<(NodeId, MessageId, Body)>,
}

/// So many messages wait for a node that is not ready; more would fill the memory.
const HELD_MAX: usize = 1 << 17;

impl External {
    /// The stand-in of a process that has yet to begin.
    pub(super) fn new(layout: Layout) -> External {
        External { layout, ready: false, held: vec![] }
    }

    pub(super) fn message(&mut self, from: NodeId, body: Body, cx: &mut Context<'_, Participant>) {
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
                let text = format!("was told {HELD_MAX} messages before it was ready");
                let (node, kind) = (cx.id(), ProblemKind::NotReady);
                cx.record(Record::Problem(Problem { node, kind, text }));
            }
        }
    }
}
