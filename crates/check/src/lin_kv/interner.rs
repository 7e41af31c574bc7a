//! Small numbers for values and keys: the same for those that are equal.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::edn::number::{clojure_text, normalized};
use crate::history::OpValue;

/// What values are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sense {
    /// By value: `1` and `1.0` are equal.
    Strict,
    /// As in Clojure: `1` and `1.0` differ.
    Parity,
}

/// A value in an entry, without a copy.
#[derive(Clone, Copy, Debug)]
pub(super) enum Item<'a> {
    Nil,
    Int(i64),
    Json(&'a Value),
}

impl<'a> Item<'a> {
    fn of_json(value: &'a Value) -> Item<'a> {
        match value {
            Value::Null => Item::Nil,
            other => Item::Json(other),
        }
    }

    /// The value of an entry; `None` if it is none that a key can have.
    pub(super) fn of(value: &'a OpValue) -> Option<Item<'a>> {
        match value {
            OpValue::Nil => Some(Item::Nil),
            OpValue::Int(number) => Some(Item::Int(*number)),
            OpValue::Json(value) => Some(Item::of_json(value)),
            _ => None,
        }
    }

    /// The two items of a list of two.
    pub(super) fn pair_of(value: &'a OpValue) -> Option<[Item<'a>; 2]> {
        match value {
            OpValue::Ints(numbers) if numbers.len() == 2 => {
                let mut numbers = numbers.iter();
                Some([Item::Int(numbers.next()?), Item::Int(numbers.next()?)])
            }
            OpValue::Json(value) => Item::Json(value).pair(),
            _ => None,
        }
    }

    /// The two items of this, if it is a list of two.
    pub(super) fn pair(self) -> Option<[Item<'a>; 2]> {
        match self {
            Item::Json(Value::Array(items)) => match items.as_slice() {
                [first, second] => Some([Item::of_json(first), Item::of_json(second)]),
                _ => None,
            },
            _ => None,
        }
    }

    pub(super) fn text(self) -> Option<&'a str> {
        match self {
            Item::Json(Value::String(text)) => Some(text),
            _ => None,
        }
    }

    fn to_json(self) -> Value {
        match self {
            Item::Nil => Value::Null,
            Item::Int(number) => number.into(),
            Item::Json(value) => value.clone(),
        }
    }
}

/// Numbers of values, from 0 in the order in which they are first seen.
#[derive(Debug)]
pub(super) struct Interner {
    sense: Sense,
    /// Numbers of the integers from 0 on.
    small: Vec<u32>,
    ints: BTreeMap<i64, u32>,
    texts: BTreeMap<String, u32>,
    /// Numbers of all other values, by their text in JSON.
    others: BTreeMap<String, u32>,
    /// The values, by number.
    pub(super) values: Vec<Value>,
    /// Whether the two senses differ in any value.
    pub(super) differs: bool,
}

/// Number of integers that have a table.
const SMALL: usize = 4096;
const NONE: u32 = u32::MAX;

impl Interner {
    pub(super) fn new(sense: Sense) -> Interner {
        Interner {
            sense,
            small: vec![NONE; SMALL],
            ints: BTreeMap::new(),
            texts: BTreeMap::new(),
            others: BTreeMap::new(),
            values: Vec::new(),
            differs: false,
        }
    }

    /// Returns the number of a value.
    pub(super) fn number(&mut self, item: Item<'_>) -> u32 {
        let new = self.values.len() as u32;
        let number = match item {
            Item::Int(int) => self.number_of_int(int),
            Item::Json(Value::Number(number)) if number.as_i64().is_some() => {
                self.number_of_int(number.as_i64().unwrap_or_default())
            }
            // Many keys and values are texts.
            Item::Json(Value::String(text)) => match self.texts.get(text) {
                Some(number) => *number,
                None => *self.texts.entry(text.clone()).or_insert(new),
            },
            other => {
                let value = other.to_json();
                let strict = normalized(value.clone());
                let [by_value, as_clojure] = [strict.to_string(), clojure_text(&value)];
                self.differs |= by_value != as_clojure;
                // What is an integer by value has its number.
                match (self.sense, strict.as_i64()) {
                    (Sense::Strict, Some(int)) => self.number_of_int(int),
                    (Sense::Strict, None) => *self.others.entry(by_value).or_insert(new),
                    (Sense::Parity, _) => *self.others.entry(as_clojure).or_insert(new),
                }
            }
        };
        if number == new {
            self.values.push(item.to_json());
        }
        number
    }

    /// Returns the number of an integer, which is that of the next value if it is a new one.
    fn number_of_int(&mut self, int: i64) -> u32 {
        let new = self.values.len() as u32;
        match usize::try_from(int) {
            Ok(place) if place < SMALL => {
                let number = &mut self.small[place];
                if *number == NONE {
                    *number = new;
                }
                *number
            }
            _ => *self.ints.entry(int).or_insert(new),
        }
    }

    /// Returns the text of each value.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |value: &Value| if value.is_null() { "nil".into() } else { value.to_string() };
        self.values.iter().map(name).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(sense: Sense, texts: [&str; 6], numbers: [u32; 6]) {
        let mut interner = Interner::new(sense);
        let found = texts.map(|text| {
            let value: Value = serde_json::from_str(text).expect(text);
            interner.number(Item::of_json(&value))
        });
        assert_eq!(found, numbers, "{texts:?}");
    }

    #[test]
    fn equal_values_have_one_number() {
        for sense in [Sense::Strict, Sense::Parity] {
            check(sense, ["null", "5", "5", "-5", "\"5\"", "null"], [0, 1, 1, 2, 3, 0]);
            check(
                sense,
                ["{\"a\":1,\"b\":2}", "{\"b\":2,\"a\":1}", "[1]", "[2]", "9999", "9999"],
                [0, 0, 1, 2, 3, 3],
            );
        }
        check(Sense::Strict, ["1", "1.0", "10e-1", "[1.0]", "[1]", "0.5"], [0, 0, 0, 1, 1, 2]);
        check(Sense::Parity, ["1", "1.0", "10e-1", "[1.0]", "[1]", "0.5"], [0, 1, 1, 2, 3, 4]);
    }

    #[test]
    fn it_is_known_whether_the_senses_differ() {
        let differs = |texts: &[&str]| {
            let mut interner = Interner::new(Sense::Strict);
            for text in texts {
                interner.number(Item::of_json(&serde_json::from_str(text).expect("JSON")));
            }
            interner.differs
        };
        assert!(!differs(&["1", "null", "\"a\"", "[1]", "18446744073709551616"]));
        assert!(differs(&["1.0"]) && differs(&["[2.50]"]));
    }
}
