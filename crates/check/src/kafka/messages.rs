//! The messages of a history, numbered: those that are sent key by key in ascending order, then
//! those that are read though they were never sent.

use std::collections::BTreeMap;
use std::ops::Range;

use super::micro_ops::Message;
use super::none::NONE;

/// Messages and their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages {
    /// Values of messages, by number; for what is no whole number, its place in `others`.
    values: Vec<i64>,
    /// Where the messages of each family begin that are sent; one more than there are families.
    starts: Vec<u32>,
    /// Messages that are read and were never sent.
    fabricated: BTreeMap<(u32, i64), u32>,
    /// Families of those.
    families: Vec<u32>,
    /// Messages that are no whole numbers, by their JSON text.
    others: BTreeMap<String, i64>,
    other_texts: Vec<String>,
}

/// A message and where it is sent, before messages are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sent {
    /// Twice the number of the key, and one more if the message is no whole number.
    pub family: u32,
    /// The message, or its place among those that are no whole numbers.
    pub value: i64,
    /// Number of the operation.
    pub operation: u32,
}

impl Messages {
    /// What a message is in the table of its key.
    pub(super) fn place(&mut self, key: u32, message: Message<'_>) -> (u32, i64) {
        match message {
            Message::Int(value) => (2 * key, value),
            Message::Other(value) => {
                let text = value.to_string();
                let next = self.other_texts.len() as i64;
                let place = *self.others.entry(text).or_insert(next);
                if place == next {
                    self.other_texts.push(value.to_string());
                }
                (2 * key + 1, place)
            }
        }
    }

    /// Numbers what is sent. The list may be in any order and is in that of numbers afterwards.
    pub(super) fn number_all(&mut self, sent: &mut [Sent]) {
        sent.sort_unstable();
        self.values.reserve_exact(sent.len());
        let mut last = None;
        for Sent { family, value, .. } in sent {
            if last == Some((*family, *value)) {
                continue;
            }
            last = Some((*family, *value));
            let start = self.values.len() as u32;
            self.starts.resize(self.starts.len().max(*family as usize + 1), start);
            self.values.push(*value);
        }
        self.starts.push(self.values.len() as u32);
    }

    /// The number of a message that is sent.
    #[inline]
    pub(super) fn sent(&self, family: u32, value: i64) -> Option<u32> {
        let Range { start, end } = self.range(family);
        let values = &self.values[start as usize..end as usize];
        let (first, last) = (values.first()?, values.last()?);
        if value < *first || value > *last {
            return None;
        }
        // Clients count up, so that mostly all values between the first and the last are there.
        let is_dense = last.wrapping_sub(*first) as u64 == (values.len() - 1) as u64;
        let place = match is_dense {
            true => value.wrapping_sub(*first) as usize,
            false => values.binary_search(&value).ok()?,
        };
        Some(start + place as u32)
    }

    /// The number of a message that is read, and whether that is the first that is known of it.
    #[inline]
    pub(super) fn read(&mut self, key: u32, message: Message<'_>) -> (u32, bool) {
        let (family, value) = self.place(key, message);
        match self.sent(family, value) {
            Some(number) => (number, false),
            None => self.fabricated(family, value),
        }
    }

    #[cold]
    fn fabricated(&mut self, family: u32, value: i64) -> (u32, bool) {
        let next = self.values.len() as u32;
        let number = *self.fabricated.entry((family, value)).or_insert(next);
        if number == next {
            self.values.push(value);
            self.families.push(family);
        }
        (number, number == next)
    }

    /// The number of a message that has one, or [`NONE`].
    pub(super) fn known(&self, key: u32, message: Message<'_>) -> u32 {
        let (family, value) = match message {
            Message::Int(value) => (2 * key, value),
            Message::Other(value) => match self.others.get(&value.to_string()) {
                Some(place) => (2 * key + 1, *place),
                None => return NONE,
            },
        };
        let sent = self.sent(family, value);
        sent.or_else(|| self.fabricated.get(&(family, value)).copied()).unwrap_or(NONE)
    }

    /// The numbers of the messages of a family that are sent.
    fn range(&self, family: u32) -> Range<u32> {
        let family = family as usize;
        match self.starts.get(family..family + 2) {
            Some([start, end]) => *start..*end,
            _ => 0..0,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// How many of them are sent: they have the lowest numbers.
    pub(super) fn sent_len(&self) -> usize {
        self.values.len() - self.families.len()
    }

    fn family(&self, number: u32) -> u32 {
        match (number as usize).checked_sub(self.sent_len()) {
            Some(place) => self.families[place],
            None => self.starts.partition_point(|start| *start <= number) as u32 - 1,
        }
    }

    /// The number of the key of a message.
    pub(super) fn key(&self, number: u32) -> u32 {
        self.family(number) / 2
    }

    /// The place of a message among those of its key: whole numbers ascending, then all others.
    pub(super) fn rank(&self, number: u32) -> (bool, i64) {
        (self.family(number) % 2 == 1, self.values[number as usize])
    }

    /// The numbers of the keys of all messages, in the order of messages.
    pub(super) fn keys_in_order(&self) -> impl Iterator<Item = u32> {
        let families = (0..).zip(self.starts.windows(2));
        let sent = families.flat_map(|(family, pair)| (pair[0]..pair[1]).map(move |_| family / 2));
        sent.chain(self.families.iter().map(|family| family / 2))
    }

    /// A message as JSON.
    pub(super) fn text(&self, number: u32) -> String {
        let value = self.values[number as usize];
        match self.family(number) % 2 {
            0 => value.to_string(),
            _ => self.other_texts[value as usize].clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn messages_are_found_by_key_and_value() {
        let mut messages = Messages::default();
        let (text, float) = (json!("a"), json!(1.5));
        let sent = [
            (1, Message::Int(5)),
            (0, Message::Int(i64::MAX)),
            (0, Message::Int(i64::MIN)),
            (3, Message::Other(&text)),
            (1, Message::Int(6)),
            (1, Message::Int(7)),
            (1, Message::Int(6)),
        ];
        let mut all: Vec<Sent> = (0..)
            .zip(sent)
            .map(|(operation, (key, message))| {
                let (family, value) = messages.place(key, message);
                Sent { family, value, operation }
            })
            .collect();
        messages.number_all(&mut all);
        assert_eq!((messages.len(), messages.sent_len()), (6, 6));
        let known = [(0, i64::MIN), (0, i64::MAX), (1, 5), (1, 6), (1, 7)];
        for (number, (key, value)) in (0..).zip(known) {
            assert_eq!(messages.read(key, Message::Int(value)), (number, false));
            assert_eq!((messages.key(number), messages.text(number)), (key, value.to_string()));
        }
        assert_eq!(messages.read(3, Message::Other(&text)), (5, false));
        assert_eq!(messages.text(5), "\"a\"");
        for (number, key) in [(6, 0), (7, 2), (8, 9)] {
            assert_eq!(messages.read(key, Message::Int(0)), (number, true));
            assert_eq!(messages.read(key, Message::Int(0)), (number, false));
            assert_eq!(messages.key(number), key);
        }
        assert_eq!(messages.read(3, Message::Other(&float)), (9, true));
        assert_eq!((messages.key(9), messages.text(9)), (3, "1.5".to_owned()));
    }
}
