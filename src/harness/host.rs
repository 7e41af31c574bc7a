//! The host: a simulation in real time, with a process behind each node.
//!
//! One thread runs the event loop: it advances the simulation to the wall-clock time, writes to
//! processes the messages that their nodes received, then sleeps until the next event is due or a
//! process writes something, whichever is first. Output of a process happens when it is read.

mod ending;
mod error;
mod pipes;

pub use error::{HostingError, is_crlf_script};

use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

use rustix::process::{Pid, Signal};

use super::clock::{WallClock, since_epoch};
use super::lateness::Lateness;
use super::limits::{ProcessLimits, family};
use super::node_table::{Echo, NodeTable};
use super::process::{Process, READ_MAX};
use super::reaper;
use super::traffic::Traffic;
use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::glomers::{
    Body, GlomersParameters, GlomersRun, Problem, ProblemKind, Running, Sink, Wire,
};
use crate::node::NodeId;
use crate::simulation::NodeFault;

/// The program behind each node, and its limits.
#[derive(Clone, Debug)]
pub struct Hosting {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// Timeout for a node from the start of its process to its replies to `init` and `topology`.
    pub start_max: Duration,
    /// Maximum time for a node to end after it is asked to.
    pub grace: Duration,
    /// Maximum length of a line in bytes.
    pub line_max: usize,
    /// Maximum number of log bytes kept per node.
    pub log_max: usize,
    /// Maximum number of bytes that a node may leave unread.
    pub backlog_max: usize,
    /// Maximum memory of this program in bytes.
    pub memory_max: u64,
    /// Limits of each process.
    pub limits: ProcessLimits,
    /// What is printed on the terminal during the run.
    pub echo: Echo,
}

/// Requests to stop a run, which are polled.
#[derive(Clone, Copy)]
pub struct Stop<'a> {
    /// Whether a stop was requested.
    pub asked: &'a dyn Fn() -> bool,
    /// Whether a stop was requested twice, so that processes are not waited for any longer.
    pub asked_again: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stop").finish_non_exhaustive()
    }
}

/// Outcome of a hosted run.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// The simulated run.
    pub run: GlomersRun,
    /// Outcome of each node, in their order.
    pub nodes: Vec<NodeEnd>,
    /// Warnings: findings that are no violations.
    pub warnings: Vec<String>,
    /// Lateness of deliveries to the processes.
    pub lateness: Lateness,
    /// What the nodes sent each other.
    pub traffic: Traffic,
}

/// Outcome of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeEnd {
    /// Exit statuses of its processes in words, in order.
    pub ends: Vec<String>,
    /// Number of lines on its output.
    pub lines: u64,
    /// Number of violations of each protocol rule, by the rule's name.
    pub broken: Vec<(&'static str, u64)>,
    /// Its last log lines, and output lines that could not be decoded.
    pub tail: Vec<String>,
    /// Its log, up to the limit.
    pub log: Vec<u8>,
}

/// Interval of polling for what sends no event: processes that have ended, signals.
const LOOK: Duration = Duration::from_ms(50);
/// Number of starting nodes below which another one is started.
const STARTING_MAX: usize = 4;
/// Time after which another node is started in any case.
const STAGGER: Duration = Duration::from_ms(250);
/// Maximum number of callbacks before processes are polled again, however far the simulation is
/// behind.
const CALLBACKS_MAX: u64 = 2048;
/// The same once it has ended: a pipe holds less than this.
const DRAINS: usize = 8;

/// Runs the nodes of these parameters as processes.
///
/// All new children of this process are taken for nodes or their descendants: a caller that starts
/// other processes meanwhile must not call this.
///
/// # Errors
/// If the program cannot be started at all; a later start that fails is part of the run.
pub fn host(
    parameters: &GlomersParameters,
    hosting: &Hosting,
    sink: &mut dyn Sink,
    terminal: &mut dyn Write,
    stop: Stop<'_>,
) -> Result<Hosted, HostingError> {
    error::check_descriptors(&hosting.program, parameters.names.len() as u64)?;
    let spared = reaper::adopt();
    let clock = WallClock::start();
    let wire = Wire { names: parameters.names.clone(), workload: parameters.workload };
    let mut host = Host {
        running: Running::of_processes(parameters, hosting.start_max, sink),
        node_table: NodeTable::new(wire, clock, hosting.echo, terminal),
        hosting,
        clock,
        run: format!("{:x}-{:x}", since_epoch().as_ns(), std::process::id()),
        spared,
        stop,
        faults: vec![],
        began: false,
        next_start: 0,
        last_start: Instant::ZERO,
        next_look: Instant::ZERO,
        ending: false,
        host_failed: false,
        buffer: vec![0; READ_MAX],
    };
    let result = catch_unwind(AssertUnwindSafe(|| host.play()));
    // On every path, also after a panic of the host, all started processes are ended.
    host.end_processes();
    let end = result.unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok(host.finish(end))
}

struct Host<'a> {
    running: Running<'a>,
    node_table: NodeTable<'a>,
    hosting: &'a Hosting,
    clock: WallClock,
    /// Unique name of the run.
    run: String,
    /// Children of this process that the host did not start.
    spared: Vec<Pid>,
    stop: Stop<'a>,
    /// Faults of nodes in reverse order of time: the next one is last.
    faults: Vec<(Instant, NodeFault)>,
    began: bool,
    /// The next node to start.
    next_start: u32,
    last_start: Instant,
    next_look: Instant,
    /// Whether the run is over and processes are being ended: their output is ignored.
    ending: bool,
    /// Whether this machine failed to start a process.
    host_failed: bool,
    buffer: Vec<u8>,
}

impl Host<'_> {
    /// Runs until the end, and returns its reason.
    fn play(&mut self) -> Result<End, HostingError> {
        loop {
            let now = self.clock.now();
            self.start_nodes(now)?;
            let (is_behind, end) = self.advance(now);
            self.write_all();
            if self.host_failed {
                return Ok(End::HostFailure { at: self.running.now() });
            }
            if let Some(end) = end {
                return Ok(end);
            }
            if now >= self.next_look {
                self.next_look = now.saturating_add(LOOK);
                let at = self.running.now();
                if (self.stop.asked)() || self.running.sink_has_failed() {
                    return Ok(End::Interrupted { at });
                }
                if memory_taken().is_some_and(|bytes| bytes > self.hosting.memory_max) {
                    return Ok(End::MemoryLimit { at });
                }
                self.running.flush_journal();
                self.running.pass(Some(self.node_table.lateness.quantile(0.99)));
                self.reap();
                self.count_processes();
            }
            // A node that writes more than can be handled is not read from: its pipe fills up.
            if !is_behind {
                self.wait();
            }
        }
    }

    /// Kills a node that has started too many processes, and all of them that are in its group.
    fn count_processes(&mut self) {
        let Some(max) = self.hosting.limits.processes else { return };
        for node in self.nodes() {
            let process = self.node_table.nodes[node.index()].process.as_ref();
            let Some(process) = process.filter(|process| process.status.is_none()) else {
                continue;
            };
            if family(process.pid, max) > max {
                process.signal(Signal::KILL);
                self.node_table.nodes[node.index()].stopped = true;
                let text = format!("has started more processes than its limit of {max}");
                self.problem(node, ProblemKind::TooManyProcesses, text);
            }
        }
        // Processes whose parents have ended are children of this program.
        let nodes = self.node_table.nodes.len() as u64;
        let all = nodes.saturating_mul(max).saturating_add(self.spared.len() as u64 + 1);
        if family(rustix::process::getpid(), all) > all {
            for slot in &mut self.node_table.nodes {
                slot.stopped = true;
                slot.process.iter().for_each(|process| process.signal(Signal::KILL));
            }
            let text = format!("has left behind more processes than the limit of {max} for each");
            self.problem(NodeId(0), ProblemKind::TooManyProcesses, text);
        }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.node_table.nodes.len() as u32).map(NodeId)
    }

    /// Starts the remaining nodes a few at a time: too many at once would use up each other's time
    /// to get ready.
    fn start_nodes(&mut self, now: Instant) -> Result<(), HostingError> {
        while (self.next_start as usize) < self.node_table.nodes.len() {
            let begun = &self.node_table.nodes[..self.next_start as usize];
            let starting = begun.iter().filter(|slot| !slot.ready).count();
            if starting >= STARTING_MAX && now < self.last_start.saturating_add(STAGGER) {
                return Ok(());
            }
            let node = NodeId(self.next_start);
            self.next_start += 1;
            self.last_start = now;
            match self.start(node) {
                Err(error) if node == NodeId(0) => return Err(error),
                started => self.note_start(node, started),
            }
        }
        Ok(())
    }

    /// Records a failed start while other nodes run, which ends the run but keeps its results. If
    /// this machine has no room for a process, it is no failure of the node.
    fn note_start(&mut self, node: NodeId, started: Result<(), HostingError>) {
        let Err(error) = started else { return };
        if error.is_of_host() {
            self.host_failed = true;
            self.node_table.warn(node, "host", &format!("could not be started: {error}"));
        } else {
            self.problem(node, ProblemKind::Exited, format!("could not be started: {error}"));
        }
    }

    fn start(&mut self, node: NodeId) -> Result<(), HostingError> {
        let Hosting { program, arguments, line_max, limits, .. } = self.hosting;
        let now = self.clock.now();
        let process = Process::start(program, arguments, &self.run, *line_max, limits, now)
            .map_err(|source| HostingError::new(program, source))?;
        self.node_table.begins(node, process);
        let set_up = self.node_table.wire.layout().set_up();
        let at = self.clock.now().max(self.running.now());
        self.running.inject(at, node, set_up, Body::Spawned);
        Ok(())
    }

    /// Advances the simulation towards `now`, then applies to processes the faults that are due.
    /// Returns whether the simulation is behind `now`, and the reason why the run ended, if it did.
    fn advance(&mut self, now: Instant) -> (bool, Option<End>) {
        let until = now.saturating_add(Duration::from_ns(1));
        let end = self.running.run_until(until, CALLBACKS_MAX, &mut self.node_table);
        if !self.began && self.running.began().is_some() {
            self.began = true;
            self.faults = self.running.begin_nemesis();
            self.faults.reverse();
        }
        let is_behind = self.running.next_time().is_some_and(|at| at < until);
        // Faults apply up to the time that the simulation has reached, not beyond.
        let reached = if is_behind { self.running.now() } else { now };
        while let Some((_, fault)) = self.faults.pop_if(|(at, _)| *at <= reached) {
            self.fault(fault);
        }
        (is_behind, end)
    }

    fn fault(&mut self, fault: NodeFault) {
        let signal = |host: &Host<'_>, node: NodeId, signal| {
            let process = host.node_table.nodes[node.index()].process.iter();
            let alive = process.filter(|process| process.status.is_none());
            alive.for_each(|process| process.signal(signal));
        };
        match fault {
            NodeFault::Crash(node) | NodeFault::Wipe(node) => {
                self.node_table.nodes[node.index()].stopped = true;
                signal(self, node, Signal::KILL);
                // Output that has not been read is lost, as if the crash had come before it.
                self.read_log(node);
                self.node_table.end_log(node);
                self.node_table.nodes[node.index()].process = None;
                let end = "was killed by the nemesis".to_owned();
                self.node_table.nodes[node.index()].ends.push(end);
            }
            NodeFault::Restart(node) => {
                let started = self.start(node);
                self.note_start(node, started);
            }
            NodeFault::Pause(node) => signal(self, node, Signal::STOP),
            NodeFault::Resume(node) => signal(self, node, Signal::CONT),
        }
    }

    /// Whether a process has ended or is about to, so that its closed pipes are expected.
    fn is_ending(&mut self, node: NodeId) -> bool {
        for _ in 0..20 {
            self.reap();
            let slot = &self.node_table.nodes[node.index()];
            if slot.stopped || slot.process.as_ref().is_none_or(|p| p.status.is_some()) {
                return true;
            }
            super::clock::sleep(Duration::from_ms(5));
        }
        false
    }

    fn problem(&mut self, node: NodeId, kind: ProblemKind, text: String) {
        if !self.running.is_over() {
            let at = self.clock.now().max(self.running.now());
            self.running.problem(at, Problem { node, kind, text });
        }
    }

    fn finish(mut self, end: End) -> Hosted {
        self.node_table.traffic.end = self.running.now();
        let warnings = self.node_table.warnings.in_words(&self.node_table.wire.names);
        let node_end = |slot: super::node_table::NodeEntry| NodeEnd {
            ends: slot.ends,
            lines: slot.lines,
            broken: slot.broken.into_iter().map(|(rule, count)| (rule.name(), count)).collect(),
            tail: slot.tail.lines(),
            log: match slot.log_lost {
                0 => slot.log,
                lost => {
                    let mut log = slot.log;
                    log.extend(format!("\n… and {lost} bytes more\n").into_bytes());
                    log
                }
            },
        };
        let run = self.running.finish(end);
        Hosted {
            nodes: self.node_table.nodes.into_iter().map(node_end).collect(),
            warnings,
            lateness: self.node_table.lateness,
            traffic: self.node_table.traffic,
            run,
        }
    }
}

/// Returns the memory that this program uses in bytes, where the system reports it.
fn memory_taken() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = kib.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}
