//! The protocol as lines of JSON: encoding for processes, decoding and validation of their lines.

mod decode;
mod decoded;
mod encode;
mod foreign;
mod json;
mod listen;
mod reply;

pub use decode::ProtocolValidator;
pub use decoded::{Decoded, Deviation};
pub use encode::{Envelope, Wire};
pub use foreign::Foreign;
pub use json::{DEPTH_MAX, Parsed, parse};
pub use listen::{Incoming, Refusal, listen};
