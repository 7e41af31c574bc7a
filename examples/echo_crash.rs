//! An echo server that crashes, and a client that asks again until it is answered.
//!
//! ```text
//!   n1 (client) ──Ask 1──► n2 (server)      n2 is down from 250 ms to 400 ms: what arrives then is
//!   n1 ◄─Answer 1, served 1── n2            lost, timers time out, and the count on its disk lives
//! on ```
//!
//! Run it with `cargo run --example echo_crash`.

use std::error::Error;
use std::io::{self, Write};

use sim::engine::{rng::Seed, time::Duration, time::Instant};
use sim::node::{Context, Node, NodeId, Timer};
use sim::simulation::{Fault, Observer, Progress, Setup, Simulation};

const SERVER: NodeId = NodeId(1);

#[derive(Clone, Debug)]
enum Message {
    Ask(u32),
    Answer { question: u32, served: u8 },
}

enum Participant {
    Client { question: u32, timeout: Option<Timer> },
    Server,
}

impl Participant {
    /// The client asks its question, and wants to be woken if no answer comes.
    fn ask(question: u32, cx: &mut Context<'_, Self>) -> Participant {
        cx.send(SERVER, Message::Ask(question));
        Participant::Client { question, timeout: Some(cx.set_timer(Duration::from_ms(60))) }
    }
}

impl Node for Participant {
    type Message = Message;
    type Record = String;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        match self {
            Participant::Client { .. } => *self = Participant::ask(1, cx),
            Participant::Server => cx.record("the server starts".to_owned()),
        }
    }

    fn on_message(&mut self, from: NodeId, message: Message, cx: &mut Context<'_, Self>) {
        match (message, self) {
            (Message::Ask(question), Participant::Server) => {
                let served = cx.disk().read("served").map_or(0, |count| count[0]) + 1;
                cx.disk().write("served", [served]);
                cx.disk().sync();
                cx.send(from, Message::Answer { question, served });
            }
            (Message::Answer { question, served }, Participant::Client { timeout, .. }) => {
                cx.record(format!("answer {question}, the server's number {served}"));
                timeout.take().into_iter().for_each(|timer| cx.cancel_timer(timer));
                cx.set_timer(Duration::from_ms(100)); // a pause until the next question
            }
            _ => {}
        }
    }

    fn on_timer(&mut self, timer: Timer, cx: &mut Context<'_, Self>) {
        let Participant::Client { question, timeout } = self else { return };
        let (again, next) = (*timeout == Some(timer), *question + 1);
        if again {
            cx.record(format!("no answer to {question}: once more"));
        }
        *self = Participant::ask(if again { next - 1 } else { next }, cx);
    }
}

struct Printer<W>(W);

impl<W: Write> Observer<Participant> for Printer<W> {
    fn record(&mut self, at: Instant, _node: NodeId, line: &String) {
        let _ = writeln!(self.0, "{at:>6} {line}");
    }
}

/// Runs for 600 ms, and prints what happens.
pub(crate) fn echo(out: impl Write) -> Result<(), Box<dyn Error>> {
    let at = |ms: u64| Instant::from_ns(ms * 1_000_000);
    let mut setup = Setup::new(2, Seed::new(1).ok_or("a seed")?);
    setup.faults = vec![(at(250), Fault::Crash(SERVER)), (at(400), Fault::Restart(SERVER))];
    let make = |id| match id {
        SERVER => Participant::Server,
        _ => Participant::Client { question: 0, timeout: None },
    };
    let mut simulation: Simulation<Participant> = Simulation::new(&setup, make);
    let mut printer = Printer(out);
    assert_eq!(simulation.run_until(at(600), u64::MAX, &mut printer), Progress::Reached);
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    echo(io::stdout())
}
