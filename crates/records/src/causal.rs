//! The causal graph of a run: its events in lanes, its messages, and what happened before what.
//!
//! A [`CausalGraph`] is one value for every kind of stored run: the trace of the scale model with
//! or without its journal, a trace of another program, or the journal and the history of a Gossip
//! Glomers run. It reads records and runs nothing.
//!
//! # How to use it
//!
//! [`TraceGraph`] builds it from the rows of `trace.csv` and `net.csv`, [`NetGraph`] from those of
//! a Gossip Glomers journal and its history. Then:
//!
//! - a **lane** is a machine, node, service or client; [`CausalGraph::lane`] finds one by its name,
//!   [`CausalGraph::events_of`] lists its events in order: a diagram draws a line for each;
//! - an **event** is known by its [`EventId`], which is its place in a total order that respects
//!   causality: `events()[a]` never depends on `events()[b]` for `a < b`. A diagram draws them in
//!   this order; a comparison of two runs walks both orders side by side, or lane by lane;
//! - a **copy** is one receiver's share of a message, from its send to its receive or to its fate:
//!   a diagram draws an arrow, or a broken one that ends at [`MessageCopy::at`];
//! - [`CausalGraph::event_at`] finds the event at or before an instant on a lane;
//! - [`CausalGraph::past`] and [`CausalGraph::future`] mark the causal past and future of an event,
//!   each in one pass: a diagram filters its events by [`Marks::contains`].
//!
//! ```
//! use sim_records::causal::TraceGraph;
//! use sim_records::trace::read_rows;
//!
//! let text = "time_ns,machine,event,clock,queue_len,from,to,message,stamp,copy\n\
//!             5,1,send,1,0,,2,1,1,\n\
//!             6,1,internal,2,0,,,,,\n\
//!             9,2,receive,2,0,1,,1,1,1\n";
//! let mut rows = TraceGraph::default();
//! for row in read_rows(text.as_bytes()).expect("a header") {
//!     let (line, row) = row.expect("a row");
//!     rows.add_row(line, &row).expect("few rows");
//! }
//! let graph = rows.finish();
//! let machine = graph.lane("2").expect("a lane");
//! let receive = graph.event_at(machine, sim_core::engine::time::Instant::MAX).expect("an event");
//! let past = graph.past(receive);
//! assert_eq!(past.iter().map(|event| event.0).collect::<Vec<_>>(), [0, 2]);
//! ```

mod copies;
mod graph;
mod ids;
mod marks;
mod net_graph;
mod trace_graph;

pub use graph::{CausalEvent, CausalFate, CausalGraph, CausalKind, Lane, LaneKind, MessageCopy};
pub use ids::{EventId, LaneId};
pub use marks::Marks;
pub use net_graph::NetGraph;
pub use trace_graph::TraceGraph;

/// Maximum number of events of a graph: with their copies they take about 4 GB.
pub const EVENTS_MAX: usize = 1 << 24;

/// The run has more events than a graph may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it has more than {EVENTS_MAX} events, too many to hold at once")]
pub struct TooLarge;
