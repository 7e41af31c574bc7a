//! The participants of a simulation: servers, services, clients, and who sets nodes up.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use super::any_server::{AnyServer, reply_init_ok};
use super::clients::Clients;
use super::external::External;
use super::parameters::Layout;
use super::protocol::{Body, Request};
use super::rpc::ProtocolRule;
use super::server::{Caller, Host, Site};
use super::service::ServiceNode;
use super::set_up::SetUp;
use crate::engine::rng::Rng;
use crate::engine::time::{Duration, Instant};
use crate::history::Op;
use crate::node::{Context, Disk, MessageId, Node, NodeId, Timer};

/// A participant of a simulation of Gossip Glomers.
#[derive(Debug)]
pub enum Participant {
    /// A node under test.
    Server(ServerPlace),
    /// The stand-in of a node under test that runs outside of the simulation.
    External(External),
    /// One of the services.
    Service(ServiceNode),
    /// All clients.
    Clients(Box<Clients>),
    /// Who sets nodes up.
    SetUp(SetUp),
}

/// What a participant puts on record.
#[derive(Clone, Debug)]
pub enum Record {
    /// An entry of the history.
    Op(Op),
    /// A line of a server's log.
    Log(String),
    /// Something that must not happen.
    Problem(Problem),
    /// To be handed to the node outside whose stand-in says this: the sender, the message's number,
    /// and what it says.
    ToNode(NodeId, MessageId, Body),
    /// The nodes are set up, and operations begin.
    Began,
    /// A client was given up: another one goes on in its place.
    ClientClosed(u32),
    /// All operations are done.
    Over,
}

/// Something that must not happen, whatever a workload is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The node whose fault it is.
    pub node: NodeId,
    /// What kind of thing.
    pub kind: ProblemKind,
    /// What happened.
    pub text: String,
}

/// What must not happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A reply that is none to its request.
    Protocol,
    /// The node panicked.
    Panic,
    /// The node was not set up in time.
    NotReady,
    /// What a node outside said breaks this rule of the protocol.
    Broken(ProtocolRule),
    /// The process of a node ended, though nobody asked it to.
    Exited,
    /// A node outside does not read what it is told.
    NotReading,
    /// A node outside cannot say anything any more.
    ClosedOutput,
}

impl ProblemKind {
    /// The name in results.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Protocol => "protocol-violation",
            ProblemKind::Panic => "panic",
            ProblemKind::NotReady => "not-ready",
            ProblemKind::Broken(rule) => rule.name(),
            ProblemKind::Exited => "node-exited",
            ProblemKind::NotReading => "not-reading",
            ProblemKind::ClosedOutput => "closed-output",
        }
    }

    /// Whether a run need not go on after it.
    pub fn is_end(self) -> bool {
        !matches!(self, ProblemKind::Protocol | ProblemKind::Broken(_))
    }
}

thread_local! {
    static IN_TURN: Cell<bool> = const { Cell::new(false) };
}

/// Whether a node has its turn on this thread: a panic then is the node's, is caught and put on
/// record, and need not be printed.
pub fn is_node_turn() -> bool {
    IN_TURN.get()
}

/// A server, and what is kept for it.
pub struct ServerPlace {
    server: Box<dyn AnyServer>,
    layout: Layout,
    /// What servers are called.
    names: Rc<[String]>,
    state: State,
    /// What came before the server had been set up.
    held: Vec<(NodeId, Body)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not yet told who it is.
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
    /// A place for a server that is yet to be set up.
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

    /// Calls a handler of the server. A panic in it is the server's own: it is put on record, and
    /// the server is dead from then on.
    fn guarded(
        &mut self,
        context: &mut Context<'_, Participant>,
        call: impl FnOnce(&mut dyn AnyServer, Site<'_>),
    ) {
        let (server, layout, names) = (&mut *self.server, self.layout, &*self.names);
        IN_TURN.set(true);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            call(server, Site { host: context, layout, names });
        }));
        IN_TURN.set(false);
        if let Err(panic) = caught {
            self.state = State::Dead;
            let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
            let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
            let text = text.unwrap_or_else(|| "a panic".to_owned());
            let (node, kind) = (context.id(), ProblemKind::Panic);
            context.record(Record::Problem(Problem { node, kind, text }));
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
