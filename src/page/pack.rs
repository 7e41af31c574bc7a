//! A run, packed for the scripts of its page: events and copies of messages as columns of varints,
//! all else as JSON, compressed and written as base64.

use std::collections::BTreeMap;
use std::io::Write;

use base64::Engine;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Value, json};

use super::counterexample::PageCounterexample;
use super::varint::Column;
use crate::causal::{CausalFate, CausalGraph, CausalKind, EventId, LaneKind};
use crate::engine::time::Instant;
use crate::history::{EntryKind, Op, Process};
use crate::report::{ClientRows, LaneFault};
use crate::why::Bodies;

/// Family of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Machines with logical clocks.
    Machines,
    /// Nodes, services and clients.
    Nodes,
}

/// A run, as its page shows it.
#[derive(Debug)]
pub struct PageRun {
    /// Config and seed.
    pub title: String,
    /// Its family.
    pub family: Family,
    /// The end of the run.
    pub end: Instant,
    /// Events and messages.
    pub graph: CausalGraph,
    /// What clients saw.
    pub history: Vec<Op>,
    /// What messages said, where it was kept.
    pub bodies: Option<Bodies>,
    /// Faults.
    pub faults: Vec<LaneFault>,
    /// Violations, with what shows them.
    pub findings: Vec<PageFinding>,
    /// What stands for the events that are left out, if some are.
    pub sampled: Option<Sampled>,
}

/// A violation, with what shows it.
#[derive(Clone, Debug, Default)]
pub struct PageFinding {
    /// The rule's name.
    pub rule: String,
    /// The violation in words.
    pub message: String,
    /// Entries of the history that show it.
    pub entries: Vec<usize>,
    /// Numbers of the messages that explain it.
    pub messages: Vec<u64>,
    /// The event that shows it, in a run of machines.
    pub event: Option<EventId>,
    /// The witness as a drawing, a line each.
    pub witness: Vec<String>,
    /// The explanation, a line each.
    pub why: Vec<String>,
    /// What would fix it, if something can be said.
    pub remedy: Option<String>,
    /// What is drawn of it, if something is.
    pub counterexample: Option<PageCounterexample>,
}

/// What stands for events that are left out.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// Number of machines of the run.
    pub machines: usize,
    /// Number of machines that are shown.
    pub shown: usize,
    /// Number of events of the run.
    pub events: u64,
    /// What is left out, in a sentence.
    pub words: String,
    /// Instants at which all machines were looked at.
    pub at: Vec<Instant>,
    /// Smallest, quantiles 0.05, 0.25, 0.5, 0.75 and 0.95, and largest clock, at each of them.
    pub clock: Vec<[u64; 7]>,
    /// The same of the queues.
    pub queue: Vec<[u64; 7]>,
}

/// Maximum length of a value of the history, in characters.
const VALUE_MAX: usize = 600;

/// Maximum length of a body, in characters.
const BODY_MAX: usize = 2_000;

/// Maximum length of all bodies, in bytes.
const BODIES_MAX: usize = 4 << 20;

impl PageRun {
    /// Returns the run as base64.
    pub(super) fn packed(&self) -> String {
        let (names, columns) = self.columns();
        let head = self.head(&names, &columns).to_string();
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(6));
        let length = (head.len() as u32).to_le_bytes();
        // Writing to a vector does not fail.
        let _ = encoder.write_all(&length);
        let _ = encoder.write_all(head.as_bytes());
        for column in &columns {
            let _ = encoder.write_all(&column.0);
        }
        let bytes = encoder.finish().unwrap_or_default();
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    fn head(&self, strings: &[&str], columns: &[Column]) -> Value {
        let graph = &self.graph;
        let lanes: Vec<Value> = graph
            .lanes()
            .iter()
            .enumerate()
            .map(|(place, lane)| {
                let kind = match (lane.kind, self.family) {
                    (LaneKind::Node, Family::Machines) => "machine",
                    (LaneKind::Node, Family::Nodes) => "node",
                    (LaneKind::Service, _) => "service",
                    (LaneKind::Client, _) => "client",
                };
                let title = graph.title(crate::causal::LaneId(place as u32));
                json!({"name": lane.name, "kind": kind, "title": title})
            })
            .collect();
        let (bodies, left_out) = self.bodies();
        let length = |(name, column): (&&str, &Column)| json!([name, column.0.len()]);
        let lengths: Vec<Value> = COLUMNS.iter().zip(columns).map(length).collect();
        json!({
            "title": self.title,
            "family": if self.family == Family::Machines { "machines" } else { "nodes" },
            "end": self.end.as_ns(),
            "lanes": lanes,
            "history": self.history(),
            "bodies": bodies,
            "bodiesLeftOut": left_out,
            "faults": self.faults(),
            "findings": self.findings.iter().map(finding).collect::<Vec<_>>(),
            "sampled": self.sampled.as_ref().map(sampled),
            "strings": strings,
            "events": graph.events().len(),
            "copies": graph.copies().len(),
            "columns": lengths,
        })
    }

    /// Returns the history, a column for each field; times are differences.
    fn history(&self) -> Value {
        let mut rows = ClientRows::default();
        let mut before = 0;
        let at: Vec<u64> = self
            .history
            .iter()
            .map(|op| {
                let at = op.time.as_ns();
                at.saturating_sub(std::mem::replace(&mut before, at))
            })
            .collect();
        let value = |op: &Op| match op.value.to_json() {
            Value::Null => String::new(),
            value => short(&value.to_string(), VALUE_MAX),
        };
        let error = |op: &Op| match &op.error {
            None => String::new(),
            Some((name, text)) => short(&format!("{name}: {text}"), VALUE_MAX),
        };
        let of = |text: &dyn Fn(&Op) -> String| -> Vec<String> {
            self.history.iter().map(text).collect()
        };
        json!({
            "process": of(&|op| match op.process {
                Process::Client(number) => number.to_string(),
                Process::Nemesis => "nemesis".to_owned(),
            }),
            "f": of(&|op| op.f.name().to_owned()),
            "kind": of(&|op| op.kind.name().to_owned()),
            "value": of(&value),
            "error": of(&error),
            "at": at,
            "client": self.history.iter().map(|op| rows.of(op)).collect::<Vec<usize>>(),
        })
    }

    /// Returns the bodies that have room, those of findings first, and the number of the others.
    fn bodies(&self) -> (Vec<(u64, String)>, usize) {
        let Some(bodies) = &self.bodies else { return (Vec::new(), 0) };
        let of_findings = self.findings.iter().flat_map(|finding| finding.messages.iter().copied());
        let all = self.graph.copies().iter().map(|copy| copy.message);
        let (mut kept, mut size, mut left_out) = (BTreeMap::new(), 0, 0);
        let mut last = None;
        for message in of_findings.chain(all) {
            let again = last.replace(message) == Some(message) || kept.contains_key(&message);
            let Some(body) = bodies.get(message).filter(|_| !again) else { continue };
            if size > BODIES_MAX {
                left_out += 1;
                continue;
            }
            let body = short(body, BODY_MAX);
            size += body.len();
            kept.insert(message, body);
        }
        (kept.into_iter().collect(), left_out)
    }

    fn faults(&self) -> Vec<Value> {
        let lanes = self.graph.lanes().iter().enumerate();
        let places: BTreeMap<&str, usize> =
            lanes.map(|(place, lane)| (&*lane.name, place)).collect();
        let fault = |fault: &LaneFault| {
            let lanes: Vec<usize> =
                fault.lanes.iter().filter_map(|name| places.get(name.as_str()).copied()).collect();
            json!({
                "kind": fault.kind,
                "from": fault.from.as_ns(),
                "until": fault.until.as_ns(),
                "lanes": lanes,
                "note": short(&fault.note, VALUE_MAX),
            })
        };
        self.faults.iter().map(fault).collect()
    }

    /// Returns the texts that copies refer to, and all columns.
    fn columns(&self) -> (Vec<&str>, Vec<Column>) {
        let mut strings = Strings::default();
        let [mut at, mut lane, mut kind, mut clock] = [(); 4].map(|()| Column::default());
        let [mut queue, mut message, mut entry] = [(); 3].map(|()| Column::default());
        let graph = &self.graph;
        let mut before = 0;
        let mut of_lane = vec![(0, 0); graph.lanes().len()];
        let (mut last_message, mut last_entry) = (0, 0);
        for event in graph.events() {
            at.push(event.at.as_ns().saturating_sub(before).into());
            before = event.at.as_ns();
            lane.push((event.lane.index() as u64).into());
            let outcome = event.entry.and_then(|entry| self.history.get(entry as usize));
            kind.push(match (event.kind, outcome.map(|op| op.kind)) {
                (CausalKind::Send, _) => 0,
                (CausalKind::Receive, _) => 1,
                (CausalKind::Internal, _) => 2,
                (CausalKind::Invoke, _) => 3,
                (CausalKind::Complete, Some(EntryKind::Fail)) => 5,
                (CausalKind::Complete, Some(EntryKind::Info)) => 6,
                (CausalKind::Complete, _) => 4,
            });
            let (last_clock, last_queue) = &mut of_lane[event.lane.index()];
            clock.push_optional(event.clock, *last_clock);
            queue.push_optional(event.queue_len, *last_queue);
            *last_clock = event.clock.unwrap_or(*last_clock);
            *last_queue = event.queue_len.unwrap_or(*last_queue);
            message.push_optional(event.message, last_message);
            last_message = event.message.unwrap_or(last_message);
            let number = event.entry.map(u64::from);
            entry.push_optional(number, last_entry);
            last_entry = number.unwrap_or(last_entry);
        }
        let mut columns = vec![at, lane, kind, clock, queue, message, entry];
        let mut copies: [Column; 11] = Default::default();
        let (mut last_message, mut last_send) = (0, 0);
        for copy in graph.copies() {
            let send = copy.send.map(|send| send.index() as u64);
            let sent_at = copy.send.map_or(0, |send| graph.event(send).at.as_ns());
            let sent = copy.sent.map(Instant::as_ns);
            let receive = copy.receive.map(|receive| receive.index() as u64);
            copies[0].push_difference(copy.message, last_message);
            copies[1].push(copy.copy.into());
            copies[2].push((copy.from.index() as u64).into());
            copies[3].push((copy.to.index() as u64).into());
            copies[4].push_optional(send, last_send);
            copies[5].push_optional(sent, sent_at);
            copies[6].push_optional(receive, send.unwrap_or(0));
            copies[7].push_optional(copy.at.map(Instant::as_ns), sent.unwrap_or(0));
            copies[8].push(fate(copy.fate).into());
            for (column, text) in [(9, &copy.kind), (10, &copy.note)] {
                let place = text.as_deref().map(|text| strings.place(text));
                copies[column].push(place.map_or(0, |place| 1 + place as u128));
            }
            last_message = copy.message;
            last_send = send.unwrap_or(last_send);
        }
        columns.extend(copies);
        (strings.texts, columns)
    }
}

/// The names of the columns, in order.
const COLUMNS: [&str; 18] = [
    "at",
    "lane",
    "kind",
    "clock",
    "queue",
    "message",
    "entry",
    "copyMessage",
    "copyNumber",
    "copyFrom",
    "copyTo",
    "copySend",
    "copySent",
    "copyReceive",
    "copyAt",
    "copyFate",
    "copyKind",
    "copyNote",
];

/// Texts that occur often, each by its place.
#[derive(Default)]
struct Strings<'a> {
    texts: Vec<&'a str>,
    places: BTreeMap<&'a str, usize>,
}

impl<'a> Strings<'a> {
    fn place(&mut self, text: &'a str) -> usize {
        let Strings { texts, places } = self;
        *places.entry(text).or_insert_with(|| {
            texts.push(text);
            texts.len() - 1
        })
    }
}

/// Returns the number of a fate in `run.fates` of the page's scripts.
fn fate(fate: CausalFate) -> u8 {
    match fate {
        CausalFate::Received => 0,
        CausalFate::Waiting => 1,
        CausalFate::Lost => 2,
        CausalFate::Cut => 3,
        CausalFate::Crashed => 4,
        CausalFate::InFlight => 5,
        CausalFate::NotReceived => 6,
    }
}

fn finding(finding: &PageFinding) -> Value {
    let PageFinding { rule, message, entries, messages, event, why, .. } = finding;
    let counterexample = finding.counterexample.as_ref().map(PageCounterexample::to_json);
    let event = event.map(EventId::index);
    json!({
        "rule": rule,
        "message": short(message, BODY_MAX),
        "entries": entries,
        "messages": messages,
        "event": event,
        "why": why,
        "counterexample": counterexample,
        "remedy": finding.remedy,
    })
}

fn sampled(sampled: &Sampled) -> Value {
    let Sampled { machines, shown, events, words, at, clock, queue } = sampled;
    let at: Vec<u64> = at.iter().map(|at| at.as_ns()).collect();
    json!({
        "machines": machines,
        "shown": shown,
        "events": events,
        "words": words,
        "ribbons": {"at": at, "clock": clock, "queue": queue},
    })
}

/// Returns the beginning of a text, of at most this number of characters, and how much it lacks.
fn short(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            format!("{} … and {more} more characters", &text[..end])
        }
    }
}
