//! Two nodes that throw a ball to each other: the smallest node that reacts to messages.
//!
//! ```text
//!   n1 ──ball 1──► n2
//!   n1 ◄──ball 2── n2      … until ball 5; the latency is 10 ms.
//! ```
//!
//! Run it with `cargo run --example ping_pong`.

use std::error::Error;
use std::io::{self, Write};

use sim::engine::{rng::Seed, time::Duration, time::Instant};
use sim::network::Latency;
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Observer, Progress, Setup, Simulation};

struct Player;

impl Node for Player {
    type Message = u32;
    type Record = String;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        if cx.id() == NodeId(0) {
            cx.send(NodeId(1), 1);
        }
    }

    fn on_message(&mut self, from: NodeId, ball: u32, cx: &mut Context<'_, Self>) {
        cx.record(format!("{} caught ball {ball} from {from}", cx.id()));
        if ball < 5 {
            cx.send(from, ball + 1);
        }
    }

    fn on_timer(&mut self, _timer: Timer, _cx: &mut Context<'_, Self>) {}
}

struct Printer<W>(W);

impl<W: Write> Observer<Player> for Printer<W> {
    fn record(&mut self, at: Instant, _node: NodeId, line: &String) {
        let _ = writeln!(self.0, "{at:>6} {line}");
    }
}

/// Runs until no event is left and prints the records.
pub(crate) fn play(out: impl Write) -> Result<(), Box<dyn Error>> {
    let mut setup = Setup::new(2, Seed::new(1).ok_or("a seed")?);
    setup.network.latency = Latency::Constant(Duration::from_ms(10));
    let mut simulation: Simulation<Player> = Simulation::new(&setup, |_| Player);
    let mut printer = Printer(out);
    while simulation.step(&mut printer) == Progress::Paused {}
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    play(io::stdout())
}
