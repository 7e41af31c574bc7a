//! Decoding of lines from a process: the message, if one is delivered, the rules that are violated,
//! and what Maelstrom does with the same line.

use sim::glomers::{
    BROADCAST, Body, Maelstrom, ProtocolRule, ProtocolValidator, Reply, Request, Wire,
};
use sim::node::NodeId;

/// A validator for two nodes in a broadcast, in which client c4 has sent two requests to n0.
fn validator() -> ProtocolValidator {
    let names = ["n0", "n1"].map(str::to_owned).to_vec();
    let mut validator = ProtocolValidator::new(Wire { names, workload: &BROADCAST });
    validator.on_request(4, 1, &Request::Read);
    validator.on_request(4, 2, &Request::Read);
    validator
}

/// Decodes a line of n0: whether there is a message, and the rules that it violates.
fn decode(line: &str) -> (bool, Vec<(ProtocolRule, Maelstrom)>) {
    let decoded = validator().decode(NodeId(0), line.as_bytes());
    let rules = decoded.deviations.iter().map(|found| (found.rule, found.maelstrom)).collect();
    (decoded.message.is_some(), rules)
}

#[track_caller]
fn check(line: &str, is_delivered: bool, rules: &[(ProtocolRule, Maelstrom)]) {
    assert_eq!(decode(line), (is_delivered, rules.to_vec()), "{line}");
}

/// Returns a line with a message of n0.
fn to(dest: &str, body: &str) -> String {
    format!(r#"{{"src":"n0","dest":"{dest}","body":{body}}}"#)
}

#[test]
fn the_sender_counts_for_all_but_clients() {
    use Maelstrom::{Differs, Same, StopsReading};
    let reply = r#""body":{"type":"read_ok","messages":[1],"in_reply_to":2}"#;
    let from = |src: &str, dest: &str| format!(r#"{{"src":"{src}","dest":"{dest}",{reply}}}"#);
    check(&from("n0", "c4"), true, &[]);
    check(&from("c4", "c4"), true, &[(ProtocolRule::WrongSrc, Same)]);
    check(&from("n1", "n1"), false, &[(ProtocolRule::WrongSrc, Differs)]);
    check(&from("me", "c4"), false, &[(ProtocolRule::WrongSrc, StopsReading)]);
}

#[test]
fn a_reply_is_for_the_request_that_its_client_waits_for() {
    use Maelstrom::{Same, StopsReading};
    let reply = |number: &str| {
        to("c4", &format!(r#"{{"type":"read_ok","messages":[],"in_reply_to":{number}}}"#))
    };
    check(&reply("2"), true, &[]);
    check(&reply("1"), false, &[(ProtocolRule::LateReply, Same)]);
    check(&reply("3"), false, &[(ProtocolRule::BadInReplyTo, Same)]);
    check(&reply("2.0"), false, &[(ProtocolRule::BadInReplyTo, Same)]);
    check(&reply("null"), false, &[(ProtocolRule::MissingInReplyTo, Same)]);
    let unknown = to("c5", r#"{"type":"read_ok","messages":[],"in_reply_to":1}"#);
    check(&unknown, false, &[(ProtocolRule::UnknownDestination, StopsReading)]);
    let mut validator = validator();
    validator.on_client_closed(4);
    let decoded = validator.decode(NodeId(0), reply("2").as_bytes());
    let [late] = &decoded.deviations[..] else { panic!("{decoded:?}") };
    assert_eq!((late.rule, late.maelstrom), (ProtocolRule::LateReply, StopsReading));
}

/// Decodes the reply to a read: its value as JSON, and whether Maelstrom's client would discard it.
fn read(fields: &str) -> Option<(String, bool)> {
    let line = to("c4", &format!(r#"{{"type":"read_ok","in_reply_to":2,{fields}}}"#));
    let (_, body) = validator().decode(NodeId(0), line.as_bytes()).message?;
    let Body::Reply { reply, .. } = body else { panic!("{body:?}") };
    match *reply {
        Reply::Decoded(reply) => {
            let value = reply.value.expect("a value").to_json().to_string();
            Some((value, reply.parity_error.is_some()))
        }
        Reply::Malformed(_) => None,
        other => panic!("{other:?}"),
    }
}

#[test]
fn lists_are_taken_as_maelstrom_takes_them() {
    let taken = |value: &str, is_malformed| Some((value.to_owned(), is_malformed));
    assert_eq!(read(r#""messages":[1,2]"#), taken("[1,2]", false));
    assert_eq!(read(r#""messages":null"#), taken("null", false));
    assert_eq!(read(r#""messages":[1.0,"x"]"#), taken(r#"[1.0,"x"]"#, false));
    assert_eq!(read(r#""messages":[],"msg_id":null"#), taken("[]", true));
    assert_eq!(read(r#""messages":[],"msg_id":"a""#), taken("[]", true));
    assert_eq!(read(r#""messages":[],"took_ms":3"#), taken("[]", true));
    assert_eq!(read(r#""messages":{}"#), None);
    assert_eq!(read(r#""values":[]"#), None);
}

#[test]
fn a_request_to_a_service_has_any_msg_id_and_gets_it_back() {
    for (msg_id, expected) in [
        ("7", None),
        ("-7", Some("-7")),
        ("7.0", Some("7.0")),
        (r#""a""#, Some(r#""a""#)),
        (r#"{"x":[1]}"#, Some(r#"{"x":[1]}"#)),
        ("null", Some("null")),
    ] {
        let mut validator = validator();
        let line = to("lin-kv", &format!(r#"{{"type":"read","key":"k","msg_id":{msg_id}}}"#));
        let decoded = validator.decode(NodeId(0), line.as_bytes());
        let Some((_, Body::ServiceRequest { call, .. })) = decoded.message else {
            panic!("{line}")
        };
        let found = validator.take_call_id(call).map(|id| id.to_string());
        assert_eq!(found.as_deref(), expected, "{msg_id}");
        assert_eq!(validator.take_call_id(call), None, "it is taken once");
    }
}
