//! The host: a simulation at the pace of real time, with a process behind each node.
//!
//! One thread does everything. It lets the simulation go on to the time that the clock on the wall
//! shows, writes to processes what has come to their nodes, and then sleeps until the next event is
//! due or a process says something, whichever is first. What a process says happens when it comes.

mod ending;
mod error;

pub use error::{HostingError, is_crlf_script};

use std::ffi::OsString;
use std::io::Write;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, Signal};

use super::clock::{WallClock, since_epoch};
use super::lateness::Lateness;
use super::node_table::{Echo, FromNode, NodeTable};
use super::process::{Got, Process, READ_MAX};
use super::reaper;
use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::glomers::{
    Body, GlomersParameters, GlomersRun, Problem, ProblemKind, ProtocolRule, Running, Sink, Wire,
};
use crate::node::NodeId;
use crate::simulation::NodeFault;

/// What is run behind each node, and how far it may go.
#[derive(Clone, Debug)]
pub struct Hosting {
    /// The program.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// A node has so long from the start of its process to answer `init`, and `topology`.
    pub start_max: Duration,
    /// A node has so long to end when it is asked to.
    pub grace: Duration,
    /// The longest line, in bytes.
    pub line_max: usize,
    /// So many bytes of what a node logs are kept.
    pub log_max: usize,
    /// So many bytes a node may leave unread.
    pub backlog_max: usize,
    /// So many bytes of memory may this program take.
    pub memory_max: u64,
    /// What is written to the terminal meanwhile.
    pub echo: Echo,
}

/// Whether somebody wants a run to stop; asked now and then.
#[derive(Clone, Copy)]
pub struct Stop<'a> {
    /// Whether it was asked for.
    pub asked: &'a dyn Fn() -> bool,
    /// Whether it was asked for once more, so that nobody is to be waited for any longer.
    pub asked_again: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for Stop<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stop").finish_non_exhaustive()
    }
}

/// What a hosted run came to.
#[derive(Clone, Debug)]
pub struct Hosted {
    /// What happened.
    pub run: GlomersRun,
    /// What became of the nodes, in their order.
    pub nodes: Vec<NodeEnd>,
    /// Warnings: what is no violation, and yet should be known.
    pub warnings: Vec<String>,
    /// How late what nodes are told was written down for them.
    pub lateness: Lateness,
}

/// What became of a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeEnd {
    /// How its processes ended, in order.
    pub ends: Vec<String>,
    /// How many lines it has said.
    pub lines: u64,
    /// How often it broke which rule of the protocol, by the rule's name.
    pub broken: Vec<(&'static str, u64)>,
    /// The last lines that it logged, and that could not be understood.
    pub tail: Vec<String>,
    /// What it logged, as far as it was kept.
    pub log: Vec<u8>,
}

/// How often we look for what nobody tells us: processes that have ended, signals.
const LOOK: Duration = Duration::from_ms(50);
/// While fewer nodes than this are starting, another one is started.
const STARTING_MAX: usize = 4;
/// After this time another one is started anyway.
const STAGGER: Duration = Duration::from_ms(250);
/// After so many turns we look at processes again, however far the simulation is behind.
const TURNS: u64 = 2048;
/// So many times a process is read from in one go.
const READS: usize = 4;
/// And so often once it has ended: a pipe holds less.
const DRAINS: usize = 8;

/// Runs the nodes of these parameters as processes.
///
/// All children that this process comes to have are taken to be nodes, or left behind by them:
/// whoever starts others meanwhile must not call this.
///
/// # Errors
/// If the program cannot be started at all; where a later start fails, that is part of the run.
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
    // Whatever happened, be it a bug of ours, nothing that was started is left.
    host.end_processes();
    let end = result.unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok(host.finish(end))
}

struct Host<'a> {
    running: Running<'a>,
    node_table: NodeTable<'a>,
    hosting: &'a Hosting,
    clock: WallClock,
    /// The name of the run.
    run: String,
    /// Children of this process that are none of ours.
    spared: Vec<Pid>,
    stop: Stop<'a>,
    /// What happens to nodes, in order of time, the next one last.
    faults: Vec<(Instant, NodeFault)>,
    began: bool,
    /// The next node that has not been started yet.
    next_start: u32,
    last_start: Instant,
    next_look: Instant,
    /// The run is done, and processes are being ended: what they say now matters no more.
    ending: bool,
    /// This machine could not start a process.
    host_failed: bool,
    buffer: Vec<u8>,
}

impl Host<'_> {
    /// Goes on until all is done; why it ended.
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
                self.reap();
            }
            // Whoever says more than can be handled has to wait: its pipe fills up.
            if !is_behind {
                self.wait();
            }
        }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.node_table.nodes.len() as u32).map(NodeId)
    }

    /// Starts nodes that have not been, a few at a time: many at once would take from each other
    /// the time in which they have to be ready.
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

    /// A start that fails while others run is the end of the run, and not of what it came to. Where
    /// this machine has no room for a process, that is no fault of the node.
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
        let Hosting { program, arguments, line_max, .. } = self.hosting;
        let now = self.clock.now();
        let process = Process::start(program, arguments, &self.run, *line_max, now)
            .map_err(|source| HostingError::new(program, source))?;
        self.node_table.begins(node, process);
        let set_up = self.node_table.wire.layout().set_up();
        let at = self.clock.now().max(self.running.now());
        self.running.inject(at, node, set_up, Body::Spawned);
        Ok(())
    }

    /// Lets the simulation go on to `now`, or as far as it comes, and then does to processes what
    /// is due by then. Whether it has not come so far, and why the run ended, if it did.
    fn advance(&mut self, now: Instant) -> (bool, Option<End>) {
        let until = now.saturating_add(Duration::from_ns(1));
        let end = self.running.run_until(until, TURNS, &mut self.node_table);
        if !self.began && self.running.began().is_some() {
            self.began = true;
            self.faults = self.running.begin_nemesis();
            self.faults.reverse();
        }
        let is_behind = self.running.next_time().is_some_and(|at| at < until);
        // Processes suffer what the simulation has come to, and not what it has yet to come to.
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
                // What it has said and we have not read is as if it had not come to say it.
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

    /// Writes to all processes as much as they take.
    fn write_all(&mut self) {
        for node in self.nodes() {
            let Some(process) = &mut self.node_table.nodes[node.index()].process else { continue };
            let failed = process.write().is_err();
            let backlog = process.backlog();
            let problem = if failed && !self.is_ending(node) {
                "has closed its input, and can be told nothing more".to_owned()
            } else if backlog > self.hosting.backlog_max {
                format!("has left {backlog} bytes unread, more than the limit")
            } else {
                continue;
            };
            self.problem(node, ProblemKind::NotReading, problem);
        }
    }

    /// Whether a process has ended, or is about to, so that its closed pipes are no news.
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

    /// Sleeps until something is due or a process says something, and hears it.
    fn wait(&mut self) {
        let now = self.clock.now();
        let mut due = self.next_look;
        due = due.min(self.running.next_time().unwrap_or(Instant::MAX));
        due = due.min(self.faults.last().map_or(Instant::MAX, |(at, _)| *at));
        if (self.next_start as usize) < self.node_table.nodes.len() {
            due = due.min(self.last_start.saturating_add(STAGGER));
        }
        let time = due.saturating_since(now);
        for node in self.ready(time) {
            self.read_output(node);
        }
    }

    /// Waits for any process, up to a time; those from which something can be read.
    fn ready(&self, time: Duration) -> Vec<NodeId> {
        let mut waited: Vec<(NodeId, PollFd<'_>)> = vec![];
        for (place, slot) in self.node_table.nodes.iter().enumerate() {
            let Some(process) = &slot.process else { continue };
            let [stdin, stdout, stderr] = process.inputs();
            let node = NodeId(place as u32);
            let of = |fd, flags| (node, PollFd::from_borrowed_fd(fd, flags));
            waited.extend(stdin.map(|fd| of(fd, PollFlags::OUT)));
            waited.extend([stdout, stderr].into_iter().flatten().map(|fd| of(fd, PollFlags::IN)));
        }
        let (nodes, mut fds): (Vec<NodeId>, Vec<PollFd<'_>>) = waited.into_iter().unzip();
        let ns = time.as_ns();
        let second = 1_000_000_000;
        let timeout = Timespec { tv_sec: (ns / second) as i64, tv_nsec: (ns % second) as _ };
        // A signal wakes us early, which does no harm.
        let _ = poll(&mut fds, Some(&timeout));
        let readable = PollFlags::IN | PollFlags::HUP | PollFlags::ERR;
        let said = nodes.into_iter().zip(&fds).filter(|(_, fd)| fd.revents().intersects(readable));
        let mut said: Vec<NodeId> = said.map(|(node, _)| node).collect();
        said.dedup();
        said
    }

    /// Reads what a process has said and logged, and takes it in.
    fn read_output(&mut self, node: NodeId) {
        let is_silent = self.read(node);
        if is_silent && !self.is_ending(node) {
            let text = "has closed its output, though it still runs".to_owned();
            self.problem(node, ProblemKind::ClosedOutput, text);
        }
    }

    /// Reads some of what a process has said; whether it has just fallen silent.
    fn read(&mut self, node: NodeId) -> bool {
        let mut is_silent = false;
        for _ in 0..READS {
            let slot = &mut self.node_table.nodes[node.index()];
            let Some(process) = &mut slot.process else { return false };
            let was_silent = process.is_silent();
            let out = process.read_out(&mut self.buffer);
            if let Got::Some(count) = out {
                if count > 0 {
                    process.heard = self.clock.now();
                }
                process.lines.push(&self.buffer[..count]);
            }
            is_silent |= !was_silent && process.is_silent();
            let err = process.read_err(&mut self.buffer);
            if let Got::Some(count) = err {
                self.node_table.log(node, &self.buffer[..count], self.hosting.log_max);
            }
            let none = |got| matches!(got, Got::Some(0) | Got::End);
            let full = out == Got::Some(READ_MAX) || err == Got::Some(READ_MAX);
            self.take_in(node);
            if (none(out) && none(err)) || !full {
                break;
            }
        }
        is_silent
    }

    /// Reads what a process has logged, as far as it is worth waiting for.
    fn read_log(&mut self, node: NodeId) {
        for _ in 0..READS {
            let Some(process) = &mut self.node_table.nodes[node.index()].process else { return };
            let Got::Some(count @ 1..) = process.read_err(&mut self.buffer) else { return };
            self.node_table.log(node, &self.buffer[..count], self.hosting.log_max);
        }
    }

    /// Hands what a process has said to the simulation, unless that is done.
    fn take_in(&mut self, node: NodeId) {
        if self.ending {
            return;
        }
        let FromNode { sent, problems, limits } = self.node_table.drain_output(node);
        let at = self.clock.now().max(self.running.now());
        limits.into_iter().for_each(|limit| self.running.limit_parity(limit));
        for (to, body) in sent {
            let body = Box::new(body);
            self.running.inject(at, node, node, Body::Say { to, body });
        }
        for problem in problems {
            self.running.problem(at, problem);
        }
    }

    fn finish(self, end: End) -> Hosted {
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
        let mut run = self.running.finish(end);
        for (_, problem) in &mut run.problems {
            let slot = &self.node_table.nodes[problem.node.index()];
            let is_silent = slot.lines == 0 && !slot.broken.contains_key(&ProtocolRule::NoNewline);
            if problem.kind == ProblemKind::NotReady && is_silent {
                problem.text +=
                    "; nothing at all came on its stdout: is it flushed after each line?";
            }
        }
        Hosted {
            nodes: self.node_table.nodes.into_iter().map(node_end).collect(),
            warnings,
            lateness: self.node_table.lateness,
            run,
        }
    }
}

/// How much memory this program takes, where the system tells.
fn memory_taken() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = kib.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1024)
}
