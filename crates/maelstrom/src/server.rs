//! The server interface: a node under test, as its author writes it, and all that it can do.
//!
//! The same server runs wherever a [`Host`] can be made for it: in virtual time, or behind a real
//! program's input and output.

use std::fmt::Debug;
use std::marker::PhantomData;

use super::error::{ErrorCode, RpcError};
use super::parameters::Layout;
use super::peer::{Peer, PeerMessage};
use super::protocol::{Body, Reply, Request, ServiceReply, ServiceRequest};
use super::service_name::Service;
use crate::check::txn::EffectKind;
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{Disk, NodeId, Timer};

/// A node under test.
///
/// All its randomness comes from [`Cx::rng`]; all state that must survive a crash goes to
/// [`Cx::disk`]. After a crash a new server is created and started.
pub trait Server: 'static {
    /// The type of messages between such servers.
    type Peer: Peer;

    /// Handles the start: the server knows its id, and has the disk of its earlier incarnations.
    fn start(&mut self, cx: &mut Cx<'_, Self::Peer>) {
        let _ = cx;
    }

    /// Handles the server's neighbours, where a workload has a topology. It may ignore them.
    fn topology(&mut self, neighbours: &[NodeId], cx: &mut Cx<'_, Self::Peer>) {
        let _ = (neighbours, cx);
    }

    /// Handles a client's request, which expects one reply ([`Cx::reply`]), now or later.
    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Self::Peer>);

    /// Handles a message of another server.
    fn peer(&mut self, from: NodeId, message: Self::Peer, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (from, message, cx);
    }

    /// Handles a service's reply to a request ([`Cx::call`]).
    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (call, answer, cx);
    }

    /// Handles a timer that fires ([`Cx::set_timer`]).
    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Self::Peer>) {
        let _ = (timer, cx);
    }
}

/// The sender of a request, to whom the reply goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Caller {
    pub(super) at: NodeId,
    pub(super) client: u32,
    pub(super) msg: u32,
}

impl Caller {
    /// Returns the number of the client: after a timeout its worker continues as another one.
    pub fn client(&self) -> u32 {
        self.client
    }

    /// Returns the `msg_id` of the request; each client counts its own.
    pub fn msg_id(&self) -> u32 {
        self.msg
    }
}

/// A handle of a request to a service, returned with the reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call(pub u64);

/// The host of a server: carries out all that it does.
pub trait Host {
    /// Returns the id of the server.
    fn me(&self) -> NodeId;
    /// Returns its own clock: the time since its last start.
    fn now(&self) -> Instant;
    /// Returns its random stream.
    fn rng(&mut self) -> &mut Rng;
    /// Returns its disk: what survives a crash.
    fn disk(&mut self) -> &mut Disk;
    /// Sends a message.
    fn send(&mut self, to: NodeId, body: Body);
    /// Returns a number that this server has never received before.
    fn fresh_number(&mut self) -> u64;
    /// Sets a timer that fires after this time.
    fn set_timer(&mut self, after: Duration) -> Timer;
    /// Cancels a timer.
    fn cancel_timer(&mut self, timer: Timer);
    /// Writes a line to the server's log.
    fn log(&mut self, line: String);
    /// Records an effect of a request, where a run is observed.
    fn effect(&mut self, caller: Caller, effect: EffectKind) {
        let _ = (caller, effect);
    }
}

/// The environment of a server: its host, and the other participants.
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

    /// Returns this server's id: its place among the servers, from 0.
    pub fn me(&self) -> NodeId {
        self.host.me()
    }

    /// Returns the name of a server, such as `n0`.
    ///
    /// # Panics
    /// If there is no such server.
    pub fn name(&self, server: NodeId) -> &str {
        &self.names[server.index()]
    }

    /// Returns all servers, this one included.
    pub fn servers(&self) -> impl Iterator<Item = NodeId> + use<P> {
        (0..self.layout.servers).map(NodeId)
    }

    /// Returns all servers but this one.
    pub fn peers(&self) -> impl Iterator<Item = NodeId> + use<P> {
        let me = self.me();
        self.servers().filter(move |id| *id != me)
    }

    /// Returns the server's own clock: the time since its last start.
    pub fn now(&self) -> Instant {
        self.host.now()
    }

    /// Returns the server's own random stream.
    pub fn rng(&mut self) -> &mut Rng {
        self.host.rng()
    }

    /// Returns the server's disk: what survives a crash.
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

    /// Replies to a client.
    pub fn reply(&mut self, caller: Caller, reply: Reply) {
        let Caller { at, client, msg } = caller;
        let reply = Box::new(reply);
        self.host.send(at, Body::Reply { client, in_reply_to: msg, reply });
    }

    /// Replies to a client with an error: the request was not carried out, or its outcome is
    /// unknown.
    pub fn fail(&mut self, caller: Caller, code: ErrorCode, text: impl Into<String>) {
        self.reply(caller, Reply::Error(RpcError::new(code, text)));
    }

    /// Replies to a client that this server does not support the request.
    pub fn refuse(&mut self, caller: Caller) {
        self.fail(caller, ErrorCode::NOT_SUPPORTED, "this node does something else");
    }

    /// Sends a request to a service; the reply, if it arrives, goes to [`Server::answer`].
    pub fn call(&mut self, service: Service, request: ServiceRequest) -> Call {
        let call = self.host.fresh_number();
        let request = Box::new(request);
        self.host.send(self.layout.service(service), Body::ServiceRequest { call, request });
        Call(call)
    }

    /// Sets a timer that fires once, `after` from now; a crash cancels it.
    pub fn set_timer(&mut self, after: Duration) -> Timer {
        self.host.set_timer(after)
    }

    /// Cancels a timer; does nothing if it has fired already.
    pub fn cancel_timer(&mut self, timer: Timer) {
        self.host.cancel_timer(timer);
    }

    /// Records that something of a transaction takes effect now, for the exact check of the run: it
    /// changes nothing. All servers of a run record all effects in one order, or none does.
    pub fn effect(&mut self, caller: Caller, effect: EffectKind) {
        self.host.effect(caller, effect);
    }

    /// Writes a line to the server's log.
    pub fn log(&mut self, line: impl Into<String>) {
        self.host.log(line.into());
    }
}
