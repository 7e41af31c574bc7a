//! The reference pages of the protocol, the workloads and the files, made from the tables that the
//! code uses.

mod fields;
mod files;
mod models;

use std::fmt::{self, Write};

use crate::check::{HistoryChecker, HistoryRule};
use crate::glomers::{
    DEPTH_MAX, ErrorCode, Field, INIT, ProtocolRule, Rpc, Service, TOPOLOGY, WORKLOADS,
};

/// Returns the page on the protocol, as Markdown.
pub fn protocol() -> String {
    page(write_protocol)
}

/// Returns the page on the files of runs and sweeps, as Markdown.
pub fn files() -> String {
    page(files::write)
}

/// Returns the page on workloads and services, as Markdown.
pub fn workloads() -> String {
    page(write_workloads)
}

fn page(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
    let mut out = String::new();
    write(&mut out).expect("writing to a string");
    out
}

const PROTOCOL: &str = r#"# The protocol

<!-- Made by `sim doc protocol` from the tables that the code uses; not to be edited. -->

A node is a process. It reads messages from its stdin and writes messages to its stdout, one JSON
object on each line; its stderr is a log for people. This is Maelstrom's protocol: `sim test` hosts
any program that speaks it, and `sim node` speaks it to any host.

```json
{"src": "c7", "dest": "n1", "body": {"type": "echo", "msg_id": 1, "echo": "hello"}}
{"src": "n1", "dest": "c7", "body": {"type": "echo_ok", "in_reply_to": 1, "echo": "hello"}}
```

- `src`, `dest`: names. Nodes are called as `init` says, clients `c0`, `c1`, …, services by their
  names. What a host hands to a node has an `id` besides, the number of the message; a node need not
  send one.
- `body.type`: the type of the message. Messages between nodes may be any object.
- `body.msg_id`: an integer, if an answer is wanted; in requests to services and in replies to
  clients a node uses each once. A reply that still has the number of its request has none of its
  own. In a request to a service it may be any JSON value: it comes back as `in_reply_to`.
- `body.in_reply_to`: the `msg_id` of the request, in each answer to a client or from a service.
- A reply has the fields of its request's reply and nothing else; of `init_ok` the type alone
  counts. A reply that its client does not wait for any more is dropped.
- `null` is as good as a missing field in a request to a service, and as good as an empty list.
- A message between nodes, or between a node and a service, may be late, lost, duplicated or
  overtaken; messages between a client and a node take no time, unless the config says otherwise.

## The beginning
"#;

const RULES: &str = "
## Rules of a line

A line that breaks one of these is reported with its node, its number and its text. What Maelstrom
delivers is delivered all the same; the node's next lines are read in any case. A *warning* is
counted and shown, and changes no verdict. A *violation* makes the strict verdict invalid. Where
Maelstrom does something else with the line, its verdict on the rest of the run is unknown, or an
error.

| rule | severity | what the protocol wants | what Maelstrom does |
| --- | --- | --- | --- |
";

const NUMBERS: &str = "
A reply with an extra field, or whose `msg_id` is null or a text, is a warning here, and its
operation is ok; Maelstrom throws it away as malformed, and the operation's outcome is unknown. The
history marks such a completion with `parity-error`, and the verdict of parity counts it as
Maelstrom does.

In strict verdicts `1`, `1.0` and `10e-1` are one number. Maelstrom, and so parity and the services,
tell a number with a point or an exponent from a whole one. Integers of any size are kept as they
are; messages between nodes, and values that services keep, are passed on as they were written.
";

const OUTCOMES: &str = "
After a definite error the operation certainly did not happen: it fails. After any other error, and
after a timeout (5 s), its outcome is unknown: the operation stays open, and its client is closed.
Reads of broadcast are the exception: a read without a reply fails. Codes from 1000 are a node's
own, and never definite.
";

fn write_protocol(out: &mut String) -> fmt::Result {
    out.push_str(PROTOCOL);
    for rpc in [INIT, TOPOLOGY] {
        write_rpc(out, &rpc)?;
    }
    writeln!(out, "\n## Errors\n\nAny request may be answered with an error instead:\n")?;
    let error = r#"{"type": "error", "in_reply_to": 1, "code": 11, "text": "not now"}"#;
    writeln!(out, "```json\n{error}\n```\n")?;
    writeln!(out, "| code | name | certain that nothing happened |\n| --- | --- | --- |")?;
    for code in (0..1000).map(ErrorCode).filter(|code| code.name() != "unknown") {
        let definite = if code.is_definite() { "yes" } else { "no" };
        writeln!(out, "| {} | {} | {definite} |", code.0, code.name())?;
    }
    out.push_str(OUTCOMES);
    out.push_str(RULES);
    for rule in ProtocolRule::ALL {
        let (name, severity) = (rule.name(), rule.severity().name());
        let maelstrom = rule.maelstrom().describe();
        writeln!(out, "| {name} | {severity} | {} | {maelstrom} |", rule.wants())?;
    }
    out.push_str(NUMBERS);
    writeln!(out, "JSON may be nested {DEPTH_MAX} levels deep.")
}

const WORKLOADS_HEAD: &str = "\
# Workloads and services

<!-- Made by `sim doc workloads` from the tables that the code uses; not to be edited. -->

What clients ask of nodes, what nodes may ask of services, and what is checked. How messages look is
in [protocol.md](protocol.md). `strict` is the verdict that decides; `parity` is what Maelstrom
would say, and is reported beside it.
";

fn write_workloads(out: &mut String) -> fmt::Result {
    out.push_str(WORKLOADS_HEAD);
    for workload in WORKLOADS {
        writeln!(out, "\n## {}\n\n{}", workload.name, workload.idea)?;
        if workload.has_topology {
            writeln!(out, "\nBefore the first operation each node receives its neighbours.")?;
        }
        if let Some(f) = &workload.final_operation {
            let name = f.name();
            write!(out, "\nIn the end all is healed; after a quiet time each client ends with ")?;
            writeln!(out, "a final `{name}`.")?;
        }
        workload.rpcs.iter().try_for_each(|rpc| write_rpc(out, rpc))?;
        write_rules(out, workload.checker)?;
    }
    models::write(out)?;
    writeln!(
        out,
        "\n# Services\n\nA node asks a service as a client asks a node. Faults between nodes do \
         not reach them.\nA request of a type that a service does not know is never answered."
    )?;
    for service in Service::ALL {
        writeln!(out, "\n## {}\n\n{}.", service.name(), sentence(service.promise()))?;
        if service != Service::LinKv && service.rpcs()[0].request == "read" {
            writeln!(out, "\nThe requests are those of `lin-kv`.")?;
        } else {
            service.rpcs().iter().try_for_each(|rpc| write_rpc(out, rpc))?;
        }
    }
    Ok(())
}

fn write_rules(out: &mut String, checker: Option<HistoryChecker>) -> fmt::Result {
    writeln!(out, "\nWhat is checked:\n\n| rule | what it wants |\n| --- | --- |")?;
    let rules = checker.map_or(&[HistoryRule::NoChecker][..], HistoryChecker::rules);
    let common = [HistoryRule::MalformedHistory, HistoryRule::MalformedValue];
    let common = common.iter().filter(|_| checker.is_some());
    for rule in rules.iter().chain(common) {
        writeln!(out, "| {} | {} |", rule.name(), rule.meaning())?;
    }
    Ok(())
}

fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters).collect()
}

fn write_rpc(out: &mut String, rpc: &Rpc) -> fmt::Result {
    writeln!(out, "\n### `{}` → `{}`\n\n{}", rpc.request, rpc.reply, rpc.meaning)?;
    if !(rpc.fields.is_empty() && rpc.reply_fields.is_empty()) {
        writeln!(out, "\n| in | field | what stands there | meaning |")?;
        writeln!(out, "| --- | --- | --- | --- |")?;
        rpc.fields.iter().try_for_each(|field| write_field(out, rpc.request, field))?;
        rpc.reply_fields.iter().try_for_each(|field| write_field(out, rpc.reply, field))?;
    }
    if !rpc.errors.is_empty() {
        let errors: Vec<String> =
            rpc.errors.iter().map(|code| format!("{} ({})", code.0, code.name())).collect();
        writeln!(out, "\nErrors: {}.", errors.join(", "))?;
    }
    Ok(())
}

fn write_field(out: &mut String, of: &str, field: &Field) -> fmt::Result {
    let Field { name, kind, optional, meaning } = field;
    let optional = if *optional { ", or missing" } else { "" };
    writeln!(out, "| `{of}` | `{name}` | {}{optional} | {meaning} |", kind.describe())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_histories_is_on_the_page() {
        let page = workloads();
        // Workloads of others may lack a checker; each that ships has one.
        for rule in HistoryRule::ALL.iter().filter(|rule| **rule != HistoryRule::NoChecker) {
            assert!(page.contains(&format!("| {} |", rule.name())), "{}", rule.name());
        }
    }

    #[test]
    fn every_rule_and_error_of_the_protocol_is_on_the_page() {
        let page = protocol();
        for rule in ProtocolRule::ALL {
            assert!(page.contains(&format!("| {} |", rule.name())), "{}", rule.name());
        }
        assert!(page.contains("| 22 | precondition-failed | yes |"));
    }
}
