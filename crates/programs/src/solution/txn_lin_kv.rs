//! Transactions on lists that are strictly serializable: all lists in `lin-kv`, behind one root.
//!
//! Idea: a list is a value of `lin-kv` that never changes; an append makes a new one. The root
//! names the list of each key. A node carries out all transactions that wait, on the lists that the
//! root names, writes the new lists, and compares and sets the root: if that succeeds, all of them
//! have taken effect at that instant. Where another node was faster it begins again. Transactions
//! that only read need no compare-and-set: the root is read after they arrived.
//!
//! ```text
//! root      {"keys": {"7": "n0-12-1 7", "8": "n1-3-1 8"}, "last": {"n0": 12, "n1": 3}}
//! n0-12-1 7 [1, 2, 5]
//! ```
//!
//! The root has the number of the last batch of each node, so that a node whose reply was lost
//! learns what became of its own. A compare-and-set that arrives late fails, since no root comes
//! twice.
//! Cost: two messages to read the root, two for each list that is read or written, two to set the
//! root; shared by all transactions that wait together.
//! Allows: nothing, every history is strictly serializable; where `lin-kv` cannot be reached
//! nothing is answered.
//! Survives: every fault.
//! A node keeps nothing of its own. Requests to services are retried after a second.

use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use super::txn_request::{MicroOp, TxnCaller};
use super::txn_variant::TxnVariant;
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Call, Caller, Cx, Request, Server};
use crate::glomers::{Service, ServiceReply, ServiceRequest};
use crate::node::Timer;

/// Timeout after which a request to the service is retried.
const PATIENCE: Duration = Duration::from_seconds(1);
/// The key of the root.
const ROOT: &str = "root";

/// A node, and the batch that it is carrying out.
#[derive(Debug)]
pub(crate) struct TxnLinKv<V> {
    /// Transactions that wait for the next batch.
    waiting: Vec<(TxnCaller, Vec<MicroOp>)>,
    batch: Vec<(TxnCaller, Vec<MicroOp>)>,
    /// A number that no earlier batch of this name has had, not even before a crash.
    number: u64,
    /// Number of times that the batch was begun again: its lists have other names each time.
    attempt: u32,
    /// The root that the batch is carried out on.
    root: Root,
    /// Lists by their names: they never change.
    lists: BTreeMap<String, Vec<Value>>,
    /// New lists, and whether the results may be given.
    outcome: Option<Outcome>,
    /// Requests to the service that are in flight.
    calls: BTreeMap<Call, Job>,
    timeout: Option<Timer>,
    variant: PhantomData<V>,
}

/// The root, as the service keeps it.
#[derive(Clone, Debug, Default)]
struct Root {
    /// The value; null before the first.
    value: Value,
    /// The name of the list of each key.
    keys: BTreeMap<String, String>,
}

/// The result of a batch.
#[derive(Debug, Default)]
struct Outcome {
    completed: Vec<Vec<Value>>,
    /// The new lists by the keys of transactions.
    lists: BTreeMap<String, Vec<Value>>,
}

/// The purpose of a request to the service.
#[derive(Clone, Debug)]
enum Job {
    ReadRoot,
    ReadList(String),
    WriteList,
    SwapRoot,
}

impl Root {
    fn of(value: Value) -> Root {
        let entries = value.get("keys").and_then(Value::as_object).into_iter().flatten();
        let name = |(key, name): (&String, &Value)| Some((key.clone(), name.as_str()?.to_owned()));
        Root { keys: entries.filter_map(name).collect(), value }
    }

    /// Returns the number of a node's last batch.
    fn last(&self, node: &str) -> Option<u64> {
        self.value.get("last")?.get(node)?.as_u64()
    }

    /// Returns the root after a batch of a node, with the names of new lists.
    fn after(&self, node: &str, number: u64, new: impl Iterator<Item = (String, String)>) -> Value {
        let mut keys = self.keys.clone();
        keys.extend(new);
        let last = self.value.get("last").and_then(Value::as_object).cloned();
        let mut last: Map<String, Value> = last.unwrap_or_default();
        last.insert(node.to_owned(), number.into());
        json!({ "keys": keys, "last": last })
    }
}

impl<V: TxnVariant> TxnLinKv<V> {
    fn ask(&mut self, job: Job, request: ServiceRequest, cx: &mut Cx<'_, ()>) {
        if self.calls.is_empty() {
            self.forget(cx);
            self.timeout = Some(cx.set_timer(PATIENCE));
        }
        let call = cx.call(Service::LinKv, request);
        self.calls.insert(call, job);
    }

    fn read_root(&mut self, cx: &mut Cx<'_, ()>) {
        self.ask(Job::ReadRoot, ServiceRequest::Read { key: json!(ROOT) }, cx);
    }

    /// Begins a batch with all transactions that wait, if none is under way.
    fn begin(&mut self, cx: &mut Cx<'_, ()>) {
        if self.batch.is_empty() && !self.waiting.is_empty() {
            self.batch = std::mem::take(&mut self.waiting);
            self.number = cx.rng().next_u64() >> 1;
            self.attempt = 0;
            let is_read_only = self.batch.iter().all(|(_, ops)| ops.iter().all(MicroOp::is_read));
            if V::READS_OLD_ROOT && is_read_only {
                return self.on_root(self.root.clone(), cx);
            }
            self.read_root(cx);
        }
    }

    /// The keys of the batch.
    fn keys(&self) -> BTreeSet<String> {
        self.batch.iter().flat_map(|(_, ops)| ops).map(MicroOp::key).collect()
    }

    /// Continues with the root: reads the lists that the node does not have yet.
    fn on_root(&mut self, root: Root, cx: &mut Cx<'_, ()>) {
        let is_done = root.last(&self.name(cx)) == Some(self.number);
        self.root = root;
        if is_done && self.outcome.is_some() {
            return self.reply(cx);
        }
        // The outcome of the attempt before stays: its compare-and-set may still succeed, as long
        // as the root is the one that it was made from.
        self.attempt += 1;
        let names = self.keys().into_iter().filter_map(|key| self.root.keys.get(&key).cloned());
        let missing: Vec<String> = names.filter(|name| !self.lists.contains_key(name)).collect();
        for name in &missing {
            let key = json!(name);
            self.ask(Job::ReadList(name.clone()), ServiceRequest::Read { key }, cx);
        }
        if missing.is_empty() {
            self.carry_out(cx);
        }
    }

    /// Carries the batch out on the lists of the root, and writes the new lists.
    fn carry_out(&mut self, cx: &mut Cx<'_, ()>) {
        let mut outcome = Outcome::default();
        for (_, ops) in &self.batch {
            let mut completed = Vec::new();
            for op in ops {
                let key = op.key();
                let known = || self.lists.get(self.root.keys.get(&key)?).cloned();
                let list = outcome.lists.get(&key).cloned().or_else(known);
                if let MicroOp::Append(_, element) | MicroOp::Write(_, element) = op {
                    let mut list = list.unwrap_or_default();
                    list.push(element.clone());
                    outcome.lists.insert(key, list);
                    completed.push(op.completed(None));
                } else {
                    completed.push(op.completed(list.map(Value::Array)));
                }
            }
            outcome.completed.push(completed);
        }
        let is_read_only = outcome.lists.is_empty();
        self.outcome = Some(outcome);
        if is_read_only {
            return self.reply(cx);
        }
        for (name, list) in self.new_lists(cx) {
            let (key, value) = (json!(name), Value::Array(list));
            self.ask(Job::WriteList, ServiceRequest::Write { key, value }, cx);
        }
    }

    /// The new lists with their names.
    fn new_lists(&self, cx: &Cx<'_, ()>) -> Vec<(String, Vec<Value>)> {
        let lists = self.outcome.iter().flat_map(|outcome| &outcome.lists);
        lists.map(|(key, list)| (self.list_name(key, cx), list.clone())).collect()
    }

    fn list_name(&self, key: &str, cx: &Cx<'_, ()>) -> String {
        format!("{}-{}-{} {key}", self.name(cx), self.number, self.attempt)
    }

    fn swap(&mut self, cx: &mut Cx<'_, ()>) {
        let keys = self.outcome.iter().flat_map(|outcome| outcome.lists.keys());
        let new: Vec<_> = keys.map(|key| (key.clone(), self.list_name(key, cx))).collect();
        let to = self.root.after(&self.name(cx), self.number, new.into_iter());
        let key = json!(ROOT);
        if V::WRITES_ROOT {
            return self.ask(Job::SwapRoot, ServiceRequest::Write { key, value: to }, cx);
        }
        let from = self.root.value.clone();
        let create = from.is_null();
        self.ask(Job::SwapRoot, ServiceRequest::Cas { key, from, to, create }, cx);
    }

    /// Replies to the batch, and begins the next one.
    fn reply(&mut self, cx: &mut Cx<'_, ()>) {
        let names = self.new_lists(cx);
        self.lists.extend(names);
        let outcome = self.outcome.take().unwrap_or_default();
        let batch = std::mem::take(&mut self.batch);
        for ((caller, _), completed) in batch.into_iter().zip(outcome.completed) {
            caller.end::<V, _>(completed, cx);
        }
        self.forget(cx);
        self.begin(cx);
    }

    /// Forgets what is in flight: the replies change nothing any more.
    fn forget(&mut self, cx: &mut Cx<'_, ()>) {
        self.calls.clear();
        if let Some(timeout) = self.timeout.take() {
            cx.cancel_timer(timeout);
        }
    }

    fn name(&self, cx: &Cx<'_, ()>) -> String {
        cx.name(cx.me()).to_owned()
    }
}

impl<V: TxnVariant> Build for TxnLinKv<V> {
    fn build(_: &Options) -> TxnLinKv<V> {
        TxnLinKv {
            waiting: vec![],
            batch: vec![],
            number: 0,
            attempt: 0,
            root: Root::default(),
            lists: BTreeMap::new(),
            outcome: None,
            calls: BTreeMap::new(),
            timeout: None,
            variant: PhantomData,
        }
    }
}

impl<V: TxnVariant> Server for TxnLinKv<V> {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some(transaction) = TxnCaller::decode(caller, request, cx) else { return };
        self.waiting.push(transaction);
        self.begin(cx);
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        // Any other reply is late or a duplicate.
        let Some(job) = self.calls.remove(&call) else { return };
        match (job, answer) {
            (Job::ReadRoot, ServiceReply::Value(root)) => self.on_root(Root::of(root), cx),
            (Job::ReadRoot, _) => self.on_root(Root::default(), cx),
            (Job::ReadList(name), ServiceReply::Value(Value::Array(list))) => {
                self.lists.insert(name, list);
                if self.calls.is_empty() {
                    self.carry_out(cx);
                }
            }
            (Job::WriteList, ServiceReply::Written) => {
                if self.calls.is_empty() {
                    self.swap(cx);
                }
            }
            (Job::SwapRoot, ServiceReply::Swapped | ServiceReply::Written) => self.reply(cx),
            // Another node was faster, or something is missing that should be there.
            _ => {
                self.forget(cx);
                self.read_root(cx);
            }
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, ()>) {
        if self.timeout == Some(timer) {
            self.forget(cx);
            self.read_root(cx);
        }
    }
}
