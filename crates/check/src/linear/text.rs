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
    /// The last state of those whose text has a hash.
    hashes: BTreeMap<u64, u32>,
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
    /// The state before it with the same hash.
    same_hash: Option<u32>,
}

impl Default for Text {
    fn default() -> Text {
        let empty = Kept { before: None, tail: "".into(), length: 0, hash: 0, same_hash: None };
        let (states, hashes) = (vec![empty], BTreeMap::from([(0, 0)]));
        Text { states, hashes, appended: BTreeMap::new(), bytes: 0 }
    }
}

/// Memory of a state besides its text, in bytes.
const STATE: u64 = 160;

/// The base of the hashes. That of two texts one after the other is that of the first, times the
/// base to the power of the length of the second, plus that of the second.
const BASE: u64 = 0x9e37_79b9_7f4a_7c15;

fn hash_of(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| hash.wrapping_mul(BASE).wrapping_add(1 + u64::from(byte)))
}

/// The base to the power of a length.
fn power(length: usize) -> u64 {
    (0..length).fold(1, |power, _| power.wrapping_mul(BASE))
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
        let own = hash_of(tail);
        let hash =
            base.map_or(own, |base| base.hash.wrapping_mul(power(tail.len())).wrapping_add(own));
        let same_hash = self.hashes.get(&hash).copied();
        let mut known = same_hash;
        while let Some(state) = known {
            let kept = &self.states[state as usize];
            if kept.length == length && self.is(state, before, tail) {
                return State(state);
            }
            known = kept.same_hash;
        }
        let state = self.states.len() as u32;
        self.states.push(Kept { before, tail: tail.into(), length, hash, same_hash });
        self.hashes.insert(hash, state);
        self.bytes += STATE + tail.len() as u64;
        State(state)
    }

    /// Whether a state has this text. Both have the same length.
    fn is(&self, state: u32, before: Option<u32>, tail: &str) -> bool {
        let kept = &self.states[state as usize];
        match (kept.before, before) {
            (None, _) => self.ends_in(&kept.tail, before, tail),
            (Some(_), None) => self.ends_in(tail, kept.before, &kept.tail),
            (Some(_), Some(_)) => {
                self.bytes_from_the_end(Some(state), "").eq(self.bytes_from_the_end(before, tail))
            }
        }
    }

    /// Whether a text is that of a state with another text after it.
    fn ends_in(&self, text: &str, mut before: Option<u32>, tail: &str) -> bool {
        let mut rest = text.as_bytes().strip_suffix(tail.as_bytes());
        while let (Some(left), Some(state)) = (rest, before) {
            let kept = &self.states[state as usize];
            rest = left.strip_suffix(kept.tail.as_bytes());
            before = kept.before;
        }
        rest.is_some_and(<[u8]>::is_empty)
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
                let appended = &self.states[text.0 as usize];
                let tail = match appended.before {
                    None => appended.tail.clone(),
                    Some(_) => String::from_utf8_lossy(&self.text(text)).into(),
                };
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
