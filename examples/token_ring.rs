//! A token ring with an invariant checked after each event: at most one node holds the token.
//!
//! ```text
//!   n1 ──token──► n2 ──token──► n3 ──token──► n4       each holds it for 0 to 9 ms,
//!    ▲───────────────── token ────────────────┘        each hop takes 1 ms
//! ```

use std::{error::Error, io};

use sim::prelude::*;

#[derive(Clone, Debug)]
struct Token;

struct Station {
    holds: bool,
}

impl Process<Token> for Station {
    type Timer = Token; // the token itself, while it is held

    fn on_start(&mut self, cx: &mut ProcessContext<'_, Token, Token>) {
        if self.holds {
            cx.set_timer(Duration::ZERO, Token);
        }
    }

    fn on_message(&mut self, _: NodeId, token: Token, cx: &mut ProcessContext<'_, Token, Token>) {
        self.holds = true;
        let hold = Duration::from_millis(cx.rng().random_range(0..10));
        cx.set_timer(hold, token);
    }

    fn on_timer(&mut self, token: Token, cx: &mut ProcessContext<'_, Token, Token>) {
        self.holds = false;
        cx.send(NodeId((cx.id().0 + 1) % cx.nodes()), token);
    }
}

/// Circulates the token for a minute on each of a hundred seeds.
pub(crate) fn circulate(mut out: impl io::Write) -> Result<(), Box<dyn Error>> {
    check_seeds(0..100, |seed| -> Result<(), Box<dyn Error>> {
        let mut setup = ModelSetup::new(seed);
        setup.add_many(4, |id| Station { holds: id == NodeId(0) });
        let outcome = setup.build()?.run_checked(Duration::from_secs(60), |nodes, _now| {
            let holders = nodes.of::<Station>().filter(|(_, station)| station.holds).count();
            if holders <= 1 { Ok(()) } else { Err(format!("{holders} nodes hold the token")) }
        });
        outcome.ok()?;
        Ok(())
    })?;
    Ok(writeln!(out, "at most one node held the token, on 100 seeds")?)
}

fn main() -> Result<(), Box<dyn Error>> {
    circulate(io::stdout())
}
