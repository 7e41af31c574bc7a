//! The keys of logs, numbered in the order in which they first occur.

use std::collections::BTreeMap;

/// Keys and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    /// The texts, by number.
    names: Vec<Box<str>>,
    /// Numbers of keys that are whole numbers below [`DECIMAL_MAX`], as clients send them.
    decimals: Vec<u32>,
    /// Numbers of all other keys.
    others: BTreeMap<Box<str>, u32>,
}

/// Keys that are whole numbers below this one have a table.
const DECIMAL_MAX: usize = 1 << 20;
/// No key.
const NONE: u32 = u32::MAX;

impl Keys {
    /// The number of a key, which is new if there was none.
    pub(super) fn intern(&mut self, name: &str) -> u32 {
        if let Some(number) = self.number(name) {
            return number;
        }
        let number = self.names.len() as u32;
        self.names.push(name.into());
        match decimal(name) {
            Some(place) => {
                let length = self.decimals.len().max(place + 1);
                self.decimals.resize(length, NONE);
                self.decimals[place] = number;
            }
            None => {
                self.others.insert(name.into(), number);
            }
        }
        number
    }

    /// The number of a key.
    #[inline]
    pub(super) fn number(&self, name: &str) -> Option<u32> {
        match decimal(name) {
            Some(place) => self.decimals.get(place).copied().filter(|number| *number != NONE),
            None => self.others.get(name).copied(),
        }
    }

    /// The key with a number.
    pub(super) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
}

/// The number that a key is the only decimal text of, if it is small.
#[inline]
fn decimal(name: &str) -> Option<usize> {
    let bytes = name.as_bytes();
    let is_canonical = matches!(bytes, [b'0'] | [b'1'..=b'9', ..]) && bytes.len() <= 7;
    if !is_canonical {
        return None;
    }
    let mut number = 0;
    for byte in bytes {
        let digit = usize::from(byte.wrapping_sub(b'0'));
        if digit > 9 {
            return None;
        }
        number = 10 * number + digit;
    }
    (number < DECIMAL_MAX).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_is_a_key_of_its_own() {
        let mut keys = Keys::default();
        let names = ["0", "00", "", "7", "1048575", "1048576", "99999999", "a", "-1", "07"];
        for (number, name) in names.iter().enumerate() {
            assert_eq!(keys.number(name), None, "{name}");
            assert_eq!(keys.intern(name), number as u32);
        }
        for (number, name) in names.iter().enumerate() {
            assert_eq!((keys.intern(name), keys.name(number as u32)), (number as u32, *name));
        }
        assert_eq!(keys.len(), names.len());
    }
}
