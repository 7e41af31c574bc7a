//! `sim`: a deterministic discrete-event simulator for distributed-systems experiments.
//!
//! One config, one seed, one byte-identical trace. A [`node::Node`] hears of its start, of messages
//! and of timers, and says through its [`node::Context`] what it sends and when it wants to be
//! woken; a [`simulation::Simulation`] runs nodes on a network in virtual time.
//!
//! ```
//! use sim::engine::{rng::Seed, time::Duration};
//! use sim::node::{Context, Node, NodeId, Timer};
//! use sim::simulation::{Progress, Setup, Simulation};
//!
//! /// Greets the other node, once a second.
//! struct Greeter;
//!
//! impl Node for Greeter {
//!     type Message = &'static str;
//!     type Record = ();
//!
//!     fn on_start(&mut self, cx: &mut Context<'_, Self>) {
//!         cx.set_timer(Duration::from_seconds(1));
//!     }
//!
//!     fn on_timer(&mut self, _timer: Timer, cx: &mut Context<'_, Self>) {
//!         cx.send_to_all("hello");
//!         cx.set_timer(Duration::from_seconds(1));
//!     }
//! }
//!
//! let setup = Setup::new(2, Seed::new(1).expect("a small seed"));
//! let mut simulation: Simulation<Greeter> = Simulation::new(&setup, |_| Greeter);
//! let minute = sim::engine::time::Instant::from_ns(60_000_000_000);
//! assert_eq!(simulation.run_until(minute, u64::MAX, &mut ()), Progress::Reached);
//! // 2 starts, 59 timers of each node, and the greetings that they sent.
//! assert_eq!(simulation.events(), 2 + 2 * 59 + 2 * 59);
//! ```
//!
//! Experiments of the scale model come from a [`config`] or from plain
//! [`scale_model::Parameters`], run with [`scale_model::run`], and are judged by
//! [`check::LamportCheck`].

pub mod check;
pub mod cli;
pub mod clock;
pub mod config;
pub mod edn;
pub mod engine;
pub mod escape;
pub mod experiment;
pub mod glomers;
#[cfg(unix)]
pub mod harness;
pub mod history;
mod nearest;
pub mod nemesis;
pub mod network;
pub mod node;
pub mod reference;
pub mod report;
pub mod reproduce;
pub mod scale_model;
pub mod simulation;
pub mod statistics;
pub mod store;
pub mod sweep;
pub mod trace;
