//! Drawing of a space-time diagram: time runs to the right, each lane is a line.

use std::collections::{BTreeMap, BTreeSet};

use super::axes::{Extent, Scale};
use super::chart::{Ink, Key, Mark};
use super::diagram::{Diagram, DrawnEvent, DrawnFault, DrawnMessage, EventMark, MessageEnd, Side};
use super::diagram_labels::Labels;
use super::page::{self, Medium};
use super::scene::{Anchor, Cells, Colour, Dash, Item, Paint, Point, Scene, Shape, Stroke, Text};
use super::style::{Style, Theme};

/// Width of a diagram on paper.
const WIDTH: f64 = 1200.0;

/// Least and largest distance between two lanes.
const LANE: (f64, f64) = (44.0, 110.0);

/// Maximum number of messages that are drawn.
const MESSAGES_MAX: usize = 4_000;

/// Colour of faults, by the order of their kinds.
const FAULT_INKS: [usize; 6] = [10, 5, 4, 8, 3, 11];

impl Diagram {
    /// Draws the diagram on paper.
    pub fn scene(&self, style: &Style) -> Scene {
        self.drawn(style, Medium::PAPER)
    }

    /// Draws the diagram in the cells of a terminal.
    pub fn scene_in_cells(&self, style: &Style, cells: Cells) -> Scene {
        self.drawn(&Style { size: None, ..style.clone() }, Medium::terminal(cells))
    }

    fn drawn(&self, style: &Style, medium: Medium) -> Scene {
        let lanes = self.lanes.len().max(1) as f64;
        let drawing = match medium.cells {
            Some(cells) => {
                let rows = (self.lanes.len() * 3 + 4).max(cells.rows.min(self.lanes.len() * 6 + 4));
                (cells.columns as f64 * 8.0, rows as f64 * 16.0)
            }
            None => {
                let lane = (620.0 / lanes).clamp(LANE.0, LANE.1);
                (WIDTH, lane * lanes + 70.0)
            }
        };
        let (messages, thinned) = self.messages_to_draw();
        let mut caption = self.caption.clone();
        caption.extend(thinned);
        let legend = self.legend();
        let frame = page::Frame { title: &self.title, legend: &legend, caption: &caption };
        let page = frame.page(drawing, style, medium);
        let mut scene = page.scene;
        let canvas = Canvas::of(self, (page.corner, page.size), style.theme, medium);
        canvas.lanes(&mut scene, self);
        for fault in &self.faults {
            canvas.fault(&mut scene, fault, self);
        }
        let mut labels = Labels::default();
        scene.clip(
            (canvas.corner.0 - 1.0, canvas.corner.1 - 6.0),
            (canvas.size.0 + 2.0, canvas.size.1 + 12.0),
        );
        // What is highlighted lies above the rest.
        let mut ordered: Vec<&DrawnMessage> = messages;
        let leaves = |message: &DrawnMessage| message.at > self.window.1;
        ordered.sort_by_key(|message| (message.side, !leaves(message)));
        ordered.iter().for_each(|message| canvas.message(&mut scene, message));
        let events = canvas.events_to_draw(self);
        for (event, merged) in &events {
            canvas.event(&mut scene, event, *merged, &mut labels);
        }
        scene.end();
        canvas.event_labels(&mut scene, &events, &ordered, &mut labels);
        canvas.message_labels(&mut scene, &ordered, &mut labels);
        scene
    }

    /// Returns the messages that are drawn, and a note if some are left out.
    fn messages_to_draw(&self) -> (Vec<&DrawnMessage>, Option<String>) {
        let all = self.messages.len();
        let every = all.div_ceil(MESSAGES_MAX).max(1);
        let is_kept = |(place, message): &(usize, &DrawnMessage)| {
            place % every == 0 || matches!(message.side, Side::Past | Side::Future)
        };
        let kept = self.messages.iter().enumerate().filter(is_kept).map(|(_, message)| message);
        let note = (every > 1).then(|| {
            format!("one message in {every} of {all} is drawn: choose fewer with --from and --to")
        });
        (kept.take(2 * MESSAGES_MAX).collect(), note)
    }

    fn legend(&self) -> Vec<Key> {
        let mut legend = Vec::new();
        let marks: BTreeSet<EventMark> = self.events.iter().map(|event| event.mark).collect();
        for mark in marks {
            let (name, shape, colour) = match mark {
                EventMark::Send => ("send", Shape::Circle, 0),
                EventMark::Receive => ("receive", Shape::Square, 2),
                EventMark::Internal => ("internal", Shape::Bar, 10),
                EventMark::Invoke => ("invoke", Shape::Triangle, 6),
                EventMark::Ok => ("ok", Shape::TriangleDown, 2),
                EventMark::Fail => ("fail", Shape::TriangleDown, 1),
                EventMark::Info => ("info (unknown)", Shape::Diamond, 3),
            };
            let (ink, mark) = (Ink::of(colour), Mark::Dot(shape));
            legend.push(Key { name: name.to_owned(), ink, mark });
        }
        if self.messages.iter().any(|message| message.end == MessageEnd::Missed) {
            let name = "lost, cut off, or came to a node that was down".to_owned();
            legend.push(Key { name, ink: Ink::of(1), mark: Mark::Dot(Shape::Cross) });
        }
        for (place, kind) in self.fault_kinds().into_iter().enumerate() {
            let ink = Ink::of(FAULT_INKS[place % FAULT_INKS.len()]);
            legend.push(Key { name: kind.to_owned(), ink, mark: Mark::Shade });
        }
        if let Some(name) = &self.causal {
            for (what, side) in [("past", Side::Past), ("future", Side::Future)] {
                let ink = side_ink(side);
                legend.push(Key { name: format!("{what} of {name}"), ink, mark: Mark::Bar });
            }
        }
        legend
    }

    fn fault_kinds(&self) -> Vec<&str> {
        let kinds: BTreeSet<&str> = self.faults.iter().map(|fault| fault.kind.as_str()).collect();
        kinds.into_iter().collect()
    }
}

/// Returns the ink of what lies before or after the highlighted event.
fn side_ink(side: Side) -> Ink {
    match side {
        Side::Past => Ink::of(0),
        Side::Future => Ink::of(1),
        _ => Ink::BLACK,
    }
}

/// The rectangle of the lanes, with the scale of time.
pub(super) struct Canvas {
    pub(super) corner: Point,
    pub(super) size: Point,
    scale: Scale,
    lanes: usize,
    pub(super) theme: Theme,
    pub(super) medium: Medium,
    /// Whether an event is highlighted.
    pub(super) is_causal: bool,
}

impl Canvas {
    fn of(
        diagram: &Diagram,
        ((left, top), (width, height)): (Point, Point),
        theme: Theme,
        medium: Medium,
    ) -> Canvas {
        let name = |text: &str, size: f64| medium.width(text, size);
        let widest = diagram
            .lanes
            .iter()
            .map(|lane| name(&lane.name, medium.text).max(name(&lane.note, medium.small - 1.0)));
        let names = widest.fold(0.0, f64::max).min(width * 0.2) + 14.0;
        let foot = if medium.cells.is_some() { 32.0 } else { 50.0 };
        let range = (diagram.window.0 as f64 / 1e9, diagram.window.1 as f64 / 1e9);
        let extent = Extent { range: Some(range), ..Extent::default() };
        let right = if medium.cells.is_some() { 8.0 } else { 18.0 };
        let size = ((width - names - right).max(40.0), (height - foot).max(40.0));
        Canvas {
            corner: (left + names, top),
            size,
            scale: Scale::of(std::iter::empty(), extent),
            lanes: diagram.lanes.len().max(1),
            theme,
            medium,
            is_causal: diagram.causal.is_some(),
        }
    }

    pub(super) fn x(&self, ns: u64) -> f64 {
        let share = self.scale.share(ns as f64 / 1e9).unwrap_or(0.0);
        self.corner.0 + share * self.size.0
    }

    pub(super) fn y(&self, lane: usize) -> f64 {
        self.corner.1 + (lane as f64 + 0.5) * self.size.1 / self.lanes as f64
    }

    fn half_lane(&self) -> f64 {
        0.5 * self.size.1 / self.lanes as f64
    }

    fn lanes(&self, scene: &mut Scene, diagram: &Diagram) {
        let Canvas { theme, medium, .. } = *self;
        let ((left, top), (width, height)) = (self.corner, self.size);
        let is_term = medium.cells.is_some();
        let put = |scene: &mut Scene, at, content: String, anchor, size, colour| {
            scene.text(Text { at, content, size, anchor, bold: false, upwards: false, colour });
        };
        let ticks = self.scale.ticks(width / if is_term { 110.0 } else { 100.0 }, None);
        for (value, name) in ticks {
            let x = self.x((value * 1e9).round().max(0.0) as u64);
            if !is_term {
                scene.line((x, top), (x, top + height), Stroke::solid(theme.faint(), 1.0));
            }
            let at = (x, top + height + if is_term { 13.0 } else { 16.0 });
            put(scene, at, name, Anchor::Middle, medium.small, theme.ink());
        }
        let at = (left + width / 2.0, top + height + if is_term { 29.0 } else { 36.0 });
        let label = "time (seconds)".to_owned();
        put(scene, at, label, Anchor::Middle, medium.small, theme.ink());
        for (place, lane) in diagram.lanes.iter().enumerate() {
            let y = self.y(place);
            let line = Stroke::solid(theme.quiet(), 1.0);
            scene.line((left, y), (left + width, y), line);
            let room = left - 10.0;
            let name = medium.fitted(&lane.name, medium.text, room);
            let note = medium.fitted(&lane.note, medium.small - 1.0, room);
            let up = if note.is_empty() || is_term { 4.5 } else { -1.0 };
            put(scene, (left - 8.0, y + up), name, Anchor::End, medium.text, theme.ink());
            if !is_term {
                let at = (left - 8.0, y + 12.0);
                put(scene, at, note, Anchor::End, medium.small - 1.0, theme.quiet());
            }
        }
    }

    fn fault(&self, scene: &mut Scene, fault: &DrawnFault, diagram: &Diagram) {
        let kinds = diagram.fault_kinds();
        let place = kinds.iter().position(|kind| *kind == fault.kind).unwrap_or(0);
        let ink = Ink::of(FAULT_INKS[place % FAULT_INKS.len()]);
        let (from, until) = diagram.window;
        let (x0, x1) = (self.x(fault.from.max(from)), self.x(fault.until.min(until)));
        scene.begin(&fault.tooltip);
        // Neighbouring lanes have one area.
        let mut lanes = fault.lanes.clone();
        lanes.sort_unstable();
        lanes.dedup();
        let mut written = false;
        for run in lanes.chunk_by(|a, b| a + 1 == *b) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
            let inset = (self.half_lane() * 0.3).min(10.0);
            let top = self.y(*first) - self.half_lane() + inset;
            let bottom = self.y(*last) + self.half_lane() - inset;
            let paint = page::shade_paint(ink, self.theme);
            scene.rect((x0, top), ((x1 - x0).max(1.0), bottom - top), paint);
            let (size, content) = (self.medium.small - 1.0, fault.kind.clone());
            if !written && self.medium.width(&content, size) + 8.0 < x1 - x0 {
                let (at, colour) = ((x0 + 4.0, top + size), self.theme.quiet());
                let (anchor, bold, upwards) = (Anchor::Start, false, false);
                scene.text(Text { at, content, size, anchor, bold, upwards, colour });
                written = true;
            }
        }
        scene.end();
    }

    /// Returns the colour of what stands in this relation to the highlighted event.
    pub(super) fn colour(&self, own: Ink, side: Side) -> Colour {
        let colour = self.theme.colour(own);
        match side {
            Side::Plain => colour,
            Side::Apart => self.theme.ink().mixed(self.theme.background(), 0.75),
            Side::Centre => self.theme.ink(),
            Side::Past | Side::Future => self.theme.colour(side_ink(side)),
        }
    }

    fn message(&self, scene: &mut Scene, message: &DrawnMessage) {
        let ink = match message.end {
            MessageEnd::Arrived => Ink::BLACK,
            MessageEnd::Missed => Ink::of(1),
            MessageEnd::Open => Ink::of(10),
        };
        let mut colour = self.colour(ink, message.side);
        if message.side == Side::Plain && message.end == MessageEnd::Arrived {
            // What is received beyond the picture matters less.
            let leaves = self.x(message.at) > self.corner.0 + self.size.0 + 1.0;
            colour = colour.mixed(self.theme.background(), if leaves { 0.72 } else { 0.35 });
        }
        let from = (self.x(message.sent), self.y(message.from));
        let mut to = (self.x(message.at), self.y(message.to));
        if message.end == MessageEnd::Missed {
            // Short of the lane that it does not reach.
            let share: f64 = if message.at == message.sent { 0.45 } else { 0.82 };
            to = (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
            if message.at == message.sent {
                to.0 += 10.0;
            }
        }
        let width = match message.side {
            Side::Past | Side::Future | Side::Centre => 1.8,
            _ => 1.1,
        };
        let dash = match message.end {
            MessageEnd::Arrived => Dash::SOLID,
            MessageEnd::Missed => Dash::of(5.0, 3.0),
            MessageEnd::Open => Dash::of(2.0, 3.0),
        };
        scene.begin(&message.tooltip);
        scene.path(vec![from, to], Stroke { colour, width, dash });
        match message.end {
            MessageEnd::Arrived => self.head(scene, from, to, colour),
            MessageEnd::Missed => {
                let (shape, radius) = (Shape::Cross, 4.0);
                scene.items.push(Item::Glyph { shape, centre: to, radius, colour, hole: None });
            }
            MessageEnd::Open => {}
        }
        scene.end();
    }

    /// Draws the head of an arrow, short of the mark at its end.
    fn head(&self, scene: &mut Scene, from: Point, to: Point, colour: Colour) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = libm::hypot(dx, dy);
        if length < 12.0 || self.medium.cells.is_some() {
            return;
        }
        let (ux, uy) = (dx / length, dy / length);
        let tip = (to.0 - ux * 4.5, to.1 - uy * 4.5);
        let foot = (tip.0 - ux * 8.0, tip.1 - uy * 8.0);
        let wing = |side: f64| (foot.0 - uy * 3.2 * side, foot.1 + ux * 3.2 * side);
        scene.area(vec![tip, wing(1.0), wing(-1.0)], Paint::fill(colour));
    }

    /// Returns the events that are drawn, each with the number of those that it hides: of one kind
    /// and lane, one per pixel.
    fn events_to_draw<'d>(&self, diagram: &'d Diagram) -> Vec<(&'d DrawnEvent, usize)> {
        let mut drawn: Vec<(&DrawnEvent, usize)> = Vec::new();
        let mut last: BTreeMap<(usize, EventMark, Side), (usize, f64)> = BTreeMap::new();
        for event in &diagram.events {
            let key = (event.lane, event.mark, event.side);
            let x = self.x(event.at);
            match last.get(&key) {
                Some((place, before)) if x - before < 1.0 => drawn[*place].1 += 1,
                _ => {
                    last.insert(key, (drawn.len(), x));
                    drawn.push((event, 0));
                }
            }
        }
        drawn
    }

    fn event(&self, scene: &mut Scene, event: &DrawnEvent, merged: usize, labels: &mut Labels) {
        let centre = (self.x(event.at), self.y(event.lane));
        let (shape, colour) = match event.mark {
            EventMark::Send => (Shape::Circle, 0),
            EventMark::Receive => (Shape::Square, 2),
            EventMark::Internal => (Shape::Bar, 10),
            EventMark::Invoke => (Shape::Triangle, 6),
            EventMark::Ok => (Shape::TriangleDown, 2),
            EventMark::Fail => (Shape::TriangleDown, 1),
            EventMark::Info => (Shape::Diamond, 3),
        };
        let colour = self.colour(Ink::of(colour), event.side);
        let radius = if event.side == Side::Centre { 6.5 } else { 3.8 };
        let mut tooltip = event.tooltip.clone();
        if merged > 0 {
            tooltip.push(format!("and {merged} more events of this kind at the same place"));
        }
        labels.block((centre.0 - radius, centre.1 - radius), (2.0 * radius, 2.0 * radius));
        scene.begin(&tooltip);
        scene.items.push(Item::Glyph { shape, centre, radius, colour, hole: None });
        if event.side == Side::Centre {
            let paint = Paint::stroke(self.theme.colour(Ink::of(1)), 2.0);
            scene.items.push(Item::Circle { centre, radius: radius + 4.0, paint });
        }
        scene.end();
    }
}
