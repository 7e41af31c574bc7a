//! An M/M/1 queue against theory: mean number of jobs in the system and mean time in it.
//!
//! ```text
//!   arrivals ──λ = 8/s──► [ │ │ │ ] ──► (server, μ = 10/s) ──►     ρ = λ/μ, L = ρ/(1−ρ), W = L/λ
//! ```

use std::{error::Error, io};

use sim::prelude::*;

#[derive(Default)]
struct Queue {
    number: i32,
    changed: Instant,
    area: f64, // number of jobs in the system, integrated over time
    served: u32,
}

impl Process<()> for Queue {
    type Timer = i32; // an arrival: +1, a departure: −1

    fn on_start(&mut self, cx: &mut ProcessContext<'_, (), i32>) {
        let gap = exponential(cx.stream("arrivals"), Duration::from_millis(125));
        cx.set_timer(gap, 1);
    }

    fn on_timer(&mut self, step: i32, cx: &mut ProcessContext<'_, (), i32>) {
        self.area += f64::from(self.number) * (cx.now() - self.changed).as_seconds();
        self.changed = cx.now();
        self.number += step;
        if step == 1 {
            self.on_start(cx);
        } else {
            self.served += 1;
        }
        // Service begins for an arrival at an empty queue, and for the next job after a departure.
        if (step == 1 && self.number == 1) || (step == -1 && self.number > 0) {
            let service = exponential(cx.stream("service"), Duration::from_millis(100));
            cx.set_timer(service, -1);
        }
    }
}

/// Runs the queue for 100,000 seconds and prints measured and theoretical means.
pub(crate) fn measure(mut out: impl io::Write) -> Result<(), Box<dyn Error>> {
    let mut setup = ModelSetup::new(Seed::new(1).ok_or("a seed")?);
    let id = setup.add(|_| Queue::default());
    let mut model = setup.build()?;
    let outcome = model.run_for(Duration::from_secs(100_000)).ok()?;
    let queue = model.get::<Queue>(id).ok_or("the queue")?;
    let number = queue.area / outcome.elapsed().as_seconds();
    writeln!(out, "mean number {number:.2}, theory 4.00")?;
    Ok(writeln!(out, "mean time {:.3} s, theory 0.500 s", queue.area / f64::from(queue.served))?)
}

fn main() -> Result<(), Box<dyn Error>> {
    measure(io::stdout())
}
