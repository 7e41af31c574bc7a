//! A server: a node under test, as its author writes it, and all that it can do.
//!
//! The same server runs wherever a [`Host`] can be made for it: in virtual time, or behind a real
//! program's input and output.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::parameters::Layout;
use super::peer::{Peer, PeerMessage};
use super::protocol::{
    Body, ErrorCode, Reply, Request, RpcError, Service, ServiceReply, ServiceRequest,
};
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{Disk, NodeId, Timer};

/// A node under test.
///
/// Everything it decides by chance comes from [`Cx::rng`]; everything it wants to survive a crash
/// goes to [`Cx::disk`]. After a crash a new server is made and started.
pub trait Server: 'static {
    /// What such servers tell each other.
    type Peer: Peer;

    /// The server starts: it knows who it is, and has its disk if it was here before.
    fn start(&mut self, cx: &mut Cx<'_, Self::Peer>) {
        let _ = cx;
    }

    /// Who its neighbours are, where a workload has a topology. It need not heed them.
    fn topology(&mut self, neighbours: &[NodeId], cx: &mut Cx<'_, Self::Peer>) {
        let _ = (neighbours, cx);
    }

    /// A client asks something, and expects one reply ([`Cx::reply`]), now or later.
    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Self::Peer>);

    /// Another server says something.
    fn peer(&mut self, from: NodeId, message: Self::Peer, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (from, message, cx);
    }

    /// A service answers a request ([`Cx::call`]).
    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (call, answer, cx);
    }

    /// A timer has gone off ([`Cx::set_timer`]).
    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (timer, cx);
    }
}

/// Who asked, to be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caller {
    pub(super) at: NodeId,
    pub(super) client: u32,
    pub(super) msg: u32,
}

impl Caller {
    /// Returns the `msg_id` of the request; each client counts its own.
    pub fn msg_id(&self) -> u32 {
        self.msg
    }
}

/// A request to a service, handed back with its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call(pub u64);

/// What carries out all that a server does.
pub trait Host {
    /// Who the server is.
    fn me(&self) -> NodeId;
    /// Its own clock: the time since its last start.
    fn now(&self) -> Instant;
    /// Its stream of chance.
    fn rng(&mut self) -> &mut Rng;
    /// What survives a crash.
    fn disk(&mut self) -> &mut Disk;
    /// Sends a message.
    fn send(&mut self, to: NodeId, body: Body);
    /// A number that this server has never been given before.
    fn fresh_number(&mut self) -> u64;
    /// Wakes the server after a while.
    fn set_timer(&mut self, after: Duration) -> Timer;
    /// Takes that back.
    fn cancel_timer(&mut self, timer: Timer);
    /// Writes a line to the server's log.
    fn log(&mut self, line: String);
}

/// Where a server is: its host, and who is there besides.
pub(super) struct Site<'a> {
    pub(super) host: &'a mut dyn Host,
    pub(super) layout: Layout,
    pub(super) names: &'a [String],
}

/// The context of a server's handlers: all that a server can see and do. `P` is the type of
/// messages between such servers.
pub struct Cx<'a, P> {
    host: &'a mut dyn Host,
    layout: Layout,
    names: &'a [String],
    peer: PhantomData<fn(P)>,
}

impl<P> Debug for Cx<'_, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Cx").field("me", &self.host.me()).finish_non_exhaustive()
    }
}

impl<'a, P: Peer> Cx<'a, P> {
    pub(super) fn new(site: Site<'a>) -> Cx<'a, P> {
        let Site { host, layout, names } = site;
        Cx { host, layout, names, peer: PhantomData }
    }

    /// Who this server is: its place among the servers, from 0.
    pub fn me(&self) -> NodeId {
        self.host.me()
    }

    /// What a server is called, such as `n0`.
    ///
    /// # Panics
    /// If there is no such server.
    pub fn name(&self, server: NodeId) -> &str {
        &self.names[server.index()]
    }

    /// All servers, this one included.
    pub fn servers(&self) -> impl Iterator<Item = NodeId> + use<P> {
        (0..self.layout.servers).map(NodeId)
    }

    /// All servers but this one.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + use<P> {
        let me = self.me();
        self.servers().filter(move |id| *id != me)
    }

    /// The server's own clock: the time since its last start.
    pub fn now(&self) -> Instant {
        self.host.now()
    }

    /// The server's own stream of chance.
    pub fn rng(&mut self) -> &mut Rng {
        self.host.rng()
    }

    /// What survives a crash of this server.
    pub fn disk(&mut self) -> &mut Disk {
        self.host.disk()
    }

    /// Sends a message to another server. It may be lost, duplicated, late, or overtaken.
    pub fn send(&mut self, to: NodeId, message: P) {
        self.host.send(to, Body::Peer(PeerMessage::new(message)));
    }

    /// Sends a message to several other servers, as one message to each of them.
    pub fn send_to_each(&mut self, to: impl IntoIterator<Item = NodeId>, message: P) {
        let message = PeerMessage::new(message);
        to.into_iter().for_each(|to| self.host.send(to, Body::Peer(message.clone())));
    }

    /// Answers a client.
    pub fn reply(&mut self, caller: Caller, reply: Reply) {
        let Caller { at, client, msg } = caller;
        let reply = Box::new(reply);
        self.host.send(at, Body::Reply { client, in_reply_to: msg, reply });
    }

    /// Answers a client that it was not done, or that nobody knows.
    pub fn fail(&mut self, caller: Caller, code: ErrorCode, text: impl Into<String>) {
        self.reply(caller, Reply::Error(RpcError::new(code, text)));
    }

    /// Answers a client that this server does not do such things.
    pub fn refuse(&mut self, caller: Caller) {
        self.fail(caller, ErrorCode::NOT_SUPPORTED, "this node does something else");
    }

    /// Asks a service; the answer comes to [`Server::answer`], if it comes.
    pub fn call(&mut self, service: Service, request: ServiceRequest) -> Call {
        let call = self.host.fresh_number();
        let request = Box::new(request);
        self.host.send(self.layout.service(service), Body::ServiceRequest { call, request });
        Call(call)
    }

    /// Asks to be woken once, `after` from now; a crash takes the timer back.
    pub fn set_timer(&mut self, after: Duration) -> Timer {
        self.host.set_timer(after)
    }

    /// Takes back a timer; one that has gone off already is left alone.
    pub fn cancel_timer(&mut self, timer: Timer) {
        self.host.cancel_timer(timer);
    }

    /// Writes a line to the server's log.
    pub fn log(&mut self, line: impl Into<String>) {
        self.host.log(line.into());
    }
}
