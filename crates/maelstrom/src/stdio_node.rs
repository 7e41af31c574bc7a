//! A server behind lines: the same node program, driven by lines of JSON and real time.
//!
//! Nothing here reads, writes or waits: the host passes in lines and the time, and drains the
//! output. The output of a callback may be written only once its changes of the disk are safe.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::rc::Rc;

use super::any_server::{AnyServer, reply_init_ok};
use super::parameters::Layout;
use super::protocol::Body;
use super::server::{Caller, Host, Site};
use super::wire::{Envelope, Incoming, Refusal, Wire, listen};
use super::workload::Workload;
use crate::engine::rng::{Purpose, Rng, Seed};
use crate::engine::time::{Duration, Instant};
use crate::node::{Disk, NodeId, Timer};

/// A node program driven by lines and the time.
pub trait StdioNode: Debug {
    /// Handles a line, without its newline. `disk` returns what survives a crash of the node of
    /// this name; it is called at `init`.
    fn on_line(&mut self, now: Instant, line: &[u8], disk: &mut dyn FnMut(&str) -> Disk);

    /// Returns when its next timer fires.
    fn next_timer(&self) -> Option<Instant>;

    /// Advances the time, and fires the timers that are due.
    fn wake(&mut self, now: Instant);

    /// Returns its disk: what survives a crash.
    fn disk(&mut self) -> &mut Disk;

    /// Takes the lines that it has sent, and the lines that it has logged.
    fn drain_output(&mut self) -> (Vec<String>, Vec<String>);
}

/// What differs from one process of a node to the next.
#[derive(Clone, Copy, Debug)]
pub struct Incarnation {
    /// Root of its random streams: not the same for two incarnations of a node.
    pub seed: Seed,
    /// A number above all that earlier incarnations have given to their service requests.
    pub first_number: u64,
}

/// A server behind lines.
pub(super) struct StdioServer {
    server: Box<dyn AnyServer>,
    /// Whether the server has received `init`.
    ready: bool,
    host: LineHost,
}

/// The host that carries out what the server does.
struct LineHost {
    wire: Wire,
    names: Rc<[String]>,
    me: NodeId,
    now: Instant,
    life: Incarnation,
    rng: Rng,
    disk: Disk,
    numbers: u64,
    /// Pending timers, by the instant at which they fire.
    timers: BTreeSet<(Instant, Timer)>,
    said: Vec<String>,
    logged: Vec<String>,
}

impl Debug for StdioServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StdioServer").field("me", &self.host.me).finish_non_exhaustive()
    }
}

impl StdioServer {
    /// Creates a server that has not received `init` yet.
    pub(super) fn new(
        server: Box<dyn AnyServer>,
        workload: &'static Workload,
        life: Incarnation,
    ) -> StdioServer {
        let host = LineHost {
            wire: Wire { names: vec![], workload },
            names: Rc::default(),
            me: NodeId(0),
            now: Instant::ZERO,
            life,
            rng: life.seed.stream(Purpose::Node, 0),
            disk: Disk::default(),
            numbers: life.first_number,
            timers: BTreeSet::new(),
            said: vec![],
            logged: vec![],
        };
        StdioServer { server, ready: false, host }
    }

    /// Calls a handler of the server.
    fn call(&mut self, call: impl FnOnce(&mut dyn AnyServer, Site<'_>)) {
        let layout = self.host.layout();
        let names = Rc::clone(&self.host.names);
        call(&mut *self.server, Site { host: &mut self.host, layout, names: &names });
    }
}

impl StdioNode for StdioServer {
    fn on_line(&mut self, now: Instant, line: &[u8], disk: &mut dyn FnMut(&str) -> Disk) {
        self.host.now = now;
        match listen(line, &self.host.wire, self.server.parser()) {
            Ok(Incoming::Init { me, names, client, msg }) if !self.ready => {
                self.ready = true;
                self.host.disk = disk(&names[me.index()]);
                self.host.rng = self.host.life.seed.stream(Purpose::Node, me.0.into());
                self.host.names = names.as_slice().into();
                self.host.wire.names = names;
                self.host.me = me;
                self.call(|server, site| server.start(site));
                let caller = Caller { at: self.host.layout().set_up(), client, msg };
                self.call(|_, site| reply_init_ok(caller, site));
            }
            Ok(Incoming::Message(from, body)) if self.ready => {
                self.call(|server, site| server.message(from, body, site));
            }
            Ok(Incoming::Init { .. }) => self.host.logged.push("a second init: ignored".into()),
            Ok(Incoming::Message(..)) => {
                self.host.logged.push("a message before init: ignored".into());
            }
            Err(Refusal { why, reply }) => {
                self.host.logged.push(format!("cannot understand a line: {why}"));
                if let (Some(reply), true) = (reply, self.ready) {
                    let clients = self.host.layout().clients();
                    self.host.send(clients, *reply);
                }
            }
        }
    }

    fn next_timer(&self) -> Option<Instant> {
        self.host.timers.first().map(|(at, _)| *at)
    }

    fn wake(&mut self, now: Instant) {
        self.host.now = now;
        while let Some((at, timer)) = self.host.timers.first().copied().filter(|(at, _)| *at <= now)
        {
            self.host.timers.remove(&(at, timer));
            self.call(|server, site| server.timer(timer, site));
        }
    }

    fn disk(&mut self) -> &mut Disk {
        &mut self.host.disk
    }

    fn drain_output(&mut self) -> (Vec<String>, Vec<String>) {
        (std::mem::take(&mut self.host.said), std::mem::take(&mut self.host.logged))
    }
}

impl LineHost {
    fn layout(&self) -> Layout {
        self.wire.layout()
    }
}

impl Host for LineHost {
    fn me(&self) -> NodeId {
        self.me
    }

    fn now(&self) -> Instant {
        self.now
    }

    fn rng(&mut self) -> &mut Rng {
        &mut self.rng
    }

    fn disk(&mut self) -> &mut Disk {
        &mut self.disk
    }

    fn send(&mut self, to: NodeId, body: Body) {
        let envelope = Envelope { id: None, from: self.me, to, body: &body };
        self.said.extend(self.wire.line(&envelope));
    }

    fn fresh_number(&mut self) -> u64 {
        self.numbers += 1;
        self.numbers
    }

    fn set_timer(&mut self, after: Duration) -> Timer {
        self.numbers += 1;
        let timer = Timer(self.numbers);
        self.timers.insert((self.now.saturating_add(after), timer));
        timer
    }

    fn cancel_timer(&mut self, timer: Timer) {
        self.timers.retain(|(_, set)| *set != timer);
    }

    fn log(&mut self, line: String) {
        self.logged.push(line);
    }
}
