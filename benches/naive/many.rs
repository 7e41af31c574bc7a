//! Many machines: the naive loop over a `BinaryHeap`, and a loop by hand for this one experiment.
//!
//! Rates of 1 to 100 ticks per second, drawn; each tick without a message sends to one other
//! machine with probability 0.9; latency 1 ms; random phases. Both return the final clocks, which
//! are those of the simulator.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use sim::engine::ratio::Ratio;
use sim::engine::rng::{Purpose, Rng, Seed};
use sim::scale_model::{Choice, Decision};

const LATENCY: u64 = 1_000_000;

/// Returns the rate of each machine, drawn from 1 to 100.
pub(crate) fn rates(machines: u32, seed: Seed) -> Vec<u64> {
    let mut rng = seed.stream(Purpose::Rates, 0);
    (0..machines).map(|_| 1 + rng.below(100)).collect()
}

/// Probability of a send to one other machine.
pub(crate) fn one() -> Ratio {
    Ratio::new(9, 10).expect("a ratio")
}

fn choice(machines: u32) -> Choice {
    let peers = machines - 1;
    let each = Ratio::new(9, 10 * u64::from(peers)).expect("a ratio");
    Choice::new(peers, each, Ratio::ZERO).expect("a die")
}

fn phase(seed: Seed, machine: u32, rate: u64) -> u64 {
    seed.stream(Purpose::Ticks, machine.into()).below(1_000_000_000 / rate)
}

/// In the order of the simulator: deliveries by their send, then ticks by machine.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Delivery { sent: u64, from: u32, to: u32, stamp: u64 },
    Tick { machine: u32, number: u64 },
}

/// Runs some virtual milliseconds of a naive loop, and returns the final clocks.
pub(crate) fn naive(rates: &[u64], ms: u64, seed: Seed) -> Vec<u64> {
    let end = ms * 1_000_000;
    let machines = rates.len() as u32;
    let choice = choice(machines);
    let mut rngs: Vec<Rng> =
        (0..machines).map(|id| seed.stream(Purpose::Node, id.into())).collect();
    let mut clocks = vec![0u64; rates.len()];
    let mut queues = vec![VecDeque::new(); rates.len()];
    let mut heap = BinaryHeap::new();
    let phases: Vec<u64> =
        (0..machines).zip(rates).map(|(id, rate)| phase(seed, id, *rate)).collect();
    for (machine, phase) in (0..machines).zip(&phases) {
        heap.push(Reverse((*phase, What::Tick { machine, number: 0 })));
    }
    while let Some(Reverse((at, what))) = heap.pop() {
        if at >= end {
            break;
        }
        match what {
            What::Delivery { to, stamp, .. } => queues[to as usize].push_back(stamp),
            What::Tick { machine, number } => {
                let me = machine as usize;
                let draw = rngs[me].next_u64();
                if let Some(stamp) = queues[me].pop_front() {
                    clocks[me] = clocks[me].max(stamp) + 1;
                } else {
                    clocks[me] += 1;
                    if let Decision::One(place) = choice.decide(draw) {
                        let to = place + u32::from(place >= machine);
                        let stamp = clocks[me];
                        let delivery = What::Delivery { sent: at, from: machine, to, stamp };
                        heap.push(Reverse((at + LATENCY, delivery)));
                    }
                }
                let next = phases[me] + (number + 1) * 1_000_000_000 / rates[me];
                heap.push(Reverse((next, What::Tick { machine, number: number + 1 })));
            }
        }
    }
    clocks
}

/// The machines of one rate, in the order of their phases, which is that of all their ticks.
struct Group {
    rate: u64,
    members: Vec<(u64, u32)>,
    next: usize,
    /// Whole nanoseconds from tick number zero to the current round of ticks.
    round: u64,
    number: u64,
}

impl Group {
    fn first(&self) -> (u64, u32) {
        let (phase, machine) = self.members[self.next];
        (phase + self.round, machine)
    }
}

struct Machine {
    rng: Rng,
    clock: u64,
    /// Messages with their arrivals.
    queue: VecDeque<(u64, u64)>,
}

/// Runs the same by hand: a queue entry for each rate, and no deliveries.
pub(crate) fn by_hand(rates: &[u64], ms: u64, seed: Seed) -> Vec<u64> {
    let end = ms * 1_000_000;
    let machines = rates.len() as u32;
    let choice = choice(machines);
    let mut all: Vec<Machine> = (0..machines)
        .map(|id| Machine {
            rng: seed.stream(Purpose::Node, id.into()),
            clock: 0,
            queue: VecDeque::new(),
        })
        .collect();
    let mut groups: Vec<Group> = (1..=100)
        .map(|rate| Group { rate, members: vec![], next: 0, round: 0, number: 0 })
        .collect();
    for (machine, rate) in (0..machines).zip(rates) {
        groups[*rate as usize - 1].members.push((phase(seed, machine, *rate), machine));
    }
    groups.retain(|group| !group.members.is_empty());
    groups.iter_mut().for_each(|group| group.members.sort_unstable());
    let mut heap: BinaryHeap<_> =
        (0..).zip(&groups).map(|(place, group)| Reverse((group.first(), place))).collect();
    while let Some(mut top) = heap.peek_mut() {
        let Reverse(((at, machine), place)) = *top;
        if at >= end {
            break;
        }
        let group: &mut Group = &mut groups[place];
        group.next += 1;
        if group.next == group.members.len() {
            group.next = 0;
            group.number += 1;
            group.round = group.number * 1_000_000_000 / group.rate;
        }
        *top = Reverse((group.first(), place));
        drop(top);
        let me = &mut all[machine as usize];
        let draw = me.rng.next_u64();
        if me.queue.front().is_some_and(|(arrives, _)| *arrives <= at) {
            let (_, stamp) = me.queue.pop_front().expect("it has a front");
            me.clock = me.clock.max(stamp) + 1;
        } else {
            me.clock += 1;
            let stamp = me.clock;
            if let Decision::One(peer) = choice.decide(draw) {
                let to = peer + u32::from(peer >= machine);
                all[to as usize].queue.push_back((at + LATENCY, stamp));
            }
        }
    }
    all.iter().map(|machine| machine.clock).collect()
}
