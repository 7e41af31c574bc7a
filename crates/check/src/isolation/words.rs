//! The words for a small set of transactions: their names, what they do, and a cycle as a drawing.

use super::history::{Accesses, INITIAL, RegisterHistory};
use super::transactions::{INITIALLY, Read, Transactions};

/// What is needed to speak of transactions.
#[derive(Clone, Copy, Debug)]
pub(super) struct Words<'a> {
    pub history: &'a RegisterHistory,
    pub accesses: &'a Accesses,
    pub transactions: &'a Transactions,
}

impl Words<'_> {
    /// The short name of a transaction: T1 is the first of the witness, T0 the initial state.
    pub(super) fn name(&self, transaction: u32) -> String {
        format!("T{transaction}")
    }

    /// A key.
    pub(super) fn key(&self, key: u32) -> String {
        self.history.key(self.transactions.keys[key as usize]).to_string()
    }

    /// A key with the value that a transaction leaves there: `x = 5`.
    pub(super) fn assigned(&self, writer: u32, key: u32) -> String {
        let in_history = self.transactions.keys[key as usize];
        let value = match writer {
            INITIALLY => INITIAL,
            writer => self.written(self.transactions.origin[writer as usize], in_history),
        };
        format!("{} = {}", self.key(key), self.history.value(value))
    }

    /// The last value that a transaction of the history writes to one of its keys.
    fn written(&self, transaction: u32, key: u32) -> u32 {
        let mut accesses = self.accesses.of(transaction).iter().rev();
        accesses
            .find(|access| access.is_write && access.key == key)
            .map_or(INITIAL, |access| access.value)
    }

    /// What a transaction reads, in words.
    pub(super) fn read(&self, read: Read) -> String {
        let assigned = self.assigned(read.from, read.key);
        match read.from {
            INITIALLY => format!("{assigned}, which was there at first"),
            from => format!("{assigned}, which {} wrote", self.name(from)),
        }
    }

    /// Where a transaction of the history is, in words.
    pub(super) fn place(&self, transaction: u32) -> String {
        let record = self.history.records()[transaction as usize];
        let (session, nouns) = (self.history.session_name(record.session), self.history.nouns());
        format!("{} {session}, {} {}", nouns.session, nouns.number, record.number)
    }

    /// The session of a transaction, in words.
    pub(super) fn session(&self, transaction: u32) -> String {
        let origin = self.transactions.origin[transaction as usize];
        let record = self.history.records()[origin as usize];
        let noun = self.history.nouns().session;
        format!("{noun} {}", self.history.session_name(record.session))
    }

    /// The reads and writes of a transaction that are part of the witness.
    pub(super) fn accesses_of(&self, transaction: u32) -> Vec<String> {
        let reads = self.transactions.reads.row(transaction).iter();
        let writes = self.transactions.writes.row(transaction).iter();
        let reads = reads.map(|read| format!("r {}", self.assigned(read.from, read.key)));
        reads.chain(writes.map(|key| format!("w {}", self.assigned(transaction, *key)))).collect()
    }
}

/// The explanation of a cycle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Explained {
    pub reasons: Vec<String>,
    pub drawing: Vec<String>,
    /// Those of the reasons that are no edge of a cycle.
    pub inferred: Vec<String>,
    pub cycles: Vec<WitnessCycle>,
}

/// A cycle of a witness.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WitnessCycle {
    /// What is assumed in this case; empty if there is one case only.
    pub assumption: String,
    /// Its edges, in order.
    pub edges: Vec<WitnessEdge>,
}

/// An edge of a cycle of a witness.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WitnessEdge {
    /// Number of the first transaction: 1 is T1, 0 the initial state.
    pub from: usize,
    /// Number of the second one.
    pub to: usize,
    /// Kind and key.
    pub label: String,
    /// Why the first one comes before the second one.
    pub reason: String,
}

/// Draws a cycle: each node with a label of the edge to the next one.
pub(super) fn draw(cycle: &[(String, String)]) -> Vec<String> {
    let mut lines = Vec::new();
    for (place, (node, label)) in cycle.iter().enumerate() {
        let (is_first, is_last) = (place == 0, place + 1 == cycle.len());
        let arrow = if is_first { "┌──▶" } else { "│   " };
        lines.push(format!("{arrow} {node}"));
        lines.push(format!("│    │  {label}"));
        lines.push(if is_last { "└────┘".to_owned() } else { "│    ▼".to_owned() });
    }
    lines
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_cycle_is_drawn_downwards_and_closed() {
        let cycle = [("T1", "wr x"), ("T2", "so")].map(|(a, b)| (a.to_owned(), b.to_owned()));
        let drawing = super::draw(&cycle).join("\n");
        let expected = "\
┌──▶ T1
│    │  wr x
│    ▼
│    T2
│    │  so
└────┘";
        assert_eq!(drawing, expected);
    }
}
