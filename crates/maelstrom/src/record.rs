//! The records of participants: what they report to the observer of a run.

use super::protocol::Body;
use super::protocol_rule::ProtocolRule;
use super::server::Caller;
use crate::check::txn::EffectKind;
use crate::history::Op;
use crate::node::{MessageId, NodeId};

/// What a participant reports to the observer.
#[derive(Clone, Debug)]
pub enum Record {
    /// An entry of the history.
    Op(Op),
    /// The client and the `msg_id` of the request with which the last transaction began.
    Asked(u32, u32),
    /// An effect of a client's request.
    Effect(Caller, EffectKind),
    /// A line of a server's log.
    Log(String),
    /// A problem: something that must never happen.
    Problem(Problem),
    /// A message for the process whose proxy reports it: the sender, the message's number, and its
    /// body.
    ToNode(NodeId, MessageId, Body),
    /// The nodes are set up, and operations begin.
    Began,
    /// A client was closed: another one takes its place.
    ClientClosed(u32),
    /// All operations are done.
    Over,
}

/// Something that must never happen, whatever the workload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The node at fault.
    pub node: NodeId,
    /// The kind of problem.
    pub kind: ProblemKind,
    /// What happened.
    pub text: String,
}

/// A kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// A reply does not match its request.
    Protocol,
    /// The node panicked.
    Panic,
    /// The node was not set up in time.
    NotReady,
    /// A line of a hosted process breaks this rule of the protocol.
    Broken(ProtocolRule),
    /// The process of a node exited on its own.
    Exited,
    /// A hosted process does not read its input.
    NotReading,
    /// A hosted process has closed its output.
    ClosedOutput,
    /// A hosted process has started more processes than it may.
    TooManyProcesses,
}

impl ProblemKind {
    /// Its name in results.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Protocol => "protocol-violation",
            ProblemKind::Panic => "panic",
            ProblemKind::NotReady => "not-ready",
            ProblemKind::Broken(rule) => rule.name(),
            ProblemKind::Exited => "node-exited",
            ProblemKind::NotReading => "not-reading",
            ProblemKind::ClosedOutput => "closed-output",
            ProblemKind::TooManyProcesses => "too-many-processes",
        }
    }

    /// Whether it ends the run.
    pub fn is_end(self) -> bool {
        !matches!(self, ProblemKind::Protocol | ProblemKind::Broken(_))
    }
}
