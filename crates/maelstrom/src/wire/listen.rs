//! The decoder of a node program behind stdin: lines into messages.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::encode::Wire;
use super::json;
use crate::edn::number::normalized;
use crate::error::{ErrorCode, RpcError};
use crate::node::NodeId;
use crate::peer::PeerParser;
use crate::protocol::{Body, Reply, Request, ServiceReply, ServiceResponse};
use crate::rpc::Rpc;
use crate::service_name::Service;

/// A decoded line.
#[derive(Clone, Debug)]
pub enum Incoming {
    /// `init`: the name of the node, as its place among the names of all nodes.
    Init {
        /// The node's place in `names`.
        me: NodeId,
        /// The names of all nodes.
        names: Vec<String>,
        /// The number of the client that sends it.
        client: u32,
        /// The `msg_id` of the request.
        msg: u32,
    },
    /// Any other message, and its sender.
    Message(NodeId, Body),
}

/// Why a line cannot be decoded.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The reason, for the log.
    pub why: String,
    /// The error reply to the client, if the line was a request.
    pub reply: Option<Box<Body>>,
}

/// Decodes a line; `wire` has names once the node has received `init`, and `parser` decodes
/// messages between servers.
///
/// # Errors
/// Describes why it cannot be decoded.
pub fn listen(line: &[u8], wire: &Wire, parser: PeerParser) -> Result<Incoming, Refusal> {
    let plain = |text: String| Refusal { why: text, reply: None };
    let parsed =
        json::parse(line).map_err(|(rule, what)| plain(format!("{}: {what}", rule.name())))?;
    let Value::Object(mut envelope) = normalized(parsed.value) else {
        return Err(plain("the line is no object".to_owned()));
    };
    let src = text(&envelope, "src").map_err(plain)?.to_owned();
    let Some(Value::Object(body)) = envelope.remove("body") else {
        return Err(plain("the message has no body".to_owned()));
    };
    let layout = wire.layout();
    if let Some(place) = wire.names.iter().position(|name| *name == src) {
        let message = parser(body).map_err(plain)?;
        return Ok(Incoming::Message(NodeId(place as u32), Body::Peer(message)));
    }
    if let Some(service) = Service::ALL.into_iter().find(|service| service.name() == src) {
        let call = number(&body, "in_reply_to").map_err(plain)?;
        let answer =
            Box::new(ServiceResponse { answer: answer(&body).map_err(plain)?, note: None });
        return Ok(Incoming::Message(layout.service(service), Body::ServiceReply { call, answer }));
    }
    let client = src.strip_prefix('c').and_then(|number| number.parse().ok());
    let client: u32 = client.ok_or_else(|| plain(format!("there is no participant {src:?}")))?;
    let msg = number(&body, "msg_id").map_err(plain)?;
    let msg = u32::try_from(msg).map_err(|_| plain(format!("msg_id {msg} is too large")))?;
    match request(&body, wire) {
        Ok(ClientRequest::Init { me, names }) => {
            let place = names.iter().position(|name| *name == me);
            let place = place.ok_or_else(|| plain(format!("{me:?} is not in node_ids")))?;
            Ok(Incoming::Init { me: NodeId(place as u32), names, client, msg })
        }
        Ok(ClientRequest::Other(request)) => {
            let request = Box::new(request);
            Ok(Incoming::Message(layout.clients(), Body::Request { client, msg, request }))
        }
        Err((code, text)) => {
            let reply = Box::new(Reply::Error(RpcError::new(code, text.clone())));
            let reply = Some(Box::new(Body::Reply { client, in_reply_to: msg, reply }));
            Err(Refusal { why: text, reply })
        }
    }
}

enum ClientRequest {
    Init { me: String, names: Vec<String> },
    Other(Request),
}

fn request(body: &Map<String, Value>, wire: &Wire) -> Result<ClientRequest, (ErrorCode, String)> {
    let malformed = |text| (ErrorCode::MALFORMED_REQUEST, text);
    let integer = |key| integer(body, key).map_err(malformed);
    let request = match text(body, "type").map_err(malformed)? {
        "init" => {
            let me = text(body, "node_id").map_err(malformed)?.to_owned();
            let names = texts(body.get("node_ids"));
            let names =
                names.ok_or_else(|| malformed("node_ids is no list of names".to_owned()))?;
            return Ok(ClientRequest::Init { me, names });
        }
        "topology" => Request::Topology(Rc::new(neighbours(body, wire).map_err(malformed)?)),
        "echo" => Request::Echo(body.get("echo").cloned().unwrap_or_default()),
        "generate" => Request::Generate,
        "broadcast" => Request::Broadcast(integer("message")?),
        "add" if body.contains_key("element") => Request::Add(integer("element")?),
        "add" => Request::Add(integer("delta")?),
        "read" if wire.workload.rpc("read").is_none_or(|rpc| rpc.fields.is_empty()) => {
            Request::Read
        }
        other => {
            let unknown = || (ErrorCode::NOT_SUPPORTED, format!("this node knows no {other:?}"));
            let rpc = wire.workload.rpc(other).ok_or_else(unknown)?;
            Request::Rpc(rpc, fields(body, rpc).map_err(malformed)?)
        }
    };
    Ok(ClientRequest::Other(request))
}

/// Extracts the fields of a request that its table has.
fn fields(body: &Map<String, Value>, rpc: &Rpc) -> Result<Map<String, Value>, String> {
    let mut fields = Map::new();
    for field in rpc.fields {
        match body.get(field.name) {
            Some(value) => {
                fields.insert(field.name.to_owned(), value.clone());
            }
            None if field.optional => {}
            None => return Err(format!("there is no {}", field.name)),
        }
    }
    Ok(fields)
}

/// Decodes the neighbours of each node, in the order of `wire.names`; unknown names are skipped.
fn neighbours(body: &Map<String, Value>, wire: &Wire) -> Result<Vec<Vec<NodeId>>, String> {
    let Some(Value::Object(topology)) = body.get("topology") else {
        return Err("topology is no object".to_owned());
    };
    let place = |name: &String| wire.names.iter().position(|known| known == name);
    let ids = |name: &String| -> Vec<NodeId> {
        let names = texts(topology.get(name)).unwrap_or_default();
        names.iter().filter_map(place).map(|place| NodeId(place as u32)).collect()
    };
    Ok(wire.names.iter().map(ids).collect())
}

fn answer(body: &Map<String, Value>) -> Result<ServiceReply, String> {
    Ok(match text(body, "type")? {
        "read_ok" => ServiceReply::Value(body.get("value").cloned().unwrap_or_default()),
        "write_ok" => ServiceReply::Written,
        "cas_ok" => ServiceReply::Swapped,
        "ts_ok" => ServiceReply::Ts(number(body, "ts")?),
        "error" => {
            let code = number(body, "code")?;
            let code = ErrorCode(u32::try_from(code).map_err(|error| error.to_string())?);
            ServiceReply::Error(RpcError::new(code, text(body, "text").unwrap_or_default()))
        }
        other => return Err(format!("a service does not answer {other:?}")),
    })
}

fn text<'a>(object: &'a Map<String, Value>, key: &str) -> Result<&'a str, String> {
    object.get(key).and_then(Value::as_str).ok_or_else(|| format!("{key} is no string"))
}

fn number(object: &Map<String, Value>, key: &str) -> Result<u64, String> {
    object.get(key).and_then(Value::as_u64).ok_or_else(|| format!("{key} is no number"))
}

fn integer(object: &Map<String, Value>, key: &str) -> Result<i64, String> {
    object.get(key).and_then(Value::as_i64).ok_or_else(|| format!("{key} is no integer"))
}

fn texts(value: Option<&Value>) -> Option<Vec<String>> {
    let texts = value?.as_array()?.iter().map(|text| text.as_str().map(str::to_owned));
    texts.collect()
}
