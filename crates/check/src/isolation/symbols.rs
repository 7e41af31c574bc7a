//! Keys and values of a history, numbered in the order in which they first occur.

use std::collections::BTreeMap;
use std::fmt;

/// A key or a value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Symbol {
    /// A whole number.
    Int(i64),
    /// Anything else, as text.
    Text(Box<str>),
}

impl From<i64> for Symbol {
    fn from(number: i64) -> Symbol {
        Symbol::Int(number)
    }
}

impl From<&str> for Symbol {
    fn from(text: &str) -> Symbol {
        Symbol::Text(text.into())
    }
}

impl fmt::Display for Symbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Symbol::Int(number) => number.fmt(f),
            Symbol::Text(text) => f.write_str(text),
        }
    }
}

/// Whole numbers from 0 up to this one have a table, where they are found at once.
const TABLE_MAX: usize = 1 << 22;
/// No number.
const NONE: u32 = u32::MAX;

/// Symbols and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Symbols {
    symbols: Vec<Symbol>,
    small: Vec<u32>,
    others: BTreeMap<Symbol, u32>,
}

impl Symbols {
    /// Returns the number of a symbol, which is new if there was none.
    pub(super) fn intern(&mut self, symbol: Symbol) -> u32 {
        let next = self.symbols.len() as u32;
        match place_in_table(&symbol) {
            Some(place) => {
                if place >= self.small.len() {
                    let length = (place + 1).next_power_of_two().min(TABLE_MAX);
                    self.small.resize(length, NONE);
                }
                if self.small[place] != NONE {
                    return self.small[place];
                }
                self.small[place] = next;
            }
            None => match self.others.get(&symbol) {
                Some(number) => return *number,
                None => {
                    self.others.insert(symbol.clone(), next);
                }
            },
        }
        self.symbols.push(symbol);
        next
    }

    /// Returns the number of a symbol, if it has one.
    pub(super) fn number(&self, symbol: &Symbol) -> Option<u32> {
        match place_in_table(symbol) {
            Some(place) => self.small.get(place).copied().filter(|number| *number != NONE),
            None => self.others.get(symbol).copied(),
        }
    }

    /// Returns the symbol with a number.
    pub(super) fn symbol(&self, number: u32) -> &Symbol {
        &self.symbols[number as usize]
    }

    /// Returns how many there are.
    pub(super) fn len(&self) -> usize {
        self.symbols.len()
    }
}

fn place_in_table(symbol: &Symbol) -> Option<usize> {
    match symbol {
        Symbol::Int(number) => usize::try_from(*number).ok().filter(|place| *place < TABLE_MAX),
        Symbol::Text(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_symbol_has_one_number() {
        let mut symbols = Symbols::default();
        let all = [Symbol::from(3), 3_000_000_000.into(), (-1).into(), "3".into()];
        let numbers = all.each_ref().map(|symbol| symbols.intern(symbol.clone()));
        assert_eq!(numbers, [0, 1, 2, 3]);
        assert_eq!(all.each_ref().map(|symbol| symbols.intern(symbol.clone())), numbers);
        assert_eq!(symbols.number(&3.into()), Some(0));
        assert_eq!(symbols.number(&4.into()), None);
        assert_eq!(symbols.symbol(2).to_string(), "-1");
    }
}
