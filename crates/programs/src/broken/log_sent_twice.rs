//! A broken log: a send that is repeated is appended again.
//!
//! Mistake: the second node forwards sends to the first, and again if there is no reply; the
//! first appends whatever comes. Polls are answered by the first as well.
//! Config: glomers/5b
//! --set duration=5s
//! --set network.loss=0.1
//! Caught by: duplicate

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Build, Options};
use crate::engine::time::Duration;
use crate::glomers::{Caller, Cx, Peer, Request, Server};
use crate::node::{NodeId, Timer};
use crate::solution::{LogCaller, LogRequest, Logs, Messages, Offsets};

/// Timeout after which a request is forwarded again.
const PATIENCE: Duration = Duration::from_ms(20);
/// The node with all logs.
const OWNER: NodeId = NodeId(0);

#[derive(Debug, Default)]
pub(super) struct SentTwice {
    logs: Logs,
    /// Requests that were forwarded, by their numbers.
    forwarded: BTreeMap<u64, (LogCaller, Forward, Timer)>,
    next: u64,
}

/// A request that is forwarded, or its result.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Forward {
    Send(u64, String, Value),
    Sent(u64, i64),
    Poll(u64, Offsets),
    Polled(u64, Messages),
}

impl Peer for Forward {}

impl Build for SentTwice {
    fn build(_: &Options) -> SentTwice {
        SentTwice::default()
    }
}

impl SentTwice {
    fn append(&mut self, key: &str, message: Value) -> i64 {
        let offset = self.logs.end(key);
        self.logs.insert(key, offset, message);
        offset
    }

    fn forward(&mut self, number: u64, caller: LogCaller, what: Forward, cx: &mut Cx<'_, Forward>) {
        cx.send(OWNER, what.clone());
        let timeout = cx.set_timer(PATIENCE);
        self.forwarded.insert(number, (caller, what, timeout));
    }

    fn take(&mut self, number: u64, cx: &mut Cx<'_, Forward>) -> Option<LogCaller> {
        let (caller, _, timeout) = self.forwarded.remove(&number)?;
        cx.cancel_timer(timeout);
        Some(caller)
    }
}

impl Server for SentTwice {
    type Peer = Forward;

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Forward>) {
        let Some((caller, request)) = LogRequest::decode(caller, request, cx) else { return };
        let is_owner = cx.me() == OWNER;
        self.next += 1;
        let number = self.next;
        match request {
            LogRequest::Send(key, message) if is_owner => {
                let offset = self.append(&key, message);
                caller.sent(offset, cx);
            }
            LogRequest::Send(key, message) => {
                self.forward(number, caller, Forward::Send(number, key, message), cx);
            }
            LogRequest::Poll(offsets) if is_owner => {
                caller.polled(self.logs.poll(&offsets, i64::MAX), cx);
            }
            LogRequest::Poll(offsets) => {
                self.forward(number, caller, Forward::Poll(number, offsets), cx);
            }
            LogRequest::Commit(_) => caller.committed(cx),
            LogRequest::List(_) => caller.listed(Offsets::new(), cx),
        }
    }

    fn peer(&mut self, from: NodeId, message: Forward, cx: &mut Cx<'_, Forward>) {
        match message {
            Forward::Send(number, key, message) => {
                let offset = self.append(&key, message);
                cx.send(from, Forward::Sent(number, offset));
            }
            Forward::Poll(number, offsets) => {
                cx.send(from, Forward::Polled(number, self.logs.poll(&offsets, i64::MAX)));
            }
            Forward::Sent(number, offset) => {
                if let Some(caller) = self.take(number, cx) {
                    caller.sent(offset, cx);
                }
            }
            Forward::Polled(number, messages) => {
                if let Some(caller) = self.take(number, cx) {
                    caller.polled(messages, cx);
                }
            }
        }
    }

    fn timer(&mut self, timer: Timer, cx: &mut Cx<'_, Forward>) {
        let late = self.forwarded.iter().find(|(_, (_, _, timeout))| *timeout == timer);
        if let Some(number) = late.map(|(number, _)| *number)
            && let Some((caller, what, _)) = self.forwarded.remove(&number)
        {
            self.forward(number, caller, what, cx);
        }
    }
}
