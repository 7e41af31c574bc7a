//! The options of `sim test`: Maelstrom's by their names, and ours; and the config that they make.

use std::ffi::OsString;
use std::fmt::Display;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::super::CommandError;
use super::super::options::{VerdictKind, whole};
use super::limits::LimitOptions;
use crate::config::{self, Experiment, GlomersExperiment, Override};
use crate::engine::time::Duration;
use crate::glomers::{SOLUTIONS, WORKLOADS, workload};
use crate::nemesis::{FaultKind, FaultKindRow, Hosting};

/// Hosts a node program of your own, in any language, and checks it: a drop-in for `maelstrom test`
///
/// A process is started for each node, and speaks Maelstrom's protocol on its stdin and stdout. The
/// program runs with your rights, without a sandbox. Processes live in real time, so such a run
/// cannot be replayed, and its verdict may depend on how busy this machine is.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  sim test -w echo --bin ./echo.py --node-count 1 --time-limit 10
  sim test -w broadcast --bin ./node --node-count 25 --time-limit 20 \\
      --rate 100 --latency 100 \\
      --target 'net.servers.msgs_per_op < 30'
  sim test -w g-counter --bin ./node --nemesis partition,kill -- --verbose

Exit codes: 0 everything looks good, 1 invalid, 2 cannot be told, 3 a limit was
reached, 64 wrong options, 65 the program cannot be run, 130 interrupted.")]
pub(in super::super) struct TestArgs {
    /// What clients do: echo, unique-ids, broadcast, g-set, g-counter or pn-counter.
    #[arg(short, long, value_name = "NAME", default_value = "lin-kv")]
    pub(super) workload: String,
    /// The node program: an executable file.
    #[arg(long, value_name = "FILE")]
    pub(super) bin: PathBuf,
    /// Its arguments.
    #[arg(last = true, value_name = "ARGS")]
    pub(super) arguments: Vec<OsString>,
    /// Number of nodes, named n0, n1, …
    #[arg(long, value_name = "N", conflicts_with_all = ["nodes", "node", "nodes_file"])]
    node_count: Option<String>,
    /// The names of the nodes, with commas between them [default: n1,n2,n3,n4,n5].
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    nodes: Vec<String>,
    /// The name of a node; once for each.
    #[arg(short, value_name = "NAME")]
    node: Vec<String>,
    /// A file with the name of a node in each line.
    #[arg(long, value_name = "FILE")]
    nodes_file: Option<PathBuf>,
    /// Time during which operations begin, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    time_limit: String,
    /// Operations per second, all clients together.
    #[arg(long, value_name = "RATE", default_value = "5")]
    rate: String,
    /// Number of clients, or a multiple of the nodes such as 2n [default: 1n, for lin-kv 2n].
    #[arg(long, value_name = "COUNT")]
    concurrency: Option<String>,
    // The help names the kinds of the table that can happen to processes.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', help = nemesis_help())]
    nemesis: Vec<String>,
    /// The mean time between faults, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    nemesis_interval: String,
    /// The mean latency of messages between nodes, and between nodes and services, in milliseconds.
    #[arg(long, value_name = "MS", default_value = "0")]
    latency: String,
    /// Distribution of latencies.
    #[arg(long, value_enum, default_value_t = LatencyDist::Constant)]
    latency_dist: LatencyDist,
    /// The messages that have latency and can be lost and duplicated.
    #[arg(long, value_enum, default_value_t = LatencyScope::Servers)]
    latency_scope: LatencyScope,
    /// The topology that nodes are sent: grid, line, total, tree, tree2, tree3 or tree4.
    #[arg(long, value_name = "NAME", default_value = "grid")]
    topology: String,
    /// Required share of operations that succeed: total, or a fraction.
    #[arg(long, value_name = "FRACTION")]
    availability: Option<String>,
    /// Consistency models that transactions have to satisfy, with commas between.
    #[arg(
        long,
        visible_alias = "consistency-model",
        value_name = "NAMES",
        value_delimiter = ',',
        default_value = "strict-serializable"
    )]
    consistency_models: Vec<String>,
    /// Number of keys in use at once, for workloads with many keys.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = whole(0, u32::MAX))]
    key_count: u32,
    /// Maximum number of micro-operations in a transaction.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = whole(0, u32::MAX))]
    max_txn_length: u32,
    /// Maximum number of writes to a key before another takes its place.
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = whole(0, u32::MAX))]
    max_writes_per_key: u32,
    /// Number of tests; the first that is not valid is the last.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = whole(1, u32::MAX))]
    pub(super) test_count: u32,
    /// Prints what nodes write to stderr.
    #[arg(long)]
    pub(super) log_stderr: bool,
    /// Prints messages when they are sent.
    #[arg(long)]
    pub(super) log_net_send: bool,
    /// Prints messages when they are delivered to nodes.
    #[arg(long)]
    pub(super) log_net_recv: bool,
    /// Also writes report.html: one page that explains the run, as `sim report` does.
    #[arg(long)]
    pub(super) report: bool,
    /// The verdict that decides the exit code: strict, or parity, which is Maelstrom's verdict.
    #[arg(long, value_enum, default_value_t = VerdictKind::Strict)]
    pub(super) verdict: VerdictKind,
    /// The seed of operations, latencies and faults. Each further test has the next one.
    #[arg(long, value_name = "N", default_value = "1")]
    seed: String,
    /// The quiet time before the final operations, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10")]
    recovery_time: String,
    /// The probability with which a message between nodes is lost.
    #[arg(long, value_name = "P", default_value = "0")]
    loss: String,
    /// The probability with which a message between nodes is duplicated.
    #[arg(long, value_name = "P", default_value = "0")]
    duplication: String,
    /// A figure that has to be reached, such as 'net.servers.msgs_per_op < 30'; may be repeated.
    #[arg(long, value_name = "TARGET")]
    target: Vec<String>,
    /// Timeout for a node to be ready after the start of its process, in seconds.
    #[arg(long, value_name = "SECONDS", default_value = "10", value_parser = some_seconds)]
    pub(super) start_limit: Duration,
    /// Timeout for a node to exit when it is asked to (end of input and SIGTERM), in seconds; then
    /// it is killed.
    #[arg(long, value_name = "SECONDS", default_value = "1", value_parser = seconds)]
    pub(super) grace: Duration,
    /// Maximum length of a node's line, in KiB; a longer one breaks the protocol.
    #[arg(long, value_name = "KIB", default_value_t = 1024, value_parser = whole(1, u32::MAX))]
    pub(super) line_limit: u32,
    /// Maximum size of each node's stderr that is kept, in KiB.
    #[arg(long, value_name = "KIB", default_value_t = 16 * 1024, value_parser = whole(0, u32::MAX))]
    pub(super) log_limit: u32,
    /// Maximum size of the input that a node leaves unread, in KiB; more ends the test.
    #[arg(long, value_name = "KIB", default_value_t = 64 * 1024, value_parser = whole(1, u32::MAX))]
    pub(super) backlog_limit: u32,
    /// Maximum number of messages in flight; more ends the test (exit code 3).
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = whole(1, u64::MAX))]
    in_flight_limit: u64,
    /// Maximum memory of this program, in MiB; more ends the test (exit code 3). Linux only.
    #[arg(long, value_name = "MIB", default_value_t = 4096, value_parser = whole(1, u32::MAX))]
    pub(super) memory_limit: u32,
    /// The folder in which results folders are made.
    #[arg(long, value_name = "DIR", default_value = "results")]
    pub(super) out: PathBuf,
    #[command(flatten)]
    pub(super) limits: LimitOptions,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LatencyDist {
    /// The mean, always.
    Constant,
    /// Uniform from 0 to twice the mean.
    Uniform,
    /// Exponential.
    Exponential,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LatencyScope {
    /// Messages between nodes and services.
    Servers,
    /// Also messages of clients.
    All,
}

/// Parses a time in seconds.
fn seconds(text: &str) -> Result<Duration, String> {
    let time = with_unit(text).and_then(|text| text.parse().ok());
    time.ok_or_else(|| SECONDS.to_owned())
}

/// Parses a time in seconds, above 0.
fn some_seconds(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        Duration::ZERO => Err("expected more than 0 seconds".to_owned()),
        time => Ok(time),
    }
}

const SECONDS: &str = "expected a number of seconds from 0, such as 10 or 0.5";

/// Returns a number of seconds in the form of configs; `None` if it is no plain number.
fn with_unit(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    (is_number(whole) && is_number(fraction)).then(|| format!("{text}s"))
}

/// Returns the fault kinds that processes can have, by their names in options.
fn hosted_kinds() -> Vec<&'static str> {
    let name = |row: &FaultKindRow| match row.hosting {
        Hosting::As(name) => Some(name),
        Hosting::Never(_) => None,
    };
    FaultKind::ROWS.iter().filter_map(name).collect()
}

fn nemesis_help() -> String {
    format!("Kinds of faults, with commas between: {}", hosted_kinds().join(", "))
}

impl TestArgs {
    /// Returns the experiment that these options describe.
    pub(super) fn experiment(&self) -> Result<GlomersExperiment, CommandError> {
        self.check_workload()?;
        let mut overrides = self.overrides()?;
        overrides.extend(self.faults()?);
        let ships = SOLUTIONS.iter().any(|solution| {
            solution.workloads.iter().any(|workload| workload.name == self.workload)
        });
        let solution = if ships { "" } else { "solution = \"external\"\n" };
        let text = format!(
            "model = \"glomers\"\nduration = \"60s\"\nworkload = {:?}\n{solution}\
             network = {{ host_cost = \"0ms\" }}\n",
            self.workload
        );
        let name = format!("test/{}", self.workload);
        let experiment = config::read(&name, &text, &overrides)
            .map_err(|error| CommandError::Usage(error.to_string()))?;
        let Experiment::Glomers(mut experiment) = experiment else {
            return Err(CommandError::Usage("no such workload".to_owned()));
        };
        experiment.name = name;
        experiment.external_command = Some(self.command());
        Ok(*experiment)
    }

    /// Returns the command of the nodes, quoted for a shell.
    fn command(&self) -> String {
        let words =
            std::iter::once(self.bin.as_os_str()).chain(self.arguments.iter().map(|a| &**a));
        let words: Vec<String> =
            words.map(|word| config::shell_word(&word.to_string_lossy())).collect();
        words.join(" ")
    }

    fn check_workload(&self) -> Result<(), CommandError> {
        let known: Vec<&str> = WORKLOADS.iter().map(|workload| workload.name).collect();
        if known.contains(&self.workload.as_str()) {
            return Ok(());
        }
        let name = &self.workload;
        let problem = format!("there is no workload {name:?}; give -w one of {}", known.join(", "));
        Err(CommandError::Usage(problem))
    }

    fn overrides(&self) -> Result<Vec<Override>, CommandError> {
        let seconds = |flag: &str, text: &str| {
            let wrong = || CommandError::Usage(format!("{flag} {text}: {SECONDS}"));
            with_unit(text).ok_or_else(wrong)
        };
        let interval = seconds("--nemesis-interval", &self.nemesis_interval)?;
        let mut all = vec![
            over("--seed", "seed", &self.seed),
            over("--time-limit", "duration", seconds("--time-limit", &self.time_limit)?),
            over("--rate", "rate", &self.rate),
            over("--topology", "topology", &self.topology),
            over("--recovery-time", "recovery", seconds("--recovery-time", &self.recovery_time)?),
            over("--latency", "network.latency", self.latency_of()?),
            over("--loss", "network.loss", &self.loss),
            over("--duplication", "network.duplication", &self.duplication),
            over("--nemesis-interval", "nemesis.interval", interval),
            over("--memory-limit", "limits.memory_mib", self.memory_limit),
            over("--in-flight-limit", "limits.queued_messages", self.in_flight_limit),
            self.names()?,
        ];
        if self.latency_scope == LatencyScope::All {
            all.push(over("--latency", "network.client_latency", self.latency_of()?));
            all.push(over("--latency-scope", "network.scope", "all"));
        }
        if self.uses("key_count") {
            all.push(over("--key-count", "key_count", self.key_count));
        }
        if self.uses("max_writes_per_key") {
            all.push(over("--max-writes-per-key", "max_writes_per_key", self.max_writes_per_key));
        }
        if self.uses("max_txn_length") {
            all.push(over("--max-txn-length", "max_txn_length", self.max_txn_length));
        }
        if self.uses("consistency_models") {
            let models = list(&self.consistency_models);
            all.push(over("--consistency-models", "consistency_models", models));
        }
        if let Some(concurrency) = &self.concurrency {
            all.push(over("--concurrency", "concurrency", concurrency));
        }
        if let Some(availability) = &self.availability {
            all.push(over("--availability", "availability", availability));
        }
        if !self.target.is_empty() {
            all.push(over("--target", "targets", list(&self.target)));
        }
        Ok(all)
    }

    fn names(&self) -> Result<Override, CommandError> {
        if let Some(count) = &self.node_count {
            return Ok(over("--node-count", "nodes", count));
        }
        let mut names = [&self.nodes[..], &self.node[..]].concat();
        if let Some(path) = &self.nodes_file {
            let wrong =
                |error| CommandError::Data(format!("--nodes-file {}: {error}", path.display()));
            let text = crate::store::read_text(path).map_err(wrong)?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
            names.extend(lines.map(str::to_owned));
        }
        if names.is_empty() {
            names = (1..=5).map(|number| format!("n{number}")).collect();
        }
        Ok(over("--nodes", "nodes", list(&names)))
    }

    fn latency_of(&self) -> Result<String, CommandError> {
        let wrong = || {
            let found = &self.latency;
            CommandError::Usage(format!(
                "--latency {found}: expected milliseconds from 0, such as 100"
            ))
        };
        let mean: u64 = self.latency.parse().map_err(|_| wrong())?;
        let twice = mean.checked_mul(2).ok_or_else(wrong)?;
        Ok(match self.latency_dist {
            LatencyDist::Constant => format!("\"{mean}ms\""),
            LatencyDist::Uniform => format!("{{ uniform = [\"0ms\", \"{twice}ms\"] }}"),
            LatencyDist::Exponential => format!("{{ exponential = \"{mean}ms\" }}"),
        })
    }

    /// Returns the faults. Not all kinds are possible with real processes.
    fn faults(&self) -> Result<Vec<Override>, CommandError> {
        let hosted = hosted_kinds();
        let (last, rest) = hosted.split_last().unwrap_or((&"none", &[]));
        let known = format!("kinds are {} and {last}", rest.join(", "));
        let kind = |name: &String| {
            let name = name.trim();
            let row = FaultKind::ROWS.iter().find(|row| match row.hosting {
                Hosting::As(option) => row.name == name || option == name,
                Hosting::Never(_) => row.name == name,
            });
            match row.map(|row| (row.name, row.hosting)) {
                _ if name == "none" => Ok(None),
                Some((name, Hosting::As(_))) => Ok(Some(name.to_owned())),
                Some((_, Hosting::Never(why))) => Err(why.to_owned()),
                None => Ok(Some(name.to_owned())),
            }
        };
        let kinds: Result<Vec<Option<String>>, String> = self.nemesis.iter().map(kind).collect();
        let kinds = kinds.map_err(|why| {
            CommandError::Usage(format!("--nemesis {}: {why}; {known}", self.nemesis.join(",")))
        })?;
        let kinds: Vec<String> = kinds.into_iter().flatten().collect();
        if let Some(kind) = kinds.iter().find(|kind| !FaultKind::NAMES.contains(&kind.as_str())) {
            return Err(CommandError::Usage(format!(
                "--nemesis: there is no kind {kind:?}; {known}"
            )));
        }
        if kinds.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![over("--nemesis", "nemesis.kinds", list(&kinds))])
    }

    /// Whether a key of configs means something to the workload.
    fn uses(&self, key: &str) -> bool {
        workload(&self.workload).is_some_and(|workload| workload.options.contains(&key))
    }

    /// Returns the options that are set but that the workload does not use.
    pub(super) fn idle_options(&self) -> Vec<&'static str> {
        let given = [
            (
                self.consistency_models != ["strict-serializable"]
                    && !self.uses("consistency_models"),
                "--consistency-models",
            ),
            (self.key_count != 10 && !self.uses("key_count"), "--key-count"),
            (self.max_txn_length != 4 && !self.uses("max_txn_length"), "--max-txn-length"),
            (
                self.max_writes_per_key != 16 && !self.uses("max_writes_per_key"),
                "--max-writes-per-key",
            ),
        ];
        given.into_iter().filter(|(given, _)| *given).map(|(_, name)| name).collect()
    }
}

fn over(flag: &str, path: &str, value: impl Display) -> Override {
    Override { flag: flag.to_owned(), path: path.to_owned(), value: value.to_string() }
}

/// Returns a list of texts as TOML.
fn list(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| format!("{text:?}")).collect();
    format!("[{}]", texts.join(", "))
}
