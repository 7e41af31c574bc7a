//! A register with reads, writes, and compare-and-sets, whose values are numbers that the caller
//! gives them.

use super::model::{Effect, Model, State};

/// A compare-and-set register. Its states are its values.
#[derive(Clone, Debug)]
pub struct Register<'a> {
    initial: u32,
    /// Texts of the values.
    texts: &'a [String],
}

/// An operation on a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RegisterAction {
    /// It returned this value.
    Read(u32),
    /// It sets this value.
    Write(u32),
    /// It found the first value and set the second one.
    Cas(u32, u32),
    /// A compare-and-set that found another value than this one.
    Mismatch(u32),
}

impl<'a> Register<'a> {
    /// Creates a register with its first value. Drawings use the texts of the values.
    pub fn new(initial: u32, texts: &'a [String]) -> Register<'a> {
        Register { initial, texts }
    }
}

impl Model for Register<'_> {
    type Action = RegisterAction;

    fn initial(&self) -> State {
        State(self.initial)
    }

    fn effect(&self, action: RegisterAction) -> Effect {
        match action {
            RegisterAction::Write(value) => Effect::Overwrites(State(value)),
            RegisterAction::Cas(from, to) if from != to => Effect::Changes,
            _ => Effect::Observes,
        }
    }

    fn apply(&mut self, state: State, action: RegisterAction) -> Option<State> {
        let State(value) = state;
        match action {
            RegisterAction::Read(read) => (value == read).then_some(state),
            RegisterAction::Write(written) => Some(State(written)),
            RegisterAction::Cas(from, to) => (value == from).then_some(State(to)),
            RegisterAction::Mismatch(from) => (value != from).then_some(state),
        }
    }

    fn replaces(&self, action: RegisterAction) -> bool {
        self.effect(action) != Effect::Observes
    }

    fn relaxed(&self, action: RegisterAction) -> Option<RegisterAction> {
        match action {
            RegisterAction::Write(value) | RegisterAction::Cas(_, value) => {
                Some(RegisterAction::Write(value))
            }
            RegisterAction::Read(_) | RegisterAction::Mismatch(_) => None,
        }
    }

    fn may_observe(&self, observer: RegisterAction, writer: RegisterAction) -> bool {
        let (RegisterAction::Write(written) | RegisterAction::Cas(_, written)) = writer else {
            return false;
        };
        match observer {
            RegisterAction::Write(_) => false,
            RegisterAction::Mismatch(from) => written != from,
            RegisterAction::Read(value) | RegisterAction::Cas(value, _) => written == value,
        }
    }

    fn bytes(&self) -> u64 {
        0
    }

    fn describe(&self, state: State) -> String {
        self.texts.get(state.0 as usize).cloned().unwrap_or_else(|| state.0.to_string())
    }
}
