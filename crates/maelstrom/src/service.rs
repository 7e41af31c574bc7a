//! Services that nodes may use: key-value stores of different consistency, and timestamps.
//!
//! Each answers one request at a time, in the order of arrival. Source: Maelstrom's services.

mod lin_kv;
mod lin_tso;
mod lww_kv;
mod seq_kv;

use std::collections::BTreeMap;

use serde_json::Value;

use super::error::{ErrorCode, RpcError};
use super::outbox::Outbox;
use super::protocol::{Body, ServiceReply, ServiceRequest, ServiceResponse};
use super::record::Record;
use super::service_name::Service;
use crate::edn::number::clojure_text;
use crate::engine::rng::Rng;
use crate::engine::time::Instant;
use crate::node::NodeId;

/// A service as a participant.
#[derive(Debug)]
pub struct ServiceNode {
    service: Box<dyn ServiceImpl>,
}

/// The implementation of a service.
trait ServiceImpl: std::fmt::Debug {
    /// Returns the reply to a request, and why it is stale, if it is. `None` if the service never
    /// answers such requests.
    fn answer(
        &mut self,
        asked: RequestContext,
        request: &ServiceRequest,
    ) -> Option<(ServiceReply, Option<String>)>;
}

/// The context of a request: its sender, its time, and the service's random stream.
#[derive(Debug)]
struct RequestContext<'a> {
    by: NodeId,
    at: Instant,
    rng: &'a mut Rng,
}

impl ServiceNode {
    /// Creates the service of this name, empty.
    pub(super) fn new(service: Service) -> ServiceNode {
        let service: Box<dyn ServiceImpl> = match service {
            Service::LinKv => Box::new(lin_kv::LinKv::default()),
            Service::SeqKv => Box::new(seq_kv::SeqKv::default()),
            Service::LwwKv => Box::new(lww_kv::LwwKv::default()),
            Service::LinTso => Box::new(lin_tso::LinTso::default()),
        };
        ServiceNode { service }
    }

    pub(super) fn message(&mut self, from: NodeId, body: Body, cx: &mut dyn Outbox) {
        let Body::ServiceRequest { call, request } = body else { return };
        let at = cx.now();
        let asked = RequestContext { by: from, at, rng: cx.rng() };
        match self.service.answer(asked, &request) {
            Some((answer, note)) => {
                let note = note.map(String::into_boxed_str);
                let answer = Box::new(ServiceResponse { answer, note });
                cx.send(from, Body::ServiceReply { call, answer });
            }
            None => cx.record(Record::Log(format!("no answer to {}", request.name()))),
        }
    }
}

/// Keys and values. A key is its text in Clojure's notation, so that keys are equal as in Clojure.
type Map = BTreeMap<String, Value>;

/// Applies a request to the value of its key. Returns the reply, and the new value if it has one.
fn apply(found: Option<&Value>, request: &ServiceRequest) -> (ServiceReply, Option<Value>) {
    let error = |code, text: String| (ServiceReply::Error(RpcError::new(code, text)), None);
    match request {
        ServiceRequest::Read { key } => match found {
            Some(value) => (ServiceReply::Value(value.clone()), None),
            None => error(ErrorCode::KEY_DOES_NOT_EXIST, format!("there is no key {key}")),
        },
        ServiceRequest::Write { value, .. } => (ServiceReply::Written, Some(value.clone())),
        ServiceRequest::Cas { key, from, to, create } => match found {
            None if *create => (ServiceReply::Swapped, Some(to.clone())),
            None => error(ErrorCode::KEY_DOES_NOT_EXIST, format!("there is no key {key}")),
            Some(value) if equal(value, from) => (ServiceReply::Swapped, Some(to.clone())),
            Some(value) => {
                let text = format!("expected {from} under {key}, but it is {value}");
                error(ErrorCode::PRECONDITION_FAILED, text)
            }
        },
        ServiceRequest::Ts => error(ErrorCode::NOT_SUPPORTED, "this is no clock".to_owned()),
    }
}

/// Whether two values are equal as in Clojure: `1` and `1.0` are not.
fn equal(a: &Value, b: &Value) -> bool {
    a == b || clojure_text(a) == clojure_text(b)
}

/// Returns the key of a request, if it has one.
fn key_of(request: &ServiceRequest) -> Option<String> {
    match request {
        ServiceRequest::Read { key }
        | ServiceRequest::Write { key, .. }
        | ServiceRequest::Cas { key, .. } => Some(clojure_text(key)),
        ServiceRequest::Ts => None,
    }
}

#[cfg(test)]
mod samples {
    //! Test helpers: requests, and a service that answers one after the other.

    use serde_json::json;

    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    pub(super) fn read(key: &str) -> ServiceRequest {
        ServiceRequest::Read { key: json!(key) }
    }

    pub(super) fn write(key: &str, value: i64) -> ServiceRequest {
        ServiceRequest::Write { key: json!(key), value: json!(value) }
    }

    pub(super) fn cas(key: &str, from: i64, to: i64) -> ServiceRequest {
        ServiceRequest::Cas { key: json!(key), from: json!(from), to: json!(to), create: false }
    }

    pub(super) fn rng(seed: u64) -> Rng {
        Seed::new(seed).expect("a seed").stream(Purpose::Node, 0)
    }

    /// Sends a request as node `by`.
    pub(super) fn ask(
        service: &mut impl ServiceImpl,
        by: u32,
        request: &ServiceRequest,
        rng: &mut Rng,
    ) -> (ServiceReply, Option<String>) {
        let asked = RequestContext { by: NodeId(by), at: Instant::ZERO, rng };
        service.answer(asked, request).expect("an answer")
    }

    /// The code of an error.
    pub(super) fn code(answer: &ServiceReply) -> Option<ErrorCode> {
        match answer {
            ServiceReply::Error(failure) => Some(failure.code),
            _ => None,
        }
    }
}
