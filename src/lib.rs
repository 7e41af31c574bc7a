//! `sim`: a deterministic discrete-event simulator for distributed-systems experiments.
//!
//! # Custom models
//!
//! Start with `use sim::prelude::*`. A [`model::Process`] handles its start, messages and timers,
//! each of which carries a payload; processes of any types that share a message type form a
//! [`model::Model`]. A run is determined by its seed: the same events on every machine.
//!
//! ```
//! use sim::prelude::*;
//!
//! /// Sends questions at random instants.
//! struct Client {
//!     answers: u32,
//! }
//!
//! impl Process<&'static str> for Client {
//!     type Timer = NodeId; // the server to ask
//!
//!     fn on_start(&mut self, cx: &mut ProcessContext<'_, &'static str, NodeId>) {
//!         let pause = exponential(cx.stream("questions"), Duration::from_secs(1));
//!         cx.set_timer(pause, NodeId(1));
//!     }
//!
//!     fn on_timer(&mut self, server: NodeId, cx: &mut ProcessContext<'_, &'static str, NodeId>) {
//!         cx.send(server, "question");
//!         self.on_start(cx);
//!     }
//!
//!     fn on_message(
//!         &mut self,
//!         _from: NodeId,
//!         _answer: &'static str,
//!         _cx: &mut ProcessContext<'_, &'static str, NodeId>,
//!     ) {
//!         self.answers += 1;
//!     }
//! }
//!
//! struct Server;
//!
//! impl Process<&'static str> for Server {
//!     type Timer = ();
//!
//!     fn on_message(
//!         &mut self,
//!         from: NodeId,
//!         _question: &'static str,
//!         cx: &mut ProcessContext<'_, &'static str, ()>,
//!     ) {
//!         cx.send(from, "answer");
//!     }
//! }
//!
//! let result = check_seeds(0..10, |seed| {
//!     let mut setup = ModelSetup::new(seed);
//!     let client = setup.add(|_| Client { answers: 0 });
//!     setup.add(|_| Server);
//!     let mut model = setup.build().map_err(|error| error.to_string())?;
//!     model.run_for(Duration::from_secs(100)).ok().map_err(|error| error.to_string())?;
//!     match model.get::<Client>(client).map(|client| client.answers) {
//!         Some(50..=150) => Ok(()),
//!         other => Err(format!("about 100 answers expected, found {other:?}")),
//!     }
//! });
//! assert_eq!(result, Ok(()));
//! ```
//!
//! Larger examples are in `examples/`: `mm1`, `token_ring`, `retrying_rpc`.
//!
//! # Lower layers
//!
//! The generic event loop, compiled for one node type, for models that need its speed or an inbox:
//!
//! - [`engine`]: virtual time, the order of events, random streams, limits;
//! - [`node`]: a node as a function of its input, and its context;
//! - [`network`]: latency, loss, duplication and partitions;
//! - [`simulation`]: the loop, faults, and observers.
//!
//! The other modules are the program `sim` itself: its families of experiments, their checkers,
//! configs, sweeps, files and commands.
//!
//! Experiments of the scale model are built from a [`config`] or from plain
//! [`scale_model::ScaleParameters`], run with [`scale_model::run`], and checked by
//! [`check::LamportCheck`].

pub mod cli;
pub mod config;
pub(crate) mod describe;
pub mod diff;
pub mod experiment;
pub mod export;
pub mod glomers;
#[cfg(unix)]
pub mod grade;
#[cfg(unix)]
pub mod harness;
pub mod page;
#[cfg(feature = "parquet")]
mod parquet_table;
pub mod reference;
pub mod report;
pub mod reproduce;
pub mod statistics;
pub mod store;
pub mod sweep;
pub mod why;

pub use sim_check as check;
pub use sim_core::{clock, engine, model, nemesis, network, node, prelude, simulation};
pub use sim_lamport as scale_model;
pub(crate) use sim_records::nearest;
pub use sim_records::{causal, edn, escape, history, registers, trace};
