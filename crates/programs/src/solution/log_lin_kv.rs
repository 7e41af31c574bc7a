//! Challenge 5b, a log shared by all nodes through `lin-kv`.
//!
//! Idea: the log of a key is a row of chunks, each one value of `lin-kv`: a text with a line for
//! each message, its tag and its JSON. To append, a node compares and sets the last chunk from what
//! it knows to what it wants, with all sends that wait for that key; where another node was faster
//! it reads the chunk and tries again. The tag tells a node, after a reply was lost, that its
//! compare-and-set was done. A poll first reads the last chunk of each of its keys; polls that wait
//! for the same read share it.
//!
//! ```text
//!   log-k-0  [m0 … m31]   full: never changes again
//!   log-k-1  [m32 m33]    ── cas ──►  [m32 m33 m34 m35]
//!   commit-k  33          ── cas ──►  35, never back
//! ```
//!
//! Cost: two messages per send without contention, shared by sends that wait together; two per key
//! of a poll or a commit.
//! Survives: every fault.
//! A node keeps nothing of its own. Requests to services are retried after a second.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::log_request::{LogCaller, LogRequest, Messages, Offsets};
use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Call, Caller, Cx, ErrorCode, Request, Server};
use crate::glomers::{Service, ServiceReply, ServiceRequest};
use crate::node::Timer;

/// Timeout after which a request to the service is retried.
const PATIENCE: Duration = Duration::from_seconds(1);
/// Number of messages in a full chunk.
const CHUNK: usize = 32;
/// Maximum number of messages of a key in a reply to a poll.
const POLL_MAX: usize = 100;

/// A node, with what it knows of the logs.
#[derive(Debug, Default)]
pub(super) struct LogLinKv {
    keys: BTreeMap<String, KeyLog>,
    calls: BTreeMap<Call, (Job, Timer)>,
    timeouts: BTreeMap<Timer, Call>,
    /// Requests that wait for several keys.
    gathers: BTreeMap<u64, Gather>,
    next_gather: u64,
}

/// The log of a key, as far as the node knows it.
#[derive(Debug, Default)]
struct KeyLog {
    /// Messages with their tags; the index is the offset.
    entries: Vec<(u64, Value)>,
    /// The last chunk, as the service keeps it: a prefix of what it has now.
    chunk: String,
    /// Sends that have not been appended yet.
    queue: Vec<Append>,
    /// Whether a compare-and-set or a read of the last chunk is in flight.
    is_asking: bool,
    /// Polls that wait for a read of the last chunk.
    polls: Vec<u64>,
    /// The committed offset, as last read.
    committed: Option<i64>,
    /// Commits that wait, with their offsets.
    commits: Vec<(u64, i64)>,
    /// Whether a compare-and-set or a read of the committed offset is in flight.
    is_committing: bool,
    /// Lists of committed offsets that wait for a read.
    lists: Vec<u64>,
}

/// A message that is to be appended.
#[derive(Debug)]
struct Append {
    caller: LogCaller,
    tag: u64,
    message: Value,
}

/// A request that waits for several keys.
#[derive(Debug)]
struct Gather {
    caller: LogCaller,
    request: LogRequest,
    missing: BTreeSet<String>,
}

/// The purpose of a request to the service.
#[derive(Clone, Debug)]
enum Job {
    /// Appends the first of the sends that wait to the last chunk of a key, this many.
    Append(String, usize),
    /// Reads the last chunk of a key.
    Refresh(String),
    /// Raises the committed offset of a key.
    Commit(String, i64),
    /// Reads the committed offset of a key.
    ReadCommit(String),
}

impl KeyLog {
    /// Returns the key of the last chunk.
    fn chunk_key(&self, key: &str) -> Value {
        format!("log-{key}-{}", self.entries.len() / CHUNK).into()
    }

    /// Number of messages in the last chunk.
    fn chunk_len(&self) -> usize {
        self.entries.len() % CHUNK
    }

    /// Returns the last chunk with the first of the sends that wait.
    fn chunk_with(&self, count: usize) -> String {
        let mut chunk = self.chunk.clone();
        for Append { tag, message, .. } in self.queue.iter().take(count) {
            chunk += &format!("{tag} {message}\n");
        }
        chunk
    }

    /// Adds what is new in the last chunk.
    fn learn(&mut self, chunk: String) {
        let new = chunk.strip_prefix(&self.chunk).unwrap_or_default();
        let pair = |line: &str| {
            let (tag, message) = line.split_once(' ')?;
            Some((tag.parse().ok()?, serde_json::from_str(message).ok()?))
        };
        let before = self.entries.len();
        self.entries.extend(new.lines().filter_map(pair));
        if self.entries.len() > before {
            self.chunk = if self.chunk_len() == 0 { String::new() } else { chunk };
        }
    }
}

fn commit_key(key: &str) -> Value {
    json!(format!("commit-{key}"))
}

impl LogLinKv {
    fn ask(&mut self, job: Job, cx: &mut Cx<'_, ()>) {
        let request = self.request_of(&job);
        let call = cx.call(Service::LinKv, request);
        let timeout = cx.set_timer(PATIENCE);
        self.timeouts.insert(timeout, call);
        self.calls.insert(call, (job, timeout));
    }

    fn request_of(&self, job: &Job) -> ServiceRequest {
        match job {
            Job::Append(key, count) => {
                let log = &self.keys[key];
                let (from, to) = (log.chunk.clone().into(), log.chunk_with(*count).into());
                ServiceRequest::Cas { key: log.chunk_key(key), from, to, create: true }
            }
            Job::Refresh(key) => ServiceRequest::Read { key: self.keys[key].chunk_key(key) },
            Job::Commit(key, offset) => {
                let from = self.keys[key].committed.map_or(Value::Null, Value::from);
                let to = json!(offset);
                ServiceRequest::Cas { key: commit_key(key), from, to, create: true }
            }
            Job::ReadCommit(key) => ServiceRequest::Read { key: commit_key(key) },
        }
    }

    /// Continues with the log of a key, if nothing is in flight for it: polls go first, since a
    /// read brings an append up to date.
    fn go_on(&mut self, key: &str, cx: &mut Cx<'_, ()>) {
        let log = self.keys.entry(key.to_owned()).or_default();
        if log.is_asking || log.queue.is_empty() && log.polls.is_empty() {
            return;
        }
        log.is_asking = true;
        let room = CHUNK - log.chunk_len();
        let job = match log.polls.is_empty() {
            true => Job::Append(key.to_owned(), log.queue.len().min(room)),
            false => Job::Refresh(key.to_owned()),
        };
        self.ask(job, cx);
    }

    /// Continues with the committed offset of a key, if nothing is in flight for it.
    fn go_on_committing(&mut self, key: &str, cx: &mut Cx<'_, ()>) {
        let log = self.keys.entry(key.to_owned()).or_default();
        let known = log.committed;
        let (done, open): (Vec<_>, Vec<_>) =
            log.commits.drain(..).partition(|(_, offset)| known >= Some(*offset));
        log.commits = open;
        let highest = log.commits.iter().map(|(_, offset)| *offset).max();
        let job = match (log.is_committing, highest, log.lists.is_empty()) {
            (false, _, false) => Some(Job::ReadCommit(key.to_owned())),
            (false, Some(offset), _) => Some(Job::Commit(key.to_owned(), offset)),
            _ => None,
        };
        log.is_committing |= job.is_some();
        done.into_iter().for_each(|(gather, _)| self.gathered(gather, key, cx));
        if let Some(job) = job {
            self.ask(job, cx);
        }
    }

    /// Handles the last chunk of a key: what the node has asked for is in it, or not yet.
    fn learn(&mut self, key: &str, chunk: String, cx: &mut Cx<'_, ()>) {
        let Some(log) = self.keys.get_mut(key) else { return };
        let first = log.entries.len();
        log.learn(chunk);
        log.is_asking = false;
        let is_full = log.entries.len() > first && log.chunk_len() == 0;
        let polls = if is_full { vec![] } else { std::mem::take(&mut log.polls) };
        for offset in first..log.entries.len() {
            let tag = log.entries[offset].0;
            if let Some(place) = log.queue.iter().position(|append| append.tag == tag) {
                log.queue.remove(place).caller.sent(offset as i64, cx);
            }
        }
        polls.into_iter().for_each(|gather| self.gathered(gather, key, cx));
        self.go_on(key, cx);
    }

    /// Removes a key from those that a request waits for; replies if none is left.
    fn gathered(&mut self, number: u64, key: &str, cx: &mut Cx<'_, ()>) {
        let Some(gather) = self.gathers.get_mut(&number) else { return };
        gather.missing.remove(key);
        if gather.missing.is_empty()
            && let Some(Gather { caller, request, .. }) = self.gathers.remove(&number)
        {
            self.finish(caller, request, cx);
        }
    }

    fn finish(&self, caller: LogCaller, request: LogRequest, cx: &mut Cx<'_, ()>) {
        match request {
            LogRequest::Poll(offsets) => caller.polled(self.poll(&offsets), cx),
            LogRequest::List(keys) => {
                let known = |key: String| Some((key.clone(), self.keys.get(&key)?.committed?));
                caller.listed(keys.into_iter().filter_map(known).collect(), cx);
            }
            LogRequest::Commit(_) | LogRequest::Send(..) => caller.committed(cx),
        }
    }

    fn poll(&self, offsets: &Offsets) -> Messages {
        let mut messages = Messages::new();
        for (key, from) in offsets {
            let entries = self.keys.get(key).map(|log| log.entries.as_slice()).unwrap_or_default();
            let from = usize::try_from(*from).unwrap_or_default();
            let new = (from..).zip(entries.iter().skip(from)).take(POLL_MAX);
            let pairs: Vec<_> = new.map(|(at, (_, value))| (at as i64, value.clone())).collect();
            if !pairs.is_empty() {
                messages.insert(key.clone(), pairs);
            }
        }
        messages
    }

    /// Begins a request that waits for several keys; `wait` adds it to what waits for a key.
    fn gather(
        &mut self,
        caller: LogCaller,
        request: LogRequest,
        keys: Vec<String>,
        wait: impl Fn(&mut KeyLog, &str, u64),
    ) -> Vec<String> {
        let number = self.next_gather;
        self.next_gather += 1;
        for key in &keys {
            wait(self.keys.entry(key.clone()).or_default(), key, number);
        }
        let missing = keys.iter().cloned().collect();
        self.gathers.insert(number, Gather { caller, request, missing });
        keys
    }
}

impl Build for LogLinKv {
    fn build(_: &Options) -> LogLinKv {
        LogLinKv::default()
    }
}

impl Server for LogLinKv {
    type Peer = ();

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, ()>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        match &request {
            LogRequest::Send(key, message) => {
                let (key, message, tag) = (key.clone(), message.clone(), cx.rng().next_u64());
                let log = self.keys.entry(key.clone()).or_default();
                log.queue.push(Append { caller, tag, message });
                self.go_on(&key, cx);
            }
            LogRequest::Poll(offsets) if offsets.is_empty() => caller.polled(Messages::new(), cx),
            LogRequest::Poll(offsets) => {
                let keys = offsets.keys().cloned().collect();
                let keys = self.gather(caller, request, keys, |log, _, number| {
                    log.polls.push(number);
                });
                keys.iter().for_each(|key| self.go_on(key, cx));
            }
            LogRequest::Commit(offsets) if offsets.is_empty() => caller.committed(cx),
            LogRequest::Commit(offsets) => {
                let wanted = offsets.clone();
                let keys = offsets.keys().cloned().collect();
                let keys = self.gather(caller, request, keys, |log, key, number| {
                    log.commits.push((number, wanted[key]));
                });
                keys.iter().for_each(|key| self.go_on_committing(key, cx));
            }
            LogRequest::List(keys) if keys.is_empty() => caller.listed(Offsets::new(), cx),
            LogRequest::List(keys) => {
                let keys = keys.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
                let keys = self.gather(caller, request, keys, |log, _, number| {
                    log.lists.push(number);
                });
                keys.iter().for_each(|key| self.go_on_committing(key, cx));
            }
        }
    }

    fn answer(&mut self, call: Call, answer: ServiceReply, cx: &mut Cx<'_, ()>) {
        // Any other reply is late or a duplicate.
        let Some((job, timeout)) = self.calls.remove(&call) else { return };
        self.timeouts.remove(&timeout);
        cx.cancel_timer(timeout);
        match (job, answer) {
            (Job::Append(key, count), ServiceReply::Swapped) => {
                let chunk = self.keys[&key].chunk_with(count);
                self.learn(&key, chunk, cx);
            }
            (Job::Append(key, _), _) => self.ask(Job::Refresh(key), cx),
            (Job::Refresh(key), ServiceReply::Value(Value::String(chunk))) => {
                self.learn(&key, chunk, cx);
            }
            (Job::Refresh(key), answer) if is_missing(&answer) => {
                self.learn(&key, String::new(), cx)
            }
            (Job::Commit(key, offset), ServiceReply::Swapped) => {
                self.committed(&key, Some(offset), cx);
            }
            (Job::Commit(key, _), _) => self.ask(Job::ReadCommit(key), cx),
            (Job::ReadCommit(key), ServiceReply::Value(offset)) => {
                self.read_commit(&key, offset.as_i64(), cx);
            }
            (Job::ReadCommit(key), answer) if is_missing(&answer) => {
                self.read_commit(&key, None, cx);
            }
            (job, _) => self.ask(job, cx),
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, ()>) {
        let Some(call) = self.timeouts.remove(&timer) else { return };
        match self.calls.remove(&call) {
            // Whether an append was done is seen by reading.
            Some((Job::Append(key, _), _)) => self.ask(Job::Refresh(key), cx),
            Some((Job::Commit(key, _), _)) => self.ask(Job::ReadCommit(key), cx),
            Some((job, _)) => self.ask(job, cx),
            None => {}
        }
    }
}

impl LogLinKv {
    fn committed(&mut self, key: &str, offset: Option<i64>, cx: &mut Cx<'_, ()>) {
        let Some(log) = self.keys.get_mut(key) else { return };
        log.committed = log.committed.max(offset);
        log.is_committing = false;
        self.go_on_committing(key, cx);
    }

    fn read_commit(&mut self, key: &str, offset: Option<i64>, cx: &mut Cx<'_, ()>) {
        let Some(log) = self.keys.get_mut(key) else { return };
        let lists = std::mem::take(&mut log.lists);
        log.committed = log.committed.max(offset);
        lists.into_iter().for_each(|gather| self.gathered(gather, key, cx));
        self.committed(key, offset, cx);
    }
}

/// Whether a reply says that there is no such key.
fn is_missing(answer: &ServiceReply) -> bool {
    let code = match answer {
        ServiceReply::Error(error) => Some(error.code),
        _ => None,
    };
    code == Some(ErrorCode::KEY_DOES_NOT_EXIST)
}
