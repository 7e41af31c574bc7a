//! A diagram of a few events as text: a column per lane, a row per event, arrows for messages.

use crate::engine::time::Instant;

/// Rows of a diagram, in the order of time.
#[derive(Debug, Default)]
pub(super) struct Diagram {
    lanes: Vec<String>,
    rows: Vec<Row>,
}

/// An event in a diagram.
#[derive(Debug)]
struct Row {
    at: String,
    lane: usize,
    text: String,
    arrow: Option<Arrow>,
}

/// A message that is sent by the event of its row.
#[derive(Debug)]
struct Arrow {
    to: usize,
    label: String,
    arrives: bool,
}

impl Diagram {
    /// Creates a diagram with columns for these lanes.
    pub(super) fn new(lanes: impl IntoIterator<Item = String>) -> Diagram {
        Diagram { lanes: lanes.into_iter().collect(), rows: vec![] }
    }

    fn column(&self, lane: &str) -> Option<usize> {
        self.lanes.iter().position(|known| known == lane)
    }

    /// Adds an event of a lane; a lane without a column is left out.
    pub(super) fn event(&mut self, at: Instant, lane: &str, text: String) {
        if let Some(lane) = self.column(lane) {
            self.rows.push(Row { at: at.to_string(), lane, text, arrow: None });
        }
    }

    /// Adds a send, with an arrow to another lane.
    pub(super) fn send(
        &mut self,
        at: Instant,
        lane: &str,
        text: String,
        (to, label, arrives): (&str, String, bool),
    ) {
        if let (Some(lane), Some(to)) = (self.column(lane), self.column(to)) {
            let arrow = Some(Arrow { to, label, arrives });
            self.rows.push(Row { at: at.to_string(), lane, text, arrow });
        }
    }

    /// Returns the lines; none if there is no event.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.rows.is_empty() {
            return vec![];
        }
        let starts = self.starts();
        let times = self.rows.iter().map(|row| row.at.chars().count()).max().unwrap_or(0);
        let mut head = Canvas::default();
        for (lane, start) in self.lanes.iter().zip(&starts) {
            head.put(*start, lane);
        }
        let indent = " ".repeat(times);
        let mut lines = vec![format!("{indent}  {}", head.line())];
        for row in &self.rows {
            let mut canvas = Canvas::default();
            starts.iter().for_each(|start| canvas.put(*start, "│"));
            row.draw(&starts, &mut canvas);
            lines.push(format!("{:>times$}  {}", row.at, canvas.line()));
        }
        lines
    }

    /// Returns where each column starts.
    fn starts(&self) -> Vec<usize> {
        let length = |text: &str| text.chars().count();
        let mut widths: Vec<usize> = self.lanes.iter().map(|lane| length(lane) + 3).collect();
        for row in &self.rows {
            let label = row.arrow.as_ref().map_or(0, |arrow| length(&arrow.label) + 6);
            let text = length(&row.text) + 2;
            match &row.arrow {
                // The label of an arrow to the left is in the column before.
                Some(arrow) if arrow.to < row.lane => {
                    widths[row.lane - 1] = widths[row.lane - 1].max(label);
                    widths[row.lane] = widths[row.lane].max(text);
                }
                _ => widths[row.lane] = widths[row.lane].max(text + label),
            }
        }
        let mut next = 0;
        let start = |width: usize| {
            next += width;
            next - width
        };
        widths.into_iter().map(start).collect()
    }
}

impl Row {
    fn draw(&self, starts: &[usize], canvas: &mut Canvas) {
        let start = starts[self.lane];
        canvas.put(start, &self.text);
        let Some(Arrow { to, label, arrives }) = &self.arrow else { return };
        let end = starts[*to];
        if end > start {
            let begin = start + self.text.chars().count() + 1;
            canvas.put(begin, &"─".repeat(end.saturating_sub(begin)));
            canvas.put(begin + 1, &format!(" {label} "));
            canvas.put(if *arrives { end } else { end - 1 }, if *arrives { "▶" } else { "✗" });
        } else if end < start {
            let head = if *arrives { end } else { end + 1 };
            canvas.put(head, if *arrives { "◀" } else { "✗" });
            canvas.put(head + 1, &"─".repeat((start - 1).saturating_sub(head + 1)));
            let label = format!(" {label} ");
            canvas.put((start - 2).saturating_sub(label.chars().count()), &label);
        }
    }
}

/// A line that is written in any order.
#[derive(Debug, Default)]
struct Canvas(Vec<char>);

impl Canvas {
    fn put(&mut self, place: usize, text: &str) {
        for (place, c) in (place..).zip(text.chars()) {
            if self.0.len() <= place {
                self.0.resize(place + 1, ' ');
            }
            self.0[place] = c;
        }
    }

    fn line(&self) -> String {
        self.0.iter().collect::<String>().trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_go_from_send_to_receiver() {
        let at = Instant::from_ns;
        let mut diagram = Diagram::new(["1", "2", "3"].map(str::to_owned));
        diagram.send(at(1_000_000_000), "1", "16".into(), ("2", "41".into(), true));
        diagram.event(at(2_000_000_000), "2", "17".into());
        diagram.send(at(2_500_000_000), "3", "5".into(), ("1", "44".into(), false));
        let expected = [
            "      1           2       3",
            "  1s  16 ─ 41 ────▶       │",
            "  2s  │           17      │",
            "2.5s  │✗──────────── 44 ─ 5",
        ];
        assert_eq!(diagram.lines(), expected);
        assert!(Diagram::new(["1".to_owned()]).lines().is_empty());
    }
}
