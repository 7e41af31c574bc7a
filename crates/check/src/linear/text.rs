//! A text that is read, replaced, and appended to; it is empty in the beginning.
//!
//! A state is a text, kept as what was appended to another state. Two states with the same text are
//! one: a hash finds candidates, and their bytes are compared.

use std::collections::BTreeMap;

use super::model::{Effect, Model, State};

/// An operation on a text. Texts are numbers that [`Text::intern`] gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextAction {
    /// It returned this text.
    Get(State),
    /// It sets this text.
    Put(State),
    /// It appends this text.
    Append(State),
}

/// The texts of an object, and what appending has led to.
#[derive(Clone, Debug)]
pub struct Text {
    states: Vec<Kept>,
    /// States by the hash of their text.
    hashes: BTreeMap<u64, Vec<u32>>,
    /// What appending one text to another one leads to.
    appended: BTreeMap<(u32, u32), State>,
    bytes: u64,
}

/// A text: what was appended, and to which state.
#[derive(Clone, Debug)]
struct Kept {
    before: Option<u32>,
    tail: Box<str>,
    length: u64,
    hash: u64,
}

impl Default for Text {
    fn default() -> Text {
        let states = vec![Kept { before: None, tail: "".into(), length: 0, hash: 0 }];
        let hashes = BTreeMap::from([(0, vec![0])]);
        Text { states, hashes, appended: BTreeMap::new(), bytes: 0 }
    }
}

/// Memory of a state besides its text, in bytes.
const STATE: u64 = 160;

fn hash_more(hash: u64, text: &str) -> u64 {
    let more = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    text.bytes().fold(hash, more)
}

impl Text {
    /// Returns the number of a text.
    pub fn intern(&mut self, text: &str) -> State {
        self.state_of(None, text)
    }

    /// Returns the number of the text of a state with another text after it.
    fn state_of(&mut self, before: Option<u32>, tail: &str) -> State {
        let base = before.map(|before| &self.states[before as usize]);
        let length = base.map_or(0, |base| base.length) + tail.len() as u64;
        let hash = hash_more(base.map_or(0, |base| base.hash), tail);
        let known = self.hashes.get(&hash);
        let same = |state: &&u32| {
            self.states[**state as usize].length == length && self.is(**state, before, tail)
        };
        if let Some(state) = known.and_then(|known| known.iter().find(same)) {
            return State(*state);
        }
        let state = self.states.len() as u32;
        self.states.push(Kept { before, tail: tail.into(), length, hash });
        self.hashes.entry(hash).or_default().push(state);
        self.bytes += STATE + tail.len() as u64;
        State(state)
    }

    /// Whether a state has this text. Both have the same length.
    fn is(&self, state: u32, before: Option<u32>, tail: &str) -> bool {
        self.bytes_from_the_end(Some(state), "").eq(self.bytes_from_the_end(before, tail))
    }

    fn bytes_from_the_end<'a>(
        &'a self,
        mut before: Option<u32>,
        tail: &'a str,
    ) -> impl Iterator<Item = u8> + 'a {
        let earlier = std::iter::from_fn(move || {
            let kept = &self.states[before? as usize];
            before = kept.before;
            Some(kept.tail.bytes().rev())
        });
        tail.bytes().rev().chain(earlier.flatten())
    }

    fn text(&self, state: State) -> Vec<u8> {
        let mut bytes: Vec<u8> = self.bytes_from_the_end(Some(state.0), "").collect();
        bytes.reverse();
        bytes
    }
}

impl Model for Text {
    type Action = TextAction;

    fn initial(&self) -> State {
        State(0)
    }

    fn effect(&self, action: TextAction) -> Effect {
        match action {
            TextAction::Get(_) => Effect::Observes,
            TextAction::Put(text) => Effect::Overwrites(text),
            TextAction::Append(_) => Effect::Changes,
        }
    }

    fn apply(&mut self, state: State, action: TextAction) -> Option<State> {
        match action {
            TextAction::Get(text) => (text == state).then_some(state),
            TextAction::Put(text) => Some(text),
            TextAction::Append(text) => {
                if let Some(known) = self.appended.get(&(state.0, text.0)) {
                    return Some(*known);
                }
                let tail = String::from_utf8_lossy(&self.text(text)).into_owned();
                let after = self.state_of(Some(state.0), &tail);
                self.appended.insert((state.0, text.0), after);
                self.bytes += 32;
                Some(after)
            }
        }
    }

    fn replaces(&self, action: TextAction) -> bool {
        matches!(action, TextAction::Put(_))
    }

    fn relaxed(&self, action: TextAction) -> Option<TextAction> {
        matches!(action, TextAction::Put(_)).then_some(action)
    }

    fn may_observe(&self, observer: TextAction, writer: TextAction) -> bool {
        let TextAction::Get(read) = observer else { return false };
        let read = self.text(read);
        match writer {
            TextAction::Get(_) => false,
            TextAction::Put(text) => read.starts_with(&self.text(text)),
            TextAction::Append(text) => {
                let text = self.text(text);
                text.is_empty() || read.windows(text.len()).any(|part| part == text)
            }
        }
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn describe(&self, state: State) -> String {
        format!("{:?}", String::from_utf8_lossy(&self.text(state)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_the_same_however_they_were_made() {
        let mut text = Text::default();
        let [a, b, ab, abb] = ["a", "b", "ab", "abb"].map(|part| text.intern(part));
        let after_a = text.apply(a, TextAction::Append(b));
        assert_eq!(after_a, Some(ab));
        assert_eq!(text.apply(ab, TextAction::Append(b)), Some(abb));
        let new = text.apply(abb, TextAction::Append(ab)).expect("a text");
        assert_eq!(text.intern("abbab"), new);
        assert_eq!(text.describe(new), "\"abbab\"");
        assert_eq!(text.intern(""), text.initial());
        assert_eq!(text.apply(ab, TextAction::Append(State(0))), Some(ab));
    }
}
