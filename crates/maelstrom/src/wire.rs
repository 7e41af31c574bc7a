//! The protocol as lines of JSON: what goes to a process and what comes from it.

mod decode;
mod encode;
mod foreign;
mod json;
mod listen;
mod reply;

pub use decode::{Decoded, Deviation, ProtocolValidator};
pub use encode::{Envelope, Wire};
pub use foreign::Foreign;
pub use json::{DEPTH_MAX, Parsed, parse};
pub use listen::{Incoming, Refusal, listen};
