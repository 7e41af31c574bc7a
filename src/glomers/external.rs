//! The stand-in of a node that runs outside of the simulation, as a process of its own.
//!
//! What comes to the node over the network is put on record, for whoever feeds the process. What
//! the process says is handed to the stand-in ([`Body::Say`]), which sends it. Before the node has
//! said `init_ok` it hears nothing but `init` and what services answer; the rest waits.

use super::parameters::Layout;
use super::participant::{Participant, Record};
use super::protocol::{Body, Reply, Request};
use super::server::Peer;
use crate::node::{Context, MessageId, NodeId};

/// A stand-in.
#[derive(Debug)]
pub struct External<P> {
    layout: Layout,
    ready: bool,
    /// What came before the node was ready.
    held: Vec<(NodeId, MessageId, Body<P>)>,
}

impl<P: Peer> External<P> {
    /// The stand-in of a process that has yet to begin.
    pub(super) fn new(layout: Layout) -> External<P> {
        External { layout, ready: false, held: vec![] }
    }

    pub(super) fn message(
        &mut self,
        from: NodeId,
        body: Body<P>,
        cx: &mut Context<'_, Participant<P>>,
    ) {
        let id = cx.delivered();
        match body {
            Body::Say { to, body } => {
                let is_set_up = to == self.layout.set_up();
                let is_ready =
                    is_set_up && matches!(*body, Body::Reply { reply: Reply::InitOk, .. });
                cx.send(to, *body);
                if is_ready && !self.ready {
                    self.ready = true;
                    for (from, id, body) in std::mem::take(&mut self.held) {
                        cx.record(Record::ToNode(from, id, body));
                    }
                }
            }
            Body::Request { request: Request::Init, .. } | Body::Answer { .. } => {
                cx.record(Record::ToNode(from, id, body));
            }
            body if self.ready => cx.record(Record::ToNode(from, id, body)),
            body => self.held.push((from, id, body)),
        }
    }
}
