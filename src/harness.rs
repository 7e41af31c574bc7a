//! Processes as nodes: hosts external programs, and serves our own programs to other hosts.
//!
//! This is the only module that starts processes and reads the wall clock. [`host()`] runs a
//! simulation in real time with a process behind each node; [`serve()`] runs one of our node
//! programs on standard input and output.

mod clock;
mod disk;
mod host;
mod jobs;
mod lateness;
mod limits;
mod lines;
mod node_table;
mod process;
mod reaper;
mod serve;
mod terminal;
mod traffic;
mod warnings;
mod watchdog;

pub use host::{Hosted, Hosting, HostingError, NodeEnd, Stop, host, is_crlf_script};
pub use jobs::{Job, JobEnd, run_jobs};
pub use lateness::Lateness;
pub use limits::ProcessLimits;
pub use node_table::Echo;
pub use process::RUN;
pub use serve::{ServeError, Serving, serve};
pub use traffic::{Traffic, Tries};
pub use watchdog::{Watchdog, watch};
