//! Processes as nodes: other people's programs hosted here, and our own programs hosted elsewhere.
//!
//! The only place that starts processes and looks at the clock on the wall. [`host()`] runs a
//! simulation at the pace of real time, with a process behind each node; [`serve()`] runs one of
//! our node programs behind its own input and output.

mod clock;
mod disk;
mod host;
mod lateness;
mod lines;
mod node_table;
mod process;
mod reaper;
mod serve;
mod terminal;
mod warnings;
mod watchdog;

pub use host::{Hosted, Hosting, HostingError, NodeEnd, Stop, host, is_crlf_script};
pub use lateness::Lateness;
pub use node_table::Echo;
pub use process::RUN;
pub use serve::{ServeError, Serving, serve};
pub use watchdog::{Watchdog, watch};
