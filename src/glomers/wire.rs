//! The protocol as lines of JSON: what goes to a process and what comes from it.

mod door;
mod encode;
mod foreign;
mod json;
mod listen;

pub use door::{Complaint, Door, Heard};
pub use encode::{Envelope, Wire};
pub use foreign::Foreign;
pub(super) use json::equal;
pub use json::{DEPTH_MAX, exact, parse};
pub use listen::{Incoming, Refusal, listen};
