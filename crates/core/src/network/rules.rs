//! The settings of a network, prepared for lookups on the path of every copy.

use std::collections::BTreeMap;

use super::degradation::DegradationSchedule;
use super::draws::Uses;
use super::latency::Latency;
use super::roles::Roles;
use super::{Link, NetworkSettings};
use crate::engine::rng::Chance;
use crate::engine::time::Duration;
use crate::node::NodeId;

/// Latencies if the fate of a copy depends on the roles of its ends alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct SureHops {
    /// The participant that plays all clients; before it are servers and services, after it is the
    /// set-up.
    pub(super) clients: NodeId,
    /// Latency between servers and services.
    pub(super) inner: Duration,
    /// Latency with clients at one end.
    pub(super) outer: Duration,
}

/// [`NetworkSettings`], prepared for lookups.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) latency: Latency,
    pub(super) loss: Chance,
    pub(super) duplication: Chance,
    pub(super) copy_delay: Duration,
    pub(super) links: BTreeMap<(NodeId, NodeId), (Latency, Chance)>,
    pub(super) roles: Option<Roles>,
}

impl Rules {
    /// Prepares settings.
    ///
    /// # Panics
    /// If a probability is above 1.
    pub(super) fn new(settings: &NetworkSettings) -> Rules {
        let chance = |ratio| Chance::new(ratio).expect("a probability is at most 1");
        let link = |link: &Link| {
            let latency = link.latency.unwrap_or(settings.latency);
            let loss = chance(link.loss.unwrap_or(settings.loss));
            ((link.from, link.to), (latency, loss))
        };
        Rules {
            latency: settings.latency,
            loss: chance(settings.loss),
            duplication: chance(settings.duplication),
            copy_delay: settings.copy_delay,
            links: settings.links.iter().map(link).collect(),
            roles: settings.roles,
        }
    }

    /// Returns which random streams the whole run needs, for all senders.
    pub(super) fn uses(&self, degradation: &DegradationSchedule) -> Uses {
        let clients = self.roles.iter().map(|roles| roles.client_latency);
        let links = self.links.values().map(|(latency, _)| *latency);
        let mut latencies = std::iter::once(self.latency).chain(clients).chain(links);
        let mut losses = std::iter::once(self.loss).chain(self.links.values().map(|(_, l)| *l));
        Uses {
            latency: latencies.any(|latency| !latency.is_constant()),
            loss: losses.any(|loss| !loss.is_never()),
            duplication: !self.duplication.is_never(),
            host_cost: self.roles.is_some_and(|roles| !roles.host_cost.is_constant()),
            degradation_loss: degradation.any_loss(),
            degradation_duplication: degradation.any_duplication(),
        }
    }

    /// Returns the latencies of all hops, if they depend on roles alone.
    pub(super) fn sure_hops(&self, uses: Uses) -> Option<SureHops> {
        let constant = |latency| match latency {
            Latency::Constant(latency) => Some(latency),
            _ => None,
        };
        let roles = self.roles?;
        let host_cost = constant(roles.host_cost)?;
        let hop = |latency| constant(latency)?.checked_add(host_cost);
        let is_sure = !uses.loss
            && self.links.is_empty()
            && self.duplication.is_never()
            && self.copy_delay == Duration::ZERO;
        let hops = SureHops {
            clients: roles.clients(),
            inner: hop(self.latency)?,
            outer: hop(roles.client_latency)?,
        };
        is_sure.then_some(hops)
    }

    /// Whether all copies have the same latency setting and are never duplicated.
    pub(super) fn are_plain(&self) -> bool {
        self.links.is_empty()
            && self.roles.is_none()
            && self.duplication.is_never()
            && self.copy_delay == Duration::ZERO
    }
}
