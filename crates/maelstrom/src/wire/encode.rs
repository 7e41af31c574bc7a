//! The encoder of messages into lines of JSON.

use serde_json::{Map, Value, json};

use crate::error::RpcError;
use crate::history::OpValue;
use crate::node::NodeId;
use crate::parameters::Layout;
use crate::protocol::{Body, DecodedReply, Reply, Request, ServiceReply, ServiceRequest};
use crate::workload::Workload;

/// What the encoding of messages depends on.
#[derive(Clone, Debug)]
pub struct Wire {
    /// The names of the nodes.
    pub names: Vec<String>,
    /// The workload, which determines the names of some fields.
    pub workload: &'static Workload,
}

/// A message and its ends.
#[derive(Debug)]
pub struct Envelope<'a> {
    /// Its number in the network, if it has one.
    pub id: Option<u64>,
    /// The sender.
    pub from: NodeId,
    /// The addressee.
    pub to: NodeId,
    /// The body.
    pub body: &'a Body,
}

impl Wire {
    /// The layout of the participants.
    pub fn layout(&self) -> Layout {
        Layout { servers: self.names.len() as u32 }
    }

    /// Encodes a message as a line, including the newline; `None` if it is not a message of the
    /// protocol.
    pub fn line(&self, envelope: &Envelope<'_>) -> Option<String> {
        self.line_to(envelope, None)
    }

    /// Like [`Wire::line`], with another `in_reply_to`: a `msg_id` that does not fit a call's
    /// number.
    pub fn line_to(&self, envelope: &Envelope<'_>, in_reply_to: Option<Value>) -> Option<String> {
        let &Envelope { id, from, to, body } = envelope;
        let mut object = Map::new();
        if let Some(id) = id {
            object.insert("id".into(), id.into());
        }
        object.insert("src".into(), self.name(from, body).into());
        object.insert("dest".into(), self.name(to, body).into());
        let mut body = self.body(to, body)?;
        if let Some(in_reply_to) = in_reply_to {
            body.insert("in_reply_to".to_owned(), in_reply_to);
        }
        object.insert("body".into(), body.into());
        Some(format!("{}\n", Value::Object(object)))
    }

    /// Encodes the body of a message to a participant; `None` if it is not a message of the
    /// protocol.
    pub fn body_text(&self, to: NodeId, body: &Body) -> Option<String> {
        self.body(to, body).map(|body| Value::Object(body).to_string())
    }

    /// Returns the name of one end of a message.
    fn name(&self, id: NodeId, body: &Body) -> String {
        if let Some(name) = self.names.get(id.index()) {
            return name.clone();
        }
        if let Some(service) = self.layout().service_at(id) {
            return service.name().to_owned();
        }
        match body {
            Body::Request { client, .. } | Body::Reply { client, .. } => format!("c{client}"),
            _ => "unknown".to_owned(),
        }
    }

    fn body(&self, to: NodeId, body: &Body) -> Option<Map<String, Value>> {
        let (mut object, key, number) = match body {
            Body::Request { msg, request, .. } => {
                (self.request(to, request), "msg_id", u64::from(*msg))
            }
            Body::Reply { in_reply_to, reply, .. } => {
                (self.reply(reply), "in_reply_to", u64::from(*in_reply_to))
            }
            Body::ServiceRequest { call, request } => (asked(request), "msg_id", *call),
            Body::ServiceReply { call, answer } => (answered(&answer.answer), "in_reply_to", *call),
            Body::Peer(message) => return Some(message.to_wire()),
            Body::Go | Body::Say { .. } | Body::Faults(_) | Body::Spawned => return None,
        };
        object.insert(key.to_owned(), number.into());
        Some(object)
    }

    fn request(&self, to: NodeId, request: &Request) -> Map<String, Value> {
        let names = |ids: &[NodeId]| -> Vec<&String> {
            ids.iter().map(|id| &self.names[id.index()]).collect()
        };
        let fields = match request {
            Request::Init => {
                json!({ "node_id": self.names[to.index()], "node_ids": self.names })
            }
            Request::Topology(all) => {
                let entry =
                    |(name, ids): (&String, &Vec<NodeId>)| (name.clone(), json!(names(ids)));
                let all: Map<String, Value> =
                    self.names.iter().zip(all.iter()).map(entry).collect();
                json!({ "topology": all })
            }
            Request::Echo(value) => json!({ "echo": value }),
            Request::Broadcast(value) => json!({ "message": value }),
            Request::Add(value) => {
                let rpc = self.workload.rpc(request.name());
                let field = rpc.and_then(|rpc| rpc.fields.first()).map_or("delta", |f| f.name);
                json!({ field: value })
            }
            Request::Generate | Request::Read => json!({}),
            Request::Rpc(_, fields) => Value::Object(fields.clone()),
        };
        typed(request.name(), fields)
    }

    fn reply(&self, reply: &Reply) -> Map<String, Value> {
        let fields = match reply {
            Reply::InitOk | Reply::TopologyOk | Reply::BroadcastOk | Reply::AddOk => json!({}),
            Reply::EchoOk(value) => json!({ "echo": value }),
            Reply::GenerateOk(id) => json!({ "id": id }),
            Reply::ReadOk(values) => {
                let rpc = self.workload.rpc("read");
                let field =
                    rpc.and_then(|rpc| rpc.reply_fields.first()).map_or("value", |f| f.name);
                json!({ field: values })
            }
            Reply::CountOk(count) => json!({ "value": count }),
            Reply::Rpc(_, fields) => Value::Object(fields.clone()),
            Reply::Error(failure) => failed(failure),
            Reply::Decoded(reply) => self.decoded(reply),
            Reply::Malformed(text) => json!({ "text": text }),
        };
        typed(reply.name(), fields)
    }

    /// Encodes the fields of a reply that was decoded from a line.
    fn decoded(&self, reply: &DecodedReply) -> Value {
        let value = reply.value.as_ref().map(OpValue::to_json);
        let rpc = self.workload.rpcs.iter().find(|rpc| rpc.reply == reply.name);
        match (value, rpc.and_then(|rpc| rpc.reply_fields.first())) {
            (Some(body @ Value::Object(_)), _) if reply.name == "echo_ok" => body,
            (Some(value), Some(field)) => json!({ field.name: value }),
            _ => json!({}),
        }
    }
}

fn asked(request: &ServiceRequest) -> Map<String, Value> {
    let fields = match request {
        ServiceRequest::Read { key } => json!({ "key": key }),
        ServiceRequest::Write { key, value } => json!({ "key": key, "value": value }),
        ServiceRequest::Cas { key, from, to, create: false } => {
            json!({ "key": key, "from": from, "to": to })
        }
        ServiceRequest::Cas { key, from, to, create: true } => {
            json!({ "key": key, "from": from, "to": to, "create_if_not_exists": true })
        }
        ServiceRequest::Ts => json!({}),
    };
    typed(request.name(), fields)
}

fn answered(answer: &ServiceReply) -> Map<String, Value> {
    let fields = match answer {
        ServiceReply::Value(value) => json!({ "value": value }),
        ServiceReply::Written | ServiceReply::Swapped => json!({}),
        ServiceReply::Ts(ts) => json!({ "ts": ts }),
        ServiceReply::Error(failure) => failed(failure),
    };
    typed(answer.name(), fields)
}

fn failed(failure: &RpcError) -> Value {
    json!({ "code": failure.code.0, "text": failure.text })
}

fn typed(name: &str, fields: Value) -> Map<String, Value> {
    let Value::Object(mut object) = fields else { return Map::new() };
    object.insert("type".into(), name.into());
    object
}
