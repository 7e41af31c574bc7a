//! The host: a simulation at the pace of real time, with a process behind each node.
//!
//! One thread does everything. It lets the simulation go on to the time that the clock on the wall
//! shows, writes to processes what has come to their nodes, and then sleeps until the next event is
//! due or a process says something, whichever is first. What a process says happens when it comes.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::Signal;

use super::clock::WallClock;
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
    /// What is written to the terminal meanwhile.
    pub echo: Echo,
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
    /// How late nodes were told what they were told.
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

/// Runs the nodes of these parameters as processes. `stop` is asked now and then.
///
/// All children of this process are taken to be nodes, or left behind by them: whoever has others
/// must not call this.
///
/// # Errors
/// If the program cannot be started, before anything has happened.
pub fn host(
    parameters: &Parameters,
    hosting: &Hosting,
    sink: &mut dyn Sink,
    terminal: &mut dyn Write,
    stop: &dyn Fn() -> bool,
) -> Result<Hosted, HostingError> {
    reaper::adopt();
    let clock = WallClock::start();
    let wire = Wire { names: parameters.names.clone(), workload: parameters.workload };
    let mut host = Host {
        running: Running::of_processes(parameters, hosting.start_max, sink),
        stage: Stage::new(wire, clock, hosting.echo, terminal),
        hosting,
        clock,
        faults: vec![],
        began: false,
        next_start: 0,
        last_start: Instant::ZERO,
        next_look: Instant::ZERO,
        buffer: vec![0; READ_MAX],
    };
    let result = host.play(stop);
    // Whatever happened, nothing that was started is left.
    host.end_processes();
    let end = result?;
    Ok(host.finish(end))
}

struct Host<'a> {
    running: Running<'a, Foreign>,
    stage: Stage<'a>,
    hosting: &'a Hosting,
    clock: WallClock,
    /// What happens to nodes, in order of time, the next one last.
    faults: Vec<(Instant, Fault)>,
    began: bool,
    /// The next node that has not been started yet.
    next_start: u32,
    last_start: Instant,
    next_look: Instant,
    buffer: Vec<u8>,
}

impl Host<'_> {
    /// Goes on until all is done; why it ended.
    fn play(&mut self, stop: &dyn Fn() -> bool) -> Result<End, HostingError> {
        loop {
            let now = self.clock.now();
            self.start_nodes(now)?;
            let (is_behind, end) = self.advance(now)?;
            self.write_all();
            if let Some(end) = end {
                return Ok(end);
            }
            if now >= self.next_look {
                self.next_look = now.saturating_add(LOOK);
                if stop() {
                    return Ok(End::Interrupted { at: self.running.now() });
                }
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
            self.start(NodeId(self.next_start))?;
            self.next_start += 1;
            self.last_start = now;
        }
        Ok(())
    }

    fn start(&mut self, node: NodeId) -> Result<(), HostingError> {
        let Hosting { program, arguments, line_max, .. } = self.hosting;
        let now = self.clock.now();
        let process = Process::start(program, arguments, *line_max, now).map_err(|source| {
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
    fn advance(&mut self, now: Instant) -> Result<(bool, Option<End>), HostingError> {
        let until = now.saturating_add(Duration::from_ns(1));
        let end = self.running.run_until(until, TURNS, &mut self.stage);
        if !self.began && self.running.began().is_some() {
            self.began = true;
            self.faults = self.running.begin_nemesis();
            self.faults.reverse();
        }
        while let Some((_, fault)) = self.faults.pop_if(|(at, _)| *at <= now) {
            self.fault(fault)?;
        }
        let is_behind = self.running.next_time().is_some_and(|at| at < until);
        Ok((is_behind, end))
    }

    fn fault(&mut self, fault: Fault) -> Result<(), HostingError> {
        let signal = |host: &Host<'_>, node: NodeId, signal| {
            let process = &host.stage.nodes[node.index()].process;
            process.iter().for_each(|process| process.signal(signal));
        };
        match fault {
            Fault::Crash(node) | Fault::Wipe(node) => {
                self.stage.nodes[node.index()].stopped = true;
                signal(self, node, Signal::KILL);
                // What it said before has been said; what it would have been told is lost.
                self.read(node);
                self.stage.nodes[node.index()].process = None;
                let end = "was killed by the nemesis".to_owned();
                self.stage.nodes[node.index()].ends.push(end);
            }
            Fault::Restart(node) => self.start(node)?,
            Fault::Pause(node) => signal(self, node, Signal::STOP),
            Fault::Resume(node) => signal(self, node, Signal::CONT),
        }
        Ok(())
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
            let at = self.running.now();
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

    /// Hands what a process has said to the simulation.
    fn take_in(&mut self, node: NodeId) {
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
            // What it said before it ended counts.
            while self.drain(node) {}
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
        let now = self.clock.now();
        let second = Instant::from_ns(now.as_ns().saturating_sub(1_000_000_000));
        for node in self.nodes() {
            if let Some(problem) = self.stage.unfinished(node, second) {
                self.problem(node, problem.kind, problem.text);
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
        let left = reaper::end_all_left();
        for node in self.nodes() {
            // Where nobody is adopted, this is all that can be done.
            let process = self.stage.nodes[node.index()].process.take();
            process.iter().for_each(|process| process.signal(Signal::KILL));
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
            if !self.stage.nodes.iter().any(alive) || self.clock.now() >= until {
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
    const ENOEXEC: i32 = 8;
    match error.kind() {
        io::ErrorKind::NotFound if program.exists() => {
            "; its first line names an interpreter that is not there"
        }
        io::ErrorKind::NotFound => "; give the path of an executable file",
        io::ErrorKind::PermissionDenied => "; make it executable: chmod +x",
        _ if error.raw_os_error() == Some(ENOEXEC) => {
            "; a script begins with a line such as #!/usr/bin/env python3"
        }
        _ => "",
    }
}
