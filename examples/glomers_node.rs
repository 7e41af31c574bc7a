//! A custom node for challenge 3 (broadcast) in 40 lines: gossip of all values to all peers.
//!
//! Run it with `cargo run --example glomers_node`; `docs/nodes.md` explains it line by line.

use std::collections::BTreeSet;
use std::error::Error;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use sim::config::{Experiment, read, shipped};
use sim::engine::time::Duration;
use sim::experiment::run_servers;
use sim::glomers::{Caller, Cx, Peer, Reply, Request, Server};
use sim::node::{NodeId, Timer};

/// A set of known values, all of which are sent to all peers twice a second.
#[derive(Default)]
struct Gossip(BTreeSet<i64>);

/// Message between nodes: all values that the sender knows.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Known(BTreeSet<i64>);

impl Peer for Known {}

impl Server for Gossip {
    type Peer = Known;

    fn start(&mut self, cx: &mut Cx<'_, Known>) {
        cx.set_timer(Duration::from_ms(500));
    }

    fn request(&mut self, caller: Caller, request: Request, cx: &mut Cx<'_, Known>) {
        match request {
            Request::Broadcast(value) => {
                self.0.insert(value);
                cx.reply(caller, Reply::BroadcastOk);
            }
            Request::Read => cx.reply(caller, Reply::ReadOk(self.0.iter().copied().collect())),
            _ => cx.refuse(caller),
        }
    }

    fn peer(&mut self, _from: NodeId, Known(values): Known, _cx: &mut Cx<'_, Known>) {
        self.0.extend(values);
    }

    fn timer(&mut self, _timer: Timer, cx: &mut Cx<'_, Known>) {
        for peer in cx.peers() {
            cx.send(peer, Known(self.0.clone()));
        }
        cx.set_timer(Duration::from_ms(500));
    }
}

/// Runs the node under the config of challenge 3c, with its partitions, and prints the verdict.
pub(crate) fn run(mut out: impl Write) -> Result<(), Box<dyn Error>> {
    let text = shipped("glomers/3c").ok_or("it ships")?.text;
    let Experiment::Glomers(experiment) = read("3c.toml", text, &[])? else {
        return Err("a config of Gossip Glomers".into());
    };
    let outcome = run_servers(&experiment, |_| Gossip::default());
    writeln!(out, "{}", outcome.verdict.strict.name())?;
    for (path, figure) in &outcome.verdict.figures.0 {
        writeln!(out, "{path} {figure}")?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    run(io::stdout())
}
