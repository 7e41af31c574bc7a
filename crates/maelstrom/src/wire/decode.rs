//! The decoder and validator of process lines: turns them into messages, as Maelstrom would.
//!
//! What Maelstrom delivers is delivered, so that a node that works there works here; where a line
//! deviates from the protocol, that is also reported, as a warning or as a violation
//! ([`ProtocolRule`]). A line that cannot be delivered is skipped, and decoding continues with the
//! next one: what Maelstrom would do instead is part of each [`Deviation`].

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::decoded::{Decoded, Deviation, missing, no_type, shorten, what};
use super::encode::Wire;
use super::foreign::Foreign;
use super::json;
use super::reply::decode_reply;
use crate::edn::number::is_written_whole;
use crate::node::NodeId;
use crate::peer::PeerMessage;
use crate::protocol::{Body, Request, ServiceRequest};
use crate::protocol_rule::{Maelstrom, ProtocolRule};
use crate::rpc::{FieldKind, INIT, Rpc, TOPOLOGY};
use crate::service_name::Service;

/// Decodes and validates the lines of all nodes of a run.
#[derive(Debug)]
pub struct ProtocolValidator {
    wire: Wire,
    /// The last request of each client.
    requests: BTreeMap<u32, PendingRequest>,
    /// The `msg_id`s that each node has used.
    numbers: Vec<BTreeSet<i64>>,
    /// The `msg_id`s of service requests that do not fit a call's number, by the call's number that
    /// replaces them.
    call_ids: BTreeMap<u64, Value>,
    next_call: u64,
    /// The types of messages between nodes.
    kinds: BTreeSet<Rc<str>>,
}

#[derive(Clone, Copy, Debug)]
struct PendingRequest {
    msg: u32,
    rpc: &'static Rpc,
    /// Whether its client is closed, so that Maelstrom no longer knows its name.
    is_closed: bool,
}

/// Maximum number of message types that are distinguished; further ones are `other`.
const KINDS_MAX: usize = 256;
/// Maximum length of the type of a message in counts and journals.
const KIND_LENGTH_MAX: usize = 64;
/// Calls whose `msg_id` cannot be a call's number are numbered above this.
const FIRST_ODD_CALL: u64 = 1 << 63;

/// The destination of a message.
enum To {
    Node(NodeId),
    Service(Service),
    Client(u32),
}

impl ProtocolValidator {
    /// Creates a validator for the nodes of `wire`.
    pub fn new(wire: Wire) -> ProtocolValidator {
        let numbers = vec![BTreeSet::new(); wire.names.len()];
        ProtocolValidator {
            wire,
            requests: BTreeMap::new(),
            numbers,
            call_ids: BTreeMap::new(),
            next_call: FIRST_ODD_CALL,
            kinds: BTreeSet::new(),
        }
    }

    /// Records a client's request, so that its reply can be matched.
    pub fn on_request(&mut self, client: u32, msg: u32, request: &Request) {
        let rpcs = self.wire.workload.rpcs;
        let rpc = match request {
            Request::Init => Some(&INIT),
            Request::Topology(_) => Some(&TOPOLOGY),
            request => rpcs.iter().find(|rpc| rpc.request == request.name()),
        };
        if let Some(rpc) = rpc {
            self.requests.insert(client, PendingRequest { msg, rpc, is_closed: false });
        }
    }

    /// Records that a client is closed: Maelstrom does not know its name from then on.
    pub fn on_client_closed(&mut self, client: u32) {
        if let Some(request) = self.requests.get_mut(&client) {
            request.is_closed = true;
        }
    }

    /// Records that a node's process has restarted, and may number its messages from the beginning.
    pub fn on_start(&mut self, node: NodeId) {
        self.numbers[node.index()].clear();
    }

    /// Takes the `msg_id` that the reply of a call refers to, if it is not the call's number.
    pub fn take_call_id(&mut self, call: u64) -> Option<Value> {
        if call < FIRST_ODD_CALL { None } else { self.call_ids.remove(&call) }
    }

    /// Decodes a line of a node, without its newline.
    pub fn decode(&mut self, node: NodeId, line: &[u8]) -> Decoded {
        let mut decoded = Decoded::default();
        if let Err(deviation) = self.decode_into(node, line, &mut decoded) {
            decoded.deviations.push(deviation);
        }
        decoded
    }

    fn decode_into(
        &mut self,
        node: NodeId,
        line: &[u8],
        decoded: &mut Decoded,
    ) -> Result<(), Deviation> {
        let parsed = json::parse(line).map_err(|(rule, found)| Deviation::new(rule, found))?;
        let deviations = parsed.deviations.into_iter();
        decoded.deviations.extend(deviations.map(|(rule, found)| Deviation::new(rule, found)));
        let (to, body) = self.envelope(node, parsed.value, decoded)?;
        decoded.message = match to {
            // The bodies of messages between nodes are not validated.
            To::Node(to) => {
                let kind = body.get("type").and_then(Value::as_str);
                if kind.is_none() {
                    let found = format!("to {}: {}", self.wire.names[to.index()], no_type(&body));
                    decoded.deviate(ProtocolRule::MissingType, found);
                }
                let kind = self.kind(kind.unwrap_or("untyped"));
                Some((to, Body::Peer(PeerMessage::of(Rc::new(Foreign { kind, body })))))
            }
            To::Service(service) => {
                self.check_msg_id(node, &body, decoded);
                self.request(service, body, decoded)
            }
            To::Client(client) => self.reply(node, client, body, decoded)?,
        };
        Ok(())
    }

    /// Decodes the destination and the body of a message.
    fn envelope(
        &self,
        node: NodeId,
        value: Value,
        decoded: &mut Decoded,
    ) -> Result<(To, Map<String, Value>), Deviation> {
        let Value::Object(mut envelope) = value else {
            return Err(Deviation::new(
                ProtocolRule::NotAnObject,
                format!("it is {}", what(&value)),
            ));
        };
        let known = ["src", "dest", "body", "id"];
        if let Some(key) = envelope.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(Deviation::new(
                ProtocolRule::UnknownKey,
                format!("there is a key {key:?}"),
            ));
        }
        let Some(src) = envelope.get("src").and_then(Value::as_str) else {
            return Err(Deviation::new(
                ProtocolRule::MissingSrc,
                missing("src", envelope.get("src")),
            ));
        };
        let Some(dest) = envelope.get("dest").and_then(Value::as_str) else {
            return Err(Deviation::new(
                ProtocolRule::MissingDest,
                missing("dest", envelope.get("dest")),
            ));
        };
        let Some(to) = self.party(dest) else {
            let found = format!("no node, service or client has the name {dest:?}");
            return Err(Deviation::new(ProtocolRule::UnknownDestination, found));
        };
        let name = &self.wire.names[node.index()];
        if src != name {
            let found = format!("src is {src:?}, not {name:?}");
            match (&to, self.party(src)) {
                // Clients never look at it.
                (To::Client(_), Some(_)) => decoded.deviations.push(Deviation {
                    maelstrom: Maelstrom::Same,
                    ..Deviation::new(ProtocolRule::WrongSrc, found)
                }),
                (_, Some(_)) => return Err(Deviation::new(ProtocolRule::WrongSrc, found)),
                (_, None) => {
                    let maelstrom = Maelstrom::StopsReading;
                    return Err(Deviation {
                        maelstrom,
                        ..Deviation::new(ProtocolRule::WrongSrc, found)
                    });
                }
            }
        }
        match envelope.remove("body") {
            Some(Value::Object(body)) => Ok((to, body)),
            body @ (None | Some(Value::Null)) => {
                Err(Deviation::new(ProtocolRule::MissingBody, missing("body", body.as_ref())))
            }
            Some(body) => Err(Deviation::new(ProtocolRule::BadBody, missing("body", Some(&body)))),
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
        self.requests.contains_key(&number).then_some(To::Client(number))
    }

    /// Checks the `msg_id` of a message to a client or a service. A reply that keeps the one of its
    /// request, as where a node turns the request into the reply, has none of its own.
    fn check_msg_id(&mut self, node: NodeId, body: &Map<String, Value>, decoded: &mut Decoded) {
        match body.get("msg_id") {
            None => {}
            Some(Value::Null) => {
                decoded.deviate(ProtocolRule::NullForMissing, "msg_id is null".to_owned());
            }
            Some(Value::Number(number)) if is_written_whole(number) => {
                let Some(number) = number.as_i64() else { return };
                let is_of_request = body.get("in_reply_to").and_then(Value::as_i64) == Some(number);
                if !is_of_request && !self.numbers[node.index()].insert(number) {
                    let found = format!("msg_id {number} was there before");
                    decoded.deviate(ProtocolRule::RepeatedMsgId, found);
                }
            }
            Some(other) => {
                let found = format!("msg_id is {}", shorten(other));
                decoded.deviate(ProtocolRule::BadMsgId, found);
            }
        }
    }

    /// Interns the type of a message.
    fn kind(&mut self, kind: &str) -> Rc<str> {
        // Characters that would break a table of counts, or its reader, are replaced.
        let plain = |c: char| if c.is_ascii_graphic() && !",\"".contains(c) { c } else { '_' };
        // A spreadsheet takes a cell with such a beginning for a formula.
        let before = if kind.starts_with(['=', '+', '-', '@']) { "_" } else { "" };
        let kind: String = before.chars().chain(kind.chars().map(plain)).collect();
        let kind: String = kind.chars().take(KIND_LENGTH_MAX).collect();
        match self.kinds.get(kind.as_str()) {
            Some(known) => known.clone(),
            None if self.kinds.len() >= KINDS_MAX => "other".into(),
            None => {
                let kind: Rc<str> = kind.into();
                self.kinds.insert(kind.clone());
                kind
            }
        }
    }

    /// Decodes a request to a service. Missing fields are null, as in Maelstrom.
    fn request(
        &mut self,
        service: Service,
        mut body: Map<String, Value>,
        decoded: &mut Decoded,
    ) -> Option<(NodeId, Body)> {
        let kind = body.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        let Some(rpc) = service.rpcs().iter().find(|rpc| rpc.request == kind) else {
            let asked = match kind.as_str() {
                "" => no_type(&body),
                kind => format!("asked for {:?}", kind.chars().take(40).collect::<String>()),
            };
            let found = format!("to {}: {asked}, which it does not know", service.name());
            decoded.deviate(ProtocolRule::UnknownServiceRequest, found);
            return None;
        };
        let at = format!("to {}, {kind}", service.name());
        for field in rpc.fields {
            match body.get(field.name) {
                None if field.optional => {}
                None => {
                    let found = format!("{at}: there is no {}, which counts as null", field.name);
                    decoded.deviate(ProtocolRule::BadServiceRequest, found);
                }
                Some(value) if field.kind == FieldKind::Boolean && !value.is_boolean() => {
                    let found = format!("{at}: {} is {}", field.name, shorten(value));
                    decoded.deviate(ProtocolRule::BadServiceRequest, found);
                }
                Some(_) => {}
            }
        }
        match body.get("in_reply_to") {
            None => {}
            Some(Value::Null) => {
                let found = format!("{at}: in_reply_to is null");
                decoded.deviate(ProtocolRule::NullForMissing, found);
            }
            Some(value) => {
                let found = format!("{at}: it has in_reply_to, {}", shorten(value));
                decoded.deviate(ProtocolRule::BadServiceRequest, found);
            }
        }
        let call = self.call(body.remove("msg_id"), &at, decoded);
        let mut field = |name: &str| body.remove(name).unwrap_or_default();
        let request = match kind.as_str() {
            "read" => ServiceRequest::Read { key: field("key") },
            "write" => ServiceRequest::Write { key: field("key"), value: field("value") },
            "cas" => ServiceRequest::Cas {
                key: field("key"),
                from: field("from"),
                to: field("to"),
                create: !matches!(field("create_if_not_exists"), Value::Null | Value::Bool(false)),
            },
            _ => ServiceRequest::Ts,
        };
        let to = self.wire.layout().service(service);
        Some((to, Body::ServiceRequest { call, request: Box::new(request) }))
    }

    /// Returns the number of a call, which represents its `msg_id`, whatever that is.
    fn call(&mut self, msg_id: Option<Value>, at: &str, decoded: &mut Decoded) -> u64 {
        if msg_id.is_none() {
            let found = format!("{at}: it has no msg_id, so its answer has no in_reply_to");
            decoded.deviate(ProtocolRule::BadServiceRequest, found);
        }
        let msg_id = msg_id.unwrap_or_default();
        if let Some(number) = msg_id.as_u64().filter(|number| *number < FIRST_ODD_CALL) {
            return number;
        }
        self.next_call += 1;
        self.call_ids.insert(self.next_call, msg_id);
        self.next_call
    }

    /// Decodes a message to a client.
    fn reply(
        &mut self,
        node: NodeId,
        client: u32,
        body: Map<String, Value>,
        decoded: &mut Decoded,
    ) -> Result<Option<(NodeId, Body)>, Deviation> {
        let kind = body.get("type").and_then(Value::as_str).unwrap_or("a message").to_owned();
        let in_reply_to = match body.get("in_reply_to") {
            None | Some(Value::Null) => {
                let found = format!("{kind} to client c{client} has no in_reply_to");
                return Err(Deviation::new(ProtocolRule::MissingInReplyTo, found));
            }
            Some(Value::Number(number)) if number.as_i64().is_some() => number.as_i64(),
            Some(other) => {
                let found = format!("in_reply_to is {}", shorten(other));
                return Err(Deviation::new(ProtocolRule::BadInReplyTo, found));
            }
        };
        let Some(PendingRequest { msg, rpc, is_closed }) = self.requests.get(&client).copied()
        else {
            return Ok(None);
        };
        if is_closed {
            let found = format!("{kind} to c{client}, which has given up");
            let maelstrom = Maelstrom::StopsReading;
            return Err(Deviation { maelstrom, ..Deviation::new(ProtocolRule::LateReply, found) });
        }
        match in_reply_to {
            Some(number) if number == i64::from(msg) => {}
            Some(number) if (1..i64::from(msg)).contains(&number) => {
                let found = format!("{kind} to the request {number} of c{client}, which is over");
                return Err(Deviation::new(ProtocolRule::LateReply, found));
            }
            _ => {
                let number = in_reply_to.unwrap_or_default();
                let found = format!("c{client} has sent no request with the msg_id {number}");
                return Err(Deviation::new(ProtocolRule::BadInReplyTo, found));
            }
        }
        self.check_msg_id(node, &body, decoded);
        let reply = decode_reply(rpc, client, body, decoded);
        let layout = self.wire.layout();
        // A client that sends `init` is closed as soon as it has a reply.
        if client < layout.servers
            && let Some(request) = self.requests.get_mut(&client)
        {
            request.is_closed = true;
        }
        let to = if client < 2 * layout.servers { layout.set_up() } else { layout.clients() };
        Ok(Some((to, Body::Reply { client, in_reply_to: msg, reply: Box::new(reply) })))
    }
}
