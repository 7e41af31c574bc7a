//! The door through which lines of processes come in: each is a message, or breaks a rule.
//!
//! A line that breaks a rule is complained of and sent nowhere; the next one is read as if nothing
//! had happened. The one exception is a reply with the wrong fields to a request that is still
//! open: its client is told that the reply makes no sense.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::encode::Wire;
use super::foreign::Foreign;
use super::json;
use crate::glomers::protocol::{Body, ErrorCode, Failure, Question, Reply, Request, Service};
use crate::glomers::rpc::{Field, FieldKind, INIT, Rpc, Rule, TOPOLOGY};
use crate::glomers::workload::WorkloadKind;
use crate::node::NodeId;

/// The door.
#[derive(Debug)]
pub struct Door {
    wire: Wire,
    /// For each client what it asked last.
    asked: BTreeMap<u32, Asked>,
    /// For each node the numbers that it has given to messages.
    numbers: Vec<BTreeSet<i64>>,
    /// What messages between nodes are called.
    kinds: BTreeSet<&'static str>,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    msg: u32,
    rpc: &'static Rpc,
}

/// What came of a line.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A message for somebody.
    Message(NodeId, Body<Foreign>),
    /// A reply that nobody waits for any more.
    Late,
    /// A question that no service answers: to which one, and its type.
    Unanswered(Service, String),
}

/// A rule that a line breaks.
#[derive(Clone, Debug)]
pub struct Complaint {
    /// Which.
    pub rule: Rule,
    /// What was found.
    pub found: String,
    /// To the client that waits for this reply.
    pub tell: Option<Box<(NodeId, Body<Foreign>)>>,
}

/// So many different names of messages are told apart; further ones are `other`.
const KINDS_MAX: usize = 256;
/// A longer name of a message is cut off.
const KIND_LENGTH_MAX: usize = 64;

impl Door {
    /// For the nodes of `wire`.
    pub fn new(wire: Wire) -> Door {
        let numbers = vec![BTreeSet::new(); wire.names.len()];
        Door { wire, asked: BTreeMap::new(), numbers, kinds: BTreeSet::new() }
    }

    /// Notes what a client asks, so that its reply is known.
    pub fn note(&mut self, client: u32, msg: u32, request: &Request) {
        let rpcs = self.wire.workload.rpcs();
        let rpc = match request {
            Request::Init => Some(&INIT),
            Request::Topology(_) => Some(&TOPOLOGY),
            request => rpcs.iter().find(|rpc| rpc.request == request.name()),
        };
        if let Some(rpc) = rpc {
            self.asked.insert(client, Asked { msg, rpc });
        }
    }

    /// A node's process begins anew, and may count its messages from the beginning.
    pub fn begins(&mut self, node: NodeId) {
        self.numbers[node.index()].clear();
    }

    /// Hears a line of a node, without its newline.
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn hear(&mut self, node: NodeId, line: &[u8]) -> Result<Heard, Complaint> {
        let value = json::parse(line).map_err(|(rule, found)| complain(rule, found))?;
        let Value::Object(mut envelope) = value else {
            return Err(complain(Rule::NotAnObject, format!("it is {}", what(&value))));
        };
        let known = ["src", "dest", "body", "id"];
        if let Some(key) = envelope.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(complain(Rule::UnknownKey, format!("there is a key {key:?}")));
        }
        let name = &self.wire.names[node.index()];
        match envelope.get("src") {
            Some(Value::String(src)) if src == name => {}
            Some(Value::String(src)) => {
                return Err(complain(Rule::WrongSrc, format!("src is {src:?}, not {name:?}")));
            }
            other => return Err(complain(Rule::MissingSrc, missing("src", other))),
        }
        let dest = match envelope.get("dest") {
            Some(Value::String(dest)) => dest.clone(),
            other => return Err(complain(Rule::MissingDest, missing("dest", other))),
        };
        let to = self.party(&dest).ok_or_else(|| {
            complain(Rule::UnknownDestination, format!("nobody is called {dest:?}"))
        })?;
        let body = match envelope.remove("body") {
            Some(Value::Object(body)) => body,
            other => return Err(complain(Rule::MissingBody, missing("body", other.as_ref()))),
        };
        let Some(Value::String(kind)) = body.get("type") else {
            return Err(complain(Rule::MissingType, missing("type", body.get("type"))));
        };
        let kind = kind.clone();
        match to {
            // What nodes tell each other is their own affair, numbers included.
            To::Node(to) => {
                let kind = self.kind(&kind);
                Ok(Heard::Message(to, Body::Peer(Foreign { kind, body })))
            }
            To::Service(service) => {
                self.check_numbers(node, &body)?;
                self.question(service, &kind, &body)
            }
            To::Client(client) => {
                self.check_numbers(node, &body)?;
                self.reply(client, &kind, json::normalized_all(body))
            }
        }
    }

    fn party(&self, name: &str) -> Option<To> {
        if let Some(place) = self.wire.names.iter().position(|known| known == name) {
            return Some(To::Node(NodeId(place as u32)));
        }
        if let Some(service) = Service::ALL.into_iter().find(|service| service.name() == name) {
            return Some(To::Service(service));
        }
        let number = name.strip_prefix('c')?.parse().ok()?;
        self.asked.contains_key(&number).then_some(To::Client(number))
    }

    /// Numbers of messages are integers, and a node gives each once. A reply that still has the
    /// number of its request, as where somebody changes the request into the reply, has none of the
    /// node's own.
    fn check_numbers(&mut self, node: NodeId, body: &Map<String, Value>) -> Result<(), Complaint> {
        if let Some(reply_to) = body.get("in_reply_to")
            && reply_to.as_i64().is_none()
        {
            let found = format!("in_reply_to is {}", shorten(reply_to));
            return Err(complain(Rule::BadInReplyTo, found));
        }
        let Some(number) = body.get("msg_id") else { return Ok(()) };
        let Some(number) = number.as_i64() else {
            return Err(complain(Rule::BadMsgId, format!("msg_id is {}", shorten(number))));
        };
        if body.get("in_reply_to").and_then(Value::as_i64) == Some(number) {
            return Ok(());
        }
        match self.numbers[node.index()].insert(number) {
            true => Ok(()),
            false => {
                Err(complain(Rule::RepeatedMsgId, format!("msg_id {number} was there before")))
            }
        }
    }

    /// The name of a message, one for each different name.
    fn kind(&mut self, kind: &str) -> &'static str {
        // What would break a table of counts, or its reader, has no place there.
        let plain = |c: char| if c.is_ascii_graphic() && !",\"".contains(c) { c } else { '_' };
        // A spreadsheet takes a cell with such a beginning for a formula.
        let before = if kind.starts_with(['=', '+', '-', '@']) { "_" } else { "" };
        let kind: String = before.chars().chain(kind.chars().map(plain)).collect();
        let kind: String = kind.chars().take(KIND_LENGTH_MAX).collect();
        match self.kinds.get(kind.as_str()) {
            Some(known) => known,
            None if self.kinds.len() >= KINDS_MAX => "other",
            None => {
                // Names are few, and are needed until the program ends.
                let kind: &'static str = kind.leak();
                self.kinds.insert(kind);
                kind
            }
        }
    }

    fn question(
        &self,
        service: Service,
        kind: &str,
        body: &Map<String, Value>,
    ) -> Result<Heard, Complaint> {
        let Some(rpc) = service.rpcs().iter().find(|rpc| rpc.request == kind) else {
            return Ok(Heard::Unanswered(service, kind.to_owned()));
        };
        let bad = |found: String| {
            complain(Rule::BadQuestion, format!("to {}, {kind}: {found}", service.name()))
        };
        let call = match body.get("msg_id") {
            None => return Err(bad("it has no msg_id, so no answer can come".to_owned())),
            Some(number) => number.as_u64(),
        };
        let call = call.ok_or_else(|| bad("its msg_id is negative".to_owned()))?;
        check_fields(rpc.fields, body).map_err(bad)?;
        let field = |name: &str| body.get(name).cloned().unwrap_or_default();
        // Keys are compared, values are kept as they were written.
        let key = || json::normalized(field("key"));
        let question = match kind {
            "read" => Question::Read { key: key() },
            "write" => Question::Write { key: key(), value: field("value") },
            "cas" => Question::Cas {
                key: key(),
                from: field("from"),
                to: field("to"),
                create: field("create_if_not_exists") == Value::Bool(true),
            },
            _ => Question::Ts,
        };
        let to = self.wire.layout().service(service);
        Ok(Heard::Message(to, Body::Question { call, question: Box::new(question) }))
    }

    fn reply(&self, client: u32, kind: &str, body: Map<String, Value>) -> Result<Heard, Complaint> {
        let Some(in_reply_to) = body.get("in_reply_to").and_then(Value::as_i64) else {
            let found = format!("{kind} to client c{client} has no in_reply_to");
            return Err(complain(Rule::MissingInReplyTo, found));
        };
        let Some(Asked { msg, rpc }) = self.asked.get(&client) else { return Ok(Heard::Late) };
        if !(1..=i64::from(*msg)).contains(&in_reply_to) {
            let found = format!("c{client} has asked nothing with the msg_id {in_reply_to}");
            return Err(complain(Rule::BadInReplyTo, found));
        }
        if in_reply_to != i64::from(*msg) {
            return Ok(Heard::Late);
        }
        let layout = self.wire.layout();
        let is_set_up = client < 2 * layout.servers;
        let to = if is_set_up { layout.set_up() } else { layout.clients() };
        let say = |reply| Body::Reply { client, in_reply_to: *msg, reply: Box::new(reply) };
        match understand(self.wire.workload, rpc, kind, &body) {
            Ok(reply) => Ok(Heard::Message(to, say(reply))),
            Err(found) => {
                let found = format!("to {} of c{client}: {found}", rpc.request);
                let malformed = Reply::Malformed(found.as_str().into());
                let tell = Some(Box::new((to, say(malformed))));
                Err(Complaint { rule: Rule::BadReply, found, tell })
            }
        }
    }
}

/// Who a message is for.
enum To {
    Node(NodeId),
    Service(Service),
    Client(u32),
}

fn complain(rule: Rule, found: String) -> Complaint {
    Complaint { rule, found, tell: None }
}

/// The reply that this body is, or what is wrong with it.
fn understand(
    workload: WorkloadKind,
    rpc: &Rpc,
    kind: &str,
    body: &Map<String, Value>,
) -> Result<Reply, String> {
    if kind == "error" {
        let code = body.get("code").and_then(Value::as_u64);
        let code = code.and_then(|code| u32::try_from(code).ok());
        let code = code.ok_or_else(|| missing("code", body.get("code")))?;
        let text = body.get("text").and_then(Value::as_str).unwrap_or_default();
        return Ok(Reply::Error(Failure::new(ErrorCode(code), text)));
    }
    if kind != rpc.reply {
        return Err(format!("the reply is {kind:?}, not {:?} or \"error\"", rpc.reply));
    }
    check_fields(rpc.reply_fields, body)?;
    let extra = |key: &&String| {
        !["type", "in_reply_to", "msg_id"].contains(&key.as_str())
            && !rpc.reply_fields.iter().any(|field| field.name == key.as_str())
    };
    if let Some(key) = body.keys().find(extra) {
        return Err(format!("{kind} has no field {key:?}"));
    }
    let field = |name: &str| body.get(name).cloned().unwrap_or_default();
    let integers = |name: &str| -> Vec<i64> {
        let items = body.get(name).and_then(Value::as_array);
        items.into_iter().flatten().filter_map(Value::as_i64).collect()
    };
    Ok(match (rpc.request, workload) {
        ("init", _) => Reply::InitOk,
        ("topology", _) => Reply::TopologyOk,
        ("echo", _) => Reply::EchoOk(field("echo")),
        ("generate", _) => Reply::GenerateOk(field("id")),
        ("broadcast", _) => Reply::BroadcastOk,
        ("add", _) => Reply::AddOk,
        (_, WorkloadKind::Broadcast) => Reply::ReadOk(integers("messages")),
        (_, WorkloadKind::GSet) => Reply::ReadOk(integers("value")),
        _ => Reply::CountOk(body.get("value").and_then(Value::as_i64).unwrap_or_default()),
    })
}

/// Whether all fields are there, and what stands in them is as it should be.
fn check_fields(fields: &[Field], body: &Map<String, Value>) -> Result<(), String> {
    for field in fields {
        match body.get(field.name) {
            None if field.optional => {}
            Some(value) if fits(field.kind, value) => {}
            Some(value) => {
                let wanted = field.kind.describe();
                return Err(format!("{} is {}, not {wanted}", field.name, shorten(value)));
            }
            None => return Err(missing(field.name, None)),
        }
    }
    Ok(())
}

fn fits(kind: FieldKind, value: &Value) -> bool {
    let all = |fits: fn(&Value) -> bool| value.as_array().is_some_and(|all| all.iter().all(fits));
    match kind {
        FieldKind::Any => true,
        FieldKind::Integer => value.as_i64().is_some(),
        FieldKind::Boolean => value.is_boolean(),
        FieldKind::Text => value.is_string(),
        FieldKind::Texts => all(Value::is_string),
        FieldKind::Integers => all(Value::is_i64),
        FieldKind::Neighbours => value.is_object(),
    }
}

fn missing(name: &str, found: Option<&Value>) -> String {
    match found {
        None => format!("there is no {name}"),
        Some(value) => format!("{name} is {}", shorten(value)),
    }
}

/// A value as text, cut off where it is long.
fn shorten(value: &Value) -> String {
    const LENGTH_MAX: usize = 60;
    let text = value.to_string();
    match text.char_indices().nth(LENGTH_MAX) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

fn what(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
