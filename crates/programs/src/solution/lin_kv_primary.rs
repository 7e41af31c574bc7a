//! A linearizable key-value store on the nodes themselves: a primary with backups, and failover by
//! timeouts.
//!
//! Idea: a view names a primary and its members. The primary collects requests into batches,
//! applies one batch at a time, and replies when all members of its view have it on their disks:
//! to reads, too. So each member has all that was ever acknowledged. The other nodes forward the
//! requests of their clients to the primary, again and again under the same number; the replies
//! are part of the replicated state, so that a retry is carried out once.
//!
//! ```text
//!   backup   ── forward ─►                               ─► reply to the client
//!   primary               apply, append ─►   all acked ─ done ─►
//!   members                              ack ─►
//! ```
//!
//! Failover: the primary sends a beat every tick, and drops a member that is silent for many ticks.
//! A backup without a beat asks all nodes for many ticks. If most of them answer, but neither the
//! primary nor a lower member of the view does, it takes over in a new epoch, with those nodes as
//! members. A node that finds a view above its own, or has restarted, serves nothing until the
//! primary has sent it the state. If all nodes have restarted, the one with the latest view and the
//! most batches becomes the primary.
//!
//! A tick is a fresh timer, so a node that was paused, or whose messages take long, is not taken
//! for dead before it could answer several times. A view is on the primary's disk when all members
//! have it: otherwise a primary that crashes before would come back with a view that others have
//! passed by.
//!
//! Cost: four messages per batch and member at most, two to forward a request, and two per node and
//! tick. An operation takes two round trips, or three from a backup's client. While a member does
//! not answer, nothing is acknowledged until it is dropped, after two seconds.
//! Survives: crash, pause, slow, skew, loss, duplication.
//! Not partition, in either form: a primary that is cut off drops all others and goes on alone,
//! while they have another one. Not wipe: a node may be the only member.

use std::cmp::{Ordering, Reverse};
use std::collections::BTreeMap;
use std::marker::PhantomData;

use super::kv_members::Members;
use super::kv_message::{Message, Status};
use super::kv_request::{KvCaller, KvReply, KvRequest};
use super::kv_state::{KvOp, KvState, OpId, ViewId};
use super::kv_variant::Variant;
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Request, Server};
use crate::node::{NodeId, Timer};

/// Time between two ticks, in which a node repeats what was not answered.
const TICK: Duration = Duration::from_ms(100);
/// Number of ticks without a beat after which a backup asks for the primary.
const QUIET: u32 = 10;
/// Number of ticks for which it asks.
const TRIES: u32 = 20;
/// Number of ticks after which a request is given up: its client has long timed out.
const PATIENCE: u32 = 100;

/// A replica of the store.
#[derive(Debug)]
pub(crate) struct LinKvPrimary<V> {
    state: KvState,
    role: Role,
    /// A random number, drawn at each start.
    life: u64,
    next: u64,
    /// Requests of our clients, by their numbers.
    pending: BTreeMap<u64, Pending>,
    variant: PhantomData<V>,
}

/// A request of a client that has no reply yet.
#[derive(Debug)]
struct Pending {
    caller: KvCaller,
    request: KvRequest,
    /// Number of ticks since it came.
    ticks: u32,
}

#[derive(Debug)]
enum Role {
    /// Without a current state; with the answers of other nodes.
    Joining(BTreeMap<NodeId, Status>),
    /// A member of the view, with the number of ticks since the last beat, and answers since then.
    Backup { quiet: u32, answers: BTreeMap<NodeId, Status> },
    /// The primary of the view, and whether the view is on its disk.
    Primary { members: Members, is_active: bool },
}

impl<V: Variant> LinKvPrimary<V> {
    fn status(&self) -> Status {
        let is_joining = matches!(self.role, Role::Joining(_));
        Status { view: self.state.view, batches: self.state.batches, is_joining }
    }

    /// Sends a request to the primary, if there is one.
    fn submit(&mut self, number: u64, cx: &mut Cx<'_, Message>) {
        let Some(Pending { request, .. }) = self.pending.get(&number) else { return };
        let oldest = self.pending.keys().next().copied().unwrap_or(number);
        let op = KvOp { id: OpId { life: self.life, number }, oldest, request: request.clone() };
        match self.role {
            Role::Primary { .. } => self.enqueue(cx.me(), op, cx),
            Role::Backup { .. } => {
                cx.send(NodeId(self.state.view.primary), Message::Forward(op));
            }
            Role::Joining(_) => {}
        }
    }

    fn done(&mut self, id: OpId, reply: KvReply, cx: &mut Cx<'_, Message>) {
        if id.life == self.life
            && let Some(pending) = self.pending.remove(&id.number)
        {
            pending.caller.reply(reply, cx);
        }
    }

    /// Adds a request to the next batch.
    fn enqueue(&mut self, from: NodeId, op: KvOp, cx: &mut Cx<'_, Message>) {
        if let Role::Primary { members, .. } = &mut self.role {
            members.enqueue(from, op);
            self.advance(cx);
        }
    }

    /// As the primary, replies to what all members have, and begins the next batch.
    fn advance(&mut self, cx: &mut Cx<'_, Message>) {
        while let Role::Primary { members, is_active } = &mut self.role
            && members.are_up_to_date()
        {
            if !*is_active {
                *is_active = true;
                self.state.save(cx.disk());
            }
            let mut replies = members.take_replies();
            let has_more = members.begin_batch::<V>(&mut self.state, cx.disk());
            if V::REPLIES_FIRST {
                replies.append(&mut members.take_replies());
            } else if has_more {
                members.send_batch(&self.state, cx);
            }
            for (node, id, reply) in replies {
                if node == cx.me() {
                    self.done(id, reply, cx);
                } else {
                    cx.send(node, Message::Done(id, reply));
                }
            }
            if !has_more {
                return;
            }
        }
    }

    /// Becomes the primary of a new epoch, with these members and itself.
    fn lead(&mut self, members: impl Iterator<Item = NodeId>, cx: &mut Cx<'_, Message>) {
        let epoch = self.state.view.epoch + 1;
        self.state.view = ViewId { epoch, primary: cx.me().0, change: 0 };
        self.role = Role::Primary { members: Members::new(members), is_active: false };
        self.install_view(cx);
    }

    /// As the primary, sends a changed view to all its members.
    fn install_view(&mut self, cx: &mut Cx<'_, Message>) {
        let Role::Primary { members, is_active } = &mut self.role else { return };
        self.state.view.change += 1;
        *is_active = false;
        members.send_view(&self.state, cx);
        self.advance(cx);
    }

    /// Gives up the state: another one is the current one.
    fn join(&mut self, cx: &mut Cx<'_, Message>) {
        if !matches!(self.role, Role::Joining(_)) {
            self.role = Role::Joining(BTreeMap::new());
            self.ask(cx);
        }
    }

    fn ask(&self, cx: &mut Cx<'_, Message>) {
        cx.send_to_each(cx.peers(), Message::Ask(self.life, self.status()));
    }

    /// Handles a message of the primary of a view: a batch, or a beat.
    fn follow(
        &mut self,
        from: NodeId,
        view: ViewId,
        batch: Option<(u64, Vec<KvOp>)>,
        cx: &mut Cx<'_, Message>,
    ) {
        match view.cmp(&self.state.view) {
            Ordering::Less => cx.send(from, Message::Status(self.life, self.status())),
            Ordering::Greater => self.join(cx),
            Ordering::Equal => {
                let Role::Backup { quiet, answers } = &mut self.role else { return };
                *quiet = 0;
                answers.clear();
                if let Some((number, ops)) = batch
                    && number == self.state.batches + 1
                {
                    self.state.append::<V>(&ops, cx.disk());
                }
                cx.send(from, Message::Ack(view, self.state.batches));
            }
        }
    }

    /// Handles a view with its state.
    fn install(&mut self, from: NodeId, state: KvState, cx: &mut Cx<'_, Message>) {
        let view = state.view;
        if view > self.state.view {
            self.state = state;
            self.state.save(cx.disk());
            self.role = Role::Backup { quiet: 0, answers: BTreeMap::new() };
        }
        self.follow(from, view, None, cx);
    }

    /// Handles an acknowledgement of a member.
    fn acked(&mut self, from: NodeId, view: ViewId, batches: u64, cx: &mut Cx<'_, Message>) {
        if let Role::Primary { members, .. } = &mut self.role
            && view == self.state.view
        {
            members.acked(from, batches == self.state.batches);
            self.advance(cx);
        }
    }

    /// Handles the question of a node that joins, or misses the primary.
    fn asked(&mut self, from: NodeId, life: u64, status: Status, cx: &mut Cx<'_, Message>) {
        if status.view > self.state.view {
            self.join(cx);
        }
        cx.send(from, Message::Status(life, self.status()));
        if let Role::Primary { members, .. } = &mut self.role
            && status.is_joining
            && members.add(from, status.view == self.state.view)
        {
            self.install_view(cx);
        }
    }

    /// Handles the status of another node.
    fn answered(&mut self, from: NodeId, life: u64, status: Status, cx: &mut Cx<'_, Message>) {
        if status.view > self.state.view {
            self.join(cx);
        }
        if let Role::Joining(answers) | Role::Backup { answers, .. } = &mut self.role
            && life == self.life
        {
            answers.insert(from, status);
            self.lead_if_all_join(cx);
        }
    }

    /// Becomes the primary if all nodes have restarted and this one has the latest state.
    fn lead_if_all_join(&mut self, cx: &mut Cx<'_, Message>) {
        let rank = |id, status: &Status| (status.view, status.batches, Reverse(id));
        let mine = rank(cx.me(), &self.status());
        if let Role::Joining(answers) = &self.role
            && answers.len() == cx.peers().count()
            && answers.iter().all(|(id, status)| status.is_joining && rank(*id, status) < mine)
        {
            self.lead(cx.peers(), cx);
        }
    }

    /// As a backup without a primary, becomes the primary if most nodes are there, but no lower
    /// member of the view is.
    fn take_over(&mut self, cx: &mut Cx<'_, Message>) {
        let Role::Backup { quiet, answers } = &mut self.role else { return };
        let view = self.state.view;
        let answers = std::mem::take(answers);
        *quiet = QUIET;
        let are_most = 2 * (answers.len() + 1) > cx.servers().count();
        let is_first = |(id, status): (&NodeId, &Status)| {
            let is_member = !status.is_joining && status.view == view;
            !is_member || *id > cx.me() && *id != NodeId(view.primary)
        };
        if are_most && answers.iter().all(is_first) {
            self.lead(answers.into_keys(), cx);
        }
    }

    /// As the primary, drops members that have been silent for long, and repeats what the others
    /// have not acknowledged.
    fn beat(&mut self, cx: &mut Cx<'_, Message>) {
        let Role::Primary { members, .. } = &mut self.role else { return };
        if members.drop_silent() {
            return self.install_view(cx);
        }
        members.send_due(&self.state, cx);
    }

    /// Sends the requests again that have no reply, and gives up those that are old.
    fn retry(&mut self, cx: &mut Cx<'_, Message>) {
        self.pending.values_mut().for_each(|pending| pending.ticks += 1);
        self.pending.retain(|_, pending| pending.ticks < PATIENCE);
        for number in self.pending.keys().copied().collect::<Vec<_>>() {
            self.submit(number, cx);
        }
    }
}

impl<V: Variant> Build for LinKvPrimary<V> {
    fn build(_: &Options) -> LinKvPrimary<V> {
        LinKvPrimary {
            state: KvState::default(),
            role: Role::Joining(BTreeMap::new()),
            life: 0,
            next: 0,
            pending: BTreeMap::new(),
            variant: PhantomData,
        }
    }
}

impl<V: Variant> Server for LinKvPrimary<V> {
    type Peer = Message;

    fn start(&mut self, cx: &mut Cx<'_, Message>) {
        self.state = KvState::restored::<V>(cx.disk());
        self.life = cx.rng().next_u64();
        self.ask(cx);
        self.lead_if_all_join(cx);
        cx.set_timer(TICK);
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Message>) {
        let Some((caller, request)) = KvRequest::decode(caller, request, cx) else { return };
        if V::BACKUPS_READ
            && let (Role::Backup { .. }, KvRequest::Read { key }) = (&self.role, &request)
        {
            return caller.reply(self.state.read(key), cx);
        }
        let number = self.next;
        self.next += 1;
        self.pending.insert(number, Pending { caller, request, ticks: 0 });
        self.submit(number, cx);
    }

    fn peer(&mut self, from: NodeId, message: Message, cx: &mut Cx<'_, Message>) {
        match message {
            Message::Forward(op) => self.enqueue(from, op, cx),
            Message::Done(id, reply) => self.done(id, reply, cx),
            Message::Install(state) => self.install(from, state, cx),
            Message::Append(view, number, ops) => self.follow(from, view, Some((number, ops)), cx),
            Message::Beat(view) => self.follow(from, view, None, cx),
            Message::Ack(view, batches) => self.acked(from, view, batches, cx),
            Message::Ask(life, status) => self.asked(from, life, status, cx),
            Message::Status(life, status) => self.answered(from, life, status, cx),
        }
    }

    fn timer(&mut self, _: Timer, cx: &mut Cx<'_, Message>) {
        match &mut self.role {
            Role::Joining(_) => self.ask(cx),
            Role::Backup { quiet, .. } => {
                *quiet += 1;
                match *quiet {
                    0..=QUIET => {}
                    quiet if quiet <= QUIET + TRIES => self.ask(cx),
                    _ => self.take_over(cx),
                }
            }
            Role::Primary { .. } => self.beat(cx),
        }
        self.retry(cx);
        cx.set_timer(TICK);
    }
}
