//! Findings in words.

use std::ops::Range;

use super::errors::OrderCase;
use super::logs::Logs;
use super::resolve::Names;
use super::survey::Survey;
use crate::history_rule::HistoryRule;
use crate::operations::Operations;

/// What the words are taken from.
#[derive(Clone, Copy)]
pub(super) struct Words<'a> {
    pub ops: &'a Operations<'a>,
    pub names: &'a Names,
    pub survey: &'a Survey,
    pub logs: &'a Logs,
}

/// Maximum number of messages that a text names one by one.
const NAMED: usize = 5;

impl<'a> Words<'a> {
    /// A key in quotes.
    pub(super) fn key(&self, key: u32) -> String {
        format!("{:?}", self.names.keys.name(key))
    }

    /// A message.
    pub(super) fn message(&self, message: u32) -> String {
        self.names.messages.text(message)
    }

    /// Several messages; of many the first few.
    pub(super) fn messages(&self, messages: &[u32]) -> String {
        let mut names: Vec<String> =
            messages.iter().take(NAMED).map(|message| self.message(*message)).collect();
        if messages.len() > NAMED {
            names.push(format!("{} more", messages.len() - NAMED));
        }
        match names.pop() {
            Some(last) if !names.is_empty() => format!("{} and {last}", names.join(", ")),
            last => last.unwrap_or_default(),
        }
    }

    /// The process of an entry, and its node.
    pub(super) fn who(&self, entry: usize) -> String {
        self.ops.at(entry).map(|operation| self.ops.who(operation)).unwrap_or_default()
    }

    /// The entry that ends the send of a message, or begins it if it has no end.
    pub(super) fn send_of(&self, message: u32) -> Option<usize> {
        let operation = self.ops.all.get(self.survey.writers[message as usize] as usize)?;
        Some(operation.completion.unwrap_or(operation.invoke))
    }

    /// A wrong order.
    pub(super) fn order(&self, rule: HistoryRule, case: &OrderCase) -> String {
        let who = self.who(case.entries[1]);
        let key = self.key(case.key);
        let (first, second) = (self.message(case.first), self.message(case.second));
        let is_inside = case.entries[0] == case.entries[1];
        let before = match is_inside {
            true => format!("{first} in one operation"),
            false => format!("{first} (entry {})", case.entries[0]),
        };
        match rule {
            HistoryRule::NonmonotonicSend | HistoryRule::IntNonmonotonicSend => {
                format!("{who} sends {second} to {key} after {before}; the log has it before that")
            }
            _ if case.delta > 1 => {
                let skipped = &self.logs.chosen(case.key)[between(self.logs, case)];
                let skipped = self.messages(skipped);
                format!("{who} reads {second} of {key} right after {before} and skips {skipped}")
            }
            _ if case.delta == 0 => format!("{who} reads {second} of {key} again after {before}"),
            _ => format!("{who} reads {second} of {key} after {before}: it goes back"),
        }
    }

    /// A wrong beginning of a consumer.
    pub(super) fn start(
        &self,
        rule: HistoryRule,
        key: u32,
        (low, after): (i64, i64),
        (first, offset): (u32, i64),
        entry: usize,
    ) -> String {
        let (who, message, name) = (self.who(entry), self.message(first), self.key(key));
        let begins =
            format!("{who} is to read {name} from offset {low} on and begins with {message}");
        match rule {
            HistoryRule::PollSkip => {
                let from = self.logs.rank(key, after.saturating_add(1)) as usize;
                let to = self.logs.rank(key, offset) as usize;
                let skipped = self.messages(&self.logs.chosen(key)[from..to]);
                format!("{begins} at offset {offset}: it skips {skipped}")
            }
            _ => format!("{begins} at offset {offset}: it goes back"),
        }
    }
}

/// Returns the range of a log between the two messages of a case.
pub(super) fn between(logs: &Logs, case: &OrderCase) -> Range<usize> {
    let place = |message: Option<u32>| message.and_then(|message| logs.index(message));
    match (place(case.first()), place(Some(case.second))) {
        (Some(first), Some(second)) if second > first => first as usize + 1..second as usize,
        _ => 0..0,
    }
}
