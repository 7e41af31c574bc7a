//! The second walk over a history, when it is known what lies where: orders, lags, committed
//! offsets, and reads of messages whose send failed.

use super::committed::{self, Committed};
use super::errors::{Case, ErrorType};
use super::lags::{Lags, WorstLag};
use super::limits::{Budget, Exhausted};
use super::marks::{FAILED, REFUSED};
use super::orders::{Entry, Orders, Reports};
use super::resolve::{ResolvedReads, ResolvedSend};
use super::walk::is_data;
use super::words::Words;
use crate::history::{EntryKind, F, OpValue, Process};
use crate::history_rule::HistoryRule;

/// Walks over all entries, with committed offsets where the history has any. Returns the greatest
/// lag.
pub(super) fn replay<'a>(
    words: Words<'a>,
    committed: Option<Committed<'a>>,
    reports: &mut Reports<'_>,
    budget: &mut Budget,
) -> Result<Option<WorstLag>, Exhausted> {
    let mut replay = Replay {
        words,
        orders: Orders::new(words.logs, words),
        lags: Lags::new(&words.survey.highs),
        committed,
        reads: ResolvedReads::default(),
        sends: Vec::new(),
    };
    for (index, op) in words.ops.history.iter().enumerate() {
        let (Some(place), Process::Client(process)) = (words.ops.of[index], op.process) else {
            continue;
        };
        let entry = Entry { index, process, op };
        match op.kind {
            EntryKind::Invoke => replay.begin(entry, place),
            _ => replay.end(entry, place, reports),
        }
        budget.steps(replay.reads.steps(), index)?;
    }
    Ok(replay.lags.finish())
}

/// The walk under way.
struct Replay<'a> {
    words: Words<'a>,
    orders: Orders<'a>,
    lags: Lags<'a>,
    committed: Option<Committed<'a>>,
    reads: ResolvedReads,
    sends: Vec<ResolvedSend>,
}

impl Replay<'_> {
    fn begin(&mut self, entry: Entry<'_>, place: usize) {
        if let Some(committed) = &mut self.committed {
            committed.begin(entry, place);
        }
    }

    fn end(&mut self, entry: Entry<'_>, place: usize, reports: &mut Reports<'_>) {
        if let Some(committed) = &mut self.committed {
            committed.end(entry);
        }
        match entry.op.f {
            F::Assign | F::Subscribe => self.assign(entry, place, reports),
            _ if is_data(&entry.op.f) => self.data(entry, place, reports),
            _ => {}
        }
        if entry.op.kind == EntryKind::Info {
            self.orders.retire(entry.process);
            self.lags.retire(entry.process);
        }
    }

    fn assign(&mut self, entry: Entry<'_>, place: usize, reports: &mut Reports<'_>) {
        let Words { ops, names, .. } = self.words;
        let value = match &entry.op.value {
            OpValue::Nil => ops.argument(&ops.all[place]),
            value => value,
        };
        let keys = names.assigned(value);
        self.orders.assign(entry, &keys, |key| committed::answered(entry.op, names.keys.name(key)));
        match entry.op.f {
            F::Subscribe => self.lags.subscribe(entry),
            _ => self.lags.assign(entry, &keys),
        }
        if let Some(committed) = &mut self.committed {
            committed.answer(entry, reports.findings);
        }
    }

    fn data(&mut self, entry: Entry<'_>, place: usize, reports: &mut Reports<'_>) {
        let Words { ops, names, .. } = self.words;
        names.known_reads(entry.op, &mut self.reads);
        let value = match &entry.op.value {
            OpValue::Nil => ops.argument(&ops.all[place]),
            value => value,
        };
        names.sends(place, &entry.op.f, value, &mut self.sends);
        self.orders.data(entry, &self.reads, &self.sends, reports);
        if entry.op.kind == EntryKind::Ok {
            self.aborted(entry, reports);
            if entry.op.f != F::Send {
                let began = ops.history[ops.all[place].invoke].time;
                self.lags.poll(entry.process, began, &self.reads, &self.sends);
            }
        }
        if let Some(committed) = &mut self.committed {
            committed.data(entry, &self.reads, &self.sends);
        }
    }

    /// Reads of messages whose send failed.
    fn aborted(&self, entry: Entry<'_>, reports: &mut Reports<'_>) {
        let words = self.words;
        for message in &self.reads.messages {
            let flags = words.survey.flags[*message as usize];
            if flags & FAILED != 0 {
                let case = || Case::Read { message: *message, entry: entry.index };
                reports.errors.add(ErrorType::G1a, 0, case);
            }
            if flags & REFUSED != 0 {
                let send = words.send_of(*message).unwrap_or(entry.index);
                reports.findings.add(HistoryRule::AbortedRead, &[send, entry.index], || {
                    let key = words.key(words.names.messages.key(*message));
                    let (who, message) = (words.who(entry.index), words.message(*message));
                    format!("{who} reads {message} of {key}, whose send failed (entry {send})")
                });
            }
        }
    }
}
