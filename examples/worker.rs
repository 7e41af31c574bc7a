//! A worker that polls its inbox: the smallest node with a queue of its own.
//!
//! ```text
//!   n1 (boss) ──job──► [ inbox of n2 (worker) ]      arrivals 3 jobs/s, service 2 jobs/s
//! ```
//!
//! Run it with `cargo run --example worker`: the inbox grows by one job a second.

use std::error::Error;
use std::io::{self, Write};

use sim::engine::{ratio::Ratio, rng::Seed, ticks::Ticks, time::Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Setup, Simulation};

struct Machine {
    per_second: u64,
}

impl Node for Machine {
    type Message = &'static str;
    type Record = ();
    const POLLS_INBOX: bool = true;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        if let Some(ticks) = Ticks::at_rate(Ratio::whole(self.per_second)) {
            cx.tick_every(ticks);
        }
    }

    fn on_timer(&mut self, _tick: Timer, cx: &mut Context<'_, Self>) {
        match cx.id() {
            NodeId(0) => drop(cx.send(NodeId(1), "a job")),
            _ => drop(cx.take_message()),
        }
    }
}

/// Runs for ten seconds and prints the number of waiting jobs after each.
pub(crate) fn work(mut out: impl Write) -> Result<(), Box<dyn Error>> {
    let setup = Setup::new(2, Seed::new(1).ok_or("a seed")?);
    let rate = |id: NodeId| if id == NodeId(0) { 3 } else { 2 };
    let mut simulation: Simulation<Machine> =
        Simulation::new(&setup, move |id| Machine { per_second: rate(id) });
    for second in 1..=10 {
        let now = Instant::from_ns(second * 1_000_000_000);
        simulation.run_until(now, u64::MAX, &mut ());
        writeln!(out, "{now}: {} jobs wait", simulation.inbox_len(NodeId(1), now))?;
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    work(io::stdout())
}
