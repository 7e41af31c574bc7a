//! Services that nodes may use: key-value stores of different consistency, and timestamps.
//!
//! Each answers one question at a time, in the order of arrival. Facts: Maelstrom's services.

mod lin_kv;
mod lin_tso;
mod lww_kv;
mod seq_kv;

use std::collections::BTreeMap;

use serde_json::Value;

use super::participant::{Participant, Record};
use super::protocol::{Answer, Answered, Body, ErrorCode, Failure, Question, Service};
use crate::edn::number::clojure_text;
use crate::engine::rng::Rng;
use crate::engine::time::Instant;
use crate::node::{Context, NodeId};

/// A service as a participant.
#[derive(Debug)]
pub struct ServiceNode {
    service: Box<dyn Answers>,
}

/// What answers questions.
trait Answers: std::fmt::Debug {
    /// The answer to a question, and why it may be an old one, if it is. `None` where the service
    /// never answers such questions.
    fn answer(&mut self, asked: Asked, question: &Question) -> Option<(Answer, Option<String>)>;
}

/// Who asks, and when, and the chance that is taken.
#[derive(Debug)]
struct Asked<'a> {
    by: NodeId,
    at: Instant,
    rng: &'a mut Rng,
}

impl ServiceNode {
    /// The service of this name, empty.
    pub(super) fn new(service: Service) -> ServiceNode {
        let service: Box<dyn Answers> = match service {
            Service::LinKv => Box::new(lin_kv::LinKv::default()),
            Service::SeqKv => Box::new(seq_kv::SeqKv::default()),
            Service::LwwKv => Box::new(lww_kv::LwwKv::default()),
            Service::LinTso => Box::new(lin_tso::LinTso::default()),
        };
        ServiceNode { service }
    }

    pub(super) fn message(&mut self, from: NodeId, body: Body, cx: &mut Context<'_, Participant>) {
        let Body::Question { call, question } = body else { return };
        let at = cx.now();
        let asked = Asked { by: from, at, rng: cx.rng() };
        match self.service.answer(asked, &question) {
            Some((answer, note)) => {
                let note = note.map(String::into_boxed_str);
                let answer = Box::new(Answered { answer, note });
                cx.send(from, Body::Answer { call, answer });
            }
            None => cx.record(Record::Log(format!("no answer to {}", question.name()))),
        }
    }
}

/// Keys and values: a key is known by its text, and equal as in Clojure.
type Map = BTreeMap<String, Value>;

/// What a question does to a key: its answer, and what is under the key from then on.
fn apply(found: Option<&Value>, question: &Question) -> (Answer, Option<Value>) {
    let error = |code, text: String| (Answer::Error(Failure::new(code, text)), None);
    match question {
        Question::Read { key } => match found {
            Some(value) => (Answer::Value(value.clone()), None),
            None => error(ErrorCode::KEY_DOES_NOT_EXIST, format!("there is no key {key}")),
        },
        Question::Write { value, .. } => (Answer::Written, Some(value.clone())),
        Question::Cas { key, from, to, create } => match found {
            None if *create => (Answer::Swapped, Some(to.clone())),
            None => error(ErrorCode::KEY_DOES_NOT_EXIST, format!("there is no key {key}")),
            Some(value) if equal(value, from) => (Answer::Swapped, Some(to.clone())),
            Some(value) => {
                let text = format!("expected {from} under {key}, but it is {value}");
                error(ErrorCode::PRECONDITION_FAILED, text)
            }
        },
        Question::Ts => error(ErrorCode::NOT_SUPPORTED, "this is no clock".to_owned()),
    }
}

/// Whether two values are equal as in Clojure: `1` and `1.0` are not.
fn equal(a: &Value, b: &Value) -> bool {
    a == b || clojure_text(a) == clojure_text(b)
}

/// The key that a question is about; `None` if it is about none.
fn key_of(question: &Question) -> Option<String> {
    match question {
        Question::Read { key } | Question::Write { key, .. } | Question::Cas { key, .. } => {
            Some(clojure_text(key))
        }
        Question::Ts => None,
    }
}

#[cfg(test)]
mod samples {
    //! For tests: questions, and a service asked one after the other.

    use serde_json::json;

    use super::*;
    use crate::engine::rng::{Purpose, Seed};

    pub(super) fn read(key: &str) -> Question {
        Question::Read { key: json!(key) }
    }

    pub(super) fn write(key: &str, value: i64) -> Question {
        Question::Write { key: json!(key), value: json!(value) }
    }

    pub(super) fn cas(key: &str, from: i64, to: i64) -> Question {
        Question::Cas { key: json!(key), from: json!(from), to: json!(to), create: false }
    }

    pub(super) fn rng(seed: u64) -> Rng {
        Seed::new(seed).expect("a seed").stream(Purpose::Node, 0)
    }

    /// Asks as node `by`.
    pub(super) fn ask(
        service: &mut impl Answers,
        by: u32,
        question: &Question,
        rng: &mut Rng,
    ) -> (Answer, Option<String>) {
        let asked = Asked { by: NodeId(by), at: Instant::ZERO, rng };
        service.answer(asked, question).expect("an answer")
    }

    /// The code of an error.
    pub(super) fn code(answer: &Answer) -> Option<ErrorCode> {
        match answer {
            Answer::Error(failure) => Some(failure.code),
            _ => None,
        }
    }
}
