//! What an object does: its states, and how operations change them.

use std::fmt::Debug;

/// The state of an object, as a number that its model has given it. Equal states have equal
/// numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct State(pub u32);

/// What an operation does to the state, whatever the state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// It never changes the state: it may only be impossible in some states.
    Observes,
    /// It is possible in every state, and leads to this one.
    Overwrites(State),
    /// Anything else: whether it is possible, or to which state it leads, depends on the state.
    Changes,
}

/// A sequential object: what its operations do one after the other.
///
/// Models are free to create states while a search goes on. They have to be deterministic: the same
/// action in the same state has the same result each time.
pub trait Model {
    /// An operation with its arguments and its result. Operations with equal actions are
    /// interchangeable.
    type Action: Copy + Debug + Eq + Ord;

    /// Returns the state before the first operation.
    fn initial(&self) -> State;

    /// Returns what the action does, whatever the state is.
    fn effect(&self, action: Self::Action) -> Effect;

    /// Returns the state after an action; `None` if the action is not possible in this state.
    fn apply(&mut self, state: State, action: Self::Action) -> Option<State>;

    /// Whether nothing of the state before is left after the action: operations before it cannot
    /// be observed after it.
    fn replaces(&self, action: Self::Action) -> bool;

    /// Returns an action that is possible in every state, and leads to the one state where this one
    /// leads wherever this one is possible; `None` if there is none.
    fn relaxed(&self, action: Self::Action) -> Option<Self::Action>;

    /// Whether the result of `observer` may depend on `writer`: whether it may have been the last
    /// to replace the state, or any that has changed it since.
    fn may_observe(&self, observer: Self::Action, writer: Self::Action) -> bool;

    /// Returns the memory of the states in bytes.
    fn bytes(&self) -> u64;

    /// Describes a state in drawings.
    fn describe(&self, state: State) -> String;
}
