//! The participants of a simulation: servers, services, clients, and the set-up of nodes.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::any_server::{AnyServer, reply_init_ok};
use super::clients::Clients;
use super::external::External;
use super::outbox::Outbox;
use super::parameters::Layout;
use super::protocol::{Body, Request};
use super::record::{Problem, ProblemKind, Record};
use super::server::{Caller, Host, Site};
use super::service::ServiceNode;
use super::set_up::SetUp;
use crate::check::txn::EffectKind;
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::node::{Context, Disk, MessageId, Node, NodeId, Timer};

/// A participant of a simulation of Gossip Glomers.
#[derive(Debug)]
pub enum Participant {
    /// A node under test.
    Server(ServerPlace),
    /// The proxy for a node under test that runs outside of the simulation, as a process.
    External(External),
    /// One of the services.
    Service(ServiceNode),
    /// All clients.
    Clients(Box<Clients>),
    /// The participant that sets nodes up.
    SetUp(SetUp),
}

thread_local! {
    static IN_CALLBACK: Cell<bool> = const { Cell::new(false) };
}

/// Whether a callback of a node is running on this thread: a panic is then the node's own, is
/// caught and recorded, and need not be printed.
pub fn is_in_callback() -> bool {
    IN_CALLBACK.get()
}

/// A server, and its state as a participant.
pub struct ServerPlace {
    server: Box<dyn AnyServer>,
    layout: Layout,
    /// The names of the servers.
    names: Rc<[String]>,
    state: State,
    /// Messages that arrived before the server was set up.
    held: Vec<(NodeId, Body)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It has not received `init` yet.
    New,
    Ready,
    /// It panicked, and does nothing any more.
    Dead,
}

impl std::fmt::Debug for ServerPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ServerPlace").field("state", &self.state).finish_non_exhaustive()
    }
}

impl ServerPlace {
    /// Creates the place of a server that is yet to be set up.
    pub(super) fn new(
        server: Box<dyn AnyServer>,
        layout: Layout,
        names: Rc<[String]>,
    ) -> ServerPlace {
        ServerPlace { server, layout, names, state: State::New, held: vec![] }
    }

    fn message(&mut self, from: NodeId, body: Body, cx: &mut Context<'_, Participant>) {
        match (self.state, body) {
            (State::Dead, _) => {}
            (State::New, Body::Request { client, msg, request }) if *request == Request::Init => {
                self.state = State::Ready;
                self.guarded(cx, |server, site| server.start(site));
                let caller = Caller { at: from, client, msg };
                self.guarded(cx, |_, site| reply_init_ok(caller, site));
                for (from, body) in std::mem::take(&mut self.held) {
                    self.message(from, body, cx);
                }
            }
            (State::New, body) => self.held.push((from, body)),
            (State::Ready, body) => {
                self.guarded(cx, |server, site| server.message(from, body, site));
            }
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Context<'_, Participant>) {
        if self.state == State::Ready {
            self.guarded(cx, |server, site| server.timer(timer, site));
        }
    }

    /// Calls a handler of the server. A panic in it is the server's own: it is recorded, and the
    /// server is dead from then on.
    fn guarded(
        &mut self,
        context: &mut Context<'_, Participant>,
        call: impl FnOnce(&mut dyn AnyServer, Site<'_>),
    ) {
        let (server, layout, names) = (&mut *self.server, self.layout, &*self.names);
        IN_CALLBACK.set(true);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            call(server, Site { host: context, layout, names });
        }));
        IN_CALLBACK.set(false);
        if let Err(panic) = caught {
            self.state = State::Dead;
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let text = text.unwrap_or_else(|| "a panic".to_owned());
            let (node, kind) = (Context::id(context), ProblemKind::Panic);
            Context::record(context, Record::Problem(Problem { node, kind, text }));
        }
    }
}

impl Host for Context<'_, Participant> {
    fn me(&self) -> NodeId {
        self.id()
    }

    fn now(&self) -> Instant {
        Context::now(self)
    }

    fn rng(&mut self) -> &mut Rng {
        Context::rng(self)
    }

    fn disk(&mut self) -> &mut Disk {
        Context::disk(self)
    }

    fn send(&mut self, to: NodeId, body: Body) {
        Context::send(self, to, body);
    }

    fn fresh_number(&mut self) -> u64 {
        Context::next_handle(self)
    }

    fn set_timer(&mut self, after: Duration) -> Timer {
        Context::set_timer(self, after)
    }

    fn cancel_timer(&mut self, timer: Timer) {
        Context::cancel_timer(self, timer);
    }

    fn log(&mut self, line: String) {
        self.record(Record::Log(line));
    }

    fn effect(&mut self, caller: Caller, effect: EffectKind) {
        self.record(Record::Effect(caller, effect));
    }
}

impl Outbox for Context<'_, Participant> {
    fn id(&self) -> NodeId {
        Context::id(self)
    }

    fn now(&self) -> Instant {
        Context::now(self)
    }

    fn delivered(&self) -> MessageId {
        Context::delivered(self)
    }

    fn rng(&mut self) -> &mut Rng {
        Context::rng(self)
    }

    fn send(&mut self, to: NodeId, body: Body) {
        Context::send(self, to, body);
    }

    fn set_timer(&mut self, after: Duration) -> Timer {
        Context::set_timer(self, after)
    }

    fn cancel_timer(&mut self, timer: Timer) {
        Context::cancel_timer(self, timer);
    }

    fn record(&mut self, record: Record) {
        Context::record(self, record);
    }
}

impl Node for Participant {
    type Message = Body;
    type Record = Record;

    /// An event in the queue, which may have grown to twice its size, and what the body points to.
    const MESSAGE_BYTES: u64 = 256;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        if let Participant::SetUp(set_up) = self {
            set_up.start(cx);
        }
    }

    fn on_message(&mut self, from: NodeId, body: Body, cx: &mut Context<'_, Self>) {
        match self {
            Participant::Server(place) => place.message(from, body, cx),
            Participant::External(external) => external.message(from, body, cx),
            Participant::Service(service) => service.message(from, body, cx),
            Participant::Clients(clients) => clients.message(body, cx),
            Participant::SetUp(set_up) => set_up.message(from, body, cx),
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        match self {
            Participant::Server(place) => place.timer(timer, cx),
            Participant::Service(_) | Participant::External(_) => {}
            Participant::Clients(clients) => clients.timer(timer, cx),
            Participant::SetUp(set_up) => set_up.timer(timer, cx),
        }
    }
}
