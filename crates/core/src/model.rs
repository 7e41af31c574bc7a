//! The front door: the API for custom models, with any mix of node types.
//!
//! A [`Process`] is a node with typed timer payloads, named random streams and default handlers. A
//! [`ModelSetup`] collects processes of any type that share one message type; [`ModelSetup::build`]
//! validates it and returns a [`Model`], whose runs return an [`Outcome`]. It is a layer on top of
//! the generic [`Simulation`]: the event loop is the same, and each callback costs one more virtual
//! call. Not here: operations of clients and histories (see `glomers`).

mod context;
mod erased;
mod kept;
mod outcome;
mod process;
mod random;
mod seeds;
mod setup;

pub use context::ProcessContext;
pub use outcome::{Outcome, RunError, Unhandled, UnhandledKind, Violation};
pub use process::Process;
pub use random::exponential;
pub use seeds::{SeedFailure, check_seeds};
pub use setup::ModelSetup;

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::node::NodeId;
use crate::simulation::{Observer, Progress, Simulation};
use erased::ErasedNode;
use kept::CallbackReport;

/// A simulation of processes that share the message type `M`.
///
/// ```
/// use sim_core::prelude::*;
///
/// struct Echo;
///
/// impl Process<u32> for Echo {
///     type Timer = ();
///
///     fn on_message(&mut self, from: NodeId, number: u32, cx: &mut ProcessContext<'_, u32, ()>) {
///         cx.send(from, number);
///     }
/// }
///
/// let mut setup = ModelSetup::new(Seed::new(1).ok_or("a seed")?);
/// let echo = setup.add(|_| Echo);
/// let mut model = setup.build()?;
/// model.inject(Instant::ZERO, echo, echo, 7)?;
/// let outcome = model.run_for(Duration::from_millis(10)).ok()?;
/// assert_eq!(outcome.events, 1 + 1 + 9); // the start, the injection, a message each millisecond
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Model<M: Clone + fmt::Debug + 'static> {
    simulation: Simulation<ErasedNode<M>>,
    nodes: u32,
    /// End of the time that has been run.
    reached: Instant,
    report: Rc<RefCell<CallbackReport>>,
    checkers: Vec<Box<dyn Checker<M>>>,
    violation: Option<Violation>,
    on_record: RecordHook,
}

/// Property of a model, checked after each event and at the end of each run.
///
/// A closure `FnMut(&Nodes<'_, M>, Instant) -> Result<(), String>` is a checker of the first kind.
pub trait Checker<M: Clone + fmt::Debug + 'static> {
    /// Name in the [`Violation`].
    fn name(&self) -> &str {
        "invariant"
    }

    /// Checks the state of all nodes after an event at `now`.
    ///
    /// # Errors
    /// The reason why the property does not hold; the run stops there.
    fn after_event(&mut self, nodes: &Nodes<'_, M>, now: Instant) -> Result<(), String>;

    /// Checks the state of all nodes when a run returns. Accepts every state by default.
    ///
    /// # Errors
    /// The reason why the property does not hold.
    fn at_end(&mut self, nodes: &Nodes<'_, M>, now: Instant) -> Result<(), String> {
        let _ = (nodes, now);
        Ok(())
    }
}

impl<M, F> Checker<M> for F
where
    M: Clone + fmt::Debug + 'static,
    F: FnMut(&Nodes<'_, M>, Instant) -> Result<(), String>,
{
    fn after_event(&mut self, nodes: &Nodes<'_, M>, now: Instant) -> Result<(), String> {
        self(nodes, now)
    }
}

/// Read access to the state of all nodes of a model.
pub struct Nodes<'a, M: Clone + fmt::Debug + 'static> {
    simulation: &'a Simulation<ErasedNode<M>>,
}

impl<M: Clone + fmt::Debug + 'static> fmt::Debug for Nodes<'_, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Nodes").field(self.simulation).finish()
    }
}

impl<'a, M: Clone + fmt::Debug + 'static> Nodes<'a, M> {
    /// The process at `id`, if there is one and it is a `P`.
    pub fn get<P: Process<M>>(&self, id: NodeId) -> Option<&'a P> {
        self.simulation.node(id).and_then(ErasedNode::get)
    }

    /// All processes of type `P` with their ids, in the order of ids.
    pub fn of<P: Process<M>>(&self) -> impl Iterator<Item = (NodeId, &'a P)> + use<'a, P, M> {
        let all = self.simulation.nodes().enumerate();
        all.filter_map(|(id, node)| Some((NodeId(id as u32), node.get()?)))
    }
}

/// Callback for records.
type Listener = Box<dyn FnMut(Instant, NodeId, &str)>;

/// The observer of a model: passes records to the listener.
#[derive(Default)]
struct RecordHook(Option<Listener>);

impl<M: Clone + fmt::Debug + 'static> Observer<ErasedNode<M>> for RecordHook {
    fn record(&mut self, at: Instant, node: NodeId, record: &String) {
        if let Some(hook) = &mut self.0 {
            hook(at, node, record);
        }
    }
}

impl<M: Clone + fmt::Debug + 'static> fmt::Debug for Model<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Model").field("simulation", &self.simulation).finish_non_exhaustive()
    }
}

impl<M: Clone + fmt::Debug + 'static> Model<M> {
    /// Attaches a checker to all further runs.
    pub fn check_with(&mut self, checker: impl Checker<M> + 'static) {
        self.checkers.push(Box::new(checker));
    }

    /// Calls `hook` with each line of [`ProcessContext::record`], its instant and its node.
    pub fn on_record(&mut self, hook: impl FnMut(Instant, NodeId, &str) + 'static) {
        self.on_record = RecordHook(Some(Box::new(hook)));
    }

    /// The state of all nodes.
    pub fn nodes(&self) -> Nodes<'_, M> {
        Nodes { simulation: &self.simulation }
    }

    /// The process at `id`, if there is one and it is a `P`.
    pub fn get<P: Process<M>>(&self, id: NodeId) -> Option<&P> {
        self.nodes().get(id)
    }

    /// Sends a message to `to` from outside the network, as if from `from`.
    ///
    /// # Errors
    /// If a node does not exist, `at` is in the past, or the run has ended.
    pub fn inject(
        &mut self,
        at: Instant,
        from: NodeId,
        to: NodeId,
        message: M,
    ) -> Result<(), RunError> {
        if let Some(&node) = [from, to].iter().find(|node| node.0 >= self.nodes) {
            return Err(RunError::UnknownNode { node, nodes: self.nodes });
        }
        if at < self.reached.max(self.simulation.now()) {
            return Err(RunError::InThePast { at });
        }
        if let Some(end) = self.simulation.end() {
            return Err(RunError::Ended(end));
        }
        self.simulation.inject(at, from, to, message);
        Ok(())
    }

    /// Runs for `span` from where the last run stopped.
    #[must_use = "an outcome can contain a violation: see `Outcome::ok`"]
    pub fn run_for(&mut self, span: Duration) -> Outcome {
        self.run_until(self.reached.saturating_add(span))
    }

    /// Runs until no event is left, or a limit is reached.
    #[must_use = "an outcome can contain a violation: see `Outcome::ok`"]
    pub fn run_to_end(&mut self) -> Outcome {
        self.run_until(Instant::MAX)
    }

    /// Runs for `span` with one more checker, a closure that sees all nodes after each event.
    #[must_use = "an outcome can contain a violation: see `Outcome::ok`"]
    pub fn run_checked(
        &mut self,
        span: Duration,
        mut check: impl FnMut(&Nodes<'_, M>, Instant) -> Result<(), String>,
    ) -> Outcome {
        self.run(self.reached.saturating_add(span), Some(&mut check))
    }

    /// Runs all events before `until`, or fewer if a checker finds a violation.
    #[must_use = "an outcome can contain a violation: see `Outcome::ok`"]
    pub fn run_until(&mut self, until: Instant) -> Outcome {
        self.run(until, None)
    }

    fn run(&mut self, until: Instant, mut extra: Option<&mut dyn Checker<M>>) -> Outcome {
        let callbacks = if self.checkers.is_empty() && extra.is_none() { u64::MAX } else { 1 };
        let mut end = None;
        while self.violation.is_none() {
            let progress = self.simulation.run_until(until, callbacks, &mut self.on_record);
            let over = !matches!(progress, Progress::Paused);
            self.check(over, &mut extra);
            match progress {
                Progress::Paused => {}
                Progress::Reached => {
                    self.reached = self.reached.max(until);
                    break;
                }
                Progress::Ended(reason) => {
                    end = Some(reason);
                    break;
                }
            }
        }
        self.outcome(end)
    }

    fn check(&mut self, over: bool, extra: &mut Option<&mut dyn Checker<M>>) {
        let nodes = Nodes { simulation: &self.simulation };
        let now = self.simulation.now();
        let extra = extra.iter_mut().map(|checker| &mut **checker);
        let mut all = self.checkers.iter_mut().map(|c| &mut **c as &mut dyn Checker<M>);
        let mut check = |checker: &mut dyn Checker<M>| {
            let result = match over {
                false => checker.after_event(&nodes, now),
                true => checker.after_event(&nodes, now).and_then(|()| checker.at_end(&nodes, now)),
            };
            let reason = result.err()?;
            Some(Violation { checker: checker.name().to_owned(), at: now, reason })
        };
        self.violation = all.find_map(&mut check);
        for checker in extra {
            self.violation = self.violation.take().or_else(|| check(checker));
        }
    }

    fn outcome(&mut self, end: Option<End>) -> Outcome {
        let report = self.report.borrow();
        Outcome {
            now: self.simulation.now(),
            end,
            events: self.simulation.events(),
            messages: self.simulation.messages(),
            unhandled_count: report.count,
            unhandled: report.first.clone(),
            violation: self.violation.clone(),
        }
    }
}
