//! Roles of nodes: servers, services, clients and the set-up, with the latency between them.
//!
//! Without roles all nodes are alike. With roles the ids are in this order:
//!
//! ```text
//!   servers │ services │ one node for all clients │ the set-up, which initializes the rest
//! ```
//!
//! The roles of both ends decide the latency of a message, and [`Scope`] whether it can be lost,
//! duplicated or cut off.

use super::Latency;
use crate::node::NodeId;

/// Number of nodes of each role, and the effects of roles on messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Roles {
    /// Number of servers: the first nodes.
    pub servers: u32,
    /// Number of services: the nodes after the servers. The node after them plays the clients, and
    /// any further one is the set-up.
    pub services: u32,
    /// Latency of messages from and to clients.
    pub client_latency: Latency,
    /// Latency added to every copy, from any sender: time in hosts, not on wires.
    pub host_cost: Latency,
    /// Links on which loss, duplication and cuts happen.
    pub scope: Scope,
}

/// Role of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// A node under test.
    Server,
    /// A service that servers use.
    Service,
    /// All clients.
    Clients,
    /// The participant that initializes the others. Its messages, in both directions, take no time,
    /// are never lost, duplicated or cut off, and take no draws.
    SetUp,
}

/// Links on which loss, duplication and cuts happen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Links between two servers.
    #[default]
    Nodes,
    /// Also links with services.
    Services,
    /// Also links with clients.
    All,
}

impl Scope {
    /// All scopes, from the narrowest to the widest.
    pub const ALL: [Scope; 3] = [Scope::Nodes, Scope::Services, Scope::All];

    /// Name in configs.
    pub const fn name(self) -> &'static str {
        match self {
            Scope::Nodes => "nodes",
            Scope::Services => "services",
            Scope::All => "all",
        }
    }

    /// Returns the last role whose messages are in scope.
    fn reach(self) -> Role {
        match self {
            Scope::Nodes => Role::Server,
            Scope::Services => Role::Service,
            Scope::All => Role::Clients,
        }
    }
}

impl Roles {
    /// Returns the role of a node.
    pub fn role(&self, id: NodeId) -> Role {
        match id.0.checked_sub(self.servers) {
            None => Role::Server,
            Some(place) if place < self.services => Role::Service,
            Some(place) if place == self.services => Role::Clients,
            Some(_) => Role::SetUp,
        }
    }

    /// Returns the participant that plays all clients.
    pub fn clients(&self) -> NodeId {
        NodeId(self.servers + self.services)
    }

    /// Returns the participant that initializes the others.
    pub fn set_up(&self) -> NodeId {
        NodeId(self.servers + self.services + 1)
    }

    /// Returns the effects of the roles of two nodes; `None` if the set-up is one of them.
    pub(super) fn hop(&self, from: NodeId, to: NodeId) -> Option<Hop> {
        // Roles are ordered, so the outer one of the two decides.
        let outer = self.role(from).max(self.role(to));
        (outer != Role::SetUp).then(|| Hop {
            latency: (outer == Role::Clients).then_some(self.client_latency),
            host_cost: self.host_cost,
            in_scope: outer <= self.scope.reach(),
            is_client: outer == Role::Clients,
        })
    }
}

/// Effects of roles on a message from one node to another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hop {
    /// Latency, if not the network's.
    pub(super) latency: Option<Latency>,
    pub(super) host_cost: Latency,
    /// Whether copies can be lost, duplicated or cut off.
    pub(super) in_scope: bool,
    pub(super) is_client: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::ratio::Ratio;
    use crate::engine::rng::Seed;
    use crate::engine::time::{Duration, Instant};
    use crate::network::{Degradation, DegradationWindow, Fate, Network, NetworkSettings};

    fn roles(scope: Scope) -> Roles {
        let zero = Latency::Constant(Duration::ZERO);
        Roles { servers: 2, services: 1, client_latency: zero, host_cost: zero, scope }
    }

    #[test]
    fn servers_come_first_then_services_clients_and_the_set_up() {
        let roles = roles(Scope::Nodes);
        let found: Vec<Role> = (0..6).map(|id| roles.role(NodeId(id))).collect();
        use Role::{Clients, Server, Service, SetUp};
        assert_eq!(found, [Server, Server, Service, Clients, SetUp, SetUp]);
        assert_eq!((roles.clients(), roles.set_up()), (NodeId(3), NodeId(4)));
    }

    #[test]
    fn the_scope_reaches_as_far_as_its_name() {
        let reached = |scope: Scope| -> Vec<bool> {
            let hop = |to| roles(scope).hop(NodeId(0), NodeId(to)).is_some_and(|hop| hop.in_scope);
            (1..5).map(hop).collect()
        };
        assert_eq!(reached(Scope::Nodes), [true, false, false, false]);
        assert_eq!(reached(Scope::Services), [true, true, false, false]);
        assert_eq!(reached(Scope::All), [true, true, true, false]);
    }

    /// Fates of 200 messages from one node to another, and whether each was duplicated.
    fn fates(settings: &NetworkSettings, from: u32, to: u32) -> Vec<(Fate, bool)> {
        let mut network = Network::new(settings, 5, Seed::new(4).expect("a seed"));
        let mut route = |_| network.route(NodeId(from), NodeId(to), Instant::ZERO, 0);
        (0..200).map(&mut route).map(|(first, second)| (first.fate, second.is_some())).collect()
    }

    #[test]
    fn each_way_has_the_latency_of_its_ends() {
        let constant = |ms| Latency::Constant(Duration::from_ms(ms));
        let roles =
            Roles { client_latency: constant(5), host_cost: constant(1), ..roles(Scope::Nodes) };
        let settings = NetworkSettings {
            latency: constant(100),
            roles: Some(roles),
            ..NetworkSettings::default()
        };
        let ms = |from, to| match fates(&settings, from, to)[0] {
            (Fate::Arrives(at), false) => at.as_ns() / 1_000_000,
            other => panic!("{other:?}"),
        };
        assert_eq!([ms(0, 1), ms(0, 2), ms(2, 1), ms(0, 0)], [101; 4]);
        assert_eq!([ms(3, 0), ms(0, 3), ms(3, 2)], [6; 3]);
        assert_eq!([ms(4, 0), ms(1, 4), ms(4, 3)], [0; 3]);
    }

    #[test]
    fn chance_stays_within_its_scope_and_the_cost_of_hosts_moves_no_draw() {
        let half = Ratio::new(1, 2).expect("a half");
        let lossy = NetworkSettings { loss: half, duplication: half, ..NetworkSettings::default() };
        let with = |roles| NetworkSettings { roles: Some(roles), ..lossy.clone() };
        let calm = |fates: &[(Fate, bool)]| {
            fates.iter().all(|(fate, is_twice)| matches!(fate, Fate::Arrives(_)) && !is_twice)
        };
        let narrow = with(roles(Scope::Nodes));
        assert!(!calm(&fates(&narrow, 0, 1)));
        assert!(calm(&fates(&narrow, 0, 2)) && calm(&fates(&narrow, 3, 0)));
        assert!(!calm(&fates(&with(roles(Scope::Services)), 0, 2)));
        assert!(!calm(&fates(&with(roles(Scope::All)), 3, 0)));
        assert!(calm(&fates(&with(roles(Scope::All)), 4, 0)));
        let uniform = Latency::Uniform(Duration::ZERO, Duration::from_ms(2));
        let costly = with(Roles { host_cost: uniform, ..roles(Scope::Nodes) });
        let chance = |settings: &NetworkSettings| -> Vec<(bool, bool)> {
            let fates = fates(settings, 0, 1);
            fates.iter().map(|(fate, twice)| (matches!(fate, Fate::Lost(_)), *twice)).collect()
        };
        assert_eq!(chance(&costly), chance(&lossy));
    }

    #[test]
    fn degradation_that_spares_clients_takes_nothing_of_theirs_and_all_else_as_before() {
        let window = |spares_clients, degradation| DegradationWindow {
            at: Instant::ZERO,
            until: Instant::MAX,
            degradation,
            spares_clients,
        };
        let third = Ratio::new(1, 3).expect("a third");
        let settings = |spares_clients| NetworkSettings {
            roles: Some(roles(Scope::All)),
            degradations: [Degradation::Loss(third), Degradation::Duplication(third)]
                .map(|degradation| window(spares_clients, degradation))
                .into(),
            ..NetworkSettings::default()
        };
        let (spared, not) = (settings(true), settings(false));
        assert_eq!(fates(&spared, 0, 1), fates(&not, 0, 1));
        assert_eq!(fates(&spared, 0, 2), fates(&not, 0, 2));
        let is_whole =
            |(fate, is_twice): &(Fate, bool)| matches!(fate, Fate::Arrives(_)) && !is_twice;
        assert!(fates(&spared, 3, 0).iter().all(is_whole));
        assert!(!fates(&not, 3, 0).iter().all(is_whole));
    }

    #[test]
    fn what_the_set_up_sends_takes_no_draw() {
        let uniform = Latency::Uniform(Duration::ZERO, Duration::from_ms(2));
        let settings = NetworkSettings {
            latency: uniform,
            roles: Some(roles(Scope::All)),
            ..NetworkSettings::default()
        };
        let mut network = Network::new(&settings, 5, Seed::new(4).expect("a seed"));
        let mut arrival = |to| network.route(NodeId(0), NodeId(to), Instant::ZERO, 0).0.fate;
        assert_eq!(arrival(4), Fate::Arrives(Instant::ZERO));
        assert_eq!(arrival(1), fates(&settings, 0, 1)[0].0);
    }
}
