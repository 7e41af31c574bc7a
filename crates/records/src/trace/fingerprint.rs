//! Fingerprint of a run: a cheap 64-bit hash over all its events, computed on every run.
//!
//! Two runs with the same fingerprint have the same trace (except with a probability of about
//! 2⁻⁶⁴); it is not a cryptographic hash. Its definition is part of the format.
//!
//! Each node has a chain of its own, over its events in their order, and the chains are folded in
//! the order of nodes. A message is identified by its sender and the instant of its send, and not
//! by its number in the run, so that parts of a run can be computed independently.
//!
//! ```text
//!   n1: event ─ event ─ event ──▶ chain ─┐
//!   n2: event ─ event ──────────▶ chain ─┼─ fold ──▶ fingerprint
//!   n3: event ─ event ─ event ──▶ chain ─┘
//! ```

use std::fmt;

use super::event::{Event, EventKind, Peer};
use crate::engine::time::Instant;
use crate::node::NodeId;

/// Odd constants without structure: the first 64 bits of the fractional parts of the square roots
/// of the primes 2, 3, 5 and 7, made odd.
const KEYS: [u64; 4] =
    [0x6a09_e667_f3bc_c909, 0xbb67_ae85_84ca_a73b, 0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1];

/// Fingerprint of the events so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// Adds an event. Its columns, all small numbers, are packed into three words; each word is
    /// multiplied by its own key, and their sum is added to the state, which is then multiplied.
    #[inline(always)]
    pub fn add(&mut self, at: Instant, machine: NodeId, event: &Event) {
        let kind = match event.kind {
            EventKind::Send => 1,
            EventKind::Receive => 2,
            EventKind::Internal => 3,
        };
        let peer = match event.peer {
            Peer::None => 0,
            Peer::One(node) => u64::from(node.0) + 1,
            Peer::All => u64::MAX >> 31,
        };
        let who = at.as_ns() ^ (u64::from(machine.0) << 2 | kind).rotate_left(40);
        let state = event.clock ^ event.queue_len.rotate_left(40);
        let what = event.sent.as_ns()
            ^ event.stamp.rotate_left(24)
            ^ (u64::from(event.copy) << 33 | peer).rotate_left(44);
        self.add_words([who, state, what]);
    }

    /// Adds three words of an event of another kind.
    #[inline(always)]
    pub fn add_words(&mut self, [a, b, c]: [u64; 3]) {
        let sum = a
            .wrapping_mul(KEYS[0])
            .wrapping_add(b.wrapping_mul(KEYS[1]))
            .wrapping_add(c.wrapping_mul(KEYS[2]));
        self.0 = (self.0.rotate_left(29) ^ sum).wrapping_mul(KEYS[3]);
    }

    /// Folds the fingerprints of a run's nodes, in the order of nodes.
    pub fn fold(chains: impl IntoIterator<Item = Fingerprint>) -> Fingerprint {
        let mut all = Fingerprint::default();
        for (node, chain) in (0..).zip(chains) {
            all.add_words([chain.value(), node, 0]);
        }
        all
    }

    /// Returns the 64-bit hash.
    pub fn value(self) -> u64 {
        // The last events have to reach the lower half, too.
        self.0 ^ self.0 >> 32
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.value())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(events: &[(u64, u32, Event)]) -> u64 {
        let mut fingerprint = Fingerprint::default();
        for (at, machine, event) in events {
            fingerprint.add(Instant::from_ns(*at), NodeId(*machine), event);
        }
        fingerprint.value()
    }

    #[test]
    fn every_column_and_the_order_count() {
        let base = Event { message: 4, stamp: 5, copy: 1, ..Event::internal(7, 2) };
        let with = |event| of(&[(10, 0, event)]);
        let others = [
            of(&[(11, 0, base)]),
            of(&[(10, 1, base)]),
            with(Event { clock: 8, ..base }),
            with(Event { queue_len: 3, ..base }),
            with(Event { kind: EventKind::Send, ..base }),
            with(Event { peer: Peer::One(NodeId(0)), ..base }),
            with(Event { peer: Peer::All, ..base }),
            with(Event { sent: Instant::from_ns(3), ..base }),
            with(Event { stamp: 6, ..base }),
            with(Event { copy: 2, ..base }),
            of(&[]),
        ];
        let mut all = others.to_vec();
        all.push(with(base));
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), others.len() + 1);
        assert_ne!(of(&[(1, 0, base), (1, 1, base)]), of(&[(1, 1, base), (1, 0, base)]));
        assert_eq!(with(Event { message: 5, ..base }), with(base), "a number in the run");
    }

    #[test]
    fn the_order_of_nodes_counts() {
        let chain = |at| {
            let mut chain = Fingerprint::default();
            chain.add_words([at, 0, 0]);
            chain
        };
        let folded = |ats: [u64; 2]| Fingerprint::fold(ats.map(chain));
        assert_ne!(folded([1, 2]), folded([2, 1]));
        assert_ne!(folded([1, 1]), Fingerprint::fold([chain(1)]));
    }
}
