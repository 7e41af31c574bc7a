//! The host: a simulation at the pace of real time, with a process behind each node.
//!
//! One thread does everything. It lets the simulation go on to the time that the clock on the wall
//! shows, writes to processes what has come to their nodes, and then sleeps until the next event is
//! due or a process says something, whichever is first. What a process says happens when it comes.

use std::ffi::OsString;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};

use super::clock::{WallClock, since_epoch};
use super::lateness::Lateness;
use super::lines::printable;
use super::process::{Got, Process, READ_MAX};
use super::reaper;
use super::stage::{Echo, Stage};
use crate::engine::limits::End;
use crate::engine::time::{Duration, Instant};
use crate::glomers::{Body, Foreign, Parameters, Problem, ProblemKind, Run, Running, Sink, Wire};
use crate::node::NodeId;
use crate::simulation::Fault;

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
    pub run: Run,
    /// What became of the nodes, in their order.
    pub nodes: Vec<NodeEnd>,
    /// What is worth a word, though it is no fault.
    pub notices: Vec<String>,
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

/// Why a program cannot be run.
#[derive(Debug, thiserror::Error)]
#[error("cannot run {}: {source}{cure}", .program.display())]
pub struct HostingError {
    program: PathBuf,
    source: io::Error,
    cure: &'static str,
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
    parameters: &Parameters,
    hosting: &Hosting,
    sink: &mut dyn Sink,
    terminal: &mut dyn Write,
    stop: Stop<'_>,
) -> Result<Hosted, HostingError> {
    let spared = reaper::adopt();
    let clock = WallClock::start();
    let wire = Wire { names: parameters.names.clone(), workload: parameters.workload };
    let mut host = Host {
        running: Running::of_processes(parameters, hosting.start_max, sink),
        stage: Stage::new(wire, clock, hosting.echo, terminal),
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
        buffer: vec![0; READ_MAX],
    };
    let result = catch_unwind(AssertUnwindSafe(|| host.play()));
    // Whatever happened, be it a bug of ours, nothing that was started is left.
    host.end_processes();
    let end = result.unwrap_or_else(|panic| resume_unwind(panic))?;
    Ok(host.finish(end))
}

struct Host<'a> {
    running: Running<'a, Foreign>,
    stage: Stage<'a>,
    hosting: &'a Hosting,
    clock: WallClock,
    /// The name of the run.
    run: String,
    /// Children of this process that are none of ours.
    spared: Vec<Pid>,
    stop: Stop<'a>,
    /// What happens to nodes, in order of time, the next one last.
    faults: Vec<(Instant, Fault)>,
    began: bool,
    /// The next node that has not been started yet.
    next_start: u32,
    last_start: Instant,
    next_look: Instant,
    /// The run is done, and processes are being ended: what they say now matters no more.
    ending: bool,
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
                self.running.give();
                self.reap();
            }
            // Whoever says more than can be handled has to wait: its pipe fills up.
            if !is_behind {
                self.wait();
            }
        }
    }

    fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.stage.nodes.len() as u32).map(NodeId)
    }

    /// Starts nodes that have not been, a few at a time: many at once would take from each other
    /// the time in which they have to be ready.
    fn start_nodes(&mut self, now: Instant) -> Result<(), HostingError> {
        while (self.next_start as usize) < self.stage.nodes.len() {
            let begun = &self.stage.nodes[..self.next_start as usize];
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

    /// A start that fails while others run is the end of the run, and not of what it came to.
    fn note_start(&mut self, node: NodeId, started: Result<(), HostingError>) {
        if let Err(error) = started {
            self.problem(node, ProblemKind::Exited, format!("could not be started: {error}"));
        }
    }

    fn start(&mut self, node: NodeId) -> Result<(), HostingError> {
        let Hosting { program, arguments, line_max, .. } = self.hosting;
        let now = self.clock.now();
        let process =
            Process::start(program, arguments, &self.run, *line_max, now).map_err(|source| {
                let cure = cure(program, &source);
                HostingError { program: program.clone(), source, cure }
            })?;
        self.stage.begins(node, process);
        let set_up = self.stage.wire.layout().set_up();
        let at = self.clock.now().max(self.running.now());
        self.running.inject(at, node, set_up, Body::Spawned);
        Ok(())
    }

    /// Lets the simulation go on to `now`, or as far as it comes, and then does to processes what
    /// is due by then. Whether it has not come so far, and why the run ended, if it did.
    fn advance(&mut self, now: Instant) -> (bool, Option<End>) {
        let until = now.saturating_add(Duration::from_ns(1));
        let end = self.running.run_until(until, TURNS, &mut self.stage);
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

    fn fault(&mut self, fault: Fault) {
        let signal = |host: &Host<'_>, node: NodeId, signal| {
            let process = host.stage.nodes[node.index()].process.iter();
            let alive = process.filter(|process| process.status.is_none());
            alive.for_each(|process| process.signal(signal));
        };
        match fault {
            Fault::Crash(node) | Fault::Wipe(node) => {
                self.stage.nodes[node.index()].stopped = true;
                signal(self, node, Signal::KILL);
                // What it has said and we have not read is as if it had not come to say it.
                self.read_log(node);
                self.stage.end_log(node);
                self.stage.nodes[node.index()].process = None;
                let end = "was killed by the nemesis".to_owned();
                self.stage.nodes[node.index()].ends.push(end);
            }
            Fault::Restart(node) => {
                let started = self.start(node);
                self.note_start(node, started);
            }
            Fault::Pause(node) => signal(self, node, Signal::STOP),
            Fault::Resume(node) => signal(self, node, Signal::CONT),
        }
    }

    /// Writes to all processes as much as they take.
    fn write_all(&mut self) {
        for node in self.nodes() {
            let Some(process) = &mut self.stage.nodes[node.index()].process else { continue };
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
            let slot = &self.stage.nodes[node.index()];
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
        if (self.next_start as usize) < self.stage.nodes.len() {
            due = due.min(self.last_start.saturating_add(STAGGER));
        }
        let time = due.saturating_since(now);
        for node in self.ready(time) {
            self.hear(node);
        }
    }

    /// Waits for any process, up to a time; those from which something can be read.
    fn ready(&self, time: Duration) -> Vec<NodeId> {
        let mut waited: Vec<(NodeId, PollFd<'_>)> = vec![];
        for (place, slot) in self.stage.nodes.iter().enumerate() {
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
    fn hear(&mut self, node: NodeId) {
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
            let slot = &mut self.stage.nodes[node.index()];
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
                self.stage.log(node, &self.buffer[..count], self.hosting.log_max);
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
            let Some(process) = &mut self.stage.nodes[node.index()].process else { return };
            let Got::Some(count @ 1..) = process.read_err(&mut self.buffer) else { return };
            self.stage.log(node, &self.buffer[..count], self.hosting.log_max);
        }
    }

    /// Hands what a process has said to the simulation, unless that is done.
    fn take_in(&mut self, node: NodeId) {
        if self.ending {
            return;
        }
        let (sent, problems) = self.stage.hear(node);
        let at = self.clock.now().max(self.running.now());
        for (to, body) in sent {
            let body = Box::new(body);
            self.running.inject(at, node, node, Body::Say { to, body });
        }
        for problem in problems {
            self.running.problem(at, problem);
        }
    }

    /// Finds out which processes have ended.
    fn reap(&mut self) {
        while let Some((pid, status)) = reaper::ended() {
            let of = |node: &NodeId| {
                let process = &self.stage.nodes[node.index()].process;
                process.as_ref().is_some_and(|process| process.pid == pid)
            };
            let Some(node) = self.nodes().find(of) else { continue };
            // What it said before it ended counts; what it has started may go on for ever.
            let mut rounds = 0..DRAINS;
            while rounds.next().is_some() && self.drain(node) {}
            self.stage.end_log(node);
            let slot = &mut self.stage.nodes[node.index()];
            let how = describe(status);
            slot.ends.push(how.clone());
            if let Some(process) = &mut slot.process {
                process.status = Some(status);
            }
            if !slot.stopped {
                let unfinished = self.stage.unfinished(node, Instant::MAX);
                if let Some(problem) = unfinished {
                    self.problem(node, problem.kind, problem.text);
                }
                let ready = self.stage.nodes[node.index()].ready;
                let when = if ready { "" } else { ", before it had answered init" };
                self.problem(node, ProblemKind::Exited, format!("{how}{when}"));
            }
        }
    }

    /// Reads on from a process that has ended; whether there may be more.
    fn drain(&mut self, node: NodeId) -> bool {
        let lines = |host: &Host<'_>| {
            let slot = &host.stage.nodes[node.index()];
            (slot.lines, slot.log.len() as u64 + slot.log_lost)
        };
        let before = lines(self);
        self.read(node);
        lines(self) != before
    }

    /// Ends all processes: they are told that nothing more comes and asked to end; those that have
    /// not after a while are made to.
    fn end_processes(&mut self) {
        self.ending = true;
        let now = self.clock.now();
        let second = Instant::from_ns(now.as_ns().saturating_sub(1_000_000_000));
        for node in self.nodes() {
            // No fault: on a machine with much to do the rest may be on its way.
            if let Some(problem) = self.stage.unfinished(node, second) {
                self.stage.notice(node, &format!("{}: {}", problem.kind.name(), problem.text));
            }
            let slot = &mut self.stage.nodes[node.index()];
            slot.stopped = true;
            if let Some(process) = &mut slot.process {
                process.close_input();
                process.ask_to_end();
            }
        }
        self.wait_for_end(self.hosting.grace);
        for node in self.nodes() {
            let slot = &self.stage.nodes[node.index()];
            let Some(process) = &slot.process else { continue };
            if process.status.is_none() {
                let grace = self.hosting.grace;
                let text = format!("ignored-sigterm: did not end within {grace}, and was killed");
                self.stage.notice(node, &text);
            }
            let process = self.stage.nodes[node.index()].process.as_ref();
            process.iter().for_each(|process| process.kill());
        }
        self.wait_for_end(Duration::from_seconds(5));
        let left = reaper::end_all_left(&self.spared);
        // Where nobody is adopted, this is all that can be done.
        #[cfg(not(target_os = "linux"))]
        for process in self.stage.nodes.iter().filter_map(|slot| slot.process.as_ref()) {
            process.signal(Signal::KILL);
        }
        self.stage.nodes.iter_mut().for_each(|slot| slot.process = None);
        if self.stage.terminal.lost > 0 {
            let lost = self.stage.terminal.lost;
            let text = format!("not-shown: {lost} lines were not shown, since nobody read stderr");
            self.stage.notice(NodeId(u32::MAX), &text);
        }
        if !left.is_empty() {
            let (count, names) = (left.len(), left[..left.len().min(5)].join(", "));
            let text = format!("left-behind: {count} processes outlived the nodes: {names}");
            self.stage.notice(NodeId(u32::MAX), &text);
        }
    }

    /// Waits until all processes have ended, or some time has passed; what they say is passed over,
    /// what they log is kept.
    fn wait_for_end(&mut self, time: Duration) {
        let until = self.clock.now().saturating_add(time);
        loop {
            self.reap();
            let alive = |slot: &super::stage::Slot| {
                slot.process.as_ref().is_some_and(|process| process.status.is_none())
            };
            let is_late = self.clock.now() >= until || (self.stop.asked_again)();
            if is_late || !self.stage.nodes.iter().any(alive) {
                return;
            }
            for node in self.ready(Duration::from_ms(2)) {
                let Some(process) = &mut self.stage.nodes[node.index()].process else { continue };
                let _ = process.read_out(&mut self.buffer);
                if let Got::Some(count) = process.read_err(&mut self.buffer) {
                    self.stage.log(node, &self.buffer[..count], self.hosting.log_max);
                }
            }
        }
    }

    fn finish(self, end: End) -> Hosted {
        let names = self.stage.wire.names;
        let word = |((node, text), count): ((NodeId, String), u64)| {
            let who = names.get(node.index()).map(|name| format!("{name} "));
            let times = if count > 1 { format!(" ({count} times)") } else { String::new() };
            printable(format!("{}{text}{times}", who.unwrap_or_default()).as_bytes())
        };
        let notices = self.stage.notices.into_iter().map(word).collect();
        let node_end = |slot: super::stage::Slot| NodeEnd {
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
        Hosted {
            nodes: self.stage.nodes.into_iter().map(node_end).collect(),
            notices,
            lateness: self.stage.lateness,
            run: self.running.finish(end),
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

/// How a process ended, in words.
fn describe(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("was ended by signal {signal}"),
        (None, None) => "ended".to_owned(),
    }
}

/// What may help where a program cannot be started.
fn cure(program: &Path, error: &io::Error) -> &'static str {
    use std::os::unix::fs::PermissionsExt;
    let about = std::fs::metadata(program).ok();
    let is_file = about.as_ref().is_some_and(std::fs::Metadata::is_file);
    let is_executable = about.is_some_and(|about| about.permissions().mode() & 0o111 != 0);
    match Errno::from_io_error(error) {
        Some(Errno::NOENT) if is_file => "; its first line names an interpreter that is not there",
        Some(Errno::NOENT | Errno::NOTDIR) => "; give the path of an executable file",
        Some(Errno::ACCESS) if !is_file => "; it is no file: give the path of an executable file",
        Some(Errno::ACCESS) if is_executable => {
            "; its first line names an interpreter that cannot be run, or it lies where nothing may"
        }
        Some(Errno::ACCESS) => "; make it executable: chmod +x",
        Some(Errno::NOEXEC) => "; a script begins with a line such as #!/usr/bin/env python3",
        Some(Errno::MFILE | Errno::NFILE) => {
            "; each node takes three descriptors: raise `ulimit -n`, or take fewer nodes"
        }
        Some(Errno::AGAIN) => "; too many processes: raise `ulimit -u`, or take fewer nodes",
        _ => "",
    }
}
