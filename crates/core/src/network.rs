//! The network: latency, loss, duplication, partitions and degradation of messages.
//!
//! The fate of each copy of a message is decided once, when it is sent: lost, cut off by a
//! partition at its arrival, or arriving at some instant.
//!
//! ```text
//!   message ─┬─ copy to n2 ──── latency ───► arrives
//!            ├─ copy to n3 ─✗                lost when it is sent
//!            ├─ duplicate to n3 ── latency ─► arrives
//!            └─ copy to n4 ──── latency ─✗   cut off by a partition at its arrival
//! ```
//!
//! Each sender has a random stream of its own for latency, loss, duplication, host cost, and the
//! loss and duplication of degradations. Each copy takes exactly one draw from each of them that is
//! in use in the run, so an option moves no draw of another.

mod degradation;
mod draws;
mod latency;
mod partition;
mod roles;
mod rules;

pub use degradation::{Degradation, DegradationWindow};
pub use latency::Latency;
pub use partition::{Cut, Partition, Partitions};
pub use roles::{Role, Roles, Scope};

use crate::engine::ratio::Ratio;
use crate::engine::rng::Seed;
use crate::engine::time::{Duration, Instant};
use crate::node::{MessageId, NodeId};
use degradation::DegradationSchedule;
use draws::{Draws, Streams};
use roles::Hop;
use rules::{Rules, SureHops};

/// Settings of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkSettings {
    /// Time from the send of a copy to its arrival.
    pub latency: Latency,
    /// Probability that a copy is lost.
    pub loss: Ratio,
    /// Probability that the network duplicates a copy.
    pub duplication: Ratio,
    /// Further delay per addressee of a broadcast: once for the second, twice for the third, ….
    pub copy_delay: Duration,
    /// Exceptions for single links.
    pub links: Vec<Link>,
    /// Partitions, with their times.
    pub partitions: Vec<Partition>,
    /// Roles of the nodes: server, service, clients, set-up. Without roles all nodes are alike.
    pub roles: Option<Roles>,
    /// Degradations, with their times.
    pub degradations: Vec<DegradationWindow>,
}

/// Settings of the link from one node to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Sender.
    pub from: NodeId,
    /// Receiver.
    pub to: NodeId,
    /// Latency, if not the network's.
    pub latency: Option<Latency>,
    /// Probability of loss, if not the network's.
    pub loss: Option<Ratio>,
}

impl Default for NetworkSettings {
    fn default() -> NetworkSettings {
        NetworkSettings {
            latency: Latency::Constant(Duration::from_ms(1)),
            loss: Ratio::ZERO,
            duplication: Ratio::ZERO,
            copy_delay: Duration::ZERO,
            links: vec![],
            partitions: vec![],
            roles: None,
            degradations: vec![],
        }
    }
}

/// One copy of a message, with its fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Routed {
    /// Number of the copy: 1, or 2 for the network's duplicate.
    pub copy: u32,
    /// Fate of the copy.
    pub fate: Fate,
}

/// Fate of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrives.
    Arrives(Instant),
    /// It is lost, at the instant of its send.
    Lost(Instant),
    /// It is cut off by a partition, at the instant of its arrival.
    Cut(Instant),
    /// It arrives at a node that is down.
    Crashed(Instant),
}

/// A copy of a message when it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CopySent {
    /// Number of the message.
    pub message: MessageId,
    /// Number of the copy: 1, or 2 for a duplicate.
    pub copy: u32,
    /// Sender.
    pub from: NodeId,
    /// Addressee.
    pub to: NodeId,
    /// Instant of the send.
    pub sent: Instant,
    /// Fate of the copy.
    pub fate: Fate,
}

/// State of the network of a run.
#[derive(Debug)]
pub struct Network {
    rules: Rules,
    streams: Streams,
    partitions: Partitions,
    degradation: DegradationSchedule,
    /// Latency of every copy, if nothing else can happen to one.
    plain: Option<Duration>,
    /// Latencies of all hops in a run with roles, if nothing is random and there are neither
    /// partitions nor degradations.
    sure: Option<SureHops>,
}

impl Network {
    /// Creates a network between nodes `0..nodes`.
    ///
    /// # Panics
    /// If a probability is above 1, or a partition, a link or a degradation names a node that does
    /// not exist.
    pub fn new(settings: &NetworkSettings, nodes: u32, seed: Seed) -> Network {
        let rules = Rules::new(settings);
        let partitions = Partitions::new(&settings.partitions, nodes);
        let degradation = DegradationSchedule::new(&settings.degradations, nodes);
        let uses = rules.uses(&degradation);
        let plain = match rules.latency {
            Latency::Constant(latency)
                if rules.are_plain()
                    && !uses.loss
                    && partitions.is_empty()
                    && degradation.is_empty() =>
            {
                Some(latency)
            }
            _ => None,
        };
        let nothing_happens = partitions.is_empty() && degradation.is_empty();
        let sure = rules.sure_hops(uses).filter(|_| nothing_happens);
        let streams = Streams::new(uses, nodes, seed);
        Network { streams, rules, partitions, degradation, plain, sure }
    }

    /// Returns the latency from one node to another, if it depends on their roles alone.
    #[inline(always)]
    pub fn sure_latency(&self, from: NodeId, to: NodeId) -> Option<Duration> {
        let SureHops { clients, inner, outer } = self.sure?;
        Some(match from.max(to) {
            outermost if outermost < clients => inner,
            outermost if outermost == clients => outer,
            _ => Duration::ZERO,
        })
    }

    /// Returns the latency of every copy, if nothing else can happen to one.
    #[inline]
    pub fn plain_latency(&self) -> Option<Duration> {
        self.plain
    }

    /// Decides the fate of one copy, and of the duplicate if the network makes one.
    /// `place` counts the addressees of one broadcast from 0.
    pub fn route(
        &mut self,
        from: NodeId,
        to: NodeId,
        sent: Instant,
        place: u64,
    ) -> (Routed, Option<Routed>) {
        let hop = match self.rules.roles.map(|roles| roles.hop(from, to)) {
            Some(None) => return (Routed { copy: 1, fate: Fate::Arrives(sent) }, None),
            Some(hop) => hop,
            None => None,
        };
        let draws = self.streams.next(from.index());
        let delay = self.rules.copy_delay.saturating_mul(place);
        let path = Path { from, to, sent, delay, hop };
        let first = Routed { copy: 1, fate: self.fate(path, draws) };
        let second = self.duplicate(path, draws).map(|draw| {
            let draws = self.streams.of_duplicate(draw);
            Routed { copy: 2, fate: self.fate(path, draws) }
        });
        (first, second)
    }

    /// Returns the draw that makes a duplicate, if one is made: the network's, or else the
    /// degradation's.
    fn duplicate(&self, path: Path, draws: Draws) -> Option<u64> {
        let own = draws.duplication.filter(|draw| self.rules.duplication.holds(*draw));
        let degraded = |draw: &u64| self.degradation.duplicates(*draw, path.sent, path.is_client());
        let made = own.or_else(|| draws.degradation_duplication.filter(degraded));
        made.filter(|_| path.in_scope())
    }

    fn fate(&self, path: Path, draws: Draws) -> Fate {
        let Path { from, to, sent, delay, hop } = path;
        let link = self.rules.links.get(&(from, to)).copied();
        let (latency, loss) = link.unwrap_or((self.rules.latency, self.rules.loss));
        let spoiled = |draw| self.degradation.loses(draw, sent, path.is_client());
        let lost = loss.holds(draws.loss) || draws.degradation_loss.is_some_and(spoiled);
        if lost && path.in_scope() {
            return Fate::Lost(sent);
        }
        let latency = hop.and_then(|hop| hop.latency).unwrap_or(latency).of(draws.latency);
        let mut at = sent.saturating_add(delay).saturating_add(latency);
        at = at.saturating_add(self.degradation.delay(from, to, sent));
        if let Some(hop) = hop {
            at = at.saturating_add(hop.host_cost.of(draws.host_cost));
        }
        let cut = path.in_scope() && self.partitions.cut(from, to, at);
        if cut { Fate::Cut(at) } else { Fate::Arrives(at) }
    }
}

/// Path of one copy.
#[derive(Clone, Copy)]
struct Path {
    from: NodeId,
    to: NodeId,
    sent: Instant,
    delay: Duration,
    /// Effects of the roles, if there are any.
    hop: Option<Hop>,
}

impl Path {
    /// Whether a copy on this path can be lost, duplicated or cut off.
    fn in_scope(self) -> bool {
        self.hop.is_none_or(|hop| hop.in_scope)
    }

    /// Whether a client is at one end.
    fn is_client(self) -> bool {
        self.hop.is_some_and(|hop| hop.is_client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ratio(text: &str) -> Ratio {
        text.parse().expect("a ratio")
    }

    /// Fates of `copies` copies from node 0 to node 1, sent a second apart.
    fn routes(settings: &NetworkSettings, copies: u64) -> Vec<(Routed, Option<Routed>)> {
        let mut network = Network::new(settings, 3, Seed::new(1).expect("a seed"));
        let at = |k| Instant::from_ns(k * 1_000_000_000);
        (0..copies).map(|k| network.route(NodeId(0), NodeId(1), at(k), 0)).collect()
    }

    fn lost(routes: &[(Routed, Option<Routed>)]) -> Vec<bool> {
        routes.iter().map(|(first, _)| matches!(first.fate, Fate::Lost(_))).collect()
    }

    #[test]
    fn loss_and_duplication_happen_as_often_as_configured() {
        let settings = NetworkSettings {
            loss: ratio("0.1"),
            duplication: ratio("0.2"),
            ..NetworkSettings::default()
        };
        let routes = routes(&settings, 100_000);
        let lost = lost(&routes).iter().filter(|lost| **lost).count();
        let duplicated = routes.iter().filter(|(_, second)| second.is_some()).count();
        // 4.5 standard deviations.
        assert!(lost.abs_diff(10_000) < 427, "{lost}");
        assert!(duplicated.abs_diff(20_000) < 570, "{duplicated}");
    }

    #[test]
    fn an_option_moves_no_draw_of_another() {
        let lossy = NetworkSettings { loss: ratio("1/3"), ..NetworkSettings::default() };
        let random = Latency::Exponential(Duration::from_ms(5));
        let all = NetworkSettings { duplication: ratio("1/2"), latency: random, ..lossy.clone() };
        assert_eq!(lost(&routes(&lossy, 1_000)), lost(&routes(&all, 1_000)));
    }

    #[test]
    fn degradation_moves_no_draw_of_the_network_and_only_adds_to_what_it_takes() {
        let third = ratio("1/3");
        let random = Latency::Exponential(Duration::from_ms(5));
        let calm = NetworkSettings {
            loss: third,
            duplication: third,
            latency: random,
            ..NetworkSettings::default()
        };
        let window = |degradation| DegradationWindow {
            at: Instant::ZERO,
            until: Instant::MAX,
            degradation,
            spares_clients: false,
        };
        let bad = NetworkSettings {
            degradations: vec![
                window(Degradation::Loss(third)),
                window(Degradation::Duplication(third)),
            ],
            ..calm.clone()
        };
        let (calm, bad) = (routes(&calm, 9_000), routes(&bad, 9_000));
        let (mut lost, mut added) = (0, 0);
        for ((a, a_second), (b, b_second)) in calm.iter().zip(&bad) {
            assert!(a.fate == b.fate || matches!(b.fate, Fate::Lost(_)));
            assert!(a_second.is_none() || b_second.is_some());
            lost += u32::from(a.fate != b.fate);
            added += u32::from(a_second.is_none() && b_second.is_some());
        }
        // A third of two thirds: 2,000, within 4.5 standard deviations.
        assert!(lost.abs_diff(2_000) < 178 && added.abs_diff(2_000) < 178, "{lost} {added}");
    }

    #[test]
    fn a_link_has_its_own_latency_and_loss() {
        let link = Link {
            from: NodeId(0),
            to: NodeId(1),
            latency: Some(Latency::Constant(Duration::from_ms(50))),
            loss: None,
        };
        let settings = NetworkSettings { links: vec![link], ..NetworkSettings::default() };
        let mut network = Network::new(&settings, 3, Seed::new(1).expect("a seed"));
        let mut arrival = |to| network.route(NodeId(0), NodeId(to), Instant::ZERO, 0).0.fate;
        assert_eq!(arrival(1), Fate::Arrives(Instant::from_ns(50_000_000)));
        assert_eq!(arrival(2), Fate::Arrives(Instant::from_ns(1_000_000)));
        assert_eq!(network.plain_latency(), None);
    }

    #[test]
    fn partitions_are_checked_at_arrival() {
        let partition = Partition {
            at: Instant::from_ns(2_000_000_000),
            until: Instant::from_ns(3_001_000_000),
            cut: Cut::OneWay { from: vec![NodeId(0)], to: vec![NodeId(1)] },
        };
        let settings =
            NetworkSettings { partitions: vec![partition], ..NetworkSettings::default() };
        let fates: Vec<bool> =
            routes(&settings, 5).iter().map(|(r, _)| matches!(r.fate, Fate::Cut(_))).collect();
        // The copy sent at 3 s arrives at 3.001 s, when the cut is over.
        assert_eq!(fates, [false, false, true, false, false]);
    }

    #[test]
    fn further_addressees_of_a_broadcast_wait_longer() {
        let settings =
            NetworkSettings { copy_delay: Duration::from_ms(3), ..NetworkSettings::default() };
        let mut network = Network::new(&settings, 3, Seed::new(1).expect("a seed"));
        let second = network.route(NodeId(0), NodeId(2), Instant::ZERO, 1).0.fate;
        assert_eq!(second, Fate::Arrives(Instant::from_ns(4_000_000)));
    }
}
