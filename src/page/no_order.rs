//! Operations that no order explains, drawn: when each of them was under way, how far the longest
//! orders come, and why no other operation can follow.

use super::html::Html;
use super::svg::{Point, Svg, shortened, width_of};
use crate::check::{DrawnOperation, LongestOrder, NoOrder, Obstacle};
use crate::engine::time::Instant;

/// Begin and end of an operation; no end if it may take effect at any time after its begin.
pub(super) type Span = (Instant, Option<Instant>);

/// Maximum number of operations that are drawn.
const DRAWN_MAX: usize = 40;
/// Number of operations from which an order is long.
const LONG: usize = 12;
/// Maximum length of the name of a client, and of the description of an operation, in characters.
const WHO_MAX: usize = 26;
const WHAT_MAX: usize = 32;
/// Heights of a row and of the bar in it, in pixels.
const ROW: f64 = 44.0;
const BAR: f64 = 23.0;
/// Height of the part above the rows.
const TOP: f64 = 12.0;
/// Smallest distance of two begins or ends, and what the time between all of them adds, in pixels.
const STEP: f64 = 18.0;
const STRETCH: f64 = 220.0;

/// Writes the drawings of operations: one for each longest order.
pub(super) fn write(html: &mut Html, no_order: &NoOrder, spans: &[Span]) {
    let shown = no_order.operations.len().min(DRAWN_MAX);
    let places = Places::of(&no_order.operations[..shown], spans);
    html.open("div", &[("class", "counterexample")]);
    match no_order.longest.as_deref() {
        Some(longest) if !longest.is_empty() => {
            for (number, order) in longest.iter().enumerate() {
                // What is long is unfolded on demand, but for the first order.
                let is_folded = number > 0 && order.operations.len() > LONG;
                let title = match longest.len() {
                    1 => "The longest order that works".to_owned(),
                    count => format!("Order {} of {count} that come farthest", number + 1),
                };
                if is_folded {
                    html.open("details", &[]);
                    html.element("summary", &[], &title);
                }
                html.open("figure", &[]);
                if !is_folded {
                    html.element("p", &[("class", "drawn-title")], &title);
                }
                places.write(html, no_order, Some(order));
                in_words(html, no_order, order);
                html.close();
                if is_folded {
                    html.close();
                }
            }
        }
        _ => {
            html.open("figure", &[]);
            places.write(html, no_order, None);
            let many = "The operations are too many to try all of their orders here.";
            html.element("figcaption", &[], many);
            html.close();
        }
    }
    html.close();
    let mut notes = vec![
        "A bar is an operation from its begin to its end; it takes effect at one instant in \
         between. Numbers show where, in the order that is drawn; ✗ marks what cannot follow. Time \
         is stretched where labels need room."
            .to_owned(),
    ];
    if no_order.operations.len() > shown {
        notes.push(format!("{} more operations are not drawn.", no_order.operations.len() - shown));
    }
    if no_order.more > 0 {
        notes.push(format!("{} more orders come as far.", no_order.more));
    }
    html.element("p", &[("class", "note")], &notes.join(" "));
}

fn name(operation: &DrawnOperation) -> String {
    format!("{} ({})", operation.what, operation.who)
}

/// Writes an order as a list, and why no other operation can follow.
fn in_words(html: &mut Html, no_order: &NoOrder, order: &LongestOrder) {
    let named = |place: &usize| no_order.operations.get(*place).map(name).unwrap_or_default();
    html.open("figcaption", &[]);
    let is_long = order.operations.len() > LONG;
    if is_long {
        html.open("details", &[]);
        let count = order.operations.len();
        html.element("summary", &[], &format!("The {count} operations of this order"));
    }
    html.open("ol", &[("class", "why")]);
    order.operations.iter().for_each(|place| html.element("li", &[], &named(place)));
    html.close();
    if is_long {
        html.close();
    }
    html.open("ul", &[("class", "why")]);
    for (place, obstacle) in &order.blocked {
        let why = match obstacle {
            Obstacle::State => format!("the value is {} then", order.state),
            Obstacle::After(other) => {
                format!("it begins after the end of {}, which is not in the order", named(other))
            }
        };
        html.element("li", &[], &format!("✗ {} cannot follow: {why}", named(place)));
    }
    html.close();
    html.close();
}

/// Where operations are drawn.
struct Places {
    /// Begin and end of each bar, and whether it is open at the right.
    bars: Vec<(f64, f64, bool)>,
    /// Instants with their labels, from left to right.
    ticks: Vec<(f64, String)>,
    /// Where names of clients end, and where all ends.
    left: f64,
    right: f64,
}

impl Places {
    fn of(operations: &[DrawnOperation], spans: &[Span]) -> Places {
        let mut events: Vec<(usize, usize, bool)> = Vec::new();
        for (place, operation) in operations.iter().enumerate() {
            events.push((operation.invoke, place, false));
            events.extend(operation.completion.map(|entry| (entry, place, true)));
        }
        events.sort_unstable();
        let at = |place: usize, is_end: bool| match spans.get(place) {
            Some((begin, end)) => if is_end { end.unwrap_or(*begin) } else { *begin }.as_ns(),
            None => 0,
        };
        let times: Vec<u64> = events.iter().map(|(_, place, is_end)| at(*place, *is_end)).collect();
        let whole = times.last().zip(times.first()).map_or(0, |(b, a)| b.saturating_sub(*a)).max(1);
        let who = |operation: &DrawnOperation| width_of(&shortened(&operation.who, WHO_MAX));
        let left = operations.iter().map(who).fold(0.0, f64::max) + 14.0;
        let wide = |place: usize| width_of(&text_of(&operations[place])) + 18.0;
        let mut bars = vec![(0.0, 0.0, true); operations.len()];
        let mut ticks: Vec<(f64, String)> = Vec::new();
        let (mut x, mut before) = (left + 6.0, times.first().copied().unwrap_or(0));
        for ((_, place, is_end), time) in events.into_iter().zip(times) {
            x += STRETCH * (time.saturating_sub(before)) as f64 / whole as f64;
            if is_end {
                x = x.max(bars[place].0 + wide(place));
                bars[place].1 = x;
                bars[place].2 = false;
            } else {
                bars[place].0 = x;
            }
            ticks.push((x, Instant::from_ns(time).to_string()));
            before = time;
            x += STEP;
        }
        let open = bars.iter().enumerate().filter(|(_, (.., is_open))| *is_open);
        let right = open.map(|(place, (begin, ..))| begin + wide(place)).fold(x, f64::max) + 14.0;
        bars.iter_mut().filter(|(.., is_open)| *is_open).for_each(|bar| bar.1 = right - 8.0);
        Places { bars, ticks, left, right }
    }

    /// Where an order lets its operations take effect.
    fn points(&self, order: &LongestOrder) -> Vec<(usize, Point)> {
        let mut before = f64::MIN;
        let mut points = Vec::new();
        for place in &order.operations {
            let Some((begin, end, _)) = self.bars.get(*place) else { continue };
            let x = (begin + 12.0).max(before + 22.0).min(end - 4.0);
            before = x;
            points.push((*place, (x, top(*place) - 6.0)));
        }
        points
    }

    fn write(&self, html: &mut Html, no_order: &NoOrder, order: Option<&LongestOrder>) {
        let rows = self.bars.len() as f64;
        let bottom = TOP + rows * ROW + 8.0;
        let words = format!("{}: operations over time; the list says the same", no_order.object);
        let last = self.ticks.last().map_or(0.0, |(x, label)| x + width_of(label) / 2.0);
        let size = (self.right.max(last + 4.0), bottom + 26.0);
        Svg::write(html, size, &words, |svg| {
            self.axis(svg, bottom);
            let points = order.map(|order| self.points(order)).unwrap_or_default();
            for pair in points.windows(2) {
                svg.line("cx-way", pair[0].1, pair[1].1);
            }
            for (place, operation) in no_order.operations.iter().take(self.bars.len()).enumerate() {
                self.bar(svg, place, operation, order);
            }
            if let Some(order) = order {
                self.end_of(svg, order, &points);
            }
        });
    }

    fn axis(&self, svg: &mut Svg<'_>, bottom: f64) {
        svg.line("cx-axis", (self.left, bottom), (self.right, bottom));
        let mut free = 0.0;
        for (x, label) in &self.ticks {
            svg.line("cx-tick", (*x, TOP), (*x, bottom + 4.0));
            let half = width_of(label) / 2.0;
            if x - half >= free {
                svg.text("cx-time middle", (*x, bottom + 19.0), label);
                free = x + half + 10.0;
            }
        }
    }

    fn bar(
        &self,
        svg: &mut Svg<'_>,
        place: usize,
        operation: &DrawnOperation,
        order: Option<&LongestOrder>,
    ) {
        let (begin, end, is_open) = self.bars[place];
        let y = top(place);
        let is_taken = order.is_none_or(|order| order.operations.contains(&place));
        let is_blocked =
            order.is_some_and(|order| order.blocked.iter().any(|(blocked, _)| *blocked == place));
        let (class, sign) = match (is_taken, is_blocked) {
            (_, true) => ("cx-bar blocked", "✗ "),
            (true, _) => ("cx-bar taken", ""),
            _ => ("cx-bar", ""),
        };
        svg.text("cx-who end", (self.left - 8.0, y + 16.0), &shortened(&operation.who, WHO_MAX));
        svg.rect(class, (begin, y), (end - begin, BAR));
        if is_open {
            // Open at the right: it may take effect at any later time, or never.
            svg.arrow("cx-axis", (end - 14.0, y + BAR / 2.0), (end + 7.0, y + BAR / 2.0));
        }
        let class = format!("{class} cx-label");
        let text = format!("{sign}{}", shortened(&operation.what, WHAT_MAX));
        svg.text(&class, (begin + 8.0, y + 16.0), &text);
    }

    /// Draws where operations take effect, and which cannot follow.
    fn end_of(&self, svg: &mut Svg<'_>, order: &LongestOrder, points: &[(usize, Point)]) {
        let end = points.last().map(|(_, point)| *point);
        for (place, _) in &order.blocked {
            let Some((begin, _, _)) = self.bars.get(*place).filter(|_| end.is_some()) else {
                continue;
            };
            let from = end.unwrap_or_default();
            let down = top(*place) > from.1;
            let y = if down { top(*place) - 1.0 } else { top(*place) + BAR + 1.0 };
            svg.arrow("cx-way blocked", from, (from.0.max(begin + 12.0) + 10.0, y));
        }
        for (number, (_, (x, y))) in points.iter().enumerate() {
            svg.disc("cx-point", (*x, *y), 9.0);
            svg.text("cx-number middle", (*x, y + 4.0), &(number + 1).to_string());
        }
    }
}

fn top(place: usize) -> f64 {
    TOP + 16.0 + place as f64 * ROW
}

/// The text in a bar, with room for its sign.
fn text_of(operation: &DrawnOperation) -> String {
    format!("✗ {}", shortened(&operation.what, WHAT_MAX))
}
