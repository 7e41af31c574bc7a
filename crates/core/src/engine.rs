//! The engine: virtual time, the event queue, random streams, and the limits of a run.
//!
//! It knows no node, no message and no network; those are built on top of it, one layer up.

pub mod duration_text;
pub mod limits;
pub mod queue;
pub mod ratio;
pub mod rng;
pub mod skew;
pub mod ticks;
pub mod time;
pub mod windows;
