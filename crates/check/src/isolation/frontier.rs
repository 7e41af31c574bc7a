//! For tests: snapshot isolation and serializability with the order of sessions, by running the
//! sessions in all ways, where states that were met are not run again. With few sessions this is
//! quick for many transactions (Biswas and Enea, section 5).

use std::collections::BTreeSet;

use super::transactions::{INITIALLY, Transactions};

/// Where a run is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    /// For each session, twice the number of transactions that are done, plus 1 if the next one has
    /// its snapshot.
    done: Vec<usize>,
    /// The last writer of each key.
    last: Vec<u32>,
    /// For each session, whether what its running transaction writes was written since its
    /// snapshot.
    is_late: Vec<bool>,
}

/// Whether some run of the sessions has these reads.
pub(super) fn holds(transactions: &Transactions, is_snapshot: bool) -> bool {
    let sessions = transactions.by_session();
    let count = transactions.sessions;
    let begin = State {
        done: vec![0; count],
        last: vec![INITIALLY; transactions.keys.len()],
        is_late: vec![false; count],
    };
    let (mut open, mut met) = (vec![begin.clone()], BTreeSet::from([begin]));
    while let Some(state) = open.pop() {
        let is_done =
            |session: usize| state.done[session] / 2 == sessions.row(session as u32).len();
        if (0..count).all(is_done) {
            return true;
        }
        for session in (0..count).filter(|session| !is_done(*session)) {
            let t = sessions.row(session as u32)[state.done[session] / 2];
            let next = state.next(transactions, session, t, is_snapshot);
            open.extend(next.filter(|next| met.insert(next.clone())));
        }
    }
    false
}

impl State {
    /// The state after the next step of a session, which takes its snapshot or commits; both at
    /// once where it is to be serializable.
    fn next(
        &self,
        transactions: &Transactions,
        session: usize,
        t: u32,
        is_snapshot: bool,
    ) -> Option<State> {
        let mut next = self.clone();
        if self.done[session].is_multiple_of(2) {
            let reads = transactions.reads.row(t);
            if !reads.iter().all(|read| self.last[read.key as usize] == read.from) {
                return None;
            }
            next.done[session] += 1;
            next.is_late[session] = false;
            if is_snapshot {
                return Some(next);
            }
        }
        if next.is_late[session] {
            return None;
        }
        next.done[session] += 1;
        let sessions = transactions.by_session();
        for key in transactions.writes.row(t) {
            next.last[*key as usize] = t;
            for other in (0..next.done.len()).filter(|other| next.done[*other] % 2 == 1) {
                let running = sessions.row(other as u32)[next.done[other] / 2];
                next.is_late[other] |= transactions.writes_to(running, *key);
            }
        }
        Some(next)
    }
}
