//! Node programs: how a node is built and run, in a simulation or on stdin, and its options.

use super::parameters::GlomersParameters;
use super::run::run;
use super::run_result::GlomersRun;
use super::server::Server;
use super::server_factory::ServerFactory;
use super::sink::Sink;
use super::stdio_node::{Incarnation, StdioNode, StdioServer};
use super::workload::Workload;
use crate::engine::time::Duration;
use crate::nemesis::FaultKind;

/// A node program that ships.
#[derive(Clone, Copy)]
pub struct Solution {
    /// Its name.
    pub name: &'static str,
    /// The workloads that it solves.
    pub workloads: &'static [&'static Workload],
    /// The idea, in a line.
    pub idea: &'static str,
    /// The kinds of faults under which it stays correct.
    pub survives: &'static [FaultKind],
    /// The options that can be set.
    pub options: &'static [OptionSpec],
    /// How its nodes are made and run: see [`of`].
    pub program: NodeProgram,
}

/// How a program runs: in a simulation, or behind lines.
#[derive(Clone, Copy)]
pub struct NodeProgram {
    run: fn(&GlomersParameters, &Options, &mut dyn Sink, &dyn Fn() -> bool) -> GlomersRun,
    behind: fn(&Options, &'static Workload, Incarnation) -> Box<dyn StdioNode>,
}

impl std::fmt::Debug for NodeProgram {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NodeProgram").finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Solution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Solution").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Solution {
    /// Runs it in a simulation. `stop` is polled now and then.
    pub fn run(
        &self,
        parameters: &GlomersParameters,
        options: &Options,
        sink: &mut dyn Sink,
        stop: &dyn Fn() -> bool,
    ) -> GlomersRun {
        (self.program.run)(parameters, options, sink, stop)
    }

    /// Creates one node of it behind lines, for the first workload that it solves.
    pub fn behind(&self, options: &Options, life: Incarnation) -> Box<dyn StdioNode> {
        (self.program.behind)(options, self.workloads[0], life)
    }

    /// Returns all options with their defaults.
    pub fn defaults(&self) -> Options {
        Options(self.options.iter().map(|option| (option.name, option.default)).collect())
    }
}

/// An option of a solution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OptionSpec {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub meaning: &'static str,
    /// Its default, which also determines the type of its values.
    pub default: OptionValue,
}

/// A value of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OptionValue {
    /// A time.
    Time(Duration),
    /// A whole number.
    Integer(u64),
}

/// The options of a solution, each with its value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(pub Vec<(&'static str, OptionValue)>);

impl Options {
    /// A time.
    ///
    /// # Panics
    /// If the solution declares no such option.
    pub fn time(&self, name: &str) -> Duration {
        match self.get(name) {
            OptionValue::Time(time) => time,
            OptionValue::Integer(_) => panic!("{name} is no time"),
        }
    }

    /// A whole number.
    ///
    /// # Panics
    /// If the solution declares no such option.
    pub fn integer(&self, name: &str) -> u64 {
        match self.get(name) {
            OptionValue::Integer(number) => number,
            OptionValue::Time(_) => panic!("{name} is no number"),
        }
    }

    fn get(&self, name: &str) -> OptionValue {
        let found = self.0.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| *value).unwrap_or_else(|| panic!("{name} is not declared"))
    }
}

/// A server that can be built from options alone.
pub trait Build: Server + Sized {
    /// Builds one server.
    fn build(options: &Options) -> Self;
}

/// Returns the program whose nodes are servers of type `S`.
pub const fn of<S: Build>() -> NodeProgram {
    NodeProgram {
        run: |parameters, options, sink, stop| {
            let options = options.clone();
            run(parameters, ServerFactory::new(move |_| S::build(&options)), sink, stop)
        },
        behind: |options, workload, life| {
            Box::new(StdioServer::new(Box::new(S::build(options)), workload, life))
        },
    }
}
