//! Keys and values of transactions as numbers: whole numbers as they are, anything else by its
//! place in a table.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::edn::Edn;
use crate::isolation::Symbol;

/// Whole numbers from minus this one to below it are their own codes.
const PLAIN_MAX: i64 = 1 << 62;
/// No number.
const NONE: u32 = u32::MAX;

/// Values that are not small whole numbers, by their codes.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    /// Their JSON texts; the first one has the least code.
    texts: Vec<Box<str>>,
    places: BTreeMap<Box<str>, i64>,
}

/// Whether a whole number is its own code.
pub(super) fn is_plain(number: i64) -> bool {
    (-PLAIN_MAX..PLAIN_MAX).contains(&number)
}

impl Names {
    /// Returns the code of a whole number.
    #[inline]
    pub(super) fn int(&mut self, number: i64) -> i64 {
        if is_plain(number) { number } else { self.other(number.to_string()) }
    }

    /// Returns the code of any value.
    pub(super) fn value(&mut self, value: &Value) -> i64 {
        match value.as_i64() {
            Some(number) => self.int(number),
            None => self.other(value.to_string()),
        }
    }

    #[cold]
    fn other(&mut self, text: String) -> i64 {
        let text: Box<str> = text.into();
        let next = i64::MIN + self.texts.len() as i64;
        let code = *self.places.entry(text.clone()).or_insert(next);
        if code == next {
            self.texts.push(text);
        }
        code
    }

    /// Returns the JSON text of the value with a code.
    pub(super) fn text(&self, code: i64) -> String {
        match is_plain(code) {
            true => code.to_string(),
            false => self.texts[code.wrapping_sub(i64::MIN) as usize].to_string(),
        }
    }

    /// Returns the value with a code as a key or a value of a register.
    pub(super) fn symbol(&self, code: i64) -> Symbol {
        match is_plain(code) {
            true => Symbol::Int(code),
            false => Symbol::Text(self.text(code).into()),
        }
    }

    /// Returns the value with a code as a tree.
    pub(super) fn edn(&self, code: i64) -> Edn {
        let text = self.text(code);
        let value: Option<Value> = serde_json::from_str(&text).ok();
        value.map_or(Edn::Text(text), |value| Edn::from_json(&value))
    }
}

/// A map from codes to numbers: a table for small codes, as clients count up, and a tree for the
/// others.
#[derive(Clone, Debug, Default)]
pub(super) struct CodeMap {
    direct: Vec<u32>,
    others: BTreeMap<i64, u32>,
    count: usize,
}

impl CodeMap {
    /// Returns the number of a code.
    #[inline]
    pub(super) fn get(&self, code: i64) -> Option<u32> {
        match self.direct.get(code as usize) {
            Some(number) if *number != NONE => Some(*number),
            _ if self.others.is_empty() => None,
            _ => self.others.get(&code).copied(),
        }
    }

    /// Sets the number of a code that has none.
    #[inline]
    pub(super) fn insert(&mut self, code: i64, number: u32) {
        self.count += 1;
        // Four times as many places as codes, so that memory stays in proportion.
        if code < 0 || code as usize > 64 + 4 * self.count {
            self.others.insert(code, number);
            return;
        }
        if code as usize >= self.direct.len() {
            self.direct.resize(code as usize + 1, NONE);
        }
        self.direct[code as usize] = number;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_a_code_of_its_own() {
        let mut names = Names::default();
        let values = ["0", "-1", "\"0\"", "1.0", "[1,2]", "4611686018427387904", "true", "\"é\""];
        let codes: Vec<i64> = values
            .iter()
            .map(|text| names.value(&serde_json::from_str(text).expect("JSON")))
            .collect();
        for (text, code) in values.iter().zip(&codes) {
            assert_eq!(names.text(*code), **text);
            assert_eq!(codes.iter().filter(|other| *other == code).count(), 1);
        }
        assert_eq!(names.value(&serde_json::json!("0")), codes[2]);
        assert_eq!(names.int(i64::MIN), names.int(i64::MIN));
        assert_eq!(names.edn(codes[2]), Edn::text("0"));
    }

    #[test]
    fn codes_near_and_far_are_found() {
        let mut map = CodeMap::default();
        let codes = [0, 1, 70, 2, -1, 1 << 40, i64::MIN, 100, 99];
        for (number, code) in codes.iter().enumerate() {
            assert_eq!(map.get(*code), None);
            map.insert(*code, number as u32);
        }
        for (number, code) in codes.iter().enumerate() {
            assert_eq!(map.get(*code), Some(number as u32));
        }
        assert!(map.direct.len() < 200);
    }
}
