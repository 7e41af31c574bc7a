//! The input: sessions of transactions that read and write registers.

use super::symbols::{Symbol, Symbols};

/// State of a transaction as its client knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It took effect.
    Committed,
    /// It did not, and never will.
    Aborted,
    /// It may have taken effect: it has, if another transaction has read what it wrote.
    Unknown,
}

/// When a transaction began and ended, in any unit that all transactions of a history share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// The instant before which it did nothing.
    pub begin: u64,
    /// The instant after which it did nothing; `None` if that is unknown.
    pub end: Option<u64>,
}

/// Identifier of a transaction within its history: its number in the order in which transactions
/// were begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TransactionId(pub u32);

/// A transaction, without its reads and writes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record {
    /// Number of its session.
    pub session: u32,
    /// Its number, for people.
    pub number: i64,
    /// What is known of it.
    pub status: Status,
    /// Begin and end, if they are known.
    pub times: Option<Times>,
}

/// A read or a write of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Access {
    /// Number of the key.
    pub key: u32,
    /// Number of the value; [`INITIAL`] for what was there before all writes.
    pub value: u32,
    /// Whether it writes.
    pub is_write: bool,
}

/// The number of the initial value of each register, which no transaction wrote.
pub(super) const INITIAL: u32 = u32::MAX;

/// What messages call a session and the number of a transaction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Nouns {
    pub session: &'static str,
    pub number: &'static str,
}

impl Default for Nouns {
    fn default() -> Nouns {
        Nouns { session: "session", number: "transaction" }
    }
}

/// Transactions on registers, by sessions.
///
/// Each register has an initial value that no transaction wrote.
///
/// ```
/// use sim_check::isolation::{Level, Limits, Outcome, RegisterHistory, Status, check};
///
/// let mut history = RegisterHistory::new();
/// let (first, second) = (history.session("a"), history.session("b"));
/// for session in [first, second] {
///     let transaction = history.begin(session, 1, Status::Committed, None);
///     history.read(transaction, "x", None::<i64>);
///     history.write(transaction, "x", 1 + i64::from(transaction.0));
/// }
/// let outcome = check(&history, Level::Causal, Limits::DEFAULT);
/// assert!(matches!(outcome, Outcome::Holds));
/// let outcome = check(&history, Level::SnapshotIsolation, Limits::DEFAULT);
/// let Outcome::Broken(witness) = outcome else { panic!("an update is lost") };
/// assert_eq!(witness.anomaly, "lost-update");
/// ```
#[derive(Clone, Debug, Default)]
pub struct RegisterHistory {
    nouns: Nouns,
    /// The names of sessions.
    sessions: Vec<Box<str>>,
    records: Vec<Record>,
    /// In the order of each transaction; those of several may be interleaved.
    accesses: Vec<(u32, Access)>,
    keys: Symbols,
    values: Symbols,
}

impl RegisterHistory {
    /// Creates a history without transactions.
    pub fn new() -> RegisterHistory {
        RegisterHistory::default()
    }

    /// Creates a history of clients: its sessions are processes, and the number of a transaction is
    /// that of its entry.
    pub fn of_clients() -> RegisterHistory {
        let nouns = Nouns { session: "process", number: "entry" };
        RegisterHistory { nouns, ..RegisterHistory::default() }
    }

    /// Adds a session, which messages call by its name, and returns its number.
    pub fn session(&mut self, name: impl Into<Box<str>>) -> u32 {
        self.sessions.push(name.into());
        self.sessions.len() as u32 - 1
    }

    /// Adds a transaction at the end of a session, which messages call by its number.
    ///
    /// # Panics
    ///
    /// If there is no such session.
    pub fn begin(
        &mut self,
        session: u32,
        number: i64,
        status: Status,
        times: Option<Times>,
    ) -> TransactionId {
        assert!((session as usize) < self.sessions.len(), "there is no session {session}");
        self.records.push(Record { session, number, status, times });
        TransactionId(self.records.len() as u32 - 1)
    }

    /// Adds a read to a transaction; without a value it returned the initial one.
    pub fn read(
        &mut self,
        transaction: TransactionId,
        key: impl Into<Symbol>,
        value: Option<impl Into<Symbol>>,
    ) {
        let value = value.map_or(INITIAL, |value| self.values.intern(value.into()));
        let key = self.keys.intern(key.into());
        self.accesses.push((transaction.0, Access { key, value, is_write: false }));
    }

    /// Adds a write to a transaction.
    pub fn write(
        &mut self,
        transaction: TransactionId,
        key: impl Into<Symbol>,
        value: impl Into<Symbol>,
    ) {
        let value = self.values.intern(value.into());
        let key = self.keys.intern(key.into());
        self.accesses.push((transaction.0, Access { key, value, is_write: true }));
    }

    /// Makes a value that no transaction writes to a key the initial one of that key, as formats do
    /// in which a register is 0 before all writes.
    pub fn initially(&mut self, value: impl Into<Symbol>) {
        let Some(value) = self.values.number(&value.into()) else { return };
        let mut is_written = vec![false; self.keys.len()];
        for (_, access) in self.accesses.iter().filter(|(_, access)| access.value == value) {
            is_written[access.key as usize] |= access.is_write;
        }
        for (_, access) in &mut self.accesses {
            if access.value == value && !is_written[access.key as usize] {
                access.value = INITIAL;
            }
        }
    }

    /// Returns the number of transactions.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no transaction.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Returns the number of reads and writes.
    pub fn accesses(&self) -> usize {
        self.accesses.len()
    }

    /// Whether all transactions have times.
    pub fn has_times(&self) -> bool {
        self.records.iter().all(|record| record.times.is_some())
    }

    /// The number of keys.
    pub(super) fn keys(&self) -> usize {
        self.keys.len()
    }

    /// The number of sessions.
    pub(super) fn sessions(&self) -> usize {
        self.sessions.len()
    }

    /// A key, for people.
    pub(super) fn key(&self, key: u32) -> &Symbol {
        self.keys.symbol(key)
    }

    /// A value, for people.
    pub(super) fn value(&self, value: u32) -> String {
        match value {
            INITIAL => "nothing".to_owned(),
            value => self.values.symbol(value).to_string(),
        }
    }

    /// The transactions.
    pub(super) fn records(&self) -> &[Record] {
        &self.records
    }

    /// What messages call a session and the number of a transaction.
    pub(super) fn nouns(&self) -> Nouns {
        self.nouns
    }

    /// The name of a transaction's session.
    pub(super) fn session_name(&self, session: u32) -> &str {
        &self.sessions[session as usize]
    }

    /// The accesses of each transaction, in their order.
    pub(super) fn by_transaction(&self) -> Accesses {
        let mut starts = vec![0_u32; self.records.len() + 1];
        for (transaction, _) in &self.accesses {
            starts[*transaction as usize + 1] += 1;
        }
        for place in 1..starts.len() {
            starts[place] += starts[place - 1];
        }
        let mut next = starts.clone();
        let mut all = vec![Access { key: 0, value: 0, is_write: false }; self.accesses.len()];
        for (transaction, access) in &self.accesses {
            let place = &mut next[*transaction as usize];
            all[*place as usize] = *access;
            *place += 1;
        }
        Accesses { starts, all }
    }
}

/// The accesses of all transactions, transaction by transaction.
#[derive(Clone, Debug)]
pub(super) struct Accesses {
    starts: Vec<u32>,
    all: Vec<Access>,
}

impl Accesses {
    /// Those of one transaction.
    pub(super) fn of(&self, transaction: u32) -> &[Access] {
        let place = transaction as usize;
        &self.all[self.starts[place] as usize..self.starts[place + 1] as usize]
    }
}
