//! A node that answers `echo`: the beginning of one of your own. It has no dependencies.
//!
//! ```text
//! cargo build --release
//! sim test -w echo --bin target/release/{name} --node-count 1 --time-limit 5
//! ```
//!
//! Messages are lines of JSON on stdin and stdout. Whatever you print yourself goes to stderr:
//! `eprintln!`, never `println!`.

mod json;

use std::io::{self, BufRead, Write};

use json::Json;

/// The node, with its name and those of the others once it is initialised.
#[derive(Default)]
struct Node {
    id: String,
    peers: Vec<String>,
}

impl Node {
    /// Handles a message.
    fn handle(&mut self, message: &Json) -> io::Result<()> {
        let body = message.get("body");
        match body.get("type").text() {
            "init" => {
                self.id = body.get("node_id").text().to_owned();
                let names = body.get("node_ids").list().iter().map(|name| name.text().to_owned());
                self.peers = names.filter(|name| *name != self.id).collect();
                eprintln!("{} starts, beside {}", self.id, self.peers.join(", "));
                self.reply(message, [("type", "init_ok".into())])
            }
            "echo" => {
                let echo = body.get("echo").clone();
                self.reply(message, [("type", "echo_ok".into()), ("echo", echo)])
            }
            // Where to go on: one arm for each type of request of a workload. For unique-ids, for
            // example:
            //
            //     "generate" => self.reply(message, [("type", "generate_ok".into()), ("id", …)]),
            //
            //     sim test -w unique-ids --bin target/release/{name} --node-count 3 --time-limit 5
            //
            // Also: `self.send(&self.peers[0], …)` to another node. `sim doc protocol` lists all
            // messages of all workloads.
            _ if *body.get("in_reply_to") == Json::Null => {
                let text = ("text", "not supported".into());
                self.reply(message, [("type", "error".into()), ("code", 10.into()), text])
            }
            _ => Ok(()),
        }
    }

    /// Sends the reply to a request.
    fn reply<const N: usize>(
        &self,
        request: &Json,
        fields: [(&str, Json); N],
    ) -> io::Result<()> {
        let number = request.get("body").get("msg_id").clone();
        let body = Json::object(fields.into_iter().chain([("in_reply_to", number)]));
        self.send(request.get("src").text(), body)
    }

    /// Sends a message to a node, a client or a service.
    fn send(&self, dest: &str, body: Json) -> io::Result<()> {
        let message =
            Json::object([("src", self.id.as_str().into()), ("dest", dest.into()), ("body", body)]);
        let mut out = io::stdout().lock();
        writeln!(out, "{message}")?;
        out.flush()
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut node = Node::default();
    for line in io::stdin().lock().lines() {
        node.handle(&line?.parse()?)?;
    }
    Ok(())
}
