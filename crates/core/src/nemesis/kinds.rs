//! The table of fault kinds: one row for each kind, as the single source of truth.
//!
//! A row has the name of the kind, its form in a config, how it is drawn, its effect on a
//! simulation, whether it can be applied to real processes, and what a run counts of it. The
//! grammar, the schema, the reference, resolved configs, histories, hints and the options of
//! `sim test` are derived from it. A new kind is a row at the end, with a module of its own if it
//! needs code.

use super::Window;
use super::conditions::Plan;
use super::drawn_targets::Source;
use super::partition_shape::Shape;
use super::target::Target;
use crate::network::Degradation;
use crate::node::NodeId;

/// Form of a fault's target, in a config and when drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TargetForm {
    /// Lists of nodes that receive only from their own list.
    Groups,
    /// Senders, and receivers that do not receive from them.
    OneWay,
    /// A list of nodes.
    Nodes,
    /// A list of nodes; `slow_by` of the config says by how much.
    SlowNodes,
    /// Nodes, each with the speed of its clock.
    Rates,
    /// A probability.
    Probability,
}

/// Whether a fault can be applied to a real process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hosting {
    /// Yes, with this name in the options of `sim test`.
    As(&'static str),
    /// No, for this reason.
    Never(&'static str),
}

/// What a run counts of a kind, to detect a fault without effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Copies that were cut off.
    Cuts,
    /// Copies that were lost.
    Loses,
    /// Copies that were duplicated.
    Duplicates,
    /// Nothing: nodes are affected in any case.
    Unseen,
}

/// Row of a kind in the table.
#[derive(Clone, Copy, Debug)]
pub struct FaultKindRow {
    /// Name in configs and, after `start-` and `stop-`, in histories.
    pub name: &'static str,
    /// Path of the key that states such a fault.
    pub key: &'static str,
    /// Meaning of that key.
    pub meaning: &'static str,
    /// Form of the target.
    pub form: TargetForm,
    /// Whether `swarm = true` alone may draw it; otherwise it must be listed in `kinds`.
    pub in_swarm: bool,
    /// Whether it can be applied to real processes.
    pub hosting: Hosting,
    /// What a run counts of it.
    pub effect: Effect,
    /// Extent of one drawn fault among that many nodes, besides 1: see `extent.rs`.
    pub(super) extent: fn(u128) -> u128,
    /// Draws a target, or returns `None` if there are too few nodes for one.
    pub(super) draw: fn(&mut Source<'_>) -> Option<Target>,
    /// Adds a window to the conditions of a simulation.
    pub(super) apply: fn(&mut Plan, &Window),
}

/// Defines the enum, the list and the rows, in one order.
macro_rules! fault_kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal { $($row:tt)* })*) => {
        /// A kind of fault, by the name that configs use.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum FaultKind {
            $($(#[$doc])* $kind,)*
        }

        /// Number of kinds.
        const COUNT: usize = [$($name),*].len();

        impl FaultKind {
            /// All kinds, in the order of their names in messages. A kind's index is the id of its
            /// random stream, so a new kind goes to the end.
            pub const ALL: [FaultKind; COUNT] = [$(FaultKind::$kind),*];

            /// Names of all kinds.
            pub const NAMES: [&'static str; COUNT] = [$($name),*];

            /// Rows of all kinds.
            pub const ROWS: [FaultKindRow; COUNT] = [$(FaultKindRow {
                name: $name,
                key: concat!("nemesis.faults[].", $name),
                $($row)*
            }),*];
        }
    };
}

impl FaultKind {
    /// Returns the row of this kind.
    pub fn row(self) -> &'static FaultKindRow {
        const ROWS: &[FaultKindRow] = &FaultKind::ROWS;
        &ROWS[self as usize]
    }

    /// Name in configs and, after `start-` and `stop-`, in histories.
    pub fn name(self) -> &'static str {
        self.row().name
    }
}

/// Extent of a fault that hits a minority of the nodes at most, and mostly one.
fn extent_of_some_nodes(nodes: u128) -> u128 {
    nodes / 64
}

/// Extent of a cut: the majorities of a ring take the cube of the number of nodes.
fn extent_of_links(nodes: u128) -> u128 {
    nodes / 64 + nodes.pow(2) / 64 + nodes.pow(3) / 4096
}

fault_kinds! {
    /// Some nodes receive nothing from others, in both directions or in the shape of a ring.
    Partition "partition" {
        meaning: "lists of nodes that receive only from their own list",
        form: TargetForm::Groups,
        in_swarm: true,
        hosting: Hosting::As("partition"),
        effect: Effect::Cuts,
        extent: extent_of_links,
        draw: |source| {
            let shape = source.one_of(&Shape::ALL);
            Some(Target::Cut(Some(shape.name()), shape.cut(source.nodes, &mut source.rng)))
        },
        apply: Plan::cut,
    }
    /// What some nodes send does not reach others; the way back is open.
    OneWay "one-way" {
        meaning: "a cut in one direction",
        form: TargetForm::OneWay,
        in_swarm: true,
        hosting: Hosting::As("one-way"),
        effect: Effect::Cuts,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Cut(None, source.one_way()?)),
        apply: Plan::cut,
    }
    /// Nodes stop and start again: memory is lost, the disk survives.
    Crash "crash" {
        meaning: "nodes that stop, and start again with their disk",
        form: TargetForm::Nodes,
        in_swarm: true,
        hosting: Hosting::As("kill"),
        effect: Effect::Unseen,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Nodes(source.victims())),
        apply: |plan, window| plan.outage(window, false),
    }
    /// Nodes stop and start again, and their disk is lost, too.
    Wipe "wipe" {
        meaning: "nodes that stop, and start again with nothing",
        form: TargetForm::Nodes,
        in_swarm: true,
        hosting: Hosting::Never("the disk of a process is its own"),
        effect: Effect::Unseen,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Nodes(source.victims())),
        apply: |plan, window| plan.outage(window, true),
    }
    /// Nodes do nothing for a while, and then all that has come in meanwhile.
    Pause "pause" {
        meaning: "nodes that do nothing",
        form: TargetForm::Nodes,
        in_swarm: true,
        hosting: Hosting::As("pause"),
        effect: Effect::Unseen,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Nodes(source.victims())),
        apply: Plan::pause,
    }
    /// All messages from and to a node take longer.
    Slow "slow" {
        meaning: "nodes whose messages take longer",
        form: TargetForm::SlowNodes,
        in_swarm: true,
        hosting: Hosting::As("slow"),
        effect: Effect::Unseen,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::SlowNodes(source.victims(), source.settings.slow_by)),
        apply: Plan::slow,
    }
    /// A node's timers and its clock run too fast or too slow.
    Skew "skew" {
        meaning: "how many times too fast clocks run: { n1 = 2, n2 = 0.5 }",
        form: TargetForm::Rates,
        in_swarm: true,
        hosting: Hosting::Never("the clock of a process is that of this machine"),
        effect: Effect::Unseen,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Rates(source.skewed_clocks())),
        apply: Plan::skew,
    }
    /// Copies of messages are lost by chance.
    Loss "loss" {
        meaning: "probability that a message is lost",
        form: TargetForm::Probability,
        in_swarm: true,
        hosting: Hosting::As("loss"),
        effect: Effect::Loses,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Probability(source.probability())),
        apply: |plan, window| plan.chance(window, Degradation::Loss),
    }
    /// Copies of messages are duplicated by chance.
    Duplication "duplication" {
        meaning: "probability that a message is duplicated",
        form: TargetForm::Probability,
        in_swarm: true,
        hosting: Hosting::As("duplication"),
        effect: Effect::Duplicates,
        extent: extent_of_some_nodes,
        draw: |source| Some(Target::Probability(source.probability())),
        apply: |plan, window| plan.chance(window, Degradation::Duplication),
    }
    /// All nodes lose power at once and start again: memory is lost, the disk survives.
    Blackout "blackout" {
        meaning: "nodes that lose power together, and start again with their disk",
        form: TargetForm::Nodes,
        in_swarm: false,
        hosting: Hosting::As("blackout"),
        effect: Effect::Unseen,
        extent: |nodes| nodes / 4,
        draw: |source| Some(Target::Nodes((0..source.nodes).map(NodeId).collect())),
        apply: |plan, window| plan.outage(window, false),
    }
}
