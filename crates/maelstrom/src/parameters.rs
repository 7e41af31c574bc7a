//! The parameters of a run, as plain values, and the layout of its participants.

use super::service_name::Service;
use super::topology::Topology;
use super::workload::Workload;
use crate::engine::limits::{End, Limits};
use crate::engine::ratio::Ratio;
use crate::engine::rng::{Purpose, Seed};
use crate::engine::time::{Duration, Instant};
use crate::network::{Latency, Roles, Scope};
use crate::node::NodeId;
use crate::{nemesis, network};

/// Number of services.
pub const SERVICES: u32 = Service::ALL.len() as u32;

/// The parameters of a run, except for its servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlomersParameters {
    /// The root of all random streams.
    pub seed: Seed,
    /// The workload of the clients.
    pub workload: &'static Workload,
    /// The names of the servers.
    pub names: Vec<String>,
    /// The shape of the neighbours that servers receive.
    pub topology: Topology,
    /// Operations per second, all clients together; zero for none.
    pub rate: Ratio,
    /// Maximum number of operations in progress at once: the number of workers.
    pub concurrency: u32,
    /// Duration of the main phase, in which operations begin.
    pub duration: Duration,
    /// The time after the main phase, healed and quiet, before the final operations.
    pub recovery: Duration,
    /// Timeout of a client that waits for a reply.
    pub client_timeout: Duration,
    /// Number of keys that operations use at once, in workloads with many keys.
    pub key_count: u64,
    /// Number of writes to a key before another takes its place, in workloads with many keys.
    pub max_writes_per_key: u64,
    /// Maximum number of micro-operations in a transaction.
    pub max_txn_length: u64,
    /// Nodes' own clocks are zero at random instants within this time before the run begins; zero
    /// for clocks in step. Nothing else depends on it.
    pub starts: Duration,
    /// The network. Its roles are those of [`Layout`].
    pub network: network::NetworkSettings,
    /// The faults.
    pub nemesis: nemesis::NemesisSettings,
    /// The limits at which the run ends.
    pub limits: Limits,
}

impl GlomersParameters {
    /// Maximum number of servers in a run.
    pub const SERVERS_MAX: u32 = 10_000;
    /// Default of [`GlomersParameters::starts`].
    pub const STARTS: Duration = Duration::from_seconds(1);
    /// Maximum number of workers.
    pub const CONCURRENCY_MAX: u32 = 100_000;

    /// The host cost of the family: without one, latency 0 would leave nothing concurrent.
    pub const HOST_COST: Latency = Latency::Uniform(Duration::ZERO, Duration::from_ms(2));

    /// Creates parameters with all defaults of a config.
    pub fn new(
        seed: Seed,
        workload: &'static Workload,
        names: Vec<String>,
        duration: Duration,
    ) -> GlomersParameters {
        let servers = names.len() as u32;
        let concurrency = workload.workers.default_for(servers);
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
            concurrency,
            duration,
            recovery: Duration::from_seconds(10),
            client_timeout: workload.client_timeout.at(Duration::ZERO),
            key_count: 10,
            max_writes_per_key: 16,
            max_txn_length: 4,
            starts: GlomersParameters::STARTS,
            network: network::NetworkSettings {
                latency: Latency::Constant(Duration::ZERO),
                roles: Some(roles),
                ..network::NetworkSettings::default()
            },
            nemesis: nemesis::NemesisSettings::default(),
            limits: GlomersParameters::limits_of(servers, concurrency),
        }
    }

    /// Returns the default limits of a run with these numbers of servers and workers: all of them
    /// may send one participant a request at one instant, which is not an endless loop.
    pub fn limits_of(servers: u32, concurrency: u32) -> Limits {
        let asking = u64::from(servers) + u64::from(concurrency);
        let mut limits = Limits::default();
        limits.same_instant_events = limits.same_instant_events.max(4 * asking);
        limits
    }

    /// Draws what the nodes' own clocks show when the run begins.
    pub(super) fn clock_offsets(&self) -> Vec<Duration> {
        let offset = |node: u64| {
            let mut rng = self.seed.stream(Purpose::Starts, node);
            Duration::from_ns(rng.below(self.starts.as_ns().max(1)))
        };
        (0..self.names.len() as u64).map(offset).collect()
    }

    /// Returns the network, with its partitions healed when the main phase is over.
    pub(super) fn network_healed_in_time(&self) -> network::NetworkSettings {
        let mut network = self.network.clone();
        let end = Instant::ZERO.saturating_add(self.duration);
        network.partitions.iter_mut().for_each(|cut| cut.until = cut.until.min(end));
        network.partitions.retain(|cut| cut.at < cut.until);
        network
    }

    /// Returns the name of a participant, for messages to people.
    pub fn name_of(&self, id: NodeId) -> &str {
        let service = self.layout().service_at(id).map(|service| service.name());
        let name = self.names.get(id.index()).map(String::as_str);
        let others = if id == self.layout().clients() { "the clients" } else { "the set-up" };
        name.or(service).unwrap_or(others)
    }

    /// Describes why a run ended.
    pub fn end_in_words(&self, end: End) -> String {
        end.in_words(|id| self.name_of(NodeId(id)))
    }

    /// Returns the layout of the participants.
    pub fn layout(&self) -> Layout {
        Layout { servers: self.names.len() as u32 }
    }
}

/// The layout of the participants: servers first, then services, then the clients and the set-up.
///
/// ```text
/// id   0 … servers-1   +0       +1       +2       +3        +4        +5
///      the servers     lin-kv   seq-kv   lww-kv   lin-tso   clients   set-up
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Layout {
    /// Number of servers.
    pub servers: u32,
}

impl Layout {
    /// Returns the id of a service.
    pub fn service(self, service: Service) -> NodeId {
        NodeId(self.servers + service as u32)
    }

    /// Returns the service of this id, if there is one.
    pub fn service_at(self, id: NodeId) -> Option<Service> {
        let place = id.0.checked_sub(self.servers)?;
        Service::ALL.get(place as usize).copied()
    }

    /// Returns the id of the participant that plays all clients.
    pub fn clients(self) -> NodeId {
        NodeId(self.servers + SERVICES)
    }

    /// Returns the id of the participant that sets nodes up.
    pub fn set_up(self) -> NodeId {
        NodeId(self.servers + SERVICES + 1)
    }

    /// Returns the number of participants.
    pub fn participants(self) -> u32 {
        self.servers + SERVICES + 2
    }
}
