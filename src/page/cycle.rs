//! Transactions that would have to come before themselves, drawn: a graph with a label at each
//! edge, and the reason of each edge in words.

use super::html::Html;
use super::no_order::Span;
use super::svg::{Point, Svg, shortened, width_of};
use crate::check::{Cycles, DrawnTransaction, LabelledCycle, LabelledEdge};

/// Maximum number of transactions of a cycle that are drawn.
const DRAWN_MAX: usize = 16;
/// Maximum length of a line in a box, in characters, and number of its reads and writes.
const LINE_MAX: usize = 34;
const ACCESSES_MAX: usize = 8;
/// Height of a line, and the room around the text of a box, in pixels.
const LINE: f64 = 17.0;
const ROOM: f64 = 10.0;
/// Distance of two rows of boxes, in pixels.
const ROWS: f64 = 66.0;

/// Writes the drawings of cycles, one for each case, with their reasons.
pub(super) fn write(html: &mut Html, cycles: &Cycles, spans: &[Option<Span>]) {
    html.open("div", &[("class", "counterexample")]);
    let alone = [LabelledCycle::default()];
    let all = if cycles.cycles.is_empty() { &alone[..] } else { &cycles.cycles };
    for cycle in all {
        html.open("figure", &[]);
        if !cycle.assumption.is_empty() {
            html.element("p", &[("class", "drawn-title")], &format!("Case: {}", cycle.assumption));
        }
        let graph = Graph::of(cycles, cycle, spans);
        match graph.boxes.len() > DRAWN_MAX {
            true => html.element("p", &[("class", "note")], "The cycle is too long to draw."),
            false => graph.write(html, &cycles.anomaly),
        }
        html.open("figcaption", &[]);
        html.open("ol", &[("class", "why")]);
        for edge in &cycle.edges {
            let name = |place: usize| cycles.transactions.get(place).map_or("", |t| &t.name);
            let (from, to) = (name(edge.from), name(edge.to));
            let label = if edge.label.is_empty() { "order" } else { &edge.label };
            html.element("li", &[], &format!("{from} before {to} ({label}): {}", edge.reason));
        }
        html.close();
        html.close();
        html.close();
    }
    html.close();
    if !cycles.inferred.is_empty() {
        html.open("ul", &[("class", "why")]);
        cycles.inferred.iter().for_each(|reason| html.element("li", &[], reason));
        html.close();
    }
    html.element("p", &[("class", "note")], &notes(cycles));
}

/// The kinds of edges, each with its meaning.
const KINDS: [(&str, &str); 9] = [
    ("wr", "wr: the second reads what the first wrote"),
    ("ww", "ww: the second replaces what the first wrote"),
    ("rw", "rw: the first did not see what the second wrote"),
    ("so", "so: one client did them in this order"),
    ("process", "process: one client did them in this order"),
    ("rt", "rt: the first ended before the second began"),
    ("realtime", "realtime: the first ended before the second began"),
    ("inferred", "inferred: no other order of the two writes explains a read"),
    ("initial", "initial: the state before all transactions"),
];

fn kind(edge: &LabelledEdge) -> &str {
    edge.label.split(' ').next().unwrap_or_default()
}

fn notes(cycles: &Cycles) -> String {
    let edges = || cycles.cycles.iter().flat_map(|cycle| &cycle.edges);
    let known = KINDS.iter().filter(|(name, _)| edges().any(|edge| kind(edge) == *name));
    let known: Vec<&str> = known.map(|(_, words)| *words).collect();
    let mut parts = Vec::new();
    if edges().count() > 1 {
        let first = "An arrow leads from what has to come first.";
        parts.push(format!("{first} {}.", known.join("; ")));
    }
    if !cycles.weakest_broken.is_empty() {
        let levels = cycles.weakest_broken.join(", ");
        parts.push(format!("The weakest level that this breaks: {levels}."));
        parts.push(match cycles.strongest_left.is_empty() {
            true => "No level allows it.".to_owned(),
            false => {
                let levels = cycles.strongest_left.join(", ");
                format!("The strongest level that allows it: {levels}.")
            }
        });
    }
    parts.join(" ")
}

/// A transaction as a box.
struct Box {
    /// Its place among the transactions.
    place: usize,
    lines: Vec<String>,
    at: Point,
    size: Point,
    /// Whether it is on the cycle.
    is_on_cycle: bool,
}

/// Boxes and the edges between them.
struct Graph<'a> {
    boxes: Vec<Box>,
    edges: &'a [LabelledEdge],
    size: Point,
}

impl<'a> Graph<'a> {
    fn of(cycles: &Cycles, cycle: &'a LabelledCycle, spans: &[Option<Span>]) -> Graph<'a> {
        let edges = &cycle.edges[..];
        // In the order of the cycle; then those that only reasons name.
        let mut order: Vec<usize> = Vec::new();
        let ends = edges.iter().flat_map(|edge| [edge.from, edge.to]);
        for place in ends {
            if !order.contains(&place) && place < cycles.transactions.len() {
                order.push(place);
            }
        }
        let on_cycle = order.len();
        let named = |place: &usize| cycles.transactions[*place].name != "T0";
        let all = (0..cycles.transactions.len()).filter(named);
        let rest: Vec<usize> = all.filter(|place| !order.contains(place)).collect();
        order.extend(rest);
        let boxes: Vec<Box> = order
            .iter()
            .enumerate()
            .map(|(number, place)| {
                let span = spans.get(*place).copied().flatten();
                let lines = lines(&cycles.transactions[*place], span);
                let is_on_cycle = number < on_cycle;
                Box { place: *place, lines, at: (0.0, 0.0), size: (0.0, 0.0), is_on_cycle }
            })
            .collect();
        let mut graph = Graph { boxes, edges, size: (0.0, 0.0) };
        graph.arrange(on_cycle);
        graph
    }

    /// Places the boxes: those of the cycle around it in two rows, the others below.
    fn arrange(&mut self, on_cycle: usize) {
        let text = |of: &Box| of.lines.iter().map(|line| width_of(line)).fold(0.0, f64::max);
        let labels: Vec<f64> =
            (1..).zip(self.edges).map(|(number, edge)| width_of(&label(number, edge))).collect();
        let widest = labels.iter().copied().fold(0.0, f64::max);
        let mut width = self.boxes.iter().map(text).fold(120.0, f64::max) + 2.0 * ROOM;
        if on_cycle == 2 {
            width = width.max(2.0 * widest + 40.0);
        }
        let across = width + widest + 44.0;
        let columns = on_cycle.div_ceil(2).max(1);
        // Those that only reasons name need no room for labels between them.
        let aside = columns.max(2);
        let rest = (self.boxes.len() - on_cycle).div_ceil(aside);
        let cell = |number: usize| match number {
            _ if number < columns.min(on_cycle) => (number, 0),
            _ if number < on_cycle => (columns - 1 - (number - columns), 1),
            _ => ((number - on_cycle) % aside, 2 + (number - on_cycle) / aside),
        };
        let height_of = |row: usize| {
            let of_row = (0..self.boxes.len()).filter(|number| cell(*number).1 == row);
            let lines = of_row.map(|number| self.boxes[number].lines.len()).max().unwrap_or(0);
            if lines == 0 { 0.0 } else { lines as f64 * LINE + 2.0 * ROOM - 4.0 }
        };
        let heights: Vec<f64> = (0..2 + rest).map(height_of).collect();
        let gap = |row: usize| match row {
            _ if heights[row] == 0.0 => 0.0,
            0 => ROWS,
            _ => 24.0,
        };
        let mut tops = vec![1.0];
        for row in 0..heights.len() {
            tops.push(tops[row] + heights[row] + gap(row));
        }
        for number in 0..self.boxes.len() {
            let (column, row) = cell(number);
            let step = if number < on_cycle { across } else { width + 24.0 };
            self.boxes[number].at = (1.0 + column as f64 * step, tops[row]);
            self.boxes[number].size = (width, heights[row]);
        }
        let bottom = self.boxes.iter().map(|of| of.at.1 + of.size.1).fold(0.0, f64::max);
        let right = self.boxes.iter().map(|of| of.at.0 + of.size.0).fold(0.0, f64::max);
        self.size = (right + 1.0, bottom + 1.0);
    }

    fn write(&self, html: &mut Html, anomaly: &str) {
        let words = format!("{anomaly}: transactions as a graph; the list has its edges in words");
        Svg::write(html, self.size, &words, |svg| {
            self.boxes.iter().for_each(|of| write_box(svg, of));
            for (number, edge) in (1..).zip(self.edges) {
                self.edge(svg, number, edge);
            }
        });
    }

    fn edge(&self, svg: &mut Svg<'_>, number: usize, edge: &LabelledEdge) {
        let of = |place: usize| self.boxes.iter().find(|of| of.place == place);
        let (Some(from), Some(to)) = (of(edge.from), of(edge.to)) else { return };
        let (start, end) = ends(from, to, self.boxes.iter().filter(|of| of.is_on_cycle).count());
        let class = match kind(edge) {
            "rw" => "cx-edge rw",
            "so" | "process" | "rt" | "realtime" | "initial" => "cx-edge order",
            _ => "cx-edge",
        };
        svg.arrow(class, start, end);
        let text = label(number, edge);
        let (x, y) = ((start.0 + end.0) / 2.0, (start.1 + end.1) / 2.0);
        let wide = width_of(&text) + 8.0;
        let y = if start.1 == end.1 { y - 12.0 } else { y };
        svg.rect("cx-under", (x - wide / 2.0, y - 9.0), (wide, 18.0));
        svg.text("cx-time middle", (x, y + 4.0), &text);
    }
}

fn label(number: usize, edge: &LabelledEdge) -> String {
    format!("{number}: {}", shortened(&edge.label, LINE_MAX))
}

/// Where an edge begins and ends.
fn ends(from: &Box, to: &Box, on_cycle: usize) -> (Point, Point) {
    let middle = |of: &Box| (of.at.0 + of.size.0 / 2.0, of.at.1 + of.size.1 / 2.0);
    let ((x1, y1), (x2, y2)) = (middle(from), middle(to));
    let (half, below) = (from.size.0 / 2.0, y2 > y1);
    if from.at.1 == to.at.1 {
        let right = if x2 > x1 { 1.0 } else { -1.0 };
        // Edges in both directions lie one above the other.
        let y = y1.min(from.at.1 + 30.0) + if on_cycle > 2 { 0.0 } else { 10.0 * right };
        return ((x1 + right * half, y), (x2 - right * half, y));
    }
    let side = match (on_cycle, below) {
        (2, true) => half * 0.5,
        (2, false) => -half * 0.5,
        _ => 0.0,
    };
    match below {
        true => ((x1 + side, from.at.1 + from.size.1), (x2 + side, to.at.1)),
        false => ((x1 + side, from.at.1), (x2 + side, to.at.1 + to.size.1)),
    }
}

/// The lines of a box: name and time, client, reads and writes.
fn lines(transaction: &DrawnTransaction, span: Option<Span>) -> Vec<String> {
    let time = span.map(|(begin, end)| match end {
        Some(end) => format!("  {begin} – {end}"),
        None => format!("  from {begin}"),
    });
    let first = format!("{}{}", transaction.name, time.unwrap_or_default());
    let shown = transaction.accesses.iter().take(ACCESSES_MAX);
    let more = transaction.accesses.len().saturating_sub(ACCESSES_MAX);
    let more = (more > 0).then(|| format!("… and {more} more"));
    [shortened(&first, LINE_MAX + 10), shortened(&transaction.who, LINE_MAX + 10)]
        .into_iter()
        .chain(shown.map(|access| format!("  {}", shortened(access, LINE_MAX))))
        .chain(more)
        .collect()
}

fn write_box(svg: &mut Svg<'_>, of: &Box) {
    svg.rect(if of.is_on_cycle { "cx-box" } else { "cx-box aside" }, of.at, of.size);
    for (number, line) in of.lines.iter().enumerate() {
        let class = match number {
            0 => "cx-name",
            1 => "cx-time",
            _ => "cx-access",
        };
        let y = of.at.1 + ROOM + 10.0 + number as f64 * LINE;
        svg.text(class, (of.at.0 + ROOM, y), line);
    }
}
