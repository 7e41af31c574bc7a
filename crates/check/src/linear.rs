//! Linearizability of one object: whether its operations have an order that explains their results.
//!
//! An object is *linearizable* (Herlihy and Wing, 1990) if each operation could have taken effect
//! at one instant between its begin and its end:
//!
//! ```text
//!   process 0   ├── write 1 ──┤
//!   process 1          ├──── write 2 ────┤
//!   process 2                                ├─ read 1 ─┤      write 2, write 1, read 1
//! ```
//!
//! # The search
//!
//! [`check()`] walks through the events of an object with a *set* of configurations (see
//! `linear/search.rs`). A configuration is what may be the case: the state, which open operations
//! have taken effect, and how many crashed operations of each kind. Nothing is decided before it
//! must be: only when an operation ends, the configurations in which it has not taken effect yet
//! are extended (Lowe, *Testing for linearizability*, 2017).
//!
//! Four things keep the set small:
//!
//! - an operation that only observes takes effect as soon as the state allows it;
//! - a write that another one may have overwritten at once is *free*: it need not be decided
//!   whether it was;
//! - crashed operations with the same action are counted, not told apart;
//! - a configuration is dropped if another one allows all that it allows.
//!
//! In long histories, crashed operations take effect only where nothing else explains a result
//! (see `linear/guided.rs`).
//!
//! [`witness()`] reduces a history without an order to a minimal one, and [`draw()`] shows why it
//! has none. What an object does is a [`Model`]: [`Register`] and [`Text`] are here.

mod bits;
#[cfg(test)]
mod brute_force;
mod check;
mod config;
mod draw;
mod expand;
mod front;
mod guided;
mod limits;
mod model;
#[cfg(test)]
pub(crate) mod naive;
mod object;
mod orders;
mod register;
mod search;
mod sources;
#[cfg(test)]
mod tests;
mod text;
mod used;
mod witness;

#[cfg(test)]
pub(crate) use brute_force::{FORMS, Random, all_histories, runs, tries_all};
pub use check::check;
pub use draw::{Label, draw};
pub use limits::{Budget, Exhausted, Limits};
pub use model::{Effect, Model, State};
pub use object::{Event, Object};
pub use orders::{Order, Orders, longest};
pub use register::{Register, RegisterAction};
pub use search::Outcome;
pub use text::{Text, TextAction};
pub use witness::{Witness, witness};
