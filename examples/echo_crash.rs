//! An echo server that crashes, and a client that retries after a timeout until it has a reply.
//!
//! ```text
//!   n1 (client) ──Ask 1──► n2 (server)      n2 is down from 250 ms to 400 ms: messages that arrive
//!   n1 ◄─Answer 1, served 1── n2            then are lost; the count on its disk survives
//! ```
//!
//! Run it with `cargo run --example echo_crash`.

use std::error::Error;
use std::io::{self, Write};

use sim::engine::{rng::Seed, time::Duration, time::Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{NodeFault, Observer, Setup, Simulation};

const SERVER: NodeId = NodeId(1);

#[derive(Clone, Debug)]
enum Message {
    Ask(u32),
    Answer { question: u32, served: u8 },
}

/// State of the client; that of the server is on its disk.
struct Participant {
    question: u32,
    tries: u32,
    timer: Option<Timer>,
}

impl Node for Participant {
    type Message = Message;
    type Record = String;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        match cx.id() {
            SERVER => cx.record("the server starts".to_owned()),
            _ => self.timer = Some(cx.set_timer(Duration::ZERO)),
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match message {
            Message::Ask(question) => {
                let served = cx.disk().read("served").map_or(0, |count| count[0]) + 1;
                cx.disk().write("served", [served]);
                cx.disk().sync();
                cx.send(from, Message::Answer { question, served });
            }
            Message::Answer { question, served } => {
                cx.record(format!("answer {question}, the server's number {served}"));
                self.timer.into_iter().for_each(|timer| cx.cancel_timer(timer));
                let timer = cx.set_timer(Duration::from_ms(100)); // until the next question
                *self = Participant { question: question + 1, tries: 0, timer: Some(timer) };
            }
        }
    }

    fn on_timer(&mut self, _timer: Timer, cx: &mut Context<'_, Self>) {
        if self.tries > 0 {
            cx.record(format!("no answer to {}: once more", self.question));
        }
        self.tries += 1;
        cx.send(SERVER, Message::Ask(self.question));
        self.timer = Some(cx.set_timer(Duration::from_ms(60)));
    }
}

struct Printer<W>(W);

impl<W: Write> Observer<Participant> for Printer<W> {
    fn record(&mut self, at: Instant, _node: NodeId, line: &String) {
        let _ = writeln!(self.0, "{at:>6} {line}");
    }
}

/// Runs for 600 ms and prints the records.
pub(crate) fn echo(out: impl Write) -> Result<(), Box<dyn Error>> {
    let at = |ms: u64| Instant::from_ns(ms * 1_000_000);
    let mut setup = Setup::new(2, Seed::new(1).ok_or("a seed")?);
    setup.faults = vec![(at(250), NodeFault::Crash(SERVER)), (at(400), NodeFault::Restart(SERVER))];
    let make = |_| Participant { question: 1, tries: 0, timer: None };
    let mut simulation: Simulation<Participant> = Simulation::new(&setup, make);
    simulation.run_until(at(600), u64::MAX, &mut Printer(out));
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    echo(io::stdout())
}
