//! The events of a trace for a page: all of them, or, where they are too many, those of a few
//! machines, with quantiles over all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::super::check::open;
use super::super::plot::trace::each_row;
use super::super::{CommandError, graphs};
use crate::causal::{CausalGraph, TooLarge, TraceGraph};
use crate::engine::time::Instant;
use crate::node::NodeId;
use crate::page::Sampled;
use crate::report::Overview;
use crate::trace::{EventKind, Peer, Row, read_copies};

/// Maximum number of events that a page has.
const EVENTS_MAX: u64 = 1_000_000;

/// Maximum number of events that a page has, where not all have room.
const SAMPLED_EVENTS_MAX: u64 = 300_000;

/// Maximum number of machines whose events a page has.
const MACHINES_MAX: usize = 64;

/// Number of instants at which all machines are looked at.
const INSTANTS: u64 = 240;

/// Events of a trace, as far as a page has room for them.
pub(super) struct Loaded {
    pub(super) graph: CausalGraph,
    pub(super) sampled: Option<Sampled>,
    /// The instant of the last row.
    pub(super) last: Instant,
}

/// Reads a trace, and its journal if there is one; `None` if it was interrupted.
pub(super) fn read(
    trace: &Path,
    journal: Option<&Path>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Loaded>, CommandError> {
    let mut overview = Overview::default();
    let mut machines = BTreeSet::new();
    let mut count = 0;
    let has_ended = each_row(trace, stop, |_, row| {
        overview.add(row);
        count += 1;
        if machines.len() <= MACHINES_MAX {
            machines.insert(row.machine);
        }
    })?;
    if !has_ended {
        return Ok(None);
    }
    let last = overview.last();
    if count <= EVENTS_MAX && machines.len() <= MACHINES_MAX {
        let graph = graphs::of_trace(trace, journal, stop)?;
        return Ok(graph.map(|graph| Loaded { graph, sampled: None, last }));
    }
    sample(&overview, trace, journal, stop)
}

fn sample(
    overview: &Overview,
    trace: &Path,
    journal: Option<&Path>,
    stop: &dyn Fn() -> bool,
) -> Result<Option<Loaded>, CommandError> {
    let drawn: BTreeSet<NodeId> = overview.drawn().into_iter().collect();
    let mut graph = TraceGraph::default();
    let mut too_large = None;
    let mut watch = Watch::new(overview);
    let (mut kept, mut until) = (0, None);
    let has_ended = each_row(trace, stop, |line, row| {
        watch.add(row);
        if !drawn.contains(&row.machine) || too_large.is_some() {
            return;
        }
        if kept == SAMPLED_EVENTS_MAX {
            until.get_or_insert(row.at);
            return;
        }
        kept += 1;
        too_large = add(&mut graph, &drawn, line, row).err();
    })?;
    if !has_ended {
        return Ok(None);
    }
    let named = |error: TooLarge| CommandError::Data(format!("{}: {error}", trace.display()));
    if let Some(error) = too_large {
        return Err(named(error));
    }
    if let Some(path) = journal {
        let unreadable = |error| CommandError::Data(format!("{}: {error}", path.display()));
        for copy in read_copies(open(path)?).map_err(unreadable)? {
            let (_, copy) = copy.map_err(unreadable)?;
            let is_drawn = drawn.contains(&copy.from) && drawn.contains(&copy.to);
            if is_drawn && until.is_none_or(|until| copy.sent < until) {
                graph.add_copy(&copy).map_err(named)?;
            }
        }
    }
    let (at, clock, queue) = watch.finish();
    let (machines, shown) = (overview.machines().count(), drawn.len());
    let mut words = match shown == machines {
        true => format!("The run has {} events.", overview.events()),
        false => format!(
            "{shown} of {machines} machines are shown: some of the slowest, of the median and of \
             the fastest; bands have the quantiles of all."
        ),
    };
    if let Some(until) = until {
        words += &format!(" The diagram has the first {kept} events, until {until}.");
    }
    let events = overview.events();
    let sampled = Sampled { machines, shown, events, words, at, clock, queue };
    let (graph, last) = (graph.finish(), overview.last());
    Ok(Some(Loaded { graph, sampled: Some(sampled), last }))
}

/// Adds the row of a machine that is shown; of its message only if the other machine is shown.
fn add(
    graph: &mut TraceGraph,
    drawn: &BTreeSet<NodeId>,
    line: u64,
    row: &Row,
) -> Result<(), TooLarge> {
    match row.event.peer {
        Peer::One(other) if row.event.kind != EventKind::Internal && !drawn.contains(&other) => {
            graph.add_event(line, row)
        }
        _ => graph.add_row(line, row),
    }
}

/// Looks at the clocks and queues of all machines at certain instants.
struct Watch {
    places: BTreeMap<NodeId, usize>,
    clocks: Vec<u64>,
    queues: Vec<u64>,
    /// Nanoseconds between two looks.
    step: u64,
    at: Vec<Instant>,
    of_clocks: Vec<[u64; 7]>,
    of_queues: Vec<[u64; 7]>,
}

impl Watch {
    fn new(overview: &Overview) -> Watch {
        let places: BTreeMap<NodeId, usize> = overview.machines().zip(0..).collect();
        let zeros = vec![0; places.len()];
        Watch {
            places,
            clocks: zeros.clone(),
            queues: zeros,
            step: (overview.last().as_ns() / INSTANTS).max(1),
            at: Vec::new(),
            of_clocks: Vec::new(),
            of_queues: Vec::new(),
        }
    }

    fn add(&mut self, row: &Row) {
        while self.next_look() < row.at.as_ns() && self.at.len() as u64 <= INSTANTS {
            self.look();
        }
        if let Some(place) = self.places.get(&row.machine) {
            self.clocks[*place] = row.event.clock;
            self.queues[*place] = row.event.queue_len;
        }
    }

    fn next_look(&self) -> u64 {
        self.step.saturating_mul(self.at.len() as u64)
    }

    fn look(&mut self) {
        self.at.push(Instant::from_ns(self.next_look()));
        self.of_clocks.push(quantiles(&mut self.clocks.clone()));
        self.of_queues.push(quantiles(&mut self.queues.clone()));
    }

    fn finish(mut self) -> (Vec<Instant>, Vec<[u64; 7]>, Vec<[u64; 7]>) {
        self.look();
        (self.at, self.of_clocks, self.of_queues)
    }
}

/// Returns the smallest, the quantiles 0.05, 0.25, 0.5, 0.75 and 0.95, and the largest value.
fn quantiles(values: &mut [u64]) -> [u64; 7] {
    values.sort_unstable();
    let last = values.len().saturating_sub(1);
    [0, 5, 25, 50, 75, 95, 100]
        .map(|percent| values.get((last * percent + 50) / 100).copied().unwrap_or(0))
}
