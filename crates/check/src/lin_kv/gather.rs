//! The operations of each key, as actions on registers or texts.

use super::interner::{Interner, Item};
use super::words::{Keys, malformed, shape};
use crate::history::{EntryKind, F};
use crate::history_rule::HistoryRule;
use crate::history_verdict::Findings;
use crate::linear::{Object, RegisterAction, Text, TextAction};
use crate::operations::{Operation, Operations};

pub(super) use super::interner::Sense;

/// The operations of a history by key.
#[derive(Debug)]
pub(super) struct Gathered {
    /// The keys; without keys there is one.
    pub(super) keys: Keys,
    pub(super) objects: Objects,
    /// Whether the senses differ in which values are equal.
    pub(super) equality_differs: bool,
    /// Whether the strict sense observes more than parity does.
    pub(super) observations_differ: bool,
}

/// The keys of a history, all of one kind.
#[derive(Debug)]
pub(super) enum Objects {
    /// Registers, with the names of their values; the first one is nil.
    Registers(Vec<KeyOperations<RegisterAction>>, Vec<String>),
    /// Texts.
    Texts(Vec<(KeyOperations<TextAction>, Text)>),
}

/// The operations of a key.
#[derive(Debug)]
pub(super) struct KeyOperations<A> {
    pub(super) object: Object<A>,
    /// For each operation of the object its place among those of the history.
    pub(super) operations: Vec<u32>,
}

/// An operation that counts.
#[derive(Clone, Copy, Debug)]
struct Counted<A> {
    key: u32,
    action: A,
    /// Whether it has taken effect at its end; otherwise that is unknown.
    ends: bool,
}

/// Gathers the operations of a history. Values that no client of the workload leaves are findings,
/// and then there is nothing to check.
pub(super) fn gather(
    ops: &Operations<'_>,
    sense: Sense,
    findings: &mut Findings,
) -> Option<Gathered> {
    let is_text = ops
        .all
        .first()
        .is_some_and(|operation| matches!(ops.f(operation), F::Get | F::Put | F::Append));
    let mut gathering = Gathering::new(ops, sense, findings);
    let (objects, observations_differ) = match is_text {
        true => (Objects::Texts(gathering.texts()), false),
        false => {
            let keys = gathering.registers();
            (Objects::Registers(keys, gathering.values.names()), gathering.observations_differ)
        }
    };
    let Gathering { keys, values, are_named, is_sound, .. } = gathering;
    is_sound.then_some(Gathered {
        equality_differs: keys.differs || values.differs,
        keys: Keys { values: keys.values, are_named },
        objects,
        observations_differ,
    })
}

struct Gathering<'a, 'f> {
    ops: &'a Operations<'a>,
    sense: Sense,
    findings: &'f mut Findings,
    keys: Interner,
    values: Interner,
    are_named: bool,
    is_sound: bool,
    observations_differ: bool,
}

impl<'a, 'f> Gathering<'a, 'f> {
    fn new(ops: &'a Operations<'a>, sense: Sense, findings: &'f mut Findings) -> Self {
        let are_named = ops.all.first().is_none_or(|first| has_key(ops, first));
        let mut values = Interner::new(sense);
        values.number(Item::Nil);
        Gathering {
            ops,
            sense,
            findings,
            keys: Interner::new(sense),
            values,
            are_named,
            is_sound: true,
            observations_differ: false,
        }
    }

    fn registers(&mut self) -> Vec<KeyOperations<RegisterAction>> {
        let counted: Vec<_> =
            self.ops.all.iter().map(|operation| self.register_operation(operation)).collect();
        self.by_key(&counted)
    }

    fn texts(&mut self) -> Vec<(KeyOperations<TextAction>, Text)> {
        let mut texts = Vec::new();
        let counted: Vec<_> =
            self.ops.all.iter().map(|op| self.text_operation(op, &mut texts)).collect();
        self.by_key(&counted).into_iter().zip(texts).collect()
    }

    /// Distributes the operations that count among their keys.
    fn by_key<A: Copy>(&self, counted: &[Option<Counted<A>>]) -> Vec<KeyOperations<A>> {
        let count = self.keys.values.len();
        let new = || KeyOperations { object: Object::default(), operations: Vec::new() };
        let mut by_key: Vec<KeyOperations<A>> = std::iter::repeat_with(new).take(count).collect();
        let mut numbers = vec![0; counted.len()];
        for (index, place) in self.ops.of.iter().enumerate() {
            let Some(place) = *place else { continue };
            let Some(Counted { key, action, ends }) = counted[place] else { continue };
            let key = &mut by_key[key as usize];
            if self.ops.all[place].invoke == index {
                numbers[place] = key.object.begin(action);
                key.operations.push(place as u32);
            } else if ends {
                key.object.end(numbers[place]);
            }
        }
        by_key
    }

    /// The key of an operation, and its argument.
    fn argument(&mut self, operation: &Operation) -> Option<(u32, Argument<'a>)> {
        let value = self.ops.argument(operation);
        if !self.are_named {
            return Some((self.keys.number(Item::Nil), Argument::Whole(value)));
        }
        let [key, argument] = Item::pair_of(value)?;
        Some((self.keys.number(key), Argument::Part(argument)))
    }

    /// The value that an operation returned.
    fn returned(&mut self, operation: &Operation) -> Option<Item<'a>> {
        let (_, value) = self.ops.result(operation)?;
        if !self.are_named {
            return Item::of(value);
        }
        let [key, value] = Item::pair_of(value)?;
        let own = Item::pair_of(self.ops.argument(operation)).map(|[key, _]| key)?;
        (self.keys.number(key) == self.keys.number(own)).then_some(value)
    }

    fn register_operation(&mut self, operation: &Operation) -> Option<Counted<RegisterAction>> {
        let f = self.ops.f(operation);
        let begun = self.argument(operation).and_then(|(key, argument)| match f {
            F::Read => argument.is_none().then_some((key, RegisterAction::Read(0))),
            F::Write => {
                argument.item().map(|value| (key, RegisterAction::Write(self.values.number(value))))
            }
            F::Cas => argument.pair().map(|pair| {
                let [from, to] = pair.map(|value| self.values.number(value));
                (key, RegisterAction::Cas(from, to))
            }),
            _ => None,
        });
        let Some((key, action)) = begun else { return self.refuse(operation, false) };
        if let Some(found) = self.found_in_failure(operation, action) {
            return Some(Counted { key, action: found, ends: true });
        }
        let has_failed = match self.sense {
            Sense::Strict => self.ops.has_failed(operation),
            Sense::Parity => operation.outcome == EntryKind::Fail,
        };
        if has_failed {
            self.observations_differ |= operation.outcome == EntryKind::Info;
            return None;
        }
        let ends = operation.outcome == EntryKind::Ok;
        if *f != F::Read {
            return Some(Counted { key, action, ends });
        }
        if !ends {
            return None;
        }
        let Some(value) = self.returned(operation) else { return self.refuse(operation, true) };
        let value = self.values.number(value);
        self.observations_differ |= value == 0;
        let counts = self.sense == Sense::Strict || value != 0;
        counts.then_some(Counted { key, action: RegisterAction::Read(value), ends })
    }

    /// What an operation found that failed, in the strict sense.
    fn found_in_failure(
        &mut self,
        operation: &Operation,
        action: RegisterAction,
    ) -> Option<RegisterAction> {
        if !self.ops.has_failed(operation) {
            return None;
        }
        let error = self.ops.history[operation.completion?].error.as_ref();
        let found = match (error?.0.as_str(), action) {
            ("key-does-not-exist", RegisterAction::Read(_) | RegisterAction::Cas(..)) => {
                RegisterAction::Read(0)
            }
            ("precondition-failed", RegisterAction::Cas(from, _)) => RegisterAction::Mismatch(from),
            _ => return None,
        };
        self.observations_differ = true;
        (self.sense == Sense::Strict).then_some(found)
    }

    fn text_operation(
        &mut self,
        operation: &Operation,
        texts: &mut Vec<Text>,
    ) -> Option<Counted<TextAction>> {
        let f = self.ops.f(operation);
        let Some((key, argument)) = self.argument(operation) else {
            return self.refuse(operation, false);
        };
        texts.resize_with(self.keys.values.len(), Text::default);
        let text = &mut texts[key as usize];
        let begun = match argument.item() {
            Some(Item::Nil) if *f == F::Get => Some(TextAction::Get(text.intern(""))),
            argument => argument.and_then(|argument| match f {
                F::Put => Some(TextAction::Put(text.intern(argument.text()?))),
                F::Append => Some(TextAction::Append(text.intern(argument.text()?))),
                _ => None,
            }),
        };
        let Some(action) = begun else { return self.refuse(operation, false) };
        let ends = operation.outcome == EntryKind::Ok;
        if self.ops.has_failed(operation) || *f == F::Get && !ends {
            return None;
        }
        if *f != F::Get {
            return Some(Counted { key, action, ends });
        }
        let read = match self.returned(operation) {
            Some(Item::Nil) => Some(""),
            Some(item) => item.text(),
            None => None,
        };
        let Some(read) = read else { return self.refuse(operation, true) };
        let action = TextAction::Get(texts[key as usize].intern(read));
        Some(Counted { key, action, ends })
    }

    /// Notes an operation whose argument, or result, is none of the workload.
    fn refuse<T>(&mut self, operation: &Operation, ended: bool) -> Option<T> {
        self.is_sound = false;
        let entry = if ended { operation.completion? } else { operation.invoke };
        let ops = self.ops;
        let expected = shape(ops.f(operation), self.are_named, ended);
        self.findings
            .add(HistoryRule::MalformedValue, &[entry], || malformed(ops, entry, expected));
        None
    }
}

/// Whether an operation names a key.
fn has_key(ops: &Operations<'_>, operation: &Operation) -> bool {
    let pair = Item::pair_of(ops.argument(operation));
    match ops.f(operation) {
        F::Cas => pair.is_some_and(|[_, pair]| pair.pair().is_some()),
        _ => pair.is_some(),
    }
}

/// The argument of an operation.
enum Argument<'a> {
    /// The value of its entry.
    Whole(&'a crate::history::OpValue),
    /// What comes after the key in it.
    Part(Item<'a>),
}

impl<'a> Argument<'a> {
    fn item(&self) -> Option<Item<'a>> {
        match self {
            Argument::Whole(value) => Item::of(value),
            Argument::Part(item) => Some(*item),
        }
    }

    /// Whether there is none, as in a read.
    fn is_none(&self) -> bool {
        matches!(self.item(), Some(Item::Nil))
    }

    fn pair(&self) -> Option<[Item<'a>; 2]> {
        match self {
            Argument::Whole(value) => Item::pair_of(value),
            Argument::Part(item) => item.pair(),
        }
    }
}
