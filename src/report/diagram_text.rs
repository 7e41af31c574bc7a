//! Labels of a space-time diagram: each where it overlaps no other and no mark.

use std::collections::BTreeMap;

use super::chart::Ink;
use super::diagram::{DrawnEvent, DrawnMessage, Side};
use super::diagram_draw::Canvas;
use super::diagram_labels::Labels;
use super::scene::{Anchor, Paint, Point, Scene, Text};

/// Number of messages that touch an event from above minus those from below.
struct Crossings(BTreeMap<(usize, u64), i64>);

impl Crossings {
    fn of(messages: &[&DrawnMessage]) -> Crossings {
        let mut counts: BTreeMap<(usize, u64), i64> = BTreeMap::new();
        for message in messages {
            let step = if message.from < message.to { 1 } else { -1 };
            // The sender is touched from the side of the receiver, and the other way round.
            *counts.entry((message.from, message.sent)).or_default() -= step;
            *counts.entry((message.to, message.at)).or_default() += step;
        }
        Crossings(counts)
    }

    fn are_above(&self, event: &DrawnEvent) -> bool {
        self.0.get(&(event.lane, event.at)).is_some_and(|count| *count > 0)
    }
}

impl Canvas {
    /// Veils what lies below a label.
    fn ground(&self, scene: &mut Scene, corner: Point, size: Point) {
        if self.medium.cells.is_none() {
            let (x, y) = (corner.0 - 1.0, corner.1);
            let paint = Paint::veil(self.theme.background(), 72);
            scene.rect((x, y), (size.0 + 2.0, size.1), paint);
        }
    }

    /// Writes the labels of events: those of jumps first, each where it overlaps no other.
    pub(super) fn event_labels(
        &self,
        scene: &mut Scene,
        events: &[(&DrawnEvent, usize)],
        messages: &[&DrawnMessage],
        labels: &mut Labels,
    ) {
        let size = if self.medium.cells.is_some() { 14.0 } else { 10.0 };
        let crossings = Crossings::of(messages);
        let rank = |event: &DrawnEvent| match (event.side, event.is_jump) {
            (Side::Centre, _) => 0,
            (Side::Past | Side::Future, _) => 1,
            (Side::Plain, true) => 2,
            (Side::Plain, false) => 3,
            (Side::Apart, _) => 4,
        };
        let mut ordered: Vec<&DrawnEvent> = events.iter().map(|(event, _)| *event).collect();
        ordered.sort_by_key(|event| rank(event));
        for event in ordered.into_iter().filter(|event| !event.label.is_empty()) {
            let (x, y) = (self.x(event.at), self.y(event.lane));
            if x < self.corner.0 - 1.0 || x > self.corner.0 + self.size.0 + 1.0 {
                continue;
            }
            let width = self.medium.width(&event.label, size);
            let high = if self.medium.cells.is_some() { 16.0 } else { size };
            let mut places = [y - 7.0 - high, y + 7.0];
            if crossings.are_above(event) {
                places.reverse();
            }
            let left = (x - width / 2.0).min(self.corner.0 + self.size.0 + 14.0 - width);
            let free = places.into_iter().find(|top| labels.take((left, *top), (width, high)));
            let Some(top) = free else { continue };
            let colour = match (event.side, event.is_jump) {
                (Side::Apart, _) => self.theme.quiet().mixed(self.theme.background(), 0.3),
                (Side::Plain, false) => self.theme.quiet(),
                (Side::Plain, true) => self.theme.colour(Ink::of(1)),
                (side, _) => self.colour(Ink::BLACK, side),
            };
            self.ground(scene, (left, top), (width, high));
            let (at, content) = ((left, top + high * 0.86), event.label.clone());
            let (anchor, bold, upwards) = (Anchor::Start, event.side == Side::Centre, false);
            scene.text(Text { at, content, size, anchor, bold, upwards, colour });
        }
    }

    /// Writes the labels of messages beside their beginnings, where they overlap nothing.
    pub(super) fn message_labels(
        &self,
        scene: &mut Scene,
        messages: &[&DrawnMessage],
        labels: &mut Labels,
    ) {
        if self.medium.cells.is_some() {
            return;
        }
        let size = 9.5;
        for message in messages.iter().rev().filter(|message| !message.label.is_empty()) {
            if self.is_causal && message.side == Side::Apart {
                continue;
            }
            let from = (self.x(message.sent), self.y(message.from));
            let to = (self.x(message.at), self.y(message.to));
            let width = self.medium.width(&message.label, size);
            let places = [0.35, 0.5, 0.65].map(|share| {
                (from.0 + (to.0 - from.0) * share + 4.0, from.1 + (to.1 - from.1) * share - size)
            });
            let is_inside = |x: f64| x >= self.corner.0 && x + width <= self.corner.0 + self.size.0;
            let free = places
                .into_iter()
                .find(|(x, y)| is_inside(*x) && labels.take((*x, *y), (width, size + 1.0)));
            let Some((x, y)) = free else { continue };
            self.ground(scene, (x, y), (width, size));
            let (at, content) = ((x, y + size * 0.86), message.label.clone());
            let colour = self.theme.quiet();
            let (anchor, bold, upwards) = (Anchor::Start, false, false);
            scene.text(Text { at, content, size, anchor, bold, upwards, colour });
        }
    }
}
