//! A client that retries with exponential backoff over a network that loses a third of messages.
//!
//! ```text
//!   client ──1──► server ──1──✗ client      no reply for 10 ms, then 20, 40, …: retry
//! ```

use std::{error::Error, io};

use sim::prelude::*;

type Cx<'a> = ProcessContext<'a, u32, (u32, u32)>;

#[derive(Default)]
struct Client {
    done: u32,
}

impl Process<u32> for Client {
    type Timer = (u32, u32); // request and attempt

    fn on_start(&mut self, cx: &mut Cx<'_>) {
        self.on_timer((self.done, 0), cx);
    }

    fn on_message(&mut self, _: NodeId, reply: u32, cx: &mut Cx<'_>) {
        if reply == self.done {
            self.done += 1; // any other reply is a duplicate
            self.on_start(cx);
        }
    }

    fn on_timer(&mut self, (request, attempt): (u32, u32), cx: &mut Cx<'_>) {
        if request == self.done && request < 100 {
            cx.send(NodeId(1), request);
            cx.set_timer(Duration::from_millis(10 << attempt.min(9)), (request, attempt + 1));
        }
    }
}

struct Server;
impl Process<u32> for Server {
    type Timer = ();

    fn on_message(&mut self, client: NodeId, request: u32, cx: &mut ProcessContext<'_, u32, ()>) {
        cx.send(client, request);
    }
}

/// Runs until all calls are done and prints the number of messages.
pub(crate) fn call(mut out: impl io::Write) -> Result<(), Box<dyn Error>> {
    let mut setup = ModelSetup::new(Seed::new(1).ok_or("a seed")?);
    setup.network.loss = "1/3".parse()?;
    let _ = (setup.add(|_| Client::default()), setup.add(|_| Server));
    let outcome = setup.build()?.run_to_end().ok()?; // no event is left: all calls are done
    Ok(writeln!(out, "100 calls took {} messages, until {}", outcome.messages, outcome.now)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    call(io::stdout())
}
