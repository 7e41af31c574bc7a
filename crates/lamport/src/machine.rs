//! A machine of the scale model: a Lamport clock, a queue and a die.

use std::rc::Rc;

use crate::clock::Lamport;
use crate::engine::ratio::{Ratio, gcd};
use crate::engine::rng::scale;
use crate::engine::ticks::Ticks;
use crate::node::{Context, Node, NodeId, Timer};
use crate::trace::{Event, EventKind, Peer};

/// The clock that a message carries as its timestamp.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stamp {
    /// The sender's clock after its step: Lamport's own rule.
    #[default]
    After,
    /// The sender's clock before its step, as in a program that sends first and counts afterwards:
    /// then the clock of a receive may equal that of its send.
    Before,
}

/// Action of a machine on a tick without a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Sends to the peer with this index, counted from 0 in the order of ids without the machine
    /// itself.
    One(u32),
    /// Sends to all peers.
    All,
    /// Performs an internal event.
    Internal,
}

/// The die: a map from a 64-bit draw to a decision.
///
/// The draw is mapped to `0..range` by multiply-shift, and the range is divided so:
///
/// ```text
///   0      one    2·one    …    singles      sends        range
///   ├───────┼───────┼───────────┼────────────┼────────────┤
///    peer 0  peer 1     …         all peers    internal
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    range: u64,
    one: u64,
    /// `peers · one`.
    singles: u64,
    /// `singles + all`.
    sends: u64,
    /// ⌈2⁶⁴ / one⌉, if a multiplication by it replaces the division by `one`: exact below 2³²
    /// (`number · (one − 1) < 2⁶⁴`). Otherwise zero.
    reciprocal: u64,
}

impl Choice {
    /// Creates the die of a machine with `peers` peers, which sends to each single one with
    /// probability `one`, and to all of them with probability `all`. `None` if these add up to more
    /// than 1 or need more than 64 bits.
    pub fn new(peers: u32, one: Ratio, all: Ratio) -> Option<Choice> {
        if peers == 0 {
            return Some(Choice { range: 1, one: 1, singles: 0, sends: 0, reciprocal: 0 });
        }
        let (a, b) = (u128::from(one.numerator()), u128::from(one.denominator()));
        let (c, d) = (u128::from(all.numerator()), u128::from(all.denominator()));
        let divisor = gcd(b, d);
        let range = (b / divisor).checked_mul(d)?;
        let (one, all) = (a.checked_mul(range / b)?, c.checked_mul(range / d)?);
        let singles = one.checked_mul(u128::from(peers))?;
        let sends = singles.checked_add(all)?;
        if sends > range {
            return None;
        }
        let range = u64::try_from(range).ok()?;
        let (one, singles, sends) = (one.max(1) as u64, singles as u64, sends as u64); // ≤ range
        let divides_exactly = one > 1 && singles <= 1 << 32;
        let reciprocal = if divides_exactly { u64::MAX / one + 1 } else { 0 };
        Some(Choice { range, one, singles, sends, reciprocal })
    }

    /// Returns the decision for a draw.
    #[inline(always)]
    pub fn decide(&self, draw: u64) -> Decision {
        let number = scale(draw, self.range);
        if number >= self.sends {
            Decision::Internal
        } else if number >= self.singles {
            Decision::All
        } else if self.reciprocal > 0 {
            Decision::One(scale(number, self.reciprocal) as u32)
        } else {
            Decision::One((number / self.one) as u32)
        }
    }
}

/// What the machines of a run have in common: only their clocks are their own.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The die.
    pub choice: Choice,
    /// Clock that a message carries.
    pub stamp: Stamp,
    /// Ticks of each machine.
    pub ticks: Vec<Ticks>,
}

/// One machine of the scale model.
#[derive(Debug)]
pub struct Machine {
    clock: Lamport,
    rules: Rc<Rules>,
}

impl Machine {
    /// Creates a machine with its clock at zero, which ticks by the rule at its place.
    pub fn new(rules: Rc<Rules>) -> Machine {
        Machine { clock: Lamport::default(), rules }
    }

    /// Returns the current value of the clock.
    pub fn clock(&self) -> u64 {
        self.clock.value()
    }

    #[inline(always)]
    fn send(&mut self, to: Option<NodeId>, cx: &mut Context<'_, Self>) {
        let before = self.clock.value();
        let clock = self.clock.step();
        let stamp = if self.rules.stamp == Stamp::After { clock } else { before };
        let (id, peer) = match to {
            Some(to) => (cx.send(to, stamp), Peer::One(to)),
            None => (cx.send_to_all(stamp), Peer::All),
        };
        // A machine sends only on a tick without a message, so none waits.
        let base = Event::internal(clock, 0);
        cx.record(Event { kind: EventKind::Send, peer, message: id.0, stamp, ..base });
    }
}

impl Node for Machine {
    /// The stamp: a machine sends its clock, and nothing else.
    type Message = u64;
    type Record = Event;
    const POLLS_INBOX: bool = true;

    fn on_start(&mut self, cx: &mut Context<'_, Self>) {
        cx.tick_every(self.rules.ticks[cx.id().index()]);
    }

    #[inline(always)]
    fn on_timer(&mut self, _tick: Timer, cx: &mut Context<'_, Self>) {
        // One draw for each tick, used or not, so that a changed queue shifts no later draw.
        let draw = cx.rng().next_u64();
        if let Some(delivery) = cx.take_message() {
            let clock = self.clock.receive(delivery.message);
            let queue_len = cx.inbox_len() as u64;
            return cx.record(Event {
                kind: EventKind::Receive,
                clock,
                queue_len,
                peer: Peer::One(delivery.from),
                message: delivery.id.0,
                stamp: delivery.message,
                copy: delivery.copy,
                sent: delivery.sent,
                arrived: delivery.arrives,
            });
        }
        match self.rules.choice.decide(draw) {
            Decision::One(place) => {
                let to = NodeId(place + u32::from(place >= cx.id().0));
                self.send(Some(to), cx);
            }
            Decision::All => self.send(None, cx),
            Decision::Internal => {
                let clock = self.clock.step();
                cx.record(Event::internal(clock, 0));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().expect("a ratio")
    }

    /// Returns the decisions for evenly spaced draws, one in the middle of each of `n` parts.
    fn decisions(choice: Choice, n: u64) -> Vec<Decision> {
        let part = u64::MAX / n;
        (0..n).map(|k| choice.decide(k * part + part / 2)).collect()
    }

    #[test]
    fn a_die_of_five_for_three_machines() {
        use Decision::{All, Internal, One};
        let choice = Choice::new(2, ratio("1/5"), ratio("1/5")).expect("a die");
        assert_eq!(decisions(choice, 5), [One(0), One(1), All, Internal, Internal]);
    }

    #[test]
    fn unequal_probabilities_share_one_draw_exactly() {
        let choice = Choice::new(3, ratio("1/12"), ratio("1/2")).expect("a die");
        let found = decisions(choice, 1_200);
        let count = |wanted| found.iter().filter(|d| **d == wanted).count();
        assert_eq!([0, 1, 2].map(|peer| count(Decision::One(peer))), [100; 3]);
        assert_eq!((count(Decision::All), count(Decision::Internal)), (600, 300));
    }

    /// Checks the multiplication that replaces a division at all borders between two peers.
    #[test]
    fn each_peer_has_exactly_its_numbers() {
        for (peers, one) in [(3, "2/7"), (3, "0.31"), (7, "1/11"), (40, "0.012345678"), (2, "0.5")]
        {
            let choice = Choice::new(peers, ratio(one), Ratio::ZERO).expect("a die");
            let width = u128::from(choice.one);
            for peer in 0..u128::from(peers) {
                // The first and the last draw that map to this peer's numbers.
                let first = ((peer * width) << 64).div_ceil(u128::from(choice.range));
                let after = (((peer + 1) * width) << 64).div_ceil(u128::from(choice.range));
                for draw in [first, after - 1] {
                    let draw = u64::try_from(draw).expect("a draw");
                    assert_eq!(choice.decide(draw), Decision::One(peer as u32), "{one} of {peers}");
                }
            }
            assert!(peers == 2 || choice.reciprocal > 0 || choice.one == 1, "{one} of {peers}");
        }
    }

    #[test]
    fn probabilities_beyond_one_are_refused() {
        assert_eq!(Choice::new(2, ratio("1/3"), ratio("0.34")), None);
        assert!(Choice::new(2, ratio("1/3"), ratio("1/3")).is_some());
    }

    #[test]
    fn a_lonely_machine_does_nothing_but_internal_steps() {
        let choice = Choice::new(0, Ratio::ONE, Ratio::ONE).expect("a die");
        assert_eq!(decisions(choice, 7), [Decision::Internal; 7]);
    }

    #[test]
    fn never_and_always() {
        let never = Choice::new(2, Ratio::ZERO, Ratio::ZERO).expect("a die");
        assert_eq!(decisions(never, 9), [Decision::Internal; 9]);
        let always = Choice::new(2, Ratio::ZERO, Ratio::ONE).expect("a die");
        assert_eq!(decisions(always, 9), [Decision::All; 9]);
    }
}
