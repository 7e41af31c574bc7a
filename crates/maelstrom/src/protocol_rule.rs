//! The rules that each line of a node must follow, one row each.
//!
//! A row has the name of the rule, its severity, and what Maelstrom does with a line that breaks
//! it.

/// Defines the rules of the protocol, each in one row: its name, its severity, what Maelstrom does
/// with such a line, and what the protocol requires.
macro_rules! rules {
    ($(
        $(#[doc = $doc:literal])*
        $rule:ident: $name:literal, $severity:ident, $maelstrom:ident, $wants:literal;
    )*) => {
        /// A rule of the protocol that a line of a node can break, in the order in which they are
        /// checked.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum ProtocolRule {
            $($(#[doc = $doc])* $rule,)*
        }

        impl ProtocolRule {
            /// All of them.
            pub const ALL: &[ProtocolRule] = &[$(ProtocolRule::$rule),*];

            /// Its name in results.
            pub fn name(self) -> &'static str {
                match self { $(ProtocolRule::$rule => $name,)* }
            }

            /// Whether breaking it makes a run invalid.
            pub fn severity(self) -> Severity {
                match self { $(ProtocolRule::$rule => Severity::$severity,)* }
            }

            /// What Maelstrom does with such a line, unless the line is a special case.
            pub fn maelstrom(self) -> Maelstrom {
                match self { $(ProtocolRule::$rule => Maelstrom::$maelstrom,)* }
            }

            /// What the protocol requires.
            pub fn wants(self) -> &'static str {
                match self { $(ProtocolRule::$rule => $wants,)* }
            }
        }
    };
}

/// Whether a deviation from the protocol makes a run invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// It is counted and shown; the message arrives, and the run may be valid.
    Warning,
    /// The run is invalid.
    Violation,
}

impl Severity {
    /// Its name in reference pages.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Violation => "violation",
        }
    }
}

/// What Maelstrom does with a line that deviates from the protocol, compared with what is done
/// here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Maelstrom {
    /// The same: it delivers the message, or discards it, as is done here.
    Same,
    /// It never reads from this node again.
    StopsReading,
    /// Something else, so that the rest of the run would diverge.
    Differs,
    /// It ends the whole test with an error, exit code 255, and without results.
    EndsTest,
}

impl Maelstrom {
    /// Describes it in a phrase for reference pages.
    pub fn describe(self) -> &'static str {
        match self {
            Maelstrom::Same => "the same",
            Maelstrom::StopsReading => "never reads from the node again",
            Maelstrom::Differs => "something else",
            Maelstrom::EndsTest => "ends the test with an error",
        }
    }
}

rules! {
    /// The line is too long.
    LineTooLong: "line-too-long", Violation, Differs,
        "a message is one line, up to the limit on its length";
    /// The output ends in the middle of a line.
    NoNewline: "no-newline", Violation, Differs,
        "each message ends with a newline, and is flushed";
    /// The bytes are no text.
    NotUtf8: "not-utf8", Violation, Same,
        "a line is text in UTF-8";
    /// The line is empty.
    BlankLine: "blank-line", Warning, StopsReading,
        "each line of stdout is one JSON object, with no empty lines between";
    /// The line begins with a byte order mark.
    ByteOrderMark: "byte-order-mark", Violation, StopsReading,
        "stdout is UTF-8 without a byte order mark";
    /// A control character stands in a string.
    ControlCharacter: "control-character", Violation, Same,
        "control characters in strings are written as \\u0000";
    /// The line is no JSON.
    NotJson: "not-json", Violation, StopsReading,
        "each line of stdout is one JSON object; logs go to stderr";
    /// Something follows the message on its line.
    TrailingText: "trailing-text", Violation, Same,
        "each line of stdout is one JSON object; what follows it on the line is never read";
    /// It is nested too deep.
    TooDeep: "too-deep", Violation, Differs,
        "JSON nested no deeper than 127 levels";
    /// An object has a key twice.
    RepeatedKey: "repeated-key", Warning, Same,
        "an object has each key once; of several the last counts";
    /// A number is beyond what JSON readers agree on.
    NumberOutOfRange: "number-out-of-range", Violation, Differs,
        "numbers lie within the range of a 64-bit float";
    /// It is JSON, but no object.
    NotAnObject: "not-an-object", Violation, StopsReading,
        "a message is an object with src, dest and body";
    /// A key that an envelope does not have.
    UnknownKey: "unknown-key", Violation, StopsReading,
        "a message has src, dest, body, and perhaps id, and nothing else";
    /// The sender is missing.
    MissingSrc: "missing-src", Violation, StopsReading,
        "src is a string: the name of the node that sends";
    /// The sender is another one.
    WrongSrc: "wrong-src", Violation, Differs,
        "a node sends under the name that init gave it";
    /// The destination is missing.
    MissingDest: "missing-dest", Violation, StopsReading,
        "dest is a string: the node, service or client it is for";
    /// The destination does not exist.
    UnknownDestination: "unknown-destination", Violation, StopsReading,
        "dest is a node, a service, or a client that has sent a request";
    /// The body is missing.
    MissingBody: "missing-body", Violation, Differs,
        "body is an object";
    /// The body is no object.
    BadBody: "bad-body", Violation, StopsReading,
        "body is an object";
    /// A body without a type.
    MissingType: "missing-type", Warning, Same,
        "a body has a type, a string";
    /// A `msg_id` that is no whole number.
    BadMsgId: "bad-msg-id", Warning, Same,
        "msg_id is an integer";
    /// A `msg_id` that the node has given to a message before.
    RepeatedMsgId: "repeated-msg-id", Warning, Same,
        "each msg_id that a node gives a reply or a request to a service is used once";
    /// `null` where a field can be left out.
    NullForMissing: "null-for-missing", Warning, Same,
        "a field without a value is left out, and an empty list is []";
    /// A float where a whole number is due.
    FloatForInteger: "float-for-integer", Warning, Same,
        "whole numbers are written without a point and without an exponent";
    /// A field that the message does not have.
    ExtraField: "extra-field", Warning, Same,
        "a reply has the fields of its request's reply, and no others";
    /// A reply that does not say to what.
    MissingInReplyTo: "missing-in-reply-to", Violation, Same,
        "a message to a client has in_reply_to: the msg_id of the request";
    /// A reply to something that is no number, or that no client has asked.
    BadInReplyTo: "bad-in-reply-to", Violation, Same,
        "in_reply_to is an integer: the msg_id of a request";
    /// A reply with the wrong type or the wrong fields.
    BadReply: "bad-reply", Violation, Same,
        "a reply has the type and the fields of its request's reply";
    /// A reply that comes when its client waits for it no more.
    LateReply: "late-reply", Warning, Same,
        "a request is answered once, before its client gives up";
    /// A request to a service with the wrong fields.
    BadServiceRequest: "bad-question", Warning, Same,
        "a request to a service has a msg_id and the fields of its type";
    /// A request that a service does not know, and never answers.
    UnknownServiceRequest: "unknown-question", Warning, Same,
        "a service answers the requests that it knows, and no others";
}
