//! Servers with their types erased, so that one simulation holds any of them.

use super::peer::{PeerMessage, PeerParser};
use super::protocol::{Body, Reply, Request};
use super::server::{Call, Caller, Cx, Server, Site};
use crate::node::{NodeId, Timer};

/// A server of any type.
pub(super) trait AnyServer {
    /// Starts the server.
    fn start(&mut self, site: Site<'_>);
    /// Delivers a message: a request other than `init`, a message of another server, or the reply
    /// of a service. Others are not for servers, and are ignored.
    fn message(&mut self, from: NodeId, body: Body, site: Site<'_>);
    /// Fires a timer.
    fn timer(&mut self, timer: Timer, site: Site<'_>);
    /// Returns the parser of the messages between such servers.
    fn parser(&self) -> PeerParser;
}

impl<S: Server> AnyServer for S {
    fn start(&mut self, site: Site<'_>) {
        Server::start(self, &mut Cx::new(site));
    }

    fn message(&mut self, from: NodeId, body: Body, site: Site<'_>) {
        let cx: &mut Cx<'_, S::Peer> = &mut Cx::new(site);
        match body {
            Body::Request { client, msg, request } => {
                let caller = Caller { at: from, client, msg };
                match *request {
                    Request::Topology(neighbours) => {
                        self.topology(&neighbours[cx.me().index()], cx);
                        cx.reply(caller, Reply::TopologyOk);
                    }
                    request => self.request(caller, request, cx),
                }
            }
            Body::Peer(message) => self.peer(from, message.into_inner(), cx),
            Body::ServiceReply { call, answer } => self.answer(Call(call), answer.answer, cx),
            Body::Reply { .. }
            | Body::ServiceRequest { .. }
            | Body::Say { .. }
            | Body::Faults(_)
            | Body::Spawned
            | Body::Go => {}
        }
    }

    fn timer(&mut self, timer: Timer, site: Site<'_>) {
        Server::timer(self, timer, &mut Cx::new(site));
    }

    fn parser(&self) -> PeerParser {
        PeerMessage::parse::<S::Peer>
    }
}

/// Replies `init_ok` for a server that has started.
pub(super) fn reply_init_ok(caller: Caller, site: Site<'_>) {
    Cx::<()>::new(site).reply(caller, Reply::InitOk);
}
