//! The reader of Gossip Glomers configs: from the tree to an experiment.
//!
//! Keys of one value are read by their rows in `grammar/glomers.rs`; the others are read here.

use std::collections::BTreeSet;

use super::diagnostic::ConfigError;
use super::grammar::{GLOMERS_ROWS, only_known, read_scalars};
use super::models::models;
use super::nemesis::{groups, nemesis};
use super::nodes::{node, node_list};
use super::parts::{WAIT_MAX, head, latency, times};
use super::reader::Cursor;
use super::target::Target;
use crate::check::availability::Availability;
use crate::check::txn::Model;
use crate::engine::ratio::Ratio;
use crate::engine::time::Duration;
use crate::glomers::{
    self, EXTERNAL, GlomersParameters, OptionValue, Options, SOLUTIONS, Service, Solution,
    WORKLOADS, Workload,
};
use crate::nearest::{LettersPerEdit, nearest};
use crate::network::{Cut, Link, Partition};

/// A Gossip Glomers experiment and its name.
#[derive(Clone, Debug)]
pub struct GlomersExperiment {
    /// Its name, which is also the path of its results.
    pub name: String,
    /// All parameters except the node program.
    pub parameters: GlomersParameters,
    /// The node program.
    pub solution: &'static Solution,
    /// Options of the node program.
    pub options: Options,
    /// The command of the nodes, if they are processes of another program.
    pub external_command: Option<String>,
    /// Required share of successful operations.
    pub availability: Availability,
    /// The consistency models that transactions have to satisfy, all of them.
    pub consistency_models: Vec<Model>,
    /// Targets for figures of the results.
    pub targets: Vec<Target>,
}

impl PartialEq for GlomersExperiment {
    fn eq(&self, other: &GlomersExperiment) -> bool {
        // All fields are listed, so that a new one is not forgotten.
        let GlomersExperiment {
            name,
            parameters,
            solution,
            options,
            external_command,
            availability,
            consistency_models,
            targets,
        } = self;
        // Programs are identified by name.
        *name == other.name
            && *parameters == other.parameters
            && solution.name == other.solution.name
            && *options == other.options
            && *external_command == other.external_command
            && *availability == other.availability
            && *consistency_models == other.consistency_models
            && *targets == other.targets
    }
}

impl GlomersExperiment {
    /// Returns the name of the program that the nodes run, or its command.
    pub fn program(&self) -> &str {
        self.external_command.as_deref().unwrap_or(self.solution.name)
    }
}

type Result<T> = std::result::Result<T, ConfigError>;

/// Maximum value of `starts`.
const STARTS_MAX: Duration = Duration::from_seconds(3600);

/// Reads the time within which nodes start: a word, or a time.
fn starts(cursor: &Cursor<'_>) -> Result<Duration> {
    match cursor.text("a time") {
        Ok("spread") => Ok(GlomersParameters::STARTS),
        Ok("together") => Ok(Duration::ZERO),
        Ok(word) if word.starts_with(|c: char| c.is_alphabetic()) => {
            let what = "\"spread\", \"together\" or a time such as \"250ms\"";
            Err(cursor.expected(what, None))
        }
        _ => cursor.duration_up_to(STARTS_MAX),
    }
}

pub(super) fn experiment(root: &Cursor<'_>, source_name: &str) -> Result<GlomersExperiment> {
    only_known(GLOMERS_ROWS, "", root)?;
    let (name, seed, duration) = head(root, source_name)?;
    let workload = root
        .require("workload", "workload = \"broadcast\"")?
        .word(&WORKLOADS.iter().map(|one| (one.name, *one)).collect::<Vec<_>>())?;
    let solution = solution(root, workload)?;
    let options = match root.get("options") {
        Some(cursor) => options(&cursor, solution)?,
        None => solution.defaults(),
    };
    let names = match root.get("nodes") {
        Some(cursor) => names(&cursor)?,
        None => numbered(5),
    };
    let mut parameters = GlomersParameters::new(seed, workload, names, duration);
    read_scalars(GLOMERS_ROWS, "", root, &mut parameters)?;
    if let Some(cursor) = root.get("concurrency") {
        let servers = parameters.names.len() as u32;
        parameters.concurrency = concurrency(&cursor, workload, servers)?;
        parameters.limits = GlomersParameters::limits_of(servers, parameters.concurrency);
    }
    if let Some(cursor) = root.get("starts") {
        parameters.starts = starts(&cursor)?;
    }
    if let Some(cursor) = root.get("network") {
        network(&cursor, &mut parameters)?;
    }
    if root.get("client_timeout").is_none() {
        let latency = parameters.network.latency.mean();
        parameters.client_timeout = workload.client_timeout.at(latency);
    }
    if let Some(cursor) = root.get("nemesis") {
        nemesis(&cursor, &mut parameters, solution.survives)?;
    }
    if let Some(cursor) = root.get("limits") {
        only_known(GLOMERS_ROWS, "limits", &cursor)?;
        read_scalars(GLOMERS_ROWS, "limits", &cursor, &mut parameters)?;
    }
    let availability = match root.get("availability") {
        Some(cursor) => availability(&cursor)?,
        None => Availability::None,
    };
    let consistency_models = match root.get("consistency_models") {
        Some(cursor) => models(&cursor)?,
        None => vec![Model::StrictSerializable],
    };
    let targets = match root.get("targets") {
        Some(cursor) => targets(&cursor, workload)?,
        None => vec![],
    };
    let external_command = None;
    Ok(GlomersExperiment {
        name,
        parameters,
        solution,
        options,
        external_command,
        availability,
        consistency_models,
        targets,
    })
}

/// Returns the node program: the one that is named, or else the first for the workload.
fn solution(root: &Cursor<'_>, workload: &'static Workload) -> Result<&'static Solution> {
    let fits = |solution: &&Solution| solution.workloads.contains(&workload);
    let Some(cursor) = root.get("solution") else {
        let first = SOLUTIONS.iter().find(fits);
        let hint = "host your own with sim test";
        let problem = "no node program ships for this workload";
        return first.ok_or_else(|| root.error(problem, Some(hint)));
    };
    let name = cursor.text("the name of a node program")?;
    let names: Vec<&str> = SOLUTIONS.iter().filter(fits).map(|solution| solution.name).collect();
    let hint = format!("node programs for {} are {}", workload.name, names.join(", "));
    match glomers::program(name) {
        _ if name == EXTERNAL.name => Ok(&EXTERNAL),
        Some(solution) if fits(&solution) => Ok(solution),
        Some(_) => {
            let problem = format!("{name:?} is not for the workload {}", workload.name);
            Err(cursor.error(problem, Some(&hint)))
        }
        None => {
            let hint = match nearest(name, names, LettersPerEdit::Two) {
                Some(known) => format!("did you mean {known:?}? {hint}"),
                None => hint,
            };
            Err(cursor.wrong(format!("there is no node program {name:?}"), Some(&hint)))
        }
    }
}

fn options(cursor: &Cursor<'_>, solution: &Solution) -> Result<Options> {
    let known: Vec<&str> = solution.options.iter().map(|option| option.name).collect();
    if known.is_empty() && !cursor.keys("a table")?.is_empty() {
        return Err(cursor.wrong(format!("{:?} has no options", solution.name), None));
    }
    cursor.only(&known)?;
    let mut options = solution.defaults();
    for (name, value) in &mut options.0 {
        let Some(cursor) = cursor.get(name) else { continue };
        *value = match value {
            OptionValue::Time(_) => {
                let time = cursor.duration_up_to(WAIT_MAX)?;
                if time == Duration::ZERO {
                    return Err(cursor.expected("a time above 0", None));
                }
                OptionValue::Time(time)
            }
            OptionValue::Integer(_) => OptionValue::Integer(cursor.integer(1, u64::MAX)?),
        };
    }
    Ok(options)
}

/// Returns `n0`, `n1`, …, the names that Maelstrom's `--node-count` gives.
fn numbered(count: u32) -> Vec<String> {
    (0..count).map(|place| format!("n{place}")).collect()
}

/// Reads the names of the nodes: a count, or a list.
fn names(cursor: &Cursor<'_>) -> Result<Vec<String>> {
    const WHAT: &str = "a number of nodes from 1, or a list of their names";
    let max = u64::from(GlomersParameters::SERVERS_MAX);
    let Ok(entries) = cursor.list(WHAT) else {
        return match cursor.integer(0, u64::MAX) {
            Ok(0) => Err(cursor.wrong("there are no nodes", Some("give at least one"))),
            Ok(count) if count <= max => Ok(numbered(count as u32)),
            Ok(count) => Err(cursor.wrong(format!("{count} nodes are more than {max}"), None)),
            Err(_) => Err(cursor.expected(WHAT, None)),
        };
    };
    if entries.is_empty() {
        return Err(cursor.error("there are no nodes", Some("give at least one")));
    }
    if entries.len() as u64 > max {
        return Err(cursor.wrong(format!("{} nodes are more than {max}", entries.len()), None));
    }
    let mut seen = BTreeSet::new();
    let mut names = Vec::new();
    for entry in &entries {
        let name = entry.text("the name of a node")?;
        let plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if name.is_empty() || name.len() > 64 || !name.chars().all(plain) {
            let hint = "use up to 64 letters, digits, - and _";
            return Err(entry.wrong(format!("{name:?} cannot be the name of a node"), Some(hint)));
        }
        let problem = if name.starts_with('c') {
            Some("names with c at the beginning are those of clients")
        } else if Service::ALL.iter().any(|service| service.name() == name) {
            Some("this is the name of a service")
        } else if !seen.insert(name) {
            Some("this name is here twice")
        } else {
            None
        };
        if let Some(problem) = problem {
            return Err(entry.error(problem, None));
        }
        names.push(name.to_owned());
    }
    Ok(names)
}

fn concurrency(cursor: &Cursor<'_>, workload: &Workload, servers: u32) -> Result<u32> {
    const WHAT: &str = "a number of workers from 1, or a multiple of the nodes such as \"2n\"";
    let max = u64::from(GlomersParameters::CONCURRENCY_MAX);
    let count = match cursor.text(WHAT) {
        Ok(text) => {
            let factor = text.strip_suffix('n').and_then(|factor| factor.parse::<u64>().ok());
            factor.and_then(|factor| factor.checked_mul(servers.into()))
        }
        Err(_) => cursor.integer(0, u64::MAX).ok(),
    };
    match count {
        None => Err(cursor.expected(WHAT, None)),
        Some(0) => Err(cursor.wrong("there would be no worker", Some("give at least one worker"))),
        Some(count) if count > max => {
            Err(cursor.wrong(format!("{count} workers are more than {max}"), None))
        }
        Some(count) if !workload.workers.allows(count as u32, servers) => {
            let group = workload.workers.default_for(servers);
            let problem = format!("the workers of {} form groups of {group}", workload.name);
            let hint = format!("give a multiple of \"{}n\"", workload.workers.per_server());
            Err(cursor.error(problem, Some(&hint)))
        }
        Some(count) => Ok(count as u32),
    }
}

fn availability(cursor: &Cursor<'_>) -> Result<Availability> {
    const WHAT: &str = "\"none\", \"total\", or a fraction such as 0.99";
    match cursor.text(WHAT) {
        Ok("none") => Ok(Availability::None),
        Ok("total") => Ok(Availability::Total),
        _ => match cursor.ratio(WHAT)? {
            fraction if fraction <= Ratio::ONE => Ok(Availability::AtLeast(fraction)),
            _ => Err(cursor.expected(WHAT, None)),
        },
    }
}

fn targets(cursor: &Cursor<'_>, workload: &'static Workload) -> Result<Vec<Target>> {
    let target = |entry: &Cursor<'_>| {
        let text = entry.text("a text such as \"net.servers.msgs_per_op < 30\"")?;
        Target::parse(text, workload).map_err(|problem| entry.error(problem, None))
    };
    cursor.list("a list of targets")?.iter().map(target).collect()
}

fn network(cursor: &Cursor<'_>, parameters: &mut GlomersParameters) -> Result<()> {
    only_known(GLOMERS_ROWS, "network", cursor)?;
    let settings = &mut parameters.network;
    if let Some(value) = cursor.get("latency") {
        settings.latency = latency(&value)?;
    }
    if let Some(roles) = &mut settings.roles {
        if let Some(value) = cursor.get("client_latency") {
            roles.client_latency = latency(&value)?;
        }
        if let Some(value) = cursor.get("host_cost") {
            roles.host_cost = latency(&value)?;
        }
    }
    read_scalars(GLOMERS_ROWS, "network", cursor, parameters)?;
    let GlomersParameters { network: settings, names, duration, .. } = parameters;
    if let Some(links) = cursor.get("links") {
        settings.links = links_between(&links, names)?;
    }
    if let Some(partitions) = cursor.get("partitions") {
        let entries = partitions.list("a list of partitions")?;
        let partition = |entry| partition(entry, names, *duration);
        settings.partitions = entries.iter().map(partition).collect::<Result<_>>()?;
    }
    Ok(())
}

fn links_between(cursor: &Cursor<'_>, names: &[String]) -> Result<Vec<Link>> {
    const EXAMPLE: &str = "{ from = \"n0\", to = \"n1\", latency = \"50ms\" }";
    let mut seen = BTreeSet::new();
    let mut links = Vec::new();
    for entry in cursor.list("a list of links")? {
        entry.only(&["from", "to", "latency", "loss"])?;
        let end = |key| {
            let end = entry.require(key, EXAMPLE)?;
            node(&end, end.text("the name of a node")?, names)
        };
        let (from, to) = (end("from")?, end("to")?);
        if from == to {
            return Err(entry.wrong("a node has no link to itself", None));
        }
        if !seen.insert((from, to)) {
            return Err(entry.error("this link is here twice", None));
        }
        links.push(Link {
            from,
            to,
            latency: entry.get("latency").map(|value| latency(&value)).transpose()?,
            loss: entry.get("loss").map(|value| value.probability()).transpose()?,
        });
    }
    Ok(links)
}

fn partition(cursor: &Cursor<'_>, names: &[String], duration: Duration) -> Result<Partition> {
    const EXAMPLE: &str = "{ at = \"3s\", until = \"5s\", groups = [[\"n0\"], [\"n1\"]] }";
    cursor.only(&["at", "until", "groups", "from", "to"])?;
    let (at, until) = times(cursor, "partition", EXAMPLE, duration)?;
    let cut = match (cursor.get("groups"), cursor.get("from"), cursor.get("to")) {
        (Some(lists), None, None) => groups(&lists, names)?,
        (None, Some(from), Some(to)) => {
            Cut::OneWay { from: node_list(&from, names)?, to: node_list(&to, names)? }
        }
        _ => {
            return Err(cursor.error(
                "expected either `groups`, or `from` and `to`",
                Some("such as groups = [[\"n0\"], [\"n1\"]], or from = [\"n0\"], to = [\"n1\"]"),
            ));
        }
    };
    Ok(Partition { at, until, cut })
}
