//! The baseline of benchmarks: a loop over one `BinaryHeap` of ticks and deliveries, as one would
//! write it in an afternoon. It has no records and no measures but the final clocks.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

use sim::engine::rng::{Purpose, Seed};

/// Ticks per second of the three machines, which send with probability 0.9.
pub(crate) const RATES: [u64; 3] = [1, 3, 6];

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum What {
    Delivery { to: usize, stamp: u64 },
    Tick { machine: usize, number: u64 },
}

/// Runs a number of virtual seconds and returns the final clocks.
pub(crate) fn naive(seconds: u64, seed: Seed) -> Vec<u64> {
    let end = seconds * 1_000_000_000;
    let mut heap = BinaryHeap::new();
    let mut number = 0u64;
    let mut rngs: Vec<_> = (0..3).map(|id| seed.stream(Purpose::Node, id)).collect();
    let mut clocks = vec![0u64; RATES.len()];
    let mut queues = vec![VecDeque::new(); RATES.len()];
    for machine in 0..RATES.len() {
        heap.push(Reverse((0, number, What::Tick { machine, number: 0 })));
        number += 1;
    }
    while let Some(Reverse((at, _, what))) = heap.pop() {
        if at >= end {
            break;
        }
        match what {
            What::Delivery { to, stamp } => queues[to].push_back(stamp),
            What::Tick { machine, number: tick } => {
                let draw = rngs[machine].below(30);
                if let Some(stamp) = queues[machine].pop_front() {
                    clocks[machine] = clocks[machine].max(stamp) + 1;
                } else {
                    clocks[machine] += 1;
                    let to: &[usize] = match draw {
                        0..9 => &[1],
                        9..18 => &[2],
                        18..27 => &[1, 2],
                        _ => &[],
                    };
                    for to in to.iter().map(|to| (machine + to) % 3) {
                        let stamp = clocks[machine];
                        let delivery = What::Delivery { to, stamp };
                        heap.push(Reverse((at + 1_000_000, number, delivery)));
                        number += 1;
                    }
                }
                let next = (tick + 1) * 1_000_000_000 / RATES[machine];
                heap.push(Reverse((next, number, What::Tick { machine, number: tick + 1 })));
                number += 1;
            }
        }
    }
    clocks
}
