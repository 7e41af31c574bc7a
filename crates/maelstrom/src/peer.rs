//! Messages between servers, with their type erased: every simulation of a cluster is one type.
//!
//! A message of type `P` travels as a [`PeerMessage`]: as one word where the type says how
//! ([`Peer::WORD`]), otherwise as one allocation that all copies of the message share; and becomes
//! a `P` again at its addressee. So the simulation, the clients and the services are compiled once,
//! whatever nodes there are.

use std::any::Any;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::rc::Rc;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A type of messages between servers.
pub trait Peer: Clone + Debug + Serialize + DeserializeOwned + 'static {
    /// How a message is packed into 64 bits and unpacked again, which saves an allocation per
    /// message; worth it for a message that is a single number. `None` if it does not fit.
    const WORD: Option<Word<Self>> = None;

    /// Returns the name of the message in counts and journals, and its `type` on the wire.
    fn kind(&self) -> &'static str {
        "peer"
    }

    /// Encodes the body of the message as JSON: its type, and its fields as serde writes them.
    fn to_wire(&self) -> Map<String, Value> {
        let data = serde_json::to_value(self).expect("a message between servers has a JSON form");
        Map::from_iter([("type".into(), self.kind().into()), ("data".into(), data)])
    }

    /// Parses the body of a message.
    ///
    /// # Errors
    /// Describes what is wrong, if the body is not of this type.
    fn from_wire(mut body: Map<String, Value>) -> Result<Self, String> {
        let data = body.remove("data").ok_or("it has no data")?;
        serde_json::from_value(data).map_err(|error| error.to_string())
    }
}

/// The functions that pack a message into a word and unpack it: the second is the inverse of the
/// first.
pub type Word<P> = (fn(&P) -> u64, fn(u64) -> P);

/// Servers that send each other nothing.
impl Peer for () {}

/// A message between servers, of any type.
#[derive(Clone)]
pub struct PeerMessage(Repr);

#[derive(Clone)]
enum Repr {
    Word(u64, &'static WordType),
    Shared(Rc<dyn AnyPeer>),
}

/// A type of messages that travel as words.
struct WordType {
    kind: fn(u64) -> &'static str,
    message: fn(u64) -> Rc<dyn AnyPeer>,
}

/// The [`WordType`] of messages of type `P`.
struct WordOf<P>(PhantomData<P>);

impl<P: Peer> WordOf<P> {
    const TYPE: &'static WordType = &WordType {
        kind: |word| Peer::kind(&Self::message(word)),
        message: |word| Rc::new(Self::message(word)),
    };

    fn message(word: u64) -> P {
        let Some((_, message)) = P::WORD else { panic!("{}", other_type::<P>()) };
        message(word)
    }
}

/// The part of [`Peer`] that needs no type.
pub(super) trait AnyPeer: Debug {
    /// Returns the name of the message in counts and journals.
    fn kind(&self) -> &str;
    /// Encodes the body of the message as JSON.
    fn to_wire(&self) -> Map<String, Value>;
    /// Returns the message as a value of any type.
    fn into_any(self: Rc<Self>) -> Rc<dyn Any>;
}

impl<P: Peer> AnyPeer for P {
    fn kind(&self) -> &str {
        Peer::kind(self)
    }

    fn to_wire(&self) -> Map<String, Value> {
        Peer::to_wire(self)
    }

    fn into_any(self: Rc<Self>) -> Rc<dyn Any> {
        self
    }
}

/// A parser of message bodies, for one type of messages.
pub type PeerParser = fn(Map<String, Value>) -> Result<PeerMessage, String>;

impl PeerMessage {
    /// Erases the type of a message.
    #[inline]
    pub fn new<P: Peer>(message: P) -> PeerMessage {
        PeerMessage(match P::WORD {
            Some((word, _)) => Repr::Word(word(&message), WordOf::<P>::TYPE),
            None => Repr::Shared(Rc::new(message)),
        })
    }

    /// Parses the body of a message of type `P`.
    ///
    /// # Errors
    /// Describes what is wrong, if the body is not of this type.
    pub fn parse<P: Peer>(body: Map<String, Value>) -> Result<PeerMessage, String> {
        P::from_wire(body).map(PeerMessage::new)
    }

    /// Wraps a message whose type is not a [`Peer`].
    pub(super) fn of(message: Rc<dyn AnyPeer>) -> PeerMessage {
        PeerMessage(Repr::Shared(message))
    }

    /// Returns the name of the message in counts and journals.
    pub fn kind(&self) -> &str {
        match &self.0 {
            Repr::Word(word, of) => (of.kind)(*word),
            Repr::Shared(message) => message.kind(),
        }
    }

    /// Encodes the body of the message as JSON.
    pub fn to_wire(&self) -> Map<String, Value> {
        match &self.0 {
            Repr::Word(word, of) => (of.message)(*word).to_wire(),
            Repr::Shared(message) => message.to_wire(),
        }
    }

    /// The message as a `P`; it is cloned unless this is the last copy of it.
    ///
    /// # Panics
    /// If it is of another type: all servers of a simulation send messages of one type.
    #[inline]
    pub(super) fn into_inner<P: Peer>(self) -> P {
        match (self.0, P::WORD) {
            (Repr::Word(word, _), Some((_, message))) => message(word),
            (Repr::Shared(message), None) => match message.into_any().downcast::<P>() {
                Ok(message) => Rc::unwrap_or_clone(message),
                Err(_) => panic!("{}", other_type::<P>()),
            },
            _ => panic!("{}", other_type::<P>()),
        }
    }
}

impl Debug for PeerMessage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.0 {
            Repr::Word(word, of) => (of.message)(*word).fmt(f),
            Repr::Shared(message) => message.fmt(f),
        }
    }
}

fn other_type<P>() -> String {
    format!("a message of another type than {}", std::any::type_name::<P>())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Known(Vec<i64>);

    impl Peer for Known {}

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Number(i64);

    impl Peer for Number {
        const WORD: Option<Word<Number>> =
            Some((|m| m.0.cast_unsigned(), |w| Number(w.cast_signed())));
    }

    #[track_caller]
    fn comes_back<P: Peer + PartialEq>(message: P) {
        let erased = PeerMessage::new(message.clone());
        assert_eq!(erased.clone().into_inner::<P>(), message);
        assert_eq!(format!("{erased:?}"), format!("{message:?}"));
        let parsed = PeerMessage::parse::<P>(erased.to_wire()).expect("its own body");
        assert_eq!(parsed.into_inner::<P>(), message);
    }

    #[test]
    fn a_message_comes_back_as_what_it_was() {
        comes_back(Known(vec![1, 2]));
        comes_back(Number(-3));
        comes_back(());
    }

    #[test]
    fn messages_are_small() {
        assert_eq!(size_of::<PeerMessage>(), 24);
        assert_eq!(size_of::<crate::Body>(), 24);
    }
}
