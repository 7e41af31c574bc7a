//! Logical clocks as plain values.

mod lamport;
mod vector;

pub use lamport::Lamport;
pub use vector::{VectorClock, VectorOrder};
