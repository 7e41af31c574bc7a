//! The set-up of a model: its processes, its network, its faults.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::Model;
use super::erased::{ErasedNode, Factory, factory};
use super::kept::{CallbackReport, Kept};
use super::process::Process;
use crate::engine::limits::Limits;
use crate::engine::queue::Ties;
use crate::engine::rng::Seed;
use crate::engine::time::Instant;
use crate::network::NetworkSettings;
use crate::node::NodeId;
use crate::simulation::{NodeFault, Setup, SetupError, Simulation, Skew};

/// Settings and processes of a [`Model`]: processes of any type that share the message type `M`.
///
/// ```
/// use sim_core::prelude::*;
///
/// struct Idle;
///
/// impl Process<()> for Idle {
///     type Timer = ();
/// }
///
/// let mut setup = ModelSetup::new(Seed::new(1).ok_or("a seed")?);
/// let nodes = setup.add_many(3, |_| Idle);
/// assert_eq!(nodes, [NodeId(0), NodeId(1), NodeId(2)]);
/// setup.network.loss = "1/20".parse()?;
/// setup.faults.push((Instant::ZERO + Duration::from_secs(1), NodeFault::Crash(NodeId(7))));
/// let error = setup.build().expect_err("there is no eighth node");
/// assert_eq!(error.to_string(), "a fault names n8, but there are 3 nodes");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[non_exhaustive]
pub struct ModelSetup<M> {
    /// The root of all random streams.
    pub seed: Seed,
    /// The network between the nodes: 1 ms and no loss by default.
    pub network: NetworkSettings,
    /// Crashes, restarts and pauses, with their instants.
    pub faults: Vec<(Instant, NodeFault)>,
    /// Clocks that run fast or slow, with their times.
    pub clocks: Vec<Skew>,
    /// Order of the events of one instant.
    pub ties: Ties,
    /// Limits of a run.
    pub limits: Limits,
    factories: Vec<Factory<M>>,
}

impl<M> fmt::Debug for ModelSetup<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ModelSetup")
            .field("nodes", &self.factories.len())
            .field("seed", &self.seed)
            .finish_non_exhaustive()
    }
}

impl<M: Clone + fmt::Debug + 'static> ModelSetup<M> {
    /// Creates a set-up without processes.
    pub fn new(seed: Seed) -> ModelSetup<M> {
        ModelSetup {
            seed,
            network: NetworkSettings::default(),
            faults: vec![],
            clocks: vec![],
            ties: Ties::default(),
            limits: Limits::default(),
            factories: vec![],
        }
    }

    /// Adds a process and returns its id. `make` builds it at the beginning and after each crash.
    pub fn add<P: Process<M>>(&mut self, make: impl FnMut(NodeId) -> P + 'static) -> NodeId {
        let id = NodeId(self.factories.len() as u32);
        self.factories.push(factory(make));
        id
    }

    /// Adds `count` processes of one type and returns their ids.
    pub fn add_many<P: Process<M>>(
        &mut self,
        count: u32,
        make: impl FnMut(NodeId) -> P + Clone + 'static,
    ) -> Vec<NodeId> {
        (0..count).map(|_| self.add(make.clone())).collect()
    }

    /// Validates the set-up and builds the model.
    ///
    /// # Errors
    /// If there are no processes, the rate of a clock is zero, a probability is above 1, or the
    /// network, a clock or a fault names a node that does not exist.
    pub fn build(self) -> Result<Model<M>, SetupError> {
        let nodes = self.factories.len() as u32;
        let mut setup = Setup::new(nodes, self.seed);
        setup.network = self.network;
        setup.faults = self.faults;
        setup.clocks = self.clocks;
        setup.ties = self.ties;
        setup.limits = self.limits;
        let report = Rc::new(RefCell::new(CallbackReport::default()));
        let kept: Vec<_> = (0..nodes)
            .map(|_| Rc::new(RefCell::new(Kept::new(self.seed, Rc::clone(&report)))))
            .collect();
        let mut factories = self.factories;
        let make = move |id: NodeId| ErasedNode {
            process: factories[id.index()](id),
            kept: Rc::clone(&kept[id.index()]),
        };
        Ok(Model {
            simulation: Simulation::try_new(&setup, make)?,
            nodes,
            reached: Instant::ZERO,
            report,
            checkers: vec![],
            violation: None,
            on_record: super::RecordHook::default(),
        })
    }
}
