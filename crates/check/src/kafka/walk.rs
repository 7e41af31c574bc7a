//! The walk over all entries in their order that gathers the facts of the survey.

use super::limits::{Budget, Exhausted};
use super::marks::{ACKED, FAILED, MESSAGE_BYTES, READ, READ_ANYHOW, REFUSED, UNSURE};
use super::messages::Sent;
use super::resolve::{NO_OFFSET, Names, ResolvedReads, ResolvedSend};
use super::survey::{Survey, WrongRead};
use crate::history::{EntryKind, F, Op, OpValue};
use crate::operations::{Operation, Operations};

/// The walk under way.
pub(super) struct Walk<'a> {
    ops: &'a Operations<'a>,
    names: &'a mut Names,
    survey: Survey,
    /// Number of operations that have begun.
    begun: usize,
    reads: ResolvedReads,
    sends: Vec<ResolvedSend>,
}

impl<'a> Walk<'a> {
    /// Numbers the messages of a history whose values are sound, and walks over it.
    pub(super) fn over(
        ops: &'a Operations<'a>,
        names: &'a mut Names,
        sent: Vec<Sent>,
        budget: &mut Budget,
    ) -> Result<Survey, Exhausted> {
        let survey = Survey::of_sent(ops.all.len(), names, sent);
        let (reads, sends) = (ResolvedReads::default(), Vec::new());
        let mut walk = Walk { ops, names, survey, begun: 0, reads, sends };
        for (index, op) in ops.history.iter().enumerate() {
            let Some(place) = ops.of[index] else { continue };
            if op.kind == EntryKind::Invoke {
                walk.begin(index, place, op);
            } else if is_data(&op.f) {
                walk.end(index, place, op);
                budget.steps(walk.reads.steps() + walk.sends.len() as u64, index)?;
                let fabricated = walk.reads.fabricated.len() as u64;
                budget.bytes(MESSAGE_BYTES * fabricated, Some(index))?;
            }
        }
        walk.survey.finish();
        Ok(walk.survey)
    }

    fn begin(&mut self, index: usize, place: usize, op: &Op) {
        self.begun = place + 1;
        let operation = &self.ops.all[place];
        if !is_data(&op.f) {
            return;
        }
        self.survey.has_order |= self.survey.last_ok.is_some() && operation.completion.is_some();
        if op.f != F::Send && operation.outcome == EntryKind::Ok {
            self.survey.last_poll = Some(index);
        }
    }

    fn end(&mut self, index: usize, place: usize, op: &Op) {
        self.names.reads(op, &mut self.reads);
        let value = match &op.value {
            OpValue::Nil => self.ops.argument(&self.ops.all[place]),
            value => value,
        };
        self.names.sends(place, &op.f, value, &mut self.sends);
        self.survey.grow(self.names.messages.len());
        self.note_reads(index, place, op);
        self.note_sends(place, op);
        if op.kind != EntryKind::Fail {
            self.note_highs(op);
        }
        match op.kind {
            EntryKind::Ok => self.survey.last_ok = Some(op.time),
            EntryKind::Info => self.note_cause(index, op),
            _ => {}
        }
        self.survey.may_have_cycles |= !self.sends.is_empty() && !self.reads.messages.is_empty();
    }

    fn note_cause(&mut self, index: usize, op: &Op) {
        const CAUSES_MAX: usize = 32;
        let causes = &mut self.survey.causes;
        let is_known = causes.iter().any(|cause| self.ops.history[*cause].error == op.error);
        if !is_known && causes.len() < CAUSES_MAX {
            causes.push(index);
        }
    }

    fn note_reads(&mut self, index: usize, place: usize, op: &Op) {
        let survey = &mut self.survey;
        let is_ok = op.kind == EntryKind::Ok;
        survey.fabricated.extend(
            self.reads
                .fabricated
                .iter()
                .map(|message| WrongRead { entry: index, message: *message }),
        );
        let mut own = None;
        for (message, offset) in self.reads.messages.iter().zip(&self.reads.offsets) {
            let number = *message as usize;
            let writer = survey.writers[number];
            survey.note_offset(*message, *offset);
            survey.flags[number] |= READ_ANYHOW;
            survey.has_order |= writer as usize != place;
            if writer as usize == place {
                own = own.or(Some(*message));
            }
            if is_ok {
                if survey.flags[number] & READ == 0 {
                    survey.flags[number] |= READ;
                    survey.readers[number] = index as u32;
                }
                survey.may_have_cycles |= writer as usize >= self.begun;
            }
        }
        if let Some(message) = own {
            survey.precommitted.push(WrongRead { entry: index, message });
        }
    }

    fn note_sends(&mut self, place: usize, op: &Op) {
        let ended = ended(self.ops, &self.ops.all[place]);
        for send in &self.sends {
            let number = send.message as usize;
            if self.survey.writers[number] as usize == place {
                self.survey.flags[number] |= ended;
            }
            match op.kind {
                EntryKind::Ok => self.survey.note_offset(send.message, send.offset),
                EntryKind::Info if send.offset != NO_OFFSET => {
                    self.survey.unsure_offsets.push((place as u32, *send));
                }
                _ => {}
            }
        }
    }

    fn note_highs(&mut self, op: &Op) {
        for send in &self.sends {
            self.survey.note_high(send.key, send.offset, op.time);
        }
        for (key, range) in &self.reads.keys {
            if let Some(highest) = self.reads.offsets[range.clone()].iter().max() {
                self.survey.note_high(*key, *highest, op.time);
            }
        }
    }
}

/// Whether an operation sends or reads messages.
pub(super) fn is_data(f: &F) -> bool {
    matches!(f, F::Send | F::Poll | F::Txn)
}

/// How a send ends, as flags of its messages.
fn ended(ops: &Operations<'_>, operation: &Operation) -> u8 {
    let refused = if ops.has_failed(operation) { REFUSED } else { 0 };
    match operation.outcome {
        EntryKind::Ok => ACKED,
        EntryKind::Fail => FAILED | REFUSED,
        EntryKind::Info | EntryKind::Invoke => UNSURE | refused,
    }
}
