//! What a run is made of, as plain values.

use super::protocol::Service;
use super::topology::Topology;
use super::workload::Workload;
use crate::engine::limits::{End, Limits};
use crate::engine::ratio::Ratio;
use crate::engine::rng::{Purpose, Seed};
use crate::engine::time::{Duration, Instant};
use crate::network::{Latency, Roles, Scope};
use crate::node::NodeId;
use crate::{nemesis, network};

/// How many services there are.
pub const SERVICES: u32 = Service::ALL.len() as u32;

/// What a run is made of, its servers aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlomersParameters {
    /// The root of all chance.
    pub seed: Seed,
    /// What clients do.
    pub workload: &'static Workload,
    /// The names of the servers.
    pub names: Vec<String>,
    /// Who is whose neighbour.
    pub topology: Topology,
    /// Operations per second, all clients together; zero for none.
    pub rate: Ratio,
    /// How many operations can be under way at once: the number of workers.
    pub concurrency: u32,
    /// How long operations are begun.
    pub duration: Duration,
    /// The time after that, healed and quiet, before the final operations.
    pub recovery: Duration,
    /// How long a client waits for a reply.
    pub client_timeout: Duration,
    /// The zeros of the nodes' own clocks lie within this time before the run begins; zero for
    /// clocks in step. Nothing else depends on it.
    pub starts: Duration,
    /// The network. Its roles are those of [`Layout`].
    pub network: network::NetworkSettings,
    /// What goes wrong.
    pub nemesis: nemesis::NemesisSettings,
    /// How far the run may go.
    pub limits: Limits,
}

impl GlomersParameters {
    /// The most servers that one run can have.
    pub const SERVERS_MAX: u32 = 10_000;
    /// The time within which nodes start, unless a config says otherwise.
    pub const STARTS: Duration = Duration::from_seconds(1);
    /// The most workers.
    pub const CONCURRENCY_MAX: u32 = 100_000;

    /// The host cost of the family: without one, latency 0 would leave nothing concurrent.
    pub const HOST_COST: Latency = Latency::Uniform(Duration::ZERO, Duration::from_ms(2));

    /// Parameters with all defaults of a config: a worker per server.
    pub fn new(
        seed: Seed,
        workload: &'static Workload,
        names: Vec<String>,
        duration: Duration,
    ) -> GlomersParameters {
        let servers = names.len() as u32;
        let roles = Roles {
            servers,
            services: SERVICES,
            client_latency: Latency::Constant(Duration::ZERO),
            host_cost: GlomersParameters::HOST_COST,
            scope: Scope::default(),
        };
        GlomersParameters {
            seed,
            workload,
            names,
            topology: Topology::default(),
            rate: Ratio::whole(5),
            concurrency: servers,
            duration,
            recovery: Duration::from_seconds(10),
            client_timeout: Duration::from_seconds(5),
            starts: GlomersParameters::STARTS,
            network: network::NetworkSettings {
                latency: Latency::Constant(Duration::ZERO),
                roles: Some(roles),
                ..network::NetworkSettings::default()
            },
            nemesis: nemesis::NemesisSettings::default(),
            limits: GlomersParameters::limits_of(servers, servers),
        }
    }

    /// The default limits of a run with these numbers of servers and workers: each can ask one
    /// participant something at one instant, and that is no loop.
    pub fn limits_of(servers: u32, concurrency: u32) -> Limits {
        let limits = Limits::default();
        let asking = u64::from(servers) + u64::from(concurrency);
        Limits { same_instant_events: limits.same_instant_events.max(4 * asking), ..limits }
    }

    /// What the nodes' own clocks show when the run begins.
    pub(super) fn clock_offsets(&self) -> Vec<Duration> {
        let offset = |node: u64| {
            let mut rng = self.seed.stream(Purpose::Starts, node);
            Duration::from_ns(rng.below(self.starts.as_ns().max(1)))
        };
        (0..self.names.len() as u64).map(offset).collect()
    }

    /// The network, with its partitions healed when the main phase is over.
    pub(super) fn network_healed_in_time(&self) -> network::NetworkSettings {
        let mut network = self.network.clone();
        let end = Instant::ZERO.saturating_add(self.duration);
        network.partitions.iter_mut().for_each(|cut| cut.until = cut.until.min(end));
        network.partitions.retain(|cut| cut.at < cut.until);
        network
    }

    /// What a participant is called: a node by its name.
    pub fn name_of(&self, id: NodeId) -> &str {
        let service = self.layout().service_at(id).map(|service| service.name());
        let name = self.names.get(id.index()).map(String::as_str);
        let others = if id == self.layout().clients() { "the clients" } else { "the set-up" };
        name.or(service).unwrap_or(others)
    }

    /// Why a run ended.
    pub fn end_in_words(&self, end: End) -> String {
        end.in_words(|id| self.name_of(NodeId(id)))
    }

    /// Who is where.
    pub fn layout(&self) -> Layout {
        Layout { servers: self.names.len() as u32 }
    }
}

/// Who is where in the simulation: servers first, then services, then the clients and the set-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How many servers there are.
    pub servers: u32,
}

impl Layout {
    /// Where a service is.
    pub fn service(self, service: Service) -> NodeId {
        NodeId(self.servers + service as u32)
    }

    /// The service that is there, if one is.
    pub fn service_at(self, id: NodeId) -> Option<Service> {
        let place = id.0.checked_sub(self.servers)?;
        Service::ALL.get(place as usize).copied()
    }

    /// Where the clients are.
    pub fn clients(self) -> NodeId {
        NodeId(self.servers + SERVICES)
    }

    /// Where nodes are set up from.
    pub fn set_up(self) -> NodeId {
        NodeId(self.servers + SERVICES + 1)
    }

    /// How many participants there are.
    pub fn participants(self) -> u32 {
        self.servers + SERVICES + 2
    }
}
