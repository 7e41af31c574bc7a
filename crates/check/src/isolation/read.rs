//! Histories from the accesses of a text.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use super::history::{RegisterHistory, Status, TransactionId};
use crate::registers::RegisterAccess;

impl RegisterHistory {
    /// Makes a history of accesses, whose transactions may be interleaved. Transactions of a
    /// session are in the order in which they first occur. Reads of `initial` return the initial
    /// value where no transaction writes it to the key.
    ///
    /// # Errors
    ///
    /// The first error of the accesses.
    pub fn of_accesses<E>(
        accesses: impl Iterator<Item = Result<RegisterAccess, E>>,
        initial: Option<i64>,
    ) -> Result<RegisterHistory, E> {
        let mut history = RegisterHistory::new();
        let mut sessions: BTreeMap<i64, u32> = BTreeMap::new();
        let mut transactions: BTreeMap<(u32, i64), TransactionId> = BTreeMap::new();
        let mut last: Option<((i64, i64), TransactionId)> = None;
        for access in accesses {
            let RegisterAccess { is_write, key, value, session, transaction } = access?;
            let id = match last {
                Some((of, id)) if of == (session, transaction) && transaction >= 0 => id,
                _ => {
                    let of = *sessions
                        .entry(session)
                        .or_insert_with(|| history.session(session.to_string()));
                    match transactions.entry((of, transaction)) {
                        Entry::Occupied(known) => *known.get(),
                        // Which writes of one aborted transaction belong together is not known.
                        Entry::Vacant(new) if transaction >= 0 => {
                            *new.insert(history.begin(of, transaction, Status::Committed, None))
                        }
                        Entry::Vacant(_) => history.begin(of, transaction, Status::Aborted, None),
                    }
                }
            };
            last = Some(((session, transaction), id));
            match is_write {
                true => history.write(id, key, value),
                false => history.read(id, key, Some(value)),
            }
        }
        if let Some(initial) = initial {
            history.initially(initial);
        }
        Ok(history)
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::text;
    use super::*;
    use crate::registers::RegisterFormat;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        let format = RegisterFormat::of(input.as_bytes()).expect("a known form");
        let accesses = format.read(input.as_bytes());
        let history = RegisterHistory::of_accesses(accesses, format.initial()).expect("no error");
        assert_eq!(text(&history), expected);
    }

    #[test]
    fn accesses_become_transactions() {
        check("w 1 0\n-----\nr 1 5\n=====\nr 1 0\n", "1: w 1 0 | r 1 5\n2: r 1 0");
        check(
            "w(1,2,7,3)\nw(1,4,8,3)\nr(2,0,7,3)\nr(1,2,7,9)\nw(1,8,7,-1)\nw(1,9,7,-1)\n",
            "7: w 1 2, r 2 - | r 1 2 | !w 1 8 | !w 1 9\n8: w 1 4",
        );
        check("w(2,0,0,0)\nr(2,0,1,1)\nr(3,0,1,1)\n", "0: w 2 0\n1: r 2 0, r 3 -");
    }
}
