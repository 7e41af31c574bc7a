//! Makes a set of transactions that breaks a level as small as it can be.
//!
//! What is left out never breaks a level that held with it: fewer reads and writes leave fewer
//! edges. So one pass in which each part is tried once finds a set from which nothing can be left
//! out any more. A write is left out together with the reads that saw it.

use std::collections::BTreeSet;

use super::decide::decide;
use super::decision::Decision;
use super::level::Level;
use super::limits::Budget;
use super::transactions::{INITIALLY, Part, Transactions};

/// A set of transactions that breaks a level.
#[derive(Clone, Debug)]
pub(super) struct Shrunk {
    pub transactions: Transactions,
    /// Whether nothing can be left out; otherwise the limit of work was reached.
    pub is_smallest: bool,
}

/// Makes transactions that break a level fewer, beginning with some that are enough.
pub(super) fn shrink(
    transactions: &Transactions,
    enough: &[u32],
    level: Level,
    budget: &mut Budget,
) -> Shrunk {
    let enough: BTreeSet<u32> = enough.iter().copied().collect();
    let mut part = transactions.restrict(&|part| enough.contains(&part.transaction()));
    let mut is_smallest = true;
    while_smaller(&mut part, level, budget, &mut is_smallest);
    leave_out_parts(&mut part, level, budget, &mut is_smallest);
    Shrunk { transactions: part, is_smallest }
}

/// What is enough of some transactions to break a level; `None` if they do not, or if the limit is
/// reached.
fn enough_of(
    candidate: &Transactions,
    level: Level,
    budget: &mut Budget,
    is_smallest: &mut bool,
) -> Option<Vec<u32>> {
    let mut own = *budget;
    let decision = decide(candidate, level, &mut own);
    budget.count_steps_of(&own);
    match decision {
        Ok(Decision::Broken(enough)) => Some(enough),
        Ok(Decision::Holds) => None,
        Err(_) => {
            *is_smallest = false;
            None
        }
    }
}

/// Leaves out whole transactions, many at once first.
fn while_smaller(
    part: &mut Transactions,
    level: Level,
    budget: &mut Budget,
    is_smallest: &mut bool,
) {
    let mut size = part.len().div_ceil(2);
    loop {
        let mut start = 1;
        while start < part.len() {
            let left_out = start as u32..(start + size) as u32;
            let rest = part.restrict(&|part| !left_out.contains(&part.transaction()));
            match enough_of(&rest, level, budget, is_smallest) {
                Some(enough) => {
                    let enough: BTreeSet<u32> = enough.into_iter().collect();
                    // What was tried one by one is in each smaller set, too, and keeps its number.
                    *part = rest.restrict(&|part| enough.contains(&part.transaction()));
                }
                None => start += size,
            }
        }
        if size == 1 {
            return;
        }
        size = size.div_ceil(2);
    }
}

/// Leaves out single reads and writes.
fn leave_out_parts(
    part: &mut Transactions,
    level: Level,
    budget: &mut Budget,
    is_smallest: &mut bool,
) {
    let mut dead: BTreeSet<(u32, bool, u32)> = BTreeSet::new();
    let name = |part: Part| match part {
        Part::Read { transaction, place } => (transaction, false, place as u32),
        Part::Write { transaction, key } => (transaction, true, key),
    };
    let all: Vec<(u32, bool, u32)> = part
        .all()
        .flat_map(|t| {
            let reads = (0..part.reads.row(t).len() as u32).map(move |place| (t, false, place));
            let writes = part.writes.row(t).iter().map(move |key| (t, true, *key));
            reads.chain(writes).collect::<Vec<_>>()
        })
        .collect();
    for one in all {
        dead.insert(one);
        let rest = part.restrict(&|part| !dead.contains(&name(part)));
        if enough_of(&rest, level, budget, is_smallest).is_none() {
            dead.remove(&one);
        }
    }
    *part = part.restrict(&|part| part.transaction() == INITIALLY || !dead.contains(&name(part)));
}
